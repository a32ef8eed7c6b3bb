#define _POSIX_C_SOURCE 200809L
#include "bound_paths.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../../device/bound_c.h"
#include "../backend/backend.h"
#include "../base/error.h"
#include "../base/sha256.h"
#include "../reduce/columns.h"
#include "bound_sets.h"
#include "given_futures.h"

enum { CHUNK = 32 }; /* paths that a worker takes at a time: whole bundles of every version */

typedef struct work {
  const ofr_plan *plan;
  const ofr_run_options *options;
  ofr_arena *arena;
  offramp_error *error;
  ofr_staged staged;
  ofr_crew *crew;
  const ofr_path_version *paths;
  const ofr_bound_version *bound;
  ofr_bound_sets sets;
  ofr_bound_result *result;
  int64_t *lower, *upper, *fractional, *rounds, *total; /* [sets][paths], [strategies][paths] */
  void **space;                            /* a worker's */
  int64_t *columns;                        /* [workers][strategies x columns][CHUNK] */
  float *futures;                          /* [workers]: of a chunk, where they are given */
  uint64_t first, done;
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

static const ofr_bound_version *bound_version(const char *name) {
  static const ofr_bound_version *const all[] = {
#ifdef OFR_HAVE_X86_64_V4
      &ofr_bound_x86_64_v4,
#endif
#ifdef OFR_HAVE_X86_64_V3
      &ofr_bound_x86_64_v3,
#endif
      &ofr_bound_baseline};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!strcmp(all[i]->name, name)) return all[i];
  return NULL;
}

static offramp_status choose_version(work *x) {
  const char *isa = x->options->isa;
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v && !x->paths; v++)
    if (!isa || !strcmp((*v)->name, isa)) x->paths = *v;
  if (x->paths && (x->bound = bound_version(x->paths->name))) return OFFRAMP_OK;
  return ofr_fail(x->error, OFFRAMP_ERR_DEVICE, "cpu",
                  "instruction-set version '%s' is not in this program or not in this processor: `offramp devices` lists those "
                  "that are", isa ? isa : "");
}

static offramp_status allocate(work *x) {
  size_t paths = (size_t)x->plan->paths, S = (size_t)x->plan->strategy_count, G = (size_t)x->sets.count, size = 64;
  int workers = ofr_crew_size(x->crew);
  if (x->plan->paths > UINT32_MAX / 2)
    return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "/simulation/paths", "the bound keeps every path: use fewer than 2 billion");
  x->lower = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->upper = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->fractional = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->rounds = ofr_arena_alloc(x->arena, G * paths, sizeof(int64_t));
  x->total = ofr_arena_alloc(x->arena, S * paths, sizeof(int64_t));
  x->columns = malloc((size_t)workers * S * (size_t)x->staged.columns * CHUNK * sizeof(int64_t));
  x->space = calloc((size_t)workers, sizeof *x->space);
  x->futures = malloc(((uint64_t)workers * ofr_futures_size(x->plan, CHUNK) + 1) * sizeof *x->futures);
  if (!x->futures || !x->lower || !x->upper || !x->fractional || !x->rounds || !x->total || !x->columns || !x->space) return out_of_memory(x);
  for (size_t g = 0; g < G; g++) {
    size_t needs = x->bound->space(x->staged.image, &x->sets.set[g]);
    if (needs > size) size = needs;
  }
  for (int i = 0; i < workers; i++)
    if (!(x->space[i] = aligned_alloc(64, (size + 63) / 64 * 64))) return out_of_memory(x);
  return OFFRAMP_OK;
}

/* What every strategy costs, then what its contracts must have cost. */
static void chunk(void *context, int worker, uint64_t index) {
  work *x = context;
  uint64_t first = x->first + index * CHUNK, paths = x->plan->paths, S = (uint64_t)x->plan->strategy_count;
  uint32_t count = paths - first < CHUNK ? (uint32_t)(paths - first) : CHUNK;
  size_t columns = (size_t)x->staged.columns;
  int64_t *values = x->columns + (size_t)worker * S * columns * CHUNK, clamped[64];
  ofr_job job = {.path_low = (uint32_t)first, .path_high = (uint32_t)(first >> 32), .paths = count, .points = 1, .stride = CHUNK,
                 .future_stride = ofr_futures_stride(count)};
  float *futures = x->futures + (uint64_t)worker * ofr_futures_size(x->plan, CHUNK);
  ofr_outputs outputs = {.columns = values, .clamped = clamped, .futures = futures};
  ofr_futures_fill(x->plan, x->staged.accelerator_quantum, NULL, first, count, futures);
  x->paths->paths(x->staged.image, &job, &outputs, 0, count);
  for (uint64_t s = 0; s < S; s++)
    memcpy(x->total + s * paths + first, values + (s * columns + COLUMN_TOTAL) * CHUNK, count * sizeof(int64_t));
  for (uint64_t g = 0; g < (uint64_t)x->sets.count; g++) {
    uint64_t at = g * paths + first;
    ofr_bound_outputs to = {x->lower + at, x->upper + at, x->fractional + at, x->rounds + at, futures};
    x->bound->paths(x->staged.image, &job, &x->sets.set[g], &to, 0, count, x->space[worker]);
  }
}

static offramp_status run(work *x) {
  uint64_t batch = (uint64_t)CHUNK * 8 * (uint64_t)ofr_crew_size(x->crew), paths = x->plan->paths;
  uint64_t unit = (uint64_t)x->plan->months * (uint64_t)x->sets.count;
  for (x->first = 0; x->first < paths; x->first += batch) {
    uint64_t left = paths - x->first < batch ? paths - x->first : batch;
    if (!ofr_crew_run(x->crew, (left + CHUNK - 1) / CHUNK, chunk, x, x->options->stop))
      return ofr_fail(x->error, OFFRAMP_INTERRUPTED, "", "interrupted");
    ofr_progress p = {.done = (x->first + left) * unit, .total = paths * unit, .seconds = now() - x->began, .pass = 1,
                      .passes_known = 1};
    if (x->options->progress) x->options->progress(x->options->progress_context, &p);
  }
  return OFFRAMP_OK;
}

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

static int64_t gap_of(int64_t lower, int64_t upper) {
  if (lower <= 0) return OFR_MISSING;
  ofr_i128 gap = ((ofr_i128)upper - lower) * 1000000000 / lower;
  return gap < INT64_MAX / 4 ? (int64_t)gap : INT64_MAX / 4;
}

static offramp_status distil(work *x) {
  uint64_t paths = x->plan->paths;
  int S = x->plan->strategy_count;
  ofr_bound_result *r = x->result;
  int64_t *values = malloc(3 * (size_t)S * paths * sizeof *values);
  ofr_column *columns = calloc(5 * (size_t)S, sizeof *columns);
  bool done = values && columns;
  for (int s = 0; s < S && done; s++) {
    uint64_t g = (uint64_t)x->sets.of_strategy[s];
    const int64_t *lower = x->lower + g * paths, *upper = x->upper + g * paths, *total = x->total + (uint64_t)s * paths;
    int64_t *gap = values + 3 * (uint64_t)s * paths, *split = gap + paths, *regret = split + paths;
    for (uint64_t i = 0; i < paths; i++) {
      gap[i] = gap_of(lower[i], upper[i]);
      split[i] = gap_of(lower[i], x->fractional[g * paths + i]);
      regret[i] = total[i] - lower[i];
    }
    const uint64_t *weights = x->plan->futures ? x->plan->futures->weights : NULL;
    columns[5 * s] = (ofr_column){lower, &r->money, &r->strategies[s].lower, weights};
    columns[5 * s + 1] = (ofr_column){upper, &r->money, &r->strategies[s].upper, weights};
    columns[5 * s + 2] = (ofr_column){gap, &r->ratio, &r->strategies[s].gap, weights};
    columns[5 * s + 3] = (ofr_column){split, &r->ratio, &r->strategies[s].fractional_gap, weights};
    columns[5 * s + 4] = (ofr_column){regret, &r->money, &r->strategies[s].regret, weights};
    r->strategies[s].set = x->sets.of_strategy[s];
    r->strategies[s].relaxed = ofr_bound_relaxes(x->plan, s);
  }
  done = done && ofr_distil_columns(x->crew, columns, 5 * S, paths);
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
  r->total = x->total;
  for (uint64_t i = 0; i < count; i++) r->mean_rounds += (double)x->rounds[i] / (double)count;
  r->engine = (ofr_engine_facts){.backend = "cpu", .device = x->paths->name, .threads = ofr_crew_size(x->crew), .seconds = seconds,
                                 .path_months_per_second = (double)count * x->plan->months / (seconds > 0 ? seconds : 1e-9),
                                 .check_passed = true};
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
  if (status == OFFRAMP_OK) status = choose_version(x);
  if (status == OFFRAMP_OK && !(x->crew = ofr_crew_create(x->options->threads))) status = out_of_memory(x);
  if (status == OFFRAMP_OK) status = make_result(x);
  if (status == OFFRAMP_OK) status = allocate(x);
  x->began = now();
  if (status == OFFRAMP_OK) status = run(x);
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
  for (int i = 0; x.space && i < ofr_crew_size(x.crew); i++) free(x.space[i]);
  free(x.space);
  free(x.columns);
  free(x.futures);
  ofr_bound_sets_free(&x.sets);
  ofr_image_free(&x.staged);
  ofr_crew_destroy(x.crew);
  return status;
}
