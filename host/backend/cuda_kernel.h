/* From the model's text to a module for one device, by NVRTC or out of the cache. */
#ifndef OFR_CUDA_KERNEL_H
#define OFR_CUDA_KERNEL_H
#include "cuda_devices.h"

enum {
  OFR_CUDA_GROUP = 128, /* threads in a block */
  OFR_CUDA_PART = 4096, /* paths whose months 64 bits hold the sum of: SUM_BUNDLES_BITS */
  OFR_CUDA_KEY = 65
};

/* `shape`: of a plan, from ofr_image_shape_text; "": no plan, the probe alone. The device's context is current. `key` becomes what
 * the module is known by; *instructions how many the code of offramp_paths holds, -1 where that cannot be seen. */
offramp_status ofr_cuda_kernel(const ofr_cuda_device *device, const char *shape, const ofr_open_options *options,
                               ofr_cuda_module *module, char key[OFR_CUDA_KEY], int64_t *instructions, offramp_error *error);
#endif
