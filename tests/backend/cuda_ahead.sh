#!/usr/bin/env bash
# Without NVRTC, kernels that were compiled ahead for plans of their size give the digests of the CPU, for paths and for bounds; a
# plan beyond all sizes is refused with what to do. The program under test has images that the stand-in driver takes for shared
# libraries, compiled here from the model's text for a class of plans. Where nvcc is and THOROUGH=1, the real images are compiled.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
export OCL_ICD_VENDORS=/nonexistent
failed=0
fail() { echo "$1"; failed=1; }
declare -A class=([path]=16 [bound]=32)
for kind in path bound; do
  { echo "#include \"$FAKE_CUDA_SHIM\""; echo "#include \"$kind.cu\""; echo "#include \"$FAKE_CUDA_SHIM\""; } >"$fake/$kind.c"
  "$CC" -w -O1 -std=gnu17 -ffp-contract=off -fno-math-errno -fPIC -shared -DOFR_CLASS=${class[$kind]} -DOFR_GROUP=32 \
    -DOFR_PART=4096 -I"$SOURCE/device" "$fake/$kind.c" -o "$fake/$kind.so" -lm
done

# build PROGRAM TARGET: the program with tables of one image each in the place of its own, code for TARGET, and blind to any NVRTC
build() {
  cat >"$fake/images.c" <<END
#include "backend/cuda_images.h"
const ofr_cuda_image ofr_cuda_path_images[] = {{${class[path]}, (const unsigned char *)"ahead path"}, {0, 0}};
const ofr_cuda_image ofr_cuda_bound_images[] = {{${class[bound]}, (const unsigned char *)"ahead bound"}, {0, 0}};
const int ofr_cuda_image_targets[] = {$2, 0};
const void *__wrap_ofr_nvrtc_load(void);
const void *__wrap_ofr_nvrtc_load(void) { return (void *)0; }
END
  "$CC" -std=c17 -I"$SOURCE/include" -I"$SOURCE/host" -DOFFRAMP_VERSION_STRING="\"$VERSION\"" "$SOURCE"/host/main.c \
    "$SOURCE"/host/cli/*.c "$fake/images.c" "$LIBRARY" -Wl,--wrap=ofr_nvrtc_load -lcjson -lsqlite3 -lm -ldl -lpthread -o "$fake/$1"
}
build offramp 90
build later 100
build earlier 80

hidden() { with_fake FAKE_CUDA_AHEAD="$fake" "$@"; }
bound_digest() { sed -n 's/.*"bound_digest": *"\([0-9a-f]*\)".*/\1/p'; }

devices=$(hidden "$fake/offramp" devices | grep -A1 '^cuda')
grep -q 'compute capability 9.0.*no NVRTC: kernels compiled ahead' <<<"$devices" || fail "the device is not usable: $devices"
devices=$(hidden "$fake/later" devices | grep -A1 '^cuda')
grep -q 'older than the kernels that were compiled ahead' <<<"$devices" || fail "a device older than all kernels: $devices"

for plan in enterprise anthropic-two-clouds reference-size; do
  file=$SOURCE/examples/$plan.json
  cpu=$("$OFFRAMP" run "$file" --paths 3000 --backend cpu --format json --quiet | digest)
  found=$(hidden "$fake/offramp" run "$file" --paths 3000 --backend cuda --format json --quiet | digest)
  [ -n "$found" ] && [ "$found" = "$cpu" ] || fail "$plan: compiled ahead '$found', the CPU '$cpu'"
  cpu=$("$OFFRAMP" bound "$file" --paths 40 --backend cpu --format json --quiet | bound_digest)
  hidden FAKE_CUDA_LOG="$fake/launches" "$fake/offramp" bound "$file" --paths 40 --backend cuda --format json --quiet >"$fake/json"
  found=$(bound_digest <"$fake/json")
  [ -n "$found" ] && [ "$found" = "$cpu" ] || fail "$plan: bound compiled ahead '$found', the CPU '$cpu'"
  grep -q '"backend": "cuda"' "$fake/json" || fail "$plan: not bounded by the GPU"
done
grep -q '^offramp_bounds ' "$fake/launches" || fail "no bound was launched"
plan=$SOURCE/examples/enterprise.json
hidden "$fake/offramp" run "$plan" --paths 300 --profile --backend cuda --quiet >"$fake/out"
grep -q "offramp_paths (ahead ${class[path]})" "$fake/out" || fail "the profile does not tell which kernel it was"

# who waits for the driver is told so: what it translates, and not what there is code for
hidden "$fake/earlier" bound "$plan" --paths 40 --backend cuda --progress json >"$fake/out" 2>"$fake/err"
grep -q 'the driver translates kernels' "$fake/err" || fail "nobody says that the driver translates: $(cat "$fake/err")"
hidden "$fake/offramp" bound "$plan" --paths 40 --backend cuda --progress json >"$fake/out" 2>"$fake/err"
if grep -q 'translates' "$fake/err"; then fail "told to wait for nothing"; fi

# refused VERB PLAN SENTENCE: with exit code 4 and a sentence
refused() {
  local status=0
  hidden "$fake/offramp" "$1" "$2" --paths 100 --backend cuda --quiet >"$fake/out" 2>"$fake/err" || status=$?
  [ "$status" -eq 4 ] && tr '\n' ' ' <"$fake/err" | grep -q "$3" || fail "$1: exit $status: $(cat "$fake/err")"
}
refused run "$SOURCE/tests/plans/largest.json" "larger than the kernels that were compiled ahead"
rm "$fake/bound.so"
refused bound "$plan" "the driver does not take the kernels that were compiled ahead (CUDA_ERROR_INVALID_IMAGE): update it"
hidden "$fake/offramp" bound "$plan" --paths 40 --format json --quiet >"$fake/json" || fail "the CPU does not take over: exit $?"
grep -q 'the CPU took over' "$fake/json" || fail "nobody says that the CPU took over"

if [ "${THOROUGH:-0}" = 1 ] && PATH=$PATH:/usr/local/cuda/bin command -v nvcc >"$fake/out"; then
  "$CMAKE" -S "$SOURCE" -B "$fake/build" -G "$GENERATOR" -DOFFRAMP_BUILD_TESTS=OFF -DOFFRAMP_CUDA_IMAGES=90 >"$fake/log" 2>&1
  "$CMAKE" --build "$fake/build" --target offramp >>"$fake/log" 2>&1 || { tail -20 "$fake/log"; failed=1; }
  "$fake/build/offramp" version >"$fake/out" || failed=1
  for image in path_16 path_32 bound_32; do
    "$NM" "$fake/build/offramp" | grep -q "ofr_cuda_$image\$" || fail "the program holds no $image"
  done
fi
exit "$failed"
