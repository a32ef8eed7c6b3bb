#!/usr/bin/env bash
# bench/peer.sh tells the ratio of offramp to NumPy where they agree, and ends with 1 where they do not.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"
# shellcheck source=SCRIPTDIR/../../bench/peers/numpy.bash
. "$SOURCE/bench/peers/numpy.bash"
python=$(python_with_numpy 2>&1) || { echo "skipped: $python"; exit 77; }
export PYTHONDONTWRITEBYTECODE=1 PYTHON=$python KERNEL=own

expect 0 bash "$SOURCE/bench/peer.sh" "$examples/enterprise.json" 1
holds out "offramp (own)" "NumPy" "order by network" "ratio" "median of 1 rounds"
ORDER=argsort expect 0 bash "$SOURCE/bench/peer.sh" "$examples/enterprise.json" 1
holds out "order by argsort"

# a program that takes unserved work for dearer disagrees
cat >changed <<END
#!/usr/bin/env bash
exec "$offramp" "\$@" --set /workloads/0/unmet_cost=99
END
chmod +x changed
OFFRAMP=./changed expect 1 bash "$SOURCE/bench/peer.sh" "$examples/enterprise.json" 1
holds err "disagree"
lacks out "ratio"

done_testing
