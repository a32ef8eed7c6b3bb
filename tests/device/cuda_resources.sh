#!/usr/bin/env bash
# What the CUDA kernel takes of a device: registers, stack, spills and instructions for every example and target, compiled by
# nvcc, may not grow beyond what it is. Up to 24 pools under one strategy nothing spills and no array lies in local memory; at the
# reference size a path takes 128 registers; 1,600 instructions a path-month are the aim.
set -euo pipefail
PATH=$PATH:/usr/local/cuda/bin
command -v nvcc >/dev/null || { echo "skipped: there is no nvcc"; exit 77; }
[ -z "${SANITIZE:-}" ] || { echo "skipped: the sanitized library does not link here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$CC" -std=c17 -I"$SOURCE/include" -I"$SOURCE/host" "$SOURCE/tests/device/print_shape.c" "$SOURCE/tests/backend/staged_plan.c" \
  "$LIBRARY" -lcjson -lm -ldl -lpthread -o "$work/print_shape"

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
  nvcc -std=c++17 -diag-suppress 128 -fmad=false -I"$SOURCE/device" -DOFR_GROUP=32 -DOFR_PART=4096 \
    "-DCONSTANT=static constexpr __device__ const" -arch="$2" -cubin -Xptxas -v "$work/$name.cu" -o "$work/$name.cubin" 2>"$work/ptxas"
  grep -A2 'Function properties for offramp_paths' "$work/ptxas" >"$work/about"
  stack=$(sed -n 's/ *\([0-9]*\) bytes stack frame.*/\1/p' "$work/about")
  spills=$(sed -n 's/.* \([0-9]*\) bytes spill stores.*/\1/p' "$work/about")
  registers=$(sed -n 's/.*Used \([0-9]*\) registers.*/\1/p' "$work/about")
  count=$(instructions "$work/$name.cubin")
  echo "$name, $2: $registers registers, $stack bytes of stack, $spills spilled," \
    "$count instructions"
}

failed=0
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
examples/reference-size.json 128 0 3750
examples/enterprise.json 128 0 2300
tests/plans/interface.json 128 0 2400
examples/anthropic-two-clouds.json 192 1664 3700
examples/openai-azure.json 255 6656 7100
tests/plans/clauses.json 192 2816 4900
tests/plans/optimal.json 224 416 5200
tests/plans/largest.json 128 32768 4300
END

# 24 pools: all in registers still, the weather in shared memory
many=$work/pools-24.json
python3 - "$SOURCE/examples/reference-size.json" >"$many" <<'END'
import copy, json, sys
plan = json.load(open(sys.argv[1]))
again = copy.deepcopy(plan["pools"])
for pool in again: pool["name"] += "-again"
plan["pools"] += again
json.dump(plan, sys.stdout)
END
try "$many" "$target"
pin "bytes spilled" "$spills" 0
pin "bytes of stack" "$stack" 0

known=$(nvcc --list-gpu-code)
for target in sm_80 sm_86 sm_89 sm_100 sm_120; do
  grep -qx "$target" <<<"$known" || { echo "$target: this nvcc does not know it"; continue; }
  try "$SOURCE/examples/reference-size.json" "$target"
  pin "bytes spilled" "$spills" 0
  pin registers "$registers" 128
  pin "bytes of stack" "$stack" 0
  pin instructions "$count" 3700
done
exit "$failed"
