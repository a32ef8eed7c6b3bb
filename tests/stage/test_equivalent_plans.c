/* Plans that say the same by other means: money in half dollars, work in other units, a pool in two halves, a discount as a lower
 * price, an event as a curve. Every path costs the same, as closely as whole quanta, and prices in seven digits, allow: each pair
 * says which of the two. `test_equivalent_plans FIRST COUNT` tries COUNT plans from seed FIRST on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../naive/random_dice.h"
#include "plan_pairs.h"

enum { PATHS = 16 };

static uint64_t first_seed = 1;
static int seeds = 200;

/* Makes a plan say the same by other means; what must hold for that it does to `plan` first. False where it cannot. */
typedef bool means(cJSON *plan, cJSON *other, dice *d);

static void put_number(cJSON *object, const char *key, double value) {
  cJSON_DeleteItemFromObjectCaseSensitive(object, key);
  cJSON_AddNumberToObject(object, key, value);
}

static void put_item(cJSON *object, const char *key, cJSON *value) {
  cJSON_DeleteItemFromObjectCaseSensitive(object, key);
  cJSON_AddItemToObject(object, key, value);
}

static cJSON *any_of(const cJSON *plan, const char *key, dice *d) {
  int count = pair_count(plan, key);
  return count > 0 ? cJSON_GetArrayItem(pair_get(plan, key), between(d, 0, count - 1)) : NULL;
}

static bool has_term(const cJSON *plan, const char *key) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (pair_get(each, key)) return true;
  return false;
}

/* ---- units ---- */

static void scale(cJSON *object, const char *key, double by) {
  cJSON *value = pair_get(object, key), *point;
  if (cJSON_IsNumber(value)) cJSON_SetNumberValue(value, value->valuedouble * by);
  else if (value && pair_get(value, "start")) scale(value, "start", by);
  else if (value)
    cJSON_ArrayForEach(point, pair_get(value, "points"))
        cJSON_SetNumberValue(point->child->next, point->child->next->valuedouble * by);
}

static void scale_each(cJSON *list, const char *key, double by) {
  cJSON *each;
  cJSON_ArrayForEach(each, list) scale(each, key, by);
}

/* Amounts of contracts, but for what they ask an hour. */
static void scale_amounts(cJSON *plan, double by) {
  cJSON *each, *tier;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    scale(each, "amount", by);
    scale(each, "opening", by);
    scale_each(pair_get(each, "windows"), "amount", by);
    cJSON_ArrayForEach(tier, pair_get(each, "tiers")) cJSON_SetNumberValue(tier->child, tier->child->valuedouble * by);
  }
}

static bool money_in_half_dollars(cJSON *plan, cJSON *other, dice *d) {
  (void)plan, (void)d;
  scale_amounts(other, 2);
  scale_each(pair_get(other, "providers"), "egress_per_gb", 2);
  scale_each(pair_get(other, "workloads"), "unmet_cost", 2);
  scale_each(pair_get(other, "workloads"), "value", 2);
  scale_each(pair_get(other, "pools"), "price", 2);
  scale_each(pair_get(other, "contracts"), "price", 2);
  scale_each(pair_get(other, "contracts"), "use_price", 2);
  return true;
}

static bool ten_times_all_accelerators(cJSON *plan, cJSON *other, dice *d) {
  (void)plan, (void)d;
  scale_amounts(other, 10);
  scale_each(pair_get(other, "workloads"), "demand", 10);
  scale_each(pair_get(other, "pools"), "capacity", 10);
  scale_each(pair_get(other, "contracts"), "accelerators", 10);
  scale_each(pair_get(other, "contracts"), "lot", 10);
  return true;
}

/* Twice the hours of an accelerator that is half as fast. */
static bool work_in_hours_of_half_the_accelerator(cJSON *plan, cJSON *other, dice *d) {
  cJSON *each, *speed;
  (void)plan, (void)d;
  cJSON_ArrayForEach(each, pair_get(other, "workloads")) {
    scale(each, "demand", 2);
    scale(each, "unmet_cost", 0.5);
    scale(each, "value", 0.5);
    scale(each, "data_gb_per_hour", 0.5);
    cJSON_ArrayForEach(speed, pair_get(each, "speed")) cJSON_SetNumberValue(speed, speed->valuedouble * 2);
  }
  return true;
}

/* ---- two of a half ---- */

static bool names_pool(const cJSON *contract, const char *name) {
  const cJSON *each, *pool = pair_get(contract, "pool");
  if (pool && strcmp(pool->valuestring, name) == 0) return true;
  cJSON_ArrayForEach(each, pair_get(contract, "counts")) if (each->string && strcmp(each->string, name) == 0) return true;
  cJSON_ArrayForEach(each, pair_get(contract, "pools")) if (strcmp(each->valuestring, name) == 0) return true;
  return false;
}

static void deliver_on_time(cJSON *plan) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "pools")) {
    cJSON_DeleteItemFromObjectCaseSensitive(each, "slip_mean");
    cJSON_DeleteItemFromObjectCaseSensitive(each, "slip_max");
  }
}

static void drop_shares(cJSON *plan) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(each, "max_share");
}

static void move_behind(cJSON *list, int at) {
  for (int after = cJSON_GetArraySize(list) - at - 2; after > 0; after--)
    cJSON_AddItemToArray(list, cJSON_DetachItemFromArray(list, at + 1));
}

/* Side by side, for ties go by plan order; on time, for delays are drawn by place; without shares, for what a first refusal is
 * matched of is what a rival's share has room for, pool by pool. */
static bool a_pool_in_two_halves(cJSON *plan, cJSON *other, dice *d) {
  cJSON *pools = pair_get(other, "pools"), *half;
  const cJSON *each;
  int at = between(d, 0, cJSON_GetArraySize(pools) - 1);
  cJSON *pool = cJSON_GetArrayItem(pools, at);
  cJSON_ArrayForEach(each, pair_get(other, "contracts")) if (names_pool(each, pair_get(pool, "name")->valuestring)) return false;
  scale(pool, "capacity", 0.5);
  half = cJSON_Duplicate(pool, true);
  put_item(half, "name", cJSON_CreateString("half"));
  cJSON_AddItemToArray(pools, half);
  move_behind(pools, at);
  deliver_on_time(plan);
  deliver_on_time(other);
  if (pair_has_contract(plan, "first_refusal")) drop_shares(plan), drop_shares(other);
  return true;
}

static bool names_contract(const cJSON *plan, const char *name) {
  const cJSON *each, *effect, *x;
  cJSON_ArrayForEach(each, pair_get(plan, "events")) cJSON_ArrayForEach(effect, pair_get(each, "effects"))
      cJSON_ArrayForEach(x, pair_get(effect, "contracts")) if (strcmp(x->valuestring, name) == 0) return true;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (pair_get(each, "contract") &&
                                                            strcmp(pair_get(each, "contract")->valuestring, name) == 0) return true;
  return false;
}

static void sign_beside(cJSON *plan, const char *name, const char *more) {
  cJSON *each, *x;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
    cJSON *names = pair_get(each, "contracts");
    bool there = false;
    cJSON_ArrayForEach(x, names) there |= strcmp(x->valuestring, name) == 0;
    if (there) cJSON_AddItemToArray(names, cJSON_CreateString(more));
  }
}

static bool a_reservation_in_two_halves(cJSON *plan, cJSON *other, dice *d) {
  cJSON *contracts = pair_get(other, "contracts"), *half;
  int at = between(d, 0, cJSON_GetArraySize(contracts));
  cJSON *block = cJSON_GetArrayItem(contracts, at);
  (void)plan;
  if (!block || !pair_has_type(block, "reservation") || pair_get(block, "lot")) return false;
  const char *name = pair_get(block, "name")->valuestring;
  if (names_contract(other, name)) return false;
  scale(block, "accelerators", 0.5);
  half = cJSON_Duplicate(block, true);
  put_item(half, "name", cJSON_CreateString("half"));
  cJSON_AddItemToArray(contracts, half);
  move_behind(contracts, at);
  sign_beside(other, name, "half");
  return true;
}

/* ---- commitments ---- */

/* What counts by half under half the promise, with a charge of twice the rate. Charges count in full: there is one alone. */
static bool a_promise_that_counts_in_other_dollars(cJSON *plan, cJSON *other, dice *d) {
  cJSON *each, *floor = NULL, *window;
  int floors = 0;
  cJSON_ArrayForEach(each, pair_get(other, "contracts")) {
    if (!pair_has_type(each, "commitment")) continue;
    floors++;
    floor = each;
  }
  if (floors != 1 || cJSON_IsObject(pair_get(floor, "counts"))) return false;
  cJSON *counts = pair_get(floor, "counts"), *rate = pair_get(floor, "shortfall_rate"), *alike;
  double by = uniform(d, 0.3, 0.9), was = counts ? counts->valuedouble : 1, charged = rate ? rate->valuedouble : 1;
  put_number(floor, "counts", was * by);
  put_number(floor, "shortfall_rate", charged / by);
  scale(floor, "opening", by);
  cJSON_ArrayForEach(window, pair_get(floor, "windows")) scale(window, "amount", by);
  const char *name = pair_get(floor, "name")->valuestring;
  cJSON_ArrayForEach(each, pair_get(other, "contracts")) if (pair_get(each, "contract") &&
                                                             strcmp(pair_get(each, "contract")->valuestring, name) == 0)
      put_number(each, "fee", fmin(4, (pair_get(each, "fee") ? pair_get(each, "fee")->valuedouble : 0) / by));
  cJSON_ArrayForEach(alike, pair_get(plan, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(alike, "pull");
  cJSON_ArrayForEach(alike, pair_get(other, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(alike, "pull");
  return charged / by <= 4;
}

/* A window is cut by the horizon, in proportion of its months. */
static bool windows_that_end_with_the_horizon(cJSON *plan, cJSON *other, dice *d) {
  cJSON *each, *window;
  bool found = false;
  (void)plan;
  cJSON_ArrayForEach(each, pair_get(other, "contracts")) cJSON_ArrayForEach(window, pair_get(each, "windows")) {
    int year, at;
    const char *from = pair_get(window, "from") ? pair_get(window, "from")->valuestring : month(0);
    if (!pair_get(window, "to") || strcmp(pair_get(window, "to")->valuestring, month(d->months - 1)) <= 0) continue;
    if (strcmp(from, month(d->months - 1)) > 0) continue;
    sscanf(from, "%d-%d", &year, &at);
    int first = 12 * year + at - 1 - RANDOM_START;
    sscanf(pair_get(window, "to")->valuestring, "%d-%d", &year, &at);
    scale(window, "amount", (double)(d->months - first) / (12 * year + at - RANDOM_START - first));
    put_item(window, "to", cJSON_CreateString(month(d->months - 1)));
    found = true;
  }
  return found;
}

/* ---- clauses as something else ---- */

static bool a_discount_as_lower_prices(cJSON *plan, cJSON *other, dice *d) {
  char provider[16];
  double rate = uniform(d, 0.05, 0.8);
  cJSON *each;
  if (pair_has_contract(plan, "discount") || has_term(plan, "relief")) return false;
  snprintf(provider, sizeof provider, "%s", pair_get(any_of(plan, "pools", d), "provider")->valuestring);
  cJSON_ArrayForEach(each, pair_get(other, "pools")) if (strcmp(pair_get(each, "provider")->valuestring, provider) == 0)
      scale(each, "price", 1 - rate);
  pair_sign(plan,
            pair_parsed("{\"name\": \"less\", \"type\": \"discount\", \"provider\": \"%s\", \"tiers\": [[0, %.17g]], "
                        "\"basis\": \"%s\"}",
                   provider, rate, chance(d, 0.5) ? "marginal" : "all_units"),
            -1);
  return true;
}

static bool an_exclusivity_as_the_only_provider(cJSON *plan, cJSON *other, dice *d) {
  char provider[16];
  cJSON *each;
  if (pair_has_contract(plan, "exclusivity") || pair_has_contract(plan, "first_refusal")) return false;
  snprintf(provider, sizeof provider, "%s", pair_get(any_of(plan, "providers", d), "name")->valuestring);
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(each, "providers");
  cJSON_ArrayForEach(each, pair_get(other, "strategies")) put_item(each, "providers", pair_parsed("[\"%s\"]", provider));
  pair_sign(plan, pair_parsed("{\"name\": \"only\", \"type\": \"exclusivity\", \"provider\": \"%s\"}", provider), -1);
  return true;
}

static bool availability_as_less_capacity(cJSON *plan, cJSON *other, dice *d) {
  cJSON *each;
  (void)d;
  if (has_term(plan, "relief")) return false;
  bool found = false;
  cJSON_ArrayForEach(each, pair_get(other, "pools")) {
    if (!pair_get(each, "availability")) continue;
    scale(each, "capacity", pair_get(each, "availability")->valuedouble);
    cJSON_DeleteItemFromObjectCaseSensitive(each, "availability");
    found = true;
  }
  return found;
}

/* A month in which something happens, and the month after it has happened. */
static bool step_curve(cJSON *object, const char *key, int from, int months, double by) {
  cJSON *value = pair_get(object, key);
  if (!cJSON_IsNumber(value)) return false;
  double x = value->valuedouble;
  put_item(object, key,
           pair_parsed("{\"points\": [[\"%s\", %.17g], [\"%s\", %.17g], [\"%s\", %.17g]], \"interpolate\": \"step\"}", month(-1), x,
                  month(from), x * by, month(from + months), x));
  return true;
}

static bool an_event_on_its_date_as_a_curve(cJSON *plan, cJSON *other, dice *d) {
  cJSON *workload = any_of(other, "workloads", d), *pool = any_of(other, "pools", d);
  int from = between(d, 0, d->months - 1), months = between(d, 1, 9);
  double demand = uniform(d, 0.3, 1), price = uniform(d, 0.3, 1);
  if (!step_curve(workload, "demand", from, months, demand) || !step_curve(pool, "price", from, months, price)) return false;
  cJSON_AddItemToArray(
      pair_get(plan, "events"),
      pair_parsed("{\"name\": \"it\", \"at\": \"%s\", \"duration\": %d, \"effects\": [{\"workloads\": \"%s\", \"demand\": %.17g}, "
             "{\"pools\": \"%s\", \"price\": %.17g}]}",
             month(from), months, pair_get(workload, "name")->valuestring, demand, pair_get(pool, "name")->valuestring, price));
  return true;
}

static void move_loading(cJSON *item) {
  cJSON *loadings = pair_get(item, "factors"), *first = pair_get(loadings, "f0"), *second = pair_get(loadings, "f1");
  if (!second) return;
  double sum = (first ? first->valuedouble : 0) + second->valuedouble;
  cJSON_DeleteItemFromObjectCaseSensitive(loadings, "f1");
  put_number(loadings, "f0", sum);
}

static bool two_factors_of_correlation_one_as_one(cJSON *plan, cJSON *other, dice *d) {
  cJSON *factors = pair_get(plan, "factors"), *each;
  (void)d;
  if (cJSON_GetArraySize(factors) != 2) return false;
  cJSON *like = cJSON_Duplicate(factors->child, true);
  put_item(like, "name", cJSON_CreateString("f1"));
  cJSON_DeleteItemFromArray(factors, 1);
  cJSON_AddItemToArray(factors, like);
  put_item(plan, "correlations", pair_parsed("[[\"f0\", \"f1\", 1]]"));
  cJSON_ArrayForEach(each, pair_get(other, "workloads")) move_loading(each);
  cJSON_ArrayForEach(each, pair_get(other, "pools")) move_loading(each);
  return true;
}

static bool factors_twice_as_volatile_with_half_the_loadings(cJSON *plan, cJSON *other, dice *d) {
  static const char *const lists[] = {"workloads", "pools"};
  cJSON *each, *loading;
  (void)plan, (void)d;
  scale_each(pair_get(other, "factors"), "volatility", 2);
  for (int i = 0; i < 2; i++)
    cJSON_ArrayForEach(each, pair_get(other, lists[i])) cJSON_ArrayForEach(loading, pair_get(each, "factors"))
        cJSON_SetNumberValue(loading, loading->valuedouble / 2);
  return pair_count(other, "factors") > 0;
}

/* ---- all of them ---- */

/* How close the two come: to the last quantum; placed alike, what months pay rounded otherwise; or rounded to other accelerators.
 */
typedef enum closeness { EXACTLY, TO_THE_CENT, TO_THE_ACCELERATOR } closeness;

static const struct {
  const char *name;
  means *means;
  double costs; /* times as much */
  closeness close;
} pairs[] = {
#define PAIR(name, costs, close) {#name, name, costs, close}
    PAIR(money_in_half_dollars, 2, TO_THE_CENT),
    PAIR(ten_times_all_accelerators, 10, TO_THE_ACCELERATOR),
    PAIR(work_in_hours_of_half_the_accelerator, 1, TO_THE_ACCELERATOR),
    PAIR(a_pool_in_two_halves, 1, TO_THE_ACCELERATOR),
    PAIR(a_reservation_in_two_halves, 1, TO_THE_ACCELERATOR),
    PAIR(a_promise_that_counts_in_other_dollars, 1, TO_THE_CENT),
    PAIR(windows_that_end_with_the_horizon, 1, TO_THE_CENT),
    PAIR(a_discount_as_lower_prices, 1, TO_THE_ACCELERATOR),
    PAIR(an_exclusivity_as_the_only_provider, 1, EXACTLY),
    PAIR(availability_as_less_capacity, 1, TO_THE_ACCELERATOR),
    PAIR(an_event_on_its_date_as_a_curve, 1, TO_THE_ACCELERATOR),
    PAIR(two_factors_of_correlation_one_as_one, 1, TO_THE_ACCELERATOR),
    PAIR(factors_twice_as_volatile_with_half_the_loadings, 1, EXACTLY),
#undef PAIR
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static double slack(const pair_reaped *a, const pair_reaped *b, int pair) {
  if (pairs[pair].close == EXACTLY) return 0;
  if (pairs[pair].close == TO_THE_ACCELERATOR) return pairs[pair].costs * pair_crumbs(&a->given);
  return 200 * a->given.plan->months * (pairs[pair].costs * a->given.staged.money_quantum + b->given.staged.money_quantum);
}

static bool costs_the_same(const pair_reaped *a, const pair_reaped *b, int pair, int s, int p) {
  static const int columns[] = {COLUMN_TOTAL, COLUMN_USAGE, COLUMN_RESERVATION, COLUMN_EGRESS, COLUMN_SHORTFALL, COLUMN_UNMET};
  static const double of_itself[] = {[EXACTLY] = 0, [TO_THE_CENT] = 1e-6, [TO_THE_ACCELERATOR] = 1e-5};
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    double x = pairs[pair].costs * pair_dollars(a, s, columns[i], p), y = pair_dollars(b, s, columns[i], p);
    if (fabs(x - y) > slack(a, b, pair) + of_itself[pairs[pair].close] * fmax(fabs(x), fabs(y))) return false;
  }
  return true;
}

/* Of paths. What tips over at a threshold (a promise that is behind or is not, a tier) may differ by more than was rounded: in one
 * path of a thousand, no more. */
static int misses[PAIRS], tried[PAIRS];

static void compare(const pair_reaped *a, const pair_reaped *b, int pair) {
  for (int s = 0; s < a->given.plan->strategy_count; s++)
    for (int p = 0; p < PATHS; p++, tried[pair]++) misses[pair] += !costs_the_same(a, b, pair, s, p);
}

static void try_pairs(uint64_t seed) {
  for (int i = 0; i < PAIRS; i++) {
    dice d = {.state = seed * PAIRS + (uint64_t)i};
    cJSON *plan = random_plan(seed, false, seed % 3 ? RANDOM_EVERY_CLAUSE : RANDOM_EXIT | RANDOM_GRANT), *other;
    d.months = pair_get(pair_get(plan, "horizon"), "months")->valueint;
    other = cJSON_Duplicate(plan, true);
    if (pairs[i].means(plan, other, &d)) {
      pair_reaped a = pair_reap(plan, PATHS), b = pair_reap(other, PATHS);
      compare(&a, &b, i);
      pair_discard(&a);
      pair_discard(&b);
    }
    cJSON_Delete(plan);
    cJSON_Delete(other);
  }
}

static void what_is_said_by_other_means_costs_the_same(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) try_pairs(seed);
  for (int i = 0; i < PAIRS; i++)
    if (tried[i] < seeds || misses[i] > tried[i] / 1000)
      fail_msg("%s: not the same in %d paths of %d", pairs[i].name, misses[i], tried[i]);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_said_by_other_means_costs_the_same)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("equivalent plans", tests, NULL, NULL);
}
