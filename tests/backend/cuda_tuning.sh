#!/usr/bin/env bash
# The launch shape: tried once for a kernel on a device, remembered, and no part of any result. Runs too short to win back the
# trial are not tuned.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
plan=$SOURCE/examples/reference-size.json

# launches PATHS [OPTION...]: how often the kernel ran; digest in $found
launches() {
  : >"$fake/launches"
  found=$(with_fake FAKE_CUDA_LOG="$fake/launches" "$OFFRAMP" run "$plan" --set /horizon/months=12 --paths "$1" --backend cuda --format json --quiet "${@:2}" | digest)
  count=$(grep -c '^offramp_paths' "$fake/launches" || true)
}
entries() { find "$fake/cache" -name '*.kernel' | wc -l; }

launches 2000
few=$(entries)
launches 50001
first=$count tuned=$found
[ "$(entries)" -eq $((few + 1)) ] || { echo "trying launch shapes left $(($(entries) - few)) entries in the cache, not one"; failed=1; }
launches 50001
second=$count
[ "$second" -lt "$first" ] || { echo "tuned again: $first launches, then $second"; failed=1; }
[ "$found" = "$tuned" ] || { echo "the second run has digest $found, the first $tuned"; failed=1; }
cpu=$("$OFFRAMP" run "$plan" --set /horizon/months=12 --paths 50001 --backend cpu --format json --quiet | digest)
[ "$found" = "$cpu" ] || { echo "digest $found, the CPU $cpu"; failed=1; }

# whatever is remembered, a shape or nonsense, the digest stays
for file in "$fake"/cache/offramp/*.kernel; do
  [ "$(wc -c <"$file")" -lt 100 ] || continue
  for shape in 0 1 7 x; do
    { head -n 1 "$file"; printf %s "$shape" | sha256sum | cut -d' ' -f1; printf %s "$shape"; } >"$fake/entry"
    cp "$fake/entry" "$file"
    launches 50001
    [ "$found" = "$cpu" ] || { echo "with shape $shape remembered: digest $found"; failed=1; }
    if [ "$shape" = 1 ]; then
      # a sweep's points too, the second as the first
      sed 's|"horizon"|"sweep": {"/simulation/seed": [1, 2]}, "horizon"|' "$plan" >"$fake/swept.json"
      with_fake FAKE_CUDA_LOG="$fake/swept" "$OFFRAMP" sweep "$fake/swept.json" --set /horizon/months=12 --paths 270000 --backend cuda --store "$fake/store" --quiet >"$fake/out"
      if grep -v '^offramp_paths 3 x 32' "$fake/swept" | grep -q '^offramp_paths'; then echo "shape 1 is not taken by each point of a sweep:"; sort "$fake/swept" | uniq -c; failed=1; fi
 grep -q '^offramp_paths 3 x 32' "$fake/launches" || { echo "shape 1 is not taken:"; sort "$fake/launches" | uniq -c; failed=1; }; fi
  done
done
exit "$failed"
