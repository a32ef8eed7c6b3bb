/* What the certified bound found: for each strategy the least that its contracts could have cost, proved and attained. Filled by
 * stage/, read by report/; arrays live in the result's arena. */
#ifndef OFR_BOUND_RESULT_H
#define OFR_BOUND_RESULT_H
#include "result.h"

/* Clauses that the programme does not hold as they are: it takes them at their best for the buyer. */
enum {
  OFR_RELAXED_MAX_SHARE = 1,
  OFR_RELAXED_PROVIDERS = 2,
  OFR_RELAXED_OVERFLOW = 4,
  OFR_RELAXED_DISCOUNT = 8,
  OFR_RELAXED_GRANT = 16,
  OFR_RELAXED_CREDIT = 32,
  OFR_RELAXED_EXIT = 64,
  OFR_RELAXED_REFUSAL = 128,
  OFR_RELAXED_KINDS = 8
};
extern const char *const ofr_relaxed_names[OFR_RELAXED_KINDS]; /* "max_share", ... in the order of the bits */

typedef struct ofr_bound_strategy {
  ofr_distribution lower, upper, regret;      /* $ today */
  ofr_slice_means lower_slices, regret_slices;
  /* relative to lower: of upper; of the same programme with accelerators split; of that without what the books' whole hours make */
  ofr_distribution gap, fractional_gap, beyond_quantum;
  double closed;                              /* the share of futures in which the last is at most 1e-6 */
  unsigned relaxed;
  int set;                                    /* strategies of one set have one bound */
} ofr_bound_strategy;

typedef struct ofr_bound_result {
  const ofr_plan *plan;
  uint64_t paths;
  double money_quantum;
  ofr_metric money, ratio;                    /* how the distributions are to be read */
  ofr_bound_strategy *strategies;             /* [plan->strategy_count] */
  /* by path: [sets][paths] and [strategies][paths], money quanta */
  int sets;
  const int64_t *lower, *upper, *fractional, *rounding, *total;
  double mean_rounds;                         /* solutions of all months that a path took */
  char digest[65];                            /* SHA-256 over lower, upper and total of every path */
  ofr_engine_facts engine;
} ofr_bound_result;
#endif
