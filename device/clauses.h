/* What changes a month's bill before it counts, discounts and credits, and what comes after: exits. MODEL section 8. */
#ifndef OFR_CLAUSES_H
#define OFR_CLAUSES_H

/* ---- sharing ---- */

/* What of `amount` falls to the first parts of a whole: floor(amount x sum / whole), to 2^-30 of the amount; all of it when they
 * are the whole. 0 <= sum <= whole. */
FN wide share_until(wide amount, wide sum, wide whole) {
  word fraction = w_low(l_quotient(sum, whole, 3));
  return l_select(l_lt(sum, whole), l_part(amount, fraction), amount);
}

/* The same of what pays for a whole, amount <= whole: no part is paid more than itself, given what was `shared` by those before
 * it, and what is left can be paid by those after it. */
FN wide paid_until(wide amount, wide sum, wide whole, wide shared, wide part) {
  wide until = share_until(amount, sum, whole), beyond = l_sub(whole, sum);
  until = l_add(until, l_positive(l_sub(l_sub(amount, beyond), until)));
  return l_min(until, l_add(shared, part));
}

/* ---- discounts ---- */

FN int in_force(GLOBAL const ofr_image *im, int s, int t, int d) {
  return signs(im, s, DISCOUNT(im, d)) && INTS(im, discount_month)[t * DIM(im, discounts) + d];
}

FN mask idle_discount(GLOBAL const ofr_image *im, const weather *sky, int d) {
  return m_or(sky->ended[DISCOUNT(im, d)], sky->suspended[DISCOUNT(im, d)]);
}

FN void begin_periods(GLOBAL const ofr_image *im, books *b, int t) {
  UNROLL for (int d = 0; d < DIM(im, discounts); d++)
    if (INTS(im, discount_month)[t * DIM(im, discounts) + d] & DISCOUNT_BEGINS) b->listed[d] = L(0);
}

/* What is left of pool k's list price: list spend before this month sets the rate. */
FN real discounted_rest(GLOBAL const ofr_image *im, const weather *sky, const books *b, int s, int t, int k) {
  real rest = R(1.0f);
  UNROLL for (int d = 0; d < DIM(im, discounts); d++) {
    if (!STRUCTURE(im, discount_covers, d * DIM(im, pools) + k) || !in_force(im, s, t, d)) continue;
    real now = R(1.0f);
    for (int i = 0; i < DIM(im, tiers); i++) {
      int at = d * DIM(im, tiers) + i;
      now = r_select(l_lt(b->listed[d], L(WIDES(im, tier_from)[at])), now, R(FLOATS(im, tier_price)[at]));
    }
    rest = r_select(idle_discount(im, sky, d), rest, now);
  }
  return rest;
}

/* N(L): what a period's list spend costs net. */
FN wide net_of(GLOBAL const ofr_image *im, int d, wide listed) {
  wide net = L(0);
  for (int i = 0; i < DIM(im, tiers); i++) {
    int at = d * DIM(im, tiers) + i;
    wide from = L(WIDES(im, tier_from)[at]), reached = l_positive(l_sub(listed, from));
    uint32 rest = WORDS(im, tier_rest)[at];
    wide here = STRUCTURE(im, discount_all_units, d) ? l_scale(listed, rest, FRACTION_BITS)
                                                     : l_add(L(WIDES(im, tier_net)[at]), l_scale(reached, rest, FRACTION_BITS));
    net = l_select(l_lt(listed, from), net, here);
  }
  return net;
}

FN int discounts_slot(GLOBAL const ofr_image *im, int d, int i) {
  return STRUCTURE(im, slot_reservation, i) < 0 && STRUCTURE(im, discount_covers, d * DIM(im, pools) + STRUCTURE(im, slot_pool, i));
}

/* The month pays N(after) - N(before), shared over the pools by list spend. */
FN void discount_spend(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int d, wide *spend) {
  wide list = L(0), sum = L(0), shared = L(0);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++)
    if (discounts_slot(im, d, i)) list = l_add(list, spend[i]);
  mask idle = idle_discount(im, sky, d);
  list = unless(idle, list);
  wide before = net_of(im, d, b->listed[d]);
  b->listed[d] = l_add(b->listed[d], list);
  wide saved = l_sub(list, l_sub(net_of(im, d, b->listed[d]), before));
  mask raised = l_lt(saved, L(0)); /* all_units, with rates that fall */
  wide amount = l_negate(raised, saved);
  for (int i = 0; i < DIM(im, slots); i++) {
    if (!discounts_slot(im, d, i)) continue;
    wide part = unless(idle, spend[i]);
    sum = l_add(sum, part);
    wide until = STRUCTURE(im, discount_all_units, d) ? share_until(amount, sum, list)
                                                      : paid_until(amount, sum, list, shared, part);
    spend[i] = l_sub(spend[i], l_negate(raised, l_sub(until, shared)));
    shared = until;
  }
  TRACE_DISCOUNT(s, d, b->listed[d], saved);
}

/* ---- credits ---- */

/* `balance` pays what it can of the usage in the slots that `pays` names, by their net usage; what it paid is gone from both. */
FN wide pay_usage(GLOBAL const ofr_image *im, wide balance, const int *pays, wide *spend) {
  wide whole = L(0), sum = L(0), shared = L(0);
  for (int i = 0; i < DIM(im, slots); i++)
    if (pays[i]) whole = l_add(whole, l_positive(spend[i]));
  wide paid = l_min(balance, whole);
  if (!m_any(l_lt(L(0), paid))) return balance;
  for (int i = 0; i < DIM(im, slots); i++) {
    if (!pays[i]) continue;
    wide part = l_positive(spend[i]);
    sum = l_add(sum, part);
    wide until = paid_until(paid, sum, whole, shared, part);
    spend[i] = l_sub(spend[i], l_sub(until, shared));
    shared = until;
  }
  return l_sub(balance, paid);
}

/* Grants: cash at once; credit into a balance that pays usage at its provider. */
FN void book_grants(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  UNROLL for (int n = 0; n < DIM(im, grants); n++) {
    int contract = GRANT(im, n), g = STRUCTURE(im, grant_provider, n), pays[N_SLOTS];
    if (!signs(im, s, contract)) continue;
    mask idle = m_or(sky->ended[contract], sky->suspended[contract]);
    wide part = unless(idle, L(WIDES(im, grant_part)[t * DIM(im, grants) + n]));
    if (!STRUCTURE(im, grant_credit, n)) {
      m->grant[g] = l_add(m->grant[g], part);
      continue;
    }
    for (int i = 0; i < DIM(im, slots); i++) pays[i] = provider_of(im, i) == g;
    wide balance = l_add(unless(sky->ended[contract], b->grant_credit[n]), part), ready = unless(idle, balance);
    b->grant_credit[n] = l_add(l_sub(balance, ready), pay_usage(im, ready, pays, m->spend));
    TRACE_GRANT(s, n, b->grant_credit[n]);
  }
}

/* Credits of commitments: they lapse some months after the latest charge, and when the commitment ends. */
FN void use_credits(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  UNROLL for (int c = 0; c < DIM(im, commitments); c++) {
    int pays[N_SLOTS];
    if (!signs(im, s, c) || WORDS(im, credit_months)[c] == 0) continue;
    for (int i = 0; i < DIM(im, slots); i++)
      pays[i] = STRUCTURE(im, counts_kind, c * DIM(im, pools) + STRUCTURE(im, slot_pool, i)) != COUNTS_NOT;
    mask lapsed = m_or(ended(im, sky, b, c), w_lt(b->credit_until[c], W((uint32)t)));
    wide balance = unless(lapsed, b->credit[c]), ready = unless(sky->suspended[c], balance);
    b->credit[c] = l_add(l_sub(balance, ready), pay_usage(im, ready, pays, m->spend));
  }
}

/* ---- exits ---- */

/* Commitment c: is its counted spend below that share of its pace? What it still asks for goes to *owed. */
FN mask lags(GLOBAL const ofr_image *im, const books *b, int t, int c, int q, wide *owed) {
  int at = t * DIM(im, commitments) + c;
  wide asked = asked_of(im, b, t, c);
  wide pace = paced(im, asked, WORDS(im, pace)[at]), counted = b->counted[c];
  if (HAS(im, terms)) {
    pace = l_sub(pace, b->relieved[c]);
    asked = l_sub(asked, b->relieved[c]);
  }
  *owed = l_positive(l_sub(asked, counted));
  return l_lt(counted, l_scale_signed(pace, WORDS(im, exit_below)[q], RATE_BITS));
}

/* Reservation r: was less than that share of it used over the last twelve months? In parts of a quantum, for shares have them. */
FN mask is_idle(GLOBAL const ofr_image *im, const books *b, int r, int q) {
  wide used = L(0), reserved = L(0);
  for (int n = 0; n < USE_MONTHS; n++) {
    used = l_add(used, l_mul(w_from_real(b->used[r][n]), W(USE_PARTS)));
    reserved = l_add(reserved, l_mul(w_from_real(b->reserved[r][n]), W(USE_PARTS)));
  }
  return l_lt(used, l_scale(reserved, WORDS(im, exit_below)[q], RATE_BITS));
}

/* What reservations held and used this month, as exits look back on it; suspended months are left out. */
FN void note_use(GLOBAL const ofr_image *im, const weather *sky, const placement *p, books *b, int t) {
  if (DIM(im, exits) == 0) return;
  for (int r = 0; r < DIM(im, reservations); r++) {
    int c = RESERVATION(im, r);
    b->reserved[r][t % USE_MONTHS] = r_select(sky->suspended[c], R(0.0f), p->held[r]);
    b->used[r][t % USE_MONTHS] = r_select(sky->suspended[c], R(0.0f), p->held[r] - p->free[STRUCTURE(im, reservation_slot, r)]);
  }
}

/* The off-ramp: a fee on what would still be owed, and the contract has ended, so that no exit is taken twice. */
FN void take_exits(GLOBAL const ofr_image *im, const weather *sky, books *b, int s, int t, month *m) {
  for (int q = 0; q < DIM(im, exits); q++) {
    int c = STRUCTURE(im, exit_target, q), r = c - DIM(im, commitments), at = t * DIM(im, exits) + q;
    if (!signs(im, s, EXIT(im, q)) || !signs(im, s, c) || !INTS(im, exit_at)[at]) continue;
    wide owed = L(0);
    mask leaves = r < 0 ? lags(im, b, t, c, q, &owed) : is_idle(im, b, r, q);
    if (INTS(im, exit_always)[q]) leaves = m_all();
    leaves = m_and_not(leaves, closed(im, sky, b, c));
    leaves = m_and_not(leaves, m_or(sky->ended[EXIT(im, q)], sky->suspended[EXIT(im, q)]));
    int g = r < 0 ? STRUCTURE(im, commitment_provider, c) : provider_of(im, STRUCTURE(im, reservation_slot, r >= 0 ? r : 0));
    wide fee = l_scale(l_add(owed, L(WIDES(im, exit_later)[at])), WORDS(im, exit_fee)[q], RATE_BITS);
    m->exit[g] = l_add(m->exit[g], l_keep(leaves, fee));
    b->quit[c] = m_or(b->quit[c], leaves);
    b->taken_in[q] = w_select(leaves, W((uint32)t), b->taken_in[q]);
    b->taken_for[q] = l_select(leaves, fee, b->taken_for[q]);
    TRACE_EXIT(s, q, c, leaves, fee);
  }
}
#endif
