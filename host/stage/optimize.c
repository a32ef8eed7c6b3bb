#include "optimize.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "optimizer.h"

enum { LEAST_LEVEL = 4096, FRONTIER_STEPS = 10 };
#define TOLD_EVERY 0.2 /* seconds */

static const ofr_fineness rough = {1.0 / 512, 1e-5}, fine = {1e-4, 1e-6}, exact = {0, 0};

/* ---- progress ---- */

static void tell(void *context, const ofr_lab *lab) {
  ofr_optimizer *x = context;
  char text[160];
  double time = ofr_clock();
  if (!x->options.progress || time - x->told < TOLD_EVERY) return;
  x->told = time;
  const ofr_trial *best = ofr_lab_best(lab, lab->attitude.weight);
  long long tenths = best ? llround(best->risk.value * ofr_points_money(x->points) / 1e5) : 0;
  int length = snprintf(text, sizeof text, "%s: %llu sizings tried", x->doing, (unsigned long long)x->evaluations);
  if (best && length > 0)
    snprintf(text + length, sizeof text - (size_t)length, ", best $%lld.%lld million", tenths / 10, tenths % 10);
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  x->options.progress(x->options.progress_context, &p);
}

/* ---- scales ---- */

/* A power of ten, at most `most`, that is no less than a tenth of it. */
static double decimal_below(double most) {
  double x = 1;
  while (x > most) x /= 10;
  while (x * 10 <= most) x *= 10;
  return x;
}

/* What a size is a multiple of: a lot, an accelerator quantum, a round number of dollars of which a range has a million. */
static void choose_steps(ofr_optimizer *x) {
  for (int i = 0; i < x->sizing->variable_count; i++) {
    const ofr_variable *v = &x->sizing->variables[i];
    double range = v->to - v->from;
    if (v->lot > 0) x->step[i] = v->lot;
    else if (v->shape) x->step[i] = ofr_points_accelerators(x->points);
    else x->step[i] = range > 0 ? fmax(decimal_below(range * 1e-6), ofr_points_money(x->points)) : 0;
  }
}

static offramp_status open_points(ofr_optimizer *x) {
  double most[OFR_MAX_VARIABLES];
  for (int i = 0; i < x->sizing->variable_count; i++) most[i] = x->sizing->variables[i].to;
  const ofr_plan *largest = ofr_plan_sized(x->plan, most, x->arena);
  if (!largest) return ofr_fail(x->model.error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  offramp_status status = ofr_points_open(largest, &x->options, &x->points, x->model.error);
  if (status == OFFRAMP_OK) choose_steps(x);
  return status;
}

ofr_search ofr_optimizer_search(const ofr_optimizer *x, ofr_lab *lab) {
  return (ofr_search){.sizing = x->sizing, .step = x->step, .batch = lab->batch, .evaluate = ofr_lab_evaluate, .context = lab};
}

/* ---- levels ---- */

/* Each level has four times the futures of the one before, which are among its own. Where a file gives them there is one level:
 * the first of a file are no sample of it. */
static bool open_levels(ofr_optimizer *x) {
  uint64_t paths[OFR_LEVELS] = {x->plan->paths};
  int count = 1;
  while (count < OFR_LEVELS && paths[count - 1] / 4 >= LEAST_LEVEL && !x->plan->futures)
    paths[count] = paths[count - 1] / 4, count++;
  x->level_count = count;
  for (int i = 0; i < count; i++, x->levels_open++)
    if (!ofr_lab_open(&x->levels[i], &x->model, 0, paths[count - 1 - i])) return false;
  return true;
}

static ofr_lab *last_level(ofr_optimizer *x) { return &x->levels[x->level_count - 1]; }

static void take_lower(ofr_place *best, const ofr_place *place) {
  if (place->value < best->value) *best = *place;
}

/* The coarsest level: spread out, then down from the lowest places that lie apart. */
static bool find_valleys(ofr_optimizer *x) {
  ofr_search search = ofr_optimizer_search(x, &x->levels[0]);
  double written[OFR_MAX_VARIABLES];
  for (int i = 0; i < x->sizing->variable_count; i++) written[i] = x->sizing->variables[i].written;
  x->doing = "spreading out";
  x->valley_count = ofr_search_scan(&search, written, ofr_sizing_allows(x->sizing, written), x->valleys, OFR_VALLEYS);
  if (x->valley_count == 0) return false;
  x->doing = "going down";
  x->best = x->valleys[0];
  for (int k = 0; k < x->valley_count; k++) {
    if (!ofr_search_refine(&search, &x->valleys[k], 0.25, rough)) return false;
    take_lower(&x->best, &x->valleys[k]);
  }
  return x->level_count > 1 || ofr_search_refine(&search, &x->best, 1.0 / 16, exact);
}

/* Among the valleys and what was best so far, on this level's futures; then down from there. */
static bool refine_on(ofr_optimizer *x, int level, ofr_fineness until) {
  ofr_lab *lab = &x->levels[level];
  ofr_search search = ofr_optimizer_search(x, lab);
  ofr_place places[OFR_VALLEYS + 1] = {x->best};
  double points[(OFR_VALLEYS + 1) * OFR_MAX_VARIABLES], values[OFR_VALLEYS + 1];
  int n = x->sizing->variable_count, count = 1;
  for (int k = 0; k < x->valley_count; k++) places[count++] = x->valleys[k];
  for (int k = 0; k < count; k++) memcpy(points + k * n, places[k].at, (size_t)n * sizeof *points);
  for (int k = 0; k < count; k += lab->batch) /* a lab of very many futures takes one at a time */
    if (!ofr_lab_evaluate(lab, points + k * n, count - k < lab->batch ? count - k : lab->batch, values + k)) return false;
  x->best = places[0];
  x->best.value = values[0];
  for (int k = 1; k < count; k++) {
    places[k].value = values[k];
    take_lower(&x->best, &places[k]);
  }
  return ofr_search_refine(&search, &x->best, 0.05, until);
}

static bool find_optimum(ofr_optimizer *x) {
  if (!find_valleys(x)) return false;
  x->doing = "on more futures";
  for (int i = 1; i < x->level_count; i++)
    if (!refine_on(x, i, i == x->level_count - 1 ? fine : rough)) return false;
  return true;
}

/* ---- the frontier ---- */

static double frontier_weight(const ofr_optimizer *x, int i, int count) {
  double own = x->sizing->risk_weight;
  int below = (int)floor(own * FRONTIER_STEPS);
  if (count == FRONTIER_STEPS + 1 || i <= below) return (double)i / FRONTIER_STEPS;
  return i == below + 1 ? own : (double)(i - 1) / FRONTIER_STEPS;
}

static int frontier_size(const ofr_optimizer *x) {
  double tenths = x->sizing->risk_weight * FRONTIER_STEPS;
  return FRONTIER_STEPS + 1 + (tenths != floor(tenths));
}

/* The best sizes for each weight, sought on a part of the futures and then tried on all. */
static bool seek_frontier(ofr_optimizer *x) {
  ofr_lab *lab = &x->levels[0];
  ofr_search search = ofr_optimizer_search(x, lab);
  int count = frontier_size(x), n = x->sizing->variable_count;
  double points[(FRONTIER_STEPS + 2) * OFR_MAX_VARIABLES], values[FRONTIER_STEPS + 2];
  bool done = true;
  for (int i = 0; done && i < count; i++) {
    ofr_place place;
    lab->risk_weight = frontier_weight(x, i, count);
    const ofr_trial *start = ofr_lab_best(lab, lab->risk_weight);
    memcpy(place.at, start->at, sizeof place.at);
    place.value = ofr_trial_value(start, lab->risk_weight);
    done = ofr_search_refine(&search, &place, 0.05, rough);
    memcpy(points + i * n, place.at, (size_t)n * sizeof *points);
  }
  lab->risk_weight = lab->attitude.weight;
  return done && ofr_lab_evaluate(last_level(x), points, count, values);
}

/* Of everything tried on all futures, the best for each weight: the lower left hull, so monotone and convex. */
static bool write_frontier(ofr_optimizer *x) {
  int count = frontier_size(x), n = x->sizing->variable_count;
  ofr_lab *lab = last_level(x);
  ofr_frontier_point *points = ofr_arena_alloc(x->arena, (size_t)count, sizeof *points);
  double *sizes = ofr_arena_alloc(x->arena, (size_t)(count * n), sizeof *sizes);
  if (!points || !sizes) return false;
  for (int i = 0; i < count; i++) {
    double weight = frontier_weight(x, i, count);
    const ofr_trial *best = ofr_lab_best(lab, weight);
    memcpy(sizes + i * n, best->at, (size_t)n * sizeof *sizes);
    points[i] = (ofr_frontier_point){weight, sizes + i * n, best->risk.mean * ofr_points_money(x->points),
                                     best->risk.cvar * ofr_points_money(x->points)};
  }
  x->out->frontier_count = count;
  x->out->frontier = points;
  x->out->has_frontier = true;
  return true;
}

/* The search for another weight may have come upon something better for ours. */
static bool find_frontier(ofr_optimizer *x) {
  x->doing = "the frontier";
  if (!seek_frontier(x)) return false;
  ofr_lab *lab = last_level(x);
  ofr_search search = ofr_optimizer_search(x, lab);
  const ofr_trial *best = ofr_lab_best(lab, lab->attitude.weight);
  if (best->risk.value < x->best.value) {
    memcpy(x->best.at, best->at, sizeof best->at);
    x->best.value = best->risk.value;
    if (!ofr_search_refine(&search, &x->best, 0.02, x->level_count > 1 ? fine : exact)) return false;
    best = ofr_lab_best(lab, lab->attitude.weight);
  }
  memcpy(x->best.at, best->at, sizeof best->at);
  return write_frontier(x);
}

/* ---- what is handed over ---- */

static ofr_risk in_dollars(const ofr_optimizer *x, ofr_risk r) {
  double money = ofr_points_money(x->points);
  r.mean *= money, r.mean_se *= money, r.cvar *= money, r.value *= money, r.value_se *= money;
  return r;
}

/* The best of the largest sample that got anywhere. */
static bool write_best(ofr_optimizer *x) {
  int n = x->sizing->variable_count, level = x->levels_open - 1;
  while (level >= 0 && !ofr_lab_best(&x->levels[level], x->sizing->risk_weight)) level--;
  if (level < 0) return false;
  const ofr_trial *best = ofr_lab_best(&x->levels[level], x->sizing->risk_weight);
  double *size = ofr_arena_alloc(x->arena, (size_t)n, sizeof *size);
  if (!size) return false;
  memcpy(size, best->at, (size_t)n * sizeof *size);
  x->out->size = size;
  x->out->paths = x->levels[level].paths;
  x->out->cost = in_dollars(x, best->risk);
  x->out->money_quantum = ofr_points_money(x->points);
  x->out->accelerator_quantum = ofr_points_accelerators(x->points);
  x->out->evaluations = x->evaluations;
  x->out->engine = ofr_points_engine(x->points, x->arena);
  return true;
}

static bool do_all(ofr_optimizer *x) {
  if (!open_levels(x) || !find_optimum(x) || !find_frontier(x)) return false;
  x->doing = "what one more costs";
  if (!ofr_optimize_slopes(x)) return false;
  x->doing = "against the mean future";
  if (!ofr_optimize_against_mean(x)) return false;
  x->doing = "the worth of foresight";
  if (!ofr_optimize_foresight(x) || !ofr_optimize_information(x)) return false;
  x->doing = "the gap, on fresh futures";
  return x->plan->futures || ofr_optimize_gap(x); /* there are no others than those of the file */
}

static offramp_status optimize(ofr_optimizer *x) {
  offramp_error *error = x->model.error;
  offramp_status status = open_points(x);
  if (status != OFFRAMP_OK) return status;
  error->status = OFFRAMP_OK;
  x->model.points = x->points;
  bool done = do_all(x);
  if (!done && error->status == OFFRAMP_OK)
    ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths, or close other programs");
  if (!done && error->status != OFFRAMP_INTERRUPTED) return error->status;
  x->out->is_partial = !done;
  if (write_best(x)) return OFFRAMP_OK;
  return done ? ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs") : error->status;
}

offramp_status ofr_optimize(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_optimum **optimum,
                            offramp_error *error) {
  offramp_error own = {0};
  ofr_optimizer *x = calloc(1, sizeof *x);
  *optimum = NULL;
  if (!error) error = &own;
  if (x) x->out = ofr_arena_alloc(arena, 1, sizeof *x->out);
  if (!x || !x->out) {
    free(x);
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  }
  x->plan = x->out->plan = plan;
  x->sizing = plan->sizing;
  x->options = *options;
  x->arena = arena;
  x->model = (ofr_lab){.plan = plan,
                       .attitude = {plan->sizing->risk_weight, plan->sizing->alpha},
                       .weights = plan->futures ? plan->futures->weights : NULL,
                       .evaluations = &x->evaluations,
                       .tell = tell,
                       .context = x,
                       .error = error};
  offramp_status status = optimize(x);
  if (status == OFFRAMP_OK) *optimum = x->out;
  for (int i = 0; i < x->levels_open; i++) ofr_lab_close(&x->levels[i]);
  ofr_points_close(x->points);
  free(x);
  return status;
}
