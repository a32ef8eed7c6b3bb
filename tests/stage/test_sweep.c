/* A sweep evaluates what its sink lacks, many points at once, to the bits of single runs; and stops where it must. */
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
  bool has[MOST], begun[MOST], others_end; /* others_end: what they have begun is there in the end */
  int keep[MOST];                          /* the call that a point came with */
  char digest[MOST][65];
  int kept, keeps, fail_at; /* points; calls, and which of them fails; 0: none */
  bool stop_half_way;
  sig_atomic_t stop;
} shelf;

static offramp_status has(void *context, const uint64_t *places, const ofr_plan *const *points, int count, bool *found,
                          bool *begun, offramp_error *error) {
  shelf *s = context;
  (void)points, (void)error;
  for (int i = 0; i < count; i++) {
    found[i] = s->has[places[i]] || (!begun && s->begun[places[i]] && s->others_end);
    if (begun) begun[i] = !found[i] && s->begun[places[i]];
  }
  return OFFRAMP_OK;
}

static offramp_status keep(void *context, const uint64_t *places, ofr_result *const *results, int count, offramp_error *error) {
  shelf *s = context;
  if (++s->keeps == s->fail_at) return ofr_fail(error, OFFRAMP_ERR_FILE, "shelf", "it is full: make room");
  for (int i = 0; i < count; i++) {
    if (!results[i]) continue;
    assert_false(s->has[places[i]]);
    memcpy(s->digest[places[i]], results[i]->results_digest, sizeof s->digest[places[i]]);
    s->has[places[i]] = true;
    s->keep[places[i]] = s->keeps;
    s->kept++;
  }
  return OFFRAMP_OK;
}

static void watch(void *context, const ofr_progress *progress) {
  shelf *s = context;
  assert_true(progress->done <= progress->total || progress->note);
  if (s->stop_half_way && !progress->note && 2 * progress->done >= progress->total) s->stop = 1;
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

static offramp_status evaluate_with(const given_plan *given, ofr_run_options options, shelf *s, ofr_sweep_tally *tally,
                                    offramp_error *error) {
  const ofr_sweep_sink sink = {s, has, keep};
  options.stop = &s->stop;
  options.progress = watch;
  options.progress_context = s;
  return ofr_sweep_evaluate(given->plan, &options, &sink, tally, error);
}

static offramp_status evaluate(const given_plan *given, shelf *s, ofr_sweep_tally *tally, offramp_error *error) {
  return evaluate_with(given, given_options(), s, tally, error);
}

static void every_point_is_a_run_to_the_bit_whatever_shape_it_has(void **state) {
  (void)state;
  given_plan given = swept("[1, 0.5, 0.25]");
  shelf s = {.kept = 0};
  ofr_sweep_tally tally;
  assert_int_equal(evaluate(&given, &s, &tally, NULL), OFFRAMP_OK);
  assert_int_equal(tally.points, 6);
  assert_int_equal(tally.evaluated, 6);
  assert_int_equal(s.keeps, 2); /* those with duty, and those without */
  for (uint64_t i = 0; i < 6; i++) {
    ofr_diagnostics d = {.arena = given.arena};
    ofr_run_options options = given_options();
    ofr_result *alone;
    options.with_bands = false;
    const ofr_plan *point = ofr_plan_point(given.plan, i, given.arena, &d);
    assert_int_equal(ofr_simulate_for_stakeholders(point, &options, given.arena, &alone, NULL), OFFRAMP_OK);
    assert_string_equal(alone->results_digest, s.digest[i]);
    for (uint64_t j = 0; j < i; j++) assert_string_not_equal(s.digest[i], s.digest[j]);
  }
  given_free(&given);
}

static void points_are_the_same_however_many_are_simulated_together(void **state) {
  (void)state;
  given_plan given = swept("[0.2, 0.3, 0.4, 0.5, 0.6, 0.7]");
  shelf all = {.kept = 0};
  ofr_sweep_tally tally;
  assert_int_equal(evaluate(&given, &all, &tally, NULL), OFFRAMP_OK);
  assert_int_equal(all.keeps, 1);
  int before = 12;
  for (uint64_t room = 1; room <= 27; room *= 3) {
    shelf s = {.kept = 0};
    ofr_run_options options = given_options();
    options.max_memory = room * 60000; /* a point takes most of it, and a second wave as much again */
    options.batch = 33;
    options.threads = (int)(room % 3) + 1;
    assert_int_equal(evaluate_with(&given, options, &s, &tally, NULL), OFFRAMP_OK);
    assert_int_equal(tally.evaluated, 12);
    assert_true(room == 1 ? s.keeps == 12 : s.keeps <= before);
    before = s.keeps;
    assert_memory_equal(s.digest, all.digest, sizeof s.digest);
  }
  assert_true(before < 4);
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
  assert_int_equal(s.kept, 2);
  assert_true(*s.digest[1] && *s.digest[3]);
  given_free(&given);
}

static void what_others_have_begun_comes_last_unless_they_end_it(void **state) {
  (void)state;
  given_plan given = swept("[0.4, 0.5, 0.6]");
  for (int end = 0; end < 2; end++) {
    shelf s = {.begun = {true, false, false, true}, .others_end = end};
    ofr_sweep_tally tally;
    assert_int_equal(evaluate(&given, &s, &tally, NULL), OFFRAMP_OK);
    assert_int_equal(tally.found, end ? 2 : 0);
    assert_int_equal(tally.evaluated, end ? 4 : 6);
    for (int i = 0; i < 6; i++) assert_int_equal(s.keep[i], i % 3 ? 1 : end ? 0 : 2);
  }
  given_free(&given);
}

static void a_sink_that_fails_ends_the_sweep(void **state) {
  (void)state;
  given_plan given = swept("[1, 0.5]");
  shelf s = {.fail_at = 2};
  ofr_sweep_tally tally;
  offramp_error error = {0};
  assert_int_equal(evaluate(&given, &s, &tally, &error), OFFRAMP_ERR_FILE);
  assert_string_equal(error.message, "it is full: make room");
  assert_int_equal(tally.evaluated, 2);
  given_free(&given);
}

/* What was kept when it came, and no more than what was under way. */
static void an_interrupt_ends_it_between_points_or_within_one(void **state) {
  (void)state;
  given_plan given = swept("[0.2, 0.3, 0.4, 0.5, 0.6, 0.7]");
  shelf s = {.stop_half_way = true};
  ofr_sweep_tally tally;
  ofr_run_options options = given_options();
  options.max_memory = 60000; /* one point at a time */
  assert_int_equal(evaluate_with(&given, options, &s, &tally, NULL), OFFRAMP_INTERRUPTED);
  assert_in_range(tally.evaluated, 5, 6);
  assert_int_equal(s.kept, tally.evaluated);
  s.stop_half_way = false;
  s.stop = 0;
  assert_int_equal(evaluate_with(&given, options, &s, &tally, NULL), OFFRAMP_OK);
  assert_int_equal(tally.found, 12 - tally.evaluated);
  assert_int_equal(s.kept, 12);
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
                                     cmocka_unit_test(points_are_the_same_however_many_are_simulated_together),
                                     cmocka_unit_test(what_the_sink_has_is_passed_over),
                                     cmocka_unit_test(what_others_have_begun_comes_last_unless_they_end_it),
                                     cmocka_unit_test(a_sink_that_fails_ends_the_sweep),
                                     cmocka_unit_test(an_interrupt_ends_it_between_points_or_within_one),
                                     cmocka_unit_test(a_point_that_is_no_plan_is_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
