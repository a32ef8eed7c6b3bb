/* Histories that were simulated have the parameters they were simulated with: on average, and each within its standard errors
 * about as often as a standard error promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "brute_force.h"
#include "reduce/calibration.h"

enum { MOST = 3000, ROUNDS = 150 };

typedef struct world {
  ofr_arena *arena;
  ofr_diagnostics d;
  ofr_history history;
  double years[MOST], values[2 * MOST];
  int month[MOST], day[MOST], line[2];
  const char *names[2];
} world;

static double uniform(uint64_t *state) { return ((double)(brute_random(state) >> 11) + 0.5) * 0x1p-53; }
static double normal(uint64_t *state) { return sqrt(-2 * log(uniform(state))) * cos(6.283185307179586 * uniform(state)); }

typedef struct truth { double volatility, reversion, growth; } truth;

/* Two series, `per_year` values of each a year, whose innovations have correlation rho; each begins at its mean, as a plan's
 * factors do. */
static world *simulate(const truth *truths, double rho, int count, double per_year, uint64_t seed) {
  world *w = calloc(1, sizeof *w);
  uint64_t state = seed * 7919;
  double x[2] = {0};
  w->arena = ofr_arena_create();
  w->d.arena = w->arena;
  w->names[0] = "price", w->names[1] = "demand";
  w->line[0] = 2, w->line[1] = 3;
  w->history = (ofr_history){.file = "h.csv",
                             .count = 2,
                             .names = w->names,
                             .line = w->line,
                             .dates = count,
                             .month = w->month,
                             .day = w->day,
                             .years = w->years,
                             .values = w->values};
  for (int i = 0; i < count; i++) {
    double first = normal(&state), second = normal(&state), step = 1 / per_year;
    w->years[i] = i * step;
    w->month[i] = 24000 + i, w->day[i] = 1;
    for (int k = 0; k < 2; k++) {
      const truth *t = &truths[k];
      double e = k ? rho * first + sqrt(1 - rho * rho) * second : first;
      double phi = exp(-t->reversion * step), s = t->reversion > 0 ? sqrt((1 - phi * phi) / (2 * t->reversion)) : sqrt(step);
      if (i > 0) x[k] = phi * x[k] + t->volatility * s * e;
      w->values[2 * i + k] = (k ? 20000 : 3) * exp(t->growth * w->years[i] + x[k]);
    }
  }
  return w;
}

static const ofr_calibration *calibrate(world *w) {
  const ofr_calibration *c = ofr_calibrate(&w->history, w->arena, &w->d);
  for (int i = 0; i < w->d.count; i++) print_error("%s\n", w->d.items[i].message);
  assert_non_null(c);
  return c;
}

static void forget(world *w) {
  ofr_arena_destroy(w->arena);
  free(w);
}

/* How far estimates lie from the truth, in their own standard errors and on average. */
typedef struct score { double sum, square, error; int within; } score;

static void add(score *s, ofr_fitted found, double expected) {
  double z = (found.value - expected) / found.se;
  assert_true(found.se > 0 && isfinite(z));
  s->sum += found.value - expected;
  s->error += found.se;
  s->square += z * z;
  s->within += fabs(z) < 2;
}

/* Within two standard errors in at least `least` of the rounds, with no bias beyond `bias` standard errors, which are not
 * overstated. */
static void assert_honest(const char *what, const score *s, double least, double bias) {
  double mean = s->sum / ROUNDS, error = s->error / ROUNDS, share = (double)s->within / ROUNDS;
  if (share < least || fabs(mean) > bias * error)
    fail_msg("%s: %.3f of the rounds within two standard errors, off by %.3g where the error is %.3g", what, share, mean, error);
  if (s->square < 0.5 * ROUNDS) fail_msg("%s: errors lie %.3f standard errors from nothing", what, sqrt(s->square / ROUNDS));
}

static void recover(const truth *truths, double rho, int count, double per_year, uint64_t seed) {
  const double bias = truths[0].reversion > 0 ? 0.35 : 0.65; /* an estimate cannot lie below 0 */
  score volatility = {0}, reversion = {0}, growth = {0}, correlation = {0};
  for (uint64_t round = 0; round < ROUNDS; round++) {
    world *w = simulate(truths, rho, count, per_year, seed + round);
    const ofr_calibration *c = calibrate(w);
    add(&volatility, c->series[0].volatility, truths[0].volatility);
    add(&reversion, c->series[0].reversion, truths[0].reversion);
    add(&growth, c->series[0].growth, expm1(truths[0].growth));
    assert_int_equal(c->pairs, 1);
    add(&correlation, c->pair[0].correlation, rho);
    forget(w);
  }
  assert_honest("volatility", &volatility, 0.9, 0.25);
  assert_honest("reversion", &reversion, 0.9, bias);
  assert_honest("correlation", &correlation, 0.9, 0.25);
  if (truths[0].reversion > 0) assert_honest("growth", &growth, 0.88, 0.25);
}

static void a_monthly_history_that_reverts_gives_its_parameters_back(void **state) {
  (void)state;
  recover((truth[]){{0.35, 1.5, -0.2}, {0.25, 0.8, 0.4}}, 0.4, 240, 12, 1);
}

static void so_does_one_that_reverts_slowly(void **state) {
  (void)state;
  recover((truth[]){{0.25, 0.5, 0.1}, {0.6, 3, 0}}, -0.6, 480, 12, 1001);
}

static void a_random_walk_has_next_to_no_reversion(void **state) {
  (void)state;
  recover((truth[]){{0.35, 0, 0.3}, {0.25, 0, 0}}, 0.7, 180, 12, 2001);
}

static void so_does_a_history_of_weeks(void **state) {
  (void)state;
  recover((truth[]){{0.5, 2, 0.1}, {0.3, 1, 0.1}}, 0.2, 520, 52, 3001);
}

static void one_of_days_over_ten_years(void **state) {
  (void)state;
  score volatility = {0}, reversion = {0};
  const truth truths[] = {{0.4, 1, 0.1}, {0.3, 1, 0.1}};
  for (uint64_t round = 0; round < ROUNDS; round++) {
    world *w = simulate(truths, 0.5, 2500, 250, 4001 + round);
    const ofr_calibration *c = round % 10 ? NULL : calibrate(w);
    if (c) add(&volatility, c->series[0].volatility, 0.4), add(&reversion, c->series[0].reversion, 1);
    forget(w);
  }
  assert_true(volatility.within >= 12 && reversion.within >= 12); /* of 15 */
}

/* Every third value of the second series is missing, and every seventh of the first. */
static void gaps_cost_precision_and_nothing_else(void **state) {
  (void)state;
  score volatility = {0}, reversion = {0}, correlation = {0};
  const truth truths[] = {{0.35, 1.5, -0.2}, {0.25, 0.8, 0.4}};
  for (uint64_t round = 0; round < ROUNDS; round++) {
    world *w = simulate(truths, 0.5, 400, 12, 5001 + round);
    for (int i = 0; i < 400; i++) {
      if (i % 7 == 3) w->values[2 * i] = NAN;
      if (i % 3 == 1) w->values[2 * i + 1] = NAN;
    }
    const ofr_calibration *c = calibrate(w);
    assert_int_equal(c->series[0].count, 400 - 57);
    add(&volatility, c->series[1].volatility, truths[1].volatility);
    add(&reversion, c->series[1].reversion, truths[1].reversion);
    add(&correlation, c->pair[0].correlation, 0.5);
    forget(w);
  }
  assert_honest("volatility", &volatility, 0.9, 0.25);
  assert_honest("reversion", &reversion, 0.9, 0.35);
  assert_honest("correlation", &correlation, 0.9, 0.25);
}

static void a_walk_and_a_tether_are_told_apart_where_the_history_is_long(void **state) {
  (void)state;
  world *w = simulate((truth[]){{0.35, 0, 0}, {0.35, 3, 0}}, 0, 480, 12, 77);
  const ofr_calibration *c = calibrate(w);
  assert_true(c->series[0].walk < 6 && c->series[1].walk > 20);
  forget(w);
}

static void what_is_too_short_or_does_not_move_is_refused(void **state) {
  (void)state;
  world *w = simulate((truth[]){{0.35, 1, 0}, {0.35, 1, 0}}, 0, 11, 12, 1);
  assert_null(ofr_calibrate(&w->history, w->arena, &w->d));
  assert_int_equal(w->d.errors, 2);
  assert_non_null(strstr(w->d.items[0].message, "\"price\" has 11 values"));
  assert_int_equal(w->d.items[0].line, 2);
  forget(w);
  w = simulate((truth[]){{0.35, 1, 0}, {0, 1, 0.2}}, 0, 60, 12, 1);
  assert_null(ofr_calibrate(&w->history, w->arena, &w->d));
  assert_int_equal(w->d.errors, 1);
  assert_non_null(strstr(w->d.items[0].message, "\"demand\" does not fluctuate"));
  forget(w);
}

/* Three series in pairs that never meet in the same years: each pair's correlation is what it is, and together they cannot be. */
static void correlations_that_cannot_hold_together_are_shrunk(void **state) {
  enum { DATES = 120 };
  (void)state;
  ofr_arena *arena = ofr_arena_create();
  ofr_diagnostics d = {.arena = arena};
  const char *names[] = {"a", "b", "c"};
  double years[DATES], values[3 * DATES], x = 0;
  int month[DATES], day[DATES], line[3] = {1, 1, 1};
  uint64_t random = 5;
  for (int i = 0; i < DATES; i++) {
    int era = i / 40;
    x += 0.1 * normal(&random);
    years[i] = i / 12.0, month[i] = 24000 + i, day[i] = 1;
    for (int k = 0; k < 3; k++) {
      double own = x + 0.01 * normal(&random);
      values[3 * i + k] = k == era ? NAN : exp(era == 0 && k == 2 ? -own : own);
    }
  }
  ofr_history h = {.file = "h",
                   .count = 3,
                   .names = names,
                   .line = line,
                   .dates = DATES,
                   .month = month,
                   .day = day,
                   .years = years,
                   .values = values};
  const ofr_calibration *c = ofr_calibrate(&h, arena, &d);
  assert_non_null(c);
  assert_int_equal(c->pairs, 3);
  assert_true(c->shrunk < 0.6 && c->shrunk > 0.4); /* three of -1, 1, 1 hold together up to a half */
  ofr_arena_destroy(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_monthly_history_that_reverts_gives_its_parameters_back),
      cmocka_unit_test(so_does_one_that_reverts_slowly),
      cmocka_unit_test(a_random_walk_has_next_to_no_reversion),
      cmocka_unit_test(so_does_a_history_of_weeks),
      cmocka_unit_test(one_of_days_over_ten_years),
      cmocka_unit_test(gaps_cost_precision_and_nothing_else),
      cmocka_unit_test(a_walk_and_a_tether_are_told_apart_where_the_history_is_long),
      cmocka_unit_test(what_is_too_short_or_does_not_move_is_refused),
      cmocka_unit_test(correlations_that_cannot_hold_together_are_shrunk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
