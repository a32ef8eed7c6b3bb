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

/* What work w gains in an accelerator of slot i beyond the prices of both. */
FN_BOUND wide gain_of(const space *x, const rates *y, wide rent, int w, int i) {
  float speed = FLOATS(x->im, speed)[w * SLOTS(x) + i];
  return l_sub(upper_by_speed(x, l_sub(L(worth_of(x, y, w, i)), rent), speed), price_with_duty(x, y->price[i], w));
}

/* The solver's prices are in float32. Once more from the basis: what its columns still gain over the keys of their slots, in whole
 * numbers, is what prices are too low by. */
FN_BOUND void refine_rents(const space *x, const rates *y, wide *rent, int t) {
  const int M = WORKLOADS(x), slots = SLOTS(x);
  wide left[N_WORKLOADS];
  for (int j = 0; j < M; j++) {
    left[j] = L(0);
    for (int w = 0; w < M; w++) { /* a column of unserved work gains nothing */
      mask undone = m_and(w_eq(x->slot[AT(t * M + j)], W((uint32)slots)), w_eq(x->who[AT(t * M + j)], W((uint32)w)));
      left[j] = l_select(undone, l_sub(L(0), rent[w]), left[j]);
    }
  }
  for (int i = 0; i < slots; i++)
    for (int w = 0; w < M; w++) {
      if (!(FLOATS(x->im, speed)[w * slots + i] > 0)) continue;
      wide gain = gain_of(x, y, rent[w], w, i);
      mask key = w_eq(x->key[AT(t * slots + i)], W((uint32)w));
      for (int j = 0; j < M; j++) {
        mask here = w_eq(x->slot[AT(t * M + j)], W((uint32)i)), own = m_and(here, w_eq(x->who[AT(t * M + j)], W((uint32)w)));
        left[j] = l_add(left[j], l_sub(l_keep(own, gain), l_keep(m_and(here, key), gain)));
      }
    }
  for (int w = 0; w < M; w++) {
    real more = R(0.0f);
    for (int j = 0; j < M; j++) more = r_fma(r_from_wide(left[j]), x->inverse[AT(t * M * M + j * M + w)], more);
    mask below = r_lt(more, R(0.0f));
    wide size = l_from_word(w_from_real(r_min(r_abs(more), R(2.0e9f))));
    rent[w] = l_positive(l_add(rent[w], l_negate(below, size)));
  }
}

/* What float32 may lose in one addition to a sum that stays below `most` quanta, in parts of a work unit: half a last place. */
FN_BOUND word half_place(real most) {
  real power = r_from_bits(w_from_bits(most) & W(0x7f800000u)); /* of two, at or below it */
  return w_from_real(power * R(WORK_FRACTION * PARTS / 16777216.0f)) + W(1u);
}

/* What rounding in the books may hide: of work, in sums in float32; and of hours, such sums, too, and then whole units. */
typedef struct hidden { wide work, hours; } hidden;

FN_BOUND void hide(wide *sum, wide rate, word parts) { *sum = l_add(*sum, l_add(l_shr(of_work(rate, parts), 8), L(1))); }

/* What is known of work w, slot by slot: the books add up in float32 what is served, and what runs away from home. */
typedef struct blur {
  wide value;        /* of a unit, over or under */
  mask dear, undone; /* to serve one more costs less than nothing; half of the demand may be left at no loss to speak of */
  int whole, refusal; /* all speeds are whole numbers: sums are exact; the first refusal that covers it, or -1 */
  word place, lost;  /* half a last place of the whole sum; of all sums on the way, parts */
  word times;        /* how often something is added */
  real sum;          /* quanta of work, as far as slots have been looked at, if all that may be worth it is added */
} blur;

FN_BOUND void find_blur(const space *x, const rates *y, wide rent, int w, int t, blur *b) {
  GLOBAL const float *speed = FLOATS(x->im, speed) + w * SLOTS(x);
  real demand = x->demand[AT(t * WORKLOADS(x) + w)];
  float most = 0;
  wide value = l_sub(L(y->unmet[w]), rent);
  b->dear = l_lt(value, L(0));
  b->value = l_negate(b->dear, value);
  b->whole = 1;
  b->refusal = right_of(x, w, t);
  for (int i = 0; i < SLOTS(x); i++) {
    b->whole &= speed[i] == (float)(uint32)speed[i];
    if (speed[i] > most) most = speed[i];
  }
  b->place = half_place(r_fma(demand, R(1.0078125f), R(most)));
  b->undone = m_and_not(m_all(), l_lt(of_work(b->value, b->place), of_work(rent, w_from_real(demand * R(WORK_FRACTION / 2)))));
  b->lost = b->times = W(0u);
  b->sum = R(0.0f);
}

/* One more addition; in the order of the slots, unless `often` says that there may be several. What is not near pays for its own
 * rounding; what is far, for making all sums after it larger, too. */
FN_BOUND void add_once(const space *x, blur *b, mask near, mask far, uint32 often, real room, int w, int i) {
  float speed = FLOATS(x->im, speed)[w * SLOTS(x) + i];
  b->sum = r_select(far, b->sum, r_fma(room, R(speed), b->sum));
  word place = half_place(r_fma(b->sum, R(1.0078125f), R(speed)));
  if (often == 1) place = w_select(w_lt(place, b->place), place, b->place);
  else place = b->place * W(often);
  b->times = b->times + w_select(near, W(often), W(0u));
  b->lost = b->lost + w_select(near, place, W(0u));
}

/* ---- first refusals ---- */

/* rate x ratio, rate not negative, the ratio below 2^30; rounded up or down. */
FN_BOUND wide by_ratio(wide rate, double ratio, int up) {
  int shift = 28;
  while (shift > 0 && ratio * (double)(1u << shift) >= 1073741824.0) shift -= 4;
  word factor = W((uint32)(ratio * (double)(1u << shift)) + (uint32)up);
  wide product = l_add(l_mul(w_low(l_shr(rate, LOW_BITS)), factor),
                       l_shr(l_mul(w_low(l_and(rate, L((1 << LOW_BITS) - 1))), factor), LOW_BITS));
  return l_add(l_shift(l_add(product, L(up)), shift - LOW_BITS), L(up));
}

/* What offers that are matched add to the proof. A slot's use in the ordinary way is what is left beside the matched part: where
 * there is none, that part's rounding is all there is; where there is some, it bears what the sums lose. */
typedef struct matches {
  wide rent[N_SLOTS];      /* of a slot: no work gains there beyond it, nor by a match that takes room there */
  wide spare[N_SLOTS];     /* what an accelerator placed there in the ordinary way costs at least, beyond what rounding gains */
  wide alone[N_SLOTS], beside[N_SLOTS]; /* what a match there may lose in floats, without ordinary use and with it, */
  wide again[N_SLOTS];     /* and beside that where it is not the slot's first */
  mask into[N_SLOTS];      /* rounding could make it worth to match an offer there */
  word count[N_WORKLOADS]; /* how often at most; */
  wide floats[N_WORKLOADS], hours[N_WORKLOADS]; /* what slots' uses may lose by all of it; by each, of hours */
} matches;

FN_BOUND int pairs_of(const space *x, int refusal, int w) {
  int own = 0, other = 0;
  for (int i = 0; i < SLOTS(x); i++) {
    own += holds(x, refusal, w, i);
    other += rivals(x, refusal, w, i);
  }
  return own * other;
}

/* What a slot's most useful work gains beyond its own price; what the next accelerator there costs. */
FN_BOUND void rent_slot(const space *x, const rates *y, const wide *rent, const blur *b, int t, int i, matches *q) {
  const real room = x->room[AT(t * SLOTS(x) + i)];
  wide price = l_negate(l_lt(y->price[i], L(0)), y->price[i]), use = of_work(price, half_place(room) * W(3u) + W(PARTS));
  wide gain[N_WORKLOADS], most = L(0), spare = L((int64)1 << 60);
  for (int w = 0; w < WORKLOADS(x); w++) {
    if (!(FLOATS(x->im, speed)[w * SLOTS(x) + i] > 0)) continue;
    gain[w] = gain_of(x, y, rent[w], w, i);
    mask able = m_and_not(r_le(R(1.0f), room), forbidden(x, w, t, i));
    most = l_select(m_and(able, l_lt(most, gain[w])), gain[w], most);
  }
  for (int w = 0; w < WORKLOADS(x); w++) {
    if (!(FLOATS(x->im, speed)[w * SLOTS(x) + i] > 0)) continue;
    wide slack = of_work(l_positive(l_sub(most, gain[w])), W((uint32)WORK_FRACTION * PARTS));
    wide gained = l_add(l_add(of_work(l_add(b[w].value, L(y->egress[w])), b[w].place), use), L(4));
    spare = l_select(forbidden(x, w, t, i), spare, l_min(spare, l_sub(slack, gained)));
  }
  q->rent[i] = most;
  q->spare[i] = l_positive(spare);
  q->alone[i] = q->beside[i] = q->again[i] = L(0);
  q->into[i] = m_none();
}

/* A match takes room at both; at the holder as much as float32 makes of the rival's: two roundings and an inverse speed. Raises the
 * rival's rent to what is gained beyond the holder's; whether rounding could gain as much as it costs then. */
FN_BOUND mask match_pair(const space *x, const rates *y, wide rent, const blur *b, int t, match a, matches *q) {
  GLOBAL const ofr_image *im = x->im;
  GLOBAL const float *speed = FLOATS(im, speed) + a.w * SLOTS(x), *inverse = FLOATS(im, inverse_speed) + a.w * SLOTS(x);
  const int duty = HAS(im, duty), at = t * SLOTS(x), k = STRUCTURE(im, slot_pool, a.m);
  const mask exact = m_and(speed[a.i] == speed[a.m] ? m_all() : m_none(), r_lt(x->room[AT(at + a.i)], R(2097152.0f)));
  wide cost, worth = worth_of_dollar(x, y, t, k);
  mask able = match_cost(x, y, a, t, &cost);
  wide gain = l_sub(upper_by_speed(x, l_sub(L(worth_of(x, y, a.w, a.m)), rent), speed[a.m]), price_with_duty(x, cost, a.w));
  const double ratio = (double)speed[a.i] * inverse[a.m] * (1 + 1.01 / 8388608);
  wide more = l_positive(l_sub(gain, q->rent[a.m])), raised = l_select(exact, more, by_ratio(more, ratio, 1));
  q->rent[a.i] = l_select(m_and(able, l_lt(q->rent[a.i], raised)), raised, q->rent[a.i]);
  wide fallen = by_ratio(q->rent[a.i], 1 / ratio, 0);
  wide slack = l_positive(l_sub(l_add(q->rent[a.m], l_select(exact, q->rent[a.i], fallen)), gain));
  wide price = rate_of_price(x, x->price[AT(at + a.m)], l_negate(l_lt(worth, L(0)), worth), INTS(im, price_shift)[k]);
  word part = half_place(r_min(x->room[AT(at + a.m)], x->room[AT(at + a.i)] * R((float)ratio)) + R(1.0f));
  wide paid = l_negate(l_lt(cost, L(0)), cost), alone = duty ? of_work(paid, part) : L(0);
  wide again = duty ? of_work(price, half_place(x->room[AT(at + a.m)])) : L(0);
  wide beside = l_add(again, duty ? of_work(l_positive(l_sub(price, paid)), part) : L(0));
  wide hours = duty && FLOATS(im, duty)[a.w] != 1.0f ? of_work(price, W(PARTS)) : L(0);
  wide gained = l_add(l_add(of_work(l_add(b->value, L(y->egress[a.w])), b->place), l_add(beside, again)), l_add(hours, L(4)));
  mask near = m_and(able, l_lt(of_work(slack, W((uint32)WORK_FRACTION * PARTS)), gained));
  q->alone[a.m] = l_select(m_and(near, l_lt(q->alone[a.m], alone)), alone, q->alone[a.m]);
  q->beside[a.m] = l_select(m_and(near, l_lt(q->beside[a.m], beside)), beside, q->beside[a.m]);
  q->again[a.m] = l_select(near, again, q->again[a.m]);
  q->hours[a.w] = l_select(m_and(near, l_lt(q->hours[a.w], hours)), hours, q->hours[a.w]);
  return near;
}

/* A match either fills the holder's slot, which happens once a month, or takes the rest of the offer: where float32 cannot tell
 * less than an accelerator from nothing it may do neither. */
FN_BOUND word times_matched(const space *x, int refusal, const blur *b, int w, word pairs, word offers, word slots) {
  float slowest = 1e30f;
  uint32 own = 0;
  for (int m = 0; m < SLOTS(x); m++) {
    if (!holds(x, refusal, w, m)) continue;
    own++;
    if (FLOATS(x->im, speed)[w * SLOTS(x) + m] < slowest) slowest = FLOATS(x->im, speed)[w * SLOTS(x) + m];
  }
  mask told = r_lt(r_from_word(b->place * W(4u * (own + 2))), R(slowest * WORK_FRACTION * PARTS));
  word fewer = offers + slots;
  return w_select(m_and(told, w_lt(fewer, pairs)), fewer, pairs);
}

/* What slots' uses may lose by so many matches: most if all go into one slot. Of what the first accelerator beside them costs, each
 * of the workloads that match bears a part. */
FN_BOUND wide lost_in_use(const space *x, const matches *q, const mask *into, word count, int workloads) {
  wide most = L(0);
  for (int m = 0; m < SLOTS(x); m++) {
    wide spare = l_scale(q->spare[m], (1u << FRACTION_BITS) / (uint32)workloads, FRACTION_BITS);
    wide again = l_sub(l_times(q->again[m], count), unless(q->into[m], q->again[m]));
    wide beside = l_sub(l_add(l_times(q->beside[m], count), again), spare), alone = l_times(q->alone[m], count);
    wide lost = l_select(l_lt(alone, beside), beside, alone);
    most = l_select(m_and(into[m], l_lt(most, lost)), lost, most);
  }
  return most;
}

FN_BOUND void match_work(const space *x, const rates *y, wide rent, const blur *b, int w, int t, matches *q) {
  mask into[N_SLOTS];
  word pairs = W(0u), offers = W(0u), slots = W(0u);
  match a;
  a.refusal = b->refusal;
  a.w = w;
  for (int m = 0; m < SLOTS(x); m++) into[m] = m_none();
  for (a.i = 0; a.i < SLOTS(x); a.i++) {
    mask any = m_none();
    if (!rivals(x, a.refusal, w, a.i)) continue;
    for (a.m = 0; a.m < SLOTS(x); a.m++) {
      if (!holds(x, a.refusal, w, a.m)) continue;
      mask near = match_pair(x, y, rent, b, t, a, q);
      pairs = pairs + w_select(near, W(1u), W(0u));
      into[a.m] = m_or(into[a.m], near);
      any = m_or(any, near);
    }
    offers = offers + w_select(any, W(1u), W(0u));
  }
  for (int m = 0; m < SLOTS(x); m++) slots = slots + w_select(into[m], W(1u), W(0u));
  q->count[w] = times_matched(x, a.refusal, b, w, pairs, offers, slots);
  q->floats[w] = lost_in_use(x, q, into, q->count[w], WORKLOADS(x));
  for (int m = 0; m < SLOTS(x); m++) q->into[m] = m_or(q->into[m], into[m]);
}

FN_BOUND void find_matches(const space *x, const rates *y, const wide *rent, const blur *b, int t, matches *q) {
  for (int i = 0; i < SLOTS(x); i++) rent_slot(x, y, rent, b, t, i, q);
  for (int w = 0; w < WORKLOADS(x); w++) {
    q->count[w] = W(0u);
    q->floats[w] = q->hours[w] = L(0);
    if (b[w].refusal >= 0) match_work(x, y, rent[w], &b[w], w, t, q);
  }
}

/* Slots take their turns by price, not in their order. */
FN_BOUND void hide_matches(const space *x, blur *b, const matches *q, hidden *h, int w) {
  if (q) b->times = b->times + q->count[w];
  b->lost = b->times * b->place;
  if (!q || !HAS(x->im, duty)) return;
  h->hours = l_add(h->hours, l_shr(l_add(q->floats[w], L(PARTS)), 8));
  h->hours = l_add(h->hours, l_shr(l_add(l_times(q->hours[w], q->count[w]), L(PARTS)), 8));
}

/* What may be hidden of work w, at its worth. What is left of the demand is a difference, exact unless less than half is served. */
FN_BOUND void hide_work(const space *x, const rates *y, blur *b, const matches *q, hidden *h, int w) {
  const wide egress = L(y->egress[w]);
  int most = SLOTS(x) + 4;
  if (b->refusal >= 0) {
    hide_matches(x, b, q, h, w);
    most += pairs_of(x, b->refusal, w);
  }
  if (b->whole) return;
  word lost = b->lost + w_select(b->undone, b->place, W(0u)), over = b->place * W(2u * (uint32)most);
  hide(&h->work, b->value, lost + w_select(b->dear, over, W(0u)));
  hide(&h->hours, b->value, W(PARTS));
  if (!HAS(x->im, egress)) return;
  hide(&h->work, egress, lost + over);
  hide(&h->hours, egress, W(PARTS));
}

/* A slot's users, of those that rounding could make it worth to take. */
typedef struct users {
  word times, alone; /* how often they are added up; the only one, where there is only one */
  mask some, more;   /* there is one, there are several: workloads, and to leave some of the slot free */
} users;

FN_BOUND void add_user(users *u, mask near, word who, word times) {
  u->more = m_or(u->more, m_and(u->some, near));
  u->some = m_or(u->some, near);
  u->alone = w_select(near, who, u->alone);
  u->times = u->times + w_select(near, times, W(0u));
}

/* What the books' busy hours of a slot may fall short of, or exceed where they are `worth` more than they cost: they are added up
 * in float32 and rounded down. Where one workload has all of it, by how much is known. A duty is a float, too. */
FN_BOUND void hide_use(const space *x, const users *u, mask matched, wide price, mask worth, real room, hidden *h) {
  const int M = WORKLOADS(x);
  word floats = (u->times + w_select(matched, W(2u), W(1u))) * half_place(room), units = W(PARTS), all = w_from_real(room);
  mask used = m_or(u->more, m_and_not(u->some, w_eq(u->alone, W((uint32)M))));
  for (int w = 0; w < M; w++) {
    word hours = w_from_real(room * R(FLOATS(x->im, duty)[w]) * R(WORK_FRACTION));
    wide exact = l_scale(l_shl(l_from_word(all), 15), WORDS(x->im, duty_fraction)[w], FRACTION_BITS);
    wide known = l_positive(l_add(l_negate(worth, l_sub(exact, l_shl(l_from_word(hours), 8))), L(2)));
    mask is = m_and_not(m_and(w_eq(u->alone, W((uint32)w)), w_eq(u->times, W(1u))), m_or(u->more, matched));
    units = w_select(is, w_low(known), units);
    floats = w_select(is, W(0u), floats);
  }
  hide(&h->hours, price, w_select(used, floats, W(0u)));
  hide(&h->hours, price, w_select(used, units, W(0u)));
}

/* Slot i's rent, and what rounding may hide of its use; which of its users may round. A whole accelerator of one that pays less
 * than the rent costs more than rounding could hide. */
FN_BOUND wide rent_and_hidden(const space *x, const rates *y, const wide *rent, blur *b, const matches *q, hidden *h, int t,
                              int i) {
  GLOBAL const ofr_image *im = x->im;
  const int M = WORKLOADS(x), duty = HAS(im, duty);
  const uint32 often = HAS(im, optimal) ? 2 : 1; /* rule `optimal` fills up what it rounded down */
  real room = x->room[AT(t * SLOTS(x) + i)];
  mask worth = l_lt(y->price[i], L(0));
  wide gain[N_WORKLOADS], most = L(0), price = l_negate(worth, y->price[i]);
  wide place = duty ? of_work(price, half_place(room)) : L(0), use = duty ? l_add(place, of_work(price, W(PARTS))) : L(0);
  mask able[N_WORKLOADS];
  users u;
  u.times = W(0u);
  u.alone = W((uint32)M);
  u.some = u.more = m_none();
  for (int w = 0; w < M; w++) {
    able[w] = m_none();
    gain[w] = L(0);
    if (!(FLOATS(im, speed)[w * SLOTS(x) + i] > 0)) continue;
    gain[w] = gain_of(x, y, rent[w], w, i);
    able[w] = m_and_not(r_le(R(1.0f), room), forbidden(x, w, t, i));
    most = l_select(m_and(able[w], l_lt(most, gain[w])), gain[w], most);
  }
  if (q) most = q->rent[i];
  for (int w = 0; w < M; w++) {
    if (b[w].whole && !duty) continue;
    wide slack = of_work(l_sub(most, gain[w]), W((uint32)WORK_FRACTION * PARTS));
    wide value = l_add(b[w].value, L(y->egress[w])), more = l_add(l_add(of_work(value, b[w].place), use), L(2));
    wide all = l_add(l_add(more, of_work(value, b[w].place * W((uint32)SLOTS(x)))), L(2));
    mask near = m_and(able[w], l_lt(slack, more)), far = m_and_not(m_all(), m_and(able[w], l_lt(slack, all)));
    add_once(x, &b[w], near, far, often, room, w, i);
    add_user(&u, near, W((uint32)w), W(often));
  }
  if (!duty) return most;
  add_user(&u, l_lt(of_work(most, W((uint32)WORK_FRACTION * PARTS)), l_add(use, L(2))), W((uint32)M), W(0u));
  hide_use(x, &u, q ? q->into[i] : m_none(), price, worth, room, h);
  return most;
}

/* A month's share of the lower bound: demands at what is unserved, less rents of work and of slots, less what is hidden; `units`
 * is how much of that is hours. */
FN_BOUND wide prove_month(const space *x, const rates *y, int t, wide *units) {
  const int right = x->scale - LOW_BITS - SUM_SHIFT;
  int offers = 0; /* that could be matched */
  wide sum = L(0), rent[N_WORKLOADS];
  blur b[N_WORKLOADS];
  matches q;
  hidden h;
  h.work = h.hours = L(0);
  for (int w = 0; w < WORKLOADS(x); w++) rent[w] = rate_of_real(x->rent[AT(t * WORKLOADS(x) + w)]);
  refine_rents(x, y, rent, t);
  for (int w = 0; w < WORKLOADS(x); w++) {
    word work = w_from_real(x->demand[AT(t * WORKLOADS(x) + w)] * R(WORK_FRACTION));
    sum = added(sum, of_work(L(y->unmet[w]), work));
    sum = taken_off(sum, of_work(rent[w], work));
    find_blur(x, y, rent[w], w, t, &b[w]);
    if (b[w].refusal >= 0) offers += pairs_of(x, b[w].refusal, w);
  }
  if (offers) find_matches(x, y, rent, b, t, &q);
  for (int i = 0; i < SLOTS(x); i++) {
    wide most = rent_and_hidden(x, y, rent, b, offers ? &q : 0, &h, t, i);
    sum = taken_off(sum, of_work(most, w_from_real(x->room[AT(t * SLOTS(x) + i)] * R(WORK_FRACTION))));
  }
  for (int w = 0; w < WORKLOADS(x); w++) hide_work(x, y, &b[w], offers ? &q : 0, &h, w);
  sum = taken_off(taken_off(sum, h.work), h.hours);
  *units = lower_shift(l_shr(h.hours, SUM_SHIFT), right);
  return l_sub(lower_shift(sum, right),
               L(4 * (SLOTS(x) + WORKLOADS(x) + DIM(x->im, providers) + COMMITMENTS(x) + DIM(x->im, discounts) + offers)));
}

/* All months', at the prices of windows of a round; by lane, in `flags` and `units`. */
FN_PHASE void prove_months(const space *x, int round) {
  wide sum = L(0), units = L(0);
  rates y;
  for (int t = 0; t < MONTHS(x); t++) {
    wide part;
    find_lambda(x, round, t, y.lambda);
    find_rates(x, t, &y);
    sum = l_add(sum, prove_month(x, &y, t, &part));
    units = l_add(units, part);
  }
  l_store(x->flags, sum, LANES);
  l_store(x->units, units, LANES);
}

#define PROVES_NOTHING (-((int64)1 << 61))

/* Windows' part of the proof, money quanta: what they ask at their prices, less what shortfalls, deferrals and excess could gain
 * where the prices leave them a gain. */
FN_BOUND int64 prove_windows(const master *m, int round) {
  const space *x = m->x;
  GLOBAL const uint32 *lambda = x->lambda + LANE_AT(round * m->windows, m->lane);
  longer sum = x_of(0); /* x 2^(FRACTION_BITS + RATE_BITS) */
  for (int n = 0; n < m->windows; n++) {
    GLOBAL const ofr_bound_window *w = &x->window[n];
    int at = LANE_AT(n, m->lane);
    int64 price = lambda[LANE_AT(n, 0)], next = w->next >= 0 ? lambda[LANE_AT(w->next, 0)] : 0;
    int64 amount = x->amount[at], worth = charge_today(x, n), previous = 0;
    sum = x_add(sum, x_shl(x_mul_signed(price, amount - x->relief[at] - x->fixed[at]), RATE_BITS));
    for (int i = 0; i < m->windows; i++) {
      if (x->nested && m->counts[AT(n * m->windows + i)] > 0) worth -= lambda[LANE_AT(i, 0)];
      if (x->window[i].next == n) previous = deferral_of(x, i, m->lane);
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
