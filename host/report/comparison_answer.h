/* Two results in sentences: what moved most and how much else did, and what there is to know before it is believed. */
#ifndef OFR_COMPARISON_ANSWER_H
#define OFR_COMPARISON_ANSWER_H
#include "../reduce/result_comparison.h"
#include "page.h"

/* "revenue of azure": without its strategy, and not escaped. */
void ofr_figure_name(ofr_text *out, const ofr_figure *figure);
void ofr_comparison_answer(const ofr_result_comparison *c, ofr_page *page);
#endif
