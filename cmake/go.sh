#!/usr/bin/env bash
# From a fresh checkout to a first answer: installs what is missing, builds into build/, runs the flagship example.
# Arguments go to cmake. OFFRAMP_BUILD_DIR names another build folder.
set -euo pipefail
# shellcheck source=SCRIPTDIR/steps.bash
. "$(dirname "${BASH_SOURCE[0]}")/steps.bash"

prepare "$@"
build offramp
"$build_dir/offramp" run "$source_dir/examples/openai-azure.json"
