#!/usr/bin/env bash
# Runs a cmocka program for ctest. A program that passed but skipped a test exits with 77, so that ctest counts it as skipped;
# one that failed fails, whatever it skipped (ctest's own SKIP_REGULAR_EXPRESSION would call it skipped).
set -uo pipefail

exec 3>&1
skips=$("$@" 2>&1 | tee /dev/fd/3 | grep -c '^\[  SKIPPED \]'; exit "${PIPESTATUS[0]}")
status=$?
[ "$status" -ne 0 ] && exit "$status"
[ "${skips:-0}" -gt 0 ] && exit 77
exit 0
