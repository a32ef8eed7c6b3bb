#!/usr/bin/env bash
# A history becomes factors: what the program itself drew gives its parameters back, in every format, and the fragment fits a plan.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"

cat >drawn.json <<'PLAN'
{
  "horizon": {"start": "2000-01", "months": 480}, "simulation": {"seed": 11}, "reference_accelerator": "a",
  "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
  "factors": [{"name": "price", "volatility": 0.3, "reversion": 1.2}, {"name": "other", "volatility": 0.5}],
  "correlations": [["price", "other", -0.6]],
  "workloads": [{"name": "w", "demand": 100, "unmet_cost": 9, "speed": {"a": 1}}],
  "pools": [
    {"name": "spot", "provider": "p", "accelerator": "a", "price": {"start": 4, "growth": -0.1}, "capacity": 50, "factors": {"price": 1}},
    {"name": "rival", "provider": "p", "accelerator": "a", "price": 3, "capacity": 50, "factors": {"other": 1}}
  ]
}
PLAN
expect 0 "$offramp" explain drawn.json --path 1 --format csv
awk -F, 'BEGIN { print "month,name,value" } $3 == "price" { print $1 "," $6 "," $8 }' out >history.csv
[ "$(wc -l <history.csv)" = 961 ] || fail "the history has $(wc -l <history.csv) lines"

# near NAME PARAMETER VALUE: within three standard errors
near() {
  awk -F, -v name="$1" -v parameter="$2" -v value="$3" '
    $1 == name && $3 == parameter { found = 1; z = ($4 - value) / $5; if (z < -3 || z > 3 || !($5 > 0)) bad = 1; line = $0 }
    END { if (!found || bad) { print "far from " value ": " line; exit 1 } }' out || fail "$1 $2"
}
expect 0 "$offramp" calibrate history.csv --format csv
near spot volatility 0.3
near spot reversion 1.2
near spot growth -0.1
near rival volatility 0.5
near rival reversion 0
near spot correlation -0.6

expect 0 "$offramp" calibrate history.csv
holds out "history.csv: 2000-01 to 2039-12" "volatility" '"factors": [' "'rival' may as well be a random walk" "one standard error"
lacks out "'spot' may as well"
is_empty err
expect 0 "$offramp" calibrate history.csv --format markdown
holds out "| series |" "0.3"
expect 0 "$offramp" calibrate history.csv --format json -o found.json
is_json found.json
holds found.json '"fragment"' '"volatility"' '"se"'

# the fragment is a plan's
expect 0 "$offramp" calibrate history.csv
sed -n '/^ *{$/,/^    }$/p' out | sed '1d;$d' >fragment
grep -q correlations fragment || fail "no fragment in the report"
awk 'FNR == NR { fragment = fragment $0 "\n"; next } /"factors": \[\{"name": "price"/ { printf "%s,\n", fragment; next }
  /"correlations"/ { next } { gsub(/"factors": \{"price": 1\}/, "\"factors\": {\"spot\": 1}"); gsub(/"factors": \{"other": 1\}/, "\"factors\": {\"rival\": 1}"); print }' \
  fragment drawn.json >with.json
expect 0 "$offramp" check with.json --quiet
holds out "with.json: sound"

# what is wrong
printf 'date,a\n2026-01,1\n2026-02,nan\n' >bad.csv
expect 3 "$offramp" calibrate bad.csv
holds err "bad.csv:3: column 2" "is no number"
is_empty out
printf 'date,a\n2026-01,1\n2026-02,2\n' >short.csv
expect 3 "$offramp" calibrate short.csv
holds err '"a" has 2 values'
printf 'month,a\n2026-01,2\n' >bad.csv
expect 3 "$offramp" calibrate bad.csv
holds err '"a" has 1 value: too few'
: >empty.csv
expect 3 "$offramp" calibrate empty.csv
holds err "empty.csv:1" "the file is empty"
expect 7 "$offramp" calibrate nowhere.csv
holds err "nowhere.csv" "No such file"
expect 2 "$offramp" calibrate
holds err "needs a history"
expect 2 "$offramp" calibrate history.csv history.csv
holds err "one history at a time"
expect 2 "$offramp" calibrate history.csv --paths 3
holds err "no option '--paths'"
done_testing
