/* The certified bound for CUDA. A thread is a worker: it bounds every so many paths, in a block of memory of its own; those of a
 * warp are interleaved.
 *
 * Built like path.cu, for a plan's shape; it asks for no image in constant memory. */
#define STEP     32
#define FN_BOUND static __device__
#define FN_PHASE static __device__ __noinline__
#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "path.h"
#include "bound_path.h"

#ifdef __cplusplus
#define KERNEL extern "C" __global__
#else
#define KERNEL __global__ /* the tests run this text on the CPU, as C */
#endif

KERNEL void __launch_bounds__(OFR_GROUP, 2)
offramp_bounds(const uint32 *__restrict__ image, const ofr_job job, const ofr_bound_set *__restrict__ set, char *blocks,
               uint64 block, int64 *results, const float *__restrict__ futures) {
  uint32 worker = blockIdx.x * OFR_GROUP + threadIdx.x;
  space x;
  bound_output out;
  out.lower = results;
  out.upper = out.lower + job.stride;
  out.fractional = out.upper + job.stride;
  out.rounding = out.fractional + job.stride;
  out.rounds = out.rounding + job.stride;
  out.futures = futures;
  lay_out(&x, (const ofr_image *)image, set, blocks + worker / STEP * block * STEP, (int)(worker % STEP));
  for (uint32 i = worker; i < job.paths; i += job.workers) bound_bundle(&x, &job, &out, i, 1);
}

/* How many bytes the block of a thread takes. */
KERNEL void __launch_bounds__(1)
offramp_bound_space(const uint32 *__restrict__ image, const ofr_bound_set *__restrict__ set, uint64 *bytes) {
  space x;
  *bytes = lay_out(&x, (const ofr_image *)image, set, (char *)bytes, 0);
}
