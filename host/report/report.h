/* What a run, or one future of it, looks like in each format. Reads results; changes and computes nothing but how they are
 * shown. Where the text goes, and under which name, is the program's business. */
#ifndef OFR_REPORT_H
#define OFR_REPORT_H
#include "../base/text.h"
#include "../reduce/optimum.h"
#include "../reduce/bound_result.h"
#include "../reduce/result.h"
#include "../reduce/trace.h"
#include "../reduce/valuation.h"

typedef enum ofr_report_detail {
  OFR_DETAIL_ANSWER, /* the answer in words and the first table */
  OFR_DETAIL_FULL    /* every table */
} ofr_report_detail;

typedef struct ofr_report_options {
  bool color;               /* ANSI bold and dim; text only. Default false */
  int width;                /* columns of text, at least 60. Default 100 */
  ofr_report_detail detail; /* text and markdown. Default OFR_DETAIL_FULL */
  const char *command;      /* what repeats this, as typed; NULL: made from the plan's file, paths and seed */
  const char *overrides;    /* of it, what changes values of the plan; NULL: nothing does */
  bool each;                /* bound only: every path too. Default false */
  /* explain only */
  int strategy;                /* this one alone; -1 (default) all */
  int first_month, last_month; /* both included; last -1 (default): to the end */
} ofr_report_options;

ofr_report_options ofr_report_defaults(void);

/* Memory that ran out is found in out->failed. */
typedef void (*ofr_run_report)(const ofr_result *result, const ofr_report_options *options, ofr_text *out);
typedef void (*ofr_value_report)(const ofr_valuation *valuation, const ofr_report_options *options, ofr_text *out);
typedef void (*ofr_explain_report)(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out);

typedef void (*ofr_bound_report)(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out);
typedef void (*ofr_optimize_report)(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out);

typedef struct ofr_report_format {
  const char *name;
  ofr_run_report run;
  ofr_explain_report explain;
  ofr_value_report value;
  ofr_optimize_report optimize;
  ofr_bound_report bound;
} ofr_report_format;

enum { OFR_REPORT_FORMATS = 4 };
extern const ofr_report_format ofr_report_formats[OFR_REPORT_FORMATS]; /* text, json, csv, markdown */
const ofr_report_format *ofr_report_format_find(const char *name);     /* NULL when there is none */

void ofr_run_text(const ofr_result *result, const ofr_report_options *options, ofr_text *out);
void ofr_run_json(const ofr_result *result, const ofr_report_options *options, ofr_text *out);
void ofr_run_csv(const ofr_result *result, const ofr_report_options *options, ofr_text *out);
void ofr_run_markdown(const ofr_result *result, const ofr_report_options *options, ofr_text *out);
void ofr_explain_text(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out);
void ofr_explain_json(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out);
void ofr_explain_csv(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out);
void ofr_explain_markdown(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out);
void ofr_optimize_text(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out);
void ofr_optimize_json(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out);
void ofr_optimize_csv(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out);
void ofr_optimize_markdown(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out);
void ofr_bound_text(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out);
void ofr_bound_json(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out);
void ofr_bound_csv(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out);
void ofr_bound_markdown(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out);
void ofr_value_text(const ofr_valuation *valuation, const ofr_report_options *options, ofr_text *out);
void ofr_value_json(const ofr_valuation *valuation, const ofr_report_options *options, ofr_text *out);
void ofr_value_csv(const ofr_valuation *valuation, const ofr_report_options *options, ofr_text *out);
void ofr_value_markdown(const ofr_valuation *valuation, const ofr_report_options *options, ofr_text *out);
#endif
