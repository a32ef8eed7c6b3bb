/* Constraints beside sizes made up by hand: which bind, on which side, and what a unit of leave is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "report/optimize_constraints.h"
#include "report/report.h"
#include "stage/given_plan.h"

enum { FLOOR, BLOCK };

static const ofr_slope costly[2] = {{1e6, true, true, false, {0.25, 0.01}, {-0.125, 0.01}, {0, 0}},
                                    {4, true, true, false, {-100, 2}, {300, 3}, {0, 0}}};

static given_plan two_sizes(const char *constraints) {
  return given_text("{" JSON(
      "horizon"
      : {"start" : "2026-01", "months" : 24}, "reference_accelerator"
      : "a", "accelerators"
      : [ {"name" : "a"} ], "providers"
      : [ {"name" : "p"} ], "workloads"
      : [ {"name" : "w", "demand" : 100, "unmet_cost" : 20, "speed" : {"a" : 1}} ], "pools"
      : [ {"name" : "k", "provider" : "p", "accelerator" : "a", "price" : 4, "capacity" : 1e9} ], "contracts"
      :
      [
        {"name" : "floor", "type" : "commitment", "provider" : "p", "windows" : [ {"amount" : 1e9} ]},
        {"name" : "block", "type" : "reservation", "pool" : "k", "accelerators" : 1000, "price" : 2.5}
      ],
      "optimize"
      : {
        "variables" : {"/contracts/floor/windows/0/amount" : [ 0, 2e9 ], "/contracts/block/accelerators" : [ 0, 4000 ]},
        "constraints" : %s
      }) "}",
                    constraints);
}

static ofr_constraint_view at(const char *constraint, double floor, double block, const ofr_slope *slopes) {
  const double sizes[2] = {floor, block};
  given_plan given = two_sizes(constraint);
  const ofr_optimum o = {.plan = given.plan, .size = sizes, .slopes = slopes, .has_slopes = slopes != NULL};
  ofr_constraint_view view = ofr_constraint_at(&o, 0);
  given_free(&given);
  return view;
}

#define SUM_AT_LEAST "[{\"terms\": {\"/contracts/floor/windows/0/amount\": 1, \"/contracts/block/accelerators\": 1e5}, \"min\": 1e9}]"
#define SUM_AT_MOST "[{\"terms\": {\"/contracts/floor/windows/0/amount\": 2, \"/contracts/block/accelerators\": 50}, \"max\": 1e9}]"
#define LESS_BLOCK "[{\"terms\": {\"/contracts/floor/windows/0/amount\": 0, \"/contracts/block/accelerators\": -2}, \"min\": -2000}]"

static void a_sum_that_must_be_reached_is_priced_by_what_saves_most(void **state) {
  (void)state;
  ofr_constraint_view view = at(SUM_AT_LEAST, 9e8, 1000, costly);
  assert_true(view.sum == 1e9 && view.binding == OFR_BINDS_MIN && view.has_price);
  assert_true(view.price.mean == 0.125 && view.price.se == 0.01); /* a dollar less of the floor; the block's 1e-5 less would cost */
}

static void a_sum_that_may_not_be_exceeded_is_priced_by_its_weight(void **state) {
  (void)state;
  ofr_constraint_view view = at(SUM_AT_MOST, 4.75e8, 1e6, costly);
  assert_true(view.sum == 1e9 && view.binding == OFR_BINDS_MAX && view.has_price);
  assert_true(view.price.mean == 2 && view.price.se == 0.04); /* a fiftieth of an accelerator more */
}

static void a_negative_weight_turns_the_way_around(void **state) {
  (void)state;
  ofr_constraint_view view = at(LESS_BLOCK, 5e8, 1000, costly);
  assert_true(view.sum == -2000 && view.binding == OFR_BINDS_MIN && view.has_price);
  assert_true(view.price.mean == 50 && view.price.se == 1); /* half an accelerator more */
}

static void what_is_to_spare_costs_nothing(void **state) {
  (void)state;
  ofr_constraint_view view = at(SUM_AT_LEAST, 9.5e8, 1000, costly);
  assert_true(view.binding == OFR_BINDS_NOT && !view.has_price);
}

static void less_than_a_step_to_spare_is_nothing_to_spare(void **state) {
  (void)state;
  ofr_constraint_view view = at(SUM_AT_LEAST, 9.009e8, 1000, costly); /* steps of a million dollars */
  assert_true(view.binding == OFR_BINDS_MIN && view.within_a_step);
  assert_false(at(SUM_AT_LEAST, 9e8, 1000, costly).within_a_step);
  assert_int_equal(at(SUM_AT_LEAST, 9.011e8, 1000, costly).binding, OFR_BINDS_NOT);
}

static void without_slopes_it_binds_unpriced(void **state) {
  (void)state;
  ofr_constraint_view view = at(SUM_AT_LEAST, 9e8, 1000, NULL);
  assert_true(view.binding == OFR_BINDS_MIN && !view.has_price);
  assert_int_equal(at(SUM_AT_LEAST, 9.009e8, 1000, NULL).binding, OFR_BINDS_NOT);
}

static void assert_says(const char *constraint, double floor, double block, const char *sentence) {
  const double sizes[2] = {floor, block};
  given_plan given = two_sizes(constraint);
  const ofr_optimum o = {.plan = given.plan, .size = sizes, .slopes = costly, .has_slopes = true, .cost = {.mean = 1e9, .value = 1e9}};
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  options.width = 1000;
  ofr_optimize_text(&o, &options, &out);
  if (!strstr(ofr_text_chars(&out), sentence)) fail_msg("'%s' is not in:\n%s", sentence, ofr_text_chars(&out));
  ofr_text_free(&out);
  given_free(&given);
}

static void the_page_says_it_in_words(void **state) {
  (void)state;
  assert_says(SUM_AT_LEAST, 9e8, 1000,
              "floor + 100,000 x block: 1,000,000,000, the least that the plan asks. One less unit asked would save $0.1250 ± 0.0200.");
  assert_says(SUM_AT_MOST, 4e8, 1000, "2 x floor + 50 x block: 800,050,000, and at most 1,000,000,000: it costs nothing.");
  assert_says(SUM_AT_LEAST, 9.009e8, 1000,
              "floor + 100,000 x block: 1,000,900,000, within a step of the least that the plan asks, 1,000,000,000. One less unit "
              "asked would save $0.1250 ± 0.0200.");
  assert_says("[{\"terms\": {\"/contracts/floor/windows/0/amount\": 1}, \"min\": 0, \"max\": 1e9}]", 1e9, 0,
              "floor: $1.00 billion, the most that the plan allows. One more dollar allowed would cost $0.2500 ± 0.0200.");
}

static void json_and_csv_have_every_digit(void **state) {
  (void)state;
  const double sizes[2] = {9e8, 1000};
  given_plan given = two_sizes(SUM_AT_LEAST);
  const ofr_optimum o = {.plan = given.plan, .size = sizes, .slopes = costly, .has_slopes = true, .cost = {.mean = 1e9, .value = 1e9}};
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  ofr_optimize_json(&o, &options, &out);
  assert_non_null(strstr(ofr_text_chars(&out), "\"min\": 1000000000,"));
  assert_non_null(strstr(ofr_text_chars(&out), "\"max\": null,"));
  assert_non_null(strstr(ofr_text_chars(&out), "\"sum\": 1000000000,"));
  assert_non_null(strstr(ofr_text_chars(&out), "\"binds\": \"min\","));
  assert_non_null(strstr(ofr_text_chars(&out), "\"shadow_price\": {\"mean\": 0.125, \"se\": 0.01}"));
  ofr_text_clear(&out);
  ofr_optimize_csv(&o, &options, &out);
  assert_non_null(strstr(ofr_text_chars(&out), "\nconstraint,,/optimize/constraints/0,sum,1000000000\n"
                                               "constraint,,/optimize/constraints/0,shadow_price,0.125\n"
                                               "constraint,,/optimize/constraints/0,shadow_price_se,0.01\n"));
  ofr_text_free(&out);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sum_that_must_be_reached_is_priced_by_what_saves_most),
      cmocka_unit_test(a_sum_that_may_not_be_exceeded_is_priced_by_its_weight),
      cmocka_unit_test(a_negative_weight_turns_the_way_around),
      cmocka_unit_test(what_is_to_spare_costs_nothing),
      cmocka_unit_test(less_than_a_step_to_spare_is_nothing_to_spare),
      cmocka_unit_test(without_slopes_it_binds_unpriced),
      cmocka_unit_test(the_page_says_it_in_words),
      cmocka_unit_test(json_and_csv_have_every_digit),
  };
  return cmocka_run_group_tests_name("constraints of an optimum", tests, NULL, NULL);
}
