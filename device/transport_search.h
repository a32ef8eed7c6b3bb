/* The way to the best placement of a month: steps of the simplex, and how many. */
#ifndef OFR_TRANSPORT_SEARCH_H
#define OFR_TRANSPORT_SEARCH_H

enum { TO_SAVE_MOST, IN_PLAN_ORDER }; /* what the steps are for */

FN mask step_transport(GLOBAL const ofr_image *im, int n, transport *x, mask active, int purpose, mask in_order, real noise) {
  entering e;
  if (purpose == IN_PLAN_ORDER) {
    find_entering_in_order(im, n, x, active, noise, &e);
    if (!m_any(e.any)) return e.any;
  } else {
    price_demand(n, x);
    find_entering(im, n, x, &e, in_order);
    e.any = m_and(e.any, active);
    if (!m_any(e.any)) return e.any;
    look_up_entering(im, n, x, &e);
  }
  enter(im, n, x, &e);
  return e.any;
}

FN mask advance_by(GLOBAL const ofr_image *im, int n, transport *x, mask active, int purpose, int most, int *steps) {
  real noise = R(0.0f);
  *steps = 0;
  if (purpose == IN_PLAN_ORDER) {
    active = m_and(active, find_ties(im, n, x, &noise));
    if (!m_any(active)) return active;
  }
  const mask all = active;
  for (; *steps < most && m_any(active); ++*steps) {
    active = step_transport(im, n, x, active, purpose, *steps > USUAL_STEPS(im) ? m_all() : m_none(), noise);
    if (*steps % 4 == 3) refine_amounts(im, n, x, active);
  }
  refine_amounts(im, n, x, all);
  return active;
}

FN mask advance_for(GLOBAL const ofr_image *im, transport *x, mask active, int purpose, int most, int *steps) {
  switch (SPECIALISED ? 0 : DIM(im, workloads)) {
  case 1: return advance_by(im, 1, x, active, purpose, most, steps);
  case 2: return advance_by(im, 2, x, active, purpose, most, steps);
  case 3: return advance_by(im, 3, x, active, purpose, most, steps);
  case 4: return advance_by(im, 4, x, active, purpose, most, steps);
  default: return advance_by(im, DIM(im, workloads), x, active, purpose, most, steps);
  }
}

/* At most so many steps from the basis at hand towards the best one, in the lanes of `active`; those that would take more. `steps`
 * is how many it took the slowest. Where there are few workloads a compiler is told how many: it writes loops out. */
FN mask advance_transport(GLOBAL const ofr_image *im, transport *x, mask active, int most, int *steps) {
  return advance_for(im, x, active, TO_SAVE_MOST, most, steps);
}

/* Steps from the basis at hand to the best one, and of those to the first in plan order; how many it took the slowest lane. */
FN int solve_transport(GLOBAL const ofr_image *im, transport *x) {
  int all = 0;
  ROLLED for (int purpose = TO_SAVE_MOST; purpose <= IN_PLAN_ORDER; purpose++) {
    int steps;
    advance_for(im, x, m_all(), purpose, MOST_STEPS(im), &steps);
    all += steps;
  }
  return all;
}
#endif
