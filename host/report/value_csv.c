/* What clauses are worth as a long table, one number a row: the same numbers as in JSON, under the same names. Rows of `with`
 * and `without` are means; all others are of the difference, with minus without. */
#include "facts.h"
#include "statistics.h"
#include "value_answer.h"

typedef struct row {
  const char *strategy, *contract, *group, *subject, *metric, *statistic;
} row;

static ofr_text *begin(ofr_text *out, const row *r) {
  const char *fields[] = {r->strategy, r->contract, r->group, r->subject, r->metric, r->statistic};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (fields[i] != NULL) ofr_text_csv_string(out, fields[i]);
    ofr_text_add(out, ",");
  }
  return out;
}

static void write_number(ofr_text *out, row r, const char *statistic, double value) {
  r.statistic = statistic;
  ofr_text_number(begin(out, &r), value);
  ofr_text_add(out, "\n");
}

static void write_statistic(ofr_text *out, row r, const ofr_metric *m, const ofr_distribution *d, int statistic) {
  r.statistic = ofr_statistic_names[statistic];
  begin(out, &r);
  if (d->count > 0) ofr_statistic_write(out, m, d, statistic);
  ofr_text_add(out, "\n");
}

static void write_difference(ofr_text *out, row r, const ofr_valuation *v, const ofr_difference *d) {
  const ofr_metric *m = &v->metrics[d->metric];
  double count = d->values.count > 0 ? (double)d->values.count : 1;
  r.group = m->group == OFR_GROUP_METRIC ? "buyer" : m->group == OFR_GROUP_WORKLOAD ? "workload" : "provider";
  r.subject = m->group == OFR_GROUP_METRIC     ? NULL
              : m->group == OFR_GROUP_WORKLOAD ? v->plan->workloads[m->subject].name
                                               : v->plan->providers[m->subject].name;
  r.metric = m->name;
  for (int i = 0; i < OFR_STATISTICS; i++) write_statistic(out, r, m, &d->values, i);
  write_number(out, r, "helps", ofr_value_helps(v, d));
  write_number(out, r, "above", (double)d->values.positive / count);
  write_number(out, r, "below", (double)d->negative / count);
}

static void write_means(ofr_text *out, row r, const ofr_valuation *v, const ofr_distribution *metrics) {
  for (int i = 0; i < v->metric_count; i++) {
    if (v->metrics[i].group != OFR_GROUP_METRIC) continue;
    r.metric = v->metrics[i].name;
    write_statistic(out, r, &v->metrics[i], &metrics[i], 0);
  }
}

void ofr_value_csv(const ofr_valuation *v, const ofr_report_options *options, ofr_text *out) {
  ofr_facts facts = ofr_facts_of_value(v);
  (void)options;
  ofr_text_add(out, "strategy,contract,group,subject,metric,statistic,value\n");
  ofr_facts_csv(out, &facts, ",,run,,", ",,");
  for (int i = 0; i < v->clause_count; i++) {
    const ofr_clause *c = &v->clauses[i];
    row r = {.strategy = v->plan->strategies[c->strategy].name, .contract = v->plan->contracts[c->contract].name};
    r.group = "with", write_means(out, r, v, c->with);
    r.group = "without", write_means(out, r, v, c->without);
    for (int d = 0; d < v->difference_count; d++) write_difference(out, r, v, &c->differences[d]);
  }
}
