#!/usr/bin/env bash
# explain: one future in each format, whole or in part, the same as `run` sees it.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

for format in text json csv markdown; do
  expect 0 "$offramp" explain "$plan" --path 7 --format $format
  is_empty err
  [ -s out ] || fail "nothing as $format"
  cp out whole.$format
done
is_json whole.json
holds whole.text "path 7 of seed 7" "2026-07" "2029-06" "Books"
holds whole.json '"path": 7' '"months"' '"totals"' '"placed"' '"commitments"'
expect 0 "$offramp" explain "$plan"
holds out "path 0 of seed 7"
cmp -s out whole.text && fail "two paths are the same"

months() { grep -o '"month": "[0-9-]*"' out | tr -cd '0-9\n-' | tr '\n' ' '; }
part() { # ARGUMENT MONTHS
  expect 0 "$offramp" explain "$plan" --path 7 --format json --months "$1"
  is_json out
  [ "$(months)" = "$2" ] || fail "--months $1 gives $(months)"
}
part 2026-09:2026-11 "2026-09 2026-10 2026-11 "
part 2027-01 "2027-01 "
part :2026-08 "2026-07 2026-08 "
part 2029-05: "2029-05 2029-06 "
holds whole.json "$(sed -n '/"totals"/,$p' out)"
expect 0 "$offramp" explain "$plan" --path 7 --months 2026-10
[ "$(wc -l <out)" -lt 60 ] || fail "a month is longer than expected"

expect 0 "$offramp" explain "$plan" --path 7 --strategy free --format json
holds out '"free"'
lacks out '"promise and block"'

# any path may be replayed, up to 2^48
expect 0 "$offramp" explain "$plan" --path 281474976710655 --months 2026-07
holds out "path 281474976710655"
expect 2 "$offramp" explain "$plan" --path 281474976710656

# a run of one path is that path
total() { grep -o '"total_cost": {"mean": [0-9.]*' out | head -n 1 | grep -o '[0-9.]*$'; }
expect 0 "$offramp" run "$plan" --paths 1 --threads 1 --format json
in_run=$(total)
expect 0 "$offramp" explain "$plan" --path 0 --format json
in_explain=$(grep -A 1 '"totals"' out | grep -o '"total_cost": [0-9.]*' | grep -o '[0-9.]*$')
[[ -n $in_run && $(printf '%.2f' "$in_run") = "$(printf '%.2f' "$in_explain")" ]] || fail "run says $in_run, explain $in_explain"
done_testing
