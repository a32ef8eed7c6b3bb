# What the scripts of this folder share. `work` is a folder of its own that goes when the script ends.
# shellcheck shell=bash disable=SC2034,SC2153 # names for the scripts; OFFRAMP is ctest's
set -uo pipefail
offramp=$OFFRAMP
examples=$SOURCE/examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
unset NO_COLOR
# a GPU of this machine, and PoCL's first compilation, are no part of these tests
export OCL_ICD_VENDORS=/nonexistent CUDA_VISIBLE_DEVICES= XDG_CACHE_HOME=$work/cache

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect CODE COMMAND...: runs it with its output in ./out and ./err
expect() {
  local code=$1 got
  shift
  "$@" >out 2>err
  got=$?
  [ "$got" = "$code" ] && return 0
  fail "exit code $got instead of $code: ${*/#$offramp/offramp}"
  head -n 5 err
  return 1
}

# holds FILE TEXT...: each text stands somewhere in the file
holds() {
  local file=$1 text
  shift
  for text; do
    grep -qF -- "$text" "$file" && continue
    fail "'$text' is not in $file:"
    head -n 12 "$file"
  done
}

lacks() {
  local file=$1 text
  shift
  for text; do
    if grep -qF -- "$text" "$file"; then fail "'$text' is in $file"; fi
  done
}

is_empty() { [ ! -s "$1" ] || { fail "$1 should be empty:"; head -n 5 "$1"; }; }

# is_json FILE: one JSON value and nothing else. Without python3 the program's own reader is asked: it takes whatever is no
# plan for a plan with errors (1), and what is no JSON for nothing (3).
is_json() {
  if command -v python3 >/dev/null 2>&1; then
    python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"), parse_constant=lambda c: sys.exit("not JSON: " + c))' "$1" ||
      fail "$1 is not JSON"
  else
    "$offramp" check "$1" >json.out 2>&1
    [ $? -le 1 ] || { fail "$1 is not JSON"; head -n 3 json.out; }
  fi
}

done_testing() {
  [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
}

small=(--paths 200 --threads 1)
