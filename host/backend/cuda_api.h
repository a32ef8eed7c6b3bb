/* CUDA's driver and its run-time compiler (NVRTC), declared here and loaded at run time: the program is built without a CUDA
 * toolkit and runs, without this back end, on machines that have none. Only the calls in use; a test compares them with cuda.h
 * and nvrtc.h where these are. */
#ifndef OFR_CUDA_API_H
#define OFR_CUDA_API_H
#include <offramp/offramp.h>
#include <stddef.h>

/* The driver's own tags, so that its declarations and ours are compatible. Enumerations are unsigned, as compilers make them. */
typedef unsigned ofr_cuda_code;
typedef int ofr_cuda_id;
typedef unsigned long long ofr_cuda_memory;
typedef struct CUctx_st *ofr_cuda_context;
typedef struct CUmod_st *ofr_cuda_module;
typedef struct CUfunc_st *ofr_cuda_function;
typedef struct CUstream_st *ofr_cuda_stream;
typedef struct CUevent_st *ofr_cuda_event;
typedef struct _nvrtcProgram *ofr_cuda_program;

enum { /* codes that are told apart */
  OFR_CUDA_OK = 0, OFR_CUDA_OUT_OF_MEMORY = 2, OFR_CUDA_STUB_LIBRARY = 34, OFR_CUDA_INSUFFICIENT_DRIVER = 35,
  OFR_CUDA_NEEDS_NEWER_DRIVER = 36, OFR_CUDA_DEVICE_UNAVAILABLE = 46, OFR_CUDA_NO_DEVICE = 100, OFR_CUDA_INVALID_DEVICE = 101,
  OFR_CUDA_DEVICE_NOT_LICENSED = 102, OFR_CUDA_INVALID_IMAGE = 200, OFR_CUDA_NO_BINARY_FOR_GPU = 209,
  OFR_CUDA_ECC_UNCORRECTABLE = 214, OFR_CUDA_INVALID_PTX = 218, OFR_CUDA_UNSUPPORTED_PTX_VERSION = 222, OFR_CUDA_NOT_FOUND = 500,
  OFR_CUDA_ILLEGAL_ADDRESS = 700, OFR_CUDA_OUT_OF_RESOURCES = 701, OFR_CUDA_LAUNCH_TIMEOUT = 702, OFR_CUDA_ASSERT = 710,
  OFR_CUDA_HARDWARE_STACK_ERROR = 714, OFR_CUDA_LAUNCH_FAILED = 719, OFR_CUDA_SYSTEM_NOT_READY = 802,
  OFR_CUDA_DRIVER_MISMATCH = 803, OFR_CUDA_COMPAT_NOT_SUPPORTED = 804, OFR_CUDA_UNKNOWN = 999
};
enum { /* device attributes */
  OFR_CUDA_MULTIPROCESSORS = 16, OFR_CUDA_COMPUTE_MODE = 20, OFR_CUDA_THREADS_OF_MULTIPROCESSOR = 39,
  OFR_CUDA_CAPABILITY_MAJOR = 75, OFR_CUDA_CAPABILITY_MINOR = 76
};
enum { OFR_CUDA_FUNCTION_SHARED = 1, OFR_CUDA_FUNCTION_LOCAL = 3, OFR_CUDA_FUNCTION_REGISTERS = 4 }; /* function attributes */
enum { OFR_CUDA_MODE_PROHIBITED = 2 };
enum { OFR_CUDA_STREAM_NON_BLOCKING = 1, OFR_CUDA_EVENT_BLOCKING_SYNC = 1, OFR_CUDA_EVENT_NO_TIMING = 2 };
enum { OFR_CUDA_ON_HOST = 1, OFR_CUDA_ON_DEVICE = 2 };
enum { OFR_NVRTC_OK = 0, OFR_NVRTC_OUT_OF_MEMORY = 1, OFR_NVRTC_COMPILATION = 6 };

/* A rectangle to be copied: CUDA_MEMCPY2D. */
typedef struct ofr_cuda_rectangle {
  size_t from_x, from_y;
  unsigned from_kind;
  const void *from_host;
  ofr_cuda_memory from_device;
  struct CUarray_st *from_array;
  size_t from_pitch;
  size_t to_x, to_y;
  unsigned to_kind;
  void *to_host;
  ofr_cuda_memory to_device;
  struct CUarray_st *to_array;
  size_t to_pitch;
  size_t width, height;
} ofr_cuda_rectangle;

/* CALL(member, symbol, parameters) */
#define OFR_CUDA_CALLS(CALL)                                                                                                   \
  CALL(Init, cuInit, (unsigned flags))                                                                                         \
  CALL(DriverGetVersion, cuDriverGetVersion, (int *version))                                                                   \
  CALL(GetErrorName, cuGetErrorName, (ofr_cuda_code code, const char **name))                                                  \
  CALL(DeviceGetCount, cuDeviceGetCount, (int *count))                                                                         \
  CALL(DeviceGet, cuDeviceGet, (ofr_cuda_id *device, int ordinal))                                                             \
  CALL(DeviceGetName, cuDeviceGetName, (char *name, int size, ofr_cuda_id device))                                             \
  CALL(DeviceGetAttribute, cuDeviceGetAttribute, (int *value, unsigned attribute, ofr_cuda_id device))                         \
  CALL(DeviceTotalMem, cuDeviceTotalMem_v2, (size_t *bytes, ofr_cuda_id device))                                               \
  CALL(DevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain, (ofr_cuda_context *context, ofr_cuda_id device))                      \
  CALL(DevicePrimaryCtxRelease, cuDevicePrimaryCtxRelease_v2, (ofr_cuda_id device))                                            \
  CALL(CtxSetCurrent, cuCtxSetCurrent, (ofr_cuda_context context))                                                             \
  CALL(ModuleLoadData, cuModuleLoadData, (ofr_cuda_module *module, const void *image))                                         \
  CALL(ModuleUnload, cuModuleUnload, (ofr_cuda_module module))                                                                 \
  CALL(ModuleGetFunction, cuModuleGetFunction, (ofr_cuda_function *function, ofr_cuda_module module, const char *name))        \
  CALL(ModuleGetGlobal, cuModuleGetGlobal_v2, (ofr_cuda_memory *memory, size_t *bytes, ofr_cuda_module module, const char *name))  \
  CALL(MemAlloc, cuMemAlloc_v2, (ofr_cuda_memory *memory, size_t bytes))                                                       \
  CALL(MemFree, cuMemFree_v2, (ofr_cuda_memory memory))                                                                        \
  CALL(MemAllocHost, cuMemAllocHost_v2, (void **memory, size_t bytes))                                                         \
  CALL(MemFreeHost, cuMemFreeHost, (void *memory))                                                                             \
  CALL(MemcpyHtoD, cuMemcpyHtoD_v2, (ofr_cuda_memory to, const void *from, size_t bytes))                                      \
  CALL(MemcpyDtoH, cuMemcpyDtoH_v2, (void *to, ofr_cuda_memory from, size_t bytes))                                            \
  CALL(MemcpyDtoHAsync, cuMemcpyDtoHAsync_v2, (void *to, ofr_cuda_memory from, size_t bytes, ofr_cuda_stream stream))          \
  CALL(Memcpy2DAsync, cuMemcpy2DAsync_v2, (const ofr_cuda_rectangle *what, ofr_cuda_stream stream))                            \
  CALL(MemsetD8Async, cuMemsetD8Async, (ofr_cuda_memory to, unsigned char value, size_t bytes, ofr_cuda_stream stream))        \
  CALL(StreamCreate, cuStreamCreate, (ofr_cuda_stream *stream, unsigned flags))                                                \
  CALL(StreamDestroy, cuStreamDestroy_v2, (ofr_cuda_stream stream))                                                            \
  CALL(StreamSynchronize, cuStreamSynchronize, (ofr_cuda_stream stream))                                                       \
  CALL(StreamWaitEvent, cuStreamWaitEvent, (ofr_cuda_stream stream, ofr_cuda_event event, unsigned flags))                     \
  CALL(EventCreate, cuEventCreate, (ofr_cuda_event *event, unsigned flags))                                                    \
  CALL(EventDestroy, cuEventDestroy_v2, (ofr_cuda_event event))                                                                \
  CALL(EventRecord, cuEventRecord, (ofr_cuda_event event, ofr_cuda_stream stream))                                             \
  CALL(EventSynchronize, cuEventSynchronize, (ofr_cuda_event event))                                                           \
  CALL(EventElapsedTime, cuEventElapsedTime, (float *milliseconds, ofr_cuda_event from, ofr_cuda_event to))                    \
  CALL(FuncGetAttribute, cuFuncGetAttribute, (int *value, unsigned attribute, ofr_cuda_function function))                     \
  CALL(OccupancyMaxActiveBlocksPerMultiprocessor, cuOccupancyMaxActiveBlocksPerMultiprocessor,                                 \
       (int *blocks, ofr_cuda_function function, int threads, size_t shared_bytes))                                            \
  CALL(LaunchKernel, cuLaunchKernel,                                                                                           \
       (ofr_cuda_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,     \
        unsigned block_z, unsigned shared_bytes, ofr_cuda_stream stream, void **arguments, void **extra))

#define OFR_NVRTC_CALLS(CALL)                                                                                                  \
  CALL(Version, nvrtcVersion, (int *major, int *minor))                                                                        \
  CALL(GetNumSupportedArchs, nvrtcGetNumSupportedArchs, (int *count))                                                          \
  CALL(GetSupportedArchs, nvrtcGetSupportedArchs, (int *capabilities))                                                         \
  CALL(CreateProgram, nvrtcCreateProgram,                                                                                      \
       (ofr_cuda_program *program, const char *text, const char *name, int headers, const char *const *header_texts,           \
        const char *const *header_names))                                                                                      \
  CALL(DestroyProgram, nvrtcDestroyProgram, (ofr_cuda_program *program))                                                       \
  CALL(CompileProgram, nvrtcCompileProgram, (ofr_cuda_program program, int count, const char *const *options))                 \
  CALL(GetCUBINSize, nvrtcGetCUBINSize, (ofr_cuda_program program, size_t *size))                                              \
  CALL(GetCUBIN, nvrtcGetCUBIN, (ofr_cuda_program program, char *cubin))                                                       \
  CALL(GetPTXSize, nvrtcGetPTXSize, (ofr_cuda_program program, size_t *size))                                                  \
  CALL(GetPTX, nvrtcGetPTX, (ofr_cuda_program program, char *ptx))                                                             \
  CALL(GetProgramLogSize, nvrtcGetProgramLogSize, (ofr_cuda_program program, size_t *size))                                    \
  CALL(GetProgramLog, nvrtcGetProgramLog, (ofr_cuda_program program, char *log))

/* The functions without their prefix: cuda->Init(0). */
#define CALL(member, symbol, parameters) ofr_cuda_code (*member) parameters;
typedef struct ofr_cuda {
  OFR_CUDA_CALLS(CALL)
  int version;           /* of CUDA, that the driver speaks: 12040 is 12.4 */
  ofr_cuda_code started; /* what cuInit said */
} ofr_cuda;
typedef struct ofr_nvrtc {
  OFR_NVRTC_CALLS(CALL)
  int major, minor;
} ofr_nvrtc;
#undef CALL

/* NULL where there is no driver. Where there is one that lacks a call, `started` is OFR_CUDA_INSUFFICIENT_DRIVER. When `started`
 * is not OFR_CUDA_OK nothing but GetErrorName may be called, and that may be NULL. Safe from any thread; never unloaded. */
const ofr_cuda *ofr_cuda_load(void);

/* The compiler that suits the driver best; NULL where there is none. Likewise. */
const ofr_nvrtc *ofr_nvrtc_load(void);

/* "CUDA_ERROR_LAUNCH_TIMEOUT", or "error 702" where the driver has no name for it. Static, or per thread until the next call. */
const char *ofr_cuda_error_name(ofr_cuda_code code);

/* What a code means and what to do about it, short of taking another back end: the rest of a sentence. */
const char *ofr_cuda_advice(ofr_cuda_code code);

/* Fills `error` for a call that returned `code`: out of memory is a limit, everything else a failing device. */
offramp_status ofr_cuda_fail(offramp_error *error, const char *device, const char *call, ofr_cuda_code code);
#endif
