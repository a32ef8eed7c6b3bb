#!/usr/bin/env bash
# The back end cuda, all of it but the GPU: every example through the stand-in driver gives the digest of the CPU, whatever the
# batch, and its kernels are compiled once.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0

# check PLAN WHAT EXPECTED FOUND
check() {
  [ "$3" = "$4" ] && [ -n "$4" ] && return
  echo "$1: $2 gives digest '$4', the CPU '$3'"
  failed=1
}

for plan in "$SOURCE"/examples/*.json "$SOURCE/tests/plans/clauses.json"; do
  name=$(basename "$plan")
  cpu=$("$OFFRAMP" run "$plan" --paths 9000 --backend cpu --format json --quiet | digest)
  check "$name" "one batch" "$cpu" "$(with_fake "$OFFRAMP" run "$plan" --paths 9000 --backend cuda --format json --quiet | digest)"
done

# first refusals among more slots than registers remember them of
"$BUILD/tests/naive/print_random_plan" 111 >"$fake/refusals.json"
cpu=$("$OFFRAMP" run "$fake/refusals.json" --paths 300 --backend cpu --format json --quiet | digest)
check "random plan 111" "one batch" "$cpu" "$(with_fake "$OFFRAMP" run "$fake/refusals.json" --paths 300 --backend cuda --format json --quiet | digest)"

# sums over warps, the last of which is not full
plan=$SOURCE/examples/enterprise.json
cpu=$("$OFFRAMP" run "$plan" --paths 1001 --backend cpu --format json --quiet | digest)
found=$(with_fake FAKE_CUDA_WARPS=1 XDG_CACHE_HOME="$fake/warps" "$OFFRAMP" run "$plan" --paths 1001 --backend cuda --format json --quiet | digest)
check enterprise.json "sums over warps" "$cpu" "$found"

# several batches of several slices, the last one of each smaller; bands that reach beyond a slice
cpu=$("$OFFRAMP" run "$plan" --paths 20001 --backend cpu --format json --quiet | digest)
for batch in 4095 4097 8000 20001; do
  found=$(with_fake FAKE_CUDA_MEMORY=90000000 "$OFFRAMP" run "$plan" --paths 20001 --batch $batch --backend cuda --format json --quiet | digest)
  check enterprise.json "--batch $batch" "$cpu" "$found"
done
check enterprise.json "auto" "$cpu" "$(with_fake "$OFFRAMP" run "$plan" --paths 20001 --format json --quiet | digest)"

# PTX for a device that NVRTC does not know yet
found=$(with_fake FAKE_CUDA_NVRTC=86 "$OFFRAMP" run "$plan" --paths 20001 --backend cuda --format json --quiet | digest)
check enterprise.json "PTX" "$cpu" "$found"

# a driver that does not show the image's variable gets a kernel that needs none
found=$(with_fake FAKE_CUDA_FAULT=cuModuleGetGlobal=500 "$OFFRAMP" run "$plan" --paths 20001 --backend cuda --format json --quiet | digest)
check enterprise.json "no constant memory" "$cpu" "$found"

# variants of the kernel that a developer asks for
found=$(with_fake OFFRAMP_KERNEL_OPTIONS="-DOFR_WRITTEN_OUT=0  -DOFR_FAIR_BYTES=4096" "$OFFRAMP" run "$plan" --paths 20001 --backend cuda --format json --quiet | digest)
check enterprise.json "OFFRAMP_KERNEL_OPTIONS" "$cpu" "$found"
if with_fake OFFRAMP_KERNEL_OPTIONS="-DOFR_WRITTEN_OUT=0 --use_fast_math" "$OFFRAMP" run "$plan" --paths 100 --backend cuda --quiet >"$fake/out" 2>&1; then
  echo "OFFRAMP_KERNEL_OPTIONS does not reach the compiler"
  failed=1
fi

# the second run needs no compiler; a damaged cache costs a compilation and nothing else
if ! with_fake FAKE_CUDA_FAULT=nvrtcCompileProgram=6 "$OFFRAMP" run "$plan" --paths 100 --backend cuda --quiet >"$fake/out"; then
  echo "a cached kernel was compiled again"
  failed=1
fi
for file in "$fake"/cache/offramp/*.kernel "$fake"/cache/offramp/*/*.kernel; do
  if [ -f "$file" ]; then printf x | dd of="$file" bs=1 seek=200 conv=notrunc status=none; fi
done
found=$(with_fake "$OFFRAMP" run "$plan" --paths 20001 --backend cuda --format json --quiet | digest)
check enterprise.json "a damaged cache" "$cpu" "$found"

# the grid is persistent: no more blocks than fill the device
launches=$(with_fake FAKE_CUDA_LOG="$fake/launches" "$OFFRAMP" run "$plan" --paths 20001 --backend cuda --quiet >"$fake/out"; grep -c '^offramp_paths 6 x 32 on 0$' "$fake/launches" || true)
if [ "$launches" -lt 1 ]; then
  echo "no launch of 6 blocks of 32 threads among:"
  cat "$fake/launches"
  failed=1
fi
exit "$failed"
