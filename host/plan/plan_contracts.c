/* Contracts: commitments, reservations, exclusivities; the other types are read in plan_clauses.c. What they do is the device's;
 * here they are checked and resolved. */
#include "plan_lots.h"
#include "plan_reader.h"
#include <string.h>

/* ---- commitments ---- */

/* All of the provider's pools, or those that `pools` names. */
bool *ofr_covered_pools(ofr_reader *r, const ofr_json *item, int provider) {
  const ofr_plan *plan = r->plan;
  const ofr_json *list = ofr_json_get(item, "pools");
  bool *covered = ofr_take(r, plan->pool_count, sizeof *covered);
  ofr_select(r, list, OFR_NAME_POOL, false, covered);
  const bool by_name = list && !(list->type == OFR_JSON_STRING && strcmp(list->text, "*") == 0);
  for (int k = 0; k < plan->pool_count; k++) {
    if (!covered[k] || plan->pools[k].provider == provider) continue;
    covered[k] = false;
    if (by_name && provider >= 0 && plan->pools[k].provider >= 0)
      ofr_wrong(r, list, ofr_phrase(r, "name pools of %s only", plan->providers[provider].name),
                "the pool \"%s\" belongs to %s", plan->pools[k].name, plan->providers[plan->pools[k].provider].name);
  }
  return covered;
}

/* A fraction for all covered pools, or {pool: fraction}, pools not named 1. */
static const double *read_counts(ofr_reader *r, const ofr_json *item, int provider, const bool *covered) {
  const ofr_json *value = ofr_json_get(item, "counts");
  double *counts = ofr_take(r, r->plan->pool_count, sizeof *counts);
  const bool by_pool = value && value->type == OFR_JSON_OBJECT;
  const double all = by_pool ? 1 : ofr_number(r, value, ofr_fraction, 1);
  for (int k = 0; k < r->plan->pool_count; k++) counts[k] = all;
  if (by_pool) ofr_number_map(r, value, OFR_NAME_POOL, ofr_fraction, counts);
  for (int k = 0; k < r->plan->pool_count; k++) {
    if (covered[k]) continue;
    counts[k] = 0;
    const ofr_pool *pool = &r->plan->pools[k];
    const ofr_json *named = by_pool && pool->name ? ofr_json_get(value, pool->name) : NULL;
    if (named && provider >= 0 && pool->provider >= 0)
      ofr_wrong(r, named, "remove it, or add it to \"pools\"", "the commitment does not cover the pool \"%s\"", named->key);
  }
  return counts;
}

static bool meet(ofr_span a, ofr_span b) { return a.true_from <= b.true_to && b.true_from <= a.true_to; }

/* Puts `window` in its place by time. */
static void insert_window(ofr_contract *out, ofr_window window) {
  int i = out->window_count++;
  for (; i > 0 && out->windows[i - 1].span.true_from > window.span.true_from; i--) out->windows[i] = out->windows[i - 1];
  out->windows[i] = window;
}

static void read_window(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  if (!ofr_is_object(r, item, OFR_OBJECT_WINDOW)) return;
  const ofr_window window = {
      .span = ofr_span_of(r, item), .amount = ofr_number_at(r, item, "amount", ofr_amount, 0), .index = item->index};
  if (!r->horizon_known) return;
  for (int i = 0; i < out->window_count; i++)
    if (meet(window.span, out->windows[i].span))
      ofr_wrong(r, item, "let each month belong to one window, or make two commitments", "this window overlaps window %d",
                out->windows[i].index);
  insert_window(out, window);
}

static void drop_windows_outside(ofr_reader *r, const ofr_json *list, ofr_contract *out) {
  int kept = 0;
  for (int i = 0; i < out->window_count; i++) {
    const ofr_window window = out->windows[i];
    if (window.span.from <= window.span.to) out->windows[kept++] = window;
    else
      ofr_doubt(r, ofr_json_at(list, window.index), "it is left out; move it or the horizon if it should count",
                "this window lies outside the horizon");
  }
  out->window_count = kept;
}

static void read_windows(ofr_reader *r, const ofr_json *list, ofr_contract *out) {
  if (!ofr_has_type(r, list, OFR_JSON_ARRAY)) return;
  if (list->count == 0) ofr_wrong(r, list, "add {\"from\", \"to\", \"amount\"}", "the list of windows is empty");
  if (list->count > OFR_MAX_WINDOWS) {
    ofr_wrong(r, list, ofr_phrase(r, "keep at most %d", OFR_MAX_WINDOWS), "%d windows are too many", list->count);
    return;
  }
  out->windows = ofr_take(r, list->count, sizeof *out->windows);
  for (const ofr_json *item = list->first; item; item = item->next) read_window(r, item, out);
  drop_windows_outside(r, list, out);
}

static void read_commitment(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  const ofr_range rate = {0, 4, false};
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->pools = ofr_covered_pools(r, item, out->provider);
  out->counts = read_counts(r, item, out->provider, out->pools);
  out->shortfall_rate = ofr_number_at(r, item, "shortfall_rate", rate, 1);
  out->opening = ofr_number_at(r, item, "opening", ofr_amount, 0);
  out->deferral = ofr_number_at(r, item, "deferral", ofr_fraction, 0);
  out->carry_forward = ofr_number_at(r, item, "carry_forward", ofr_fraction, 0);
  out->relief = ofr_number_at(r, item, "relief", ofr_fraction, 0);
  read_windows(r, ofr_json_get(item, "windows"), out);
  out->credit_months = ofr_whole_at(r, item, "credit_months", 0, OFR_MAX_MONTHS, 0);
}

/* ---- reservations and exclusivities ---- */

/* The size: rounded up to whole lots, 0 outside the span. */
static ofr_curve reserved_size(ofr_reader *r, const ofr_json *item, ofr_span span) {
  const ofr_range lots = {0, 1e10, true};
  const ofr_curve written = ofr_curve_of(r, ofr_json_get(item, "accelerators"), ofr_accelerators);
  const double lot = ofr_number_at(r, item, "lot", lots, 0);
  double *at = ofr_take(r, r->plan->months, sizeof *at);
  for (int t = span.from; t <= span.to; t++) at[t] = lot > 0 ? ofr_whole_lots(written.at[t], lot) : written.at[t];
  ofr_curve size = {.at = at};
  ofr_find_max(&size, r->plan->months);
  return size;
}

static void read_reservation(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  out->pool = ofr_name_index(r, ofr_json_get(item, "pool"), OFR_NAME_POOL);
  out->provider = out->pool >= 0 ? r->plan->pools[out->pool].provider : -1;
  out->span = ofr_span_of(r, item);
  out->accelerators = reserved_size(r, item, out->span);
  out->price = ofr_curve_of(r, ofr_json_get(item, "price"), ofr_price);
  out->use_price = ofr_number_at(r, item, "use_price", ofr_price, 0);
  out->upfront = ofr_number_at(r, item, "upfront", ofr_fraction, 0);
}

static void read_exclusivity(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  static const char *const overflows[] = {[OFR_OVERFLOW_UNMET] = "unmet", [OFR_OVERFLOW_OPEN] = "open", NULL};
  bool *covers = ofr_take(r, r->plan->workload_count, sizeof *covers);
  ofr_select(r, ofr_json_get(item, "workloads"), OFR_NAME_WORKLOAD, false, covers);
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->covers = covers;
  out->overflow = (ofr_overflow)ofr_word_at(r, item, "overflow", overflows, OFR_OVERFLOW_UNMET);
  out->span = ofr_span_of(r, item);
}

/* ---- all of them ---- */

static const struct {
  const char *name;
  ofr_object_kind kind;
  void (*read)(ofr_reader *, const ofr_json *, ofr_contract *);
} types[OFR_CONTRACT_TYPES] = {
    [OFR_COMMITMENT] = {"commitment", OFR_OBJECT_COMMITMENT, read_commitment},
    [OFR_RESERVATION] = {"reservation", OFR_OBJECT_RESERVATION, read_reservation},
    [OFR_EXCLUSIVITY] = {"exclusivity", OFR_OBJECT_EXCLUSIVITY, read_exclusivity},
    [OFR_DISCOUNT] = {"discount", OFR_OBJECT_DISCOUNT, ofr_read_discount},
    [OFR_GRANT] = {"grant", OFR_OBJECT_GRANT, ofr_read_grant},
    [OFR_FIRST_REFUSAL] = {"first_refusal", OFR_OBJECT_FIRST_REFUSAL, ofr_read_first_refusal},
    [OFR_EXIT] = {"exit", OFR_OBJECT_EXIT, ofr_read_exit},
    [OFR_STAKE] = {"stake", OFR_OBJECT_STAKE, ofr_read_stake},
};

/* "commitment", "reservation", ... or "stake". */
static const char *all_types(ofr_reader *r) {
  const char *list = "";
  for (int i = 0; i < OFR_CONTRACT_TYPES; i++)
    list = ofr_phrase(r, "%s%s\"%s\"", list, i == 0 ? "" : i + 1 < OFR_CONTRACT_TYPES ? ", " : " or ", types[i].name);
  return list;
}

static void refuse_type(ofr_reader *r, const ofr_json *type) {
  const char *known[OFR_CONTRACT_TYPES];
  for (int i = 0; i < OFR_CONTRACT_TYPES; i++) known[i] = types[i].name;
  const char *nearest = ofr_nearest_name(type->text, known, OFR_CONTRACT_TYPES);
  ofr_wrong(r, type, nearest ? ofr_phrase(r, "did you mean \"%s\"?", nearest) : ofr_phrase(r, "write %s", all_types(r)),
            "there is no contract of type \"%s\"", ofr_brief(r, type->text));
}

static void read_contract(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  if (!ofr_has_type(r, item, OFR_JSON_OBJECT)) return;
  const ofr_json *type = ofr_json_get(item, "type");
  if (!type) ofr_wrong(r, item, ofr_phrase(r, "add \"type\": %s", all_types(r)), "a contract needs the key \"type\"");
  if (!ofr_has_type(r, type, OFR_JSON_STRING)) return;
  for (int i = 0; i < OFR_CONTRACT_TYPES; i++) {
    if (strcmp(types[i].name, type->text) != 0) continue;
    ofr_is_object(r, item, types[i].kind);
    out->type = (ofr_contract_type)i;
    types[i].read(r, item, out);
    return;
  }
  refuse_type(r, type);
}

void ofr_read_contracts(ofr_reader *r) {
  const ofr_names *names = &r->names[OFR_NAME_CONTRACT];
  ofr_plan *plan = r->plan;
  plan->contract_count = names->count;
  plan->contracts = ofr_take(r, names->count, sizeof *plan->contracts);
  const ofr_json *item = names->count > 0 ? names->list->first : NULL;
  for (int i = 0; i < names->count; i++, item = item->next) {
    plan->contracts[i].name = names->at[i];
    plan->contracts[i].provider = plan->contracts[i].pool = plan->contracts[i].target = -1;
    read_contract(r, item, &plan->contracts[i]);
  }
  item = names->count > 0 ? names->list->first : NULL;
  for (int i = 0; i < names->count; i++, item = item->next)
    if (plan->contracts[i].type == OFR_EXIT) ofr_check_exit(r, item, &plan->contracts[i]);
}
