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
    ofr_wrong(r, value, remedy, "%s stands where a pull belongs", ofr_seen(r, value));
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

static void read_rule(ofr_reader *r, const ofr_json *item, ofr_strategy *out) {
  static const char *const rules[] = {"priority", "optimal", NULL};
  const ofr_json *share = ofr_json_get(item, "max_share");
  bool limited = false;
  out->is_optimal = ofr_word_at(r, item, "rule", rules, 0) == 1;
  for (int g = 0; g < r->plan->provider_count; g++) limited |= out->max_share[g] < 1;
  if (out->is_optimal && limited)
    ofr_wrong(r, share, "remove it, or write \"rule\": \"priority\"",
              "\"max_share\" is used up in workload order: the rule \"optimal\" has none");
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
  if (item && ofr_is_object(r, item, OFR_OBJECT_STRATEGY)) read_rule(r, item, out);
}

/* ---- clauses that exclude each other ---- */

static bool binds_workloads(const ofr_contract *c) { return c->type == OFR_EXCLUSIVITY || c->type == OFR_FIRST_REFUSAL; }

static int first_shared(const bool *a, const bool *b, int count) {
  for (int i = 0; a && b && i < count; i++)
    if (a[i] && b[i]) return i;
  return -1; /* or too broken to judge */
}

/* What both bind in some month, in words: a workload or, of two discounts, a pool. NULL when there is nothing. */
static const char *shared_thing(ofr_reader *r, const ofr_contract *a, const ofr_contract *b) {
  const ofr_plan *plan = r->plan;
  if (a->span.from > b->span.to || b->span.from > a->span.to || a->span.from > a->span.to || b->span.from > b->span.to) return NULL;
  if (binds_workloads(a) && binds_workloads(b)) {
    const int w = first_shared(a->covers, b->covers, plan->workload_count);
    return w >= 0 ? ofr_phrase(r, "workload \"%s\"", plan->workloads[w].name) : NULL;
  }
  if (a->type != OFR_DISCOUNT || b->type != OFR_DISCOUNT) return NULL;
  const int k = first_shared(a->pools, b->pools, plan->pool_count);
  return k >= 0 ? ofr_phrase(r, "pool \"%s\"", plan->pools[k].name) : NULL;
}

static void refuse_overlaps(ofr_reader *r, const ofr_json *where, const ofr_strategy *strategy) {
  const ofr_plan *plan = r->plan;
  if (!r->horizon_known) return;
  for (int j = 0; j < plan->contract_count; j++) {
    for (int i = 0; i < j; i++) {
      if (!strategy->signed_contracts[i] || !strategy->signed_contracts[j]) continue;
      const ofr_contract *a = &plan->contracts[i], *b = &plan->contracts[j];
      const char *shared = a->name && b->name ? shared_thing(r, a, b) : NULL;
      if (!shared) continue;
      char month[8];
      ofr_plan_month_name(plan, a->span.from > b->span.from ? a->span.from : b->span.from, month);
      ofr_wrong(r, where, "sign one of them, or set them apart by \"from\" and \"to\"", "\"%s\" and \"%s\" both bind the %s in %s",
                a->name, b->name, shared, month);
    }
  }
}

/* An exit that is signed without what it ends. */
static void refuse_lone_exits(ofr_reader *r, const ofr_json *where, const ofr_strategy *strategy) {
  for (int i = 0; i < r->plan->contract_count; i++) {
    const ofr_contract *exit = &r->plan->contracts[i];
    if (!strategy->signed_contracts[i] || exit->type != OFR_EXIT || exit->target < 0) continue;
    const char *target = r->plan->contracts[exit->target].name;
    if (!strategy->signed_contracts[exit->target] && exit->name && target)
      ofr_wrong(r, where, ofr_phrase(r, "sign \"%s\" too, or leave \"%s\" out", target, exit->name),
                "\"%s\" has nothing to exit from: \"%s\" is not signed", exit->name, target);
  }
}

/* A first refusal asks slots in their turns, which the least cost of a month has not. */
static void refuse_unruly(ofr_reader *r, const ofr_json *where, const ofr_strategy *strategy) {
  for (int i = 0; i < r->plan->contract_count && strategy->is_optimal; i++) {
    const ofr_contract *c = &r->plan->contracts[i];
    if (strategy->signed_contracts[i] && c->type == OFR_FIRST_REFUSAL && c->name)
      ofr_wrong(r, where, "leave it out, or write \"rule\": \"priority\"",
                "\"%s\" matches offers in workload order: the rule \"optimal\" has none", c->name);
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
    refuse_overlaps(r, contracts ? contracts : item ? item : r->root, &plan->strategies[i]);
    refuse_lone_exits(r, contracts ? contracts : item ? item : r->root, &plan->strategies[i]);
    refuse_unruly(r, contracts ? contracts : item ? item : r->root, &plan->strategies[i]);
    if (item) item = item->next;
  }
}
