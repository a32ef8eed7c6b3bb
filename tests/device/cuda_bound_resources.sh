#!/usr/bin/env bash
# The bound as CUDA, compiled by nvcc: no contraction, no flush to zero and no approximation in float32 or in doubles, and at the
# reference size no spill on any target. Nor is there any in what cmake/cuda_images.cmake compiles ahead, but for a few bytes.
set -euo pipefail
. "$SOURCE/tests/device/nvcc.bash"

# text_of PLAN: for the bound asks for no image in constant memory
text_of() { { "$work/print_shape" "$SOURCE/$1.json" | grep -v OFR_IMAGE_WORDS && echo '#include "bound.cu"'; } >"$work/plan.cu"; }

# arithmetic_of OPTION...: of $work/plan.cu. Without a rounding, ptxas would be free to contract.
arithmetic_of() {
  compile "$work/plan.cu" 32 "$work/marked.ptx" -arch=compute_80 -ptx -include "$work/marked.h" "$@"
  forbid "$work/marked.ptx" '(fma|mad)(\.[a-z]+)*\.f(16|32|64)' "contracted multiply-adds"
  forbid "$work/marked.ptx" '(add|sub|mul)\.f(16|32|64)' "operations that may be contracted"
  forbid "$work/marked.ptx" '\.ftz' "operations that flush to zero"
  forbid "$work/marked.ptx" '\.approx' "approximations"
  grep -q 'div\.rn\.f64' "$work/marked.ptx" || { echo "no division of doubles: this test looks in the wrong place"; failed=1; }
}

text_of examples/openai-azure
arithmetic_of

# For all plans of a class, by the options of the build.
echo '#include "bound.cu"' >"$work/plan.cu"
ahead=(-DOFR_CLASS=32)
help=$(nvcc --help)
if [[ $help == *--Ofast-compile* ]]; then ahead+=(--Ofast-compile=min); fi
arithmetic_of "${ahead[@]}"
for target in $(known_targets); do
  compile "$work/plan.cu" 32 "$work/$target.cubin" -gencode=arch=compute_80,code="$target" -cubin -Xptxas -v "${ahead[@]}" \
    2>"$work/ptxas"
  most=$(sed -n 's/.* \([0-9]*\) bytes spill loads.*/\1/p' "$work/ptxas" | sort -n | tail -1)
  echo "$target, compiled ahead: $(resources offramp_bounds); $most bytes at most of a function's spill"
  [ "$most" -le 64 ] || { echo "$target: the bound that is compiled ahead spills"; failed=1; }
done

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
