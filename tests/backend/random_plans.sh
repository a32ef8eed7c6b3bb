#!/usr/bin/env bash
# Random plans on every device that is not the CPU: the CPU's digests. FIRST and COUNT say which; each is kernels to compile.
set -euo pipefail
first=${FIRST:-1} count=${COUNT:-2} paths=${PATHS:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
backends=$("$OFFRAMP" devices --format csv | awk -F, 'NR > 1 && $1 !~ /cpu/ && !seen[$1]++ { print $1 }' | tr -d '"')
[ -n "$backends" ] || { echo "skipped: there is no device but the CPU"; exit 77; }

digest() { # PLAN BACKEND
  "$OFFRAMP" run "$1" --paths "$paths" --backend "$2" --format json --quiet |
    sed -n 's/.*"results_digest": *"\([0-9a-f]*\)".*/\1/p' | head -n 1
}

failed=0
for ((seed = first; seed < first + count; seed++)); do
  "$BUILD/tests/naive/print_random_plan" "$seed" >"$work/plan.json"
  expected=$(digest "$work/plan.json" cpu)
  [ -n "$expected" ] || { echo "random plan $seed does not run on the CPU"; failed=1; }
  for backend in $backends; do
    found=$(digest "$work/plan.json" "$backend" || true)
    [ "$found" = "$expected" ] && continue
    echo "random plan $seed: $backend gives '$found', the CPU '$expected'"
    failed=1
  done
done
[ "$failed" -ne 0 ] || echo "$count random plans, from $first on, on" $backends
exit "$failed"
