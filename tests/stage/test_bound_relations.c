/* How bounds of two plans must be related, whatever they are. What is easier for the buyer cannot be proved dearer than what was
 * attained without it; what changes nothing is bounded alike, in both directions; a grant moves both bounds by what it is worth.
 * On random plans, in every path. `test_bound_relations FIRST COUNT` tries COUNT plans from seed FIRST on. */
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
#include "stage/bound_paths.h"

enum { PATHS = 24 };

static uint64_t first_seed = 1;
static int seeds = 100;

typedef struct bounded {
  given_plan given;
  const ofr_bound_result *bound; /* NULL where a clause is not covered */
} bounded;

static bounded bound(cJSON *plan) {
  bounded x = {.given = pair_given(plan)};
  ofr_run_options options = given_options();
  ofr_bound_result *result = NULL;
  offramp_error error = {0};
  options.check_paths = 0;
  options.threads = 1;
  offramp_status status = ofr_bound(x.given.plan, &options, x.given.arena, &result, &error);
  if (status != OFFRAMP_OK && status != OFFRAMP_ERR_PLAN) fail_msg("%s", error.message);
  x.bound = result;
  return x;
}

static double dollars(const bounded *x, const int64_t *values, int s, int p) {
  return (double)values[(size_t)x->bound->strategies[s].set * x->bound->paths + (size_t)p] * x->bound->money_quantum;
}

/* ---- changes ---- */

/* Changes a plan; false where it cannot. */
typedef bool change(cJSON *plan, dice *d);

static int commitments_of(const cJSON *plan) {
  const cJSON *each;
  int count = 0;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) count += pair_has_type(each, "commitment");
  return count;
}

static void add_pool(cJSON *plan, double price, double capacity) {
  cJSON *pool = cJSON_CreateObject();
  cJSON_AddItemToArray(pair_get(plan, "providers"), cJSON_Parse("{\"name\": \"new\"}"));
  cJSON_AddStringToObject(pool, "name", "new");
  cJSON_AddStringToObject(pool, "provider", "new");
  cJSON_AddStringToObject(pool, "accelerator", "a0");
  cJSON_AddNumberToObject(pool, "price", price);
  cJSON_AddNumberToObject(pool, "capacity", capacity);
  cJSON_AddItemToArray(pair_get(plan, "pools"), pool);
}

static bool a_free_pool(cJSON *plan, dice *d) {
  add_pool(plan, 0, uniform(d, 1, 1e4));
  return true;
}

/* Dearer than all unserved work. */
static bool a_pool_for_nobody(cJSON *plan, dice *d) {
  if (pair_has_contract(plan, "first_refusal")) return false;
  add_pool(plan, 1e5, uniform(d, 1, 1e4));
  return true;
}

static void drop_contract(cJSON *plan, int at) {
  cJSON *contracts = pair_get(plan, "contracts"), *each;
  const char *name = pair_get(cJSON_GetArrayItem(contracts, at), "name")->valuestring;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
    cJSON *names = pair_get(each, "contracts");
    for (int i = cJSON_GetArraySize(names) - 1; i >= 0; i--)
      if (strcmp(cJSON_GetArrayItem(names, i)->valuestring, name) == 0) cJSON_DeleteItemFromArray(names, i);
  }
  cJSON_DeleteItemFromArray(contracts, at);
}

static bool no_exclusivity(cJSON *plan, dice *d) {
  cJSON *contracts = pair_get(plan, "contracts");
  bool found = false;
  (void)d;
  if (cJSON_GetArraySize(pair_get(plan, "events")) > 0) return false; /* they may name it */
  for (int i = cJSON_GetArraySize(contracts) - 1; i >= 0; i--) {
    if (!pair_has_type(cJSON_GetArrayItem(contracts, i), "exclusivity")) continue;
    drop_contract(plan, i);
    found = true;
  }
  return found;
}

/* Charges count under later commitments: of one alone less is asked when less is promised. */
static bool smaller_promises(cJSON *plan, dice *d) {
  double by = chance(d, 0.5) ? uniform(d, 0.99, 1) : uniform(d, 0, 1);
  cJSON *each, *window;
  if (commitments_of(plan) != 1) return false;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) cJSON_ArrayForEach(window, pair_get(each, "windows"))
      cJSON_SetNumberValue(pair_get(window, "amount"), pair_get(window, "amount")->valuedouble * by);
  return true;
}

static bool smaller_charges(cJSON *plan, dice *d) {
  cJSON *each;
  if (commitments_of(plan) != 1) return false;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "commitment")) continue;
    double rate = pair_get(each, "shortfall_rate") ? pair_get(each, "shortfall_rate")->valuedouble : 1;
    cJSON_DeleteItemFromObjectCaseSensitive(each, "shortfall_rate");
    cJSON_AddNumberToObject(each, "shortfall_rate", rate * uniform(d, 0.5, 1));
  }
  return true;
}

static bool a_promise_of_nothing(cJSON *plan, dice *d) {
  cJSON *null = cJSON_Parse("{\"name\": \"null\", \"type\": \"commitment\", \"provider\": \"p0\", \"shortfall_rate\": 0, "
                            "\"windows\": [{\"amount\": 5e6}]}");
  pair_sign(plan, null, between(d, 0, cJSON_GetArraySize(pair_get(plan, "contracts"))));
  return true;
}

static bool a_reservation_of_nothing(cJSON *plan, dice *d) {
  pair_sign(plan,
            cJSON_Parse("{\"name\": \"null\", \"type\": \"reservation\", \"pool\": \"k0\", \"accelerators\": 0, \"price\": 1}"),
            between(d, 0, cJSON_GetArraySize(pair_get(plan, "contracts"))));
  return true;
}

static const struct {
  const char *name;
  change *change;
  bool both_ways; /* it changes nothing */
} changes[] = {
#define EASIER(name) {#name, name, false}
#define ALIKE(name)  {#name, name, true}
    EASIER(a_free_pool), EASIER(no_exclusivity), EASIER(smaller_promises), EASIER(smaller_charges),
    ALIKE(a_pool_for_nobody), ALIKE(a_promise_of_nothing), ALIKE(a_reservation_of_nothing),
#undef EASIER
#undef ALIKE
};
enum { CHANGES = sizeof changes / sizeof *changes };

/* ---- what must hold ---- */

/* What was proved of `x` is not above what was attained of `y`: any strategy's cost is, too. */
static void expect_below(const bounded *x, const bounded *y, const char *what, uint64_t seed) {
  for (int s = 0; s < y->given.plan->strategy_count; s++)
    for (int p = 0; p < PATHS; p++) {
      double lower = dollars(x, x->bound->lower, s, p), upper = dollars(y, y->bound->upper, s, p);
      double total = (double)y->bound->total[(size_t)s * PATHS + (size_t)p] * y->bound->money_quantum;
      double cent = 100 * y->given.plan->months * fmax(x->bound->money_quantum, y->bound->money_quantum) + 1e-7 * fabs(upper);
      if (lower > fmin(upper, total) + cent)
        fail_msg("%s, seed %llu, strategy %d, path %d: at least %.2f, but %.2f was attained", what, (unsigned long long)seed, s, p,
                 lower, fmin(upper, total));
    }
}

static cJSON *make_plan(uint64_t seed) {
  static const unsigned clauses[] = {0, RANDOM_CREDIT, RANDOM_DISCOUNT, RANDOM_GRANT, RANDOM_EXIT, RANDOM_REFUSAL};
  cJSON *plan = random_plan(seed, false, clauses[seed % 6]);
  cJSON_AddNumberToObject(pair_get(plan, "simulation"), "paths", PATHS);
  return plan;
}

static void try_change(const cJSON *plan, const bounded *before, int i, uint64_t seed, int *tried) {
  dice d = {.state = seed * CHANGES + (uint64_t)i};
  cJSON *other = cJSON_Duplicate(plan, true);
  if (changes[i].change(other, &d)) {
    bounded after = bound(other);
    /* bounds in other quanta of accelerators differ by what is rounded to them */
    if (after.bound && after.given.staged.accelerator_quantum == before->given.staged.accelerator_quantum) {
      expect_below(&after, before, changes[i].name, seed);
      if (changes[i].both_ways) expect_below(before, &after, changes[i].name, seed);
      tried[i]++;
    }
    given_free(&after.given);
  }
  cJSON_Delete(other);
}

static void what_is_easier_is_not_proved_dearer(void **state) {
  int tried[CHANGES] = {0};
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = make_plan(seed);
    bounded before = bound(plan);
    for (int i = 0; before.bound && i < CHANGES; i++) try_change(plan, &before, i, seed, tried);
    given_free(&before.given);
    cJSON_Delete(plan);
  }
  for (int i = 0; i < CHANGES; i++)
    if (tried[i] < seeds / 20) fail_msg("%s was tried on %d plans only", changes[i].name, tried[i]);
}

/* What it is worth comes off both bounds. */
static void a_grant_of_cash_lowers_bounds_by_what_it_is_worth(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds / 2; seed++) {
    cJSON *plan = make_plan(seed), *each;
    cJSON_ArrayForEach(each, pair_get(plan, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(each, "contracts");
    bounded before = bound(plan);
    double worth = 0, rate = before.given.plan->discount_rate;
    for (int t = 0; t < before.given.plan->months; t++) worth += 12e6 / before.given.plan->months * pow(1 + rate, -t / 12.0);
    pair_sign(plan, cJSON_Parse("{\"name\": \"gift\", \"type\": \"grant\", \"provider\": \"p0\", \"amount\": 12e6}"), -1);
    bounded after = bound(plan);
    for (int p = 0; before.bound && p < PATHS; p++)
      for (int i = 0; i < 2; i++) {
        double was = dollars(&before, i ? before.bound->upper : before.bound->lower, 0, p);
        double is = dollars(&after, i ? after.bound->upper : after.bound->lower, 0, p);
        if (fabs(was - worth - is) > 10 + 1e-6 * fabs(was))
          fail_msg("seed %llu, path %d: %s than %.2f, not %.2f", (unsigned long long)seed, p, i ? "no more" : "no less", is, was - worth);
      }
    given_free(&before.given);
    given_free(&after.given);
    cJSON_Delete(plan);
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_easier_is_not_proved_dearer),
                                     cmocka_unit_test(a_grant_of_cash_lowers_bounds_by_what_it_is_worth)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("bound relations", tests, NULL, NULL);
}
