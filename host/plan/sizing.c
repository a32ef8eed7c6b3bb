#include "sizing.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/linear_program.h"
#include "plan.h"
#include "plan_lots.h"

#define TOLERANCE 1e-9

static double range_of(const ofr_variable *v) { return v->to - v->from; }

/* How large the terms of a constraint can be: what its tolerance is measured against. */
static double weight_of(const ofr_sizing *s, const ofr_linear_constraint *c) {
  double sum = 0;
  for (int i = 0; i < s->variable_count; i++)
    sum += fabs(c->weight[i]) * fmax(fabs(s->variables[i].from), fabs(s->variables[i].to));
  return sum;
}

bool ofr_sizing_allows(const ofr_sizing *s, const double *values) {
  for (int i = 0; i < s->variable_count; i++)
    if (!(values[i] >= s->variables[i].from && values[i] <= s->variables[i].to)) return false;
  for (int k = 0; k < s->constraint_count; k++) {
    const ofr_linear_constraint *c = &s->constraints[k];
    double sum = 0, slack = TOLERANCE * weight_of(s, c);
    for (int i = 0; i < s->variable_count; i++) sum += c->weight[i] * values[i];
    if (sum < c->min - slack || sum > c->max + slack) return false;
  }
  return true;
}

typedef struct rows {
  int count, columns;
  double *matrix, *bound;
} rows;

static double *add_row(rows *r, double bound) {
  r->bound[r->count] = bound;
  return r->matrix + (size_t)r->count++ * (size_t)r->columns;
}

/* In shares of each range: share <= 1, and share - above + below = wish; the sum of above and below is minimised. */
static void fill_distances(const ofr_sizing *s, const double *wish, rows *r) {
  int n = s->variable_count;
  for (int i = 0; i < n; i++) {
    const ofr_variable *v = &s->variables[i];
    double share = range_of(v) > 0 ? (fmin(fmax(wish[i], v->from), v->to) - v->from) / range_of(v) : 0;
    add_row(r, range_of(v) > 0)[i] = 1;
    for (int side = -1; side <= 1; side += 2) {
      double *row = add_row(r, side * share);
      row[i] = side, row[n + i] = -side, row[2 * n + i] = side;
    }
  }
}

static void fill_constraints(const ofr_sizing *s, rows *r) {
  for (int k = 0; k < s->constraint_count; k++) {
    const ofr_linear_constraint *c = &s->constraints[k];
    double unit = fmax(weight_of(s, c), 1e-300), base = 0;
    for (int i = 0; i < s->variable_count; i++) base += c->weight[i] * s->variables[i].from;
    for (int side = -1; side <= 1; side += 2) {
      double limit = side < 0 ? -c->min : c->max;
      if (!isfinite(limit)) continue;
      double *row = add_row(r, (limit - side * base) / unit);
      for (int i = 0; i < s->variable_count; i++) row[i] = side * c->weight[i] * range_of(&s->variables[i]) / unit;
    }
  }
}

bool ofr_sizing_nearest(const ofr_sizing *s, const double *wish, double *values) {
  int n = s->variable_count, most = 3 * n + 2 * s->constraint_count;
  double cost[3 * OFR_MAX_VARIABLES] = {0}, x[3 * OFR_MAX_VARIABLES];
  rows r = {.columns = 3 * n,
            .matrix = calloc((size_t)most * 3 * (size_t)n + 1, sizeof(double)),
            .bound = calloc((size_t)most + 1, sizeof(double))};
  bool found = r.matrix && r.bound;
  if (found) {
    fill_distances(s, wish, &r);
    fill_constraints(s, &r);
    for (int i = 0; i < 2 * n; i++) cost[n + i] = 1;
    found = ofr_linear_minimum(r.count, r.columns, r.matrix, r.bound, cost, x) == OFR_LINEAR_OPTIMAL;
  }
  for (int i = 0; found && i < n; i++) {
    const ofr_variable *v = &s->variables[i];
    values[i] = fmin(fmax(v->from + x[i] * range_of(v), v->from), v->to);
    if (fabs(values[i] - wish[i]) <= 1e-12 * range_of(v)) values[i] = wish[i];
  }
  free(r.matrix);
  free(r.bound);
  return found;
}

/* ---- a plan of other sizes ---- */

static bool size_window(ofr_contract *contract, const ofr_variable *v, double value, ofr_arena *arena) {
  ofr_window *windows = ofr_arena_alloc(arena, (size_t)contract->window_count, sizeof *windows);
  if (!windows) return false;
  memcpy(windows, contract->windows, (size_t)contract->window_count * sizeof *windows);
  windows[v->window].amount = value;
  contract->windows = windows;
  return true;
}

/* All variables of one reservation at once: what they share is rounded up together. */
static bool size_reservation(const ofr_sizing *s, const double *values, int months, ofr_contract *contract, int index,
                             ofr_arena *arena) {
  double *at = ofr_arena_alloc(arena, (size_t)months, sizeof *at);
  if (!at) return false;
  contract->accelerators = (ofr_curve){.at = at};
  for (int t = contract->span.from; t <= contract->span.to; t++) {
    const ofr_variable *last = NULL;
    for (int i = 0; i < s->variable_count; i++) {
      const ofr_variable *v = &s->variables[i];
      if (v->contract != index || !v->shape) continue;
      at[t] += (last ? 0 : v->base[t]) + v->shape[t] * values[i];
      last = v;
    }
    if (last && last->lot > 0) at[t] = ofr_whole_lots(at[t], last->lot);
    contract->accelerators.max = fmax(contract->accelerators.max, at[t]);
  }
  return true;
}

const ofr_plan *ofr_plan_sized(const ofr_plan *plan, const double *values, ofr_arena *arena) {
  const ofr_sizing *s = plan->sizing;
  ofr_plan *sized = ofr_arena_alloc(arena, 1, sizeof *sized);
  ofr_contract *contracts = ofr_arena_alloc(arena, (size_t)plan->contract_count, sizeof *contracts);
  if (!sized || !contracts) return NULL;
  *sized = *plan;
  memcpy(contracts, plan->contracts, (size_t)plan->contract_count * sizeof *contracts);
  sized->contracts = contracts;
  sized->strategies = &plan->strategies[s->strategy];
  sized->strategy_count = 1;
  for (int i = 0; i < s->variable_count; i++) {
    const ofr_variable *v = &s->variables[i];
    ofr_contract *contract = &contracts[v->contract];
    bool done = v->shape ? size_reservation(s, values, plan->months, contract, v->contract, arena)
                         : size_window(contract, v, values[i], arena);
    if (!done) return NULL;
  }
  return sized;
}
