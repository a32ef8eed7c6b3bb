/* Of placements that save the same the first in plan order: against another method, in double precision, that puts each wish after
 * the other: to save most, then to serve the first work most, then to have it most in the first slot, and so on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "transport_cases.h"

enum { WORK = 6, SLOTS = 10, ROWS = WORK + SLOTS, COLUMNS = WORK * SLOTS + ROWS, WISHES = 1 + WORK * (SLOTS + 1) };
#define NOTHING 1e-9

/* The simplex method on the whole tableau. Row by row: slots, work; then the wishes. The last column is what there is. */
static double tableau[ROWS + WISHES][COLUMNS + 1];
static int basis[ROWS], rows, columns, wishes;

static void write_down(const transport_case *c, int lane) {
  int W = c->workloads, S = c->slots;
  memset(tableau, 0, sizeof tableau);
  rows = W + S, columns = W * S + rows, wishes = 1 + W * (S + 1);
  for (int i = 0; i < W * S; i++) {
    double speed = (double)c->speed[i];
    tableau[i % S][i] = speed > 0;
    tableau[S + i / S][i] = speed;
    tableau[rows][i] = speed > 0 ? (double)c->profit[i][lane] : 0;
    tableau[rows + 1 + i / S * (S + 1)][i] = speed;
    tableau[rows + 2 + i / S * (S + 1) + i % S][i] = speed > 0;
  }
  for (int r = 0; r < rows; r++) {
    tableau[r][W * S + r] = 1;
    tableau[r][columns] = (double)(r < S ? c->room[r][lane] : c->demand[r - S][lane]);
    basis[r] = W * S + r;
  }
}

static void turn(int row, int column) {
  double by = tableau[row][column];
  for (int k = 0; k <= columns; k++) tableau[row][k] /= by;
  for (int r = 0; r < rows + wishes; r++) {
    double times = tableau[r][column];
    if (r == row || times == 0) continue;
    for (int k = 0; k <= columns; k++) {
      tableau[r][k] -= times * tableau[row][k];
      if (fabs(tableau[r][k]) < NOTHING) tableau[r][k] = 0;
    }
    tableau[r][column] = 0;
  }
  basis[row] = column;
}

/* Bland's rule: of the columns that may enter the first, of the rows that may leave the first. */
static bool step(int wish, const bool *open) {
  for (int k = 0; k < columns; k++) {
    int leaves = -1;
    double least = INFINITY;
    if (!open[k] || !(tableau[rows + wish][k] > NOTHING)) continue;
    for (int r = 0; r < rows; r++) {
      double ratio = tableau[r][columns] / tableau[r][k];
      if (!(tableau[r][k] > NOTHING)) continue;
      if (ratio < least - NOTHING || (ratio < least + NOTHING && basis[r] < basis[leaves])) {
        least = fmin(least, ratio);
        leaves = r;
      }
    }
    assert_true(leaves >= 0);
    turn(leaves, k);
    return true;
  }
  return false;
}

static void find_truth(const transport_case *c, int lane, double *placed) {
  bool open[COLUMNS];
  for (int k = 0; k < COLUMNS; k++) open[k] = true;
  write_down(c, lane);
  for (int wish = 0; wish < wishes; wish++) {
    while (step(wish, open)) {}
    for (int k = 0; k < columns; k++) open[k] &= tableau[rows + wish][k] > -NOTHING;
  }
  for (int k = 0; k < WORK * SLOTS; k++) placed[k] = 0;
  for (int r = 0; r < rows; r++)
    if (basis[r] < c->workloads * c->slots) placed[basis[r]] = tableau[r][columns];
}

static void compare_all(transport_kind kind, int cases, int workloads, int slots) {
  static transport_case c;
  static double truth[WORK * SLOTS];
  int lanes = transport_families[0]->lanes, most_steps = 0;
  for (int done = 0; done < cases; done += lanes) {
    draw_transport(&c, kind, 1 + draw_whole(workloads), 1 + draw_whole(slots));
    transport_families[0]->solve(&c);
    if (c.steps > most_steps) most_steps = c.steps;
    for (int lane = 0; lane < lanes; lane++) {
      double largest = 1;
      find_truth(&c, lane, truth);
      for (int i = 0; i < c.slots; i++) largest = fmax(largest, (double)c.room[i][lane]);
      for (int i = 0; i < c.workloads * c.slots; i++) {
        double found = (double)c.placed[i][lane];
        if (fabs(found - truth[i]) > 4e-6 * largest)
          fail_msg("work %d in slot %d of %d x %d: %.9g instead of %.9g", i / c.slots, i % c.slots, c.workloads, c.slots, found,
                   truth[i]);
      }
    }
  }
  print_message("%d problems up to %d x %d, at most %d steps\n", cases, workloads, slots, most_steps);
}

static void where_most_choices_are_equal_the_first_in_plan_order_is_taken(void **state) {
  (void)state;
  seed_transport(20251028);
  compare_all(TIED, 20000, 4, 6);
  compare_all(TIED, 4000, WORK, SLOTS);
}

static void where_choices_differ_the_best_is_taken(void **state) {
  (void)state;
  seed_transport(5);
  compare_all(PLAIN, 2000, 4, 6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(where_most_choices_are_equal_the_first_in_plan_order_is_taken),
      cmocka_unit_test(where_choices_differ_the_best_is_taken),
  };
  return cmocka_run_group_tests(tests, find_transport_families, NULL);
}
