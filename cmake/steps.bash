# Sourced by go.sh and check.sh: quiet steps, and the build folder.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build_dir=${OFFRAMP_BUILD_DIR:-$source_dir/build}
step_log=$(mktemp)
trap 'rm -f "$step_log"' EXIT

# step TEXT COMMAND...: says what is being done; the command's output is seen only when it fails.
step() {
  printf '%s ...\n' "$1" >&2
  shift
  "$@" >"$step_log" 2>&1 </dev/null && return
  local status=$?
  cat "$step_log" >&2
  printf 'failed with status %s: %s\n' "$status" "$*" >&2
  exit "$status"
}

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build_dir/CMakeCache.txt"; }

# Whether the build folder was made here, from here, by a build tool that is still there.
in_use() {
  [ -f "$build_dir/CMakeCache.txt" ] && [ "$(cached CMAKE_HOME_DIRECTORY)" = "$source_dir" ] &&
    [ "$(cached CMAKE_CACHEFILE_DIR)" = "$build_dir" ] && [ -x "$(cached CMAKE_MAKE_PROGRAM)" ]
}

# configure [cmake argument...]: a build folder in use keeps its generator and its settings. One that came with a copied
# tree, or that can no longer be configured, is configured afresh.
configure() {
  if in_use; then
    cmake -S "$source_dir" -B "$build_dir" "$@" && return
    printf 'that failed: once more, from nothing\n'
  fi
  cmake --fresh -S "$source_dir" -B "$build_dir" -G Ninja "$@"
}

processors() { nproc 2>/dev/null || getconf _NPROCESSORS_ONLN; }

# prepare [cmake argument...]: from a bare machine to a configured build folder.
prepare() {
  bash "$source_dir/cmake/setup.sh" </dev/null
  if ! mkdir -p "$build_dir" 2>/dev/null || ! [ -w "$build_dir" ]; then
    printf '%s cannot be written to: remove it, or name another folder in OFFRAMP_BUILD_DIR\n' "$build_dir" >&2
    exit 1
  fi
  build_dir=$(cd "$build_dir" && pwd -P)
  step "configuring" configure "$@"
}

# build TARGET
build() { step "building" cmake --build "$build_dir" --parallel "$(processors)" --target "$1"; }
