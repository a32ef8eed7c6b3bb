/* Which OpenCL devices there are, and which of them can give the same bits as every other device. */
#ifndef OFR_OPENCL_DEVICES_H
#define OFR_OPENCL_DEVICES_H
#include "backend.h"
#include "opencl_api.h"

typedef struct ofr_opencl_device {
  cl_device_id id;
  cl_uint units;           /* compute units */
  cl_ulong memory, most;   /* bytes: all of it; in one buffer */
  bool doubles;            /* it computes with them */
  int lanes;               /* paths in a bundle: 1, 4, 8 or 16 */
  ofr_device_info info;    /* info.index counts over all platforms */
} ofr_opencl_device;

/* Fills up to `most` and returns how many there are. */
int ofr_opencl_devices(const ofr_opencl *cl, ofr_opencl_device *devices, int most);
#endif
