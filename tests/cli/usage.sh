#!/usr/bin/env bash
# What was typed wrong is refused with exit code 2 and a hint, before any work; standard output stays empty.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
plan=$examples/enterprise.json

refused() {
  local hint=$1
  shift
  expect 2 "$offramp" "$@"
  is_empty out
  holds err offramp: "$hint"
  [ "$(wc -l <err)" = 1 ] || { fail "more than one line on stderr for: $*"; cat err; }
}

refused "did you mean 'run'" rnu
refused "--help" nonsense
refused "not in this version" report "$plan"
refused "a verb comes first" -q run "$plan"
refused "needs a plan" run
refused "needs a shell" completion
refused "needs two results" compare a.json
refused "two results at a time" compare a b c
refused "write a percentage" compare a b --threshold -1
refused "write a number" compare a b --noise 3x
refused "write a number" compare a b --noise 3%
refused "needs a value" compare a b --metric
refused "needs a value" bench --compare a.json
refused "standard input holds one" compare - -
refused "one plan at a time" run "$plan" "$plan"
refused "options only" schema "$plan"
refused "did you mean '--format'" run "$plan" --fromat json
refused "no option '--path'" run "$plan" --path=3
refused "offramp run --help" run "$plan" --nonsense
refused "no option '--isa'" check "$plan" --isa baseline
refused "auto|cpu|opencl|cuda" explain "$plan" --backend gpu
refused "text|json|csv|markdown" run "$plan" --format xml
refused "text|json|csv|markdown" run "$plan" --format 'text|json'
refused "text|json|csv|markdown" run "$plan" --format ''
refused "auto|cpu|opencl" run "$plan" --backend gpu
refused "auto|bar|json|none" run "$plan" --progress yes
refused "takes no value" run "$plan" --quiet=yes
refused "needs a value" run "$plan" --paths
refused "may not be empty" run "$plan" -o ''
refused "bash, zsh, fish or man" completion tcsh
for n in -1 1.5 1e6 ten '' 0x10 ' 5' 99999999999999999999 0; do refused "whole number" run "$plan" --paths "$n"; done
for n in -1 18446744073709551616 seven; do refused "whole number" run "$plan" --seed "$n"; done
for n in -1 281474976710656 x; do refused "whole number" explain "$plan" --path "$n"; done
for option in --threads --device --batch --checks --width; do refused "whole number" run "$plan" "$option" -3; done
for size in 0 4X G -1 4.5G 99999999999999999999; do refused "512M or 4G" run "$plan" --max-memory "$size"; done
for months in 2026 : 2026-7 2026-07:x 07-2026 2026-07:2026-08:2026-09; do refused "2026-07:2026-12" explain "$plan" --months "$months"; done
refused "POINTER=VALUE" run "$plan" --set pools=3
refused "POINTER=VALUE" run "$plan" --set /pools/azure-h100/price
refused "from 2026-07 to 2029-06" explain "$plan" --months 2030-01
refused "from 2026-07 to 2029-06" explain "$plan" --months 2026-06:
refused "swap" explain "$plan" --months 2027-01:2026-12
refused "no strategy" explain "$plan" --strategy nobody
refused "threads" run "$plan" --threads 5000

# what a script may say to every verb that reads a plan, whether it makes a difference there or not
for verb in check "explain --months 2026-07" "bound --paths 2" "run --paths 2" "value --paths 2"; do
  # shellcheck disable=SC2086 # words
  expect 0 "$offramp" ${verb%% *} "$plan" --backend cpu --device 0 --progress none --seed 3 --set /pools/0/price=2.5 --quiet \
    --format json ${verb#${verb%% *}}
  is_json out
done
expect 0 "$offramp" version --format json
is_json out

# what is wrong with a value given here has no line in the file
expect 3 "$offramp" run "$plan" --set '/pools/0={"price": 1e999}'
holds err "enterprise.json: error: /pools/0/price: 1e999"

# a size in each of its spellings
for size in 1048576=1048576 1024k=1048576 1M=1048576 1m=1048576 1MB=1048576 2MiB=2097152; do
  expect 6 "$offramp" run "$plan" --paths 4096 --max-memory "${size%=*}"
  holds err "--max-memory allows ${size#*=}:"
done

# what only looks like an option
expect 7 "$offramp" check -- --format
holds err "--format: cannot be read"
done_testing
