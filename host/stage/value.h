/* What each clause is worth: every strategy beside itself without each of its contracts, in as few launches as they fit. */
#ifndef OFR_VALUE_H
#define OFR_VALUE_H
#include "../reduce/valuation.h"
#include "simulate.h"

/* The valuation lives in `arena`, the plan must outlive it. OFFRAMP_ERR_PLAN when no strategy signs a contract. Bands are never
 * made, whatever the options say. */
offramp_status ofr_value_clauses(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena,
                                 ofr_valuation **valuation, offramp_error *error);
#endif
