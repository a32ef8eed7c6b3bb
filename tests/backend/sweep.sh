#!/usr/bin/env bash
# A sweep's points are simulated together on every back end: each has the digest of a run of its own on the CPU, however batches are
# cut, shared among GPUs, or handed on by one that is lost.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
plan=$fake/plan.json # 4 x 3 x 2 points; a workload with or without duty makes two shapes
sed 's|"horizon"|"sweep": {"/contracts/macc/windows/0/amount": {"from": 0, "to": 5e8, "steps": 4}, "/simulation/seed": [1, 2, 3], "/workloads/0/duty": [1, 0.5]},\n  "horizon"|' \
  "$SOURCE/examples/enterprise.json" >"$plan"

for amount in 0 166666666.66666666 333333333.3333333 5e8; do
  for seed in 1 2 3; do
    for duty in 1 0.5; do
      "$OFFRAMP" run "$SOURCE/examples/enterprise.json" --set /contracts/macc/windows/0/amount=$amount --set /workloads/0/duty=$duty \
        --seed $seed --paths 301 --no-bands --backend cpu --format json --quiet | digest
    done
  done
done >"$fake/alone"

# check WHAT [NAME=VALUE...] -- OPTION...: the points' digests, in the order of the grid; the launches in $fake/launches
check() {
  local what=$1 settings=()
  shift
  while [ "$1" != -- ]; do settings+=("$1"); shift; done
  shift
  rm -f "$fake/store" "$fake/launches"
  local swept=${swept:-$plan} alone=${alone:-$fake/alone}
  if ! env FAKE_CUDA_LOG="$fake/launches" "${settings[@]}" "$OFFRAMP" sweep "$swept" --paths 301 --store "$fake/store" --format json --quiet "$@" >"$fake/json" 2>"$fake/err"; then
    echo "$what: failed"
    cat "$fake/err"
    failed=1
  fi
  sed -n 's/.*"results_digest": "\([0-9a-f]*\)".*/\1/p' "$fake/json" | cmp -s - "$alone" || { echo "$what: a point is not what a run finds"; failed=1; }
}

for batch in 1 47 300 100000; do check "cpu, --batch $batch" -- --backend cpu --batch $batch --threads $((batch % 3 + 1)); done
check "cpu, a point or two at a time" -- --backend cpu --max-memory 1M
check "cpu, replayed" -- --backend cpu --max-memory 64K --batch 64

# one shape: PoCL takes its time to compile another, and a GPU that is lost is not opened for it
sed 's|\[1, 0.5\]|[1]|' "$plan" >"$fake/whole.json"
sed -n 'p;n' "$fake/alone" >"$fake/alone_whole"
check_one_shape() { swept=$fake/whole.json alone=$fake/alone_whole check "$@"; }

if "$OFFRAMP" devices | grep -q '^opencl'; then
  for batch in 47 100000; do
    check_one_shape "opencl, --batch $batch" -- --backend opencl --batch $batch
  done
fi

with=(LD_LIBRARY_PATH="$fake${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}")
check cuda "${with[@]}" -- --backend cuda
launches=$(grep -c '^offramp_paths' "$fake/launches")
[ "$launches" -le 8 ] || { echo "24 points of two shapes took $launches launches: they are not launched together"; failed=1; }
check "cuda, --batch 47" "${with[@]}" -- --backend cuda --batch 47
check "three GPUs" "${with[@]}" FAKE_CUDA_DEVICES=3 FAKE_CUDA_SLOW=20000 -- --backend cuda --batch 47
for device in 0 1 2; do
  grep -q "^offramp_paths .* on $device\$" "$fake/launches" || { echo "GPU $device had nothing to do"; failed=1; }
done
check_one_shape "one of two lost" "${with[@]}" FAKE_CUDA_DEVICES=2 FAKE_CUDA_SLOW=20000 FAKE_CUDA_FAULT="cuEventSynchronize=719@2:1" -- --backend cuda --batch 47
check_one_shape "the only one lost" "${with[@]}" FAKE_CUDA_FAULT="cuEventSynchronize=719@2" --
exit "$failed"
