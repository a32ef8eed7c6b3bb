#!/usr/bin/env bash
# Our declarations of CUDA's driver and of NVRTC are compatible with cuda.h and nvrtc.h, where a toolkit is.
set -euo pipefail
for folder in "${CUDA_HOME:-/usr/local/cuda}/include" /usr/local/cuda/include /opt/cuda/include /usr/include; do
  if [ -f "$folder/cuda.h" ] && [ -f "$folder/nvrtc.h" ]; then break; fi
  folder=
done
if [ -z "$folder" ]; then
  echo "skipped: no cuda.h and nvrtc.h here"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile FILE: a pointer to a function of another type is an error
compile() {
  "$CC" -std=c17 -Wall -Werror -Werror=incompatible-pointer-types -fsyntax-only -I"$SOURCE/host" -I"$SOURCE/include" -isystem "$folder" "$1"
}

cat >"$work/same.c" <<'END'
#include <cuda.h>
#include <nvrtc.h>
#include <stddef.h>
#include "backend/cuda_api.h"
#define ofr_cuda_rectangle CUDA_MEMCPY2D /* compared field by field below */
/* an enumeration and the unsigned integer that it is kept in are compatible types */
#define CALL(member, symbol, parameters) ofr_cuda_code (*const same_##member) parameters = symbol;
OFR_CUDA_CALLS(CALL)
#undef CALL
#define CALL(member, symbol, parameters) ofr_cuda_code (*const same_nvrtc_##member) parameters = symbol;
OFR_NVRTC_CALLS(CALL)
#undef CALL
#undef ofr_cuda_rectangle
#define SAME(ours, theirs) _Static_assert((unsigned)(ours) == (unsigned)(theirs), #ours);
SAME(OFR_CUDA_OK, CUDA_SUCCESS)
SAME(OFR_CUDA_OUT_OF_MEMORY, CUDA_ERROR_OUT_OF_MEMORY)
SAME(OFR_CUDA_STUB_LIBRARY, CUDA_ERROR_STUB_LIBRARY)
SAME(OFR_CUDA_DEVICE_UNAVAILABLE, CUDA_ERROR_DEVICE_UNAVAILABLE)
SAME(OFR_CUDA_NO_DEVICE, CUDA_ERROR_NO_DEVICE)
SAME(OFR_CUDA_INVALID_DEVICE, CUDA_ERROR_INVALID_DEVICE)
SAME(OFR_CUDA_DEVICE_NOT_LICENSED, CUDA_ERROR_DEVICE_NOT_LICENSED)
SAME(OFR_CUDA_INVALID_IMAGE, CUDA_ERROR_INVALID_IMAGE)
SAME(OFR_CUDA_NO_BINARY_FOR_GPU, CUDA_ERROR_NO_BINARY_FOR_GPU)
SAME(OFR_CUDA_ECC_UNCORRECTABLE, CUDA_ERROR_ECC_UNCORRECTABLE)
SAME(OFR_CUDA_INVALID_PTX, CUDA_ERROR_INVALID_PTX)
SAME(OFR_CUDA_UNSUPPORTED_PTX_VERSION, CUDA_ERROR_UNSUPPORTED_PTX_VERSION)
SAME(OFR_CUDA_NOT_FOUND, CUDA_ERROR_NOT_FOUND)
SAME(OFR_CUDA_ILLEGAL_ADDRESS, CUDA_ERROR_ILLEGAL_ADDRESS)
SAME(OFR_CUDA_OUT_OF_RESOURCES, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)
SAME(OFR_CUDA_LAUNCH_TIMEOUT, CUDA_ERROR_LAUNCH_TIMEOUT)
SAME(OFR_CUDA_ASSERT, CUDA_ERROR_ASSERT)
SAME(OFR_CUDA_HARDWARE_STACK_ERROR, CUDA_ERROR_HARDWARE_STACK_ERROR)
SAME(OFR_CUDA_LAUNCH_FAILED, CUDA_ERROR_LAUNCH_FAILED)
SAME(OFR_CUDA_SYSTEM_NOT_READY, CUDA_ERROR_SYSTEM_NOT_READY)
SAME(OFR_CUDA_DRIVER_MISMATCH, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH)
SAME(OFR_CUDA_COMPAT_NOT_SUPPORTED, CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE)
SAME(OFR_CUDA_UNKNOWN, CUDA_ERROR_UNKNOWN)
SAME(OFR_CUDA_MULTIPROCESSORS, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
SAME(OFR_CUDA_COMPUTE_MODE, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE)
SAME(OFR_CUDA_CAPABILITY_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
SAME(OFR_CUDA_CAPABILITY_MINOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)
SAME(OFR_CUDA_THREADS_OF_MULTIPROCESSOR, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR)
SAME(OFR_CUDA_FUNCTION_SHARED, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES)
SAME(OFR_CUDA_FUNCTION_LOCAL, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES)
SAME(OFR_CUDA_FUNCTION_REGISTERS, CU_FUNC_ATTRIBUTE_NUM_REGS)
SAME(OFR_CUDA_MODE_PROHIBITED, CU_COMPUTEMODE_PROHIBITED)
SAME(OFR_CUDA_STREAM_NON_BLOCKING, CU_STREAM_NON_BLOCKING)
SAME(OFR_CUDA_EVENT_BLOCKING_SYNC, CU_EVENT_BLOCKING_SYNC)
SAME(OFR_CUDA_EVENT_NO_TIMING, CU_EVENT_DISABLE_TIMING)
SAME(OFR_CUDA_ON_HOST, CU_MEMORYTYPE_HOST)
SAME(OFR_CUDA_ON_DEVICE, CU_MEMORYTYPE_DEVICE)
SAME(OFR_NVRTC_OK, NVRTC_SUCCESS)
SAME(OFR_NVRTC_OUT_OF_MEMORY, NVRTC_ERROR_OUT_OF_MEMORY)
SAME(OFR_NVRTC_COMPILATION, NVRTC_ERROR_COMPILATION)
#define FIELD(ours, theirs)                                                                                                    \
  SAME(offsetof(ofr_cuda_rectangle, ours), offsetof(CUDA_MEMCPY2D, theirs))                                                    \
  SAME(sizeof((ofr_cuda_rectangle *)0)->ours, sizeof((CUDA_MEMCPY2D *)0)->theirs)
FIELD(from_x, srcXInBytes) FIELD(from_y, srcY) FIELD(from_kind, srcMemoryType) FIELD(from_host, srcHost)
FIELD(from_device, srcDevice) FIELD(from_array, srcArray) FIELD(from_pitch, srcPitch)
FIELD(to_x, dstXInBytes) FIELD(to_y, dstY) FIELD(to_kind, dstMemoryType) FIELD(to_host, dstHost) FIELD(to_device, dstDevice)
FIELD(to_array, dstArray) FIELD(to_pitch, dstPitch) FIELD(width, WidthInBytes) FIELD(height, Height)
SAME(sizeof(ofr_cuda_rectangle), sizeof(CUDA_MEMCPY2D))
END
compile "$work/same.c"

# and the comparison notices what is wrong
sed 's/(int \*version)/(unsigned *version)/' "$SOURCE/host/backend/cuda_api.h" >"$work/cuda_api.h"
sed "s#backend/cuda_api.h#$work/cuda_api.h#" "$work/same.c" >"$work/unlike.c"
if compile "$work/unlike.c" 2>"$work/complaint"; then
  echo "a wrong declaration of cuDriverGetVersion was not noticed"
  exit 1
fi
