#!/usr/bin/env bash
# value: what each clause is worth, in each format, the same however it is computed.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

for format in text json csv markdown; do
  expect 0 "$offramp" value "$plan" "${small[@]}" --format $format
  is_empty err
  [ -s out ] || fail "nothing as $format"
  cp out whole.$format
done
is_json whole.json
holds whole.json '"launches": 1' '"helps"' '"without"' '"workloads"' '"macc"' '"block"'
holds whole.text "what each clause is worth" "it pays off in" "(commitment)" "offramp value" "on the same futures"
holds whole.markdown "|---"
[ "$(head -n 1 whole.csv)" = strategy,contract,group,subject,metric,statistic,value ] || fail "another heading"

digest() { grep -o '"results_digest": "[0-9a-f]*"' out; }
expect 0 "$offramp" value "$plan" "${small[@]}" --format json
first=$(digest)
expect 0 "$offramp" value "$plan" --paths 200 --threads 2 --isa baseline --max-memory 1K --batch 33 --format json
[ "$(digest)" = "$first" ] || fail "the digest depends on how it is computed"

# with and without are what `run` finds, where a strategy does not sign the contract
mean() { sed -n "/\"name\": \"$1\"/,\$p" | grep -o '"total_cost": {"mean": [0-9.]*' | head -n 1 | grep -o '[0-9.]*$'; }
expect 0 "$offramp" run "$plan" "${small[@]}" --format json --set '/strategies/promise/contracts=[]'
without=$(mean promise <out)
holds whole.json "\"without\": {\"total_cost\": $without"
expect 0 "$offramp" run "$plan" "${small[@]}" --format json
holds whole.json "\"with\": {\"total_cost\": $(mean promise <out)"

# nothing to value
expect 3 "$offramp" value "$SOURCE/tests/plans/interface.json" "${small[@]}" --set '/strategies=[{"name": "free", "contracts": []}]'
holds err "interface.json: /strategies: " "no clause to value"
is_empty out
expect 2 "$offramp" value "$plan" --no-bands
holds err "no option"
expect 0 "$offramp" value "$plan" "${small[@]}" -o here.json --format json
expect 7 "$offramp" value "$plan" "${small[@]}" -o here.json --format json
holds err "exists"
done_testing
