/* In which month how many leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "reduce/exit_months.h"

enum { MONTHS = 4 };

static ofr_contract contracts[] = {{.type = OFR_COMMITMENT}, {.type = OFR_EXIT}, {.type = OFR_RESERVATION}, {.type = OFR_EXIT}};
static const ofr_plan plan = {.months = MONTHS, .contract_count = 4, .contracts = contracts};

static void each_path_counts_in_its_month(void **state) {
  (void)state;
  const int64_t months[] = {2, OFR_MISSING, 0, 2, 3};
  uint64_t counts[MONTHS] = {0};
  ofr_exit_months_add(&plan, months, NULL, 5, counts);
  ofr_exit_months_add(&plan, months, NULL, 1, counts); /* another batch */
  assert_true(counts[0] == 1 && counts[1] == 0 && counts[2] == 3 && counts[3] == 1);
}

static void a_path_counts_as_often_as_it_weighs(void **state) {
  (void)state;
  const int64_t months[] = {1, 1, OFR_MISSING, 3};
  const uint64_t weights[] = {5, 100, 7, 0};
  uint64_t counts[MONTHS] = {0};
  ofr_exit_months_add(&plan, months, weights, 4, counts);
  assert_true(counts[0] == 0 && counts[1] == 105 && counts[2] == 0 && counts[3] == 0);
}

/* What a broken device writes. */
static void no_month_beyond_the_horizon_is_touched(void **state) {
  (void)state;
  const int64_t months[] = {MONTHS, -1, INT64_MAX, (int64_t)1 << 32};
  uint64_t counts[MONTHS + 1] = {0};
  ofr_exit_months_add(&plan, months, NULL, 4, counts);
  for (int t = 0; t <= MONTHS; t++) assert_true(counts[t] == 0);
}

static void exits_lie_in_plan_order(void **state) {
  (void)state;
  uint64_t taken[2 * MONTHS];
  ofr_strategy_result strategies[] = {{.taken = taken}, {.taken = NULL}};
  const ofr_result result = {.plan = &plan, .strategies = strategies};
  assert_int_equal(ofr_exit_count(&plan), 2);
  assert_ptr_equal(ofr_exit_months(&result, 0, 1), taken);
  assert_ptr_equal(ofr_exit_months(&result, 0, 3), taken + MONTHS);
  assert_null(ofr_exit_months(&result, 1, 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_path_counts_in_its_month),
                                     cmocka_unit_test(a_path_counts_as_often_as_it_weighs),
                                     cmocka_unit_test(no_month_beyond_the_horizon_is_touched),
                                     cmocka_unit_test(exits_lie_in_plan_order)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
