#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>
#include "reduce/repeats.h"

static ofr_repeats known(double median, double noise, int count) {
  return (ofr_repeats){count, median, noise, 1.2533 * noise / sqrt(count)};
}

static void the_median_and_its_noise_ignore_an_outlier(void **state) {
  (void)state;
  double values[] = {10, 11, 9, 10.5, 1000};
  ofr_repeats r = ofr_repeats_of(values, 5);
  assert_int_equal(r.count, 5);
  assert_float_equal(r.median, 10.5, 1e-12);
  assert_float_equal(r.noise, 1.4826 * 0.5 / 10.5, 1e-12); /* deviations 0, 0.5, 0.5, 1.5, 989.5 */
  assert_float_equal(r.error, 1.2533 * r.noise / sqrt(5), 1e-12);
}

static void an_even_number_of_repeats_takes_the_middle_of_two(void **state) {
  (void)state;
  double values[] = {4, 1, 3, 2};
  assert_float_equal(ofr_repeats_of(values, 4).median, 2.5, 1e-12);
}

static void more_repeats_than_there_is_room_for_are_left_out(void **state) {
  (void)state;
  double values[OFR_REPEATS_MOST + 1000];
  for (int i = 0; i < OFR_REPEATS_MOST + 1000; i++) values[i] = i < OFR_REPEATS_MOST ? 10 : 1000;
  ofr_repeats r = ofr_repeats_of(values, OFR_REPEATS_MOST + 1000);
  assert_int_equal(r.count, OFR_REPEATS_MOST);
  assert_true(r.median == 10 && r.noise == 0);
}

static void nothing_measured_is_nothing(void **state) {
  (void)state;
  ofr_repeats r = ofr_repeats_of(NULL, 0);
  assert_int_equal(r.count, 0);
  assert_false(ofr_repeats_settled(&r));
  assert_int_equal(ofr_repeats_compare(&r, &r), OFR_SAME);
}

static void repeats_settle_when_the_median_is_known_to_a_percent(void **state) {
  (void)state;
  double quiet[] = {100, 100.5, 99.5, 100.2, 99.8}, loud[] = {100, 130, 80, 110, 95};
  ofr_repeats a = ofr_repeats_of(quiet, 4), b = ofr_repeats_of(quiet, 5), c = ofr_repeats_of(loud, 5);
  assert_false(ofr_repeats_settled(&a)); /* too few, however quiet */
  assert_true(ofr_repeats_settled(&b));
  assert_false(ofr_repeats_settled(&c));
}

static void a_difference_counts_when_it_exceeds_the_noise_of_both(void **state) {
  (void)state;
  ofr_repeats a = known(100, 0.01, 9), near = known(101.5, 0.01, 9), more = known(104, 0.01, 9), less = known(96, 0.01, 9);
  ofr_repeats loud = known(104, 0.10, 9), loud_less = known(96, 0.10, 9);
  assert_int_equal(ofr_repeats_compare(&a, &near), OFR_SAME); /* below 2 % */
  assert_int_equal(ofr_repeats_compare(&a, &more), OFR_FASTER);
  assert_int_equal(ofr_repeats_compare(&more, &a), OFR_SLOWER);
  assert_int_equal(ofr_repeats_compare(&a, &less), OFR_SLOWER);
  assert_int_equal(ofr_repeats_compare(&a, &loud), OFR_SAME);
  assert_int_equal(ofr_repeats_compare(&a, &loud_less), OFR_SAME);
}

static void two_repeats_that_agree_prove_little(void **state) {
  (void)state;
  ofr_repeats a = known(100, 0, 2), b = known(110, 0, 2), c = known(140, 0, 2);
  assert_int_equal(ofr_repeats_compare(&a, &b), OFR_SAME);
  assert_int_equal(ofr_repeats_compare(&a, &c), OFR_FASTER);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_median_and_its_noise_ignore_an_outlier),
      cmocka_unit_test(an_even_number_of_repeats_takes_the_middle_of_two),
      cmocka_unit_test(more_repeats_than_there_is_room_for_are_left_out),
      cmocka_unit_test(nothing_measured_is_nothing),
      cmocka_unit_test(repeats_settle_when_the_median_is_known_to_a_percent),
      cmocka_unit_test(a_difference_counts_when_it_exceeds_the_noise_of_both),
      cmocka_unit_test(two_repeats_that_agree_prove_little),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
