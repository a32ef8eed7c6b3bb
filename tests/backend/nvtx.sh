#!/usr/bin/env bash
# A profiler's library that NVTX_INJECTION64_PATH names is told of every phase and every batch, as ranges that nest; one that is
# no such library, or wants nothing, changes nothing. Where NVIDIA's own header is, what it declares is what we assume.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${SANITIZE:-}" ]; then
  echo "skipped: the watcher is not built with sanitizers"
  exit 77
fi
export OCL_ICD_VENDORS=/nonexistent CUDA_VISIBLE_DEVICES='' XDG_CACHE_HOME="$work/cache"
plan=$SOURCE/examples/enterprise.json
"$CC" -std=gnu17 -Wall -Wextra -Werror -Wno-cast-function-type -fPIC -shared "$SOURCE/tests/backend/fake_nvtx.c" -o "$work/watcher.so"

NVTX_INJECTION64_PATH="$work/watcher.so" FAKE_NVTX_LOG="$work/log" "$OFFRAMP" run "$plan" --paths 20000 --batch 4096 --backend cpu --format json --quiet >"$work/watched"
"$OFFRAMP" run "$plan" --paths 20000 --batch 4096 --backend cpu --format json --quiet >"$work/alone"
failed=0
for phase in "build image" "open device" "self-test" "compile and upload" "evaluate" "distil" "compare strategies" "bands" "digest"; do
  [ "$(grep -c "^$phase\$" "$work/log")" -eq 1 ] || { echo "phase '$phase' is not there once:"; cat "$work/log"; failed=1; }
done
[ "$(grep -c '^  take batch in$' "$work/log")" -ge 5 ] || { echo "not every batch is there:"; cat "$work/log"; failed=1; }
[ "$(grep -c '^  take batch in$' "$work/log")" -eq "$(grep -c '^  submit batch$' "$work/log")" ] || { echo "batches were submitted and not taken in"; failed=1; }
[ "$(grep results_digest "$work/watched")" = "$(grep results_digest "$work/alone")" ] || { echo "watching changes the result"; failed=1; }

# what cannot watch
: >"$work/empty.so"
for library in "$work/empty.so" "$work/nowhere.so" libm.so.6 ""; do
  NVTX_INJECTION64_PATH="$library" "$OFFRAMP" run "$plan" --paths 200 --backend cpu --quiet >"$work/out" || { echo "NVTX_INJECTION64_PATH='$library' fails"; failed=1; }
done
NVTX_INJECTION64_PATH="$work/watcher.so" "$OFFRAMP" run "$plan" --paths 200 --backend cpu --quiet >"$work/out" || { echo "a watcher that wants nothing fails"; failed=1; }

for folder in "${CUDA_HOME:-/usr/local/cuda}/include" /usr/local/cuda/include /opt/cuda/include /usr/include; do
  [ -f "$folder/nvtx3/nvToolsExt.h" ] || continue
  cat >"$work/theirs.c" <<'END'
#include <nvtx3/nvToolsExt.h>
_Static_assert(NVTX_ETID_CALLBACKS == 1 && NVTX_ETID_VERSIONINFO == 3, "tables");
_Static_assert(NVTX_CB_MODULE_CORE == 1 && NVTX_CBID_CORE_RangePushA == 9 && NVTX_CBID_CORE_RangePop == 11, "functions");
_Static_assert(NVTX_CBID_CORE_SIZE == 16 && NVTX_CBID_CUDA_SIZE == 9 && NVTX_CBID_OPENCL_SIZE == 15, "sizes");
_Static_assert(NVTX_CBID_CUDART_SIZE == 7 && NVTX_CBID_CORE2_SIZE == 16 && NVTX_CBID_SYNC_SIZE == 7, "sizes");
int main(void) { nvtxRangePushA("theirs"); return nvtxRangePop(); }
END
  "$CC" -std=c17 -I"$folder" "$work/theirs.c" -o "$work/theirs" -ldl
  NVTX_INJECTION64_PATH="$work/watcher.so" FAKE_NVTX_LOG="$work/theirs.log" "$work/theirs" || true
  [ "$(cat "$work/theirs.log")" = theirs ] || { echo "the watcher is not what NVIDIA's header expects"; failed=1; }
  break
done
exit "$failed"
