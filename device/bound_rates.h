/* What a month's work and accelerators cost, less what counting them is worth at the windows' prices.
 *
 * Rates are whole numbers: money quanta today for a work unit (1/128 accelerator quantum, a month), x 2^scale, below 2^46. They err
 * on the side that keeps the bound below the truth. */
#ifndef OFR_BOUND_RATES_H
#define OFR_BOUND_RATES_H

#define LOW_BITS  16                 /* of a rate, beside the 30 that are multiplied first */
#define TO_REAL   5.9604644775390625e-8f /* 2^-24: rates as the solver sees them */
#define SUM_SHIFT 8                  /* products of rates and work are shifted so before they are summed */

/* rate x work, floor; rate below 2^46, in units of 2^(LOW_BITS - scale) money quanta. */
FN wide of_work(wide rate, word work) {
  return l_add(l_mul(w_low(l_shr(rate, LOW_BITS)), work), l_shr(l_mul(w_low(l_and(rate, L((1 << LOW_BITS) - 1))), work), LOW_BITS));
}

FN wide added(wide sum, wide product) { return l_add(sum, l_shr(product, SUM_SHIFT)); }                     /* floor */
FN wide taken_off(wide sum, wide product) { return l_sub(sum, l_add(l_shr(product, SUM_SHIFT), L(2))); }    /* ceiling */

/* floor, for what may be negative */
FN wide lower_shift(wide a, int right) {
  if (right <= 0) return l_shl(a, -right);
  mask below = l_lt(a, L(0));
  return l_sub(l_shr_signed(a, right), l_keep(below, L(1)));
}

typedef struct rates {
  int64 unmet[N_WORKLOADS], egress[N_WORKLOADS]; /* of a reference work unit, today, duty included; floors */
  wide price[N_SLOTS];                           /* of an accelerator work unit, today, less what counting it is worth */
  word lambda[N_COMMITMENTS];
  int right[N_WORKLOADS];                        /* the first refusal whose matches may be worth more than the offer, or -1 */
} rates;

FN_BOUND int64 today_rate(const space *x, uint32 rate, int shift, int w, int t) {
  uint32 duty = HAS(x->im, duty) ? WORDS(x->im, duty_fraction)[w] : 1u << FRACTION_BITS;
  longer exact = x_mul((uint64)rate * duty, WORDS(x->im, discount)[t]);
  int right = 2 * FRACTION_BITS + shift - x->scale;
  return right < 128 ? x_shr(exact, right) : 0;
}

/* What a dollar that is paid for pool k costs today, less what counting it is worth. */
FN wide worth_of_dollar(const space *x, const rates *y, int t, int k) {
  GLOBAL const ofr_image *im = x->im;
  wide worth = L(WORDS(im, discount)[t]);
  for (int c = 0; c < COMMITMENTS(x); c++) {
    uint32 counts = WORDS(im, counts)[c * DIM(im, pools) + k];
    if (STRUCTURE(im, counts_kind, c * DIM(im, pools) + k) == COUNTS_NOT) continue;
    wide product = l_mul(y->lambda[c], W(counts)); /* rounded up: counting is worth no less */
    worth = l_sub(worth, l_shr(l_add(product, L((1 << FRACTION_BITS) - 1)), FRACTION_BITS));
  }
  return worth;
}

/* A price as the books hold it times the worth of a dollar, of either sign; rounded down. */
FN wide rate_of_price(const space *x, word price, wide worth, int shift) {
  mask below = l_lt(worth, L(0));
  wide rate = l_shift(l_mul(price, w_low(l_negate(below, worth))), shift + FRACTION_BITS - x->scale);
  return l_negate(below, l_add(rate, l_keep(below, L(1))));
}

/* Under an all-units discount a month may pay back what months before it paid. What has been paid so far is never below what the
 * highest rate leaves, and dollars are worth less later on: each costs that at least. It counts in full at most, for rates rise, or
 * fall within a window that has seen all that they are for. */
FN_BOUND int all_units(const space *x, int t, int i) {
  for (int d = 0; d < DIM(x->im, discounts); d++)
    if (STRUCTURE(x->im, discount_all_units, d) && discounts_slot(x->im, d, i) && in_force(x->im, x->set->strategy, t, d)) return 1;
  return 0;
}

FN_BOUND wide price_of(const space *x, const rates *y, int t, int i) {
  GLOBAL const ofr_image *im = x->im;
  int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
  int shift = r >= 0 ? INTS(im, use_shift)[r] : INTS(im, price_shift)[k];
  word list = x->price[AT(t * SLOTS(x) + i)];
  wide worth = worth_of_dollar(x, y, t, k);
  if (!DIM(im, discounts) || r >= 0) return rate_of_price(x, list, worth, shift);
  wide rest = x->rest_low[AT(t * SLOTS(x) + i)], saved = l_sub(L(1 << FRACTION_BITS), rest);
  if (all_units(x, t, i)) {
    wide less = l_shr(l_add(l_mul(w_low(saved), W(WORDS(im, discount)[t])), L((1 << FRACTION_BITS) - 1)), FRACTION_BITS);
    return rate_of_price(x, list, l_sub(worth, less), shift);
  }
  wide price = rate_of_price(x, list, worth, shift);
  return l_select(l_lt(worth, L(0)), price, l_part(price, w_low(rest)));
}

/* What a dollar that counts is worth this month, by commitment. */
FN_BOUND void find_lambda(const space *x, int round, int t, word *lambda) {
  for (int c = 0; c < COMMITMENTS(x); c++) {
    int at = t * COMMITMENTS(x) + c, n = x->window_at[AT(at)];
    lambda[c] = W(0u);
    if (n >= 0) lambda[c] = w_select(x->closed[AT(at)], W(0u), w_load(x->lambda + LANE_AT(round * x->windows + n, 0)));
  }
}

/* The first refusal that covers workload w in month t, or -1. */
FN_BOUND int right_of(const space *x, int w, int t) {
  return DIM(x->im, refusals) ? refusal_of(x->im, x->set->strategy, w, t) : -1;
}

/* To be paid at the holder may be worth more than at a rival where a commitment counts it. Elsewhere the two cost the same, and the
 * holder's room is left out. */
FN_BOUND int counting_right(const space *x, int w, int t) {
  GLOBAL const ofr_image *im = x->im;
  int refusal = right_of(x, w, t);
  for (int c = 0; c < COMMITMENTS(x) && refusal >= 0; c++) {
    int alike = STRUCTURE(im, commitment_provider, c) == STRUCTURE(im, refusal_provider, refusal);
    if (alike && signs(im, x->set->strategy, c)) return refusal;
  }
  return -1;
}

/* At the prices of windows that y->lambda holds. */
FN_BOUND void find_rates(const space *x, int t, rates *y) {
  GLOBAL const ofr_image *im = x->im;
  for (int w = 0; w < WORKLOADS(x); w++) {
    y->unmet[w] = today_rate(x, WORDS(im, unmet_rate)[w], INTS(im, unmet_shift)[w], w, t);
    y->egress[w] = !HAS(im, egress) ? 0
                   : today_rate(x, WORDS(im, egress_rate)[t * WORKLOADS(x) + w], INTS(im, egress_shift)[w], w, t);
  }
  for (int i = 0; i < SLOTS(x); i++) y->price[i] = price_of(x, y, t, i);
  for (int w = 0; w < WORKLOADS(x) && DIM(im, refusals); w++) y->right[w] = counting_right(x, w, t);
}

/* What work w at slot i is worth beyond its egress. */
FN_BOUND int64 worth_of(const space *x, const rates *y, int w, int i) {
  int away = HAS(x->im, egress) && STRUCTURE(x->im, away, w * DIM(x->im, providers) + provider_of(x->im, i));
  return y->unmet[w] - (away ? y->egress[w] : 0);
}

FN_BOUND wide price_with_duty(const space *x, wide price, int w) {
  if (!HAS(x->im, duty)) return price;
  return l_sub(l_scale_signed(price, WORDS(x->im, duty_fraction)[w], FRACTION_BITS), L(1));
}

/* An exclusivity closes the others' slots; one that lets work overflow is relaxed. */
FN_BOUND mask forbidden(const space *x, int w, int t, int i) {
  GLOBAL const ofr_image *im = x->im;
  mask no = m_none();
  for (int e = 0; e < EXCLUSIVITIES(x); e++) {
    if (!STRUCTURE(im, exclusivity_covers, e * WORKLOADS(x) + w) || !signs(im, x->set->strategy, EXCLUSIVITY(im, e))) continue;
    if (t < INTS(im, exclusivity_from)[e] || t > INTS(im, exclusivity_to)[e] || STRUCTURE(im, exclusivity_open, e)) continue;
    if (provider_of(im, i) != STRUCTURE(im, exclusivity_provider, e)) no = m_or(no, x->binds[AT(t * EXCLUSIVITIES(x) + e)]);
  }
  return no;
}
#endif
