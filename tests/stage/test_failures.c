/* A failure of the anchor that is played through beside what is, month by month shared with it where that is the same, costs what
 * it costs as an event of a plan of its own: on random plans, every figure of every strategy in every path to the last quantum.
 * `test_failures FIRST COUNT` tries COUNT plans from seed FIRST on. */
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
#include "stage/stakeholder_run.h"

enum { PATHS = 16, FIRST_PATH = 700 };

static uint64_t first_seed = 1;
static int seeds = 120;

/* Long plans, for months that come together again; every other one without promises, which remember. */
static cJSON *make_plan(uint64_t seed, dice *d) {
  cJSON *plan = random_plan(seed, true, seed % 2 ? RANDOM_EVERY_CLAUSE : RANDOM_STAKE | RANDOM_REFUSAL | RANDOM_GRANT), *each;
  d->months = pair_get(pair_get(plan, "horizon"), "months")->valueint;
  if (seed % 2 == 0) cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
      cJSON *names = cJSON_CreateArray(), *contract;
      cJSON_ArrayForEach(contract, pair_get(plan, "contracts")) if (!pair_has_type(contract, "commitment") && chance(d, 0.6))
          cJSON_AddItemToArray(names, cJSON_CreateString(pair_get(contract, "name")->valuestring));
      cJSON_DeleteItemFromObjectCaseSensitive(each, "contracts");
      cJSON_AddItemToObject(each, "contracts", names);
    }
  random_relatives(seed, 7, plan);
  cJSON_DeleteItemFromObjectCaseSensitive(plan, "stakeholders");
  return plan;
}

static void fail_anchor(cJSON *plan, const char *anchor, int from, int months) {
  cJSON *who = cJSON_AddObjectToObject(plan, "stakeholders");
  cJSON_AddStringToObject(who, "anchor", anchor);
  cJSON *failure = cJSON_AddObjectToObject(who, "failure");
  cJSON_AddStringToObject(failure, "from", month(from));
  cJSON_AddNumberToObject(failure, "months", months);
}

/* In those months its pools have no capacity, and what is reserved there is suspended. */
static void fail_by_event(cJSON *plan, const char *anchor, int from, int months) {
  cJSON *event = cJSON_CreateObject(), *effects, *effect, *each, *blocks = cJSON_CreateArray();
  cJSON_AddStringToObject(event, "name", "failure");
  cJSON_AddStringToObject(event, "at", month(from));
  cJSON_AddNumberToObject(event, "duration", months);
  effects = cJSON_AddArrayToObject(event, "effects");
  cJSON_AddItemToArray(effects, effect = cJSON_CreateObject());
  cJSON_AddStringToObject(cJSON_AddObjectToObject(effect, "pools"), "provider", anchor);
  cJSON_AddNumberToObject(effect, "capacity", 0);
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "reservation")) continue;
    const cJSON *pool = pair_named(pair_get(plan, "pools"), pair_get(each, "pool")->valuestring);
    if (strcmp(pair_get(pool, "provider")->valuestring, anchor) == 0)
      cJSON_AddItemToArray(blocks, cJSON_CreateString(pair_get(each, "name")->valuestring));
  }
  cJSON_AddItemToArray(effects, effect = cJSON_CreateObject());
  cJSON_AddItemToObject(effect, "contracts", blocks);
  cJSON_AddTrueToObject(effect, "suspend");
  if (!blocks->child) cJSON_DeleteItemFromArray(effects, 1);
  cJSON_AddItemToArray(pair_get(plan, "events"), event);
}

static given_plan with_failure(const cJSON *plan) {
  given_plan given = pair_given(plan);
  offramp_error error = {0};
  ofr_image_free(&given.staged);
  given.plan = ofr_plan_for_stakeholders(given.plan, given.arena);
  if (!given.plan || ofr_image_build(given.plan, &given.staged, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return given;
}

static void expect_the_same(const given_plan *twice, const int64_t *found, const given_plan *event, const int64_t *expected,
                            uint64_t seed) {
  for (int s = 0; s < event->plan->strategy_count; s++)
    for (int c = 0; c < event->staged.columns; c++)
      for (int p = 0; p < PATHS; p++) {
        int twin = twice->staged.image->failing + s;
        int64_t is = found[(size_t)(twin * twice->staged.columns + c) * PATHS + (size_t)p];
        int64_t was = expected[(size_t)(s * event->staged.columns + c) * PATHS + (size_t)p];
        if (is != was)
          fail_msg("seed %llu, strategy %d, path %d: column %d is %lld, not %lld", (unsigned long long)seed, s, p, c, (long long)is,
                   (long long)was);
      }
}

/* Strategies that are as without the failure again before the horizon ends. */
static int count_rejoining(const given_plan *given) {
  const ofr_image *im = given->staged.image;
  int count = 0;
  for (int s = im->failing; s < im->strategies; s++)
    count += ((const int *)((const uint32_t *)im + im->rejoins_in))[s] < im->months;
  return count;
}

static void a_failure_beside_what_is_costs_what_it_costs_as_an_event(void **state) {
  int rejoining = 0;
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    dice d = {.state = seed ^ 0xfa11};
    cJSON *plan = make_plan(seed, &d), *event = cJSON_Duplicate(plan, true);
    const char *anchor = pair_get(pair_get(plan, "pools")->child, "provider")->valuestring;
    int from = between(&d, 0, d.months - 1), months = between(&d, 1, 9);
    fail_anchor(plan, anchor, from, months);
    fail_by_event(event, anchor, from, months);
    given_plan twice = with_failure(plan), once = pair_given(event);
    int64_t *found = given_columns(&twice, FIRST_PATH, PATHS), *expected = given_columns(&once, FIRST_PATH, PATHS);
    expect_the_same(&twice, found, &once, expected, seed);
    rejoining += count_rejoining(&twice);
    free(found);
    free(expected);
    given_free(&twice);
    given_free(&once);
    cJSON_Delete(plan);
    cJSON_Delete(event);
  }
  assert_true(rejoining > seeds / 4); /* or coming together again was never put to the test */
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_failure_beside_what_is_costs_what_it_costs_as_an_event)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("failures", tests, NULL, NULL);
}
