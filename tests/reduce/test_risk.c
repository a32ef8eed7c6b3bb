/* Tail costs against sorting, against the definition as a minimum, and against distribution.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "reduce/distribution.h"
#include "reduce/risk.h"

enum { MOST = 5000 };
static int64_t cost[MOST], other[MOST], scratch[2 * MOST];
static uint64_t draws;

static uint64_t draw(void) { /* xorshift64 */
  draws ^= draws << 13;
  draws ^= draws >> 7;
  return draws ^= draws << 17;
}

/* Skewed, with many equal values when `spread` is small. */
static void fill(int64_t *to, int count, int64_t spread) {
  for (int i = 0; i < count; i++) to[i] = 1000 + (int64_t)(draw() % (uint64_t)spread) * (int64_t)(draw() % 7 + 1);
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void assert_near(double found, double expected, double scale) {
  if (!(fabs(found - expected) <= 1e-12 * scale)) fail_msg("%.17g, not %.17g", found, expected);
}

/* The mean of the worst (1 - alpha) n values, the one at the edge in part. */
static double tail_mean(const int64_t *sorted, int count, double alpha) {
  double left = (1 - alpha) * count, sum = 0, whole = left;
  for (int i = count - 1; i >= 0 && left > 0; i--) {
    double part = left < 1 ? left : 1;
    sum += part * (double)sorted[i];
    left -= part;
  }
  return sum / whole;
}

static void the_tail_is_the_mean_of_the_worst_values(void **state) {
  (void)state;
  draws = 7;
  for (int trial = 0; trial < 200; trial++) {
    int count = 1 + (int)(draw() % 400);
    double alpha = (double)(draw() % 1000) / 1001;
    int64_t sorted[400];
    fill(cost, count, trial % 2 ? 5 : 1000000);
    memcpy(sorted, cost, sizeof sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, by_value);
    ofr_risk r = ofr_risk_of(cost, NULL, (uint64_t)count, (ofr_attitude){0.3, alpha}, scratch);
    double scale = (double)sorted[count - 1];
    assert_near(r.cvar, tail_mean(sorted, count, alpha), 1e3 * scale);
    assert_near(r.value, 0.7 * r.mean + 0.3 * r.cvar, scale);
  }
}

static void no_other_threshold_gives_a_smaller_tail(void **state) {
  (void)state;
  draws = 11;
  fill(cost, MOST, 100000);
  ofr_attitude tail = {1, 0.9};
  ofr_risk r = ofr_risk_of(cost, NULL, MOST, tail, scratch);
  assert_near(ofr_risk_at(cost, NULL, MOST, tail, r.quantile), r.cvar, r.cvar);
  for (int64_t t = r.quantile - 2000; t <= r.quantile + 2000; t += 100)
    assert_true(ofr_risk_at(cost, NULL, MOST, tail, t) >= r.cvar * (1 - 1e-15));
}

static void it_agrees_with_the_distribution_of_the_same_values(void **state) {
  (void)state;
  static const double alphas[2] = {0.95, 0.99};
  draws = 13;
  fill(cost, MOST, 1000000);
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution x;
  do ofr_distiller_feed(d, cost, MOST);
  while (ofr_distiller_end_pass(d) == OFR_PASS_AGAIN);
  ofr_distiller_finish(d, 1, &x);
  ofr_distiller_destroy(d);
  for (int i = 0; i < 2; i++) {
    ofr_risk r = ofr_risk_of(cost, NULL, MOST, (ofr_attitude){0, alphas[i]}, scratch);
    assert_near(r.cvar, i ? x.cvar99 : x.cvar95, r.cvar);
    assert_near(r.mean, x.mean, x.mean);
    assert_near(r.mean_se, x.se, 1e3 * x.se);
    assert_near(r.value_se, x.se, 1e3 * x.se);
    assert_true(r.quantile == x.quantile[7 + i]);
  }
}

static void a_difference_is_taken_path_by_path(void **state) {
  (void)state;
  draws = 17;
  fill(cost, MOST, 100000);
  for (int i = 0; i < MOST; i++) other[i] = cost[i] + 50 + (i % 2 ? 10 : -10);
  ofr_attitude mean = {0, 0.95}, tail = {0.5, 0.95};
  ofr_risk a = ofr_risk_of(cost, NULL, MOST, tail, scratch), b = ofr_risk_of(other, NULL, MOST, tail, scratch);
  ofr_estimate d = ofr_risk_difference(cost, a.quantile, other, b.quantile, NULL, MOST, mean);
  assert_near(d.mean, 50, 1e3);
  assert_near(d.se, 10 / sqrt(MOST - 1.0), 1e3);
  d = ofr_risk_difference(cost, a.quantile, other, b.quantile, NULL, MOST, tail);
  assert_near(d.mean, b.value - a.value, a.value);
  assert_true(d.se > 0 && d.se < 0.02 * a.value_se);
}

/* A weight of k is the same as k equal paths, but for the error: that is of fewer. */
static void a_weighted_path_counts_as_often_as_it_weighs(void **state) {
  static uint64_t weights[MOST];
  static int64_t repeated[4 * MOST], room[4 * MOST];
  ofr_attitude attitude = {0.4, 0.9};
  (void)state;
  draws = 19;
  for (int trial = 0; trial < 60; trial++) {
    int count = 1 + (int)(draw() % 300), all = 0;
    fill(cost, count, trial % 2 ? 5 : 1000000);
    for (int i = 0; i < count; i++) {
      weights[i] = draw() % 4 + (i == 0);
      for (uint64_t k = 0; k < weights[i]; k++) repeated[all++] = cost[i];
    }
    ofr_risk r = ofr_risk_of(cost, weights, (uint64_t)count, attitude, scratch),
             e = ofr_risk_of(repeated, NULL, (uint64_t)all, attitude, room);
    assert_true(r.quantile == e.quantile);
    assert_near(r.mean, e.mean, 1e3 * e.mean);
    assert_near(r.cvar, e.cvar, 1e3 * e.cvar);
    assert_near(r.value, e.value, 1e3 * e.value);
    assert_true(r.mean_se >= e.mean_se * (1 - 1e-9));
    assert_near(ofr_risk_at(cost, weights, (uint64_t)count, attitude, r.quantile), r.value, 1e3 * r.value);
  }
}

static void equal_weights_change_nothing(void **state) {
  static uint64_t weights[MOST];
  static int64_t room[2 * MOST];
  ofr_attitude attitude = {0.4, 0.9};
  (void)state;
  draws = 23;
  fill(cost, MOST, 100000);
  fill(other, MOST, 100000);
  for (int i = 0; i < MOST; i++) weights[i] = 65536;
  ofr_risk a = ofr_risk_of(cost, NULL, MOST, attitude, room), b = ofr_risk_of(cost, weights, MOST, attitude, room);
  assert_true(a.quantile == b.quantile);
  assert_near(a.value, b.value, a.value);
  assert_near(a.value_se, b.value_se, 1e3 * a.value_se);
  ofr_estimate d = ofr_risk_difference(cost, a.quantile, other, 5000, NULL, MOST, attitude);
  ofr_estimate e = ofr_risk_difference(cost, a.quantile, other, 5000, weights, MOST, attitude);
  assert_near(d.mean, e.mean, 1e3 * a.value);
  assert_near(d.se, e.se, 1e3 * d.se);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_tail_is_the_mean_of_the_worst_values),
      cmocka_unit_test(no_other_threshold_gives_a_smaller_tail),
      cmocka_unit_test(it_agrees_with_the_distribution_of_the_same_values),
      cmocka_unit_test(a_difference_is_taken_path_by_path),
      cmocka_unit_test(a_weighted_path_counts_as_often_as_it_weighs),
      cmocka_unit_test(equal_weights_change_nothing),
  };
  return cmocka_run_group_tests_name("risk", tests, NULL, NULL);
}
