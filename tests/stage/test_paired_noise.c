/* Two runs on the same futures, told apart by their slices: the error of the difference is that of the differences path by path,
 * which a run forgets, and its interval holds the true difference as often as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "given_plan.h"
#include "reduce/slices.h"
#include "stage/metrics.h"

enum { SEEDS = 200, PATHS = 500 /* no multiple of the slices */, MANY = 400000, STRATEGIES = 2 };

/* A pool that becomes dearer, which makes a promise easier to keep, and a block beside it the better choice more often. */
static given_plan world(const char *price, int seed, int paths) {
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 6}, "simulation": {"paths": %d, "seed": %d, "band_paths": 1}, "reference_accelerator": "a",
    "accelerators": [{"name": "a", "vendor": "v"}], "providers": [{"name": "p"}, {"name": "q"}],
    "factors": [{"name": "f", "volatility": 0.9}, {"name": "g", "volatility": 0.4}],
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": %s, "capacity": 900, "factors": {"g": 1}},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 2.2, "capacity": 300}],
    "contracts": [{"name": "c", "type": "commitment", "provider": "p", "windows": [{"from": "2026-01", "to": "2026-06", "amount": 5e6}]},
                  {"name": "b", "type": "reservation", "pool": "k", "accelerators": 600, "price": 1.9}],
    "strategies": [{"name": "s", "contracts": ["c"], "pull": "full"}, {"name": "t", "contracts": ["b"]}]}), paths, seed, price);
}

static const ofr_result *run(given_plan *given) {
  ofr_run_options options = given_options();
  options.with_bands = false;
  options.check_paths = 0;
  options.threads = 1;
  return given_run(given, &options);
}

typedef struct pair {
  given_plan before, after;
  const ofr_result *a, *b;
} pair;

static pair pair_of(int seed, int paths) {
  pair p = {.before = world("2", seed, paths), .after = world("2.1", seed, paths)};
  p.a = run(&p.before);
  p.b = run(&p.after);
  return p;
}

static void free_pair(pair *p) {
  given_free(&p->before);
  given_free(&p->after);
}

/* Of path by path differences, by definition; in the metric's unit. NAN where a path has no value. */
static double error_by_path(const int64_t *a, const int64_t *b, int paths, double scale) {
  double sum = 0, squares = 0;
  for (int i = 0; i < paths; i++) {
    if (a[i] == OFR_MISSING || b[i] == OFR_MISSING) return NAN;
    sum += (double)(b[i] - a[i]);
  }
  for (int i = 0; i < paths; i++) squares += pow((double)(b[i] - a[i]) - sum / paths, 2);
  return sqrt(squares / (paths - 1) / paths) * scale;
}

/* Variances of a slice's error have a relative error of sqrt(2 / 31); of 200 seeds their mean has 1.8 %. */
static void its_error_is_that_of_the_differences_path_by_path(void **state) {
  (void)state;
  enum { MOST = 64 };
  double ratios[MOST] = {0};
  int count[MOST] = {0}, looked = 0;
  for (int seed = 1; seed <= SEEDS; seed++) {
    pair p = pair_of(seed, PATHS);
    ofr_metric_table table;
    assert_true(ofr_metrics_of(p.before.plan, &p.before.staged, p.before.arena, &table) && STRATEGIES * table.count <= MOST);
    int64_t *a = given_columns(&p.before, 0, PATHS), *b = given_columns(&p.after, 0, PATHS);
    for (int i = 0; i < STRATEGIES * table.count; i++) {
      int s = i / table.count, m = i % table.count;
      if (table.column[m] < 0) continue;
      size_t at = (size_t)(s * p.before.staged.columns + table.column[m]) * PATHS;
      const ofr_slice_means *x = &p.a->strategies[s].slices[m], *y = &p.b->strategies[s].slices[m];
      double truth = error_by_path(a + at, b + at, PATHS, table.metrics[m].scale),
             found = ofr_slices_error(y->mean, x->mean, x->count);
      assert_int_equal(x->count, OFR_SLICES);
      if (truth == 0) assert_true(found == 0);
      if (truth > 0) ratios[i] += found * found / (truth * truth), count[i]++;
    }
    free(a);
    free(b);
    free_pair(&p);
  }
  for (int i = 0; i < MOST; i++) {
    if (count[i] < SEEDS) continue;
    looked++;
    if (fabs(ratios[i] / count[i] - 1) > 0.072) fail_msg("metric %d: mean ratio of variances %g", i, ratios[i] / count[i]);
  }
  assert_true(looked > 15);
}

static double total(const ofr_result *r, int strategy) {
  return given_metric(r, strategy, OFR_GROUP_METRIC, 0, "total_cost")->mean;
}

static void its_interval_holds_the_true_difference_as_often_as_it_says(void **state) {
  (void)state;
  pair many = pair_of(SEEDS + 1, MANY);
  double apart = 0, paired = 0;
  int held[STRATEGIES] = {0}, wins_held = 0;
  for (int seed = 1; seed <= SEEDS; seed++) {
    pair p = pair_of(seed, PATHS);
    double limit = ofr_student_limit(1.959964, OFR_SLICES - 1);
    for (int s = 0; s < STRATEGIES; s++) {
      double se = ofr_slices_error(p.b->strategies[s].slices[0].mean, p.a->strategies[s].slices[0].mean, OFR_SLICES);
      double error = total(p.b, s) - total(p.a, s) - (total(many.b, s) - total(many.a, s));
      held[s] += fabs(error) < limit * se;
      paired += se;
      apart += hypot(p.a->strategies[s].metrics[0].se, p.b->strategies[s].metrics[0].se);
    }
    const ofr_comparison *x = p.a->comparisons, *y = p.b->comparisons;
    double moved = y->win_share - x->win_share - (many.b->comparisons->win_share - many.a->comparisons->win_share);
    wins_held += fabs(moved) < limit * ofr_slices_error(y->wins[0].positive, x->wins[0].positive, OFR_SLICES);
    free_pair(&p);
  }
  free_pair(&many);
  for (int s = 0; s < STRATEGIES; s++)
    if (held[s] < 180 || held[s] > 198) fail_msg("strategy %d: %d of %d intervals of 95 %% hold the truth", s, held[s], SEEDS);
  if (wins_held < 180 || wins_held > 199) fail_msg("wins: %d of %d intervals of 95 %% hold the truth", wins_held, SEEDS);
  assert_true(paired * 10 < apart); /* it is the reason for all this */
}

/* Variances over the seeds, which know nothing of slices, beside the errors that slices tell, of the tail and of what it moves by:
 * these are somewhat large, since each of the two quantiles errs in its own way. */
static void a_tails_error_is_what_other_seeds_make_of_it(void **state) {
  (void)state;
  enum { LONGER = 4000 };
  double sum[2] = {0}, squares[2] = {0}, told[2] = {0};
  for (int seed = 1; seed <= SEEDS; seed++) {
    pair p = pair_of(seed, LONGER);
    const double *a = p.a->strategies[0].cvar95_slices, *b = p.b->strategies[0].cvar95_slices;
    double level = p.b->strategies[0].metrics[0].cvar95, seen[2] = {level, level - p.a->strategies[0].metrics[0].cvar95};
    assert_true(a && b);
    for (int k = 0; k < 2; k++) {
      sum[k] += seen[k], squares[k] += seen[k] * seen[k];
      told[k] += pow(ofr_slices_error(b, k ? a : NULL, OFR_SLICES), 2) / SEEDS;
    }
    free_pair(&p);
  }
  for (int k = 0; k < 2; k++) {
    double variance = (squares[k] - sum[k] * sum[k] / SEEDS) / (SEEDS - 1);
    if (told[k] < 0.7 * variance || told[k] > (k ? 2.2 : 1.4) * variance)
      fail_msg("%s: %g told, %g seen", k ? "moved" : "level", told[k], variance);
  }
  assert_true(told[1] * 100 < told[0]);
}

static void slices_are_the_same_whether_paths_are_kept_or_replayed(void **state) {
  (void)state;
  given_plan given = world("2", 3, 5000);
  const ofr_result *kept = run(&given);
  ofr_run_options options = given_options();
  options.with_bands = false;
  options.max_memory = 1;
  options.batch = 333;
  const ofr_result *replayed = given_run(&given, &options);
  assert_string_equal(kept->results_digest, replayed->results_digest);
  for (int s = 0; s < STRATEGIES; s++)
    assert_memory_equal(kept->strategies[s].cvar95_slices, replayed->strategies[s].cvar95_slices, OFR_SLICES * sizeof(double));
  for (int s = 0; s < STRATEGIES; s++)
    for (int m = 0; m < kept->metric_count; m++) {
      const ofr_slice_means *x = &kept->strategies[s].slices[m], *y = &replayed->strategies[s].slices[m];
      assert_int_equal(x->count, y->count);
      assert_memory_equal(x->mean, y->mean, sizeof x->mean);
      assert_memory_equal(x->positive, y->positive, sizeof x->positive);
    }
  for (int k = 0; k < 2; k++) {
    const ofr_slice_means *x = &kept->comparisons->wins[k], *y = &replayed->comparisons->wins[k];
    assert_memory_equal(x->positive, y->positive, sizeof x->positive);
    double share = 0;
    for (int i = 0; i < OFR_SLICES; i++) share += x->positive[i] / OFR_SLICES;
    assert_true(fabs(share - (double)(k ? kept->comparisons->b_wins : kept->comparisons->a_wins) / 5000) < 1e-12);
  }
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(its_error_is_that_of_the_differences_path_by_path),
      cmocka_unit_test(its_interval_holds_the_true_difference_as_often_as_it_says),
      cmocka_unit_test(a_tails_error_is_what_other_seeds_make_of_it),
      cmocka_unit_test(slices_are_the_same_whether_paths_are_kept_or_replayed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
