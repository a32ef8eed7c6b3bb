#!/usr/bin/env bash
# What the README shows is true: its commands run, its sample plan is sound. A run is made small.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
readme=$SOURCE/README.md
if [ ! -f "$readme" ]; then
  echo "skipped: there is no README.md"
  exit 77
fi

# blocks KIND: the fenced blocks of that kind, one after the other
blocks() { awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$readme"; }

blocks json >sample.json
if [ -s sample.json ]; then
  expect 0 "$offramp" check sample.json || cat out
  expect 0 "$offramp" run sample.json "${small[@]}"
fi

blocks sh | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' >commands
cd "$SOURCE" || exit 1
commands=0
while IFS= read -r line; do
  line=${line%%  #*}
  line=${line#\$ }
  case $line in
    build/offramp\ *) command=${line#build/offramp } ;;
    offramp\ *) command=${line#offramp } ;;
    *) continue ;;
  esac
  case $command in
    run\ * | value\ *) command="${command%% *} --paths 200 --threads 1 ${command#* }" ;;
  esac
  # what is written stays in the test's folder
  command=$(sed -E "s#(-o|--output) ([^/ ])#\1 $work/\2#" <<<"$command")
  commands=$((commands + 1))
  bash -c "\"\$OFFRAMP\" $command" >"$work/out" 2>"$work/err" </dev/null || {
    fail "exit code $?: $line"
    head -n 3 "$work/err"
  }
done <"$work/commands"
[ "$commands" -gt 0 ] || fail "README.md shows no command"
echo "$commands commands of README.md"
done_testing
