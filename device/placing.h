/* A month's work under a strategy: exactly, by rule `optimal`, or workloads in the order listed, each by the merit order, or in
 * turn where a first refusal binds it. */
#ifndef OFR_PLACING_H
#define OFR_PLACING_H

/* `extras` is 0 where nothing but the merit order matters to this workload: a constant, so that each has a loop of its own. */
FN tally place_workload_with(GLOBAL const ofr_image *im, const weather *sky, placement *p, real *work, int s, int w, int t,
                             int extras, real demand) {
  choice x;
  tally sum;
  sum.served = sum.away = R(0.0f);
  offers(im, p, s, w, t, extras, &x);
  bind_exclusivities(im, sky, s, w, t, &x);
  int refusal = extras && DIM(im, refusals) ? refusal_of(im, s, w, t) : -1;
  if (refusal >= 0) {
    fill_in_turn(im, sky, p, work, &x, &sum, s, w, t, refusal, demand);
  } else {
    if (extras && HAS(im, max_share)) cap_by_provider(im, p, w, &x);
    fill_in_merit_order(im, p, work, &x, &sum, s, w, extras, demand);
  }
  return sum;
}

FN void place_workload(GLOBAL const ofr_image *im, const weather *sky, placement *p, real *work, int s, int w, int t) {
  int extras = HAS(im, used) || HAS(im, max_share) || (HAS(im, egress) && (WORKLOADS_ROLLED || STRUCTURE(im, home, w) >= 0));
  int n = DIM(im, workloads);
  real demand = nth(sky->demand, n, w);
  tally sum = extras ? place_workload_with(im, sky, p, work, s, w, t, 1, demand)
                     : place_workload_with(im, sky, p, work, s, w, t, 0, demand);
  set_nth(p->unserved, n, w, r_max(demand - sum.served, R(0.0f)));
  if (HAS(im, egress)) set_nth(p->away, n, w, r_min(sum.away, demand));
}

/* Quanta x duty that a slot was used for. */
FN real used_of(GLOBAL const ofr_image *im, const weather *sky, const placement *p, int i) {
  int r = STRUCTURE(im, slot_reservation, i);
  if (HAS(im, used)) return p->used[i];
  if (r >= 0) return p->held[r] - p->free[i];
  return sky->capacity[STRUCTURE(im, slot_pool, i)] - p->free[i];
}

FN void place_month(GLOBAL const ofr_image *im, const weather *sky, placement *p, books *b, int s, int t) {
  if (HAS(im, optimal) && STRUCTURE(im, strategy_optimal, s)) {
    place_optimally(im, sky, p, b, s, t);
    return;
  }
  if (HAS(im, max_share)) {
    real whole = R(0.0f);
    UNROLL for (int w = 0; w < DIM(im, workloads); w++) whole = whole + sky->demand[w];
    UNROLL for (int g = 0; g < DIM(im, providers); g++) {
      float share = FLOATS(im, max_share)[s * DIM(im, providers) + g];
      p->budget[g] = r_floor(whole * R(share));
    }
  }
  EACH_WORKLOAD(w) place_workload(im, sky, p, b->slot_work, s, w, t);
}
#endif
