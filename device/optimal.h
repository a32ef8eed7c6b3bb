/* Rule `optimal`: the month's placement that costs least at the keys of MODEL section 7, exactly, before it is rounded down to
 * whole accelerators; what rounding leaves undone is then filled as by rule `priority`.
 *
 * An exclusivity that lets work overflow makes each hour at its holder worth more than anything else: the holder is filled first.
 */
#ifndef OFR_OPTIMAL_H
#define OFR_OPTIMAL_H

#define AT_HOLDER 32.0f /* an hour at the holder is worth this many unmet ones more */

/* Only plans with the rule call it: as a function of its own it costs the others nothing. */
#if SPECIALISED && LANES == 1 || defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define FN_APART FN
#else
#define FN_APART static __attribute__((noinline))
#endif

/* An accelerator's saving over leaving the work unserved. */
FN void find_profits(GLOBAL const ofr_image *im, const weather *sky, const placement *p, int s, int w, int t, transport *x) {
  int slots = DIM(im, slots);
  GLOBAL const float *may = FLOATS(im, may_place) + (s * DIM(im, workloads) + w) * slots;
  real duty = R(1.0f), unmet = R(FLOATS(im, unmet_key)[w]);
  if (HAS(im, duty)) duty = R(FLOATS(im, duty)[w]);
  UNROLL_SLOTS for (int i = 0; i < slots; i++) {
    int g = provider_of(im, i);
    real speed = R(FLOATS(im, speed)[w * slots + i]), worth = unmet;
    if (HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + g))
      worth = worth - R(FLOATS(im, egress_key)[t * DIM(im, workloads) + w]);
    real profit = (worth * speed - KEYS(p)[i]) * duty;
    if (may[i] == 0.0f) profit = R(FORBIDDEN);
    for (int e = 0; e < DIM(im, exclusivities); e++) {
      if (!STRUCTURE(im, exclusivity_covers, e * DIM(im, workloads) + w) || !signs(im, s, EXCLUSIVITY(im, e))) continue;
      if (t < INTS(im, exclusivity_from)[e] || t > INTS(im, exclusivity_to)[e]) continue;
      mask idle = m_or(sky->ended[EXCLUSIVITY(im, e)], sky->suspended[EXCLUSIVITY(im, e)]);
      if (STRUCTURE(im, exclusivity_provider, e) != g) {
        if (!STRUCTURE(im, exclusivity_open, e)) profit = r_select(idle, profit, R(FORBIDDEN));
      } else if (STRUCTURE(im, exclusivity_open, e)) {
        mask first_there = m_and_not(r_le(R(0.0f), profit), idle);
        profit = r_select(first_there, r_fma(unmet * speed, R(AT_HOLDER), profit), profit);
      }
    }
    x->profit[w * slots + i] = profit;
  }
}

/* What the best placement puts there, in whole accelerators. */
FN void place_exactly(GLOBAL const ofr_image *im, const transport *x, placement *p, real *work, int s, int w, tally *sum,
                      real demand) {
  sum->served = sum->away = R(0.0f);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    real most = r_max(demand - sum->served, R(0.0f)) * R(FLOATS(im, inverse_speed)[w * DIM(im, slots) + i]);
    real taken = r_min(placed_in(im, x, w, i) + R(CAPACITY_NUDGE), r_min(most, p->free[i]));
    take_slot(im, p, work, sum, s, w, 1, i, r_floor(taken));
  }
}

FN_APART void place_optimally(GLOBAL const ofr_image *im, const weather *sky, placement *p, books *b, int s, int t) {
  transport x;
  tally sum[N_WORKLOADS];
  choice rest;
  int n = DIM(im, workloads);
  x.speed = FLOATS(im, speed);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) x.room[i] = p->free[i];
  UNROLL for (int w = 0; w < n; w++) {
    x.demand[w] = sky->demand[w];
    x.price[w] = b->rent[w];
    find_profits(im, sky, p, s, w, t, &x);
  }
  begin_transport(im, &x);
  solve_transport(im, &x);
  UNROLL for (int w = 0; w < n; w++) {
    b->rent[w] = x.price[w];
    place_exactly(im, &x, p, b->slot_work, s, w, &sum[w], sky->demand[w]);
  }
  UNROLL for (int w = 0; w < n; w++) {
    offers(im, p, s, w, t, 1, &rest);
    bind_exclusivities(im, sky, s, w, t, &rest);
    fill_in_merit_order(im, p, b->slot_work, &rest, &sum[w], s, w, 1, r_max(sky->demand[w] - sum[w].served, R(0.0f)));
    p->unserved[w] = r_max(sky->demand[w] - sum[w].served, R(0.0f));
    if (HAS(im, egress)) p->away[w] = r_min(sum[w].away, sky->demand[w]);
  }
}
#endif
