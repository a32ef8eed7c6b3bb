/* OpenCL, loaded at run time: the program runs, without this back end, on machines that have none. Only the calls in use. */
#ifndef OFR_OPENCL_API_H
#define OFR_OPENCL_API_H
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <offramp/offramp.h>

#define OFR_OPENCL_CALLS(CALL)                                                                                                  \
  CALL(GetPlatformIDs) CALL(GetPlatformInfo) CALL(GetDeviceIDs) CALL(GetDeviceInfo) CALL(CreateContext) CALL(ReleaseContext)    \
  CALL(CreateCommandQueue) CALL(ReleaseCommandQueue) CALL(CreateProgramWithSource) CALL(CreateProgramWithBinary)                \
  CALL(BuildProgram) CALL(GetProgramInfo) CALL(GetProgramBuildInfo) CALL(ReleaseProgram) CALL(CreateKernel)                     \
  CALL(SetKernelArg) CALL(ReleaseKernel) CALL(CreateBuffer) CALL(ReleaseMemObject) CALL(EnqueueFillBuffer)                      \
  CALL(EnqueueWriteBuffer) CALL(EnqueueReadBuffer) CALL(EnqueueReadBufferRect) CALL(EnqueueNDRangeKernel) CALL(Flush)           \
  CALL(Finish) CALL(WaitForEvents) CALL(ReleaseEvent) CALL(GetEventProfilingInfo) CALL(GetKernelWorkGroupInfo)

/* The functions without their prefix: cl->Finish(queue). */
typedef struct ofr_opencl {
#define CALL(name) __typeof__(cl##name) *name;
  OFR_OPENCL_CALLS(CALL)
#undef CALL
} ofr_opencl;

/* NULL where there is no OpenCL loader, or one older than 1.2. Safe from any thread; never unloaded. */
const ofr_opencl *ofr_opencl_load(void);

/* "CL_OUT_OF_RESOURCES", or "error -5" for a number that has no name here. Static, or per thread until the next call. */
const char *ofr_opencl_error_name(cl_int code);

/* Fills `error` for a call that returned `code`: out of memory is a limit, everything else a failing device. */
offramp_status ofr_opencl_fail(offramp_error *error, const char *device, const char *call, cl_int code);
#endif
