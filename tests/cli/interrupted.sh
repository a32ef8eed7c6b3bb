#!/usr/bin/env bash
# Ctrl-C and kill in the middle of a run: soon over, 130 or 143, one line that says so, nothing left behind.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
mkdir kept
now() { date +%s%3N; }

stop() { # SIGNAL CODE OPTION...
  local signal=$1 code=$2 got began
  shift 2
  : >err
  # of paths there are more than can be done
  "$offramp" run "$examples/enterprise.json" --paths 100000000000 --max-memory 64M -o kept/result.json --progress json "$@" 2>err &
  local child=$!
  for ((i = 0; i < 300; i++)); do
    grep -q '"done"' err && break
    sleep 0.1
  done
  grep -q '"done"' err || fail "the run did not begin"
  began=$(now)
  kill -s "$signal" $child
  wait $child
  got=$?
  [ $got = "$code" ] || fail "exit code $got instead of $code after SIG$signal $*"
  [ $(($(now) - began)) -lt 15000 ] || fail "SIG$signal took $(($(now) - began)) ms"
  holds err "offramp: interrupted: nothing was written"
  [ -z "$(ls -A kept)" ] || fail "left behind: $(ls -A kept)"
}

# a shell's background jobs ignore SIGINT, unless it has job control
set -m
stop TERM 143
stop INT 130
stop INT 130 --threads 2 --batch 256
done_testing
