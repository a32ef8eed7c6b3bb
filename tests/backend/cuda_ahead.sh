#!/usr/bin/env bash
# Without NVRTC, a kernel that was compiled ahead for plans of its size gives the digest of the CPU; a plan beyond all sizes is
# refused with what to do. The program under test has an image that the stand-in driver takes for a shared library, compiled here
# from the model's text for a class of plans. Where nvcc is and THOROUGH=1, the real images are compiled too.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
class=16
{ echo "#include \"$FAKE_CUDA_SHIM\""; echo '#include "path.cu"'; echo "#include \"$FAKE_CUDA_SHIM\""; } >"$fake/ahead.c"
"$CC" -w -O1 -std=gnu17 -ffp-contract=off -fno-math-errno -fPIC -shared -DOFR_CLASS=$class -DOFR_GROUP=32 -DOFR_PART=4096 \
  -I"$SOURCE/device" "$fake/ahead.c" -o "$fake/ahead.so" -lm

# the program with a table of one image in the place of its own, and blind to any NVRTC
cat >"$fake/images.c" <<END
#include "backend/cuda_images.h"
static const unsigned char image[] = "ahead";
const ofr_cuda_image ofr_cuda_images[] = {{$class, image, image + sizeof image}};
const int ofr_cuda_image_count = 1;
const void *__wrap_ofr_nvrtc_load(void);
const void *__wrap_ofr_nvrtc_load(void) { return (void *)0; }
END
"$CC" -std=c17 -I"$SOURCE/include" -I"$SOURCE/host" -DOFFRAMP_VERSION_STRING="\"$VERSION\"" "$SOURCE"/host/main.c "$SOURCE"/host/cli/*.c \
  "$fake/images.c" "$LIBRARY" -Wl,--wrap=ofr_nvrtc_load -lcjson -lsqlite3 -lm -ldl -lpthread -o "$fake/offramp"

hidden() { with_fake FAKE_CUDA_AHEAD="$fake/ahead.so" "$@"; }

hidden "$fake/offramp" devices | grep -A1 '^cuda' | grep -q 'compute capability 9.0' || { echo "with kernels compiled ahead the device is not usable:"; hidden "$fake/offramp" devices; failed=1; }
for plan in enterprise anthropic-two-clouds reference-size; do
  cpu=$("$OFFRAMP" run "$SOURCE/examples/$plan.json" --paths 3000 --backend cpu --format json --quiet | digest)
  found=$(hidden "$fake/offramp" run "$SOURCE/examples/$plan.json" --paths 3000 --backend cuda --format json --quiet | digest)
  [ -n "$found" ] && [ "$found" = "$cpu" ] || { echo "$plan: compiled ahead '$found', the CPU '$cpu'"; failed=1; }
done
status=0
hidden "$fake/offramp" run "$SOURCE/tests/plans/largest.json" --paths 100 --backend cuda --quiet >"$fake/out" 2>"$fake/err" || status=$?
if [ "$status" -ne 4 ] || ! tr '\n' ' ' <"$fake/err" | grep -q "larger than the kernels that were compiled ahead"; then
  echo "a plan beyond the classes: exit $status"
  cat "$fake/err"
  failed=1
fi

if [ "${THOROUGH:-0}" = 1 ] && PATH=$PATH:/usr/local/cuda/bin command -v nvcc >"$fake/out"; then
  "$CMAKE" -S "$SOURCE" -B "$fake/build" -G "$GENERATOR" -DOFFRAMP_BUILD_TESTS=OFF -DOFFRAMP_CUDA_IMAGES=90 >"$fake/log" 2>&1
  "$CMAKE" --build "$fake/build" --target offramp >>"$fake/log" 2>&1 || { tail -20 "$fake/log"; failed=1; }
  "$fake/build/offramp" version >"$fake/out" || failed=1
fi
exit "$failed"
