/* Plans side by side: the costs of each run alone, on any range of paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "given_plan.h"
#include "stage/points.h"

enum { PATHS = 700, POINTS = 3 };

static given_plan enterprise(void) {
  given_plan given = given_file("examples/enterprise.json", PATHS, 1);
  if (!given.plan->sizing) fail_msg("the example has nothing to optimize");
  return given;
}

static const ofr_plan *sized(given_plan *given, double share) {
  double values[OFR_MAX_VARIABLES];
  const ofr_sizing *s = given->plan->sizing;
  for (int i = 0; i < s->variable_count; i++)
    values[i] = s->variables[i].from + share * (s->variables[i].to - s->variables[i].from);
  const ofr_plan *plan = ofr_plan_sized(given->plan, values, given->arena);
  assert_non_null(plan);
  return plan;
}

static ofr_points *open_points(const ofr_plan *largest, const ofr_run_options *options) {
  offramp_error error = {0};
  ofr_points *points;
  if (ofr_points_open(largest, options, &points, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return points;
}

static void evaluate(ofr_points *points, const ofr_plan *const *plans, int count, uint64_t first, uint64_t paths,
                     int64_t *cost) {
  offramp_error error = {0};
  if (ofr_points_evaluate(points, plans, count, first, paths, cost, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
}

static void each_costs_what_it_costs_alone(void **state) {
  given_plan given = enterprise();
  ofr_run_options options = given_options();
  const ofr_plan *plans[POINTS] = {sized(&given, 0.2), sized(&given, 1), sized(&given, 0.7)};
  static int64_t together[POINTS * PATHS], alone[PATHS];
  (void)state;
  ofr_points *points = open_points(sized(&given, 1), &options);
  evaluate(points, plans, POINTS, 0, PATHS, together);
  for (int k = 0; k < POINTS; k++) {
    evaluate(points, &plans[k], 1, 0, PATHS, alone);
    assert_memory_equal(alone, together + k * PATHS, sizeof alone);
  }
  ofr_engine_facts engine = ofr_points_engine(points, given.arena);
  assert_true(engine.checked_paths > 0 && engine.check_passed);
  ofr_points_close(points);
  given_free(&given);
}

/* A run of the same plan has quanta of its own: alike to their rounding, a few thousand roundings a path. */
static void the_mean_is_that_of_a_run(void **state) {
  given_plan given = enterprise();
  ofr_run_options options = given_options();
  const ofr_plan *plan = sized(&given, 0.4);
  static int64_t cost[PATHS];
  ofr_result *r;
  offramp_error error = {0};
  double sum = 0;
  (void)state;
  ofr_points *points = open_points(sized(&given, 1), &options);
  evaluate(points, &plan, 1, 0, PATHS, cost);
  for (int i = 0; i < PATHS; i++) sum += (double)cost[i] * ofr_points_money(points) / PATHS;
  assert_int_equal(ofr_simulate(plan, &options, given.arena, &r, &error), OFFRAMP_OK);
  double mean = given_metric(r, 0, OFR_GROUP_METRIC, 0, "total_cost")->mean;
  if (!(fabs(sum - mean) <= 1e-4 * mean)) fail_msg("%.9g, not %.9g", sum, mean);
  ofr_points_close(points);
  given_free(&given);
}

static void a_path_is_the_same_wherever_a_range_begins_and_batches_end(void **state) {
  given_plan given = enterprise();
  ofr_run_options options = given_options(), small = given_options();
  const ofr_plan *plans[2] = {sized(&given, 0.5), sized(&given, 0)};
  static int64_t all[2 * PATHS], part[2 * 300];
  (void)state;
  small.batch = 128;
  small.isa = "baseline";
  ofr_points *points = open_points(sized(&given, 1), &options), *other = open_points(sized(&given, 1), &small);
  evaluate(points, plans, 2, 0, PATHS, all);
  evaluate(other, plans, 2, 350, 300, part);
  for (int k = 0; k < 2; k++) assert_memory_equal(part + k * 300, all + k * PATHS + 350, 300 * sizeof *part);
  ofr_points_close(points);
  ofr_points_close(other);
  given_free(&given);
}

static void a_stop_is_heeded(void **state) {
  given_plan given = enterprise();
  volatile sig_atomic_t stop = 0;
  ofr_run_options options = given_options();
  const ofr_plan *plan = sized(&given, 0.5);
  static int64_t cost[PATHS];
  offramp_error error = {0};
  (void)state;
  options.stop = &stop;
  ofr_points *points = open_points(sized(&given, 1), &options);
  stop = 1;
  assert_int_equal(ofr_points_evaluate(points, &plan, 1, 0, PATHS, cost, &error), OFFRAMP_INTERRUPTED);
  ofr_points_close(points);
  ofr_points_close(NULL);
  given_free(&given);
}

static void plans_of_another_shape_are_refused(void **state) {
  given_plan given = enterprise(), other = given_file("examples/reference-size.json", PATHS, 1);
  ofr_run_options options = given_options();
  static int64_t cost[PATHS];
  offramp_error error = {0};
  (void)state;
  ofr_points *points = open_points(sized(&given, 1), &options);
  assert_int_equal(ofr_points_evaluate(points, &other.plan, 1, 0, PATHS, cost, &error), OFFRAMP_ERR_ARGUMENT);
  ofr_points_close(points);
  given_free(&given);
  given_free(&other);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_costs_what_it_costs_alone),
      cmocka_unit_test(the_mean_is_that_of_a_run),
      cmocka_unit_test(a_path_is_the_same_wherever_a_range_begins_and_batches_end),
      cmocka_unit_test(a_stop_is_heeded),
      cmocka_unit_test(plans_of_another_shape_are_refused),
  };
  return cmocka_run_group_tests_name("points", tests, NULL, NULL);
}
