/* From the model's text to a program for one device, by the driver's compiler or out of the cache. */
#ifndef OFR_OPENCL_KERNEL_H
#define OFR_OPENCL_KERNEL_H
#include "opencl_devices.h"

typedef struct ofr_opencl_build {
  cl_context context;
  const ofr_opencl_device *device;
  const char *text;      /* the kernels', with all that they include */
  const char *shape;     /* of a plan, from ofr_image_shape_text; "": of none, for the probe */
  int lanes, group;      /* paths in a bundle; work-items in a group */
  const ofr_open_options *options;
} ofr_opencl_build;

extern const char ofr_kernel_text[], ofr_bound_kernel_text[]; /* device/path.cl, device/bound.cl: cmake/embed.cmake */

enum { OFR_OPENCL_KEY = 65 };

/* `key` becomes what the program is known by. */
offramp_status ofr_opencl_program(const ofr_opencl *cl, const ofr_opencl_build *build, cl_program *program,
                                  char key[OFR_OPENCL_KEY], offramp_error *error);
#endif
