/* Plan -> image. Not for checking: whatever is wrong with a plan was found when it was read. */
#include "image_builder.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../base/fixed_math.h"

#define LOG2_E 1.4426950408889634

/* Room for n values of `size` bytes at the end of the block, zeroed, 8-byte aligned; its offset goes to *offset. */
void *ofr_grow(ofr_builder *b, uint32_t *offset, size_t n, size_t size) {
  size_t words = (n * size + 7) / 8 * 2;
  if (b->used + words > b->capacity) {
    size_t capacity = (b->used + words) * 2 + 4096;
    uint32_t *moved = capacity <= UINT32_MAX / 4 ? realloc(b->words, capacity * sizeof *moved) : NULL;
    if (!moved) {
      b->failed = true;
      return NULL;
    }
    memset(moved + b->capacity, 0, (capacity - b->capacity) * sizeof *moved);
    b->words = moved;
    b->capacity = capacity;
  }
  *offset = (uint32_t)b->used;
  b->used += words;
  return b->words + *offset;
}

int ofr_note_shift(ofr_builder *b, double highest) {
  int shift = ofr_rate_shift(&b->scales, highest);
  b->head->has_left_shifts |= shift < 0;
  return shift;
}

/* Slots: reserved parts first, so that they win ties; both in plan order of their pools. */
static void put_slots(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  im->slots = plan->pool_count + im->reservations;
  TABLE_OF(int, pool, slot_pool, im->slots);
  int n = 0;
  for (int k = 0; k < plan->pool_count; k++)
    for (int r = 0; r < im->reservations; r++)
      if (b->of_type[OFR_RESERVATION][r]->pool == k) pool[n++] = k;
  for (int k = 0; k < plan->pool_count; k++) pool[n++] = k;
  TABLE_OF(int, reservation, slot_reservation, im->slots);
  TABLE_OF(int, slot, reservation_slot, im->reservations);
  n = 0;
  for (int k = 0; k < plan->pool_count; k++)
    for (int r = 0; r < im->reservations; r++)
      if (b->of_type[OFR_RESERVATION][r]->pool == k) {
        ((int *)(b->words + im->slot_reservation))[n] = r;
        slot[r] = n++;
      }
  reservation = (int *)(b->words + im->slot_reservation);
  while (n < im->slots) reservation[n++] = -1;
}

static void put_places(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  TABLE_OF(int, provider, pool_provider, plan->pool_count);
  for (int k = 0; k < plan->pool_count; k++) provider[k] = plan->pools[k].provider;
  TABLE_OF(int, vendor, pool_vendor, plan->pool_count);
  for (int k = 0; k < plan->pool_count; k++) vendor[k] = plan->accelerators[plan->pools[k].accelerator].vendor;
  TABLE_OF(int, home, home, plan->workload_count);
  for (int w = 0; w < plan->workload_count; w++) home[w] = plan->workloads[w].data_gb_per_hour > 0 ? plan->workloads[w].home : -1;
  TABLE_OF(int, away, away, plan->workload_count * plan->provider_count);
  for (int w = 0; w < plan->workload_count; w++)
    for (int g = 0; g < plan->provider_count; g++) {
      const ofr_workload *load = &plan->workloads[w];
      bool pays = load->home >= 0 && load->home != g && load->data_gb_per_hour > 0;
      away[w * plan->provider_count + g] = pays;
      b->head->has_egress |= pays;
    }
}

static void put_speeds(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int slots = b->head->slots, W = plan->workload_count, S = plan->strategy_count;
  const int *pool;
  TABLE_OF(float, speed, speed, W * slots);
  pool = (const int *)(b->words + b->head->slot_pool);
  for (int i = 0; i < W * slots; i++)
    speed[i] = (float)plan->workloads[i / slots].speed[plan->pools[pool[i % slots]].accelerator];
  TABLE_OF(float, inverse, inverse_speed, W * slots);
  speed = (float *)(b->words + b->head->speed);
  for (int i = 0; i < W * slots; i++)
    inverse[i] = speed[i] == 1.0f ? 1.0f : speed[i] > 0 ? nextafterf((float)(1.0 / speed[i]), INFINITY) : 0.0f;
  TABLE_OF(float, busy, speed_duty, W * slots);
  speed = (float *)(b->words + b->head->speed);
  for (int i = 0; i < W * slots; i++) busy[i] = (float)(speed[i] * plan->workloads[i / slots].duty);
  TABLE_OF(float, may, may_place, S * W * slots);
  speed = (float *)(b->words + b->head->speed);
  pool = (const int *)(b->words + b->head->slot_pool);
  for (int i = 0; i < S * W * slots; i++)
    may[i] = plan->strategies[i / (W * slots)].providers[plan->pools[pool[i % slots]].provider] ? speed[i % (W * slots)] : 0.0f;
  TABLE_OF(int, slot, choice_slot, S * W * slots);
  TABLE_OF(int, count, choice_slots, S * W);
  may = (float *)(b->words + b->head->may_place);
  slot = (int *)(b->words + b->head->choice_slot);
  for (int i = 0; i < S * W * slots; i++)
    if (may[i] > 0) slot[i / slots * slots + count[i / slots]++] = i % slots;
  TABLE_OF(int, can, can_run, W * slots);
  may = (float *)(b->words + b->head->may_place);
  for (int i = 0; i < S * W * slots; i++) can[i % (W * slots)] |= may[i] > 0;
}

/* A driver is what moves a curve: loadings on factors, and a multiplier for each event. Curves that move alike share one. */
typedef struct driver {
  double history; /* 1 + its row there; 0: none */
  double loading[OFR_MAX_FACTORS], multiplier[OFR_MAX_EVENTS];
} driver;

/* What comes from a file holds what factors would do. */
static driver driver_of(const ofr_plan *plan, ofr_quantity kind, int index) {
  driver d = {.history = 1 + ofr_history_row(plan, kind, index)};
  const double *loading = kind == OFR_DEMAND  ? plan->workloads[index].loading
                          : kind == OFR_PRICE ? plan->pools[index].loading
                                              : NULL;
  if (ofr_given_row(plan, kind, index) >= 0 || d.history > 0) loading = NULL;
  for (int j = 0; loading && j < plan->factor_count; j++) d.loading[j] = loading[j];
  for (int e = 0; e < plan->event_count; e++) {
    d.multiplier[e] = 1;
    for (int i = 0; i < plan->events[e].effect_count; i++) {
      const ofr_effect *x = &plan->events[e].effects[i];
      if (kind == OFR_DEMAND && x->workloads[index]) d.multiplier[e] *= x->demand;
      if (kind == OFR_PRICE && x->pools[index]) d.multiplier[e] *= x->price;
      if (kind == OFR_CAPACITY && x->pools[index]) d.multiplier[e] *= x->capacity;
    }
  }
  return d;
}

static int share_driver(driver *all, int *count, driver d) {
  for (int i = 0; i < *count; i++)
    if (!memcmp(&all[i], &d, sizeof d)) return i;
  all[*count] = d;
  return (*count)++;
}

static void put_effects(ofr_builder *b, const driver *all) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  int E = plan->event_count, cells = im->drivers * E, n = 0;
  for (int i = 0; i < cells; i++) im->effects += all[i / E].multiplier[i % E] != 1;
  TABLE_OF(int, event, effect_event, im->effects);
  for (int i = 0; i < cells; i++)
    if (all[i / E].multiplier[i % E] != 1) event[n++] = i % E;
  TABLE_OF(int, target, effect_driver, im->effects);
  n = 0;
  for (int i = 0; i < cells; i++)
    if (all[i / E].multiplier[i % E] != 1) target[n++] = i / E;
  TABLE_OF(float, value, effect_value, im->effects);
  n = 0;
  for (int i = 0; i < cells; i++)
    if (all[i / E].multiplier[i % E] != 1) value[n++] = (float)all[i / E].multiplier[i % E];
}

/* The distinct rows of loadings among drivers: first[i] is the first driver of signal i. */
static void put_signals(ofr_builder *b, const driver *all, int *first) {
  ofr_image *im = b->head;
  TABLE_OF(int, signal, driver_signal, im->drivers);
  for (int d = 0; d < im->drivers; d++) {
    bool random = false;
    for (int j = 0; j < b->plan->factor_count; j++) random |= all[d].loading[j] != 0;
    signal[d] = -1;
    for (int i = 0; random && i < im->signals && signal[d] < 0; i++)
      if (!memcmp(all[d].loading, all[first[i]].loading, sizeof all[d].loading)) signal[d] = i;
    if (!random || signal[d] >= 0) continue;
    first[im->signals] = d;
    signal[d] = im->signals++;
  }
  for (int d = 0; d < im->drivers; d++)
    if (all[d].history > 0) signal[d] = im->signals + (int)all[d].history - 1;
}

/* Half the exact variance of a signal's exponent, month by month: cov(t) = phi_i phi_j cov(t-1) + s_i s_j rho_ij. */
static void put_variances(ofr_builder *b, const driver *all, const int *first, const double *phi, const double *deviation) {
  const ofr_plan *plan = b->plan;
  int F = plan->factor_count, N = b->head->signals;
  TABLE_OF(float, loading, loading, N * F);
  for (int i = 0; i < N * F; i++) loading[i] = (float)(all[first[i / F]].loading[i % F] * LOG2_E);
  TABLE_OF(float, half, half_variance, plan->months * N);
  double cov[OFR_MAX_FACTORS][OFR_MAX_FACTORS] = {{0}};
  for (int t = 0; t < plan->months; t++) {
    for (int n = 0; n < N; n++) {
      const double *load = all[first[n]].loading;
      double v = 0;
      for (int i = 0; i < F; i++)
        for (int j = 0; j < F; j++) v += load[i] * load[j] * cov[i][j];
      half[t * N + n] = (float)(v * 0.5 * LOG2_E);
    }
    for (int i = 0; i < F; i++)
      for (int j = 0; j < F; j++)
        cov[i][j] = phi[i] * phi[j] * cov[i][j] + deviation[i] * deviation[j] * plan->correlation[i * F + j];
  }
}

/* The mean over all blocks of what `length` changes in a row make of 1. */
static double mean_growth(const ofr_bootstrap *h, int row, int length) {
  double sum = 0;
  for (int from = 0; from < h->changes; from++) {
    double walk = 0;
    for (int i = 0; i < length; i++) walk += h->change[(from + i) % h->changes * h->count + row];
    sum += ofr_exp(walk);
  }
  return sum / h->changes;
}

static void put_history(ofr_builder *b) {
  const ofr_bootstrap *h = b->plan->history;
  ofr_image *im = b->head;
  if (h) im->histories = h->count, im->history_changes = h->changes, im->history_block = h->block;
  TABLE_OF(float, change, history_change, im->history_changes * im->histories);
  for (int i = 0; i < im->history_changes * im->histories; i++) change[i] = (float)(h->change[i] * LOG2_E);
  TABLE_OF(float, mean, history_mean, im->months * im->histories);
  for (int row = 0; row < im->histories; row++)
    for (int t = 0; t < im->months; t++) {
      double whole = t / h->block * ofr_log(mean_growth(h, row, h->block));
      mean[t * im->histories + row] = (float)((whole + ofr_log(mean_growth(h, row, t % h->block))) * LOG2_E);
    }
}

static void put_drivers(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  int F = plan->factor_count;
  driver *all = calloc(MAX_DRIVERS, sizeof *all);
  if (!all) {
    b->failed = true;
    return;
  }
  int of[3][OFR_MAX_POOLS];
  for (int w = 0; w < plan->workload_count; w++)
    of[OFR_DEMAND][w] = share_driver(all, &im->drivers, driver_of(plan, OFR_DEMAND, w));
  for (int k = 0; k < plan->pool_count; k++) of[OFR_PRICE][k] = share_driver(all, &im->drivers, driver_of(plan, OFR_PRICE, k));
  for (int k = 0; k < plan->pool_count; k++)
    of[OFR_CAPACITY][k] = share_driver(all, &im->drivers, driver_of(plan, OFR_CAPACITY, k));
  double phi[OFR_MAX_FACTORS], deviation[OFR_MAX_FACTORS];
  for (int j = 0; j < F; j++) {
    double kappa = plan->factors[j].reversion, sigma = plan->factors[j].volatility;
    phi[j] = ofr_exp(-kappa / 12);
    deviation[j] = kappa > 0 ? sigma * sqrt((1 - phi[j] * phi[j]) / (2 * kappa)) : sigma * sqrt(1.0 / 12);
  }
  int first[MAX_DRIVERS];
  put_effects(b, all);
  if (!b->failed) put_signals(b, all, first);
  if (!b->failed) put_variances(b, all, first, phi, deviation);
  free(all);
  if (b->failed) return;
  TABLE_OF(int, demand, demand_driver, plan->workload_count);
  memcpy(demand, of[OFR_DEMAND], (size_t)plan->workload_count * sizeof *demand);
  TABLE_OF(int, price, price_driver, plan->pool_count);
  memcpy(price, of[OFR_PRICE], (size_t)plan->pool_count * sizeof *price);
  TABLE_OF(int, capacity, capacity_driver, plan->pool_count);
  memcpy(capacity, of[OFR_CAPACITY], (size_t)plan->pool_count * sizeof *capacity);
  TABLE_OF(float, keep, phi, F);
  for (int j = 0; j < F; j++) keep[j] = (float)phi[j];
  TABLE_OF(float, shock, shock, F * F);
  for (int j = 0; j < F; j++)
    for (int i = 0; i <= j; i++) shock[j * F + i] = (float)(deviation[j] * plan->cholesky[j * F + i]);
}

static double draw_threshold(double probability) {
  double x = floor(probability * 4294967296.0 + 0.5);
  return x > 4294967295.0 ? 4294967295.0 : x;
}

static void put_events(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int E = plan->event_count;
  TABLE_OF(uint32_t, threshold, event_threshold, E);
  for (int e = 0; e < E; e++) threshold[e] = (uint32_t)draw_threshold(1 - ofr_exp(-plan->events[e].rate / 12));
  TABLE_OF(int, from, event_from, E);
  for (int e = 0; e < E; e++) from[e] = plan->events[e].span.from;
  TABLE_OF(int, to, event_to, E);
  for (int e = 0; e < E; e++) to[e] = plan->events[e].span.to;
  TABLE_OF(int, at, event_at, E);
  for (int e = 0; e < E; e++) at[e] = plan->events[e].at;
  TABLE_OF(int, max, event_max, E);
  for (int e = 0; e < E; e++) max[e] = plan->events[e].max;
  TABLE_OF(int, duration, event_duration, E);
  for (int e = 0; e < E; e++) duration[e] = plan->events[e].duration;
  TABLE_OF(float, scale, event_log_scale, E);
  for (int e = 0; e < E; e++) {
    double mean = plan->events[e].mean_duration;
    scale[e] = plan->events[e].duration == 0 && mean > 1 ? (float)(1 / ofr_log(1 - 1 / mean)) : 0.0f;
  }
}

static void put_contract_effects(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int rows[OFR_MAX_EVENTS * OFR_MAX_CONTRACTS * 2][3], n = 0;
  for (int e = 0; e < plan->event_count; e++)
    for (int c = 0; c < plan->contract_count; c++) {
      bool suspends = false, ends = false;
      for (int i = 0; i < plan->events[e].effect_count; i++) {
        const ofr_effect *x = &plan->events[e].effects[i];
        suspends |= x->contracts[c] && x->suspend;
        ends |= x->contracts[c] && x->ends;
      }
      for (int kind = EFFECT_SUSPEND; kind <= EFFECT_END; kind++)
        if (kind == EFFECT_END ? ends : suspends) {
          rows[n][0] = e;
          rows[n][1] = b->order[c];
          rows[n++][2] = kind;
        }
    }
  b->head->contract_effects = n;
  TABLE_OF(int, event, contract_effect_event, n);
  for (int i = 0; i < n; i++) event[i] = rows[i][0];
  TABLE_OF(int, contract, contract_effect_contract, n);
  for (int i = 0; i < n; i++) contract[i] = rows[i][1];
  TABLE_OF(int, kind, contract_effect_kind, n);
  for (int i = 0; i < n; i++) kind[i] = rows[i][2];
}

static void put_slips(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  TABLE_OF(int, max, slip_max, plan->pool_count);
  for (int k = 0; k < plan->pool_count; k++) {
    max[k] = plan->pools[k].slip_mean > 0 && ofr_given_row(plan, OFR_CAPACITY, k) < 0 ? plan->pools[k].slip_max : 0;
    if (max[k] > 0) im->has_slip = 1;
    if ((uint32_t)max[k] > im->slip_stride) im->slip_stride = (uint32_t)max[k];
  }
  TABLE_OF(uint32_t, threshold, slip_threshold, (size_t)plan->pool_count * im->slip_stride);
  max = (int *)(b->words + im->slip_max);
  for (int k = 0; k < plan->pool_count; k++) {
    double ratio = plan->pools[k].slip_mean / (1 + plan->pools[k].slip_mean), left = 1;
    for (int n = 0; n < max[k]; n++) {
      left *= ratio;
      threshold[(size_t)k * im->slip_stride + (size_t)n] = (uint32_t)draw_threshold(1 - left);
    }
  }
}

static void put_curves(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int T = plan->months, W = plan->workload_count, K = plan->pool_count;
  double quantum = b->scales.accelerator_quantum;
  TABLE_OF(float, demand, demand, T * W);
  for (int t = 0; t < T; t++)
    for (int w = 0; w < W; w++) demand[t * W + w] = (float)(plan->workloads[w].demand.at[t] / quantum);
  TABLE_OF(float, price, price, T * K);
  for (int t = 0; t < T; t++)
    for (int k = 0; k < K; k++) price[t * K + k] = (float)plan->pools[k].price.at[t];
  TABLE_OF(float, capacity, capacity, T * K);
  for (int t = 0; t < T; t++)
    for (int k = 0; k < K; k++) {
      double c = plan->pools[k].capacity.at[t] * plan->pools[k].availability / quantum;
      capacity[t * K + k] = (float)(c < 1e9 ? c : 1e9);
    }
}

static void put_futures(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  b->head->futures = plan->futures ? plan->futures->count : 0;
  TABLE_OF(int, demand, demand_future, plan->workload_count);
  for (int w = 0; w < plan->workload_count; w++) demand[w] = ofr_given_row(plan, OFR_DEMAND, w);
  TABLE_OF(int, price, price_future, plan->pool_count);
  for (int k = 0; k < plan->pool_count; k++) price[k] = ofr_given_row(plan, OFR_PRICE, k);
  TABLE_OF(int, capacity, capacity_future, plan->pool_count);
  for (int k = 0; k < plan->pool_count; k++) capacity[k] = ofr_given_row(plan, OFR_CAPACITY, k);
}

static void put_prices(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int T = plan->months, W = plan->workload_count, K = plan->pool_count;
  const ofr_scales *x = &b->scales;
  TABLE_OF(float, scale, price_scale, K);
  for (int k = 0; k < K; k++) scale[k] = (float)ldexp(x->money_per_price, ofr_rate_shift(x, x->highest_price[k]));
  TABLE_OF(int, shift, price_shift, K);
  for (int k = 0; k < K; k++) shift[k] = ofr_note_shift(b, x->highest_price[k]);
  TABLE_OF(float, limit, unmet_key, W);
  for (int w = 0; w < W; w++) limit[w] = (float)plan->workloads[w].unmet_cost;
  TABLE_OF(uint32_t, unmet, unmet_rate, W);
  for (int w = 0; w < W; w++) unmet[w] = ofr_rate(x, plan->workloads[w].unmet_cost, plan->workloads[w].unmet_cost);
  TABLE_OF(int, unmet_by, unmet_shift, W);
  for (int w = 0; w < W; w++) unmet_by[w] = ofr_note_shift(b, plan->workloads[w].unmet_cost);
  TABLE_OF(float, duty, duty, W);
  for (int w = 0; w < W; w++) duty[w] = (float)plan->workloads[w].duty;
  TABLE_OF(uint32_t, fraction, duty_fraction, W);
  for (int w = 0; w < W; w++) {
    fraction[w] = ofr_to_fraction(plan->workloads[w].duty, FRACTION_BITS);
    b->head->has_duty |= plan->workloads[w].duty != 1;
    b->head->has_used |= plan->workloads[w].duty != 1;
  }
  double egress[OFR_MAX_WORKLOADS] = {0};
  TABLE_OF(float, key, egress_key, T * W);
  for (int w = 0; w < W; w++)
    for (int t = 0; t < T && plan->workloads[w].home >= 0; t++) {
      double rate = plan->workloads[w].data_gb_per_hour * plan->providers[plan->workloads[w].home].egress_per_gb.at[t];
      key[t * W + w] = (float)rate;
      if (rate > egress[w]) egress[w] = rate;
    }
  TABLE_OF(uint32_t, rate, egress_rate, T * W);
  for (int w = 0; w < W; w++)
    for (int t = 0; t < T && plan->workloads[w].home >= 0; t++)
      rate[t * W + w] = ofr_rate(
          x, plan->workloads[w].data_gb_per_hour * plan->providers[plan->workloads[w].home].egress_per_gb.at[t], egress[w]);
  TABLE_OF(int, egress_by, egress_shift, W);
  for (int w = 0; w < W; w++) egress_by[w] = ofr_note_shift(b, egress[w]);
}

static void put_strategies(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int S = plan->strategy_count, C = plan->contract_count, G = plan->provider_count;
  TABLE_OF(int, sign, strategy_signs, S * C);
  for (int s = 0; s < S; s++)
    for (int c = 0; c < C; c++) sign[s * C + b->order[c]] = plan->strategies[s].signed_contracts[c];
  TABLE_OF(int, kind, strategy_pull, S);
  for (int s = 0; s < S; s++) {
    static const int kinds[] = {[OFR_PULL_NONE] = PULL_NONE, [OFR_PULL_FULL] = PULL_FULL, [OFR_PULL_PACE] = PULL_PACE,
                                [OFR_PULL_NUMBER] = PULL_NUMBER};
    kind[s] = kinds[plan->strategies[s].pull];
    b->head->has_pull |= kind[s] != PULL_NONE && b->head->commitments > 0;
  }
  TABLE_OF(int, optimal, strategy_optimal, S);
  for (int s = 0; s < S; s++) b->head->has_optimal |= optimal[s] = plan->strategies[s].is_optimal;
  int N = b->head->commitments, K = plan->pool_count;
  TABLE_OF(float, rest, pull_rest, S * N * K);
  for (int i = 0; i < S * N * K; i++) {
    const ofr_strategy *strategy = &plan->strategies[i / (N * K)];
    const ofr_contract *c = b->of_type[OFR_COMMITMENT][i / K % N];
    double pull = strategy->pull == OFR_PULL_NUMBER ? strategy->pull_number : 1;
    rest[i] = (float)(1 - pull * c->counts[i % K] * (c->shortfall_rate < 1 ? c->shortfall_rate : 1));
  }
  TABLE_OF(float, share, max_share, S * G);
  for (int i = 0; i < S * G; i++) {
    double x = plan->strategies[i / G].max_share[i % G];
    share[i] = x < 1 ? (float)x : 1000.0f;
    b->head->has_max_share |= x < 1;
  }
}

static void set_dimensions(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  im->magic = OFR_IMAGE_MAGIC;
  im->seed_low = (uint32_t)plan->seed;
  im->seed_high = (uint32_t)(plan->seed >> 32);
  im->months = plan->months;
  im->workloads = plan->workload_count;
  im->pools = plan->pool_count;
  im->factors = plan->factor_count;
  im->events = plan->event_count;
  im->providers = plan->provider_count;
  im->vendors = plan->vendor_count;
  im->strategies = plan->strategy_count;
  im->ratio_shift = b->scales.ratio_shift;
  im->sum_shift = b->scales.sum_shift;
  im->unit_cost_digits = b->scales.unit_cost_digits;
  im->has_unmet_by_workload = plan->unmet_by_workload;
  im->price_unit = (float)(1e6 / b->scales.money_per_price);
  ofr_sort_contracts(b);
}

offramp_status ofr_image_build(const ofr_plan *plan, ofr_staged *staged, offramp_error *error) {
  return ofr_image_build_like(plan, plan, staged, error);
}

offramp_status ofr_image_build_like(const ofr_plan *plan, const ofr_plan *largest, ofr_staged *staged, offramp_error *error) {
  ofr_image head = {0};
  ofr_builder b = {.plan = plan, .head = &head};
  uint32_t start = 0;
  memset(staged, 0, sizeof *staged);
  if (!ofr_scales_of(largest, &b.scales))
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "",
                    "the plan's amounts are too large for exact books: lower demand, capacity or prices, or shorten the horizon");
  ofr_grow(&b, &start, 1, sizeof head);
  set_dimensions(&b);
  static void (*const steps[])(ofr_builder *) = {put_slots,  put_places,           put_speeds, put_history, put_drivers,
                                                 put_events, put_contract_effects, put_slips,  put_curves,
                                                 put_futures, put_prices, ofr_put_contracts, put_strategies, ofr_put_stakeholders,
                                                 ofr_put_shared_months};
  for (size_t i = 0; i < sizeof steps / sizeof *steps && !b.failed; i++) steps[i](&b);
  size_t bytes = (b.used * sizeof(uint32_t) + 63) / 64 * 64;
  ofr_image *image = b.failed ? NULL : aligned_alloc(64, bytes);
  if (!image) {
    free(b.words);
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "",
                    "out of memory for the plan's tables: close other programs or use a smaller plan");
  }
  head.bytes = (uint32_t)bytes;
  memset(image, 0, bytes);
  memcpy(image, b.words, b.used * sizeof(uint32_t));
  memcpy(image, &head, sizeof head);
  free(b.words);
  staged->image = image;
  staged->accelerator_quantum = b.scales.accelerator_quantum;
  staged->money_quantum = b.scales.money_quantum;
  staged->unit_cost_scale = ldexp(1 / b.scales.money_per_price, -10 * b.scales.unit_cost_digits);
  staged->work_unit_hours = b.scales.accelerator_quantum / WORK_FRACTION * OFR_HOURS;
  staged->columns = COLUMNS(image);
  staged->series = SERIES(image);
  return OFFRAMP_OK;
}

void ofr_image_free(ofr_staged *staged) {
  free(staged->image);
  staged->image = NULL;
}
