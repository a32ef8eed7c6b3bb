/* What every result of a simulation says of itself, in each format: the plan, the paths, what computed it, how to repeat it. */
#ifndef OFR_FACTS_H
#define OFR_FACTS_H
#include "../reduce/valuation.h"
#include "json_writer.h"
#include "page.h"
#include "report.h"

typedef struct ofr_facts {
  const char *verb; /* "run" */
  const ofr_plan *plan;
  const char *plan_digest, *results_digest;
  uint64_t paths, seed, clamped_path_months;
  int strategies; /* that were placed on every path */
  double accelerator_quantum, money_quantum;
  const ofr_engine_facts *engine;
} ofr_facts;

ofr_facts ofr_facts_of_run(const ofr_result *result);
ofr_facts ofr_facts_of_value(const ofr_valuation *valuation);

/* "offramp" to "quanta". */
void ofr_facts_json(ofr_json_writer *w, const ofr_facts *facts);
/* One row a fact, the name between `before` and `after`: what fills the columns on either side. */
void ofr_facts_csv(ofr_text *out, const ofr_facts *facts, const char *before, const char *after);
/* The section "To repeat it". */
void ofr_facts_page(ofr_page *page, const ofr_facts *facts, const ofr_report_options *options);
/* "100,000 futures": a number and what it counts, held together. */
void ofr_facts_count(ofr_page *page, uint64_t count, const char *what);
/* Items: clamped path-months where there are any, and the quanta. */
void ofr_facts_limits(ofr_page *page, const ofr_facts *facts);
#endif
