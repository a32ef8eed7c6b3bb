/* The formats by name: see report.h. */
#include "report.h"
#include <string.h>

const ofr_report_format ofr_report_formats[OFR_REPORT_FORMATS] = {
    {"text", ofr_run_text, ofr_explain_text, ofr_value_text, ofr_optimize_text, ofr_bound_text},
    {"json", ofr_run_json, ofr_explain_json, ofr_value_json, ofr_optimize_json, ofr_bound_json},
    {"csv", ofr_run_csv, ofr_explain_csv, ofr_value_csv, ofr_optimize_csv, ofr_bound_csv},
    {"markdown", ofr_run_markdown, ofr_explain_markdown, ofr_value_markdown, ofr_optimize_markdown, ofr_bound_markdown},
};

const ofr_report_format *ofr_report_format_find(const char *name) {
  for (int i = 0; i < OFR_REPORT_FORMATS; i++)
    if (strcmp(ofr_report_formats[i].name, name) == 0) return &ofr_report_formats[i];
  return NULL;
}

ofr_report_options ofr_report_defaults(void) {
  return (ofr_report_options){.width = 100, .detail = OFR_DETAIL_FULL, .strategy = -1, .last_month = -1};
}
