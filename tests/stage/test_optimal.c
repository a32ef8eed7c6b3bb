/* Rule `optimal` in the books: worked by hand, and never dearer than the order of workloads where nothing but the month counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "given_plan.h"

/* Workload u comes first and runs twice as fast on the accelerator that is all v can use. */
#define SCARCE(...)                                                                                                            \
  JSON({"horizon": {"start": "2026-01", "months": 1}, "reference_accelerator": "a", "simulation": {"paths": 16},               \
        "accelerators": [{"name": "a"}, {"name": "b"}], "providers": [{"name": "p"}, {"name": "q"}],                           \
        "workloads": [{"name": "u", "demand": 200, "unmet_cost": 3, "speed": {"a": 1, "b": 2}},                                \
                      {"name": "v", "demand": 100, "unmet_cost": 10, "speed": {"b": 1}}],                                      \
        "pools": [{"name": "pa", "provider": "p", "accelerator": "a", "price": 2, "capacity": 100},                            \
                  {"name": "qb", "provider": "q", "accelerator": "b", "price": 2.5, "capacity": 100}],                         \
        __VA_ARGS__})

static double total(given_plan *given, int strategy) {
  return given_metric(given_run(given, NULL), strategy, OFR_GROUP_METRIC, 0, "total_cost")->mean;
}

static void assert_dollars(double found, double expected) {
  if (found < expected - 0.01 || found > expected + 0.01) fail_msg("%.6f instead of %.6f", found, expected);
}

/* v saves 7.5 an accelerator-hour of b, u only 3.5: v has all of it, u all of a, and 100 hours of u are lost. */
static void scarce_accelerators_go_to_the_work_that_saves_most_on_them(void **state) {
  (void)state;
  given_plan given = given_text(SCARCE("strategies": [{"name": "order"}, {"name": "best", "rule": "optimal"}]));
  assert_dollars(total(&given, 0), 730 * (100 * 2.5 + 100 * 10));
  assert_dollars(total(&given, 1), 730 * (100 * 2.5 + 100 * 2 + 100 * 3));
  given_free(&given);
}

/* u first fills q, as it must; it needs all of b for that, and v goes without. */
static void an_open_exclusivity_fills_its_holder_before_anything_saves(void **state) {
  (void)state;
  given_plan given = given_text(SCARCE(
      "contracts": [ {"name": "first", "type": "exclusivity", "provider": "q", "workloads": ["u"], "overflow": "open"} ],
      "strategies": [ {"name": "best", "rule": "optimal"} ]));
  assert_dollars(total(&given, 0), 730 * (100 * 2.5 + 100 * 10));
  given_free(&given);
}

static void an_exclusivity_closes_all_other_pools(void **state) {
  (void)state;
  given_plan given = given_text(SCARCE("contracts": [ {"name": "only", "type": "exclusivity", "provider": "p", "workloads": ["u"]} ],
                                       "strategies": [ {"name": "best", "rule": "optimal"} ]));
  assert_dollars(total(&given, 0), 730 * (100 * 2.5 + 100 * 2 + 100 * 3));
  given_free(&given);
}

/* Reserved b at 0.5 makes room for u: 60 of it are v's or u's alike, and pay for themselves before the open part does. */
static void reserved_capacity_is_used_at_its_use_price(void **state) {
  (void)state;
  given_plan given = given_text(SCARCE(
      "contracts": [ {"name": "block", "type": "reservation", "pool": "qb", "accelerators": 60, "price": 1, "use_price": 0.5} ],
      "strategies": [ {"name": "best", "rule": "optimal"} ]));
  /* 160 of b: v on 100, u on 60 at speed 2; u's last 80 on a */
  assert_dollars(total(&given, 0), 730 * (60 * 1 + 60 * 0.5 + 100 * 2.5 + 80 * 2));
  given_free(&given);
}

/* Two pools of one price, two workloads that save the same: 80 accelerators' work, of which the first pool takes 60. What is
 * reserved at that price comes before both. */
#define ALIKE(...)                                                                                                             \
  JSON({"horizon": {"start": "2026-01", "months": 3}, "reference_accelerator": "a", "simulation": {"paths": 16},               \
        "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],                                          \
        "workloads": [{"name": "u", "demand": 30, "unmet_cost": 5, "speed": {"a": 1}},                                         \
                      {"name": "v", "demand": 50, "unmet_cost": 5, "speed": {"a": 1}}], __VA_ARGS__})

/* To a dollar: quanta are no whole parts of an accelerator. */
static void assert_earned(given_plan *given, double p, double q) {
  const ofr_result *r = given_run(given, NULL);
  assert_true(fabs(given_metric(r, 0, OFR_GROUP_PROVIDER, 0, "revenue")->mean - p) < 1);
  assert_true(fabs(given_metric(r, 0, OFR_GROUP_PROVIDER, 1, "revenue")->mean - q) < 1);
  given_free(given);
}

static void of_placements_that_cost_the_same_the_first_in_plan_order_is_taken(void **state) {
  (void)state;
  given_plan first = given_text(ALIKE("pools": [ {"name": "pa", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60},
                                                 {"name": "qa", "provider": "q", "accelerator": "a", "price": 2, "capacity": 60} ],
                                      "strategies": [ {"name": "best", "rule": "optimal"} ]));
  given_plan other = given_text(ALIKE("pools": [ {"name": "qa", "provider": "q", "accelerator": "a", "price": 2, "capacity": 60},
                                                 {"name": "pa", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60} ],
                                      "strategies": [ {"name": "best", "rule": "optimal"} ]));
  given_plan reserved = given_text(ALIKE(
      "pools": [ {"name": "pa", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60},
                 {"name": "qa", "provider": "q", "accelerator": "a", "price": 2, "capacity": 60} ],
      "contracts": [ {"name": "block", "type": "reservation", "pool": "qa", "accelerators": 45, "price": 0, "use_price": 2} ],
      "strategies": [ {"name": "best", "rule": "optimal"} ]));
  assert_earned(&first, 3 * 730 * 60 * 2, 3 * 730 * 20 * 2);
  assert_earned(&other, 3 * 730 * 20 * 2, 3 * 730 * 60 * 2);
  assert_earned(&reserved, 3 * 730 * 35 * 2, 3 * 730 * 45 * 2);
}

/* Without promises a month's least cost is a path's: no future in which the order of workloads is cheaper. */
static void no_future_is_cheaper_in_the_order_of_workloads(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/optimal.json", 2000, 16);
  const ofr_result *r = given_run(&given, NULL);
  int seen = 0;
  for (int i = 0; i < r->comparison_count; i++) {
    const ofr_comparison *c = &r->comparisons[i];
    if (c->a != 0 || c->b != 3) continue;
    assert_int_equal(c->b_wins, 0);
    assert_true(c->a_wins > 1900);
    seen++;
  }
  assert_int_equal(seen, 1);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scarce_accelerators_go_to_the_work_that_saves_most_on_them),
      cmocka_unit_test(an_open_exclusivity_fills_its_holder_before_anything_saves),
      cmocka_unit_test(an_exclusivity_closes_all_other_pools),
      cmocka_unit_test(reserved_capacity_is_used_at_its_use_price),
      cmocka_unit_test(of_placements_that_cost_the_same_the_first_in_plan_order_is_taken),
      cmocka_unit_test(no_future_is_cheaper_in_the_order_of_workloads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
