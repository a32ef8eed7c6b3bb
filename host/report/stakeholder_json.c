/* Stakeholders for programs. */
#include <math.h>
#include "distribution_json.h"
#include "stakeholder_report.h"

static ofr_metric money_metric(const ofr_result *r) { return (ofr_metric){.unit = OFR_UNIT_MONEY, .scale = r->money_quantum}; }

/* Months by name: the share of futures in which it happens at all, and quantiles among those. */
static void write_months(ofr_json_writer *w, const char *key, const ofr_result *r, const ofr_distribution *d) {
  char month[8];
  ofr_json_object(w, key, OFR_JSON_FLAT);
  ofr_json_number(w, "share", ofr_defined_share(r, d));
  for (int q = 0; q < OFR_QUANTILES; q++) {
    ofr_plan_month_name(r->plan, (int)d->quantile[q], month);
    if (d->count > 0) ofr_json_string(w, ofr_statistic_names[5 + q], month);
    else ofr_text_add(ofr_json_value(w, ofr_statistic_names[5 + q]), "null");
  }
  ofr_json_end(w);
}

static void write_absorption(ofr_json_writer *w, const ofr_result *r, const ofr_absorption *a) {
  ofr_metric metric = money_metric(r);
  ofr_json_object(w, r->plan->contracts[a->contract].name, OFR_JSON_LINES);
  ofr_value_write(ofr_json_value(w, "amount"), a->amount, r->money_quantum);
  ofr_json_number(w, "suffices", ofr_absorption_suffices(a));
  ofr_distribution_json(w, "absorbed", r->plan, &metric, &a->absorbed, &a->absorbed_slices);
  ofr_distribution_json(w, "missing", r->plan, &metric, &a->missing, &a->missing_slices);
  write_months(w, "falls_behind", r, &a->first_behind);
  write_months(w, "last_behind", r, &a->last_behind);
  ofr_json_end(w);
}

static void write_mean(ofr_json_writer *w, const ofr_result *r, int s, ofr_metric_group group, int subject, const char *name) {
  const ofr_distribution *d = ofr_distribution_of(r, s, group, subject, name);
  ofr_json_number(w, name, d != NULL && d->count > 0 ? d->mean : NAN);
}

static void write_anchor(ofr_json_writer *w, const ofr_result *r, int s) {
  const ofr_plan *plan = r->plan;
  ofr_json_object(w, "anchor", OFR_JSON_FLAT);
  write_mean(w, r, s, OFR_GROUP_PROVIDER, plan->stakeholders->anchor, "revenue");
  ofr_json_number(w, "charge", ofr_anchor_charge(r, s));
  ofr_json_object(w, "stakes", OFR_JSON_FLAT);
  for (int c = 0; c < plan->contract_count; c++) {
    if (plan->contracts[c].type != OFR_STAKE || plan->contracts[c].provider != plan->stakeholders->anchor ||
        !ofr_signs(r, s, c))
      continue;
    ofr_json_object(w, plan->contracts[c].holder, OFR_JSON_FLAT);
    write_mean(w, r, s, OFR_GROUP_STAKE, c, "net");
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

static void write_regulator(ofr_json_writer *w, const ofr_result *r, int s) {
  ofr_json_object(w, "regulator", OFR_JSON_FLAT);
  write_mean(w, r, s, OFR_GROUP_METRIC, 0, "concentration");
  ofr_json_number(w, "majority", ofr_majority_share(r, s));
  ofr_json_array(w, "years", OFR_JSON_FLAT);
  for (int y = 0; y < r->year_count; y++) {
    int year = r->strategies[s].years[y].year;
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_integer(w, "year", (uint64_t)year);
    ofr_json_number(w, "concentration", ofr_concentration_in(r, s, year));
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

static void write_failure(ofr_json_writer *w, const ofr_result *r, int s) {
  static const char *const metrics[] = {"total_cost", "cash_cost", "unmet_cost"};
  ofr_json_object(w, "dependent_enterprise", OFR_JSON_LINES);
  for (int i = 0; i < 3; i++) {
    const ofr_difference *d = ofr_failure_of(r, s, metrics[i]);
    ofr_distribution_json_begin(w, metrics[i], r->plan, &r->metrics[d->metric], &d->values, &d->slices);
    ofr_json_number(w, "above", (double)d->values.positive / (double)r->weight);
    ofr_json_number(w, "below", (double)d->negative / (double)r->weight);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

static void write_strategy(ofr_json_writer *w, const ofr_result *r, int s) {
  static const char *const buyer[] = {"total_cost", "cash_cost", "unmet_cost", "served"};
  const ofr_plan *plan = r->plan;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "name", plan->strategies[s].name);
  ofr_json_object(w, "buyer", OFR_JSON_FLAT);
  for (int i = 0; i < 4; i++) write_mean(w, r, s, OFR_GROUP_METRIC, 0, buyer[i]);
  ofr_json_end(w);
  write_anchor(w, r, s);
  ofr_json_object(w, "rivals", OFR_JSON_FLAT);
  for (int g = 0; g < plan->provider_count; g++) {
    if (g == plan->stakeholders->anchor) continue;
    ofr_json_object(w, plan->providers[g].name, OFR_JSON_FLAT);
    write_mean(w, r, s, OFR_GROUP_PROVIDER, g, "revenue");
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_object(w, "vendors", OFR_JSON_FLAT);
  for (int v = 0; v < plan->vendor_count; v++) {
    ofr_json_object(w, plan->vendors[v], OFR_JSON_FLAT);
    write_mean(w, r, s, OFR_GROUP_VENDOR, v, "share");
    ofr_json_end(w);
  }
  ofr_json_end(w);
  write_regulator(w, r, s);
  if (r->stakeholders->difference_count > 0) write_failure(w, r, s);
  ofr_json_end(w);
}

void ofr_stakeholders_json(ofr_json_writer *w, const ofr_result *r) {
  if (r->stakeholders == NULL) return;
  const ofr_stakeholders *x = r->plan->stakeholders;
  char month[8];
  ofr_json_object(w, "stakeholders", OFR_JSON_LINES);
  ofr_json_string(w, "anchor", r->plan->providers[x->anchor].name);
  if (r->stakeholders->difference_count > 0) {
    ofr_json_object(w, "failure", OFR_JSON_FLAT);
    ofr_plan_month_name(r->plan, x->failure.from, month);
    ofr_json_string(w, "from", month);
    ofr_json_integer(w, "months", (uint64_t)(x->failure.to - x->failure.from + 1));
    ofr_json_end(w);
  }
  ofr_json_object(w, "absorption", OFR_JSON_LINES);
  for (int i = 0; i < r->stakeholders->absorption_count; i++) write_absorption(w, r, &r->stakeholders->absorptions[i]);
  ofr_json_end(w);
  ofr_json_array(w, "strategies", OFR_JSON_LINES);
  for (int s = 0; s < r->strategy_count; s++) write_strategy(w, r, s);
  ofr_json_end(w);
  ofr_json_end(w);
}
