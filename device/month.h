/* A month of one strategy: what slots cost at the margin, what the placement then costs, and the closing of the books. MODEL
 * section 8. */
#ifndef OFR_MONTH_H
#define OFR_MONTH_H

/* Free capacity and marginal price of every slot. Reserved capacity is firm, and costs its use_price at the margin. */
FN void open_slots(GLOBAL const ofr_image *im, const weather *sky, const books *b, int s, int t, placement *p) {
  mask pulls[N_COMMITMENTS];
  int pulling = HAS(im, pull) && STRUCTURE(im, strategy_pull, s) != PULL_NONE;
  if (pulling) {
    find_pulling(im, sky, b, s, t, pulls);
  }
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
    real key = sky->price[k], open = sky->capacity[k];
    if (DIM(im, discounts) && r < 0) key = key * discounted_rest(im, sky, b, s, t, k);
    if (r >= 0) {
      int contract = RESERVATION(im, r);
      key = R(FLOATS(im, use_key)[r]);
      open = R(signs(im, s, contract) ? FLOATS(im, reserved)[t * DIM(im, reservations) + r] : 0.0f);
      open = r_select(closed(im, sky, b, contract), R(0.0f), open);
      p->held[r] = open;
    }
    if (DIM(im, refusals)) {
      p->match->marginal[i] = key;
      p->match->matched[i] = R(0.0f);
      p->match->spend[i] = L(0);
    }
    if (pulling) key = key * rest_of(im, s, k, pulls);
    KEYS(p)[i] = key;
    p->free[i] = open;
    if (HAS(im, used)) p->used[i] = R(0.0f);
  }
}

/* Used accelerators at the list price, or a reservation's use_price; what is paid at a rival's offer stands apart. */
FN wide slot_spend(GLOBAL const ofr_image *im, const weather *sky, const placement *p, int i) {
  int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
  real used = used_of(im, sky, p, i);
  if (DIM(im, refusals)) used = r_max(used - p->match->matched[i], R(0.0f));
  word hours = w_from_real(used * R(WORK_FRACTION));
  if (r >= 0) return l_money(im, l_mul(hours, W(WORDS(im, use_rate)[r])), INTS(im, use_shift)[r]);
  return l_money(im, l_mul(hours, list_price(im, sky, k)), INTS(im, price_shift)[k]);
}

FN void book_usage(GLOBAL const ofr_image *im, const weather *sky, const placement *p, month *m) {
  UNROLL for (int g = 0; g < DIM(im, providers); g++) m->usage[g] = L(0);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int g = provider_of(im, i);
    wide spend = HAS(im, net) ? m->spend[i] : slot_spend(im, sky, p, i);
    if (HAS(im, partial_counts)) m->spend[i] = spend;
    m->usage[g] = l_add(m->usage[g], spend);
  }
}

/* Usage that is more than use times a price: discounted, or paid at a rival's offer, or by credits. */
FN void book_net_usage(GLOBAL const ofr_image *im, const weather *sky, const placement *p, books *b, int s, int t, month *m) {
  for (int i = 0; i < DIM(im, slots); i++) m->spend[i] = slot_spend(im, sky, p, i);
  UNROLL for (int d = 0; d < DIM(im, discounts); d++)
    if (in_force(im, s, t, d)) discount_spend(im, sky, b, s, d, m->spend);
  if (DIM(im, refusals))
    for (int i = 0; i < DIM(im, slots); i++) m->spend[i] = l_add(m->spend[i], p->match->spend[i]);
  book_grants(im, sky, b, s, t, m);
  if (HAS(im, credits)) use_credits(im, sky, b, s, t, m);
}

/* A reservation is paid whether used or not, suspended or not; once ended, no more. */
FN void book_fees(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  UNROLL for (int r = 0; r < DIM(im, reservations); r++) {
    int contract = RESERVATION(im, r), at = t * DIM(im, reservations) + r;
    if (!signs(im, s, contract)) continue;
    int i = STRUCTURE(im, reservation_slot, r), g = provider_of(im, i);
    wide fee = L(WIDES(im, fee)[at]), today = L(WIDES(im, fee_today)[at]);
    fee = unless(ended(im, sky, b, contract), fee);
    today = unless(ended(im, sky, b, contract), today);
    if (HAS(im, partial_counts)) m->spend[i] = l_add(m->spend[i], fee);
    m->fees[g] = l_add(m->fees[g], fee);
    b->reservation = l_add(b->reservation, today);
    b->revenue[g] = l_add(b->revenue[g], today);
  }
}

/* Today's value of what a workload adds to the month's unmet cost; all of them sum to that of the whole. */
FN wide share_of_unmet(GLOBAL const ofr_image *im, int t, wide before, wide cost) {
  uint32 discount = WORDS(im, discount)[t];
  return l_sub(l_scale(l_add(before, cost), discount, FRACTION_BITS), l_scale(before, discount, FRACTION_BITS));
}

/* Unserved work, its opportunity cost, and the data that served work drew out of its home. */
FN void book_work(GLOBAL const ofr_image *im, const weather *sky, const placement *p, books *b, int t, month *m) {
  m->demanded = m->unserved = m->unmet = L(0);
  UNROLL for (int w = 0; w < DIM(im, workloads); w++) {
    wide demanded = l_from_word(w_from_real(sky->demand[w] * R(WORK_FRACTION)));
    word missing = w_from_real(p->unserved[w] * R(WORK_FRACTION));
    wide unserved = l_from_word(missing);
    wide cost = l_money(im, l_mul(missing, W(WORDS(im, unmet_rate)[w])), INTS(im, unmet_shift)[w]);
    if (HAS(im, duty)) {
      uint32 duty = WORDS(im, duty_fraction)[w];
      demanded = l_scale(demanded, duty, FRACTION_BITS);
      unserved = l_scale(unserved, duty, FRACTION_BITS);
      cost = l_scale(cost, duty, FRACTION_BITS);
    }
    if (DIM(im, stakes)) {
      wide worth = l_money(im, l_mul(w_low(l_sub(demanded, unserved)), W(WORDS(im, value_rate)[w])), INTS(im, value_shift)[w]);
      b->value = l_add(b->value, l_scale(worth, WORDS(im, discount)[t], FRACTION_BITS));
    }
    m->demanded = l_add(m->demanded, demanded);
    m->unserved = l_add(m->unserved, unserved);
    if (HAS(im, unmet_by_workload)) b->unmet_by[w] = l_add(b->unmet_by[w], share_of_unmet(im, t, m->unmet, cost));
    m->unmet = l_add(m->unmet, cost);
    int home = STRUCTURE(im, home, w);
    if (HAS(im, egress) && home >= 0) {
      word away = w_from_real(p->away[w] * R(WORK_FRACTION));
      wide paid = l_money(im, l_mul(away, W(WORDS(im, egress_rate)[t * DIM(im, workloads) + w])), INTS(im, egress_shift)[w]);
      if (HAS(im, duty)) paid = l_scale(paid, WORDS(im, duty_fraction)[w], FRACTION_BITS);
      m->egress[home] = l_add(m->egress[home], paid);
    }
  }
  b->demanded = l_add(b->demanded, m->demanded);
  b->unserved = l_add(b->unserved, m->unserved);
}

/* What each provider's and each vendor's accelerators served, as whole quanta. Every FOLD_MONTHS months: until then float32
 * holds a slot's sum to its rounding. */
FN void fold_work(GLOBAL const ofr_image *im, books *b) {
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int g = provider_of(im, i), v = STRUCTURE(im, pool_vendor, STRUCTURE(im, slot_pool, i));
    wide work = l_from_word(w_from_real(r_min(b->slot_work[i], R(WORK_LIMIT))));
    b->work[g] = l_add(b->work[g], work);
    b->vendor_work[v] = l_add(b->vendor_work[v], work);
    b->slot_work[i] = R(0.0f);
  }
}

/* Today's value of the month's entries; fees have their own, from the host, for they do not depend on the path. */
FN void close_month(GLOBAL const ofr_image *im, books *b, int t, month *m) {
  uint32 discount = WORDS(im, discount)[t];
  m->cash = L(0);
  UNROLL for (int g = 0; g < DIM(im, providers); g++) {
    wide nominal = m->usage[g];
    wide usage = HAS(im, signed) ? l_scale_signed(nominal, discount, FRACTION_BITS) : l_scale(nominal, discount, FRACTION_BITS);
    wide all = usage;
    b->usage = l_add(b->usage, usage);
    if (DIM(im, reservations)) nominal = l_add(nominal, m->fees[g]);
    if (HAS(im, egress)) {
      wide egress = l_scale(m->egress[g], discount, FRACTION_BITS);
      b->egress = l_add(b->egress, egress);
      all = l_add(all, egress);
      nominal = l_add(nominal, m->egress[g]);
    }
    if (DIM(im, exits) && INTS(im, leaves)[t]) {
      wide exits = l_scale(m->exit[g], discount, FRACTION_BITS);
      b->exits = l_add(b->exits, exits);
      all = l_add(all, exits);
      nominal = l_add(nominal, m->exit[g]);
    }
    if (DIM(im, grants)) {
      wide grants = l_scale(m->grant[g], discount, FRACTION_BITS);
      b->grants = l_add(b->grants, grants);
      all = l_sub(all, grants);
      nominal = l_sub(nominal, m->grant[g]);
    }
    b->revenue[g] = l_add(b->revenue[g], all);
    m->revenue[g] = nominal;
    m->cash = l_add(m->cash, nominal);
  }
  b->nominal = l_add(b->nominal, m->cash);
  b->unmet = l_add(b->unmet, l_scale(m->unmet, discount, FRACTION_BITS));
}

FN void begin_month(GLOBAL const ofr_image *im, books *b, int t, month *m) {
  UNROLL for (int g = 0; g < DIM(im, providers); g++) {
    if (DIM(im, reservations)) m->fees[g] = L(0);
    if (HAS(im, egress)) m->egress[g] = L(0);
    if (DIM(im, exits)) m->exit[g] = L(0);
    if (DIM(im, grants)) m->grant[g] = L(0);
  }
  begin_windows(im, b, t);
  begin_periods(im, b, t);
}

/* What a placement costs: usage and what changes it, fees, what counts, exits, settlements. */
FN void book_month(GLOBAL const ofr_image *im, const weather *sky, const placement *p, books *b, int s, int t, month *m) {
  if (HAS(im, net)) book_net_usage(im, sky, p, b, s, t, m);
  else book_grants(im, sky, b, s, t, m);
  book_usage(im, sky, p, m);
  book_fees(im, sky, b, s, t, m);
  book_work(im, sky, p, b, t, m);
  count_month(im, sky, b, s, t, m);
  note_use(im, sky, p, b, t);
  take_exits(im, sky, b, s, t, m);
  close_month(im, b, t, m);
  settle_windows(im, sky, b, s, t, m);
  if (t % FOLD_MONTHS == FOLD_MONTHS - 1 || t == DIM(im, months) - 1) fold_work(im, b);
}

/* Books leave the registers to the placement, where they have a place of their own near by. */
#ifndef LEAVE_IN_MEMORY
#define LEAVE_IN_MEMORY() ((void)0)
#endif

/* One strategy's month, from free slots to closed books. */
FN void strategy_month(GLOBAL const ofr_image *im, const weather *sky, placement *p, books *b, int s, int t, month *m) {
  begin_month(im, b, t, m);
  open_slots(im, sky, b, s, t, p);
  LEAVE_IN_MEMORY();
  place_month(im, sky, p, b, s, t);
  book_month(im, sky, p, b, s, t, m);
}
#endif
