/* Plan -> image, second part: what contracts say. */
#include <math.h>
#include <string.h>
#include "../base/fixed_math.h"
#include "image_builder.h"

/* By type, in the order of ofr_contract_type, then in plan order. */
int ofr_device_contract(const ofr_plan *plan, int contract) {
  const ofr_contract_type type = plan->contracts[contract].type;
  int before = 0;
  for (int c = 0; c < plan->contract_count; c++)
    before += plan->contracts[c].type < type || (plan->contracts[c].type == type && c < contract);
  return before;
}

void ofr_sort_contracts(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  for (int c = 0; c < plan->contract_count; c++) {
    const ofr_contract_type type = plan->contracts[c].type;
    b->of_type[type][b->count[type]++] = &plan->contracts[c];
    b->order[c] = ofr_device_contract(plan, c);
  }
  im->commitments = b->count[OFR_COMMITMENT];
  im->reservations = b->count[OFR_RESERVATION];
  im->exclusivities = b->count[OFR_EXCLUSIVITY];
  im->discounts = b->count[OFR_DISCOUNT];
  im->grants = b->count[OFR_GRANT];
  im->refusals = b->count[OFR_FIRST_REFUSAL];
  im->exits = b->count[OFR_EXIT];
  im->stakes = b->count[OFR_STAKE];
}

static uint32_t discount_of(const ofr_plan *plan, int t) {
  return ofr_to_fraction(ofr_pow(1 + plan->discount_rate, -t / 12.0), FRACTION_BITS);
}

/* The fee of month t: what falls due less the upfront part, which is paid in the first month. */
static int64_t fee_of(const ofr_builder *b, const ofr_contract *c, int t) {
  double due = 0, whole = 0;
  int first = c->span.from;
  for (int i = c->span.from; i <= c->span.to; i++) {
    double fee = c->accelerators.at[i] * c->price.at[i] * OFR_HOURS;
    whole += fee;
    if (i == t) due = fee;
  }
  double paid = due * (1 - c->upfront) + (t == first ? whole * c->upfront : 0);
  return ofr_to_money(&b->scales, paid);
}

static void put_reservations(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int T = plan->months, N = b->head->reservations;
  TABLE_OF(float, reserved, reserved, T * N);
  for (int t = 0; t < T; t++)
    for (int r = 0; r < N; r++) {
      const ofr_contract *c = b->of_type[OFR_RESERVATION][r];
      double held = t >= c->span.from && t <= c->span.to ? c->accelerators.at[t] / b->scales.accelerator_quantum : 0;
      reserved[t * N + r] = (float)(held < QUANTA_LIMIT ? floor(held + 1e-6) : QUANTA_LIMIT);
    }
  TABLE_OF(float, key, use_key, N);
  for (int r = 0; r < N; r++) key[r] = (float)b->of_type[OFR_RESERVATION][r]->use_price;
  TABLE_OF(uint32_t, rate, use_rate, N);
  for (int r = 0; r < N; r++)
    rate[r] = ofr_rate(&b->scales, b->of_type[OFR_RESERVATION][r]->use_price, b->of_type[OFR_RESERVATION][r]->use_price);
  TABLE_OF(int, shift, use_shift, N);
  for (int r = 0; r < N; r++) shift[r] = ofr_note_shift(b, b->of_type[OFR_RESERVATION][r]->use_price);
  TABLE_OF(int64_t, fee, fee, T * N);
  for (int t = 0; t < T; t++)
    for (int r = 0; r < N; r++) fee[t * N + r] = fee_of(b, b->of_type[OFR_RESERVATION][r], t);
  TABLE_OF(int64_t, today, fee_today, T * N);
  for (int t = 0; t < T; t++)
    for (int r = 0; r < N; r++)
      today[t * N + r] =
          (int64_t)(((ofr_u128)(uint64_t)fee_of(b, b->of_type[OFR_RESERVATION][r], t) * discount_of(plan, t)) >> FRACTION_BITS);
  TABLE_OF(uint32_t, discount, discount, T);
  for (int t = 0; t < T; t++) discount[t] = discount_of(plan, t);
}

typedef struct window_month { int flags; int64_t amount, share; double pace; } window_month;

/* What month t is to a commitment. A window cut by the horizon settles in its last month, its amount in proportion. */
static window_month window_of(const ofr_builder *b, const ofr_contract *c, int t) {
  window_month m = {0, 0, 0, 0};
  for (int i = 0; i < c->window_count; i++) {
    const ofr_span *span = &c->windows[i].span;
    if (t < span->from || t > span->to) continue;
    int kept = span->to - span->true_from + 1, whole = span->true_to - span->true_from + 1, elapsed = t - span->true_from + 1;
    m.flags = (i == c->window_count - 1 ? WINDOW_LAST : 0) | WINDOW_OPEN | (t == span->from ? WINDOW_BEGINS : 0) |
              (t == span->to ? WINDOW_SETTLES : 0);
    m.amount = ofr_to_money(&b->scales, c->windows[i].amount * kept / whole);
    m.pace = (double)elapsed / kept;
    ofr_u128 amount = (ofr_u128)(uint64_t)m.amount;
    m.share = (int64_t)(amount * (unsigned)elapsed / (unsigned)kept) - (int64_t)(amount * (unsigned)(elapsed - 1) / (unsigned)kept);
  }
  return m;
}

static void put_commitments(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int T = plan->months, N = b->head->commitments, K = plan->pool_count;
  TABLE_OF(int, window, window, T * N);
  for (int i = 0; i < T * N; i++) window[i] = window_of(b, b->of_type[OFR_COMMITMENT][i % N], i / N).flags;
  TABLE_OF(int, settles, settles, T);
  window = (int *)(b->words + b->head->window);
  for (int i = 0; i < T * N; i++) settles[i / N] |= (window[i] & WINDOW_SETTLES) != 0;
  TABLE_OF(int64_t, amount, amount, T * N);
  for (int i = 0; i < T * N; i++) amount[i] = window_of(b, b->of_type[OFR_COMMITMENT][i % N], i / N).amount;
  TABLE_OF(int64_t, share, month_share, T * N);
  for (int i = 0; i < T * N; i++) share[i] = window_of(b, b->of_type[OFR_COMMITMENT][i % N], i / N).share;
  TABLE_OF(uint32_t, pace, pace, T * N);
  for (int i = 0; i < T * N; i++)
    pace[i] = ofr_to_fraction(window_of(b, b->of_type[OFR_COMMITMENT][i % N], i / N).pace, FRACTION_BITS);
  TABLE_OF(int, kind, counts_kind, N * K);
  for (int i = 0; i < N * K; i++) {
    const ofr_contract *c = b->of_type[OFR_COMMITMENT][i / K]; /* its credits pay where nothing counts, too */
    kind[i] = !c->pools[i % K] ? COUNTS_NOT : c->counts[i % K] == 1 ? COUNTS_FULL : COUNTS_PART;
  }
  TABLE_OF(int, all, counts_all, N);
  for (int c = 0; c < N; c++) {
    all[c] = 1;
    for (int k = 0; k < K; k++)
      if (plan->pools[k].provider == b->of_type[OFR_COMMITMENT][c]->provider)
        all[c] &= b->of_type[OFR_COMMITMENT][c]->counts[k] == 1;
      else all[c] &= b->of_type[OFR_COMMITMENT][c]->counts[k] <= 0;
    b->head->has_partial_counts |= !all[c];
  }
  TABLE_OF(uint32_t, counts, counts, N * K);
  for (int i = 0; i < N * K; i++) counts[i] = ofr_to_fraction(b->of_type[OFR_COMMITMENT][i / K]->counts[i % K], FRACTION_BITS);
  TABLE_OF(int, pullers, pool_pullers, K);
  for (int i = 0; i < N * K; i++)
    if (b->of_type[OFR_COMMITMENT][i / K]->counts[i % K] > 0) pullers[i % K] |= (int)(1u << (i / K));
  TABLE_OF(uint32_t, rate, shortfall_rate, N);
  for (int c = 0; c < N; c++) rate[c] = ofr_to_fraction(b->of_type[OFR_COMMITMENT][c]->shortfall_rate, RATE_BITS);
  TABLE_OF(uint32_t, deferral, deferral, N);
  for (int c = 0; c < N; c++) deferral[c] = ofr_to_fraction(b->of_type[OFR_COMMITMENT][c]->deferral, FRACTION_BITS);
  TABLE_OF(uint32_t, carry, carry_forward, N);
  for (int c = 0; c < N; c++) carry[c] = ofr_to_fraction(b->of_type[OFR_COMMITMENT][c]->carry_forward, FRACTION_BITS);
  TABLE_OF(uint32_t, relief, relief, N);
  for (int c = 0; c < N; c++) {
    const ofr_contract *x = b->of_type[OFR_COMMITMENT][c];
    relief[c] = ofr_to_fraction(x->relief, FRACTION_BITS);
    b->head->has_terms |= x->deferral > 0 || x->carry_forward > 0 || x->relief > 0;
  }
  TABLE_OF(uint32_t, credit, credit_months, N);
  for (int c = 0; c < N; c++) {
    credit[c] = (uint32_t)b->of_type[OFR_COMMITMENT][c]->credit_months;
    if (credit[c]) b->head->has_credits = b->head->has_net = b->head->has_partial_counts = 1;
  }
  TABLE_OF(float, promised, promised, b->head->has_terms ? T * K : 0);
  for (int i = 0; b->head->has_terms && i < T * K; i++) {
    double curve = plan->pools[i % K].capacity.at[i / K] / b->scales.accelerator_quantum;
    promised[i] = (float)(curve < QUANTA_LIMIT ? curve : QUANTA_LIMIT);
  }
  TABLE_OF(int64_t, opening, opening, N);
  for (int c = 0; c < N; c++) opening[c] = ofr_to_money(&b->scales, b->of_type[OFR_COMMITMENT][c]->opening);
  TABLE_OF(int, provider, commitment_provider, N);
  for (int c = 0; c < N; c++) provider[c] = b->of_type[OFR_COMMITMENT][c]->provider;
}

static void put_exclusivities(ofr_builder *b) {
  int N = b->head->exclusivities, W = b->plan->workload_count;
  TABLE_OF(int, provider, exclusivity_provider, N);
  for (int x = 0; x < N; x++) provider[x] = b->of_type[OFR_EXCLUSIVITY][x]->provider;
  TABLE_OF(int, open, exclusivity_open, N);
  for (int x = 0; x < N; x++) open[x] = b->of_type[OFR_EXCLUSIVITY][x]->overflow == OFR_OVERFLOW_OPEN;
  TABLE_OF(int, covers, exclusivity_covers, N * W);
  for (int i = 0; i < N * W; i++) covers[i] = b->of_type[OFR_EXCLUSIVITY][i / W]->covers[i % W];
  TABLE_OF(int, from, exclusivity_from, N);
  for (int x = 0; x < N; x++) from[x] = b->of_type[OFR_EXCLUSIVITY][x]->span.from;
  TABLE_OF(int, to, exclusivity_to, N);
  for (int x = 0; x < N; x++) to[x] = b->of_type[OFR_EXCLUSIVITY][x]->span.to;
}

/* ---- discounts ---- */

static int discount_month(const ofr_contract *c, int t) {
  if (t < c->span.from || t > c->span.to) return 0;
  bool begins = t == c->span.from || (c->yearly && (t - c->span.true_from) % 12 == 0);
  return DISCOUNT_OPEN | (begins ? DISCOUNT_BEGINS : 0);
}

static void put_tiers(ofr_builder *b) {
  int D = b->head->discounts, N = b->head->tiers;
  TABLE_OF(uint32_t, rest, tier_rest, D * N);
  TABLE_OF(float, price, tier_price, D * N);
  TABLE_OF(int64_t, from, tier_from, D * N);
  TABLE_OF(int64_t, net, tier_net, D * N);
  rest = (uint32_t *)(b->words + b->head->tier_rest);
  price = (float *)(b->words + b->head->tier_price);
  from = (int64_t *)(b->words + b->head->tier_from);
  for (int i = 0; i < D * N; i++) {
    const ofr_contract *c = b->of_type[OFR_DISCOUNT][i / N];
    bool there = i % N < c->tier_count;
    from[i] = there ? ofr_to_money(&b->scales, c->tiers[i % N].from) : INT64_MAX;
    rest[i] = there ? ofr_to_fraction(1 - c->tiers[i % N].rate, FRACTION_BITS) : 0;
    price[i] = there ? (float)(1 - c->tiers[i % N].rate) : 0;
    if (!there || i % N == 0) continue;
    ofr_u128 width = (ofr_u128)(uint64_t)(from[i] - from[i - 1]);
    net[i] = net[i - 1] + (int64_t)(width * rest[i - 1] >> FRACTION_BITS); /* as the device rounds: continuous */
  }
}

static void put_discounts(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int T = plan->months, D = b->head->discounts, K = plan->pool_count;
  for (int d = 0; d < D; d++) {
    const ofr_contract *c = b->of_type[OFR_DISCOUNT][d];
    if (c->tier_count > b->head->tiers) b->head->tiers = c->tier_count;
    b->head->has_signed |= c->all_units;
    b->head->has_net = b->head->has_partial_counts = 1;
  }
  TABLE_OF(int, covers, discount_covers, D * K);
  for (int i = 0; i < D * K; i++) covers[i] = b->of_type[OFR_DISCOUNT][i / K]->pools[i % K];
  TABLE_OF(int, all, discount_all_units, D);
  for (int d = 0; d < D; d++) all[d] = b->of_type[OFR_DISCOUNT][d]->all_units;
  TABLE_OF(int, month, discount_month, T * D);
  for (int i = 0; i < T * D; i++) month[i] = discount_month(b->of_type[OFR_DISCOUNT][i % D], i / D);
  put_tiers(b);
}

/* ---- grants ---- */

/* Equal parts over the months as written, by cumulative rounding; those outside the horizon are not received. */
static int64_t grant_part(const ofr_builder *b, const ofr_contract *c, int t) {
  if (t < c->span.from || t > c->span.to) return 0;
  ofr_u128 amount = (ofr_u128)(uint64_t)ofr_to_money(&b->scales, c->amount);
  unsigned months = (unsigned)(c->span.true_to - c->span.true_from + 1), elapsed = (unsigned)(t - c->span.true_from + 1);
  return (int64_t)(amount * elapsed / months) - (int64_t)(amount * (elapsed - 1) / months);
}

static void put_grants(ofr_builder *b) {
  int T = b->plan->months, N = b->head->grants;
  TABLE_OF(int, provider, grant_provider, N);
  for (int n = 0; n < N; n++) provider[n] = b->of_type[OFR_GRANT][n]->provider;
  TABLE_OF(int, credit, grant_credit, N);
  for (int n = 0; n < N; n++) {
    credit[n] = b->of_type[OFR_GRANT][n]->credit;
    if (credit[n]) b->head->has_net = b->head->has_partial_counts = 1;
    else b->head->has_signed = 1;
  }
  TABLE_OF(int64_t, part, grant_part, T * N);
  for (int i = 0; i < T * N; i++) part[i] = grant_part(b, b->of_type[OFR_GRANT][i % N], i / N);
}

/* ---- first refusals ---- */

static void put_refusals(ofr_builder *b) {
  int F = b->head->refusals, W = b->plan->workload_count;
  if (F > 0) b->head->has_used = b->head->has_net = b->head->has_partial_counts = 1;
  TABLE_OF(int, provider, refusal_provider, F);
  for (int f = 0; f < F; f++) provider[f] = b->of_type[OFR_FIRST_REFUSAL][f]->provider;
  TABLE_OF(int, covers, refusal_covers, F * W);
  for (int i = 0; i < F * W; i++) covers[i] = b->of_type[OFR_FIRST_REFUSAL][i / W]->covers[i % W];
  TABLE_OF(int, from, refusal_from, F);
  for (int f = 0; f < F; f++) from[f] = b->of_type[OFR_FIRST_REFUSAL][f]->span.from;
  TABLE_OF(int, to, refusal_to, F);
  for (int f = 0; f < F; f++) to[f] = b->of_type[OFR_FIRST_REFUSAL][f]->span.to;
  TABLE_OF(uint32_t, threshold, refusal_threshold, F);
  for (int f = 0; f < F; f++) {
    double accept = b->of_type[OFR_FIRST_REFUSAL][f]->accept;
    threshold[f] = accept < 1 ? (uint32_t)floor(accept * 4294967295.0) : ALWAYS;
  }
  TABLE_OF(float, premium, refusal_premium, F);
  for (int f = 0; f < F; f++) premium[f] = (float)(1 + b->of_type[OFR_FIRST_REFUSAL][f]->premium);
}

/* ---- exits ---- */

/* What an exit in month t ends beyond the window that is open: later amounts, or the fees due after it. */
static int64_t owed_later(const ofr_builder *b, const ofr_contract *c, int t) {
  int64_t sum = 0;
  if (c->type == OFR_RESERVATION)
    for (int i = t + 1; i <= c->span.to; i++) sum += fee_of(b, c, i);
  else
    for (int i = t + 1; i < b->plan->months; i++) {
      window_month m = window_of(b, c, i);
      if (m.flags & WINDOW_BEGINS) sum += m.amount;
    }
  return sum;
}

static void put_exits(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int T = plan->months, N = b->head->exits;
  TABLE_OF(int, target, exit_target, N);
  for (int q = 0; q < N; q++) target[q] = b->order[b->of_type[OFR_EXIT][q]->target];
  TABLE_OF(int, at, exit_at, T * N);
  for (int i = 0; i < T * N; i++) at[i] = b->of_type[OFR_EXIT][i % N]->at[i / N];
  TABLE_OF(int, leaves, leaves, T);
  at = (int *)(b->words + b->head->exit_at);
  for (int i = 0; i < T * N; i++) leaves[i / N] |= at[i];
  TABLE_OF(int, always, exit_always, N);
  for (int q = 0; q < N; q++) always[q] = b->of_type[OFR_EXIT][q]->below < 0;
  TABLE_OF(uint32_t, below, exit_below, N); /* rounded down: what is equal is not below */
  for (int q = 0; q < N; q++) below[q] = (uint32_t)floor(ldexp(fmax(b->of_type[OFR_EXIT][q]->below, 0), RATE_BITS));
  TABLE_OF(uint32_t, fee, exit_fee, N);
  for (int q = 0; q < N; q++) fee[q] = ofr_to_fraction(b->of_type[OFR_EXIT][q]->fee, RATE_BITS);
  TABLE_OF(int64_t, later, exit_later, T * N);
  for (int i = 0; i < T * N; i++) {
    const ofr_contract *exit = b->of_type[OFR_EXIT][i % N];
    if (exit->at[i / N]) later[i] = owed_later(b, &plan->contracts[exit->target], i / N);
  }
}

/* ---- stakes ---- */

static void put_stakes(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  int N = b->head->stakes, W = plan->workload_count;
  TABLE_OF(int, provider, stake_provider, N);
  for (int h = 0; h < N; h++) provider[h] = b->of_type[OFR_STAKE][h]->provider;
  TABLE_OF(uint32_t, share, stake_share, N);
  for (int h = 0; h < N; h++) share[h] = ofr_to_fraction(b->of_type[OFR_STAKE][h]->share, FRACTION_BITS);
  TABLE_OF(uint32_t, margin, stake_margin, N);
  for (int h = 0; h < N; h++) margin[h] = ofr_to_fraction(b->of_type[OFR_STAKE][h]->margin, FRACTION_BITS);
  TABLE_OF(uint32_t, rate, value_rate, W);
  for (int w = 0; w < W; w++) rate[w] = ofr_rate(&b->scales, plan->workloads[w].value, plan->workloads[w].value);
  TABLE_OF(int, shift, value_shift, W);
  for (int w = 0; w < W; w++) shift[w] = ofr_note_shift(b, plan->workloads[w].value);
}

void ofr_put_contracts(ofr_builder *b) {
  static void (*const steps[])(ofr_builder *) = {put_reservations, put_commitments, put_exclusivities, put_discounts,
                                                 put_grants,       put_refusals,    put_exits,         put_stakes};
  for (size_t i = 0; i < sizeof steps / sizeof *steps && !b->failed; i++) steps[i](b);
}
