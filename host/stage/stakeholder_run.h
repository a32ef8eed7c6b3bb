/* A run as its stakeholders see it: every strategy as it is and, where the plan plays a failure of the anchor through, once
 * more under it, in one launch. */
#ifndef OFR_STAKEHOLDER_RUN_H
#define OFR_STAKEHOLDER_RUN_H
#include "simulate.h"

/* As ofr_simulate, with result->stakeholders when the plan names any. */
offramp_status ofr_simulate_for_stakeholders(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena,
                                             ofr_result **result, offramp_error *error);
/* Before and after, for who simulates plans in waves: the plan to be simulated, which is `plan` itself where that names nobody,
 * NULL when out of memory; and what becomes of its result. */
const ofr_plan *ofr_plan_for_stakeholders(const ofr_plan *plan, ofr_arena *arena);
offramp_status ofr_result_for_stakeholders(ofr_result *result, const ofr_plan *plan, ofr_arena *arena, offramp_error *error);
#endif
