#!/usr/bin/env bash
# A kernel that a C compiler made for the plan gives the digest of the program's own, in every instruction-set version that runs
# here, and is found again in the cache; a damaged one is made anew. Without a compiler, with one that fails, or one that does not
# end, the program's own kernel serves, unless a compiled one was asked for.
set -euo pipefail
[ -e /proc/self/fd ] || { echo "skipped: there is no /proc, through which a compiled kernel is loaded"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${SANITIZE:-}" ]; then
  echo "skipped: kernels that are compiled at run time have no sanitizers"
  exit 77
fi
export OCL_ICD_VENDORS=/nonexistent CUDA_VISIBLE_DEVICES='' XDG_CACHE_HOME="$work/cache" OFFRAMP_CC=$CC TMPDIR="$work/tmp"
mkdir "$TMPDIR"
failed=0
plan=$SOURCE/examples/enterprise.json

fail() { echo "$*"; failed=1; }
run() { "$OFFRAMP" run "$1" --backend cpu --paths 3000 --batch 1000 --format json --quiet "${@:2}"; }
digest() { sed -n 's/.*"results_digest": *"\([0-9a-f]*\)".*/\1/p'; }
is_compiled() { grep -q '"device": "[^"]*compiled by'; }

for isa in $("$OFFRAMP" devices | grep -o 'x86_64_v[0-9]\|baseline'); do
  own=$(run "$plan" --isa "$isa" --kernel own | digest)
  run "$plan" --isa "$isa" --kernel compiled >"$work/out" || fail "$isa: not compiled"
  is_compiled <"$work/out" || fail "$isa: the result does not say what was compiled"
  [ "$(digest <"$work/out")" = "$own" ] || fail "$isa: compiled '$(digest <"$work/out")', own '$own'"
done
for name in interface clauses; do
  own=$(run "$SOURCE/tests/plans/$name.json" --kernel own | digest)
  [ "$(run "$SOURCE/tests/plans/$name.json" --kernel compiled | digest)" = "$own" ] || fail "$name: compiled differs from own '$own'"
done
bound() { "$OFFRAMP" bound "$plan" --backend cpu --paths 300 --format json --quiet "$@" | grep bound_digest; }
[ "$(bound --kernel own)" = "$(bound --kernel compiled)" ] || fail "bound: compiled differs from own"
[ "$("$OFFRAMP" bound "$plan" --backend cpu --paths 300 --format json --quiet --isa baseline --kernel compiled | grep bound_digest)" = "$(bound --kernel own)" ] ||
  fail "bound: compiled for the baseline differs from own"
# the path's kernel and the bound's, each kept
XDG_CACHE_HOME="$work/both" "$OFFRAMP" bound "$plan" --backend cpu --paths 20 --kernel compiled --quiet >"$work/out"
[ "$(find "$work/both" -name '*.kernel' | wc -l)" = 2 ] || fail "bound: kept $(find "$work/both" -name '*.kernel' | wc -l) kernels instead of 2"
value() { "$OFFRAMP" value "$plan" --backend cpu --paths 500 --format csv --quiet "$@" | grep -v "^,,run,"; } # other shapes on an open device
value --kernel own >"$work/own"
value --kernel compiled >"$work/compiled"
cmp "$work/own" "$work/compiled" || fail "value: compiled differs from own"
[ -z "$(ls "$TMPDIR")" ] || fail "left behind: $(ls "$TMPDIR")"

# kept, and made anew when damaged
printf '#!/bin/sh\necho . >>"%s/calls"\nexec "%s" "$@"\n' "$work" "$CC" >"$work/counting"
chmod +x "$work/counting"
export OFFRAMP_CC=$work/counting
run "$plan" --kernel compiled >"$work/first"
run "$plan" >"$work/second"
is_compiled <"$work/second" || fail "what an earlier run left is not used"
[ "$(wc -l <"$work/calls")" -eq 1 ] || fail "compiled $(wc -l <"$work/calls") times instead of once"
for entry in "$work"/cache/offramp/*.kernel; do printf 'x' | dd of="$entry" bs=1 seek=4000 conv=notrunc status=none; done
run "$plan" --kernel compiled >"$work/third"
[ "$(wc -l <"$work/calls")" -eq 2 ] || fail "a damaged kernel was not made anew"
[ "$(digest <"$work/third")" = "$(digest <"$work/first")" ] || fail "made anew, another digest"

# made anew by another compiler of the same name; kept below the home folder where no other is named
touch -d 2001-02-03 "$work/counting"
run "$plan" --kernel compiled >"$work/out"
[ "$(wc -l <"$work/calls")" -eq 3 ] || fail "a compiler that was replaced left its kernel in use"
mkdir "$work/home"
(unset XDG_CACHE_HOME && HOME=$work/home run "$plan" --kernel compiled >"$work/out")
[ "$(find "$work/home/.cache/offramp" -name '*.kernel' | wc -l)" = 1 ] || fail "nothing is kept below the home folder"
(unset XDG_CACHE_HOME && HOME=nowhere run "$plan" --kernel compiled >"$work/out")
[ ! -e nowhere ] || fail "a cache in a folder that depends on where one stands"

# what cannot compile
own=$(run "$plan" --kernel own | digest)
printf '#!/bin/sh\nexec sleep 600\n' >"$work/endless"
printf '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && echo no library >"$2"; shift; done\n' >"$work/liar"
chmod +x "$work/endless" "$work/liar"
for compiler in /bin/false "$work/nowhere" "$work/liar"; do
  status=0
  OFFRAMP_CC=$compiler run "$plan" --kernel compiled >"$work/out" 2>"$work/err" || status=$?
  { [ "$status" -eq 4 ] && grep -q -- '--kernel own' "$work/err" && [ ! -s "$work/out" ]; } || fail "$compiler: exit $status: $(cat "$work/err")"
  [ "$(OFFRAMP_CC=$compiler run "$plan" | digest)" = "$own" ] || fail "$compiler: the program's own kernel does not serve"
done
OFFRAMP_CC=$work/nowhere run "$plan" --kernel compiled >"$work/out" 2>"$work/err" || true
grep -q 'OFFRAMP_CC names no program' "$work/err" || fail "a compiler that is not there: $(cat "$work/err")"
OFFRAMP_CC=$work/endless "$OFFRAMP" run "$plan" --backend cpu --kernel compiled --quiet >"$work/out" 2>"$work/err" &
sleep 1
kill -INT $!
status=0
wait $! || status=$?
[ "$status" -eq 130 ] || fail "an interrupt while compiling: exit $status: $(cat "$work/err")"
[ -z "$(ls "$TMPDIR")" ] || fail "left behind: $(ls "$TMPDIR")"
exit "$failed"
