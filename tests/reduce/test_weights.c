/* Weighted paths: exactly as if each path had come as often as it weighs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/bands.h"
#include "reduce/columns.h"
#include "reduce/comparison.h"
#include "reduce/distribution.h"
#include "reduce/wide.h"

enum { PATHS = 3000, REPEATED = 6 * PATHS };
static int64_t values[PATHS], other[PATHS], repeated[REPEATED], other_repeated[REPEATED];
static uint64_t weights[PATHS];

static int64_t draw(int shape, uint64_t *state) {
  uint64_t x = brute_random(state);
  switch (shape) {
  case 0: return 7;
  case 1: return (int64_t)(x % 2);
  case 2: return (int64_t)(x % 1000000) - 400000;
  case 3: return (x & 1 ? 1 : -1) * (int64_t)(x >> 2 >> (x % 60));
  case 4: return x % 10 < 6 ? 0 : (int64_t)(x >> 20);
  case 5: return x % 5 == 0 ? OFR_MISSING : (int64_t)(x >> 30);
  default: return (int64_t)(x % 100) == 0 ? ((int64_t)1 << 62) - 1 - (int64_t)(x % 7) : (int64_t)(x % 5000);
  }
}
enum { SHAPES = 7 };

/* Weights of 0 to 5; returns how many values that makes, the missing ones included. */
static size_t fill(int shape, size_t count, uint64_t seed) {
  uint64_t state = 100 * seed + (uint64_t)shape;
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    values[i] = draw(shape, &state);
    other[i] = (int64_t)(brute_random(&state) % 1000);
    weights[i] = brute_random(&state) % 6;
    for (uint64_t k = 0; k < weights[i]; k++) repeated[n] = values[i], other_repeated[n++] = other[i];
  }
  return n;
}

static uint64_t missing_paths(size_t count) {
  uint64_t missing = 0;
  for (size_t i = 0; i < count; i++) missing += weights[i] > 0 && values[i] == OFR_MISSING;
  return missing;
}

static void distil(ofr_distiller *d, size_t count, bool low_is_worse, ofr_distribution *out) {
  ofr_pass pass;
  int passes = 0;
  ofr_distiller_reset(d, low_is_worse);
  do {
    ofr_distiller_feed_weighted(d, values, weights, count / 3);
    ofr_distiller_feed_weighted(d, values + count / 3, weights + count / 3, count - count / 3);
    pass = ofr_distiller_end_pass(d);
    assert_true(++passes < 12);
  } while (pass == OFR_PASS_AGAIN);
  assert_int_equal(pass, OFR_PASS_DONE);
  ofr_distiller_finish(d, 1, out);
}

static void a_distribution_is_that_of_repeated_values(void **state) {
  static const size_t counts[] = {1, 2, 3, 10, 100, 511, 1025, PATHS};
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  for (int shape = 0; shape < SHAPES; shape++)
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
      for (int low = 0; low < 2; low++) {
        ofr_distribution expected, found;
        size_t n = fill(shape, counts[c], c + 1);
        brute_distribution(repeated, n, low, &expected);
        expected.missing = missing_paths(counts[c]);
        distil(d, counts[c], low, &found);
        if (!same_integers(&found, &expected)) fail_msg("shape %d, %zu values, low %d", shape, counts[c], low);
      }
  ofr_distiller_destroy(d);
}

/* The same in units that no one could write out: weights that sum to 2^32. */
static void large_weights_are_small_ones_in_other_units(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  for (int shape = 0; shape < SHAPES; shape++) {
    ofr_distribution small, large;
    fill(shape, PATHS, 9);
    distil(d, PATHS, false, &small);
    for (int i = 0; i < PATHS; i++) weights[i] <<= 18;
    distil(d, PATHS, false, &large);
    assert_true(large.count == small.count << 18 && large.sum == small.sum * (1 << 18) &&
                large.tail_sum[0] == small.tail_sum[0] * (1 << 18));
    assert_memory_equal(large.quantile, small.quantile, sizeof large.quantile);
    assert_true(large.weight_squares == small.weight_squares << 36);
    if (small.count == 0) continue;
    assert_true(fabs(large.mean - small.mean) <= 1e-15 * fabs(small.mean) && fabs(large.se - small.se) <= 1e-12 * small.se);
  }
  ofr_distiller_destroy(d);
}

static void weights_that_are_all_alike_leave_mean_and_error_alone(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution weighted, plain;
  fill(2, PATHS, 4);
  for (int i = 0; i < PATHS; i++) weights[i] = 1 << 20;
  distil(d, PATHS, false, &weighted);
  ofr_distiller_reset(d, false);
  do ofr_distiller_feed_weighted(d, values, NULL, PATHS);
  while (ofr_distiller_end_pass(d) == OFR_PASS_AGAIN);
  ofr_distiller_finish(d, 1, &plain);
  assert_true(fabs(weighted.mean / plain.mean - 1) < 1e-15 && weighted.cvar95 == plain.cvar95);
  assert_true(fabs(weighted.sd / plain.sd - 1) < 1e-12 && fabs(weighted.se / plain.se - 1) < 1e-12);
  ofr_distiller_destroy(d);
}

static void one_path_that_has_all_the_weight_does_not_deviate(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution found;
  fill(2, 100, 4);
  for (int i = 0; i < 100; i++) weights[i] = i == 42 ? (uint64_t)1 << 32 : 0;
  distil(d, 100, false, &found);
  assert_true(found.mean == (double)values[42] && found.min == values[42] && found.max == values[42] && found.se == 0 &&
              found.sd == 0);
  ofr_distiller_destroy(d);
}

static void columns_are_the_same_for_any_crew(void **state) {
  (void)state;
  const ofr_metric metric = {.name = "total_cost", .scale = 1};
  ofr_distribution expected, found[3];
  ofr_distiller *d = ofr_distiller_create(false);
  fill(3, PATHS, 5);
  distil(d, PATHS, false, &expected);
  for (int workers = 1; workers <= 4; workers++) {
    ofr_crew *crew = ofr_crew_create(workers);
    ofr_column columns[3];
    for (int i = 0; i < 3; i++) columns[i] = (ofr_column){values, &metric, &found[i], weights, NULL, NULL};
    assert_true(ofr_distil_columns(crew, columns, 3, PATHS));
    for (int i = 0; i < 3; i++)
      assert_true(same_integers(&found[i], &expected) && found[i].weight_squares == expected.weight_squares);
    ofr_crew_destroy(crew);
  }
  ofr_distiller_destroy(d);
}

static void a_shared_column_is_merged_with_its_weights(void **state) {
  enum { ROWS = 100000 };
  (void)state;
  const ofr_metric metric = {.name = "total_cost", .scale = 1};
  int64_t *column = malloc(ROWS * sizeof *column);
  uint64_t *weight = malloc(ROWS * sizeof *weight), random = 3;
  for (int i = 0; i < ROWS; i++) column[i] = (int64_t)(brute_random(&random) >> 20), weight[i] = brute_random(&random) % 5;
  ofr_distribution one, many;
  ofr_column columns = {column, &metric, &one, weight, NULL, NULL};
  ofr_crew *crew = ofr_crew_create(1);
  assert_true(ofr_distil_columns(crew, &columns, 1, ROWS));
  ofr_crew_destroy(crew);
  crew = ofr_crew_create(3);
  columns.out = &many;
  assert_true(ofr_distil_columns(crew, &columns, 1, ROWS));
  ofr_crew_destroy(crew);
  assert_true(same_integers(&one, &many) && one.mean == many.mean && one.se == many.se);
  free(column);
  free(weight);
}

static void a_comparison_is_that_of_repeated_paths(void **state) {
  static int64_t zeros[REPEATED];
  (void)state;
  size_t n = fill(2, PATHS, 6);
  ofr_comparison weighted = ofr_comparison_begin(0, 1), plain = weighted, part = weighted;
  ofr_comparison_feed(&weighted, (ofr_costs){values, values, zeros, weights}, (ofr_costs){other, zeros, other, weights}, 1000);
  ofr_comparison_feed(&part, (ofr_costs){values + 1000, values + 1000, zeros, weights + 1000},
                      (ofr_costs){other + 1000, zeros, other + 1000, weights + 1000}, PATHS - 1000);
  ofr_comparison_merge(&weighted, &part);
  ofr_comparison_feed(&plain, (ofr_costs){repeated, repeated, zeros, NULL},
                      (ofr_costs){other_repeated, zeros, other_repeated, NULL}, n);
  assert_true(weighted.count == n && weighted.a_wins == plain.a_wins && weighted.b_wins == plain.b_wins);
  assert_true(weighted.sum == plain.sum && weighted.cash_sum == plain.cash_sum && weighted.unmet_sum == plain.unmet_sum);
  assert_memory_equal(weighted.square_sum, plain.square_sum, sizeof plain.square_sum);
  ofr_comparison_finish(&weighted, weighted.count, 0.5);
  ofr_comparison_finish(&plain, plain.count, 0.5);
  assert_true(weighted.mean == plain.mean && weighted.win_share == plain.win_share && weighted.break_even == plain.break_even);
  assert_true(weighted.se > plain.se); /* fewer paths stand behind it */
}

static void the_effective_number_of_weights_1_2_3_is_18_sevenths(void **state) {
  (void)state;
  uint64_t square_sum[3] = {0};
  const int64_t x[] = {10, 20, 40};
  double effective, mean = (10 + 40 + 120) / 6.0, expected = 0;
  for (int i = 0; i < 3; i++) {
    ofr_wide_add_weighted(square_sum, x[i], (uint64_t)i + 1);
    expected += (i + 1) * ((double)x[i] - mean) * ((double)x[i] - mean) / 6;
  }
  assert_int_equal(square_sum[0], 100 + 2 * 400 + 3 * 1600);
  double deviation = ofr_wide_weighted_deviation(6, 14, 170, square_sum, &effective);
  assert_true(fabs(effective - 18.0 / 7) < 1e-15);
  assert_true(fabs(deviation - sqrt(expected * effective / (effective - 1))) < 1e-12);
}

static void the_largest_square_times_the_largest_weight_fits(void **state) {
  (void)state;
  uint64_t square_sum[3] = {0};
  ofr_wide_add_weighted(square_sum, -((int64_t)1 << 62), (uint64_t)1 << 32);
  assert_true(square_sum[0] == 0 && square_sum[1] == 0 && square_sum[2] == (uint64_t)1 << 28);
}

static void bands_are_those_of_repeated_paths(void **state) {
  (void)state;
  const ofr_plan plan = {.start_year = 2026, .start_month = 1, .months = 1};
  const ofr_i128 sum = 1 << 20;
  size_t n = fill(2, PATHS, 8);
  ofr_year years[2];
  ofr_band bands[2] = {{.name = "cash", .provider = -1, .scale = 1, .sum = &sum, .year_scale = 1},
                       {.name = "cash", .provider = -1, .scale = 1, .sum = &sum, .year_scale = 1}};
  ofr_monthly weighted = {.band = &bands[0], .values = values, .years = &years[0], .weights = weights},
              plain = {.band = &bands[1], .values = repeated, .years = &years[1]};
  ofr_arena *arena = ofr_arena_create();
  ofr_crew *crew = ofr_crew_create(2);
  assert_true(ofr_bands_fill(crew, &plan, &weighted, 1, PATHS, n, arena));
  assert_true(ofr_bands_fill(crew, &plan, &plain, 1, (int)n, n, arena));
  for (int i = 0; i < OFR_BAND_QUANTILES; i++) assert_int_equal(bands[0].quantile[i][0], bands[1].quantile[i][0]);
  assert_true(years[0].mean == 1048576.0 / (double)n);
  assert_true(years[0].mean == years[1].mean && years[0].p05 == years[1].p05 && years[0].p50 == years[1].p50 &&
              years[0].p95 == years[1].p95);
  ofr_crew_destroy(crew);
  ofr_arena_destroy(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_distribution_is_that_of_repeated_values),
      cmocka_unit_test(large_weights_are_small_ones_in_other_units),
      cmocka_unit_test(weights_that_are_all_alike_leave_mean_and_error_alone),
      cmocka_unit_test(one_path_that_has_all_the_weight_does_not_deviate),
      cmocka_unit_test(columns_are_the_same_for_any_crew),
      cmocka_unit_test(a_shared_column_is_merged_with_its_weights),
      cmocka_unit_test(a_comparison_is_that_of_repeated_paths),
      cmocka_unit_test(the_effective_number_of_weights_1_2_3_is_18_sevenths),
      cmocka_unit_test(the_largest_square_times_the_largest_weight_fits),
      cmocka_unit_test(bands_are_those_of_repeated_paths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
