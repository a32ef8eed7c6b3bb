/* Single numbers of a result, by name. The reports have all of them at once. */
#include "offramp_result.h"
#include <math.h>
#include <string.h>
#include "base/error.h"
#include "report/statistics.h"

int ofr_strategy_called(const ofr_plan *plan, const char *name, offramp_error *error) {
  const char *names[OFR_MAX_STRATEGIES];
  ofr_text known = {0};
  for (int s = 0; s < plan->strategy_count; s++)
    if (!strcmp(names[s] = plan->strategies[s].name, name)) return s;
  for (int s = 0; s < plan->strategy_count; s++) ofr_text_printf(&known, "%s'%s'", s > 0 ? ", " : "", names[s]);
  const char *nearest = ofr_nearest_name(name, names, plan->strategy_count);
  if (nearest)
    ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "the plan has no strategy of this name: did you mean '%s'?", nearest);
  else
    ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "the plan has no strategy of this name: it has %.500s", ofr_text_chars(&known));
  ofr_text_free(&known);
  return -1;
}

static int metric_called(const ofr_result *r, int strategy, const char *kind, const char *subject, const char *name,
                         offramp_error *error) {
  bool is_kind = false, is_subject = false;
  for (int m = 0; m < r->metric_count; m++) {
    const ofr_metric *metric = &r->metrics[m];
    if (ofr_metric_is_internal(metric) || strcmp(ofr_metric_group_names[metric->group], kind)) continue;
    is_kind = true;
    if (!ofr_metric_concerns(r->plan, strategy, metric) || strcmp(ofr_metric_subject(r->plan, metric), subject)) continue;
    is_subject = true;
    if (!strcmp(metric->name, name)) return m;
  }
  if (!is_kind)
    ofr_fail(error, OFFRAMP_ERR_ARGUMENT, kind,
             "there is nothing of this kind: metric, provider, vendor, commitment, stake or exit");
  else if (!is_subject)
    ofr_fail(error, OFFRAMP_ERR_ARGUMENT, subject, "the strategy has no %s of this name: use one of the plan's", kind);
  else ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "there is no metric of this name: use one of `run --format json`'s metrics");
  return -1;
}

static offramp_status value_of(const ofr_result *r, const ofr_metric *metric, const ofr_distribution *d, const char *statistic,
                               double *value, offramp_error *error) {
  const double plain[] = {d->mean, d->se, d->sd, ofr_value(d->min, metric->scale), ofr_value(d->max, metric->scale)};
  if (metric->group == OFR_GROUP_COMMITMENT && !strcmp(metric->name, "charge") && !strcmp(statistic, "p_charge")) {
    *value = ofr_positive_share(d);
    return OFFRAMP_OK;
  }
  if (metric->group == OFR_GROUP_EXIT && !strcmp(statistic, "p_taken")) {
    *value = ofr_defined_share(r, d);
    return OFFRAMP_OK;
  }
  for (int i = 0; i < OFR_STATISTICS; i++) {
    if (strcmp(statistic, ofr_statistic_names[i])) continue;
    if (d->count == 0) *value = NAN;
    else if (i < 5) *value = plain[i];
    else if (i < 5 + OFR_QUANTILES) *value = ofr_value(d->quantile[i - 5], metric->scale);
    else *value = i == OFR_STATISTICS - 2 ? d->cvar95 : d->cvar99;
    return OFFRAMP_OK;
  }
  return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, statistic,
                  "there is no statistic of this name: use mean, se, sd, min, max, p01 .. p99, cvar95 or cvar99");
}

offramp_status offramp_result_figure(const offramp_result *result, const char *strategy, const char *kind, const char *subject,
                                     const char *metric, const char *statistic, double *value, offramp_error *error) {
  const ofr_result *r = result->result;
  const int s = ofr_strategy_called(r->plan, strategy, error);
  const int m = s < 0 ? -1 : metric_called(r, s, kind, subject ? subject : "", metric, error);
  return m < 0 ? OFFRAMP_ERR_ARGUMENT : value_of(r, &r->metrics[m], &r->strategies[s].metrics[m], statistic, value, error);
}

offramp_status offramp_result_statistic(const offramp_result *result, const char *strategy, const char *metric,
                                        const char *statistic, double *value, offramp_error *error) {
  return offramp_result_figure(result, strategy, "metric", NULL, metric, statistic, value, error);
}

offramp_status offramp_result_difference(const offramp_result *result, const char *a, const char *b, offramp_difference *difference,
                                         offramp_error *error) {
  const ofr_plan *plan = result->result->plan;
  const int first = ofr_strategy_called(plan, a, error), second = first < 0 ? -1 : ofr_strategy_called(plan, b, error);
  if (second < 0) return OFFRAMP_ERR_ARGUMENT;
  const ofr_comparison c = ofr_comparison_of(result->result, first, second);
  const double count = c.count > 0 ? (double)c.count : 1;
  *difference = (offramp_difference){c.mean, c.se, (double)c.a_wins / count, (double)c.b_wins / count};
  return OFFRAMP_OK;
}
