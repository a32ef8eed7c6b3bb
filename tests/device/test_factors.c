/* What is sampled, against what it should be on average: multipliers of demand and price, from the monthly bands; events and
 * delays, from the trace. MODEL sections 4 to 6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../stage/given_plan.h"
#include "backend/backend.h"

enum { PATHS = 30000 };
#define TOLERANCE 4.5 /* standard errors */

/* ---- single paths ---- */

typedef struct watched {
  given_plan given;
  const ofr_image *im;
  ofr_path_trace trace;
  int64_t *columns;
} watched;

static int64_t *cells(const watched *w, size_t a, size_t b, size_t c) {
  int64_t *all = ofr_arena_alloc(w->given.arena, a * b * c + 1, sizeof *all);
  assert_non_null(all);
  return all;
}

static watched watch(given_plan given) {
  watched w = {.given = given, .im = given.staged.image};
  const ofr_image *im = w.im;
  size_t T = (size_t)im->months, S = (size_t)im->strategies, W = (size_t)im->workloads, K = (size_t)im->pools;
  size_t slots = (size_t)im->slots, E = (size_t)im->events, G = (size_t)im->providers;
  assert_int_equal(im->commitments, 0);
  w.trace = (ofr_path_trace){.slip = cells(&w, K, 1, 1), .demand = cells(&w, T, W, 1), .capacity = cells(&w, T, K, 1),
                             .active = cells(&w, T, E, 1), .placed = cells(&w, T * S, W, slots),
                             .served = cells(&w, T * S, W, slots), .unserved = cells(&w, T, S, W), .money = cells(&w, T, S, TRACED_MONEY),
                             .revenue = cells(&w, T, S, G)};
  w.trace.price = ofr_arena_alloc(given.arena, T * K, sizeof(float));
  w.trace.rate = ofr_arena_alloc(given.arena, T * K, sizeof *w.trace.rate);
  w.columns = cells(&w, S, (size_t)given.staged.columns, 1);
  return w;
}

static void evaluate(watched *w, uint32_t path) {
  int64_t clamped[1] = {0};
  ofr_job job = {.path_low = path, .paths = 1, .points = 1, .stride = 1};
  ofr_outputs outputs = {.columns = w->columns, .clamped = clamped};
  ofr_path_run_trace(w->im, &job, &outputs, &w->trace);
  assert_int_equal(clamped[0], 0);
}

/* ---- statistics ---- */

typedef struct sample { double n, sum, square; } sample;

static void take(sample *s, double x) {
  s->n++;
  s->sum += x;
  s->square += x * x;
}

static double mean(const sample *s) { return s->sum / s->n; }

static void assert_within(const char *what, int t, double found, double expected, double error) {
  if (!(fabs(found - expected) <= TOLERANCE * error + 1e-12))
    fail_msg("%s in month %d is %.8g, not %.8g: %.1f standard errors off", what, t, found, expected,
         fabs(found - expected) / error);
}

static void assert_frequency(const char *what, int t, double count, double p) {
  assert_within(what, t, count / PATHS, p, sqrt(p * (1 - p) / PATHS));
}

/* ---- factors ---- */

/* A random walk and a factor that reverts; the demand of a workload and the price of a pool load on both. */
#define SIGMA_WALK   0.4
#define SIGMA_REVERT 0.6
#define KAPPA        1.5
#define RHO          0.35
enum { WALKS = 320000, CHUNK = 4000, MONTHS = 25, CURVES = 2 /* demand, price */ };

typedef struct loadings { double walk, revert; } loadings;
static const loadings pairs[][CURVES] = {{{1, 0}, {0, 1}}, {{-0.5, 1.25}, {0.75, 0.5}}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static given_plan two_factors(const loadings *load) {
  return given_text("{%s, \"workloads\": [{%s, \"factors\": {\"walk\": %g, \"revert\": %g}}], "
                    "\"pools\": [{%s, \"factors\": {\"walk\": %g, \"revert\": %g}}]}",
                    JSON("horizon": {"start": "2026-01", "months": 25}, "reference_accelerator": "a",
                         "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
                         "factors": [{"name": "walk", "volatility": 0.4},
                                     {"name": "revert", "volatility": 0.6, "reversion": 1.5}],
                         "correlations": [["walk", "revert", 0.35]]),
                    JSON("name": "w", "demand": {"start": 80000, "growth": 0.05}, "unmet_cost": 1000, "speed": {"a": 1}),
                    load[0].walk, load[0].revert,
                    JSON("name": "k", "provider": "p", "accelerator": "a", "price": {"start": 2, "growth": -0.2},
                         "capacity": 1e8),
                    load[1].walk, load[1].revert);
}

/* Exact covariance after t months, from the section's formulas by geometric series: the image builder steps it instead. */
static double covariance(loadings a, loadings b, int t) {
  double phi = exp(-KAPPA / 12), walk = SIGMA_WALK / sqrt(12), revert = SIGMA_REVERT * sqrt((1 - phi * phi) / (2 * KAPPA));
  double ww = walk * walk * t, rr = revert * revert * (1 - pow(phi, 2 * t)) / (1 - phi * phi);
  double wr = RHO * walk * revert * (1 - pow(phi, t)) / (1 - phi);
  return a.walk * b.walk * ww + a.revert * b.revert * rr + (a.walk * b.revert + a.revert * b.walk) * wr;
}

typedef struct multipliers { double at[MONTHS][CURVES]; } multipliers;

/* Calls `take_path` with the multipliers of every path: the monthly bands over their curves. */
static void walk(const given_plan *given, void (*take_path)(const loadings *load, const multipliers *m), const loadings *load) {
  const ofr_image *im = given->staged.image;
  const ofr_path_version *version = ofr_cpu_versions()[0];
  size_t series = (size_t)given->staged.series, row = (size_t)MONTHS * CHUNK;
  int64_t *columns = malloc((size_t)given->staged.columns * CHUNK * sizeof *columns);
  int64_t *bands = malloc(series * row * sizeof *bands);
  int64_t *sums = calloc(series * MONTHS * (size_t)version->lanes, sizeof *sums), clamped[16] = {0};
  assert_true(columns && bands && sums);
  ofr_outputs outputs = {.columns = columns, .bands = bands, .sums = sums, .clamped = clamped};
  for (uint32_t first = 0; first < WALKS; first += CHUNK) {
    ofr_job job = {.path_low = first, .paths = CHUNK, .points = 1, .stride = CHUNK, .band_paths = CHUNK, .band_stride = CHUNK,
                   .with_sums = 1};
    version->paths(im, &job, &outputs, 0, CHUNK);
    for (size_t path = 0; path < CHUNK; path++) {
      multipliers m;
      for (size_t t = 0; t < MONTHS; t++) {
        double demand = given->plan->workloads[0].demand.at[t] / given->staged.accelerator_quantum * WORK_FRACTION;
        double price = given->plan->pools[0].price.at[t] * 1e6;
        m.at[t][0] = (double)bands[SERIES_DEMAND * row + t * CHUNK + path] / demand;
        m.at[t][1] = (double)bands[SERIES_PRICE * row + t * CHUNK + path] / price;
      }
      take_path(load, &m);
    }
  }
  free(columns);
  free(bands);
  free(sums);
}

static sample plain[MONTHS][CURVES], logarithm[MONTHS][CURVES], product[MONTHS];

static void take_moments(const loadings *load, const multipliers *m) {
  for (int t = 0; t < MONTHS; t++) {
    double x[CURVES];
    for (int i = 0; i < CURVES; i++) {
      x[i] = log(m->at[t][i]) + covariance(load[i], load[i], t) / 2;
      take(&plain[t][i], m->at[t][i]);
      take(&logarithm[t][i], x[i]);
    }
    take(&product[t], x[0] * x[1]);
  }
}

/* What whole quanta, micro-dollars and float32 may shift a month's figures by. */
#define GRAIN 2e-6

static void assert_moments(const loadings *load, int t, int i) {
  double v = covariance(load[i], load[i], t), e = exp(v), spread = e - 1;
  double fourth = spread * spread * (e * e * e * e + 2 * e * e * e + 3 * e * e - 3);
  assert_within("the mean", t, mean(&plain[t][i]), 1, sqrt(spread / WALKS) + GRAIN);
  assert_within("the variance", t, plain[t][i].square / WALKS - 2 * mean(&plain[t][i]) + 1, spread,
                sqrt((fourth - spread * spread) / WALKS) + GRAIN);
  assert_within("the mean logarithm", t, mean(&logarithm[t][i]), 0, sqrt(v / WALKS) + GRAIN);
  assert_within("the logarithm's variance", t, logarithm[t][i].square / WALKS, v, v * sqrt(2.0 / WALKS) + GRAIN);
}

static void multipliers_have_mean_one_and_their_closed_variances(void **state) {
  (void)state;
  for (int p = 0; p < PAIRS; p++) {
    const loadings *load = pairs[p];
    given_plan given = two_factors(load);
    memset(plain, 0, sizeof plain);
    memset(logarithm, 0, sizeof logarithm);
    memset(product, 0, sizeof product);
    walk(&given, take_moments, load);
    for (int t = 0; t < MONTHS; t++) {
      double v[CURVES] = {covariance(load[0], load[0], t), covariance(load[1], load[1], t)}, both = covariance(load[0],
           load[1], t);
      for (int i = 0; i < CURVES; i++) assert_moments(load, t, i);
      assert_within("the covariance", t, mean(&product[t]), both, sqrt((v[0] * v[1] + both * both) / WALKS) + GRAIN);
    }
    given_free(&given);
  }
}

/* Steps of a random walk are independent; those of a factor that reverts are, once phi of what was before is taken off. */
static sample step_product[MONTHS][CURVES];

static void take_steps(const loadings *load, const multipliers *m) {
  double phi[CURVES] = {1, exp(-KAPPA / 12)}, before[CURVES] = {0}, earlier[CURVES] = {0};
  for (int t = 1; t < MONTHS; t++)
    for (int i = 0; i < CURVES; i++) {
      double x = log(m->at[t][i]) + covariance(load[i], load[i], t) / 2, step = x - phi[i] * before[i];
      take(&step_product[t][i], step * earlier[i]);
      before[i] = x;
      earlier[i] = step;
    }
}

static void months_remember_what_reversion_leaves_of_them(void **state) {
  double phi = exp(-KAPPA / 12);
  given_plan given = two_factors(pairs[0]);
  (void)state;
  walk(&given, take_steps, pairs[0]);
  for (int t = 2; t < MONTHS; t++) {
    double of_walk = SIGMA_WALK * SIGMA_WALK / 12, revert = SIGMA_REVERT * SIGMA_REVERT * (1 - phi * phi) / (2 * KAPPA);
    assert_within("a walk's next step", t, mean(&step_product[t][0]), 0, of_walk / sqrt(WALKS));
    assert_within("a reverting factor's next step", t, mean(&step_product[t][1]), 0, revert / sqrt(WALKS));
  }
  given_free(&given);
}

/* ---- events and delays ---- */

#define EVENT_MONTHS 36
static given_plan three_of_each(void) {
  return given_text("{%s}", JSON(
    "horizon": {"start": "2026-01", "months": 36}, "reference_accelerator": "a", "accelerators": [{"name": "a"}],
    "providers": [{"name": "p"}],
    "workloads": [{"name": "u", "demand": 100000, "unmet_cost": 20, "speed": {"a": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 1e6, "slip_mean": 3, "slip_max": 60},
              {"name": "l", "provider": "p", "accelerator": "a", "price": 2, "capacity": 1e6, "slip_mean": 2.5, "slip_max": 4},
              {"name": "m", "provider": "p", "accelerator": "a", "price": 2, "capacity": 1e6}],
    "events": [
      {"name": "geometric", "rate": 0.8, "mean_duration": 5, "effects": [{"pools": "*", "price": 1.5}]},
      {"name": "fixed", "rate": 1.5, "duration": 4, "effects": [{"pools": "*", "price": 1.25}]},
      {"name": "once", "rate": 0.6, "max": 1, "mean_duration": 3, "effects": [{"pools": ["k"], "capacity": 0.5}]},
      {"name": "twice", "rate": 3, "max": 2, "duration": 3, "from": "2026-07", "to": "2027-12",
       "effects": [{"workloads": "*", "demand": 1.5}]},
      {"name": "brief", "rate": 12, "effects": [{"pools": ["l"], "price": 2}]},
      {"name": "shortest", "rate": 2, "mean_duration": 1, "effects": [{"pools": ["l"], "price": 2}]},
      {"name": "dated", "at": "2026-10", "mean_duration": 2.5, "effects": [{"pools": ["l"], "price": 2}]}]));
}

enum { EVENTS = 7 };

/* P(active in month t), month by month. */
static void geometric(double rate, double m, double *p) {
  double start = 1 - exp(-rate / 12), active = 0;
  for (int t = 0; t < EVENT_MONTHS; t++) p[t] = active = active * (1 - 1 / m) + (1 - active * (1 - 1 / m)) * start;
}

static void fixed(double rate, int n, double *p) {
  double start = 1 - exp(-rate / 12), begins[EVENT_MONTHS];
  for (int t = 0; t < EVENT_MONTHS; t++) {
    double running = 0;
    for (int j = 1; j < n && j <= t; j++) running += begins[t - j];
    begins[t] = (1 - running) * start;
    p[t] = running + begins[t];
  }
}

static void once_geometric(double rate, double m, double *p) {
  double start = 1 - exp(-rate / 12);
  for (int t = 0; t < EVENT_MONTHS; t++) {
    p[t] = 0;
    for (int j = 0; j <= t; j++) p[t] += start * pow(1 - start, j) * pow(1 - 1 / m, t - j);
  }
}

/* The first begins j months into the window; the second n or more later; each lasts n months, window or not. */
static void twice_fixed(double rate, int n, int from, int to, double *p) {
  double start = 1 - exp(-rate / 12);
  for (int t = 0; t < EVENT_MONTHS; t++) p[t] = 0;
  for (int i = from; i <= to; i++) {
    double first = start * pow(1 - start, i - from);
    for (int t = i; t < i + n && t < EVENT_MONTHS; t++) p[t] += first;
    for (int j = i + n; j <= to; j++)
      for (int t = j; t < j + n && t < EVENT_MONTHS; t++) p[t] += first * start * pow(1 - start, j - i - n);
  }
}

static void events_are_active_as_often_as_they_should(void **state) {
  static double expected[EVENTS][EVENT_MONTHS], count[EVENTS][EVENT_MONTHS];
  static const char *const names[EVENTS] = {"geometric", "fixed", "once", "twice", "brief", "shortest", "dated"};
  watched w = watch(three_of_each());
  (void)state;
  memset(count, 0, sizeof count);
  geometric(0.8, 5, expected[0]);
  fixed(1.5, 4, expected[1]);
  once_geometric(0.6, 3, expected[2]);
  twice_fixed(3, 3, 6, 23, expected[3]);
  fixed(12, 1, expected[4]);
  fixed(2, 1, expected[5]);
  for (int t = 9; t < EVENT_MONTHS; t++) expected[6][t] = pow(1 - 1 / 2.5, t - 9);
  for (uint32_t path = 0; path < PATHS; path++) {
    evaluate(&w, path);
    for (int t = 0; t < EVENT_MONTHS; t++)
      for (int e = 0; e < EVENTS; e++) count[e][t] += (double)w.trace.active[t * EVENTS + e];
  }
  for (int e = 0; e < EVENTS; e++)
    for (int t = 0; t < EVENT_MONTHS; t++) assert_frequency(names[e], t, count[e][t], expected[e][t]);
  given_free(&w.given);
}

static void events_are_independent_of_each_other(void **state) {
  static double both[EVENTS][EVENTS], expected[2][EVENT_MONTHS];
  enum { MONTH = 20 };
  watched w = watch(three_of_each());
  (void)state;
  memset(both, 0, sizeof both);
  geometric(0.8, 5, expected[0]);
  fixed(1.5, 4, expected[1]);
  for (uint32_t path = 0; path < PATHS; path++) {
    evaluate(&w, path);
    const int64_t *active = w.trace.active + MONTH * EVENTS;
    for (int e = 0; e < EVENTS; e++)
      for (int f = 0; f < EVENTS; f++) both[e][f] += (double)(active[e] && active[f]);
  }
  assert_frequency("geometric and fixed", MONTH, both[0][1], expected[0][MONTH] * expected[1][MONTH]);
  double p = 1 - exp(-1), q = 1 - exp(-2.0 / 12); /* neighbours in one block of random words, and their like in two */
  assert_frequency("brief and shortest", MONTH, both[4][5], p * q);
  assert_frequency("brief and geometric", MONTH, both[4][0], p * expected[0][MONTH]);
  assert_frequency("shortest and fixed", MONTH, both[5][1], q * expected[1][MONTH]);
  given_free(&w.given);
}

static void delays_are_geometric_up_to_their_limit(void **state) {
  static double count[3][61], together[3][3];
  static const double slip_mean[2] = {3, 2.5};
  static const int slip_max[2] = {60, 4};
  watched w = watch(three_of_each());
  (void)state;
  memset(count, 0, sizeof count);
  memset(together, 0, sizeof together);
  for (uint32_t path = 0; path < PATHS; path++) {
    evaluate(&w, path);
    for (int k = 0; k < 3; k++) {
      assert_in_range(w.trace.slip[k], 0, 60);
      count[k][w.trace.slip[k]]++;
    }
    if (w.trace.slip[0] < 3 && w.trace.slip[1] < 3) together[w.trace.slip[0]][w.trace.slip[1]]++;
  }
  assert_true(count[2][0] == PATHS);
  double p[2][61];
  for (int k = 0; k < 2; k++) {
    double ratio = slip_mean[k] / (1 + slip_mean[k]), beyond = PATHS;
    for (int n = 0; n <= slip_max[k]; n++) p[k][n] = pow(ratio, n) * (n < slip_max[k] ? 1 - ratio : 1);
    for (int n = 0; n <= slip_max[k]; beyond -= count[k][n++]) {
      if (PATHS * p[k][n] > 10) assert_frequency("a delay", n, count[k][n], p[k][n]);
      if (PATHS * pow(ratio, n) > 10) assert_frequency("at least a delay", n, beyond, pow(ratio, n));
    }
    assert_true(beyond == 0);
  }
  for (int n = 0; n < 3; n++)
    for (int m = 0; m < 3; m++) assert_frequency("two delays", n, together[n][m], p[0][n] * p[1][m]);
  given_free(&w.given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      {"multipliers have mean one and their closed variances", multipliers_have_mean_one_and_their_closed_variances, NULL,
       NULL, NULL},
      {"months remember what reversion leaves of them", months_remember_what_reversion_leaves_of_them, NULL, NULL, NULL},
      {"events are active as often as they should", events_are_active_as_often_as_they_should, NULL, NULL, NULL},
      {"events are independent of each other", events_are_independent_of_each_other, NULL, NULL, NULL},
      {"delays are geometric up to their limit", delays_are_geometric_up_to_their_limit, NULL, NULL, NULL},
  };
  return cmocka_run_group_tests_name("factors", tests, NULL, NULL);
}
