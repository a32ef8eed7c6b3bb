/* What the sizes found are worth: beside the plan's own, beside one unit more or less of each, beside the sizes that a
 * spreadsheet of means would choose. Always on the same futures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/mean_future.h"
#include "optimizer.h"

enum { MOST_PATHS = 1 << 20 };

/* Cost path by path of a few sizings, and what each column comes to. */
typedef struct columns {
  ofr_lab lab;
  int count, room, n;
  double *points;
  int64_t *cost;
  ofr_risk *risk;
} columns;

static void columns_free(columns *c) {
  ofr_lab_close(&c->lab);
  free(c->points);
  free(c->cost);
  free(c->risk);
}

static bool columns_begin(columns *c, ofr_optimizer *x, int room, uint64_t paths) {
  *c = (columns){.room = room, .n = x->sizing->variable_count};
  if (!ofr_lab_open(&c->lab, &x->model, 0, paths)) return false;
  c->points = calloc((size_t)(room * c->n), sizeof *c->points);
  c->cost = malloc((size_t)room * paths * sizeof *c->cost);
  c->risk = calloc((size_t)room, sizeof *c->risk);
  return c->points && c->cost && c->risk;
}

static int add_column(columns *c, const double *at) {
  memcpy(c->points + c->count * c->n, at, (size_t)c->n * sizeof *at);
  return c->count++;
}

static bool columns_evaluate(columns *c) {
  if (!ofr_lab_columns(&c->lab, c->points, c->count, c->cost)) return false;
  for (int k = 0; k < c->count; k++)
    c->risk[k] = ofr_risk_of(c->cost + (size_t)k * c->lab.paths, c->lab.weights, c->lab.paths, c->lab.attitude, c->lab.cost);
  return true;
}

static ofr_estimate difference(const columns *c, int from, int to, double scale) {
  uint64_t paths = c->lab.paths;
  ofr_estimate e = ofr_risk_difference(c->cost + (size_t)from * paths, c->risk[from].quantile, c->cost + (size_t)to * paths,
                                       c->risk[to].quantile, c->lab.weights, paths, c->lab.attitude);
  return (ofr_estimate){e.mean * scale, e.se * fabs(scale)};
}

static uint64_t at_most(uint64_t paths, uint64_t most) { return paths < most ? paths : most; }

static ofr_risk in_dollars(ofr_risk r, double money) {
  r.mean *= money, r.mean_se *= money, r.cvar *= money, r.value *= money, r.value_se *= money;
  return r;
}

/* ---- one unit more, one unit less ---- */

/* Column of `base` with variable i moved by `by`; -1 when that leaves the limits. */
static int add_moved(columns *c, const ofr_optimizer *x, const double *base, int i, double by) {
  double at[OFR_MAX_VARIABLES];
  const ofr_variable *v = &x->sizing->variables[i];
  memcpy(at, base, (size_t)c->n * sizeof *at);
  at[i] += by;
  return at[i] < v->from || at[i] > v->to ? -1 : add_column(c, at);
}

/* A 256th of the range in whole steps: wide enough to rise above rounding, narrow enough to be a slope. */
static double width_of(const ofr_optimizer *x, int i) {
  double range = x->sizing->variables[i].to - x->sizing->variables[i].from, step = x->step[i];
  return step > 0 ? fmax(1, floor(range / 256 / step)) * step : range / 256;
}

typedef struct moved {
  int more, less, more_written;
} moved;

static void write_slope(const columns *c, const moved *m, int own, int written, double width, double money, ofr_slope *out) {
  *out =
      (ofr_slope){.width = width, .has_more = m->more >= 0, .has_less = m->less >= 0, .has_more_written = m->more_written >= 0};
  if (out->has_more) out->more = difference(c, own, m->more, money / width);
  if (out->has_less) out->less = difference(c, own, m->less, money / width);
  if (out->has_more_written) out->more_written = difference(c, written, m->more_written, money / width);
}

static bool measure_slopes(ofr_optimizer *x, columns *c, ofr_slope *slopes) {
  moved moves[OFR_MAX_VARIABLES];
  double at_written[OFR_MAX_VARIABLES], money = ofr_points_money(x->points);
  int n = x->sizing->variable_count, own = add_column(c, x->best.at), written = -1;
  bool within = true;
  for (int i = 0; i < n; i++) {
    const ofr_variable *v = &x->sizing->variables[i];
    at_written[i] = v->written;
    within &= v->written >= v->from && v->written <= v->to; /* beyond them the quanta would not hold */
  }
  if (within) written = add_column(c, at_written);
  for (int i = 0; i < n; i++) {
    bool room = x->sizing->variables[i].to > x->sizing->variables[i].from;
    moves[i].more = room ? add_moved(c, x, x->best.at, i, width_of(x, i)) : -1;
    moves[i].less = room ? add_moved(c, x, x->best.at, i, -width_of(x, i)) : -1;
    moves[i].more_written = room && within ? add_moved(c, x, at_written, i, width_of(x, i)) : -1;
  }
  if (!columns_evaluate(c)) return false;
  for (int i = 0; i < n; i++) write_slope(c, &moves[i], own, written, width_of(x, i), money, &slopes[i]);
  x->out->has_written = within;
  x->out->is_written_allowed = ofr_sizing_allows(x->sizing, at_written);
  if (within) x->out->written = in_dollars(c->risk[written], money);
  if (within) x->out->saving = difference(c, own, written, money);
  return true;
}

bool ofr_optimize_slopes(ofr_optimizer *x) {
  int n = x->sizing->variable_count;
  ofr_slope *slopes = ofr_arena_alloc(x->arena, (size_t)n, sizeof *slopes);
  columns c;
  bool done = slopes && columns_begin(&c, x, 2 + 3 * n, at_most(x->plan->paths, MOST_PATHS)) && measure_slopes(x, &c, slopes);
  if (slopes) columns_free(&c);
  x->out->slopes = slopes;
  x->out->has_slopes = done;
  return done;
}

/* ---- the sizes of a spreadsheet ---- */

/* What is best when every curve comes as written: one future, so the mean and the tail are the same. */
static bool best_of_means(ofr_optimizer *x, double *at) {
  ofr_optimizer means = *x;
  ofr_place place[1];
  ofr_lab lab = {0};
  offramp_error *error = x->model.error;
  uint64_t evaluations = 0; /* of one future each: not worth counting */
  double most[OFR_MAX_VARIABLES];
  const ofr_plan *plan = ofr_plan_mean_future(x->plan, x->arena);
  for (int i = 0; i < x->sizing->variable_count; i++) most[i] = x->sizing->variables[i].to;
  const ofr_plan *largest = plan ? ofr_plan_sized(plan, most, x->arena) : NULL;
  means.points = NULL;
  means.options = (ofr_run_options){.backend = "cpu", .device = -1, .threads = 1, .stop = x->options.stop};
  if (!largest || ofr_points_open(largest, &means.options, &means.points, error) != OFFRAMP_OK) return false;
  means.model.points = means.points;
  means.model.plan = plan;
  means.model.tell = NULL;
  means.model.evaluations = &evaluations;
  bool done = ofr_lab_open(&lab, &means.model, 0, 1);
  ofr_search search = ofr_optimizer_search(&means, &lab);
  done = done && ofr_search_scan(&search, x->best.at, 1, place, 1) > 0 &&
         ofr_search_refine(&search, place, 0.25, (ofr_fineness){0, 0});
  if (done) memcpy(at, place->at, (size_t)x->sizing->variable_count * sizeof *at);
  ofr_lab_close(&lab);
  ofr_points_close(means.points);
  return done;
}

bool ofr_optimize_against_mean(ofr_optimizer *x) {
  double *at = ofr_arena_alloc(x->arena, OFR_MAX_VARIABLES, sizeof *at);
  columns c = {0};
  bool done = at && best_of_means(x, at) && columns_begin(&c, x, 2, at_most(x->plan->paths, MOST_PATHS));
  if (done) {
    add_column(&c, x->best.at);
    add_column(&c, at);
    done = columns_evaluate(&c);
  }
  if (done) x->out->mean_size_loss = difference(&c, 0, 1, ofr_points_money(x->points));
  columns_free(&c);
  x->out->mean_size = at;
  x->out->has_mean_sizes = done;
  return done;
}
