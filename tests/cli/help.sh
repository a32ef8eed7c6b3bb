#!/usr/bin/env bash
# The program explains itself: nothing typed gives one screen with three examples, --help tells of every verb and option.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"

expect 0 "$offramp"
[ "$(wc -l <out)" -le 24 ] || fail "the welcome is longer than a screen"
[ "$(grep -c '^  offramp ' out)" = 3 ] || fail "there are not three examples"
is_empty err
grep -o 'examples/[a-z-]*\.json' out | sort -u >plans
while read -r plan; do
  [ -f "$SOURCE/$plan" ] || fail "$plan is not there"
done <plans

expect 0 "$offramp" --help
verbs="run compare value check explain optimize bound bench calibrate devices schema completion version"
for verb in $verbs; do
  expect 0 "$offramp" --help
  grep -q "^  $verb " out || fail "--help does not name $verb"
  expect 0 "$offramp" "$verb" --help
  holds out "usage: offramp $verb" "--help"
  is_empty err
done
expect 0 "$offramp" run -h
holds out --format --output --force --backend --device --paths --seed --set --threads --isa --batch --max-memory --checks --progress --quiet
awk 'length > 120 { bad = 1 } END { exit bad }' out || fail "a line of help is too long"
expect 0 "$offramp" explain --help
holds out --path --months --strategy
lacks out --isa --threads

expect 0 "$offramp" version
cp out version
holds out "offramp $VERSION"
expect 0 "$offramp" --version
cmp -s out version || fail "--version and version differ"
expect 0 "$offramp" -V
expect 0 "$offramp" run --version
done_testing
