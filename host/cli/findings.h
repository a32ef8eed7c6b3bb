/* What is to be said about a plan: its diagnostics, as lines for people or as the result of `check` in each format. */
#ifndef OFR_FINDINGS_H
#define OFR_FINDINGS_H
#include <stdbool.h>
#include "../base/text.h"
#include "options.h"

/* "plan.json:14: error: /pools/0/provider: there is no ..." and what would be right on the next line. `warnings` false leaves
 * them out. */
void findings_lines(const offramp_plan *plan, bool warnings, bool color, ofr_text *out);
size_t findings_count(const offramp_plan *plan, bool errors); /* of the errors, else of the warnings */
/* The result of `check` in o->format. */
void findings_report(const options *o, const offramp_plan *plan, bool color, ofr_text *out);
#endif
