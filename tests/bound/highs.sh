#!/usr/bin/env bash
# 500 programmes and more, built from what `explain` tells, solved by HiGHS and by us.
# shellcheck disable=SC2153 # OFFRAMP is ctest's
set -uo pipefail
for python in ${PYTHON:-} python3 /usr/bin/python3 ""; do
  [ -n "$python" ] || { echo "skipped: no python3 has scipy"; exit 77; }
  "$python" -c 'import scipy.optimize' 2>/dev/null && break
done
export OPENBLAS_NUM_THREADS=1
exec "$python" "$SOURCE/tests/bound/highs.py" "$OFFRAMP" 1 130
