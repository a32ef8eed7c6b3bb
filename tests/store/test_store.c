/* A store holds what it was given, number for number, as any SQLite program may read it; and nothing of what was not kept. */
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
#include "store/store_internal.h"

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "store-%ld.sweep", (long)getpid());
  return name;
}

static int tear_down(void **state) {
  (void)state;
  remove(file_name());
  return 0;
}

static given_plan swept(void) {
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 3}, "simulation": {"paths": 50, "seed": 7}, "reference_accelerator": "a",
    "accelerators": [{"name": "a", "vendor": "v"}], "providers": [{"name": "p"}, {"name": "q"}],
    "factors": [{"name": "f", "volatility": 0.9}],
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 900},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 3, "capacity": 100}],
    "contracts": [{"name": "c", "type": "commitment", "provider": "p", "windows": [{"from": "2026-01", "to": "2026-03", "amount": 4e6}]}],
    "strategies": [{"name": "z", "contracts": ["c"]}, {"name": "y", "contracts": []}],
    "sweep": {"/pools/l/price": [3, 4], "/contracts/c/windows/0/amount": {"from": 4e6, "to": 5e6, "steps": 3}}}));
}

/* The point as a plan with a result. */
static const ofr_result *point_of(given_plan *given, uint64_t place) {
  ofr_diagnostics d = {.arena = given->arena};
  given_plan at = {.arena = given->arena, .plan = ofr_plan_point(given->plan, place, given->arena, &d)};
  assert_non_null(at.plan);
  ofr_run_options options = given_options();
  options.with_bands = false;
  return given_run(&at, &options);
}

static ofr_store *opened(const given_plan *given) {
  ofr_store *store;
  offramp_error error = {0};
  if (ofr_store_open(file_name(), true, &store, &error) != OFFRAMP_OK || ofr_store_begin(store, given->plan, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  return store;
}

static offramp_status keep(ofr_store *store, uint64_t place, const ofr_result *result, offramp_error *error) {
  ofr_result *results[] = {(ofr_result *)result};
  return ofr_store_keep(store, &place, results, 1, error);
}

static bool has(ofr_store *store, uint64_t place, const ofr_plan *point) {
  bool found;
  assert_int_equal(ofr_store_has(store, &place, &point, 1, &found, NULL, NULL), OFFRAMP_OK);
  return found;
}

static double asked(const char *sql) {
  sqlite3 *db;
  sqlite3_stmt *q;
  assert_int_equal(sqlite3_open(file_name(), &db), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
  double value = sqlite3_step(q) == SQLITE_ROW && sqlite3_column_type(q, 0) != SQLITE_NULL ? sqlite3_column_double(q, 0) : NAN;
  sqlite3_finalize(q);
  sqlite3_close(db);
  return value;
}

static void every_number_of_a_point_is_there(void **state) {
  (void)state;
  given_plan given = swept();
  ofr_store *store = opened(&given);
  const ofr_result *r = point_of(&given, 4);
  assert_int_equal(keep(store, 4, r, NULL), OFFRAMP_OK);
  ofr_store_close(store);
  const ofr_distribution *cost = given_metric(r, 0, OFR_GROUP_METRIC, 0, "total_cost");
  const ofr_distribution *share = given_metric(r, 1, OFR_GROUP_PROVIDER, 1, "share");
  const ofr_distribution *charge = given_metric(r, 0, OFR_GROUP_COMMITMENT, 0, "charge");
#define OF(strategy, kind, subject, metric)                                                                                    \
  " FROM figure WHERE strategy = '" strategy "' AND kind = '" kind "' AND subject = '" subject "' AND metric = '" metric "'"
  assert_true(asked("SELECT mean" OF("z", "metric", "", "total_cost")) == cost->mean);
  assert_true(asked("SELECT se" OF("z", "metric", "", "total_cost")) == cost->se);
  assert_true(asked("SELECT cvar99" OF("z", "metric", "", "total_cost")) == cost->cvar99);
  assert_float_equal(asked("SELECT p05" OF("z", "metric", "", "total_cost")), (double)cost->quantile[1] * r->money_quantum, 1e-3);
  assert_float_equal(asked("SELECT max" OF("z", "metric", "", "total_cost")), (double)cost->max * r->money_quantum, 1e-3);
  assert_true(asked("SELECT mean" OF("y", "provider", "q", "share")) == share->mean);
  assert_true(share->mean > 0);
  assert_true(asked("SELECT mean" OF("z", "commitment", "c", "charge")) == charge->mean);
  assert_true(isnan(asked("SELECT mean" OF("y", "commitment", "c", "charge")))); /* y does not sign it */
  assert_true(asked("SELECT value FROM setting WHERE pointer = '/pools/l/price'") == 4);
  assert_true(asked("SELECT value FROM setting WHERE pointer LIKE '%amount'") == 4.5e6);
  assert_true(asked("SELECT mean FROM comparison WHERE a = 'z' AND b = 'y'") == r->comparisons[0].mean);
  assert_true(asked("SELECT a_wins FROM comparison") == r->comparisons[0].win_share);
  assert_true(asked("SELECT b_wins FROM comparison") == (double)r->comparisons[0].b_wins / 50);
  assert_true(asked("SELECT a_wins + b_wins FROM comparison") > 0);
  assert_true(asked("SELECT length(slices)" OF("z", "metric", "", "total_cost")) == 32 * 8);
  assert_true(isnan(asked("SELECT slices" OF("y", "metric", "", "shortfall_cost")))); /* the same in all futures */
  assert_true(asked("PRAGMA user_version") == 2);
  assert_true(asked("SELECT count(*) FROM point WHERE paths = 50 AND seed = '7' AND backend = 'cpu'") == 1);
  given_free(&given);
}

static void points_come_back_in_the_order_of_the_grid(void **state) {
  (void)state;
  static const uint64_t places[] = {5, 0, 3};
  given_plan given = swept();
  ofr_store *store = opened(&given);
  ofr_stored_sweep *sweeps;
  int count;
  for (int i = 0; i < 3; i++) assert_int_equal(keep(store, places[i], point_of(&given, places[i]), NULL), OFFRAMP_OK);
  assert_int_equal(ofr_store_read(store, "cash_cost", given.arena, &sweeps, &count, NULL), OFFRAMP_OK);
  assert_int_equal(count, 1);
  assert_int_equal(sweeps->grid, 6);
  assert_int_equal(sweeps->point_count, 3);
  assert_string_equal(sweeps->axes[1], "/contracts/c/windows/0/amount");
  assert_string_equal(sweeps->strategies[0], "z"); /* the plan's order */
  assert_int_equal(sweeps->points[1].place, 3);
  assert_true(sweeps->points[0].settings[0] == 3 && sweeps->points[1].settings[0] == 4);
  assert_true(sweeps->points[0].settings[1] == 4e6 && sweeps->points[2].settings[1] == 5e6);
  const ofr_result *r = point_of(&given, 5);
  assert_string_equal(sweeps->points[2].results_digest, r->results_digest);
  assert_true(sweeps->points[2].figures[1].mean == given_metric(r, 1, OFR_GROUP_METRIC, 0, "cash_cost")->mean);
  assert_int_equal(ofr_store_read(store, "nothing", given.arena, &sweeps, &count, NULL), OFFRAMP_ERR_ARGUMENT);
  ofr_store_close(store);
  given_free(&given);
}

static void a_point_is_found_again_and_kept_once(void **state) {
  (void)state;
  given_plan given = swept();
  ofr_store *store = opened(&given);
  const ofr_result *r = point_of(&given, 2), *other = point_of(&given, 1);
  assert_false(has(store, 2, r->plan));
  assert_int_equal(keep(store, 2, r, NULL), OFFRAMP_OK);
  assert_int_equal(keep(store, 2, r, NULL), OFFRAMP_OK);
  assert_true(has(store, 2, r->plan));
  assert_false(has(store, 1, other->plan));
  ofr_store_close(store);
  assert_true(asked("SELECT count(*) FROM point") == 1);
  assert_true(asked("SELECT count(*) FROM grid") == 1);
  given_free(&given);
}

/* Points that are kept together are looked up together; those that were there before stay as they are. */
static void several_points_are_kept_at_once(void **state) {
  (void)state;
  static const uint64_t places[] = {0, 1, 2, 3};
  given_plan given = swept();
  ofr_result *results[4];
  const ofr_plan *plans[4];
  bool found[4];
  ofr_store *store = opened(&given);
  for (int i = 0; i < 4; i++) results[i] = (ofr_result *)point_of(&given, places[i]), plans[i] = results[i]->plan;
  assert_int_equal(keep(store, 1, results[1], NULL), OFFRAMP_OK);
  results[2] = NULL;
  assert_int_equal(ofr_store_keep(store, places, results, 4, NULL), OFFRAMP_OK);
  assert_int_equal(ofr_store_has(store, places, plans, 4, found, NULL, NULL), OFFRAMP_OK);
  assert_true(found[0] && found[1] && !found[2] && found[3]);
  ofr_store_close(store);
  assert_true(asked("SELECT count(*) FROM point") == 3);
  assert_true(asked("SELECT count(*) FROM grid") == 3);
  assert_true(asked("SELECT count(DISTINCT point) FROM comparison") == 3);
  given_free(&given);
}

/* Two programs: what one has begun is no news to the other, which may evaluate it all the same. */
static void a_point_that_is_begun_is_known_until_it_is_kept(void **state) {
  (void)state;
  static const uint64_t places[] = {3, 4};
  given_plan given = swept();
  const ofr_plan *plans[] = {point_of(&given, 3)->plan, point_of(&given, 4)->plan};
  bool found[2], begun[2];
  ofr_store *one = opened(&given), *other = opened(&given);
  assert_int_equal(ofr_store_has(one, places, plans, 1, found, begun, NULL), OFFRAMP_OK);
  assert_false(found[0] || begun[0]);
  assert_int_equal(ofr_store_has(other, places, plans, 2, found, begun, NULL), OFFRAMP_OK);
  assert_true(!found[0] && begun[0] && !found[1] && !begun[1]);
  assert_true(asked("SELECT count(*) FROM claim") == 2);
  assert_int_equal(keep(other, 3, point_of(&given, 3), NULL), OFFRAMP_OK);
  assert_int_equal(ofr_store_has(one, places, plans, 2, found, begun, NULL), OFFRAMP_OK);
  assert_true(found[0] && !begun[0] && !found[1] && begun[1]);
  assert_int_equal(keep(one, 4, point_of(&given, 4), NULL), OFFRAMP_OK);
  ofr_store_close(one);
  ofr_store_close(other);
  assert_true(asked("SELECT count(*) FROM claim") == 0);
  given_free(&given);
}

static void a_layout_of_tomorrow_is_refused(void **state) {
  (void)state;
  given_plan given = swept();
  offramp_error error = {0};
  ofr_store *store = opened(&given);
  assert_int_equal(sqlite3_exec(store->db, "PRAGMA user_version = 3", NULL, NULL, NULL), SQLITE_OK);
  ofr_store_close(store);
  for (int to_write = 0; to_write < 2; to_write++) {
    assert_int_equal(ofr_store_open(file_name(), to_write, &store, &error), OFFRAMP_ERR_FILE);
    assert_non_null(strstr(error.message, "this store is of layout 3, this program's is 2"));
  }
  given_free(&given);
}

/* No page beyond those that are there, as on a full disk: the point is not there, what was there before is. */
static void a_full_disk_keeps_what_was_there(void **state) {
  (void)state;
  given_plan given = swept();
  offramp_error error = {0};
  char limit[64];
  ofr_store *store = opened(&given);
  assert_int_equal(keep(store, 0, point_of(&given, 0), NULL), OFFRAMP_OK);
  snprintf(limit, sizeof limit, "PRAGMA max_page_count = %.0f", asked("PRAGMA page_count"));
  assert_int_equal(sqlite3_exec(store->db, limit, NULL, NULL, NULL), SQLITE_OK);
  offramp_status status = OFFRAMP_OK;
  for (uint64_t place = 1; place < 6 && status == OFFRAMP_OK; place++)
    status = keep(store, place, point_of(&given, place), &error);
  assert_int_equal(status, OFFRAMP_ERR_FILE);
  assert_non_null(strstr(error.message, "make room on the disk"));
  assert_true(has(store, 0, point_of(&given, 0)->plan));
  ofr_store_close(store);
  assert_true(asked("SELECT count(*) FROM point") == asked("SELECT count(*) FROM grid"));
  assert_true(asked("SELECT count(*) FROM figure WHERE point NOT IN (SELECT point FROM grid)") == 0);
  given_free(&given);
}

/* A failure that leaves SQLite's transaction open. */
static void what_fails_half_way_is_taken_back_and_the_store_goes_on(void **state) {
  (void)state;
  given_plan given = swept();
  ofr_store *store = opened(&given);
  const ofr_result *r = point_of(&given, 2);
  assert_int_equal(sqlite3_exec(store->db, "CREATE TRIGGER no BEFORE INSERT ON comparison BEGIN SELECT RAISE(ABORT, 'no'); END", NULL,
                                NULL, NULL), SQLITE_OK);
  assert_int_equal(keep(store, 2, r, NULL), OFFRAMP_ERR_FILE);
  assert_false(has(store, 2, r->plan));
  assert_true(asked("SELECT (SELECT count(*) FROM point) + (SELECT count(*) FROM figure) + (SELECT count(*) FROM grid)") == 0);
  assert_int_equal(sqlite3_exec(store->db, "DROP TRIGGER no", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(keep(store, 2, r, NULL), OFFRAMP_OK);
  assert_true(has(store, 2, r->plan));
  ofr_store_close(store);
  given_free(&given);
}

/* As a program of before left it. */
static void make_old(const char *name) {
  sqlite3 *db;
  char *why = NULL;
  assert_int_equal(sqlite3_open(name, &db), SQLITE_OK);
  sqlite3_exec(db, "ALTER TABLE figure DROP COLUMN slices; ALTER TABLE comparison DROP COLUMN b_wins;"
                   "ALTER TABLE comparison DROP COLUMN a_slices; ALTER TABLE comparison DROP COLUMN b_slices; PRAGMA user_version = 1",
               NULL, NULL, &why);
  if (why) fail_msg("%s", why);
  sqlite3_close(db);
}

static void a_store_of_layout_1_is_read_as_it_is_and_upgraded_when_written(void **state) {
  (void)state;
  given_plan given = swept();
  offramp_error error = {0};
  ofr_stored_sweep *sweeps;
  int count;
  ofr_store *store = opened(&given);
  const ofr_result *r = point_of(&given, 4);
  assert_int_equal(keep(store, 4, r, NULL), OFFRAMP_OK);
  ofr_store_close(store);
  make_old(file_name());
  if (ofr_store_open(file_name(), false, &store, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  assert_int_equal(ofr_store_read(store, "total_cost", given.arena, &sweeps, &count, NULL), OFFRAMP_OK);
  assert_int_equal(sweeps->point_count, 1);
  ofr_store_close(store);
  assert_true(asked("PRAGMA user_version") == 1);
  double mean = asked("SELECT mean" OF("z", "metric", "", "total_cost"));
  store = opened(&given);
  assert_true(has(store, 4, r->plan)); /* what it holds still stands */
  assert_int_equal(keep(store, 5, point_of(&given, 5), NULL), OFFRAMP_OK);
  ofr_store_close(store);
  assert_true(asked("PRAGMA user_version") == 2);
  assert_true(asked("SELECT mean" OF("z", "metric", "", "total_cost") " ORDER BY point") == mean);
  assert_true(asked("SELECT count(*) FROM comparison WHERE b_wins IS NULL") == 1);
  assert_true(asked("SELECT count(*) FROM comparison WHERE b_wins IS NOT NULL") == 1);
  assert_true(asked("SELECT count(DISTINCT point) FROM figure WHERE slices IS NOT NULL") == 1);
  given_free(&given);
}

static void a_store_of_any_layout_is_taken_in(void **state) {
  (void)state;
  given_plan given = swept();
  char from[80];
  snprintf(from, sizeof from, "%s.from", file_name());
  for (int old = 0; old < 2; old++) {
    ofr_store *store = opened(&given);
    uint64_t added;
    offramp_error error = {0};
    assert_int_equal(keep(store, 4, point_of(&given, 4), NULL), OFFRAMP_OK);
    ofr_store_close(store);
    assert_int_equal(rename(file_name(), from), 0);
    if (old) make_old(from);
    store = opened(&given);
    assert_int_equal(keep(store, 5, point_of(&given, 5), NULL), OFFRAMP_OK);
    if (ofr_store_merge(store, from, &added, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
    assert_int_equal(added, 1);
    assert_int_equal(ofr_store_merge(store, from, &added, &error), OFFRAMP_OK); /* once more: nothing was left behind */
    assert_int_equal(added, 0);
    ofr_store_close(store);
    assert_true(asked("SELECT count(*) FROM comparison WHERE b_wins IS NOT NULL") == (old ? 1 : 2));
    assert_true(asked("SELECT count(DISTINCT point) FROM figure WHERE slices IS NOT NULL") == (old ? 1 : 2));
    assert_true(asked("SELECT count(*) FROM comparison WHERE mean IS NOT NULL AND a_wins IS NOT NULL") == 2);
    remove(from);
    remove(file_name());
  }
  given_free(&given);
}

static void what_is_no_store_is_left_alone(void **state) {
  (void)state;
  ofr_store *store;
  offramp_error error = {0};
  sqlite3 *db;
  assert_int_equal(ofr_store_open(file_name(), false, &store, &error), OFFRAMP_ERR_FILE);
  assert_non_null(strstr(error.message, "there is no such store"));
  assert_int_equal(sqlite3_open(file_name(), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "CREATE TABLE photos(name TEXT)", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  assert_int_equal(ofr_store_open(file_name(), true, &store, &error), OFFRAMP_ERR_FILE);
  assert_non_null(strstr(error.message, "stays as it is"));
  assert_true(asked("SELECT count(*) FROM sqlite_master") == 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {TEST(every_number_of_a_point_is_there), TEST(points_come_back_in_the_order_of_the_grid),
                                     TEST(a_point_is_found_again_and_kept_once), TEST(several_points_are_kept_at_once),
                                     TEST(a_point_that_is_begun_is_known_until_it_is_kept),
                                     TEST(a_full_disk_keeps_what_was_there), TEST(what_fails_half_way_is_taken_back_and_the_store_goes_on),
                                     TEST(a_layout_of_tomorrow_is_refused),
                                     TEST(a_store_of_layout_1_is_read_as_it_is_and_upgraded_when_written),
                                     TEST(a_store_of_any_layout_is_taken_in), TEST(what_is_no_store_is_left_alone)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
