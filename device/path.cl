/* The model for OpenCL C 1.2. A work-item is a worker: it evaluates every so many bundles of paths, with sums of its own.
 *
 * Whoever builds this text puts a plan's shape before it (see image_shape.c), and defines
 *   OFR_LANES     paths in a bundle: 1 on a GPU, what fills a vector register on a CPU
 *   OFR_GROUP     work-items in a group; the sums of a group lie side by side, so that a GPU writes them in one go
 *   CONSTANT      where the shape's tables live
 * Without a shape the text is the probe's; with one, the model's. */
#define SUM_LANES (OFR_LANES * OFR_GROUP)
#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"

#ifdef OFR_SPECIALISED
#if OFR_LANES == 1
#define STRATEGIES_TOGETHER 1 /* a GPU's work-item has no memory of its own that is near */
#endif
#include "path.h"

/* A function of its own on a CPU, where compilers make several copies of a kernel. */
#if OFR_LANES > 1
static __attribute__((noinline))
#else
FN
#endif
void bundle(__global const ofr_image *im, const ofr_job *job, const output *out, uint first, int lanes, int turn) {
  run_bundle(im, job, out, first, lanes, turn);
}

__kernel __attribute__((reqd_work_group_size(OFR_GROUP, 1, 1))) void
paths(__global const uint *images, ofr_job job, __global long *columns, __global long *bands, __global long *sums,
      __global long *clamped, __global const float *futures) {
  uint worker = (uint)get_global_id(0), bundles = (job.paths + LANES - 1) / LANES;
  uint group = worker / OFR_GROUP, item = worker % OFR_GROUP;
  for (uint i = worker; i < bundles * job.points * TURNS(im); i += job.workers) {
    uint turn = i / bundles, point = turn / TURNS(im), first = i % bundles * LANES, left = job.paths - first;
    uint part = group * job.points + point;
    __global const ofr_image *im = (__global const ofr_image *)(images + (ulong)point * job.image_words);
    ulong rows = (ulong)point * OFR_strategies;
    output out;
    out.columns = columns + rows * COLUMNS(im) * job.stride;
    out.bands = bands + (ulong)point * MONTH_ROWS(im) * job.band_stride;
    out.sums = sums + (ulong)part * MONTH_ROWS(im) * SUM_LANES + item;
    out.clamped = clamped + (ulong)part * SUM_LANES + item;
    out.futures = futures;
    bundle(im, &job, &out, first, left < LANES ? (int)left : LANES, (int)(turn % TURNS(im)));
  }
}

/* Adds those of the `parts` times `size` sums that lie beyond the first `kept` parts to these. */
__kernel __attribute__((reqd_work_group_size(SUM_LANES, 1, 1))) void
fold(__global long *sums, ulong size, uint parts, uint kept) {
  size_t at = get_global_id(0);
  long sum = 0;
  for (ulong i = at; i < parts * size; i += kept * size) sum += sums[i];
  sums[at] = sum;
}

#else
#include "probe.h"

__kernel __attribute__((reqd_work_group_size(OFR_GROUP, 1, 1))) void
probe(int kind, __global const uint *questions, __global uint *answers, uint n) {
  uint i = (uint)get_global_id(0);
  if (i < n) answer_one(kind, questions, answers, n, i);
}
#endif
