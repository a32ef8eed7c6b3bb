/* Finding OpenCL's functions, and naming its errors. */
#define _POSIX_C_SOURCE 200809L
#include "opencl_api.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include "../base/error.h"

static ofr_opencl functions;
static bool loaded;
static pthread_once_t load_once = PTHREAD_ONCE_INIT;

/* What dlsym returns is data to C and code to POSIX. */
static bool find(void *library, const char *name, void *pointer_to_function) {
  void *found = dlsym(library, name);
  *(void **)pointer_to_function = found;
  return found != NULL;
}

/* Where sysfs is not mounted (a bare chroot), PoCL's hwloc ends the process as soon as it is asked for devices. */
static bool sysfs_is_there(void) { return access("/sys/devices/system/cpu", F_OK) == 0 || access("/sys/bus/cpu", F_OK) == 0; }

static void load(void) {
  if (!sysfs_is_there()) return;
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  loaded = true;
#define CALL(name) loaded &= find(library, "cl" #name, &functions.name);
  OFR_OPENCL_CALLS(CALL)
#undef CALL
}

const ofr_opencl *ofr_opencl_load(void) {
  pthread_once(&load_once, load);
  return loaded ? &functions : NULL;
}

const char *ofr_opencl_error_name(cl_int code) {
  static _Thread_local char other[32];
  static const struct { cl_int code; const char *name; } names[] = {
#define NAME(code) {code, #code}
      NAME(CL_DEVICE_NOT_FOUND), NAME(CL_DEVICE_NOT_AVAILABLE), NAME(CL_COMPILER_NOT_AVAILABLE),
      NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE), NAME(CL_OUT_OF_RESOURCES), NAME(CL_OUT_OF_HOST_MEMORY),
      NAME(CL_BUILD_PROGRAM_FAILURE), NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST), NAME(CL_INVALID_VALUE),
      NAME(CL_INVALID_PLATFORM), NAME(CL_INVALID_DEVICE), NAME(CL_INVALID_CONTEXT), NAME(CL_INVALID_COMMAND_QUEUE),
      NAME(CL_INVALID_MEM_OBJECT), NAME(CL_INVALID_BINARY), NAME(CL_INVALID_BUILD_OPTIONS), NAME(CL_INVALID_PROGRAM),
      NAME(CL_INVALID_PROGRAM_EXECUTABLE), NAME(CL_INVALID_KERNEL_NAME), NAME(CL_INVALID_KERNEL), NAME(CL_INVALID_ARG_INDEX),
      NAME(CL_INVALID_ARG_VALUE), NAME(CL_INVALID_ARG_SIZE), NAME(CL_INVALID_KERNEL_ARGS), NAME(CL_INVALID_WORK_GROUP_SIZE),
      NAME(CL_INVALID_WORK_ITEM_SIZE), NAME(CL_INVALID_GLOBAL_WORK_SIZE), NAME(CL_INVALID_EVENT_WAIT_LIST),
      NAME(CL_INVALID_OPERATION), NAME(CL_INVALID_BUFFER_SIZE),
#undef NAME
      {-1001, "CL_PLATFORM_NOT_FOUND_KHR"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].code == code) return names[i].name;
  snprintf(other, sizeof other, "error %d", (int)code);
  return other;
}

offramp_status ofr_opencl_fail(offramp_error *error, const char *device, const char *call, cl_int code) {
  if (code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_HOST_MEMORY || code == CL_INVALID_BUFFER_SIZE)
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, device,
                    "the device is out of memory (%s from %s): lower --batch or simulation.band_paths, or use --backend cpu",
                    ofr_opencl_error_name(code), call);
  if (code == CL_OUT_OF_RESOURCES)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, device,
                    "the device ran out of resources (CL_OUT_OF_RESOURCES from %s): lower --batch, or use --backend cpu", call);
  return ofr_fail(error, OFFRAMP_ERR_DEVICE, device,
                  "the OpenCL driver failed (%s from %s): update it, or use --backend cpu", ofr_opencl_error_name(code), call);
}
