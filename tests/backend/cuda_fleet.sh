#!/usr/bin/env bash
# Several GPUs, and GPUs that are lost: the digest is that of the CPU however the paths were split and whoever took over, and the
# result says what happened.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
plan=$SOURCE/examples/enterprise.json
paths=20001
cpu=$("$OFFRAMP" run "$plan" --paths $paths --backend cpu --format json --quiet | digest)

# run WHAT [NAME=VALUE...] -- [OPTION...]: the report as JSON in $fake/json, with the digest of the CPU
run() {
  local what=$1 settings=()
  shift
  while [ "$1" != -- ]; do settings+=("$1"); shift; done
  shift
  : >"$fake/launches"
  if ! with_fake FAKE_CUDA_LOG="$fake/launches" "${settings[@]}" "$OFFRAMP" run "$plan" --paths $paths --format json --quiet "$@" >"$fake/json" 2>"$fake/err"; then
    echo "$what: failed"
    cat "$fake/err"
    failed=1
  fi
  local found
  found=$(digest <"$fake/json")
  [ "$found" = "$cpu" ] || { echo "$what: digest '$found', the CPU '$cpu'"; failed=1; }
}
# says WHAT TEXT: somewhere in the report's "engine"
says() { grep '"engine"' "$fake/json" | grep -qF -- "$2" || { echo "$1: no '$2' in"; grep '"engine"' "$fake/json"; failed=1; }; }
silent() { if grep '"engine"' "$fake/json" | grep -q '"note"'; then echo "$1: a note without a reason"; failed=1; fi; }
launched_on() { grep -c "^offramp_paths .* on $1\$" "$fake/launches" || true; }

small=(FAKE_CUDA_MEMORY=90000000)
run "three GPUs" FAKE_CUDA_DEVICES=3 FAKE_CUDA_SLOW=20000 "${small[@]}" -- --backend cuda --batch 4096
silent "three GPUs"
says "three GPUs" "3 x Pretended GPU"
for device in 0 1 2; do
  [ "$(launched_on $device)" -ge 1 ] || { echo "device $device had $(launched_on $device) launches of $(wc -l <"$fake/launches")"; failed=1; }
done

run "one of three" FAKE_CUDA_DEVICES=3 -- --backend cuda --device 1
[ "$(launched_on 1)" -ge 1 ] && [ "$(launched_on 0)" -eq 0 ] && [ "$(launched_on 2)" -eq 0 ] || { echo "--device 1 is not device 1 alone"; failed=1; }

# replaying, each batch in memory of its own
run "three GPUs, replayed" FAKE_CUDA_DEVICES=3 -- --backend cuda --max-memory 32M

# bench: the first device, and all of them together; the same bits, all names
with_fake FAKE_CUDA_DEVICES=3 "$OFFRAMP" bench --backend cuda --months 6 --paths 600 --seconds 1 --csv "$fake/bench.csv" --quiet >"$fake/bench.txt"
cut -d, -f1-3 "$fake/bench.csv" | sed 1d >"$fake/rows"
printf '%s\n' 'cuda,0,"Pretended GPU' 'cuda,-1,"3 x Pretended GPU' | cmp -s - <(sed 's/,"\([^"]*GPU\).*/,"\1/' "$fake/rows") ||
  { echo "bench has other rows than device 0 and all:"; cat "$fake/rows"; failed=1; }
[ "$(sed 1d "$fake/bench.csv" | sed 's/.*,//' | sort -u | wc -l)" -eq 1 ] || { echo "bench: one device and all have other digests"; failed=1; }
grep -q "^cuda all " "$fake/bench.txt" || { echo "no row for all GPUs:"; cat "$fake/bench.txt"; failed=1; }
with_fake "$OFFRAMP" bench --backend cuda --device all --months 6 --paths 600 --seconds 1 --no-ceilings --quiet >"$fake/bench.txt"
grep -q "cuda all: 1 x Pretended" "$fake/bench.txt" || { echo "--device all:"; cat "$fake/bench.txt"; failed=1; }

# a device that is lost: the others go on
for when in 1 2; do
  run "one of two lost" FAKE_CUDA_DEVICES=2 FAKE_CUDA_SLOW=20000 FAKE_CUDA_FAULT="cuEventSynchronize=719@$when:1" "${small[@]}" -- --backend cuda --batch 4096
  says "one of two lost" "was lost"
  says "one of two lost" "the others took over"
done

# the last one is lost: under auto the CPU takes over from the last finished batch, at any call
for fault in cuEventSynchronize=719@2 cuEventSynchronize=702@3 cuLaunchKernel=719@7 cuMemcpyDtoHAsync=700@4 cuMemsetD8Async=999@3; do
  run "lost by $fault" OCL_ICD_VENDORS=/nonexistent FAKE_CUDA_FAULT=$fault "${small[@]}" -- --batch 4096
  says "lost by $fault" "was lost"
  says "lost by $fault" "the CPU took over"
done
run "lost late" OCL_ICD_VENDORS=/nonexistent FAKE_CUDA_FAULT=cuEventSynchronize=719@4 "${small[@]}" -- --batch 4096
grep '"engine"' "$fake/json" | grep -qE "after [1-9][0-9]* of $paths paths the CPU took over" || { echo "how far the device came is not said"; grep '"engine"' "$fake/json"; failed=1; }
run "lost while replaying" OCL_ICD_VENDORS=/nonexistent FAKE_CUDA_FAULT=cuEventSynchronize=719@9 "${small[@]}" -- --max-memory 32M --batch 4096
says "lost while replaying" "the CPU took over"
run "both lost" OCL_ICD_VENDORS=/nonexistent FAKE_CUDA_DEVICES=2 FAKE_CUDA_FAULT=cuEventSynchronize=719@4 "${small[@]}" -- --batch 4096
says "both lost" "the CPU took over"

# one that cannot even be opened is left out, and the report says so
run "compiler fails" OCL_ICD_VENDORS=/nonexistent XDG_CACHE_HOME="$fake/other" FAKE_CUDA_FAULT=nvrtcCompileProgram=6 --
says "compiler fails" '"backend": "cpu"'
says "compiler fails" "could not be used"
run "one of two is held" FAKE_CUDA_DEVICES=2 FAKE_CUDA_FAULT=cuDevicePrimaryCtxRetain=46 --
says "one of two is held" "could not be used"

# asked for by name, a lost device is a failure
status=0
with_fake FAKE_CUDA_FAULT=cuEventSynchronize=719 "$OFFRAMP" run "$plan" --paths $paths --backend cuda --quiet >"$fake/out" 2>"$fake/err" || status=$?
[ "$status" -eq 4 ] || { echo "--backend cuda with a lost device: exit $status instead of 4"; failed=1; }
exit "$failed"
