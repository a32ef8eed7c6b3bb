#!/usr/bin/env bash
# The certified bound on an emulated GPU: the CPU's bits for every example, whatever the batch; the CPU takes over where the GPU
# cannot; and no compiler is asked twice.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
export OCL_ICD_VENDORS=/nonexistent
failed=0
fail() { echo "$1"; failed=1; }
bounds() { "$OFFRAMP" bound "$@" --format json --quiet; }
digest_of() { sed -n 's/.*"bound_digest": *"\([0-9a-f]*\)".*/\1/p' "$1"; }

# same WHAT: $fake/json has the digest that $fake/cpu has
same() {
  local found
  found=$(digest_of "$fake/json")
  [ -n "$found" ] && [ "$found" = "$(digest_of "$fake/cpu")" ] || fail "$1 gives '$found', the CPU '$(digest_of "$fake/cpu")'"
}

for plan in reference-size openai-azure enterprise anthropic-two-clouds; do
  bounds "$SOURCE/examples/$plan.json" --paths 40 --backend cpu >"$fake/cpu"
  with_fake "$OFFRAMP" bound "$SOURCE/examples/$plan.json" --paths 40 --backend cuda --format json --quiet >"$fake/json"
  grep -q '"backend": "cuda"' "$fake/json" || fail "$plan was not bounded by the GPU"
  same "$plan"
done

plan=$SOURCE/examples/enterprise.json
bounds "$plan" --paths 300 --backend cpu >"$fake/cpu"
for batch in 1 130 300; do
  with_fake "$OFFRAMP" bound "$plan" --paths 300 --batch $batch --backend cuda --format json --quiet >"$fake/json"
  same "--batch $batch"
done
# memory for one block of threads only: each bounds several paths
with_fake FAKE_CUDA_MEMORY=60000000 "$OFFRAMP" bound "$plan" --paths 300 --backend cuda --format json --quiet >"$fake/json"
same "a small GPU"
with_fake FAKE_CUDA_FAULT=nvrtcCompileProgram=6 "$OFFRAMP" bound "$plan" --paths 10 --backend cuda --quiet >"$fake/out" ||
  fail "a cached kernel was compiled again"

# several of them share the futures; one that fails leaves its own to the others
with_fake FAKE_CUDA_DEVICES=3 FAKE_CUDA_SLOW=20000 "$OFFRAMP" bound "$plan" --paths 300 --batch 16 --backend cuda --format json --quiet \
  >"$fake/json"
same "three GPUs"
grep -q '"device": "3 x Pretended GPU' "$fake/json" || fail "three GPUs did not share: $(grep '"engine"' "$fake/json")"
with_fake FAKE_CUDA_DEVICES=3 FAKE_CUDA_SLOW=20000 FAKE_CUDA_FAULT=cuMemcpyDtoH_v2=719@2:1 "$OFFRAMP" bound "$plan" --paths 300 --batch 16 \
  --format json --quiet >"$fake/json" || fail "one of three that is lost ends the run"
same "one of three lost"

# `run --bound` bounds where it runs
with_fake "$OFFRAMP" run "$plan" --paths 300 --bound --backend cuda --format json --quiet >"$fake/out" || fail "run --bound failed"
grep -q '"bound": \[' "$fake/out" || fail "run --bound says nothing of the bound"

# what fails on the GPU: the CPU under auto, an error otherwise
for fault in cuMemAlloc=2@13 cuLaunchKernel=700@9 nvrtcCompileProgram=6@3; do
  with_fake XDG_CACHE_HOME="$fake/$fault" FAKE_CUDA_FAULT=$fault "$OFFRAMP" bound "$plan" --paths 300 --format json --quiet >"$fake/json" ||
    fail "$fault under auto: exit $?"
  same "$fault under auto"
  grep -q '"note": "Pretended GPU .*the CPU took over"' "$fake/json" || fail "$fault under auto: nobody says that the CPU took over"
  status=0
  with_fake XDG_CACHE_HOME="$fake/again/$fault" FAKE_CUDA_FAULT=$fault "$OFFRAMP" bound "$plan" --paths 300 --backend cuda --quiet \
    >"$fake/out" 2>"$fake/err" || status=$?
  [ "$status" = 4 ] || [ "$status" = 6 ] || fail "$fault: exit $status"
done
exit "$failed"
