#!/usr/bin/env bash
# `offramp sweep` and `show`: every point is what `run --set` finds; what is done is never done again and never lost, whoever stops
# the program and however; a file that is no store is left alone.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"

plan=plan.json # two axes, three by two
sed 's|"horizon"|"sweep": {"/contracts/macc/windows/0/amount": [0, 1e8, 2.5e8], "/simulation/seed": {"from": 1, "to": 2, "steps": 2}},\n  "horizon"|' \
  "$examples/enterprise.json" >$plan

digest() { sed -n 's/.*"results_digest": "\([0-9a-f]*\)".*/\1/p' "$1"; }

# ---- the points are runs
expect 0 "$offramp" sweep $plan --paths 300 --backend cpu
holds out "'free' has the least mean total_cost at 4 of 6 points, 'promise and block' at 2." "macc/windows/0/amount" "250,000,000" "How far each number moves"
holds err "plan.sweep: 6 points, 6 of them evaluated now"
expect 0 "$offramp" show plan.sweep --format json
digest out >swept
for amount in 0 1e8 2.5e8; do
  for seed in 1 2; do
    "$offramp" run "$examples/enterprise.json" --set /contracts/macc/windows/0/amount=$amount --seed $seed --paths 300 --no-bands \
      --backend cpu --format json --quiet >alone
    digest alone
  done
done >alone_all
cmp -s swept alone_all || fail "a point of the sweep is not what a run finds"

# ---- what is there is not evaluated again: nor by a larger grid that holds it
cp plan.sweep before
expect 0 "$offramp" sweep $plan --paths 300 --backend cpu
holds err "6 points, 0 of them evaluated now"
cmp -s plan.sweep before || fail "a sweep with nothing to do changed the store"
sed 's|\[0, 1e8, 2.5e8\]|[5e8, 0, 1e8]|' $plan >larger.json
expect 0 "$offramp" sweep larger.json --paths 300 --backend cpu --store plan.sweep --format csv
holds err "6 points, 2 of them evaluated now"
[ "$(wc -l <out)" = 19 ] || fail "the table of the second sweep has $(wc -l <out) lines"
expect 0 "$offramp" show plan.sweep --format csv
[ "$(wc -l <out)" = 37 ] || fail "both sweeps should be shown, in $(wc -l <out) lines"
expect 0 "$offramp" show plan.sweep --metric unmet_cost --format markdown
holds out "least mean unmet_cost" "| macc/windows/0/amount |"
expect 2 "$offramp" show plan.sweep --metric speed
holds err "no metric of this name"

# ---- without --store: named after the plan, in the current folder
mkdir deeper
cp $plan deeper/grid.v2.json
expect 0 "$offramp" sweep deeper/grid.v2.json --paths 20 --backend cpu
holds err "offramp: grid.v2.sweep: 6 points"
expect 0 "$offramp" show grid.v2.sweep
expect 0 "$offramp" sweep - --paths 20 --backend cpu <$plan
holds err "offramp: plan.sweep: 6 points"
[ -z "$(ls deeper | grep sweep)" ] || fail "a store beside the plan"

# ---- stopped in the middle
set -m
sed 's|"steps": 2|"steps": 200|' $plan | sed 's|"to": 2|"to": 200|' >long.json
: >err
"$offramp" sweep long.json --paths 2000 --backend cpu --store long.sweep >out 2>err &
child=$!
for ((i = 0; i < 300; i++)); do
  [ "$("$offramp" show long.sweep --format csv 2>/dev/null | wc -l)" -gt 10 ] && break
  sleep 0.05
done
kill -s INT $child
wait $child
code=$?
[ $code = 8 ] || fail "exit code $code instead of 8 after SIGINT"
holds err "offramp: interrupted: " " of 600 points are in long.sweep"
holds out " of 600 points are there so far"

# killed at any moment: the store is whole, and holds no half of a point
for ((turn = 0; turn < ${KILLS:-5}; turn++)); do
  "$offramp" sweep long.json --paths 2000 --backend cpu --store long.sweep >/dev/null 2>&1 &
  child=$!
  sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
  kill -s KILL $child 2>/dev/null
  wait $child 2>/dev/null
  expect 0 "$offramp" show long.sweep --format csv
  [ $((($(wc -l <out) - 1) % 3)) = 0 ] || fail "half a point was kept"
done

# what killed programs had begun is not forgotten
sed 's|"steps": 200|"steps": 30|; s|"to": 200|"to": 30|' long.json >short.json
for ((turn = 0; turn < 3; turn++)); do
  "$offramp" sweep short.json --paths 2000 --backend cpu --store short.sweep >/dev/null 2>&1 &
  child=$!
  sleep "0.1$((RANDOM % 10))"
  kill -s KILL $child 2>/dev/null
  wait $child 2>/dev/null
done
expect 0 "$offramp" sweep short.json --paths 2000 --backend cpu --store short.sweep --format csv
[ "$(wc -l <out)" = 271 ] || fail "90 points under 3 strategies are $(wc -l <out) lines after three kills"

# ---- two at once share the work, and one finds what the other did
sed 's|"steps": 2|"steps": 20|' $plan | sed 's|"to": 2|"to": 20|' >both.json
"$offramp" sweep both.json --paths 1000 --backend cpu --threads 1 --store both.sweep >/dev/null 2>first &
child=$!
expect 0 "$offramp" sweep both.json --paths 1000 --backend cpu --threads 1 --store both.sweep --format csv
[ "$(wc -l <out)" = 181 ] || fail "60 points under 3 strategies are $(wc -l <out) lines"
wait $child || fail "the other process failed: $(cat first)"
evaluated() { sed -n 's/.* points, \([0-9]*\) of them evaluated now/\1/p' "$1"; }
[ $(($(evaluated first) + $(evaluated err))) -lt 120 ] || fail "each of two processes has evaluated all: $(cat first err)"

# ---- two halves of a grid, each in a store of its own, make the whole one
sed 's|"steps": 2|"steps": 4|; s|"to": 2,|"to": 4,|' $plan >whole.json
sed 's|{"from": 1, "to": 2, "steps": 2}|[1, 2]|' $plan >first.json
sed 's|{"from": 1, "to": 2, "steps": 2}|[3, 4]|' $plan >second.json
for part in first second whole; do "$offramp" sweep $part.json --paths 200 --backend cpu --store $part.db --quiet --format csv >$part.csv; done
cp second.db second.before
expect 0 "$offramp" merge first.db second.db
holds err "first.db: 6 points more, from second.db"
cmp -s second.db second.before || fail "the store that was merged from has changed"
expect 0 "$offramp" merge first.db second.db
holds err "first.db: 0 points more"
expect 0 "$offramp" sweep whole.json --paths 200 --backend cpu --store first.db --format csv
holds err "12 points, 0 of them evaluated now"
cmp -s out whole.csv || fail "the merged store shows something else than the one of the whole grid"
if command -v python3 >/dev/null; then
  python3 -c 'import sqlite3; d = sqlite3.connect("second.db"); d.execute("UPDATE point SET results_digest = 1 WHERE id = 1"); d.commit()'
  cp first.db first.before
  expect 5 "$offramp" merge first.db second.db
  holds err "it holds another result for the plan '$(sed -n 's/^  "name": "\(.*\)",$/\1/p' $plan)', digest "
  expect 0 "$offramp" show first.db --format csv
  cp out after
  "$offramp" show first.before --format csv | cmp -s - after || fail "a merge that was refused left something behind"
fi
chmod 400 whole.db
expect 0 "$offramp" show whole.db --format csv
expect 2 "$offramp" merge first.db
holds err "needs"

# ---- what cannot be
cp "$examples/enterprise.json" other.db
expect 7 "$offramp" sweep $plan --store other.db
holds err "no store of offramp's"
cmp -s other.db "$examples/enterprise.json" || fail "a file that is no store was changed"
expect 7 "$offramp" sweep $plan --store missing/folder.sweep
holds err "cannot be opened: No such file or directory" "--store"
(ulimit -f 8 && "$offramp" sweep $plan --store small.sweep --paths 100 --backend cpu >out 2>err)
[ $? = 7 ] || fail "exit code where the store may not grow"
expect 7 "$offramp" show nothing.sweep
holds err "there is no such store"
[ ! -e nothing.sweep ] || fail "show made a store"
head -c 4000 plan.sweep >torn.sweep
expect 7 "$offramp" show torn.sweep
expect 3 "$offramp" sweep "$examples/enterprise.json"
holds err "the plan has no sweep"
sed 's|\[0, 1e8, 2.5e8\]|[0, -1]|' $plan >wrong.json
expect 1 "$offramp" check wrong.json
holds out "with -1 in its place the plan is wrong at"
expect 3 "$offramp" sweep wrong.json --paths 100 --backend cpu
holds err "windows/0/amount = -1"
one_point='/sweep={"/horizon/discount_rate": [0.1]}'
expect 0 "$offramp" sweep "$examples/enterprise.json" --set "$one_point" --paths 100 --backend cpu --store one.sweep
holds err "one.sweep: 1 point, 1 of them evaluated now"
holds out "at 1 of 1 point."
expect 2 "$offramp" show
holds err "needs a store"
done_testing
