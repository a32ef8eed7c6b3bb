/* The digest of a result: SHA-256 over its integers, so that two runs can be told to have found the same by comparing one
 * line. Doubles stay out: they follow from the integers. What went into the run is the plan's digest.
 *
 * In order; a number is eight bytes, least significant first (a 128-bit one its low half, then its high half), a text is its
 * length and its bytes. Of weighted paths, counts and sums are times weight:
 *
 *   "offramp results 1", paths, seed, band_paths, months, metric_count, band_count, strategy_count, comparison_count
 *   each metric: group, subject, name, unit, low_is_worse
 *   each strategy: its name, clamped_path_months,
 *     each metric: the integers of ofr_distribution in the order of their declaration
 *     each exit, each month: the paths in which it is taken then
 *     each band: name, provider, sum_shift, each month: sum, count (of paths behind it), its quantiles in
 *       rising order of level
 *   each comparison: a, b, count, a_wins, b_wins, sum, square_sum, cash_sum, unmet_sum
 *   clamped_path_months
 *   where the plan names stakeholders: "stakeholders", absorption_count, difference_count,
 *     each absorption: contract, amount, the integers of absorbed, missing, first_behind, last_behind
 *     each strategy: majority, each failure: metric, the integers of ofr_distribution, negative
 *   of weighted paths then also: "weights", each strategy's metrics' weight_squares, each comparison's weight_squares */
#ifndef OFR_DIGEST_H
#define OFR_DIGEST_H
#include "result.h"
#include "valuation.h"

void ofr_result_digest(const ofr_result *result, char hex[65]);

/* The same of a valuation:
 *
 *   "offramp values 1", paths, seed, metric_count, difference_count, clause_count
 *   each metric, as above
 *   each clause: the names of its strategy and its contract,
 *     each metric with it, each metric without it: the integers of ofr_distribution
 *     each difference: metric, the integers of ofr_distribution, negative
 *   clamped_path_months */
void ofr_valuation_digest(const ofr_valuation *valuation, char hex[65]);
#endif
