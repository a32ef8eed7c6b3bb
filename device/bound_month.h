/* The certified bound in lanes: the months of a bundle of paths, kept, each solved anew as the prices of windows change; what a
 * solution costs and counts; what its prices prove.
 *
 * A month's rates are whole numbers: money quanta today for a work unit (1/128 accelerator quantum, a month), x 2^scale, below
 * 2^46. They err on the side that keeps the bound below the truth, and what the books round is counted against it, so that any
 * prices at all prove something. */
#ifndef OFR_BOUND_MONTH_H
#define OFR_BOUND_MONTH_H

#define LOW_BITS     16                 /* of a rate, beside the 30 that are multiplied first */
#define TO_REAL      5.9604644775390625e-8f /* 2^-24: rates as the solver sees them */
#define SUM_SHIFT    8                  /* products of rates and work are shifted so before they are summed */
#define NO_TIER      0x7fffffffffffffff  /* opens never */
enum { HASTY_ROUNDS = 6 };

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

/* ---- the weather, kept ---- */

/* The least that a discount leaves of a list price this month; the most is all of it. */
FN_BOUND void keep_discounts(const space *x, const weather *sky, int t, int i) {
  GLOBAL const ofr_image *im = x->im;
  wide low = L(1 << FRACTION_BITS);
  if (!DIM(im, discounts)) return;
  for (int d = 0; d < DIM(im, discounts); d++) {
    if (!discounts_slot(im, d, i) || !in_force(im, x->set->strategy, t, d)) continue;
    uint32 least = 1u << FRACTION_BITS;
    for (int n = d * DIM(im, tiers); n < (d + 1) * DIM(im, tiers); n++)
      if (WIDES(im, tier_from)[n] < NO_TIER && WORDS(im, tier_rest)[n] < least) least = WORDS(im, tier_rest)[n];
    low = l_select(idle_discount(im, sky, d), low, L(least));
  }
  x->rest_low[AT(t * SLOTS(x) + i)] = low;
}

/* Room that no demand could fill proves nothing and costs precision. */
FN_BOUND real usable(const space *x, const weather *sky, int i, real room) {
  real most = R(1.0f);
  GLOBAL const float *inverse = FLOATS(x->im, inverse_speed) + i;
  for (int w = 0; w < WORKLOADS(x); w++) most = r_fma(sky->demand[w], R(inverse[w * SLOTS(x)] * 1.00001f), most);
  return r_min(room, r_floor(most));
}

FN_BOUND void keep_slots(const space *x, const weather *sky, int t) {
  GLOBAL const ofr_image *im = x->im;
  for (int i = 0; i < SLOTS(x); i++) {
    int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i), at = t * SLOTS(x) + i;
    x->room[AT(at)] = sky->capacity[k];
    x->price[AT(at)] = list_price(im, sky, k);
    keep_discounts(x, sky, t, i);
    if (r < 0) {
      x->room[AT(at)] = usable(x, sky, i, x->room[AT(at)]);
      continue;
    }
    float held = signs(im, x->set->strategy, RESERVATION(im, r)) ? FLOATS(im, reserved)[t * DIM(im, reservations) + r] : 0.0f;
    mask idle = m_or(sky->ended[RESERVATION(im, r)], sky->suspended[RESERVATION(im, r)]);
    x->room[AT(at)] = usable(x, sky, i, r_select(idle, R(0.0f), R(held)));
    x->price[AT(at)] = W(WORDS(im, use_rate)[r]);
  }
}

/* The smallest share of its fees that reservation r still costs after an exit might have been taken before month t. */
FN_BOUND uint32 fee_share(GLOBAL const ofr_image *im, int s, int r, int t) {
  uint32 share = 1u << RATE_BITS;
  for (int q = 0; q < DIM(im, exits); q++) {
    if (STRUCTURE(im, exit_target, q) != DIM(im, commitments) + r || !signs(im, s, EXIT(im, q))) continue;
    for (int e = 0; e < t; e++)
      if (INTS(im, exit_at)[e * DIM(im, exits) + q] && WORDS(im, exit_fee)[q] < share) share = WORDS(im, exit_fee)[q];
  }
  return share;
}

typedef struct tallies { wide fixed[N_COMMITMENTS], relieved[N_COMMITMENTS], shrunk[N_COMMITMENTS], standing; } tallies;

/* Fees, which no placement changes, and what of them counts. */
FN_BOUND void keep_fees(const space *x, const weather *sky, tallies *y, int t) {
  GLOBAL const ofr_image *im = x->im;
  int s = x->set->strategy;
  for (int r = 0; r < DIM(im, reservations); r++) {
    if (!signs(im, s, RESERVATION(im, r))) continue;
    mask over = sky->ended[RESERVATION(im, r)];
    int k = STRUCTURE(im, slot_pool, STRUCTURE(im, reservation_slot, r));
    wide fee = unless(over, L(WIDES(im, fee)[t * DIM(im, reservations) + r]));
    wide today = unless(over, L(WIDES(im, fee_today)[t * DIM(im, reservations) + r]));
    y->standing = l_add(y->standing, l_scale(today, fee_share(im, s, r, t), RATE_BITS));
    for (int c = 0; c < DIM(im, commitments); c++) {
      if (STRUCTURE(im, counts_kind, c * DIM(im, pools) + k) == COUNTS_NOT) continue;
      wide counted = l_add(l_scale(fee, WORDS(im, counts)[c * DIM(im, pools) + k], FRACTION_BITS), L(1));
      y->fixed[c] = l_add(y->fixed[c], unless(x->closed[AT(t * COMMITMENTS(x) + c)], counted));
    }
  }
  for (int n = 0; n < DIM(im, grants); n++) {
    if (!signs(im, s, GRANT(im, n))) continue;
    mask idle = m_or(sky->ended[GRANT(im, n)], sky->suspended[GRANT(im, n)]);
    wide part = l_scale(L(WIDES(im, grant_part)[t * DIM(im, grants) + n]), WORDS(im, discount)[t], FRACTION_BITS);
    y->standing = l_sub(y->standing, unless(idle, l_add(part, L(1))));
  }
}

/* Which window a month's spend counts under, lane by lane; what a window asks when it ends. */
FN_BOUND void keep_windows(const space *x, const weather *sky, tallies *y, int t) {
  GLOBAL const ofr_image *im = x->im;
  for (int c = 0; c < COMMITMENTS(x); c++) {
    int at = t * COMMITMENTS(x) + c, flags = signs(im, x->set->strategy, c) ? INTS(im, window)[at] : 0, n = -1;
    for (int i = 0; i < x->windows && flags; i++) {
      GLOBAL const ofr_bound_window *w = &x->set->window[i];
      if (w->commitment == c && t >= w->first && t <= w->settles) n = i;
    }
    l_store(x->flags, l_keep(m_and_not(m_all(), x->closed[AT(at)]), L(1)), LANES);
    x->window_at[AT(at)] = n;
    for (int lane = 0; lane < LANES; lane++) x->row[LANE_AT(at, lane)] = n >= 0 && x->flags[LANE_AT(0, lane)] ? n : -1;
    if (n < 0) continue;
    if (HAS(im, terms) && WORDS(im, relief)[c])
      y->relieved[c] = l_add(y->relieved[c], unless(x->closed[AT(at)], relief_of(im, sky, t, c)));
    y->shrunk[c] = l_add(y->shrunk[c], l_keep(sky->suspended[c], L(WIDES(im, month_share)[at])));
    if (!(flags & WINDOW_SETTLES)) continue;
    l_store(x->amount + LANE_AT(n, 0), l_positive(l_sub(L(WIDES(im, amount)[at]), y->shrunk[c])), LANES);
    l_store(x->relief + LANE_AT(n, 0), y->relieved[c], LANES);
    l_store(x->fixed + LANE_AT(n, 0), l_add(y->fixed[c], L(x->set->window[n].opening)), LANES);
    l_store(x->flags, l_keep(m_and_not(m_all(), sky->ended[c]), L(1)), LANES);
    for (int lane = 0; lane < LANES; lane++) x->live[LANE_AT(n, lane)] = x->flags[LANE_AT(0, lane)] != 0;
  }
}

/* Which paths a bundle holds. */
typedef struct bundle { word low, high; given_futures futures; } bundle;

FN_PHASE void keep_weather(const space *x, const bundle *of) {
  GLOBAL const ofr_image *im = x->im;
  weather sky;
  tallies y;
  y.standing = L(0);
  start_weather(im, &sky, of->low, of->high, of->futures);
  for (int t = 0; t < MONTHS(x); t++) {
    step_weather(im, &sky, t);
    for (int w = 0; w < WORKLOADS(x); w++) x->demand[AT(t * WORKLOADS(x) + w)] = sky.demand[w];
    for (int c = 0; c < COMMITMENTS(x); c++) {
      x->closed[AT(t * COMMITMENTS(x) + c)] = m_or(sky.ended[c], sky.suspended[c]);
      if (t == 0 || INTS(im, window)[t * COMMITMENTS(x) + c] & WINDOW_BEGINS) y.fixed[c] = y.relieved[c] = y.shrunk[c] = L(0);
    }
    for (int e = 0; e < EXCLUSIVITIES(x); e++) {
      mask idle = m_or(sky.ended[EXCLUSIVITY(im, e)], sky.suspended[EXCLUSIVITY(im, e)]);
      x->binds[AT(t * EXCLUSIVITIES(x) + e)] = m_and_not(m_all(), idle);
    }
    keep_slots(x, &sky, t);
    keep_fees(x, &sky, &y, t);
    keep_windows(x, &sky, &y, t);
  }
  l_store(x->standing, y.standing, LANES);
}

/* ---- a month's rates ---- */

typedef struct rates {
  int64 unmet[N_WORKLOADS], egress[N_WORKLOADS]; /* of a reference work unit, today, duty included; floors */
  wide price[N_SLOTS];                           /* of an accelerator work unit, today, less what counting it is worth */
  word lambda[N_COMMITMENTS];
} rates;

FN_BOUND int64 today_rate(const space *x, uint32 rate, int shift, int w, int t) {
  uint32 duty = HAS(x->im, duty) ? WORDS(x->im, duty_fraction)[w] : 1u << FRACTION_BITS;
  longer exact = x_mul((uint64)rate * duty, WORDS(x->im, discount)[t]);
  int right = 2 * FRACTION_BITS + shift - x->scale;
  return right < 128 ? x_shr(exact, right) : 0;
}

FN_BOUND wide price_of(const space *x, const rates *y, int t, int i) {
  GLOBAL const ofr_image *im = x->im;
  int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
  int shift = (r >= 0 ? INTS(im, use_shift)[r] : INTS(im, price_shift)[k]) + FRACTION_BITS - x->scale;
  wide worth = L(WORDS(im, discount)[t]);
  for (int c = 0; c < COMMITMENTS(x); c++) {
    uint32 counts = WORDS(im, counts)[c * DIM(im, pools) + k];
    if (STRUCTURE(im, counts_kind, c * DIM(im, pools) + k) == COUNTS_NOT) continue;
    wide product = l_mul(y->lambda[c], W(counts)); /* rounded up: counting is worth no less */
    worth = l_sub(worth, l_shr(l_add(product, L((1 << FRACTION_BITS) - 1)), FRACTION_BITS));
  }
  mask below = l_lt(worth, L(0));
  wide price = l_shift(l_mul(x->price[AT(t * SLOTS(x) + i)], w_low(l_negate(below, worth))), shift);
  if (DIM(im, discounts) && r < 0) {
    wide rest = l_select(below, L(1 << FRACTION_BITS), x->rest_low[AT(t * SLOTS(x) + i)]);
    price = l_add(l_part(price, w_low(rest)), l_keep(below, L(1)));
  }
  return l_negate(below, l_add(price, l_keep(below, L(1))));
}

/* What a dollar that counts is worth this month, by commitment. */
FN_BOUND void find_lambda(const space *x, int round, int t, word *lambda) {
  for (int c = 0; c < COMMITMENTS(x); c++) {
    int at = t * COMMITMENTS(x) + c, n = x->window_at[AT(at)];
    lambda[c] = W(0u);
    if (n >= 0) lambda[c] = w_select(x->closed[AT(at)], W(0u), w_load(x->lambda + LANE_AT(round * x->windows + n, 0)));
  }
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

FN_BOUND void set_profits(const space *x, const rates *y, int t, transport *p) {
  for (int w = 0; w < WORKLOADS(x); w++)
    for (int i = 0; i < SLOTS(x); i++) {
      int at = w * SLOTS(x) + i;
      float speed = p->speed[at], worth = (float)worth_of(x, y, w, i) * TO_REAL;
      real price = r_from_wide(price_with_duty(x, y->price[i], w)) * R(TO_REAL);
      real profit = R(worth * speed) - price;
      if (speed > 0) profit = r_select(forbidden(x, w, t, i), R(FORBIDDEN), profit);
      else profit = R(FORBIDDEN);
      p->profit[at] = profit;
    }
}

/* ---- what a solution costs and counts ---- */

FN_BOUND void cost_month(const space *x, const rates *y, const transport *p, mask solved, int t) {
  GLOBAL const ofr_image *im = x->im;
  int C = COMMITMENTS(x), right = x->scale - LOW_BITS;
  wide cost = L(0), spend[N_SLOTS];
  real away[N_WORKLOADS];
  for (int w = 0; w < WORKLOADS(x); w++) away[w] = R(0.0f);
  for (int i = 0; i < SLOTS(x); i++) {
    real used = R(0.0f), key = left_for_key(im, p, i);
    for (int w = 0; w < WORKLOADS(x); w++) {
      float speed = p->speed[w * SLOTS(x) + i];
      if (!(speed > 0)) continue;
      real placed = placed_beside(im, p, w, i, key);
      used = r_fma(placed, R(HAS(im, duty) ? FLOATS(im, duty)[w] : 1.0f), used);
      if (HAS(im, egress) && worth_of(x, y, w, i) != y->unmet[w]) away[w] = r_fma(placed, R(speed), away[w]);
    }
    int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
    wide nominal = l_mul(w_from_real(used * R(WORK_FRACTION)), x->price[AT(t * SLOTS(x) + i)]);
    spend[i] = l_shift(nominal, r >= 0 ? INTS(im, use_shift)[r] : INTS(im, price_shift)[k]);
    if (DIM(im, discounts) && r < 0) spend[i] = l_part(spend[i], w_low(x->rest_low[AT(t * SLOTS(x) + i)]));
    cost = l_add(cost, l_scale(spend[i], WORDS(im, discount)[t], FRACTION_BITS));
  }
  for (int w = 0; w < WORKLOADS(x); w++) {
    wide unmet = of_work(L(y->unmet[w]), w_from_real(unserved_of(im, p, w) * R(WORK_FRACTION)));
    if (HAS(im, egress)) unmet = l_add(unmet, of_work(L(y->egress[w]), w_from_real(away[w] * R(WORK_FRACTION))));
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
    for (int i = 0; i < KEYS_IN_A_WORD && k * KEYS_IN_A_WORD + i < slots; i++) keys = keys | p->key[k * KEYS_IN_A_WORD + i] << 8 * i;
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
