/* The weather of a bundle of paths, kept month by month, and what no placement changes: fees, and what the windows ask. */
#ifndef OFR_BOUND_WEATHER_H
#define OFR_BOUND_WEATHER_H

#define NO_TIER 0x7fffffffffffffff /* opens never */

/* The least that a discount leaves of a list price this month; the most is all of it. */
FN_BOUND void keep_discounts(const space *x, const weather *sky, int t, int i) {
  GLOBAL const ofr_image *im = x->im;
  wide low = L(1 << FRACTION_BITS);
  real least = R(1.0f);
  for (int d = 0; d < DIM(im, discounts); d++) {
    if (!discounts_slot(im, d, i) || !in_force(im, x->set->strategy, t, d)) continue;
    uint32 rest = 1u << FRACTION_BITS;
    float price = 1;
    for (int n = d * DIM(im, tiers); n < (d + 1) * DIM(im, tiers); n++) {
      if (WIDES(im, tier_from)[n] == NO_TIER) continue;
      if (WORDS(im, tier_rest)[n] < rest) rest = WORDS(im, tier_rest)[n];
      if (FLOATS(im, tier_price)[n] < price) price = FLOATS(im, tier_price)[n];
    }
    mask idle = idle_discount(im, sky, d);
    low = l_select(idle, low, L(rest));
    least = r_select(idle, least, R(price));
  }
  if (DIM(im, discounts)) x->rest_low[AT(t * SLOTS(x) + i)] = low;
  if (!DIM(im, refusals)) return;
  x->list[AT(t * SLOTS(x) + i)] = sky->price[STRUCTURE(im, slot_pool, i)];
  x->least[AT(t * SLOTS(x) + i)] = sky->price[STRUCTURE(im, slot_pool, i)] * least;
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
      GLOBAL const ofr_bound_window *w = &x->window[i];
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
    l_store(x->fixed + LANE_AT(n, 0), l_add(y->fixed[c], L(x->window[n].opening)), LANES);
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
#endif
