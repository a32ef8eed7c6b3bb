/* Paths from a history: each month's change is the one that Philox draws, blocks are what they were, and every mean is the curve. */
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
#include "backend/backend.h"
#include "stage/given_plan.h"

enum { DATES = 41, CHANGES = DATES - 1, BLOCK = 7, MONTHS = 60, SERIES = 3 };
static double history[DATES][SERIES]; /* demand of w, price and capacity of k */

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "history-%ld.csv", (long)getpid());
  return name;
}

static int set_up(void **state) {
  FILE *out = fopen(file_name(), "wb");
  (void)state;
  if (!out) return -1;
  fputs("month,w,k.price,k.capacity\n", out);
  for (int i = 0; i < DATES; i++) {
    history[i][0] = 100 * exp(0.02 * i + 0.2 * sin(1.7 * i));
    history[i][1] = 3 * exp(-0.01 * i + 0.1 * sin(2.9 * i + 1));
    history[i][2] = 50 * exp(0.03 * sin(0.9 * i));
    fprintf(out, "%d-%02d,%.17g,%.17g,%.17g\n", 2020 + i / 12, i % 12 + 1, history[i][0], history[i][1], history[i][2]);
  }
  return fclose(out);
}

static int tear_down(void **state) {
  (void)state;
  return remove(file_name());
}

/* Flat curves: what moves is the history alone. */
static given_plan drawn(int paths) {
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 60}, "simulation": {"paths": %d, "seed": 42, "band_paths": 1},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
    "factors": [{"name": "f", "volatility": 0.9}],
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 900, "factors": {"f": 1}}],
    "history": {"file": "%s", "block": 7}}), paths, file_name());
}

static uint32_t philox(uint64_t path, uint32_t month) {
  const uint32_t question[6] = {(uint32_t)path, (uint32_t)(path >> 32), month, 0x4000, 42, 0};
  uint32_t answer[4];
  ofr_path_baseline.probe(PROBE_PHILOX, question, answer, 1);
  return answer[0];
}

static double change(int source, int series) { return log(history[source + 1][series] / history[source][series]); }

/* The mean over all beginnings of what so many months make of 1. */
static double mean_of(int length, int series) {
  double sum = 0;
  for (int from = 0; from < CHANGES; from++) {
    double walk = 0;
    for (int i = 0; i < length; i++) walk += change((from + i) % CHANGES, series);
    sum += exp(walk) / CHANGES;
  }
  return sum;
}

static void each_month_follows_the_block_that_was_drawn(void **state) {
  (void)state;
  given_plan given = drawn(1);
  for (uint64_t path = 0; path < 20; path++) {
    const ofr_trace *x;
    offramp_error error = {0};
    double walk[SERIES] = {0};
    int source = 0;
    assert_int_equal(ofr_trace_path(given.plan, path * 1000003, given.arena, &x, &error), OFFRAMP_OK);
    for (int t = 0; t < MONTHS; t++) {
      if (t > 0) source = (t - 1) % BLOCK == 0 ? (int)((uint64_t)philox(path * 1000003, (uint32_t)t) * CHANGES >> 32) : (source + 1) % CHANGES;
      double expected[SERIES];
      for (int k = 0; k < SERIES; k++) {
        if (t > 0) walk[k] += change(source, k);
        expected[k] = exp(walk[k]) / (pow(mean_of(BLOCK, k), t / BLOCK) * mean_of(t % BLOCK, k));
      }
      const ofr_trace_month *m = &x->months[t];
      assert_true(fabs((double)m->demand[0] * x->work_unit - 1000 * expected[0]) < x->accelerator_quantum + 0.01 * expected[0]);
      assert_true(fabs(m->price[0] / (2 * expected[1]) - 1) < 1e-5);
      assert_true(fabs((double)m->capacity[0] * x->accelerator_quantum - 900 * expected[2]) < x->accelerator_quantum + 0.01 * expected[2]);
    }
  }
  given_free(&given);
}

static void every_mean_is_the_curve(void **state) {
  (void)state;
  given_plan given = drawn(60000);
  const ofr_result *r = given_run(&given, NULL);
  for (int t = 0; t < MONTHS; t++) {
    double mean = (double)r->strategies[0].bands[0].sum[t] * r->strategies[0].bands[0].scale / 60000;
    assert_string_equal(r->strategies[0].bands[0].name, "demand");
    if (fabs(mean / 1000 - 1) > 0.02) fail_msg("month %d: mean demand %.1f", t, mean);
  }
  assert_int_equal(r->clamped_path_months, 0);
  given_free(&given);
}

static void every_instruction_set_gives_the_same_bits(void **state) {
  (void)state;
  given_plan given = drawn(1000);
  char digest[65];
  memcpy(digest, given_run(&given, NULL)->results_digest, sizeof digest);
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
    ofr_run_options options = given_options();
    options.isa = (*v)->name;
    options.batch = 77;
    assert_string_equal(given_run(&given, &options)->results_digest, digest);
  }
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_month_follows_the_block_that_was_drawn),
      cmocka_unit_test(every_mean_is_the_curve),
      cmocka_unit_test(every_instruction_set_gives_the_same_bits),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
