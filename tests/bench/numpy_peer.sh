#!/usr/bin/env bash
# The NumPy peer agrees with offramp on every example, under both ways to order pools, and says so where it does not.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"
# shellcheck source=SCRIPTDIR/../../bench/peers/python.bash
. "$SOURCE/bench/peers/python.bash"
python=$(python_with numpy 2>&1) || { echo "skipped: $python"; exit 77; }
peer=$SOURCE/bench/peers/numpy_peer.py
export PYTHONDONTWRITEBYTECODE=1

# agree PLAN OPTIONS...: the means of the peer lie within four standard errors of offramp's, which are in result.json
agree() {
  expect 0 "$python" "$peer" "$@" --against result.json || grep -E '[+-]([4-9]|[0-9]{2,}|inf)' out
}

# simulate PLAN OPTIONS...: into result.json
simulate() {
  expect 0 "$offramp" run "$@" --backend cpu --kernel own --no-bands --format json --quiet --paths 10000 -o result.json --force
}

for plan in "$examples"/*.json "$SOURCE/tests/plans/interface.json"; do
  simulate "$plan"
  agree "$plan" --paths 4096 --block 4096
  holds out "M path-months/s" "total_cost" "standard errors"
  agree "$plan" --paths 1024 --block 1024 --order argsort
done

# clauses that no example has
"$python" - "$examples/openai-azure.json" >varied.json <<'END'
import json, sys
plan = json.load(open(sys.argv[1]))
contract = {c["name"]: c for c in plan["contracts"]}
contract["azure-first-refusal"]["accept"] = 0.4
contract["only-azure"]["overflow"] = "open"
del contract["off-ramp"]["below"]
contract["off-ramp"]["at"] = "2029-06"
plan["events"].append({"name": "pause", "rate": 1, "mean_duration": 6,
                       "effects": [{"contracts": ["azure-250b", "api-on-azure", "azure-first-refusal"], "suspend": True}]})
json.dump(plan, sys.stdout)
END
simulate varied.json
agree varied.json --paths 4096 --block 4096

# a result of another plan is another answer
simulate "$examples/openai-azure.json" --set /contracts/off-ramp/fee=0.2
expect 1 "$python" "$peer" "$examples/openai-azure.json" --paths 4096 --block 4096 --against result.json
grep 'open, off-ramp: exit_cost' out | grep -qE '[+-][0-9]{2,}\.[0-9]+ standard errors' ||
  fail "a dearer exit is not seen in exit_cost"
expect 1 "$python" "$peer" "$SOURCE/tests/plans/clauses.json"
holds err "beyond it"

done_testing
