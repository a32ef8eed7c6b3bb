#!/usr/bin/env bash
# --set, --paths and --seed change the plan that is run; how it is run changes nothing.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

digest() { # of the results, or of the plan with `digest plan ...`
  local which=results_digest
  if [ "$1" = plan ]; then
    which=digest
    shift
  fi
  "$offramp" run "$@" --format json --threads 1 2>err | grep -o "\"$which\": \"[0-9a-f]*\"" | head -n 1
}
same() { [[ -n $1 && $1 = "$2" ]] || fail "the digests differ: $3"; }
differ() { [[ -n $1 && -n $2 && $1 != "$2" ]] || fail "the digests are the same: $3"; }

base=$(digest "$plan" --paths 300)
same "$base" "$(digest "$plan" --paths 300 --batch 64)" "--batch"
same "$base" "$(digest "$plan" --paths 300 --threads 2)" "--threads"
same "$base" "$(digest "$plan" --paths 300 --isa baseline)" "--isa baseline"
same "$base" "$(digest "$plan" --paths 300 --max-memory 8M)" "--max-memory"
same "$base" "$(digest "$plan" --paths 300 --checks 0)" "--checks"
same "$base" "$(digest "$plan" --paths 300 --seed 7)" "the plan's own seed"
same "$base" "$(digest "$plan" --paths 10 --paths 0300)" "the last of two"
differ "$base" "$(digest "$plan" --paths 301)" "--paths"
differ "$base" "$(digest "$plan" --paths 300 --seed 8)" "--seed"
differ "$base" "$(digest "$plan" --paths 300 --no-bands)" "--no-bands"
differ "$(digest "$plan" --paths 300 --seed 18446744073709551615)" "$(digest "$plan" --paths 300 --seed 18446744073709551614)" "64 bits of seed"

by_name=$(digest "$plan" --paths 300 --set /pools/nebius-h100/price=2.5)
differ "$base" "$by_name" "--set"
same "$by_name" "$(digest "$plan" --paths 300 --set /pools/1/price=2.5)" "--set by index"
same "$base" "$(digest "$plan" --paths 300 --set /pools/1/price=9 --set '/pools/nebius-h100/price={"start": 2.95, "growth": -0.15}')" "an object by --set"
same "$(digest plan "$plan" --paths 300 --set /pools/1/price=2.5)" "$(digest plan "$plan" --paths 300 --set /pools/1/price=2.50)" "the plan's digest by value"
differ "$(digest plan "$plan" --paths 300)" "$(digest plan "$plan" --paths 300 --set /pools/1/price=2.5)" "the plan's digest"
same "$(digest "$plan" --paths 300 --set /strategies/promise/pull=full)" "$(digest "$plan" --paths 300 --set '/strategies/promise/pull="full"')" "a bare word"

expect 3 "$offramp" run "$plan" --set /pools/nobody/price=2 --set /nonsense/3=1
holds err "/pools/nobody/price" "/nonsense/3" '/pools has no "nobody"' "it has azure-h100, nebius-h100" 'the plan has no "nonsense"'
is_empty out
expect 3 "$offramp" run "$plan" --set /pools/1/price=cheap
holds err "/pools/1/price" '"cheap" stands where a curve belongs'
expect 3 "$offramp" run "$plan" --set /pools/1/price=-1
holds err "/pools/1/price" "out of range"
expect 3 "$offramp" run "$plan" --set '/pools/1/price={"start": 2'
is_empty out

# a plan that says nothing of its simulation
grep -v '"simulation"' "$plan" >plain.json
expect 0 "$offramp" run plain.json --paths 300 --seed 7 --threads 1 --format json
holds out '"paths": 300' '"seed": 7'
done_testing
