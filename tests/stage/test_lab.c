/* Sizings on a sample: each tried once, valued as a run would value it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "given_plan.h"
#include "stage/lab.h"

enum { PATHS = 500, VARIABLES = 2 };

typedef struct world {
  given_plan given;
  ofr_points *points;
  ofr_lab model;
  uint64_t evaluations;
  offramp_error error;
  int told;
} world;

static void count_launches(void *context, const ofr_lab *lab) {
  (void)lab;
  ((world *)context)->told++;
}

static int set_up(void **state) {
  static world w;
  w = (world){.given = given_file("examples/enterprise.json", PATHS, 1)};
  ofr_run_options options = given_options();
  const ofr_sizing *s = w.given.plan->sizing;
  double most[VARIABLES] = {s->variables[0].to, s->variables[1].to};
  assert_int_equal(s->variable_count, VARIABLES);
  assert_int_equal(ofr_points_open(ofr_plan_sized(w.given.plan, most, w.given.arena), &options, &w.points, &w.error),
                   OFFRAMP_OK);
  w.model = (ofr_lab){.points = w.points,
                      .plan = w.given.plan,
                      .attitude = {0.25, 0.9},
                      .evaluations = &w.evaluations,
                      .tell = count_launches,
                      .context = &w,
                      .error = &w.error};
  *state = &w;
  return 0;
}

static int tear_down(void **state) {
  world *w = *state;
  ofr_points_close(w->points);
  given_free(&w->given);
  return 0;
}

static void a_sizing_is_launched_once_however_often_it_is_asked_for(void **state) {
  world *w = *state;
  ofr_lab lab;
  const double points[4 * VARIABLES] = {9e6, 8, 10e6, 16, 9e6, 8, 12e6, 0};
  double values[4], again[2];
  assert_true(ofr_lab_open(&lab, &w->model, 0, PATHS));
  assert_true(ofr_lab_evaluate(&lab, points, 4, values));
  assert_true(values[0] == values[2] && values[0] != values[1]);
  assert_true(lab.count == 3 && w->evaluations == 3 && w->told == 1);
  assert_true(ofr_lab_evaluate(&lab, points + VARIABLES, 2, again));
  assert_true(again[0] == values[1] && again[1] == values[0] && w->evaluations == 3 && w->told == 1);
  assert_null(ofr_lab_find(&lab, (double[]){9e6, 9}));
  ofr_lab_close(&lab);
}

static void more_than_a_launch_takes_goes_in_several(void **state) {
  world *w = *state;
  ofr_lab lab;
  double points[150 * VARIABLES], values[150];
  for (int k = 0; k < 150; k++) points[2 * k] = 8e6 + 1e5 * k, points[2 * k + 1] = k % 5;
  assert_true(ofr_lab_open(&lab, &w->model, 0, PATHS));
  assert_true(lab.batch < 150);
  assert_true(ofr_lab_evaluate(&lab, points, 150, values));
  assert_true(lab.count == 150 && w->told > 1);
  for (int k = 0; k < 150; k++) assert_true(ofr_lab_find(&lab, points + 2 * k)->risk.value == values[k]);
  ofr_lab_close(&lab);
}

static void the_best_is_by_the_weight_asked_for_and_allowed(void **state) {
  world *w = *state;
  ofr_lab lab;
  const double points[3 * VARIABLES] = {9e6, 0, 9e6, 240, 9e6, 64};
  double values[3];
  assert_true(ofr_lab_open(&lab, &w->model, 0, PATHS));
  assert_null(ofr_lab_best(&lab, 0));
  assert_true(ofr_lab_evaluate(&lab, points, 3, values));
  for (double weight = 0; weight <= 1; weight += 0.5) {
    const ofr_trial *best = ofr_lab_best(&lab, weight);
    for (int k = 0; k < 3; k++) assert_true(ofr_trial_value(best, weight) <= ofr_trial_value(&lab.trials[k], weight));
  }
  assert_true(ofr_trial_value(&lab.trials[0], 0.25) == values[0] && lab.trials[0].risk.value == values[0]);
  lab.risk_weight = 1;
  assert_true(ofr_lab_evaluate(&lab, points, 1, values));
  assert_true(values[0] == lab.trials[0].risk.cvar);
  ofr_lab_close(&lab);
}

static void columns_are_what_is_valued(void **state) {
  world *w = *state;
  ofr_lab lab;
  const double points[2 * VARIABLES] = {9e6, 8, 30e6, 200};
  static int64_t cost[2 * 300], scratch[300];
  double values[2];
  assert_true(ofr_lab_open(&lab, &w->model, 1000, 300));
  assert_true(ofr_lab_columns(&lab, points, 2, cost));
  assert_true(ofr_lab_evaluate(&lab, points, 2, values));
  for (int k = 0; k < 2; k++) assert_true(ofr_risk_of(cost + 300 * k, NULL, 300, lab.attitude, scratch).value == values[k]);
  ofr_lab_close(&lab);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_sizing_is_launched_once_however_often_it_is_asked_for),
      TEST(more_than_a_launch_takes_goes_in_several),
      TEST(the_best_is_by_the_weight_asked_for_and_allowed),
      TEST(columns_are_what_is_valued),
  };
  return cmocka_run_group_tests_name("lab", tests, NULL, NULL);
}
