/* How much lower the value of the best sizes could be: the multiple replications procedure of Mak, Morton and Wood (1999). Each
 * replication has fresh futures of its own, on which the sizes found are set against the best for just these futures: the best
 * in hindsight of a sample is on average no worse than the best there is, so the mean difference bounds the gap from above, and
 * its spread over replications gives the confidence. The threshold of the tail is part of the solution: it stays what it was.
 * Where the search misses a replication's best the bound is too low by that much; it starts from every valley that is known. */
#include <math.h>
#include <string.h>
#include "optimizer.h"

enum { REPLICATIONS = 16, LEAST_PATHS = 256, MOST_PATHS = 4096 };
#define STUDENT_95 1.7530503556925552 /* one-sided, 15 degrees of freedom */

/* The least value on the lab's futures, as far as the search finds it: from the best place and all valleys, in one launch. */
static bool best_in_hindsight(ofr_optimizer *x, ofr_lab *lab, double *value) {
  ofr_search search = ofr_optimizer_search(x, lab);
  ofr_place best = x->best;
  double points[(OFR_VALLEYS + 1) * OFR_MAX_VARIABLES], values[OFR_VALLEYS + 1];
  const size_t n = (size_t)x->sizing->variable_count;
  memcpy(points, best.at, n * sizeof *points);
  for (int k = 0; k < x->valley_count; k++) memcpy(points + (size_t)(k + 1) * n, x->valleys[k].at, n * sizeof *points);
  if (!ofr_lab_evaluate(lab, points, x->valley_count + 1, values)) return false;
  best.value = values[0];
  for (int k = 0; k < x->valley_count; k++) {
    if (!(values[k + 1] < best.value)) continue;
    best = x->valleys[k];
    best.value = values[k + 1];
  }
  bool done = ofr_search_refine(&search, &best, 0.05, (ofr_fineness){1.0 / 512, 1e-5});
  *value = best.value;
  return done;
}

static bool replicate(ofr_optimizer *x, int index, uint64_t paths, int64_t quantile, double *gap) {
  ofr_lab lab;
  double least;
  if (!ofr_lab_open(&lab, &x->model, x->plan->paths + (uint64_t)index * paths, paths)) return false;
  bool done = ofr_lab_columns(&lab, x->best.at, 1, lab.cost);
  if (done) *gap = ofr_risk_at(lab.cost, lab.weights, paths, lab.attitude, quantile);
  done = done && best_in_hindsight(x, &lab, &least);
  if (done) *gap -= least;
  ofr_lab_close(&lab);
  return done;
}

bool ofr_optimize_gap(ofr_optimizer *x) {
  uint64_t paths = x->plan->paths / 16 < LEAST_PATHS  ? LEAST_PATHS
                   : x->plan->paths / 16 > MOST_PATHS ? MOST_PATHS
                                                      : x->plan->paths / 16;
  double gap[REPLICATIONS], mean = 0, square = 0, money = ofr_points_money(x->points);
  const ofr_trial *trial = ofr_lab_find(&x->levels[x->level_count - 1], x->best.at);
  for (int k = 0; k < REPLICATIONS; k++) {
    if (!replicate(x, k, paths, trial->risk.quantile, &gap[k])) return false;
    mean += gap[k] / REPLICATIONS;
  }
  for (int k = 0; k < REPLICATIONS; k++) square += (gap[k] - mean) * (gap[k] - mean);
  double se = sqrt(square / (REPLICATIONS - 1) / REPLICATIONS);
  x->out->replications = REPLICATIONS;
  x->out->replication_paths = paths;
  x->out->gap = mean * money;
  x->out->gap_upper95 = (mean + STUDENT_95 * se) * money;
  x->out->has_gap = true;
  return true;
}
