/* Slices of futures: where they lie, that their sums are exact however they are fed, and what their means tell of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/slices.h"

enum { PATHS = 1003 };

static int64_t values[PATHS];
static uint64_t weights[PATHS];

static int fill(void **state) {
  uint64_t random = 5;
  (void)state;
  for (int i = 0; i < PATHS; i++) {
    values[i] = (int64_t)(brute_random(&random) >> 4) - (INT64_C(1) << 58); /* a sum of a few is beyond an int64 */
    if (i % 11 == 3) values[i] = OFR_MISSING;
    weights[i] = brute_random(&random) >> 42;
  }
  return 0;
}

static ofr_slices fed(uint64_t paths, const uint64_t *w) {
  ofr_slices s = {.sum = {0}};
  ofr_slices_feed(&s, paths, 0, values, w, paths);
  return s;
}

static void slices_share_the_paths_out_evenly_and_in_order(void **state) {
  (void)state;
  static const uint64_t numbers[] = {1, 2, 31, 32, 33, 63, 1000, PATHS, 100000, (UINT64_C(1) << 48) - 1};
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
    uint64_t paths = numbers[k], n = (uint64_t)ofr_slice_count(paths);
    assert_true(n == (paths < OFR_SLICES ? paths : OFR_SLICES));
    assert_true(ofr_slice_start(paths, 0) == 0 && ofr_slice_start(paths, (int)n) == paths);
    for (int i = 0; i < (int)n; i++) {
      uint64_t size = ofr_slice_start(paths, i + 1) - ofr_slice_start(paths, i);
      assert_true(size == paths / n || (size == paths / n + 1 && paths % n > 0));
    }
  }
}

static void sums_are_those_of_the_slices_by_definition(void **state) {
  (void)state;
  for (int weighted = 0; weighted < 2; weighted++) {
    ofr_slices found = fed(PATHS, weighted ? weights : NULL), expected = {.sum = {0}};
    for (int i = 0, slice = 0; i < PATHS; i++) {
      uint64_t weight = weighted ? weights[i] : 1;
      while ((uint64_t)i >= ofr_slice_start(PATHS, slice + 1)) slice++;
      expected.all[slice] += weight;
      if (values[i] == OFR_MISSING) continue;
      expected.sum[slice] += (ofr_i128)values[i] * (ofr_i128)weight;
      expected.count[slice] += weight;
      expected.positive[slice] += values[i] > 0 ? weight : 0;
    }
    assert_memory_equal(&found, &expected, sizeof found);
  }
}

static void pieces_in_any_order_on_any_worker_make_the_same(void **state) {
  (void)state;
  for (int weighted = 0; weighted < 2; weighted++) {
    const uint64_t *w = weighted ? weights : NULL;
    ofr_slices whole = fed(PATHS, w), parts[2] = {{.sum = {0}}, {.sum = {0}}};
    for (int end = PATHS, k = 0; end > 0; k++) {
      int first = end - 1 - (k * 37) % 90 > 0 ? end - 1 - (k * 37) % 90 : 0;
      ofr_slices_feed(&parts[k % 2], PATHS, (uint64_t)first, values + first, w ? w + first : NULL, (size_t)(end - first));
      end = first;
    }
    ofr_slices_merge(&parts[0], &parts[1]);
    assert_memory_equal(&parts[0], &whole, sizeof whole);
  }
}

static double mean_of(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += x[i];
  return sum / n;
}

static void the_mean_of_slices_is_the_mean_of_all(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    uint64_t paths = k & 1 ? PATHS : 20;
    const uint64_t *w = k & 2 ? weights : NULL;
    double sum = 0, count = 0, positive = 0, all = 0;
    for (uint64_t i = 0; i < paths; i++) {
      double weight = w ? (double)w[i] : 1;
      all += weight;
      if (values[i] == OFR_MISSING) continue;
      sum += (double)values[i] * weight, count += weight, positive += values[i] > 0 ? weight : 0;
    }
    ofr_slices s = fed(paths, w);
    ofr_slice_means means = ofr_slices_finish(&s, paths, 1e-6);
    assert_int_equal(means.count, ofr_slice_count(paths));
    assert_true(fabs(mean_of(means.mean, means.count) - sum / count * 1e-6) < 1e-13 * 1e12);
    assert_true(fabs(mean_of(means.positive, means.count) - positive / count) < 1e-14);
    assert_true(fabs(mean_of(means.there, means.count) - count / all) < 1e-14);
  }
}

static void slices_of_a_size_are_their_own_means(void **state) {
  (void)state;
  int64_t column[64];
  for (int i = 0; i < 64; i++) column[i] = i * i - 900;
  ofr_slices s = {.sum = {0}};
  ofr_slices_feed(&s, 64, 0, column, NULL, 64);
  ofr_slice_means means = ofr_slices_finish(&s, 64, 0.5);
  for (int i = 0; i < OFR_SLICES; i++) assert_float_equal(means.mean[i], (double)(column[2 * i] + column[2 * i + 1]) / 4, 1e-9);
  for (int i = 0; i < OFR_SLICES; i++) assert_true(means.positive[i] == (column[2 * i] > 0) * 0.5 + (column[2 * i + 1] > 0) * 0.5);
}

static void what_does_not_vary_does_not_seem_to_and_large_sums_are_exact(void **state) {
  (void)state;
  const int64_t large = INT64_C(1) << 61;
  int64_t column[OFR_SLICES];
  for (int i = 0; i < OFR_SLICES; i++) column[i] = large + (i & 1);
  ofr_slices s = {.sum = {0}};
  ofr_slices_feed(&s, OFR_SLICES, 0, column, NULL, OFR_SLICES);
  assert_true(s.sum[1] - s.sum[0] == 1);
  for (int i = 0; i < OFR_SLICES; i++) column[i] = 7;
  s = (ofr_slices){.sum = {0}};
  ofr_slices_feed(&s, OFR_SLICES, 0, column, NULL, OFR_SLICES);
  ofr_slice_means means = ofr_slices_finish(&s, OFR_SLICES, 0.1);
  for (int i = 1; i < OFR_SLICES; i++) assert_true(means.mean[i] == means.mean[0]); /* what does not vary does not seem to */
}

static void without_values_there_is_nothing(void **state) {
  (void)state;
  ofr_slices s = {.sum = {0}};
  ofr_slice_means means = ofr_slices_finish(&s, 0, 1);
  assert_int_equal(means.count, 0);
  means = ofr_slices_finish(&s, 100, 1);
  for (int i = 0; i < OFR_SLICES; i++) assert_true(means.mean[i] == 0);
}

static void a_tail_sums_what_lies_above_its_edge(void **state) {
  (void)state;
  for (int weighted = 0; weighted < 2; weighted++) {
    const uint64_t *w = weighted ? weights : NULL;
    ofr_tail_slices whole = {.known = true, .edge = INT64_C(1) << 57}, parts[2] = {whole, whole}, expected = whole;
    ofr_tail_slices_feed(&whole, PATHS, 0, values, w, PATHS);
    for (int i = 0, slice = 0; i < PATHS; i++) {
      while ((uint64_t)i >= ofr_slice_start(PATHS, slice + 1)) slice++;
      if (values[i] <= whole.edge) continue;
      expected.excess[slice] += (ofr_i128)(values[i] - whole.edge) * (ofr_i128)(w ? w[i] : 1);
      expected.count[slice] += w ? w[i] : 1;
    }
    assert_memory_equal(&whole.excess, &expected.excess, sizeof whole.excess);
    assert_memory_equal(whole.count, expected.count, sizeof whole.count);
    ofr_tail_slices_feed(&parts[1], PATHS, 400, values + 400, w ? w + 400 : NULL, PATHS - 400);
    ofr_tail_slices_feed(&parts[0], PATHS, 0, values, w, 400);
    ofr_tail_slices_merge(&parts[0], &parts[1]);
    assert_memory_equal(parts[0].excess, whole.excess, sizeof whole.excess);
    assert_memory_equal(parts[0].count, whole.count, sizeof whole.count);
  }
}

/* In each slice one value of twenty lies above the quantile of 100: it is the worst 5 %, and its mean is its CVaR. */
static void the_mean_of_a_tails_slices_is_its_cvar(void **state) {
  (void)state;
  enum { ROWS = 20 * OFR_SLICES };
  int64_t column[ROWS];
  const ofr_distribution d = {.quantile = {[7] = 100}, .cvar95 = 62.5};
  for (int i = 0; i < ROWS; i++) column[i] = i % 20 ? i % 20 : i % 40 ? 140 : 110;
  for (int64_t edge = 100; edge < 110; edge += 3) { /* nothing lies between quantile and edge: they say the same */
    ofr_slices slices = {.sum = {0}};
    ofr_tail_slices tail = {.known = true, .edge = edge};
    double means[OFR_SLICES];
    ofr_slices_feed(&slices, ROWS, 0, column, NULL, ROWS);
    ofr_tail_slices_feed(&tail, ROWS, 0, column, NULL, ROWS);
    assert_true(ofr_tail_slices_finish(&tail, &slices, ROWS, 0.5, &d, means));
    assert_float_equal(mean_of(means, OFR_SLICES), 62.5, 1e-9);
    for (int i = 0; i < OFR_SLICES; i++) assert_float_equal(means[i], (i % 2 ? 70 : 55), 1e-9); /* half of 140 and of 110 */
    tail.known = false;
    assert_false(ofr_tail_slices_finish(&tail, &slices, ROWS, 0.5, &d, means));
  }
}

/* Of one path a slice it is the paired t-test's. */
static void the_error_is_that_of_a_mean_of_differences(void **state) {
  (void)state;
  const double a[] = {10, 20, 30, 40}, b[] = {11, 22, 30, 45}; /* 1 2 0 5: mean 2, squares 1 0 4 9 */
  assert_float_equal(ofr_slices_error(b, a, 4), sqrt(14.0 / 3 / 4), 1e-12);
  assert_float_equal(ofr_slices_error(a, b, 4), sqrt(14.0 / 3 / 4), 1e-12);
  assert_float_equal(ofr_slices_error(a, NULL, 4), sqrt(500.0 / 3 / 4), 1e-12);
  assert_true(ofr_slices_error(a, a, 4) == 0);
  assert_true(isnan(ofr_slices_error(a, b, 1)));
}

/* The true ones by inverting the incomplete beta function, to ten digits. */
static void one_that_differs_is_enough_to_vary(void **state) {
  (void)state;
  assert_true(ofr_slices_vary((const double[]){2, 2, 3}, 3));
  assert_false(ofr_slices_vary((const double[]){2, 2, 3}, 2));
  assert_false(ofr_slices_vary(NULL, 0));
}

static void few_slices_ask_for_more(void **state) {
  (void)state;
  static const struct {
    double normal, student, within;
    int degrees;
  } known[] = {{1, 1.141626629, 2e-3, 4},  {1, 1.016391271, 5e-5, 31}, {2, 2.869309415, 6e-3, 4}, {2, 2.083929955, 3e-5, 31},
               {3, 6.620205967, 2.8e-2, 4}, {3, 4.094255306, 3e-3, 9}, {3, 3.260941919, 2e-4, 31}, {5, 6.268236231, 8e-4, 31}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double found = ofr_student_limit(known[i].normal, known[i].degrees);
    assert_true(fabs(found / known[i].student - 1) < known[i].within);
    assert_true(found > known[i].normal);
  }
  assert_true(ofr_student_limit(0, 31) == 0);
  assert_float_equal(ofr_student_limit(3, 1000000), 3, 1e-4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(slices_share_the_paths_out_evenly_and_in_order),
      cmocka_unit_test(sums_are_those_of_the_slices_by_definition),
      cmocka_unit_test(pieces_in_any_order_on_any_worker_make_the_same),
      cmocka_unit_test(the_mean_of_slices_is_the_mean_of_all),
      cmocka_unit_test(slices_of_a_size_are_their_own_means),
      cmocka_unit_test(what_does_not_vary_does_not_seem_to_and_large_sums_are_exact),
      cmocka_unit_test(without_values_there_is_nothing),
      cmocka_unit_test(a_tail_sums_what_lies_above_its_edge),
      cmocka_unit_test(the_mean_of_a_tails_slices_is_its_cvar),
      cmocka_unit_test(the_error_is_that_of_a_mean_of_differences),
      cmocka_unit_test(one_that_differs_is_enough_to_vary),
      cmocka_unit_test(few_slices_ask_for_more),
  };
  return cmocka_run_group_tests(tests, fill, NULL);
}
