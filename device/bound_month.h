/* The certified bound in lanes: the months of a bundle of paths, each solved anew as the prices of windows change, and what a
 * solution costs and counts. What the books round is counted against the bound elsewhere, so that any prices prove something. */
#ifndef OFR_BOUND_MONTH_H
#define OFR_BOUND_MONTH_H

enum { HASTY_ROUNDS = 6 };

/* What an accelerator of slot i that serves work w in the ordinary way saves over leaving the work undone. */
FN real profit_of(const space *x, const rates *y, int t, int w, int i) {
  float speed = FLOATS(x->im, speed)[w * SLOTS(x) + i], worth = (float)worth_of(x, y, w, i) * TO_REAL;
  real price = r_from_wide(price_with_duty(x, y->price[i], w)) * R(TO_REAL);
  real profit = R(worth * speed) - price;
  return r_select(forbidden(x, w, t, i), R(FORBIDDEN), profit);
}

FN_BOUND void set_profits(const space *x, const rates *y, int t, transport *p) {
  for (int w = 0; w < WORKLOADS(x); w++)
    for (int i = 0; i < SLOTS(x); i++) {
      real profit = R(FORBIDDEN);
      if (p->speed[w * SLOTS(x) + i] > 0) {
        profit = profit_of(x, y, t, w, i);
        if (DIM(x->im, refusals) && y->right[w] >= 0) choose_match(x, y, t, w, i, &profit);
      }
      p->profit[w * SLOTS(x) + i] = profit;
    }
}

/* ---- what a solution costs and counts ---- */

/* What is paid and may count, slot by slot, money quanta; the work that runs away from home. Returned is today's value of it. */
FN wide spend_month(const space *x, const rates *y, const transport *p, int t, wide *spend, real *away) {
  GLOBAL const ofr_image *im = x->im;
  wide matched[N_SLOTS], cost = L(0);
  for (int w = 0; w < WORKLOADS(x); w++) away[w] = R(0.0f);
  for (int i = 0; i < SLOTS(x) && DIM(im, refusals); i++) matched[i] = L(0);
  for (int i = 0; i < SLOTS(x); i++) {
    real used = R(0.0f), key = left_for_key(im, p, i);
    for (int w = 0; w < WORKLOADS(x); w++) {
      float speed = p->speed[w * SLOTS(x) + i];
      if (!(speed > 0)) continue;
      real placed = placed_beside(im, p, w, i, key);
      if (DIM(im, refusals) && y->right[w] >= 0) {
        real profit = profit_of(x, y, t, w, i);
        word chosen = choose_match(x, y, t, w, i, &profit);
        mask here = w_eq(chosen, W((uint32)SLOTS(x)));
        pay_match(x, y, t, w, i, chosen, placed, matched, &away[w]);
        placed = r_select(here, placed, R(0.0f));
      }
      used = r_fma(placed, R(HAS(im, duty) ? FLOATS(im, duty)[w] : 1.0f), used);
      if (HAS(im, egress) && worth_of(x, y, w, i) != y->unmet[w]) away[w] = r_fma(placed, R(speed), away[w]);
    }
    int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
    wide nominal = l_mul(w_from_real(r_fma(used, R(WORK_FRACTION), R(0.5f))), x->price[AT(t * SLOTS(x) + i)]);
    spend[i] = l_shift(nominal, r >= 0 ? INTS(im, use_shift)[r] : INTS(im, price_shift)[k]);
    if (DIM(im, discounts) && r < 0) {
      wide paid = l_part(spend[i], w_low(x->rest_low[AT(t * SLOTS(x) + i)]));
      if (all_units(x, t, i)) cost = l_sub(cost, l_scale(l_sub(spend[i], paid), WORDS(im, discount)[t], FRACTION_BITS));
      else spend[i] = l_select(l_lt(y->price[i], L(0)), spend[i], paid); /* all of it where counting is worth more than paying */
    }
  }
  for (int i = 0; i < SLOTS(x); i++) {
    if (DIM(im, refusals)) spend[i] = l_add(spend[i], matched[i]);
    cost = l_add(cost, l_scale(spend[i], WORDS(im, discount)[t], FRACTION_BITS));
  }
  return cost;
}

FN_BOUND void cost_month(const space *x, const rates *y, const transport *p, mask solved, int t) {
  GLOBAL const ofr_image *im = x->im;
  int C = COMMITMENTS(x), right = x->scale - LOW_BITS;
  wide spend[N_SLOTS];
  real away[N_WORKLOADS];
  wide cost = spend_month(x, y, p, t, spend, away);
  for (int w = 0; w < WORKLOADS(x); w++) {
    wide unmet = of_work(L(y->unmet[w]), w_from_real(r_fma(unserved_of(im, p, w), R(WORK_FRACTION), R(0.5f))));
    if (HAS(im, egress)) unmet = l_add(unmet, of_work(L(y->egress[w]), w_from_real(r_fma(away[w], R(WORK_FRACTION), R(0.5f)))));
    cost = l_add(cost, l_shift(unmet, right));
  }
  l_store(x->cost + LANE_AT(t, 0), l_select(solved, cost, L(-1)), LANES);
  for (int c = 0; c < C; c++) {
    wide counted = L(0);
    for (int i = 0; i < SLOTS(x); i++) {
      int at = c * DIM(im, pools) + STRUCTURE(im, slot_pool, i);
      if (STRUCTURE(im, counts_kind, at) == COUNTS_NOT) continue;
      counted = l_add(counted, l_scale(spend[i], WORDS(im, counts)[at], FRACTION_BITS));
    }
    l_store(x->spend + LANE_AT(t * C + c, 0), counted, LANES);
  }
}

/* ---- a round ---- */

/* The basis, from which the next round goes on, and once more, closed up, for the placement in the end. */
FN_BOUND void keep_basis(const space *x, const transport *p, mask solved, int round, int t) {
  const int n = WORKLOADS(x), slots = SLOTS(x), row = round * MONTHS(x) + t, words = KEY_WORDS(x->im);
  for (int i = 0; i < slots; i++) x->key[AT(t * slots + i)] = p->key[i];
  for (int w = 0; w < n; w++) x->rent[AT(t * n + w)] = r_select(solved, p->price[w], x->rent[AT(t * n + w)]);
  for (int j = 0; j < n; j++) {
    x->who[AT(t * n + j)] = p->who[j];
    x->slot[AT(t * n + j)] = p->slot[j];
    x->amounts[AT(t * n + j)] = p->amount[j];
    x->limits[AT(t * n + j)] = p->limit[j];
    x->kept_who[AT(row * n + j)] = p->who[j] | p->slot[j] << 8;
    x->kept_amount[AT(row * n + j)] = p->amount[j];
  }
  for (int j = 0; j < n * n; j++) {
    x->column[AT(t * n * n + j)] = p->column[j];
    x->inverse[AT(t * n * n + j)] = p->inverse[j];
  }
  for (int k = 0; k < words; k++) {
    word keys = W(0u);
    for (int i = 0; i < KEYS_IN_A_WORD && k * KEYS_IN_A_WORD + i < slots; i++)
      keys = keys | p->key[k * KEYS_IN_A_WORD + i] << 8 * i;
    x->kept_key[AT(row * words + k)] = keys;
  }
}

FN_BOUND void take_up_basis(const space *x, transport *p, int t) {
  const int n = WORKLOADS(x), slots = SLOTS(x);
  for (int i = 0; i < slots; i++) p->key[i] = x->key[AT(t * slots + i)];
  for (int j = 0; j < n; j++) {
    p->who[j] = x->who[AT(t * n + j)];
    p->slot[j] = x->slot[AT(t * n + j)];
    p->amount[j] = x->amounts[AT(t * n + j)];
    p->limit[j] = x->limits[AT(t * n + j)];
  }
  for (int j = 0; j < n * n; j++) {
    p->column[j] = x->column[AT(t * n * n + j)];
    p->inverse[j] = x->inverse[AT(t * n * n + j)];
  }
}

/* How many steps a month takes in a round at most. The first prices of windows are far from the last: what is not at its best by
 * then is a placement all the same, and goes on from there. */
FN_BOUND int most_steps(const space *x, int round) {
  return x->windows && round < HASTY_ROUNDS ? 2 * WORKLOADS(x) + (round == 0 ? 2 : 0) : MOST_STEPS(x->im);
}

/* The lanes in which month t is to be solved anew: not yet at its best, or at other prices of windows. */
FN_BOUND mask stale_in(const space *x, mask live, const word *lambda, int round, int t) {
  mask stale = x->open[AT(t)];
  for (int c = 0; c < COMMITMENTS(x); c++) {
    GLOBAL word *sought = x->sought + AT(t * COMMITMENTS(x) + c);
    stale = m_or(stale, m_and_not(m_all(), w_eq(*sought, lambda[c])));
    *sought = lambda[c];
  }
  return round == 0 ? live : m_and(live, stale);
}

/* The lanes in which some month is not at its best yet. */
FN_BOUND mask open_in(const space *x) {
  mask open = m_none();
  for (int t = 0; t < MONTHS(x); t++) open = m_or(open, x->open[AT(t)]);
  return open;
}

/* The months at the round's prices of windows, in the lanes of `live`. */
FN_PHASE void evaluate(const space *x, transport *p, mask live, int round) {
  GLOBAL const ofr_image *im = x->im;
  rates y;
  int steps;
  p->speed = FLOATS(im, speed);
  for (int w = 0; w < WORKLOADS(x); w++) p->price[w] = R(0.0f);
  for (int t = 0; t < MONTHS(x); t++) {
    find_lambda(x, round, t, y.lambda);
    mask stale = stale_in(x, live, y.lambda, round, t);
    x->open[AT(t)] = m_none();
    if (!m_any(stale)) {
      l_store(x->cost + LANE_AT(t, 0), L(-1), LANES);
      continue;
    }
    for (int w = 0; w < WORKLOADS(x); w++) p->demand[w] = x->demand[AT(t * WORKLOADS(x) + w)];
    for (int i = 0; i < SLOTS(x); i++) p->room[i] = x->room[AT(t * SLOTS(x) + i)];
    find_rates(x, t, &y);
    set_profits(x, &y, t, p);
    if (round == 0) {
      begin_transport(im, p);
    } else {
      take_up_basis(x, p, t);
      resume_transport(im, p);
    }
    x->open[AT(t)] = advance_transport(im, p, stale, most_steps(x, round), &steps);
    keep_basis(x, p, stale, round, t);
    cost_month(x, &y, p, stale, t);
  }
}
#endif
