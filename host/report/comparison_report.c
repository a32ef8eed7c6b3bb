/* The formats by name: see comparison_report.h. */
#include "comparison_report.h"
#include <string.h>

const char *const ofr_move_names[] = {
    [OFR_STAYED] = "SAME", [OFR_ROSE] = "ROSE", [OFR_FELL] = "FELL", [OFR_GONE] = "GONE", [OFR_NEW] = "NEW"};

ofr_comparison_report ofr_comparison_report_find(const char *format) {
  static const struct {
    const char *name;
    ofr_comparison_report report;
  } formats[] = {{"text", ofr_comparison_text},
                 {"markdown", ofr_comparison_markdown},
                 {"json", ofr_comparison_json},
                 {"csv", ofr_comparison_csv}};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (!strcmp(format, formats[i].name)) return formats[i].report;
  return NULL;
}
