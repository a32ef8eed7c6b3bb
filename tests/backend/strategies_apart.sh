#!/usr/bin/env bash
# Strategies beside others and alone, on kernels that are compiled for the plan: by this machine's C compiler and by OpenCL drivers.
# FIRST and COUNT say which random plans; each is several kernels to compile.
set -euo pipefail
[ -z "${SANITIZE:-}" ] || { echo "skipped: kernels that are compiled at run time have no sanitizers"; exit 77; }
export OFFRAMP_CC=$CC
exec "$BUILD/tests/backend/test_strategies_apart" "${FIRST:-1}" "${COUNT:-3}" compiled
