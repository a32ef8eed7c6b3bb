#!/usr/bin/env bash
# The bound as CUDA, compiled by nvcc: no contraction, no flush to zero and no approximation in float32 or in doubles, and at the
# reference size no spill on any target.
set -euo pipefail
PATH=$PATH:/usr/local/cuda/bin
command -v nvcc >/dev/null || { echo "skipped: there is no nvcc"; exit 77; }
[ -z "${SANITIZE:-}" ] || { echo "skipped: the sanitized library does not link here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$CC" -std=c17 -I"$SOURCE/include" -I"$SOURCE/host" "$SOURCE/tests/device/print_shape.c" "$SOURCE/tests/backend/staged_plan.c" \
  "$LIBRARY" -lcjson -lm -ldl -lpthread -o "$work/print_shape"

# The text asks for fused multiply-adds by one name; under another, every fma that is left is a contraction.
cat >"$work/marked.h" <<'END'
static __device__ __forceinline__ float marked(float a, float b, float c) {
  float r;
  asm("{.reg .f32 t; mul.rn.f32 t, %1, %2; add.rn.f32 %0, t, %3;}" : "=f"(r) : "f"(a), "f"(b), "f"(c));
  return r;
}
#define __fmaf_rn marked
END

compile() { # plan, output, option...
  local plan=$1 output=$2
  shift 2
  { "$work/print_shape" "$SOURCE/$plan.json" | grep -v OFR_IMAGE_WORDS && echo '#include "bound.cu"'; } >"$work/plan.cu"
  nvcc -std=c++17 -diag-suppress 128,177 -fmad=false -I"$SOURCE/device" -DOFR_GROUP=128 -DOFR_PART=4096 \
    "-DCONSTANT=static constexpr __device__ const" "$@" "$work/plan.cu" -o "$output"
}

failed=0
forbid() { # file, pattern, what
  local found
  found=$(grep -cE "$2" "$1" || true)
  [ "$found" -eq 0 ] || { echo "$(basename "$1"): $found $3, such as $(grep -oE -m1 "$2.*" "$1")"; failed=1; }
}
compile examples/openai-azure "$work/marked.ptx" -arch=compute_80 -ptx -include "$work/marked.h"
forbid "$work/marked.ptx" '(fma|mad)(\.[a-z]+)*\.f(16|32|64)' "contracted multiply-adds"
forbid "$work/marked.ptx" '\.ftz' "operations that flush to zero"
forbid "$work/marked.ptx" '\.approx' "approximations"
grep -q 'div\.rn\.f64' "$work/marked.ptx" || { echo "no division of doubles: this test looks in the wrong place"; failed=1; }

known=$(nvcc --list-gpu-code)
for target in sm_80 sm_86 sm_89 sm_90 sm_100 sm_120; do
  grep -qx "$target" <<<"$known" || { echo "$target: this nvcc does not know it"; continue; }
  compile examples/reference-size "$work/$target.cubin" -arch="$target" -cubin -Xptxas -v 2>"$work/ptxas"
  echo "$target: $(grep -A2 'Function properties for offramp_bounds' "$work/ptxas" | grep -oE '[0-9]+ registers|[0-9]+ bytes [a-z ]+' |
    paste -sd, | sed 's/,/, /g')"
  if grep -E '[1-9][0-9]* bytes spill' "$work/ptxas"; then
    echo "$target: the bound of the reference size spills"
    failed=1
  fi
done
exit "$failed"
