/* Choosing sizes: `optimize`. The sizes are sought on the plan's own futures, from few of them to all; proven on fresh ones. */
#ifndef OFR_OPTIMIZE_H
#define OFR_OPTIMIZE_H
#include "../reduce/optimum.h"
#include "simulate.h"

/* The plan must have a sizing, and outlive the optimum, which lives in `arena`. Interrupted after the first launch it gives
 * what is best so far, with is_partial; before that OFFRAMP_INTERRUPTED. Progress comes as notes. */
offramp_status ofr_optimize(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_optimum **optimum,
                            offramp_error *error);
#endif
