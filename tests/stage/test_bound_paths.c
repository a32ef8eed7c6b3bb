/* The certified bound on random plans with every clause: never above what a strategy costs, the same in every instruction set;
 * worked by hand where that is possible; refused where it does not reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"
#include "given_plan.h"
#include "naive/random_plan.h"
#include "stage/bound_paths.h"

static offramp_status bound_with(given_plan *given, const char *isa, ofr_bound_result **result, offramp_error *error) {
  ofr_run_options options = ofr_run_defaults();
  options.isa = isa;
  options.threads = 2;
  return ofr_bound(given->plan, &options, given->arena, result, error);
}

static const ofr_bound_result *bound_of(given_plan *given) {
  ofr_bound_result *result;
  offramp_error error = {0};
  if (bound_with(given, NULL, &result, &error) != OFFRAMP_OK) fail_msg("%s: %s", error.place, error.message);
  return result;
}

static void assert_dollars(double found, double expected) {
  if (fabs(found - expected) > 1e-6 * fabs(expected)) fail_msg("%.6f instead of %.6f", found, expected);
}

/* ---- by hand ---- */

/* One workload of 100, a cheap pool of 60 at q and a dear one of 100 at p; p is promised `amount`. */
#define TWO_POOLS(months, more)                                                                                                 \
  "{" JSON("reference_accelerator": "a", "simulation": {"paths": 3}, "accelerators": [{"name": "a"}],                           \
           "providers": [{"name": "p"}, {"name": "q"}],                                                                         \
           "workloads": [{"name": "w", "demand": 100, "unmet_cost": 9, "speed": {"a": 1}}],                                     \
           "pools": [{"name": "dear", "provider": "p", "accelerator": "a", "price": 3, "capacity": 100},                        \
                     {"name": "cheap", "provider": "q", "accelerator": "a", "price": 2, "capacity": 60}])                       \
  ", \"horizon\": {\"start\": \"2026-01\", \"months\": " months "}, " more "}"
#define PROMISE(amount)                                                                                                         \
  "\"contracts\": [{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", \"windows\": [{\"from\": \"2026-01\", "    \
  "\"to\": \"2026-02\", \"amount\": " amount "}]}]"

static void without_promises_the_best_is_each_months_best(void **state) {
  (void)state;
  given_plan given = given_text(TWO_POOLS("2", "\"contracts\": []"));
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  assert_dollars(x->lower.mean, 2 * 730 * (60 * 2 + 40 * 3));
  assert_dollars(x->upper.mean, 2 * 730 * (60 * 2 + 40 * 3));
  assert_true(x->relaxed == 0);
  given_free(&given);
}

/* The first month at p alone; the second at q alone, which has room for 60. */
static void work_that_is_bound_to_a_provider_goes_nowhere_else(void **state) {
  (void)state;
  given_plan given = given_text(TWO_POOLS("2", "\"contracts\": [" JSON(
      {"name": "x", "type": "exclusivity", "provider": "p", "to": "2026-01"},
      {"name": "y", "type": "exclusivity", "provider": "q", "from": "2026-02"}) "]"));
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  double best = 730 * 100 * 3 + 730 * (60 * 2 + 40 * 9);
  assert_dollars(x->lower.mean, best);
  assert_dollars(x->upper.mean, best);
  assert_true(x->relaxed == 0);
  given_free(&given);
}

/* $200,000 for p is $24,800 more than the 40 that go there anyway: work that moves there from q costs a dollar an hour more, a
 * third of what it counts. */
static void a_promise_moves_work_while_that_is_cheaper_than_the_charge(void **state) {
  (void)state;
  given_plan given = given_text(TWO_POOLS("2", PROMISE("200000")));
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  double anyway = 2 * 730 * (60 * 2 + 40 * 3), short_by = 200000 - 2 * 730 * 40 * 3;
  assert_dollars(x->lower.mean, anyway + short_by / 3);
  assert_dollars(x->upper.mean, anyway + short_by / 3);
  given_free(&given);
}

/* All 100 at p spend $438,000; what is promised beyond that is charged. */
static void what_cannot_be_spent_is_charged(void **state) {
  (void)state;
  given_plan given = given_text(TWO_POOLS("2", PROMISE("500000")));
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  assert_dollars(x->lower.mean, 500000);
  assert_dollars(x->upper.mean, 500000);
  given_free(&given);
}

/* Sixty windows of each of two promises, a month each; what is to be spent at q is spent there anyway. */
static void a_hundred_and_twenty_windows_are_as_good_as_sixty_months(void **state) {
  char windows[2][60 * 64] = {"", ""};
  (void)state;
  for (int t = 0; t < 60; t++)
    for (int c = 0; c < 2; c++)
      snprintf(windows[c] + strlen(windows[c]), 64, "%s{\"from\": \"%d-%02d\", \"to\": \"%d-%02d\", \"amount\": %d}", t ? ", " : "",
               2026 + t / 12, t % 12 + 1, 2026 + t / 12, t % 12 + 1, c ? 50000 : 100000);
  given_plan given = given_text(TWO_POOLS("60", "\"contracts\": [{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", "
                                                "\"windows\": [%s]}, {\"name\": \"d\", \"type\": \"commitment\", "
                                                "\"provider\": \"q\", \"windows\": [%s]}]"),
                                windows[0], windows[1]);
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  double short_by = 100000 - 730 * 40 * 3, best = 60 * (730 * (60 * 2 + 40 * 3) + short_by / 3);
  assert_dollars(x->lower.mean, best);
  assert_true(x->upper.mean < 1.001 * best); /* whole accelerators */
  given_free(&given);
}

/* Every split of two months in a world of ten accelerators, by trial; a deferral carries part of the first window over. */
static double best_by_trial(double first, double second, double deferral, double rate) {
  double best = INFINITY;
  for (int a = 0; a <= 10; a++)
    for (int b = 0; b <= 10; b++) {
      /* of ten, at least four at p each month: q has room for six */
      if (a < 4 || b < 4) continue;
      double one = 730.0 * 3 * a, two = 730.0 * 3 * b, place = 730.0 * (2 * (10 - a) + 2 * (10 - b)) + one + two;
      double missing = fmax(0, first - one), later = fmin(missing, deferral * first);
      best = fmin(best, place + rate * (missing - later) + rate * fmax(0, second + later - two));
    }
  return best;
}

static void a_tiny_world_is_found_by_trial(void **state) {
  (void)state;
  for (int n = 0; n < 30; n++) {
    /* whole accelerators' worth, so that a best split of whole accelerators is a best one */
    double first = 730.0 * 3 * (n % 6 + 3), second = 730.0 * 3 * (n % 5 + 5);
    double deferral = n % 3 == 0 ? 0 : 1.0, rate = n % 2 ? 1 : 0.2;
    given_plan given = given_text(
        "{" JSON("horizon": {"start": "2026-01", "months": 2}, "reference_accelerator": "a", "simulation": {"paths": 1},
                 "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
                 "workloads": [{"name": "w", "demand": 10, "unmet_cost": 9, "speed": {"a": 1}}],
                 "pools": [{"name": "dear", "provider": "p", "accelerator": "a", "price": 3, "capacity": 10},
                           {"name": "cheap", "provider": "q", "accelerator": "a", "price": 2, "capacity": 6}]) ", "
        "\"contracts\": [{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", \"deferral\": %g, "
        "\"shortfall_rate\": %g, "
        "\"windows\": [{\"from\": \"2026-01\", \"to\": \"2026-01\", \"amount\": %.0f}, "
        "{\"from\": \"2026-02\", \"to\": \"2026-02\", \"amount\": %.0f}]}]}",
        deferral, rate, first, second);
    const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
    double best = best_by_trial(first, second, deferral, rate);
    assert_dollars(x->lower.mean, best);
    assert_dollars(x->upper.mean, best);
    given_free(&given);
  }
}

/* ---- at random ---- */

/* `plan` stays NULL where chance has made one that is refused. */
static given_plan given_random(uint64_t seed, unsigned clauses) {
  given_plan given = {.arena = ofr_arena_create()};
  ofr_diagnostics d = {.arena = given.arena};
  cJSON *plan = random_plan(seed, false, clauses);
  char *text = cJSON_PrintUnformatted(plan);
  cJSON_Delete(plan);
  ofr_json *root = ofr_json_parse(text, strlen(text), "random.json", given.arena, &d);
  assert_true(root && ofr_json_set(root, "/simulation/paths", "48", "random.json", given.arena, &d));
  given.plan = ofr_plan_read(root, "random.json", given.arena, &d);
  if (d.errors > 0) given.plan = NULL;
  free(text);
  return given;
}

/* What lies above a cost that was attained is OFFRAMP_ERR_MISMATCH: ofr_bound checks every path. */
static void try_plans(uint64_t first, uint64_t count, int *bounded) {
  static const unsigned clauses[] = {0, RANDOM_CREDIT, RANDOM_DISCOUNT, RANDOM_GRANT, RANDOM_EXIT, RANDOM_REFUSAL,
                                     RANDOM_EVERY_CLAUSE};
  for (uint64_t seed = first; seed < first + count; seed++) {
    given_plan given = given_random(seed, clauses[seed % 7]);
    if (!given.plan) {
      given_free(&given);
      continue;
    }
    ofr_bound_result *first = NULL, *other;
    offramp_error error = {0};
    offramp_status status = bound_with(&given, ofr_cpu_versions()[0]->name, &first, &error);
    if (status != OFFRAMP_OK && status != OFFRAMP_ERR_PLAN) fail_msg("seed %d: %s", (int)seed, error.message);
    if (status == OFFRAMP_ERR_PLAN) assert_non_null(strstr(error.message, "does not cover"));
    *bounded += status == OFFRAMP_OK;
    for (int v = 1; first && ofr_cpu_versions()[v] && seed % 8 == 0; v++) {
      assert_int_equal(bound_with(&given, ofr_cpu_versions()[v]->name, &other, &error), OFFRAMP_OK);
      assert_string_equal(first->digest, other->digest);
    }
    given_free(&given);
  }
}

static void no_bound_lies_above_any_cost(void **state) {
  int bounded = 0;
  (void)state;
  try_plans(1, 350, &bounded);
  try_plans(92099, 1, &bounded); /* hours that are worth more than they cost, rounded up */
  try_plans(20888, 1, &bounded); /* voids a commitment in mid-window: its months were once solved in some lanes only */
  assert_true(bounded > 250);
}

/* ---- what is asked of examples ---- */

/* Beyond the quantum at most 1e-6, in 99.9 % of futures: at the reference size, of the flagship and of the enterprise. */
static void beyond_the_quantum_hardly_anything_is_left_open(void **state) {
  static const char *const files[] = {"examples/openai-azure.json", "examples/reference-size.json", "examples/enterprise.json"};
  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    given_plan given = given_file(files[i], 2000, 16);
    const ofr_bound_result *r = bound_of(&given);
    for (int s = 0; s < given.plan->strategy_count; s++) {
      const ofr_bound_strategy *x = &r->strategies[s];
      assert_int_equal(x->beyond_quantum.missing, 0);
      assert_true(x->beyond_quantum.min > -1000); /* float32 may find a mixture a hair below its cost */
      assert_true(x->fractional_gap.max < 5000);
      if (x->closed < 0.999) fail_msg("%s, %s: only %g", files[i], given.plan->strategies[s].name, x->closed);
      assert_true(x->gap.min >= 0);
      assert_true(x->regret.min >= 0);
    }
    given_free(&given);
  }
}

/* What of the gap are whole hours lies between the two bounds. */
static void rounding_is_part_of_the_gap(void **state) {
  (void)state;
  given_plan given = given_file("examples/openai-azure.json", 160, 16);
  const ofr_bound_result *r = bound_of(&given);
  for (uint64_t i = 0; i < (uint64_t)r->sets * r->paths; i++) {
    assert_true(r->rounding[i] > 0);
    assert_true(r->lower[i] + r->rounding[i] < r->fractional[i] + (int64_t)((double)r->fractional[i] * 1e-6));
  }
  given_free(&given);
}

/* p lowers its discount after $100,000 of all that it sells. */
#define FALLING(windows, more)                                                                                                 \
  TWO_POOLS("2", "\"contracts\": [{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", "                           \
                 "\"windows\": " windows "}," JSON(                                                                            \
      {"name": "odd", "type": "discount", "provider": "p", "basis": "all_units", "tiers": [[0, 0.2], [100000, 0.1]]}) "]" more)

/* 90 accelerator-months of p make up the promise as listed, all of them paid at the highest rate: less than any strategy pays. */
static void rates_that_fall_are_taken_at_their_best_where_windows_begin_with_them(void **state) {
  (void)state;
  given_plan given = given_text(FALLING(JSON([{"from": "2026-01", "to": "2026-02", "amount": 197100}]), ""));
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  assert_dollars(x->lower.mean, 730 * (90 * 3 * 0.8 + 110 * 2));
  assert_true(x->upper.mean > x->lower.mean);
  given_free(&given);
}

/* A month whose spend brings a lower rate pays for what was bought before, too: it may count for more than it lists. */
static void a_discount_whose_rates_fall_is_refused_where_a_window_cuts_its_period(void **state) {
  (void)state;
  const char *const texts[] = {
      FALLING(JSON([{"from": "2026-02", "to": "2026-02", "amount": 100000}]), ""),
      FALLING(JSON([ {"from": "2026-01", "to": "2026-01", "amount": 100000},
                     {"from": "2026-02", "to": "2026-02", "amount": 100000} ]), ""),
      FALLING(JSON([{"from": "2026-01", "to": "2026-02", "amount": 200000}]),
              ", \"events\": [" JSON(
                  {"name": "e", "rate": 1, "duration": 1, "effects": [{"contracts": ["c"], "suspend": true}]}) "]"),
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    given_plan given = given_text(texts[i]);
    ofr_bound_result *result;
    offramp_error error = {0};
    assert_int_equal(bound_with(&given, NULL, &result, &error), OFFRAMP_ERR_PLAN);
    assert_string_equal(error.place, "odd");
    assert_non_null(strstr(error.message, "leave 'odd' out"));
    given_free(&given);
  }
}

/* p, which has the right and a promise, is dear: all of its 60 is had at what q asks, and counts. */
static void a_matched_offer_counts_for_the_holder(void **state) {
  (void)state;
  given_plan given = given_text(TWO_POOLS("2", "\"contracts\": [" JSON(
      {"name": "c", "type": "commitment", "provider": "p", "windows": [{"from": "2026-01", "to": "2026-02", "amount": 350000}]},
      {"name": "right", "type": "first_refusal", "provider": "p", "workloads": "*"}) "]"));
  const ofr_bound_strategy *x = &bound_of(&given)->strategies[0];
  double all = 2 * 730 * (60 * 2 + 40 * 3);
  assert_dollars(x->lower.mean, all); /* $350,400, all of it at p */
  assert_dollars(x->upper.mean, all);
  assert_true(x->relaxed == OFR_RELAXED_REFUSAL);
  given_free(&given);
}

/* The holder's list prices are so high that the books hold the offer in few digits: less than the rival would have been paid. */
static void a_small_offer_in_the_books_of_a_dear_holder_is_no_cost_below_the_bound(void **state) {
  (void)state;
  given_plan given = given_text(
      "{" JSON("horizon": {"start": "2026-01", "months": 12}, "reference_accelerator": "a", "simulation": {"paths": 50},
               "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
               "factors": [{"name": "f", "volatility": 0.1}],
               "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 900, "speed": {"a": 1}}],
               "pools": [{"name": "dear", "provider": "p", "accelerator": "a", "price": 500, "capacity": 2000, "factors": {"f": 1}},
                         {"name": "cheap", "provider": "q", "accelerator": "a", "price": 0.0501234567, "capacity": 2000,
                          "factors": {"f": 1}}],
               "contracts": [{"name": "right", "type": "first_refusal", "provider": "p", "workloads": "*"}]) "}");
  assert_true(bound_of(&given)->strategies[0].regret.min >= 0);
  given_free(&given);
}

/* `test_bound_paths FIRST COUNT` tries COUNT random plans from seed FIRST on instead: for long runs by hand. */
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_promises_the_best_is_each_months_best),
      cmocka_unit_test(work_that_is_bound_to_a_provider_goes_nowhere_else),
      cmocka_unit_test(a_promise_moves_work_while_that_is_cheaper_than_the_charge),
      cmocka_unit_test(what_cannot_be_spent_is_charged),
      cmocka_unit_test(a_hundred_and_twenty_windows_are_as_good_as_sixty_months),
      cmocka_unit_test(a_tiny_world_is_found_by_trial),
      cmocka_unit_test(no_bound_lies_above_any_cost),
      cmocka_unit_test(beyond_the_quantum_hardly_anything_is_left_open),
      cmocka_unit_test(rounding_is_part_of_the_gap),
      cmocka_unit_test(rates_that_fall_are_taken_at_their_best_where_windows_begin_with_them),
      cmocka_unit_test(a_discount_whose_rates_fall_is_refused_where_a_window_cuts_its_period),
      cmocka_unit_test(a_matched_offer_counts_for_the_holder),
      cmocka_unit_test(a_small_offer_in_the_books_of_a_dear_holder_is_no_cost_below_the_bound),
  };
  if (argc == 3) {
    int bounded = 0;
    try_plans(strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10), &bounded);
    printf("%d plans bounded\n", bounded);
    return 0;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
