/* Monthly bands and calendar years of a series over paths: quantiles of the first paths, whose months are all stored, and
 * means of all paths, of which only monthly sums are. */
#ifndef OFR_BANDS_H
#define OFR_BANDS_H
#include "../base/arena.h"
#include "../base/crew.h"
#include "result.h"

/* One series of one strategy. */
typedef struct ofr_monthly {
  ofr_band *band;        /* all but `quantile` is set before */
  const int64_t *values; /* [months x paths], path fastest: a month's values lie together. OFR_MISSING where undefined */
  bool ratio;            /* months do not add up (price paid): its years are NAN */
  ofr_year *years;       /* out: [ofr_year_count] */
  const uint64_t *weights; /* [paths]; NULL: all alike */
} ofr_monthly;

/* Calendar years that the horizon touches; the first and last may be partial. */
int ofr_year_count(const ofr_plan *plan);

/* Fills the bands' quantiles (in the arena) and the years of `count` series, from the months of the first `paths` paths and
 * the sums over all `all_paths` (of weighted ones: their weight); years are in band->year_scale. A month's quantiles are of
 * those values that are not missing, 0 where all are. A path's sum over a year must stay below 2^62, as every path's whole
 * total does. The same for any crew. False when out of memory. */
bool ofr_bands_fill(ofr_crew *crew, const ofr_plan *plan, const ofr_monthly *series, int count, int paths, uint64_t all_paths,
                    ofr_arena *arena);
#endif
