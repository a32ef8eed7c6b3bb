/* A placement for the upper bound: the mixture of monthly solutions that costs least, rounded down to whole accelerators, filled
 * up by the merit order, and carried through the books. */
#ifndef OFR_BOUND_CARRY_H
#define OFR_BOUND_CARRY_H

static real load_reals(const float *from) {
  real x;
  memcpy(&x, from, sizeof x);
  return x;
}

/* Adds what round j's solution of month t placed, times its share. */
static void mix_solution(const space *x, int j, int t, real share, real *mix) {
  int row = j * x->months + t, n = x->workloads;
  const word *key = x->kept_key + row * x->slots, *who = x->kept_who + row * n, *slot = x->kept_slot + row * n;
  const real *amount = x->kept_amount + row * n;
  for (int i = 0; i < x->slots; i++) {
    real rest = x->room[t * x->slots + i];
    for (int k = 0; k < n; k++) {
      mask here = w_eq(slot[k], W((uint32)i));
      rest = r_take(here, rest, amount[k]);
      for (int w = 0; w < n; w++) {
        real part = r_select(m_and(here, w_eq(who[k], W((uint32)w))), amount[k], R(0.0f));
        mix[w * x->slots + i] = r_fma(part, share, mix[w * x->slots + i]);
      }
    }
    for (int w = 0; w < n; w++) {
      real part = r_select(w_eq(key[i], W((uint32)w)), r_max(rest, R(0.0f)), R(0.0f));
      mix[w * x->slots + i] = r_fma(part, share, mix[w * x->slots + i]);
    }
  }
}

static void find_mixture(const space *x, int rounds, int t, real *mix) {
  for (int i = 0; i < x->workloads * x->slots; i++) mix[i] = R(0.0f);
  for (int j = 0; j < rounds; j++) {
    real share = load_reals(x->share + (t * OFR_BOUND_ROUNDS + j) * LANES);
    if (m_any(r_lt(R(0.0f), share))) mix_solution(x, j, t, share, mix);
  }
}

static void place_mixture(const space *x, const weather *sky, placement *p, books *b, const real *mix, int t) {
  const ofr_image *im = x->im;
  int s = x->set->strategy;
  tally sum[N_WORKLOADS];
  choice rest;
  for (int w = 0; w < x->workloads; w++) {
    sum[w].served = sum[w].away = R(0.0f);
    for (int i = 0; i < x->slots; i++) {
      real most = r_max(sky->demand[w] - sum[w].served, R(0.0f)) * R(FLOATS(im, inverse_speed)[w * x->slots + i]);
      real taken = r_min(mix[w * x->slots + i] + R(CAPACITY_NUDGE), r_min(most, p->free[i]));
      take_slot(im, p, b->slot_work, &sum[w], s, w, 1, i, r_floor(taken));
    }
  }
  for (int w = 0; w < x->workloads; w++) {
    offers(im, p, s, w, t, 1, &rest);
    bind_exclusivities(im, sky, s, w, t, &rest);
    fill_in_merit_order(im, p, b->slot_work, &rest, &sum[w], s, w, 1, r_max(sky->demand[w] - sum[w].served, R(0.0f)));
    p->unserved[w] = r_max(sky->demand[w] - sum[w].served, R(0.0f));
    if (im->has_egress) p->away[w] = r_min(sum[w].away, sky->demand[w]);
  }
}

/* The key of a slot at the windows' prices of the last round, for what rounding left over. */
static void price_slots(const space *x, const weather *sky, placement *p, int round, int t) {
  const ofr_image *im = x->im;
  rates y;
  find_rates(x, round, t, &y);
  for (int i = 0; i < x->slots; i++) {
    int k = INTS(im, slot_pool)[i];
    real worth = R((float)WORDS(im, discount)[t]);
    for (int c = 0; c < x->commitments; c++)
      worth = worth - r_from_wide(l_scale(l_from_word(y.lambda[c]), WORDS(im, counts)[c * im->pools + k], FRACTION_BITS));
    real list = INTS(im, slot_reservation)[i] < 0 ? sky->price[k] : R(FLOATS(im, use_key)[INTS(im, slot_reservation)[i]]);
    p->key[i] = list * worth * R(1.0f / (float)WORDS(im, discount)[t]);
  }
}

static void carry_out(const ofr_image *im, space *x, word low, word high, given_futures futures, int rounds, int64_t *upper) {
  int s = x->set->strategy;
  weather sky;
  placement p;
  month m;
  books b;
  real mix[N_WORKLOADS * N_SLOTS];
  for (int lane = 0; lane < LANES; lane++)
    for (int t = 0; t < x->months; t++) {
      for (int j = 0; j < rounds; j++) x->share[(t * OFR_BOUND_ROUNDS + j) * LANES + lane] = 0;
      shares_of(&x->masters[lane], t, x->share + t * OFR_BOUND_ROUNDS * LANES + lane, LANES);
    }
  start_weather(im, &sky, low, high, futures);
  start_books(im, &b);
  for (int t = 0; t < x->months; t++) {
    step_weather(im, &sky, t);
    begin_month(im, &b, t, &m);
    open_slots(im, &sky, &b, s, t, &p);
    price_slots(x, &sky, &p, rounds, t);
    find_mixture(x, rounds, t, mix);
    place_mixture(x, &sky, &p, &b, mix, t);
    book_month(im, &sky, &p, &b, s, t, &m);
  }
  l_store(upper, l_add(cash_of(im, &b), b.unmet), LANES);
}
#endif
