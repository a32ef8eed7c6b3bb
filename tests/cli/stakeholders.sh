#!/usr/bin/env bash
# The table of stakeholders: there when a plan names them, right beside a plan that plays the failure through as an event.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$SOURCE/tests/plans/interface.json

for format in text json csv markdown; do
  expect 0 "$offramp" run "$plan" "${small[@]}" --format $format
  lacks err ": error: " "offramp: " # but warned of a promise beyond all capacity
  cp out whole.$format
done
is_json whole.json
holds whole.text "Stakeholders, " "azure (anchor)" "coreweave (rival)" "NVIDIA (vendor)" regulator "dependent enterprise" "could absorb" "The failure:"
holds whole.json '"stakeholders"' '"absorption"' '"dependent_enterprise"' '"majority"' '"concentration"'
holds whole.csv ",stakeholder,azure-floor,suffices,"
holds whole.markdown "| dependent enterprise"

# the failure as an event: the same difference of means
mean() { sed -n "/\"strategies\"/,\$p" "$1" | grep -o '"total_cost": {"mean": [0-9.]*' | sed -n "$2p" | grep -o '[0-9.]*$'; }
event='{"name": "failure", "at": "2028-01", "duration": 6, "effects": [{"pools": {"provider": "azure"}, "capacity": 0}]}'
sed "/\"name\": \"ruling\"/s/\$/,\n$event/" "$plan" >failed.json # the last of the events: the draws of the others stay
expect 0 "$offramp" run failed.json "${small[@]}" --format json --set '/stakeholders={"anchor": "azure"}'
cp out failed.out
lacks failed.out dependent_enterprise
for s in 1 2 3; do
  from_plans=$(awk -v a="$(mean failed.out $s)" -v b="$(mean whole.json $s)" 'BEGIN { printf "%.0f", (a - b) / 1e4 }')
  told=$(sed -n '/"dependent_enterprise"/,$p' whole.json | grep -o '"total_cost": {"mean": [0-9.]*' | sed -n "${s}p" | grep -o '[0-9.]*$' |
    awk '{ printf "%.0f", $1 / 1e4 }')
  [ "$from_plans" = "$told" ] || fail "strategy $s: the failure costs $told, as an event $from_plans"
done

# what is wrong
expect 3 "$offramp" run "$plan" "${small[@]}" --set /stakeholders/anchor=azur
holds err "/stakeholders/anchor" 'did you mean "azure"?'
expect 0 "$offramp" check "$plan" --set /stakeholders/failure/from=2040-01
holds out "outside the horizon"
expect 0 "$offramp" run "$plan" "${small[@]}" --no-bands
holds out "concentration of revenue"
done_testing
