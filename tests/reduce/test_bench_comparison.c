#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/bench_comparison.h"

#define SUBJECT "\"subjects\": [{\"backend\": \"cpu\", \"device\": 0, \"name\": \"a processor\"}], "
#define ROW(pools, paths, rate, digest)                                                                                        \
  "{\"backend\": \"cpu\", \"device\": 0, \"clauses\": \"none\", \"workloads\": 3, \"pools\": " #pools                          \
  ", \"strategies\": 1, \"months\": 12, \"paths\": " #paths ", \"path_months_per_second\": " #rate                             \
  ", \"noise\": 0.01, \"error\": 0.004, \"repeats\": 9, \"digest\": \"" digest "\"}"

static ofr_arena *arena;

static int begin(void **state) {
  (void)state;
  arena = ofr_arena_create();
  return !arena;
}

static int end(void **state) {
  (void)state;
  ofr_arena_destroy(arena);
  return 0;
}

static bool compare(const char *a, const char *b, ofr_bench_comparison *c, int *errors) {
  ofr_diagnostics d = {.arena = arena};
  const ofr_json *x = ofr_json_parse(a, strlen(a), "a", arena, &d), *y = ofr_json_parse(b, strlen(b), "b", arena, &d);
  assert_non_null(x);
  assert_non_null(y);
  bool done = ofr_bench_compare(x, y, "a", "b", arena, c, &d);
  *errors = d.errors;
  return done;
}

static void rows_of_the_same_axes_are_compared_whatever_their_order(void **state) {
  (void)state;
  ofr_bench_comparison c;
  int errors;
  assert_true(compare("{" SUBJECT "\"rows\": [" ROW(4, 100, 50e6, "x") ", " ROW(12, 100, 20e6, "y") "]}",
                      "{" SUBJECT "\"rows\": [" ROW(12, 100, 30e6, "y") ", " ROW(4, 100, 40e6, "x") "]}", &c, &errors));
  assert_int_equal(c.count, 2);
  assert_int_equal(c.pairs[0].pools, 12);
  assert_int_equal(c.pairs[0].verdict, OFR_FASTER);
  assert_float_equal(c.pairs[0].ratio, 1.5, 1e-12);
  assert_int_equal(c.pairs[1].verdict, OFR_SLOWER);
  assert_int_equal(c.slower, 1);
  assert_false(c.pairs[0].other_digest);
  assert_int_equal(c.only_a + c.only_b, 0);
  assert_false(c.other_devices);
}

static void rows_without_a_partner_are_counted(void **state) {
  (void)state;
  ofr_bench_comparison c;
  int errors;
  assert_true(compare("{" SUBJECT "\"rows\": [" ROW(4, 100, 50e6, "x") "]}",
                      "{" SUBJECT
                      "\"rows\": [" ROW(4, 100, 50e6, "x") ", " ROW(8, 100, 50e6, "x") ", " ROW(4, 200, 50e6, "x") "]}",
                      &c, &errors));
  assert_int_equal(c.count, 1);
  assert_int_equal(c.only_a, 0);
  assert_int_equal(c.only_b, 2);
}

/* Where paths are an axis, the first is compared with the first. */
static void rows_alike_but_for_their_paths_are_paired_in_order(void **state) {
  (void)state;
  ofr_bench_comparison c;
  int errors;
  const char *both = "{" SUBJECT "\"rows\": [" ROW(4, 100, 10e6, "x") ", " ROW(4, 200, 90e6, "y") "]}";
  assert_true(compare(both, both, &c, &errors));
  assert_int_equal(c.count, 2);
  assert_int_equal(c.pairs[0].verdict, OFR_SAME);
  assert_int_equal(c.pairs[1].verdict, OFR_SAME);
}

static void other_results_and_other_devices_are_told(void **state) {
  (void)state;
  ofr_bench_comparison c;
  int errors;
  assert_true(compare("{\"subjects\": [{\"backend\": \"cpu\", \"device\": 0, \"name\": \"an older one\"}], \"rows\": [" ROW(
                          4, 100, 50e6, "x") "]}",
                      "{" SUBJECT "\"rows\": [" ROW(4, 100, 50e6, "z") "]}", &c, &errors));
  assert_true(c.other_devices);
  assert_true(c.pairs[0].other_digest);
  assert_true(compare("{" SUBJECT "\"rows\": [" ROW(4, 100, 50e6, "x") "]}",
                      "{" SUBJECT "\"rows\": [" ROW(4, 300, 50e6, "z") "]}", &c, &errors));
  assert_false(c.pairs[0].other_digest); /* other paths, other results */
}

static void what_is_no_bench_is_diagnosed(void **state) {
  (void)state;
  static const char *const wrong[] = {"{}", "[]", "1", "{\"rows\": []}", "{" SUBJECT "\"rows\": {}}", "{" SUBJECT "\"rows\": [1]}",
                                      "{" SUBJECT "\"rows\": [{}]}", "{" SUBJECT "\"rows\": [" ROW(4, 100, 0, "x") "]}"};
  const char *right = "{" SUBJECT "\"rows\": [" ROW(4, 100, 50e6, "x") "]}";
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ofr_bench_comparison c;
    int errors;
    assert_false(compare(wrong[i], right, &c, &errors));
    assert_int_equal(errors, 1);
    assert_false(compare(right, wrong[i], &c, &errors));
    assert_int_equal(errors, 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_of_the_same_axes_are_compared_whatever_their_order),
      cmocka_unit_test(rows_without_a_partner_are_counted),
      cmocka_unit_test(rows_alike_but_for_their_paths_are_paired_in_order),
      cmocka_unit_test(other_results_and_other_devices_are_told),
      cmocka_unit_test(what_is_no_bench_is_diagnosed),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
