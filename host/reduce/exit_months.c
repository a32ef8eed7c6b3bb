#include "exit_months.h"

/* Exits before this contract. */
static int exits_before(const ofr_plan *plan, int contract) {
  int count = 0;
  for (int c = 0; c < contract; c++) count += plan->contracts[c].type == OFR_EXIT;
  return count;
}

int ofr_exit_count(const ofr_plan *plan) { return exits_before(plan, plan->contract_count); }

void ofr_exit_months_add(const ofr_plan *plan, const int64_t *months, const uint64_t *weights, size_t rows, uint64_t *counts) {
  for (size_t i = 0; i < rows; i++)
    if (months[i] >= 0 && months[i] < plan->months) counts[months[i]] += weights ? weights[i] : 1;
}

const uint64_t *ofr_exit_months(const ofr_result *result, int strategy, int contract) {
  const uint64_t *taken = result->strategies[strategy].taken;
  return taken ? taken + (size_t)exits_before(result->plan, contract) * (size_t)result->plan->months : NULL;
}
