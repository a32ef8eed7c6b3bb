#!/usr/bin/env bash
# offramp beside NumPy on the same plan, one core each, turn by turn, so that what else the machine does hits both alike.
# Usage: bench/peer.sh [PLAN [ROUNDS]]; OFFRAMP names the program (build/offramp), PYTHON an interpreter that has numpy, KERNEL which
# of the program's kernels runs (compiled, or own).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plan=${1:-$here/../examples/reference-size.json}
rounds=${2:-5}
program=${OFFRAMP:-$here/../build/offramp}

# shellcheck source=SCRIPTDIR/peers/numpy.bash
. "$here/peers/numpy.bash"
python=$(python_with_numpy)
order=${ORDER:-network} # how NumPy puts pools in order: network, a sorting network on packed keys, or argsort

kernel=${KERNEL:-compiled}
"$program" run "$plan" --backend cpu --kernel "$kernel" --paths 100 --quiet >/dev/null # into the cache

ours() { "$program" run "$plan" --backend cpu --kernel "$kernel" --threads 1 --paths 100000 --format json --quiet | sed -n 's/.*"path_months_per_second": *\([0-9.e+]*\).*/\1/p'; }
peer() { "$python" "$here/peers/numpy_peer.py" "$plan" --paths 32768 --order "$order" | sed -n 's/^\([0-9.]*\) M path-months.*/\1/p'; }

for ((round = 1; round <= rounds; round++)); do
  printf '%s %s\n' "$(ours)" "$(peer)"
done | awk -v order="$order" -v kernel="$kernel" '
  function middle(v, n,   i, j, x) {
    for (i = 2; i <= n; i++) { x = v[i]; for (j = i - 1; j > 0 && v[j] > x; j--) v[j + 1] = v[j]; v[j + 1] = x }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  { ours[NR] = $1 / 1e6; peer[NR] = $2; ratio[NR] = ours[NR] / peer[NR] }
  END {
    printf "offramp (" kernel ") %.2f M path-months/s, NumPy %.2f M, one core each, order by " order "; ratio %.1f (median of %d rounds, turn by turn)\n",
           middle(ours, NR), middle(peer, NR), middle(ratio, NR), NR
  }'
