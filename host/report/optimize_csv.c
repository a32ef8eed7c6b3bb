/* An optimum as a long table, one number a row, every digit. `of` is what the number is about, `variable` a pointer where it is
 * one size's. */
#include "optimize_constraints.h"
#include "optimize_names.h"
#include "report.h"

static void row(ofr_text *out, const char *of, double weight, const char *variable, const char *name, double value) {
  ofr_text_printf(out, "%s,", of);
  if (weight >= 0) ofr_text_number(out, weight);
  ofr_text_add(out, ",");
  if (variable) ofr_text_csv_string(out, variable);
  ofr_text_printf(out, ",%s,", name);
  ofr_text_number(out, value);
  ofr_text_add(out, "\n");
}

static void estimate(ofr_text *out, const char *of, const char *variable, const char *name, ofr_estimate e) {
  ofr_text se = {0};
  ofr_text_printf(&se, "%s_se", name);
  row(out, of, -1, variable, name, e.mean);
  row(out, of, -1, variable, ofr_text_chars(&se), e.se);
  ofr_text_free(&se);
}

static void cost(ofr_text *out, const char *of, const ofr_optimum *o, const ofr_risk *r) {
  ofr_text tail = {0};
  ofr_tail_name(&tail, o->plan->sizing->alpha);
  row(out, of, -1, NULL, "mean", r->mean);
  row(out, of, -1, NULL, "se", r->mean_se);
  row(out, of, -1, NULL, ofr_text_chars(&tail), r->cvar);
  row(out, of, -1, NULL, "value", r->value);
  row(out, of, -1, NULL, "value_se", r->value_se);
  ofr_text_free(&tail);
}

static void frontier(ofr_text *out, const ofr_optimum *o) {
  const ofr_sizing *s = o->plan->sizing;
  ofr_text tail = {0};
  ofr_tail_name(&tail, s->alpha);
  for (int i = 0; o->has_frontier && i < o->frontier_count; i++) {
    const ofr_frontier_point *p = &o->frontier[i];
    for (int v = 0; v < s->variable_count; v++)
      row(out, "frontier", p->risk_weight, s->variables[v].pointer, "size", p->size[v]);
    row(out, "frontier", p->risk_weight, NULL, "mean", p->mean);
    row(out, "frontier", p->risk_weight, NULL, ofr_text_chars(&tail), p->cvar);
  }
  ofr_text_free(&tail);
}

static void slopes(ofr_text *out, const ofr_optimum *o) {
  for (int v = 0; o->has_slopes && v < o->plan->sizing->variable_count; v++) {
    const char *pointer = o->plan->sizing->variables[v].pointer;
    const ofr_slope *s = &o->slopes[v];
    if (s->has_more) estimate(out, "shadow_price", pointer, "one_more", s->more);
    if (s->has_less) estimate(out, "shadow_price", pointer, "one_less", s->less);
    if (s->has_more_written) estimate(out, "shadow_price", pointer, "one_more_as_written", s->more_written);
  }
}

/* The variable is the constraint, as the plan has it. */
static void constraints(ofr_text *out, const ofr_optimum *o) {
  for (int k = 0; k < o->plan->sizing->constraint_count; k++) {
    const ofr_constraint_view view = ofr_constraint_at(o, k);
    ofr_text pointer = {0};
    ofr_text_printf(&pointer, "/optimize/constraints/%d", k);
    row(out, "constraint", -1, ofr_text_chars(&pointer), "sum", view.sum);
    if (view.has_price) estimate(out, "constraint", ofr_text_chars(&pointer), "shadow_price", view.price);
    ofr_text_free(&pointer);
  }
}

void ofr_optimize_csv(const ofr_optimum *o, const ofr_report_options *options, ofr_text *out) {
  const ofr_sizing *s = o->plan->sizing;
  (void)options;
  ofr_text_add(out, "of,risk_weight,variable,name,value\n");
  for (int v = 0; v < s->variable_count; v++) row(out, "optimum", -1, s->variables[v].pointer, "size", o->size[v]);
  cost(out, "optimum", o, &o->cost);
  for (int v = 0; v < s->variable_count; v++)
    row(out, "as_written", -1, s->variables[v].pointer, "size", s->variables[v].written);
  if (o->has_written) cost(out, "as_written", o, &o->written);
  if (o->has_written) estimate(out, "as_written", NULL, "saving", o->saving);
  if (o->has_gap) row(out, "gap", -1, NULL, "estimate", o->gap);
  if (o->has_gap) row(out, "gap", -1, NULL, "upper95", o->gap_upper95);
  frontier(out, o);
  slopes(out, o);
  constraints(out, o);
  for (int v = 0; o->has_mean_sizes && v < s->variable_count; v++)
    row(out, "stochastic_solution", -1, s->variables[v].pointer, "size_of_means", o->mean_size[v]);
  if (o->has_mean_sizes) estimate(out, "stochastic_solution", NULL, "worth", o->mean_size_loss);
  if (o->has_foresight) estimate(out, "perfect_information", NULL, "of_sizes_at_least", o->foresight);
  if (o->has_information) estimate(out, "perfect_information", NULL, "worth", o->information);
  row(out, "search", -1, NULL, "paths", (double)o->paths);
  row(out, "search", -1, NULL, "evaluations", (double)o->evaluations);
  row(out, "search", -1, NULL, "interrupted", o->is_partial);
}
