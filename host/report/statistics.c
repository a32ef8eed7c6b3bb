/* Statistics by name, lookups in a result: see statistics.h. */
#include "statistics.h"
#include <math.h>
#include <string.h>

const char *const ofr_statistic_names[OFR_STATISTICS] = {"mean", "se",  "sd",  "min", "max", "p01", "p05",    "p10",
                                                         "p25",  "p50", "p75", "p90", "p95", "p99", "cvar95", "cvar99"};
const char *const ofr_band_names[OFR_BAND_QUANTILES] = {"p05", "p25", "p50", "p75", "p95"};

void ofr_value_write(ofr_text *out, int64_t value, double scale) {
  int exponent;
  if (ofr_power_of_ten(scale, &exponent)) ofr_text_scaled(out, value, exponent);
  else ofr_text_number(out, (double)value * scale);
}

/* 1 / 1e-9 is a little less than 1e9: divided by the whole number the value is the double nearest to its decimals. */
double ofr_value(int64_t value, double scale) {
  int exponent;
  if (!(scale < 1 && scale > 0)) return (double)value * scale;
  return (double)value / (ofr_power_of_ten(scale, &exponent) ? round(1 / scale) : 1 / scale);
}

void ofr_statistic_write(ofr_text *out, const ofr_metric *metric, const ofr_distribution *d, int statistic) {
  if (d->count == 0) ofr_text_add(out, "null");
  else if (statistic == 0) ofr_text_number(out, d->mean);
  else if (statistic == 1) ofr_text_number(out, d->se);
  else if (statistic == 2) ofr_text_number(out, d->sd);
  else if (statistic == 3) ofr_value_write(out, d->min, metric->scale);
  else if (statistic == 4) ofr_value_write(out, d->max, metric->scale);
  else if (statistic < 5 + OFR_QUANTILES) ofr_value_write(out, d->quantile[statistic - 5], metric->scale);
  else ofr_text_number(out, statistic == OFR_STATISTICS - 2 ? d->cvar95 : d->cvar99);
}

double ofr_positive_share(const ofr_distribution *d) { return d->count ? (double)d->positive / (double)d->count : 0; }

bool ofr_statistic_month(const ofr_plan *plan, const ofr_metric *metric, const ofr_distribution *d, int statistic, char name[8]) {
  bool is_month = metric->unit == OFR_UNIT_MONTH && d->count > 0 && statistic >= 3 && statistic < 5 + OFR_QUANTILES;
  int64_t month = statistic == 3 ? d->min : statistic == 4 ? d->max : is_month ? d->quantile[statistic - 5] : 0;
  if (is_month) ofr_plan_month_name(plan, (int)month, name);
  return is_month;
}

double ofr_band_mean(const ofr_result *result, const ofr_band *band, int month) {
  double paths = band->count != NULL ? (double)band->count[month] : (double)result->weight;
  return paths > 0 ? ldexp((double)band->sum[month], band->sum_shift) * band->scale / paths : NAN;
}

bool ofr_band_sums_up(const ofr_band *band) { return band->year_scale != 0; }

int ofr_metric_index(const ofr_result *result, ofr_metric_group group, int subject, const char *name) {
  for (int i = 0; i < result->metric_count; i++) {
    const ofr_metric *m = &result->metrics[i];
    if (m->group == group && (group == OFR_GROUP_METRIC || m->subject == subject) && strcmp(m->name, name) == 0) return i;
  }
  return -1;
}

const ofr_distribution *ofr_distribution_of(const ofr_result *result, int strategy, ofr_metric_group group, int subject,
                                            const char *name) {
  int i = ofr_metric_index(result, group, subject, name);
  return i < 0 ? NULL : &result->strategies[strategy].metrics[i];
}

int ofr_next_subject(const ofr_result *result, ofr_metric_group group, int from, const char *name) {
  int next = -1;
  for (int i = 0; i < result->metric_count; i++) {
    const ofr_metric *m = &result->metrics[i];
    bool nearer = m->subject >= from && (next < 0 || m->subject < next);
    if (m->group == group && nearer && strcmp(m->name, name) == 0) next = m->subject;
  }
  return next;
}

const ofr_band *ofr_band_of(const ofr_result *result, int strategy, const char *name, int provider) {
  for (int i = 0; i < result->band_count; i++) {
    const ofr_band *band = &result->strategies[strategy].bands[i];
    if (band->provider == provider && strcmp(band->name, name) == 0) return band;
  }
  return NULL;
}

ofr_comparison ofr_comparison_of(const ofr_result *result, int a, int b) {
  for (int i = 0; i < result->comparison_count; i++) {
    ofr_comparison c = result->comparisons[i];
    if (c.a == a && c.b == b) return c;
    if (c.a != b || c.b != a) continue;
    uint64_t wins = c.a_wins;
    c.a = a, c.b = b;
    c.a_wins = c.b_wins, c.b_wins = wins;
    c.sum = -c.sum, c.cash_sum = -c.cash_sum, c.unmet_sum = -c.unmet_sum;
    c.mean = -c.mean;
    c.win_share = c.count ? (double)c.a_wins / (double)c.count : 0;
    return c;
  }
  return (ofr_comparison){.a = a, .b = b};
}

bool ofr_signs(const ofr_result *result, int strategy, int contract) {
  return result->plan->strategies[strategy].signed_contracts[contract];
}
