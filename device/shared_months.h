/* Months that are the same under two strategies are placed once. A strategy follows a leader listed before it until the first
 * month in which what they sign can differ: an exit's first date, the failure of the anchor. Once nothing is left of that, it may
 * follow again: its books then differ from its leader's by what they differ by now. */
#ifndef OFR_SHARED_MONTHS_H
#define OFR_SHARED_MONTHS_H

/* Strategies that share one weather, their books side by side: all of them, unless a device has too little room for that near its
 * arithmetic and rather draws the same weather again. */
#ifndef STRATEGIES_TOGETHER
#define STRATEGIES_TOGETHER N_STRATEGIES
#endif
#define TURNS(im) ((DIM(im, strategies) + STRATEGIES_TOGETHER - 1) / STRATEGIES_TOGETHER)

#ifdef OFR_TRACE /* who explains a strategy shows all of its months */
#define SHARES_MONTHS(im) 0
#else
#define SHARES_MONTHS(im) (STRATEGIES_TOGETHER > 1 && HAS(im, shared_months))
#endif

/* Whether month t of strategy s is its leader's; `from`: the first strategy of the turn. */
FN int follows(GLOBAL const ofr_image *im, int s, int from, int t) {
  if (!SHARES_MONTHS(im) || INTS(im, leader)[s] < from) return 0;
  return t < INTS(im, parts_in)[s] || t >= INTS(im, rejoins_in)[s];
}

/* The strategy under which month t of strategy s is placed. */
FN int placed_as(GLOBAL const ofr_image *im, int s, int from, int t) {
  while (follows(im, s, from, t)) s = INTS(im, leader)[s];
  return s;
}

/* What books sum up, and never look at before the path's end: *a less, or plus, *b. */
#define MOVE(name) a->name = less ? l_sub(a->name, b->name) : l_add(a->name, b->name)
FN void move_totals(GLOBAL const ofr_image *im, books *a, const books *b, int less) {
  MOVE(usage), MOVE(reservation), MOVE(egress), MOVE(shortfall), MOVE(unmet), MOVE(nominal), MOVE(demanded), MOVE(unserved);
  MOVE(exits), MOVE(grants), MOVE(value);
  for (int g = 0; g < DIM(im, providers); g++) MOVE(revenue[g]), MOVE(work[g]);
  for (int v = 0; v < DIM(im, vendors); v++) MOVE(vendor_work[v]);
  for (int w = 0; w < HAS(im, unmet_by_workload) * DIM(im, workloads); w++) MOVE(unmet_by[w]);
  for (int c = 0; c < DIM(im, commitments); c++)
    MOVE(counted_all[c]), MOVE(charged_all[c]), MOVE(met_all[c]), MOVE(required_all[c]);
}
#undef MOVE

/* Before month t: who parts takes its leader's books with it, who joins again leaves what it differs by. */
FN void part_and_rejoin(GLOBAL const ofr_image *im, books *b, int from, int to, int t) {
  if (!SHARES_MONTHS(im)) return;
  ROLLED for (int s = from; s < to; s++) {
    int leader = INTS(im, leader)[s];
    if (leader < from) continue;
    if (t == INTS(im, parts_in)[s]) b[s - from] = b[leader - from];
    if (t == INTS(im, rejoins_in)[s]) move_totals(im, &b[s - from], &b[leader - from], 1);
  }
}

/* After the last month: everyone's books are their own. */
FN void end_following(GLOBAL const ofr_image *im, books *b, int from, int to) {
  if (!SHARES_MONTHS(im)) return;
  ROLLED for (int s = from; s < to; s++) {
    if (!follows(im, s, from, DIM(im, months))) continue;
    const books *leader = &b[INTS(im, leader)[s] - from];
    if (DIM(im, months) < INTS(im, parts_in)[s]) b[s - from] = *leader;
    else move_totals(im, &b[s - from], leader, 0);
  }
}
#endif
