/* A sweep in each format: the answer is the one that the numbers give, and every format holds the same numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "base/json.h"
#include "report/sweep_report.h"

/* Two axes of two values, two strategies: `a` costs 1 billion and a tenth more at x = 2; `b` always 1.05, and is unknown once.
 */
enum { POINTS = 4 };
static const char *const axes[] = {"/contracts/floor/windows/0/amount", "/horizon/discount_rate"};
static const char *const strategies[] = {"a", "=b"};
static double settings[POINTS][2];
static ofr_stored_figure figures[POINTS][2];
static ofr_stored_point points[POINTS];

static ofr_stored_sweep sweep_of(const char *metric, uint64_t there) {
  for (int i = 0; i < POINTS; i++) {
    double x = 1 + i / 2;
    settings[i][0] = x * 1e9;
    settings[i][1] = i % 2 ? 0.1 : 0;
    figures[i][0] = (ofr_stored_figure){1e9 + (x - 1) * 1e8, 1e6, 1, 2, 3, 4};
    figures[i][1] = (ofr_stored_figure){1.05e9, 2e6, 1, 2, 3, 4};
    points[i] = (ofr_stored_point){(uint64_t)i, 1000, "42", "feed", settings[i], figures[i]};
  }
  return (ofr_stored_sweep){"a plan", "0123456789abcdef", metric, 2, 2, axes, strategies, POINTS, there, points};
}

static ofr_text report(const ofr_stored_sweep *s, int count, const char *format) {
  ofr_text out = {0};
  ofr_report_options options = ofr_report_defaults();
  options.width = 120;
  assert_true(ofr_sweep_report(s, count, format, &options, &out));
  assert_false(out.failed);
  return out;
}

static void expect(const ofr_text *text, const char *what) {
  if (!strstr(ofr_text_chars(text), what)) fail_msg("'%s' is not in\n%s", what, ofr_text_chars(text));
}

static void the_answer_counts_where_each_strategy_is_best(void **state) {
  (void)state;
  ofr_stored_sweep s = sweep_of("total_cost", POINTS);
  ofr_text text = report(&s, 1, "text");
  expect(&text, "'a' has the least mean total_cost at 2 of 4 points, '=b' at 2.");
  ofr_text_free(&text);
  figures[3][0].mean = NAN; /* undefined: never best */
  figures[3][1].mean = 1e8;
  figures[2][1].mean = NAN;
  text = report(&s, 1, "text");
  expect(&text, "'a' has the least mean total_cost at 3 of 4 points, '=b' at 1.");
  ofr_text_free(&text);
  s = sweep_of("served", POINTS);
  text = report(&s, 1, "markdown");
  expect(&text, "has the largest mean served at 2 of 4 points");
  ofr_text_free(&text);
}

static void a_number_moves_a_strategy_as_far_as_its_averages_lie_apart(void **state) {
  (void)state;
  ofr_stored_sweep s = sweep_of("total_cost", POINTS);
  ofr_text text = report(&s, 1, "markdown");
  expect(&text, "| floor/windows/0/amount | 100.0 |");
  expect(&text, "| 1,000,000,000 | 0.1 | 1,000.0 | 1,050.0 | 4.0 | a |");
  ofr_text_free(&text);
}

static void every_metric_of_money_has_a_unit(void **state) {
  (void)state;
  static const struct { const char *metric, *heading; } all[] = {
      {"cash_cost", "Mean cash_cost, $ K in today's money\n"}, {"grants", "Mean grants, $ K in today's money\n"},
      {"nominal_cash", "Mean nominal_cash, $ K\n"}, {"unit_cost", "Mean unit_cost\n"}, {"served", "Mean served\n"}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    ofr_stored_sweep s = sweep_of(all[i].metric, POINTS);
    for (int p = 0; p < POINTS; p++)
      for (int j = 0; j < 2; j++) figures[p][j].mean /= 100;
    ofr_text text = report(&s, 1, "text");
    expect(&text, all[i].heading);
    ofr_text_free(&text);
  }
}

static void what_is_not_there_yet_is_said(void **state) {
  (void)state;
  ofr_stored_sweep s = sweep_of("total_cost", 3);
  ofr_text text = report(&s, 1, "text");
  expect(&text, "3 of 4 points are there so far");
  expect(&text, "1,000 futures a point, seed 42. ");
  assert_null(strstr(text.data, "How far"));
  ofr_text_free(&text);
  s.point_count = 0;
  text = report(&s, 1, "text");
  expect(&text, "No point has been evaluated yet.");
  ofr_text_free(&text);
  text = report(&s, 0, "text");
  expect(&text, "The store is empty.");
  ofr_text_free(&text);
}

static void points_of_unlike_futures_are_not_said_to_share_them(void **state) {
  (void)state;
  ofr_stored_sweep s = sweep_of("total_cost", POINTS);
  ofr_text text = report(&s, 1, "markdown");
  expect(&text, "the strategies of a point, and the points, share their futures, so that");
  ofr_text_free(&text);
  points[2].seed = "43";
  text = report(&s, 1, "markdown");
  expect(&text, "Points have futures of their own: --format csv tells");
  expect(&text, "the strategies of a point share their futures, so that");
  ofr_text_free(&text);
  s = sweep_of("total_cost", POINTS);
  points[1].paths = 7;
  text = report(&s, 1, "markdown");
  expect(&text, "Points have futures of their own");
  ofr_text_free(&text);
  s = sweep_of("total_cost", 1);
  s.grid = 1;
  text = report(&s, 1, "markdown");
  expect(&text, "at 1 of 1 point.");
  ofr_text_free(&text);
}

static void csv_has_a_column_for_every_axis_of_any_sweep(void **state) {
  (void)state;
  static const char *const other[] = {"/horizon/discount_rate", "/simulation/seed"};
  ofr_stored_sweep both[] = {sweep_of("total_cost", POINTS), sweep_of("total_cost", 1)};
  both[1].axes = other;
  ofr_text text = report(both, 2, "csv");
  expect(&text,
         "plan,sweep,place,paths,seed,results_digest,/contracts/floor/windows/0/amount,/horizon/discount_rate,/simulation/seed,"
         "strategy,metric,mean,se,p05,p50,p95,cvar95\n");
  expect(&text, "a plan,0123456789abcdef,3,1000,42,feed,2000000000,0.1,,a,total_cost,1100000000,1000000,1,2,3,4\n");
  expect(&text, ",,1000000000,0,'=b,total_cost,"); /* no formula */
  ofr_text_free(&text);
}

static void json_names_settings_and_strategies(void **state) {
  (void)state;
  ofr_stored_sweep s = sweep_of("total_cost", POINTS);
  figures[0][1].se = NAN;
  ofr_text text = report(&s, 1, "json");
  ofr_arena *arena = ofr_arena_create();
  ofr_diagnostics d = {.arena = arena};
  ofr_json *root = ofr_json_parse(text.data, text.size, "-", arena, &d);
  assert_non_null(root);
  const ofr_json *point = ofr_json_find(root, "/sweeps/0/points/2");
  assert_true(ofr_json_get(ofr_json_get(point, "settings"), axes[0])->number == 2e9);
  assert_true(ofr_json_find(root, "/sweeps/0/points/2/strategies/a/mean")->number == 1.1e9);
  assert_int_equal(ofr_json_find(root, "/sweeps/0/points/0/strategies/=b/se")->type, OFR_JSON_NULL);
  assert_true(ofr_json_find(root, "/sweeps/0/grid")->number == 4);
  assert_true(ofr_json_find(root, "/sweeps/0/points/0/seed")->number == 42);
  ofr_arena_destroy(arena);
  ofr_text_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_answer_counts_where_each_strategy_is_best),
                                     cmocka_unit_test(a_number_moves_a_strategy_as_far_as_its_averages_lie_apart),
                                     cmocka_unit_test(every_metric_of_money_has_a_unit),
                                     cmocka_unit_test(what_is_not_there_yet_is_said),
                                     cmocka_unit_test(points_of_unlike_futures_are_not_said_to_share_them),
                                     cmocka_unit_test(csv_has_a_column_for_every_axis_of_any_sweep),
                                     cmocka_unit_test(json_names_settings_and_strategies)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
