/* What a run says, in sentences: which strategy is cheapest and how sure that is, what becomes of each promise, how much work
 * goes unserved, how bad it can get. Every claim is one the numbers bear: what lies within the noise is said to. */
#ifndef OFR_ANSWER_H
#define OFR_ANSWER_H
#include "page.h"
#include "statistics.h"

/* Strategies by mean total cost, the cheapest first. */
void ofr_rank(const ofr_result *result, int order[OFR_MAX_STRATEGIES]);
/* Whether the difference is too small to be believed: below two standard errors. */
bool ofr_within_noise(const ofr_comparison *c);

/* "in 4 % of futures", "in none of 1,000 futures", "in all 1,000 futures" */
void ofr_answer_share_of_futures(ofr_page *page, uint64_t paths, double share);
void ofr_answer(const ofr_result *result, ofr_page *page);
#endif
