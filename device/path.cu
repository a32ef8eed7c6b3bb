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

/* Books lie in shared memory, where they leave the registers to the placement and an index may be anything; beside them, where
 * there are many slots to place on, the weather. What does not fit lies in local memory. An odd number of wides for each thread,
 * so that those side by side meet different banks. */
#define SHARED_BYTES     (48 << 10) /* of a block, on every device */
#define WIDES_OF(bytes)  ((bytes) / sizeof(wide) | 1)
/* As many strategies share one weather as leave a unit room for a dozen blocks, at least one. */
#ifndef OFR_FAIR_BYTES
#define OFR_FAIR_BYTES   (20 << 10)
#endif
#define BOOKS_OF_FAIR    (OFR_FAIR_BYTES / OFR_GROUP / sizeof(books))
#define STRATEGIES_TOGETHER (BOOKS_OF_FAIR >= N_STRATEGIES ? N_STRATEGIES : BOOKS_OF_FAIR > 1 ? (int)BOOKS_OF_FAIR : 1)
#define BOOKS_WIDES      WIDES_OF(STRATEGIES_TOGETHER * sizeof(books))
#define BOOKS_FIT        (BOOKS_WIDES * sizeof(wide) * OFR_GROUP <= SHARED_BYTES)
#define SKY_WIDES        WIDES_OF(sizeof(weather) + sizeof(wide) - 1)
#define SKY_FITS         (BOOKS_FIT && N_SLOTS > 16 && (BOOKS_WIDES + SKY_WIDES) * sizeof(wide) * OFR_GROUP <= SHARED_BYTES)
/* With many slots, what first refusals remember of each would be more than registers hold. */
#define MATCHING_APART   (OFR_refusals && OFR_slots > 20)
#define MATCHING_WIDES   WIDES_OF(sizeof(matching) + sizeof(wide) - 1)
#define MATCHING_FITS                                                                                                          \
  (BOOKS_FIT && (BOOKS_WIDES + SKY_FITS * SKY_WIDES + MATCHING_WIDES) * sizeof(wide) * OFR_GROUP <= SHARED_BYTES)
#define SHELF(type, name, fits, wides, count)                                                                                  \
  __shared__ wide name##_shelf[(fits) ? OFR_GROUP * (wides) : 1];                                                              \
  type name##_here[(fits) ? 1 : (count)], *name = (fits) ? (type *)(name##_shelf + threadIdx.x * (wides)) : name##_here
#define BOOKS(b)         SHELF(books, b, BOOKS_FIT, BOOKS_WIDES, STRATEGIES_TOGETHER)
#define SKY(sky)         SHELF(weather, sky, SKY_FITS, SKY_WIDES, 1)
#if MATCHING_APART
#define PLACEMENT(p)     SHELF(matching, match, MATCHING_FITS, MATCHING_WIDES, 1); placement p; p.match = match
#endif
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
#define IMAGE(images, point, words) ((void)(images), (const ofr_image *)offramp_image)
#define POINT(i, all)               ((i) - (i)) /* there is one: nothing to divide, and what lies at it needs no register */
#else
#define IMAGE(images, point, words) ((const ofr_image *)((images) + (uint64)(point) * (words)))
#define POINT(i, all)               ((i) / (all))
#endif

#if defined(OFR_SPECIALISED) || defined(OFR_CLASS)
/* Blocks are single warps, so that what fits into shared memory is counted by warps. A small plan's kernel gives up registers that
 * it can do without for more of them side by side, as far as none spills: for later devices the compiler needs more of them. */
#ifdef OFR_BLOCKS_OF_UNIT
#elif OFR_UNROLLED && OFR_strategies == 1 && OFR_slots <= 12 && OFR_workloads <= 4 && !OFR_has_used && !OFR_has_net && !OFR_has_slip
#define OFR_BLOCKS_OF_UNIT 16 /* 128 registers */
#elif OFR_UNROLLED && !WORKLOADS_ROLLED && OFR_workloads <= 3 && !OFR_refusals && !OFR_has_optimal && __CUDA_ARCH__ < 1000
#define OFR_BLOCKS_OF_UNIT 12 /* 168 */
#else
#define OFR_BLOCKS_OF_UNIT 8
#endif

KERNEL void __launch_bounds__(OFR_GROUP, OFR_BLOCKS_OF_UNIT)
offramp_paths(const uint32 *__restrict__ images, const ofr_job job, int64 *__restrict__ columns, int64 *__restrict__ bands,
              int64 *__restrict__ sums, int64 *__restrict__ clamped, const float *__restrict__ futures) {
  uint32 rounded = (job.paths + 31) / 32 * 32; /* a warp adds up its sums, so it must be of one point and part */
  uint32 turns = TURNS(IMAGE(images, 0, 0)); /* the same at every point */
  for (uint32 i = blockIdx.x * OFR_GROUP + threadIdx.x; i < rounded * turns * job.points; i += job.workers) {
    uint32 point = POINT(i, rounded * turns), rest = i - point * rounded * turns, turn = turns > 1 ? rest / rounded : 0;
    uint32 first = rest - turn * rounded;
    uint32 part = first / OFR_PART * job.points + point;
    const ofr_image *im = IMAGE(images, point, job.image_words);
    uint64 rows = (uint64)point * (uint32)DIM(im, strategies);
    output out;
    out.columns = columns + rows * COLUMNS(im) * job.stride;
    out.bands = bands + (uint64)point * MONTH_ROWS(im) * job.band_stride;
    out.sums = sums + (uint64)part * MONTH_ROWS(im);
    out.clamped = clamped + part;
    out.futures = futures;
    run_bundle(im, &job, &out, first, first < job.paths ? 1 : 0, (int)turn);
  }
}
#endif

#define PROBE_GROUP (4 * OFR_GROUP)
KERNEL void __launch_bounds__(PROBE_GROUP) offramp_probe(int kind, const uint32 *questions, uint32 *answers, uint32 n) {
  uint32 i = blockIdx.x * PROBE_GROUP + threadIdx.x;
  if (i < n) answer_one(kind, questions, answers, n, i);
}
