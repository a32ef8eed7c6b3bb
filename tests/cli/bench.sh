#!/usr/bin/env bash
# bench: axes make rows, results go into every format, two of them are compared, what is typed wrong is refused.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
quick=(--backend cpu --paths 256 --months 6 --threads 1 --seconds 1 --no-ceilings)

expect 0 "$offramp" bench "${quick[@]}" --pools 4,12 --clauses none,commitment+slip --json rows.json --csv rows.csv --markdown rows.md
is_empty err
holds out "offramp bench" "M path-months/s" "noise %" "kernel alone" "cpu 0"
is_json rows.json
[ "$(grep -c '"digest"' rows.json)" = 4 ] || fail "two axes of two values are not four rows"
[ "$(wc -l <rows.csv)" = 5 ] || fail "the CSV has not four rows and a heading"
holds rows.csv "backend,device,name,clauses" ",commitment+slip,3,12,1,6,256,"
holds rows.md "| device |" "| cpu 0 |"

# the formats of standard output
for format in json csv markdown; do
  expect 0 "$offramp" bench "${quick[@]}" --format $format
  [ $format = json ] && { cp out one.json; is_json one.json; }
done
expect 7 "$offramp" bench "${quick[@]}" --json rows.json
holds err "exists" "--force"
expect 0 "$offramp" bench "${quick[@]}" --run-once --json once.json
holds once.json '"repeats": 1,' '"paths": 256,'

# the profile: phases, kernels, and what is not known is said
expect 0 "$offramp" bench "${quick[@]}" --profile
holds out "Where the host's time went" "evaluate" "cpu paths" "not known"
expect 0 "$offramp" run "$examples/enterprise.json" "${small[@]}" --profile --backend cpu
holds out "Where the host's time went" "distil" "cpu paths"
expect 0 "$offramp" run "$examples/enterprise.json" "${small[@]}" --profile --backend cpu --format json
cp out profile.json
is_json profile.json
holds profile.json '"profile"' '"phases"' '"kernel": "paths"' '"registers": null'
expect 0 "$offramp" run "$examples/enterprise.json" "${small[@]}" --backend cpu --format json
lacks out '"profile"'

# ceilings are positive, and the kernel's share of them lies between nothing and a little more than all
expect 0 "$offramp" bench --backend cpu --paths 2000 --months 12 --seconds 1 --format json
cp out ceilings.json
is_json ceilings.json
for name in multiply-adds "whole numbers" mixed memory; do
  rate=$(sed -n "s/.*\"name\": \"$name\", \"rate\": \([0-9.e+]*\),.*/\1/p" ceilings.json)
  awk -v r="${rate:-0}" 'BEGIN { exit !(r > 1e6) }' || fail "ceiling '$name' is '$rate'"
done
share=$(sed -n 's/.*"issue_share": \([0-9.e+-]*\),.*/\1/p' ceilings.json)
[ -z "$share" ] || awk -v s="$share" 'BEGIN { exit !(s > 0.0001 && s < 2) }' || fail "the share of the issue ceiling is $share"

# two benches: the same one twice is the same; half as fast is slower, and the answer is no
expect 0 "$offramp" bench --compare rows.json rows.json
[ "$(grep -c ' SAME$' out)" = 4 ] || fail "a bench is not the same as itself"
sed 's/"path_months_per_second": [0-9.e+]*, "noise": [0-9.e+-]*, "error": [0-9.e+-]*, "repeats": [0-9]*/"path_months_per_second": 1000000, "noise": 0.01, "error": 0.004, "repeats": 9/' rows.json >a.json
sed 's/"path_months_per_second": 1000000,/"path_months_per_second": 500000,/' a.json >half.json
expect 1 "$offramp" bench --compare a.json half.json
[ "$(grep -c ' SLOWER$' out)" = 4 ] || fail "half the speed is not slower"
expect 0 "$offramp" bench --compare half.json a.json --format json
cp out compared.json
is_json compared.json
holds compared.json '"verdict": "FASTER"' '"ratio": 2'
expect 0 "$offramp" bench --compare half.json a.json --format csv
sed 's/"path_months_per_second": 1000000, "noise": 0.01, "error": 0.004/"path_months_per_second": 900000, "noise": 0.3, "error": 0.13/' a.json >loud.json
expect 0 "$offramp" bench --compare a.json loud.json
[ "$(grep -c ' SAME$' out)" = 4 ] || fail "a difference within the noise is more than SAME"
expect 3 "$offramp" bench --compare a.json "$examples/enterprise.json"
holds err "no bench"
expect 3 "$offramp" bench --compare a.json one.json
holds err "no row in common"
expect 7 "$offramp" bench --compare a.json nowhere.json
expect 3 "$offramp" bench --compare rows.csv a.json

# what is typed wrong
refused() {
  local hint=$1
  shift
  expect 2 "$offramp" bench "$@"
  is_empty out
  holds err offramp: "$hint"
}
refused "whole numbers from 1 to 64" --pools 65
refused "whole numbers from 1 to 16" --workloads 0
refused "whole numbers from 1 to 480" --months 12,
refused "whole numbers from 1 to 16" --strategies 1,,2
refused "joined by commas" --paths 1e6
refused "auto, cpu, opencl, cuda" --backend cpu,gpu
refused "first_refusal" --clauses commitments
refused "options only" plan.json
refused "needs a value" --compare a.json
expect 4 "$offramp" bench --backend cuda --device 7
expect 2 "$offramp" bench --pools 1,2,3,4,5,6,7,8,9 --workloads 1,2,3,4,5,6,7,8,9 --months 1,2,3,4,5,6,7,8 --strategies 1,2,3,4,5,6,7,8
holds err "more than 4096 rows"
done_testing
