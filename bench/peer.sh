#!/usr/bin/env bash
# offramp beside NumPy on the same plan, one core each, turn by turn, so that what else the machine does hits both alike. Ends
# with 1 where their results disagree.
# Usage: bench/peer.sh [PLAN [ROUNDS]]; OFFRAMP names the program (build/offramp), PYTHON an interpreter that has numpy, KERNEL
# which of the program's kernels runs (compiled, or own), ORDER how NumPy orders pools (network, or argsort).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plan=${1:-$here/../examples/reference-size.json}
rounds=${2:-5}
program=${OFFRAMP:-$here/../build/offramp}

# shellcheck source=SCRIPTDIR/peers/numpy.bash
. "$here/peers/numpy.bash"
python=$(python_with_numpy)
order=${ORDER:-network} # a sorting network on packed keys, or argsort

kernel=${KERNEL:-compiled}
"$program" run "$plan" --backend cpu --kernel "$kernel" --paths 100 --quiet >/dev/null # into the cache

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours() {
  "$program" run "$plan" --backend cpu --kernel "$kernel" --threads 1 --paths 100000 --format json --quiet >"$work/ours.json"
  sed -n 's/.*"path_months_per_second": *\([0-9.e+]*\).*/\1/p' "$work/ours.json"
}

peer() {
  "$python" "$here/peers/numpy_peer.py" "$plan" --paths 32768 --order "$order" --against "$work/ours.json" >"$work/peer" || {
    echo "offramp and its peer disagree:" >&2
    cat "$work/peer" >&2
    return 1
  }
  sed -n 's/^\([0-9.]*\) M .*/\1/p' "$work/peer"
}

for ((round = 1; round <= rounds; round++)); do
  ours=$(ours)
  peer=$(peer)
  printf '%s %s\n' "$ours" "$peer"
done | awk -v order="$order" -v kernel="$kernel" '
  function middle(v, n,   i, j, x) {
    for (i = 2; i <= n; i++) { x = v[i]; for (j = i - 1; j > 0 && v[j] > x; j--) v[j + 1] = v[j]; v[j + 1] = x }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  { ours[NR] = $1 / 1e6; peer[NR] = $2; ratio[NR] = ours[NR] / peer[NR] }
  END {
    if (!NR) exit
    printf "offramp (" kernel ") %.2f M path-months/s, NumPy %.2f M, one core each, order by " order \
           "; ratio %.1f (median of %d rounds, turn by turn)\n",
           middle(ours, NR), middle(peer, NR), middle(ratio, NR), NR
  }'
