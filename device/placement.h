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

FN int signs(GLOBAL const ofr_image *im, int s, int contract) {
  return STRUCTURE(im, strategy_signs, s * CONTRACTS(im) + contract);
}

/* Kept only where there are first refusals; the keys as well, where registers do not hold it. */
typedef struct matching {
#if MATCHING_APART
  real key[N_SLOTS];
#endif
  real marginal[N_SLOTS];     /* $ per accelerator-hour: the key before pull */
  real matched[N_SLOTS];      /* of what is used, what is paid at a rival's offer, quanta x duty; */
  wide spend[N_SLOTS];        /* and that, money quanta */
} matching;

typedef struct placement {
#if !MATCHING_APART
  real key[N_SLOTS];          /* $ per accelerator-hour: the marginal price after pull */
#endif
  real free[N_SLOTS];         /* quanta not yet used */
  real held[N_RESERVATIONS];  /* quanta that a reservation had at the start of the month */
  real used[N_SLOTS];         /* quanta x duty; kept only where that is more than what is no longer free */
#if MATCHING_APART
  volatile matching *match; /* a compiler would hold all of it in registers */
#else
  matching match[1];
#endif
  real unserved[N_WORKLOADS]; /* quanta of work */
  real away[N_WORKLOADS];     /* served outside home, quanta of work */
  real budget[N_PROVIDERS];   /* what max_share leaves a provider, quanta of work */
} placement;

#if MATCHING_APART
#define KEYS(p) ((p)->match->key)
#else
#define KEYS(p) ((p)->key)
#endif

/* What a workload may choose from: the slots that can run it, closed up, in slot order. */
typedef struct choice {
#if !CHOICES_IN_REGISTERS
  int slots;
  GLOBAL const int *slot;
#endif
  real key[N_SLOTS + 3];      /* $ per reference accelerator-hour */
  real capacity[N_SLOTS + 3]; /* quanta of work; 0 where the key exceeds the unmet cost */
  real left[N_SLOTS + 3];     /* demand minus the capacity of every slot before this one in merit order */
} choice;

/* Where registers hold the choice, slot j is choice j, and those that cannot run are passed over. */
#if CHOICES_IN_REGISTERS
#define CHOICES(im, x)       DIM(im, slots)
#define CHOSEN(x, j)         (j)
#else
#define CHOICES(im, x)       ((x)->slots)
#define CHOSEN(x, j)         ((x)->slot[j])
#endif
/* Where their code would grow long, workloads share it: then none is known, and slots that cannot run have no capacity. */
#ifndef OFR_WRITTEN_OUT
#define OFR_WRITTEN_OUT          48 /* workloads x slots */
#endif
#if CHOICES_IN_REGISTERS && LANES == 1 && OFR_workloads * OFR_slots > OFR_WRITTEN_OUT
#define WORKLOADS_ROLLED     1
#define EACH_WORKLOAD(w)     ROLLED for (int w = 0; w < DIM(im, workloads); w++)
#else
#define WORKLOADS_ROLLED     0
#define EACH_WORKLOAD(w)     UNROLL for (int w = 0; w < DIM(im, workloads); w++)
#endif
#if CHOICES_IN_REGISTERS && !WORKLOADS_ROLLED
#define CAN_CHOOSE(im, w, j) STRUCTURE(im, can_run, (w) * DIM(im, slots) + (j))
#else
#define CAN_CHOOSE(im, w, j) ((void)(w), 1)
#endif
#define ALL_CHOICES(j)       for (int j = 0; j < CHOICES(im, x); j++) if (CAN_CHOOSE(im, w, j))
#define EACH_CHOICE(j)       UNROLL_SLOTS ALL_CHOICES(j)
#define EACH_OF_TILE(from, j)                                                                                                   \
  UNROLL_SLOTS for (int j = (from); j < (from) + TILE && j < CHOICES(im, x); j++) if (CAN_CHOOSE(im, w, j))
#if CHOICES_IN_REGISTERS
#define ROLLED_IN_MEMORY     UNROLL_SLOTS
#else
#define ROLLED_IN_MEMORY     ROLLED /* long, and seldom run */
#endif
#define EACH_IN_MEMORY(j)    ROLLED_IN_MEMORY ALL_CHOICES(j)
/* Choices after j. Some compilers write a loop out only where its bounds do not depend on another's. */
#if CHOICES_IN_REGISTERS
#define EACH_LATER(k, j)     EACH_CHOICE(k) if ((k) > (j))
#else
#define EACH_LATER(k, j)     ROLLED for (int k = (j) + 1; k < CHOICES(im, x); k++)
#endif

/* A workload's month so far. */
typedef struct tally { real served, away; } tally;

FN int provider_of(GLOBAL const ofr_image *im, int slot) { return STRUCTURE(im, pool_provider, STRUCTURE(im, slot_pool, slot)); }

/* Caps what one provider's slots may take together: cheapest first, up to its budget. */
FN void cap_by_provider(GLOBAL const ofr_image *im, const placement *p, int w, choice *x) {
  EACH_CHOICE(j) x->left[j] = p->budget[provider_of(im, CHOSEN(x, j))];
  EACH_CHOICE(j) {
    EACH_LATER(k, j) {
      if (provider_of(im, CHOSEN(x, j)) != provider_of(im, CHOSEN(x, k))) continue;
      mask first = r_le(x->key[j], x->key[k]);
      x->left[k] = r_take(first, x->left[k], x->capacity[j]);
      x->left[j] = r_give(first, x->left[j], x->capacity[k]);
    }
  }
  EACH_CHOICE(j) x->capacity[j] = r_max(r_min(x->capacity[j], x->left[j]), R(0.0f));
}

/* An exclusivity that covers the workload this month closes the others' slots, or puts them behind the holder's. */
FN void bind_exclusivities(GLOBAL const ofr_image *im, const weather *sky, int s, int w, int t, choice *x) {
  UNROLL for (int e = 0; e < DIM(im, exclusivities); e++) {
    if (!STRUCTURE(im, exclusivity_covers, e * DIM(im, workloads) + w) || !signs(im, s, EXCLUSIVITY(im, e))) continue;
    if (t < INTS(im, exclusivity_from)[e] || t > INTS(im, exclusivity_to)[e]) continue;
    mask idle = m_or(sky->ended[EXCLUSIVITY(im, e)], sky->suspended[EXCLUSIVITY(im, e)]);
    EACH_CHOICE(j) {
      if (provider_of(im, CHOSEN(x, j)) == STRUCTURE(im, exclusivity_provider, e)) continue;
      if (STRUCTURE(im, exclusivity_open, e))
        x->key[j] = r_select(idle, x->key[j], r_fma(x->key[j], R(HOLDER_FIRST), R(HOLDER_BEYOND)));
      else
        x->capacity[j] = r_select(idle, x->capacity[j], R(0.0f));
    }
  }
}

/* The slots that workload w may use under strategy s, where they are listed; elsewhere what it may not use gets no capacity. */
FN void list_slots(GLOBAL const ofr_image *im, int s, int w, choice *x) {
#if CHOICES_IN_REGISTERS
  ((void)im, (void)s, (void)w, (void)x);
#else
  int row = s * DIM(im, workloads) + w;
  x->slot = INTS(im, choice_slot) + row * DIM(im, slots);
  x->slots = INTS(im, choice_slots)[row];
#endif
}

FN void offers(GLOBAL const ofr_image *im, const placement *p, int s, int w, int t, int extras, choice *x) {
  real limit = R(FLOATS(im, unmet_key)[w]), none = R(0.0f);
  GLOBAL const float *speed = FLOATS(im, may_place) + (s * DIM(im, workloads) + w) * DIM(im, slots);
  GLOBAL const float *inverse = FLOATS(im, inverse_speed) + w * DIM(im, slots);
  list_slots(im, s, w, x);
  EACH_CHOICE(j) {
    int i = CHOSEN(x, j);
    real key = KEYS(p)[i] * R(inverse[i]);
    if (extras && HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + provider_of(im, i)))
      key = key + R(FLOATS(im, egress_key)[t * DIM(im, workloads) + w]);
    x->key[j] = key;
    x->capacity[j] = r_select(r_lt(limit, key), none, p->free[i] * R(speed[i]));
  }
}

/* `taken` accelerators of slot i, whole and free, serve workload w. */
FN void take_slot(GLOBAL const ofr_image *im, placement *p, real *work, tally *sum, int s, int w, int extras, int i, real taken) {
  int at = w * DIM(im, slots) + i;
  real speed = R(FLOATS(im, speed)[at]);
  sum->served = r_fma(taken, speed, sum->served);
  p->free[i] = p->free[i] - taken;
  work[i] = r_fma(taken, R(FLOATS(im, speed_duty)[at]), work[i]);
  TRACE_PLACED(s, w, i, taken);
  if (!extras) return;
  int g = provider_of(im, i);
  if (HAS(im, used)) p->used[i] = r_fma(taken, R(FLOATS(im, duty)[w]), p->used[i]);
  if (HAS(im, max_share)) p->budget[g] = r_max(p->budget[g] - taken * speed, R(0.0f));
  if (HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + g)) sum->away = r_fma(taken, speed, sum->away);
}

/* Fills choice j with what is left for it. Whole accelerators, rounded down; the inverse speed is rounded up, so that a slot
 * that fills up does so to the last. */
FN void place_slot(GLOBAL const ofr_image *im, placement *p, real *work, const choice *x, tally *sum, int s, int w, int extras,
                   int j, real left, real capacity) {
  int i = CHOSEN(x, j);
  real part = r_max(r_min(left, capacity), R(0.0f)) * R(FLOATS(im, inverse_speed)[w * DIM(im, slots) + i]);
  take_slot(im, p, work, sum, s, w, extras, i, r_min(r_floor(part), p->free[i]));
}

/* Two slots j < k in merit order, ties by index: the later one loses the capacity of the earlier. Each slot's `left` is lowered
 * in the order of the slots, whichever of the two loops below does it: they give the same bits. */
#define ORDER_PAIR(left_j, left_k, key_j, key_k, capacity_j, capacity_k)                                                        \
  do {                                                                                                                          \
    mask first_ = r_le(key_j, key_k);                                                                                           \
    left_k = r_take(first_, left_k, capacity_j);                                                                                \
    left_j = r_give(first_, left_j, capacity_k);                                                                                \
  } while (0)

/* Registers hold some slots at a time while the later ones stream by; then these are final. */
#define TILE 4

#if CHOICES_IN_REGISTERS
FN void fill_in_merit_order(GLOBAL const ofr_image *im, placement *p, real *work, choice *x, tally *sum, int s, int w,
                            int extras, real demand) {
  EACH_CHOICE(j) x->left[j] = demand;
  UNROLL_SLOTS for (int tile = 0; tile < CHOICES(im, x); tile += TILE) {
    EACH_OF_TILE(tile, j) {
      EACH_OF_TILE(tile, k) if (k > j) ORDER_PAIR(x->left[j], x->left[k], x->key[j], x->key[k], x->capacity[j], x->capacity[k]);
    }
    EACH_CHOICE(k) {
      if (k < tile + TILE) continue;
      EACH_OF_TILE(tile, j) ORDER_PAIR(x->left[j], x->left[k], x->key[j], x->key[k], x->capacity[j], x->capacity[k]);
    }
    EACH_OF_TILE(tile, j) place_slot(im, p, work, x, sum, s, w, extras, j, x->left[j], x->capacity[j]);
  }
}
#else
/* Slots of no capacity fill the last tile up. */
FN void fill_in_merit_order(GLOBAL const ofr_image *im, placement *p, real *work, choice *x, tally *sum, int s, int w,
                            int extras, real demand) {
  int n = x->slots;
  for (int i = n; i % TILE; i++) x->key[i] = x->capacity[i] = R(0.0f);
  for (int j = 0; j < n; j += TILE) {
    real k0 = x->key[j], k1 = x->key[j + 1], k2 = x->key[j + 2], k3 = x->key[j + 3];
    real c0 = x->capacity[j], c1 = x->capacity[j + 1], c2 = x->capacity[j + 2], c3 = x->capacity[j + 3];
    real l0 = demand, l1 = demand, l2 = demand, l3 = demand;
    if (j > 0) {
      l0 = x->left[j];
      l1 = x->left[j + 1];
      l2 = x->left[j + 2];
      l3 = x->left[j + 3];
    }
    ORDER_PAIR(l0, l1, k0, k1, c0, c1);
    ORDER_PAIR(l0, l2, k0, k2, c0, c2);
    ORDER_PAIR(l0, l3, k0, k3, c0, c3);
    ORDER_PAIR(l1, l2, k1, k2, c1, c2);
    ORDER_PAIR(l1, l3, k1, k3, c1, c3);
    ORDER_PAIR(l2, l3, k2, k3, c2, c3);
    for (int k = j + TILE; k < n; k++) {
      real key = x->key[k], capacity = x->capacity[k], left = demand;
      if (j > 0) left = x->left[k];
      ORDER_PAIR(l0, left, k0, key, c0, capacity);
      ORDER_PAIR(l1, left, k1, key, c1, capacity);
      ORDER_PAIR(l2, left, k2, key, c2, capacity);
      ORDER_PAIR(l3, left, k3, key, c3, capacity);
      x->left[k] = left;
    }
    place_slot(im, p, work, x, sum, s, w, extras, j, l0, c0);
    if (j + 1 < n) place_slot(im, p, work, x, sum, s, w, extras, j + 1, l1, c1);
    if (j + 2 < n) place_slot(im, p, work, x, sum, s, w, extras, j + 2, l2, c2);
    if (j + 3 < n) place_slot(im, p, work, x, sum, s, w, extras, j + 3, l3, c3);
  }
}
#endif
#endif
