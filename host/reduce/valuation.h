/* What each clause of each strategy is worth: the strategy as it is beside the same without one contract, on the same futures.
 * Filled by stage/, read by report/. All of it lives in the arena it was made in. */
#ifndef OFR_VALUATION_H
#define OFR_VALUATION_H
#include "result.h"

/* One contract under one strategy that signs it. */
typedef struct ofr_clause {
  int strategy, contract;                 /* of the plan */
  const ofr_distribution *with, *without; /* [metric_count] */
  const ofr_difference *differences;      /* [difference_count]: with minus without; their strategies are of no meaning here */
} ofr_clause;

typedef struct ofr_valuation {
  const ofr_plan *plan;
  char plan_digest[65], results_digest[65];
  uint64_t paths, seed;
  double accelerator_quantum, money_quantum;
  int metric_count;
  const ofr_metric *metrics;
  int difference_count; /* of each clause; the same metrics in the same order */
  int clause_count;     /* strategies in plan order, each one's contracts in plan order */
  ofr_clause *clauses;
  int variant_count, launches; /* what was placed on every path, strategies as they are included, and in how many launches */
  uint64_t clamped_path_months;
  ofr_engine_facts engine;
} ofr_valuation;
#endif
