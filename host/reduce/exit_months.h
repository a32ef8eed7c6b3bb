/* When exits are taken: of each exit and strategy, in how many paths in which month. */
#ifndef OFR_EXIT_MONTHS_H
#define OFR_EXIT_MONTHS_H
#include <stddef.h>
#include "result.h"

int ofr_exit_count(const ofr_plan *plan);
/* Adds each row's path, or its weight where weights are not NULL, to counts[its month]. What is none of the plan's months, as
 * OFR_MISSING, counts nowhere. */
void ofr_exit_months_add(const ofr_plan *plan, const int64_t *months, const uint64_t *weights, size_t rows, uint64_t *counts);
/* [months of the plan] of an exit; NULL when nobody counted. */
const uint64_t *ofr_exit_months(const ofr_result *result, int strategy, int contract);
#endif
