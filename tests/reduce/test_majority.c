/* Who earns more than half. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "reduce/majority.h"

static uint64_t count(int64_t a, int64_t b, int64_t c) {
  const int64_t *const revenue[] = {&a, &b, &c};
  return ofr_majorities(revenue, 3, NULL, 1);
}

static void more_than_half_is_a_majority(void **state) {
  (void)state;
  assert_int_equal(count(51, 49, 0), 1);
  assert_int_equal(count(1, 1, 3), 1);
  assert_int_equal(count(7, 0, 0), 1);
}

static void half_is_none(void **state) {
  (void)state;
  assert_int_equal(count(50, 50, 0), 0);
  assert_int_equal(count(1, 2, 3), 0);
  assert_int_equal(count(0, 0, 0), 0);
}

static void who_pays_in_earns_nothing(void **state) {
  (void)state;
  assert_int_equal(count(3, 3, -5), 0);
  assert_int_equal(count(4, 3, -5), 1);
  assert_int_equal(count(-4, -3, -5), 0);
}

static void the_largest_revenues_do_not_overflow(void **state) {
  (void)state;
  const int64_t most = ((int64_t)1 << 61) - 1;
  assert_int_equal(count(most, most - 1, 0), 1);
  assert_int_equal(count(most, most, 0), 0);
}

static void every_path_counts_once(void **state) {
  (void)state;
  const int64_t a[] = {1, 5, 9, 0}, b[] = {2, 5, 1, 0};
  const int64_t *const revenue[] = {a, b};
  assert_int_equal(ofr_majorities(revenue, 2, NULL, 4), 2);
  assert_int_equal(ofr_majorities(revenue, 2, NULL, 0), 0);
}

static void a_path_counts_as_often_as_it_weighs(void **state) {
  (void)state;
  const int64_t a[] = {1, 5, 9, 0}, b[] = {2, 5, 1, 0};
  const int64_t *const revenue[] = {a, b};
  const uint64_t weights[] = {1000, 7, 30, 9};
  assert_int_equal(ofr_majorities(revenue, 2, weights, 4), 1030);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(more_than_half_is_a_majority), cmocka_unit_test(half_is_none),
      cmocka_unit_test(who_pays_in_earns_nothing),    cmocka_unit_test(the_largest_revenues_do_not_overflow),
      cmocka_unit_test(every_path_counts_once),       cmocka_unit_test(a_path_counts_as_often_as_it_weighs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
