#include "mean_future.h"
#include <math.h>
#include <string.h>

/* Mean of a geometric delay whose tail is put on the longest: sum over n of P(later than n). */
static double mean_slip(const ofr_pool *pool) {
  double ratio = pool->slip_mean / (1 + pool->slip_mean), left = 1, mean = 0;
  for (int n = 0; n < pool->slip_max; n++) mean += left *= ratio;
  return mean;
}

static bool delay(ofr_pool *pool, int months, ofr_arena *arena) {
  int slip = pool->slip_mean > 0 ? (int)floor(mean_slip(pool) + 0.5) : 0;
  double *at = ofr_arena_alloc(arena, (size_t)months, sizeof *at);
  if (!at) return false;
  for (int t = 0; t < months; t++) at[t] = pool->capacity.at[t > slip ? t - slip : 0];
  pool->capacity.at = at;
  pool->slip_mean = 0;
  return true;
}

/* What the plan's own futures give of a quantity on average, month by month; its curve where they give none. */
static bool take_mean(const ofr_plan *plan, ofr_quantity quantity, int index, ofr_curve *curve, ofr_arena *arena) {
  const ofr_futures *f = plan->futures;
  int row = ofr_given_row(plan, quantity, index);
  if (row < 0) return true;
  double *at = ofr_arena_alloc(arena, (size_t)plan->months, sizeof *at), weight = f->weights ? 0x1p-32 : 1 / (double)f->paths;
  if (!at) return false;
  *curve = (ofr_curve){.at = at};
  for (int t = 0; t < plan->months; t++) {
    for (uint64_t p = 0; p < f->paths; p++)
      at[t] +=
          f->blocks[row * f->block_count + (int)(p / OFR_FUTURES_BLOCK)][t * OFR_FUTURES_BLOCK + (int)(p % OFR_FUTURES_BLOCK)] *
          (f->weights ? (double)f->weights[p] : 1) * weight;
    curve->max = fmax(curve->max, at[t]);
  }
  return true;
}

const ofr_plan *ofr_plan_mean_future(const ofr_plan *plan, ofr_arena *arena) {
  ofr_plan *out = ofr_arena_alloc(arena, 1, sizeof *out);
  ofr_workload *workloads = ofr_arena_alloc(arena, (size_t)plan->workload_count, sizeof *workloads);
  ofr_pool *pools = ofr_arena_alloc(arena, (size_t)plan->pool_count, sizeof *pools);
  ofr_contract *contracts = ofr_arena_alloc(arena, (size_t)plan->contract_count, sizeof *contracts);
  double *none = ofr_arena_alloc(arena, (size_t)plan->factor_count, sizeof *none);
  if (!out || !workloads || !pools || !contracts || !none) return NULL;
  memcpy(workloads, plan->workloads, (size_t)plan->workload_count * sizeof *workloads);
  memcpy(pools, plan->pools, (size_t)plan->pool_count * sizeof *pools);
  memcpy(contracts, plan->contracts, (size_t)plan->contract_count * sizeof *contracts);
  for (int w = 0; w < plan->workload_count; w++) {
    workloads[w].loading = none;
    if (!take_mean(plan, OFR_DEMAND, w, &workloads[w].demand, arena)) return NULL;
  }
  for (int c = 0; c < plan->contract_count; c++) contracts[c].accept = contracts[c].accept >= 0.5;
  for (int k = 0; k < plan->pool_count; k++) {
    pools[k].loading = none;
    if (!delay(&pools[k], plan->months, arena) || !take_mean(plan, OFR_PRICE, k, &pools[k].price, arena) ||
        !take_mean(plan, OFR_CAPACITY, k, &pools[k].capacity, arena))
      return NULL;
    if (ofr_given_row(plan, OFR_CAPACITY, k) >= 0) pools[k].availability = 1;
  }
  *out = *plan;
  out->workloads = workloads;
  out->pools = pools;
  out->contracts = contracts;
  out->event_count = 0;
  out->futures = NULL;
  out->history = NULL;
  out->paths = 1;
  return out;
}
