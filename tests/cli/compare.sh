#!/usr/bin/env bash
# compare: two results of a nightly job. The same twice is the same bits; other seeds are noise; a dearer pool is none; what is
# gone is told; what is damaged, or no result, is refused with its place.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json
kept() { # FILE OPTIONS...: a result, kept as a nightly job would
  local file=$1
  shift
  expect 0 "$offramp" run "$plan" --paths 2000 --threads 1 --backend cpu --quiet --format json -o "$file" "$@"
}
kept a.json
kept again.json
kept bare.json --no-bands
kept seed.json --seed 8
kept more.json --paths 3000
kept dear.json --set /pools/0/price=9
kept noted.json --set '/pools/0/note=nothing else'

# the same bits, whatever else is in the file
expect 0 "$offramp" compare a.json again.json
is_empty err
holds out "Nothing moved: both results are the same, bit for bit." "results $(sed -n 's/.*"results_digest": "\([0-9a-f]*\)".*/\1/p' a.json)"
expect 0 "$offramp" compare a.json a.json --noise 0
expect 0 "$offramp" compare a.json bare.json --noise 0 # bands are part of the digest, and no figures
holds out "none of" "figures differs." "left out its bands"
lacks out "is wrong"
expect 0 "$offramp" compare a.json bare.json --metric served
lacks out bands
sed '0,/"total_cost": {"mean": [0-9.]*/s//"total_cost": {"mean": 1/' bare.json >other.json
expect 1 "$offramp" compare a.json other.json
holds out "The same plan, seed and paths gave other results: one of them is wrong."
expect 0 "$offramp" compare a.json noted.json --noise 0

# other futures: noise, and nothing beyond five errors of it
expect 0 "$offramp" compare a.json seed.json --noise 5
holds out "Nothing moved: none of" "5 standard errors" "Other futures: 2,000 of seed" "Total cost of each strategy"
expect 0 "$offramp" compare a.json more.json --noise 5
holds out "smaller one's futures are among the larger one's" "upper bound"
expect 1 "$offramp" compare a.json seed.json --noise 0
expect 0 "$offramp" compare a.json seed.json --noise 0 --threshold 99 --metric total_cost,unit_cost

# a dearer pool moves costs, on the same futures
expect 1 "$offramp" compare a.json dear.json
is_empty err
holds out "What moved, largest first" "moved beyond their noise" "The plans differ" "Both saw the same futures" "total cost"
head -n 4 out | tr -s ' \n' ' ' | grep -q "': total cost rose by \$[0-9.]* ± [0-9.]* [bm]illion ([0-9.]* %); [0-9]* of [0-9]* figures moved" ||
  fail "the answer does not come first: $(head -n 4 out)"
expect 0 "$offramp" compare a.json dear.json --threshold 10000%
holds out "and 10000 %"
expect 1 "$offramp" compare dear.json a.json --metric total_cost
holds out "': total cost fell by"
lacks out revenue

# a hundredth of a price is lost in the noise of futures, and plain on the same ones
kept tiny.json --set /pools/0/price/start=7.56
expect 1 "$offramp" compare a.json tiny.json --metric total_cost
holds out "What they have in common cancels" "Of independent futures it would be"
lacks out "upper bound"
sed 's/slices": \[[^]]*\]/nothing": 0/g' a.json >old.json # as an older version wrote it
lacks old.json slices
expect 1 "$offramp" compare a.json dear.json --metric total_cost_cvar95
holds out "CVaR 95 of total cost"
expect 0 "$offramp" compare a.json old.json --noise 0
expect 0 "$offramp" compare old.json tiny.json
holds out "old.json keeps no slices of its futures" "that of independent futures" "differ within it"
expect 0 "$offramp" compare a.json seed.json --metric total_cost
lacks out slices
paired() { # FILE: the error of the first total cost, and whether it is paired
  expect "$1" "$offramp" compare "$2" tiny.json --format csv
  sed -n 's/^,promise,metric,,total_cost,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,\([^,]*\),.*,\([a-z]*\)$/\1 \2/p' out
}
read -r fine is <<<"$(paired 1 a.json)"
read -r coarse is_not <<<"$(paired 0 old.json)"
[ "$is $is_not" = "true false" ] || fail "paired is '$is' with slices and '$is_not' without"
awk "BEGIN { exit !($fine * 20 < $coarse) }" || fail "the noise of the same futures is $fine, and $coarse of independent ones"

# formats
expect 1 "$offramp" compare a.json dear.json --format json
cp out moved.json
is_json moved.json
holds moved.json '"same_bits": false' '"same_futures": "same"' '"verdict": "ROSE"' '"metric": "a_wins"' '"strategies_gone": []'
expect 1 "$offramp" compare a.json dear.json --format csv
cp out moved.csv
holds moved.csv "point,strategy,group,subject,metric,a,a_se,b,b_se,difference,se,relative,verdict" "free,metric,,total_cost," ,ROSE
[ "$(($(wc -l <moved.csv) - 1))" = "$(grep -c '"verdict"' moved.json)" ] || fail "CSV and JSON have not as many figures"
expect 1 "$offramp" compare a.json dear.json --format markdown
holds out "| strategy | figure | unit |" "**'"
# the mean of the CSV is the mean of the result
mean=$(sed -n 's/.*"total_cost": {"mean": \([0-9.]*\),.*/\1/p' a.json | head -n 1)
holds moved.csv "metric,,total_cost,$mean,"

# a result to a file, with a line for the log
expect 1 "$offramp" compare a.json dear.json -o night.txt
is_empty out
holds err "figures moved: see night.txt"
holds night.txt "What moved"
expect 7 "$offramp" compare a.json dear.json -o night.txt
expect 1 "$offramp" compare a.json dear.json -o night.txt --force --quiet
is_empty err
expect 0 "$offramp" compare a.json again.json -o night.txt --force
is_empty err

# standard input
expect 1 "$offramp" compare a.json - <dear.json
holds out "(standard input)"
expect 0 "$offramp" compare - again.json <a.json

# a strategy that is gone, or new
kept fewer.json --set '/strategies=[{"name": "promise and block", "contracts": ["macc", "block"], "pull": "pace"}, {"name": "free", "contracts": []}]'
expect 1 "$offramp" compare a.json fewer.json --threshold 1000
holds out "A strategy is gone" "Gone: strategy 'promise'."
expect 0 "$offramp" compare a.json fewer.json --strategy free --threshold 1000 --metric total_cost,served,unit_cost --noise 5
expect 0 "$offramp" compare fewer.json a.json --noise 5
holds out "New: strategy 'promise'."
expect 1 "$offramp" compare a.json fewer.json --format json --threshold 1000
holds out '"strategies_gone": ["promise"]' '"verdict": "GONE"'

# the bound's figures, where both have them
kept bound.json --bound
expect 1 "$offramp" compare bound.json dear.json
holds out "Gone: 'promise' lower bound, 'promise' regret"
kept bound_tiny.json --bound --set /pools/0/price/start=7.56
expect 1 "$offramp" compare bound.json bound_tiny.json --format csv
grep -q '^,promise,bound,,lower,.*,ROSE,true$' out || fail "the bound is not paired: $(grep ,bound, out)"

# what is no result, or damaged
broken() { # HINT FILE: refused with exit code 3 and one line, on either side
  expect 3 "$offramp" compare a.json "$2"
  is_empty out
  holds err "offramp: $2" "$1"
  [ "$(wc -l <err)" = 1 ] || fail "more than one line on stderr for $2"
  expect 3 "$offramp" compare "$2" a.json
}
cp "$plan" plan.json
broken "this is a plan; run it first" plan.json
expect 0 "$offramp" value "$plan" "${small[@]}" --quiet --format json -o value.json
broken "no result of \`offramp run\`" value.json
head -c 2000 a.json >cut.json
broken "was the file cut short?" cut.json
: >empty.json
broken "Write it again" empty.json
sed '0,/"total_cost": {"mean": [0-9.]*/s//"total_cost": {"mean": "much"/' a.json >text.json
broken "/strategies/0/metrics/total_cost/mean: a text stands where a number belongs" text.json
sed '0,/"total_cost": {"mean": [0-9.]*/s//"total_cost": {"mean": 1/' a.json >lie.json
expect 3 "$offramp" compare a.json lie.json
holds err "it has the digests of a.json, but not its total_cost of 'promise'"
sed '0,/"mean": [0-9.]*, "se"/s//"mean": null, "se"/' a.json >hole.json
expect 3 "$offramp" compare a.json hole.json
holds err "but not its total_cost of 'promise'"
expect 7 "$offramp" compare a.json nowhere.json
holds err "nowhere.json: cannot be read"
expect 2 "$offramp" compare a.json dear.json --strategy fee
holds err "did you mean 'free'?"
expect 2 "$offramp" compare a.json dear.json --metric served,totl_cost
holds err "did you mean 'total_cost'?"

# a value that is there no more
sed '0,/"unit_cost": {"mean": [0-9.]*, "se": [0-9.]*/s//"unit_cost": {"mean": null, "se": null/' seed.json >null.json
expect 1 "$offramp" compare a.json null.json --noise 5
holds out "1 figure is gone" "Gone: 'promise' unit cost."
expect 0 "$offramp" compare null.json a.json --noise 5
holds out "New: 'promise' unit cost."
# two stores, point by point
sed 's|"horizon"|"sweep": {"/contracts/macc/windows/0/amount": [0, 2e7], "/simulation/seed": [1, 2]},\n  "horizon"|' "$plan" >grid.json
grid() { # STORE OPTIONS...
  local store=$1
  shift
  expect 0 "$offramp" sweep "${plan_of_grid:-grid.json}" --paths 500 --threads 1 --backend cpu --quiet --store "$store" "$@"
}
grid one.sweep
grid two.sweep
grid dear.sweep --set /pools/0/price=9
expect 0 "$offramp" compare one.sweep two.sweep --noise 0
holds out "both stores hold the same, bit for bit"
expect 1 "$offramp" compare one.sweep dear.sweep
tr -s ' \n' ' ' <out >flat
holds flat "at macc/windows/0/amount=" "figures, at 4 of 4 points, moved" "points by macc/windows/0/amount, seed" "Every point saw the same futures"
expect 1 "$offramp" compare one.sweep dear.sweep --format csv --metric total_cost --strategy free
holds out '"/contracts/macc/windows/0/amount=20000000, /simulation/seed=2",free,metric,,total_cost,'
[ "$(grep -c ',free,metric,,total_cost,' out)" = 4 ] || fail "a total cost of each point is not there"
expect 1 "$offramp" compare one.sweep dear.sweep --format json
cp out points.json
is_json points.json
holds points.json '"points": 4' '"points_moved": 4' '"point": "/contracts/macc/windows/0/amount=0, /simulation/seed=1"'
# the same numbers as of a run
kept point.json --paths 500 --seed 2 --set /contracts/macc/windows/0/amount=2e7
mean=$(sed -n 's/.*"total_cost": {"mean": \([0-9.]*\), "se": \([0-9.]*\),.*/\1,\2/p' point.json | head -n 1)
"$offramp" compare one.sweep dear.sweep --format csv >points.csv
holds points.csv "seed=2\",promise,metric,,total_cost,$mean,"
sed 's/\[0, 2e7\]/[0, 3e7]/' grid.json >other_grid.json
plan_of_grid=other_grid.json grid other.sweep
expect 1 "$offramp" compare one.sweep other.sweep
tr -s ' \n' ' ' <out >flat
holds flat "2 points are gone" "Gone: 2 of 4 points: macc/windows/0/amount=20000000, seed=1;" "New: 2 of 4 points:"
plan_of_grid=other_grid.json grid two.sweep # now of both grids: what they share is one point
expect 0 "$offramp" compare one.sweep two.sweep
holds out "New: 2 of 6 points"
grid tiny.sweep --set /pools/0/price/start=7.56
expect 1 "$offramp" compare one.sweep tiny.sweep --metric total_cost
holds out "by slices of the futures"
grid turned.sweep --set '/strategies=[{"name": "free", "contracts": []}, {"name": "promise and block", "contracts": ["macc", "block"], "pull": "pace"}]'
expect 0 "$offramp" compare one.sweep turned.sweep --strategy free --metric a_wins --format csv
# how often 'free' wins, too, is the same to the last digit: A says it of the other one
sed -n 's/.*,promise and block,comparison,free,a_wins,[^,]*,[^,]*,\([^,]*\),[^,]*,0,.*,SAME,true$/\1/p' out >wins
grep -q '^0\.[0-9]*$' wins || fail "stores do not know how often the later strategy wins: $(grep a_wins out)"
grid dear.sweep # two nights in one store
expect 3 "$offramp" compare one.sweep dear.sweep
holds err "offramp: dear.sweep: it holds several results for /contracts/macc/windows/0/amount=0, /simulation/seed=1"
expect 3 "$offramp" compare one.sweep a.json
holds err "a.json: this is a result, and one.sweep is a store: give two of a kind"
expect 3 "$offramp" compare a.json one.sweep
done_testing
