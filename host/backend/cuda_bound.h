/* The certified bound on a CUDA device: a module of its own, for a path takes many more registers and much more memory. */
#ifndef OFR_CUDA_BOUND_H
#define OFR_CUDA_BOUND_H
#include "cuda_kernel.h"

typedef struct ofr_cuda_bounder ofr_cuda_bounder;

/* Of an open device; both outlive it. NULL: out of memory. The device's context is current for all but this. */
ofr_cuda_bounder *ofr_cuda_bounder_create(const ofr_cuda_device *device, const ofr_open_options *options);
void ofr_cuda_bounder_free(ofr_cuda_bounder *bounder); /* NULL is allowed */
offramp_status ofr_cuda_bound(ofr_cuda_bounder *bounder, const ofr_bound_batch *batch, offramp_error *error);
uint32_t ofr_cuda_bound_limit(const ofr_cuda_device *device);
#endif
