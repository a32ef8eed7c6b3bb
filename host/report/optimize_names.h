/* What the reports of an optimum call things. */
#ifndef OFR_OPTIMIZE_NAMES_H
#define OFR_OPTIMIZE_NAMES_H
#include "../base/text.h"
#include "../reduce/optimum.h"

/* "block", "azure-floor from 2026-07", "block, /points/1/1": the contract, and which of its numbers where it has several. */
void ofr_variable_name(ofr_text *out, const ofr_plan *plan, const ofr_variable *variable);
/* "cvar95", "cvar97.5" */
void ofr_tail_name(ofr_text *out, double alpha);
#endif
