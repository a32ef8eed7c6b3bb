/* What a device found, held against the CPU. */
#ifndef OFR_BOUND_CHECK_H
#define OFR_BOUND_CHECK_H
#include "bound_sets.h"

typedef struct ofr_bound_check {
  const ofr_plan *plan;
  const ofr_staged *staged;
  const ofr_bound_sets *sets;
  const int64_t *lower, *upper, *fractional, *rounding; /* [sets][paths], as the device found them */
  int count;                                 /* paths that are done again, at most */
} ofr_bound_check;

/* OFFRAMP_ERR_MISMATCH names a path in which some bit differs. */
offramp_status ofr_bound_cross_check(const ofr_bound_check *check, offramp_error *error);
#endif
