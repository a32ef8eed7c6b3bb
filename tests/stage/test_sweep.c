/* A sweep evaluates what its sink lacks, in the order of the grid, to the bits of single runs; and stops where it must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "given_plan.h"
#include "stage/stakeholder_run.h"
#include "stage/sweep.h"
#include "base/error.h"

enum { MOST = 16 };

typedef struct shelf {
  bool has[MOST];
  char digest[MOST][65];
  uint64_t order[MOST];
  int kept, fail_at; /* fail_at: the keep that fails; 0: none */
  sig_atomic_t stop;
  int stop_at;
} shelf;

static offramp_status has(void *context, uint64_t place, const ofr_plan *point, bool *found, offramp_error *error) {
  shelf *s = context;
  (void)point, (void)error;
  *found = s->has[place];
  return OFFRAMP_OK;
}

static offramp_status keep(void *context, uint64_t place, const ofr_result *result, offramp_error *error) {
  shelf *s = context;
  if (s->fail_at && s->kept + 1 == s->fail_at) return ofr_fail(error, OFFRAMP_ERR_FILE, "shelf", "it is full: make room");
  memcpy(s->digest[place], result->results_digest, sizeof s->digest[place]);
  s->order[s->kept++] = place;
  s->has[place] = true;
  if (s->kept == s->stop_at) s->stop = 1;
  return OFFRAMP_OK;
}

/* The second axis changes the kernel's shape: a commitment that counts all or part, a workload with duty or without. */
static given_plan swept(const char *duties) {
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 6}, "simulation": {"paths": 200, "seed": 7}, "reference_accelerator": "a",
    "accelerators": [{"name": "a", "vendor": "v"}], "providers": [{"name": "p"}], "factors": [{"name": "f", "volatility": 0.9}],
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "duty": 1, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 900}],
    "contracts": [{"name": "c", "type": "commitment", "provider": "p", "windows": [{"from": "2026-01", "to": "2026-03", "amount": 4e6}]}],
    "stakeholders": {"anchor": "p", "failure": {"from": "2026-02", "months": 2}},
    "sweep": {"/contracts/c/windows/0/amount": [0, 4e6], "/workloads/w/duty": %s}}), duties);
}

static offramp_status evaluate(const given_plan *given, shelf *s, ofr_sweep_tally *tally, offramp_error *error) {
  const ofr_sweep_sink sink = {s, has, keep};
  ofr_run_options options = given_options();
  options.stop = &s->stop;
  return ofr_sweep_evaluate(given->plan, &options, &sink, tally, error);
}

static void every_point_is_a_run_to_the_bit_whatever_shape_it_has(void **state) {
  (void)state;
  given_plan given = swept("[1, 0.5, 0.25]");
  shelf s = {.kept = 0};
  ofr_sweep_tally tally;
  assert_int_equal(evaluate(&given, &s, &tally, NULL), OFFRAMP_OK);
  assert_int_equal(tally.points, 6);
  assert_int_equal(tally.evaluated, 6);
  for (uint64_t i = 0; i < 6; i++) {
    ofr_diagnostics d = {.arena = given.arena};
    ofr_run_options options = given_options();
    ofr_result *alone;
    options.with_bands = false;
    const ofr_plan *point = ofr_plan_point(given.plan, i, given.arena, &d);
    assert_int_equal(ofr_simulate_for_stakeholders(point, &options, given.arena, &alone, NULL), OFFRAMP_OK);
    assert_string_equal(alone->results_digest, s.digest[i]);
    assert_int_equal(s.order[i], i);
    for (uint64_t j = 0; j < i; j++) assert_string_not_equal(s.digest[i], s.digest[j]);
  }
  given_free(&given);
}

static void what_the_sink_has_is_passed_over(void **state) {
  (void)state;
  given_plan given = swept("[1, 0.5]");
  shelf s = {.has = {true, false, true}};
  ofr_sweep_tally tally;
  assert_int_equal(evaluate(&given, &s, &tally, NULL), OFFRAMP_OK);
  assert_int_equal(tally.found, 2);
  assert_int_equal(tally.evaluated, 2);
  assert_int_equal(s.order[0], 1);
  assert_int_equal(s.order[1], 3);
  given_free(&given);
}

static void a_sink_that_fails_ends_the_sweep(void **state) {
  (void)state;
  given_plan given = swept("[1, 0.5]");
  shelf s = {.fail_at = 3};
  ofr_sweep_tally tally;
  offramp_error error = {0};
  assert_int_equal(evaluate(&given, &s, &tally, &error), OFFRAMP_ERR_FILE);
  assert_string_equal(error.message, "it is full: make room");
  assert_int_equal(tally.evaluated, 2);
  given_free(&given);
}

static void an_interrupt_ends_it_between_points_or_within_one(void **state) {
  (void)state;
  given_plan given = swept("[1, 0.5]");
  shelf s = {.stop_at = 1};
  ofr_sweep_tally tally;
  assert_int_equal(evaluate(&given, &s, &tally, NULL), OFFRAMP_INTERRUPTED);
  assert_int_equal(tally.evaluated, 1);
  s.stop_at = 0;
  s.stop = 0;
  assert_int_equal(evaluate(&given, &s, &tally, NULL), OFFRAMP_OK);
  assert_int_equal(tally.found, 1);
  assert_int_equal(tally.evaluated, 3);
  given_free(&given);
}

static void a_point_that_is_no_plan_is_named(void **state) {
  (void)state;
  given_plan given = swept("[1, 2]");
  shelf s = {.kept = 0};
  ofr_sweep_tally tally;
  offramp_error error = {0};
  assert_int_equal(evaluate(&given, &s, &tally, &error), OFFRAMP_ERR_PLAN);
  assert_non_null(strstr(error.message, "/contracts/c/windows/0/amount = 0, /workloads/w/duty = 2: /workloads/0/duty: "));
  assert_int_equal(tally.evaluated, 1);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_point_is_a_run_to_the_bit_whatever_shape_it_has),
                                     cmocka_unit_test(what_the_sink_has_is_passed_over),
                                     cmocka_unit_test(a_sink_that_fails_ends_the_sweep),
                                     cmocka_unit_test(an_interrupt_ends_it_between_points_or_within_one),
                                     cmocka_unit_test(a_point_that_is_no_plan_is_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
