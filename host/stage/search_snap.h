/* Candidates in round numbers: whole multiples of the steps below which nothing matters. */
#ifndef OFR_SEARCH_SNAP_H
#define OFR_SEARCH_SNAP_H
#include "search.h"

/* The nearest whole multiple of variable i's step, within its limits. */
double ofr_search_multiple(const ofr_search *search, int i, double value);
/* All of them; where constraints do not allow the nearest multiples, others nearby, or `values` stay as they are. */
void ofr_search_snap(const ofr_search *search, double *values);
#endif
