#include "lab.h"
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"

enum { MOST_BATCH = 64, MOST_COSTS = 1 << 25 /* values of a launch */ };

bool ofr_lab_open(ofr_lab *lab, const ofr_lab *model, uint64_t first, uint64_t paths) {
  *lab = *model;
  lab->first = first;
  lab->paths = paths;
  lab->weights = model->weights ? model->weights + first : NULL;
  lab->risk_weight = model->attitude.weight;
  lab->count = lab->capacity = 0;
  lab->trials = NULL;
  lab->status = OFFRAMP_OK;
  uint64_t batch = MOST_COSTS / paths;
  lab->batch = batch < 1 ? 1 : batch > MOST_BATCH ? MOST_BATCH : (int)batch;
  lab->cost =
      paths < UINT64_MAX / 32 / (uint64_t)lab->batch ? malloc((size_t)lab->batch * paths * 3 * sizeof *lab->cost) : NULL;
  if (lab->cost) return true;
  lab->status =
      ofr_fail(lab->error, OFFRAMP_ERR_LIMIT, "", "out of memory for %llu futures: lower --paths", (unsigned long long)paths);
  return false;
}

void ofr_lab_close(ofr_lab *lab) {
  free(lab->cost);
  free(lab->trials);
  lab->cost = NULL;
  lab->trials = NULL;
}

const ofr_trial *ofr_lab_find(const ofr_lab *lab, const double *at) {
  size_t size = (size_t)lab->plan->sizing->variable_count * sizeof *at;
  for (int i = 0; i < lab->count; i++)
    if (!memcmp(lab->trials[i].at, at, size)) return &lab->trials[i];
  return NULL;
}

double ofr_trial_value(const ofr_trial *trial, double risk_weight) {
  return (1 - risk_weight) * trial->risk.mean + risk_weight * trial->risk.cvar;
}

const ofr_trial *ofr_lab_best(const ofr_lab *lab, double risk_weight) {
  const ofr_trial *best = NULL;
  for (int i = 0; i < lab->count; i++) {
    const ofr_trial *t = &lab->trials[i];
    if (!ofr_sizing_allows(lab->plan->sizing, t->at)) continue;
    if (!best || ofr_trial_value(t, risk_weight) < ofr_trial_value(best, risk_weight)) best = t;
  }
  return best;
}

static bool no_memory(ofr_lab *lab) {
  lab->status = ofr_fail(lab->error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths, or close other programs");
  return false;
}

/* One launch, of at most a batch. */
static bool launch(ofr_lab *lab, const double *points, int count, int64_t *cost) {
  const ofr_plan *plans[MOST_BATCH];
  ofr_arena *arena = ofr_arena_create();
  bool made = arena != NULL;
  for (int k = 0; made && k < count; k++)
    made =
        (plans[k] = ofr_plan_sized(lab->plan, points + (size_t)k * (size_t)lab->plan->sizing->variable_count, arena)) != NULL;
  if (made) lab->status = ofr_points_evaluate(lab->points, plans, count, lab->first, lab->paths, cost, lab->error);
  else no_memory(lab);
  ofr_arena_destroy(arena);
  if (lab->status != OFFRAMP_OK) return false;
  *lab->evaluations += (uint64_t)count;
  return true;
}

bool ofr_lab_columns(ofr_lab *lab, const double *points, int count, int64_t *cost) {
  int n = lab->plan->sizing->variable_count;
  for (int first = 0; first < count; first += lab->batch) {
    int size = count - first < lab->batch ? count - first : lab->batch;
    if (!launch(lab, points + (size_t)first * (size_t)n, size, cost + (size_t)first * lab->paths)) return false;
    if (lab->tell) lab->tell(lab->context, lab);
  }
  return true;
}

typedef struct valuing {
  ofr_lab *lab;
  ofr_trial *trials;
} valuing;

static void value_one(void *context, int worker, uint64_t index) {
  valuing *v = context;
  int64_t *cost = v->lab->cost + index * v->lab->paths;
  int64_t *scratch = v->lab->cost + ((size_t)v->lab->batch + 2 * index) * v->lab->paths;
  (void)worker;
  v->trials[index].risk = ofr_risk_of(cost, v->lab->weights, v->lab->paths, v->lab->attitude, scratch);
}

/* Launches what is new, and writes it down. */
static bool try_new(ofr_lab *lab, const double *points, int count) {
  int n = lab->plan->sizing->variable_count;
  if (count == 0) return true;
  if (lab->count + count > lab->capacity) {
    ofr_trial *moved = realloc(lab->trials, (size_t)(2 * lab->capacity + MOST_BATCH) * sizeof *moved);
    if (!moved) return no_memory(lab);
    lab->trials = moved;
    lab->capacity = 2 * lab->capacity + MOST_BATCH;
  }
  if (!launch(lab, points, count, lab->cost)) return false;
  valuing v = {lab, lab->trials + lab->count};
  for (int k = 0; k < count; k++) memcpy(v.trials[k].at, points + (size_t)k * (size_t)n, (size_t)n * sizeof *points);
  ofr_crew_run(ofr_points_crew(lab->points), (uint64_t)count, value_one, &v, NULL);
  lab->count += count;
  if (lab->tell) lab->tell(lab->context, lab);
  return true;
}

bool ofr_lab_evaluate(void *context, const double *points, int count, double *values) {
  ofr_lab *lab = context;
  int n = lab->plan->sizing->variable_count, fresh = 0;
  double *list = malloc((size_t)lab->batch * (size_t)n * sizeof *list);
  bool done = list != NULL || no_memory(lab);
  for (int k = 0; done && k < count; k++) {
    const double *at = points + (size_t)k * (size_t)n;
    bool listed = ofr_lab_find(lab, at) != NULL;
    for (int j = 0; j < fresh && !listed; j++) listed = !memcmp(list + (size_t)j * (size_t)n, at, (size_t)n * sizeof *at);
    if (!listed) memcpy(list + (size_t)fresh++ * (size_t)n, at, (size_t)n * sizeof *at);
    if (fresh < lab->batch && k < count - 1) continue;
    done = try_new(lab, list, fresh);
    fresh = 0;
  }
  free(list);
  for (int k = 0; done && k < count; k++)
    values[k] = ofr_trial_value(ofr_lab_find(lab, points + (size_t)k * (size_t)n), lab->risk_weight);
  return done;
}
