#include "linear_program.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-10 /* below this a bound is met, a pivot is none */

/* The condensed tableau: basic[i] = at(i, columns) - sum over j of at(i, j) x free[j]; the last row holds the cost of the free
 * unknowns. Unknowns 0 .. columns - 1 are x, the slacks follow. */
typedef struct tableau {
  int rows, columns, width;
  double *cell;
  int *basic, *free;
} tableau;

static double *at(const tableau *t, int row, int column) { return t->cell + (size_t)row * (size_t)t->width + column; }

/* The row that is broken worst; by `careful` the one of the lowest unknown, which cannot cycle (Bland 1977). -1: all are met.
 */
static int leaving_row(const tableau *t, bool careful) {
  int row = -1;
  for (int i = 0; i < t->rows; i++) {
    double value = *at(t, i, t->columns);
    if (value >= -TOLERANCE) continue;
    if (row < 0 || (careful ? t->basic[i] < t->basic[row] : value < *at(t, row, t->columns))) row = i;
  }
  return row;
}

/* Where the cost rises least for what the row gains; ties go to the lowest unknown. -1: nothing helps the row. */
static int entering_column(const tableau *t, int row) {
  int column = -1;
  double least = 0;
  for (int j = 0; j < t->columns; j++) {
    double pivot = *at(t, row, j);
    if (pivot >= -TOLERANCE) continue;
    double ratio = *at(t, t->rows, j) / -pivot;
    if (column >= 0 && (ratio > least || (ratio == least && t->free[j] > t->free[column]))) continue;
    column = j;
    least = ratio;
  }
  return column;
}

static void pivot(tableau *t, int row, int column) {
  double inverse = 1 / *at(t, row, column);
  for (int j = 0; j <= t->columns; j++) *at(t, row, j) *= inverse;
  *at(t, row, column) = inverse;
  for (int i = 0; i <= t->rows; i++) {
    double factor = *at(t, i, column);
    if (i == row || factor == 0) continue;
    *at(t, i, column) = 0;
    for (int j = 0; j <= t->columns; j++) *at(t, i, j) -= factor * *at(t, row, j);
  }
  int swapped = t->basic[row];
  t->basic[row] = t->free[column];
  t->free[column] = swapped;
  for (int j = 0; j < t->columns; j++) /* rounding must not turn a cost negative */
    if (*at(t, t->rows, j) < 0) *at(t, t->rows, j) = 0;
}

static ofr_linear_status solve(tableau *t) {
  int patience = 4 * (t->rows + t->columns) + 64;
  for (int pivots = 0; pivots < 16 * patience; pivots++) {
    int row = leaving_row(t, pivots > patience);
    if (row < 0) return OFR_LINEAR_OPTIMAL;
    int column = entering_column(t, row);
    if (column < 0) return OFR_LINEAR_INFEASIBLE;
    pivot(t, row, column);
  }
  return OFR_LINEAR_FAILED;
}

ofr_linear_status ofr_linear_minimum(int rows, int columns, const double *matrix, const double *bound, const double *cost,
                                     double *x) {
  tableau t = {.rows = rows, .columns = columns, .width = columns + 1};
  ofr_linear_status status = OFR_LINEAR_FAILED;
  t.cell = calloc((size_t)(rows + 1) * (size_t)t.width, sizeof *t.cell);
  t.basic = calloc((size_t)(rows + columns) + 1, sizeof *t.basic);
  if (t.cell && t.basic) {
    t.free = t.basic + rows;
    for (int i = 0; i < rows; i++) {
      memcpy(at(&t, i, 0), matrix + (size_t)i * (size_t)columns, (size_t)columns * sizeof *matrix);
      *at(&t, i, columns) = bound[i];
      t.basic[i] = columns + i;
    }
    memcpy(at(&t, rows, 0), cost, (size_t)columns * sizeof *cost);
    for (int j = 0; j < columns; j++) t.free[j] = j;
    status = solve(&t);
  }
  memset(x, 0, (size_t)columns * sizeof *x);
  for (int i = 0; status == OFR_LINEAR_OPTIMAL && i < rows; i++)
    if (t.basic[i] < columns) x[t.basic[i]] = fmax(0, *at(&t, i, columns));
  free(t.cell);
  free(t.basic);
  return status;
}
