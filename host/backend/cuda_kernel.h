/* From the model's text to a module for one device, by NVRTC or out of the cache. */
#ifndef OFR_CUDA_KERNEL_H
#define OFR_CUDA_KERNEL_H
#include <stdbool.h>
#include "cuda_devices.h"
#include "cuda_images.h"

enum {
  OFR_CUDA_GROUP = 32,  /* threads in a block of offramp_paths; */
  OFR_CUDA_PROBE_GROUP = 4 * OFR_CUDA_GROUP, /* and of offramp_probe */
  OFR_CUDA_PART = 4096, /* paths whose months 64 bits hold the sum of: SUM_BUNDLES_BITS */
  OFR_CUDA_KEY = 65,
  OFR_CUDA_CONSTANT_BYTES = 60000 /* an image up to here goes into constant memory; the compiler keeps constants of its own there */
};

extern const char ofr_kernel_text_cuda[], ofr_bound_kernel_text_cuda[]; /* device/path.cu, device/bound.cu: cmake/embed.cmake */

typedef struct ofr_cuda_build {
  const ofr_cuda_device *device;
  const ofr_image *image;   /* of a plan, and its shape, from ofr_image_shape_text; NULL and "": no plan, the probe alone */
  const char *shape;
  const char *text;         /* the kernels', with all that they include */
  bool alone;               /* there is one point: its image goes into constant memory where it fits */
  const ofr_open_options *options;
  const ofr_cuda_image *ahead; /* the same kernels, for want of NVRTC */
} ofr_cuda_build;

typedef struct ofr_cuda_kernel {
  ofr_cuda_module module;
  char key[OFR_CUDA_KEY];   /* what it is known by */
  int64_t instructions;     /* that the code of offramp_paths holds; -1 where that cannot be seen */
  int class;                /* for which it was compiled ahead; 0: for the plan */
  bool constant;            /* the image goes to its variable offramp_image */
} ofr_cuda_kernel;

/* The device's context is current. Where there is no NVRTC, a kernel that was compiled ahead. */
offramp_status ofr_cuda_kernel_make(const ofr_cuda_build *build, ofr_cuda_kernel *kernel, offramp_error *error);
#endif
