/* Planes that are thought to lie below a function of sizes, each known from a value and slopes at a point (Kelley 1960), and
 * where they are least. Points are in shares of each variable's range, 0..1. A plane that a value contradicts is shifted down,
 * for the function need not be convex. */
#ifndef OFR_SEARCH_CUTS_H
#define OFR_SEARCH_CUTS_H
#include "../plan/sizing.h"

enum { OFR_MOST_CUTS = 64 }; /* the newest; older ones are forgotten */

typedef struct ofr_cut {
  double at[OFR_MAX_VARIABLES], value, slope[OFR_MAX_VARIABLES];
} ofr_cut;

/* All zeros but `n` is a set without cuts. */
typedef struct ofr_cuts {
  int n; /* variables */
  int count, next;
  ofr_cut cut[OFR_MOST_CUTS];
} ofr_cuts;

void ofr_cuts_add(ofr_cuts *cuts, const double *at, double value, const double *slope);
/* The function has this value at this point: no cut may be above. */
void ofr_cuts_lower(ofr_cuts *cuts, const double *at, double value);
/* Where the highest of the cuts is least within `radius` of `centre`, within 0..1 and the sizing's constraints, and how low
 * that is. False when there is no such point, or no memory. */
bool ofr_cuts_least(const ofr_cuts *cuts, const ofr_sizing *sizing, const double *centre, double radius, double *share,
                    double *value);
#endif
