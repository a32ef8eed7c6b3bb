#include "search.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/linear_program.h"

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
  double left[MOST], right[MOST]; /* slopes to either side; NAN where there is no room */
  double candidates[MOST_CANDIDATES][MOST];
  int count;
  cut cuts[MOST_CUTS];
  int cut_count, next_cut;
  ofr_place seen[MOST_SEEN];
  int seen_count, next_seen;
} descent;

/* ---- candidates ---- */

static double from_of(const descent *d, int i) { return d->search->sizing->variables[i].from; }

/* The next whole multiple of a variable's step, within its limits. */
static double multiple(const ofr_search *search, int i, double value) {
  const ofr_variable *v = &search->sizing->variables[i];
  if (search->step[i] > 0) value = floor(value / search->step[i] + 0.5) * search->step[i];
  return fmin(fmax(value, v->from), v->to);
}

/* What was a multiple of a step before it became a share is one again: lots round up whatever lies above them. */
static void to_values(const descent *d, const double *share, double *values) {
  for (int i = 0; i < d->n; i++) {
    double value = fmin(from_of(d, i) + share[i] * d->range[i], d->search->sizing->variables[i].to),
           whole = multiple(d->search, i, value);
    values[i] = fabs(whole - value) <= 1e-6 * d->search->step[i] ? whole : value;
  }
}

static void to_shares(const descent *d, const double *values, double *share) {
  for (int i = 0; i < d->n; i++) share[i] = d->range[i] > 0 ? (values[i] - from_of(d, i)) / d->range[i] : 0;
}

/* To whole multiples of the steps, where constraints allow that. */
static void snap(const ofr_search *search, double *values) {
  double rounded[MOST];
  int n = search->sizing->variable_count;
  for (int i = 0; i < n; i++) rounded[i] = multiple(search, i, values[i]);
  if (ofr_sizing_allows(search->sizing, rounded)) memcpy(values, rounded, (size_t)n * sizeof *values);
}

static void add_candidate(descent *d, const double *share) {
  if (d->count == MOST_CANDIDATES) return;
  double values[MOST];
  to_values(d, share, values);
  if (!ofr_sizing_allows(d->search->sizing, values) && !ofr_sizing_nearest(d->search->sizing, values, values)) return;
  snap(d->search, values);
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
  return (multiple(d->search, i, from_of(d, i) + share * d->range[i]) - from_of(d, i)) / d->range[i];
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
  cut *c = &d->cuts[d->next_cut++ % MOST_CUTS];
  memcpy(c->at, d->at, sizeof c->at);
  c->value = d->value;
  for (int i = 0; i < d->n; i++) c->slope[i] = slope_of(d, i);
  if (d->cut_count < MOST_CUTS) d->cut_count++;
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

/* ---- cuts ---- */

static double distance(const descent *d, const double *a, const double *b) {
  double most = 0;
  for (int i = 0; i < d->n; i++) most = fmax(most, fabs(a[i] - b[i]));
  return most;
}

static double value_of(const cut *c, const double *u, int n) {
  double value = c->value;
  for (int i = 0; i < n; i++) value += c->slope[i] * (u[i] - c->at[i]);
  return value;
}

/* A cut above a value that was seen nearby is none: down with it. */
static void shift_cuts(descent *d) {
  for (int c = 0; c < d->cut_count; c++)
    for (int s = 0; s < d->seen_count; s++) {
      if (distance(d, d->seen[s].at, d->at) > 2 * d->radius) continue;
      d->cuts[c].value -= fmax(0, value_of(&d->cuts[c], d->seen[s].at, d->n) - d->seen[s].value);
    }
}

typedef struct rows {
  int count, columns;
  double *matrix, *bound;
} rows;

static double *add_row(rows *r, double bound) {
  r->bound[r->count] = bound;
  return r->matrix + (size_t)r->count++ * (size_t)r->columns;
}

/* Programmes are written in y = (u - low) / radius, 0 <= y <= 2, and s, how far the least lies above `floor`. */
typedef struct frame {
  double radius, low[MOST], high[MOST];
  double unit;  /* of the function */
  double floor; /* nothing within the region is lower, if the cuts are right */
} frame;

static frame frame_of(const descent *d, double radius) {
  frame f = {.radius = radius, .floor = -INFINITY};
  for (int i = 0; i < d->n; i++) {
    f.low[i] = fmax(0, d->at[i] - radius), f.high[i] = fmin(1, d->at[i] + radius);
    f.unit += fabs(slope_of(d, i)) * radius;
  }
  if (f.unit <= 0) f.unit = fmax(1, fabs(d->value));
  for (int c = 0; c < d->cut_count; c++) {
    double corner[MOST];
    for (int i = 0; i < d->n; i++) corner[i] = d->cuts[c].slope[i] > 0 ? f.low[i] : f.high[i];
    f.floor = fmax(f.floor, value_of(&d->cuts[c], corner, d->n));
  }
  return f;
}

static void add_cuts(const descent *d, const frame *f, rows *r) {
  for (int i = 0; i < d->n; i++) add_row(r, (f->high[i] - f->low[i]) / f->radius)[i] = 1;
  for (int c = 0; c < d->cut_count; c++) {
    double *row = add_row(r, (f->floor - value_of(&d->cuts[c], f->low, d->n)) / f->unit);
    for (int i = 0; i < d->n; i++) row[i] = d->cuts[c].slope[i] * f->radius / f->unit;
    row[d->n] = -1;
  }
}

/* Each divided by how large its terms can be. */
static void add_constraints(const descent *d, const frame *f, rows *r) {
  const ofr_sizing *s = d->search->sizing;
  for (int k = 0; k < s->constraint_count; k++) {
    const ofr_linear_constraint *c = &s->constraints[k];
    double base = 0, unit = 0;
    for (int i = 0; i < d->n; i++) {
      base += c->weight[i] * (from_of(d, i) + f->low[i] * d->range[i]);
      unit += fabs(c->weight[i]) * fmax(d->range[i], fabs(from_of(d, i)));
    }
    for (int side = -1; side <= 1 && unit > 0; side += 2) {
      double limit = side < 0 ? -c->min : c->max;
      if (!isfinite(limit)) continue;
      double *row = add_row(r, (limit - side * base) / unit);
      for (int i = 0; i < d->n; i++) row[i] = side * c->weight[i] * d->range[i] * f->radius / unit;
    }
  }
}

/* Where within `radius` the cuts are least. */
static bool least_of_cuts(const descent *d, double radius, double *share) {
  double x[MOST + 1], cost[MOST + 1] = {0};
  frame f = frame_of(d, radius);
  int n = d->n, most = n + d->cut_count + 2 * d->search->sizing->constraint_count;
  rows r = {.columns = n + 1};
  r.matrix = calloc((size_t)most * (size_t)(n + 1), sizeof *r.matrix);
  r.bound = calloc((size_t)most, sizeof *r.bound);
  bool found = r.matrix && r.bound;
  if (found) {
    add_cuts(d, &f, &r);
    add_constraints(d, &f, &r);
    cost[n] = 1;
    found = ofr_linear_minimum(r.count, r.columns, r.matrix, r.bound, cost, x) == OFR_LINEAR_OPTIMAL;
  }
  for (int i = 0; found && i < n; i++) share[i] = fmin(f.low[i] + x[i] * radius, f.high[i]);
  free(r.matrix);
  free(r.bound);
  return found;
}

/* ---- other steps ---- */

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
  double share[MOST], values[MOST_CANDIDATES];
  d->count = 0;
  shift_cuts(d);
  for (int k = 0; k < REGIONS; k++)
    if (least_of_cuts(d, ldexp(d->radius, -k), share)) add_candidate(d, share);
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

static bool is_fine(const descent *d, double until) {
  if (d->radius < until) return true;
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
  d->n = s->variable_count;
  d->radius = radius;
  d->value = place->value;
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

bool ofr_search_refine(const ofr_search *search, ofr_place *place, double radius, double until) {
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

/* ---- scanning ---- */

static double halton(int index, int base) {
  double share = 0, digit = 1;
  for (; index > 0; index /= base) share += (digit /= base) * (index % base);
  return share;
}

/* Share of variable i in point k: both ends and the middle of all ranges, then each one's ends, then an even spread. */
static double design(int n, int k, int i) {
  static const int primes[MOST] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,
                                   59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};
  static const double first[3] = {0.5, 0, 1};
  if (k < 3) return first[k];
  if (n > 1 && k < 3 + 2 * n) return (k - 3) / 2 == i ? (k - 3) % 2 : 0.5;
  return halton(k - (n > 1 ? 2 + 2 * n : 2), primes[i]);
}

static int design_size(int n) {
  int size = n == 1 ? 33 : 3 + 2 * n + 12 * n;
  return size < OFR_SCAN_MOST - 64 ? size : OFR_SCAN_MOST - 64;
}

static bool apart(const ofr_sizing *s, const ofr_place *a, const ofr_place *b) {
  for (int i = 0; i < s->variable_count; i++)
    if (fabs(a->at[i] - b->at[i]) > 0.1 * (s->variables[i].to - s->variables[i].from)) return true;
  return false;
}

/* Best first; among equals the one that was listed first. */
static int choose(const ofr_sizing *s, const ofr_place *all, int count, ofr_place *found, int most) {
  bool taken[OFR_SCAN_MOST] = {false};
  int kept = 0;
  for (int round = 0; round < count && kept < most; round++) {
    int best = -1;
    for (int k = 0; k < count; k++)
      if (!taken[k] && (best < 0 || all[k].value < all[best].value)) best = k;
    taken[best] = true;
    bool near = false;
    for (int k = 0; k < kept; k++) near |= !apart(s, &all[best], &found[k]);
    if (!near) found[kept++] = all[best];
  }
  return kept;
}

static int list_points(const ofr_search *search, const double *starts, int start_count, ofr_place *all) {
  const ofr_sizing *s = search->sizing;
  int n = s->variable_count, count = 0, size = design_size(n);
  for (int k = 0; k < start_count + size && count < OFR_SCAN_MOST; k++) {
    double *at = all[count].at, wish[MOST];
    for (int i = 0; i < n; i++) {
      const ofr_variable *v = &s->variables[i];
      wish[i] = k < start_count ? starts[k * n + i] : v->from + design(n, k - start_count, i) * (v->to - v->from);
    }
    if (!ofr_sizing_nearest(s, wish, at)) continue;
    if (k >= start_count) snap(search, at);
    bool known = false;
    for (int j = 0; j < count; j++) known |= !memcmp(all[j].at, at, (size_t)n * sizeof *at);
    count += !known;
  }
  return count;
}

int ofr_search_scan(const ofr_search *search, const double *starts, int start_count, ofr_place *found, int most) {
  int n = search->sizing->variable_count, kept = 0;
  ofr_place *all = calloc(OFR_SCAN_MOST, sizeof *all);
  double *points = malloc((size_t)search->batch * (size_t)n * sizeof *points),
         *values = malloc((size_t)search->batch * sizeof *values);
  int count = all && points && values ? list_points(search, starts, start_count, all) : 0, done = 0;
  while (done < count) {
    int size = count - done < search->batch ? count - done : search->batch;
    for (int k = 0; k < size; k++) memcpy(points + (size_t)k * (size_t)n, all[done + k].at, (size_t)n * sizeof *points);
    if (!search->evaluate(search->context, points, size, values)) break;
    for (int k = 0; k < size; k++) all[done + k].value = values[k];
    done += size;
  }
  if (count > 0 && done == count) kept = choose(search->sizing, all, count, found, most);
  free(all);
  free(points);
  free(values);
  return kept;
}
