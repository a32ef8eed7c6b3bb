#!/usr/bin/env bash
# `offramp bound`: the same numbers in every format, one digest in every instruction set and at any thread count, refusals that
# name the clause.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

expect 0 "$offramp" bound "$plan" --paths 100
holds out "How good could it have been" "at least" "attained" "promise and block" "bounds   "
is_empty err
expect 0 "$offramp" bound "$plan" --paths 100 --format markdown
holds out "| strategy |"
expect 0 "$offramp" bound "$plan" --paths 100 --format json
holds out '"lower"' '"upper"' '"gap"' '"regret"' '"relaxed"'
lacks out '"paths"'
grep bound_digest out >digest
for options in "--threads 1" "--isa baseline" "--isa baseline --threads 3"; do
  # shellcheck disable=SC2086 # words
  expect 0 "$offramp" bound "$plan" --paths 100 --format json $options
  grep bound_digest out | cmp -s - digest || fail "another digest with $options"
done
expect 0 "$offramp" bound "$plan" --paths 3 --each --format json
holds out '{"path": 2, "promise": {"lower": '
expect 0 "$offramp" bound "$plan" --paths 3 --each --format csv
[ "$(grep -c '^promise,2,' out)" = 5 ] || fail "a future's five numbers are not in the CSV"

# what a run says a strategy costs is its bound and its regret
if command -v python3 >/dev/null; then
  expect 0 "$offramp" bound "$plan" --paths 200 --format json -o bound.json
  expect 0 "$offramp" run "$plan" --paths 200 --format json -o run.json
  python3 - <<'PYTHON' || fail "lower and regret do not add up to the run's total cost"
import json
bound, run = json.load(open("bound.json")), json.load(open("run.json"))
for a, b in zip(bound["strategies"], run["strategies"]):
    total = b["metrics"]["total_cost"]["mean"]
    assert abs(a["lower"]["mean"] + a["regret"]["mean"] - total) < 1e-9 * total
    assert a["gap"]["min"] >= 0 and a["regret"]["min"] >= 0 and a["lower"]["mean"] <= a["upper"]["mean"]
PYTHON
fi

expect 0 "$offramp" run "$plan" --paths 200 --no-bands --format json
grep results_digest out >digest
lacks out '"bound"'
expect 0 "$offramp" run "$plan" --paths 200 --no-bands --bound --format json
holds out '"bound": [' '"regret"'
grep results_digest out | cmp -s - digest || fail "--bound changes the digest"
expect 0 "$offramp" run "$plan" --paths 200 --bound
holds out "above the best" "best possible"

expect 0 "$offramp" bound "$examples/anthropic-two-clouds.json" --paths 50
holds out "Taken at their best" "limits by max_share are dropped"
sed 's/"tiers": \[\[0, 0\], /"basis": "all_units", "tiers": [[0, 0.2], /' "$SOURCE/tests/plans/clauses.json" >falls.json
expect 3 "$offramp" bound falls.json --paths 10
holds err "the bound does not cover" "leave"
expect 0 "$offramp" bound "$SOURCE/tests/plans/clauses.json" --paths 10
holds out "work that a first refusal would match"
expect 0 "$offramp" bound "$plan" --paths 100 --backend cpu --batch 7 --format json
grep bound_digest out >digest.batch
expect 0 "$offramp" bound "$plan" --paths 100 --backend cpu --format json
grep bound_digest out | cmp -s - digest.batch || fail "another digest with --batch 7"
expect 2 "$offramp" bound "$plan" --backend gpu
expect 4 "$offramp" bound "$plan" --backend cpu --device 7
expect 4 "$offramp" bound "$plan" --isa none
expect 2 "$offramp" bound
done_testing
