/* What not knowing the future costs. Two answers, each against the least mean cost that one sizing for all futures has: sizes
 * chosen for each future on its own, work placed by the same rule; and, from the certified bound, sizes and placement both.
 * Only so many sizings are tried for each future, so that the first is a lower bound; the second is one but for the clauses
 * that the bound relaxes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "bound_paths.h"
#include "optimizer.h"

enum { SIZING_PATHS = 16384, SIZINGS = 96, BOUND_PATHS = 1024, BOUND_SIZINGS = 16, MOST_GIVEN = 16384 };

/* A part of the futures, where they are drawn; of a file only all. */
static uint64_t some_of(const ofr_plan *plan, uint64_t most) {
  return plan->paths < most || plan->futures ? plan->paths : most;
}

/* The least mean cost's sizes first, then those that were spread out evenly. Returns how many. */
static int list_sizings(const ofr_optimizer *x, int most, double *points) {
  const ofr_lab *tried = &x->levels[0];
  int n = x->sizing->variable_count, count = 1;
  memcpy(points, x->out->frontier[0].size, (size_t)n * sizeof *points);
  for (int k = 0; k < tried->count && count < most; k++)
    if (ofr_sizing_allows(x->sizing, tried->trials[k].at))
      memcpy(points + n * count++, tried->trials[k].at, (size_t)n * sizeof *points);
  return count;
}

/* ---- sizes ---- */

/* least[i]: of all sizings in path i. The first column stays in `base`. */
static bool least_of_all(ofr_lab *lab, const double *points, int count, int64_t *base, int64_t *least) {
  int n = lab->plan->sizing->variable_count;
  for (int first = 0; first < count; first += lab->batch) {
    int size = count - first < lab->batch ? count - first : lab->batch;
    if (!ofr_lab_columns(lab, points + first * n, size, lab->cost)) return false;
    for (uint64_t i = 0; first == 0 && i < lab->paths; i++) base[i] = least[i] = lab->cost[i];
    for (int k = 0; k < size; k++)
      for (uint64_t i = 0; i < lab->paths; i++) {
        int64_t cost = lab->cost[(size_t)k * lab->paths + i];
        if (cost < least[i]) least[i] = cost;
      }
  }
  return true;
}

bool ofr_optimize_foresight(ofr_optimizer *x) {
  uint64_t paths = some_of(x->plan, SIZING_PATHS);
  double points[SIZINGS * OFR_MAX_VARIABLES], money = ofr_points_money(x->points);
  int64_t *columns = malloc(2 * paths * sizeof *columns);
  ofr_lab lab = {0};
  int count = list_sizings(x, SIZINGS, points);
  bool done = columns && ofr_lab_open(&lab, &x->model, 0, paths) && least_of_all(&lab, points, count, columns, columns + paths);
  if (done) {
    ofr_estimate e = ofr_risk_difference(columns + paths, 0, columns, 0, lab.weights, paths, (ofr_attitude){0, 0});
    x->out->foresight = (ofr_estimate){e.mean * money, e.se * money};
    x->out->foresight_paths = paths;
    x->out->has_foresight = true;
  }
  ofr_lab_close(&lab);
  free(columns);
  return done;
}

/* ---- sizes and placement ---- */

/* The bound of one sizing on the first `paths` futures. */
static offramp_status bound_of(ofr_optimizer *x, const double *at, uint64_t paths, ofr_arena *arena, ofr_bound_result **result,
                               offramp_error *error) {
  const ofr_plan *sized = ofr_plan_sized(x->plan, at, arena);
  ofr_plan *few = ofr_arena_alloc(arena, 1, sizeof *few);
  const ofr_run_options options = {
      .backend = x->options.backend, .device = x->options.device, .isa = x->options.isa, .cache = x->options.cache,
      .threads = x->options.threads, .check_paths = x->options.check_paths, .stop = x->options.stop};
  if (!sized || !few) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  *few = *sized;
  few->paths = paths;
  return ofr_bound(few, &options, arena, result, error);
}

/* Into base[i] the cost under the first sizing, into least[i] the least that perfect foresight could reach, in dollars. */
static offramp_status bound_all(ofr_optimizer *x, const double *points, int count, uint64_t paths, double *base, double *least,
                                offramp_error *error) {
  int n = x->sizing->variable_count;
  for (int k = 0; k < count; k++) {
    ofr_bound_result *r = NULL;
    ofr_arena *arena = ofr_arena_create();
    if (!arena) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
    offramp_status status = bound_of(x, points + k * n, paths, arena, &r, error);
    for (uint64_t i = 0; status == OFFRAMP_OK && i < paths; i++) {
      double lower = (double)r->lower[i] * r->money_quantum;
      if (k == 0) base[i] = (double)r->total[i] * r->money_quantum;
      least[i] = k == 0 ? lower : fmin(least[i], lower);
    }
    if (status == OFFRAMP_OK) x->out->information_relaxed |= r->strategies[0].relaxed;
    ofr_arena_destroy(arena);
    if (status != OFFRAMP_OK) return status;
  }
  return OFFRAMP_OK;
}

static ofr_estimate mean_difference(const double *a, const double *b, const uint64_t *weights, uint64_t count) {
  double sum = 0, square = 0, all = 0, weight_square = 0;
  for (uint64_t i = 0; i < count; i++) {
    double weight = weights ? (double)weights[i] : 1;
    all += weight;
    weight_square += weight * weight;
    sum += weight * (a[i] - b[i]);
  }
  double mean = sum / all, effective = all * all / weight_square;
  for (uint64_t i = 0; i < count; i++)
    square += (weights ? (double)weights[i] : 1) * (a[i] - b[i] - mean) * (a[i] - b[i] - mean);
  return (ofr_estimate){mean, effective > 1 ? sqrt(square / all / (effective - 1)) : 0};
}

bool ofr_optimize_information(ofr_optimizer *x) {
  uint64_t paths = some_of(x->plan, BOUND_PATHS);
  double points[BOUND_SIZINGS * OFR_MAX_VARIABLES], *columns = malloc(2 * paths * sizeof *columns);
  offramp_error own = {0};
  int count = list_sizings(x, BOUND_SIZINGS, points);
  if (paths > MOST_GIVEN) {
    x->out->information_why = "the file has more futures than are bounded here: ask `offramp bound`";
    free(columns);
    return true;
  }
  offramp_status status = columns ? bound_all(x, points, count, paths, columns, columns + paths, &own)
                                  : ofr_fail(&own, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  if (status == OFFRAMP_OK) {
    x->out->information = mean_difference(columns, columns + paths, x->model.weights, paths);
    x->out->information_paths = paths;
    x->out->information_sizings = count;
    x->out->has_information = true;
  } else if (status == OFFRAMP_ERR_PLAN) { /* a clause that the bound does not cover: the rest holds all the same */
    x->out->information_why = ofr_arena_copy(x->arena, own.message, strlen(own.message));
  } else {
    *x->model.error = own;
  }
  free(columns);
  return status == OFFRAMP_OK || status == OFFRAMP_ERR_PLAN;
}
