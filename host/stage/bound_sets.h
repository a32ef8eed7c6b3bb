/* Contract sets of a plan: which strategies share one, and its commitments' windows in the order in which they settle. */
#ifndef OFR_BOUND_SETS_H
#define OFR_BOUND_SETS_H
#include <offramp/offramp.h>
#include "../plan/image.h"
#include "../../device/bound_c.h"

typedef struct ofr_bound_sets {
  int count;
  ofr_bound_set *set[OFR_MAX_STRATEGIES];
  int of_strategy[OFR_MAX_STRATEGIES];
} ofr_bound_sets;

/* OFFRAMP_ERR_PLAN for a set that the bound does not cover: the error names the clause. */
offramp_status ofr_bound_sets_of(const ofr_plan *plan, const ofr_image *image, ofr_bound_sets *sets, offramp_error *error);
void ofr_bound_sets_free(ofr_bound_sets *sets);

/* OFR_RELAXED_... of what a strategy signs and how it places. */
unsigned ofr_bound_relaxes(const ofr_plan *plan, int strategy);
#endif
