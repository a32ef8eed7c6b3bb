#!/usr/bin/env bash
# What a machine with a GPU shows of offramp: its devices, the digests of all examples on every back end, and their speed; with
# compute-sanitizer and ncu where these are. Needs the built program and nothing else, and ends within 8 minutes.
# Usage: bench/gpu.sh [FOLDER]; the results' folder is bench/results/gpu-<host>-<time> unless given. OFFRAMP names the program.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${OFFRAMP:-$here/../build/offramp}
examples=$here/../examples
folder=${1:-$here/results/gpu-$(hostname)-$(date +%Y%m%d-%H%M)}
began=$SECONDS
mkdir -p "$folder" || exit 1
[ -x "$program" ] || { echo "no program at $program: build it, or set OFFRAMP"; exit 1; }

left() { echo $((450 - (SECONDS - began))); }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-z.e+-]*\).*/\1/p" | head -n 1; }
# run BACKEND PLAN [OPTION...]: the report as JSON on stdout, never longer than the time left
run() {
  local backend=$1 plan=$2
  shift 2
  timeout "$(left)" "$program" run "$plan" --backend "$backend" --format json --quiet "$@" 2>>"$folder/errors.txt"
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

echo "digests, 50,000 paths:"
for plan in "$examples"/*.json; do
  expected=
  for backend in cpu $(echo "$backends" | grep -v cpu); do
    found=$(run "$backend" "$plan" --paths 50000 | field results_digest)
    [ "$backend" = cpu ] && expected=$found
    verdict=same
    if [ -z "$found" ] || [ "$found" != "$expected" ]; then verdict=OTHER; failed=1; fi
    echo "$(basename "$plan" .json) $backend ${found:-none} $verdict" | tee -a "$folder/digests.txt"
  done
done

# Speed by size and strategies beside the ceilings, with what every kernel takes.
list=$(paste -sd, <<<"$backends")
echo "bench on $list:"
timeout "$(left)" "$program" bench --backend "$list" --pools 12,24,48 --seconds 6 --profile --json "$folder/bench.json" --csv "$folder/bench.csv" \
  --markdown "$folder/bench.md" --force --width 160 >"$folder/bench.txt" 2>>"$folder/errors.txt"
sed -n '/^What the devices/,/^  - /p' "$folder/bench.txt"
for backend in $backends; do
  timeout "$(left)" "$program" run "$examples/openai-azure.json" --paths 1000000 --backend "$backend" --profile --quiet >"$folder/flagship-$backend.txt" 2>>"$folder/errors.txt"
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
