/* Paired differences between strategies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/comparison.h"

enum { STRATEGIES = 4, ROWS = 70001 };

static int64_t cash[STRATEGIES][ROWS], unmet[STRATEGIES][ROWS], total[STRATEGIES][ROWS];

static void fill_costs(void) {
  uint64_t random = 3;
  for (int s = 0; s < STRATEGIES; s++)
    for (int row = 0; row < ROWS; row++) {
      cash[s][row] = (int64_t)(brute_random(&random) >> 3) - s;
      unmet[s][row] = (int64_t)(brute_random(&random) >> 5);
      total[s][row] = cash[s][row] + unmet[s][row];
    }
}

static ofr_costs costs_of(int s) { return (ofr_costs){total[s], cash[s], unmet[s], NULL}; }

static bool same(const ofr_comparison *x, const ofr_comparison *y) {
  return x->a == y->a && x->b == y->b && x->count == y->count && x->a_wins == y->a_wins && x->b_wins == y->b_wins &&
         x->sum == y->sum && memcmp(x->square_sum, y->square_sum, sizeof x->square_sum) == 0 && x->cash_sum == y->cash_sum &&
         x->unmet_sum == y->unmet_sum && x->mean == y->mean && x->se == y->se && x->win_share == y->win_share;
}

static ofr_comparison compare(const int64_t *a, const int64_t *b, size_t n, double scale) {
  static const int64_t zeros[8];
  ofr_comparison c = ofr_comparison_begin(0, 1);
  ofr_comparison_feed(&c, (ofr_costs){a, a, zeros, NULL}, (ofr_costs){b, b, zeros, NULL}, n);
  ofr_comparison_finish(&c, c.count, scale);
  return c;
}

static void a_small_comparison_is_as_by_hand(void **state) {
  (void)state;
  ofr_comparison c = compare((int64_t[]){10, 20, 30, 40}, (int64_t[]){12, 20, 33, 39}, 4, 0.5);
  assert_int_equal(c.count, 4);
  assert_int_equal(c.a_wins, 2);
  assert_int_equal(c.b_wins, 1); /* a tie is no win */
  assert_true(c.sum == -4 && c.square_sum[0] == 14 && c.square_sum[1] == 0);
  assert_true(c.mean == -0.5 && c.win_share == 0.5);
  assert_true(fabs(c.se - 0.5 * sqrt(10.0 / 3 / 4)) < 1e-15);
}

static void a_tie_of_weighted_paths_is_no_win(void **state) {
  (void)state;
  const int64_t a[] = {10, 20, 30, 40}, b[] = {12, 20, 33, 39}, zeros[4] = {0};
  const uint64_t weights[] = {5, 100, 7, 3};
  ofr_comparison c = ofr_comparison_begin(0, 1);
  ofr_comparison_feed(&c, (ofr_costs){a, a, zeros, weights}, (ofr_costs){b, b, zeros, weights}, 4);
  ofr_comparison_finish(&c, c.count, 1);
  assert_int_equal(c.count, 115);
  assert_int_equal(c.a_wins, 5 + 7);
  assert_int_equal(c.b_wins, 3);
  assert_true(c.sum == 5 * -2 + 7 * -3 + 3 && c.win_share == 12 / 115.0);
}

static void the_largest_differences_do_not_overflow(void **state) {
  (void)state;
  const int64_t most = ((int64_t)1 << 62) - 1;
  ofr_comparison c = compare((int64_t[]){most, -most}, (int64_t[]){-most, most}, 2, 1);
  assert_true(c.sum == 0 && c.mean == 0 && c.a_wins == 1 && c.b_wins == 1);
  assert_true(fabs(c.se / (2 * (double)most) - 1) < 1e-15);
}

static double break_even(int64_t cash_difference, int64_t unmet_difference) {
  const int64_t zero = 0, sum = cash_difference + unmet_difference;
  ofr_comparison c = ofr_comparison_begin(0, 1);
  ofr_comparison_feed(&c, (ofr_costs){&sum, &cash_difference, &unmet_difference, NULL}, (ofr_costs){&zero, &zero, &zero, NULL}, 1);
  ofr_comparison_finish(&c, c.count, 1e-6);
  return c.break_even;
}

static void break_even_is_where_the_mean_costs_meet(void **state) {
  (void)state;
  assert_true(break_even(-30, 20) == 1.5); /* a saves cash and leaves more unmet */
  assert_true(break_even(30, -20) == 1.5);
  assert_true(break_even(0, 20) == 0 && !signbit(break_even(0, 20)));
  assert_true(isnan(break_even(30, 20))); /* dearer in both: nowhere */
  assert_true(isnan(break_even(-30, -20)));
  assert_true(isnan(break_even(30, 0)));
  assert_true(isnan(break_even(0, 0)));
}

static void swapping_a_and_b_mirrors_the_comparison(void **state) {
  (void)state;
  fill_costs();
  ofr_comparison ab = ofr_comparison_begin(0, 1), ba = ofr_comparison_begin(1, 0);
  ofr_comparison_feed(&ab, costs_of(0), costs_of(1), ROWS);
  ofr_comparison_feed(&ba, costs_of(1), costs_of(0), ROWS);
  ofr_comparison_finish(&ab, ab.count, 1);
  ofr_comparison_finish(&ba, ba.count, 1);
  assert_true(ab.sum == -ba.sum && ab.mean == -ba.mean && ab.se == ba.se && ab.a_wins == ba.b_wins);
  assert_true(ab.break_even == ba.break_even || (isnan(ab.break_even) && isnan(ba.break_even)));
}

static void all_pairs_are_the_same_for_any_crew(void **state) {
  (void)state;
  fill_costs();
  ofr_costs costs[STRATEGIES];
  for (int s = 0; s < STRATEGIES; s++) costs[s] = costs_of(s);
  for (int workers = 1; workers <= 5; workers++) {
    ofr_comparison found[STRATEGIES * (STRATEGIES - 1) / 2], *next = found;
    ofr_crew *crew = ofr_crew_create(workers);
    assert_true(ofr_compare_strategies(crew, costs, STRATEGIES, ROWS, 1e-6, found));
    for (int a = 0; a < STRATEGIES; a++)
      for (int b = a + 1; b < STRATEGIES; b++) {
        ofr_comparison expected = ofr_comparison_begin(a, b);
        ofr_comparison_feed(&expected, costs[a], costs[b], ROWS);
        ofr_comparison_finish(&expected, expected.count, 1e-6);
        assert_true(same(next++, &expected));
      }
    ofr_crew_destroy(crew);
  }
}

static void one_strategy_has_nobody_to_be_compared_with(void **state) {
  (void)state;
  ofr_crew *crew = ofr_crew_create(1);
  ofr_costs costs = costs_of(0);
  assert_true(ofr_compare_strategies(crew, &costs, 1, ROWS, 1, NULL));
  ofr_crew_destroy(crew);
}

static void no_paths_have_no_mean(void **state) {
  (void)state;
  ofr_comparison c = ofr_comparison_begin(0, 1);
  ofr_comparison_finish(&c, c.count, 1);
  assert_true(isnan(c.mean) && isnan(c.win_share) && isnan(c.break_even) && c.se == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_small_comparison_is_as_by_hand),
      cmocka_unit_test(a_tie_of_weighted_paths_is_no_win),
      cmocka_unit_test(the_largest_differences_do_not_overflow),
      cmocka_unit_test(break_even_is_where_the_mean_costs_meet),
      cmocka_unit_test(swapping_a_and_b_mirrors_the_comparison),
      cmocka_unit_test(all_pairs_are_the_same_for_any_crew),
      cmocka_unit_test(one_strategy_has_nobody_to_be_compared_with),
      cmocka_unit_test(no_paths_have_no_mean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
