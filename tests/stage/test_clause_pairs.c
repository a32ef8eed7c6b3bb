/* A plan beside the same plan with one kind of clause changed, on the same paths: what a looser floor and a first refusal may do
 * to a bill. On random plans, in every path of a batch. `test_clause_pairs FIRST COUNT` tries COUNT plans from seed FIRST on. */
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

enum { PATHS = 24 };

static uint64_t first_seed = 1;
static int seeds = 300;

/* ---- floors ---- */

static bool rivals_for_dollars(const cJSON *a, const cJSON *b) {
  return pair_has_type(a, "commitment") && pair_has_type(b, "commitment") &&
         strcmp(pair_get(a, "provider")->valuestring, pair_get(b, "provider")->valuestring) == 0;
}

/* Commitments to the same provider that are listed before this one, and after it. */
static int floors_before(const cJSON *plan, const cJSON *floor) {
  int count = 0;
  for (const cJSON *each = pair_get(plan, "contracts")->child; each != floor; each = each->next)
    count += rivals_for_dollars(each, floor);
  return count;
}

static int floors_after(const cJSON *floor) {
  int count = 0;
  for (const cJSON *each = floor->next; each; each = each->next) count += rivals_for_dollars(each, floor);
  return count;
}

static void cap(cJSON *contract, const char *key, double most) {
  cJSON *value = pair_get(contract, key);
  if (value) cJSON_SetNumberValue(value, fmin(value->valuedouble, most));
  else cJSON_AddNumberToObject(contract, key, fmin(1, most));
}

/* Takes from a plan what may make a tighter floor the cheaper one; test_clause_ledgers.c has a case of each. An off-ramp that opens
 * only to who lags behind; a charge that counts under two later floors, or under one whose charge or off-ramp costs more than
 * what is missing; one that counts under a later floor and is given back besides; one that keeps older credit alive. */
static void take_perverse_clauses(cJSON *plan) {
  cJSON *each, *contracts = pair_get(plan, "contracts");
  cJSON_ArrayForEach(each, contracts) {
    const cJSON *left = pair_has_type(each, "exit") ? pair_named(contracts, pair_get(each, "contract")->valuestring) : NULL;
    const cJSON *floor = left ? left : each;
    if (!pair_has_type(floor, "commitment")) continue;
    int before = floors_before(plan, floor);
    cap(each, left ? "fee" : "shortfall_rate", before > 1 ? 0 : before ? 1 : 4);
    if (left) cJSON_DeleteItemFromObjectCaseSensitive(each, "below");
    else if (before + floors_after(floor)) cJSON_DeleteItemFromObjectCaseSensitive(each, "credit_months");
    else if (pair_get(each, "credit_months")) cJSON_SetNumberValue(pair_get(each, "credit_months"), 480);
  }
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(each, "pull");
}

/* Every amount keeps a share of itself, or all. */
static void loosen(cJSON *plan, dice *d) {
  const cJSON *contract, *window;
  cJSON_ArrayForEach(contract, pair_get(plan, "contracts")) {
    cJSON_ArrayForEach(window, pair_get(contract, "windows")) {
      cJSON *amount = pair_get(window, "amount");
      cJSON_SetNumberValue(amount, amount->valuedouble * (chance(d, 0.3) ? 1 : uniform(d, 0, 1)));
    }
  }
}

static void costs_no_more(const pair_reaped *loose, const pair_reaped *tight, uint64_t seed) {
  const ofr_plan *plan = tight->given.plan;
  double cent = fmax(tight->given.staged.money_quantum, loose->given.staged.money_quantum) * 50 * plan->months;
  for (int s = 0; s < plan->strategy_count; s++)
    for (int p = 0; p < PATHS; p++) {
      double more = pair_dollars(tight, s, COLUMN_TOTAL, p), less = pair_dollars(loose, s, COLUMN_TOTAL, p);
      assert_true(pair_dollars(tight, s, COLUMN_UNMET, p) == pair_dollars(loose, s, COLUMN_UNMET, p)); /* placed alike */
      if (less > more + cent + 1e-8 * fabs(more))
        fail_msg("seed %llu, strategy %d, path %d: looser floors cost %.2f, not %.2f", (unsigned long long)seed, s, p, less, more);
    }
}

static void looser_floors_never_cost_more(void **state) {
  (void)state;
  int gained = 0;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    dice d = {.state = seed ^ 0x5eed};
    cJSON *plan = random_plan(seed, false, RANDOM_EVERY_CLAUSE);
    take_perverse_clauses(plan);
    pair_reaped tight = pair_reap(plan, PATHS);
    loosen(plan, &d);
    pair_reaped loose = pair_reap(plan, PATHS);
    costs_no_more(&loose, &tight, seed);
    for (int s = 0; s < tight.given.plan->strategy_count; s++)
      gained += pair_dollars(&loose, s, COLUMN_TOTAL, 0) < pair_dollars(&tight, s, COLUMN_TOTAL, 0);
    pair_discard(&tight);
    pair_discard(&loose);
    cJSON_Delete(plan);
  }
  assert_true(gained > seeds / 4); /* or nothing was put to the test */
}

/* ---- first refusals ---- */

static cJSON *names_of(const cJSON *plan, bool with_refusals) {
  cJSON *names = cJSON_CreateArray(), *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (with_refusals || !pair_has_type(each, "first_refusal"))
      cJSON_AddItemToArray(names, cJSON_CreateString(pair_get(each, "name")->valuestring));
  return names;
}

static void add_strategy(cJSON *strategies, const char *name, cJSON *contracts) {
  cJSON *strategy = cJSON_CreateObject();
  cJSON_AddStringToObject(strategy, "name", name);
  cJSON_AddItemToObject(strategy, "contracts", contracts);
  cJSON_AddItemToArray(strategies, strategy);
}

/* Room for everybody in every pool, nothing that pulls, matches for nothing more than was offered. */
static void make_ample(cJSON *plan) {
  cJSON *each, *strategies = cJSON_CreateArray();
  cJSON_ArrayForEach(each, pair_get(plan, "pools"))
      cJSON_ReplaceItemInObjectCaseSensitive(each, "capacity", cJSON_CreateNumber(1e9));
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) cJSON_DeleteItemFromObjectCaseSensitive(each, "premium");
  add_strategy(strategies, "with", names_of(plan, true));
  add_strategy(strategies, "without", names_of(plan, false));
  cJSON_ReplaceItemInObjectCaseSensitive(plan, "strategies", strategies);
}

static void without_scarcity_a_first_refusal_changes_who_is_paid_not_what(void **state) {
  (void)state;
  int moved = 0;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = random_plan(seed, false, RANDOM_REFUSAL | RANDOM_EXIT | RANDOM_STAKE);
    make_ample(plan);
    pair_reaped h = pair_reap(plan, PATHS);
    double cent = 3 * pair_crumbs(&h.given); /* left undone, and so unpaid, at the holder's turn and at the rival's */
    for (int p = 0; p < PATHS; p++) {
      double paid[2], unmet[2];
      for (int s = 0; s < 2; s++) {
        paid[s] = pair_dollars(&h, s, COLUMN_USAGE, p) + pair_dollars(&h, s, COLUMN_EGRESS, p);
        unmet[s] = pair_dollars(&h, s, COLUMN_UNMET, p);
      }
      if (fabs(paid[0] - paid[1]) > cent + 1e-6 * paid[1] || fabs(unmet[0] - unmet[1]) > cent + 1e-6 * unmet[1])
        fail_msg("seed %llu, path %d: paid %.2f, not %.2f; unmet %.2f, not %.2f", (unsigned long long)seed, p, paid[0], paid[1],
                 unmet[0], unmet[1]);
      for (int g = 0; g < h.given.plan->provider_count; g++)
        moved += fabs(pair_dollars(&h, 0, COLUMN_FIXED + 2 * g, p) - pair_dollars(&h, 1, COLUMN_FIXED + 2 * g, p)) > 100 * cent;
    }
    pair_discard(&h);
    cJSON_Delete(plan);
  }
  assert_true(moved > seeds); /* or nothing was put to the test */
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(looser_floors_never_cost_more),
      cmocka_unit_test(without_scarcity_a_first_refusal_changes_who_is_paid_not_what),
  };
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("clause pairs", tests, NULL, NULL);
}
