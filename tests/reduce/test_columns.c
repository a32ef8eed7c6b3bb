/* A table of columns: the same distributions for any crew, whether workers share a column or have their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/columns.h"
#include "reduce/slices.h"

enum { COLUMNS = 9, ROWS = 70001 };

static int64_t table[COLUMNS][ROWS];
static const ofr_metric metrics[2] = {{.name = "total_cost", .scale = 1e-6},
                                      {.name = "served", .low_is_worse = true, .scale = 1e-9}};

static void fill_table(void) {
  uint64_t random = 11;
  for (int c = 0; c < COLUMNS; c++)
    for (int row = 0; row < ROWS; row++) {
      table[c][row] = (int64_t)(brute_random(&random) >> (2 + 6 * c)) - (c % 2 ? 1000 : 0);
      if (c == 3 && row % 9 == 0) table[c][row] = OFR_MISSING;
      if (c == 4 && row % 3) table[c][row] = 0;
    }
}

static void distil(int workers, int count, uint64_t rows, ofr_distribution out[COLUMNS]) {
  ofr_column columns[COLUMNS];
  for (int c = 0; c < count; c++) columns[c] = (ofr_column){.values = table[c], .metric = &metrics[c % 2], .out = &out[c]};
  ofr_crew *crew = ofr_crew_create(workers);
  assert_true(ofr_distil_columns(crew, columns, count, rows));
  ofr_crew_destroy(crew);
}

static void assert_as_sorted(int workers, int count, uint64_t rows) {
  ofr_distribution found[COLUMNS], expected;
  distil(workers, count, rows, found);
  for (int c = 0; c < count; c++) {
    brute_distribution(table[c], rows, metrics[c % 2].low_is_worse, &expected);
    assert_true(same_integers(&found[c], &expected));
  }
}

static void few_long_columns_are_as_sorting_finds_them(void **state) {
  (void)state;
  fill_table();
  for (int workers = 1; workers <= 5; workers++) assert_as_sorted(workers, 2, ROWS);
}

static void many_columns_are_as_sorting_finds_them(void **state) {
  (void)state;
  fill_table();
  for (int workers = 1; workers <= 5; workers += 2) assert_as_sorted(workers, COLUMNS, ROWS);
}

static void short_columns_are_as_sorting_finds_them(void **state) {
  (void)state;
  fill_table();
  for (uint64_t rows = 0; rows < 200; rows += 13) assert_as_sorted(3, COLUMNS, rows);
}

static void doubles_are_the_same_bits_for_any_crew(void **state) {
  (void)state;
  fill_table();
  ofr_distribution alone[COLUMNS], many[COLUMNS];
  distil(1, COLUMNS, ROWS, alone);
  distil(7, COLUMNS, ROWS, many);
  for (int c = 0; c < COLUMNS; c++) {
    assert_true(alone[c].mean == many[c].mean && alone[c].sd == many[c].sd && alone[c].se == many[c].se);
    assert_true(alone[c].cvar95 == many[c].cvar95 && alone[c].cvar99 == many[c].cvar99);
  }
}

static void slices_are_the_same_for_any_crew_whether_it_shares_a_column_or_not(void **state) {
  (void)state;
  fill_table();
  static ofr_slice_means found[COLUMNS];
  double first[OFR_SLICES];
  for (int workers = 1; workers <= 5; workers += 2)
    for (int count = 1; count <= COLUMNS; count += COLUMNS - 1) {
      ofr_distribution out[COLUMNS];
      ofr_column columns[COLUMNS];
      ofr_crew *crew = ofr_crew_create(workers);
      double room[OFR_SLICES], *tail = room, sum = 0;
      for (int c = 0; c < count; c++)
        columns[c] = (ofr_column){.values = table[c], .metric = &metrics[c % 2], .out = &out[c], .slices = &found[c],
                                  .cvar95_slices = c == 0 ? &tail : NULL};
      assert_true(ofr_distil_columns(crew, columns, count, ROWS));
      ofr_crew_destroy(crew);
      assert_ptr_equal(tail, room);
      for (int i = 0; i < OFR_SLICES; i++) sum += tail[i] / OFR_SLICES;
      assert_true(fabs(sum / out[0].cvar95 - 1) < 1e-12);
      if (workers == 1 && count == 1) memcpy(first, tail, sizeof first);
      assert_memory_equal(first, tail, sizeof first);
      for (int c = 0; c < count; c++) {
        ofr_slices alone = {.sum = {0}};
        ofr_slices_feed(&alone, ROWS, 0, table[c], NULL, ROWS);
        const ofr_slice_means expected = ofr_slices_finish(&alone, ROWS, metrics[c % 2].scale);
        assert_int_equal(found[c].count, OFR_SLICES);
        assert_memory_equal(found[c].mean, expected.mean, sizeof expected.mean);
        assert_memory_equal(found[c].positive, expected.positive, sizeof expected.positive);
      }
    }
}

static void a_column_without_a_tail_has_no_slices_of_it(void **state) {
  (void)state;
  static int64_t same[ROWS];
  double room[OFR_SLICES], *tail = room;
  ofr_distribution out;
  ofr_slice_means slices;
  const ofr_column column = {.values = same, .metric = &metrics[0], .out = &out, .slices = &slices, .cvar95_slices = &tail};
  ofr_crew *crew = ofr_crew_create(2);
  assert_true(ofr_distil_columns(crew, &column, 1, ROWS));
  ofr_crew_destroy(crew);
  assert_null(tail);
}

static void no_columns_are_no_work(void **state) {
  (void)state;
  assert_as_sorted(2, 0, ROWS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(few_long_columns_are_as_sorting_finds_them),
      cmocka_unit_test(many_columns_are_as_sorting_finds_them),
      cmocka_unit_test(short_columns_are_as_sorting_finds_them),
      cmocka_unit_test(doubles_are_the_same_bits_for_any_crew),
      cmocka_unit_test(slices_are_the_same_for_any_crew_whether_it_shares_a_column_or_not),
      cmocka_unit_test(a_column_without_a_tail_has_no_slices_of_it),
      cmocka_unit_test(no_columns_are_no_work),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
