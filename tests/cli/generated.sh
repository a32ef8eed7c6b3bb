#!/usr/bin/env bash
# What is generated from the table of options: completion scripts that their shells take, a manual page that formats, the
# schema.
# shellcheck source=SCRIPTDIR/cli.bash
. "$SOURCE/tests/cli/cli.bash"

expect 0 "$offramp" schema
cp out schema.json
is_json schema.json
holds schema.json 'https://json-schema.org/draft/2020-12/schema' '"horizon"'

for shell in bash zsh fish man; do
  expect 0 "$offramp" completion $shell
  is_empty err
  cp out completion.$shell
done
# every verb is offered the options that its --help lists, and no others
"$offramp" --help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' >verbs
[ "$(wc -l <verbs)" -gt 10 ] || fail "--help lists $(wc -l <verbs) verbs"
while read -r verb; do
  "$offramp" "$verb" --help | grep -o -- '^ *\(-[a-zA-Z], \)\?--[a-z-]*' | grep -o -- '--.*' | sort >listed
  grep -E "seen_subcommand_from [a-z ]*\b$verb\b[a-z ]*' -l" completion.fish | sed "s/.*' -l \([a-z-]*\).*/--\1/" | sort >in.fish
  sed 's/\\-/-/g; s/\\f[BIR]//g' completion.man | awk -v verb="$verb" '/^(-[a-zA-Z], )?--[a-z-]*/ { option = $1 ~ /^--/ ? $1 : $2 }
    /\[[a-z, ]*\]$/ { sub(/.*\[/, " "); sub(/\]$/, ","); if (index($0, " " verb ",")) print option }' | sort >in.man
  sed -n "s/^ *$verb) words=\"\(--.*\)\" ;;/\1/p" completion.bash | tr ' ' '\n' | sort >in.bash
  awk -v verb="    $verb)" '$0 == verb { on = 1 } on { print } / ;;$/ { on = 0 }' completion.zsh | grep -o -- "'--[a-z-]*" | tr -d "'" | sort >in.zsh
  for kind in fish man bash zsh; do cmp -s listed in.$kind || fail "$kind: $verb: $(diff listed in.$kind | grep '^[<>]' | tr '\n' ' ')"; done
done <verbs
holds completion.fish "__fish_seen_subcommand_from completion' -f -a 'bash zsh fish man'"

bash -n completion.bash || fail "bash does not take its script"
complete_in_bash() { # WORD...: what the last word may become
  bash -c '. ./completion.bash; COMP_WORDS=(offramp "$@"); COMP_CWORD=$#; _offramp; echo "${COMPREPLY[*]}"' - "$@"
}
[ "$(complete_in_bash ch)" = check ] || fail "completion of ch: $(complete_in_bash ch)"
[ "$(complete_in_bash run --form)" = --format ] || fail "completion of --form"
[ "$(complete_in_bash run --format m)" = markdown ] || fail "completion of --format m"
[ "$(complete_in_bash completion f)" = fish ] || fail "completion of completion f"
case " $(complete_in_bash check --) " in *" --isa "*) fail "check is offered --isa" ;; esac
: >a-plan.json
[ "$(complete_in_bash run a-p)" = a-plan.json ] || fail "completion of a file"

if command -v zsh >/dev/null 2>&1; then
  zsh -n completion.zsh || fail "zsh does not take its script"
  zsh -fc 'autoload -Uz compinit && compinit -u -d ./zcompdump && source ./completion.zsh && (( $+functions[_offramp] ))' ||
    fail "zsh does not load its script"
fi
if command -v fish >/dev/null 2>&1; then
  fish --no-execute completion.fish || fail "fish does not take its script"
  fish -c 'source completion.fish; complete -C "offramp che"' 2>/dev/null | grep -q '^check' || fail "fish does not complete a verb"
  fish -c 'source completion.fish; complete -C "offramp run --form"' 2>/dev/null | grep -q -- '--format' || fail "fish does not complete an option"
fi

formatter=
if command -v groff >/dev/null 2>&1; then formatter="groff -man -Tutf8 -ww"; elif command -v man >/dev/null 2>&1; then formatter="man -l --warnings"; fi
if [ -n "$formatter" ]; then
  $formatter ./completion.man 2>man.err | sed 's/.\x08//g' >man.txt || fail "the manual page does not format"
  is_empty man.err
  for verb in run value check explain devices schema completion version; do grep -q "$verb" man.txt || fail "the manual page lacks $verb"; done
  holds man.txt "EXIT STATUS" "errors found" "--max-memory"
fi
done_testing
