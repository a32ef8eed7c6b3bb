/* Paired differences of columns, as exact distributions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/difference.h"
#include "reduce/slices.h"

enum { COLUMNS_MADE = 4, ROWS = 50001, DIFFERENCES = 6 };

static const ofr_metric metrics[2] = {{.name = "total_cost", .scale = 1},
                                      {.name = "served", .low_is_worse = true, .scale = 0.5}};
static int64_t columns[COLUMNS_MADE][ROWS];
static const int pairs[DIFFERENCES][2] = {{0, 1}, {1, 0}, {2, 0}, {3, 1}, {2, 2}, {1, 3}};

static void fill_columns(void) {
  uint64_t random = 5;
  for (int c = 0; c < COLUMNS_MADE; c++)
    for (int row = 0; row < ROWS; row++) columns[c][row] = (int64_t)(brute_random(&random) >> (c < 2 ? 4 : 50)) - (c == 1);
  for (int row = 0; row < ROWS; row += 3) columns[0][row] = columns[1][row]; /* ties */
}

static void begin(ofr_difference *differences) {
  for (int i = 0; i < DIFFERENCES; i++) differences[i] = (ofr_difference){.a = pairs[i][0], .b = pairs[i][1], .metric = i % 2};
}

/* Whole, or in pieces; the same piece by piece in each pass. */
static void take(ofr_difference *differences, int workers, size_t piece) {
  ofr_crew *crew = ofr_crew_create(workers);
  begin(differences);
  ofr_differencer *d = ofr_differencer_create(differences, DIFFERENCES, metrics, ROWS);
  assert_non_null(crew);
  assert_non_null(d);
  do {
    for (size_t at = 0; at < ROWS; at += piece) {
      ofr_minuend from[DIFFERENCES];
      for (int i = 0; i < DIFFERENCES; i++) from[i] = (ofr_minuend){columns[pairs[i][0]] + at, columns[pairs[i][1]] + at, NULL};
      ofr_differencer_feed(d, crew, from, at, ROWS - at < piece ? ROWS - at : piece);
    }
  } while (ofr_differencer_end_pass(d) == OFR_PASS_AGAIN);
  ofr_differencer_destroy(d);
  ofr_crew_destroy(crew);
}

static void check(const ofr_difference *d) {
  static int64_t values[ROWS];
  ofr_distribution expected;
  uint64_t negative = 0;
  for (int row = 0; row < ROWS; row++) {
    values[row] = columns[d->a][row] - columns[d->b][row];
    negative += values[row] < 0;
  }
  brute_distribution(values, ROWS, metrics[d->metric].low_is_worse, &expected);
  assert_true(same_integers(&d->values, &expected));
  assert_true(d->negative == negative);
  assert_true(fabs(d->values.mean - (double)expected.sum / ROWS * metrics[d->metric].scale) <= 1e-9 * fabs(d->values.mean));
}

static void a_difference_is_the_distribution_of_its_values(void **state) {
  (void)state;
  ofr_difference differences[DIFFERENCES];
  take(differences, 2, ROWS);
  for (int i = 0; i < DIFFERENCES; i++) check(&differences[i]);
  assert_true(differences[0].values.positive == differences[1].negative); /* one seen from either side */
}

static void a_tie_is_neither_above_nor_below(void **state) {
  (void)state;
  ofr_difference differences[DIFFERENCES];
  take(differences, 1, ROWS);
  assert_true(differences[0].values.positive + differences[0].negative <= ROWS - ROWS / 3);
  assert_true(differences[4].values.positive == 0 && differences[4].negative == 0 && differences[4].values.max == 0);
}

static void it_does_not_matter_how_rows_come_in(void **state) {
  (void)state;
  ofr_difference whole[DIFFERENCES], pieces[DIFFERENCES];
  take(whole, 1, ROWS);
  static const size_t sizes[] = {1023, 1024, 1025, 7777};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    take(pieces, 1 + (int)i % 3, sizes[i]);
    for (int d = 0; d < DIFFERENCES; d++) {
      assert_true(same_integers(&whole[d].values, &pieces[d].values));
      assert_true(whole[d].negative == pieces[d].negative);
    }
  }
}

static void its_slices_are_the_differences_of_runs_of_paths(void **state) {
  (void)state;
  ofr_difference pieces[DIFFERENCES];
  take(pieces, 2, 7777);
  for (int d = 0; d < DIFFERENCES; d++) {
    const int64_t *a = columns[pieces[d].a], *b = columns[pieces[d].b];
    assert_int_equal(pieces[d].slices.count, OFR_SLICES);
    for (int slice = 0, row = 0; slice < OFR_SLICES; slice++) {
      double sum = 0, mean = pieces[d].slices.mean[slice], end = (double)ROWS * (slice + 1) / OFR_SLICES;
      int from = row;
      for (; row < end; row++) sum += (double)(a[row] - b[row]);
      sum *= metrics[pieces[d].metric].scale * OFR_SLICES / ROWS;
      double beside = (row - from - (double)ROWS / OFR_SLICES) * OFR_SLICES / ROWS * pieces[d].values.mean;
      assert_true(fabs(mean - (sum - beside)) <= 1e-9 * fabs(sum) + 1e-9);
    }
  }
}

static void a_replay_with_other_values_is_noticed(void **state) {
  (void)state;
  ofr_difference difference = {.a = 2, .b = 3};
  ofr_crew *crew = ofr_crew_create(1);
  ofr_differencer *d = ofr_differencer_create(&difference, 1, metrics, ROWS);
  ofr_differencer_feed(d, crew, &(ofr_minuend){columns[2], columns[3], NULL}, 0, ROWS);
  assert_int_equal(ofr_differencer_end_pass(d), OFR_PASS_AGAIN);
  ofr_differencer_feed(d, crew, &(ofr_minuend){columns[2], columns[3], NULL}, 0, ROWS - 1);
  assert_int_equal(ofr_differencer_end_pass(d), OFR_PASS_UNLIKE);
  ofr_differencer_destroy(d);
  ofr_crew_destroy(crew);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_difference_is_the_distribution_of_its_values),
      cmocka_unit_test(a_tie_is_neither_above_nor_below),
      cmocka_unit_test(it_does_not_matter_how_rows_come_in),
      cmocka_unit_test(its_slices_are_the_differences_of_runs_of_paths),
      cmocka_unit_test(a_replay_with_other_values_is_noticed),
  };
  fill_columns();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
