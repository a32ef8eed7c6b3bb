#!/usr/bin/env bash
# The results of bench/gpu.sh beside what they should reach, as markdown on stdout.
# Usage: bench/gpu_summary.sh FOLDER
set -uo pipefail
export LC_ALL=C
folder=${1:?usage: bench/gpu_summary.sh FOLDER}

# list_of FILE PART: the lists of a bench's JSON, subjects or rows, an item a line
list_of() {
  [ -f "$folder/$1" ] || return 0
  tr -d '\n' <"$folder/$1" | sed 's/"\(subjects\|rows\)": *\[/\n"\1"/g' | sed -n "/^\"$2\"/p" | sed 's/{ *"backend":/\n&/g'
}

# row FILE BACKEND POOLS KEY: a figure of a bench's row, the first device's; nothing where it has none
row() {
  list_of "$1" rows | grep "^{ *\"backend\": \"$2\"" | grep "\"pools\": $3," | head -n 1 |
    sed -n "s/.*\"$4\": \([0-9][^,}]*\).*/\1/p"
}

# ceiling BACKEND NAME: what the bench measured on the back end's first device
ceiling() {
  list_of bench.json subjects | grep "^{ *\"backend\": \"$1\"" | head -n 1 |
    sed -n "s/.*\"name\": \"$2\", \"rate\": \([^,]*\),.*/\1/p"
}

# called BACKEND: its first device's name
called() {
  sed -n "s/.*\"backend\": \"$1\", \"device\": 0, \"name\": \"\([^\"]*\)\".*/\1/p" "$folder/devices.json" 2>/dev/null | head -n 1
}

# ratio A B: A / B; nothing where one is missing
ratio() { awk -v a="${1:-0}" -v b="${2:-0}" 'BEGIN { if (a > 0 && b > 0) printf "%.4g", a / b }'; }
millions() { [ -z "$1" ] || awk -v x="$1" 'BEGIN { printf "%.1f M", x / 1e6 }'; }

# line WHAT FOUND TARGET [most]: a row of the table; TARGET is the least that is wanted, or the most
line() {
  local verdict="not measured"
  if [ -n "$2" ]; then
    verdict=$(awk -v x="$2" -v target="$3" -v most="${4:-}" 'BEGIN {
      if (most) reached = x + 0 <= target + 0; else reached = x + 0 >= target + 0
      print (reached ? "reached" : "NOT REACHED") }')
  fi
  echo "| $1 | $(short "${2:-}") | ${4:+at most }$3 | $verdict |"
}

# short NUMBER: four digits of it
short() { [ -z "$1" ] || awk -v x="$1" 'BEGIN { printf((x + 0 < 10000 ? "%.4g" : "%.0f"), x) }'; }

# fact WHAT VALUE
fact() { [ -z "$2" ] || echo "| $1 | $2 |"; }

cuda=$(row bench.json cuda 12 kernel_path_months_per_second) whole=$(row bench.json cuda 12 path_months_per_second)
opencl=$(row bench.json opencl 12 kernel_path_months_per_second)
cpu=$(row bench.json cpu 12 path_months_per_second) two=$(row bench-two-threads.json cpu 12 path_months_per_second)
issue=$(ceiling cuda mixed)
static=$(row bench.json cuda 12 instructions_per_path_month) executed=$(cat "$folder/executed.txt" 2>/dev/null)
share=$(row bench.json cuda 12 issue_share) counted=static
if [ -n "$executed" ] && [ -n "$cuda" ]; then counted="executed (ncu)" share=$(ratio "$cuda" "$(ratio "$issue" "$executed")"); fi
if [ "$(called opencl)" != "$(called cuda)" ]; then opencl=; fi # on another device it says nothing of CUDA
# flagship WHICH COLUMN: the least of its runs of that kind
flagship() {
  awk -v which="$1" -v column="$2" '$1 == "cuda" && $2 == which && (!best || $column < best) { best = $column }
    END { print best }' \
    "$folder/flagship.txt" 2>/dev/null
}
seconds=$(flagship cached 3) wall=$(flagship cached 4) cold=$(flagship first 4) first=$(flagship first-result 4)
bounds=$(awk '$1 == "reference-size" && $2 == "cuda" { print $3 }' "$folder/bounds.txt" 2>/dev/null | tail -n 1)

echo "# $(called cuda | grep . || echo "no CUDA device"): offramp's figures beside their targets"
echo
cat "$folder/host.txt" "$folder/version.txt" 2>/dev/null
echo
echo "| what | measured | target | |"
echo "|---|---|---|---|"
line "share of the measured issue ceiling, reference size, instructions $counted" "$share" 0.60
line "instructions a path-month, $counted" "${executed:-$static}" 1600 most
line "CUDA / CPU back end on two threads of this CPU, reference size, from the first path to the statistics" \
  "$(ratio "$whole" "$two")" 140
line "OpenCL / CUDA on this device, kernels alone" "$(ratio "$opencl" "$cuda")" 0.9
line "a million futures of the flagship, kernel cached, seconds" "$seconds" 0.5 most
line "start to first result, flagship, kernel cached, seconds" "$first" 0.5 most
line "certified bounds a second / 45 of HiGHS on one core (that was another machine)" "$(ratio "$bounds" 45)" 15000
echo
echo "| further | |"
echo "|---|---|"
fact "CUDA, reference size, path-months a second" "$(millions "$whole")"
fact "the same, kernel alone" "$(millions "$cuda")"
fact "OpenCL on this device, kernel alone" "$(millions "$opencl")"
fact "CPU, all threads" "$(millions "$cpu")"
fact "CUDA / CPU on all threads" "$(ratio "$whole" "$cpu")"
fact "CPU, two threads" "$(millions "$two")"
fact "the flagship, a million futures: seconds from start to end, kernel cached; compiled first" "${wall:+$wall; $cold}"
fact "certified bounds a second" "$(short "$bounds")"
if [ -f "$folder/variants.txt" ]; then
  while read -r plan option took rate; do
    alone=$(millions "${rate#-}")
    fact "$plan, kernel $option: seconds; kernel alone" "$(short "$took"); ${alone:-not known}"
  done <"$folder/variants.txt"
fi
if [ -s "$folder/peer.txt" ]; then printf '\nBeside JAX:\n\n'; sed 's/^/- /' "$folder/peer.txt"; fi
if [ -s "$folder/digests.txt" ]; then
  printf '\nDigests and checks: %s the same, %s other.\n\n' \
    "$(grep -c ' same$' "$folder/digests.txt")" "$(grep -c ' OTHER$' "$folder/digests.txt")"
  grep -v ' same$' "$folder/digests.txt" | sed 's/^/- /'
fi
