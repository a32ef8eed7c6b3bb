/* Events: when they may happen, and what they do to pools, workloads and contracts while they last. */
#include "plan_reader.h"
#include <string.h>

/* ---- selectors ---- */

/* The provider or accelerator of item i of a kind, -1 when it has none. */
static int attribute_of(const ofr_plan *plan, ofr_name_kind kind, ofr_name_kind attribute, int i) {
  if (kind == OFR_NAME_CONTRACT) return plan->contracts[i].provider;
  return attribute == OFR_NAME_PROVIDER ? plan->pools[i].provider : plan->pools[i].accelerator;
}

static void keep_where(ofr_reader *r, const ofr_json *value, ofr_name_kind kind, ofr_name_kind attribute, bool *out) {
  if (!value) return;
  bool *wanted = ofr_take(r, r->names[attribute].count, sizeof *wanted);
  ofr_select(r, value, attribute, false, wanted);
  for (int i = 0; i < r->names[kind].count; i++) {
    const int index = attribute_of(r->plan, kind, attribute, i);
    out[i] = out[i] && index >= 0 && wanted[index];
  }
}

/* {"provider", "accelerator", "name"}: what meets every condition given. */
static void select_by_conditions(ofr_reader *r, const ofr_json *value, ofr_name_kind kind, bool *out) {
  const ofr_object_kind object = kind == OFR_NAME_POOL       ? OFR_OBJECT_POOL_SELECTOR
                                 : kind == OFR_NAME_WORKLOAD ? OFR_OBJECT_WORKLOAD_SELECTOR
                                                             : OFR_OBJECT_CONTRACT_SELECTOR;
  ofr_is_object(r, value, object);
  if (value->count == 0) ofr_wrong(r, value, "write \"*\" for all", "the selector has no condition");
  ofr_select(r, ofr_json_get(value, "name"), kind, false, out);
  if (kind != OFR_NAME_WORKLOAD) keep_where(r, ofr_json_get(value, "provider"), kind, OFR_NAME_PROVIDER, out);
  if (kind == OFR_NAME_POOL) keep_where(r, ofr_json_get(value, "accelerator"), kind, OFR_NAME_ACCELERATOR, out);
}

static const bool *read_selector(ofr_reader *r, const ofr_json *value, ofr_name_kind kind) {
  bool *out = ofr_take(r, r->names[kind].count, sizeof *out);
  if (!value) return out;
  if (value->type == OFR_JSON_OBJECT) select_by_conditions(r, value, kind, out);
  else ofr_select(r, value, kind, false, out);
  return out;
}

/* ---- effects ---- */

/* A selector and the keys that act on what it selects need each other. */
static bool check_target(ofr_reader *r, const ofr_json *effect, const char *target, const char *first, const char *second) {
  const ofr_json *selector = ofr_json_get(effect, target);
  const ofr_json *action = ofr_json_get(effect, first);
  if (!action && second) action = ofr_json_get(effect, second);
  if (selector && !action)
    ofr_wrong(r, selector, ofr_phrase(r, second ? "add \"%s\" or \"%s\"" : "add \"%s\"", first, second),
              "the effect does not say what happens to the %s", target);
  if (action && !selector)
    ofr_wrong(r, action, ofr_phrase(r, "add \"%s\": \"*\", or a narrower selector", target), "the effect does not say which %s",
              target);
  return selector || action;
}

static void read_effect(ofr_reader *r, const ofr_json *item, ofr_effect *out) {
  out->pools = read_selector(r, ofr_json_get(item, "pools"), OFR_NAME_POOL);
  out->workloads = read_selector(r, ofr_json_get(item, "workloads"), OFR_NAME_WORKLOAD);
  out->contracts = read_selector(r, ofr_json_get(item, "contracts"), OFR_NAME_CONTRACT);
  out->capacity = ofr_number_at(r, item, "capacity", ofr_multiplier, 1);
  out->price = ofr_number_at(r, item, "price", ofr_multiplier, 1);
  out->demand = ofr_number_at(r, item, "demand", ofr_multiplier, 1);
  out->suspend = ofr_flag_at(r, item, "suspend", false);
  out->ends = ofr_flag_at(r, item, "void", false);
  if (!ofr_is_object(r, item, OFR_OBJECT_EFFECT)) return;
  bool on_pools = check_target(r, item, "pools", "capacity", "price");
  bool on_workloads = check_target(r, item, "workloads", "demand", NULL);
  bool on_contracts = check_target(r, item, "contracts", "suspend", "void");
  if (!on_pools && !on_workloads && !on_contracts)
    ofr_wrong(r, item, "write one like {\"pools\": \"*\", \"capacity\": 0.7}", "the effect is empty");
}

static void read_effects(ofr_reader *r, const ofr_json *list, ofr_event *out) {
  if (!ofr_has_type(r, list, OFR_JSON_ARRAY)) return;
  if (list->count == 0)
    ofr_wrong(r, list, "add one like {\"pools\": \"*\", \"capacity\": 0.7}", "the list of effects is empty");
  if (list->count > OFR_MAX_EFFECTS) {
    ofr_wrong(r, list, ofr_phrase(r, "keep at most %d", OFR_MAX_EFFECTS), "%d effects are too many for one event", list->count);
    return;
  }
  out->effects = ofr_take(r, list->count, sizeof *out->effects);
  for (const ofr_json *item = list->first; item; item = item->next) read_effect(r, item, &out->effects[out->effect_count++]);
}

/* ---- when ---- */

static void read_start(ofr_reader *r, const ofr_json *item, ofr_event *out) {
  const ofr_range rates = {0, 1e6, false};
  const ofr_json *rate = ofr_json_get(item, "rate"), *at = ofr_json_get(item, "at");
  out->at = -1;
  out->rate = ofr_number(r, rate, rates, 0);
  if (rate && at) ofr_wrong(r, at, "keep one of the two", "an event has either a \"rate\" or an \"at\", not both");
  if (!rate && !at)
    ofr_wrong(r, item, "add \"rate\": starts per year, or \"at\": a month", "an event needs a \"rate\" or an \"at\"");
  int month;
  if (ofr_month(r, at, &month)) out->at = month >= 0 && month < r->plan->months ? month : r->plan->months;
}

static void read_duration(ofr_reader *r, const ofr_json *item, ofr_event *out) {
  const ofr_range means = {1, 1e6, false};
  const int longest = 1000000;
  const ofr_json *mean = ofr_json_get(item, "mean_duration");
  if (mean && ofr_json_get(item, "duration"))
    ofr_wrong(r, mean, "keep one of the two", "an event has either a \"duration\" or a \"mean_duration\", not both");
  if (mean) {
    out->mean_duration = ofr_number(r, mean, means, 1);
    return;
  }
  out->duration = ofr_whole_at(r, item, "duration", 1, longest, 1);
  if (out->duration > OFR_MAX_MONTHS) out->duration = OFR_MAX_MONTHS; /* past the end of any horizon */
}

static void read_event(ofr_reader *r, const ofr_json *item, ofr_event *out) {
  const int most = 1000000;
  if (!ofr_is_object(r, item, OFR_OBJECT_EVENT)) return;
  read_start(r, item, out);
  read_duration(r, item, out);
  out->span = ofr_span_of(r, item);
  out->max = ofr_whole_at(r, item, "max", 1, most, 0);
  read_effects(r, ofr_json_get(item, "effects"), out);
}

void ofr_read_events(ofr_reader *r) {
  const ofr_names *names = &r->names[OFR_NAME_EVENT];
  ofr_plan *plan = r->plan;
  plan->event_count = names->count;
  plan->events = ofr_take(r, names->count, sizeof *plan->events);
  const ofr_json *item = names->count > 0 ? names->list->first : NULL;
  for (int i = 0; i < names->count; i++, item = item->next) {
    plan->events[i].name = names->at[i];
    read_event(r, item, &plan->events[i]);
  }
}
