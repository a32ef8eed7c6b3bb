/* How often an exit is taken, in which month, for which fee: by hand, in closed form, and against `explain`, path by path. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../naive/random_plan.h"
#include "backend/backend.h"
#include "given_plan.h"
#include "reduce/exit_months.h"

static const ofr_distribution *month_of(const ofr_result *r, int strategy, int exit) {
  return given_metric(r, strategy, OFR_GROUP_EXIT, exit, "month");
}

static const ofr_distribution *fee_of(const ofr_result *r, int strategy, int exit) {
  return given_metric(r, strategy, OFR_GROUP_EXIT, exit, "fee");
}

/* ---- by hand ---- */

/* Four months, 100 accelerators at $1: 73,000 a month. A promise of 100,000 in the first two months, 500,000 in the last two. */
#define SURE_HEAD                                                                                                              \
  JSON("horizon": {"start": "2026-01", "months": 4}, "simulation": {"paths": 100}, "reference_accelerator": "a",               \
       "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],                                                          \
       "workloads": [{"name": "w", "demand": 100, "unmet_cost": 20, "speed": {"a": 1}}],                                       \
       "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 1, "capacity": 1000}])
#define SURE_FLOOR                                                                                                             \
  JSON({"name": "floor", "type": "commitment", "provider": "p",                                                                \
        "windows": [{"from": "2026-01", "to": "2026-02", "amount": 100000},                                                    \
                    {"from": "2026-03", "to": "2026-04", "amount": 500000}]})

/* The exits, in units of plan order after the floor, under the only strategy: taken in `month` for `fee`; -1: never. */
static void expect(const ofr_result *r, int exit, int month, double fee) {
  const ofr_distribution *m = month_of(r, 0, exit), *f = fee_of(r, 0, exit);
  const uint64_t *counts = ofr_exit_months(r, 0, exit);
  uint64_t paths = month < 0 ? 0 : r->paths;
  assert_true(m->count == paths && m->missing == r->paths - paths && f->count == paths && f->missing == r->paths - paths);
  for (int t = 0; t < r->plan->months; t++) assert_true(counts[t] == (t == month ? r->paths : 0));
  if (month < 0) return;
  assert_true(m->min == month && m->max == month && m->mean == month && m->quantile[4] == month);
  if (!(fabs(f->mean - fee) < 1e-5)) fail_msg("the fee is %.9g, not %.9g", f->mean, fee);
  assert_true(f->min == f->max);
}

static void one_that_is_always_taken_is_taken_once_for_what_is_left(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": ["2026-01", "2026-02", "2026-03"], "fee": 0.125}) "]}");
  expect(given_run(&given, NULL), 1, 0, 0.125 * (100000 - 73000 + 500000));
  given_free(&given);
}

static void the_first_month_that_is_behind_is_the_month(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": ["2026-01", "2026-02", "2026-03", "2026-04"], "fee": 0.5,
       "below": 0.9}) "]}");
  /* 73,000 of 50,000, 146,000 of 100,000, then 73,000 of 250,000 */
  expect(given_run(&given, NULL), 1, 2, 0.5 * (500000 - 73000));
  given_free(&given);
}

static void one_that_never_pays_is_never_taken(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": ["2026-01", "2026-03"], "fee": 0.5, "below": 0.2},
      {"name": "other", "type": "exit", "contract": "floor", "at": "2026-04", "below": 0}) "]}");
  const ofr_result *r = given_run(&given, NULL);
  expect(r, 1, -1, 0);
  expect(r, 2, -1, 0);
  given_free(&given);
}

static void of_two_in_one_month_the_first_is_taken(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" JSON(
      {"name": "dear", "type": "exit", "contract": "floor", "at": "2026-04", "fee": 1}) ", " SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": "2026-02", "fee": 0.25},
      {"name": "again", "type": "exit", "contract": "floor", "at": ["2026-02", "2026-03"], "fee": 0.01}) "]}");
  const ofr_result *r = given_run(&given, NULL);
  expect(r, 2, 1, 0.25 * 500000);
  expect(r, 3, -1, 0);
  expect(r, 0, -1, 0); /* it is too late */
  given_free(&given);
}

static void a_suspended_exit_waits_for_its_next_month(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": ["2026-01", "2026-03"], "fee": 0.5}) "], " JSON("events": [
      {"name": "dispute", "at": "2026-01", "duration": 2, "effects": [{"contracts": "ramp", "suspend": true}]}]) "}");
  expect(given_run(&given, NULL), 1, 2, 0.5 * (500000 - 73000));
  given_free(&given);
}

static void a_reservation_costs_a_share_of_what_is_left_of_it(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" JSON(
      {"name": "block", "type": "reservation", "pool": "k", "accelerators": 150, "price": 0.5, "upfront": 0.25},
      {"name": "ramp", "type": "exit", "contract": "block", "at": ["2026-01", "2026-02"], "fee": 0.375, "below": 0.7}) "]}");
  expect(given_run(&given, NULL), 1, 0, 0.375 * 3 * 150 * 0.5 * 730 * 0.75);
  given_free(&given);
}

static void who_does_not_sign_it_takes_none(void **state) {
  (void)state;
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": "2026-01"}) "], " JSON("strategies": [
      {"name": "bound", "contracts": ["floor"]}, {"name": "free", "contracts": ["floor", "ramp"]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  assert_true(month_of(r, 0, 1)->count == 0 && month_of(r, 1, 1)->count == r->paths && fee_of(r, 1, 1)->max == 0);
  given_free(&given);
}

/* ---- in closed form ---- */

static double normal(double x) { return 0.5 * erfc(-x * sqrt(0.5)); }

#define SIGMA 0.3
/* Of a lognormal S with mean F: the probability of S < K, and the mean of S where it is. */
static double below(double mean, double strike) { return normal(log(strike / mean) / SIGMA + SIGMA / 2); }
static double mean_below(double mean, double strike) {
  return mean * normal(log(strike / mean) / SIGMA - SIGMA / 2) / below(mean, strike);
}

/* Within four standard errors of a share of so many paths, or of a mean. */
static void assert_share(uint64_t count, uint64_t paths, double expected) {
  double found = (double)count / (double)paths, error = sqrt(expected * (1 - expected) / (double)paths);
  if (!(fabs(found - expected) < 4 * error)) fail_msg("taken in %.6f, not in %.6f of futures", found, expected);
}

static void assert_mean(const ofr_distribution *d, double expected) {
  if (!(d->se > 0 && fabs(d->mean - expected) < 4 * d->se)) fail_msg("the fee is %.9g, not %.9g", d->mean, expected);
}

/* In the second month spend is lognormal with a mean of $200 million, its sigma 0.3; there is none in the others. */
static void under_lognormal_spend_an_exit_is_taken_as_often_as_spend_is_low(void **state) {
  (void)state;
  given_plan given = given_text("{" JSON(
      "horizon": {"start": "2026-01", "months": 3}, "simulation": {"paths": 400000, "band_paths": 1},
      "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
      "factors": [{"name": "need", "volatility": 1.0392304845413265}],
      "workloads": [{"name": "w", "unmet_cost": 20, "speed": {"a": 1}, "factors": {"need": 1},
                     "demand": {"points": [["2026-01", 0], ["2026-02", 100000], ["2026-03", 0]], "interpolate": "step"}}],
      "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2.7397260273972601, "capacity": 1e9}],
      "contracts": [
        {"name": "low", "type": "commitment", "provider": "p", "windows": [{"from": "2026-02", "to": "2026-02", "amount": 180e6}]},
        {"name": "high", "type": "commitment", "provider": "p", "windows": [{"from": "2026-02", "to": "2026-03", "amount": 440e6}]},
        {"name": "block", "type": "reservation", "pool": "k", "from": "2026-02", "accelerators": 120000, "price": 1},
        {"name": "from low", "type": "exit", "contract": "low", "at": "2026-02", "fee": 0.25, "below": 1},
        {"name": "from high", "type": "exit", "contract": "high", "at": "2026-02", "fee": 0.5, "below": 0.7},
        {"name": "from block", "type": "exit", "contract": "block", "at": "2026-02", "fee": 0.1, "below": 0.75}],
      "strategies": [{"name": "low", "contracts": ["low", "from low"]}, {"name": "high", "contracts": ["high", "from high"]},
                     {"name": "block", "contracts": ["block", "from block"]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  const double strikes[] = {180, 0.7 * 220, 0.75 * 240}; /* 120,000 accelerators in use would be worth $240 million */
  for (int s = 0; s < 3; s++) {
    const ofr_distribution *month = month_of(r, s, 3 + s);
    assert_share(month->count, r->paths, below(200, strikes[s]));
    assert_true(month->min == 1 && month->max == 1 && ofr_exit_months(r, s, 3 + s)[1] == month->count);
  }
  assert_mean(fee_of(r, 0, 3), 0.25e6 * (180 - mean_below(200, 180)));
  assert_mean(fee_of(r, 1, 4), 0.5e6 * (440 - mean_below(200, 0.7 * 220)));
  assert_true(fabs(fee_of(r, 2, 5)->mean - 0.1 * 120000 * 730) < 1 && fee_of(r, 2, 5)->sd == 0);
  given_free(&given);
}

/* ---- path by path ---- */

enum { FEW = 48 };

static int exit_number(const ofr_plan *plan, int contract) {
  int n = 0;
  for (int c = 0; c < contract; c++) n += plan->contracts[c].type == OFR_EXIT;
  return n;
}

/* What `explain` tells of an exit: the month and the fee, or that there is none. */
static void find_taken(const ofr_trace *trace, int strategy, int exit, int64_t found[EXIT_COLUMNS]) {
  found[0] = found[1] = OFR_MISSING;
  for (int t = 0; t < trace->plan->months; t++) {
    const ofr_trace_strategy *s = &trace->months[t].strategies[strategy];
    if (!s->contracts[exit].taken) continue;
    assert_true(found[0] == OFR_MISSING); /* not twice */
    assert_true(s->contracts[trace->plan->contracts[exit].target].ended && s->exit >= s->contracts[exit].fee);
    found[0] = t, found[1] = s->contracts[exit].fee;
  }
}

/* Of every exit and strategy; returns how many are taken. */
static int compare_with_explain(given_plan *given, uint32_t first) {
  const ofr_image *im = given->staged.image;
  int64_t *columns = given_columns(given, first, FEW);
  int taken = 0;
  for (uint32_t p = 0; p < FEW; p++) {
    const ofr_trace *trace;
    assert_int_equal(ofr_trace_path(given->plan, first + p, given->arena, &trace, NULL), OFFRAMP_OK);
    for (int s = 0; s < given->plan->strategy_count; s++)
      for (int c = 0; c < given->plan->contract_count; c++) {
        int64_t found[EXIT_COLUMNS];
        if (given->plan->contracts[c].type != OFR_EXIT) continue;
        int column = TAKEN_COLUMNS(im) + EXIT_COLUMNS * exit_number(given->plan, c);
        find_taken(trace, s, c, found);
        for (int i = 0; i < EXIT_COLUMNS; i++) {
          int64_t value = columns[(size_t)(s * given->staged.columns + column + i) * FEW + p];
          if (value != found[i])
            fail_msg("path %u, strategy %d, exit %d: %lld, explain says %lld", first + p, s, c, (long long)value,
                     (long long)found[i]);
        }
        taken += found[0] != OFR_MISSING;
      }
  }
  free(columns);
  return taken;
}

static void explain_tells_the_same_of_every_path(void **state) {
  static const char *const files[] = {"examples/openai-azure.json", "tests/plans/clauses.json"};
  (void)state;
  for (int i = 0; i < 2; i++) {
    given_plan given = given_file(files[i], 100, 1);
    assert_true(compare_with_explain(&given, 0) > FEW / 4);
    assert_true(compare_with_explain(&given, 1000 * (uint32_t)FEW) > FEW / 4);
    given_free(&given);
  }
}

static void explain_tells_the_same_of_random_plans(void **state) {
  (void)state;
  int taken = 0, plans = 0;
  for (uint64_t seed = 1; seed <= 1000; seed++) {
    cJSON *json = random_plan(seed, seed % 50 == 0, RANDOM_EVERY_CLAUSE);
    char *text = cJSON_PrintUnformatted(json);
    given_plan given = given_text("%s", text);
    cJSON_free(text);
    cJSON_Delete(json);
    plans += given.staged.image->exits > 0;
    if (given.staged.image->exits > 0) taken += compare_with_explain(&given, 0);
    given_free(&given);
  }
  print_message("%d plans have exits, %d were taken\n", plans, taken);
  assert_true(plans > 20 && taken > 500);
}

/* ---- a result of many paths ---- */

static void assert_the_same(const ofr_result *a, const ofr_result *b) {
  assert_string_equal(a->results_digest, b->results_digest);
  for (int s = 0; s < a->strategy_count; s++)
    assert_memory_equal(a->strategies[s].taken, b->strategies[s].taken,
                        (size_t)(ofr_exit_count(a->plan) * a->plan->months) * sizeof(uint64_t));
}

/* In pieces, replayed beyond memory, by one worker or several. */
static void months_are_counted_once_however_paths_are_cut(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/clauses.json", 1000, 1);
  const ofr_result *whole = given_run(&given, NULL);
  ofr_run_options options = given_options();
  options.batch = 64;
  options.threads = 1;
  assert_the_same(whole, given_run(&given, &options));
  options.threads = 3;
  options.with_bands = false;
  const ofr_result *cut = given_run(&given, &options);
  options.max_memory = (uint64_t)(given.plan->strategy_count * given.staged.columns * 100) * sizeof(int64_t);
  assert_the_same(cut, given_run(&given, &options));
  for (int s = 0; s < whole->strategy_count; s++)
    for (int c = 0; c < given.plan->contract_count; c++) {
      if (given.plan->contracts[c].type != OFR_EXIT) continue;
      uint64_t sum = 0;
      for (int t = 0; t < given.plan->months; t++) sum += ofr_exit_months(whole, s, c)[t];
      assert_true(sum == month_of(whole, s, c)->count && sum == fee_of(whole, s, c)->count);
      assert_true(sum + month_of(whole, s, c)->missing == whole->paths);
    }
  assert_true(month_of(whole, 0, 8)->count > 0 && month_of(whole, 0, 8)->missing > 0);
  given_free(&given);
}

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "exits-%ld.csv", (long)getpid());
  return name;
}

/* Three futures that weigh 1, 2 and 5: the first leaves at once, the second later, the third never. */
static void futures_count_as_much_as_they_weigh(void **state) {
  static const int demand[3][4] = {{10, 10, 10, 10}, {100, 100, 10, 10}, {400, 400, 400, 400}}, weight[3] = {1, 2, 5};
  (void)state;
  FILE *out = fopen(file_name(), "wb");
  assert_non_null(out);
  fputs("path,month,name,value,weight\n", out);
  for (int p = 0; p < 3; p++)
    for (int t = 0; t < 4; t++) fprintf(out, "%d,2026-0%d,w,%d,%d\n", p, t + 1, demand[p][t], weight[p]);
  assert_int_equal(fclose(out), 0);
  given_plan given = given_text("{" SURE_HEAD ", \"contracts\": [" SURE_FLOOR ", " JSON(
      {"name": "ramp", "type": "exit", "contract": "floor", "at": ["2026-01", "2026-03"], "fee": 0.5, "below": 1}) "], "
      JSON("futures": {"file": "%s"}) "}", file_name());
  const ofr_result *r = given_run(&given, NULL);
  const uint64_t unit = ((uint64_t)1 << 32) / 8, *counts = ofr_exit_months(r, 0, 1);
  const double first = 0.5 * (600000 - 7300), second = 0.5 * (500000 - 7300);
  assert_true(counts[0] == unit && counts[1] == 0 && counts[2] == 2 * unit && counts[3] == 0);
  assert_true(month_of(r, 0, 1)->count == 3 * unit && month_of(r, 0, 1)->missing == 1);
  assert_true(fabs(month_of(r, 0, 1)->mean - 4.0 / 3) < 1e-12);
  assert_true(fabs(fee_of(r, 0, 1)->mean - (first + 2 * second) / 3) < 1e-5);
  given_free(&given);
  remove(file_name());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_that_is_always_taken_is_taken_once_for_what_is_left),
      cmocka_unit_test(the_first_month_that_is_behind_is_the_month),
      cmocka_unit_test(one_that_never_pays_is_never_taken),
      cmocka_unit_test(of_two_in_one_month_the_first_is_taken),
      cmocka_unit_test(a_suspended_exit_waits_for_its_next_month),
      cmocka_unit_test(a_reservation_costs_a_share_of_what_is_left_of_it),
      cmocka_unit_test(who_does_not_sign_it_takes_none),
      cmocka_unit_test(under_lognormal_spend_an_exit_is_taken_as_often_as_spend_is_low),
      cmocka_unit_test(explain_tells_the_same_of_every_path),
      cmocka_unit_test(explain_tells_the_same_of_random_plans),
      cmocka_unit_test(months_are_counted_once_however_paths_are_cut),
      cmocka_unit_test(futures_count_as_much_as_they_weigh),
  };
  return cmocka_run_group_tests_name("exits", tests, NULL, NULL);
}
