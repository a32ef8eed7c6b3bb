/* A bench in each format, and two of them side by side. */
#ifndef OFR_BENCH_REPORT_H
#define OFR_BENCH_REPORT_H
#include "../reduce/bench_comparison.h"
#include "report.h"

/* `format`: "text", "json", "csv", "markdown". The profile of each row is shown where the first row has one and `profile` is
 * set. */
void ofr_bench_report(const ofr_bench *bench, const char *format, const ofr_report_options *options, bool profile, ofr_text *out);
void ofr_bench_comparison_report(const ofr_bench_comparison *c, const char *format, const ofr_report_options *options,
                                 ofr_text *out);
#endif
