/* Monthly bands and calendar years, against sorting. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/bands.h"

enum { MONTHS = 27, PATHS = 1003, SERIES = 2, ALL_PATHS = 5000, SHIFT = 4, MOST_YEARS = 4 };

static const unsigned levels[OFR_BAND_QUANTILES] = {5, 25, 50, 75, 95};
static int64_t values[SERIES][MONTHS][PATHS];
static ofr_i128 sums[SERIES][MONTHS];

typedef struct filled {
  ofr_arena *arena;
  ofr_band bands[SERIES];
  ofr_year years[SERIES][MOST_YEARS];
} filled;

static const ofr_plan plan = {.start_year = 2026, .start_month = 11, .months = MONTHS}; /* 2026-11 .. 2029-01 */

static void fill_values(void) {
  uint64_t random = 17;
  for (int month = 0; month < MONTHS; month++)
    for (int path = 0; path < PATHS; path++) {
      values[0][month][path] = (int64_t)(brute_random(&random) >> 8) - ((int64_t)1 << 55);
      values[1][month][path] = (int64_t)(brute_random(&random) % 1000000000);
      if (month == 5 || path % 10 == month % 10) values[1][month][path] = OFR_MISSING; /* nobody used anything in month 5 */
    }
  for (int month = 0; month < MONTHS; month++) sums[0][month] = (ofr_i128)(month - 3) * ((ofr_i128)1 << 70), sums[1][month] = 1;
}

static void fill(int workers, filled *out) {
  ofr_crew *crew = ofr_crew_create(workers);
  ofr_monthly series[SERIES];
  out->arena = ofr_arena_create();
  out->bands[0] =
      (ofr_band){.name = "cash", .provider = -1, .scale = 1e-6, .sum = sums[0], .sum_shift = SHIFT, .year_scale = 2e-6};
  out->bands[1] = (ofr_band){.name = "price_paid", .provider = -1, .scale = 1e-9, .sum = sums[1]};
  for (int s = 0; s < SERIES; s++)
    series[s] = (ofr_monthly){.band = &out->bands[s], .values = values[s][0], .ratio = s == 1, .years = out->years[s]};
  assert_true(ofr_bands_fill(crew, &plan, series, SERIES, PATHS, ALL_PATHS, out->arena));
  ofr_crew_destroy(crew);
}

static void monthly_quantiles_are_as_sorting_finds_them(void **state) {
  (void)state;
  fill_values();
  for (int workers = 1; workers <= 3; workers++) {
    filled found;
    fill(workers, &found);
    for (int s = 0; s < SERIES; s++)
      for (int month = 0; month < MONTHS; month++) {
        int64_t sorted[PATHS];
        uint64_t n = 0;
        for (int path = 0; path < PATHS; path++)
          if (values[s][month][path] != OFR_MISSING) sorted[n++] = values[s][month][path];
        qsort(sorted, n, sizeof *sorted, brute_ascending);
        for (int i = 0; i < OFR_BAND_QUANTILES; i++)
          assert_int_equal(found.bands[s].quantile[i][month], brute_quantile(sorted, n, levels[i]));
      }
    ofr_arena_destroy(found.arena);
  }
}

static void a_month_without_values_has_quantiles_of_zero(void **state) {
  (void)state;
  fill_values();
  filled found;
  fill(1, &found);
  for (int i = 0; i < OFR_BAND_QUANTILES; i++) assert_int_equal(found.bands[1].quantile[i][5], 0);
  ofr_arena_destroy(found.arena);
}

static void assert_year(const ofr_year *found, int year, int from, int to) {
  int64_t sorted[PATHS];
  double mean = 0;
  for (int path = 0; path < PATHS; path++) {
    sorted[path] = 0;
    for (int month = from; month <= to; month++) sorted[path] += values[0][month][path];
  }
  qsort(sorted, PATHS, sizeof *sorted, brute_ascending);
  for (int month = from; month <= to; month++) mean += (month - 3) * ldexp(1, 70 + SHIFT) / ALL_PATHS * 2e-6;
  assert_int_equal(found->year, year);
  assert_true(found->p05 == (double)brute_quantile(sorted, PATHS, 5) * 2e-6);
  assert_true(found->p50 == (double)brute_quantile(sorted, PATHS, 50) * 2e-6);
  assert_true(found->p95 == (double)brute_quantile(sorted, PATHS, 95) * 2e-6);
  assert_true(fabs(found->mean - mean) <= 1e-12 * fabs(mean));
}

static void years_follow_the_calendar_from_a_november(void **state) {
  (void)state;
  fill_values();
  assert_int_equal(ofr_year_count(&plan), 4);
  for (int workers = 1; workers <= 3; workers++) {
    filled found;
    fill(workers, &found);
    assert_year(&found.years[0][0], 2026, 0, 1);
    assert_year(&found.years[0][1], 2027, 2, 13);
    assert_year(&found.years[0][2], 2028, 14, 25);
    assert_year(&found.years[0][3], 2029, 26, 26);
    ofr_arena_destroy(found.arena);
  }
}

static void ratios_have_no_years(void **state) {
  (void)state;
  fill_values();
  filled found;
  fill(2, &found);
  for (int y = 0; y < MOST_YEARS; y++) {
    const ofr_year *year = &found.years[1][y];
    assert_int_equal(year->year, 2026 + y);
    assert_true(isnan(year->mean) && isnan(year->p05) && isnan(year->p50) && isnan(year->p95));
  }
  ofr_arena_destroy(found.arena);
}

static void years_are_counted_from_the_first_to_the_last_month(void **state) {
  (void)state;
  assert_int_equal(ofr_year_count(&(ofr_plan){.start_year = 2026, .start_month = 1, .months = 1}), 1);
  assert_int_equal(ofr_year_count(&(ofr_plan){.start_year = 2026, .start_month = 1, .months = 12}), 1);
  assert_int_equal(ofr_year_count(&(ofr_plan){.start_year = 2026, .start_month = 1, .months = 13}), 2);
  assert_int_equal(ofr_year_count(&(ofr_plan){.start_year = 2026, .start_month = 12, .months = 1}), 1);
  assert_int_equal(ofr_year_count(&(ofr_plan){.start_year = 2026, .start_month = 12, .months = 2}), 2);
  assert_int_equal(ofr_year_count(&(ofr_plan){.start_year = 2026, .start_month = 2, .months = 480}), 41);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(monthly_quantiles_are_as_sorting_finds_them),
      cmocka_unit_test(a_month_without_values_has_quantiles_of_zero),
      cmocka_unit_test(years_follow_the_calendar_from_a_november),
      cmocka_unit_test(ratios_have_no_years),
      cmocka_unit_test(years_are_counted_from_the_first_to_the_last_month),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
