#!/usr/bin/env bash
# 500 programmes and more, built from what `explain` tells, solved by HiGHS and by us.
# shellcheck disable=SC2153 # OFFRAMP is ctest's
set -uo pipefail
python3 -c 'import scipy.optimize' 2>/dev/null || { echo "skipped: python3 has no scipy"; exit 77; }
export OPENBLAS_NUM_THREADS=1
exec python3 "$SOURCE/tests/bound/highs.py" "$OFFRAMP" 1 130
