/* A placement for the upper bound: the mixture of monthly solutions that costs least, rounded down to whole accelerators, filled
 * up by the merit order, and carried through the books. */
#ifndef OFR_BOUND_CARRY_H
#define OFR_BOUND_CARRY_H

/* Adds what round j's solution of month t placed, times its share. */
FN_BOUND void mix_solution(const space *x, int j, int t, real share, real *mix) {
  const int n = WORKLOADS(x), slots = SLOTS(x), row = j * MONTHS(x) + t, words = KEY_WORDS(x->im);
  for (int i = 0; i < slots; i++) {
    word key = x->kept_key[AT(row * words + i / KEYS_IN_A_WORD)] >> 8 * (i % KEYS_IN_A_WORD) & W(255u);
    real rest = x->room[AT(t * slots + i)];
    for (int k = 0; k < n; k++) {
      word who = x->kept_who[AT(row * n + k)];
      real amount = x->kept_amount[AT(row * n + k)];
      mask here = w_eq(who >> 8, W((uint32)i));
      rest = r_take(here, rest, amount);
      for (int w = 0; w < n; w++) {
        real part = r_select(m_and(here, w_eq(who & W(255u), W((uint32)w))), amount, R(0.0f));
        mix[w * slots + i] = r_fma(part, share, mix[w * slots + i]);
      }
    }
    for (int w = 0; w < n; w++) {
      real part = r_select(w_eq(key, W((uint32)w)), r_max(rest, R(0.0f)), R(0.0f));
      mix[w * slots + i] = r_fma(part, share, mix[w * slots + i]);
    }
  }
}

FN_BOUND void find_mixture(const space *x, int rounds, int t, real *mix) {
  for (int i = 0; i < WORKLOADS(x) * SLOTS(x); i++) mix[i] = R(0.0f);
  for (int j = 0; j < rounds; j++) {
    real share = r_load(x->share + LANE_AT(t * OFR_BOUND_ROUNDS + j, 0));
    if (m_any(r_lt(R(0.0f), share))) mix_solution(x, j, t, share, mix);
  }
}

FN_BOUND void place_mixture(const space *x, const weather *sky, placement *p, books *b, const real *mix, int t) {
  GLOBAL const ofr_image *im = x->im;
  const int s = x->set->strategy, slots = SLOTS(x);
  tally sum[N_WORKLOADS];
  choice rest;
  for (int w = 0; w < WORKLOADS(x); w++) {
    sum[w].served = sum[w].away = R(0.0f);
    for (int i = 0; i < slots; i++) {
      real most = r_max(sky->demand[w] - sum[w].served, R(0.0f)) * R(FLOATS(im, inverse_speed)[w * slots + i]);
      real taken = r_min(mix[w * slots + i] + R(CAPACITY_NUDGE), r_min(most, p->free[i]));
      take_slot(im, p, b->slot_work, &sum[w], s, w, 1, i, r_floor(taken));
    }
  }
  for (int w = 0; w < WORKLOADS(x); w++) {
    offers(im, p, s, w, t, 1, &rest);
    bind_exclusivities(im, sky, s, w, t, &rest);
    fill_in_merit_order(im, p, b->slot_work, &rest, &sum[w], s, w, 1, r_max(sky->demand[w] - sum[w].served, R(0.0f)));
    p->unserved[w] = r_max(sky->demand[w] - sum[w].served, R(0.0f));
    if (HAS(im, egress)) p->away[w] = r_min(sum[w].away, sky->demand[w]);
  }
}

/* The key of a slot at the windows' prices of the last round, for what rounding left over. */
FN_BOUND void price_slots(const space *x, const weather *sky, placement *p, int round, int t) {
  GLOBAL const ofr_image *im = x->im;
  float today = (float)WORDS(im, discount)[t];
  word lambda[N_COMMITMENTS];
  find_lambda(x, round, t, lambda);
  for (int i = 0; i < SLOTS(x); i++) {
    int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
    real worth = R(today);
    for (int c = 0; c < COMMITMENTS(x); c++)
      worth = worth - r_from_wide(l_scale(l_from_word(lambda[c]), WORDS(im, counts)[c * DIM(im, pools) + k], FRACTION_BITS));
    real list = r < 0 ? sky->price[k] : R(FLOATS(im, use_key)[r]);
    p->key[i] = list * worth * r_divide(R(1.0f), R(today));
  }
}

/* What it costs, by lane, stands in `flags` then. */
FN_PHASE void carry_out(const space *x, const bundle *of, int last) {
  GLOBAL const ofr_image *im = x->im;
  const int s = x->set->strategy;
  weather sky;
  placement p;
  month m;
  books b;
  real mix[N_WORKLOADS * N_SLOTS];
  start_weather(im, &sky, of->low, of->high, of->futures);
  start_books(im, &b);
  for (int t = 0; t < MONTHS(x); t++) {
    step_weather(im, &sky, t);
    begin_month(im, &b, t, &m);
    open_slots(im, &sky, &b, s, t, &p);
    price_slots(x, &sky, &p, last, t);
    find_mixture(x, last + 1, t, mix);
    place_mixture(x, &sky, &p, &b, mix, t);
    book_month(im, &sky, &p, &b, s, t, &m);
  }
  l_store(x->flags, l_add(cash_of(im, &b), b.unmet), LANES);
}
#endif
