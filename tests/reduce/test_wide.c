/* Sums of squares in 192 bits, and the spread that follows from them, on values small enough to check by hand and on the
 * largest there are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "reduce/wide.h"

static void squares_carry_from_word_to_word(void **state) {
  (void)state;
  uint64_t sum[3] = {UINT64_MAX, UINT64_MAX, 7};
  ofr_wide_add(sum, 1);
  assert_int_equal(sum[0], 0);
  assert_int_equal(sum[1], 0);
  assert_int_equal(sum[2], 8);
  ofr_wide_add(sum, ofr_wide_square(-((int64_t)1 << 62)));
  assert_int_equal(sum[0], 0);
  assert_int_equal(sum[1], (uint64_t)1 << 60);
  uint64_t more[3] = {1, UINT64_MAX, 1};
  ofr_wide_merge(sum, more);
  assert_int_equal(sum[0], 1);
  assert_int_equal(sum[1], ((uint64_t)1 << 60) - 1);
  assert_int_equal(sum[2], 10);
}

static void the_deviation_of_2_4_4_4_5_5_7_9_is_known(void **state) {
  (void)state;
  uint64_t square_sum[3] = {232};
  assert_true(ofr_wide_spread(8, 40, square_sum) == 16); /* 8 x 2 */
  assert_true(ofr_wide_deviation(8, 40, square_sum) == 16 / sqrt(56));
}

static void fewer_than_two_values_do_not_deviate(void **state) {
  (void)state;
  uint64_t none[3] = {0}, one[3] = {25};
  assert_true(ofr_wide_deviation(0, 0, none) == 0);
  assert_true(ofr_wide_deviation(1, -5, one) == 0);
}

/* n values that differ by 2 around a mean of 2^61: in doubles the squares would cancel to nothing. */
static void nothing_cancels_far_from_zero(void **state) {
  (void)state;
  uint64_t square_sum[3] = {0};
  ofr_i128 sum = 0;
  for (int i = 0; i < 1000; i++) {
    int64_t value = ((int64_t)1 << 61) + (i % 2 ? 1 : -1);
    sum += value;
    ofr_wide_add(square_sum, ofr_wide_square(value));
  }
  assert_true(ofr_wide_spread(1000, sum, square_sum) == 1000);
  assert_true(ofr_wide_spread(1000, -sum, square_sum) == 1000);
}

/* Of values so small that 128 bits hold the whole computation. */
static void the_spread_is_exact_before_it_is_rounded(void **state) {
  (void)state;
  uint64_t random = 1;
  for (int round = 0; round < 1000; round++) {
    uint64_t square_sum[3] = {0};
    ofr_i128 sum = 0, squares = 0;
    for (int i = 0; i < 10; i++) {
      random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      int64_t value = (int64_t)(random >> (14 + round % 40)) - 1000;
      sum += value, squares += (ofr_i128)value * value;
      ofr_wide_add(square_sum, ofr_wide_square(value));
    }
    assert_true(ofr_wide_spread(10, sum, square_sum) == sqrt((double)(10 * squares - sum * sum)));
  }
}

/* Half at 2^62, half at -2^62, 2^48 of them: the largest sum of squares that is promised. */
static void the_largest_spread_fits(void **state) {
  (void)state;
  uint64_t square_sum[3] = {0, 0, (uint64_t)1 << 44};
  assert_true(ofr_wide_spread((uint64_t)1 << 48, 0, square_sum) == ldexp(1, 110));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(squares_carry_from_word_to_word),          cmocka_unit_test(the_deviation_of_2_4_4_4_5_5_7_9_is_known),
      cmocka_unit_test(fewer_than_two_values_do_not_deviate),     cmocka_unit_test(nothing_cancels_far_from_zero),
      cmocka_unit_test(the_spread_is_exact_before_it_is_rounded), cmocka_unit_test(the_largest_spread_fits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
