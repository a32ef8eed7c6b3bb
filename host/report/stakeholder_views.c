/* What stakeholders look at, from the numbers of a run. */
#include <math.h>
#include <string.h>
#include "stakeholder_report.h"

double ofr_anchor_charge(const ofr_result *r, int strategy) {
  double sum = 0;
  for (int c = 0; c < r->plan->contract_count; c++) {
    const ofr_distribution *d = ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, c, "charge");
    bool to_anchor = r->plan->contracts[c].provider == r->plan->stakeholders->anchor;
    if (d != NULL && d->count > 0 && to_anchor && ofr_signs(r, strategy, c)) sum += d->mean;
  }
  return sum;
}

double ofr_absorption_suffices(const ofr_absorption *a) {
  return a->missing.count > 0 ? (double)(a->missing.count - a->missing.positive) / (double)a->missing.count : NAN;
}

double ofr_majority_share(const ofr_result *r, int strategy) {
  return r->weight > 0 ? (double)r->strategies[strategy].majority / (double)r->weight : NAN;
}

double ofr_concentration_in(const ofr_result *r, int strategy, int year) {
  const ofr_band *band = ofr_band_of(r, strategy, "concentration", -1);
  double sum = 0;
  int months = 0;
  for (int t = 0; band != NULL && t < r->plan->months; t++) {
    if (r->plan->start_year + (r->plan->start_month - 1 + t) / 12 != year) continue;
    sum += ofr_band_mean(r, band, t);
    months++;
  }
  return months > 0 ? sum / months : NAN;
}

const ofr_difference *ofr_failure_of(const ofr_result *r, int strategy, const char *metric) {
  const ofr_stakeholder_result *x = r->stakeholders;
  for (int i = 0; i < x->difference_count; i++) {
    const ofr_difference *d = &x->failures[strategy * x->difference_count + i];
    if (r->metrics[d->metric].group == OFR_GROUP_METRIC && strcmp(r->metrics[d->metric].name, metric) == 0) return d;
  }
  return NULL;
}
