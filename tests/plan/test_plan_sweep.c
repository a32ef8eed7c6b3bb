/* The grid of a sweep: every combination once, the last axis fastest; each point is the plan with those numbers in place. */
#include "plan_fixture.h"
#include <stdio.h>

static const ofr_plan *with_sweep(fixture *f, const char *sweep) {
  set(f, "/sweep", sweep);
  return read_good(f);
}

static void lists_keep_their_values_and_ranges_reach_both_ends(void **state) {
  fixture *f = *state;
  const ofr_plan *plan = with_sweep(f, "{\"/horizon/discount_rate\": [0.1, 0.02, 0.3], \"/pools/0/availability\": "
                                       "{\"from\": 0.1, \"to\": 0.7, \"steps\": 4}}");
  const ofr_sweep *s = plan->sweep;
  const double values[] = {0.1, 0.3, 0.5, 0.7};
  assert_int_equal(s->axis_count, 2);
  assert_int_equal(s->points, 12);
  assert_string_equal(s->axes[0].pointer, "/horizon/discount_rate");
  assert_true(s->axes[0].values[1] == 0.02);
  for (int i = 0; i < 4; i++) assert_float_equal(s->axes[1].values[i], values[i], 1e-15);
  assert_true(s->axes[1].values[0] == 0.1 && s->axes[1].values[3] == 0.7);
}

static void every_combination_comes_once_the_last_axis_fastest(void **state) {
  fixture *f = *state;
  const ofr_plan *plan =
      with_sweep(f, "{\"/horizon/discount_rate\": [0.1, 0.2], \"/simulation/seed\": [1, 2, 3], \"note\": \"why\"}");
  for (uint64_t point = 0; point < 6; point++) {
    char rate[8], seed[8];
    snprintf(rate, sizeof rate, "0.%d", (int)(point / 3) + 1);
    snprintf(seed, sizeof seed, "%d", (int)(point % 3) + 1);
    assert_true(ofr_sweep_value(plan->sweep, point, 0) == atof(rate));
    assert_true(ofr_sweep_value(plan->sweep, point, 1) == atof(seed));
    const ofr_plan *at = ofr_plan_point(plan, point, f->arena, &f->d);
    assert_non_null(at);
    assert_null(at->sweep);
    assert_float_equal(at->discount_rate, atof(rate), 0);
    assert_int_equal(at->seed, atoi(seed));
  }
}

static void a_point_is_the_plan_that_was_written_so(void **state) {
  fixture *f = *state;
  const ofr_plan *plan = with_sweep(f, "{\"/contracts/azure-floor/windows/0/amount\": [1e9, 5e8], \"/horizon/discount_rate\": [0.5]}");
  const ofr_plan *point = ofr_plan_point(plan, 1, f->arena, &f->d);
  char digest[65];
  assert_non_null(point);
  assert_float_equal(plan->contracts[0].windows[0].amount, 2.0e9, 0); /* what is swept stays */
  memcpy(digest, point->digest, sizeof digest);
  load(f, good_plan);
  set(f, "/contracts/0/windows/0/amount", "500000000");
  set(f, "/horizon/discount_rate", "0.5");
  assert_string_equal(read_good(f)->digest, digest); /* whatever it has for a sweep */
}

static void values_that_no_plan_may_have_are_named_where_they_stand(void **state) {
  fixture *f = *state;
  const ofr_plan *plan = with_sweep(f, "{\"/horizon/discount_rate\": [0.1, -1], \"/horizon/surprise\": [1]}");
  ofr_sweep_trials(plan, &f->d);
  show(f);
  assert_int_equal(f->d.errors, 2);
  assert_string_equal(f->d.items[0].pointer, "/sweep/~1horizon~1discount_rate/1");
  assert_non_null(strstr(f->d.items[0].message, "with -1 in its place the plan is wrong at /horizon/discount_rate: "));
  assert_non_null(strstr(f->d.items[1].message, "surprise"));
}

int main(void) {
  const struct CMUnitTest tests[] = {TEST(lists_keep_their_values_and_ranges_reach_both_ends),
                                     TEST(every_combination_comes_once_the_last_axis_fastest),
                                     TEST(a_point_is_the_plan_that_was_written_so),
                                     TEST(values_that_no_plan_may_have_are_named_where_they_stand)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
