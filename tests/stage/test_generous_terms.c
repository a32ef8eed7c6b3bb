/* Better terms never cost more: a commitment that defers, carries, relieves or credits more, a discount of higher rates, a grant
 * that gives more, unserved work that costs less. On random plans whose placement does not go by promises, in every path.
 * `test_generous_terms FIRST COUNT` tries COUNT plans from seed FIRST on. */
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

static void put_number(cJSON *object, const char *key, double value) {
  cJSON_DeleteItemFromObjectCaseSensitive(object, key);
  cJSON_AddNumberToObject(object, key, value);
}

static double number_or(const cJSON *object, const char *key, double otherwise) {
  const cJSON *value = pair_get(object, key);
  return value ? value->valuedouble : otherwise;
}

static bool signs(const cJSON *strategy, const char *name) {
  const cJSON *each, *names = pair_get(strategy, "contracts");
  cJSON_ArrayForEach(each, names) if (strcmp(each->valuestring, name) == 0) return true;
  return !names;
}

/* ---- a plan of one promise ---- */

static bool is_second_promise(const cJSON *plan, const cJSON *contract) {
  for (const cJSON *each = pair_get(plan, "contracts")->child; each != contract; each = each->next)
    if (pair_has_type(each, "commitment")) return pair_has_type(contract, "commitment");
  return false;
}

static void forget(cJSON *plan, const char *name) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
    cJSON *names = pair_get(each, "contracts");
    for (int i = cJSON_GetArraySize(names) - 1; i >= 0; i--)
      if (strcmp(cJSON_GetArrayItem(names, i)->valuestring, name) == 0) cJSON_DeleteItemFromArray(names, i);
  }
}

static bool touches(const cJSON *effect, const char *name) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(effect, "contracts")) if (strcmp(each->valuestring, name) == 0) return true;
  return false;
}

static void drop_events_upon(cJSON *plan, const char *name) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "events")) {
    cJSON *effects = pair_get(each, "effects");
    for (int i = cJSON_GetArraySize(effects) - 1; i >= 0; i--)
      if (touches(cJSON_GetArrayItem(effects, i), name))
        cJSON_ReplaceItemInArray(effects, i, cJSON_Parse("{\"pools\": \"*\", \"capacity\": 1}"));
  }
}

/* One commitment, at a rate of at most 1, for what one charge saves may count under another; no exits, whose fee may be less than
 * what is owed later; no credit that lapses unless another charge keeps it alive; nothing pulls. */
static cJSON *make_plan(uint64_t seed) {
  cJSON *plan = random_plan(seed, false, RANDOM_EVERY_CLAUSE & ~RANDOM_EXIT), *contracts = pair_get(plan, "contracts"), *each;
  for (int i = cJSON_GetArraySize(contracts) - 1; i >= 0; i--) {
    cJSON *contract = cJSON_GetArrayItem(contracts, i);
    if (!is_second_promise(plan, contract)) continue;
    forget(plan, pair_get(contract, "name")->valuestring);
    drop_events_upon(plan, pair_get(contract, "name")->valuestring);
    cJSON_DeleteItemFromArray(contracts, i);
  }
  cJSON_ArrayForEach(each, contracts) {
    if (pair_get(each, "shortfall_rate")) put_number(each, "shortfall_rate", fmin(1, number_or(each, "shortfall_rate", 1)));
    if (pair_get(each, "credit_months")) put_number(each, "credit_months", 480);
  }
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) cJSON_DeleteItemFromObjectCaseSensitive(each, "pull");
  return plan;
}

/* ---- better terms ---- */

/* Makes them better for who signs; false where there are none to better. */
typedef bool betterment(cJSON *plan, dice *d);

static bool more_of(cJSON *plan, dice *d, const char *key) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "commitment")) continue;
    double now = number_or(each, key, 0);
    put_number(each, key, now + (1 - now) * uniform(d, 0, 1));
    return true;
  }
  return false;
}

static bool has_credit(const cJSON *plan) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (pair_get(each, "credit_months")) return true;
  return false;
}

/* What is charged later is given back later, too, or no more. */
static bool defer_more(cJSON *plan, dice *d) { return !has_credit(plan) && more_of(plan, d, "deferral"); }
static bool carry_more(cJSON *plan, dice *d) { return more_of(plan, d, "carry_forward"); }
static bool relieve_more(cJSON *plan, dice *d) { return more_of(plan, d, "relief"); }

static bool give_credit(cJSON *plan, dice *d) {
  cJSON *each;
  if (has_credit(plan)) return false;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "commitment")) continue;
    put_number(each, "credit_months", between(d, 1, 12));
    return true;
  }
  return false;
}

static bool charge_less(cJSON *plan, dice *d) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "commitment")) continue;
    put_number(each, "shortfall_rate", number_or(each, "shortfall_rate", 1) * uniform(d, 0, 1));
    return true;
  }
  return false;
}

static bool begin_with_more(cJSON *plan, dice *d) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    const cJSON *window = pair_get(each, "windows") ? pair_get(each, "windows")->child : NULL;
    if (!window || strcmp(pair_get(window, "from")->valuestring, month(0)) > 0) continue;
    put_number(each, "opening", number_or(each, "opening", 0) + pair_get(window, "amount")->valuedouble * uniform(d, 0, 0.5));
    return true;
  }
  return false;
}

static bool give_more(cJSON *plan, dice *d) {
  cJSON *each;
  bool found = false;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) {
    if (!pair_has_type(each, "grant")) continue;
    put_number(each, "amount", pair_get(each, "amount")->valuedouble * uniform(d, 1, 2));
    found = true;
  }
  return found;
}

static const struct {
  const char *name;
  betterment *better;
} betterments[] = {
#define BETTER(name) {#name, name}
    BETTER(defer_more),  BETTER(carry_more),      BETTER(relieve_more), BETTER(give_credit),
    BETTER(charge_less), BETTER(begin_with_more), BETTER(give_more),
#undef BETTER
};
enum { BETTERMENTS = sizeof betterments / sizeof *betterments };

static int gained[BETTERMENTS];

static void expect_no_more(const pair_reaped *before, const pair_reaped *after, int i, uint64_t seed) {
  const ofr_plan *plan = before->given.plan;
  double cent = 100 * plan->months * fmax(before->given.staged.money_quantum, after->given.staged.money_quantum);
  for (int s = 0; s < plan->strategy_count; s++)
    for (int p = 0; p < PATHS; p++) {
      double was = pair_dollars(before, s, COLUMN_TOTAL, p), is = pair_dollars(after, s, COLUMN_TOTAL, p);
      if (is > was + cent + 1e-8 * fabs(was))
        fail_msg("%s, seed %llu, strategy %d, path %d: %.2f, not %.2f", betterments[i].name, (unsigned long long)seed, s, p, is,
                 was);
      gained[i] += is < was - cent;
    }
}

static void better_terms_never_cost_more(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = make_plan(seed);
    pair_reaped before = pair_reap(plan, PATHS);
    for (int i = 0; i < BETTERMENTS; i++) {
      dice d = {.state = seed * BETTERMENTS + (uint64_t)i, .months = before.given.plan->months};
      cJSON *better = cJSON_Duplicate(plan, true);
      if (betterments[i].better(better, &d)) {
        pair_reaped after = pair_reap(better, PATHS);
        expect_no_more(&before, &after, i, seed);
        pair_discard(&after);
      }
      cJSON_Delete(better);
    }
    pair_discard(&before);
    cJSON_Delete(plan);
  }
  for (int i = 0; i < BETTERMENTS; i++) /* or they were never put to the test */
    if (gained[i] < seeds / 4) fail_msg("%s gained nobody anything", betterments[i].name);
}

/* ---- money that does not depend on the future ---- */

/* A grant of cash is worth the same in every path, and what its parts are worth today. */
static void a_grant_of_cash_is_worth_the_same_in_every_path(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = random_plan(seed, false, RANDOM_EVERY_CLAUSE);
    pair_reaped before = pair_reap(plan, PATHS);
    int months = before.given.plan->months;
    double worth = 0, rate = before.given.plan->discount_rate;
    for (int t = 0; t < months; t++) worth += 12e6 / months * pow(1 + rate, -t / 12.0);
    pair_sign(plan, cJSON_Parse("{\"name\": \"gift\", \"type\": \"grant\", \"provider\": \"p0\", \"amount\": 12e6}"), -1);
    pair_reaped after = pair_reap(plan, PATHS);
    double cent = 4 * months * fmax(before.given.staged.money_quantum, after.given.staged.money_quantum) + 1e-8 * worth;
    for (int s = 0; s < before.given.plan->strategy_count; s++)
      for (int p = 0; p < PATHS; p++) {
        double less = pair_dollars(&before, s, COLUMN_TOTAL, p) - pair_dollars(&after, s, COLUMN_TOTAL, p);
        if (signs(cJSON_GetArrayItem(pair_get(plan, "strategies"), s), "gift") && fabs(less - worth) > cent)
          fail_msg("seed %llu, strategy %d, path %d: worth %.2f, not %.2f", (unsigned long long)seed, s, p, less, worth);
      }
    pair_discard(&before);
    pair_discard(&after);
    cJSON_Delete(plan);
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(better_terms_never_cost_more),
                                     cmocka_unit_test(a_grant_of_cash_is_worth_the_same_in_every_path)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("generous terms", tests, NULL, NULL);
}
