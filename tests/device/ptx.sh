#!/usr/bin/env bash
# The model as CUDA, compiled for what there is of devices without one at hand. Of arithmetic it may hold only what its text
# says: no contraction, no flush to zero, no approximation, no doubles. Says how many registers a path takes.
set -euo pipefail
. "$SOURCE/tests/device/nvcc.bash"

shape_of() { # file -> a translation unit
  { "$work/print_shape" "$1" && echo '#include "path.cu"'; } >"$work/$(basename "$1" .json).cu"
}

for plan in "$SOURCE"/examples/*.json "$SOURCE/tests/plans/interface.json" "$SOURCE/tests/plans/clauses.json" "$SOURCE/tests/plans/optimal.json"; do
  name=$(basename "$plan" .json)
  shape_of "$plan"
  compile "$work/$name.cu" 32 "$work/$name.ptx" -arch=compute_80 -ptx
  compile "$work/$name.cu" 32 "$work/$name.marked.ptx" -arch=compute_80 -ptx -include "$work/marked.h"
  forbid "$work/$name.marked.ptx" '(fma|mad)(\.[a-z]+)*\.f(16|32|64)' "contracted multiply-adds"
  forbid "$work/$name.ptx" '\.ftz' "operations that flush to zero"
  forbid "$work/$name.ptx" '\.approx' "approximations"
  forbid "$work/$name.ptx" '\.f64' "operations on doubles"
  fused=$(grep -c 'fma\.rn\.f32' "$work/$name.ptx" || true)
  [ "$fused" -gt 0 ] || { echo "$name: not one fma: this test looks in the wrong place"; failed=1; }
  echo "$name: $fused fused multiply-adds, all asked for"
done

for target in $(known_targets); do
  compile "$work/reference-size.cu" 32 "$work/$target.cubin" -arch="$target" -cubin -Xptxas -v 2>"$work/ptxas"
  echo "$target, reference size: $(resources offramp_paths)"
done
exit "$failed"
