#!/usr/bin/env bash
# offramp beside NumPy on the same plan, one core each, turn by turn, so that what else the machine does hits both alike.
# Usage: bench/peer.sh [PLAN [ROUNDS]]; OFFRAMP names the program (build/offramp), PYTHON an interpreter that has numpy.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plan=${1:-$here/../examples/reference-size.json}
rounds=${2:-5}
program=${OFFRAMP:-$here/../build/offramp}

python_with_numpy() {
  local candidate
  for candidate in ${PYTHON:-} python3 /usr/bin/python3; do
    "$candidate" -c 'import numpy' 2>/dev/null && { echo "$candidate"; return; }
  done
  echo "no python3 with numpy: install python3-numpy, or set PYTHON" >&2
  return 1
}

python=$(python_with_numpy)
field() { sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p" | head -n 1; }

for ((round = 1; round <= rounds; round++)); do
  ours=$("$program" run "$plan" --threads 1 --paths 200000 --format json --quiet | field path_months_per_second)
  peer=$("$python" "$here/peers/numpy_peer.py" "$plan" --paths 20000 --json | field path_months_per_second)
  printf '%s %s\n' "$ours" "$peer"
done | awk '
  function middle(v, n,   i, j, x) {
    for (i = 2; i <= n; i++) { x = v[i]; for (j = i - 1; j > 0 && v[j] > x; j--) v[j + 1] = v[j]; v[j + 1] = x }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  { ours[NR] = $1; peer[NR] = $2; ratio[NR] = $1 / $2 }
  END {
    printf "offramp %.2f M path-months/s, NumPy %.3f M, one core each; ratio %.1f (median of %d rounds, turn by turn)\n",
           middle(ours, NR) / 1e6, middle(peer, NR) / 1e6, middle(ratio, NR), NR
  }'
