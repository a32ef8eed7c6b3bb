#!/usr/bin/env bash
# What is no plan: each file gets its own message, with file, line, pointer and remedy, all errors at once.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
both() { # CODE-OF-RUN CODE-OF-CHECK FILE TEXT...: what `run` says on stderr is what `check` says on standard output
  local run=$1 check=$2 file=$3
  shift 3
  expect "$run" "$offramp" run "$file"
  is_empty out
  holds err "$@"
  cp err run.err
  expect "$check" "$offramp" check "$file"
  if [ "$check" = 7 ]; then
    is_empty out
    holds err "$@"
  else
    is_empty err
    holds out "$@"
  fi
}

both 7 7 missing.json "missing.json: cannot be read: No such file"
mkdir folder
both 7 7 folder "folder: cannot be read: Is a directory"
: >empty.json
both 3 3 empty.json "empty.json:1: error:" "the text is empty"
head -c 17825792 /dev/zero | tr '\0' ' ' >large.json
both 3 3 large.json "large.json" "larger than 16777216 bytes"
echo 'paths = 3' >toml.json
both 3 3 toml.json "toml.json:1: error:"
printf '{\n  "name": "x",\n}\n' >comma.json
both 3 3 comma.json "comma.json:3: error:"
head -c 5000 /dev/urandom >noise.json
both 3 3 noise.json "noise.json:"
echo '[]' >list.json
both 3 1 list.json "list.json:1: error:" "a list stands where an object belongs"
echo '{}' >blank.json
both 3 1 blank.json "a plan needs the key \"horizon\"" "a plan needs the key \"pools\""

cat >five.json <<'PLAN'
{
  "horizon": {"start": "2026-13", "months": 36},
  "reference_accelerator": "H100",
  "accelerators": [{"name": "H100"}],
  "providers": [{"name": "azure", "egres_per_gb": 0.05}],
  "workloads": [{"name": "serving", "demand": -5, "unmet_cost": 9, "speed": {"H100": 1}}],
  "pools": [
    {"name": "p", "provider": "azur", "accelerator": "H100", "price": "cheap", "capacity": 10}
  ]
}
PLAN
both 3 1 five.json 'five.json:2: error: /horizon/start:' \
  'five.json:5: error: /providers/0/egres_per_gb:' 'did you mean "egress_per_gb"?' \
  'five.json:6: error: /workloads/0/demand: -5 is out of range' 'write a number of 0 or more' \
  'five.json:8: error: /pools/0/provider:' 'azure' \
  'five.json:8: error: /pools/0/price: "cheap" stands where a curve belongs'
[ "$(grep -c ': error: ' out)" = 5 ] || fail "five errors are not five"
holds run.err "5 errors: nothing was computed"
holds out "five.json: not sound, 5 errors"

# a name from a stranger may not move the cursor
printf '{"name": "a\\u001b[2Jb", "horizon\\u001b[1m": 3}' >escape.json
expect 3 "$offramp" run escape.json
lacks err $'\033'
expect 7 "$offramp" run $'no\033[1mplan.json'
lacks err $'\033'
expect 7 "$offramp" show $'no\033[1mstore'
lacks err $'\033'
done_testing
