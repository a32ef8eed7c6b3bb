#include "bound_sets.h"
#include <math.h>
#include <stdlib.h>
#include "../base/error.h"
#include "../reduce/bound_result.h"

enum { RATE_HEADROOM = 14 }; /* LOW_BITS of bound_rates.h, less two */

/* A stake moves no cash. */
static bool alike(const ofr_plan *plan, int a, int b) {
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type != OFR_STAKE &&
        plan->strategies[a].signed_contracts[c] != plan->strategies[b].signed_contracts[c])
      return false;
  return true;
}

static const int32_t *ints(const ofr_image *im, uint32_t offset) { return (const int32_t *)((const uint32_t *)im + offset); }
static const uint32_t *words(const ofr_image *im, uint32_t offset) { return (const uint32_t *)im + offset; }

static bool signs(const ofr_image *im, int s, int contract) {
  return ints(im, im->strategy_signs)[s * CONTRACTS(im) + contract] != 0;
}

/* What a short dollar costs at least: an exit that may be taken may cost less than the shortfall. */
static uint32_t rate_of(const ofr_image *im, int s, int c, int settles) {
  uint32_t rate = words(im, im->shortfall_rate)[c];
  for (int q = 0; q < im->exits; q++) {
    if (ints(im, im->exit_target)[q] != c || !signs(im, s, EXIT(im, q))) continue;
    for (int t = 0; t <= settles; t++)
      if (ints(im, im->exit_at)[t * im->exits + q] && words(im, im->exit_fee)[q] < rate) rate = words(im, im->exit_fee)[q];
  }
  return rate;
}

/* ---- scales ---- */

static int shift_for(int least, int shift, double scale) {
  int bits;
  frexp(scale, &bits);
  return shift - bits < least ? shift - bits : least;
}

static double fastest_of(const ofr_image *im) {
  const float *speed = (const float *)(const void *)words(im, im->speed);
  double fastest = 1;
  for (int i = 0; i < im->workloads * im->slots; i++) fastest = fmax(fastest, (double)speed[i]);
  return fastest;
}

static double dearest_month(const ofr_image *im) {
  uint32_t most = 0;
  for (int t = 0; t < im->months; t++)
    if (words(im, im->discount)[t] > most) most = words(im, im->discount)[t];
  return most / (double)(1 << FRACTION_BITS);
}

static bool egress_costs(const ofr_image *im, int w) {
  for (int t = 0; t < im->months; t++)
    if (words(im, im->egress_rate)[t * im->workloads + w]) return true;
  return false;
}

/* Rates as large as 2^46 allows: in their tables they lie below 2^31 / 2^shift. What costs nothing says nothing. */
static int scale_of(const ofr_image *im) {
  int least = 60;
  double dearest = dearest_month(im), unmet = fastest_of(im) * dearest, price = 4 * fmax(1, dearest);
  for (int w = 0; w < im->workloads; w++) {
    if (words(im, im->unmet_rate)[w]) least = shift_for(least, ints(im, im->unmet_shift)[w], unmet);
    if (egress_costs(im, w)) least = shift_for(least, ints(im, im->egress_shift)[w], unmet);
  }
  for (int k = 0; k < im->pools; k++) least = shift_for(least, ints(im, im->price_shift)[k], price);
  for (int r = 0; r < im->reservations; r++)
    if (words(im, im->use_rate)[r]) least = shift_for(least, ints(im, im->use_shift)[r], price);
  return least + RATE_HEADROOM;
}

static int speed_shift_of(const ofr_image *im) {
  int bits;
  frexp(fastest_of(im), &bits);
  return 31 - bits;
}

/* ---- windows ---- */

static ofr_bound_window *windows_of(ofr_bound_set *set) { return (ofr_bound_window *)(set + 1); }

static int count_windows(const ofr_image *im, int s) {
  int count = 0;
  for (int i = 0; i < im->months * im->commitments; i++)
    count += signs(im, s, i % im->commitments) && ints(im, im->window)[i] & WINDOW_SETTLES;
  return count;
}

static void list_windows(const ofr_image *im, ofr_bound_set *set) {
  const int C = im->commitments;
  ofr_bound_window *window = windows_of(set);
  int first[OFR_MAX_CONTRACTS] = {0}, before[OFR_MAX_CONTRACTS];
  for (int c = 0; c < C; c++) before[c] = -1;
  for (int t = 0; t < im->months; t++) {
    for (int c = 0; c < C; c++)
      if (ints(im, im->window)[t * C + c] & WINDOW_BEGINS) first[c] = t;
    for (int c = 0; c < C; c++) {
      if (!signs(im, set->strategy, c) || !(ints(im, im->window)[t * C + c] & WINDOW_SETTLES)) continue;
      const int64_t *opening = (const int64_t *)(const void *)(words(im, im->opening));
      window[set->windows] = (ofr_bound_window){.commitment = c, .first = first[c], .settles = t, .next = -1,
                                                .rate = rate_of(im, set->strategy, c, t),
                                                .opening = first[c] == 0 ? opening[c] : 0};
      if (before[c] >= 0) window[before[c]].next = set->windows;
      before[c] = set->windows++;
    }
  }
}

/* A window's price is never above what a short dollar costs, of the commitment's dearest window, for excess carries forward. */
static uint64_t dearest_charge(const ofr_image *im, ofr_bound_set *set, int commitment) {
  uint64_t most = 0;
  for (int n = 0; n < set->windows; n++) {
    const ofr_bound_window *w = &windows_of(set)[n];
    uint64_t charge = (((uint64_t)w->rate * words(im, im->discount)[w->settles]) >> RATE_BITS) + 1;
    if (w->commitment == commitment && charge > most) most = charge;
  }
  return most;
}

/* The worth of a pool's dollar under all commitments that count it has to fit 32 bits: where all their prices together might not,
 * each has an equal part. */
static void limit_prices(const ofr_image *im, ofr_bound_set *set) {
  uint64_t most[OFR_MAX_CONTRACTS] = {0}, part = UINT32_MAX;
  for (int c = 0; c < im->commitments; c++) most[c] = dearest_charge(im, set, c);
  for (int k = 0; k < im->pools; k++) {
    uint64_t sum = 0, counting = 0;
    for (int c = 0; c < im->commitments; c++) {
      if (!signs(im, set->strategy, c) || ints(im, im->counts_kind)[c * im->pools + k] == COUNTS_NOT) continue;
      sum += most[c];
      counting++;
    }
    if (sum > UINT32_MAX && UINT32_MAX / counting < part) part = UINT32_MAX / counting;
  }
  for (int n = 0; n < set->windows; n++) {
    uint64_t own = most[windows_of(set)[n].commitment];
    windows_of(set)[n].most_price = (uint32_t)(own < part ? own : part);
  }
}

/* ---- what is not covered ---- */

static bool rates_fall(const ofr_contract *c) {
  for (int n = 1; n < c->tier_count; n++)
    if (c->tiers[n].rate < c->tiers[n - 1].rate) return true;
  return false;
}

/* No spend before month t has a part in the discount's rate then. */
static bool begins_anew(const ofr_contract *discount, int t) {
  const ofr_span *span = &discount->span;
  return t <= span->from || t > span->to || (discount->yearly && (t - span->true_from) % 12 == 0);
}

static bool may_be_suspended(const ofr_plan *plan, int contract) {
  for (int e = 0; e < plan->event_count; e++)
    for (int n = 0; n < plan->events[e].effect_count; n++)
      if (plan->events[e].effects[n].suspend && plan->events[e].effects[n].contracts[contract]) return true;
  return false;
}

/* Whether in each window of commitment `at` discounted spend counts for no more than it lists. A month that brings a lower rate of
 * all units pays for spend of months before, too; so that spend must count in the same window, and as much. */
static bool counts_as_listed(const ofr_plan *plan, const ofr_contract *discount, int at) {
  const ofr_contract *c = &plan->contracts[at];
  double most = 0, least = 1;
  for (int k = 0; k < plan->pool_count; k++) {
    if (!discount->pools[k]) continue;
    most = fmax(most, c->counts[k]);
    least = fmin(least, c->counts[k]);
  }
  if (most == 0) return true;
  if (least < most || may_be_suspended(plan, at)) return false;
  for (int n = 0; n < c->window_count; n++)
    if (!begins_anew(discount, c->windows[n].span.from)) return false;
  return true;
}

static offramp_status cover(const ofr_plan *plan, int strategy, offramp_error *error) {
  const ofr_strategy *s = &plan->strategies[strategy];
  for (int i = 0; i < plan->contract_count; i++) {
    const ofr_contract *c = &plan->contracts[i];
    if (!s->signed_contracts[i]) continue;
    if (c->type != OFR_DISCOUNT || !c->all_units || !rates_fall(c)) continue;
    for (int k = 0; k < plan->contract_count; k++)
      if (s->signed_contracts[k] && plan->contracts[k].type == OFR_COMMITMENT && !counts_as_listed(plan, c, k))
        return ofr_fail(error, OFFRAMP_ERR_PLAN, c->name,
                        "the bound does not cover an \"all_units\" discount whose rates fall where a window of '%s' may count more "
                        "than is listed in it: begin each window with a period of the discount, count all its pools alike and "
                        "suspend nothing, or write rates that rise, or leave '%s' out of '%s'", plan->contracts[k].name, c->name,
                        s->name);
  }
  return OFFRAMP_OK;
}

unsigned ofr_bound_relaxes(const ofr_plan *plan, int strategy) {
  const ofr_strategy *s = &plan->strategies[strategy];
  unsigned relaxed = 0;
  for (int g = 0; g < plan->provider_count; g++) {
    if (s->max_share[g] < 1) relaxed |= OFR_RELAXED_MAX_SHARE;
    if (!s->providers[g]) relaxed |= OFR_RELAXED_PROVIDERS;
  }
  for (int i = 0; i < plan->contract_count; i++) {
    const ofr_contract *c = &plan->contracts[i];
    if (!s->signed_contracts[i]) continue;
    if (c->type == OFR_EXCLUSIVITY && c->overflow == OFR_OVERFLOW_OPEN) relaxed |= OFR_RELAXED_OVERFLOW;
    if (c->type == OFR_DISCOUNT) relaxed |= OFR_RELAXED_DISCOUNT;
    if (c->type == OFR_GRANT && c->credit) relaxed |= OFR_RELAXED_GRANT;
    if (c->type == OFR_COMMITMENT && c->credit_months > 0) relaxed |= OFR_RELAXED_CREDIT;
    if (c->type == OFR_EXIT) relaxed |= OFR_RELAXED_EXIT;
    if (c->type == OFR_FIRST_REFUSAL) relaxed |= OFR_RELAXED_REFUSAL;
  }
  return relaxed;
}

static offramp_status make_set(const ofr_image *im, int s, ofr_bound_set **to, offramp_error *error) {
  const int windows = count_windows(im, s);
  ofr_bound_set *set = *to = calloc(1, sizeof *set + (size_t)windows * sizeof(ofr_bound_window));
  if (!set) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  *set = (ofr_bound_set){.strategy = s, .scale = scale_of(im), .speed_shift = speed_shift_of(im)};
  list_windows(im, set);
  limit_prices(im, set);
  return OFFRAMP_OK;
}

offramp_status ofr_bound_sets_of(const ofr_plan *plan, const ofr_image *image, ofr_bound_sets *sets, offramp_error *error) {
  for (int s = 0; s < plan->strategy_count; s++) {
    int g = 0;
    while (g < sets->count && !alike(plan, sets->set[g]->strategy, s)) g++;
    sets->of_strategy[s] = g;
    if (g < sets->count) continue;
    offramp_status status = cover(plan, s, error);
    if (status == OFFRAMP_OK) status = make_set(image, s, &sets->set[g], error);
    if (status != OFFRAMP_OK) return status;
    sets->count++;
  }
  return OFFRAMP_OK;
}

void ofr_bound_sets_free(ofr_bound_sets *sets) {
  for (int g = 0; g < sets->count; g++) free(sets->set[g]);
}
