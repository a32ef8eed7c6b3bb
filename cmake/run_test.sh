#!/usr/bin/env bash
# Runs a cmocka program for ctest. A program that passed but skipped a test exits with 77, so that ctest counts it as skipped;
# one that failed fails, whatever it skipped (ctest's own SKIP_REGULAR_EXPRESSION would call it skipped).
set -uo pipefail

"$@" 2>&1 | awk '/^\[  SKIPPED \]/ { skipped = 77 } { print; fflush() } END { exit skipped }'
status=("${PIPESTATUS[@]}")
[ "${status[0]}" -ne 0 ] && exit "${status[0]}"
exit "${status[1]}"
