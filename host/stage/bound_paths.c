#define _POSIX_C_SOURCE 200809L
#include "bound_paths.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../backend/backend.h"
#include "../base/error.h"
#include "../base/sha256.h"
#include "../reduce/columns.h"
#include "bound_check.h"
#include "fleet.h"
#include "given_futures.h"

enum { MANY_PATHS = 1 << 16 }; /* for which the CPU may have had a kernel compiled */
enum { CLOSED = 1000 };        /* parts per billion */

typedef struct work {
  const ofr_plan *plan;
  const ofr_run_options *options;
  ofr_arena *arena;
  offramp_error *error;
  ofr_staged staged;
  ofr_fleet *fleet;
  ofr_bound_sets sets;
  ofr_bound_result *result;
  int64_t *lower, *upper, *fractional, *rounding, *rounds, *total; /* [sets][paths], [strategies][paths] */
  uint32_t batch;                          /* paths */
  uint64_t rows;                           /* strategies x columns */
  int64_t *columns;                        /* [berths][rows][batch] */
  float *futures;                          /* [berths], where they are given */
  uint64_t futures_size;                   /* of a berth's */
  double began;
} work;

const char *const ofr_relaxed_names[OFR_RELAXED_KINDS] = {"max_share", "providers", "exclusivity overflow", "discount",
                                                          "grant", "credit_months", "exit", "first_refusal"};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static offramp_status out_of_memory(work *x) {
  return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or --threads, or close other programs");
}

/* What all devices fill alike. */
static offramp_status allocate(work *x) {
  size_t paths = (size_t)x->plan->paths, S = (size_t)x->plan->strategy_count, G = (size_t)x->sets.count;
  if (x->plan->paths > UINT32_MAX / 2)
    return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "/simulation/paths", "the bound keeps every path: use fewer than 2 billion");
  x->lower = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->upper = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->fractional = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->rounding = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->rounds = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->total = ofr_arena_alloc(x->arena, S * paths, sizeof(int64_t));
  return x->lower && x->upper && x->fractional && x->rounding && x->rounds && x->total ? OFFRAMP_OK : out_of_memory(x);
}

/* ---- on the devices ---- */

static void say(void *context, const char *text) {
  work *x = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (x->options->progress) x->options->progress(x->options->progress_context, &p);
}

static offramp_status open_devices(work *x) {
  const ofr_run_options *o = x->options;
  const ofr_fleet_options options = {.backend = o->backend, .device = o->device, .isa = o->isa, .kernel = o->kernel, .cache = o->cache,
                                     .threads = o->threads, .say = say, .say_context = x, .stop = o->stop};
  offramp_status status = ofr_fleet_open(&options, &x->staged, x->plan->paths, &x->fleet, x->error);
  if (status != OFFRAMP_OK) return status;
  uint64_t berths = (uint64_t)ofr_fleet_berths(x->fleet);
  x->rows = (uint64_t)x->plan->strategy_count * (uint64_t)x->staged.columns;
  x->batch = ofr_fleet_bound_limit(x->fleet);
  if (o->batch && o->batch < x->batch) x->batch = o->batch;
  if (x->batch > x->plan->paths) x->batch = (uint32_t)x->plan->paths;
  x->batch = ofr_futures_paths(x->plan, x->batch);
  x->futures_size = ofr_futures_size(x->plan, x->batch) + 1;
  x->columns = malloc(berths * x->rows * x->batch * sizeof *x->columns);
  x->futures = malloc(berths * x->futures_size * sizeof *x->futures);
  return x->columns && x->futures ? OFFRAMP_OK : out_of_memory(x);
}

static void make(void *context, int berth, ofr_batch *batch) {
  work *x = context;
  float *futures = x->futures + (uint64_t)berth * x->futures_size;
  ofr_futures_fill(x->plan, x->staged.accelerator_quantum, NULL, batch->first_path, batch->paths, futures);
  batch->futures = futures;
  batch->future_stride = ofr_futures_stride(batch->paths);
  batch->columns = x->columns + (uint64_t)berth * x->rows * x->batch;
  batch->stride = batch->paths;
}

/* What the contracts of each set must have cost. */
static offramp_status bound(void *context, const ofr_backend *backend, ofr_device *device, const ofr_batch *batch,
                            offramp_error *error) {
  work *x = context;
  offramp_status status = OFFRAMP_OK;
  for (uint64_t g = 0; g < (uint64_t)x->sets.count && status == OFFRAMP_OK; g++) {
    uint64_t at = g * x->plan->paths + batch->first_path;
    const ofr_bound_batch bounds = {.image = x->staged.image, .set = x->sets.set[g], .first_path = batch->first_path,
                                    .paths = batch->paths, .futures = batch->futures, .future_stride = batch->future_stride,
                                    .lower = x->lower + at, .upper = x->upper + at, .fractional = x->fractional + at,
                                    .rounding = x->rounding + at, .rounds = x->rounds + at};
    status = backend->bound(device, &bounds, error);
  }
  return status;
}

/* What every strategy costs. */
static offramp_status take(void *context, const ofr_batch *batch, offramp_error *error) {
  work *x = context;
  uint64_t S = (uint64_t)x->plan->strategy_count, count = batch->paths;
  (void)error;
  for (uint64_t s = 0; s < S; s++)
    memcpy(x->total + s * x->plan->paths + batch->first_path,
           batch->columns + (s * (uint64_t)x->staged.columns + COLUMN_TOTAL) * count, count * sizeof(int64_t));
  return OFFRAMP_OK;
}

static void progress(void *context, uint64_t paths) {
  work *x = context;
  uint64_t unit = (uint64_t)x->plan->months * (uint64_t)x->sets.count;
  ofr_progress p = {.done = paths * unit, .total = x->plan->paths * unit, .seconds = now() - x->began, .pass = 1,
                    .passes_known = 1};
  if (x->options->progress) x->options->progress(x->options->progress_context, &p);
}

static offramp_status run(work *x) {
  offramp_status status = open_devices(x);
  const ofr_fleet_work what = {.phase = "bound", .paths = x->plan->paths, .batch = x->batch, .context = x, .make = make,
                               .after = bound, .take = take, .progress = progress};
  x->began = now();
  return status == OFFRAMP_OK ? ofr_fleet_run(x->fleet, &what, x->error) : status;
}

/* ---- what came of it ---- */

/* A bound above what somebody paid is no bound. What a strategy paid is attained, too. */
static offramp_status check(work *x) {
  uint64_t paths = x->plan->paths;
  for (int s = 0; s < x->plan->strategy_count; s++) {
    int g = x->sets.of_strategy[s];
    const int64_t *total = x->total + (uint64_t)s * paths, *lower = x->lower + (uint64_t)g * paths;
    int64_t *upper = x->upper + (uint64_t)g * paths;
    for (uint64_t i = 0; i < paths; i++) {
      if (total[i] < upper[i]) upper[i] = total[i];
      if (lower[i] <= upper[i]) continue;
      return ofr_fail(x->error, OFFRAMP_ERR_MISMATCH, "",
                      "path %llu: the bound of '%s' lies above a cost that was attained: do not trust this build; please report it "
                      "with the plan", (unsigned long long)i, x->plan->strategies[s].name);
    }
  }
  return OFFRAMP_OK;
}

/* Some futures once more on the CPU, before `check` touches what the device found. */
static offramp_status check_device(work *x) {
  bool compiled = x->plan->paths >= MANY_PATHS || (x->options->kernel && !strcmp(x->options->kernel, "compiled"));
  bool cpu = !strcmp(ofr_fleet_backend(x->fleet), ofr_backend_cpu.name) && !ofr_fleet_note(x->fleet);
  if (cpu && !compiled) return OFFRAMP_OK; /* the very functions that would check them */
  const ofr_bound_check what = {.plan = x->plan, .staged = &x->staged, .sets = &x->sets, .lower = x->lower, .upper = x->upper,
                                .fractional = x->fractional, .rounding = x->rounding, .count = x->options->check_paths};
  return ofr_bound_cross_check(&what, x->error);
}

static int64_t gap_of(int64_t lower, int64_t upper) {
  if (lower <= 0) return OFR_MISSING;
  ofr_i128 gap = ((ofr_i128)upper - lower) * 1000000000 / lower;
  return gap < INT64_MAX / 4 ? (int64_t)gap : INT64_MAX / 4;
}

/* The share of futures in which a gap is at most CLOSED. */
static double share_closed(const ofr_plan *plan, const int64_t *gap, uint64_t paths) {
  const uint64_t *weights = plan->futures ? plan->futures->weights : NULL;
  double closed = 0, all = 0;
  for (uint64_t i = 0; i < paths; i++) {
    double weight = weights ? (double)weights[i] : 1;
    all += weight;
    if (gap[i] != OFR_MISSING && gap[i] <= CLOSED) closed += weight;
  }
  return closed / all;
}

/* Gaps and regrets of strategy s, into its columns of `values`. */
static void distil_strategy(work *x, int s, int64_t *values, ofr_column *columns) {
  uint64_t paths = x->plan->paths, g = (uint64_t)x->sets.of_strategy[s];
  ofr_bound_result *r = x->result;
  ofr_bound_strategy *y = &r->strategies[s];
  const int64_t *lower = x->lower + g * paths, *upper = x->upper + g * paths, *total = x->total + (uint64_t)s * paths;
  int64_t *gap = values, *split = gap + paths, *beyond = split + paths, *regret = beyond + paths;
  for (uint64_t i = 0; i < paths; i++) {
    int64_t fractional = x->fractional[g * paths + i];
    gap[i] = gap_of(lower[i], upper[i]);
    split[i] = gap_of(lower[i], fractional);
    beyond[i] = gap_of(lower[i], fractional - x->rounding[g * paths + i]);
    regret[i] = total[i] - lower[i];
  }
  const uint64_t *weights = x->plan->futures ? x->plan->futures->weights : NULL;
  columns[0] = (ofr_column){lower, &r->money, &y->lower, weights, &y->lower_slices, NULL};
  columns[1] = (ofr_column){upper, &r->money, &y->upper, weights, NULL, NULL};
  columns[2] = (ofr_column){gap, &r->ratio, &y->gap, weights, NULL, NULL};
  columns[3] = (ofr_column){split, &r->ratio, &y->fractional_gap, weights, NULL, NULL};
  columns[4] = (ofr_column){beyond, &r->ratio, &y->beyond_quantum, weights, NULL, NULL};
  columns[5] = (ofr_column){regret, &r->money, &y->regret, weights, &y->regret_slices, NULL};
  y->closed = share_closed(x->plan, beyond, paths);
  y->set = x->sets.of_strategy[s];
  y->relaxed = ofr_bound_relaxes(x->plan, s);
}

static offramp_status distil(work *x) {
  uint64_t paths = x->plan->paths;
  int S = x->plan->strategy_count;
  int64_t *values = malloc(4 * (size_t)S * paths * sizeof *values);
  ofr_column *columns = calloc(6 * (size_t)S, sizeof *columns);
  bool done = values && columns;
  for (int s = 0; s < S && done; s++) distil_strategy(x, s, values + 4 * (uint64_t)s * paths, columns + 6 * s);
  done = done && ofr_distil_columns(ofr_fleet_crew(x->fleet), columns, 6 * S, paths);
  free(values);
  free(columns);
  return done ? OFFRAMP_OK : out_of_memory(x);
}

/* Lower, upper and total of every path. */
static void digest(work *x) {
  ofr_sha256 hash = ofr_sha256_init();
  uint64_t bounds = (uint64_t)x->sets.count * x->plan->paths, totals = (uint64_t)x->plan->strategy_count * x->plan->paths;
  for (uint64_t i = 0; i < bounds; i++) {
    ofr_sha256_add_i64(&hash, x->lower[i]);
    ofr_sha256_add_i64(&hash, x->upper[i]);
  }
  for (uint64_t i = 0; i < totals; i++) ofr_sha256_add_i64(&hash, x->total[i]);
  ofr_sha256_finish(&hash, x->result->digest);
}

static void finish(work *x) {
  ofr_bound_result *r = x->result;
  double seconds = now() - x->began;
  uint64_t count = (uint64_t)x->sets.count * x->plan->paths;
  r->lower = x->lower;
  r->upper = x->upper;
  r->fractional = x->fractional;
  r->rounding = x->rounding;
  r->total = x->total;
  for (uint64_t i = 0; i < count; i++) r->mean_rounds += (double)x->rounds[i] / (double)count;
  const char *device = ofr_fleet_device(x->fleet), *note = ofr_fleet_note(x->fleet);
  r->engine = (ofr_engine_facts){.backend = ofr_fleet_backend(x->fleet), .device = ofr_arena_copy(x->arena, device, strlen(device)),
                                 .threads = ofr_crew_size(ofr_fleet_crew(x->fleet)), .seconds = seconds,
                                 .path_months_per_second = (double)count * x->plan->months / (seconds > 0 ? seconds : 1e-9),
                                 .check_passed = true};
  if (note) r->engine.note = ofr_arena_copy(x->arena, note, strlen(note));
  digest(x);
}

static offramp_status make_result(work *x) {
  ofr_bound_result *r = x->result = ofr_arena_alloc(x->arena, 1, sizeof *r);
  if (!r || !(r->strategies = ofr_arena_alloc(x->arena, (size_t)x->plan->strategy_count, sizeof *r->strategies)))
    return out_of_memory(x);
  r->plan = x->plan;
  r->paths = x->plan->paths;
  r->sets = x->sets.count;
  r->money_quantum = x->staged.money_quantum;
  r->money = (ofr_metric){.name = "money", .unit = OFR_UNIT_MONEY, .scale = x->staged.money_quantum};
  r->ratio = (ofr_metric){.name = "ratio", .unit = OFR_UNIT_RATIO, .scale = 1e-9};
  return OFFRAMP_OK;
}

static offramp_status evaluate(work *x) {
  offramp_status status = ofr_image_build(x->plan, &x->staged, x->error);
  if (status == OFFRAMP_OK) status = ofr_bound_sets_of(x->plan, x->staged.image, &x->sets, x->error);
  if (status == OFFRAMP_OK) status = make_result(x);
  if (status == OFFRAMP_OK) status = allocate(x);
  if (status == OFFRAMP_OK) status = run(x);
  if (status == OFFRAMP_OK) status = check_device(x);
  if (status == OFFRAMP_OK) status = check(x);
  if (status == OFFRAMP_OK) status = distil(x);
  if (status == OFFRAMP_OK) finish(x);
  return status;
}

offramp_status ofr_bound(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_bound_result **result,
                         offramp_error *error) {
  offramp_error own;
  work x = {.plan = plan, .options = options, .arena = arena, .error = error ? error : &own};
  offramp_status status = evaluate(&x);
  *result = status == OFFRAMP_OK ? x.result : NULL;
  ofr_fleet_close(x.fleet);
  free(x.columns);
  free(x.futures);
  ofr_bound_sets_free(&x.sets);
  ofr_image_free(&x.staged);
  return status;
}
