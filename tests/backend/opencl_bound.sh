#!/usr/bin/env bash
# The certified bound through OpenCL: the CPU's bits, in vectors and one path a work-item, as on a GPU.
set -euo pipefail
failed=0
"$OFFRAMP" devices | grep -q '^opencl' || { echo "skipped: there is no OpenCL device"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work
[ -z "${SANITIZE:-}" ] || export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # the driver's and its compiler's
digest() { sed -n 's/.*"bound_digest": *"\([0-9a-f]*\)".*/\1/p'; }
for plan in reference-size enterprise anthropic-two-clouds; do
  cpu=$("$OFFRAMP" bound "$SOURCE/examples/$plan.json" --paths 100 --backend cpu --format json --quiet | digest)
  found=$("$OFFRAMP" bound "$SOURCE/examples/$plan.json" --paths 100 --backend opencl --format json --quiet | digest)
  [ -n "$cpu" ] && [ "$cpu" = "$found" ] || { echo "$plan: OpenCL gives '$found', the CPU '$cpu'"; failed=1; }
done
exit "$failed"
