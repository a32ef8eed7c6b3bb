#!/usr/bin/env bash
# find_package(offramp) finds what was installed.
set -euo pipefail
# shellcheck source=SCRIPTDIR/consumer.bash
. "$SOURCE/tests/install/consumer.bash"
consume find_package "-DCMAKE_PREFIX_PATH=$BUILD/tests/install/find_package/usr"
