#!/usr/bin/env bash
# The NumPy peer agrees with offramp on every example, under both ways to order pools, and says so where it does not.
# shellcheck source=SCRIPTDIR/peers.bash
. "$SOURCE/tests/bench/peers.bash"
begin numpy

for plan in "$examples"/*.json "$SOURCE/tests/plans/interface.json"; do
  simulate "$plan"
  agree "$plan" --paths 4096 --block 4096
  holds out "M path-months/s" "total_cost" "standard errors"
  agree "$plan" --paths 1024 --block 1024 --order argsort
done

# clauses that no example has
vary >varied.json
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
