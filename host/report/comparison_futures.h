/* Whether two results saw the same futures, and what the noise of their differences is therefore worth, in sentences. */
#ifndef OFR_COMPARISON_FUTURES_H
#define OFR_COMPARISON_FUTURES_H
#include "../reduce/result_comparison.h"
#include "page.h"

/* One item of a list. */
void ofr_comparison_futures(const ofr_result_comparison *c, ofr_page *page);
#endif
