#!/usr/bin/env bash
# bench/peer.sh tells the ratio of offramp to its peer where they agree, and ends with 1 where they do not.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"
# shellcheck source=SCRIPTDIR/../../bench/peers/python.bash
. "$SOURCE/bench/peers/python.bash"
given=${PYTHON:-}
python=$(python_with numpy 2>&1) || { echo "skipped: $python"; exit 77; }
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

PEER=pen expect 2 bash "$SOURCE/bench/peer.sh" "$examples/enterprise.json" 1
holds err "numpy or jax"

if PYTHON=$(PYTHON=$given python_with jax 2>/dev/null); then
  export JAX_PLATFORMS=cpu
  PEER=jax JAX_OPTIONS="--paths 16384" expect 0 bash "$SOURCE/bench/peer.sh" "$examples/enterprise.json" 1
  holds out "offramp (own)" "JAX on cpu" "order by pairwise" "ratio"
else
  echo "without JAX: no python3 has it"
fi

done_testing
