#!/usr/bin/env bash
# bench/gpu.sh on the stand-in driver: the digests and bounds of the CPU, the bench, and what it makes of the tools' answers.
set -uo pipefail
# shellcheck source=SCRIPTDIR/../backend/fake_cuda.bash
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
# found FILE TEXT...: each stands in the file
found() {
  local file=$1 text
  shift
  for text; do
    grep -qF -- "$text" "$file" && continue
    echo "'$text' is not in $file:"
    cat "$file"
    failed=1
  done
}
# gpu EXIT_CODE STEP...
gpu() {
  local code=$1
  shift
  with_fake QUICK=1 OCL_ICD_VENDORS=/nonexistent PATH="$fake/tools:$PATH" \
    bash "$SOURCE/bench/gpu.sh" "$fake/results" "$@" >"$fake/out" 2>&1
  set -- $? "$code"
  [ "$1" = "$2" ] && return
  echo "gpu.sh ended with $1 instead of $2:"
  tail -n 20 "$fake/out"
  failed=1
}

gpu 0 facts digests bound bench
found "$fake/results/summary.md" "# Pretended GPU" "12 the same, 0 other" "CUDA, reference size, path-months a second | " \
  "two threads of this CPU, reference size, from the first path to the statistics | 0."
found "$fake/results/bounds.txt" "reference-size cuda"

mkdir "$fake/tools"
cat >"$fake/tools/ncu" <<'END'
#!/usr/bin/env bash
case "$*" in *--csv*) for launch in 0 1; do
  echo "\"$launch\",\"1\",\"offramp\",\"offramp_paths\",\"(32, 1, 1)\",\"smsp__inst_executed.sum\",\"inst\",\"18,750,000\""
done ;; esac
END
printf '#!/usr/bin/env bash\ncase "$*" in *memcheck*) exit 0 ;; *) exit 9 ;; esac\n' >"$fake/tools/compute-sanitizer"
chmod +x "$fake"/tools/*
gpu 1 sanitizer ncu
found "$fake/results/digests.txt" "compute-sanitizer memcheck: clean" "compute-sanitizer racecheck: FOUND ERRORS"
found "$fake/results/summary.md" "instructions a path-month, executed (ncu) | 1000 |"
printf '#!/usr/bin/env bash\necho "==ERROR== ERR_NVGPUCTRPERM"\nexit 1\n' >"$fake/tools/ncu"
rm "$fake/results/executed.txt"
gpu 0 ncu
found "$fake/results/ncu.txt" "ERR_NVGPUCTRPERM"
exit "$failed"
