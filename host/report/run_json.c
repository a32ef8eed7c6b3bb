/* A run for programs: every number of the result, in the shape that INTERFACE promises. Names are kept; new keys may join. */
#include "report.h"
#include "distribution_json.h"
#include "exit_views.h"
#include "facts.h"
#include "profile_report.h"
#include "stakeholder_report.h"
#include "statistics.h"
#include <math.h>
#include <string.h>

/* Every metric of one subject: {"revenue": {...}, "share": {...}}. */
static void write_subject(ofr_json_writer *w, const ofr_result *r, int strategy, ofr_metric_group group, int subject) {
  const ofr_strategy_result *of = &r->strategies[strategy];
  for (int i = 0; i < r->metric_count; i++) {
    const ofr_metric *m = &r->metrics[i];
    if (m->group != group || (group != OFR_GROUP_METRIC && m->subject != subject)) continue;
    ofr_distribution_json_begin(w, m->name, r->plan, m, &of->metrics[i], of->slices ? &of->slices[i] : NULL);
    if (group == OFR_GROUP_METRIC && !strcmp(m->name, "total_cost") && of->cvar95_slices)
      ofr_slices_json(w, "cvar95_slices", of->cvar95_slices, of->slices[i].count);
    ofr_json_end(w);
  }
}

static void write_charged(ofr_json_writer *w, const ofr_result *r, int strategy, int contract) {
  const ofr_strategy_result *of = &r->strategies[strategy];
  const ofr_distribution *charge = ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, contract, "charge");
  const ofr_slice_means *slices = of->slices ? &of->slices[charge - of->metrics] : NULL;
  ofr_json_number(w, "p_charge", ofr_positive_share(charge));
  if (slices) ofr_slices_json(w, "p_charge_slices", slices->positive, slices->count);
}

static void write_subjects(ofr_json_writer *w, const ofr_result *r, int strategy, ofr_metric_group group, const char *any) {
  for (int s = ofr_next_subject(r, group, 0, any); s >= 0; s = ofr_next_subject(r, group, s + 1, any)) {
    if (group >= OFR_GROUP_COMMITMENT && !ofr_signs(r, strategy, s)) continue;
    const char *name = group == OFR_GROUP_PROVIDER ? r->plan->providers[s].name
                       : group == OFR_GROUP_VENDOR ? r->plan->vendors[s]
                                                   : r->plan->contracts[s].name;
    ofr_json_object(w, name, OFR_JSON_LINES);
    write_subject(w, r, strategy, group, s);
    if (group == OFR_GROUP_COMMITMENT) write_charged(w, r, strategy, s);
    ofr_json_end(w);
  }
}

static void write_group(ofr_json_writer *w, const char *key, const ofr_result *r, int strategy, ofr_metric_group group,
                        const char *any) {
  ofr_json_object(w, key, OFR_JSON_LINES);
  write_subjects(w, r, strategy, group, any);
  ofr_json_end(w);
}

static void write_band(ofr_json_writer *w, const char *key, const ofr_result *r, const ofr_band *band) {
  ofr_json_object(w, key, OFR_JSON_LINES);
  ofr_json_array(w, "mean", OFR_JSON_FLAT);
  for (int t = 0; t < r->plan->months; t++) ofr_json_number(w, NULL, ofr_band_mean(r, band, t));
  ofr_json_end(w);
  for (int q = 0; q < OFR_BAND_QUANTILES; q++) {
    ofr_json_array(w, ofr_band_names[q], OFR_JSON_FLAT);
    for (int t = 0; t < r->plan->months; t++) ofr_value_write(ofr_json_value(w, NULL), band->quantile[q][t], band->scale);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

static void write_years(ofr_json_writer *w, const char *key, const ofr_result *r, int strategy, int band) {
  ofr_json_array(w, key, OFR_JSON_LINES);
  for (int y = 0; y < r->year_count; y++) {
    const ofr_year *year = &r->strategies[strategy].years[band * r->year_count + y];
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_integer(w, "year", (uint64_t)year->year);
    ofr_json_number(w, "mean", year->mean);
    ofr_json_number(w, "p05", year->p05);
    ofr_json_number(w, "p50", year->p50);
    ofr_json_number(w, "p95", year->p95);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

/* The series by name, then, as in `providers`, those of each provider under theirs. */
static void write_series(ofr_json_writer *w, const char *key, const ofr_result *r, int strategy, bool yearly) {
  ofr_json_object(w, key, OFR_JSON_LINES);
  const ofr_band *bands = r->strategies[strategy].bands;
  bool of_providers = false;
  for (int i = 0; i < r->band_count; i++) {
    if (bands[i].provider >= 0) of_providers = true;
    else if (!yearly) write_band(w, bands[i].name, r, &bands[i]);
    else if (ofr_band_sums_up(&bands[i])) write_years(w, bands[i].name, r, strategy, i);
  }
  if (of_providers) ofr_json_object(w, "revenue", OFR_JSON_LINES);
  for (int i = 0; i < r->band_count; i++) {
    if (bands[i].provider < 0) continue;
    const char *provider = r->plan->providers[bands[i].provider].name;
    if (yearly) write_years(w, provider, r, strategy, i);
    else write_band(w, provider, r, &bands[i]);
  }
  if (of_providers) ofr_json_end(w);
  ofr_json_end(w);
}

static void write_strategy(ofr_json_writer *w, const ofr_result *r, int strategy) {
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "name", r->plan->strategies[strategy].name);
  ofr_json_object(w, "metrics", OFR_JSON_LINES);
  write_subject(w, r, strategy, OFR_GROUP_METRIC, 0);
  ofr_json_end(w);
  write_group(w, "providers", r, strategy, OFR_GROUP_PROVIDER, "revenue");
  write_group(w, "vendors", r, strategy, OFR_GROUP_VENDOR, "share");
  write_group(w, "commitments", r, strategy, OFR_GROUP_COMMITMENT, "charge");
  write_group(w, "stakes", r, strategy, OFR_GROUP_STAKE, "net");
  ofr_exits_json(w, r, strategy);
  write_series(w, "bands", r, strategy, false);
  write_series(w, "years", r, strategy, true);
  ofr_json_end(w);
}

static double per_path(const ofr_result *r, const ofr_comparison *c, ofr_i128 sum) {
  return c->count ? (double)sum * r->money_quantum / (double)c->count : NAN;
}

static void write_comparison(ofr_json_writer *w, const ofr_result *r, const ofr_comparison *c) {
  ofr_json_object(w, NULL, OFR_JSON_FLAT);
  ofr_json_string(w, "a", r->plan->strategies[c->a].name);
  ofr_json_string(w, "b", r->plan->strategies[c->b].name);
  ofr_json_object(w, "total_cost", OFR_JSON_FLAT);
  ofr_json_number(w, "mean", c->mean);
  ofr_json_number(w, "se", c->se);
  ofr_json_number(w, "a_wins", c->win_share);
  ofr_json_number(w, "b_wins", c->count ? (double)c->b_wins / (double)c->count : NAN);
  ofr_slices_json(w, "a_wins_slices", c->wins[0].positive, c->wins[0].count);
  ofr_slices_json(w, "b_wins_slices", c->wins[1].positive, c->wins[1].count);
  ofr_json_end(w);
  ofr_json_object(w, "cash_cost", OFR_JSON_FLAT);
  ofr_json_number(w, "mean", per_path(r, c, c->cash_sum));
  ofr_json_end(w);
  ofr_json_object(w, "unmet_cost", OFR_JSON_FLAT);
  ofr_json_number(w, "mean", per_path(r, c, c->unmet_sum));
  ofr_json_end(w);
  if (isfinite(c->break_even)) ofr_json_number(w, "break_even_unmet", c->break_even);
  ofr_json_end(w);
}

static void write_head(ofr_json_writer *w, const ofr_result *r) {
  ofr_facts facts = ofr_facts_of_run(r);
  ofr_facts_json(w, &facts);
  if (r->plan->futures != NULL) {
    ofr_json_object(w, "futures", OFR_JSON_FLAT);
    ofr_json_string(w, "file", r->plan->futures->file);
    ofr_json_boolean(w, "weighted", r->plan->futures->weights != NULL);
    ofr_json_string(w, "digest", r->plan->futures->digest);
    ofr_json_end(w);
  }
  ofr_json_integer(w, "band_paths", (uint64_t)r->band_paths);
  ofr_json_integer(w, "clamped_path_months", r->clamped_path_months);
  if (r->profile) ofr_profile_json(r->profile, w, "profile");
}

/* What `run --bound` adds: see `bound --format json`. */
static void write_bound(ofr_json_writer *w, const ofr_bound_result *b) {
  ofr_json_array(w, "bound", OFR_JSON_LINES);
  for (int s = 0; s < b->plan->strategy_count; s++) {
    ofr_json_object(w, NULL, OFR_JSON_LINES);
    ofr_json_string(w, "name", b->plan->strategies[s].name);
    ofr_distribution_json(w, "lower", b->plan, &b->money, &b->strategies[s].lower, &b->strategies[s].lower_slices);
    ofr_distribution_json(w, "regret", b->plan, &b->money, &b->strategies[s].regret, &b->strategies[s].regret_slices);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

void ofr_run_json(const ofr_result *result, const ofr_report_options *options, ofr_text *out) {
  (void)options;
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  write_head(w, result);
  ofr_json_array(w, "strategies", OFR_JSON_LINES);
  for (int s = 0; s < result->strategy_count; s++) write_strategy(w, result, s);
  ofr_json_end(w);
  ofr_json_array(w, "comparisons", OFR_JSON_LINES);
  for (int i = 0; i < result->comparison_count; i++) write_comparison(w, result, &result->comparisons[i]);
  ofr_json_end(w);
  ofr_stakeholders_json(w, result);
  if (result->bound) write_bound(w, result->bound);
  ofr_json_end(w);
}
