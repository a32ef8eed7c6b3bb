/* The model for OpenCL C 1.2. A work-item is a worker: it evaluates every so many bundles of paths, with sums of its own.
 *
 * Whoever builds this text puts a plan's shape before it (see image_shape.c), and defines
 *   OFR_LANES     paths in a bundle: 1 on a GPU, what fills a vector register on a CPU
 *   OFR_GROUP     work-items in a group; the sums of a group lie side by side, so that a GPU writes them in one go
 *   CONSTANT      where the shape's tables live
 * Without a shape there is only the probe. */
#define SUM_LANES (OFR_LANES * OFR_GROUP)
#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "weather.h"
#include "placement.h"
#include "books.h"
#include "path.h"
#include "probe.h"

#ifdef OFR_SPECIALISED
__kernel __attribute__((reqd_work_group_size(OFR_GROUP, 1, 1))) void
paths(__global const uint *images, ofr_job job, __global long *columns, __global long *bands, __global long *sums,
      __global long *clamped) {
  uint worker = (uint)get_global_id(0), bundles = (job.paths + LANES - 1) / LANES;
  uint group = worker / OFR_GROUP, lane = worker % OFR_GROUP;
  for (uint i = worker; i < bundles * job.points; i += job.workers) {
    uint point = i / bundles, first = i % bundles * LANES, left = job.paths - first, part = group * job.points + point;
    __global const ofr_image *im = (__global const ofr_image *)(images + (ulong)point * job.image_words);
    ulong rows = (ulong)point * OFR_strategies;
    output out;
    out.columns = columns + rows * COLUMNS(im) * job.stride;
    out.bands = bands + rows * SERIES(im) * OFR_months * job.band_stride;
    out.sums = sums + (ulong)part * OFR_strategies * OFR_months * SERIES(im) * SUM_LANES + lane;
    out.clamped = clamped + (ulong)part * SUM_LANES + lane;
    run_bundle(im, &job, &out, first, left < LANES ? (int)left : LANES);
  }
}
#endif

/* Adds the parts of `size` sums that lie beyond the first `kept` to those. */
__kernel void fold(__global long *sums, ulong size, uint parts, uint kept) {
  size_t at = get_global_id(0);
  uint part = (uint)(at / size);
  ulong i = at % size;
  long sum = 0;
  for (uint p = part; p < parts; p += kept) sum += sums[p * size + i];
  sums[at] = sum;
}

__kernel void probe(int kind, __global const uint *questions, __global uint *answers) {
  size_t i = get_global_id(0);
  answer(kind, questions + 6 * i, answers + 4 * i);
}
