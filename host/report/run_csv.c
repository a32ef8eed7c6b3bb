/* A run as a long table, one number a row: what spreadsheets pivot and data frames read. The same numbers as in JSON, under
 * the same names. What belongs to no strategy leaves that field empty, an undefined value its own. */
#include "exit_views.h"
#include "facts.h"
#include "stakeholder_report.h"
#include "statistics.h"
#include <math.h>

typedef struct row {
  const char *strategy, *group, *subject, *metric, *period, *statistic;
} row;

static ofr_text *begin(ofr_text *out, const row *r) {
  const char *fields[] = {r->strategy, r->group, r->subject, r->metric, r->period, r->statistic};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (fields[i] != NULL) ofr_text_csv_string(out, fields[i]);
    ofr_text_add(out, ",");
  }
  return out;
}

static void write_integer(ofr_text *out, row r, uint64_t value) {
  ofr_text_printf(begin(out, &r), "%llu\n", (unsigned long long)value);
}

static void write_number(ofr_text *out, row r, double value) {
  begin(out, &r);
  if (isfinite(value)) ofr_text_number(out, value);
  ofr_text_add(out, "\n");
}

static void write_distribution(ofr_text *out, row r, const ofr_plan *plan, const ofr_metric *m, const ofr_distribution *d) {
  char month[8];
  for (int i = 0; i < OFR_STATISTICS; i++) {
    r.statistic = ofr_statistic_names[i];
    begin(out, &r);
    if (ofr_statistic_month(plan, m, d, i, month)) ofr_text_add(out, month);
    else if (d->count > 0 && !(i == 1 && !isfinite(d->se)) && !(i == 2 && !isfinite(d->sd))) ofr_statistic_write(out, m, d, i);
    ofr_text_add(out, "\n");
  }
  r.statistic = "missing";
  if (d->missing > 0) write_integer(out, r, d->missing);
}

/* By date, beside the distribution of the months. */
static void write_dates(ofr_text *out, const ofr_result *r, int strategy, int exit, row at) {
  char month[8];
  at.statistic = "share";
  at.period = month;
  for (int t = ofr_next_exit_month(r->plan, exit, 0); t >= 0; t = ofr_next_exit_month(r->plan, exit, t + 1)) {
    ofr_plan_month_name(r->plan, t, month);
    write_number(out, at, ofr_exit_month_share(r, strategy, exit, t));
  }
}

/* In which share of futures a promise is charged for, or an exit taken. */
static void write_shares(ofr_text *out, const ofr_result *r, int strategy, const ofr_metric *m, const ofr_distribution *d, row at) {
  if (d == ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, m->subject, "charge")) {
    at.statistic = "p_charge";
    write_number(out, at, ofr_positive_share(d));
  }
  if (d == ofr_distribution_of(r, strategy, OFR_GROUP_EXIT, m->subject, "month")) {
    at.statistic = "p_taken";
    write_number(out, at, ofr_defined_share(r, d));
    write_dates(out, r, strategy, m->subject, at);
  }
}

static void write_metrics(ofr_text *out, const ofr_result *r, int strategy) {
  for (int i = 0; i < r->metric_count; i++) {
    const ofr_metric *m = &r->metrics[i];
    const ofr_distribution *d = &r->strategies[strategy].metrics[i];
    if (!ofr_metric_concerns(r->plan, strategy, m)) continue;
    const char *group = ofr_metric_group_names[m->group], *subject = ofr_metric_subject(r->plan, m);
    row at = {r->plan->strategies[strategy].name, group, subject, m->name, NULL, NULL};
    write_distribution(out, at, r->plan, m, d);
    write_shares(out, r, strategy, m, d, at);
  }
}

static void write_band(ofr_text *out, const ofr_result *r, const ofr_band *band, row at) {
  for (int t = 0; t < r->plan->months; t++) {
    char month[8];
    ofr_plan_month_name(r->plan, t, month);
    at.period = month;
    at.statistic = "mean";
    write_number(out, at, ofr_band_mean(r, band, t));
    for (int q = 0; q < OFR_BAND_QUANTILES; q++) {
      at.statistic = ofr_band_names[q];
      ofr_value_write(begin(out, &at), band->quantile[q][t], band->scale);
      ofr_text_add(out, "\n");
    }
  }
}

static void write_years(ofr_text *out, const ofr_result *r, const ofr_year *years, row at) {
  for (int y = 0; y < r->year_count; y++) {
    ofr_text year = {0};
    ofr_text_printf(&year, "%d", years[y].year);
    at.period = ofr_text_chars(&year);
    at.statistic = "mean", write_number(out, at, years[y].mean);
    at.statistic = "p05", write_number(out, at, years[y].p05);
    at.statistic = "p50", write_number(out, at, years[y].p50);
    at.statistic = "p95", write_number(out, at, years[y].p95);
    if (year.failed) out->failed = true;
    ofr_text_free(&year);
  }
}

static void write_series(ofr_text *out, const ofr_result *r, int strategy) {
  const ofr_strategy_result *s = &r->strategies[strategy];
  for (int i = 0; i < r->band_count; i++) {
    const ofr_band *band = &s->bands[i];
    const char *subject = band->provider >= 0 ? r->plan->providers[band->provider].name : NULL;
    row at = {r->plan->strategies[strategy].name, "band", subject, band->name, NULL, NULL};
    write_band(out, r, band, at);
    at.group = "year";
    if (ofr_band_sums_up(band)) write_years(out, r, &s->years[i * r->year_count], at);
  }
}

static void write_comparison(ofr_text *out, const ofr_result *r, const ofr_comparison *c) {
  double paths = c->count ? (double)c->count : NAN;
  row at = {r->plan->strategies[c->a].name, "comparison", r->plan->strategies[c->b].name, "total_cost", NULL, NULL};
  at.statistic = "mean", write_number(out, at, c->mean);
  at.statistic = "se", write_number(out, at, c->se);
  at.statistic = "a_wins", write_number(out, at, c->win_share);
  at.statistic = "b_wins", write_number(out, at, (double)c->b_wins / paths);
  at.statistic = "break_even_unmet";
  if (isfinite(c->break_even)) write_number(out, at, c->break_even);
  at.statistic = "mean";
  at.metric = "cash_cost", write_number(out, at, (double)c->cash_sum * r->money_quantum / paths);
  at.metric = "unmet_cost", write_number(out, at, (double)c->unmet_sum * r->money_quantum / paths);
}

static void write_run(ofr_text *out, const ofr_result *r) {
  ofr_facts facts = ofr_facts_of_run(r);
  ofr_facts_csv(out, &facts, ",run,,", ",,,");
  if (r->plan->futures != NULL) {
    ofr_text_csv_string(begin(out, &(row){.group = "run", .metric = "futures"}), r->plan->futures->file);
    ofr_text_add(out, "\n");
  }
  write_integer(out, (row){.group = "run", .metric = "band_paths"}, (uint64_t)r->band_paths);
}

void ofr_run_csv(const ofr_result *result, const ofr_report_options *options, ofr_text *out) {
  (void)options;
  ofr_text_add(out, "strategy,group,subject,metric,period,statistic,value\n");
  write_run(out, result);
  for (int s = 0; s < result->strategy_count; s++) {
    write_metrics(out, result, s);
    write_series(out, result, s);
  }
  for (int i = 0; i < result->comparison_count; i++) write_comparison(out, result, &result->comparisons[i]);
  ofr_stakeholders_csv(out, result);
}
