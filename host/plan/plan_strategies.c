/* Strategies: which contracts are signed, where work may go, how strongly commitments pull. */
#include "plan_reader.h"
#include <string.h>

static void read_pull(ofr_reader *r, const ofr_json *value, ofr_strategy *out) {
  static const char *const kinds[] = {[OFR_PULL_NONE] = "none", [OFR_PULL_FULL] = "full", [OFR_PULL_PACE] = "pace"};
  const int count = (int)(sizeof kinds / sizeof *kinds);
  static const char *const remedy = "write \"none\", \"full\", \"pace\" or a number from 0 to 1";
  out->pull = OFR_PULL_NONE;
  if (!value) return;
  if (value->type == OFR_JSON_NUMBER) {
    out->pull = OFR_PULL_NUMBER;
    out->pull_number = ofr_number(r, value, ofr_fraction, 0);
    return;
  }
  if (value->type != OFR_JSON_STRING) {
    ofr_wrong(r, value, remedy, "%s stands where a pull belongs", ofr_type_name(value->type));
    return;
  }
  for (int i = 0; i < count; i++) {
    if (strcmp(kinds[i], value->text) != 0) continue;
    out->pull = (ofr_pull_kind)i;
    return;
  }
  const char *nearest = ofr_nearest_name(value->text, kinds, count);
  ofr_wrong(r, value, nearest ? ofr_phrase(r, "did you mean \"%s\"?", nearest) : remedy, "\"%s\" is no pull",
            ofr_brief(r, value->text));
}

static void check_rule(ofr_reader *r, const ofr_json *value) {
  if (!ofr_has_type(r, value, OFR_JSON_STRING) || strcmp(value->text, "priority") == 0) return;
  if (strcmp(value->text, "optimal") == 0)
    ofr_wrong(r, value, "write \"priority\"", "the rule \"optimal\" is not supported yet");
  else ofr_wrong(r, value, "write \"priority\"", "there is no rule \"%s\"", ofr_brief(r, value->text));
}

/* A number for every provider, or {provider: number}. */
static const double *read_max_share(ofr_reader *r, const ofr_json *value) {
  const int count = r->plan->provider_count;
  double *share = ofr_take(r, count, sizeof *share);
  const bool by_provider = value && value->type == OFR_JSON_OBJECT;
  const double all = by_provider ? 1 : ofr_number(r, value, ofr_fraction, 1);
  for (int i = 0; i < count; i++) share[i] = all;
  if (by_provider) ofr_number_map(r, value, OFR_NAME_PROVIDER, ofr_fraction, share);
  return share;
}

/* `item` is NULL for the strategy that a plan without strategies has. */
static void read_strategy(ofr_reader *r, const ofr_json *item, ofr_strategy *out) {
  bool *contracts = ofr_take(r, r->plan->contract_count, sizeof *contracts);
  bool *providers = ofr_take(r, r->plan->provider_count, sizeof *providers);
  ofr_select(r, ofr_json_get(item, "contracts"), OFR_NAME_CONTRACT, true, contracts);
  ofr_select(r, ofr_json_get(item, "providers"), OFR_NAME_PROVIDER, false, providers);
  out->signed_contracts = contracts;
  out->providers = providers;
  out->max_share = read_max_share(r, ofr_json_get(item, "max_share"));
  read_pull(r, ofr_json_get(item, "pull"), out);
  if (item && ofr_is_object(r, item, OFR_OBJECT_STRATEGY)) check_rule(r, ofr_json_get(item, "rule"));
}

/* ---- two exclusivities on one workload ---- */

/* The first workload that both bind in some month; -1 when there is none. */
static int shared_workload(const ofr_plan *plan, const ofr_contract *a, const ofr_contract *b) {
  const bool apart =
      a->span.from > b->span.to || b->span.from > a->span.to || a->span.from > a->span.to || b->span.from > b->span.to;
  if (a->type != OFR_EXCLUSIVITY || b->type != OFR_EXCLUSIVITY || apart) return -1;
  if (!a->covers || !b->covers) return -1; /* one of another type, or too broken to judge */
  for (int w = 0; w < plan->workload_count; w++)
    if (a->covers[w] && b->covers[w]) return w;
  return -1;
}

static void refuse_double_exclusivity(ofr_reader *r, const ofr_json *where, const ofr_strategy *strategy) {
  const ofr_plan *plan = r->plan;
  if (!r->horizon_known) return;
  for (int j = 0; j < plan->contract_count; j++) {
    for (int i = 0; i < j; i++) {
      if (!strategy->signed_contracts[i] || !strategy->signed_contracts[j]) continue;
      const ofr_contract *a = &plan->contracts[i], *b = &plan->contracts[j];
      const int w = shared_workload(plan, a, b);
      if (w < 0 || !a->name || !b->name) continue;
      char month[8];
      ofr_plan_month_name(plan, a->span.from > b->span.from ? a->span.from : b->span.from, month);
      ofr_wrong(r, where, "sign one of them, or set them apart by \"from\" and \"to\"",
                "\"%s\" and \"%s\" both bind the workload \"%s\" in %s", a->name, b->name, plan->workloads[w].name, month);
    }
  }
}

void ofr_read_strategies(ofr_reader *r) {
  const ofr_names *names = &r->names[OFR_NAME_STRATEGY];
  const bool implied = !ofr_json_get(r->root, "strategies");
  ofr_plan *plan = r->plan;
  plan->strategy_count = implied ? 1 : names->count;
  plan->strategies = ofr_take(r, plan->strategy_count, sizeof *plan->strategies);
  const ofr_json *item = names->count > 0 ? names->list->first : NULL;
  for (int i = 0; i < plan->strategy_count; i++) {
    const ofr_json *contracts = item ? ofr_json_get(item, "contracts") : ofr_json_get(r->root, "contracts");
    plan->strategies[i].name = implied ? "plan" : names->at[i];
    read_strategy(r, item, &plan->strategies[i]);
    refuse_double_exclusivity(r, contracts ? contracts : item ? item : r->root, &plan->strategies[i]);
    if (item) item = item->next;
  }
}
