#!/usr/bin/env bash
# Vendors' headers are named in host/backend/ only, cJSON's in host/base/json.c only, and none in the public header.
set -euo pipefail
cd "$SOURCE"

failed=0
# forbid WHAT PATTERN ALLOWED: no file may include PATTERN, but those whose path matches ALLOWED
forbid() {
  local found
  found=$(grep -rnEi --include='*.[ch]' --include='*.cl' --include='*.cu' \
    "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" host device include | grep -vE "^($3):" || true)
  [ -z "$found" ] && return
  echo "$1:"
  echo "$found"
  failed=1
}

forbid "vendor headers outside host/backend" \
  'CL/|OpenCL/|cuda|nvrtc|nvtx|nvml|hip/|level_zero/|sycl/|vulkan/|Metal/' 'host/backend/[^:]*'
forbid "cJSON outside host/base/json.c" '(cjson/)?cJSON' 'host/base/json\.c'
forbid "headers of the house in the public header" '\.\./|(base|plan|stage|backend|reduce|report|device)/' '(host|device)/[^:]*'

# a pattern that finds nothing where something is would be silently green
if ! grep -qE '#include <cjson/cJSON.h>' host/base/json.c; then
  echo "host/base/json.c no longer includes <cjson/cJSON.h>: this test looks in the wrong place"
  failed=1
fi
exit "$failed"
