/* A run as its stakeholders see it: every strategy as it is and, where the plan plays a failure of the anchor through, once
 * more under it, in one launch. */
#ifndef OFR_STAKEHOLDER_RUN_H
#define OFR_STAKEHOLDER_RUN_H
#include "simulate.h"

/* As ofr_simulate, with result->stakeholders when the plan names any. */
offramp_status ofr_simulate_for_stakeholders(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena,
                                             ofr_result **result, offramp_error *error);
/* As ofr_simulate_together, of OFR_MOST_TOGETHER plans at most. */
offramp_status ofr_simulate_together_for_stakeholders(const ofr_plan *const *plans, ofr_arena *const *arenas, int count,
                                                      const ofr_run_options *options, ofr_result **results, offramp_error *error);
#endif
