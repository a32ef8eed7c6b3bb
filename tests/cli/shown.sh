#!/usr/bin/env bash
# What the README, and the manual's section on checking a path by hand, show of the examples is what the program prints, line by
# line. The flagship takes its 100,000 futures: only with OFFRAMP_SLOW=1.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"
slow=${OFFRAMP_SLOW:-0}
{
  "$offramp" run "$examples/enterprise.json" --quiet
  "$offramp" explain "$examples/enterprise.json" --path 7 --months 2026-10
} >printed
if [ "$slow" = 1 ]; then
  for verb in run value; do "$offramp" $verb "$examples/openai-azure.json" --quiet; done >>printed
fi

# The blocks of text, each line after the number of its block.
blocks() { awk '/^```text$/ { inside = 1; number++; next } /^```/ { inside = 0 } inside && NF { print number "\t" $0 }'; }

# shown NAME <BLOCKS
shown() {
  local number line flagship
  cat >blocks
  flagship=$(grep -E "azure-250b|only-azure" blocks | cut -f 1 | sort -u)
  while IFS=$'\t' read -r number line; do
    case $line in plan.json:* | *did\ you\ mean*) continue ;; esac # of a plan with errors: bad_plans.sh
    [ "$slow" = 1 ] || ! grep -qx "$number" <<<"$flagship" || continue
    count=$((count + 1))
    grep -qxF -- "$line" printed || fail "$1 shows what is not printed: $line"
  done <blocks
}

count=0
blocks <"$SOURCE/README.md" >all
shown README.md <all
sed -n '/^## 8\./,/^## 9\./p' "$examples/MANUAL.md" | blocks >all
shown MANUAL.md <all
[ "$count" -gt 20 ] || fail "only $count lines are shown"
echo "$count lines"
done_testing
