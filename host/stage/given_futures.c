#include "given_futures.h"
#include <string.h>

enum { BUNDLE = 32 /* a warp's lanes, and no fewer than any other bundle has */, MOST_VALUES = 1 << 26 };

typedef struct filling {
  const ofr_futures *futures;
  double quantum[OFR_MAX_SUBJECTS]; /* by row: accelerators, or 1 */
  uint64_t first;
  uint32_t paths, stride;
  float *table;
} filling;

uint32_t ofr_futures_stride(uint32_t paths) { return (paths + BUNDLE - 1) / BUNDLE * BUNDLE; }

static uint64_t rows_of(const ofr_plan *plan) {
  return plan->futures ? (uint64_t)plan->months * (uint64_t)plan->futures->count : 0;
}

uint64_t ofr_futures_size(const ofr_plan *plan, uint32_t paths) {
  return plan->futures ? rows_of(plan) * ofr_futures_stride(paths) + BUNDLE : 0;
}

uint32_t ofr_futures_paths(const ofr_plan *plan, uint32_t paths) {
  while (paths > BUNDLE && ofr_futures_size(plan, paths) > MOST_VALUES) paths /= 2;
  return paths;
}

/* The same as dividing once and rounding once, wherever the batch begins. */
static void fill_row(void *context, int worker, uint64_t index) {
  const filling *x = context;
  const int row = (int)(index % (uint64_t)x->futures->count), month = (int)(index / (uint64_t)x->futures->count);
  const double quantum = x->quantum[row], *const *blocks =
                                              (const double *const *)x->futures->blocks + row * x->futures->block_count;
  float *to = x->table + index * x->stride;
  (void)worker;
  for (uint32_t done = 0; done < x->paths;) {
    uint64_t path = x->first + done, within = path % OFR_FUTURES_BLOCK;
    uint32_t left = (uint32_t)(OFR_FUTURES_BLOCK - within), count = x->paths - done < left ? x->paths - done : left;
    const double *from = blocks[path / OFR_FUTURES_BLOCK] + (uint64_t)month * OFR_FUTURES_BLOCK + within;
    for (uint32_t i = 0; i < count; i++) to[done + i] = (float)(from[i] / quantum);
    done += count;
  }
  memset(to + x->paths, 0, (x->stride - x->paths) * sizeof *to);
}

void ofr_futures_fill(const ofr_plan *plan, double accelerator_quantum, ofr_crew *crew, uint64_t first, uint32_t paths,
                      float *table) {
  filling x = {.futures = plan->futures, .first = first, .paths = paths, .stride = ofr_futures_stride(paths), .table = table};
  uint64_t rows = rows_of(plan);
  if (!plan->futures) return;
  for (int i = 0; i < OFR_MAX_SUBJECTS; i++) {
    bool price = i >= plan->workload_count && i < plan->workload_count + plan->pool_count;
    if (plan->futures->row[i] >= 0) x.quantum[plan->futures->row[i]] = price ? 1 : accelerator_quantum;
  }
  if (crew) ofr_crew_run(crew, rows, fill_row, &x, NULL);
  else for (uint64_t i = 0; i < rows; i++) fill_row(&x, 0, i);
  memset(table + rows * x.stride, 0, BUNDLE * sizeof *table);
}
