/* Two results side by side, in each format. */
#ifndef OFR_COMPARISON_REPORT_H
#define OFR_COMPARISON_REPORT_H
#include "../reduce/result_comparison.h"
#include "report.h"

typedef void (*ofr_comparison_report)(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out);

/* NULL when there is no such format. Of the options, `color`, `width` and `command` matter. */
ofr_comparison_report ofr_comparison_report_find(const char *format);

void ofr_comparison_text(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out);
void ofr_comparison_markdown(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out);
void ofr_comparison_json(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out);
void ofr_comparison_csv(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out);

extern const char *const ofr_move_names[]; /* "SAME", "ROSE", "FELL", "GONE", "NEW", by ofr_move */
#endif
