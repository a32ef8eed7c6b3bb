#!/usr/bin/env bash
# The JAX peer agrees with offramp on every example, under both ways to order pools, and says so where it does not.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"
# shellcheck source=SCRIPTDIR/../../bench/peers/python.bash
. "$SOURCE/bench/peers/python.bash"
python=$(python_with jax 2>&1) || { echo "skipped: $python"; exit 77; }
peer=$SOURCE/bench/peers/jax_peer.py
export PYTHONDONTWRITEBYTECODE=1 JAX_PLATFORMS=cpu

# agree PLAN OPTIONS...: the means of the peer lie within four standard errors of offramp's, which are in result.json
agree() {
  expect 0 "$python" "$peer" "$@" --against result.json || grep -E '[+-]([4-9]|[0-9]{2,}|inf|nan)' out
}

# simulate PLAN OPTIONS...: into result.json
simulate() {
  expect 0 "$offramp" run "$@" --backend cpu --kernel own --no-bands --format json --quiet --paths 10000 -o result.json --force
}

for plan in "$examples"/*.json "$SOURCE/tests/plans/interface.json"; do
  simulate "$plan"
  agree "$plan" --paths 4096 --block 4096
  holds out "M path-months/s on cpu" "blocks of 4096" "total_cost" "standard errors"
done

# the other order and generator, and several sizes of blocks, of which the fastest counts
simulate "$examples/enterprise.json"
agree "$examples/enterprise.json" --paths 4096 --block 1024,4096 --order argsort --random rbg
[ "$(grep -c 'M: .* in blocks of' out)" = 2 ] || fail "not both sizes were tried"

# clauses that no example has: a refusal not always taken up, an exclusivity that leaves the rest open, suspensions
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
plan["strategies"] = [s for s in plan["strategies"] if s["name"] in ("exclusive", "first refusal", "open, off-ramp")]
del plan["optimize"]
json.dump(plan, sys.stdout)
END
simulate varied.json
agree varied.json --paths 4096 --block 4096
holds out "failure total_cost"

# a result of another plan is another answer; what is beyond it, and a GPU that is not there, it says
simulate "$examples/enterprise.json" --set /contracts/macc/shortfall_rate=0.5
expect 1 "$python" "$peer" "$examples/enterprise.json" --paths 4096 --block 4096 --against result.json
grep 'promise: shortfall_cost' out | grep -qE '[+-][0-9]{2,}\.[0-9]+ standard errors' || fail "a dearer shortfall is not seen"
expect 1 "$python" "$peer" "$SOURCE/tests/plans/clauses.json"
holds err "jax_peer.py" "beyond it"
expect 4 "$python" "$peer" "$examples/enterprise.json" --device gpu
holds err "sees no GPU"

done_testing
