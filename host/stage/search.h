/* The least of a function of a few sizes within limits and linear constraints, from its values alone. Made for total cost under
 * one set of futures: nearly convex, piecewise smooth with kinks, now and then a small step, because placing work by priority
 * and the pull of promises guarantee no more. Every value comes from a launch of many candidates side by side.
 *
 * refine() goes down from a point. In each round it looks around along the axes, cuts the function off from below by the planes
 * these slopes give (Kelley 1960), shifted down where a value seen already contradicts one, and tries the least of the cuts
 * within trust regions of several sizes, the bottoms of parabolas along the axes, steps along the constraints that bind, and
 * the last step once more. What is best becomes the new centre, or the region shrinks. So it ends, to the given fineness, where
 * no step along an axis or a binding constraint gets lower: for a convex function of one size that is the optimum, for several
 * the cuts do the rest. scan() spreads points evenly first, for there may be several valleys. Nothing is random. */
#ifndef OFR_SEARCH_H
#define OFR_SEARCH_H
#include "../plan/sizing.h"

typedef struct ofr_search {
  const ofr_sizing *sizing;
  const double *step; /* [variables]: differences below this do not matter; candidates are whole multiples where possible */
  int batch;          /* most candidates of a launch, at least 1 */
  /* Fills values[count] from points[count x variables]. False ends the search at once. */
  bool (*evaluate)(void *context, const double *points, int count, double *values);
  void *context;
} ofr_search;

typedef struct ofr_place {
  double at[OFR_MAX_VARIABLES];
  double value;
} ofr_place;

enum { OFR_SCAN_MOST = 320 };

/* Evaluates the ends and the middle of every range and a Halton sequence between them, each moved to where the constraints
 * allow it, and `starts` [start_count x variables] that are allowed as they are. Fills `found` with the best of them that lie
 * apart by a tenth of some range, best first, at most `most`; returns how many. 0 when `evaluate` ended it. */
int ofr_search_scan(const ofr_search *search, const double *starts, int start_count, ofr_place *found, int most);

/* When to stop: once the trust region is below `radius`, a share of the ranges, or below every `step`; or when the cuts promise
 * less than `gain` within it, a share of the value. */
typedef struct ofr_fineness {
  double radius, gain;
} ofr_fineness;

/* From `place`, whose value is known, with a first trust region of `radius`. False when `evaluate` ended it: `place` is the
 * best so far all the same. */
bool ofr_search_refine(const ofr_search *search, ofr_place *place, double radius, ofr_fineness until);
#endif
