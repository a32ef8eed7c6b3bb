#include "search.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "search_cuts.h"
#include "search_snap.h"

enum {
  MOST = OFR_MAX_VARIABLES,
  MOST_CUTS = 64,
  MOST_SEEN = 256,
  MOST_CANDIDATES = 320,
  MOST_ROUNDS = 200,
  REGIONS = 4,
  PAIRS_UP_TO = 8
};

/* Everything below is in shares of the ranges: 0..1 for each variable. */
typedef struct cut {
  double at[MOST], value, slope[MOST];
} cut; /* value + slope . (u - at) is thought to lie below the function */

typedef struct descent {
  const ofr_search *search;
  int n;
  double range[MOST], least[MOST]; /* of each variable; the least region as a share of it */
  double at[MOST], value;          /* the centre */
  double before[MOST];             /* the centre before it */
  double radius;
  double promise;                 /* how much lower the cuts are within the region; INFINITY before there are any */
  double left[MOST], right[MOST]; /* slopes to either side; NAN where there is no room */
  double candidates[MOST_CANDIDATES][MOST];
  int count;
  ofr_cuts cuts;
  ofr_place seen[MOST_SEEN];
  int seen_count, next_seen;
} descent;

/* ---- candidates ---- */

static double from_of(const descent *d, int i) { return d->search->sizing->variables[i].from; }

/* What was a multiple of a step before it became a share is one again: lots round up whatever lies above them. */
static void to_values(const descent *d, const double *share, double *values) {
  for (int i = 0; i < d->n; i++) {
    double value = fmin(from_of(d, i) + share[i] * d->range[i], d->search->sizing->variables[i].to),
           whole = ofr_search_multiple(d->search, i, value);
    values[i] = fabs(whole - value) <= 1e-6 * d->search->step[i] ? whole : value;
  }
}

static void to_shares(const descent *d, const double *values, double *share) {
  for (int i = 0; i < d->n; i++) share[i] = d->range[i] > 0 ? (values[i] - from_of(d, i)) / d->range[i] : 0;
}

static void add_candidate(descent *d, const double *share) {
  if (d->count == MOST_CANDIDATES) return;
  double values[MOST];
  to_values(d, share, values);
  if (!ofr_sizing_allows(d->search->sizing, values) && !ofr_sizing_nearest(d->search->sizing, values, values)) return;
  ofr_search_snap(d->search, values);
  to_shares(d, values, d->candidates[d->count]);
  if (!memcmp(d->candidates[d->count], d->at, (size_t)d->n * sizeof *d->at)) return;
  for (int k = 0; k < d->count; k++)
    if (!memcmp(d->candidates[d->count], d->candidates[k], (size_t)d->n * sizeof *d->at)) return;
  d->count++;
}

static void remember(descent *d, const double *share, double value) {
  ofr_place *p = &d->seen[d->next_seen++ % MOST_SEEN];
  memcpy(p->at, share, (size_t)d->n * sizeof *share);
  p->value = value;
  if (d->seen_count < MOST_SEEN) d->seen_count++;
}

/* Values of `points` (shares), which need not keep the constraints. */
static bool evaluate(descent *d, double (*points)[MOST], int count, double *values) {
  double *flat = malloc((size_t)d->search->batch * (size_t)d->n * sizeof *flat);
  bool done = flat != NULL;
  for (int first = 0; done && first < count; first += d->search->batch) {
    int size = count - first < d->search->batch ? count - first : d->search->batch;
    for (int k = 0; k < size; k++) to_values(d, points[first + k], flat + (size_t)k * (size_t)d->n);
    done = d->search->evaluate(d->search->context, flat, size, values + first);
  }
  free(flat);
  for (int k = 0; done && k < count; k++) remember(d, points[k], values[k]);
  return done;
}

static bool allowed(const descent *d, const double *share) {
  double values[MOST];
  to_values(d, share, values);
  return ofr_sizing_allows(d->search->sizing, values);
}

/* ---- looking around ---- */

/* How far to look along variable i: a part of the region, but no less than what matters. */
static double reach(const descent *d, int i) { return fmax(d->radius / 2, d->least[i]); }

static double snapped(const descent *d, int i, double share) {
  return (ofr_search_multiple(d->search, i, from_of(d, i) + share * d->range[i]) - from_of(d, i)) / d->range[i];
}

static void take_slopes(descent *d, double (*points)[MOST], const int *axis, const double *values, int count) {
  for (int i = 0; i < d->n; i++) d->left[i] = d->right[i] = NAN;
  for (int k = 0; k < count; k++) {
    int i = axis[k];
    double width = points[k][i] - d->at[i], slope = (values[k] - d->value) / width;
    if (width < 0) d->left[i] = slope;
    else d->right[i] = slope;
  }
}

static double slope_of(const descent *d, int i) {
  if (isnan(d->left[i])) return isnan(d->right[i]) ? 0 : d->right[i];
  return isnan(d->right[i]) ? d->left[i] : (d->left[i] + d->right[i]) / 2;
}

static void add_cut(descent *d) {
  double slope[MOST];
  for (int i = 0; i < d->n; i++) slope[i] = slope_of(d, i);
  ofr_cuts_add(&d->cuts, d->at, d->value, slope);
}

/* Both neighbours on every axis; the best that is allowed goes to *best. */
static bool look_around(descent *d, ofr_place *best) {
  double points[2 * MOST][MOST], values[2 * MOST];
  int axis[2 * MOST], count = 0;
  for (int i = 0; i < d->n; i++)
    for (int side = -1; side <= 1 && d->range[i] > 0; side += 2) {
      double share = snapped(d, i, d->at[i] + side * reach(d, i));
      if (share == d->at[i]) continue;
      memcpy(points[count], d->at, sizeof d->at);
      points[count][i] = share;
      axis[count++] = i;
    }
  if (!evaluate(d, points, count, values)) return false;
  take_slopes(d, points, axis, values, count);
  add_cut(d);
  for (int k = 0; k < count; k++)
    if (values[k] < best->value && allowed(d, points[k])) {
      memcpy(best->at, points[k], sizeof best->at);
      best->value = values[k];
    }
  return true;
}

/* ---- steps ---- */

static double distance(const descent *d, const double *a, const double *b) {
  double most = 0;
  for (int i = 0; i < d->n; i++) most = fmax(most, fabs(a[i] - b[i]));
  return most;
}

/* Values seen nearby keep the cuts below the function. */
static void lower_cuts(descent *d) {
  for (int k = 0; k < d->seen_count; k++)
    if (distance(d, d->seen[k].at, d->at) <= 2 * d->radius) ofr_cuts_lower(&d->cuts, d->seen[k].at, d->seen[k].value);
}

/* Where the cuts are least, within regions of several sizes. */
static void add_least_of_cuts(descent *d) {
  double share[MOST];
  for (int k = 0; k < REGIONS; k++) {
    double value = -INFINITY;
    if (ofr_cuts_least(&d->cuts, d->search->sizing, d->at, ldexp(d->radius, -k), share, &value)) add_candidate(d, share);
    if (k == 0) d->promise = d->value - value;
  }
}

/* Along each axis to the bottom of the parabola through three values, or as far as the region goes; all axes at once. */
static void add_parabola(descent *d) {
  double share[MOST];
  for (int i = 0; i < d->n; i++) {
    double bend = isnan(d->left[i]) || isnan(d->right[i]) ? 0 : (d->right[i] - d->left[i]) / reach(d, i),
           slope = slope_of(d, i);
    double step = slope == 0 ? 0 : bend > 0 ? -slope / bend : slope > 0 ? -d->radius : d->radius;
    share[i] = fmin(fmax(d->at[i] + fmin(fmax(step, -d->radius), d->radius), 0), 1);
  }
  add_candidate(d, share);
}

static void add_last_step(descent *d) {
  double share[MOST];
  for (int i = 0; i < d->n; i++) share[i] = fmin(fmax(2 * d->at[i] - d->before[i], 0), 1);
  add_candidate(d, share);
}

/* One variable up and another down, so that the sum of a constraint that binds stays what it is. */
static void add_exchanges(descent *d, const ofr_linear_constraint *c) {
  for (int i = 0; i < d->n; i++)
    for (int j = 0; j < d->n; j++) {
      double a = c->weight[i] * d->range[i], b = c->weight[j] * d->range[j], share[MOST];
      if (i == j || a == 0 || b == 0) continue;
      double step = reach(d, i) * fmin(1, fabs(b / a));
      memcpy(share, d->at, sizeof share);
      share[i] += step;
      share[j] -= step * a / b;
      if (share[i] <= 1 && share[j] >= 0 && share[j] <= 1) add_candidate(d, share);
    }
}

static void add_steps_along_constraints(descent *d) {
  const ofr_sizing *s = d->search->sizing;
  for (int k = 0; k < s->constraint_count && d->n <= PAIRS_UP_TO; k++) {
    const ofr_linear_constraint *c = &s->constraints[k];
    double sum = 0, width = 0;
    for (int i = 0; i < d->n; i++) {
      sum += c->weight[i] * (from_of(d, i) + d->at[i] * d->range[i]);
      width += fabs(c->weight[i]) * d->range[i] * d->radius;
    }
    if (c->max - sum < width || sum - c->min < width) add_exchanges(d, c);
  }
}

/* Best of all candidates into *best. */
static bool try_candidates(descent *d, ofr_place *best) {
  double values[MOST_CANDIDATES];
  d->count = 0;
  lower_cuts(d);
  add_least_of_cuts(d);
  add_parabola(d);
  add_last_step(d);
  add_steps_along_constraints(d);
  if (!evaluate(d, d->candidates, d->count, values)) return false;
  for (int k = 0; k < d->count; k++)
    if (values[k] < best->value && allowed(d, d->candidates[k])) {
      memcpy(best->at, d->candidates[k], sizeof best->at);
      best->value = values[k];
    }
  return true;
}

/* ---- going down ---- */

static bool is_fine(const descent *d, ofr_fineness until) {
  if (d->radius < until.radius || d->promise < until.gain * fabs(d->value)) return true;
  for (int i = 0; i < d->n; i++)
    if (d->range[i] > 0 && d->radius >= d->least[i]) return false;
  return true;
}

/* To `best` if that is lower. A long step widens the region, a short one narrows it, none narrows it much. */
static void move(descent *d, const ofr_place *best) {
  if (!(best->value < d->value)) {
    d->radius /= 4;
    return;
  }
  double step = distance(d, best->at, d->at);
  memcpy(d->before, d->at, sizeof d->before);
  memcpy(d->at, best->at, sizeof d->at);
  d->value = best->value;
  if (step >= 0.75 * d->radius) d->radius = fmin(1, 2 * d->radius);
  else if (step < d->radius / 4) d->radius /= 2;
}

static bool begin(descent *d, const ofr_search *search, const ofr_place *place, double radius) {
  const ofr_sizing *s = search->sizing;
  d->search = search;
  d->n = d->cuts.n = s->variable_count;
  d->radius = radius;
  d->value = place->value;
  d->promise = INFINITY;
  bool room = false;
  for (int i = 0; i < d->n; i++) {
    d->range[i] = s->variables[i].to - s->variables[i].from;
    d->least[i] = d->range[i] > 0 ? fmin(fmax(search->step[i] / d->range[i], 1e-9), 1) : 1;
    room |= d->range[i] > 0;
  }
  to_shares(d, place->at, d->at);
  memcpy(d->before, d->at, sizeof d->before);
  remember(d, d->at, d->value);
  return room;
}

bool ofr_search_refine(const ofr_search *search, ofr_place *place, double radius, ofr_fineness until) {
  descent *d = calloc(1, sizeof *d);
  if (!d) return false;
  bool going = true, room = begin(d, search, place, radius);
  for (int round = 0; going && room && round < MOST_ROUNDS && !is_fine(d, until); round++) {
    ofr_place best = {.value = d->value};
    going = look_around(d, &best) && try_candidates(d, &best);
    move(d, &best);
  }
  if (d->value < place->value) {
    to_values(d, d->at, place->at);
    place->value = d->value;
  }
  free(d);
  return going;
}
