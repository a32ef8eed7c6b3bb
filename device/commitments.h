/* Commitments: their windows, how they pull work, what counts, what a window that ends still asks. MODEL sections 7 and 8. */
#ifndef OFR_COMMITMENTS_H
#define OFR_COMMITMENTS_H

/* A window that begins forgets the one before it. The first one starts from what was counted before the horizon. */
FN void begin_windows(GLOBAL const ofr_image *im, books *b, int t) {
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    if (!(INTS(im, window)[t * DIM(im, commitments) + c] & WINDOW_BEGINS)) continue;
    b->counted[c] = L(t == 0 ? WIDES(im, opening)[c] : 0);
    if (DIM(im, contract_effects)) b->shrunk[c] = L(0);
    if (HAS(im, terms)) b->relieved[c] = L(0);
  }
}

/* A window's amount as shrunk by suspended months. */
FN wide amount_of(GLOBAL const ofr_image *im, const books *b, int t, int c) {
  wide amount = L(WIDES(im, amount)[t * DIM(im, commitments) + c]);
  return DIM(im, contract_effects) ? l_positive(l_sub(amount, b->shrunk[c])) : amount;
}

/* amount + deferred in - carried in: what a window asks for before relief; the amount as shrunk by suspended months. Where
 * counted spend may fall below nothing, so may this; elsewhere nothing asked for is as good as less. */
FN wide asked_of(GLOBAL const ofr_image *im, const books *b, int t, int c) {
  wide amount = amount_of(im, b, t, c);
  if (!HAS(im, terms)) return amount;
  wide asked = l_sub(l_add(amount, b->deferred[c]), b->carried[c]);
  return HAS(im, signed) ? asked : l_positive(asked);
}

/* The share of it that is due by now. */
FN wide paced(GLOBAL const ofr_image *im, wide asked, uint32 pace) {
  return HAS(im, signed) ? l_scale_signed(asked, pace, FRACTION_BITS) : l_scale(asked, pace, FRACTION_BITS);
}

/* Which commitments pull this month: their window's counted spend before it is below its target. */
FN void find_pulling(GLOBAL const ofr_image *im, const weather *sky, const books *b, int s, int t, mask *pulls) {
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    int at = t * DIM(im, commitments) + c;
    pulls[c] = m_none();
    if (!signs(im, s, c) || !(INTS(im, window)[at] & WINDOW_OPEN)) continue;
    uint32 pace = STRUCTURE(im, strategy_pull, s) == PULL_PACE ? WORDS(im, pace)[at] : 1u << FRACTION_BITS;
    wide target = paced(im, asked_of(im, b, t, c), pace), counted = b->counted[c];
    if (HAS(im, terms)) counted = l_add(counted, b->relieved[c]);
    pulls[c] = l_lt(counted, target);
    if (DIM(im, contract_effects) || DIM(im, exits)) pulls[c] = m_and_not(pulls[c], closed(im, sky, b, c));
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
    else if (kind == COUNTS_PART) sum = l_add(sum, l_scale_signed(m->spend[i], WORDS(im, counts)[kc], FRACTION_BITS));
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
    wide spend = l_money(im, l_mul(w_from_real(late * R(WORK_FRACTION)), list_price(im, sky, k)), INTS(im, price_shift)[k]);
    sum = l_add(sum, l_scale(spend, WORDS(im, counts)[kc], FRACTION_BITS));
  }
  return l_scale(sum, WORDS(im, relief)[c], FRACTION_BITS);
}

/* A charge counts in full under the commitments listed after it for the same provider. */
FN void count_charge(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, int c, wide charge) {
  UNROLL for (int later = c + 1; later < DIM(im, commitments); later++) {
    if (STRUCTURE(im, commitment_provider, later) != STRUCTURE(im, commitment_provider, c)) continue;
    if (!signs(im, s, later) || !(INTS(im, window)[t * DIM(im, commitments) + later] & WINDOW_OPEN)) continue;
    wide counts = unless(closed(im, sky, b, later), charge);
    b->counted[later] = l_add(b->counted[later], counts);
    b->counted_all[later] = l_add(b->counted_all[later], counts);
  }
}

/* With credit_months, what is charged pays usage in as many months after. */
FN void give_credit(GLOBAL const ofr_image *im, books *b, int t, int c, wide charge) {
  uint32 months = WORDS(im, credit_months)[c];
  if (months == 0) return;
  b->credit[c] = l_add(b->credit[c], charge);
  b->credit_until[c] = w_select(l_lt(L(0), charge), W((uint32)t + months), b->credit_until[c]);
}

/* The end of a window: of what is short of the amount some may move to the next window, the rest is charged. */
FN wide settle_window(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, int c) {
  int last = INTS(im, window)[t * DIM(im, commitments) + c] & WINDOW_LAST;
  wide amount = amount_of(im, b, t, c);
  wide required = amount, covered = b->counted[c], deferred = L(0), carried = L(0);
  if (HAS(im, terms)) {
    required = l_positive(l_sub(l_add(amount, b->deferred[c]), b->relieved[c]));
    covered = l_add(covered, b->carried[c]);
  }
  wide missing = l_positive(l_sub(required, covered));
  if (HAS(im, terms)) {
    wide beyond = l_positive(l_sub(l_sub(covered, amount), b->deferred[c]));
    if (!last) deferred = l_min(missing, l_scale(amount, WORDS(im, deferral)[c], FRACTION_BITS));
    carried = l_scale(beyond, WORDS(im, carry_forward)[c], FRACTION_BITS);
    b->carried[c] = carried;
    b->deferred[c] = deferred;
    missing = l_sub(missing, deferred);
  }
  wide charge = l_scale(missing, WORDS(im, shortfall_rate)[c], RATE_BITS);
  mask over = ended(im, sky, b, c);
  charge = unless(over, charge);
  required = unless(over, required);
  if (HAS(im, credits)) give_credit(im, b, t, c, charge);
  b->charged_all[c] = l_add(b->charged_all[c], charge);
  b->required_all[c] = l_add(b->required_all[c], required);
  b->met_all[c] = l_add(b->met_all[c], l_positive(l_min(covered, required)));
  count_charge(im, sky, b, s, t, c, charge);
  TRACE_SETTLED(s, c, required, charge, deferred, carried, over);
  return charge;
}

/* What counts this month, and what may shrink a window's amount. */
FN void count_month(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, const month *m) {
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    int at = t * DIM(im, commitments) + c;
    if (!signs(im, s, c) || !(INTS(im, window)[at] & WINDOW_OPEN)) continue;
    mask idle = closed(im, sky, b, c);
    wide spend = unless(idle, counted_spend(im, m, c));
    b->counted[c] = l_add(b->counted[c], spend);
    b->counted_all[c] = l_add(b->counted_all[c], spend);
    if (HAS(im, terms) && WORDS(im, relief)[c]) {
      b->relieved[c] = l_add(b->relieved[c], unless(idle, relief_of(im, sky, t, c)));
    }
    if (DIM(im, contract_effects))
      b->shrunk[c] = l_add(b->shrunk[c], l_keep(sky->suspended[c], L(WIDES(im, month_share)[at])));
  }
}

/* Charges join the closed month. A provider's are one amount today, however many windows it comes from. */
FN void close_charges(GLOBAL const ofr_image *im, books *b, int t, const wide *charge, month *m) {
  UNROLL for (int g = 0; g < DIM(im, providers); g++) {
    wide today = l_scale(charge[g], WORDS(im, discount)[t], FRACTION_BITS);
    b->shortfall = l_add(b->shortfall, today);
    b->revenue[g] = l_add(b->revenue[g], today);
    b->nominal = l_add(b->nominal, charge[g]);
    m->revenue[g] = l_add(m->revenue[g], charge[g]);
    m->cash = l_add(m->cash, charge[g]);
    m->charges = l_add(m->charges, charge[g]);
  }
}

FN void settle_windows(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  wide charge[N_PROVIDERS];
  int settles = INTS(im, settles)[t];
  m->charges = L(0);
  UNROLL for (int g = 0; g < DIM(im, providers); g++) charge[g] = L(0);
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    if (!signs(im, s, c)) continue;
    TRACE_COUNTED(s, c, unless(ended(im, sky, b, c), b->counted[c]), INTS(im, window)[t * DIM(im, commitments) + c]);
    if (!settles || !(INTS(im, window)[t * DIM(im, commitments) + c] & WINDOW_SETTLES)) continue;
    int g = STRUCTURE(im, commitment_provider, c);
    charge[g] = l_add(charge[g], settle_window(im, sky, b, s, t, c));
  }
  if (settles) close_charges(im, b, t, charge, m);
}
#endif
