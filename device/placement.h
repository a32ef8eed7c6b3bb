/* Placing a month's work: rule `priority`. Workloads in the order listed; each fills placement slots in ascending key, up to
 * what is free, skipping slots whose key exceeds its unmet cost. MODEL section 7.
 *
 * A slot is a pool, or the part of one that a reservation holds. There is no sorting: what is left for a slot is the demand
 * minus the work that everything cheaper can take, by compare and predicated subtract. All quantities are whole numbers
 * below 2^24, or so far below zero that only their sign matters; so float32 is exact where speeds are 1, and elsewhere
 * correct to its rounding, which the books never see: they hold whole accelerators.
 */
#ifndef OFR_PLACEMENT_H
#define OFR_PLACEMENT_H

#define HOLDER_FIRST  18446744073709551616.0f /* 2^64: keys of the rest, when an exclusivity sends work to its holder first */
#define HOLDER_BEYOND 1099511627776.0f        /* 2^40: and above a holder's key even when theirs is 0 */

typedef struct placement {
  real key[N_SLOTS];      /* $ per accelerator-hour: the marginal price after pull */
  real free[N_SLOTS];     /* quanta not yet used */
  real used[N_SLOTS];     /* quanta x duty */
  real work[N_SLOTS];     /* served, quanta of work x duty */
  real unserved[N_WORKLOADS]; /* quanta of work */
  real away[N_WORKLOADS]; /* served outside home, quanta of work */
  real budget[N_PROVIDERS];  /* what max_share leaves a provider, quanta of work */
} placement;

/* ab[k] = demand minus the capacity of every slot before k in merit order; ties by index. */
FN void merit_order(real *ab, const real *c, const real *q, int n) {
  UNROLL_SLOTS for (int j = 0; j < n; j++) {
    UNROLL_SLOTS for (int k = j + 1; k < n; k++) {
      mask first = r_le(c[j], c[k]);
      ab[k] = r_take(first, ab[k], q[j]);
      ab[j] = r_give(first, ab[j], q[k]);
    }
  }
}

/* Caps what one provider's slots may take together: each slot's share of the budget, cheapest first. */
FN void cap_by_provider(GLOBAL const ofr_image *im, placement *p, const real *c, real *q) {
  real ab[N_SLOTS];
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int g = STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, i));
    ab[i] = p->budget[g];
  }
  UNROLL_SLOTS for (int j = 0; j < DIM(im, slots); j++) {
    UNROLL_SLOTS for (int k = j + 1; k < DIM(im, slots); k++) {
      if (STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, j)) != STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, k)))
        continue;
      mask first = r_le(c[j], c[k]);
      ab[k] = r_take(first, ab[k], q[j]);
      ab[j] = r_give(first, ab[j], q[k]);
    }
  }
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) q[i] = r_max(r_min(q[i], ab[i]), R(0.0f));
}

/* Which exclusivities bind workload w at slot's provider this month; returns the slots' keys and capacities for it. */
FN void offers(GLOBAL const ofr_image *im, const weather *sky, const placement *p, int s, int w, int t,
               real *c, real *q) {
  int contracts = DIM(im, commitments) + DIM(im, reservations) + DIM(im, exclusivities);
  int first_exclusive = DIM(im, commitments) + DIM(im, reservations);
  real limit = R(FLOATS(im, unmet_key)[w]);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int at = w * DIM(im, slots) + i, can = STRUCTURE(im, can_run, at);
    int g = STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, i));
    c[i] = R(0.0f);
    q[i] = R(0.0f);
    if (!can || !STRUCTURE(im, strategy_allows, s * DIM(im, providers) + g)) continue;
    c[i] = p->key[i];
    q[i] = p->free[i];
    if (can == 2) {
      c[i] = c[i] * R(FLOATS(im, inverse_speed)[at]);
      q[i] = q[i] * R(FLOATS(im, speed)[at]);
    }
    if (HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + g))
      c[i] = c[i] + R(FLOATS(im, egress_key)[t * DIM(im, workloads) + w]);
    q[i] = r_select(r_lt(limit, c[i]), R(0.0f), q[i]);
  }
  UNROLL for (int x = 0; x < DIM(im, exclusivities); x++) {
    if (!STRUCTURE(im, exclusivity_covers, x * DIM(im, workloads) + w)) continue;
    if (!STRUCTURE(im, strategy_signs, s * contracts + first_exclusive + x)) continue;
    if (t < INTS(im, exclusivity_from)[x] || t > INTS(im, exclusivity_to)[x]) continue;
    mask free = m_or(sky->ended[first_exclusive + x], sky->suspended[first_exclusive + x]);
    UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
      if (STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, i)) == STRUCTURE(im, exclusivity_provider, x)) continue;
      if (STRUCTURE(im, exclusivity_open, x)) c[i] = r_select(free, c[i], r_fma(c[i], R(HOLDER_FIRST), R(HOLDER_BEYOND)));
      else q[i] = r_select(free, q[i], R(0.0f));
    }
  }
}

FN void place_workload(GLOBAL const ofr_image *im, const weather *sky, placement *p, int s, int w, int t) {
  real c[N_SLOTS], q[N_SLOTS], ab[N_SLOTS];
  real served = R(0.0f), away = R(0.0f);
  offers(im, sky, p, s, w, t, c, q);
  if (HAS(im, max_share)) cap_by_provider(im, p, c, q);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) ab[i] = sky->demand[w];
  MERIT_ORDER(ab, c, q, DIM(im, slots));
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) {
    int at = w * DIM(im, slots) + i, can = STRUCTURE(im, can_run, at);
    if (!can) continue;
    int g = STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, i));
    /* whole accelerators: rounded down, and all that is free where the slot fills up */
    real x = r_max(r_min(ab[i], q[i]), R(0.0f));
    real h = x, done = x;
    if (can == 2) {
      mask full = r_le(p->free[i] * R(FLOATS(im, speed)[at]), x);
      h = r_select(full, p->free[i], r_min(r_floor(x * R(FLOATS(im, inverse_speed)[at])), p->free[i]));
      done = h * R(FLOATS(im, speed)[at]);
    }
    served = served + done;
    p->free[i] = p->free[i] - h;
    if (HAS(im, max_share)) p->budget[g] = r_max(p->budget[g] - done, R(0.0f));
    if (HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + g)) away = away + done;
    if (HAS(im, duty)) {
      real duty = R(FLOATS(im, duty)[w]);
      p->used[i] = r_fma(h, duty, p->used[i]);
      done = done * duty;
    } else {
      p->used[i] = p->used[i] + h;
    }
    p->work[i] = p->work[i] + done;
    TRACE_PLACED(s, w, i, h, done);
  }
  p->unserved[w] = r_max(sky->demand[w] - served, R(0.0f));
  p->away[w] = r_min(away, sky->demand[w]);
}

FN void place_month(GLOBAL const ofr_image *im, const weather *sky, placement *p, int s, int t) {
  if (HAS(im, max_share)) {
    real whole = R(0.0f);
    UNROLL for (int w = 0; w < DIM(im, workloads); w++) whole = whole + sky->demand[w];
    UNROLL for (int g = 0; g < DIM(im, providers); g++) {
      float share = FLOATS(im, max_share)[s * DIM(im, providers) + g];
      p->budget[g] = r_floor(whole * R(share));
    }
  }
  UNROLL for (int w = 0; w < DIM(im, workloads); w++) place_workload(im, sky, p, s, w, t);
}
#endif
