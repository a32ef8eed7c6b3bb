/* The books of one strategy: what a month's placement costs, what it counts for, what a window that ends still asks. Whole
 * money quanta throughout; they balance in every path. MODEL sections 7 (pull) and 8. */
#ifndef OFR_BOOKS_H
#define OFR_BOOKS_H

typedef struct books {
  /* today's money, whole path */
  wide usage, reservation, egress, shortfall, unmet;
  wide revenue[N_PROVIDERS];
  wide nominal;                  /* cash, undiscounted */
  wide demanded, unserved;       /* work units x duty, whole path */
  real slot_work[N_SLOTS];       /* served since it was folded last, quanta x duty */
  wide work[N_PROVIDERS], vendor_work[N_VENDORS]; /* the same by provider and by vendor, whole path */
  /* commitments: the window's, then the whole path's; nominal */
  wide counted[N_COMMITMENTS], shrunk[N_COMMITMENTS], relieved[N_COMMITMENTS];
  wide deferred[N_COMMITMENTS], carried[N_COMMITMENTS]; /* from the window before */
  wide counted_all[N_COMMITMENTS], charged_all[N_COMMITMENTS], met_all[N_COMMITMENTS], required_all[N_COMMITMENTS];
} books;

/* One month's entries, nominal. */
typedef struct month {
  wide spend[N_SLOTS];           /* usage, and a reservation's fee when paid; kept only where counts are fractions or lists */
  wide usage[N_PROVIDERS], fees[N_PROVIDERS], egress[N_PROVIDERS], charge[N_PROVIDERS];
  wide revenue[N_PROVIDERS];     /* the sum of the four */
  wide charges, unmet, cash, demanded, unserved;
} month;

FN void start_books(GLOBAL const ofr_image *im, books *b) {
  b->usage = b->reservation = b->egress = b->shortfall = b->unmet = b->nominal = b->demanded = b->unserved = L(0);
  UNROLL for (int g = 0; g < DIM(im, providers); g++) b->revenue[g] = b->work[g] = L(0);
  UNROLL for (int v = 0; v < DIM(im, vendors); v++) b->vendor_work[v] = L(0);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) b->slot_work[i] = R(0.0f);
  UNROLL for (int c = 0; c < DIM(im, commitments); c++)
    b->relieved[c] = b->deferred[c] = b->carried[c] = b->counted[c] = b->shrunk[c] = b->counted_all[c] = b->charged_all[c] = b->met_all[c] = b->required_all[c] = L(0);
}

/* A window that begins forgets the one before it. The first one starts from what was counted before the horizon. */
FN void begin_windows(GLOBAL const ofr_image *im, books *b, int t) {
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    if (!(INTS(im, window)[t * DIM(im, commitments) + c] & WINDOW_BEGINS)) continue;
    b->counted[c] = L(t == 0 ? WIDES(im, opening)[c] : 0);
    b->shrunk[c] = b->relieved[c] = L(0);
  }
}

/* amount + deferred in - carried in: what a window asks for before relief; the amount as shrunk by suspended months. */
FN wide asked_of(GLOBAL const ofr_image *im, const books *b, int t, int c) {
  wide amount = l_positive(l_sub(L(WIDES(im, amount)[t * DIM(im, commitments) + c]), b->shrunk[c]));
  if (!HAS(im, terms)) return amount;
  return l_positive(l_sub(l_add(amount, b->deferred[c]), b->carried[c]));
}

/* Which commitments pull this month: their window's counted spend before it is below its target. */
FN void find_pulling(GLOBAL const ofr_image *im, const weather *sky, const books *b, int s, int t, mask *pulls) {
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    int at = t * DIM(im, commitments) + c;
    pulls[c] = m_none();
    if (!signs(im, s, c) || !(INTS(im, window)[at] & WINDOW_OPEN)) continue;
    uint32 pace = STRUCTURE(im, strategy_pull, s) == PULL_PACE ? WORDS(im, pace)[at] : 1u << FRACTION_BITS;
    wide target = l_scale(asked_of(im, b, t, c), pace, FRACTION_BITS), counted = b->counted[c];
    if (HAS(im, terms)) counted = l_add(counted, b->relieved[c]);
    pulls[c] = l_lt(counted, target);
    if (DIM(im, contract_effects)) pulls[c] = m_and_not(pulls[c], m_or(sky->ended[c], sky->suspended[c]));
  }
}

/* What is left of a price: 1 - y, y the largest of pull x counts x min(1, shortfall_rate) over the commitments that pull. */
FN real rest_of(GLOBAL const ofr_image *im, int s, int k, const mask *pulls) {
  real rest = R(1.0f);
  int pullers = STRUCTURE(im, pool_pullers, k);
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    if (!((uint32)pullers >> c & 1u)) continue;
    real pulled = R(FLOATS(im, pull_rest)[(s * DIM(im, commitments) + c) * DIM(im, pools) + k]);
    rest = r_select(pulls[c], r_min(rest, pulled), rest);
  }
  return rest;
}

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
    if (r >= 0) {
      int contract = DIM(im, commitments) + r;
      key = R(FLOATS(im, use_key)[r]);
      open = R(signs(im, s, contract) ? FLOATS(im, reserved)[t * DIM(im, reservations) + r] : 0.0f);
      open = r_select(m_or(sky->ended[contract], sky->suspended[contract]), R(0.0f), open);
      p->held[r] = open;
    }
    if (pulling) key = key * rest_of(im, s, k, pulls);
    p->key[i] = key;
    p->free[i] = open;
    if (HAS(im, duty)) p->used[i] = R(0.0f);
  }
}

FN word list_price(GLOBAL const ofr_image *im, const weather *sky, int k) {
  return w_from_real(sky->price[k] * R(FLOATS(im, price_scale)[k]));
}

/* Used accelerators at the list price, or a reservation's use_price. */
FN wide slot_spend(GLOBAL const ofr_image *im, const weather *sky, const placement *p, int i) {
  int k = STRUCTURE(im, slot_pool, i), r = STRUCTURE(im, slot_reservation, i);
  word hours = w_from_real(used_of(im, sky, p, i) * R(WORK_FRACTION));
  if (r >= 0) return l_shift(l_mul(hours, W(WORDS(im, use_rate)[r])), INTS(im, use_shift)[r]);
  return l_shift(l_mul(hours, list_price(im, sky, k)), INTS(im, price_shift)[k]);
}

FN void book_usage(GLOBAL const ofr_image *im, const weather *sky, const placement *p, month *m) {
  UNROLL for (int g = 0; g < DIM(im, providers); g++) {
    wide usage = L(0);
    UNROLL_SLOTS for (int n = STRUCTURE(im, provider_first, g); n < STRUCTURE(im, provider_first, g + 1); n++) {
      int i = STRUCTURE(im, provider_slot, n);
      wide spend = slot_spend(im, sky, p, i);
      if (HAS(im, partial_counts)) m->spend[i] = spend;
      usage = l_add(usage, spend);
    }
    m->usage[g] = usage;
  }
}

/* A reservation is paid whether used or not, suspended or not; once ended, no more. */
FN void book_fees(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  UNROLL for (int r = 0; r < DIM(im, reservations); r++) {
    int contract = DIM(im, commitments) + r, at = t * DIM(im, reservations) + r;
    if (!signs(im, s, contract)) continue;
    int i = STRUCTURE(im, reservation_slot, r), g = provider_of(im, i);
    wide fee = L(WIDES(im, fee)[at]), today = L(WIDES(im, fee_today)[at]);
    fee = l_sub(fee, l_keep(sky->ended[contract], fee));
    today = l_sub(today, l_keep(sky->ended[contract], today));
    if (HAS(im, partial_counts)) m->spend[i] = l_add(m->spend[i], fee);
    m->fees[g] = l_add(m->fees[g], fee);
    b->reservation = l_add(b->reservation, today);
    b->revenue[g] = l_add(b->revenue[g], today);
  }
}

/* Unserved work, its opportunity cost, and the data that served work drew out of its home. */
FN void book_work(GLOBAL const ofr_image *im, const weather *sky, const placement *p, books *b, int t, month *m) {
  m->demanded = m->unserved = m->unmet = L(0);
  UNROLL for (int w = 0; w < DIM(im, workloads); w++) {
    wide demanded = l_from_word(w_from_real(sky->demand[w] * R(WORK_FRACTION)));
    word missing = w_from_real(p->unserved[w] * R(WORK_FRACTION));
    wide unserved = l_from_word(missing);
    wide cost = l_shift(l_mul(missing, W(WORDS(im, unmet_rate)[w])), INTS(im, unmet_shift)[w]);
    if (HAS(im, duty)) {
      uint32 duty = WORDS(im, duty_fraction)[w];
      demanded = l_scale(demanded, duty, FRACTION_BITS);
      unserved = l_scale(unserved, duty, FRACTION_BITS);
      cost = l_scale(cost, duty, FRACTION_BITS);
    }
    m->demanded = l_add(m->demanded, demanded);
    m->unserved = l_add(m->unserved, unserved);
    m->unmet = l_add(m->unmet, cost);
    int home = STRUCTURE(im, home, w);
    if (HAS(im, egress) && home >= 0) {
      word away = w_from_real(p->away[w] * R(WORK_FRACTION));
      wide paid = l_shift(l_mul(away, W(WORDS(im, egress_rate)[t * DIM(im, workloads) + w])), INTS(im, egress_shift)[w]);
      if (HAS(im, duty)) paid = l_scale(paid, WORDS(im, duty_fraction)[w], FRACTION_BITS);
      m->egress[home] = l_add(m->egress[home], paid);
    }
  }
  b->demanded = l_add(b->demanded, m->demanded);
  b->unserved = l_add(b->unserved, m->unserved);
}

/* What of a month's spend counts. A commitment that counts all of its provider's in full needs no list of slots. */
FN wide counted_spend(GLOBAL const ofr_image *im, const month *m, int c) {
  wide sum = L(0);
  if (STRUCTURE(im, counts_all, c)) {
    int g = STRUCTURE(im, commitment_provider, c);
    if (DIM(im, reservations)) return l_add(m->usage[g], m->fees[g]);
    return m->usage[g];
  }
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int kc = c * DIM(im, pools) + STRUCTURE(im, slot_pool, i), kind = STRUCTURE(im, counts_kind, kc);
    if (kind == COUNTS_FULL) sum = l_add(sum, m->spend[i]);
    else if (kind == COUNTS_PART) sum = l_add(sum, l_scale(m->spend[i], WORDS(im, counts)[kc], FRACTION_BITS));
  }
  return sum;
}

/* What came late: the capacity curve less what is there, over the covered pools, at the month's price; as far as it relieves. */
FN wide relief_of(GLOBAL const ofr_image *im, const weather *sky, int t, int c) {
  wide sum = L(0);
  UNROLL for (int k = 0; k < DIM(im, pools); k++) {
    int kc = c * DIM(im, pools) + k;
    if (STRUCTURE(im, counts_kind, kc) == COUNTS_NOT) continue;
    real late = r_max(R(FLOATS(im, promised)[t * DIM(im, pools) + k]) - sky->capacity[k], R(0.0f));
    wide spend = l_shift(l_mul(w_from_real(late * R(WORK_FRACTION)), list_price(im, sky, k)), INTS(im, price_shift)[k]);
    sum = l_add(sum, l_scale(spend, WORDS(im, counts)[kc], FRACTION_BITS));
  }
  return l_scale(sum, WORDS(im, relief)[c], FRACTION_BITS);
}

/* A charge counts in full under the commitments listed after it for the same provider. */
FN void count_charge(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, int c, wide charge) {
  UNROLL for (int later = c + 1; later < DIM(im, commitments); later++) {
    if (STRUCTURE(im, commitment_provider, later) != STRUCTURE(im, commitment_provider, c)) continue;
    if (!signs(im, s, later) || !(INTS(im, window)[t * DIM(im, commitments) + later] & WINDOW_OPEN)) continue;
    mask closed = m_or(sky->ended[later], sky->suspended[later]);
    wide counts = l_sub(charge, l_keep(closed, charge));
    b->counted[later] = l_add(b->counted[later], counts);
    b->counted_all[later] = l_add(b->counted_all[later], counts);
  }
}

/* The end of a window: of what is short of the amount some may move to the next window, the rest is charged. */
FN wide settle_window(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, int c) {
  int last = INTS(im, window)[t * DIM(im, commitments) + c] & WINDOW_LAST;
  wide amount = l_positive(l_sub(L(WIDES(im, amount)[t * DIM(im, commitments) + c]), b->shrunk[c]));
  wide required = amount, covered = b->counted[c], deferred = L(0);
  if (HAS(im, terms)) {
    required = l_positive(l_sub(l_add(amount, b->deferred[c]), b->relieved[c]));
    covered = l_add(covered, b->carried[c]);
  }
  wide missing = l_positive(l_sub(required, covered));
  if (HAS(im, terms)) {
    wide over = l_positive(l_sub(l_sub(covered, amount), b->deferred[c]));
    if (!last) deferred = l_min(missing, l_scale(amount, WORDS(im, deferral)[c], FRACTION_BITS));
    b->carried[c] = l_scale(over, WORDS(im, carry_forward)[c], FRACTION_BITS);
    b->deferred[c] = deferred;
    missing = l_sub(missing, deferred);
  }
  wide charge = l_scale(missing, WORDS(im, shortfall_rate)[c], RATE_BITS);
  charge = l_sub(charge, l_keep(sky->ended[c], charge));
  required = l_sub(required, l_keep(sky->ended[c], required));
  b->charged_all[c] = l_add(b->charged_all[c], charge);
  b->required_all[c] = l_add(b->required_all[c], required);
  b->met_all[c] = l_add(b->met_all[c], l_min(covered, required));
  count_charge(im, sky, b, s, t, c, charge);
  TRACE_SETTLED(s, c, required, charge, b->deferred[c], b->carried[c], sky->ended[c]);
  return charge;
}

FN void book_commitments(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  m->charges = L(0);
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    int at = t * DIM(im, commitments) + c;
    if (!signs(im, s, c) || !(INTS(im, window)[at] & WINDOW_OPEN)) continue;
    mask closed = m_or(sky->ended[c], sky->suspended[c]);
    wide spend = counted_spend(im, m, c);
    spend = l_sub(spend, l_keep(closed, spend));
    b->counted[c] = l_add(b->counted[c], spend);
    b->counted_all[c] = l_add(b->counted_all[c], spend);
    if (HAS(im, terms) && WORDS(im, relief)[c]) {
      wide relief = relief_of(im, sky, t, c);
      b->relieved[c] = l_add(b->relieved[c], l_sub(relief, l_keep(closed, relief)));
    }
    if (DIM(im, contract_effects))
      b->shrunk[c] = l_add(b->shrunk[c], l_keep(sky->suspended[c], L(WIDES(im, month_share)[at])));
  }
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    if (!signs(im, s, c)) continue;
    TRACE_COUNTED(s, c, l_sub(b->counted[c], l_keep(sky->ended[c], b->counted[c])), INTS(im, window)[t * DIM(im, commitments) + c]);
    if (!(INTS(im, window)[t * DIM(im, commitments) + c] & WINDOW_SETTLES)) continue;
    int g = STRUCTURE(im, commitment_provider, c);
    wide charge = settle_window(im, sky, b, s, t, c);
    m->charge[g] = l_add(m->charge[g], charge);
    m->charges = l_add(m->charges, charge);
  }
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
  int settles = INTS(im, settles)[t];
  m->cash = L(0);
  UNROLL for (int g = 0; g < DIM(im, providers); g++) {
    wide usage = l_scale(m->usage[g], discount, FRACTION_BITS), all = usage, nominal = m->usage[g];
    b->usage = l_add(b->usage, usage);
    if (DIM(im, reservations)) nominal = l_add(nominal, m->fees[g]);
    if (HAS(im, egress)) {
      wide egress = l_scale(m->egress[g], discount, FRACTION_BITS);
      b->egress = l_add(b->egress, egress);
      all = l_add(all, egress);
      nominal = l_add(nominal, m->egress[g]);
    }
    if (settles) {
      wide charge = l_scale(m->charge[g], discount, FRACTION_BITS);
      b->shortfall = l_add(b->shortfall, charge);
      all = l_add(all, charge);
      nominal = l_add(nominal, m->charge[g]);
    }
    b->revenue[g] = l_add(b->revenue[g], all);
    m->revenue[g] = nominal;
    m->cash = l_add(m->cash, nominal);
  }
  b->nominal = l_add(b->nominal, m->cash);
  b->unmet = l_add(b->unmet, l_scale(m->unmet, discount, FRACTION_BITS));
}

FN void strategy_month(GLOBAL const ofr_image *im, const weather *sky, placement *p, books *b, int s, int t, month *m) {
  UNROLL for (int g = 0; g < DIM(im, providers); g++) {
    if (DIM(im, reservations)) m->fees[g] = L(0);
    if (HAS(im, egress)) m->egress[g] = L(0);
    if (INTS(im, settles)[t]) m->charge[g] = L(0);
  }
  begin_windows(im, b, t);
  open_slots(im, sky, b, s, t, p);
  place_month(im, sky, p, b->slot_work, s, t);
  book_usage(im, sky, p, m);
  book_fees(im, sky, b, s, t, m);
  book_work(im, sky, p, b, t, m);
  book_commitments(im, sky, b, s, t, m);
  close_month(im, b, t, m);
  if (t % FOLD_MONTHS == FOLD_MONTHS - 1 || t == DIM(im, months) - 1) fold_work(im, b);
}
#endif
