/* What the bound of a bundle of paths works on: the months' weather, kept; each month's basis; and a column of the programme for
 * each month and round. Sized by the plan, carved from one block.
 *
 * On a GPU the blocks of a group's work-items are interleaved, so that neighbours read side by side: element i of an array lies at
 * AT(i), of a list by lane at LANE_AT(i, lane). */
#ifndef OFR_BOUND_SPACE_H
#define OFR_BOUND_SPACE_H

#ifndef STEP              /* from an array's element to the next: work-items whose blocks are interleaved */
#define STEP              1
#define SPACE_FROM(block, bytes) ((block) ? (block) + (bytes) : NULL)
#else
#define SPACE_FROM(block, bytes) ((block) + (bytes))
#endif
#ifndef FN_BOUND          /* a function that a compiler may call or copy as it likes */
#define FN_BOUND          static
#endif
#ifndef FN_PHASE          /* one that is called once in a round or a path */
#define FN_PHASE          FN_BOUND
#endif
#define AT(i)             ((i) * STEP)
#define LANE_AT(i, lane)  (((i) * LANES + (lane)) * STEP)
#define MONTHS(x)         DIM((x)->im, months)
#define WORKLOADS(x)      DIM((x)->im, workloads)
#define SLOTS(x)          DIM((x)->im, slots)
#define COMMITMENTS(x)    DIM((x)->im, commitments)
#define EXCLUSIVITIES(x)  DIM((x)->im, exclusivities)
#define MONTH_ROOM(im)    ((DIM(im, months) + 7) / 8 * 8) /* for as many doubles side by side as there may be */
#define KEYS_IN_A_WORD    4
enum { LOOK_TOGETHER = 24 }; /* months in which a gain is looked for together: whole DOUBLES */
#define KEY_WORDS(im)     ((DIM(im, slots) + KEYS_IN_A_WORD - 1) / KEYS_IN_A_WORD)

typedef struct space {
  GLOBAL const ofr_image *im;
  GLOBAL const ofr_bound_set *set;
  GLOBAL const ofr_bound_window *window;
  int windows, scale, nested;       /* nested: some provider has two commitments: a charge may count under another */
  /* weather, by month */
  GLOBAL real *demand, *room;       /* [months x workloads], [months x slots] */
  GLOBAL word *price;               /* [months x slots]: nominal money quanta an accelerator work unit, x 2^its shift */
  GLOBAL real *list, *least;        /* [months x slots], for first refusals: marginal prices at no discount and at the largest */
  GLOBAL mask *closed;              /* [months x commitments] */
  GLOBAL mask *binds;               /* [months x exclusivities]: in force and neither void nor suspended */
  GLOBAL wide *rest_low;            /* [months x slots]: the least share of the list price that a discount leaves, FRACTION_BITS */
  GLOBAL int64 *standing;           /* [LANES]: fees less grants, today */
  GLOBAL int64 *units;              /* [LANES]: what the proof allows for hours that are whole work units */
  GLOBAL int64 *flags;              /* [LANES], for a moment */
  GLOBAL uint32 *picked;            /* [LANES], likewise */
  GLOBAL int *window_at, *row;      /* [months x commitments]: the window that counts, or -1; [.. x LANES]: unless closed */
  /* the basis of each month's problem, the prices of work that it comes to, [months x workloads], and of windows at which it was
   * sought, [months x commitments]; the lanes in which it is not at its best yet, [months] */
  GLOBAL real *rent;
  GLOBAL word *sought;
  GLOBAL mask *open;
  GLOBAL word *key, *who, *slot;
  GLOBAL real *amounts, *limits, *column, *inverse;
  /* of the round: */
  GLOBAL int64 *cost;               /* [months x LANES], today; -1 where the month is what it was the round before */
  GLOBAL int64 *spend;              /* [months x commitments x LANES], counted, nominal */
  /* by round */
  GLOBAL word *kept_key, *kept_who; /* [rounds x months x KEY_WORDS], eight bits each; [.. workloads]: who, and slot x 256 */
  GLOBAL real *kept_amount;
  GLOBAL float *share;              /* [months x rounds x LANES]: of the placement that is carried out in the end */
  /* by lane: its programme, see bound_master.h */
  GLOBAL double *solution;          /* [LANES x (rounds + 1) x (1 + commitments) x MONTH_ROOM] */
  GLOBAL double *price_at;          /* [LANES x commitments x MONTH_ROOM] */
  GLOBAL int *under;                /* [LANES x commitments x MONTH_ROOM] */
  GLOBAL int *rows, *next, *clock, *listed; /* [LANES] */
  GLOBAL double *gains;             /* [LANES x LOOK_TOGETHER] */
  GLOBAL int *checked, *moved;      /* [LANES x months], [LANES x windows] */
  GLOBAL double *unit, *base, *objective; /* [LANES] */
  /* by window and lane */
  GLOBAL int64 *amount, *relief, *fixed; /* [windows x LANES]; fixed: counted whatever is placed */
  GLOBAL int *live;                 /* [windows x LANES]: a shortfall is charged */
  GLOBAL uint32 *lambda;            /* [rounds x windows x LANES], FRACTION_BITS */
  GLOBAL int *set_key;              /* [LANES x (months + windows)] */
  GLOBAL double *asked, *left, *charge, *defer, *carry, *price_of, *level, *basic_cost; /* [LANES x windows] */
  GLOBAL int *basic_set, *basic_index; /* [LANES x windows] */
  GLOBAL double *counts, *basis_inverse; /* [LANES x windows x windows], the former where charges nest */
  GLOBAL double *entering_column, *entering_rate, *work; /* [windows], [windows], [windows x 2 windows]: for a moment */
} space;

FN_BOUND int nested_in(GLOBAL const ofr_image *im) {
  for (int c = 1; c < DIM(im, commitments); c++)
    for (int d = 0; d < c; d++)
      if (STRUCTURE(im, commitment_provider, c) == STRUCTURE(im, commitment_provider, d)) return 1;
  return 0;
}

/* Lays the arrays out; returns the bytes that they take. `item` is which of STEP work-items this is. */
FN_BOUND uint64 lay_out(space *x, GLOBAL const ofr_image *im, GLOBAL const ofr_bound_set *set, GLOBAL char *block, int item) {
  const int T = DIM(im, months), M = DIM(im, workloads), I = DIM(im, slots), C = DIM(im, commitments), J = OFR_BOUND_ROUNDS;
  const int N = set->windows, P = MONTH_ROOM(im), D = DIM(im, discounts) > 0;
  const int F = DIM(im, refusals) > 0;
  uint64 used = 0;
  x->im = im;
  x->set = set;
  x->window = (GLOBAL const ofr_bound_window *)(set + 1);
  x->windows = N;
  x->scale = set->scale;
  x->nested = nested_in(im);
#define CARVE(field, type, n)                                                                                                  \
  x->field = (GLOBAL type *)SPACE_FROM(block, used * STEP + (uint64)item * sizeof(type));                                       \
  used += ((uint64)(n) * sizeof(type) + 63) / 64 * 64
  CARVE(demand, real, T * M);
  CARVE(room, real, T * I);
  CARVE(price, word, T * I);
  CARVE(list, real, F * T * I);
  CARVE(least, real, F * T * I);
  CARVE(closed, mask, T * C);
  CARVE(binds, mask, T * DIM(im, exclusivities));
  CARVE(rest_low, wide, D * T * I);
  CARVE(standing, int64, LANES);
  CARVE(units, int64, LANES);
  CARVE(flags, int64, LANES);
  CARVE(picked, uint32, LANES);
  CARVE(window_at, int, T * C);
  CARVE(row, int, T * C * LANES);
  CARVE(rent, real, T * M);
  CARVE(sought, word, T * C);
  CARVE(open, mask, T);
  CARVE(key, word, T * I);
  CARVE(who, word, T * M);
  CARVE(slot, word, T * M);
  CARVE(amounts, real, T * M);
  CARVE(limits, real, T * M);
  CARVE(column, real, T * M * M);
  CARVE(inverse, real, T * M * M);
  CARVE(cost, int64, T * LANES);
  CARVE(spend, int64, T * C * LANES);
  CARVE(kept_key, word, J * T * KEY_WORDS(im));
  CARVE(kept_who, word, J * T * M);
  CARVE(kept_amount, real, J * T * M);
  CARVE(share, float, J * T * LANES);
  CARVE(solution, double, LANES * (J + 1) * (1 + C) * P);
  CARVE(price_at, double, LANES * C * P);
  CARVE(under, int, LANES * C * P);
  CARVE(rows, int, LANES);
  CARVE(listed, int, LANES);
  CARVE(gains, double, LANES * LOOK_TOGETHER);
  CARVE(next, int, LANES);
  CARVE(clock, int, LANES);
  CARVE(checked, int, LANES * T);
  CARVE(unit, double, LANES);
  CARVE(base, double, LANES);
  CARVE(objective, double, LANES);
  CARVE(amount, int64, N * LANES);
  CARVE(relief, int64, N * LANES);
  CARVE(fixed, int64, N * LANES);
  CARVE(live, int, N * LANES);
  CARVE(lambda, uint32, J * N * LANES);
  CARVE(moved, int, LANES * N);
  CARVE(set_key, int, LANES * (T + N));
  CARVE(asked, double, LANES * N);
  CARVE(left, double, LANES * N);
  CARVE(charge, double, LANES * N);
  CARVE(defer, double, LANES * N);
  CARVE(carry, double, LANES * N);
  CARVE(price_of, double, LANES * N);
  CARVE(level, double, LANES * N);
  CARVE(basic_cost, double, LANES * N);
  CARVE(basic_set, int, LANES * N);
  CARVE(basic_index, int, LANES * N);
  CARVE(counts, double, (uint64)x->nested * LANES * N * N);
  CARVE(basis_inverse, double, (uint64)LANES * N * N);
  CARVE(entering_column, double, N);
  CARVE(entering_rate, double, N);
  CARVE(work, double, (uint64)2 * N * N);
#undef CARVE
  return used;
}
#endif
