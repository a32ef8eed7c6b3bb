/* What stakeholders ask of a path, compiled in only for plans that name them: what the anchor could absorb of what is promised to
 * it, how concentrated a month's revenue is, and the anchor's failure. */
#ifndef OFR_STAKEHOLDERS_H
#define OFR_STAKEHOLDERS_H

/* Of each commitment to the anchor: the open window's running sum, then the whole path's. */
typedef struct absorption {
  wide window[N_ABSORBERS];
  wide absorbed[N_ABSORBERS], missing[N_ABSORBERS]; /* all windows; what they lack in the end */
  word first[N_ABSORBERS], last[N_ABSORBERS];       /* month in which a running sum lies behind pace, or NO_MONTH */
} absorption;

FN void start_absorption(GLOBAL const ofr_image *im, absorption *a) {
  for (int i = 0; i < DIM(im, absorbers); i++) {
    a->window[i] = a->absorbed[i] = a->missing[i] = L(0);
    a->first[i] = a->last[i] = W(NO_MONTH);
  }
}

/* What work could spend on the anchor's pool, at its list price, taking it out of what is left of each workload's demand. */
FN wide absorb_pool(GLOBAL const ofr_image *im, const weather *sky, int k, real *left) {
  real room = sky->capacity[k], busy = R(0.0f);
  for (int n = 0; n < DIM(im, workloads); n++) {
    int w = STRUCTURE(im, absorb_workload, n), at = w * DIM(im, slots) + DIM(im, reservations) + k;
    real speed = R(FLOATS(im, speed)[at]);
    real taken = r_min(r_floor(left[w] * R(FLOATS(im, inverse_speed)[at])), room);
    room = room - taken;
    left[w] = r_max(left[w] - taken * speed, R(0.0f));
    if (HAS(im, duty)) taken = taken * R(FLOATS(im, duty)[w]);
    busy = busy + taken;
  }
  return l_money(im, l_mul(w_from_real(busy * R(WORK_FRACTION)), list_price(im, sky, k)), INTS(im, price_shift)[k]);
}

/* A month of a commitment to which `spend` could be added. */
FN void absorb_window(GLOBAL const ofr_image *im, absorption *a, int t, int i, wide spend) {
  int at = t * DIM(im, commitments) + STRUCTURE(im, absorber_commitment, i), window = INTS(im, window)[at];
  wide amount = L(WIDES(im, amount)[at]);
  if (!(window & WINDOW_OPEN)) return;
  if (window & WINDOW_BEGINS) a->window[i] = L(t == 0 ? WIDES(im, opening)[STRUCTURE(im, absorber_commitment, i)] : 0);
  a->window[i] = l_add(a->window[i], spend);
  mask behind = l_lt(a->window[i], l_scale(amount, WORDS(im, pace)[at], FRACTION_BITS));
  a->last[i] = w_select(behind, W((uint32)t), a->last[i]);
  a->first[i] = w_select(m_and(behind, w_eq(a->first[i], W(NO_MONTH))), W((uint32)t), a->first[i]);
  if (!(window & WINDOW_SETTLES)) return;
  a->absorbed[i] = l_add(a->absorbed[i], a->window[i]);
  a->missing[i] = l_add(a->missing[i], l_positive(l_sub(amount, a->window[i])));
}

/* Demand is used up pool by pool, so that none counts twice: the pools that fewest workloads can use come first, each filled by the
 * workloads that can use fewest of them first. */
FN void absorb_month(GLOBAL const ofr_image *im, const weather *sky, absorption *a, int t) {
  real left[N_WORKLOADS];
  wide spend[N_ABSORBERS];
  for (int w = 0; w < DIM(im, workloads); w++) left[w] = sky->demand[w];
  for (int i = 0; i < DIM(im, absorbers); i++) spend[i] = L(0);
  for (int n = 0; n < DIM(im, anchor_pools); n++) {
    int k = STRUCTURE(im, anchor_pool, n);
    wide here = absorb_pool(im, sky, k, left);
    for (int i = 0; i < DIM(im, absorbers); i++) {
      int kc = STRUCTURE(im, absorber_commitment, i) * DIM(im, pools) + k, kind = STRUCTURE(im, counts_kind, kc);
      if (kind == COUNTS_FULL) spend[i] = l_add(spend[i], here);
      else if (kind == COUNTS_PART) spend[i] = l_add(spend[i], l_scale(here, WORDS(im, counts)[kc], FRACTION_BITS));
    }
  }
  for (int i = 0; i < DIM(im, absorbers); i++) absorb_window(im, a, t, i, spend[i]);
}

FN void keep_absorption(GLOBAL const ofr_image *im, const absorption *a, GLOBAL int64 *to, uint64 stride, int lanes) {
  for (int i = 0; i < DIM(im, absorbers); i++, to += ABSORBER_COLUMNS * stride) {
    l_store(to, a->absorbed[i], lanes);
    l_store(to + stride, a->missing[i], lanes);
    l_store(to + 2 * stride, month_or_missing(a->first[i]), lanes);
    l_store(to + 3 * stride, month_or_missing(a->last[i]), lanes);
  }
}

/* Herfindahl index of a month's revenues in parts per million, in float32; 0 where nobody earns. */
FN wide month_concentration(GLOBAL const ofr_image *im, const month *m) {
  real whole = R(0.0f), squares = R(0.0f);
  for (int g = 0; g < DIM(im, providers); g++) whole = whole + r_max(r_from_wide(m->revenue[g]), R(0.0f));
  mask any = r_lt(R(0.0f), whole);
  whole = r_select(any, whole, R(1.0f));
  for (int g = 0; g < DIM(im, providers); g++) {
    real share = r_divide(r_max(r_from_wide(m->revenue[g]), R(0.0f)), whole);
    squares = r_fma(share, share, squares);
  }
  return l_from_word(w_from_real(r_min(squares, R(1.0f)) * R(1000000.0f)));
}

/* From here on in this month the anchor has no capacity, nor what is reserved there; fees go on. For the strategies that are
 * placed after this. */
FN void fail_anchor(GLOBAL const ofr_image *im, weather *sky, int t) {
  if (t < im->failure_from || t > im->failure_to) return;
  for (int k = 0; k < DIM(im, pools); k++)
    if (STRUCTURE(im, pool_provider, k) == DIM(im, anchor)) sky->capacity[k] = R(0.0f);
  for (int r = 0; r < DIM(im, reservations); r++)
    if (provider_of(im, STRUCTURE(im, reservation_slot, r)) == DIM(im, anchor)) sky->suspended[RESERVATION(im, r)] = m_all();
}
#endif
