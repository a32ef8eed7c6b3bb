#include "distribution_json.h"
#include "../reduce/slices.h"
#include "statistics.h"

void ofr_slices_json(ofr_json_writer *w, const char *key, const double *means, int count) {
  if (!ofr_slices_vary(means, count)) return;
  ofr_json_array(w, key, OFR_JSON_FLAT);
  for (int i = 0; i < count; i++) ofr_json_number(w, NULL, means[i]);
  ofr_json_end(w);
}

void ofr_distribution_json_begin(ofr_json_writer *w, const char *key, const ofr_plan *plan, const ofr_metric *metric,
                                 const ofr_distribution *d, const ofr_slice_means *slices) {
  ofr_json_object(w, key, OFR_JSON_FLAT);
  char month[8];
  for (int i = 0; i < OFR_STATISTICS; i++) {
    if (ofr_statistic_month(plan, metric, d, i, month)) ofr_json_string(w, ofr_statistic_names[i], month);
    else ofr_statistic_write(ofr_json_value(w, ofr_statistic_names[i]), metric, d, i);
  }
  if (d->missing > 0) ofr_json_integer(w, "missing", d->missing);
  if (slices) ofr_slices_json(w, "slices", slices->mean, slices->count);
}

void ofr_distribution_json(ofr_json_writer *w, const char *key, const ofr_plan *plan, const ofr_metric *metric,
                           const ofr_distribution *d, const ofr_slice_means *slices) {
  ofr_distribution_json_begin(w, key, plan, metric, d, slices);
  ofr_json_end(w);
}
