/* Strategies that differ from one another in little, or in nothing: what is computed once for several of them must be right for
 * each. */
#include "random_dice.h"
#include <string.h>

static cJSON *get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

static cJSON *contract_named(const cJSON *plan, const char *name) {
  cJSON *each;
  cJSON_ArrayForEach(each, get(plan, "contracts")) if (strcmp(get(each, "name")->valuestring, name) == 0) return each;
  return NULL;
}

static int place_in(const cJSON *names, const char *name) {
  int at = 0;
  const cJSON *each;
  cJSON_ArrayForEach(each, names) {
    if (strcmp(each->valuestring, name) == 0) return at;
    at++;
  }
  return -1;
}

static void put_name(cJSON *names, const char *name) {
  if (place_in(names, name) < 0) cJSON_AddItemToArray(names, cJSON_CreateString(name));
}

/* A strategy that names nothing signs all. */
static cJSON *signed_by(const cJSON *plan, cJSON *strategy) {
  cJSON *names = get(strategy, "contracts");
  const cJSON *each;
  if (names) return names;
  names = cJSON_AddArrayToObject(strategy, "contracts");
  cJSON_ArrayForEach(each, get(plan, "contracts")) put_name(names, get(each, "name")->valuestring);
  return names;
}

static bool refuses(const cJSON *plan, const cJSON *names) {
  const cJSON *each;
  cJSON_ArrayForEach(each, names) if (strcmp(get(contract_named(plan, each->valuestring), "type")->valuestring,
                                             "first_refusal") == 0) return true;
  return false;
}

/* A contract more, with what it leaves, or one less, with the exits from it. */
static void change_contract(dice *d, const cJSON *plan, cJSON *names) {
  int count = cJSON_GetArraySize(get(plan, "contracts"));
  if (count == 0) return;
  cJSON *contract = cJSON_GetArrayItem(get(plan, "contracts"), between(d, 0, count - 1)), *each, *next;
  const char *name = get(contract, "name")->valuestring;
  int at = place_in(names, name);
  if (at < 0) {
    put_name(names, name);
    if (get(contract, "contract")) put_name(names, get(contract, "contract")->valuestring);
    return;
  }
  cJSON_DeleteItemFromArray(names, at);
  for (each = names->child; each; each = next) {
    const cJSON *left = get(contract_named(plan, each->valuestring), "contract");
    next = each->next;
    if (left && strcmp(left->valuestring, name) == 0) cJSON_DeleteItemFromArray(names, place_in(names, each->valuestring));
  }
}

static void change_pull(dice *d, cJSON *strategy) {
  static const char *const pulls[] = {"none", "full", "pace"};
  int kind = between(d, 0, 3);
  cJSON_DeleteItemFromObjectCaseSensitive(strategy, "pull");
  if (kind < 3) cJSON_AddStringToObject(strategy, "pull", pulls[kind]);
  else cJSON_AddNumberToObject(strategy, "pull", uniform(d, 0.05, 1));
}

static void change_rule(dice *d, const cJSON *plan, cJSON *strategy) {
  bool optimal = get(strategy, "rule") != NULL;
  cJSON_DeleteItemFromObjectCaseSensitive(strategy, "rule");
  cJSON_DeleteItemFromObjectCaseSensitive(strategy, "max_share");
  if (!optimal && chance(d, 0.7) && !refuses(plan, get(strategy, "contracts")))
    cJSON_AddStringToObject(strategy, "rule", "optimal");
  else cJSON_AddNumberToObject(strategy, "max_share", uniform(d, 0.05, 0.95));
}

static void change_providers(dice *d, const cJSON *plan, cJSON *strategy) {
  int count = cJSON_GetArraySize(get(plan, "providers")), sure = between(d, 0, count - 1);
  cJSON_DeleteItemFromObjectCaseSensitive(strategy, "providers");
  cJSON *names = cJSON_AddArrayToObject(strategy, "providers");
  for (int p = 0; p < count; p++)
    if (p == sure || chance(d, 0.7)) put_name(names, named("p", p));
}

static cJSON *make_relative(dice *d, const cJSON *plan, const cJSON *of, int index) {
  cJSON *x = cJSON_Duplicate(of, true), *names = signed_by(plan, x);
  int change = between(d, 0, 9);
  cJSON_ReplaceItemInObjectCaseSensitive(x, "name", cJSON_CreateString(named("s", index)));
  if (change < 5) change_contract(d, plan, names);
  else if (change == 5) change_pull(d, x);
  else if (change < 8) change_rule(d, plan, x);
  else if (change == 8) change_providers(d, plan, x);
  if (get(x, "rule") && refuses(plan, names)) cJSON_DeleteItemFromObjectCaseSensitive(x, "rule");
  return x;
}

void random_relatives(uint64_t seed, int count, cJSON *plan) {
  dice d = {.state = ~seed, .months = get(get(plan, "horizon"), "months")->valueint};
  cJSON *strategies = get(plan, "strategies");
  for (int n = cJSON_GetArraySize(strategies); n < count; n++)
    cJSON_AddItemToArray(strategies, make_relative(&d, plan, cJSON_GetArrayItem(strategies, between(&d, 0, n - 1)), n));
  if (chance(&d, 0.6)) return;
  cJSON *who = cJSON_AddObjectToObject(plan, "stakeholders");
  cJSON_AddStringToObject(who, "anchor", named("p", between(&d, 0, cJSON_GetArraySize(get(plan, "providers")) - 1)));
  if (chance(&d, 0.3)) return;
  cJSON *failure = cJSON_AddObjectToObject(who, "failure");
  cJSON_AddStringToObject(failure, "from", month(between(&d, 0, d.months - 1)));
  cJSON_AddNumberToObject(failure, "months", between(&d, 1, 8));
}
