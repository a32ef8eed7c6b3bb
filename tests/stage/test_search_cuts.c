/* Cuts of functions whose cuts can be drawn by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "stage/search_cuts.h"

static const ofr_variable unit_square[2] = {{.from = 0, .to = 1}, {.from = 0, .to = 1}};
static double budget[2] = {1, 1};

static ofr_sizing square(const ofr_linear_constraint *constraints, int count) {
  return (ofr_sizing){.variable_count = 2, .variables = unit_square, .constraints = constraints, .constraint_count = count};
}

static void assert_within(double found, double expected) {
  if (!(fabs(found - expected) <= 1e-9)) fail_msg("%.12g, not %.12g", found, expected);
}

/* |u - 0.3| + 2 |v - 0.6|, from the slopes in its four quadrants */
static void fill(ofr_cuts *cuts) {
  static const double corners[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  for (int k = 0; k < 4; k++) {
    double slope[2] = {corners[k][0] < 0.3 ? -1 : 1, corners[k][1] < 0.6 ? -2 : 2};
    ofr_cuts_add(cuts, corners[k], fabs(corners[k][0] - 0.3) + 2 * fabs(corners[k][1] - 0.6), slope);
  }
}

static void cuts_meet_at_the_bottom(void **state) {
  ofr_cuts cuts = {.n = 2};
  ofr_sizing s = square(NULL, 0);
  double share[2], value;
  (void)state;
  assert_false(ofr_cuts_least(&cuts, &s, (double[]){0.5, 0.5}, 1, share, &value));
  fill(&cuts);
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.5, 0.5}, 1, share, &value));
  assert_within(share[0], 0.3);
  assert_within(share[1], 0.6);
  assert_within(value, 0);
}

static void the_region_and_the_square_bound_the_step(void **state) {
  ofr_cuts cuts = {.n = 2};
  ofr_sizing s = square(NULL, 0);
  double share[2], value;
  (void)state;
  fill(&cuts);
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.9, 0.9}, 0.1, share, &value));
  assert_within(share[0], 0.8);
  assert_within(share[1], 0.8);
  assert_within(value, 0.5 + 0.4);
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.95, 0.6}, 1e-6, share, &value));
  assert_within(value, 0.65 - 1e-6);
}

static void constraints_bound_it_too(void **state) {
  const ofr_linear_constraint least[1] = {{budget, 1.2, INFINITY}}, none[1] = {{budget, 2.5, INFINITY}};
  ofr_cuts cuts = {.n = 2};
  ofr_sizing s = square(least, 1), impossible = square(none, 1);
  double share[2], value;
  (void)state;
  fill(&cuts);
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.5, 0.5}, 1, share, &value));
  assert_within(share[0], 0.6); /* the cheaper way to the missing 0.3 */
  assert_within(share[1], 0.6);
  assert_within(value, 0.3);
  assert_false(ofr_cuts_least(&cuts, &impossible, (double[]){0.5, 0.5}, 1, share, &value));
}

static void a_value_below_a_cut_lowers_it(void **state) {
  ofr_cuts cuts = {.n = 2};
  ofr_sizing s = square(NULL, 0);
  double share[2], value;
  (void)state;
  fill(&cuts);
  ofr_cuts_lower(&cuts, (double[]){0.3, 0.6}, 0.25); /* above all cuts: nothing to do */
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.5, 0.5}, 1, share, &value));
  assert_within(value, 0);
  ofr_cuts_lower(&cuts, (double[]){0.3, 0.6}, -0.25);
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.5, 0.5}, 1, share, &value));
  assert_within(value, -0.25);
}

static void old_cuts_are_forgotten(void **state) {
  ofr_cuts cuts = {.n = 2};
  ofr_sizing s = square(NULL, 0);
  double share[2], value;
  (void)state;
  ofr_cuts_add(&cuts, (double[]){0, 0}, 7, (double[]){0, 0});
  for (int k = 0; k < OFR_MOST_CUTS; k++) ofr_cuts_add(&cuts, (double[]){0, 0}, -1, (double[]){0, 1e-3 * k});
  assert_int_equal(cuts.count, OFR_MOST_CUTS);
  assert_true(ofr_cuts_least(&cuts, &s, (double[]){0.5, 0.5}, 1, share, &value));
  assert_within(value, -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cuts_meet_at_the_bottom),  cmocka_unit_test(the_region_and_the_square_bound_the_step),
      cmocka_unit_test(constraints_bound_it_too), cmocka_unit_test(a_value_below_a_cut_lowers_it),
      cmocka_unit_test(old_cuts_are_forgotten),
  };
  return cmocka_run_group_tests_name("cuts", tests, NULL, NULL);
}
