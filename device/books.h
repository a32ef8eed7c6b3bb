/* The books of one strategy: what they remember from month to month, and one month's entries. Whole money quanta throughout;
 * they balance in every path. MODEL section 8. */
#ifndef OFR_BOOKS_H
#define OFR_BOOKS_H

typedef struct books {
  /* today's money, whole path */
  wide usage, reservation, egress, shortfall, unmet;
  wide revenue[N_PROVIDERS];
  wide unmet_by[N_UNMET];        /* kept only where a plan asks for it */
  wide nominal;                  /* cash, undiscounted */
  wide demanded, unserved;       /* work units x duty, whole path */
  real slot_work[N_SLOTS];       /* served since it was folded last, quanta x duty */
  wide work[N_PROVIDERS], vendor_work[N_VENDORS]; /* the same by provider and by vendor, whole path */
  /* commitments: the window's, then the whole path's; nominal */
  wide counted[N_COMMITMENTS], shrunk[N_SHRUNK], relieved[N_TERMS];
  wide deferred[N_TERMS], carried[N_TERMS]; /* from the window before */
  wide credit[N_CREDITS];    /* what charges gave back, not yet used */
  word credit_until[N_CREDITS]; /* the last month in which it pays */
  word taken_in[N_EXITS];       /* the month in which an exit was taken, or NO_MONTH */
  wide taken_for[N_EXITS];      /* and its fee, nominal */
  wide counted_all[N_COMMITMENTS], charged_all[N_COMMITMENTS], met_all[N_COMMITMENTS], required_all[N_COMMITMENTS];
  /* other clauses */
  wide exits, grants, value;     /* fees, cash, the value of served work: today's money, whole path */
  wide listed[N_DISCOUNTS];      /* list spend of the period so far */
  wide grant_credit[N_GRANTS];   /* given and not yet used */
  mask quit[N_ENDABLE];          /* commitments, then reservations, that an exit has ended */
  real rent[N_RENTS];            /* rule `optimal`: what one more unit of a workload's demand saved the month before */
  real used[N_USES][N_LOOKBACK], reserved[N_USES][N_LOOKBACK]; /* of reservations, by month modulo 12; quanta */
} books;

/* One month's entries, nominal. */
typedef struct month {
  wide spend[N_SLOTS];           /* usage, and a reservation's fee when paid; kept only where a clause asks for slots */
  wide usage[N_PROVIDERS], fees[N_PROVIDERS], egress[N_PROVIDERS];
  wide exit[N_PROVIDERS], grant[N_PROVIDERS];
  wide revenue[N_PROVIDERS];     /* the sum of the four less grants, and charges */
  wide charges, unmet, cash, demanded, unserved;
} month;

FN void start_books(GLOBAL const ofr_image *im, books *b) {
  b->usage = b->reservation = b->egress = b->shortfall = b->unmet = b->nominal = b->demanded = b->unserved = L(0);
  UNROLL_BOOKS for (int g = 0; g < DIM(im, providers); g++) b->revenue[g] = b->work[g] = L(0);
  UNROLL_BOOKS for (int v = 0; v < DIM(im, vendors); v++) b->vendor_work[v] = L(0);
  UNROLL_BOOKS for (int w = 0; w < HAS(im, unmet_by_workload) * DIM(im, workloads); w++) b->unmet_by[w] = L(0);
  UNROLL_BOOKS for (int i = 0; i < DIM(im, slots); i++) b->slot_work[i] = R(0.0f);
  UNROLL_BOOKS for (int c = 0; c < DIM(im, commitments); c++) {
    b->counted[c] = b->counted_all[c] = b->charged_all[c] = b->met_all[c] = b->required_all[c] = L(0);
    if (DIM(im, contract_effects)) b->shrunk[c] = L(0);
    if (HAS(im, terms)) b->relieved[c] = b->deferred[c] = b->carried[c] = L(0);
    if (!HAS(im, credits)) continue;
    b->credit[c] = L(0);
    b->credit_until[c] = W(0u);
  }
  b->exits = b->grants = b->value = L(0);
  UNROLL_BOOKS for (int d = 0; d < DIM(im, discounts); d++) b->listed[d] = L(0);
  UNROLL_BOOKS for (int n = 0; n < DIM(im, grants); n++) b->grant_credit[n] = L(0);
  for (int w = 0; w < HAS(im, optimal) * DIM(im, workloads); w++) b->rent[w] = R(0.0f);
  if (DIM(im, exits) == 0) return;
  UNROLL_BOOKS for (int q = 0; q < DIM(im, exits); q++) {
    b->taken_in[q] = W(NO_MONTH);
    b->taken_for[q] = L(MISSING_VALUE);
  }
  UNROLL_BOOKS for (int c = 0; c < DIM(im, commitments) + DIM(im, reservations); c++) b->quit[c] = m_none();
  UNROLL_BOOKS for (int r = 0; r < DIM(im, reservations); r++) {
    UNROLL_BOOKS for (int n = 0; n < USE_MONTHS; n++) b->used[r][n] = b->reserved[r][n] = R(0.0f);
  }
}

/* A contract that an event has voided or, of commitments and reservations, an exit has ended. */
FN mask ended(GLOBAL const ofr_image *im, const weather *sky, const books *b, int contract) {
  if (DIM(im, exits) && contract < DIM(im, commitments) + DIM(im, reservations))
    return m_or(sky->ended[contract], b->quit[contract]);
  return sky->ended[contract];
}

/* It does nothing this month. */
FN mask closed(GLOBAL const ofr_image *im, const weather *sky, const books *b, int contract) {
  return m_or(ended(im, sky, b, contract), sky->suspended[contract]);
}

FN word list_price(GLOBAL const ofr_image *im, const weather *sky, int k) {
  return w_from_real(sky->price[k] * R(FLOATS(im, price_scale)[k]));
}

FN wide unless(mask m, wide a) { return l_sub(a, l_keep(m, a)); } /* 0 where m */

FN wide month_or_missing(word month) { return l_select(w_eq(month, W(NO_MONTH)), L(MISSING_VALUE), l_from_word(month)); }
#endif
