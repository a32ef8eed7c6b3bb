#!/usr/bin/env bash
# What a machine with a GPU shows of offramp: its devices, the digests of all examples and of random plans on every back end, the
# tests that meet devices, its speed beside the device's ceilings, the CPU, and JAX, with compute-sanitizer and ncu where these are;
# and at the end summary.md, each figure beside what it should reach. Needs the built program and nothing else; the tests and the
# random plans also what was built beside it, JAX a python3 that has it. Ends within 8 minutes.
# Usage: bench/gpu.sh [FOLDER [STEP...]]; the results' folder is bench/results/gpu-<host>-<time> unless given. Steps, all unless
# given, in this order: facts digests bench flagship peer bound variants tests sanitizer ncu random. They add to what is in the
# folder.
# OFFRAMP names the program, PYTHON the interpreter that has JAX.
# QUICK=1 is for trying the script itself: a hundredth of the paths, and no measurement worth keeping.
# shellcheck disable=SC2317 # steps are called by name
set -uo pipefail
export LC_ALL=C XLA_PYTHON_CLIENT_PREALLOCATE=false
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
program=${OFFRAMP:-$root/build/offramp}
build=$(dirname "$program")
examples=$root/examples
folder=${1:-$here/results/gpu-$(uname -n)-$(date +%Y%m%d-%H%M)}
steps=${*:2}
steps=${steps:-facts digests bench flagship peer bound variants tests sanitizer ncu random}
for step in $steps; do
  case $step in
  facts | digests | bench | flagship | peer | bound | variants | tests | sanitizer | ncu | random) ;;
  *)
    echo "no step is called $step: see the top of bench/gpu.sh" >&2
    exit 2
    ;;
  esac
done
began=$SECONDS failed=0
scale=1 bench_seconds=4 random=200
if [ -n "${QUICK:-}" ]; then scale=100 bench_seconds=1 random=4; fi

[ -x "$program" ] || { echo "no program at $program: build it, or set OFFRAMP"; exit 1; }
mkdir -p "$folder" || exit 1
folder=$(cd "$folder" && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
export HOME=${HOME:-$scratch}
# shellcheck source=SCRIPTDIR/gpu_machine.bash
. "$here/gpu_machine.bash"
find_libraries "$root" "$program" "$scratch"

# Seconds left, and 1 where none are: timeout takes 0 for ever. share N: of those, at most N.
left() { local s=$((440 - (SECONDS - began))); echo $((s > 0 ? s : 1)); }
share() { local s; s=$(left); echo $((s < $1 ? s : $1)); }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-z.e+-]*\).*/\1/p" | head -n 1; }
# run BACKEND PLAN [OPTION...]: the report as JSON on stdout, never longer than the time left
run() {
  local backend=$1 plan=$2
  shift 2
  timeout -k 5 "$(share 60)" "$program" run "$plan" --backend "$backend" --format json --quiet "$@" 2>>"$folder/errors.txt"
}
say() { echo "$*" | tee -a "$folder/digests.txt"; }
# judge WHAT BACKEND STATUS EXPECTED FOUND: a digest beside the CPU's; what ran out of time says so and is no fault
judge() {
  local verdict=same
  if [ "$3" -eq 124 ]; then
    verdict="stopped: out of time"
  elif [ -z "$4" ] && [ "$2" != cpu ]; then
    verdict="beside nothing"
  elif [ -z "$5" ] || [ "$5" != "$4" ]; then
    verdict=OTHER failed=1
  fi
  say "$1 $2 ${5:-none} $verdict"
}

step_facts() {
  "$program" version >"$folder/version.txt" 2>&1
  "$program" devices | tee "$folder/devices.txt"
  "$program" devices --format json >"$folder/devices.json"
  printf 'CPU: %s, %s processors, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$(sed -n 's/.*"backend": "cpu".*"detail": "\([^,]*\).*/\1/p' "$folder/devices.json")" >"$folder/host.txt"
  if [ -n "${QUICK:-}" ]; then printf '\n%s\n\n' "QUICK=1: to try the script, and no measurement" >>"$folder/host.txt"; fi
  if command -v nvidia-smi >/dev/null; then
    timeout -k 5 20 nvidia-smi >"$folder/nvidia-smi.txt" 2>&1
    timeout -k 5 20 nvidia-smi --format=csv \
      --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.sm,power.limit,compute_mode,ecc.mode.current \
      >>"$folder/nvidia-smi.txt" 2>&1
  fi
  grep -q '"gpu": true.*"usable": true' "$folder/devices.json" || echo "no GPU that can be used: what follows is of the rest"
}

step_digests() {
  local paths=$((50000 / scale)) plan backend expected found
  echo "digests, $paths paths:"
  for plan in "$examples"/*.json; do
    expected=
    for backend in cpu $others; do
      found=$(run "$backend" "$plan" --paths "$paths")
      set -- $? "$(field results_digest <<<"$found")"
      [ "$backend" = cpu ] && expected=$2
      judge "$(basename "$plan" .json)" "$backend" "$1" "$expected" "$2"
    done
  done
}

# The certified bound: the same proofs everywhere, and how many a second once its kernel is there.
step_bound() {
  local plan backend expected turn
  for plan in reference-size enterprise; do
    expected=
    for backend in cpu $others; do
      for turn in 1 2; do
        [ "$turn" = 1 ] || [ "$backend" != cpu ] || continue
        timeout -k 5 "$(share 60)" "$program" bound "$examples/$plan.json" --backend "$backend" \
          --paths $((turn * turn * 50000 / scale)) --format json --quiet >"$scratch/bound.json" 2>>"$folder/errors.txt"
        set -- $? "$(field bound_digest <"$scratch/bound.json")"
        [ "$backend" = cpu ] && expected=$2
        [ "$turn" = 2 ] || judge "bound of $plan" "$backend" "$1" "$expected" "$2"
      done
      echo "$plan $backend $(field bounds_per_second <"$scratch/bound.json")" >>"$folder/bounds.txt"
    done
  done
}

# Each random plan is kernels to compile: side by side, as long as time is.
step_random() {
  local same other
  [ -n "$others" ] || { say "random plans: no device but the CPU"; return; }
  [ -x "$build/tests/naive/print_random_plan" ] || { say "random plans: left out, $build/tests has none"; return; }
  export OFFRAMP=$program BUILD=$build COUNT=1
  seq 1 "$random" | timeout -k 5 "$(share 200)" xargs -P "$(nproc)" -I{} env FIRST={} bash "$root/tests/backend/random_plans.sh" \
    >"$folder/random-plans.txt" 2>&1
  same=$(grep -c '^1 random plans' "$folder/random-plans.txt")
  other=$(grep -c "gives '" "$folder/random-plans.txt")
  [ "$other" = 0 ] || failed=1
  say "random plans: $same of $random with the CPU's digest, $other with another"
}

step_tests() {
  local test status
  export SOURCE=$root
  for test in backend/test_conformance backend/test_every_clause; do
    [ -x "$build/tests/$test" ] || { say "$test: left out, $build/tests has it not"; continue; }
    if [ -n "${QUICK:-}" ]; then continue; fi
    timeout -k 5 "$(share 60)" "$build/tests/$test" >"$folder/$(basename "$test").txt" 2>&1
    status=$?
    case $status in
    0) say "$test: passed" ;;
    124) say "$test: stopped after a minute" ;;
    *) say "$test: FAILED"; failed=1 ;;
    esac
  done
}

# Speed by size beside the ceilings, with what every kernel takes; and the CPU on two threads, which the target names.
step_bench() {
  local list
  list=$(paste -sd, <<<"$backends")
  echo "bench on $list:"
  timeout -k 5 "$(share 100)" "$program" bench --backend "$list" --seconds "$bench_seconds" --profile \
    --json "$folder/bench.json" --csv "$folder/bench.csv" \
    --markdown "$folder/bench.md" --force --width 160 >"$folder/bench.txt" 2>>"$folder/errors.txt" ||
    { echo "bench: exit $?, see errors.txt"; failed=1; }
  sed -n '/^What the devices/,/^  - /p' "$folder/bench.txt"
  timeout -k 5 "$(share 30)" "$program" bench --backend cpu --threads 2 --seconds "$bench_seconds" --no-ceilings \
    --json "$folder/bench-two-threads.json" --force --quiet >/dev/null 2>>"$folder/errors.txt"
  if [ -n "${QUICK:-}" ]; then return; fi
  timeout -k 5 "$(share 90)" "$program" bench --backend "$list" --pools 24,48 --seconds "$bench_seconds" --profile --no-ceilings \
    --json "$folder/bench-pools.json" --force --width 160 >"$folder/bench-pools.txt" 2>>"$folder/errors.txt" ||
    echo "bench of 24 and 48 pools: exit $?, see errors.txt"
}

# A million futures of the flagship: the first run with no kernel cached, then three with it. A line for each run: back end, first
# or cached, seconds from the first path to the statistics, seconds from start to end, path-months a second of the kernel alone.
step_flagship() {
  local plan=$examples/openai-azure.json backend turn cache begin end
  for backend in $backends; do
    cache=$scratch/flagship-$backend
    for turn in first cached cached cached; do
      begin=${EPOCHREALTIME/[.,]/}
      XDG_CACHE_HOME=$cache run "$backend" "$plan" --paths $((1000000 / scale)) --profile >"$scratch/flagship.json" ||
        { echo "flagship on $backend: exit $?, see errors.txt"; break; }
      end=${EPOCHREALTIME/[.,]/}
      echo "$backend $turn $(field seconds <"$scratch/flagship.json")" \
        "$(awk -v us=$((end - begin)) 'BEGIN { printf "%.3f", us / 1e6 }')" "$(kernel_rate "$scratch/flagship.json")"
      [ "$backend" != cpu ] || break
    done | tee -a "$folder/flagship.txt"
    [ "$backend" != cuda ] || grep -q "^cuda cached" "$folder/flagship.txt" || failed=1
    timeout -k 5 "$(share 30)" "$program" run "$plan" --paths $((100000 / scale)) --backend "$backend" --profile --quiet \
      >"$folder/flagship-$backend.txt" 2>>"$folder/errors.txt"
  done
  is_cuda || return 0
  begin=${EPOCHREALTIME/[.,]/} # start to first result
  XDG_CACHE_HOME=$scratch/flagship-cuda run cuda "$plan" --paths 1000 >/dev/null || return 0
  end=${EPOCHREALTIME/[.,]/}
  awk -v us=$((end - begin)) 'BEGIN { printf "cuda first-result - %.3f -\n", us / 1e6 }' | tee -a "$folder/flagship.txt"
}

# Of a report with --profile, the model's kernel: path-months a second.
kernel_rate() {
  awk '/"kernel": "/ && !rate { at = index($0, "\"path_months_per_second\": "); if (at) rate = substr($0, at + 26) + 0 }
       END { print rate ? rate : "-" }' "$1"
}

# Variants of the kernel that the manual names, the flagship's and the reference size's: same bits, other speed. Compiled side by
# side, then timed one by one.
step_variants() {
  is_cuda || return 0
  variants openai-azure -DOFR_FAIR_BYTES=40960 -DOFR_FAIR_BYTES=49152 -DOFR_BLOCKS_OF_UNIT=12 -DOFR_WRITTEN_OUT=0 \
    -DOFR_WRITTEN_OUT=999
  variants reference-size -DOFR_BLOCKS_OF_UNIT=8 -DOFR_BLOCKS_OF_UNIT=12 -DOFR_WRITTEN_OUT=0
}

# variants PLAN OPTION...: beside the kernel as it is
variants() {
  local name=$1 plan=$examples/$1.json option status found expected=
  shift
  for option in "" "$@"; do OFFRAMP_KERNEL_OPTIONS=$option run cuda "$plan" --paths 100 >/dev/null & done
  wait
  for option in "" "$@"; do
    OFFRAMP_KERNEL_OPTIONS=$option run cuda "$plan" --paths $((100000 / scale)) >/dev/null # its launch shape
    OFFRAMP_KERNEL_OPTIONS=$option run cuda "$plan" --paths $((1000000 / scale)) --no-bands --profile >"$scratch/variant.json"
    status=$? found=$(field results_digest <"$scratch/variant.json")
    expected=${expected:-$found}
    judge "$name, kernel with ${option:-no options}" cuda "$status" "$expected" "$found"
    echo "$name ${option:-as-it-is} $(field seconds <"$scratch/variant.json") $(kernel_rate "$scratch/variant.json")" |
      tee -a "$folder/variants.txt"
  done
}

# JAX writing the same model, on the same device, in turn.
step_peer() {
  local python backend=cuda where="--device gpu --block 65536,262144,1048576"
  # shellcheck source=SCRIPTDIR/peers/python.bash
  . "$here/peers/python.bash"
  python=$(python_with jax 2>/dev/null) || { echo "peer: no python3 with JAX" | tee "$folder/peer.txt"; return; }
  if ! is_cuda; then
    [ -n "${QUICK:-}" ] || { echo "peer: no GPU" | tee "$folder/peer.txt"; return; }
    backend=cpu where=
  fi
  export PEER=jax OFFRAMP=$program PYTHON=$python BACKEND=$backend PYTHONDONTWRITEBYTECODE=1
  peer_turns reference-size 2 $((4000000 / scale)) "$where --paths $((4194304 / scale))"
  [ -n "${QUICK:-}" ] || peer_turns openai-azure 1 1000000 "--device gpu --paths 1048576"
}

# peer_turns PLAN ROUNDS PATHS OPTIONS
peer_turns() {
  local status
  PATHS=$3 JAX_OPTIONS=$4 timeout -k 5 "$(share 120)" bash "$here/peer.sh" "$examples/$1.json" "$2" \
    >"$scratch/peer.txt" 2>"$scratch/peer-errors.txt"
  status=$?
  sed "s/^/$1: /" "$scratch/peer.txt" | tee -a "$folder/peer.txt"
  if [ "$status" = 0 ]; then return; fi
  echo "$1: JAX: exit $status: $(grep -v '^ ' "$scratch/peer-errors.txt" | tail -n 1 | cut -c 1-200)" | tee -a "$folder/peer.txt"
  cat "$scratch/peer-errors.txt" >>"$folder/errors.txt"
  if grep -q "disagree" "$scratch/peer-errors.txt"; then failed=1; fi
}

# Books lie in shared memory: both of what is read and written where it should not be, and of who comes first.
step_sanitizer() {
  local plan=$examples/enterprise.json tool status
  has compute-sanitizer || return 0
  run cuda "$plan" --paths 5000 >/dev/null # the kernel, into the cache
  for tool in memcheck racecheck; do
    timeout -k 5 "$(share 60)" compute-sanitizer --tool "$tool" --error-exitcode 9 "$program" run "$plan" --paths 5000 \
      --backend cuda --quiet >"$folder/sanitizer-$tool.txt" 2>&1
    status=$?
    case $status in
    0) say "compute-sanitizer $tool: clean" ;;
    124) say "compute-sanitizer $tool: stopped after a minute" ;;
    9) say "compute-sanitizer $tool: FOUND ERRORS"; failed=1 ;;
    *) say "compute-sanitizer $tool: exit $status, see sanitizer-$tool.txt" ;;
    esac
  done
}

# All counters of the first launch, with the source's lines; the instructions executed of all launches of a million paths.
step_ncu() {
  local paths=$((1000000 / scale)) once
  has ncu || return 0
  once=("$program" bench --backend cuda --run-once --no-ceilings --paths "$paths" --quiet)
  timeout -k 5 "$(share 60)" ncu --metrics smsp__inst_executed.sum --kernel-name offramp_paths --csv "${once[@]}" \
    >"$scratch/executed.csv" 2>&1
  if grep -q smsp__inst_executed.sum "$scratch/executed.csv"; then
    sed -n 's/.*"smsp__inst_executed.sum",.*"\([0-9,.]*\)"$/\1/p' "$scratch/executed.csv" | tr -d , |
      awk -v paths="$paths" '{ sum += $1 } END { printf "%.1f\n", 32 * sum / (paths * 120) }' | tee "$folder/executed.txt"
  else
    tail -n 3 "$scratch/executed.csv" | tee "$folder/ncu.txt" # it may not read the counters, say
    return
  fi
  timeout -k 5 "$(share 90)" ncu --clock-control none --set full --import-source yes --kernel-name offramp_paths \
    --launch-count 1 --force-overwrite --export "$folder/offramp_paths" "${once[@]}" >"$folder/ncu.txt" 2>&1
  timeout -k 5 "$(share 30)" ncu --import "$folder/offramp_paths.ncu-rep" --page details >"$folder/ncu-details.txt" 2>&1
}

backends=$("$program" devices --format json | sed -n 's/.*"backend": "\([a-z]*\)".*"usable": true.*/\1/p' | awk '!seen[$1]++')
others=$(grep -v cpu <<<"$backends")
# has TOOL: it and a GPU for it are here; else says so
has() {
  if is_cuda && command -v "$1" >/dev/null; then return 0; fi
  say "$1: not here, or no GPU"
  return 1
}
is_cuda() { grep -qx cuda <<<"$backends"; }

for step in $steps; do
  if [ "$(left)" -gt 5 ]; then "step_$step"; else say "step $step: left out, out of time: bench/gpu.sh $folder $step"; fi
done
bash "$here/gpu_summary.sh" "$folder" >"$folder/summary.md"
cat "$folder/summary.md"
echo "results: $folder ($((SECONDS - began)) s)"
exit "$failed"
