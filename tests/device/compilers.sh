#!/usr/bin/env bash
# gcc without optimisation and clang with it, in every instruction-set version that this machine runs, give one digest: the
# program's own, which is this build's compiler at this build's level. THOROUGH=1 tries each compiler at both levels.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ "${SANITIZE:-}" = "" ] || [ "${SANITIZE:-}" = OFF ] || { echo "skipped: a sanitized library does not link with these objects"; exit 77; }
plans=("$SOURCE/tests/plans/clauses.json" "$SOURCE/examples/enterprise.json") # the second is plain: device/model.h

digest() { # program [option...]
  local program=$1
  shift
  for plan in "${plans[@]}"; do
    "$program" run "$plan" --paths 2000 --backend cpu --kernel own --format json --quiet "$@" |
      sed -n 's/.*"results_digest": "\([0-9a-f]*\)".*/\1/p'
  done
}

# What the machine runs, as `devices` names it: "x86_64_v4 (16 lanes), ...".
versions=$("$OFFRAMP" devices | tr ',' '\n' | sed -n 's/^ *\([a-z0-9_]*\) ([0-9]* lanes).*/\1/p')
expected=$(digest "$OFFRAMP")
[ -n "$expected" ]

march() { case $1 in x86_64_v4) echo -march=x86-64-v4 ;; x86_64_v3) echo -march=x86-64-v3 ;; *) echo -DOFR_ISA=baseline ;; esac; }

levels() {
  if [ "${THOROUGH:-0}" = 1 ]; then echo "-O0 -O3"; elif [ "$1" = gcc ]; then echo "-O0"; else echo "-O2"; fi
}

try() { # compiler, level, version
  local program=$work/offramp$2-$3
  local kind
  for kind in ALL PLAIN; do
    "$1" -std=c17 "$2" -ffp-contract=off -fno-math-errno "$(march "$3")" -DOFR_ISA="$3" -DOFR_$kind -I"$SOURCE/include" \
      -I"$SOURCE/host" -c "$SOURCE/device/path.c" -o "$work/path_$kind.o"
  done
  # the archive's own objects of this version are not drawn in: their symbols are already there
  "$CC" -o "$program" "$work"/cli_*.o "$work"/path_*.o "$LIBRARY" -lcjson -lsqlite3 -lm -ldl -lpthread
  local found
  found=$(digest "$program" --isa "$3")
  if [ "$found" != "$expected" ]; then
    echo "$1 $2 $3: $found instead of $expected"
    exit 1
  fi
  echo "$1 $2 $3: same"
}

for file in "$SOURCE"/host/main.c "$SOURCE"/host/cli/*.c; do
  "$CC" -std=c17 -O1 -I"$SOURCE/include" -I"$SOURCE/host" -c "$file" -o "$work/cli_$(basename "$file" .c).o"
done
tried=0
for compiler in gcc clang; do
  command -v "$compiler" >/dev/null || { echo "$compiler: not here"; continue; }
  for version in $versions; do
    for level in $(levels "$compiler"); do
      try "$compiler" "$level" "$version"
      tried=$((tried + 1))
    done
  done
done
[ "$tried" -gt 0 ]
