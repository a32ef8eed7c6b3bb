/* The search on functions whose least is known: by calculus, by a fine grid, or by enumerating. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "stage/search.h"

typedef struct problem {
  int n, calls, points, stop_after; /* 0: never */
  double (*value)(const double *x, int n);
  ofr_variable variables[OFR_MAX_VARIABLES];
  double step[OFR_MAX_VARIABLES];
  double weights[4][OFR_MAX_VARIABLES];
  ofr_linear_constraint constraints[4];
  ofr_sizing sizing;
  ofr_search search;
} problem;

static bool evaluate(void *context, const double *points, int count, double *values) {
  problem *p = context;
  assert_true(count > 0 && count <= p->search.batch);
  p->calls++;
  if (p->stop_after && p->calls > p->stop_after) return false;
  for (int k = 0; k < count; k++) {
    for (int i = 0; i < p->n; i++)
      assert_true(points[k * p->n + i] >= p->variables[i].from && points[k * p->n + i] <= p->variables[i].to);
    values[k] = p->value(points + k * p->n, p->n);
  }
  p->points += count;
  return true;
}

static void pose(problem *p, int n, double from, double to, double step, double (*value)(const double *, int)) {
  memset(p, 0, sizeof *p);
  p->n = n;
  p->value = value;
  for (int i = 0; i < n; i++) p->variables[i] = (ofr_variable){.from = from, .to = to};
  for (int i = 0; i < n; i++) p->step[i] = step;
  p->sizing = (ofr_sizing){.variable_count = n, .variables = p->variables, .constraints = p->constraints};
  p->search = (ofr_search){.sizing = &p->sizing, .step = p->step, .batch = 24, .evaluate = evaluate, .context = p};
}

static void constrain(problem *p, const double *weights, double min, double max) {
  int k = p->sizing.constraint_count++;
  memcpy(p->weights[k], weights, (size_t)p->n * sizeof *weights);
  p->constraints[k] = (ofr_linear_constraint){p->weights[k], min, max};
}

static ofr_place solve(problem *p) {
  ofr_place found[3];
  int count = ofr_search_scan(&p->search, NULL, 0, found, 3);
  assert_true(count > 0);
  for (int k = 0; k < count; k++) {
    assert_true(ofr_search_refine(&p->search, &found[k], 0.25, (ofr_fineness){0, 0}));
    assert_true(ofr_sizing_allows(&p->sizing, found[k].at));
    assert_true(p->value(found[k].at, p->n) == found[k].value);
    if (found[k].value < found[0].value) found[0] = found[k];
  }
  return found[0];
}

static void assert_within(double found, double expected, double error) {
  if (!(fabs(found - expected) <= error)) fail_msg("%.12g, not %.12g within %g", found, expected, error);
}

/* Reserve at 1 or rent at 2.1 against a fixed trace of needs: the least is its 1 - 1/2.1 quantile. */
enum { TRACE = 335 };
static double trace(int t) { return 500 + 400 * sin(t * 0.7) + (t * 7919 % 101); }

static double rent_or_reserve(const double *x, int n) {
  double cost = 0;
  (void)n;
  for (int t = 0; t < TRACE; t++) cost += x[0] + 2.1 * fmax(0, trace(t) - x[0]);
  return cost;
}

static void one_size_against_a_trace_is_its_quantile_to_a_step(void **state) {
  problem p;
  double sorted[TRACE];
  (void)state;
  pose(&p, 1, 0, 5000, 0.004, rent_or_reserve);
  ofr_place best = solve(&p);
  for (int t = 0; t < TRACE; t++) { /* insertion: short and plainly right */
    int i = t;
    for (; i > 0 && sorted[i - 1] > trace(t); i--) sorted[i] = sorted[i - 1];
    sorted[i] = trace(t);
  }
  assert_within(best.at[0], sorted[(int)ceil((1 - 1 / 2.1) * TRACE) - 1], 0.004);
  assert_true(p.points < 400);
}

static double bowl(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) sum += (x[i] - i) * (x[j] - j) * (i == j ? 2 : 0.5);
  return sum;
}

static void a_smooth_bowl_is_followed_to_its_bottom(void **state) {
  problem p;
  (void)state;
  for (int n = 1; n <= 6; n++) {
    pose(&p, n, -20, 30, 1e-6, bowl);
    ofr_place best = solve(&p);
    assert_within(best.value, 0, 1e-4);
    for (int i = 0; i < n; i++) assert_within(best.at[i], i, 0.01);
  }
}

/* Lowest at x = (3, 7) on a ridge that no axis follows: a search along axes alone stops on it. */
static double ridge(const double *x, int n) {
  (void)n;
  return 10 * fabs(x[0] + x[1] - 10) + fabs(x[0] - 3) + fabs(x[1] - 7);
}

static void a_kinked_ridge_is_followed_although_no_axis_leads_down(void **state) {
  problem p;
  (void)state;
  pose(&p, 2, 0, 20, 1e-5, ridge);
  ofr_place place = {.at = {9, 1}, .value = ridge((double[]){9, 1}, 2)};
  assert_true(ofr_search_refine(&p.search, &place, 0.25, (ofr_fineness){0, 0}));
  assert_within(place.value, 0, 1e-3);
}

static double linear(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += (i + 1) * x[i];
  return sum;
}

static void constraints_bind_where_they_should(void **state) {
  problem p;
  (void)state;
  pose(&p, 4, 0, 10, 1e-4, linear);
  constrain(&p, (double[]){1, 1, 1, 1}, 12, INFINITY);  /* take the cheapest first: 10 and 2 ... */
  constrain(&p, (double[]){1, -1, 0, 0}, -INFINITY, 4); /* ... but the first at most 4 above the second: 8 and 4 */
  ofr_place best = solve(&p);
  assert_within(best.value, 8 + 2 * 4, 1e-6);
}

static double bowl_off(const double *x, int n) {
  (void)n;
  return (x[0] - 8) * (x[0] - 8) + (x[1] - 9) * (x[1] - 9);
}

static void along_a_budget_the_nearest_point_is_found(void **state) {
  problem p;
  (void)state;
  pose(&p, 2, 0, 10, 1e-5, bowl_off);
  constrain(&p, (double[]){2, 3}, -INFINITY, 30); /* (8, 9) less 1 x (2, 3): (6, 6) */
  ofr_place best = solve(&p);
  assert_within(best.at[0], 6, 0.01);
  assert_within(best.at[1], 6, 0.01);
  assert_within(best.value, 13, 1e-4);
}

static double two_valleys(const double *x, int n) {
  (void)n;
  return fmin(fabs(x[0] - 2) + 0.5, 3 * fabs(x[0] - 8.3)) + fabs(x[1] - 5);
}

static void the_lower_of_two_valleys_is_found(void **state) {
  problem p;
  (void)state;
  pose(&p, 2, 0, 10, 1e-4, two_valleys);
  ofr_place best = solve(&p);
  assert_within(best.at[0], 8.3, 1e-3);
  assert_within(best.value, 0, 3e-3);
}

static double stairs(const double *x, int n) { /* sold in lots of 8: what is needed is 43 */
  (void)n;
  double bought = ceil(x[0] / 8 - 1e-9) * 8;
  return bought + 3 * fmax(0, 43 - bought);
}

static void lots_are_bought_whole(void **state) {
  problem p;
  (void)state;
  pose(&p, 1, 0, 400, 8, stairs);
  ofr_place best = solve(&p);
  assert_true(best.at[0] == 48);
}

static void a_range_without_room_is_left_alone(void **state) {
  problem p;
  (void)state;
  pose(&p, 2, 0, 10, 1e-4, bowl_off);
  p.variables[0].from = p.variables[0].to = 4;
  ofr_place best = solve(&p);
  assert_true(best.at[0] == 4);
  assert_within(best.at[1], 9, 1e-3);
  p.variables[1].from = p.variables[1].to = 5;
  best = solve(&p);
  assert_true(best.at[0] == 4 && best.at[1] == 5);
}

static void an_end_keeps_the_best_so_far(void **state) {
  problem p;
  (void)state;
  pose(&p, 2, 0, 10, 1e-6, bowl_off);
  ofr_place place = {.at = {1, 1}, .value = bowl_off((double[]){1, 1}, 2)};
  p.stop_after = 4;
  assert_false(ofr_search_refine(&p.search, &place, 0.25, (ofr_fineness){0, 0}));
  assert_true(place.value < 113 && place.value == bowl_off(place.at, 2));
  p.calls = 0;
  p.stop_after = 1;
  ofr_place found[1];
  assert_int_equal(ofr_search_scan(&p.search, NULL, 0, found, 1), 0);
}

static void the_same_search_takes_the_same_steps(void **state) {
  problem p;
  (void)state;
  pose(&p, 3, 0, 10, 1e-6, bowl);
  ofr_place first = solve(&p);
  int points = p.points;
  pose(&p, 3, 0, 10, 1e-6, bowl);
  ofr_place second = solve(&p);
  assert_int_equal(points, p.points);
  assert_memory_equal(first.at, second.at, 3 * sizeof *first.at);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_size_against_a_trace_is_its_quantile_to_a_step),
      cmocka_unit_test(a_smooth_bowl_is_followed_to_its_bottom),
      cmocka_unit_test(a_kinked_ridge_is_followed_although_no_axis_leads_down),
      cmocka_unit_test(constraints_bind_where_they_should),
      cmocka_unit_test(along_a_budget_the_nearest_point_is_found),
      cmocka_unit_test(the_lower_of_two_valleys_is_found),
      cmocka_unit_test(lots_are_bought_whole),
      cmocka_unit_test(a_range_without_room_is_left_alone),
      cmocka_unit_test(an_end_keeps_the_best_so_far),
      cmocka_unit_test(the_same_search_takes_the_same_steps),
  };
  return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
