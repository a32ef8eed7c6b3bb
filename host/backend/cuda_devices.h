/* Which CUDA devices there are, and which of them can be used. */
#ifndef OFR_CUDA_DEVICES_H
#define OFR_CUDA_DEVICES_H
#include "backend.h"
#include "cuda_api.h"

typedef struct ofr_cuda_device {
  ofr_cuda_id id;
  int capability;        /* 90 for 9.0 */
  int units;             /* multiprocessors */
  size_t memory;         /* bytes */
  ofr_device_info info;
} ofr_cuda_device;

/* Fills up to `most` and returns how many there are. A driver that does not start, or finds nothing, counts as one device that
 * cannot be used, for its reason to be seen. */
int ofr_cuda_devices(ofr_cuda_device *devices, int most);
#endif
