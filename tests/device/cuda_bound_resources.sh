#!/usr/bin/env bash
# The bound as CUDA, compiled by nvcc: no contraction, no flush to zero and no approximation in float32 or in doubles, and at the
# reference size no spill on any target.
set -euo pipefail
. "$SOURCE/tests/device/nvcc.bash"

# text_of PLAN: for the bound asks for no image in constant memory
text_of() { { "$work/print_shape" "$SOURCE/$1.json" | grep -v OFR_IMAGE_WORDS && echo '#include "bound.cu"'; } >"$work/plan.cu"; }

text_of examples/openai-azure
compile "$work/plan.cu" 128 "$work/marked.ptx" -arch=compute_80 -ptx -include "$work/marked.h"
forbid "$work/marked.ptx" '(fma|mad)(\.[a-z]+)*\.f(16|32|64)' "contracted multiply-adds"
forbid "$work/marked.ptx" '\.ftz' "operations that flush to zero"
forbid "$work/marked.ptx" '\.approx' "approximations"
grep -q 'div\.rn\.f64' "$work/marked.ptx" || { echo "no division of doubles: this test looks in the wrong place"; failed=1; }

text_of examples/reference-size
for target in $(known_targets); do
  compile "$work/plan.cu" 128 "$work/$target.cubin" -arch="$target" -cubin -Xptxas -v 2>"$work/ptxas"
  echo "$target: $(resources offramp_bounds)"
  if grep -E '[1-9][0-9]* bytes spill' "$work/ptxas"; then
    echo "$target: the bound of the reference size spills"
    failed=1
  fi
done
exit "$failed"
