/* One contract: JSON to naive_contract. No checks. */
#include "naive.h"
#include <string.h>

static const cJSON *get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

static double number(const cJSON *object, const char *key, double otherwise) {
  const cJSON *value = get(object, key);
  return value ? value->valuedouble : otherwise;
}

static bool is(const cJSON *object, const char *key, const char *word) {
  const cJSON *value = get(object, key);
  return value && strcmp(value->valuestring, word) == 0;
}

static int named(const cJSON *list, const cJSON *name) {
  int index = 0;
  for (const cJSON *item = list->child; name && item; item = item->next, index++)
    if (is(item, "name", name->valuestring)) return index;
  return -1;
}

static int bound(const naive_plan *plan, const cJSON *item, const char *key, int otherwise) {
  const cJSON *written = get(item, key);
  return written ? naive_month_of(plan, written->valuestring) : otherwise;
}

/* In the order of time. */
static void read_windows(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  for (const cJSON *each = get(json, "windows")->child; each; each = each->next) {
    naive_window w = {.from = bound(plan, each, "from", 0),
                      .to = bound(plan, each, "to", plan->months - 1),
                      .amount = number(each, "amount", 0)};
    if (w.to < 0 || w.from >= plan->months) continue;
    if (w.to >= plan->months) {
      w.amount = w.amount * (plan->months - w.from) / (w.to - w.from + 1);
      w.to = plan->months - 1;
    }
    int n = c->window_count++;
    for (; n > 0 && c->windows[n - 1].from > w.from; n--) c->windows[n] = c->windows[n - 1];
    c->windows[n] = w;
  }
}

static double counts_on(const cJSON *counts, const char *pool) {
  if (!counts) return 1;
  return cJSON_IsNumber(counts) ? counts->valuedouble : number(counts, pool, 1);
}

/* Its provider's pools: all, or those that it names. */
static void cover_pools(const naive_plan *plan, const cJSON *pools, naive_contract *c) {
  for (int k = 0; k < plan->pool_count; k++)
    c->covers_pool[k] = plan->pools[k].provider == c->provider && (!pools || naive_selects(pools, plan->pools[k].json));
}

static void read_commitment(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  c->kind = NAIVE_COMMITMENT;
  c->shortfall_rate = number(json, "shortfall_rate", 1);
  c->deferral = number(json, "deferral", 0);
  c->carry_forward = number(json, "carry_forward", 0);
  c->relief = number(json, "relief", 0);
  c->opening = number(json, "opening", 0);
  c->credit_months = (int)number(json, "credit_months", 0);
  read_windows(plan, json, c);
  cover_pools(plan, get(json, "pools"), c);
  for (int k = 0; k < plan->pool_count; k++)
    c->counts[k] = c->covers_pool[k] ? counts_on(get(json, "counts"), plan->pools[k].name) : 0;
}

static void read_reservation(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  c->kind = NAIVE_RESERVATION;
  c->pool = named(get(plan->json, "pools"), get(json, "pool"));
  c->provider = plan->pools[c->pool].provider;
  c->accelerators = get(json, "accelerators");
  c->price = get(json, "price");
  c->use_price = number(json, "use_price", 0);
  c->upfront = number(json, "upfront", 0);
  c->lot = number(json, "lot", 0);
}

/* Exclusivity or first refusal. */
static void read_restriction(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  c->kind = is(json, "type", "exclusivity") ? NAIVE_EXCLUSIVITY : NAIVE_REFUSAL;
  c->open = is(json, "overflow", "open");
  c->premium = number(json, "premium", 0);
  for (int w = 0; w < plan->workload_count; w++)
    c->covers[w] = !get(json, "workloads") || naive_selects(get(json, "workloads"), plan->workloads[w].json);
}

static void read_discount(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  const cJSON *tier;
  c->kind = NAIVE_DISCOUNT;
  c->all_units = is(json, "basis", "all_units");
  c->yearly = is(json, "period", "year");
  cover_pools(plan, get(json, "pools"), c);
  cJSON_ArrayForEach(tier, get(json, "tiers")) c->tiers[c->tier_count++] =
      (naive_tier){tier->child->valuedouble, tier->child->next->valuedouble};
}

static void read_grant(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  c->kind = NAIVE_GRANT;
  c->amount = number(json, "amount", 0);
  c->credit = is(json, "kind", "credit");
  cover_pools(plan, NULL, c);
}

static void read_exit(const cJSON *json, naive_contract *c) {
  c->kind = NAIVE_EXIT;
  c->exit_name = get(json, "contract")->valuestring;
  c->at = get(json, "at");
  c->fee = number(json, "fee", 0);
  c->below = number(json, "below", 0);
  c->unconditional = !get(json, "below");
}

void naive_read_contract(const naive_plan *plan, const cJSON *json, naive_contract *c) {
  *c = (naive_contract){.name = get(json, "name")->valuestring,
                        .provider = named(get(plan->json, "providers"), get(json, "provider")),
                        .from = bound(plan, json, "from", 0),
                        .to = bound(plan, json, "to", plan->months - 1),
                        .pool = -1,
                        .share = number(json, "share", 0),
                        .margin = number(json, "margin", 0)};
  if (is(json, "type", "commitment")) read_commitment(plan, json, c);
  else if (is(json, "type", "reservation")) read_reservation(plan, json, c);
  else if (is(json, "type", "discount")) read_discount(plan, json, c);
  else if (is(json, "type", "grant")) read_grant(plan, json, c);
  else if (is(json, "type", "exit")) read_exit(json, c);
  else if (is(json, "type", "stake")) c->kind = NAIVE_STAKE;
  else read_restriction(plan, json, c);
}
