/* Which launch shape is fastest for a kernel on a device: tried once, remembered in the folder of compiled kernels. It changes
 * speed, never results. */
#ifndef OFR_TUNING_H
#define OFR_TUNING_H
#include "../backend/backend.h"
#include "../plan/image.h"

/* The device has just taken up what is staged. Leaves it in the best shape, *shape; where `cache` is NULL, or memory for trying is not to be
 * had, in the shape it has. */
offramp_status ofr_tune(const ofr_backend *backend, ofr_device *device, const ofr_staged *staged, const char *cache,
                        int *shape, offramp_error *error);
#endif
