/* Building kernels. A cached binary that the driver takes back is used; in every other case the text is compiled anew. */
#include "opencl_kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../base/sha256.h"
#include "kernel_cache.h"

enum { OPTIONS = 1024 };

/* Never fast-math: results are the same bits everywhere or nothing. */
static void options_of(const ofr_opencl_build *build, char options[OPTIONS]) {
  snprintf(options, OPTIONS,
           "-w -cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt -DOFR_LANES=%d -DOFR_GROUP=%d -DCONSTANT=__constant %s",
           build->lanes, build->group, ofr_kernel_options(build->options));
}

static void add_text(ofr_sha256 *hash, const char *text) {
  ofr_sha256_add_u64(hash, strlen(text));
  ofr_sha256_add(hash, text, strlen(text));
}

/* All that a binary depends on. */
static void key_of(const ofr_opencl *cl, const ofr_opencl_build *build, const char *options, char key[OFR_OPENCL_KEY]) {
  const cl_device_info facts[] = {CL_DEVICE_NAME, CL_DEVICE_VENDOR, CL_DEVICE_VERSION, CL_DRIVER_VERSION};
  ofr_sha256 hash = ofr_sha256_init();
  add_text(&hash, build->shape);
  add_text(&hash, build->text);
  add_text(&hash, options);
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    char fact[1024] = "";
    cl->GetDeviceInfo(build->device->id, facts[i], sizeof fact - 1, fact, NULL);
    add_text(&hash, fact);
  }
  ofr_sha256_finish(&hash, key);
}

static cl_program from_cache(const ofr_opencl *cl, const ofr_opencl_build *build, const char *options, const char *key) {
  unsigned char *binary;
  size_t size;
  cl_int accepted = CL_INVALID_BINARY, code;
  if (!ofr_kernel_cache_get(build->options->cache, key, &binary, &size)) return NULL;
  const unsigned char *bytes = binary;
  cl_program program =
      cl->CreateProgramWithBinary(build->context, 1, &build->device->id, &size, &bytes, &accepted, &code);
  free(binary);
  if (program && code == CL_SUCCESS && accepted == CL_SUCCESS &&
      cl->BuildProgram(program, 1, &build->device->id, options, NULL, NULL) == CL_SUCCESS)
    return program;
  if (program) cl->ReleaseProgram(program);
  return NULL;
}

static void keep(const ofr_opencl *cl, const ofr_opencl_build *build, const char *key, cl_program program) {
  size_t size = 0;
  unsigned char *binary = NULL;
  if (cl->GetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) == CL_SUCCESS && size > 0)
    binary = malloc(size);
  if (binary && cl->GetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) == CL_SUCCESS)
    ofr_kernel_cache_put(build->options->cache, key, binary, size);
  free(binary);
}

/* The compiler's first complaint: all that a message has room for. */
static offramp_status refused(const ofr_opencl *cl, const ofr_opencl_build *build, cl_program program, cl_int code,
                              offramp_error *error) {
  size_t size = 0;
  const char *name = build->device->info.name;
  cl->GetProgramBuildInfo(program, build->device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
  char *log = code == CL_BUILD_PROGRAM_FAILURE ? calloc(size + 1, 1) : NULL;
  if (!log) return ofr_opencl_fail(error, name, "clBuildProgram", code);
  cl->GetProgramBuildInfo(program, build->device->id, CL_PROGRAM_BUILD_LOG, size, log, NULL);
  char *first = strstr(log, "error");
  if (!first) first = log;
  first[strcspn(first, "\r\n")] = 0;
  offramp_status status = ofr_fail(error, OFFRAMP_ERR_DEVICE, name,
                                   "its compiler refuses our kernel (%.400s): update its driver, or use --backend cpu", first);
  free(log);
  return status;
}

offramp_status ofr_opencl_program(const ofr_opencl *cl, const ofr_opencl_build *build, cl_program *program,
                                  char key[OFR_OPENCL_KEY], offramp_error *error) {
  char options[OPTIONS];
  const char *texts[] = {build->shape, build->text};
  cl_int code;
  options_of(build, options);
  key_of(cl, build, options, key);
  *program = build->options->cache ? from_cache(cl, build, options, key) : NULL;
  if (*program) return OFFRAMP_OK;
  if (build->options->say) build->options->say(build->options->say_context, "compiling kernels (first run)");
  *program = cl->CreateProgramWithSource(build->context, 2, texts, NULL, &code);
  if (!*program) return ofr_opencl_fail(error, build->device->info.name, "clCreateProgramWithSource", code);
  code = cl->BuildProgram(*program, 1, &build->device->id, options, NULL, NULL);
  if (code != CL_SUCCESS) {
    offramp_status status = refused(cl, build, *program, code, error);
    cl->ReleaseProgram(*program);
    *program = NULL;
    return status;
  }
  if (build->options->cache) keep(cl, build, key, *program);
  return OFFRAMP_OK;
}
