/* What each clause is worth, in sentences: what it costs or saves the buyer and mostly in what, how often it pays off, who
 * earns by it. And where in a valuation a difference is found. */
#ifndef OFR_VALUE_ANSWER_H
#define OFR_VALUE_ANSWER_H
#include "../reduce/valuation.h"
#include "page.h"

/* The difference of a clause; NULL when the valuation has no such metric. `subject` matters outside OFR_GROUP_METRIC only. */
const ofr_difference *ofr_value_of(const ofr_valuation *v, const ofr_clause *clause, ofr_metric_group group, int subject,
                                   const char *name);
/* Share of futures in which the clause helps whom the metric concerns: who pays less by it, or is paid more. A tie does not. */
double ofr_value_helps(const ofr_valuation *v, const ofr_difference *d);
const char *ofr_contract_type_key(ofr_contract_type type); /* as in a plan: "first_refusal" */

void ofr_value_answer(const ofr_valuation *v, ofr_page *page);
#endif
