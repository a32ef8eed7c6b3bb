/* What clauses are worth, for programs: every number of the valuation. */
#include "facts.h"
#include "statistics.h"
#include "value_answer.h"

static void write_difference(ofr_json_writer *w, const char *key, const ofr_valuation *v, const ofr_difference *d) {
  double count = d->values.count > 0 ? (double)d->values.count : 1;
  ofr_json_object(w, key, OFR_JSON_FLAT);
  for (int i = 0; i < OFR_STATISTICS; i++)
    ofr_statistic_write(ofr_json_value(w, ofr_statistic_names[i]), &v->metrics[d->metric], &d->values, i);
  ofr_json_number(w, "helps", ofr_value_helps(v, d));
  ofr_json_number(w, "above", (double)d->values.positive / count);
  ofr_json_number(w, "below", (double)d->negative / count);
  ofr_json_end(w);
}

static void write_means(ofr_json_writer *w, const char *key, const ofr_valuation *v, const ofr_distribution *metrics) {
  ofr_json_object(w, key, OFR_JSON_FLAT);
  for (int i = 0; i < v->metric_count; i++) {
    if (v->metrics[i].group != OFR_GROUP_METRIC) continue;
    ofr_statistic_write(ofr_json_value(w, v->metrics[i].name), &v->metrics[i], &metrics[i], 0);
  }
  ofr_json_end(w);
}

static void write_group(ofr_json_writer *w, const char *key, const ofr_valuation *v, const ofr_clause *c,
                        ofr_metric_group group) {
  ofr_json_object(w, key, OFR_JSON_LINES);
  for (int i = 0; i < v->difference_count; i++) {
    const ofr_metric *m = &v->metrics[c->differences[i].metric];
    if (m->group != group) continue;
    const char *subject = group == OFR_GROUP_PROVIDER   ? v->plan->providers[m->subject].name
                          : group == OFR_GROUP_WORKLOAD ? v->plan->workloads[m->subject].name
                                                        : NULL;
    if (subject != NULL) ofr_json_object(w, subject, OFR_JSON_LINES);
    write_difference(w, m->name, v, &c->differences[i]);
    if (subject != NULL) ofr_json_end(w);
  }
  ofr_json_end(w);
}

static void write_clause(ofr_json_writer *w, const ofr_valuation *v, const ofr_clause *c) {
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "name", v->plan->contracts[c->contract].name);
  ofr_json_string(w, "type", ofr_contract_type_key(v->plan->contracts[c->contract].type));
  write_means(w, "with", v, c->with);
  write_means(w, "without", v, c->without);
  write_group(w, "buyer", v, c, OFR_GROUP_METRIC);
  write_group(w, "workloads", v, c, OFR_GROUP_WORKLOAD);
  write_group(w, "providers", v, c, OFR_GROUP_PROVIDER);
  ofr_json_end(w);
}

void ofr_value_json(const ofr_valuation *v, const ofr_report_options *options, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_facts facts = ofr_facts_of_value(v);
  (void)options;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_facts_json(w, &facts);
  ofr_json_integer(w, "clamped_path_months", v->clamped_path_months);
  ofr_json_integer(w, "launches", (uint64_t)v->launches);
  ofr_json_string(w, "difference", "with minus without, on the same futures");
  ofr_json_array(w, "strategies", OFR_JSON_LINES);
  for (int s = 0; s < v->plan->strategy_count; s++) {
    ofr_json_object(w, NULL, OFR_JSON_LINES);
    ofr_json_string(w, "name", v->plan->strategies[s].name);
    ofr_json_array(w, "contracts", OFR_JSON_LINES);
    for (int i = 0; i < v->clause_count; i++)
      if (v->clauses[i].strategy == s) write_clause(w, v, &v->clauses[i]);
    ofr_json_end(w);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}
