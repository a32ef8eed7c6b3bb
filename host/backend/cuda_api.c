/* Finding the functions of CUDA's driver and of NVRTC, and saying what their errors mean. */
#include "cuda_api.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "../base/error.h"

static ofr_cuda driver;
static ofr_nvrtc compiler;
static bool have_driver, have_compiler;
static pthread_once_t driver_once = PTHREAD_ONCE_INIT, compiler_once = PTHREAD_ONCE_INIT;

/* What dlsym returns is data to C and code to POSIX. */
static bool find(void *library, const char *name, void *pointer_to_function) {
  void *found = dlsym(library, name);
  memcpy(pointer_to_function, &found, sizeof found);
  return found != NULL;
}

static void load_driver(void) {
  bool complete = true;
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  have_driver = true;
#define CALL(member, symbol, parameters) complete &= find(library, #symbol, &driver.member);
  OFR_CUDA_CALLS(CALL)
#undef CALL
  driver.started = complete ? driver.Init(0) : OFR_CUDA_INSUFFICIENT_DRIVER;
  if (driver.started == OFR_CUDA_OK) driver.started = driver.DriverGetVersion(&driver.version);
}

const ofr_cuda *ofr_cuda_load(void) {
  pthread_once(&driver_once, load_driver);
  return have_driver ? &driver : NULL;
}

static bool load_compiler_from(const char *name) {
  bool complete = true;
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
#define CALL(member, symbol, parameters) complete &= find(library, #symbol, &compiler.member);
  OFR_NVRTC_CALLS(CALL)
#undef CALL
  if (complete && compiler.Version(&compiler.major, &compiler.minor) == OFR_NVRTC_OK) return true;
  dlclose(library);
  return false;
}

/* By the linker's own search, then where toolkits are usually put. A driver takes what a compiler of its own major version or
 * an older one makes, so that of its own is tried first, newer ones last. */
static void load_compiler(void) {
  static const struct { int major; const char *name; } names[] = {
      {13, "libnvrtc.so.13"}, {12, "libnvrtc.so.12"}, {11, "libnvrtc.so.11.2"}, {0, "libnvrtc.so"}};
  static const char *const folders[] = {"", "/usr/local/cuda/lib64/", "/opt/cuda/lib64/", "/usr/local/cuda/lib/"};
  const int newest = ofr_cuda_load() && driver.version ? driver.version / 1000 : 0;
  for (int newer = 0; newer < 2; newer++)
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
      for (size_t j = 0; j < sizeof folders / sizeof *folders && (names[i].major > newest) == newer; j++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", folders[j], names[i].name);
        if ((have_compiler = load_compiler_from(path))) return;
      }
}

const ofr_nvrtc *ofr_nvrtc_load(void) {
  pthread_once(&compiler_once, load_compiler);
  return have_compiler ? &compiler : NULL;
}

const char *ofr_cuda_error_name(ofr_cuda_code code) {
  static _Thread_local char other[32];
  const char *name = NULL;
  if (code == OFR_CUDA_INSUFFICIENT_DRIVER) return "CUDA_ERROR_INSUFFICIENT_DRIVER"; /* known to the runtime library only */
  if (have_driver && driver.GetErrorName && driver.GetErrorName(code, &name) == OFR_CUDA_OK && name) return name;
  snprintf(other, sizeof other, "error %u", code);
  return other;
}

const char *ofr_cuda_advice(ofr_cuda_code code) {
  switch (code) {
  case OFR_CUDA_STUB_LIBRARY:
    return "the library found is a stub for linking, not a driver: take its folder out of LD_LIBRARY_PATH, or install the driver";
  case OFR_CUDA_INSUFFICIENT_DRIVER:
  case OFR_CUDA_NEEDS_NEWER_DRIVER:
  case OFR_CUDA_UNSUPPORTED_PTX_VERSION:
    return "the driver is too old: update it";
  case OFR_CUDA_DEVICE_UNAVAILABLE:
    return "another program holds the device for itself alone: wait for it to end";
  case OFR_CUDA_NO_DEVICE:
    return "the driver finds no device: look whether `nvidia-smi` lists one, whether CUDA_VISIBLE_DEVICES hides it and whether this "
           "container was given it";
  case OFR_CUDA_INVALID_DEVICE:
  case OFR_CUDA_DEVICE_NOT_LICENSED:
    return "the driver does not let the device be used: see `nvidia-smi`";
  case OFR_CUDA_INVALID_IMAGE:
  case OFR_CUDA_NO_BINARY_FOR_GPU:
  case OFR_CUDA_INVALID_PTX:
    return "the driver does not take what NVRTC compiled: install an NVRTC no newer than the driver";
  case OFR_CUDA_ECC_UNCORRECTABLE:
    return "the device's memory failed: take it out of service";
  case OFR_CUDA_ILLEGAL_ADDRESS:
  case OFR_CUDA_ASSERT:
  case OFR_CUDA_HARDWARE_STACK_ERROR:
  case OFR_CUDA_LAUNCH_FAILED:
    return "the device stopped in mid-kernel and can be used again by a new process only: run again; if it repeats, report the plan";
  case OFR_CUDA_LAUNCH_TIMEOUT:
    return "the system stopped a kernel that took too long, as it does on a GPU that drives a display: lower --batch";
  case OFR_CUDA_SYSTEM_NOT_READY:
    return "the system is not ready to work: start nvidia-fabricmanager or wait for it";
  case OFR_CUDA_DRIVER_MISMATCH:
  case OFR_CUDA_COMPAT_NOT_SUPPORTED:
    return "the driver's library and its kernel module are of different versions: restart the machine";
  default:
    return "the driver failed: look at `nvidia-smi` and the system's log, restart the machine if it persists";
  }
}

offramp_status ofr_cuda_fail(offramp_error *error, const char *device, const char *call, ofr_cuda_code code) {
  if (code == OFR_CUDA_OUT_OF_MEMORY)
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, device,
                    "the device is out of memory (%s from %s): close other programs that use it, lower --batch or "
                    "simulation.band_paths, or use --backend cpu",
                    ofr_cuda_error_name(code), call);
  if (code == OFR_CUDA_OUT_OF_RESOURCES)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, device,
                    "a kernel needs more of the device than it has (%s from %s): use --backend cpu and report the plan",
                    ofr_cuda_error_name(code), call);
  return ofr_fail(error, OFFRAMP_ERR_DEVICE, device, "%s from %s: %s, or use --backend cpu", ofr_cuda_error_name(code), call,
                  ofr_cuda_advice(code));
}
