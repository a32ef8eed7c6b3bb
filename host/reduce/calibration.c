#include "calibration.h"
#include <math.h>
#include <string.h>

/* The values of one series that are there. */
typedef struct sample {
  int count;
  double *time, *x;   /* years from the middle; logarithms */
  int *date;          /* of the history */
} sample;

/* What is known of a sample for one reversion. */
typedef struct fit {
  double likelihood;  /* restricted, of all but a constant */
  double intercept, growth, growth_variance, variance; /* a, g, of g in units of variance, sigma^2 */
} fit;

static bool take_sample(const ofr_history *h, int series, ofr_arena *arena, sample *s) {
  *s =
      (sample){0, ofr_arena_alloc(arena, (size_t)h->dates, sizeof(double)),
               ofr_arena_alloc(arena, (size_t)h->dates, sizeof(double)), ofr_arena_alloc(arena, (size_t)h->dates, sizeof(int))};
  if (!s->time || !s->x || !s->date) return false;
  for (int i = 0; i < h->dates; i++) {
    double value = h->values[i * h->count + series];
    if (isnan(value)) continue;
    s->time[s->count] = h->years[i];
    s->x[s->count] = log(value);
    s->date[s->count++] = i;
  }
  double middle = s->count > 0 ? (s->time[0] + s->time[s->count - 1]) / 2 : 0;
  for (int i = 0; i < s->count; i++) s->time[i] -= middle;
  return true;
}

/* Of an OU process with sigma = 1 after `years`: what is left of its place, and the variance that came in. */
static double kept(double reversion, double years) { return exp(-reversion * years); }
static double arrived(double reversion, double years) { return -expm1(-2 * reversion * years) / (2 * reversion); }

/* Step i: x[i] less what is left of x[i - 1], and the same of 1 and of t; its variance over sigma^2. Step 0 is the stationary
 * law. */
typedef struct step { double y, one, time, variance; } step;

static step step_of(const sample *s, double reversion, int i) {
  if (i == 0) return (step){s->x[0], 1, s->time[0], 1 / (2 * reversion)};
  double phi = kept(reversion, s->time[i] - s->time[i - 1]);
  return (step){s->x[i] - phi * s->x[i - 1], 1 - phi, s->time[i] - phi * s->time[i - 1],
                arrived(reversion, s->time[i] - s->time[i - 1])};
}

/* Least squares on 1 and t, weighted by the steps' variances. */
static fit fit_with(const sample *s, double reversion) {
  double aa = 0, ab = 0, bb = 0, ay = 0, by = 0, logs = 0, squares = 0;
  for (int i = 0; i < s->count; i++) {
    step e = step_of(s, reversion, i);
    aa += e.one * e.one / e.variance, ab += e.one * e.time / e.variance, bb += e.time * e.time / e.variance;
    ay += e.one * e.y / e.variance, by += e.time * e.y / e.variance;
    logs += log(e.variance);
  }
  double determinant = aa * bb - ab * ab;
  fit f = {.intercept = (bb * ay - ab * by) / determinant,
           .growth = (aa * by - ab * ay) / determinant,
           .growth_variance = aa / determinant};
  for (int i = 0; i < s->count; i++) {
    step e = step_of(s, reversion, i);
    double rest = e.y - f.intercept * e.one - f.growth * e.time;
    squares += rest * rest / e.variance;
  }
  f.variance = squares / (s->count - 2);
  f.likelihood = -0.5 * ((s->count - 2) * log(f.variance) + logs + log(determinant));
  return f;
}

/* The likeliest reversion, from next to nothing to where the shortest step forgets all: a grid in its logarithm, then golden
 * sections. */
static double likeliest_reversion(const sample *s, double least, double most) {
  enum { GRID = 40, SECTIONS = 40 };
  const double golden = 0.6180339887498949, ratio = log(most / least) / GRID;
  int best = 0;
  double highest = -INFINITY;
  for (int i = 0; i <= GRID; i++) {
    double likelihood = fit_with(s, least * exp(ratio * i)).likelihood;
    if (likelihood > highest) highest = likelihood, best = i;
  }
  double low = log(least) + ratio * (best > 0 ? best - 1 : 0), high = log(least) + ratio * (best < GRID ? best + 1 : GRID);
  for (int i = 0; i < SECTIONS; i++) {
    double a = high - golden * (high - low), b = low + golden * (high - low);
    if (fit_with(s, exp(a)).likelihood < fit_with(s, exp(b)).likelihood) low = a;
    else high = b;
  }
  return exp((low + high) / 2);
}

/* The inverse of Fisher's information on reversion and log sigma^2, from the transitions. It is an asymptote: simulated
 * histories of T years scatter by another 6/T, nearly whatever their reversion is (and by that alone where they have none). */
static void set_errors(const sample *s, double reversion, ofr_series_fit *out) {
  double kk = 0, ks = 0;
  int steps = s->count - 1;
  for (int i = 1; i <= steps; i++) {
    double years = s->time[i] - s->time[i - 1], phi = kept(reversion, years), variance = arrived(reversion, years);
    double slope = (years * phi * phi / variance - 1) / reversion; /* of log variance */
    kk += years * years * phi * phi / (2 * reversion * variance) + 0.5 * slope * slope;
    ks += 0.5 * slope;
  }
  double ss = 0.5 * steps, determinant = kk * ss - ks * ks;
  double scatter = 6 / (s->time[s->count - 1] - s->time[0]);
  out->reversion.se = sqrt(ss / determinant + scatter * scatter);
  out->volatility.se = out->volatility.value * 0.5 * sqrt(kk / determinant);
}

static ofr_series_fit fit_series(const sample *s, const char *name) {
  double years = s->time[s->count - 1] - s->time[0], shortest = years, bias = 2 / years, least = 1e-4 / years;
  for (int i = 1; i < s->count; i++) shortest = fmin(shortest, s->time[i] - s->time[i - 1]);
  double likeliest = likeliest_reversion(s, least, 5 / shortest);
  double reversion = likeliest > bias ? likeliest - bias : 0, used = fmax(reversion, least);
  fit f = fit_with(s, used);
  ofr_series_fit out = {.name = name, .count = s->count, .years = years, .first = exp(s->x[0]), .last = exp(s->x[s->count - 1])};
  out.volatility.value = sqrt(f.variance);
  out.reversion.value = reversion;
  out.growth = (ofr_fitted){expm1(f.growth), exp(f.growth) * sqrt(f.growth_variance * f.variance)};
  out.walk = fmax(0, 2 * (fit_with(s, likeliest).likelihood - fit_with(s, least).likelihood));
  set_errors(s, used, &out);
  return out;
}

/* ---- pairs ---- */

/* What was new in each step, in standard deviations. */
static double *news_of(const sample *s, const ofr_series_fit *found, ofr_arena *arena) {
  double *news = ofr_arena_alloc(arena, (size_t)s->count, sizeof *news);
  double reversion = fmax(found->reversion.value, 1e-4 / found->years);
  fit f = fit_with(s, reversion);
  for (int i = 1; news && i < s->count; i++) {
    step e = step_of(s, reversion, i);
    news[i] = (e.y - f.intercept * e.one - f.growth * e.time) / sqrt(e.variance * f.variance);
  }
  return news;
}

/* Steps that begin and end on the same dates in both. */
static bool fit_pair(const sample *a, const sample *b, const double *x, const double *y, ofr_pair_fit *out) {
  double xx = 0, xy = 0, yy = 0;
  for (int i = 1, j = 1; i < a->count && j < b->count;) {
    int later = a->date[i] - b->date[j];
    if (later == 0 && a->date[i - 1] == b->date[j - 1]) {
      xx += x[i] * x[i], xy += x[i] * y[j], yy += y[j] * y[j];
      out->count++;
    }
    i += later <= 0, j += later >= 0;
  }
  if (out->count < OFR_CALIBRATION_LEAST - 1 || !(xx > 0 && yy > 0)) return false;
  double rho = xy / sqrt(xx * yy);
  out->correlation = (ofr_fitted){rho, (1 - rho * rho) / sqrt(out->count - 1)};
  return true;
}

/* Whether the correlations, each times `by`, could all hold at once: whether their matrix has a root. */
static bool hold_together(const ofr_calibration *c, double by, double *root) {
  int n = c->count;
  memset(root, 0, (size_t)n * (size_t)n * sizeof *root);
  for (int i = 0; i < c->pairs; i++) root[c->pair[i].b * n + c->pair[i].a] = c->pair[i].correlation.value * by;
  for (int j = 0; j < n; j++) {
    double pivot = 1;
    for (int k = 0; k < j; k++) pivot -= root[j * n + k] * root[j * n + k];
    if (pivot < 1e-6) return false;
    root[j * n + j] = sqrt(pivot);
    for (int i = j + 1; i < n; i++) {
      for (int k = 0; k < j; k++) root[i * n + j] -= root[i * n + k] * root[j * n + k];
      root[i * n + j] /= root[j * n + j];
    }
  }
  return true;
}

static bool shrink(ofr_calibration *c, ofr_arena *arena) {
  double *root = ofr_arena_alloc(arena, (size_t)c->count * (size_t)c->count, sizeof *root), low = 0, high = 1;
  if (!root) return false;
  c->shrunk = 1;
  if (hold_together(c, 1, root)) return true;
  for (int i = 0; i < 50; i++) {
    double middle = (low + high) / 2;
    if (hold_together(c, middle, root)) low = middle;
    else high = middle;
  }
  c->shrunk = floor(low * 1000) / 1000;
  for (int i = 0; i < c->pairs; i++) c->pair[i].correlation.value *= c->shrunk;
  return true;
}

/* ---- the whole ---- */

static bool is_fit(const ofr_history *h, int series, const sample *s, ofr_diagnostics *d) {
  double low = INFINITY, high = -INFINITY;
  for (int i = 1; i < s->count; i++) {
    double slope = (s->x[i] - s->x[i - 1]) / (s->time[i] - s->time[i - 1]);
    low = fmin(low, slope), high = fmax(high, slope);
  }
  if (s->count < OFR_CALIBRATION_LEAST)
    ofr_diagnose(d, OFR_ERROR, h->file, h->line[series], "", "bring a year of months or more",
                 "\"%s\" has %d value%s: too few to tell", h->names[series], s->count, s->count == 1 ? "" : "s");
  else if (high - low < 1e-9)
    ofr_diagnose(d, OFR_ERROR, h->file, h->line[series], "", "leave it out: a curve says as much", "\"%s\" does not fluctuate",
                 h->names[series]);
  else return true;
  return false;
}

const ofr_calibration *ofr_calibrate(const ofr_history *h, ofr_arena *arena, ofr_diagnostics *d) {
  ofr_calibration *c = ofr_arena_alloc(arena, 1, sizeof *c);
  sample *samples = ofr_arena_alloc(arena, (size_t)h->count, sizeof *samples);
  double **news = ofr_arena_alloc(arena, (size_t)h->count, sizeof *news);
  bool sound = true;
  if (!c || !samples || !news) return NULL;
  c->history = h;
  c->count = h->count;
  c->series = ofr_arena_alloc(arena, (size_t)h->count, sizeof *c->series);
  c->pair = ofr_arena_alloc(arena, (size_t)h->count * (size_t)h->count / 2 + 1, sizeof *c->pair);
  if (!c->series || !c->pair) return NULL;
  for (int i = 0; i < h->count; i++) {
    if (!take_sample(h, i, arena, &samples[i])) return NULL;
    if (!is_fit(h, i, &samples[i], d)) sound = false;
    if (!sound) continue;
    c->series[i] = fit_series(&samples[i], h->names[i]);
    if (!(news[i] = news_of(&samples[i], &c->series[i], arena))) return NULL;
  }
  for (int a = 0; sound && a < h->count; a++)
    for (int b = a + 1; b < h->count; b++) {
      ofr_pair_fit *pair = &c->pair[c->pairs];
      *pair = (ofr_pair_fit){.a = a, .b = b};
      c->pairs += fit_pair(&samples[a], &samples[b], news[a], news[b], pair);
    }
  return sound && shrink(c, arena) ? c : NULL;
}
