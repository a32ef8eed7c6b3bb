/* The transportation problem of one month, solved exactly: which accelerators serve which work so that most is saved over
 * leaving it unserved. Rule `optimal` and the certified bound stand on it; it knows nothing of either.
 *
 *   most  sum profit x accelerators      every slot at most its room      every workload at most its demand
 *
 * served work being speed x accelerators: a network with gains. The method is the primal simplex with generalised upper
 * bounds (Dantzig and Van Slyke 1967): each slot keeps one variable, its key, that takes what the others leave of the slot, so
 * that the basis that has to be inverted is as small as the number of workloads. Every step stands on a placement that can
 * be carried out, so a step too few costs money and never sense. Lanes step together, each at its own pivot, until the last
 * one is done. Float32 suffices: prices are refined against the columns themselves before they judge.
 */
#ifndef OFR_TRANSPORT_H
#define OFR_TRANSPORT_H

#define PRICE_NOISE  1.1920928955078125e-7f /* 2^-23: gains below this share of a slot's best profit are rounding */
#define PIVOT_NOISE  9.5367431640625e-7f    /* 2^-20: likewise of the sizes that a pivot is summed from */
#define NO_LIMIT     1.0e30f
#define FORBIDDEN    -1.0e30f              /* the profit where work may not go */
#define USUAL_STEPS(im) (24 + 2 * (DIM(im, workloads) + DIM(im, slots))) /* from there on slots in order, as in Bland's rule */
#define MOST_STEPS(im)  (8 * USUAL_STEPS(im))

typedef struct transport {
  GLOBAL const float *speed;             /* [workloads x slots], 0 where it cannot run */
  real profit[N_WORKLOADS * N_SLOTS];    /* an accelerator's over leaving the work unserved */
  real best[N_SLOTS];                    /* the largest profit of a slot, at least 0 */
  real demand[N_WORKLOADS], room[N_SLOTS];
  /* the basis: a slot's key is a workload, or `workloads` for its free capacity. Column j of the rest is who[j] in slot[j];
   * who `workloads` is free capacity, slot `slots` the unserved work of who[j]. */
  word key[N_SLOTS], who[N_WORKLOADS], slot[N_WORKLOADS];
  real limit[N_WORKLOADS];               /* the room of column j's slot */
  real amount[N_WORKLOADS];              /* of column j: accelerators, or unserved work */
  real gain[N_WORKLOADS];                /* of column j: its profit less that of its slot's key */
  real column[N_WORKLOADS * N_WORKLOADS];  /* [workload][j]: the demand that column j takes more than its slot's key */
  real inverse[N_WORKLOADS * N_WORKLOADS]; /* [j][workload] */
  real price[N_WORKLOADS];               /* what one more unit of demand would save */
} transport;

typedef struct entering {
  mask any;
  word who, slot, key;                   /* as in the basis; the key of its slot */
  real speed, key_speed, gain, room, score;
} entering;

FN real r_abs(real a) { return r_max(a, R(0.0f) - a); }

/* Each slot goes whole to the workload that gains most by it at the prices given, while the demand is there to fill it. A
 * placement, and with prices near the right ones nearly the best. */
FN void begin_transport(GLOBAL const ofr_image *im, transport *x) {
  int n = DIM(im, workloads), slots = DIM(im, slots);
  for (int j = 0; j < n; j++) {
    x->who[j] = W((uint32)j);
    x->slot[j] = W((uint32)slots);
    x->amount[j] = x->demand[j];
    x->gain[j] = x->limit[j] = R(0.0f);
    for (int w = 0; w < n; w++) x->column[w * n + j] = x->inverse[j * n + w] = R(w == j ? 1.0f : 0.0f);
  }
  for (int i = 0; i < slots; i++) {
    real best = R(0.0f), takes = R(0.0f);
    word key = W((uint32)n);
    x->best[i] = R(0.0f);
    for (int w = 0; w < n; w++) {
      real profit = x->profit[w * slots + i], speed = R(x->speed[w * slots + i]);
      real gain = r_fma(R(0.0f) - speed, x->price[w], profit), whole = speed * x->room[i];
      mask better = m_and(r_lt(best, gain), r_le(whole, x->amount[w]));
      best = r_select(better, gain, best);
      key = w_select(better, W((uint32)w), key);
      takes = r_select(better, whole, takes);
      x->best[i] = r_max(x->best[i], profit);
    }
    x->key[i] = key;
    for (int w = 0; w < n; w++) x->amount[w] = r_take(w_eq(key, W((uint32)w)), x->amount[w], takes);
  }
}

/* Goes on from a basis of the same room and demand with other profits. */
FN void resume_transport(GLOBAL const ofr_image *im, transport *x) {
  int n = DIM(im, workloads), slots = DIM(im, slots);
  for (int j = 0; j < n; j++) x->gain[j] = R(0.0f);
  for (int i = 0; i < slots; i++) {
    real key = R(0.0f);
    x->best[i] = R(0.0f);
    for (int w = 0; w < n; w++) {
      key = r_select(w_eq(x->key[i], W((uint32)w)), x->profit[w * slots + i], key);
      x->best[i] = r_max(x->best[i], x->profit[w * slots + i]);
    }
    for (int j = 0; j < n; j++) {
      real own = R(0.0f);
      for (int w = 0; w < n; w++) own = r_select(w_eq(x->who[j], W((uint32)w)), x->profit[w * slots + i], own);
      x->gain[j] = r_select(w_eq(x->slot[j], W((uint32)i)), own - key, x->gain[j]);
    }
  }
}

/* Prices at which no column of the basis gains, refined once against the columns. */
FN void price_demand(int n, transport *x) {
  real rest[N_WORKLOADS];
  for (int w = 0; w < n; w++) {
    real sum = R(0.0f);
    for (int j = 0; j < n; j++) sum = r_fma(x->gain[j], x->inverse[j * n + w], sum);
    x->price[w] = sum;
  }
  for (int j = 0; j < n; j++) {
    real left = x->gain[j];
    for (int w = 0; w < n; w++) left = r_fma(R(0.0f) - x->price[w], x->column[w * n + j], left);
    rest[j] = left;
  }
  for (int w = 0; w < n; w++)
    for (int j = 0; j < n; j++) x->price[w] = r_fma(rest[j], x->inverse[j * n + w], x->price[w]);
}

/* A candidate's score: what the whole slot would gain or, where a search has gone on for long, how early it is. */
FN void offer(entering *e, mask able, real score, word slot) {
  mask better = m_and(able, r_lt(e->score, score));
  e->any = m_or(e->any, better);
  e->score = r_select(better, score, e->score);
  e->slot = w_select(better, slot, e->slot);
}

/* What a slot gains by its best workload, or by none, over its key. */
FN void offer_slot(GLOBAL const ofr_image *im, int n, const transport *x, entering *e, int i, mask in_order) {
  int slots = DIM(im, slots);
  real rent = R(0.0f), best = R(0.0f);
  real noise = x->best[i] * r_select(in_order, R(8.0f * PRICE_NOISE), R(PRICE_NOISE));
  for (int w = 0; w < n; w++) {
    real gain = r_fma(R(-x->speed[w * slots + i]), x->price[w], x->profit[w * slots + i]);
    rent = r_select(w_eq(x->key[i], W((uint32)w)), gain, rent);
    best = r_select(r_lt(best, gain), gain, best);
  }
  real more = best - rent;
  offer(e, r_lt(noise, more), r_select(in_order, R((float)(2 * slots - i)), more * x->room[i]), W((uint32)i));
}

/* Who enters the slot that was chosen, and whom it meets there; `slots` is the slot of unserved work, and `who` known. */
FN void look_up_entering(GLOBAL const ofr_image *im, int n, const transport *x, entering *e) {
  int slots = DIM(im, slots);
  real profit[N_WORKLOADS], speed[N_WORKLOADS], best = R(0.0f), own = R(0.0f), key_profit = R(0.0f);
  mask real_slot = w_lt(e->slot, W((uint32)slots));
  word who = W((uint32)n);
  e->key = W((uint32)n);
  e->room = R(NO_LIMIT);
  for (int w = 0; w < n; w++) profit[w] = speed[w] = R(0.0f);
  for (int i = 0; i < slots; i++) {
    mask is = w_eq(e->slot, W((uint32)i));
    e->key = w_select(is, x->key[i], e->key);
    e->room = r_select(is, x->room[i], e->room);
    for (int w = 0; w < n; w++) {
      profit[w] = r_select(is, x->profit[w * slots + i], profit[w]);
      speed[w] = r_select(is, R(x->speed[w * slots + i]), speed[w]);
    }
  }
  e->speed = r_select(real_slot, R(0.0f), R(1.0f));
  e->key_speed = R(0.0f);
  for (int w = 0; w < n; w++) {
    real gain = r_fma(R(0.0f) - speed[w], x->price[w], profit[w]);
    mask better = m_and(real_slot, r_lt(best, gain)), is_key = w_eq(e->key, W((uint32)w));
    best = r_select(better, gain, best);
    who = w_select(better, W((uint32)w), who);
    own = r_select(better, profit[w], own);
    e->speed = r_select(better, speed[w], e->speed);
    e->key_speed = r_select(is_key, speed[w], e->key_speed);
    key_profit = r_select(is_key, profit[w], key_profit);
  }
  e->who = w_select(real_slot, who, e->who);
  e->gain = own - key_profit;
}

FN void find_entering(GLOBAL const ofr_image *im, int n, const transport *x, entering *e, mask in_order) {
  int slots = DIM(im, slots);
  real noise = R(0.0f);
  e->any = m_none();
  e->score = R(0.0f);
  e->who = e->slot = W(0u);
  for (int i = 0; i < slots; i++) {
    offer_slot(im, n, x, e, i, in_order);
    noise = r_max(noise, x->best[i]);
  }
  for (int w = 0; w < n; w++) { /* work left undone that was done at a loss */
    real more = R(0.0f) - x->price[w], score = r_select(in_order, R(1.0f), more * x->demand[w]);
    mask able = r_lt(noise * R(8.0f * PRICE_NOISE), more);
    e->who = w_select(m_and(able, r_lt(e->score, score)), W((uint32)w), e->who);
    offer(e, able, score, W((uint32)slots));
  }
}

typedef struct leaving {
  real step, rate;                       /* how much of the entering one; how fast what leaves falls */
  mask key;                              /* the key of column j's slot leaves, not column j */
  mask flip;                             /* the key of a slot that has no column: nothing to invert */
  word j;
} leaving;

FN void limit_step(leaving *l, mask able, real at, real rate, word j, mask key) {
  real ratio = r_divide(r_max(at, R(0.0f)), r_select(able, rate, R(1.0f)));
  mask same = m_and(r_le(ratio, l->step), r_lt(l->rate, rate)); /* of two at once the safer to divide by */
  mask first = m_and(able, m_or(r_lt(ratio, l->step), same));
  l->step = r_select(first, ratio, l->step);
  l->rate = r_select(first, rate, l->rate);
  l->j = w_select(first, j, l->j);
  l->key = m_or(m_and(first, key), m_and_not(l->key, first));
  l->flip = m_and_not(l->flip, first);
}

/* What the basis does as the entering one grows. */
typedef struct change {
  real a[N_WORKLOADS];                   /* of workload w: the demand that it takes more than its slot's key */
  real alpha[N_WORKLOADS];               /* of column j: how fast it falls */
  real size[N_WORKLOADS];                /* of column j: what alpha was summed from, for what is rounding in it */
  real key_rate[N_WORKLOADS];            /* of the key of column j's slot: how fast it rises */
  real key_size[N_WORKLOADS];
} change;

FN void find_change(int n, const transport *x, const entering *e, change *c) {
  for (int w = 0; w < n; w++)
    c->a[w] = r_select(w_eq(e->who, W((uint32)w)), e->speed, R(0.0f)) - r_select(w_eq(e->key, W((uint32)w)), e->key_speed, R(0.0f));
  for (int j = 0; j < n; j++) {
    c->alpha[j] = c->size[j] = R(0.0f);
    for (int w = 0; w < n; w++) {
      c->alpha[j] = r_fma(x->inverse[j * n + w], c->a[w], c->alpha[j]);
      c->size[j] = c->size[j] + r_abs(x->inverse[j * n + w]);
    }
    c->size[j] = c->size[j] * (e->speed + e->key_speed);
  }
  for (int j = 0; j < n; j++) {
    mask entered = w_eq(x->slot[j], e->slot);
    c->key_rate[j] = r_select(entered, R(-1.0f), R(0.0f));
    c->key_size[j] = r_select(entered, R(1.0f), R(0.0f));
    for (int k = 0; k < n; k++) {
      mask same = w_eq(x->slot[k], x->slot[j]);
      c->key_rate[j] = c->key_rate[j] + r_select(same, c->alpha[k], R(0.0f));
      c->key_size[j] = c->key_size[j] + r_select(same, c->size[k], R(0.0f));
    }
  }
}

/* What falls to zero first as the entering one grows. */
FN void find_leaving(GLOBAL const ofr_image *im, int n, const transport *x, const entering *e, const change *c, leaving *l) {
  mask alone = w_lt(e->slot, W((uint32)DIM(im, slots)));
  for (int j = 0; j < n; j++) alone = m_and_not(alone, w_eq(x->slot[j], e->slot));
  l->step = r_select(alone, e->room, R(NO_LIMIT));
  l->rate = R(1.0f);
  l->flip = alone;
  l->key = m_none();
  l->j = W((uint32)n);
  for (int j = 0; j < n; j++)
    limit_step(l, r_lt(c->size[j] * R(PIVOT_NOISE), c->alpha[j]), x->amount[j], c->alpha[j], W((uint32)j), m_none());
  for (int j = 0; j < n; j++) {
    real held = R(0.0f), falls = R(0.0f) - c->key_rate[j];
    for (int k = 0; k < n; k++) held = held + r_select(w_eq(x->slot[k], x->slot[j]), x->amount[k], R(0.0f));
    mask able = m_and(w_lt(x->slot[j], W((uint32)DIM(im, slots))), r_lt(c->key_size[j] * R(PIVOT_NOISE), falls));
    limit_step(l, able, x->limit[j] - held, falls, W((uint32)j), m_all());
  }
}

/* Where the key of column j's slot leaves, the two change places first. */
FN void swap_key(GLOBAL const ofr_image *im, int n, transport *x, entering *e, change *c, const leaving *l) {
  word slot = W((uint32)DIM(im, slots)), who = W(0u);
  real column[N_WORKLOADS], gain = R(0.0f);
  for (int w = 0; w < n; w++) column[w] = R(0.0f);
  for (int j = 0; j < n; j++) {
    mask is = m_and(l->key, w_eq(l->j, W((uint32)j)));
    slot = w_select(is, x->slot[j], slot);
    who = w_select(is, x->who[j], who);
    gain = r_select(is, x->gain[j], gain);
    for (int w = 0; w < n; w++) column[w] = r_select(is, x->column[w * n + j], column[w]);
  }
  for (int w = 0; w < n; w++) { /* row j: less all rows of its slot */
    real sum = R(0.0f);
    for (int k = 0; k < n; k++) sum = sum + r_select(w_eq(x->slot[k], slot), x->inverse[k * n + w], R(0.0f));
    for (int j = 0; j < n; j++)
      x->inverse[j * n + w] = r_select(m_and(l->key, w_eq(l->j, W((uint32)j))), R(0.0f) - sum, x->inverse[j * n + w]);
  }
  for (int j = 0; j < n; j++) {
    mask is = m_and(l->key, w_eq(l->j, W((uint32)j))), same = m_and(l->key, w_eq(x->slot[j], slot));
    c->alpha[j] = r_select(is, R(0.0f) - c->key_rate[j], c->alpha[j]);
    x->gain[j] = r_take(same, x->gain[j], gain);
    for (int w = 0; w < n; w++) x->column[w * n + j] = r_take(same, x->column[w * n + j], column[w]);
  }
  mask entered = m_and(l->key, w_eq(e->slot, slot));
  e->gain = r_take(entered, e->gain, gain);
  for (int w = 0; w < n; w++) c->a[w] = r_take(entered, c->a[w], column[w]);
  for (int i = 0; i < DIM(im, slots); i++) x->key[i] = w_select(m_and(l->key, w_eq(slot, W((uint32)i))), who, x->key[i]);
}

/* The entering one takes the place of column l->j, or of the key of its slot. */
FN void pivot(GLOBAL const ofr_image *im, int n, transport *x, const entering *e, const change *c, const leaving *l) {
  real row[N_WORKLOADS], by = R(1.0f), step = r_select(e->any, l->step, R(0.0f));
  mask flip = m_and(e->any, l->flip), turn = m_and_not(e->any, l->flip);
  for (int i = 0; i < DIM(im, slots); i++) x->key[i] = w_select(m_and(flip, w_eq(e->slot, W((uint32)i))), e->who, x->key[i]);
  for (int w = 0; w < n; w++) row[w] = R(0.0f);
  for (int j = 0; j < n; j++) {
    mask is = m_and(turn, w_eq(l->j, W((uint32)j)));
    by = r_select(is, c->alpha[j], by);
    for (int w = 0; w < n; w++) row[w] = r_select(is, x->inverse[j * n + w], row[w]);
  }
  by = r_divide(R(1.0f), by);
  for (int w = 0; w < n; w++) row[w] = row[w] * by;
  for (int j = 0; j < n; j++) {
    mask is = m_and(turn, w_eq(l->j, W((uint32)j)));
    x->amount[j] = r_select(is, step, r_max(r_fma(R(0.0f) - step, c->alpha[j], x->amount[j]), R(0.0f)));
    x->gain[j] = r_select(is, e->gain, x->gain[j]);
    x->who[j] = w_select(is, e->who, x->who[j]);
    x->slot[j] = w_select(is, e->slot, x->slot[j]);
    x->limit[j] = r_select(is, e->room, x->limit[j]);
    for (int w = 0; w < n; w++) {
      real kept = r_fma(R(0.0f) - c->alpha[j], row[w], x->inverse[j * n + w]);
      x->inverse[j * n + w] = r_select(is, row[w], r_select(turn, kept, x->inverse[j * n + w]));
      x->column[w * n + j] = r_select(is, c->a[w], x->column[w * n + j]);
    }
  }
}

/* Amounts once more from the demands themselves: steps leave rounding behind. */
FN void refine_amounts(GLOBAL const ofr_image *im, int n, transport *x, mask active) {
  int slots = DIM(im, slots);
  real left[N_WORKLOADS];
  for (int w = 0; w < n; w++) {
    real sum = x->demand[w];
    for (int i = 0; i < slots; i++)
      sum = r_fma(r_select(w_eq(x->key[i], W((uint32)w)), R(-x->speed[w * slots + i]), R(0.0f)), x->room[i], sum);
    for (int j = 0; j < n; j++) sum = r_fma(R(0.0f) - x->column[w * n + j], x->amount[j], sum);
    left[w] = sum;
  }
  for (int j = 0; j < n; j++) {
    real more = R(0.0f);
    for (int w = 0; w < n; w++) more = r_fma(x->inverse[j * n + w], left[w], more);
    x->amount[j] = r_select(active, r_max(x->amount[j] + more, R(0.0f)), x->amount[j]);
  }
}

/* The entering one, where there is one, into the basis. */
FN void enter(GLOBAL const ofr_image *im, int n, transport *x, entering *e) {
  change c;
  leaving l;
  find_change(n, x, e, &c);
  find_leaving(im, n, x, e, &c, &l);
  e->any = m_and(e->any, r_lt(l.step, R(NO_LIMIT)));
  l.key = m_and(l.key, e->any);
  if (m_any(l.key)) swap_key(im, n, x, e, &c, &l);
  pivot(im, n, x, e, &c, &l);
}

/* Accelerators of slot i that its key takes. */
FN real left_for_key(GLOBAL const ofr_image *im, const transport *x, int i) {
  real key = x->room[i];
  for (int j = 0; j < DIM(im, workloads); j++) key = r_take(w_eq(x->slot[j], W((uint32)i)), key, x->amount[j]);
  return r_max(key, R(0.0f));
}

/* Those that serve workload w, if the key takes so many. */
FN real placed_beside(GLOBAL const ofr_image *im, const transport *x, int w, int i, real key) {
  real sum = R(0.0f);
  for (int j = 0; j < DIM(im, workloads); j++) {
    mask own = m_and(w_eq(x->slot[j], W((uint32)i)), w_eq(x->who[j], W((uint32)w)));
    sum = sum + r_select(own, x->amount[j], R(0.0f));
  }
  return sum + r_select(w_eq(x->key[i], W((uint32)w)), key, R(0.0f));
}

FN real placed_in(GLOBAL const ofr_image *im, const transport *x, int w, int i) {
  return placed_beside(im, x, w, i, left_for_key(im, x, i));
}

/* Work that is left undone. */
FN real unserved_of(GLOBAL const ofr_image *im, const transport *x, int w) {
  real sum = R(0.0f);
  for (int j = 0; j < DIM(im, workloads); j++) {
    mask undone = m_and(w_eq(x->slot[j], W((uint32)DIM(im, slots))), w_eq(x->who[j], W((uint32)w)));
    sum = sum + r_select(undone, x->amount[j], R(0.0f));
  }
  return sum;
}
#endif
