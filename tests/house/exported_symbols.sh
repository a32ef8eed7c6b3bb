#!/usr/bin/env bash
# The library is a guest in other people's programs: every symbol that it defines for the linker begins with offramp_ or ofr_.
set -euo pipefail

if [ -n "$SANITIZE" ]; then
  echo "skipped: sanitizers define symbols of their own"
  exit 77
fi
symbols=$("$NM" --extern-only --defined-only --format=posix "$LIBRARY")
if ! grep -q '^offramp_version ' <<<"$symbols"; then
  echo "offramp_version is not among the symbols of $LIBRARY: nothing was checked"
  exit 1
fi
# lines of object names end in a colon
strangers=$(grep -v -e ':$' -e '^$' -e '^offramp_' -e '^ofr_' <<<"$symbols" || true)
if [ -n "$strangers" ]; then
  echo "symbols that begin with neither offramp_ nor ofr_ (make them static, or rename them):"
  echo "$strangers"
  exit 1
fi
