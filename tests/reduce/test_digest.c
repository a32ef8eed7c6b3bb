/* The digest of results: every integer matters, no double does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/digest.h"

enum { MONTHS = 3, METRICS = 2, BANDS = 2, STRATEGIES = 2 };

/* A result with all that it points to in one place, so that any part of it can be changed. */
typedef struct world {
  ofr_plan plan;
  ofr_strategy plan_strategies[STRATEGIES];
  ofr_metric metrics[METRICS];
  ofr_distribution distributions[STRATEGIES][METRICS];
  ofr_band bands[STRATEGIES][BANDS];
  int64_t quantiles[STRATEGIES][BANDS][OFR_BAND_QUANTILES][MONTHS];
  ofr_i128 sums[STRATEGIES][BANDS][MONTHS], counts[STRATEGIES][MONTHS];
  ofr_strategy_result strategies[STRATEGIES];
  ofr_comparison comparison;
  ofr_result result;
  char digest[65];
} world;

static void number_strategy(world *w, int s) {
  for (int m = 0; m < METRICS; m++) {
    ofr_distribution *d = &w->distributions[s][m];
    *d = (ofr_distribution){.count = 1, .missing = 2, .positive = 3, .sum = -4, .square_sum = {5, 6, 7}, .min = -8, .max = 9};
    for (int i = 0; i < OFR_QUANTILES; i++) d->quantile[i] = 100 * s + 20 * m + i;
    d->tail_sum[0] = -10, d->tail_sum[1] = 11;
  }
  for (int month = 0; month < MONTHS; month++) {
    w->counts[s][month] = 12 + month;
    for (int b = 0; b < BANDS; b++) {
      w->sums[s][b][month] = -13 - month;
      for (int i = 0; i < OFR_BAND_QUANTILES; i++) w->quantiles[s][b][i][month] = 1000 * s + 100 * b + 10 * i + month;
    }
  }
}

static void link_strategy(world *w, int s) {
  w->plan_strategies[s].name = s ? "two" : "one";
  for (int b = 0; b < BANDS; b++) {
    ofr_band *band = &w->bands[s][b];
    *band = (ofr_band){.name = b ? "cash" : "demand", .provider = b - 1, .sum = w->sums[s][b], .sum_shift = 3};
    for (int i = 0; i < OFR_BAND_QUANTILES; i++) band->quantile[i] = w->quantiles[s][b][i];
    if (b == 1) band->count = w->counts[s];
  }
  w->strategies[s] = (ofr_strategy_result){.metrics = w->distributions[s], .bands = w->bands[s]};
  w->strategies[s].clamped_path_months = 14;
}

static void make_world(world *w) {
  memset(w, 0, sizeof *w);
  w->plan = (ofr_plan){.months = MONTHS, .strategies = w->plan_strategies};
  w->metrics[0] = (ofr_metric){.name = "served", .unit = OFR_UNIT_RATIO, .low_is_worse = true, .scale = 1e-9};
  w->metrics[1] = (ofr_metric){.group = OFR_GROUP_PROVIDER, .subject = 2, .name = "revenue", .scale = 1e-6};
  for (int s = 0; s < STRATEGIES; s++) number_strategy(w, s), link_strategy(w, s);
  w->comparison = (ofr_comparison){.a = 0, .b = 1, .count = 15, .a_wins = 16, .b_wins = 17, .sum = -18};
  w->comparison.square_sum[0] = 19, w->comparison.cash_sum = -20, w->comparison.unmet_sum = 21;
  w->result = (ofr_result){.plan = &w->plan, .paths = 22, .weight = 22, .seed = 23, .band_paths = 24, .clamped_path_months = 25};
  w->result.metric_count = METRICS, w->result.metrics = w->metrics, w->result.band_count = BANDS;
  w->result.strategy_count = STRATEGIES, w->result.strategies = w->strategies;
  w->result.comparison_count = 1, w->result.comparisons = &w->comparison;
  ofr_result_digest(&w->result, w->digest);
}

static bool changed(const world *w) {
  char digest[65];
  ofr_result_digest(&w->result, digest);
  return strcmp(digest, w->digest) != 0;
}

/* Changes each byte of [at, at + size) in turn. */
static void assert_every_byte_matters(world *w, void *at, size_t size) {
  unsigned char *bytes = at;
  for (size_t i = 0; i < size; i++) {
    bytes[i] ^= 1;
    assert_true(changed(w));
    bytes[i] ^= 1;
    assert_false(changed(w));
  }
}

static void every_integer_of_a_distribution_matters(void **state) {
  (void)state;
  world w;
  make_world(&w);
  for (int s = 0; s < STRATEGIES; s++)
    for (int m = 0; m < METRICS; m++) {
      ofr_distribution *d = &w.distributions[s][m];
      assert_every_byte_matters(&w, &d->count, sizeof d->count);
      assert_every_byte_matters(&w, &d->missing, sizeof d->missing);
      assert_every_byte_matters(&w, &d->positive, sizeof d->positive);
      assert_every_byte_matters(&w, &d->sum, sizeof d->sum);
      assert_every_byte_matters(&w, d->square_sum, sizeof d->square_sum);
      assert_every_byte_matters(&w, &d->min, sizeof d->min);
      assert_every_byte_matters(&w, &d->max, sizeof d->max);
      assert_every_byte_matters(&w, d->quantile, sizeof d->quantile);
      assert_every_byte_matters(&w, d->tail_sum, sizeof d->tail_sum);
    }
}

static void every_integer_of_a_band_matters(void **state) {
  (void)state;
  world w;
  make_world(&w);
  assert_every_byte_matters(&w, w.quantiles, sizeof w.quantiles);
  assert_every_byte_matters(&w, w.sums, sizeof w.sums);
  assert_every_byte_matters(&w, w.counts, sizeof w.counts);
  for (int s = 0; s < STRATEGIES; s++)
    for (int b = 0; b < BANDS; b++) {
      assert_every_byte_matters(&w, &w.bands[s][b].provider, sizeof(int));
      assert_every_byte_matters(&w, &w.bands[s][b].sum_shift, sizeof(int));
    }
}

static void every_count_of_an_exit_matters(void **state) {
  ofr_contract contracts[] = {{.type = OFR_EXIT}, {.type = OFR_COMMITMENT}, {.type = OFR_EXIT}};
  uint64_t taken[STRATEGIES][2 * MONTHS] = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}};
  (void)state;
  world w;
  make_world(&w);
  w.plan.contract_count = 3;
  w.plan.contracts = contracts;
  assert_false(changed(&w)); /* nobody counted */
  for (int s = 0; s < STRATEGIES; s++) w.strategies[s].taken = taken[s];
  assert_true(changed(&w));
  ofr_result_digest(&w.result, w.digest);
  assert_every_byte_matters(&w, taken, sizeof taken);
}

static void every_integer_of_a_comparison_matters(void **state) {
  (void)state;
  world w;
  make_world(&w);
  ofr_comparison *c = &w.comparison;
  assert_every_byte_matters(&w, &c->a, sizeof c->a);
  assert_every_byte_matters(&w, &c->b, sizeof c->b);
  assert_every_byte_matters(&w, &c->count, sizeof c->count);
  assert_every_byte_matters(&w, &c->a_wins, sizeof c->a_wins);
  assert_every_byte_matters(&w, &c->b_wins, sizeof c->b_wins);
  assert_every_byte_matters(&w, &c->sum, sizeof c->sum);
  assert_every_byte_matters(&w, c->square_sum, sizeof c->square_sum);
  assert_every_byte_matters(&w, &c->cash_sum, sizeof c->cash_sum);
  assert_every_byte_matters(&w, &c->unmet_sum, sizeof c->unmet_sum);
}

static void every_integer_of_the_run_matters(void **state) {
  (void)state;
  world w;
  make_world(&w);
  assert_every_byte_matters(&w, &w.result.paths, sizeof w.result.paths);
  assert_every_byte_matters(&w, &w.result.seed, sizeof w.result.seed);
  assert_every_byte_matters(&w, &w.result.band_paths, sizeof w.result.band_paths);
  assert_every_byte_matters(&w, &w.result.clamped_path_months, sizeof w.result.clamped_path_months);
  assert_every_byte_matters(&w, &w.strategies[0].clamped_path_months, sizeof(uint64_t));
  assert_every_byte_matters(&w, &w.strategies[1].clamped_path_months, sizeof(uint64_t));
}

static void names_and_meanings_matter(void **state) {
  (void)state;
  world w;
  make_world(&w);
  const char **names[] = {&w.metrics[0].name, &w.bands[1][0].name, &w.plan_strategies[1].name};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const char *before = *names[i];
    *names[i] = "another";
    assert_true(changed(&w));
    *names[i] = before;
    assert_false(changed(&w));
  }
  assert_every_byte_matters(&w, &w.metrics[1].subject, sizeof(int));
  assert_every_byte_matters(&w, &w.metrics[1].group, 1);
  assert_every_byte_matters(&w, &w.metrics[1].unit, 1);
  w.metrics[1].low_is_worse = true;
  assert_true(changed(&w));
}

static void doubles_and_the_engine_do_not_matter(void **state) {
  (void)state;
  world w;
  make_world(&w);
  ofr_distribution *d = &w.distributions[1][0];
  d->mean = d->se = d->sd = d->cvar95 = d->cvar99 = 1;
  w.comparison.mean = w.comparison.se = w.comparison.win_share = w.comparison.break_even = 1;
  w.metrics[0].scale = w.bands[0][0].scale = w.bands[0][0].year_scale = w.result.money_quantum = w.result.accelerator_quantum =
      1;
  w.result.engine = (ofr_engine_facts){.backend = "cuda", .threads = 9, .seconds = 1, .checked_paths = 3};
  assert_false(changed(&w));
}

/* Computed from digest.h's description by a program of a few lines that shares nothing with digest.c. If this fails, the
 * order has changed, and no digest can be compared with an older one: say so in the change log. */
static void the_order_is_the_documented_one(void **state) {
  (void)state;
  world w;
  make_world(&w);
  assert_string_equal(w.digest, "2fb86d3f6c7fd1fdc3e5e11a3f47c2bdcae03a4a74dc629be7568e1fe4e2bd4b");
}

static void every_integer_about_stakeholders_matters(void **state) {
  (void)state;
  world w;
  make_world(&w);
  ofr_absorption a = {.contract = 1, .amount = 2, .absorbed = w.distributions[0][0], .missing = w.distributions[0][1],
                      .first_behind = w.distributions[1][0], .last_behind = w.distributions[1][1]};
  ofr_difference differences[STRATEGIES] = {{.metric = 1, .values = w.distributions[0][0], .negative = 5},
                                            {.metric = 0, .values = w.distributions[1][0], .negative = 6}};
  ofr_stakeholder_result x = {1, &a, 1, differences};
  w.result.stakeholders = &x;
  assert_true(changed(&w)); /* that there are any */
  ofr_result_digest(&w.result, w.digest);
  assert_every_byte_matters(&w, &a.contract, sizeof a.contract);
  assert_every_byte_matters(&w, &a.amount, sizeof a.amount);
  assert_every_byte_matters(&w, &a.absorbed.sum, sizeof a.absorbed.sum);
  assert_every_byte_matters(&w, &a.missing.positive, sizeof a.missing.positive);
  assert_every_byte_matters(&w, &a.first_behind.count, sizeof a.first_behind.count);
  assert_every_byte_matters(&w, a.last_behind.quantile, sizeof a.last_behind.quantile);
  assert_every_byte_matters(&w, &w.strategies[1].majority, sizeof w.strategies[1].majority);
  assert_every_byte_matters(&w, &differences[0].values.min, sizeof(int64_t));
  assert_every_byte_matters(&w, &differences[1].negative, sizeof(uint64_t));
}

static void every_integer_of_a_valuation_matters(void **state) {
  (void)state;
  world w;
  make_world(&w);
  ofr_contract contract = {.name = "floor"};
  w.plan.contracts = &contract;
  ofr_difference difference = {.metric = 1, .values = w.distributions[0][0], .negative = 5};
  ofr_clause clause = {1, 0, w.distributions[0], w.distributions[1], &difference};
  ofr_valuation v = {.plan = &w.plan, .paths = 22, .seed = 23, .metric_count = METRICS, .metrics = w.metrics,
                     .difference_count = 1, .clause_count = 1, .clauses = &clause, .clamped_path_months = 3};
  void *const parts[] = {&v.paths, &v.seed, &v.clamped_path_months, &w.distributions[0][1].sum, &w.distributions[1][0].count,
                         &difference.values.min, &difference.values.tail_sum[1], &difference.negative};
  char before[65], after[65];
  ofr_valuation_digest(&v, before);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    *(unsigned char *)parts[i] ^= 1;
    ofr_valuation_digest(&v, after);
    assert_string_not_equal(before, after);
    *(unsigned char *)parts[i] ^= 1;
  }
  contract.name = "roof";
  ofr_valuation_digest(&v, after);
  assert_string_not_equal(before, after);
  contract.name = "floor";
  v.launches = 3, v.variant_count = 9, v.engine.seconds = 2;
  ofr_valuation_digest(&v, after);
  assert_string_equal(before, after); /* how it was computed does not */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_integer_of_a_distribution_matters),
      cmocka_unit_test(every_integer_of_a_band_matters),
      cmocka_unit_test(every_count_of_an_exit_matters),
      cmocka_unit_test(every_integer_of_a_comparison_matters),
      cmocka_unit_test(every_integer_of_the_run_matters),
      cmocka_unit_test(names_and_meanings_matter),
      cmocka_unit_test(doubles_and_the_engine_do_not_matter),
      cmocka_unit_test(every_integer_about_stakeholders_matters),
      cmocka_unit_test(every_integer_of_a_valuation_matters),
      cmocka_unit_test(the_order_is_the_documented_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
