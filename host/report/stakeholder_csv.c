/* Stakeholders as rows of a run's long table: what the table adds to the metrics that are there already. */
#include <math.h>
#include "stakeholder_report.h"

static ofr_text *begin(ofr_text *out, const char *strategy, const char *subject, const char *metric, const char *period,
                       const char *statistic) {
  if (strategy != NULL) ofr_text_csv_string(out, strategy);
  ofr_text_add(out, ",stakeholder,");
  ofr_text_csv_string(out, subject);
  ofr_text_printf(out, ",%s,%s,%s,", metric, period, statistic);
  return out;
}

static void end(ofr_text *out) { ofr_text_add(out, "\n"); }

static void write_number(ofr_text *out, double value) {
  if (isfinite(value)) ofr_text_number(out, value);
  end(out);
}

static void write_distribution(ofr_text *out, const ofr_result *r, const char *subject, const char *metric,
                               const ofr_distribution *d) {
  ofr_metric money = {.unit = OFR_UNIT_MONEY, .scale = r->money_quantum};
  for (int i = 0; i < OFR_STATISTICS; i++) {
    begin(out, NULL, subject, metric, "", ofr_statistic_names[i]);
    if (d->count > 0) ofr_statistic_write(out, &money, d, i);
    end(out);
  }
}

static void write_months(ofr_text *out, const ofr_result *r, const char *subject, const char *metric,
                         const ofr_distribution *d) {
  char month[8];
  write_number(begin(out, NULL, subject, metric, "", "share"), ofr_defined_share(r, d));
  for (int q = 0; q < OFR_QUANTILES; q++) {
    begin(out, NULL, subject, metric, "", ofr_statistic_names[5 + q]);
    ofr_plan_month_name(r->plan, (int)d->quantile[q], month);
    if (d->count > 0) ofr_text_add(out, month);
    end(out);
  }
}

static void write_absorption(ofr_text *out, const ofr_result *r, const ofr_absorption *a) {
  const char *contract = r->plan->contracts[a->contract].name;
  ofr_value_write(begin(out, NULL, contract, "amount", "", ""), a->amount, r->money_quantum);
  end(out);
  write_number(begin(out, NULL, contract, "suffices", "", ""), ofr_absorption_suffices(a));
  write_distribution(out, r, contract, "absorbed", &a->absorbed);
  write_distribution(out, r, contract, "missing", &a->missing);
  write_months(out, r, contract, "falls_behind", &a->first_behind);
  write_months(out, r, contract, "last_behind", &a->last_behind);
}

static void write_failure(ofr_text *out, const ofr_result *r, int s) {
  static const char *const metrics[] = {"total_cost", "cash_cost", "unmet_cost"};
  const char *strategy = r->plan->strategies[s].name;
  for (int i = 0; i < 3; i++) {
    const ofr_difference *d = ofr_failure_of(r, s, metrics[i]);
    if (d == NULL) return;
    for (int k = 0; k < OFR_STATISTICS; k++) {
      begin(out, strategy, "dependent enterprise", metrics[i], "", ofr_statistic_names[k]);
      ofr_statistic_write(out, &r->metrics[d->metric], &d->values, k);
      end(out);
    }
    write_number(begin(out, strategy, "dependent enterprise", metrics[i], "", "above"),
                 (double)d->values.positive / (double)r->weight);
    write_number(begin(out, strategy, "dependent enterprise", metrics[i], "", "below"), (double)d->negative / (double)r->weight);
  }
}

void ofr_stakeholders_csv(ofr_text *out, const ofr_result *r) {
  if (r->stakeholders == NULL) return;
  for (int i = 0; i < r->stakeholders->absorption_count; i++) write_absorption(out, r, &r->stakeholders->absorptions[i]);
  for (int s = 0; s < r->strategy_count; s++) {
    const char *strategy = r->plan->strategies[s].name;
    write_number(begin(out, strategy, "anchor", "charge", "", "mean"), ofr_anchor_charge(r, s));
    write_number(begin(out, strategy, "regulator", "majority", "", ""), ofr_majority_share(r, s));
    for (int y = 0; y < r->year_count; y++) {
      ofr_text year = {0};
      ofr_text_printf(&year, "%d", r->strategies[s].years[y].year);
      write_number(begin(out, strategy, "regulator", "concentration", ofr_text_chars(&year), "mean"),
                   ofr_concentration_in(r, s, r->strategies[s].years[y].year));
      ofr_text_free(&year);
    }
    write_failure(out, r, s);
  }
}
