#!/usr/bin/env bash
# What the CUDA kernel takes of a device: registers, stack, spills and instructions for every example and target, compiled by
# nvcc. At the reference size nothing may spill and no array may lie in local memory on any target, and the code may not grow
# beyond what it is now: 1,600 instructions a path-month and 128 registers are the aim.
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

# try PLAN TARGET: a line about it; $stack, $spills and $count, its instructions
try() {
  local name
  name=$(basename "$1" .json)
  { "$work/print_shape" "$1" && echo '#include "path.cu"'; } >"$work/$name.cu"
  nvcc -std=c++17 -diag-suppress 128 -fmad=false -I"$SOURCE/device" -DOFR_GROUP=128 -DOFR_PART=4096 \
    "-DCONSTANT=static constexpr __device__ const" -arch="$2" -cubin -Xptxas -v "$work/$name.cu" -o "$work/$name.cubin" 2>"$work/ptxas"
  grep -A2 'Function properties for offramp_paths' "$work/ptxas" >"$work/about"
  stack=$(sed -n 's/ *\([0-9]*\) bytes stack frame.*/\1/p' "$work/about")
  spills=$(sed -n 's/.* \([0-9]*\) bytes spill stores.*/\1/p' "$work/about")
  count=$(instructions "$work/$name.cubin")
  echo "$name, $2: $(sed -n 's/.*Used \([0-9]* registers\).*/\1/p' "$work/about"), $stack bytes of stack, $spills spilled," \
    "$count instructions"
}

failed=0
for plan in "$SOURCE"/examples/*.json; do try "$plan" sm_90; done
known=$(nvcc --list-gpu-code)
for target in sm_80 sm_86 sm_89 sm_90 sm_100 sm_120; do
  grep -qx "$target" <<<"$known" || { echo "$target: this nvcc does not know it"; continue; }
  try "$SOURCE/examples/reference-size.json" "$target"
  [ "$spills" -eq 0 ] && [ "$stack" -eq 0 ] && [ "$count" -le 4100 ] && continue
  echo "$target: the reference size spills, its arrays lie in local memory, or its code has grown"
  failed=1
done
exit "$failed"
