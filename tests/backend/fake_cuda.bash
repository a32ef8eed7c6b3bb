# The stand-in for CUDA's driver and NVRTC (fake_cuda.c), built into $fake; sourced by the tests that need it. What runs with
# LD_LIBRARY_PATH=$fake finds one GPU that computes on the CPU. Skips under sanitizers, which do not mix with a library that is
# built without them.
if [ -n "${SANITIZE:-}" ]; then
  echo "skipped: the stand-in's kernels are not built with sanitizers"
  exit 77
fi
fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
"$CC" -std=c17 -Wall -Wextra -fPIC -shared -I"$SOURCE/host" -I"$SOURCE/include" -I"$SOURCE" -Wl,-soname,libcuda.so.1 \
  "$SOURCE/tests/backend/fake_cuda.c" -o "$fake/libcuda.so.1" -ldl
cp "$fake/libcuda.so.1" "$fake/libnvrtc.so.12"
export FAKE_CUDA_CC=$CC FAKE_CUDA_SHIM=$SOURCE/tests/backend/fake_cuda_shim.h
export XDG_CACHE_HOME=$fake/cache

# with_fake [NAME=VALUE...] COMMAND...: COMMAND with the stand-in as its driver
with_fake() { env LD_LIBRARY_PATH="$fake${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$@"; }

digest() { sed -n 's/.*"results_digest": *"\([0-9a-f]*\)".*/\1/p' | head -n 1; }
