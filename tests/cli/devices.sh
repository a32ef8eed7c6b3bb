#!/usr/bin/env bash
# devices lists at least the CPU; what is not there is exit code 4, and auto then means the CPU.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

expect 0 "$offramp" devices
grep -q '^cpu  *0  ' out || fail "no cpu among the devices"
expect 0 "$offramp" devices --format json
is_json out
holds out '"backend": "cpu"' '"device": 0' '"usable": true'
expect 0 "$offramp" devices --format csv
name=$("$offramp" devices | sed -n 's/^cpu  *0  //p') detail=$("$offramp" devices | sed -n '/^cpu /{n;s/^ *//p;}')
[ -n "$name" ] && [ -n "$detail" ] || fail "the CPU has no name, or no instruction sets: '$name', '$detail'"
tr -d '"' <out >plain.csv
holds plain.csv 'backend,device,name,detail,gpu,usable,why_not' "cpu,0,$name,$detail,false,true,"
expect 0 "$offramp" devices --format markdown
holds out '| cpu | 0 |' " lanes"

refused() {
  expect 4 "$offramp" run "$plan" "${small[@]}" "$@"
  is_empty out
  [ "$(wc -l <err)" = 1 ] || fail "more or less than one line on stderr"
}
refused --isa z80
holds err "z80"
refused --backend opencl
holds err "no opencl device" "--backend cpu"
refused --backend cpu --device 7
refused --device 7
holds err "there is no GPU 7" "offramp devices"
expect 0 "$offramp" run "$plan" "${small[@]}" --device 0
expect 0 "$offramp" run "$plan" "${small[@]}" --format json
holds out '"backend": "cpu"'
cp out auto.json
expect 0 "$offramp" run "$plan" "${small[@]}" --format json --backend cpu --device 0
grep '"results_digest"' out >cpu.digest
grep -qFf cpu.digest auto.json || fail "auto and cpu differ"
done_testing
