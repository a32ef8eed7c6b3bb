#!/usr/bin/env bash
# optimize: an answer in every format, refusals with a pointer and a remedy, Ctrl-C keeps the best so far.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

expect 0 "$offramp" optimize "$plan" --paths 2000 --threads 1
holds out "Under 'promise and block', commit" "With 95 % confidence no sizes" "What one more costs" "risk weight" "What knowing is worth" \
  "offramp run $plan --set /simulation/paths=2000 --set /contracts/macc/windows/0/amount="
is_empty err
expect 0 "$offramp" optimize "$plan" --paths 2000 --threads 1 --format json
is_json out
holds out '"optimum": {"/contracts/macc/windows/0/amount":' '"upper95":' '"interrupted": false'
cp out first.json
expect 0 "$offramp" optimize "$plan" --paths 2000 --threads 2 --isa baseline --batch 300 --format json
# the same but for who computed it and how fast
for file in first.json out; do grep -v '"engine"' $file >$file.sizes; done
cmp -s first.json.sizes out.sizes || fail "other threads and instructions, other sizes"
expect 0 "$offramp" optimize "$plan" --paths 2000 --format csv -o sizes.csv
holds sizes.csv "of,risk_weight,variable,name,value" "optimum,,/contracts/block/accelerators,size,"
expect 0 "$offramp" optimize "$plan" --paths 2000 --format markdown --progress json
holds out "# one promise, two clouds" "| risk weight |"
holds err '"note": "spreading out'

# what it prints to be typed can be typed, and costs what it says, on the same futures
sized=(optimize "$plan" --paths 2000 --seed 5 --set "/name=l'accord" --quiet)
run=$("$offramp" "${sized[@]}" --width 1000 | grep 'offramp run' | sed "s/^ *offramp/\"\$offramp\"/")
eval "$run --format json" >run.json || fail "the command it prints does not work: $run"
holds run.json "l'accord" '"paths": 2000'
"$offramp" "${sized[@]}" --format json >sized.json
mean=$(sed -n 's/.*"objective": {"mean": \([0-9.]*\),.*/\1/p' sized.json)
[ -n "$mean" ] || fail "no mean in sized.json"
holds run.json "\"total_cost\": {\"mean\": $mean,"

expect 3 "$offramp" optimize "$examples/reference-size.json"
holds err "reference-size.json: /optimize: the plan does not say what may be chosen"
is_empty out
refuses() { # POINTER=VALUE TEXT...
  local setting=$1
  shift
  expect 3 "$offramp" optimize "$plan" --set "$setting"
  holds err "$@"
  is_empty out
}
refuses '/optimize/variables={"/contracts/block/accelerators": [240, 0]}' "/optimize/variables/~1contracts~1block~1accelerators" \
  "the limits are the wrong way round" "write [0, 240]"
refuses '/optimize/variables={"/contracts/block/accelerators": [0, null]}' "without it the sizing is unbounded"
refuses '/optimize/variables={"/contracts/block/pool": [0, 1]}' "leads to a text, not to a number of the plan"
refuses '/optimize/strategy=fre' "no strategy is named" 'did you mean "free"?'
refuses '/optimize/constraints=[{"terms": {"/contracts/block/accelerators": 1}, "min": 300}]' "infeasible" 'lower "min"'
expect 2 "$offramp" optimize "$plan" --path 7

# a shell's background jobs ignore SIGINT, unless it has job control
set -m
: >err
"$offramp" optimize "$plan" --paths 4000000 --progress json -o kept.json --format json 2>err &
child=$!
for ((i = 0; i < 300; i++)); do
  grep -q 'sizings tried' err && break
  sleep 0.1
done
kill -s INT $child
wait $child
code=$?
[ $code = 8 ] || fail "exit code $code instead of 8 after SIGINT"
holds err "interrupted: what was best so far is kept"
is_json kept.json
holds kept.json '"interrupted": true' '"gap": null'
done_testing
