#!/usr/bin/env bash
# The JAX peer agrees with offramp on every example, under both ways to order pools, and says so where it does not.
# shellcheck source=SCRIPTDIR/peers.bash
. "$SOURCE/tests/bench/peers.bash"
begin jax
export JAX_PLATFORMS=cpu

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
vary "exclusive" "first refusal" "open, off-ramp" >varied.json
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
