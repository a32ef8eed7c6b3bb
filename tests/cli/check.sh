#!/usr/bin/env bash
# check: 0 when the plan is sound, warned of or not; 1 when it has errors; 3 when there is no plan to judge. Its findings are
# its result, in each format.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"

for plan in "$examples"/*.json "$SOURCE"/tests/plans/*.json; do
  expect 0 "$offramp" check "$plan"
  holds out ": sound"
  is_empty err
done

cat >doubtful.json <<'PLAN'
{
  "horizon": {"start": "2026-01", "months": 24},
  "reference_accelerator": "H100",
  "accelerators": [{"name": "H100"}, {"name": "TPU"}],
  "providers": [{"name": "azure"}, {"name": "gcp"}],
  "factors": [{"name": "wild", "volatility": 2}, {"name": "idle", "volatility": 1}],
  "workloads": [
    {"name": "serving", "demand": 100, "unmet_cost": 9, "speed": {"H100": 1}, "factors": {"wild": 1}},
    {"name": "moving", "demand": 100, "unmet_cost": 9, "speed": {"H100": 1}, "home": "azure", "data_gb_per_hour": 3}
  ],
  "pools": [
    {"name": "a", "provider": "azure", "accelerator": "H100", "price": 2, "capacity": 10},
    {"name": "never", "provider": "gcp", "accelerator": "TPU", "price": 2, "capacity": 10}
  ],
  "contracts": [
    {"name": "moon", "type": "commitment", "provider": "azure", "windows": [{"from": "2026-01", "to": "2026-12", "amount": 1e12}]},
    {"name": "long", "type": "commitment", "provider": "azure", "windows": [{"from": "2026-01", "to": "2029-12", "amount": 1000}]},
    {"name": "unsigned", "type": "exclusivity", "provider": "azure"}
  ],
  "events": [{"name": "never-happens", "rate": 0, "effects": [{"pools": "*", "price": 2}]}],
  "strategies": [{"name": "s", "contracts": ["moon", "long"]}]
}
PLAN
expect 0 "$offramp" check doubtful.json
is_empty err
holds out 'the pool "never" is never used' 'nothing depends on the factor "idle"' 'typical (median) demand of "serving"' \
  '"moon" promises' 'beyond the horizon' 'no strategy signs "unsigned"' '"never-happens" never happens' 'no egress price' \
  ': warning: ' 'doubtful.json: sound, ' ' warnings'
lacks out ': error: '
expect 0 "$offramp" check doubtful.json --quiet
lacks out ': warning: '
holds out 'doubtful.json: sound, '
expect 0 "$offramp" check - <doubtful.json
holds out '(standard input)'

# whoever runs it at once is told, too
expect 0 "$offramp" run doubtful.json "${small[@]}"
holds err '"moon" promises' ': warning: '
expect 0 "$offramp" run doubtful.json "${small[@]}" --quiet
is_empty err

# in the other formats
expect 0 "$offramp" check doubtful.json --format json
is_json out
holds out '"sound": true' '"errors": 0' '"severity": "warning"' '"pointer": "/contracts/0/windows/0"' '"file": "doubtful.json"' '"line": ' '"remedy": '
expect 0 "$offramp" check doubtful.json --format csv
[ "$(head -n 1 out)" = "severity,file,line,pointer,message,remedy" ] || fail "the CSV's heading"
[ "$(grep -c '^warning,doubtful\.json,' out)" = $(($(wc -l <out) - 1)) ] || fail "a warning is not a line of the CSV"
[ "$(wc -l <out)" -gt 5 ] || fail "the CSV's lines"
expect 0 "$offramp" check doubtful.json --format markdown
holds out '| severity | line | pointer | message | remedy |' '| warning |'

# the line of a finding, as the file has it; one of a value given here has none
line=$(grep -n '"moon", "type"' doubtful.json | cut -d: -f1)
while read -r format there nowhere; do
  expect 0 "$offramp" check doubtful.json --format "$format"
  holds out "${there//_/ }"
  expect 1 "$offramp" check doubtful.json --set /pools/0/price=-1 --format "$format"
  holds out "${nowhere//_/ }"
done <<LINES
text doubtful.json:$line:_warning:_/contracts/0/windows/0: doubtful.json:_error:_/pools/0/price:
json "line":_$line,_"pointer":_"/contracts/0/windows/0" "line":_null,_"pointer":_"/pools/0/price"
csv warning,doubtful.json,$line,/contracts/0/windows/0, error,doubtful.json,,/pools/0/price,
markdown |_warning_|_${line}_|_/contracts/0/windows/0_| |_error_|__|_/pools/0/price_|
LINES

# the answer is no
sed 's/"capacity": 10}/"capacity": -10}/' doubtful.json >wrong.json
expect 1 "$offramp" check wrong.json
holds out ': error: /pools/0/capacity: -10 is out of range' 'wrong.json: not sound, 2 errors'
expect 1 "$offramp" check wrong.json --format json
is_json out
holds out '"sound": false' '"errors": 2' '"severity": "error"' '"digest": null'
expect 1 "$offramp" check wrong.json -o report.json --format json
is_json report.json
expect 1 "$offramp" check "$examples/enterprise.json" --set /pools/0/provider=azur
holds out 'did you mean'

# no answer
expect 3 "$offramp" check "$examples/enterprise.json" --set /pools/nobody/price=1
holds out 'leads nowhere' 'not read'
echo '{' >torn.json
expect 3 "$offramp" check torn.json --format json
is_json out
holds out '"sound": false'
expect 7 "$offramp" check nowhere.json --format json
is_empty out
done_testing
