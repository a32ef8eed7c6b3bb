/* The certified bound in lanes: the months of a bundle of paths, kept, each solved anew as the prices of windows change; what a
 * solution costs and counts; what its prices prove. For C alone so far: the programme that joins the months is scalar.
 *
 * A month's rates are whole numbers: money quanta today for a work unit (1/128 accelerator quantum, a month), x 2^scale, below
 * 2^46. They err on the side that keeps the bound below the truth, and what the books round is counted against it, so that any
 * prices at all prove something. */
#ifndef OFR_BOUND_MONTH_H
#define OFR_BOUND_MONTH_H

#define LOW_BITS     16                 /* of a rate, beside the 30 that are multiplied first */
#define TO_REAL      5.9604644775390625e-8f /* 2^-24: rates as the solver sees them */
#define SUM_SHIFT    8                  /* products of rates and work are shifted so before they are summed */
#define FLOAT_ERROR  6.0e-8f             /* of one addition in float32: above 2^-24 */

static word load_words(const uint32 *from) {
  word x;
  memcpy(&x, from, sizeof x);
  return x;
}

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

/* The least and the most that a discount leaves of a list price this month, and how the books use it: never below, never above. */
static void keep_discounts(space *x, const weather *sky, int t, int i) {
  const ofr_image *im = x->im;
  wide low = L(1 << FRACTION_BITS), high = low;
  for (int d = 0; d < im->discounts; d++) {
    if (!discounts_slot(im, d, i) || !in_force(im, x->set->strategy, t, d)) continue;
    uint32 least = 1u << FRACTION_BITS;
    for (int n = d * im->tiers; n < (d + 1) * im->tiers; n++)
      if (WIDES(im, tier_from)[n] != INT64_MAX && WORDS(im, tier_rest)[n] < least) least = WORDS(im, tier_rest)[n];
    low = l_select(idle_discount(im, sky, d), low, L(least));
  }
  x->rest_low[t * x->slots + i] = low;
  x->rest_high[t * x->slots + i] = high;
}

/* Room that no demand could fill proves nothing and costs precision. */
static real usable(const space *x, const weather *sky, int i, real room) {
  real most = R(1.0f);
  const float *inverse = FLOATS(x->im, inverse_speed) + i;
  for (int w = 0; w < x->workloads; w++) most = r_fma(sky->demand[w], R(inverse[w * x->slots] * 1.00001f), most);
  return r_min(room, r_floor(most));
}

static void keep_slots(space *x, const weather *sky, int t) {
  const ofr_image *im = x->im;
  for (int i = 0; i < x->slots; i++) {
    int k = INTS(im, slot_pool)[i], r = INTS(im, slot_reservation)[i], at = t * x->slots + i;
    x->room[at] = sky->capacity[k];
    x->price[at] = list_price(im, sky, k);
    keep_discounts(x, sky, t, i);
    if (r < 0) {
      x->room[at] = usable(x, sky, i, x->room[at]);
      continue;
    }
    float held = signs(im, x->set->strategy, RESERVATION(im, r)) ? FLOATS(im, reserved)[t * im->reservations + r] : 0.0f;
    mask idle = m_or(sky->ended[RESERVATION(im, r)], sky->suspended[RESERVATION(im, r)]);
    x->room[at] = usable(x, sky, i, r_select(idle, R(0.0f), R(held)));
    x->price[at] = W(WORDS(im, use_rate)[r]);
  }
}

/* The smallest share of its fees that reservation r still costs after an exit might have been taken before month t. */
static uint32 fee_share(const ofr_image *im, int s, int r, int t) {
  uint32 share = 1u << RATE_BITS;
  for (int q = 0; q < im->exits; q++) {
    if (INTS(im, exit_target)[q] != im->commitments + r || !signs(im, s, EXIT(im, q))) continue;
    for (int e = 0; e < t; e++)
      if (INTS(im, exit_at)[e * im->exits + q] && WORDS(im, exit_fee)[q] < share) share = WORDS(im, exit_fee)[q];
  }
  return share;
}

typedef struct tallies { wide fixed[N_COMMITMENTS], relieved[N_COMMITMENTS], shrunk[N_COMMITMENTS], constant; } tallies;

/* Fees, which no placement changes, and what of them counts. */
static void keep_fees(space *x, const weather *sky, tallies *y, int t) {
  const ofr_image *im = x->im;
  int s = x->set->strategy;
  for (int r = 0; r < im->reservations; r++) {
    if (!signs(im, s, RESERVATION(im, r))) continue;
    mask over = sky->ended[RESERVATION(im, r)];
    int k = INTS(im, slot_pool)[INTS(im, reservation_slot)[r]];
    wide fee = unless(over, L(WIDES(im, fee)[t * im->reservations + r]));
    wide today = unless(over, L(WIDES(im, fee_today)[t * im->reservations + r]));
    y->constant = l_add(y->constant, l_scale(today, fee_share(im, s, r, t), RATE_BITS));
    for (int c = 0; c < im->commitments; c++) {
      if (INTS(im, counts_kind)[c * im->pools + k] == COUNTS_NOT) continue;
      wide counted = l_add(l_scale(fee, WORDS(im, counts)[c * im->pools + k], FRACTION_BITS), L(1));
      y->fixed[c] = l_add(y->fixed[c], unless(x->closed[t * x->commitments + c], counted));
    }
  }
  for (int n = 0; n < im->grants; n++) {
    if (!signs(im, s, GRANT(im, n))) continue;
    mask idle = m_or(sky->ended[GRANT(im, n)], sky->suspended[GRANT(im, n)]);
    wide part = l_scale(L(WIDES(im, grant_part)[t * im->grants + n]), WORDS(im, discount)[t], FRACTION_BITS);
    y->constant = l_sub(y->constant, unless(idle, l_add(part, L(1))));
  }
}

/* Which window a month's spend counts under, lane by lane; what a window asks when it ends. */
static void keep_windows(space *x, const weather *sky, tallies *y, int t) {
  const ofr_image *im = x->im;
  int64 open[LANES];
  for (int c = 0; c < x->commitments; c++) {
    int at = t * x->commitments + c, flags = signs(im, x->set->strategy, c) ? INTS(im, window)[at] : 0, n = -1;
    for (int i = 0; i < x->windows && flags; i++) {
      const ofr_bound_window *w = &x->set->window[i];
      if (w->commitment == c && t >= w->first && t <= w->settles) n = i;
    }
    l_store(open, l_keep(m_and_not(m_all(), x->closed[at]), L(1)), LANES);
    for (int lane = 0; lane < LANES; lane++) x->row[at * LANES + lane] = n >= 0 && open[lane] ? n : -1;
    if (n < 0) continue;
    if (im->has_terms && WORDS(im, relief)[c])
      y->relieved[c] = l_add(y->relieved[c], unless(x->closed[at], relief_of(im, sky, t, c)));
    y->shrunk[c] = l_add(y->shrunk[c], l_keep(sky->suspended[c], L(WIDES(im, month_share)[at])));
    if (!(flags & WINDOW_SETTLES)) continue;
    l_store(x->amount + n * LANES, l_positive(l_sub(L(WIDES(im, amount)[at]), y->shrunk[c])), LANES);
    l_store(x->relief + n * LANES, y->relieved[c], LANES);
    l_store(x->fixed + n * LANES, l_add(y->fixed[c], L(x->set->window[n].opening)), LANES);
    l_store(open, l_keep(m_and_not(m_all(), sky->ended[c]), L(1)), LANES);
    for (int lane = 0; lane < LANES; lane++) x->live[n * LANES + lane] = open[lane] != 0;
  }
}

static void keep_weather(space *x, word path_low, word path_high, given_futures futures) {
  const ofr_image *im = x->im;
  weather sky;
  tallies y;
  y.constant = L(0);
  start_weather(im, &sky, path_low, path_high, futures);
  for (int t = 0; t < x->months; t++) {
    step_weather(im, &sky, t);
    for (int w = 0; w < x->workloads; w++) x->demand[t * x->workloads + w] = sky.demand[w];
    for (int c = 0; c < x->commitments; c++) {
      x->closed[t * x->commitments + c] = m_or(sky.ended[c], sky.suspended[c]);
      if (t == 0 || INTS(im, window)[t * x->commitments + c] & WINDOW_BEGINS) y.fixed[c] = y.relieved[c] = y.shrunk[c] = L(0);
    }
    for (int e = 0; e < x->exclusivities; e++) {
      mask idle = m_or(sky.ended[EXCLUSIVITY(im, e)], sky.suspended[EXCLUSIVITY(im, e)]);
      x->binds[t * x->exclusivities + e] = m_and_not(m_all(), idle);
    }
    keep_slots(x, &sky, t);
    keep_fees(x, &sky, &y, t);
    keep_windows(x, &sky, &y, t);
  }
  l_store(x->constant, y.constant, LANES);
}

/* ---- a month's rates ---- */

typedef struct rates {
  int64 unmet[N_WORKLOADS], egress[N_WORKLOADS]; /* of a reference work unit, today, duty included; floors */
  wide price[N_SLOTS];                           /* of an accelerator work unit, today, less what counting it is worth */
  word lambda[N_COMMITMENTS];
} rates;

__extension__ typedef unsigned __int128 uint128;

static int64 today_rate(const space *x, uint32 rate, int shift, int w, int t) {
  uint32 duty = x->im->has_duty ? WORDS(x->im, duty_fraction)[w] : 1u << FRACTION_BITS;
  uint128 exact = (uint128)rate * duty * WORDS(x->im, discount)[t];
  int right = 2 * FRACTION_BITS + shift - x->scale;
  return (int64)(right < 128 ? exact >> right : 0);
}

static wide price_of(const space *x, const rates *y, int t, int i) {
  const ofr_image *im = x->im;
  int k = INTS(im, slot_pool)[i], r = INTS(im, slot_reservation)[i];
  int shift = (r >= 0 ? INTS(im, use_shift)[r] : INTS(im, price_shift)[k]) + FRACTION_BITS - x->scale;
  wide worth = L(WORDS(im, discount)[t]);
  for (int c = 0; c < x->commitments; c++) {
    uint32 counts = WORDS(im, counts)[c * im->pools + k];
    if (INTS(im, counts_kind)[c * im->pools + k] == COUNTS_NOT) continue;
    wide product = l_mul(y->lambda[c], W(counts)); /* rounded up: counting is worth no less */
    worth = l_sub(worth, l_shr(l_add(product, L((1 << FRACTION_BITS) - 1)), FRACTION_BITS));
  }
  mask below = l_lt(worth, L(0));
  wide price = l_shift(l_mul(x->price[t * x->slots + i], w_low(l_negate(below, worth))), shift);
  if (im->discounts && r < 0) {
    wide rest = l_select(below, x->rest_high[t * x->slots + i], x->rest_low[t * x->slots + i]);
    price = l_add(l_part(price, w_low(rest)), l_keep(below, L(1)));
  }
  return l_negate(below, l_add(price, l_keep(below, L(1))));
}

static void find_rates(const space *x, int round, int t, rates *y) {
  const ofr_image *im = x->im;
  for (int c = 0; c < x->commitments; c++) {
    uint32 price[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      int n = x->row[(t * x->commitments + c) * LANES + lane];
      price[lane] = n >= 0 ? x->lambda[(round * x->windows + n) * LANES + lane] : 0;
    }
    y->lambda[c] = load_words(price);
  }
  for (int w = 0; w < x->workloads; w++) {
    y->unmet[w] = today_rate(x, WORDS(im, unmet_rate)[w], INTS(im, unmet_shift)[w], w, t);
    y->egress[w] = !im->has_egress ? 0
                   : today_rate(x, WORDS(im, egress_rate)[t * x->workloads + w], INTS(im, egress_shift)[w], w, t);
  }
  for (int i = 0; i < x->slots; i++) y->price[i] = price_of(x, y, t, i);
}

/* What work w at slot i is worth beyond its egress. */
static int64 worth_of(const space *x, const rates *y, int w, int i) {
  int away = x->im->has_egress && INTS(x->im, away)[w * x->im->providers + provider_of(x->im, i)];
  return y->unmet[w] - (away ? y->egress[w] : 0);
}

static wide price_with_duty(const space *x, wide price, int w) {
  if (!x->im->has_duty) return price;
  return l_sub(l_scale_signed(price, WORDS(x->im, duty_fraction)[w], FRACTION_BITS), L(1));
}

/* An exclusivity closes the others' slots; one that lets work overflow is relaxed. */
static mask forbidden(const space *x, int w, int t, int i) {
  const ofr_image *im = x->im;
  mask no = m_none();
  for (int e = 0; e < x->exclusivities; e++) {
    if (!INTS(im, exclusivity_covers)[e * x->workloads + w] || !signs(im, x->set->strategy, EXCLUSIVITY(im, e))) continue;
    if (t < INTS(im, exclusivity_from)[e] || t > INTS(im, exclusivity_to)[e] || INTS(im, exclusivity_open)[e]) continue;
    if (provider_of(im, i) != INTS(im, exclusivity_provider)[e]) no = m_or(no, x->binds[t * x->exclusivities + e]);
  }
  return no;
}

static void set_profits(const space *x, const rates *y, int t, transport *p) {
  for (int w = 0; w < x->workloads; w++)
    for (int i = 0; i < x->slots; i++) {
      int at = w * x->slots + i;
      float speed = p->speed[at], worth = (float)worth_of(x, y, w, i) * TO_REAL;
      real price = r_from_wide(price_with_duty(x, y->price[i], w)) * R(TO_REAL);
      real profit = R(worth * speed) - price;
      if (speed > 0) profit = r_select(forbidden(x, w, t, i), R(FORBIDDEN), profit);
      else profit = R(FORBIDDEN);
      p->profit[at] = profit;
    }
}

/* ---- what prices prove ---- */

/* speed x rate of either sign, rounded up. */
static wide upper_by_speed(const space *x, wide rate, float speed) {
  double exact = ldexp((double)speed, x->speed_shift);
  mask below = l_lt(rate, L(0));
  word factor = w_select(below, W((uint32)floor(exact)), W((uint32)ceil(exact)));
  wide size = l_negate(below, rate);
  wide product = l_add(l_mul(w_low(l_shr(size, LOW_BITS)), factor),
                       l_shr(l_mul(w_low(l_and(size, L((1 << LOW_BITS) - 1))), factor), LOW_BITS));
  product = l_shift(product, x->speed_shift - LOW_BITS);
  return l_add(l_negate(below, product), L((1 << LOW_BITS) >> x->speed_shift | 2));
}

/* A bound on what the books' float32 sums of served work, of use and of what runs away from home may lose. */
static wide rounding_of(const space *x, const rates *y, const transport *p, int w) {
  int whole = 1;
  float most = 0;
  for (int i = 0; i < x->slots; i++) {
    float speed = p->speed[w * x->slots + i];
    whole &= speed == floorf(speed);
    if (speed > most) most = speed;
  }
  if (whole) return L(0);
  float share = (float)(x->slots + 2) * FLOAT_ERROR * WORK_FRACTION;
  word lost = w_from_real(r_fma(p->demand[w], R(share), R(share * most + 2.0f)));
  return of_work(L(y->unmet[w] + 2 * y->egress[w]), lost);
}

/* A price of the solver's as a rate, rounded up: where a slot is left over its rent then is nothing. */
static wide rate_of_real(real price) {
  real high = r_min(r_max(price, R(0.0f)), R(4194303.0f)) * R(256.0f); /* rates lie below 2^22 here */
  word whole = w_from_real(high);
  real rest = (high - r_from_word(whole)) * R(65536.0f);
  return l_add(l_add(l_shl(l_from_word(whole), LOW_BITS), l_from_word(w_from_real(rest))), L(1));
}

/* A month's share of the lower bound: demands at what is unserved, less rents of work and of slots. Any prices prove. */
static wide prove_month(const space *x, const rates *y, const transport *p) {
  wide sum = L(0), rent[N_WORKLOADS];
  for (int w = 0; w < x->workloads; w++) {
    word work = w_from_real(p->demand[w] * R(WORK_FRACTION));
    rent[w] = rate_of_real(p->price[w]);
    sum = added(sum, of_work(L(y->unmet[w]), work));
    sum = taken_off(sum, of_work(rent[w], work));
    sum = taken_off(sum, rounding_of(x, y, p, w));
  }
  for (int i = 0; i < x->slots; i++) {
    wide most = L(0);
    for (int w = 0; w < x->workloads; w++) {
      int at = w * x->slots + i;
      if (!(p->speed[at] > 0)) continue;
      wide gain = upper_by_speed(x, l_sub(L(worth_of(x, y, w, i)), rent[w]), p->speed[at]);
      gain = l_sub(gain, price_with_duty(x, y->price[i], w));
      gain = unless(r_lt(p->profit[at], R(-1.0e29f)), gain);
      most = l_select(l_lt(most, gain), gain, most);
    }
    word room = w_from_real(p->room[i] * R(WORK_FRACTION));
    sum = taken_off(sum, of_work(most, room));
    if (!x->im->has_duty) continue;
    word lost = w_from_real(r_fma(p->room[i], R((float)(x->workloads + 2) * FLOAT_ERROR * WORK_FRACTION), R(2.0f)));
    sum = taken_off(sum, of_work(l_positive(y->price[i]), lost));
  }
  return l_sub(lower_shift(sum, x->scale - LOW_BITS - SUM_SHIFT),
               L(4 * (x->slots + x->workloads + x->im->providers + x->commitments + x->im->discounts)));
}

/* ---- what a solution costs and counts ---- */

static void cost_month(const space *x, const rates *y, const transport *p, int round, int t) {
  const ofr_image *im = x->im;
  int row = round * x->months + t, C = x->commitments, S = x->scale - LOW_BITS;
  wide cost = L(0), spend[N_SLOTS];
  real used[N_SLOTS];
  for (int i = 0; i < x->slots; i++) used[i] = R(0.0f);
  for (int w = 0; w < x->workloads; w++) {
    real missing = p->demand[w], away = R(0.0f);
    float duty = im->has_duty ? FLOATS(im, duty)[w] : 1.0f;
    for (int i = 0; i < x->slots; i++) {
      float speed = p->speed[w * x->slots + i];
      if (!(speed > 0)) continue;
      real placed = placed_in(im, p, w, i);
      used[i] = r_fma(placed, R(duty), used[i]);
      missing = r_fma(placed, R(-speed), missing);
      if (worth_of(x, y, w, i) != y->unmet[w]) away = r_fma(placed, R(speed), away);
    }
    wide unmet = of_work(L(y->unmet[w]), w_from_real(r_max(missing, R(0.0f)) * R(WORK_FRACTION)));
    wide egress = of_work(L(y->egress[w]), w_from_real(away * R(WORK_FRACTION)));
    cost = l_add(cost, l_shift(l_add(unmet, egress), S));
  }
  for (int i = 0; i < x->slots; i++) {
    int k = INTS(im, slot_pool)[i], r = INTS(im, slot_reservation)[i];
    wide nominal = l_mul(w_from_real(used[i] * R(WORK_FRACTION)), x->price[t * x->slots + i]);
    spend[i] = l_shift(nominal, r >= 0 ? INTS(im, use_shift)[r] : INTS(im, price_shift)[k]);
    if (im->discounts && r < 0) spend[i] = l_part(spend[i], w_low(x->rest_low[t * x->slots + i]));
    cost = l_add(cost, l_scale(spend[i], WORDS(im, discount)[t], FRACTION_BITS));
  }
  l_store(x->cost + row * LANES, cost, LANES);
  for (int c = 0; c < C; c++) {
    wide counted = L(0);
    for (int i = 0; i < x->slots; i++) {
      int at = c * im->pools + INTS(im, slot_pool)[i];
      if (INTS(im, counts_kind)[at] == COUNTS_NOT) continue;
      counted = l_add(counted, l_scale(spend[i], WORDS(im, counts)[at], FRACTION_BITS));
    }
    l_store(x->spend + (row * C + c) * LANES, counted, LANES);
  }
}

/* ---- a round ---- */

#define COPY(to, from, n) memcpy(to, from, (size_t)(n) * sizeof *(to))

static void keep_basis(space *x, const transport *p, int round, int t) {
  int W = x->workloads, row = round * x->months + t;
  COPY(x->key + t * x->slots, p->key, x->slots);
  COPY(x->who + t * W, p->who, W);
  COPY(x->slot + t * W, p->slot, W);
  COPY(x->amounts + t * W, p->amount, W);
  COPY(x->limits + t * W, p->limit, W);
  COPY(x->column + t * W * W, p->column, W * W);
  COPY(x->inverse + t * W * W, p->inverse, W * W);
  COPY(x->kept_key + row * x->slots, p->key, x->slots);
  COPY(x->kept_who + row * W, p->who, W);
  COPY(x->kept_slot + row * W, p->slot, W);
  COPY(x->kept_amount + row * W, p->amount, W);
}

static void take_up_basis(const space *x, transport *p, int t) {
  int W = x->workloads;
  COPY(p->key, x->key + t * x->slots, x->slots);
  COPY(p->who, x->who + t * W, W);
  COPY(p->slot, x->slot + t * W, W);
  COPY(p->amount, x->amounts + t * W, W);
  COPY(p->limit, x->limits + t * W, W);
  COPY(p->column, x->column + t * W * W, W * W);
  COPY(p->inverse, x->inverse + t * W * W, W * W);
}

/* A month in which no window is open is the same in every round. Whether one has been voided is for no lane to ask: what is
 * solved anew may differ in its last bits. */
static int counts_in(const space *x, int t) {
  for (int n = 0; n < x->windows; n++)
    if (t >= x->set->window[n].first && t <= x->set->window[n].settles) return 1;
  return 0;
}

static void repeat_month(space *x, int round, int t) {
  int row = round * x->months + t, W = x->workloads, C = x->commitments * LANES;
  COPY(x->cost + row * LANES, x->cost + t * LANES, LANES);
  COPY(x->spend + row * C, x->spend + t * C, C);
  COPY(x->kept_key + row * x->slots, x->kept_key + t * x->slots, x->slots);
  COPY(x->kept_who + row * W, x->kept_who + t * W, W);
  COPY(x->kept_slot + row * W, x->kept_slot + t * W, W);
  COPY(x->kept_amount + row * W, x->kept_amount + t * W, W);
}

/* All months at the round's prices of windows. */
static void evaluate(space *x, transport *p, int round) {
  const ofr_image *im = x->im;
  rates y;
  p->speed = FLOATS(im, speed);
  for (int w = 0; w < x->workloads; w++) p->price[w] = R(0.0f);
  for (int t = 0; t < x->months; t++) {
    if (round > 0 && !counts_in(x, t)) {
      repeat_month(x, round, t);
      continue;
    }
    COPY(p->demand, x->demand + t * x->workloads, x->workloads);
    COPY(p->room, x->room + t * x->slots, x->slots);
    find_rates(x, round, t, &y);
    set_profits(x, &y, t, p);
    if (round == 0) {
      begin_transport(im, p);
    } else {
      take_up_basis(x, p, t);
      resume_transport(im, p);
    }
    solve_transport(im, p);
    keep_basis(x, p, round, t);
    cost_month(x, &y, p, round, t);
    l_store(x->proof + t * LANES, prove_month(x, &y, p), LANES);
  }
}
#endif
