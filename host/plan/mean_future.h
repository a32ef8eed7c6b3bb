/* The future of a spreadsheet: every curve as it is written, nothing drawn, nothing happens. */
#ifndef OFR_MEAN_FUTURE_H
#define OFR_MEAN_FUTURE_H
#include "plan.h"

/* The plan without loadings and events, each delivery late by its mean delay, rounded to months, each first refusal taken up
 * always or never, as is likelier. Shares what does not change;
 * `plan` must outlive it. NULL when out of memory. */
const ofr_plan *ofr_plan_mean_future(const ofr_plan *plan, ofr_arena *arena);
#endif
