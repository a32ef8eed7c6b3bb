/* What a first refusal lets a placement pay. Where the merit order reaches a rival's pool, the holder's own pools may take the
 * work: room of both is gone then, and the holder is paid what the rival asked, by the books' own float32. In the programme that is
 * a column for each workload, rival's pool and pool of the holder's, beside the ordinary ones. */
#ifndef OFR_BOUND_OFFERS_H
#define OFR_BOUND_OFFERS_H

FN_BOUND int runs_openly(const space *x, int w, int i) {
  return STRUCTURE(x->im, slot_reservation, i) < 0 && FLOATS(x->im, speed)[w * SLOTS(x) + i] > 0;
}

FN_BOUND int holds(const space *x, int refusal, int w, int m) {
  return runs_openly(x, w, m) && provider_of(x->im, m) == STRUCTURE(x->im, refusal_provider, refusal);
}

FN_BOUND int rivals(const space *x, int refusal, int w, int i) {
  return runs_openly(x, w, i) && provider_of(x->im, i) != STRUCTURE(x->im, refusal_provider, refusal);
}

/* A pair of slots between which work goes over. */
typedef struct match { int refusal, w, i, m; } match;

/* Where slot m may match slot i's offer: the least that the books could ask for an accelerator of m then, or the most where that
 * is worth more, as `dear` says. A discount moves both the offer and the price that it is held against. */
FN_BOUND mask match_price(const space *x, match a, int t, mask dear, word *price) {
  GLOBAL const ofr_image *im = x->im;
  const int k = STRUCTURE(im, slot_pool, a.m), at_i = t * SLOTS(x) + a.i, at_m = t * SLOTS(x) + a.m;
  GLOBAL const float *inverse = FLOATS(im, inverse_speed) + a.w * SLOTS(x);
  const real premium = R(FLOATS(im, refusal_premium)[a.refusal]), egress = egress_of(im, a.w, t, a.m);
  real list = x->list[AT(at_m)], less = egress_of(im, a.w, t, a.i);
  real least = r_fma(x->least[AT(at_i)], R(inverse[a.i]), less) * premium;
  real most = r_fma(x->list[AT(at_i)], R(inverse[a.i]), less) * premium;
  real paid = r_max(r_select(dear, most, least) - egress, R(0.0f)) * R(FLOATS(im, speed)[a.w * SLOTS(x) + a.m]);
  real cap = r_max(x->least[AT(at_m)], paid * R(1.0f - 1.0f / 1048576)); /* an offer is matched where it is below the own price */
  paid = r_min(r_min(paid, r_select(dear, list, cap)), list);
  *price = w_from_real(paid * R(FLOATS(im, price_scale)[k]));
  mask below = r_lt(least, r_fma(list, R(inverse[a.m]), egress));
  mask room = m_and(r_le(R(1.0f), x->room[AT(at_i)]), r_le(R(1.0f), x->room[AT(at_m)]));
  return m_and(below, room);
}

/* What an accelerator of slot m costs at the offer, less what counting that is worth. */
FN_BOUND mask match_cost(const space *x, const rates *y, match a, int t, wide *cost) {
  const int k = STRUCTURE(x->im, slot_pool, a.m);
  wide worth = worth_of_dollar(x, y, t, k);
  word price;
  mask able = match_price(x, a, t, l_lt(worth, L(0)), &price);
  *cost = rate_of_price(x, price, worth, INTS(x->im, price_shift)[k]);
  return able;
}

/* ---- to the solver ---- */

/* Where it is worth more to have work w matched than to place it at slot i: at which of the holder's slots it is worth most, as if
 * that had room for it; SLOTS(x) elsewhere. `profit` of an accelerator of slot i is raised to it. */
FN_BOUND word choose_match(const space *x, const rates *y, int t, int w, int i, real *profit) {
  GLOBAL const float *speed = FLOATS(x->im, speed) + w * SLOTS(x), *inverse = FLOATS(x->im, inverse_speed) + w * SLOTS(x);
  word chosen = W((uint32)SLOTS(x));
  match a;
  a.refusal = y->right[w];
  a.w = w;
  a.i = i;
  if (!rivals(x, a.refusal, w, i)) return chosen;
  for (a.m = 0; a.m < SLOTS(x); a.m++) {
    wide cost;
    if (!holds(x, a.refusal, w, a.m)) continue;
    mask able = match_cost(x, y, a, t, &cost);
    real own = R((float)worth_of(x, y, w, a.m) * TO_REAL) * R(speed[a.m]) - r_from_wide(price_with_duty(x, cost, w)) * R(TO_REAL);
    own = own * (R(speed[i]) * R(inverse[a.m]));
    mask better = m_and(able, r_lt(*profit, own));
    *profit = r_select(better, own, *profit);
    chosen = w_select(better, W((uint32)a.m), chosen);
  }
  return chosen;
}

/* So many accelerators of slot i, whose work is matched: what the holder is paid, slot by slot; its work that is away from home. */
FN_BOUND void pay_match(const space *x, const rates *y, int t, int w, int i, word chosen, real placed, wide *spend, real *away) {
  GLOBAL const ofr_image *im = x->im;
  match a;
  a.refusal = y->right[w];
  a.w = w;
  a.i = i;
  for (a.m = 0; a.m < SLOTS(x); a.m++) {
    word price;
    const int k = STRUCTURE(im, slot_pool, a.m), at = w * SLOTS(x);
    mask is = w_eq(chosen, W((uint32)a.m));
    if (!holds(x, a.refusal, w, a.m) || !m_any(is)) continue;
    match_price(x, a, t, l_lt(worth_of_dollar(x, y, t, k), L(0)), &price);
    real here = r_select(is, placed, R(0.0f)), own = here * (R(FLOATS(im, speed)[at + i]) * R(FLOATS(im, inverse_speed)[at + a.m]));
    if (HAS(im, duty)) own = own * R(FLOATS(im, duty)[w]);
    if (HAS(im, egress) && worth_of(x, y, w, a.m) != y->unmet[w]) *away = r_fma(here, R(FLOATS(im, speed)[at + i]), *away);
    word hours = w_from_real(r_fma(own, R(WORK_FRACTION), R(0.5f)));
    spend[a.m] = l_add(spend[a.m], l_shift(l_mul(hours, price), INTS(im, price_shift)[k]));
  }
}
#endif
