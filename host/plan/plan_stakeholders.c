/* Stakeholders: the provider whom the others look at, and the failure that is played through. */
#include "plan_reader.h"

static void read_failure(ofr_reader *r, const ofr_json *value, ofr_stakeholders *out) {
  int from = 0;
  if (!value || !ofr_is_object(r, value, OFR_OBJECT_FAILURE)) return;
  bool known = ofr_month(r, ofr_json_get(value, "from"), &from);
  int months = ofr_whole_at(r, value, "months", 1, OFR_MAX_MONTHS, 1), last = r->plan->months - 1;
  out->fails = true;
  out->failure = (ofr_span){from > 0 ? from : 0, from + months - 1 < last ? from + months - 1 : last, from, from + months - 1};
  if (!known || !r->horizon_known || out->failure.from <= out->failure.to) return;
  ofr_doubt(r, value, "move it into the horizon, or leave it out", "the failure lies outside the horizon: it changes nothing");
}

void ofr_read_stakeholders(ofr_reader *r) {
  const ofr_json *value = ofr_json_get(r->root, "stakeholders");
  if (!value || !ofr_is_object(r, value, OFR_OBJECT_STAKEHOLDERS)) return;
  ofr_stakeholders *out = ofr_take(r, 1, sizeof *out);
  out->anchor = ofr_name_index(r, ofr_json_get(value, "anchor"), OFR_NAME_PROVIDER);
  read_failure(r, ofr_json_get(value, "failure"), out);
  r->plan->stakeholders = out;
}
