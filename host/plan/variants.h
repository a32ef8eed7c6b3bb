/* Plans made of a plan: the same market, contracts and events, with other strategies, so that what one clause changes is seen
 * on the same futures, in the same quanta, side by side in one launch. */
#ifndef OFR_VARIANTS_H
#define OFR_VARIANTS_H
#include "plan.h"

enum { OFR_MAX_VARIANTS = 32 }; /* what an image holds: MAX_STRATEGIES of device/model.h */

/* A strategy of a plan, changed. */
typedef struct ofr_variant {
  int strategy;
  int without; /* a contract that it does not sign, nor any exit from it; or -1 */
} ofr_variant;

/* The plan with `count` variants, in that order, for its strategies. In `arena`, sharing all else with `plan`, which must
 * outlive it. NULL when out of memory. */
ofr_plan *ofr_plan_variants(const ofr_plan *plan, const ofr_variant *variants, int count, ofr_arena *arena);
#endif
