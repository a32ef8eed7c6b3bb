/* Where a search begins: ends, middles, an even spread, all of it allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "stage/search.h"

enum { CELLS = 4, MOST_FOUND = 8 };
static int visited[CELLS][CELLS], points_seen, biggest_batch;
static double corner_seen[2][2];
static double budget[2] = {1, 2};
static const ofr_variable pair[2] = {{.from = 10, .to = 20}, {.from = -1, .to = 1}};

static bool look(void *context, const double *points, int count, double *values) {
  const ofr_sizing *s = context;
  if (count > biggest_batch) biggest_batch = count;
  for (int k = 0; k < count; k++) {
    const double *x = points + 2 * k;
    assert_true(ofr_sizing_allows(s, x));
    int i = (int)fmin((x[0] - 10) / 10 * CELLS, CELLS - 1), j = (int)fmin((x[1] + 1) / 2 * CELLS, CELLS - 1);
    visited[i][j]++;
    for (int end = 0; end < 2; end++)
      if (x[0] == (end ? 20 : 10) && x[1] == (end ? 1 : -1)) corner_seen[end][0] = 1;
    values[k] = fmin(fabs(x[0] - 12) + fabs(x[1]), 0.5 + fabs(x[0] - 19) + fabs(x[1]));
    points_seen++;
  }
  return true;
}

static ofr_search search_of(const ofr_sizing *s) {
  static const double steps[2] = {1e-3, 1e-3};
  memset(visited, 0, sizeof visited);
  memset(corner_seen, 0, sizeof corner_seen);
  points_seen = biggest_batch = 0;
  return (ofr_search){.sizing = s, .step = steps, .batch = 10, .evaluate = look, .context = (void *)(uintptr_t)s};
}

static void every_part_of_the_ranges_is_looked_at(void **state) {
  const ofr_sizing s = {.variable_count = 2, .variables = pair};
  ofr_search search = search_of(&s);
  ofr_place found[MOST_FOUND];
  (void)state;
  int count = ofr_search_scan(&search, NULL, 0, found, MOST_FOUND);
  for (int i = 0; i < CELLS; i++)
    for (int j = 0; j < CELLS; j++) assert_true(visited[i][j] > 0);
  assert_true(corner_seen[0][0] && corner_seen[1][0]);
  assert_int_equal(biggest_batch, 10);
  assert_int_equal(count, MOST_FOUND);
  /* best first, apart by a tenth of some range, in both valleys */
  for (int k = 1; k < MOST_FOUND; k++) assert_true(found[k - 1].value <= found[k].value);
  assert_true(fabs(found[0].at[0] - 12) < 1.5);
  bool other = false;
  for (int k = 0; k < MOST_FOUND; k++) other |= fabs(found[k].at[0] - 19) < 1.5;
  assert_true(other);
  for (int a = 0; a < MOST_FOUND; a++)
    for (int b = 0; b < a; b++)
      assert_true(fabs(found[a].at[0] - found[b].at[0]) > 1 || fabs(found[a].at[1] - found[b].at[1]) > 0.2);
}

static void constraints_hold_for_all_and_starts_are_among_them(void **state) {
  const ofr_linear_constraint tight[1] = {{budget, 14, 15}};
  const ofr_sizing s = {.variable_count = 2, .variables = pair, .constraint_count = 1, .constraints = tight};
  ofr_search search = search_of(&s);
  const double start[2] = {14.1234567, 0.1};
  ofr_place found[1];
  (void)state;
  assert_int_equal(ofr_search_scan(&search, start, 1, found, 1), 1);
  int plain = points_seen;
  assert_true(plain > 20);
  search = search_of(&s);
  ofr_search_scan(&search, NULL, 0, found, 1);
  assert_int_equal(points_seen, plain - 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_part_of_the_ranges_is_looked_at),
      cmocka_unit_test(constraints_hold_for_all_and_starts_are_among_them),
  };
  return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
