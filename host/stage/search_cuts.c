#include "search_cuts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/linear_program.h"

enum { MOST = OFR_MAX_VARIABLES };

void ofr_cuts_add(ofr_cuts *x, const double *at, double value, const double *slope) {
  ofr_cut *c = &x->cut[x->next++ % OFR_MOST_CUTS];
  memcpy(c->at, at, (size_t)x->n * sizeof *at);
  memcpy(c->slope, slope, (size_t)x->n * sizeof *slope);
  c->value = value;
  if (x->count < OFR_MOST_CUTS) x->count++;
}

static double value_of(const ofr_cut *c, const double *u, int n) {
  double value = c->value;
  for (int i = 0; i < n; i++) value += c->slope[i] * (u[i] - c->at[i]);
  return value;
}

void ofr_cuts_lower(ofr_cuts *x, const double *at, double value) {
  for (int c = 0; c < x->count; c++) x->cut[c].value -= fmax(0, value_of(&x->cut[c], at, x->n) - value);
}

/* ---- the programme ---- */

/* It is written in y = (u - low) / radius, 0 <= y <= 2, and s, how far the least lies above `floor`. */
typedef struct frame {
  double radius, low[MOST], high[MOST];
  double unit;  /* of the function */
  double floor; /* nothing within the region is lower, if the cuts are right */
} frame;

typedef struct rows {
  int count, columns;
  double *matrix, *bound;
} rows;

static double *add_row(rows *r, double bound) {
  r->bound[r->count] = bound;
  return r->matrix + (size_t)r->count++ * (size_t)r->columns;
}

static frame frame_of(const ofr_cuts *x, const double *centre, double radius) {
  frame f = {.radius = radius, .floor = -INFINITY};
  for (int i = 0; i < x->n; i++) f.low[i] = fmax(0, centre[i] - radius), f.high[i] = fmin(1, centre[i] + radius);
  for (int c = 0; c < x->count; c++) {
    double corner[MOST], steep = 0;
    for (int i = 0; i < x->n; i++) {
      corner[i] = x->cut[c].slope[i] > 0 ? f.low[i] : f.high[i];
      steep += fabs(x->cut[c].slope[i]) * radius;
    }
    f.floor = fmax(f.floor, value_of(&x->cut[c], corner, x->n));
    f.unit = fmax(f.unit, steep);
  }
  if (f.unit <= 0) f.unit = 1;
  return f;
}

static void add_cuts(const ofr_cuts *x, const frame *f, rows *r) {
  for (int i = 0; i < x->n; i++) add_row(r, (f->high[i] - f->low[i]) / f->radius)[i] = 1;
  for (int c = 0; c < x->count; c++) {
    double *row = add_row(r, (f->floor - value_of(&x->cut[c], f->low, x->n)) / f->unit);
    for (int i = 0; i < x->n; i++) row[i] = x->cut[c].slope[i] * f->radius / f->unit;
    row[x->n] = -1;
  }
}

/* Each divided by how large its terms can be. */
static void add_constraints(const ofr_sizing *s, const frame *f, rows *r) {
  for (int k = 0; k < s->constraint_count; k++) {
    const ofr_linear_constraint *c = &s->constraints[k];
    double base = 0, unit = 0;
    for (int i = 0; i < s->variable_count; i++) {
      double from = s->variables[i].from, range = s->variables[i].to - from;
      base += c->weight[i] * (from + f->low[i] * range);
      unit += fabs(c->weight[i]) * fmax(range, fabs(from));
    }
    for (int side = -1; side <= 1 && unit > 0; side += 2) {
      double limit = side < 0 ? -c->min : c->max;
      if (!isfinite(limit)) continue;
      double *row = add_row(r, (limit - side * base) / unit);
      for (int i = 0; i < s->variable_count; i++)
        row[i] = side * c->weight[i] * (s->variables[i].to - s->variables[i].from) * f->radius / unit;
    }
  }
}

bool ofr_cuts_least(const ofr_cuts *x, const ofr_sizing *sizing, const double *centre, double radius, double *share,
                    double *value) {
  double solution[MOST + 1], cost[MOST + 1] = {0};
  frame f = frame_of(x, centre, radius);
  int n = x->n, most = n + x->count + 2 * sizing->constraint_count;
  rows r = {.columns = n + 1};
  r.matrix = calloc((size_t)most * (size_t)(n + 1), sizeof *r.matrix);
  r.bound = calloc((size_t)most, sizeof *r.bound);
  bool found = r.matrix && r.bound && x->count > 0;
  if (found) {
    add_cuts(x, &f, &r);
    add_constraints(sizing, &f, &r);
    cost[n] = 1;
    found = ofr_linear_minimum(r.count, r.columns, r.matrix, r.bound, cost, solution) == OFR_LINEAR_OPTIMAL;
  }
  for (int i = 0; found && i < n; i++) share[i] = fmin(f.low[i] + solution[i] * radius, f.high[i]);
  if (found) *value = f.floor + f.unit * solution[n];
  free(r.matrix);
  free(r.bound);
  return found;
}
