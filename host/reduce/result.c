#include "result.h"
#include <math.h>

const char *const ofr_metric_group_names[] = {"metric", "provider", "vendor", "commitment", "stake", "workload", "absorption",
                                             "exit"};

const char *ofr_metric_subject(const ofr_plan *plan, const ofr_metric *metric) {
  switch (metric->group) {
  case OFR_GROUP_PROVIDER: return plan->providers[metric->subject].name;
  case OFR_GROUP_VENDOR: return plan->vendors[metric->subject];
  case OFR_GROUP_COMMITMENT:
  case OFR_GROUP_STAKE:
  case OFR_GROUP_EXIT:
  case OFR_GROUP_ABSORPTION: return plan->contracts[metric->subject].name;
  case OFR_GROUP_WORKLOAD: return plan->workloads[metric->subject].name;
  default: return "";
  }
}

bool ofr_metric_concerns(const ofr_plan *plan, int strategy, const ofr_metric *metric) {
  bool of_contract =
      metric->group == OFR_GROUP_COMMITMENT || metric->group == OFR_GROUP_STAKE || metric->group == OFR_GROUP_EXIT;
  return !of_contract || plan->strategies[strategy].signed_contracts[metric->subject];
}

bool ofr_metric_is_internal(const ofr_metric *metric) {
  return metric->group == OFR_GROUP_WORKLOAD || metric->group == OFR_GROUP_ABSORPTION;
}

double ofr_defined_share(const ofr_result *result, const ofr_distribution *distribution) {
  return result->weight > 0 ? (double)distribution->count / (double)result->weight : NAN;
}
