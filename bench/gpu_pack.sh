#!/usr/bin/env bash
# One folder, and a .tar.gz of it, for a machine with a GPU and nothing of ours installed: the program, the libraries it needs
# beyond libc, the examples, the test programs, and bench/, so that `bench/gpu.sh` there just works.
# Usage: bench/gpu_pack.sh [FOLDER]; OFFRAMP names the program (build/offramp); FOLDER, beside it unless given, must not exist yet.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
program=${OFFRAMP:-$root/build/offramp}
build=$(dirname "$program")
folder=${1:-$build/offramp-gpu}
test_programs=(backend/test_conformance backend/test_every_clause naive/print_random_plan)

[ -x "$program" ] || { echo "no program at $program: build it, or set OFFRAMP" >&2; exit 1; }
for each in "$folder" "$folder.tar.gz"; do
  [ ! -e "$each" ] || { echo "$each is there already: remove it, or name another folder" >&2; exit 1; }
done

# put FILE... : each at the same place as here
put() {
  local each
  for each; do
    mkdir -p "$folder/$(dirname "$each")"
    cp "$root/$each" "$folder/$each"
  done
}

# put_program FILE NAME: without what only a debugger reads
put_program() {
  mkdir -p "$folder/build/$(dirname "$2")"
  cp "$1" "$folder/build/$2"
  strip --strip-debug "$folder/build/$2" 2>/dev/null || true
}

# put_libraries PROGRAM: what it needs that not every Linux has, and the terms on which it may be copied
put_libraries() {
  local path name terms
  ldd "$1" | awk '$2 == "=>" && $3 ~ "^/" { print $3 }' | while read -r path; do
    name=$(basename "$path")
    case $name in libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | ld-linux*) continue ;; esac
    mkdir -p "$folder/lib"
    cp -L "$path" "$folder/lib/$name"
    for terms in "/usr/share/doc/${name%%.so*}"*/copyright; do
      if [ -f "$terms" ]; then cp "$terms" "$folder/lib/${name%%.so*}.copyright"; fi
    done
  done
}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$root"
put LICENSE README.md CHANGELOG.md examples/*.json examples/MANUAL.md tests/plans/*.json tests/philox4x32.kat \
  tests/backend/random_plans.sh tests/bound/highs.py bench/*.sh bench/*.bash bench/peers/*.{py,bash,md}
put_program "$program" offramp
put_libraries "$program"
for each in "${test_programs[@]}"; do
  if [ -x "$build/tests/$each" ]; then
    put_program "$build/tests/$each" "tests/$each"
    put_libraries "$build/tests/$each"
  else
    echo "left out, for it is not built: tests/$each"
  fi
done
# Drivers of OpenCL may be on a machine that has no loader for them; its own comes first.
loader=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | awk '$1 == "libOpenCL.so.1" && /x86-64/ && !found++ { print $NF }')
if [ -n "$loader" ]; then
  mkdir -p "$folder/lib/opencl"
  cp -L "$loader" "$folder/lib/opencl/libOpenCL.so.1"
fi
cat >"$folder/offramp" <<'END'
#!/bin/sh
# The program, with the libraries that came with it.
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib exec "$here/build/offramp" "$@"
END
chmod +x "$folder/offramp"

tar -C "$(dirname "$folder")" -czf "$folder.tar.gz" "$(basename "$folder")"
libc=$(objdump -T "$program" 2>/dev/null | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1 | sed 's/GLIBC_//')
size=$(du -h "$folder.tar.gz" | cut -f 1)
echo "$folder.tar.gz: $size; needs ${libc:+glibc $libc or newer, }a driver for its GPU, bash and awk;"
echo "  there: tar xzf $(basename "$folder").tar.gz && $(basename "$folder")/bench/gpu.sh"
