/* Exits for programs. */
#include "distribution_json.h"
#include "exit_views.h"

/* NULL: they are not kept. */
static const ofr_slice_means *slices_of(const ofr_result *r, int strategy, int metric) {
  return r->strategies[strategy].slices ? &r->strategies[strategy].slices[metric] : NULL;
}

static void write_distribution(ofr_json_writer *w, const ofr_result *r, int strategy, int metric) {
  const ofr_metric *m = &r->metrics[metric];
  ofr_distribution_json(w, m->name, r->plan, m, &r->strategies[strategy].metrics[metric], slices_of(r, strategy, metric));
}

/* {"2028-12": 0.31, ...} */
static void write_dates(ofr_json_writer *w, const ofr_result *r, int strategy, int exit) {
  char month[8];
  ofr_json_object(w, "dates", OFR_JSON_FLAT);
  for (int t = ofr_next_exit_month(r->plan, exit, 0); t >= 0; t = ofr_next_exit_month(r->plan, exit, t + 1)) {
    ofr_plan_month_name(r->plan, t, month);
    ofr_json_number(w, month, ofr_exit_month_share(r, strategy, exit, t));
  }
  ofr_json_end(w);
}

void ofr_exits_json(ofr_json_writer *w, const ofr_result *r, int strategy) {
  ofr_json_object(w, "exits", OFR_JSON_LINES);
  for (int c = ofr_next_subject(r, OFR_GROUP_EXIT, 0, "month"); c >= 0; c = ofr_next_subject(r, OFR_GROUP_EXIT, c + 1, "month")) {
    if (!ofr_signs(r, strategy, c)) continue;
    int month = ofr_metric_index(r, OFR_GROUP_EXIT, c, "month");
    const ofr_slice_means *slices = slices_of(r, strategy, month);
    ofr_json_object(w, r->plan->contracts[c].name, OFR_JSON_LINES);
    ofr_json_string(w, "contract", r->plan->contracts[r->plan->contracts[c].target].name);
    write_distribution(w, r, strategy, month);
    write_distribution(w, r, strategy, ofr_metric_index(r, OFR_GROUP_EXIT, c, "fee"));
    ofr_json_number(w, "p_taken", ofr_defined_share(r, &r->strategies[strategy].metrics[month]));
    if (slices) ofr_slices_json(w, "p_taken_slices", slices->there, slices->count);
    write_dates(w, r, strategy, c);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}
