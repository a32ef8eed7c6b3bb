/* The model for CUDA. A thread is a worker: it evaluates every so many paths of a persistent grid.
 *
 * Whoever builds this text puts a plan's shape before it (see image_shape.c), and defines
 *   OFR_GROUP     threads in a block
 *   OFR_PART      paths whose months are summed together: as many as 64 bits hold
 *   CONSTANT      what makes the shape's tables known to the compiler
 *   OFR_IMAGE_WORDS  where there is one point and its image fits constant memory: its words
 * Without a shape there is only the probe; with OFR_CLASS instead of one, the model for all plans of which nothing is more than
 * that, slower, for machines that have no compiler. */
#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "path.h"
#include "probe.h"

#ifdef __cplusplus
#define KERNEL extern "C" __global__
#else
#define KERNEL __global__ /* the tests run this text on the CPU, as C */
#endif

#ifdef OFR_IMAGE_WORDS
#ifdef __cplusplus
extern "C" {
#endif
__constant__ uint64 offramp_image[OFR_IMAGE_WORDS / 2]; /* some tables are of 64 bits */
#ifdef __cplusplus
}
#endif
#define IMAGE(images, point, words) ((void)(images), (void)(point), (const ofr_image *)offramp_image)
#else
#define IMAGE(images, point, words) ((const ofr_image *)((images) + (uint64)(point) * (words)))
#endif

#if defined(OFR_SPECIALISED) || defined(OFR_CLASS)
KERNEL void __launch_bounds__(OFR_GROUP)
offramp_paths(const uint32 *__restrict__ images, const ofr_job job, int64 *__restrict__ columns, int64 *__restrict__ bands,
              int64 *__restrict__ sums, int64 *__restrict__ clamped, const float *__restrict__ futures) {
  uint32 rounded = (job.paths + 31) / 32 * 32; /* a warp adds up its sums, so it must be of one point and part */
  for (uint32 i = blockIdx.x * OFR_GROUP + threadIdx.x; i < rounded * job.points; i += job.workers) {
    uint32 point = i / rounded, first = i % rounded, part = first / OFR_PART * job.points + point;
    const ofr_image *im = IMAGE(images, point, job.image_words);
    uint64 rows = (uint64)point * (uint32)DIM(im, strategies);
    output out;
    out.columns = columns + rows * COLUMNS(im) * job.stride;
    out.bands = bands + rows * SERIES(im) * DIM(im, months) * job.band_stride;
    out.sums = sums + (uint64)part * DIM(im, strategies) * DIM(im, months) * SERIES(im);
    out.clamped = clamped + part;
    out.futures = futures;
    run_bundle(im, &job, &out, first, first < job.paths ? 1 : 0);
  }
}
#endif

KERNEL void __launch_bounds__(OFR_GROUP) offramp_probe(int kind, const uint32 *questions, uint32 *answers, uint32 n) {
  uint32 i = blockIdx.x * OFR_GROUP + threadIdx.x;
  if (i < n) answer_one(kind, questions, answers, n, i);
}
