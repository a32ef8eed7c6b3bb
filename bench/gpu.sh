#!/usr/bin/env bash
# What a machine with a GPU shows of offramp: its devices, the digests of all examples and of random plans on every back end, the
# tests that meet devices, and their speed; with compute-sanitizer and ncu where these are. Needs the built program and nothing
# else; the tests and the random plans also what was built beside it. Ends within 8 minutes.
# Usage: bench/gpu.sh [FOLDER]; the results' folder is bench/results/gpu-<host>-<time> unless given. OFFRAMP names the program.
# QUICK=1 is for trying the script itself: a hundredth of the paths, and no measurement worth keeping.
set -uo pipefail
PATH=$PATH:/usr/local/cuda/bin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${OFFRAMP:-$here/../build/offramp}
examples=$here/../examples
folder=${1:-$here/results/gpu-$(hostname)-$(date +%Y%m%d-%H%M)}
build=$(dirname "$program")
began=$SECONDS
scale=1 bench_seconds=6 pools=12,24,48 random=200
if [ -n "${QUICK:-}" ]; then scale=100 bench_seconds=1 pools=12 random=4; fi
mkdir -p "$folder" || exit 1
[ -x "$program" ] || { echo "no program at $program: build it, or set OFFRAMP"; exit 1; }

# Seconds left, and 1 where none are: timeout takes 0 for ever. share N: of those, at most N.
left() { local s=$((450 - (SECONDS - began))); echo $((s > 0 ? s : 1)); }
share() { local s; s=$(left); echo $((s < $1 ? s : $1)); }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-z.e+-]*\).*/\1/p" | head -n 1; }
# run BACKEND PLAN [OPTION...]: the report as JSON on stdout, never longer than the time left
run() {
  local backend=$1 plan=$2
  shift 2
  timeout "$(share 60)" "$program" run "$plan" --backend "$backend" --format json --quiet "$@" 2>>"$folder/errors.txt"
}

"$program" version >"$folder/version.txt" 2>&1
"$program" devices | tee "$folder/devices.txt"
"$program" devices --format json >"$folder/devices.json"
if command -v nvidia-smi >/dev/null; then
  nvidia-smi >"$folder/nvidia-smi.txt" 2>&1
  nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.sm,power.limit,compute_mode,ecc.mode.current \
    --format=csv >>"$folder/nvidia-smi.txt" 2>&1
fi
backends=$("$program" devices --format csv | awk -F, 'NR > 1 && !seen[$1]++ { print $1 }' | tr -d '"')
failed=0

paths=$((50000 / scale))
echo "digests, $paths paths:"
for plan in "$examples"/*.json; do
  expected=
  for backend in cpu $(echo "$backends" | grep -v cpu); do
    found=$(run "$backend" "$plan" --paths "$paths" | field results_digest)
    [ "$backend" = cpu ] && expected=$found
    verdict=same
    if [ -z "$found" ] || [ "$found" != "$expected" ]; then verdict=OTHER; failed=1; fi
    echo "$(basename "$plan" .json) $backend ${found:-none} $verdict" | tee -a "$folder/digests.txt"
  done
done

# The certified bound: the same proofs everywhere, and how many a second.
for plan in reference-size enterprise; do
  expected=
  for backend in cpu $(echo "$backends" | grep -v cpu); do
    timeout "$(share 60)" "$program" bound "$examples/$plan.json" --paths $((50000 / scale)) --backend "$backend" --format json --quiet \
      >"$folder/bound.json" 2>>"$folder/errors.txt"
    found=$(field bound_digest <"$folder/bound.json")
    [ "$backend" = cpu ] && expected=$found
    verdict=same
    if [ -z "$found" ] || [ "$found" != "$expected" ]; then verdict=OTHER; failed=1; fi
    rate=$(field bounds_per_second <"$folder/bound.json") # the kernel's compilation in it, where it was not cached
    echo "bound $plan $backend ${found:-none} $verdict, ${rate:-no} bounds a second" | tee -a "$folder/digests.txt"
  done
done
rm -f "$folder/bound.json"

# Each random plan is kernels to compile: side by side, as long as time is.
if [ -x "$build/tests/naive/print_random_plan" ]; then
  export OFFRAMP=$program BUILD=$build COUNT=1
  seq 1 "$random" | timeout "$(share 120)" xargs -P "$(nproc)" -I{} env FIRST={} bash "$here/../tests/backend/random_plans.sh" \
    >"$folder/random-plans.txt" 2>&1
  same=$(grep -c '^1 random plans' "$folder/random-plans.txt")
  if grep -q "gives '" "$folder/random-plans.txt"; then failed=1; fi
  echo "random plans: $same of $random with the CPU's digest, $(grep -c "gives '" "$folder/random-plans.txt") with another" |
    tee -a "$folder/digests.txt"
fi
for test in backend/test_conformance backend/test_every_clause; do
  [ -x "$build/tests/$test" ] && [ -z "${QUICK:-}" ] || continue
  timeout "$(share 60)" "$build/tests/$test" >"$folder/$(basename "$test").txt" 2>&1
  status=$?
  case $status in
  0) echo "$test: passed" ;;
  124) echo "$test: stopped after a minute" ;;
  *) echo "$test: FAILED" ;;
  esac | tee -a "$folder/digests.txt"
  [ "$status" -eq 0 ] || [ "$status" -eq 124 ] || failed=1
done

# Speed by size and strategies beside the ceilings, with what every kernel takes.
list=$(paste -sd, <<<"$backends")
echo "bench on $list:"
timeout "$(share 200)" "$program" bench --backend "$list" --pools "$pools" --seconds "$bench_seconds" --profile \
  --json "$folder/bench.json" --csv "$folder/bench.csv" \
  --markdown "$folder/bench.md" --force --width 160 >"$folder/bench.txt" 2>>"$folder/errors.txt" ||
  { echo "bench: exit $?, see errors.txt"; failed=1; }
sed -n '/^What the devices/,/^  - /p' "$folder/bench.txt"
for backend in $backends; do
  timeout "$(share 60)" "$program" run "$examples/openai-azure.json" --paths $((1000000 / scale)) --backend "$backend" --profile --quiet \
    >"$folder/flagship-$backend.txt" 2>>"$folder/errors.txt" || { echo "flagship on $backend: exit $?"; [ "$backend" = cpu ] || failed=1; }
done

if grep -qx cuda <<<"$backends" && [ "$(left)" -gt 90 ]; then
  plan=$examples/enterprise.json
  if command -v compute-sanitizer >/dev/null; then
    timeout 80 compute-sanitizer --error-exitcode 9 "$program" run "$plan" --paths 5000 --backend cuda --quiet >"$folder/sanitizer.txt" 2>&1
    echo "compute-sanitizer: exit $?" | tee -a "$folder/digests.txt"
  fi
  if command -v ncu >/dev/null && [ "$(left)" -gt 60 ]; then
    timeout 100 ncu --clock-control none --set full --import-source yes --kernel-name offramp_paths --launch-count 1 \
      --export "$folder/offramp_paths" "$program" bench --backend cuda --run-once --paths 1000000 --quiet \
      >"$folder/ncu.txt" 2>&1
    ncu --import "$folder/offramp_paths.ncu-rep" --page details >"$folder/ncu-details.txt" 2>&1
  fi
fi
echo "results: $folder ($((SECONDS - began)) s)"
exit "$failed"
