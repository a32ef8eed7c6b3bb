/* Futures that the user brings, from the file to the result: what devices are handed, what a path then is, and the stochastic
 * programme LandS (Louveaux and Smeers 1988) with all its million futures. */
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
#include "backend/backend.h"
#include "given_plan.h"
#include "stage/bound_paths.h"
#include "stage/given_futures.h"
#include "stage/stakeholder_run.h"

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "given-%ld.csv", (long)getpid());
  return name;
}

static FILE *begin_file(const char *head) {
  FILE *out = fopen(file_name(), "wb");
  assert_non_null(out);
  fputs(head, out);
  return out;
}

static int remove_file(void **state) {
  (void)state;
  remove(file_name());
  return 0;
}

/* ---- LandS ---- */

/* Sizes 0.84, 3.40, 1.88, 5.88 and demands in steps of 0.04, times 43,750: whole accelerators. Costs are then times
 * 43,750 x 730 hours. */
enum { LEVELS = 100, STEP = 1750 };
#define LANDS_UNIT (43750.0 * 730)

static void write_lands(void) {
  static const char *const names[] = {"base", "middle", "peak"};
  FILE *out = begin_file("path,month,name,value\n");
  for (int path = 0; path < LEVELS * LEVELS * LEVELS; path++)
    for (int w = 0, level = path; w < 3; w++, level /= LEVELS)
      fprintf(out, "%d,2026-01,%s,%d\n", path, names[w], level % LEVELS * STEP);
  assert_int_equal(fclose(out), 0);
}

static given_plan lands(void) {
  write_lands();
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 1}, "reference_accelerator": "a", "accelerators": [{"name": "a"}],
    "providers": [{"name": "p"}],
    "workloads": [{"name": "base", "demand": 0, "unmet_cost": 1000, "speed": {"a": 1}},
                  {"name": "middle", "demand": 0, "unmet_cost": 1000, "duty": 0.6, "speed": {"a": 1}},
                  {"name": "peak", "demand": 0, "unmet_cost": 1000, "duty": 0.1, "speed": {"a": 1}}],
    "pools": [{"name": "k1", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0},
              {"name": "k2", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0},
              {"name": "k3", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0},
              {"name": "k4", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0}],
    "contracts": [{"name": "r1", "type": "reservation", "pool": "k1", "accelerators": 36750, "price": 10, "use_price": 40},
                  {"name": "r2", "type": "reservation", "pool": "k2", "accelerators": 148750, "price": 7, "use_price": 45},
                  {"name": "r3", "type": "reservation", "pool": "k3", "accelerators": 82250, "price": 16, "use_price": 32},
                  {"name": "r4", "type": "reservation", "pool": "k4", "accelerators": 257250, "price": 6, "use_price": 55}],
    "futures": {"file": "%s"}}), file_name());
}

static void lands_has_its_published_mean_and_tails(void **state) {
  (void)state;
  given_plan given = lands();
  assert_int_equal(given.plan->paths, 1000000);
  const ofr_distribution *d = given_metric(given_run(&given, NULL), 0, OFR_GROUP_METRIC, 0, "total_cost");
  const struct { const char *what; double found, expected; } all[] = {
      {"mean", d->mean, 225.6294001}, {"cvar95", d->cvar95, 343.580052}, {"cvar99", d->cvar99, 363.623206},
      {"maximum", (double)d->max * 1e-6, 386.62}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (fabs(all[i].found / LANDS_UNIT - all[i].expected) > 1e-6)
      fail_msg("%s is %.9f, not %.9f", all[i].what, all[i].found / LANDS_UNIT, all[i].expected);
  given_free(&given);
}

/* ---- a small file with every quantity, beside curves and factors ---- */

enum { PATHS = 500, MONTHS = 5 };

static double demand_of(int path, int month) { return 100 + path % 37 + 10 * month; }
static double price_of(int path, int month) { return 1 + 0.01 * (path % 53) + 0.125 * month; }
static double capacity_of(int path, int month) { return (path * 7 + month * 3) % 90; }

static void write_mixed(bool weighted) {
  FILE *out = begin_file(weighted ? "path,month,name,value,weight\n" : "path,month,name,value\n");
  for (int p = 0; p < PATHS; p++)
    for (int i = 0; i < 3 * MONTHS; i++) {
      int t = i / 3;
      const char *const names[] = {"w", "near.price", "far.capacity"};
      const double values[] = {demand_of(p, t), price_of(p, t), capacity_of(p, t)};
      fprintf(out, "%d,2026-0%d,%s,%.17g", p, t + 1, names[i % 3], values[i % 3]);
      fprintf(out, weighted ? ",%d\n" : "\n", 1 + p % 4);
    }
  assert_int_equal(fclose(out), 0);
}

/* In its third and fourth month an event doubles demand and halves capacity. */
static given_plan mixed(const char *futures) {
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 5}, "simulation": {"band_paths": 64}, "reference_accelerator": "a",
    "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
    "factors": [{"name": "f", "volatility": 0.5}],
    "workloads": [{"name": "w", "demand": 1, "unmet_cost": 9, "speed": {"a": 1}, "factors": {"f": 1}},
                  {"name": "v", "demand": 40, "unmet_cost": 9, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "near", "provider": "p", "accelerator": "a", "price": 1, "capacity": 300, "factors": {"f": 2}},
              {"name": "far", "provider": "q", "accelerator": "a", "price": 1.5, "capacity": 1, "availability": 0.5,
               "slip_mean": 3, "factors": {"f": 1}}],
    "contracts": [{"name": "floor", "type": "commitment", "provider": "q", "windows": [{"amount": 200000}]}],
    "events": [{"name": "e", "at": "2026-03", "duration": 2, "effects": [{"workloads": "w", "demand": 2}, {"pools": "far", "capacity": 0.5}]}],
    "strategies": [{"name": "s"}, {"name": "t", "contracts": [], "providers": ["p"]}]%s}), futures);
}

static given_plan mixed_with_file(bool weighted) {
  char key[128];
  write_mixed(weighted);
  snprintf(key, sizeof key, ", \"futures\": {\"file\": \"%s\"}", file_name());
  return mixed(key);
}

static const ofr_trace *trace(given_plan *given, uint64_t path) {
  const ofr_trace *found;
  offramp_error error = {0};
  if (ofr_trace_path(given->plan, path, given->arena, &found, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return found;
}

static void a_path_is_what_the_file_says_times_its_events(void **state) {
  (void)state;
  given_plan given = mixed_with_file(false), drawn = mixed("");
  for (int p = 0; p < PATHS; p += 71) {
    const ofr_trace *x = trace(&given, (uint64_t)p), *y = trace(&drawn, (uint64_t)p);
    for (int t = 0; t < MONTHS; t++) {
      double event = t == 2 || t == 3 ? 2 : 1, quantum = x->accelerator_quantum;
      const ofr_trace_month *m = &x->months[t];
      assert_true(m->demand[0] == (int64_t)rint(demand_of(p, t) * event / quantum) * 128);
      assert_true(m->price[0] == (double)(float)price_of(p, t));
      assert_true(m->capacity[1] == (int64_t)floor(capacity_of(p, t) / event / quantum + 1e-6));
      /* the others are drawn as ever */
      assert_true(m->price[1] == y->months[t].price[1]);
      assert_true(fabs((double)m->demand[1] * x->work_unit - (double)y->months[t].demand[1] * y->work_unit) < quantum + y->accelerator_quantum);
    }
  }
  given_free(&given);
  given_free(&drawn);
}

/* Work units, 128 of a quantum, in accelerators. */
static double demanded(const ofr_trace *x, int t, int w) { return (double)x->months[t].demand[w] * x->accelerator_quantum / 128; }
static double capacity(const ofr_trace *x, int t, int k) { return (double)x->months[t].capacity[k] * x->accelerator_quantum; }

static void a_file_of_one_quantity_leaves_the_others_as_they_are(void **state) {
  (void)state;
  static const char *const names[] = {"w", "v", "near.price", "far.price", "near.capacity", "far.capacity"};
  for (int of = 0; of < 6; of++) {
    FILE *out = begin_file("path,month,name,value\n");
    for (int p = 0; p < 8; p++)
      for (int t = 0; t < MONTHS; t++) fprintf(out, "%d,2026-0%d,%s,%d\n", p, t + 1, names[of], 20 + p + 8 * t);
    assert_int_equal(fclose(out), 0);
    char key[128];
    snprintf(key, sizeof key, ", \"futures\": {\"file\": \"%s\"}", file_name());
    given_plan given = mixed(key), drawn = mixed("");
    for (uint64_t p = 0; p < 8; p++) {
      const ofr_trace *x = trace(&given, p), *y = trace(&drawn, p);
      double near = x->accelerator_quantum + y->accelerator_quantum;
      for (int t = 0; t < MONTHS; t++) {
        double said = 20 + (double)p + 8 * t, event = t == 2 || t == 3 ? 2 : 1;
        for (int i = 0; i < 2; i++) {
          double demand = of == i ? said * (i == 0 ? event : 1) : demanded(y, t, i);
          double price = of == 2 + i ? said : y->months[t].price[i];
          double most = of == 4 + i ? said / (i == 1 ? event : 1) : capacity(y, t, i);
          assert_true(fabs(demanded(x, t, i) - demand) <= near);
          assert_true(x->months[t].price[i] == price);
          assert_true(fabs(capacity(x, t, i) - most) <= near);
        }
      }
    }
    given_free(&given);
    given_free(&drawn);
  }
}

static void a_path_that_the_file_lacks_cannot_be_explained(void **state) {
  (void)state;
  given_plan given = mixed_with_file(false);
  const ofr_trace *found;
  offramp_error error = {0};
  assert_int_equal(ofr_trace_path(given.plan, PATHS, given.arena, &found, &error), OFFRAMP_ERR_ARGUMENT);
  assert_non_null(strstr(error.message, "ends with path 499"));
  given_free(&given);
}

static void devices_are_handed_quanta_paths_side_by_side(void **state) {
  enum { FIRST = 123, COUNT = 77 };
  (void)state;
  given_plan given = mixed_with_file(false);
  double quantum = given.staged.accelerator_quantum;
  uint32_t stride = ofr_futures_stride(COUNT);
  assert_true(stride % 32 == 0 && stride >= COUNT);
  uint64_t size = ofr_futures_size(given.plan, COUNT);
  assert_int_equal(size, 3 * MONTHS * stride + 32);
  float *table = malloc(size * sizeof *table);
  ofr_crew *crew = ofr_crew_create(2);
  for (int threads = 0; threads < 2; threads++) {
    memset(table, 0xff, size * sizeof *table);
    ofr_futures_fill(given.plan, quantum, threads ? crew : NULL, FIRST, COUNT, table);
    for (int t = 0; t < MONTHS; t++)
      for (int p = 0; p < COUNT; p++) {
        const float *row = table + 3 * t * (int)stride + p;
        assert_true(row[0] == (float)(demand_of(FIRST + p, t) / quantum));
        assert_true(row[stride] == (float)price_of(FIRST + p, t));
        assert_true(row[2 * stride] == (float)(capacity_of(FIRST + p, t) / quantum));
      }
    for (uint32_t i = COUNT; i < stride; i++) assert_true(table[i] == 0);
    for (int i = 0; i < 32; i++) assert_true(table[size - 1 - (uint64_t)i] == 0);
  }
  assert_int_equal(ofr_futures_paths(given.plan, 1u << 30), 1 << 22);
  ofr_crew_destroy(crew);
  free(table);
  given_free(&given);
}

static void the_result_does_not_depend_on_how_it_is_computed(void **state) {
  (void)state;
  given_plan given = mixed_with_file(false);
  char digest[65];
  memcpy(digest, given_run(&given, NULL)->results_digest, sizeof digest);
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++)
    for (uint32_t batch = 0; batch < 400; batch += 133) {
      ofr_run_options options = given_options();
      options.isa = (*v)->name;
      options.batch = batch;
      options.threads = 1 + (int)(batch % 2);
      options.check_paths = PATHS;
      assert_string_equal(given_run(&given, &options)->results_digest, digest);
    }
  given_free(&given);
}

/* ---- weights ---- */

/* Paths that weigh 1, 2, 3 and 2, in all 1024, so that weights in 2^-32 are exact; or so many paths that weigh one each. */
enum { WEIGHED = 512, REPEATED = 1024 };

static given_plan weighed(bool repeat) {
  static const int weights[] = {1, 2, 3, 2};
  FILE *out = begin_file(repeat ? "path,month,name,value\n" : "path,month,name,value,weight\n");
  int path = 0;
  for (int p = 0; p < WEIGHED; p++)
    for (int copy = 0; copy < (repeat ? weights[p % 4] : 1); copy++, path++)
      for (int i = 0; i < 2 * MONTHS; i++) {
        fprintf(out, "%d,2026-0%d,%s,%.17g", path, i / 2 + 1, i % 2 ? "near.price" : "w",
                i % 2 ? price_of(p * 31, i / 2) : demand_of(p * 17, i / 2) * (p % 5 ? 1 : 0));
        fprintf(out, repeat ? "\n" : ",%g\n", 0.3 * weights[p % 4]);
      }
  assert_int_equal(fclose(out), 0);
  assert_int_equal(path, repeat ? REPEATED : WEIGHED);
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 5}, "simulation": {"band_paths": 5000}, "reference_accelerator": "a",
    "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
    "workloads": [{"name": "w", "demand": 1, "unmet_cost": 9, "speed": {"a": 1}}],
    "pools": [{"name": "near", "provider": "p", "accelerator": "a", "price": 1, "capacity": 110},
              {"name": "far", "provider": "q", "accelerator": "a", "price": 1.5, "capacity": 20}],
    "contracts": [{"name": "floor", "type": "commitment", "provider": "q", "windows": [{"amount": 60000}]}],
    "stakeholders": {"anchor": "p", "failure": {"from": "2026-02", "months": 2}},
    "strategies": [{"name": "s"}, {"name": "t", "contracts": [], "providers": ["p"]}], "futures": {"file": "%s"}}), file_name());
}

/* Integers of the weighted result are those of the repeated one, times the weight of each of its paths. */
static void assert_repeats(const ofr_result *a, const ofr_result *b) {
  const uint64_t unit = ((uint64_t)1 << 32) / REPEATED;
  assert_int_equal(a->metric_count, b->metric_count);
  for (int i = 0; i < a->strategy_count * a->metric_count; i++) {
    const ofr_distribution *x = &a->strategies[i / a->metric_count].metrics[i % a->metric_count],
                           *y = &b->strategies[i / a->metric_count].metrics[i % a->metric_count];
    assert_true(x->count == y->count * unit && x->positive == y->positive * unit && x->sum == y->sum * (ofr_i128)unit);
    assert_true(x->min == y->min && x->max == y->max && x->tail_sum[0] == y->tail_sum[0] * (ofr_i128)unit);
    assert_memory_equal(x->quantile, y->quantile, sizeof x->quantile);
    assert_true((x->mean == y->mean || (isnan(x->mean) && isnan(y->mean))) && x->se >= y->se);
  }
  for (int i = 0; i < a->strategy_count * a->band_count; i++) {
    const ofr_band *x = &a->strategies[i / a->band_count].bands[i % a->band_count], *y = &b->strategies[i / a->band_count].bands[i % a->band_count];
    for (int t = 0; t < MONTHS; t++) {
      assert_true(x->sum[t] == (y->sum[t] << y->sum_shift) * (ofr_i128)unit);
      assert_true(!x->count || x->count[t] == y->count[t] * (ofr_i128)unit);
      for (int q = 0; q < OFR_BAND_QUANTILES; q++) assert_int_equal(x->quantile[q][t], y->quantile[q][t]);
    }
  }
  const ofr_comparison *x = &a->comparisons[0], *y = &b->comparisons[0];
  assert_true(x->count == y->count * unit && x->a_wins == y->a_wins * unit && x->sum == y->sum * (ofr_i128)unit);
  for (int i = 0; i < 2 * a->band_count * a->year_count; i++)
    assert_true(a->strategies[0].years[i % (a->band_count * a->year_count)].year == 2026);
}

static void weights_count_as_repetitions(void **state) {
  (void)state;
  given_plan few = weighed(false), many = weighed(true);
  const ofr_result *plain = given_run(&many, NULL);
  for (uint32_t batch = 0; batch < 600; batch += 149) {
    ofr_run_options options = given_options();
    options.batch = batch;
    assert_repeats(given_run(&few, &options), plain);
  }
  given_free(&few);
  given_free(&many);
}

static const ofr_result *run_for_stakeholders(given_plan *given, uint64_t max_memory) {
  ofr_run_options options = given_options();
  ofr_result *result = NULL;
  offramp_error error = {0};
  options.max_memory = max_memory;
  options.with_bands = max_memory == 0;
  if (ofr_simulate_for_stakeholders(given->plan, &options, given->arena, &result, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return result;
}

static void stakeholders_see_weights_as_repetitions_too(void **state) {
  (void)state;
  const uint64_t unit = ((uint64_t)1 << 32) / REPEATED;
  given_plan few = weighed(false), many = weighed(true);
  const ofr_result *b = run_for_stakeholders(&many, 0);
  for (int replayed = 0; replayed < 2; replayed++) {
    uint64_t room = (uint64_t)(2 * few.plan->strategy_count * (few.staged.columns + 8) * 200) * sizeof(int64_t);
    const ofr_result *a = run_for_stakeholders(&few, replayed ? room : 0);
    if (!replayed) assert_repeats(a, b);
    for (int s = 0; s < 2; s++) assert_true(a->strategies[s].majority == b->strategies[s].majority * unit);
    assert_true(a->stakeholders->difference_count == b->stakeholders->difference_count && a->stakeholders->difference_count > 0);
    for (int i = 0; i < 2 * a->stakeholders->difference_count; i++) {
      const ofr_difference *x = &a->stakeholders->failures[i], *y = &b->stakeholders->failures[i];
      assert_true(x->negative == y->negative * unit && x->values.count == y->values.count * unit);
      assert_true(x->values.sum == y->values.sum * (ofr_i128)unit && x->values.positive == y->values.positive * unit);
      assert_memory_equal(x->values.quantile, y->values.quantile, sizeof x->values.quantile);
    }
  }
  given_free(&few);
  given_free(&many);
}

static void weighted_paths_may_be_replayed(void **state) {
  (void)state;
  given_plan given = weighed(false);
  ofr_run_options options = given_options();
  options.with_bands = false;
  char stored[65];
  memcpy(stored, given_run(&given, &options)->results_digest, sizeof stored);
  options.max_memory = (uint64_t)(given.plan->strategy_count * given.staged.columns * 100) * sizeof(int64_t);
  assert_string_equal(given_run(&given, &options)->results_digest, stored);
  given_free(&given);
}

/* ofr_bound itself refuses a bound above what any strategy paid on the same futures. */
static void bounds_are_those_of_the_given_futures(void **state) {
  (void)state;
  given_plan given = mixed_with_file(true);
  ofr_run_options options = given_options();
  ofr_bound_result *bound = NULL;
  offramp_error error = {0};
  if (ofr_bound(given.plan, &options, given.arena, &bound, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  const ofr_distribution *total = given_metric(given_run(&given, NULL), 0, OFR_GROUP_METRIC, 0, "total_cost");
  assert_int_equal(bound->paths, PATHS);
  assert_true(bound->strategies[0].lower.count == (uint64_t)1 << 32);
  assert_true(bound->strategies[0].lower.mean <= total->mean && bound->strategies[0].lower.mean > 0.5 * total->mean);
  for (int p = 0; p < PATHS; p += 97) assert_true(bound->total[p] == trace(&given, (uint64_t)p)->total_cost[0]);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_path_is_what_the_file_says_times_its_events),
      cmocka_unit_test(a_file_of_one_quantity_leaves_the_others_as_they_are),
      cmocka_unit_test(a_path_that_the_file_lacks_cannot_be_explained),
      cmocka_unit_test(devices_are_handed_quanta_paths_side_by_side),
      cmocka_unit_test(the_result_does_not_depend_on_how_it_is_computed),
      cmocka_unit_test(weights_count_as_repetitions),
      cmocka_unit_test(stakeholders_see_weights_as_repetitions_too),
      cmocka_unit_test(weighted_paths_may_be_replayed),
      cmocka_unit_test(bounds_are_those_of_the_given_futures),
      cmocka_unit_test(lands_has_its_published_mean_and_tails),
  };
  return cmocka_run_group_tests(tests, NULL, remove_file);
}
