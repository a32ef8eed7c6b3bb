#!/usr/bin/env bash
# Builds everything and runs every test: installs what is missing, builds into build/, runs all of ctest.
# Arguments go to cmake. OFFRAMP_BUILD_DIR names another build folder.
set -euo pipefail
# shellcheck source=SCRIPTDIR/steps.bash
. "$(dirname "${BASH_SOURCE[0]}")/steps.bash"

prepare -DOFFRAMP_BUILD_TESTS=ON "$@"
build all
ctest --test-dir "$build_dir" --output-on-failure -C Slow --no-tests=error --parallel "$(processors)"
