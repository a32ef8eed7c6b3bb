#!/usr/bin/env bash
# pkg-config finds what was installed.
set -euo pipefail
# shellcheck source=SCRIPTDIR/consumer.bash
. "$SOURCE/tests/install/consumer.bash"
if ! command -v pkg-config >/dev/null 2>&1; then
  echo "skipped: there is no pkg-config"
  exit 77
fi
# the library's folder has another name on each system (lib, lib64, lib/x86_64-linux-gnu)
usr=$BUILD/tests/install/pkg_config/usr
triplet=$("$CC" -print-multiarch 2>/dev/null || true)
export PKG_CONFIG_PATH="$usr/lib/pkgconfig:$usr/lib64/pkgconfig:$usr/lib/$triplet/pkgconfig"
consume pkg_config
