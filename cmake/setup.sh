#!/usr/bin/env bash
# Installs what building and testing offramp need on Debian 12 and 13 and Ubuntu 24.04, and nothing where it is all there
# already. Asks for no answers. Elsewhere it says what to install.
set -euo pipefail

required=(git ca-certificates gcc g++ cmake ninja-build pkg-config libcjson-dev libcmocka-dev libsqlite3-dev
  ocl-icd-opencl-dev opencl-headers pocl-opencl-icd)
# Not every release has these; tests that need one that is missing count as skipped.
optional=(locales oclgrind clang python3-numpy python3-scipy hyperfine)

log=$(mktemp)
trap 'rm -f "$log"' EXIT

say() { printf '%s\n' "$*" >&2; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# What is needed may be there without dpkg knowing of it: built by hand, or on another distribution.
all_is_there_anyway() {
  local tool
  for tool in git cc c++ cmake ninja pkg-config; do
    command -v "$tool" >/dev/null 2>&1 || return 1
  done
  pkg-config --exists libcjson cmocka sqlite3 || return 1
  cc -E -x c -include CL/cl.h /dev/null >/dev/null 2>&1
}

give_up() {
  say "$1"
  say "install these packages, or what your system calls them: ${missing[*]}"
  exit 1
}

missing=("${required[@]}")
if command -v dpkg-query >/dev/null 2>&1; then
  missing=()
  for package in "${required[@]}"; do
    installed "$package" || missing+=("$package")
  done
fi
[ "${#missing[@]}" -eq 0 ] && exit 0

root=()
if ! command -v apt-get >/dev/null 2>&1; then
  all_is_there_anyway && exit 0
  give_up "cmake/setup.sh: there is no apt-get here"
elif [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    root=(sudo)
  else
    all_is_there_anyway && exit 0
    give_up "cmake/setup.sh: installing packages needs root, or sudo"
  fi
fi

apt() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null
}

say "installing ${missing[*]}"
if ! apt update; then
  cat "$log" >&2
  say "cmake/setup.sh: apt-get update failed, see above; trying with the package lists that are there"
fi
if ! apt install --no-install-recommends "${required[@]}"; then
  cat "$log" >&2
  give_up "cmake/setup.sh: apt-get could not install what is missing, see above"
fi
for package in "${optional[@]}"; do
  installed "$package" || apt install --no-install-recommends "$package" ||
    say "$package: not to be had here, and not needed; tests that use it will be skipped"
done
