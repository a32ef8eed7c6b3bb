#!/usr/bin/env bash
# optimize on an emulated GPU: the CPU's sizes to the last bit, one compilation for all launches, and the CPU when the GPU is lost.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
export OCL_ICD_VENDORS=/nonexistent
failed=0
optimize() { "$OFFRAMP" optimize "$SOURCE/examples/enterprise.json" --paths 600 --format json --quiet "$@"; }
optimize --backend cpu | grep -v '"engine"' >"$fake/cpu"

# run WHAT [NAME=VALUE...]: under these settings the sizes are the CPU's
run() {
  local what=$1
  shift
  with_fake "$@" "$OFFRAMP" optimize "$SOURCE/examples/enterprise.json" --paths 600 --format json --quiet \
    "${options[@]}" >"$fake/json" 2>"$fake/err" || { echo "$what: failed"; cat "$fake/err"; failed=1; }
  grep -v '"engine"' "$fake/json" | cmp -s - "$fake/cpu" || { echo "$what: not the CPU's sizes"; failed=1; }
}
says() { grep '"engine"' "$fake/json" | grep -qF -- "$2" || { echo "$1: no '$2' in"; grep '"engine"' "$fake/json"; failed=1; }; }

options=(--backend cuda)
run "a GPU"
says "a GPU" '"backend": "cuda"'
# what is probed, what runs one plan, what runs many at a time, and what bounds: whoever compiles once more, for other numbers, fails
run "four compilations" XDG_CACHE_HOME="$fake/empty" FAKE_CUDA_FAULT=nvrtcCompileProgram=6@5
options=(--backend auto)
for fault in cuEventSynchronize=719@40 cuMemcpyHtoD=719@25 cuMemAlloc=719@30; do
  run "lost by $fault" FAKE_CUDA_FAULT=$fault
  says "lost by $fault" "was lost"
done
exit "$failed"
