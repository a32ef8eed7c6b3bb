/* A comparison as one table: every figure of both results, moved or not. A value that is not there leaves its
 * field empty, and so does the point of what is no store. */
#include "comparison_report.h"
#include <math.h>

static void number(ofr_text *out, double value) {
  ofr_text_add(out, ",");
  if (isfinite(value)) ofr_text_number(out, value);
}

void ofr_comparison_csv(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out) {
  (void)options;
  ofr_text_add(out, "point,strategy,group,subject,metric,a,a_se,b,b_se,difference,se,relative,verdict,paired\n");
  for (int i = 0; i < c->count; i++) {
    const ofr_figure_pair *p = &c->pairs[i];
    const double numbers[] = {p->a.mean, p->a.se, p->b.mean, p->b.se, p->difference, p->se, p->relative};
    ofr_text_csv_string(out, p->figure->point);
    ofr_text_add(out, ",");
    ofr_text_csv_string(out, p->figure->strategy);
    ofr_text_printf(out, ",%s,", ofr_figure_group_names[p->figure->group]);
    ofr_text_csv_string(out, p->figure->subject);
    ofr_text_add(out, ",");
    ofr_text_csv_string(out, p->figure->metric);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) number(out, numbers[k]);
    ofr_text_printf(out, ",%s,%s\n", ofr_move_names[p->move], p->paired ? "true" : "false");
  }
}
