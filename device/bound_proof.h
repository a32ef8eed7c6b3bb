/* What prices prove: any prices of windows and of work, however they were found, are a solution of the dual programme; here it is
 * evaluated in whole numbers, less what rounding in the books could hide from it. */
#ifndef OFR_BOUND_PROOF_H
#define OFR_BOUND_PROOF_H

#define PARTS 256 /* of a work unit, in which what float32 may hide is counted */

/* speed x rate of either sign, rounded up. */
FN_BOUND wide upper_by_speed(const space *x, wide rate, float speed) {
  int shift = x->set->speed_shift;
  float exact = speed * (float)(1u << shift);
  uint32 less = (uint32)exact;
  mask below = l_lt(rate, L(0));
  word factor = w_select(below, W(less), W(less + ((float)less < exact)));
  wide size = l_negate(below, rate);
  wide product = l_add(l_mul(w_low(l_shr(size, LOW_BITS)), factor),
                       l_shr(l_mul(w_low(l_and(size, L((1 << LOW_BITS) - 1))), factor), LOW_BITS));
  product = l_shift(product, shift - LOW_BITS);
  return l_add(l_negate(below, product), L((1 << LOW_BITS) >> shift | 2));
}

/* A price of the solver's as a rate, rounded up: where a slot is left over its rent then is nothing. */
FN_BOUND wide rate_of_real(real price) {
  real high = r_min(r_max(price, R(0.0f)), R(4194303.0f)) * R(256.0f); /* rates lie below 2^22 here */
  word whole = w_from_real(high);
  real rest = (high - r_from_word(whole)) * R(65536.0f);
  return l_add(l_add(l_shl(l_from_word(whole), LOW_BITS), l_from_word(w_from_real(rest))), L(1));
}

/* What float32 may lose in one addition to a sum that stays below `most` quanta, in parts of a work unit: half of its last place. */
FN_BOUND word half_place(real most) {
  real power = r_from_bits(w_from_bits(most) & W(0x7f800000u)); /* of two, at or below it */
  return w_from_real(power * R(WORK_FRACTION * PARTS / 16777216.0f)) + W(1u);
}

FN_BOUND wide in_parts(wide rate, word parts) { return l_add(l_shr(of_work(rate, parts), 8), L(1)); }

/* What rounding may hide of work w: the books add up what is served in float32, and what runs away from home. `value` is what a
 * unit of it is worth, over or under; `place` half a last place of the sums, `times` how often one may be rounded off. */
typedef struct blur {
  wide value;
  mask dear;       /* to serve one more costs less than nothing */
  int whole, turns; /* all speeds are whole numbers: sums are exact; how often a slot may be used in turn at most, or 0 */
  word place, times;
} blur;

FN_BOUND void find_blur(const space *x, const rates *y, wide rent, int w, int t, blur *b) {
  GLOBAL const float *speed = FLOATS(x->im, speed) + w * SLOTS(x);
  float most = 0;
  wide value = l_sub(L(y->unmet[w]), rent);
  b->dear = l_lt(value, L(0));
  b->value = l_negate(b->dear, value);
  b->whole = 1;
  b->turns = DIM(x->im, refusals) && refusal_of(x->im, x->set->strategy, w, t) >= 0 ? 2 * SLOTS(x) : 0;
  for (int i = 0; i < SLOTS(x); i++) {
    b->whole &= speed[i] == (float)(uint32)speed[i];
    if (speed[i] > most) most = speed[i];
  }
  b->place = half_place(r_fma(x->demand[AT(t * WORKLOADS(x) + w)], R(1.0078125f), R(most)));
  b->times = W(1u + (uint32)b->turns);
}

/* All that may be hidden of work w, at its worth. Where it is served in turn, an offer is a price in float32, and every part of it
 * rounded. */
FN_BOUND wide hidden_work(const space *x, const rates *y, const blur *b, int w, int t) {
  word lost = b->times * b->place + W(PARTS), over = b->place * W(2u * (uint32)(SLOTS(x) + 4));
  wide hidden = L(0);
  if (b->turns) {
    word offers = w_from_real(x->demand[AT(t * WORKLOADS(x) + w)] * R(WORK_FRACTION * PARTS / 4194304.0f)) + W(1u);
    hidden = in_parts(b->value, offers + W((uint32)b->turns * PARTS));
  }
  if (b->whole) return hidden;
  hidden = l_add(hidden, in_parts(b->value, lost));
  hidden = l_add(hidden, l_keep(b->dear, in_parts(b->value, over)));
  return HAS(x->im, egress) ? l_add(hidden, in_parts(L(y->egress[w]), lost + over)) : hidden;
}

/* Slot i's rent, and what rounding may hide: of its use, which is added up in float32 where workloads have a duty, and which of its
 * users may round. A whole accelerator of one that pays less than the rent costs more than rounding could hide. */
FN_BOUND wide rent_and_hidden(const space *x, const rates *y, const wide *rent, blur *b, wide *hidden, int t, int i) {
  const int M = WORKLOADS(x), often = HAS(x->im, optimal) ? 2 : 1; /* rule `optimal` fills up what it rounded down */
  real room = x->room[AT(t * SLOTS(x) + i)];
  wide gain[N_WORKLOADS], most = L(0), price = l_negate(l_lt(y->price[i], L(0)), y->price[i]);
  mask able[N_WORKLOADS];
  word place = HAS(x->im, duty) ? half_place(room) : W(0u), uses = W(0u);
  for (int w = 0; w < M; w++) {
    float speed = FLOATS(x->im, speed)[w * SLOTS(x) + i];
    able[w] = m_none();
    gain[w] = L(0);
    if (!(speed > 0)) continue;
    gain[w] = l_sub(upper_by_speed(x, l_sub(L(worth_of(x, y, w, i)), rent[w]), speed), price_with_duty(x, y->price[i], w));
    able[w] = m_and_not(r_le(R(1.0f), room), forbidden(x, w, t, i));
    most = l_select(m_and(able[w], l_lt(most, gain[w])), gain[w], most);
  }
  for (int w = 0; w < M; w++) {
    if (b[w].whole && !HAS(x->im, duty)) continue;
    wide slack = of_work(l_sub(most, gain[w]), W((uint32)WORK_FRACTION * PARTS));
    wide more = of_work(l_add(b[w].value, L(y->egress[w])), b[w].place);
    if (HAS(x->im, duty)) more = l_add(more, of_work(price, place + W(PARTS)));
    word once = w_select(m_and(able[w], l_lt(slack, l_add(more, L(2)))), W((uint32)often), W(0u));
    if (!b[w].turns) b[w].times = b[w].times + once;
    uses = uses + (b[w].turns ? w_select(able[w], W((uint32)b[w].turns), W(0u)) : once);
  }
  if (HAS(x->im, duty)) {
    word lost = w_select(w_eq(uses, W(0u)), W(0u), uses * place + W(PARTS));
    *hidden = l_add(*hidden, in_parts(price, lost));
  }
  return most;
}

/* A month's share of the lower bound: demands at what is unserved, less rents of work and of slots. */
FN_BOUND wide prove_month(const space *x, const rates *y, int t) {
  wide sum = L(0), rent[N_WORKLOADS], hidden = L(0);
  blur b[N_WORKLOADS];
  for (int w = 0; w < WORKLOADS(x); w++) {
    word work = w_from_real(x->demand[AT(t * WORKLOADS(x) + w)] * R(WORK_FRACTION));
    rent[w] = rate_of_real(x->rent[AT(t * WORKLOADS(x) + w)]);
    sum = added(sum, of_work(L(y->unmet[w]), work));
    sum = taken_off(sum, of_work(rent[w], work));
    find_blur(x, y, rent[w], w, t, &b[w]);
  }
  for (int i = 0; i < SLOTS(x); i++) {
    wide most = rent_and_hidden(x, y, rent, b, &hidden, t, i);
    sum = taken_off(sum, of_work(most, w_from_real(x->room[AT(t * SLOTS(x) + i)] * R(WORK_FRACTION))));
  }
  for (int w = 0; w < WORKLOADS(x); w++) hidden = l_add(hidden, hidden_work(x, y, &b[w], w, t));
  sum = taken_off(sum, hidden);
  return l_sub(lower_shift(sum, x->scale - LOW_BITS - SUM_SHIFT),
               L(4 * (SLOTS(x) + WORKLOADS(x) + DIM(x->im, providers) + COMMITMENTS(x) + DIM(x->im, discounts))));
}

/* All months', at the prices of windows of a round; by lane, in `flags`. */
FN_PHASE void prove_months(const space *x, int round) {
  wide sum = L(0);
  rates y;
  for (int t = 0; t < MONTHS(x); t++) {
    find_lambda(x, round, t, y.lambda);
    find_rates(x, t, &y);
    sum = l_add(sum, prove_month(x, &y, t));
  }
  l_store(x->flags, sum, LANES);
}

#define PROVES_NOTHING (-((int64)1 << 61))

/* Windows' part of the proof, money quanta: what they ask at their prices, less what shortfalls, deferrals and excess could gain
 * where the prices leave them a gain. */
FN_BOUND int64 prove_windows(const master *m, int round) {
  const space *x = m->x;
  GLOBAL const uint32 *lambda = x->lambda + LANE_AT(round * m->windows, m->lane);
  longer sum = x_of(0); /* x 2^(FRACTION_BITS + RATE_BITS) */
  for (int n = 0; n < m->windows; n++) {
    GLOBAL const ofr_bound_window *w = &x->set->window[n];
    int at = LANE_AT(n, m->lane);
    int64 price = lambda[LANE_AT(n, 0)], next = w->next >= 0 ? lambda[LANE_AT(w->next, 0)] : 0;
    int64 amount = x->amount[at], worth = charge_today(x, n), previous = 0;
    sum = x_add(sum, x_shl(x_mul_signed(price, amount - x->relief[at] - x->fixed[at]), RATE_BITS));
    for (int i = 0; i < m->windows; i++) {
      if (m->counts[AT(n * m->windows + i)] > 0) worth -= lambda[LANE_AT(i, 0)];
      if (x->set->window[i].next == n) previous = deferral_of(x, i, m->lane);
    }
    longer gain = x_sub(x_of(price << RATE_BITS), x_mul_signed(worth, rate_of(x, n, m->lane)));
    if (!x_negative(gain) && !x_is_small(gain)) return PROVES_NOTHING;
    if (!x_negative(gain)) sum = x_sub(sum, x_mul_signed((int64)gain.low, amount + previous));
    if (price > next) sum = x_sub(sum, x_shl(x_mul_signed(price - next, deferral_of(x, n, m->lane)), RATE_BITS));
    int64 carried = next * (int64)WORDS(x->im, carry_forward)[w->commitment] - (price << FRACTION_BITS);
    if (w->next >= 0 && carried > 0) return PROVES_NOTHING; /* the cap on prices came between */
  }
  return x_shr(sum, FRACTION_BITS + RATE_BITS) - 8 * (m->windows + 1);
}
#endif
