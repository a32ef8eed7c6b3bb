# shellcheck shell=bash
# What the tests of the peers share.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"
# shellcheck source=SCRIPTDIR/../../bench/peers/python.bash
. "$SOURCE/bench/peers/python.bash"
export PYTHONDONTWRITEBYTECODE=1

# begin MODULE: $python has it, and $peer needs it; without, the test is skipped
begin() {
  python=$(python_with "$1" 2>&1) || { echo "skipped: $python"; exit 77; }
  peer=$SOURCE/bench/peers/$1_peer.py
}

# agree PLAN OPTIONS...: the means of the peer lie within four standard errors of offramp's, which are in result.json
agree() {
  expect 0 "$python" "$peer" "$@" --against result.json || grep -E '[+-]([4-9]|[0-9]{2,}|inf|nan)' out
}

# simulate PLAN OPTIONS...: into result.json
simulate() {
  expect 0 "$offramp" run "$@" --backend cpu --kernel own --no-bands --format json --quiet --paths 10000 -o result.json --force
}

# vary [STRATEGY...]: the flagship with clauses that no example has, under these strategies or all
vary() {
  "$python" - "$examples/openai-azure.json" "$@" <<'END'
import json, sys
plan = json.load(open(sys.argv[1]))
contract = {c["name"]: c for c in plan["contracts"]}
contract["azure-first-refusal"]["accept"] = 0.4
contract["only-azure"]["overflow"] = "open"
del contract["off-ramp"]["below"]
contract["off-ramp"]["at"] = "2029-06"
plan["events"].append({"name": "pause", "rate": 1, "mean_duration": 6,
                       "effects": [{"contracts": ["azure-250b", "api-on-azure", "azure-first-refusal"], "suspend": True}]})
if sys.argv[2:]:
    plan["strategies"] = [s for s in plan["strategies"] if s["name"] in sys.argv[2:]]
    del plan["optimize"]
json.dump(plan, sys.stdout)
END
}
