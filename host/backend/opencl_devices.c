/* Platforms and devices, and the refusal of those whose arithmetic is not ours. */
#include "opencl_devices.h"
#include <stdio.h>
#include <string.h>

enum { MOST_PLATFORMS = 16, MOST_OF_A_PLATFORM = 32 };

static cl_ulong number(const ofr_opencl *cl, cl_device_id id, cl_device_info what) {
  cl_ulong value = 0; /* little-endian hosts only: narrower answers fill its low end */
  return cl->GetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS ? value : 0;
}

static void text(const ofr_opencl *cl, cl_device_id id, cl_device_info what, char *to, size_t size) {
  char answer[1024];
  size_t used = 0;
  if (cl->GetDeviceInfo(id, what, sizeof answer, answer, &used) != CL_SUCCESS || used == 0) used = 1;
  answer[used - 1] = 0;
  snprintf(to, size, "%s", answer + (used > 1 ? strspn(answer, " ") : 0));
}

/* Why a device cannot give the same bits as every other one, or cannot be programmed; NULL when it can. */
static const char *why_not(const ofr_opencl *cl, cl_device_id id) {
  static const struct { cl_device_fp_config bit; const char *text; } needs[] = {
      {CL_FP_ROUND_TO_NEAREST, "its float32 arithmetic does not round to nearest"},
      {CL_FP_FMA, "it has no fused multiply-add for float32"},
      {CL_FP_DENORM, "it flushes small float32 values to zero"},
      {CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT, "its float32 division and square root are not correctly rounded"},
  };
  char version[128] = "", profile[64] = "";
  int major = 0, minor = 0;
  text(cl, id, CL_DEVICE_VERSION, version, sizeof version);
  text(cl, id, CL_DEVICE_PROFILE, profile, sizeof profile);
  if (!number(cl, id, CL_DEVICE_AVAILABLE)) return "its driver says that it is not available";
  if (!number(cl, id, CL_DEVICE_COMPILER_AVAILABLE)) return "its driver has no compiler";
  if (sscanf(version, "OpenCL %d.%d", &major, &minor) != 2 || major * 10 + minor < 12) return "it is older than OpenCL 1.2";
  if (strcmp(profile, "FULL_PROFILE")) return "it has OpenCL's embedded profile only";
  if (!number(cl, id, CL_DEVICE_ENDIAN_LITTLE)) return "it is big-endian";
  cl_device_fp_config has = number(cl, id, CL_DEVICE_SINGLE_FP_CONFIG);
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
    if (!(has & needs[i].bit)) return needs[i].text;
  return NULL;
}

static int lanes_of(const ofr_opencl *cl, cl_device_id id, bool gpu) {
  cl_ulong width = gpu ? 1 : number(cl, id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
  return width >= 16 ? 16 : width >= 8 ? 8 : width >= 4 ? 4 : 1;
}

static void describe(const ofr_opencl *cl, cl_device_id id, int index, int platform, ofr_opencl_device *d) {
  char version[96], driver[96];
  const char *refused = why_not(cl, id);
  memset(d, 0, sizeof *d);
  d->id = id;
  d->units = (cl_uint)number(cl, id, CL_DEVICE_MAX_COMPUTE_UNITS);
  d->memory = number(cl, id, CL_DEVICE_GLOBAL_MEM_SIZE);
  d->most = number(cl, id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  d->doubles = number(cl, id, CL_DEVICE_DOUBLE_FP_CONFIG) != 0;
  d->info.backend = "opencl";
  d->info.index = index;
  d->info.driver = platform;
  d->info.gpu = (number(cl, id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU) != 0;
  d->lanes = lanes_of(cl, id, d->info.gpu);
  text(cl, id, CL_DEVICE_NAME, d->info.name, sizeof d->info.name);
  text(cl, id, CL_DEVICE_VERSION, version, sizeof version);
  text(cl, id, CL_DRIVER_VERSION, driver, sizeof driver);
  snprintf(d->info.detail, sizeof d->info.detail, "%.95s, driver %.95s, %u units, %.1f GB", version, driver, (unsigned)d->units,
           (double)d->memory / 1e9);
  d->info.usable = !refused;
  if (refused) snprintf(d->info.why_not, sizeof d->info.why_not, "%s", refused);
}

int ofr_opencl_devices(const ofr_opencl *cl, ofr_opencl_device *devices, int most) {
  cl_platform_id platforms[MOST_PLATFORMS];
  cl_device_id ids[MOST_OF_A_PLATFORM];
  cl_uint platform_count = 0, count;
  int found = 0;
  if (cl->GetPlatformIDs(MOST_PLATFORMS, platforms, &platform_count) != CL_SUCCESS) return 0;
  for (cl_uint p = 0; p < platform_count && p < MOST_PLATFORMS; p++) {
    if (cl->GetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, MOST_OF_A_PLATFORM, ids, &count) != CL_SUCCESS) continue;
    for (cl_uint i = 0; i < count && i < MOST_OF_A_PLATFORM; i++, found++)
      if (found < most) describe(cl, ids[i], found, (int)p, &devices[found]);
  }
  return found;
}
