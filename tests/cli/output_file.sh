#!/usr/bin/env bash
# -o: a file appears whole or not at all, and none is overwritten without --force. Everything else is exit code 7 with one line
# that says why.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json
run=("$offramp" run "$plan" "${small[@]}" --format json)

only() { # the folder ./kept holds these files and nothing else
  local have
  have=$(find kept -mindepth 1 | sort | sed 's#^kept/##' | tr '\n' ' ')
  [ "$have" = "$1" ] || fail "kept/ holds '$have' instead of '$1'"
}
refused() {
  expect 7 "$@"
  [ "$(wc -l <err)" = 1 ] || { fail "more or less than one line on stderr"; cat err; }
  holds err "offramp: "
}

mkdir kept
expect 0 "${run[@]}" -o kept/result.json
is_json kept/result.json
only "result.json "
[ "$(umask)" = 0022 ] && [ "$(stat -c %a kept/result.json 2>/dev/null || echo 644)" != 644 ] && fail "the file's mode is not the usual one"

# another result in its place: refused before anything is computed, and taken with --force
cp kept/result.json first.json
for verb in "run $plan" "explain $plan" "check $plan" devices schema "completion bash" version; do
  # shellcheck disable=SC2086
  refused "$offramp" $verb -o kept/result.json
  holds err "exists" "--force"
done
cmp -s kept/result.json first.json || fail "a refused file was changed"
chmod 600 kept/result.json
expect 0 "${run[@]}" -o kept/result.json --force --seed 8
cmp -s kept/result.json first.json && fail "--force did not replace the file"
is_json kept/result.json
only "result.json "
[ "$(stat -c %a kept/result.json 2>/dev/null || echo 600)" = 600 ] || fail "--force changed the file's mode"

# through a link, which stays
ln -s kept/result.json link.json
expect 0 "${run[@]}" -o link.json --force
[ -L link.json ] || fail "the link was replaced"
only "result.json "
ln -s kept/nowhere.json dangling.json
refused "${run[@]}" -o dangling.json
only "result.json "

# the other verbs write files too
for verb in schema devices "completion man" version "check $plan" "explain $plan --months 2026-07"; do
  # shellcheck disable=SC2086
  expect 0 "$offramp" $verb -o verb.out --force
  is_empty out
  [ -s verb.out ] || fail "$verb wrote nothing"
done

refused "${run[@]}" -o kept
holds err "folder"
refused "${run[@]}" -o missing/result.json
holds err "No such file"
if [ "$(id -u)" != 0 ]; then
  mkdir closed
  chmod 500 closed
  refused "${run[@]}" -o closed/result.json
  chmod 700 closed
fi

# a disk that is full
if [ -c /dev/full ]; then
  refused "${run[@]}" -o /dev/full
  holds err "No space left"
  for verb in "run $plan --paths 100 --threads 1" "check $plan" "explain $plan" devices schema version --help "" "completion bash"; do
    # shellcheck disable=SC2086
    "$offramp" $verb >/dev/full 2>err
    [ $? = 7 ] || fail "exit code of '$verb' on a full disk"
    holds err "offramp: standard output: cannot be written"
  done
fi
"${run[@]}" >&- 2>err
[ $? = 7 ] || fail "exit code where standard output is closed"
"${run[@]}" -o closed_stdout.json >&- 2>err || fail "-o needs no standard output"
is_json closed_stdout.json

# a file that may not grow: an error, not a torn file, and nothing left beside it
cp kept/result.json before.json
(ulimit -f 4 && "${run[@]}" -o kept/result.json --force >out 2>err)
[ $? = 7 ] || fail "exit code where the file may not grow"
holds err "cannot be written"
cmp -s kept/result.json before.json || fail "the old file is torn"
only "result.json "
(ulimit -f 4 && "${run[@]}" -o kept/new.json >out 2>err)
[ $? = 7 ] || fail "exit code where a new file may not grow"
only "result.json "

# what is read is not overwritten, whatever is asked for, under any name
cp "$plan" plan.json
ln -s plan.json alias.json
for name in plan.json ./plan.json alias.json; do
  expect 2 "$offramp" run plan.json -o "$name" --force
  holds err "this file is what is read"
done
cmp -s plan.json "$plan" || fail "the plan was overwritten"
expect 2 "$offramp" compare first.json kept/result.json -o first.json --force
touch bash
expect 0 "$offramp" completion bash -o bash --force
done_testing
