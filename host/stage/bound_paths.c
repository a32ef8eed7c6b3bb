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
#include "given_futures.h"

enum { MANY_PATHS = 1 << 16 }; /* for which the CPU may have had a kernel compiled */
enum { CLOSED = 1000 };        /* parts per billion */

typedef struct work {
  const ofr_plan *plan;
  const ofr_run_options *options;
  ofr_arena *arena;
  offramp_error *error;
  ofr_staged staged;
  ofr_crew *crew;
  const ofr_backend *backend;
  ofr_device *device;
  ofr_bound_sets sets;
  ofr_bound_result *result;
  int64_t *lower, *upper, *fractional, *rounding, *rounds, *total; /* [sets][paths], [strategies][paths] */
  uint32_t batch;                          /* paths */
  int64_t *columns;                        /* [strategies x columns][batch] */
  float *futures;                          /* of a batch, where they are given */
  char note[512];                          /* why it was not the first choice that computed */
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

/* ---- on one device ---- */

static void say(void *context, const char *text) {
  work *x = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (x->options->progress) x->options->progress(x->options->progress_context, &p);
}

static offramp_status open_device(work *x, const ofr_backend *backend, int device) {
  const ofr_open_options open = {.device = device, .crew = x->crew, .isa = x->options->isa,
                                 .kernel = x->options->kernel, .paths = x->plan->paths, .cache = x->options->cache, .say = say,
                                 .say_context = x, .stop = x->options->stop};
  x->backend = backend;
  offramp_status status = backend->open(&open, &x->device, x->error);
  if (status == OFFRAMP_OK) status = ofr_backend_self_test(backend, x->device, x->error);
  if (status == OFFRAMP_OK) status = backend->upload(x->device, x->staged.image, 1, x->error);
  if (status != OFFRAMP_OK) return status;
  uint32_t most = backend->batch_limit(x->device), limit = backend->bound_limit(x->device);
  size_t rows = (size_t)x->plan->strategy_count * (size_t)x->staged.columns;
  x->batch = most < limit ? most : limit;
  if (x->options->batch && x->options->batch < x->batch) x->batch = x->options->batch;
  if (x->batch > x->plan->paths) x->batch = (uint32_t)x->plan->paths;
  x->batch = ofr_futures_paths(x->plan, x->batch);
  x->columns = malloc(rows * x->batch * sizeof *x->columns);
  x->futures = malloc((ofr_futures_size(x->plan, x->batch) + 1) * sizeof *x->futures);
  return x->columns && x->futures ? OFFRAMP_OK : out_of_memory(x);
}

static void close_device(work *x) {
  if (x->device) x->backend->close(x->device);
  free(x->columns);
  free(x->futures);
  x->device = NULL;
  x->columns = NULL;
  x->futures = NULL;
}

/* What every strategy costs. */
static offramp_status simulate(work *x, uint64_t first, uint32_t count) {
  uint64_t S = (uint64_t)x->plan->strategy_count, paths = x->plan->paths;
  ofr_batch batch = {.first_path = first, .paths = count, .points = 1, .futures = x->futures, .columns = x->columns,
                     .future_stride = ofr_futures_stride(count), .stride = count};
  offramp_status status = x->backend->submit(x->device, &batch, x->error);
  if (status == OFFRAMP_OK) status = x->backend->collect(x->device, &batch, x->error);
  for (uint64_t s = 0; s < S && status == OFFRAMP_OK; s++)
    memcpy(x->total + s * paths + first, x->columns + (s * (uint64_t)x->staged.columns + COLUMN_TOTAL) * count,
           count * sizeof(int64_t));
  return status;
}

/* What its contracts must have cost. */
static offramp_status bound(work *x, uint64_t first, uint32_t count) {
  offramp_status status = OFFRAMP_OK;
  for (uint64_t g = 0; g < (uint64_t)x->sets.count && status == OFFRAMP_OK; g++) {
    uint64_t at = g * x->plan->paths + first;
    const ofr_bound_batch batch = {.image = x->staged.image, .set = x->sets.set[g], .first_path = first, .paths = count,
                                   .futures = x->futures, .future_stride = ofr_futures_stride(count), .lower = x->lower + at,
                                   .upper = x->upper + at, .fractional = x->fractional + at, .rounding = x->rounding + at,
                                   .rounds = x->rounds + at};
    status = x->backend->bound(x->device, &batch, x->error);
  }
  return status;
}

static offramp_status run(work *x) {
  uint64_t paths = x->plan->paths, unit = (uint64_t)x->plan->months * (uint64_t)x->sets.count;
  offramp_status status = OFFRAMP_OK;
  for (uint64_t first = 0; first < paths && status == OFFRAMP_OK; first += x->batch) {
    uint32_t count = paths - first < x->batch ? (uint32_t)(paths - first) : x->batch;
    ofr_futures_fill(x->plan, x->staged.accelerator_quantum, NULL, first, count, x->futures);
    status = simulate(x, first, count);
    if (status == OFFRAMP_OK) status = bound(x, first, count);
    ofr_progress p = {.done = (first + count) * unit, .total = paths * unit, .seconds = now() - x->began, .pass = 1,
                      .passes_known = 1};
    if (x->options->progress) x->options->progress(x->options->progress_context, &p);
  }
  return status;
}

static offramp_status run_on(work *x, const ofr_backend *backend, int device) {
  offramp_status status = open_device(x, backend, device);
  x->began = now();
  return status == OFFRAMP_OK ? run(x) : status;
}

/* With `auto` the CPU takes over from a GPU that cannot do it: one without doubles, say. */
static offramp_status run_somewhere(work *x) {
  int device = x->options->device;
  const ofr_backend *backend = ofr_backend_find(x->options->backend, &device, x->error);
  if (!backend) return x->error->status;
  offramp_status status = run_on(x, backend, device);
  bool the_devices = status == OFFRAMP_ERR_DEVICE || status == OFFRAMP_ERR_LIMIT;
  if (strcmp(x->options->backend, "auto") || backend == &ofr_backend_cpu || !the_devices) return status;
  close_device(x);
  snprintf(x->note, sizeof x->note, "%.100s: %.300s: the CPU took over", x->error->place, x->error->message);
  return run_on(x, &ofr_backend_cpu, 0);
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
  if (x->backend == &ofr_backend_cpu && !compiled) return OFFRAMP_OK; /* the very functions that would check them */
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
  columns[0] = (ofr_column){lower, &r->money, &y->lower, weights};
  columns[1] = (ofr_column){upper, &r->money, &y->upper, weights};
  columns[2] = (ofr_column){gap, &r->ratio, &y->gap, weights};
  columns[3] = (ofr_column){split, &r->ratio, &y->fractional_gap, weights};
  columns[4] = (ofr_column){beyond, &r->ratio, &y->beyond_quantum, weights};
  columns[5] = (ofr_column){regret, &r->money, &y->regret, weights};
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
  done = done && ofr_distil_columns(x->crew, columns, 6 * S, paths);
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
  const char *device = x->backend->describe(x->device);
  r->engine = (ofr_engine_facts){.backend = x->backend->name, .device = ofr_arena_copy(x->arena, device, strlen(device)),
                                 .threads = ofr_crew_size(x->crew), .seconds = seconds,
                                 .path_months_per_second = (double)count * x->plan->months / (seconds > 0 ? seconds : 1e-9),
                                 .check_passed = true};
  if (*x->note) r->engine.note = ofr_arena_copy(x->arena, x->note, strlen(x->note));
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
  if (status == OFFRAMP_OK && !(x->crew = ofr_crew_create(x->options->threads))) status = out_of_memory(x);
  if (status == OFFRAMP_OK) status = make_result(x);
  if (status == OFFRAMP_OK) status = allocate(x);
  if (status == OFFRAMP_OK) status = run_somewhere(x);
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
  close_device(&x);
  ofr_bound_sets_free(&x.sets);
  ofr_image_free(&x.staged);
  ofr_crew_destroy(x.crew);
  return status;
}
