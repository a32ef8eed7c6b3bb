/* The certified bound of every path under every contract set, on one device: how good any strategy could have been. */
#ifndef OFR_BOUND_PATHS_H
#define OFR_BOUND_PATHS_H
#include "../reduce/bound_result.h"
#include "simulate.h"

/* Options as for a run. With back end `auto` the CPU takes over from a GPU that fails. OFFRAMP_ERR_PLAN names a clause that the bound does not
 * cover; OFFRAMP_ERR_MISMATCH a path whose bound lies above what a strategy cost. */
offramp_status ofr_bound(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_bound_result **result,
                         offramp_error *error);
#endif
