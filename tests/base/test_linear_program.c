/* Linear programmes against the best of all their vertices, found by solving every choice of tight rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include "base/linear_program.h"

enum { MOST_COLUMNS = 4, MOST_ROWS = 9 };

static uint64_t state_of_draws;
static double draw(double from, double to) { /* xorshift64 */
  state_of_draws ^= state_of_draws << 13;
  state_of_draws ^= state_of_draws >> 7;
  state_of_draws ^= state_of_draws << 17;
  return from + (to - from) * (double)(state_of_draws >> 11) * 0x1p-53;
}

typedef struct programme {
  int rows, columns;
  double matrix[MOST_ROWS][MOST_COLUMNS], bound[MOST_ROWS], cost[MOST_COLUMNS];
} programme;

static bool meets(const programme *p, const double *x) {
  for (int j = 0; j < p->columns; j++)
    if (x[j] < -1e-9) return false;
  for (int i = 0; i < p->rows; i++) {
    double sum = 0;
    for (int j = 0; j < p->columns; j++) sum += p->matrix[i][j] * x[j];
    if (sum > p->bound[i] + 1e-8) return false;
  }
  return true;
}

/* Gauss with pivoting on `n` tight conditions: row i of the programme, or x_j = 0 for i = rows + j. */
static bool vertex(const programme *p, const int *tight, double *x) {
  int n = p->columns;
  double a[MOST_COLUMNS][MOST_COLUMNS + 1] = {{0}};
  for (int r = 0; r < n; r++) {
    for (int j = 0; j < n; j++) a[r][j] = tight[r] < p->rows ? p->matrix[tight[r]][j] : tight[r] - p->rows == j;
    a[r][n] = tight[r] < p->rows ? p->bound[tight[r]] : 0;
  }
  for (int c = 0; c < n; c++) {
    int best = c;
    for (int r = c; r < n; r++)
      if (fabs(a[r][c]) > fabs(a[best][c])) best = r;
    if (fabs(a[best][c]) < 1e-9) return false;
    for (int j = 0; j <= n; j++) {
      double swapped = a[c][j];
      a[c][j] = a[best][j];
      a[best][j] = swapped;
    }
    for (int r = 0; r < n; r++) {
      double factor = a[r][c] / a[c][c];
      for (int j = 0; r != c && j <= n; j++) a[r][j] -= factor * a[c][j];
    }
  }
  for (int c = 0; c < n; c++) x[c] = a[c][n] / a[c][c];
  return true;
}

/* INFINITY when no vertex is feasible, which for x >= 0 means that nothing is. */
static double best_vertex(const programme *p) {
  int n = p->columns, all = p->rows + n;
  double best = INFINITY;
  for (unsigned set = 0; set < 1u << all; set++) {
    int tight[MOST_COLUMNS], count = 0;
    double x[MOST_COLUMNS], cost = 0;
    if (__builtin_popcount(set) != n) continue;
    for (int i = 0; i < all; i++)
      if (set >> i & 1) tight[count++] = i;
    if (!vertex(p, tight, x) || !meets(p, x)) continue;
    for (int j = 0; j < n; j++) cost += p->cost[j] * x[j];
    best = fmin(best, cost);
  }
  return best;
}

static ofr_linear_status solve(const programme *p, double *x) {
  double flat[MOST_ROWS * MOST_COLUMNS];
  for (int i = 0; i < p->rows * p->columns; i++) flat[i] = p->matrix[i / p->columns][i % p->columns];
  return ofr_linear_minimum(p->rows, p->columns, flat, p->bound, p->cost, x);
}

static void random_programmes_end_at_their_best_vertex(void **state) {
  int feasible = 0, infeasible = 0;
  (void)state;
  state_of_draws = 20251028;
  for (int trial = 0; trial < 3000; trial++) {
    programme p = {.rows = 1 + trial % MOST_ROWS, .columns = 1 + trial / 7 % MOST_COLUMNS};
    for (int i = 0; i < p.rows; i++)
      for (int j = 0; j < p.columns; j++) p.matrix[i][j] = draw(0, 1) < 0.3 ? 0 : draw(-1, 1);
    for (int i = 0; i < p.rows; i++) p.bound[i] = draw(-0.6, 1);
    for (int j = 0; j < p.columns; j++) p.cost[j] = draw(0, 1) < 0.3 ? 0 : draw(0, 1);
    double x[MOST_COLUMNS], cost = 0, expected = best_vertex(&p);
    ofr_linear_status status = solve(&p, x);
    if (isinf(expected)) {
      assert_int_equal(status, OFR_LINEAR_INFEASIBLE);
      infeasible++;
      continue;
    }
    assert_int_equal(status, OFR_LINEAR_OPTIMAL);
    assert_true(meets(&p, x));
    for (int j = 0; j < p.columns; j++) cost += p.cost[j] * x[j];
    if (!(fabs(cost - expected) <= 1e-7 * (1 + fabs(expected)))) fail_msg("trial %d: %.12g, not %.12g", trial, cost, expected);
    feasible++;
  }
  assert_true(feasible > 500 && infeasible > 200);
}

static void degenerate_programmes_end(void **state) {
  (void)state;
  /* Every unknown costs nothing and every row passes through one corner: where pivoting by the worst row alone could cycle. */
  double matrix[40 * 3], bound[40], cost[3] = {0, 0, 0}, x[3];
  for (int i = 0; i < 40; i++) {
    double angle = 0.15 * i;
    matrix[3 * i] = cos(angle), matrix[3 * i + 1] = sin(angle), matrix[3 * i + 2] = cos(3 * angle);
    bound[i] = 0.5 * matrix[3 * i] + 0.5 * matrix[3 * i + 1] + 0.5 * matrix[3 * i + 2];
  }
  assert_int_equal(ofr_linear_minimum(40, 3, matrix, bound, cost, x), OFR_LINEAR_OPTIMAL);
  for (int i = 0; i < 40; i++)
    assert_true(matrix[3 * i] * x[0] + matrix[3 * i + 1] * x[1] + matrix[3 * i + 2] * x[2] <= bound[i] + 1e-8);
}

static void without_rows_nothing_is_wanted(void **state) {
  (void)state;
  double cost[2] = {1, 0}, x[2] = {7, 7}, none[1] = {0};
  assert_int_equal(ofr_linear_minimum(0, 2, none, none, cost, x), OFR_LINEAR_OPTIMAL);
  assert_true(x[0] == 0 && x[1] == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_programmes_end_at_their_best_vertex),
      cmocka_unit_test(degenerate_programmes_end),
      cmocka_unit_test(without_rows_nothing_is_wanted),
  };
  return cmocka_run_group_tests_name("linear programmes", tests, NULL, NULL);
}
