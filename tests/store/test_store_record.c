/* A store read back is what was kept, under the settings of its points. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../stage/given_plan.h"
#include "store/store_record.h"

static given_plan swept(int unmet_cost, const char *sweep) {
  return given_text(JSON({
    "name": "small", "horizon": {"start": "2026-01", "months": 3}, "simulation": {"paths": 50, "seed": 7},
    "reference_accelerator": "a", "accelerators": [{"name": "a", "vendor": "v"}], "providers": [{"name": "p"}],
    "factors": [{"name": "f", "volatility": 0.9}],
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": %d, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 900}],
    "contracts": [{"name": "c", "type": "commitment", "provider": "p",
                   "windows": [{"from": "2026-01", "to": "2026-03", "amount": 4e6}]},
                  {"name": "b", "type": "reservation", "pool": "k", "accelerators": 700, "price": 3.5},
                  {"name": "ramp", "type": "exit", "contract": "c", "at": ["2026-02", "2026-03"], "below": 1.2, "fee": 0.5}],
    "strategies": [{"name": "z", "contracts": ["c", "ramp"]}, {"name": "y", "contracts": ["b"]}], "sweep": %s}), unmet_cost, sweep);
}

static const char prices[] = "{\"/pools/k/price\": [3, 4]}", more_prices[] = "{\"/pools/k/price\": [5, 4]}",
                  seeds[] = "{\"/simulation/seed\": [7, 8], \"/pools/k/price\": [3, 4]}";

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "record-%ld.sweep", (long)getpid());
  return name;
}

static ofr_store *opened(const given_plan *given) {
  ofr_store *store;
  offramp_error error = {0};
  if (ofr_store_open(file_name(), true, &store, &error) != OFFRAMP_OK ||
      ofr_store_begin(store, given->plan, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  return store;
}

static const ofr_result *keep(ofr_store *store, given_plan *given, uint64_t place) {
  ofr_diagnostics d = {.arena = given->arena};
  given_plan at = {.arena = given->arena, .plan = ofr_plan_point(given->plan, place, given->arena, &d)};
  assert_non_null(at.plan);
  ofr_run_options options = given_options();
  options.with_bands = false;
  const ofr_result *r = given_run(&at, &options);
  ofr_result *results[] = {(ofr_result *)r};
  assert_int_equal(ofr_store_keep(store, &place, results, 1, NULL), OFFRAMP_OK);
  return r;
}

static const ofr_record *read_back(ofr_store *store, const given_plan *given) {
  const ofr_record *record;
  offramp_error error = {0};
  if (ofr_store_record(store, "kept.sweep", given->arena, &record, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return record;
}

static const ofr_figure *figure(const ofr_record *r, const char *point, ofr_figure_group group, const char *strategy,
                                const char *subject, const char *metric) {
  for (int i = 0; i < r->figure_count; i++) {
    const ofr_figure *f = &r->figures[i];
    if (!strcmp(f->point, point) && f->group == group && !strcmp(f->strategy, strategy) && !strcmp(f->subject, subject) &&
        !strcmp(f->metric, metric))
      return f;
  }
  fail_msg("no %s of %s at %s", metric, strategy, point);
  return NULL;
}

static int tear_down(void **state) {
  (void)state;
  remove(file_name());
  return 0;
}

static void every_figure_is_found_under_its_settings(void **state) {
  (void)state;
  given_plan given = swept(9, seeds);
  ofr_store *store = opened(&given);
  const ofr_result *first = keep(store, &given, 0), *last = keep(store, &given, 3);
  const ofr_record *r = read_back(store, &given);
  static const char last_point[] = "/pools/k/price=4, /simulation/seed=8";
  assert_true(r->is_store);
  assert_string_equal(r->plan_name, "small");
  assert_string_equal(r->version, offramp_version());
  assert_int_equal(r->point_count, 2);
  assert_string_equal(r->points[0].settings, "/pools/k/price=3, /simulation/seed=7"); /* in the order of their pointers */
  assert_string_equal(r->points[1].settings, last_point);
  assert_true(r->points[1].paths == 50 && r->points[1].seed == 8);
  assert_true(ofr_record_is_mixed(r));
  assert_int_equal(r->strategy_count, 2);
  assert_string_equal(r->strategies[0], "z"); /* in the plan's order */
  const ofr_distribution *cost = given_metric(last, 1, OFR_GROUP_METRIC, 0, "total_cost");
  const ofr_figure *f = figure(r, last_point, OFR_FIGURE_METRIC, "y", "", "total_cost");
  assert_true(f->value.mean == cost->mean && f->value.se == cost->se && f->unit == OFR_FIGURE_MONEY);
  const ofr_distribution *share = given_metric(first, 0, OFR_GROUP_PROVIDER, 0, "share");
  f = figure(r, r->points[0].settings, OFR_FIGURE_PROVIDER, "z", "p", "share");
  assert_true(f->value.mean == share->mean && f->unit == OFR_FIGURE_SHARE);
  f = figure(r, last_point, OFR_FIGURE_COMPARISON, "z", "y", "total_cost");
  assert_true(f->value.mean == last->comparisons[0].mean && f->reversed.mean == -f->value.mean);
  f = figure(r, last_point, OFR_FIGURE_COMPARISON, "z", "y", "a_wins");
  double wins = last->comparisons[0].win_share;
  assert_true(f->value.mean == wins && f->reversed.mean == (double)last->comparisons[0].b_wins / 50);
  assert_float_equal(f->value.se, sqrt(wins * (1 - wins) / 50), 1e-12);
  ofr_store_close(store);
  given_free(&given);
}

static void slices_come_back_as_they_were(void **state) {
  (void)state;
  given_plan given = swept(9, prices);
  ofr_store *store = opened(&given);
  const ofr_result *kept = keep(store, &given, 1);
  const ofr_record *r = read_back(store, &given);
  const char *point = "/pools/k/price=4";
  const ofr_figure *z = figure(r, point, OFR_FIGURE_METRIC, "z", "", "total_cost"),
                   *y = figure(r, point, OFR_FIGURE_METRIC, "y", "", "total_cost"),
                   *between = figure(r, point, OFR_FIGURE_COMPARISON, "z", "y", "total_cost"),
                   *wins = figure(r, point, OFR_FIGURE_COMPARISON, "z", "y", "a_wins");
  assert_int_equal(z->slice_count, OFR_SLICES);
  assert_memory_equal(z->slices, kept->strategies[0].slices[0].mean, sizeof kept->strategies[0].slices[0].mean);
  for (int i = 0; i < OFR_SLICES; i++) assert_true(between->slices[i] == z->slices[i] - y->slices[i]);
  assert_true(between->reversed_slices[5] == -between->slices[5]);
  assert_int_equal(figure(r, point, OFR_FIGURE_METRIC, "y", "", "shortfall_cost")->slice_count, 0);
  assert_int_equal(wins->slice_count, OFR_SLICES);
  assert_memory_equal(wins->slices, kept->comparisons[0].wins[0].positive, OFR_SLICES * sizeof(double));
  assert_memory_equal(wins->reversed_slices, kept->comparisons[0].wins[1].positive, OFR_SLICES * sizeof(double));
  ofr_store_close(store);
  given_free(&given);
}

static void exits_come_with_their_share_of_futures(void **state) {
  (void)state;
  given_plan given = swept(9, prices);
  ofr_store *store = opened(&given);
  const ofr_result *kept = keep(store, &given, 0);
  const ofr_record *r = read_back(store, &given);
  const ofr_distribution *month = given_metric(kept, 0, OFR_GROUP_EXIT, 2, "month");
  const ofr_distribution *fee = given_metric(kept, 0, OFR_GROUP_EXIT, 2, "fee");
  const double share = (double)month->count / 50;
  assert_true(month->count > 0 && month->count < 50);
  const ofr_figure *f = figure(r, "/pools/k/price=3", OFR_FIGURE_EXIT, "z", "ramp", "p_taken");
  assert_true(f->value.mean == share && f->unit == OFR_FIGURE_SHARE);
  assert_float_equal(f->value.se, sqrt(share * (1 - share) / 50), 1e-12);
  assert_float_equal(f->of_paths, 50, 1e-9);
  double sum = 0;
  for (int i = 0; i < f->slice_count; i++) sum += f->slices[i];
  assert_int_equal(f->slice_count, OFR_SLICES);
  assert_float_equal(sum / OFR_SLICES, share, 1e-12);
  f = figure(r, "/pools/k/price=3", OFR_FIGURE_EXIT, "z", "ramp", "month");
  assert_true(f->value.mean == month->mean && f->value.se == month->se && f->unit == OFR_FIGURE_MONTH);
  f = figure(r, "/pools/k/price=3", OFR_FIGURE_EXIT, "z", "ramp", "fee");
  assert_true(f->value.mean == fee->mean && f->unit == OFR_FIGURE_MONEY);
  for (int i = 0; i < r->figure_count; i++)
    assert_false(r->figures[i].group == OFR_FIGURE_EXIT && !strcmp(r->figures[i].strategy, "y")); /* who does not sign it */
  ofr_store_close(store);
  given_free(&given);
}

static void equal_points_have_equal_digests(void **state) {
  (void)state;
  given_plan given = swept(9, seeds);
  ofr_store *store = opened(&given);
  keep(store, &given, 0);
  const ofr_record *one = read_back(store, &given), *again = read_back(store, &given);
  keep(store, &given, 1);
  const ofr_record *two = read_back(store, &given);
  assert_string_equal(one->results_digest, again->results_digest);
  assert_string_not_equal(one->results_digest, two->results_digest);
  assert_string_equal(one->plan_digest, two->plan_digest);
  ofr_store_close(store);
  given_plan other = swept(8, seeds);
  remove(file_name());
  store = opened(&other);
  keep(store, &other, 0);
  assert_string_not_equal(read_back(store, &other)->plan_digest, two->plan_digest);
  ofr_store_close(store);
  given_free(&given);
  given_free(&other);
}

static void a_point_of_two_sweeps_counts_once(void **state) {
  (void)state;
  given_plan given = swept(9, prices), larger = swept(9, more_prices);
  ofr_store *store = opened(&given);
  keep(store, &given, 0);
  keep(store, &given, 1);
  int figures = read_back(store, &given)->figure_count;
  assert_int_equal(ofr_store_begin(store, larger.plan, NULL), OFFRAMP_OK);
  keep(store, &larger, 1);
  assert_int_equal(read_back(store, &given)->point_count, 2);
  assert_int_equal(read_back(store, &given)->figure_count, figures);
  keep(store, &larger, 0);
  assert_int_equal(read_back(store, &given)->point_count, 3);
  ofr_store_close(store);
  given_free(&given);
  given_free(&larger);
}

static void refused(ofr_store *store, const given_plan *given, const char *why) {
  offramp_error error = {0};
  const ofr_record *record;
  assert_int_equal(ofr_store_record(store, "kept.sweep", given->arena, &record, &error), OFFRAMP_ERR_PLAN);
  assert_string_equal(error.place, "kept.sweep");
  if (!strstr(error.message, why)) fail_msg("%s", error.message);
}

static void a_store_that_says_nothing_or_two_things_is_refused(void **state) {
  (void)state;
  given_plan given = swept(9, prices), other = swept(8, prices);
  ofr_store *store = opened(&given);
  refused(store, &given, "no point yet");
  keep(store, &given, 0);
  assert_int_equal(ofr_store_begin(store, other.plan, NULL), OFFRAMP_OK);
  keep(store, &other, 1);
  assert_int_equal(read_back(store, &given)->point_count, 2); /* two plans, but each point once */
  keep(store, &other, 0);
  refused(store, &given, "several results for /pools/k/price=3");
  ofr_store_close(store);
  given_free(&given);
  given_free(&other);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(every_figure_is_found_under_its_settings, tear_down),
      cmocka_unit_test_teardown(slices_come_back_as_they_were, tear_down),
      cmocka_unit_test_teardown(exits_come_with_their_share_of_futures, tear_down),
      cmocka_unit_test_teardown(equal_points_have_equal_digests, tear_down),
      cmocka_unit_test_teardown(a_point_of_two_sweeps_counts_once, tear_down),
      cmocka_unit_test_teardown(a_store_that_says_nothing_or_two_things_is_refused, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
