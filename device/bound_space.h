/* What the bound of a bundle of paths works on: the months' weather, kept; each month's basis; and a column of the programme for
 * each month and round. Sized by the plan, carved from one block. */
#ifndef OFR_BOUND_SPACE_H
#define OFR_BOUND_SPACE_H

typedef struct space space;

enum { SHORTFALL = -1, EXCESS = -2, MASTER_PIVOTS = 2000 };
#define MASTER_NOISE 1e-10 /* of a month's mean cost */

/* Set >= 0: a set's column, `index` in it; else a single one of window `index`. */
typedef struct chosen { int set, index; double level; } chosen;

typedef struct master {
  const space *x;
  int lane, columns;                   /* solutions of a month so far */
  double *solution;                    /* [months x (1 + commitments) x rounds]: cost, then what counts */
  int *under;                          /* [months x commitments]: the window that counts it, or -1 */
  int next;                            /* the month at which the search for a gain goes on */
  double unit;                         /* money quanta in one unit of money here */
  double asked[OFR_BOUND_WINDOWS];     /* less what counts anyway */
  double left[OFR_BOUND_WINDOWS], base; /* what the sets' keys leave of it; what they cost */
  double charge[OFR_BOUND_WINDOWS];    /* of a short unit, today */
  double defer[OFR_BOUND_WINDOWS], carry[OFR_BOUND_WINDOWS];
  double counts[OFR_BOUND_WINDOWS][OFR_BOUND_WINDOWS]; /* [window][later]: what a short unit counts under a later one */
  int key[480 + OFR_BOUND_WINDOWS];    /* of a set */
  chosen basic[OFR_BOUND_WINDOWS];
  double inverse[OFR_BOUND_WINDOWS][OFR_BOUND_WINDOWS], price[OFR_BOUND_WINDOWS];
  double objective;
} master;

struct space {
  const ofr_image *im;
  const ofr_bound_set *set;
  int months, workloads, slots, commitments, exclusivities, windows;
  int scale;                 /* rates are money quanta a work unit, x 2^scale */
  int speed_shift;
  uint32 most_price;         /* a window's price stays at or below it, FRACTION_BITS */
  /* weather, by month */
  real *demand, *room;       /* [months x workloads], [months x slots] */
  word *price;               /* [months x slots]: nominal money quanta an accelerator work unit, x 2^its shift */
  mask *closed;              /* [months x commitments] */
  mask *binds;               /* [months x exclusivities]: in force and neither void nor suspended */
  wide *rest_low, *rest_high; /* [months x slots]: the share of the list price that a discount leaves, FRACTION_BITS */
  /* by window and lane */
  int64 *amount, *relief, *fixed; /* [windows x LANES]; fixed: counted whatever is placed */
  int *live;                 /* [windows x LANES]: a shortfall is charged */
  int64 *constant;           /* [LANES]: fees less grants, today */
  int *row;                  /* [months x commitments x LANES]: the window that counts, or -1 */
  /* the basis of each month's problem */
  word *key, *who, *slot;
  real *amounts, *limits, *column, *inverse;
  /* by round */
  int64 *cost;               /* [rounds x months x LANES], today */
  int64 *spend;              /* [rounds x months x commitments x LANES], counted, nominal */
  int64 *proof;              /* [months x LANES]: a month's part of the lower bound, this round */
  word *kept_key, *kept_who, *kept_slot; /* [rounds x months x slots], [.. workloads] twice */
  real *kept_amount;
  uint32 *lambda;            /* [rounds x windows x LANES], FRACTION_BITS */
  float *share;              /* [months x rounds x LANES]: of the placement that is carried out in the end */
  master *masters;           /* [LANES] */
  double *solutions;         /* [LANES x months x (1 + commitments) x rounds] */
  int *unders;               /* [LANES x months x commitments] */
};

/* The next n things of `size` bytes of the block; only counted where there is no block yet. */
static void *carve(char **at, size_t *used, size_t n, size_t size) {
  size_t bytes = (n * size + 63) / 64 * 64;
  void *here = *at ? *at + *used : NULL;
  *used += bytes;
  return here;
}

/* Lays the arrays out; returns the bytes they take. */
static size_t lay_out(space *x, const ofr_image *im, const ofr_bound_set *set, char *block) {
  size_t used = 0, T = (size_t)im->months, W = (size_t)im->workloads, I = (size_t)im->slots, C = (size_t)im->commitments;
  size_t X = (size_t)im->exclusivities, N = (size_t)set->windows, J = OFR_BOUND_ROUNDS;
  *x = (space){.im = im, .set = set, .months = im->months, .workloads = im->workloads, .slots = im->slots,
               .commitments = im->commitments, .exclusivities = im->exclusivities, .windows = set->windows};
#define CARVE(field, n) x->field = carve(&block, &used, (n), sizeof *x->field)
  CARVE(demand, T * W);
  CARVE(room, T * I);
  CARVE(price, T * I);
  CARVE(closed, T * C);
  CARVE(binds, T * X);
  CARVE(rest_low, T * I);
  CARVE(rest_high, T * I);
  CARVE(amount, N * LANES);
  CARVE(relief, N * LANES);
  CARVE(fixed, N * LANES);
  CARVE(live, N * LANES);
  CARVE(constant, LANES);
  CARVE(row, T * C * LANES);
  CARVE(key, T * I);
  CARVE(who, T * W);
  CARVE(slot, T * W);
  CARVE(amounts, T * W);
  CARVE(limits, T * W);
  CARVE(column, T * W * W);
  CARVE(inverse, T * W * W);
  CARVE(cost, J * T * LANES);
  CARVE(spend, J * T * C * LANES);
  CARVE(proof, T * LANES);
  CARVE(kept_key, J * T * I);
  CARVE(kept_who, J * T * W);
  CARVE(kept_slot, J * T * W);
  CARVE(kept_amount, J * T * W);
  CARVE(lambda, J * N * LANES);
  CARVE(share, J * T * LANES);
  CARVE(masters, LANES);
  CARVE(solutions, LANES * T * J * (1 + C));
  CARVE(unders, LANES * T * C);
#undef CARVE
  return used;
}
#endif
