/* What cannot do anything changes nothing: a random plan beside the same with one thing more that the model says is of no effect,
 * every figure of every strategy in every path alike to the last quantum. `test_null_clauses FIRST COUNT` tries COUNT plans from
 * seed FIRST on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../naive/random_dice.h"
#include "plan_pairs.h"

enum { PATHS = 16 };

static uint64_t first_seed = 1;
static int seeds = 250;

/* A way to change a plan: false where this plan has no place for it. */
typedef bool change(cJSON *plan, dice *d);

static int anywhere(const cJSON *plan, dice *d) { return between(d, 0, pair_count(plan, "contracts")); }
static int any_provider(const cJSON *plan, dice *d) { return between(d, 0, pair_count(plan, "providers") - 1); }
static int provider_of_pool(const cJSON *pool) { return (int)strtol(pair_get(pool, "provider")->valuestring + 1, NULL, 10); }

static const cJSON *any_pool(const cJSON *plan, dice *d) {
  return cJSON_GetArrayItem(pair_get(plan, "pools"), between(d, 0, pair_count(plan, "pools") - 1));
}

/* Spend of a month may be negative: then even a promise of nothing is missed. */
static bool pays_back(const cJSON *plan) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    const cJSON *basis = pair_get(each, "basis");
    if (basis && strcmp(basis->valuestring, "all_units") == 0) return true;
  }
  return false;
}

/* First refusals know no rule `optimal`. */
static bool places_optimally(const cJSON *plan) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) if (pair_get(each, "rule")) return true;
  return false;
}

static bool restricts(const cJSON *plan) {
  return pair_has_contract(plan, "first_refusal") || pair_has_contract(plan, "exclusivity");
}

/* "null" promises `amount` to somebody for the whole horizon, and says `more`. */
static void promise(cJSON *plan, dice *d, double amount, const char *more) {
  int at = anywhere(plan, d), provider = provider_of_pool(any_pool(plan, d));
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"commitment\", \"provider\": \"p%d\", \"windows\": [{\"from\": \"%s\", "
                   "\"to\": \"%s\", \"amount\": %.9g}]%s}",
                   provider, month(between(d, 0, d->months - 1)), month(d->months - 1), amount, more),
            at);
}

/* ---- contracts ---- */

static bool promise_nothing(cJSON *plan, dice *d) {
  if (pays_back(plan)) return false;
  promise(plan, d, 0, ", \"shortfall_rate\": 1.3, \"deferral\": 0.5, \"carry_forward\": 1, \"credit_months\": 3, \"relief\": 1");
  return true;
}

static bool promise_without_a_charge(cJSON *plan, dice *d) {
  promise(plan, d, 3e7, ", \"shortfall_rate\": 0, \"credit_months\": 5, \"deferral\": 0.3, \"opening\": 1e5");
  return true;
}

static bool promise_beyond_the_horizon(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"commitment\", \"provider\": \"p%d\", \"windows\": [{\"from\": \"%s\", "
                   "\"to\": \"%s\", \"amount\": 1e9}, {\"from\": \"%s\", \"to\": \"%s\", \"amount\": 1e9}]}",
                   provider_of_pool(any_pool(plan, d)), month(-9), month(-1), month(d->months), month(d->months + 5)),
            anywhere(plan, d));
  return true;
}

static bool promise_of_pools_that_do_not_count(cJSON *plan, dice *d) {
  const cJSON *pool = any_pool(plan, d);
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"commitment\", \"provider\": \"p%d\", \"pools\": [\"%s\"], \"counts\": 0, "
                   "\"windows\": [{\"amount\": 1e5}], \"shortfall_rate\": 0}",
                   provider_of_pool(pool), pair_get(pool, "name")->valuestring),
            anywhere(plan, d));
  return true;
}

/* An exit that always opens, from what owes nothing. */
static bool leave_nothing(cJSON *plan, dice *d) {
  if (pays_back(plan)) return false;
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"commitment\", \"provider\": \"p%d\", \"windows\": [{\"amount\": 0}]}",
                   provider_of_pool(any_pool(plan, d))),
            anywhere(plan, d));
  pair_sign(plan,
            pair_parsed("{\"name\": \"off\", \"type\": \"exit\", \"contract\": \"null\", \"at\": \"%s\", \"fee\": 4}",
                   month(between(d, 0, d->months - 1))),
            anywhere(plan, d));
  return true;
}

static bool reserve_nothing(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"reservation\", \"pool\": \"%s\", \"accelerators\": 0, \"price\": 3, "
                   "\"use_price\": 0.1, \"upfront\": 0.5, \"lot\": 8}",
                   pair_get(any_pool(plan, d), "name")->valuestring),
            anywhere(plan, d));
  return true;
}

static bool reserve_beyond_the_horizon(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"reservation\", \"pool\": \"%s\", \"accelerators\": 1e-3, \"price\": 3, "
                   "\"from\": \"%s\", \"upfront\": 1}",
                   pair_get(any_pool(plan, d), "name")->valuestring, month(d->months)),
            anywhere(plan, d));
  return true;
}

static bool discount_by_nothing(cJSON *plan, dice *d) {
  if (pair_has_contract(plan, "discount")) return false;
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"discount\", \"provider\": \"p%d\", \"basis\": \"%s\", "
                        "\"period\": \"%s\", "
                   "\"tiers\": [[0, 0], [1e5, 0], [1e6, 0]]}",
                   provider_of_pool(any_pool(plan, d)), chance(d, 0.5) ? "marginal" : "all_units",
                   chance(d, 0.5) ? "year" : "term"),
            anywhere(plan, d));
  return true;
}

static bool discount_what_nobody_reaches(cJSON *plan, dice *d) {
  if (pair_has_contract(plan, "discount")) return false;
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"discount\", \"provider\": \"p%d\", \"basis\": \"%s\", "
                   "\"tiers\": [[0, 0], [9e14, 0.9]]}",
                   provider_of_pool(any_pool(plan, d)), chance(d, 0.5) ? "marginal" : "all_units"),
            anywhere(plan, d));
  return true;
}

static bool grant_nothing(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"grant\", \"provider\": \"p%d\", \"amount\": 0, \"kind\": \"%s\"}",
                   any_provider(plan, d), chance(d, 0.5) ? "cash" : "credit"),
            anywhere(plan, d));
  return true;
}

static bool grant_beyond_the_horizon(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"grant\", \"provider\": \"p%d\", \"amount\": 1000, \"from\": \"%s\", "
                   "\"to\": \"%s\", \"kind\": \"%s\"}",
                   any_provider(plan, d), month(-7), month(-2), chance(d, 0.5) ? "cash" : "credit"),
            anywhere(plan, d));
  return true;
}

static bool exclude_in_no_month(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"exclusivity\", \"provider\": \"p%d\", \"from\": \"%s\"}",
                   any_provider(plan, d), month(d->months + 1)),
            anywhere(plan, d));
  return true;
}

/* Draws of first refusals go by their place among them: the new one comes last. */
static bool refuse_in_no_month(cJSON *plan, dice *d) {
  if (places_optimally(plan)) return false;
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"first_refusal\", \"provider\": \"p%d\", \"to\": \"%s\"}",
                   any_provider(plan, d), month(-1)),
            -1);
  return true;
}

/* By turns, not by merit order: sums in another order are the same to the last bit only where work comes in whole numbers. */
static bool refuse_and_never_ask(cJSON *plan, dice *d) {
  const cJSON *each, *speed;
  cJSON_ArrayForEach(each, pair_get(plan, "workloads"))
      cJSON_ArrayForEach(speed, pair_get(each, "speed")) if (speed->valuedouble != 1) return false;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) if (pair_get(each, "max_share")) return false;
  if (restricts(plan) || places_optimally(plan)) return false;
  pair_sign(
      plan,
      pair_parsed("{\"name\": \"null\", \"type\": \"first_refusal\", \"provider\": \"p%d\", \"accept\": 0}",
                  any_provider(plan, d)), -1);
  return true;
}

static bool leave_never(cJSON *plan, dice *d) {
  cJSON *each, *target = NULL;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (pair_has_type(each, "reservation")) target = each;
  if (!target || pair_get(target, "from") || pair_get(target, "to")) return false;
  const char *name = pair_get(target, "name")->valuestring;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
    cJSON *names = pair_get(each, "contracts"), *x;
    bool there = !names;
    cJSON_ArrayForEach(x, names) there |= strcmp(x->valuestring, name) == 0;
    if (!there) return false;
  }
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"exit\", \"contract\": \"%s\", \"at\": \"%s\", \"fee\": 0, "
                        "\"below\": 0}", name,
                   month(between(d, 0, d->months - 1))),
            anywhere(plan, d));
  return true;
}

static bool own_a_stake(cJSON *plan, dice *d) {
  pair_sign(plan,
            pair_parsed("{\"name\": \"null\", \"type\": \"stake\", \"holder\": \"h\", \"provider\": \"p%d\", \"share\": 0.4, "
                   "\"margin\": 0.6}",
                   any_provider(plan, d)),
            anywhere(plan, d));
  return true;
}

/* ---- terms of contracts ---- */

static bool of_last_windows(cJSON *plan, const char *key, double value) {
  bool found = false;
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "commitment") || pair_count(each, "windows") != 1) continue;
    cJSON_DeleteItemFromObjectCaseSensitive(each, key);
    cJSON_AddNumberToObject(each, key, value);
    found = true;
  }
  return found;
}

static bool defer_what_comes_last(cJSON *plan, dice *d) { return of_last_windows(plan, "deferral", uniform(d, 0, 1)); }
static bool carry_what_comes_last(cJSON *plan, dice *d) { return of_last_windows(plan, "carry_forward", uniform(d, 0, 1)); }

static bool credit_after_the_end(cJSON *plan, dice *d) {
  bool found = false;
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "commitment") || pair_count(each, "windows") != 1) continue;
    if (strcmp(pair_get(pair_get(each, "windows")->child, "to")->valuestring, month(d->months - 1)) < 0) continue;
    cJSON_DeleteItemFromObjectCaseSensitive(each, "credit_months");
    cJSON_AddNumberToObject(each, "credit_months", between(d, 1, 30));
    found = true;
  }
  return found;
}

/* Of a signed contract every strategy may place anywhere, or nowhere else. */
static bool allow_all_providers(cJSON *plan, dice *d) {
  cJSON *each;
  (void)d;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
    if (!pair_get(each, "providers")) cJSON_AddStringToObject(each, "providers", "*");
    if (!pair_get(each, "max_share")) cJSON_AddNumberToObject(each, "max_share", 1);
    if (!pair_get(each, "pull")) cJSON_AddNumberToObject(each, "pull", 0);
  }
  return true;
}

/* ---- events ---- */

static bool event_that_never_comes(cJSON *plan, dice *d) {
  const char *when = chance(d, 0.5) ? "\"rate\": 0" : "\"rate\": 50, \"from\": \"2500-01\"";
  cJSON *event = pair_parsed("{\"name\": \"null\", %s, \"effects\": [{\"pools\": \"*\", \"capacity\": 0, \"price\": 0.5}, "
                        "{\"workloads\": \"*\", \"demand\": 0}]}",
                        when);
  if (pair_count(plan, "contracts") > 0)
    cJSON_AddItemToArray(pair_get(event, "effects"),
                         pair_parsed("{\"contracts\": \"*\", \"%s\": true}", chance(d, 0.5) ? "void" : "suspend"));
  cJSON_AddItemToArray(pair_get(plan, "events"), event);
  return true;
}

static bool event_that_moves_nothing(cJSON *plan, dice *d) {
  cJSON_AddItemToArray(
      pair_get(plan, "events"),
      pair_parsed("{\"name\": \"null\", \"rate\": %g, \"mean_duration\": 4, \"effects\": [{\"pools\": \"*\", \"capacity\": 1, "
             "\"price\": 1}, {\"workloads\": \"*\", \"demand\": 1}]}",
             uniform(d, 0.1, 9)));
  return true;
}

/* Months of nothing, voided or suspended. */
static bool event_upon_nothing(cJSON *plan, dice *d) {
  if (!promise_without_a_charge(plan, d)) return false;
  cJSON_AddItemToArray(pair_get(plan, "events"),
                       pair_parsed("{\"name\": \"null\", \"rate\": %g, \"mean_duration\": 4, "
                                   "\"effects\": [{\"contracts\": [\"null\"], "
                              "\"%s\": true}]}",
                              uniform(d, 0.1, 9), chance(d, 0.5) ? "void" : "suspend"));
  return true;
}

/* ---- the market ---- */

static bool factor_of_nothing(cJSON *plan, dice *d) {
  cJSON_AddItemToArray(pair_get(plan, "factors"), pair_parsed("{\"name\": \"null\", \"volatility\": %g}", uniform(d, 0, 2)));
  return true;
}

/* A factor that does not move, whoever loads on it. */
static bool factor_that_stands_still(cJSON *plan, dice *d) {
  cJSON *each;
  cJSON_AddItemToArray(pair_get(plan, "factors"),
                       pair_parsed("{\"name\": \"null\", \"volatility\": 0, \"reversion\": %g}", uniform(d, 0, 2)));
  cJSON_ArrayForEach(each, pair_get(plan, "workloads")) {
    cJSON *loadings = pair_get(each, "factors");
    if (loadings) cJSON_AddNumberToObject(loadings, "null", uniform(d, 0.1, 2));
  }
  return true;
}

static void add_pool(cJSON *plan, dice *d, const char *accelerator, double capacity) {
  cJSON_AddItemToArray(
      pair_get(plan, "pools"),
      pair_parsed("{\"name\": \"null\", \"provider\": \"p%d\", \"accelerator\": \"%s\", \"price\": 0.3, \"capacity\": %g, "
             "\"slip_mean\": %g}",
             any_provider(plan, d), accelerator, capacity, chance(d, 0.5) ? 3.0 : 0.0));
}

static bool pool_of_nothing(cJSON *plan, dice *d) {
  add_pool(plan, d, "a0", 0);
  return true;
}

/* Nobody runs there; but what an event takes of it would relieve those who promised. */
static bool pool_for_nobody(cJSON *plan, dice *d) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (pair_get(each, "relief")) return false;
  cJSON_AddItemToArray(pair_get(plan, "accelerators"), pair_parsed("{\"name\": \"null\", \"vendor\": \"v0\"}"));
  add_pool(plan, d, "null", 100);
  return true;
}

static bool pool_dearer_than_unmet(cJSON *plan, dice *d) {
  if (pair_has_contract(plan, "first_refusal") || pair_has_contract(plan, "discount") || pair_has_contract(plan, "commitment"))
    return false;
  add_pool(plan, d, "a0", 100);
  cJSON_SetNumberValue(pair_get(pair_named(pair_get(plan, "pools"), "null"), "price"), 1e4);
  return true;
}

/* Rule `optimal` takes for equal what costs the same to a share of the largest saving, which may be the new one's. */
static bool workload_of_nothing(cJSON *plan, dice *d) {
  if (places_optimally(plan)) return false;
  cJSON_AddItemToArray(
      pair_get(plan, "workloads"),
      pair_parsed("{\"name\": \"null\", \"demand\": 0, \"unmet_cost\": 12, \"speed\": {\"a0\": 1.7}, \"home\": \"p%d\", "
             "\"data_gb_per_hour\": 2}",
             any_provider(plan, d)));
  return true;
}

static bool provider_of_nothing(cJSON *plan, dice *d) {
  (void)d;
  cJSON_AddItemToArray(pair_get(plan, "providers"), pair_parsed("{\"name\": \"null\", \"egress_per_gb\": 3}"));
  return true;
}

/* What is there from the first month on is not late. */
static bool delay_what_is_there(cJSON *plan, dice *d) {
  bool found = false;
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "pools")) {
    if (!cJSON_IsNumber(pair_get(each, "capacity")) || pair_get(each, "slip_mean")) continue;
    cJSON_AddNumberToObject(each, "slip_mean", uniform(d, 0.5, 9));
    found = true;
  }
  return found;
}

/* ---- all of them ---- */

static const struct {
  const char *name;
  change *change;
} changes[] = {
#define CHANGE(name) {#name, name}
    CHANGE(promise_nothing),
    CHANGE(promise_without_a_charge),
    CHANGE(promise_beyond_the_horizon),
    CHANGE(promise_of_pools_that_do_not_count),
    CHANGE(leave_nothing),
    CHANGE(reserve_nothing),
    CHANGE(reserve_beyond_the_horizon),
    CHANGE(discount_by_nothing),
    CHANGE(discount_what_nobody_reaches),
    CHANGE(grant_nothing),
    CHANGE(grant_beyond_the_horizon),
    CHANGE(exclude_in_no_month),
    CHANGE(refuse_in_no_month),
    CHANGE(refuse_and_never_ask),
    CHANGE(leave_never),
    CHANGE(own_a_stake),
    CHANGE(defer_what_comes_last),
    CHANGE(carry_what_comes_last),
    CHANGE(credit_after_the_end),
    CHANGE(allow_all_providers),
    CHANGE(event_that_never_comes),
    CHANGE(event_that_moves_nothing),
    CHANGE(event_upon_nothing),
    CHANGE(factor_of_nothing),
    CHANGE(factor_that_stands_still),
    CHANGE(pool_of_nothing),
    CHANGE(pool_for_nobody),
    CHANGE(pool_dearer_than_unmet),
    CHANGE(workload_of_nothing),
    CHANGE(provider_of_nothing),
    CHANGE(delay_what_is_there),
#undef CHANGE
};
enum { CHANGES = sizeof changes / sizeof *changes };

/* Costs and ratios, what providers earn, and what commitments that both have counted and charged. */
static void expect_alike(const pair_reaped *before, const pair_reaped *after, const char *what, uint64_t seed) {
  const ofr_plan *plan = before->given.plan;
  const ofr_image *im = before->given.staged.image, *now = after->given.staged.image;
  for (int s = 0; s < plan->strategy_count; s++)
    for (int p = 0; p < PATHS; p++) {
      for (int c = 0; c < COLUMN_FIXED + 2 * plan->provider_count; c++)
        if (pair_quanta(before, s, c, p) != pair_quanta(after, s, c, p))
          fail_msg("%s, seed %llu, strategy %d, path %d: column %d was %lld and is %lld", what, (unsigned long long)seed, s, p, c,
                   (long long)pair_quanta(before, s, c, p), (long long)pair_quanta(after, s, c, p));
      for (int c = 0, then = 0, next = 0; c < after->given.plan->contract_count; c++) {
        const ofr_contract *x = &after->given.plan->contracts[c];
        if (x->type != OFR_COMMITMENT) continue;
        for (int i = 0; i < 3 && strcmp(x->name, "null") != 0; i++)
          if (pair_quanta(before, s, COMMITMENT_COLUMNS(im) + 3 * then + i, p) !=
              pair_quanta(after, s, COMMITMENT_COLUMNS(now) + 3 * next + i, p))
            fail_msg("%s, seed %llu, strategy %d, path %d: %s is another", what, (unsigned long long)seed, s, p, x->name);
        then += strcmp(x->name, "null") != 0;
        next++;
      }
    }
}

static void make_alike(cJSON *plan) {
  cJSON *each, *speed;
  cJSON_ArrayForEach(each, pair_get(plan, "workloads")) cJSON_ArrayForEach(speed, pair_get(each, "speed"))
      cJSON_SetNumberValue(speed, 1);
}

/* Half of the plans have strategies of every rule and pull; a quarter have accelerators that are all alike. */
static cJSON *make_plan(uint64_t seed) {
  cJSON *plan = random_plan(seed, false, RANDOM_EVERY_CLAUSE);
  if (seed % 2) random_relatives(seed, 7, plan);
  if (seed % 4 == 0) make_alike(plan);
  return plan;
}

static void try_changes(const cJSON *plan, const pair_reaped *before, uint64_t seed, int *tried) {
  for (int i = 0; i < CHANGES; i++) {
    dice d = {.state = seed * CHANGES + (uint64_t)i, .months = before->given.plan->months};
    cJSON *changed = cJSON_Duplicate(plan, true);
    if (changes[i].change(changed, &d)) {
      pair_reaped after = pair_reap(changed, PATHS);
      if (pair_like_quanta(before, &after)) {
        expect_alike(before, &after, changes[i].name, seed);
        tried[i]++;
      }
      pair_discard(&after);
    }
    cJSON_Delete(changed);
  }
}

static void what_cannot_do_anything_changes_nothing(void **state) {
  int tried[CHANGES] = {0};
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = make_plan(seed);
    pair_reaped before = pair_reap(plan, PATHS);
    try_changes(plan, &before, seed, tried);
    pair_discard(&before);
    cJSON_Delete(plan);
  }
  for (int i = 0; i < CHANGES; i++)
    if (tried[i] < seeds / 100) fail_msg("%s was tried on %d plans only", changes[i].name, tried[i]);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_cannot_do_anything_changes_nothing)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("null clauses", tests, NULL, NULL);
}
