#!/usr/bin/env bash
# What the CUDA kernel takes of a device: registers, stack, spills and instructions for every example and target, compiled by
# nvcc, may not grow beyond what it is. Up to 32 pools nothing spills and no array lies in local memory; at the reference size a
# path takes 128 registers; 1,600 instructions a path-month are the aim.
set -euo pipefail
. "$SOURCE/tests/device/nvcc.bash"

# instructions CUBIN: static ones of offramp_paths, 16 bytes each
instructions() {
  local size
  size=$(readelf -SW "$1" 2>/dev/null | sed -n 's/.*\.text\.offramp_paths *PROGBITS *[0-9a-f]* *[0-9a-f]* *\([0-9a-f]*\).*/\1/p')
  echo $((16#$size / 16))
}

# try PLAN TARGET: a line about it; $registers, $stack, $spills and $count, its instructions
try() {
  name=$(basename "$1" .json)
  { "$work/print_shape" "$1" && echo '#include "path.cu"'; } >"$work/$name.cu"
  compile "$work/$name.cu" 32 "$work/$name.cubin" -arch="$2" -cubin -Xptxas -v 2>"$work/ptxas"
  grep -A2 'Function properties for offramp_paths' "$work/ptxas" >"$work/about"
  stack=$(sed -n 's/ *\([0-9]*\) bytes stack frame.*/\1/p' "$work/about")
  spills=$(sed -n 's/.* \([0-9]*\) bytes spill stores.*/\1/p' "$work/about")
  registers=$(sed -n 's/.*Used \([0-9]*\) registers.*/\1/p' "$work/about")
  count=$(instructions "$work/$name.cubin")
  echo "$name, $2: $registers registers, $stack bytes of stack, $spills spilled," \
    "$count instructions"
}

# pin WHAT FOUND LIMIT
pin() {
  [ "$2" -le "$3" ] && return
  echo "$name, $target: $2 $1, at most $3 so far"
  failed=1
}

# What each plan takes on sm_90: registers, bytes of stack, instructions. Nothing spills.
target=sm_90
while read -r plan most_registers most_stack most_instructions; do
  try "$SOURCE/$plan" "$target"
  pin "bytes spilled" "$spills" 0
  pin registers "$registers" "$most_registers"
  pin "bytes of stack" "$stack" "$most_stack"
  pin instructions "$count" "$most_instructions"
done <<END
examples/reference-size.json 128 0 3400
examples/enterprise.json 104 0 2400
tests/plans/interface.json 116 0 1960
examples/anthropic-two-clouds.json 120 0 2960
examples/openai-azure.json 168 0 5900
tests/plans/clauses.json 120 0 4200
tests/plans/optimal.json 210 0 5350
tests/plans/largest.json 96 6128 3700
END

# with_pools COUNT: the reference size with so many pools; all are in registers still, the weather in shared memory
with_pools() {
  python3 - "$SOURCE/examples/reference-size.json" "$1" >"$work/pools-$1.json" <<'END'
import copy, json, sys
plan, count = json.load(open(sys.argv[1])), int(sys.argv[2])
for i in range(len(plan["pools"]), count):
    pool = copy.deepcopy(plan["pools"][i % 12])
    pool["name"] += f"-{i}"
    plan["pools"].append(pool)
json.dump(plan, sys.stdout)
END
}
with_pools 24
with_pools 32
try "$work/pools-32.json" "$target"
pin "bytes spilled" "$spills" 0
pin "bytes of stack" "$stack" 0

# Random plans that once had a stack frame: one with many delays, one whose first refusals choose among 22 slots, one with ten
# contracts and delays, one with shares of providers.
for seed in 11 111 123 21; do "$BUILD/tests/naive/print_random_plan" "$seed" >"$work/random-$seed.json"; done
try "$work/random-21.json" sm_90
pin registers "$registers" 168

for target in $(known_targets); do
  for seed in 11 111 123 21; do
    try "$work/random-$seed.json" "$target"
    pin "bytes spilled" "$spills" 0
    pin "bytes of stack" "$stack" 0
  done
  try "$work/pools-24.json" "$target"
  pin "bytes spilled" "$spills" 0
  pin "bytes of stack" "$stack" 0
  [ "$target" != sm_90 ] || continue
  try "$SOURCE/examples/reference-size.json" "$target"
  pin "bytes spilled" "$spills" 0
  pin registers "$registers" 128
  pin "bytes of stack" "$stack" 0
  pin instructions "$count" 3450
done
exit "$failed"
