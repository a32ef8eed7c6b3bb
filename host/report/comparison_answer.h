/* Two results in sentences: what moved most and how much else did, and what there is to know before it is believed. */
#ifndef OFR_COMPARISON_ANSWER_H
#define OFR_COMPARISON_ANSWER_H
#include "../reduce/result_comparison.h"
#include "page.h"

/* "revenue of azure": without its strategy, and not escaped. */
void ofr_figure_name(ofr_text *out, const ofr_figure *figure);
/* "macc/windows/0/amount=100000000, seed=2": settings, without the lists that their pointers begin with, and not escaped; the
 * names alone; the values alone. */
void ofr_point_name(ofr_text *out, const char *point);
void ofr_point_axes(ofr_text *out, const char *point);
void ofr_point_values(ofr_text *out, const char *point);
void ofr_comparison_answer(const ofr_result_comparison *c, ofr_page *page);
#endif
