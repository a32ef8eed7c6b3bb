#!/usr/bin/env bash
# offramp beside a peer on the same plan, turn by turn, so that what else the machine does hits both alike: NumPy, one core each, or
# JAX, all that a device has. Ends with 1 where their results disagree.
# Usage: bench/peer.sh [PLAN [ROUNDS]]; OFFRAMP names the program (build/offramp), PEER the other (numpy, or jax), PYTHON an
# interpreter that has it, KERNEL which of the program's CPU kernels runs (compiled, or own), ORDER how the peer orders pools
# (NumPy: network, or argsort; JAX: pairwise, or argsort). Of JAX alone: BACKEND, offramp's (cpu), PATHS, offramp's number of paths,
# and JAX_OPTIONS, the peer's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plan=${1:-$here/../examples/reference-size.json}
rounds=${2:-5}
program=${OFFRAMP:-$here/../build/offramp}
peer=${PEER:-numpy} backend=cpu kernel=${KERNEL:-compiled} paths=100000

case $peer in
numpy) name=NumPy each="one core each" order=${ORDER:-network} options=(--paths 32768) ;;
jax)
  name=JAX backend=${BACKEND:-cpu} order=${ORDER:-pairwise} paths=${PATHS:-$paths}
  read -ra options <<<"${JAX_OPTIONS:-}"
  ;;
*)
  echo "PEER is numpy or jax, not $peer" >&2
  exit 2
  ;;
esac
ours=(run "$plan" --backend "$backend" --quiet)
if [ "$backend" = cpu ]; then ours+=(--kernel "$kernel"); else kernel=$backend; fi
if [ "$peer" = numpy ]; then ours+=(--threads 1); fi

# shellcheck source=SCRIPTDIR/peers/python.bash
. "$here/peers/python.bash"
python=$(python_with "$peer")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" "${ours[@]}" --paths 100 >/dev/null # into the cache

# Path-months a second, from the first path to the statistics: start and compilation count on neither side.
play_ours() {
  "$program" "${ours[@]}" --paths "$paths" --format json >"$work/ours.json"
  sed -n 's/.*"path_months_per_second": *\([0-9.e+]*\).*/\1/p' "$work/ours.json"
}

play_peer() {
  local status=0
  "$python" "$here/peers/${peer}_peer.py" "$plan" --order "$order" "${options[@]}" --against "$work/ours.json" \
    >"$work/peer" || status=$?
  if [ "$status" != 0 ] && grep -q "standard errors" "$work/peer"; then
    echo "offramp and its peer disagree:" >&2
    cat "$work/peer" >&2
  fi
  [ "$status" = 0 ] || return "$status"
  sed -n 's/^\([0-9.]*\) M path-months.*/\1/p' "$work/peer"
}

for ((round = 1; round <= rounds; round++)); do
  rate=$(play_ours)
  other=$(play_peer)
  each=${each:-$(sed -n 's/^[0-9.]* M path-months.s on \([^;]*\);.*/JAX on \1)/p' "$work/peer")}
  printf '%s %s %s\n' "$rate" "$other" "$each"
done | awk -v order="$order" -v kernel="$kernel" -v name="$name" '
  function middle(v, n,   i, j, x) {
    for (i = 2; i <= n; i++) { x = v[i]; for (j = i - 1; j > 0 && v[j] > x; j--) v[j + 1] = v[j]; v[j + 1] = x }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  { ours[NR] = $1 / 1e6; peer[NR] = $2; ratio[NR] = ours[NR] / peer[NR]; sub(/^[^ ]* [^ ]* /, ""); each = $0 }
  END {
    if (!NR) exit
    printf "offramp (" kernel ") %.2f M path-months/s, " name " %.2f M, " each ", order by " order \
           "; ratio %.1f (median of %d rounds, turn by turn)\n",
           middle(ours, NR), middle(peer, NR), middle(ratio, NR), NR
  }'
