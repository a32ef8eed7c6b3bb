#!/usr/bin/env bash
# The result is all that goes to standard output, in each format; what is not a terminal gets no escapes.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json
escape=$'\033'

for format in text json csv markdown; do
  expect 0 "$offramp" run "$plan" "${small[@]}" --format $format
  is_empty err
  [ -s out ] || fail "no result as $format"
  lacks out "$escape"
  cp out result.$format
done
is_json result.json
# the numbers, without the time they took and the command that asked for them
same_as_csv() { grep -v -e seconds -e path_months_per_second "$1" >numbers && grep -v -e seconds -e path_months_per_second result.csv | cmp -s - numbers; }
holds result.json '"strategies"' '"comparisons"' '"results_digest"' '"cvar95"' '"a_wins"'
holds result.text "To repeat it" "offramp run" "--paths 200"
[ "$(head -n 1 result.csv | tr -cd , | wc -c)" -gt 2 ] || fail "the CSV has no heading"
holds result.markdown "|---"

# progress is on stderr, and the result the same
expect 0 "$offramp" run "$plan" "${small[@]}" --format csv --progress bar
same_as_csv out || fail "--progress bar changes the result"
[ -s err ] || fail "--progress bar draws nothing"
[ "$(tail -c 4 err)" = $'\r\033[K' ] || fail "--progress bar leaves its line behind"
expect 0 "$offramp" run "$plan" "${small[@]}" --format csv --progress bar --quiet
is_empty err
expect 0 "$offramp" run "$plan" "${small[@]}" --format csv --progress json
same_as_csv out || fail "--progress json changes the result"
[ -s err ] || fail "--progress json prints nothing"
split -l 1 err line.
for line in line.*; do is_json "$line"; done
holds err '"done"' '"total"' '"seconds"'

# a pseudo-terminal, where script(1) gives one
if command -v script >/dev/null 2>&1 && script -qec true /dev/null </dev/null >/dev/null 2>&1; then
  in_terminal() { env TERM=xterm "$@" script -qec "'$offramp' run '$plan' --paths 200 --threads 1" /dev/null </dev/null >out 2>&1; }
  in_terminal
  holds out "$escape"
  in_terminal NO_COLOR=1
  lacks out "${escape}[1m" "${escape}[2m" "${escape}[0m"
  in_terminal TERM=dumb
  lacks out "$escape"
fi

# a file instead, and - for standard output
expect 0 "$offramp" run "$plan" "${small[@]}" --format csv -o here.csv
is_empty out
same_as_csv here.csv || fail "-o writes something else"
expect 0 "$offramp" run "$plan" "${small[@]}" --format csv -o -
same_as_csv out || fail "-o - is not standard output"

# a reader that has enough
"$offramp" run "$plan" "${small[@]}" 2>err | head -n 1 >out
is_empty err

# the plan from standard input
expect 0 "$offramp" run - "${small[@]}" --format csv <"$plan"
same_as_csv out || fail "a plan from standard input gives something else"
# a shell's limit of the stack is no limit of a plan: "unlimited" means 2 MB to threads
for limit in unlimited 1024; do
  (ulimit -s $limit 2>/dev/null || exit 0; "$offramp" run "$examples/openai-azure.json" --paths 200 --quiet >out 2>err) ||
    fail "exit code $? with ulimit -s $limit"
done
done_testing
