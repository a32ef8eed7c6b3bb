#!/usr/bin/env bash
# Futures from a file, and from a history: one digest on every back end, whatever the batches they are staged in. CUDA runs through the
# stand-in driver.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
work=$(mktemp -d)
trap 'rm -rf "$fake" "$work"' EXIT

awk 'BEGIN {
  print "path,month,name,value,weight"
  for (p = 0; p < 5000; p++) for (t = 0; t < 36; t++) {
    month = sprintf("%d-%02d", 2026 + int(t / 12), t % 12 + 1)
    draw = (p * 7919 + t * 104729) % 10007 / 10007
    printf "%d,%s,training,%.3f,%d\n%d,%s,azure-h100.price,%.5f,%d\n%d,%s,coreweave-h100.capacity,%.2f,%d\n",
      p, month, 20000 * (0.5 + draw) * 1.04 ^ t, 1 + p % 3, p, month, 1.5 + 2 * (1 - draw), 1 + p % 3,
      p, month, 25000 * ((p * 31 + t) % 17) / 16, 1 + p % 3
  }
}' >"$work/futures.csv"
sed 's|"simulation".*|"futures": {"file": "futures.csv"},|' "$SOURCE/tests/plans/interface.json" >"$work/plan.json"
grep -q futures.csv "$work/plan.json" || { echo "the plan has no futures"; exit 1; }

# check WHAT COMMAND...
check() {
  local what=$1 found
  shift
  found=$("$@" --format json --quiet | digest)
  [ "$found" = "$expected" ] && [ -n "$found" ] && return
  echo "$what gives digest '$found', the CPU '$expected'"
  failed=1
}

awk 'BEGIN {
  print "month,training,azure-h100.price,coreweave-h100.capacity"
  for (i = 0; i < 50; i++)
    printf "%d-%02d,%.4f,%.5f,%.2f\n", 2020 + int(i / 12), i % 12 + 1, 900 * exp(0.03 * i + 0.2 * sin(i)), 3 * exp(0.1 * sin(2.3 * i)), 40 * exp(0.05 * cos(i))
}' >"$work/history.csv"
sed 's|"simulation".*|"simulation": {"paths": 5000}, "history": {"file": "history.csv", "block": 5},|' "$SOURCE/tests/plans/interface.json" >"$work/drawn.json"

for plan in "$work/plan.json" "$work/drawn.json"; do
  expected=$("$OFFRAMP" run "$plan" --backend cpu --format json --quiet | digest)
  for isa in baseline x86_64_v3 x86_64_v4; do
    if "$OFFRAMP" run "$plan" --backend cpu --isa $isa --quiet >"$work/out" 2>"$work/err"; then
      check "$isa" "$OFFRAMP" run "$plan" --backend cpu --isa $isa --batch 999
    fi
  done
  if "$OFFRAMP" devices | grep -q '^opencl'; then
    check opencl "$OFFRAMP" run "$plan" --backend opencl
    check "opencl in batches" "$OFFRAMP" run "$plan" --backend opencl --batch 1001
  fi
  for batch in 777 4097 5000; do
    check "cuda --batch $batch" with_fake FAKE_CUDA_MEMORY=400000000 "$OFFRAMP" run "$plan" --backend cuda --batch $batch
  done
done
exit "$failed"
