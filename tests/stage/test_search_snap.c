/* Round numbers that limits and constraints allow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "stage/search_snap.h"

static const ofr_variable three[3] = {{.from = 0, .to = 100}, {.from = 0.5, .to = 10}, {.from = 0, .to = 1000}};
static double sum_of_two[3] = {1, 0, 1}, steep[3] = {0, 7, -1};

static ofr_search with(const ofr_sizing *sizing, const double *step) {
  return (ofr_search){.sizing = sizing, .step = step, .batch = 1};
}

static void values_become_multiples_within_their_limits(void **state) {
  const ofr_sizing s = {.variable_count = 3, .variables = three};
  const double step[3] = {8, 1, 0};
  ofr_search search = with(&s, step);
  double values[3] = {43, 0.2, 77.7};
  (void)state;
  ofr_search_snap(&search, values);
  assert_true(values[0] == 40 && values[1] == 0.5 && values[2] == 77.7);
  assert_true(ofr_search_multiple(&search, 0, 99.9) == 96 || ofr_search_multiple(&search, 0, 99.9) == 100);
}

static void a_constraint_that_rounding_breaks_is_mended(void **state) {
  const ofr_linear_constraint at_least[1] = {{sum_of_two, 610, INFINITY}};
  const ofr_sizing s = {.variable_count = 3, .variables = three, .constraint_count = 1, .constraints = at_least};
  const double step[3] = {1, 1, 1};
  ofr_search search = with(&s, step);
  double values[3] = {70.4, 2, 539.6};
  (void)state;
  values[0] = 70.4, values[2] = 539.61; /* 70 + 540 is enough as it is */
  ofr_search_snap(&search, values);
  assert_true(values[0] == 70 && values[2] == 540);
  values[0] = 70.45, values[2] = 539.55; /* so it is here ... */
  ofr_search_snap(&search, values);
  assert_true(values[0] + values[2] == 610);
  values[0] = 60.3, values[2] = 549.8;
  ofr_search_snap(&search, values);
  assert_true(ofr_sizing_allows(&s, values) && values[0] == floor(values[0]) && values[2] == floor(values[2]) &&
              values[0] + values[2] == 610);
}

static void what_no_multiple_allows_stays_as_it_is(void **state) {
  const ofr_linear_constraint exactly[1] = {{steep, 0.25, 0.25}};
  const ofr_sizing s = {.variable_count = 3, .variables = three, .constraint_count = 1, .constraints = exactly};
  const double step[3] = {1, 1, 1};
  ofr_search search = with(&s, step);
  double values[3] = {5, 1.25, 8.5};
  (void)state;
  assert_true(ofr_sizing_allows(&s, values));
  ofr_search_snap(&search, values);
  assert_true(values[1] == 1.25 && values[2] == 8.5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_become_multiples_within_their_limits),
      cmocka_unit_test(a_constraint_that_rounding_breaks_is_mended),
      cmocka_unit_test(what_no_multiple_allows_stays_as_it_is),
  };
  return cmocka_run_group_tests_name("round candidates", tests, NULL, NULL);
}
