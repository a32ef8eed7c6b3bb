/* JSON to naive_plan. No checks. */
#include "naive.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cJSON *get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

static double number(const cJSON *object, const char *key, double otherwise) {
  const cJSON *value = get(object, key);
  return value ? value->valuedouble : otherwise;
}

static const char *text(const cJSON *object, const char *key) {
  const cJSON *value = get(object, key);
  return value ? value->valuestring : NULL;
}

static bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

static int find(const cJSON *list, const char *name) {
  int index = 0;
  for (const cJSON *item = list ? list->child : NULL; item; item = item->next, index++)
    if (same(text(item, "name"), name)) return index;
  return -1;
}

static int month_number(const char *written) {
  return 12 * (int)strtol(written, NULL, 10) + (int)strtol(written + 5, NULL, 10) - 1;
}

int naive_month_of(const naive_plan *plan, const char *written) { return month_number(written) - plan->start; }

static double between(const naive_plan *plan, const cJSON *points, bool step, int month) {
  double before = 0, value = 0;
  int before_month = INT_MIN;
  for (const cJSON *point = points->child; point; point = point->next, before = value) {
    int at = month_number(point->child->valuestring) - plan->start;
    value = point->child->next->valuedouble;
    if (at == month) return value;
    if (at > month) {
      if (before_month == INT_MIN) return value;
      return step ? before : before + (value - before) * (month - before_month) / (at - before_month);
    }
    before_month = at;
  }
  return value;
}

double naive_curve(const naive_plan *plan, const cJSON *curve, int month) {
  if (!curve) return 0;
  if (cJSON_IsNumber(curve)) return curve->valuedouble;
  if (get(curve, "points")) return between(plan, get(curve, "points"), same(text(curve, "interpolate"), "step"), month);
  return number(curve, "start", 0) * pow(1 + number(curve, "growth", 0), month / 12.0);
}

/* "*", a name, a list of names. */
static bool among(const cJSON *names, const char *name) {
  if (cJSON_IsString(names)) return same(names->valuestring, "*") || same(names->valuestring, name);
  for (const cJSON *each = names->child; each; each = each->next)
    if (same(each->valuestring, name) || same(each->valuestring, "*")) return true;
  return false;
}

bool naive_selects(const cJSON *selector, const cJSON *item) {
  if (!selector) return false;
  if (!cJSON_IsObject(selector)) return among(selector, text(item, "name"));
  for (const cJSON *term = selector->child; term; term = term->next)
    if (!same(term->string, "note") && !among(term, text(item, term->string))) return false;
  return true;
}

static void read_workload(const naive_plan *plan, const cJSON *json, naive_workload *w) {
  const cJSON *speed = get(json, "speed"), *pool = get(plan->json, "pools")->child;
  *w = (naive_workload){.name = text(json, "name"),
                        .json = json,
                        .unmet_cost = number(json, "unmet_cost", 0),
                        .duty = number(json, "duty", 1),
                        .data_gb_per_hour = number(json, "data_gb_per_hour", 0),
                        .home = find(get(plan->json, "providers"), text(json, "home"))};
  for (int k = 0; pool; pool = pool->next, k++) w->speed[k] = number(speed, text(pool, "accelerator"), 0);
}

static void read_strategy(const naive_plan *plan, const cJSON *json, naive_strategy *s) {
  const cJSON *pull = get(json, "pull"), *share = get(json, "max_share"), *contracts = get(json, "contracts");
  *s = (naive_strategy){.name = text(json, "name")};
  if (cJSON_IsNumber(pull)) s->pull = pull->valuedouble;
  else if (cJSON_IsString(pull) && !same(pull->valuestring, "none")) s->pull = 1;
  s->pace = cJSON_IsString(pull) && same(pull->valuestring, "pace");
  for (int c = 0; c < plan->contract_count; c++) s->signs[c] = !contracts || among(contracts, plan->contracts[c].name);
  for (int p = 0; p < plan->provider_count; p++) {
    const char *name = text(plan->providers[p], "name");
    s->places[p] = !get(json, "providers") || among(get(json, "providers"), name);
    s->max_share[p] = cJSON_IsNumber(share) ? share->valuedouble : share ? number(share, name, 1) : 1;
  }
}

/* An exit may name a contract that stands after it. */
static void find_exits(naive_plan *plan) {
  for (int c = 0; c < plan->contract_count; c++) {
    naive_contract *x = &plan->contracts[c];
    if (x->kind != NAIVE_EXIT) continue;
    x->exits = find(get(plan->json, "contracts"), x->exit_name);
    x->provider = plan->contracts[x->exits].provider;
  }
}

void naive_read(const cJSON *json, naive_plan *plan) {
  const cJSON *horizon = get(json, "horizon"), *each;
  *plan = (naive_plan){.json = json,
                       .start = month_number(text(horizon, "start")),
                       .months = (int)number(horizon, "months", 1),
                       .discount_rate = number(horizon, "discount_rate", 0)};
  cJSON_ArrayForEach(each, get(json, "providers")) plan->providers[plan->provider_count++] = each;
  cJSON_ArrayForEach(each, get(json, "events")) plan->events[plan->event_count++] = each;
  cJSON_ArrayForEach(each, get(json, "workloads")) read_workload(plan, each, &plan->workloads[plan->workload_count++]);
  cJSON_ArrayForEach(each, get(json, "pools")) plan->pools[plan->pool_count++] =
      (naive_pool){.name = text(each, "name"), .json = each, .provider = find(get(json, "providers"), text(each, "provider"))};
  cJSON_ArrayForEach(each, get(json, "contracts")) naive_read_contract(plan, each, &plan->contracts[plan->contract_count++]);
  find_exits(plan);
  cJSON_ArrayForEach(each, get(json, "strategies")) read_strategy(plan, each, &plan->strategies[plan->strategy_count++]);
}
