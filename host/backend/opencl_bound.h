/* The certified bound on an OpenCL device: a program of its own, for it needs doubles and much more memory a path. */
#ifndef OFR_OPENCL_BOUND_H
#define OFR_OPENCL_BOUND_H
#include "opencl_kernel.h"

/* Of an open device, which outlives the bounder. */
typedef struct ofr_opencl_bound_place {
  const ofr_opencl *cl;
  const ofr_opencl_device *device;
  const ofr_open_options *options;
  cl_context context;
  cl_command_queue queue;
  int lanes, group;
} ofr_opencl_bound_place;

typedef struct ofr_opencl_bounder ofr_opencl_bounder;

ofr_opencl_bounder *ofr_opencl_bounder_create(const ofr_opencl_bound_place *place); /* NULL: out of memory */
void ofr_opencl_bounder_free(ofr_opencl_bounder *bounder); /* NULL is allowed */
offramp_status ofr_opencl_bound(ofr_opencl_bounder *bounder, const ofr_bound_batch *batch, offramp_error *error);
uint32_t ofr_opencl_bound_workers(uint32_t units, bool gpu); /* that fill a device */
#endif
