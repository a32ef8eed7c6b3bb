/* The certified bound for OpenCL C 1.2, with doubles. A work-item is a worker: it bounds every so many bundles of paths, in a block
 * of its own; those of a group are interleaved.
 *
 * Built like path.cl, for a plan's shape. */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#if OFR_LANES == 1
#define STEP OFR_GROUP
#else
#define STEP 1
#endif
#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "path.h"
#include "bound_path.h"

__kernel __attribute__((reqd_work_group_size(OFR_GROUP, 1, 1))) void
bounds(__global const uint *image, ofr_job job, __global const ofr_bound_set *set, __global char *blocks, ulong block,
       __global long *results, __global const float *futures) {
  uint worker = (uint)get_global_id(0), bundles = (job.paths + LANES - 1) / LANES;
  space x;
  bound_output out;
  out.lower = results;
  out.upper = out.lower + job.stride;
  out.fractional = out.upper + job.stride;
  out.rounding = out.fractional + job.stride;
  out.rounds = out.rounding + job.stride;
  out.futures = futures;
  lay_out(&x, (__global const ofr_image *)image, set, blocks + worker / STEP * block * STEP, worker % STEP);
  for (uint i = worker; i < bundles; i += job.workers) {
    uint first = i * LANES, left = job.paths - first;
    bound_bundle(&x, &job, &out, first, left < LANES ? (int)left : LANES);
  }
}

/* How many bytes the block of a work-item takes. */
__kernel void bound_space(__global const uint *image, __global const ofr_bound_set *set, __global ulong *bytes) {
  space x;
  *bytes = lay_out(&x, (__global const ofr_image *)image, set, (__global char *)bytes, 0);
}
