#!/usr/bin/env bash
# bench/gpu_summary.sh sets what bench/gpu.sh found beside the targets, and leaves out what was not measured.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"

# row BACKEND POOLS RATE KERNEL_RATE INSTRUCTIONS SHARE
row() {
  printf '{"backend": "%s", "device": 0, "workloads": 3, "pools": %s, "path_months_per_second": %s, ' "$1" "$2" "$3"
  printf '"kernel_path_months_per_second": %s, "instructions_per_path_month": %s, "issue_share": %s}' "$4" "$5" "$6"
}

# results NAME_OF_OPENCLS_DEVICE: what gpu.sh would have left; the rows once over several lines, once in one each
results() {
  mkdir -p found
  printf '{"devices": [\n%s,\n%s\n]}\n' '{"backend": "cuda", "device": 0, "name": "NVIDIA X", "detail": ""}' \
    "{\"backend\": \"opencl\", \"device\": 0, \"name\": \"$1\", \"detail\": \"\"}" >found/devices.json
  {
    printf '{\n "subjects": [\n {\n "backend": "cuda",\n "device": 0,\n "ceilings": [\n'
    printf '{"name": "multiply-adds", "rate": 9e13, "unit": "/s"},\n{"name": "mixed", "rate": 3e13, "unit": "/s"}\n]\n}\n],\n'
    printf '"rows": [\n'
    { row cuda 12 15e9 16e9 1500 0.8 && echo , && row cuda 24 1e9 2e9 3000 0.2 && echo , && row opencl 12 9e9 13.6e9 null null &&
      echo , && row cpu 12 4e8 5e8 400 0.5; } | sed 's/, "/,\n"/g'
    printf ']}\n'
  } >found/bench.json
  printf '{"rows": [\n%s\n]}\n' "$(row cpu 12 1e8 1.2e8 null null)" >found/bench-two-threads.json
  printf 'cuda %s\n' "first 0.9 9.0 1e9" "cached 0.45 0.8 1e9" "cached 0.4 0.9 1e9" "first-result - 0.6 -" >found/flagship.txt
  printf 'reference-size cpu 5000\nreference-size cuda 700000\nenterprise cuda 3e6\n' >found/bounds.txt
  printf 'a cpu 1 same\na cuda 1 same\nb cuda 2 OTHER\nncu: not here, or no GPU\n' >found/digests.txt
}

results "NVIDIA X"
expect 0 bash "$SOURCE/bench/gpu_summary.sh" found
holds out "# NVIDIA X" "instructions static | 0.8 | 0.60 | reached" "a path-month, static | 1500 | at most 1600 | reached" \
  "path to the statistics | 150 | 140 | reached" "kernels alone | 0.85 | 0.9 | NOT REACHED" \
  "cached, seconds | 0.4 | at most 0.5 | reached" \
  "first result, flagship, kernel cached, seconds | 0.6 | at most 0.5 | NOT REACHED" "another machine) | 15560 | 15000 | reached" \
  "kernel alone | 16000.0 M" "on all threads | 37.5" "cached; compiled first | 0.8; 9.0" \
  "2 the same, 1 other" "b cuda 2 OTHER" "- ncu: not"
lacks out "Beside JAX"

# what a profiler counted is what was executed; JAX's line; OpenCL of another device says nothing of CUDA
results "Portable"
echo 900.0 >found/executed.txt
echo "reference-size: ratio 5" >found/peer.txt
printf 'openai-azure as-it-is 0.41234 2e9\nopenai-azure -DOFR_FAIR_BYTES=40960 0.5 -\n' >found/variants.txt
expect 0 bash "$SOURCE/bench/gpu_summary.sh" found
holds out "instructions executed (ncu) | 0.48 | 0.60 | NOT REACHED" "executed (ncu) | 900 | at most 1600" \
  "kernels alone |  | 0.9 | not measured" \
  "openai-azure, kernel as-it-is: seconds; kernel alone | 0.4123; 2000.0 M" \
  "kernel -DOFR_FAIR_BYTES=40960: seconds; kernel alone | 0.5; not known |" \
  "Beside JAX" "- reference-size: ratio 5"

# nothing at all
mkdir empty
expect 0 bash "$SOURCE/bench/gpu_summary.sh" empty
[ "$(grep -c '| not measured |' out)" = 7 ] || fail "not all seven lines say that nothing was measured"

done_testing
