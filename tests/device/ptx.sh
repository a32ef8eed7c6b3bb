#!/usr/bin/env bash
# The model as CUDA, compiled for what there is of devices without one at hand. Of arithmetic it may hold only what its text
# says: no contraction, no flush to zero, no approximation, no doubles. Says how many registers a path takes.
set -euo pipefail
PATH=$PATH:/usr/local/cuda/bin
if ! command -v nvcc >/dev/null; then
  echo "skipped: there is no nvcc"
  exit 77
fi
if [ -n "${SANITIZE:-}" ]; then
  echo "skipped: the sanitized library does not link here"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$CC" -std=c17 -I"$SOURCE/include" -I"$SOURCE/host" "$SOURCE/tests/device/print_shape.c" "$SOURCE/tests/backend/staged_plan.c" \
  "$LIBRARY" -lcjson -lm -ldl -lpthread -o "$work/print_shape"

# The text asks for a fused multiply-add by one name; under another, every fma that is left is a contraction.
cat >"$work/marked.h" <<'END'
static __device__ __forceinline__ float marked(float a, float b, float c) {
  float r;
  asm("{.reg .f32 t; mul.rn.f32 t, %1, %2; add.rn.f32 %0, t, %3;}" : "=f"(r) : "f"(a), "f"(b), "f"(c));
  return r;
}
#define __fmaf_rn marked
END

compile() { # plan, output, option...
  local shape=$work/$1.cu output=$2
  shift 2
  nvcc -std=c++17 -diag-suppress 128 -fmad=false -I"$SOURCE/device" -DOFR_GROUP=32 -DOFR_PART=4096 \
    "-DCONSTANT=static constexpr __device__ const" "$@" "$shape" -o "$output"
}

failed=0
forbid() { # file, pattern, what
  local found
  found=$(grep -cE "$2" "$1" || true)
  [ "$found" -eq 0 ] && return
  echo "$(basename "$1"): $found $3, such as $(grep -oE -m1 "$2.*" "$1")"
  failed=1
}

shape_of() { # file -> a translation unit
  { "$work/print_shape" "$1" && echo '#include "path.cu"'; } >"$work/$(basename "$1" .json).cu"
}

for plan in "$SOURCE"/examples/*.json "$SOURCE/tests/plans/interface.json" "$SOURCE/tests/plans/clauses.json" "$SOURCE/tests/plans/optimal.json"; do
  name=$(basename "$plan" .json)
  shape_of "$plan"
  compile "$name" "$work/$name.ptx" -arch=compute_80 -ptx
  compile "$name" "$work/$name.marked.ptx" -arch=compute_80 -ptx -include "$work/marked.h"
  forbid "$work/$name.marked.ptx" '(fma|mad)(\.[a-z]+)*\.f(16|32|64)' "contracted multiply-adds"
  forbid "$work/$name.ptx" '\.ftz' "operations that flush to zero"
  forbid "$work/$name.ptx" '\.approx' "approximations"
  forbid "$work/$name.ptx" '\.f64' "operations on doubles"
  fused=$(grep -c 'fma\.rn\.f32' "$work/$name.ptx" || true)
  [ "$fused" -gt 0 ] || { echo "$name: not one fma: this test looks in the wrong place"; failed=1; }
  echo "$name: $fused fused multiply-adds, all asked for"
done

known=$(nvcc --list-gpu-code)
for target in sm_80 sm_86 sm_89 sm_90 sm_100 sm_120; do
  grep -qx "$target" <<<"$known" || { echo "$target: this nvcc does not know it"; continue; }
  compile reference-size "$work/$target.cubin" -arch="$target" -cubin -Xptxas -v 2>"$work/ptxas"
  echo "$target, reference size: $(grep -A2 offramp_paths "$work/ptxas" | grep -oE '[0-9]+ registers|[0-9]+ bytes [a-z ]+' |
    paste -sd, | sed 's/,/, /g')"
done
exit "$failed"
