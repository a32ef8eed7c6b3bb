/* What months owe to one another, and what they do not: the first months of a longer plan are those of the shorter one, and where
 * no contract remembers, a month does not either. On random plans, every monthly figure of every path to the last quantum, or,
 * under rule `optimal`, a few of them. `test_months_apart FIRST COUNT` tries COUNT plans from seed FIRST on. */
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
static int seeds = 300;

static int months_of(const cJSON *plan) { return pair_get(pair_get(plan, "horizon"), "months")->valueint; }

/* Rule `optimal` goes on from the prices of the month before: what it then finds is the same but for float32, and so, once it is
 * rounded to whole accelerators, but for a few of them. */
static bool is_close(const pair_reaped *a, int s, int series, int t, int p, int64_t x, int64_t y) {
  if (x == y) return true;
  if (!a->given.plan->strategies[s].is_optimal || series == SERIES_DEMAND || series == SERIES_PRICED) return false;
  double of = (double)pair_month(a, s,
                                 series == SERIES_SERVED  ? SERIES_DEMAND
                                 : series == SERIES_PRICE ? series
                                                          : SERIES_CASH,
                                 t, p);
  return fabs((double)x - (double)y) <= 1e-4 * fabs(of) + 4 * WORK_FRACTION;
}

/* From month `from` to month `to` both plans say the same of every strategy; exactly, or closely. */
static void expect_alike(const pair_reaped *a, const pair_reaped *b, int from, int to, bool exactly, uint64_t seed) {
  for (int s = 0; s < a->given.plan->strategy_count; s++)
    for (int j = 0; j < a->given.staged.series; j++)
      for (int t = from; t <= to; t++)
        for (int p = 0; p < PATHS; p++) {
          int64_t x = pair_month(a, s, j, t, p), y = pair_month(b, s, j, t, p);
          if (exactly ? x != y : !is_close(a, s, j, t, p, x, y))
            fail_msg("seed %llu, strategy %d, path %d, month %d: series %d was %lld and is %lld", (unsigned long long)seed, s, p, t,
                     j, (long long)x, (long long)y);
        }
}

/* ---- the horizon ---- */

static bool is_after(const cJSON *date, const char *last) { return date && strcmp(date->valuestring, last) > 0; }

static void put_end(cJSON *item, const char *last) {
  if (pair_get(item, "to") && !is_after(pair_get(item, "to"), last)) return;
  cJSON_DeleteItemFromObjectCaseSensitive(item, "to");
  cJSON_AddStringToObject(item, "to", last);
}

/* What reaches beyond the horizon, or ends with it, ends in its last month. */
static void end_contracts(cJSON *plan, const char *last) {
  cJSON *contract, *window;
  cJSON_ArrayForEach(contract, pair_get(plan, "contracts")) {
    if (pair_has_type(contract, "reservation") || pair_has_type(contract, "grant")) put_end(contract, last);
    cJSON *windows = pair_get(contract, "windows");
    for (int i = cJSON_GetArraySize(windows) - 1; i >= 0; i--)
      if (is_after(pair_get(cJSON_GetArrayItem(windows, i), "from"), last)) cJSON_DeleteItemFromArray(windows, i);
    cJSON_ArrayForEach(window, windows) put_end(window, last);
  }
}

/* Nothing gets larger beyond the horizon, for the largest of all months makes the quanta. */
static void stop_growth(cJSON *item, const char *last) {
  cJSON *growth = pair_get(item, "growth"), *points = pair_get(item, "points");
  if (growth && growth->valuedouble > 0) cJSON_SetNumberValue(growth, -growth->valuedouble / 2);
  for (int i = cJSON_GetArraySize(points) - 1; i > 0; i--)
    if (is_after(cJSON_GetArrayItem(points, i)->child, last)) cJSON_DeleteItemFromArray(points, i);
  for (cJSON *child = item->child; child; child = child->next)
    if (child->child) stop_growth(child, last);
}

static void the_first_months_of_a_longer_plan_are_those_of_the_shorter(void **state) {
  int tried = 0;
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = random_plan(seed, false, RANDOM_EVERY_CLAUSE);
    int months = months_of(plan);
    random_relatives(seed, 5, plan);
    end_contracts(plan, month(months - 1));
    stop_growth(plan, month(months - 1));
    pair_reaped shorter = pair_reap(plan, PATHS);
    cJSON_SetNumberValue(pair_get(pair_get(plan, "horizon"), "months"), months + 1 + (int)(seed % 15));
    pair_reaped longer = pair_reap(plan, PATHS);
    if (pair_like_quanta(&shorter, &longer)) {
      expect_alike(&shorter, &longer, 0, months - 1, true, seed);
      tried++;
    }
    pair_discard(&shorter);
    pair_discard(&longer);
    cJSON_Delete(plan);
  }
  assert_true(tried > seeds / 2);
}

/* ---- memory ---- */

static bool remembers(const cJSON *contract) {
  static const char *const types[] = {"commitment", "discount", "exit"};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (pair_has_type(contract, types[i])) return true;
  return pair_has_type(contract, "grant") && pair_get(contract, "kind") &&
         strcmp(pair_get(contract, "kind")->valuestring, "credit") == 0;
}

static void forget_names(cJSON *names, const cJSON *contracts) {
  for (int i = cJSON_GetArraySize(names) - 1; i >= 0; i--)
    if (!pair_named(contracts, cJSON_GetArrayItem(names, i)->valuestring)) cJSON_DeleteItemFromArray(names, i);
}

/* Takes every contract that remembers; events that touch contracts then touch all. */
static void forget(cJSON *plan) {
  cJSON *contracts = pair_get(plan, "contracts"), *each, *effect;
  for (int i = cJSON_GetArraySize(contracts) - 1; i >= 0; i--)
    if (remembers(cJSON_GetArrayItem(contracts, i))) cJSON_DeleteItemFromArray(contracts, i);
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) forget_names(pair_get(each, "contracts"), contracts);
  cJSON_ArrayForEach(each, pair_get(plan, "events"))
      cJSON_ArrayForEach(effect, pair_get(each, "effects")) if (pair_get(effect, "contracts"))
          cJSON_ReplaceItemInObjectCaseSensitive(effect, "contracts", cJSON_CreateString("*"));
}

/* The first `months` months are others. */
static void change_the_past(cJSON *plan, int months) {
  cJSON *event = cJSON_Parse("{\"name\": \"past\", \"effects\": [{\"pools\": \"*\", \"capacity\": 0.4, \"price\": 0.7}, "
                             "{\"workloads\": \"*\", \"demand\": 0.6}]}");
  cJSON_AddStringToObject(event, "at", month(0));
  cJSON_AddNumberToObject(event, "duration", months);
  cJSON_AddItemToArray(pair_get(plan, "events"), event);
}

static void without_contracts_that_remember_a_month_does_not_know_those_before(void **state) {
  int tried = 0;
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = random_plan(seed, seed % 8 == 0, RANDOM_GRANT | RANDOM_REFUSAL | RANDOM_STAKE);
    int months = months_of(plan), past = 1 + (int)(seed % (uint64_t)months);
    random_relatives(seed, 6, plan);
    forget(plan);
    pair_reaped before = pair_reap(plan, PATHS);
    change_the_past(plan, past);
    pair_reaped after = pair_reap(plan, PATHS);
    if (pair_like_quanta(&before, &after)) {
      expect_alike(&before, &after, past, months - 1, false, seed);
      tried += past < months;
    }
    pair_discard(&before);
    pair_discard(&after);
    cJSON_Delete(plan);
  }
  assert_true(tried > seeds / 2);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_months_of_a_longer_plan_are_those_of_the_shorter),
                                     cmocka_unit_test(without_contracts_that_remember_a_month_does_not_know_those_before)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("months apart", tests, NULL, NULL);
}
