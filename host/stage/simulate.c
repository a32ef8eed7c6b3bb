#define _POSIX_C_SOURCE 200809L
#include "simulate.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../backend/backend.h"
#include "../base/error.h"
#include "../reduce/bands.h"
#include "../reduce/columns.h"
#include "../reduce/comparison.h"
#include "../reduce/digest.h"
#include "../reduce/distribution.h"
#include "cross_check.h"
#include "metrics.h"

typedef struct simulation {
  const ofr_plan *plan;
  ofr_run_options options;
  ofr_arena *arena;
  offramp_error *error;
  ofr_crew *crew;
  const ofr_backend *backend;
  ofr_device *device;
  ofr_staged staged;
  ofr_metric_table table;
  ofr_cross_check check;
  ofr_result *result;
  int columns;              /* strategies x columns */
  bool stored;              /* all paths' columns are kept; else one batch's, and passes replay the paths */
  uint32_t batch_paths;
  int64_t *values;          /* [columns][paths or batch_paths] */
  int64_t *bands;           /* [strategies x series x months][band_paths] */
  ofr_i128 *sums;           /* [strategies x months x series] */
  uint64_t clamped;
  ofr_distiller **distillers; /* replay: [columns] */
  int pass;
  double began;
} simulation;

ofr_run_options ofr_run_defaults(void) {
  return (ofr_run_options){.backend = "auto", .check_paths = 64, .with_bands = true};
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static offramp_status out_of_memory(simulation *x) {
  return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or --max-memory, or close other programs");
}

static void say(void *context, const char *text) {
  simulation *x = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (x->options.progress) x->options.progress(x->options.progress_context, &p);
}

static offramp_status open_device(simulation *x) {
  int device = x->options.device;
  ofr_open_options open = {.isa = x->options.isa, .cache = x->options.cache, .say = say, .say_context = x, .stop = x->options.stop};
  x->backend = ofr_backend_find(x->options.backend, &device, x->error);
  if (!x->backend) return x->error ? x->error->status : OFFRAMP_ERR_DEVICE;
  x->crew = ofr_crew_create(x->options.threads);
  if (!x->crew) return out_of_memory(x);
  open.device = device;
  open.crew = x->crew;
  offramp_status status = x->backend->open(&open, &x->device, x->error);
  if (status == OFFRAMP_OK) status = ofr_backend_self_test(x->backend, x->device, x->error);
  if (status == OFFRAMP_OK) status = ofr_image_build(x->plan, &x->staged, x->error);
  if (status == OFFRAMP_OK) status = x->backend->upload(x->device, x->staged.image, 1, x->error);
  return status;
}

static uint64_t default_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 2 : (uint64_t)2 << 30;
}

/* Sizes in checked arithmetic before anything is allocated. */
static offramp_status allocate(simulation *x) {
  const ofr_plan *plan = x->plan;
  ofr_result *r = x->result;
  uint64_t limit = x->options.max_memory ? x->options.max_memory : default_memory();
  uint64_t rows = (uint64_t)plan->strategy_count * (uint64_t)plan->months * (uint64_t)x->staged.series;
  x->columns = plan->strategy_count * x->staged.columns;
  r->band_paths = plan->paths < (uint64_t)plan->band_paths ? (int)plan->paths : plan->band_paths;
  uint64_t bands = x->options.with_bands ? rows * (uint64_t)r->band_paths * sizeof(int64_t) : 0;
  uint64_t per_path = (uint64_t)x->columns * sizeof(int64_t);
  if (bands > limit)
    return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "/simulation/band_paths",
                    "the monthly bands need %llu bytes, --max-memory allows %llu: lower band_paths or raise --max-memory",
                    (unsigned long long)bands, (unsigned long long)limit);
  x->stored = plan->paths <= (limit - bands) / per_path && plan->paths < (uint64_t)1 << 31;
  x->batch_paths = x->backend->batch_limit(x->device);
  if (x->options.batch && x->options.batch < x->batch_paths) x->batch_paths = x->options.batch;
  if (x->batch_paths > plan->paths) x->batch_paths = (uint32_t)plan->paths;
  while (!x->stored && x->batch_paths > 256 && x->batch_paths * per_path > limit - bands) x->batch_paths /= 2;
  uint64_t kept = x->stored ? plan->paths : x->batch_paths;
  x->values = malloc(kept * per_path);
  x->bands = x->options.with_bands ? malloc(bands ? bands : 1) : NULL;
  x->sums = calloc(rows, sizeof *x->sums);
  return x->values && x->sums && (x->bands || !x->options.with_bands) ? OFFRAMP_OK : out_of_memory(x);
}

static ofr_batch next_batch(const simulation *x, uint64_t first) {
  uint64_t left = x->plan->paths - first, band_paths = (uint64_t)x->result->band_paths;
  ofr_batch b = {.first_path = first, .paths = left < x->batch_paths ? (uint32_t)left : x->batch_paths, .points = 1};
  b.columns = x->values;
  b.stride = x->stored ? x->plan->paths : x->batch_paths;
  b.offset = x->stored ? first : 0;
  b.with_sums = x->options.with_bands && x->pass == 0;
  if (b.with_sums && first < band_paths) b.band_paths = (uint32_t)(band_paths - first < b.paths ? band_paths - first : b.paths);
  b.bands = x->bands;
  b.band_stride = band_paths;
  b.band_offset = first < band_paths ? first : 0;
  return b;
}

static void fold_sums(simulation *x, const ofr_batch *b) {
  size_t rows = (size_t)x->plan->strategy_count * (size_t)x->plan->months * (size_t)x->staged.series;
  for (int part = 0; part < b->sum_parts; part++) {
    for (int i = 0; i < b->sum_lanes; i++) x->clamped += (uint64_t)b->clamped[part * b->sum_lanes + i];
    if (!b->with_sums) continue;
    const int64_t *from = b->sums + (size_t)part * rows * (size_t)b->sum_lanes;
    for (size_t row = 0; row < rows; row++)
      for (int i = 0; i < b->sum_lanes; i++) x->sums[row] += *from++;
  }
}

static void report_progress(const simulation *x, uint64_t paths_done) {
  uint64_t unit = (uint64_t)x->plan->months * (uint64_t)x->plan->strategy_count;
  ofr_progress p = {.done = paths_done * unit, .total = x->plan->paths * unit, .seconds = now() - x->began, .pass = x->pass + 1,
                    .passes_known = x->stored ? 1 : 0};
  if (x->options.progress) x->options.progress(x->options.progress_context, &p);
}

static const int64_t *column_of(const simulation *x, int strategy, int column) {
  uint64_t stride = x->stored ? x->plan->paths : x->batch_paths;
  return x->values + (uint64_t)(strategy * x->staged.columns + column) * stride;
}

static void costs_of(const simulation *x, ofr_costs *costs) {
  for (int s = 0; s < x->plan->strategy_count; s++)
    costs[s] = (ofr_costs){column_of(x, s, COLUMN_TOTAL), column_of(x, s, COLUMN_CASH), column_of(x, s, COLUMN_UNMET)};
}

typedef struct feeding { simulation *x; uint32_t paths; } feeding;

static void feed_column(void *context, int worker, uint64_t index) {
  feeding *f = context;
  (void)worker;
  const int64_t *values = column_of(f->x, (int)index / f->x->staged.columns, (int)index % f->x->staged.columns);
  if (f->x->distillers[index]) ofr_distiller_feed(f->x->distillers[index], values, f->paths);
}

/* Replay: what a batch gives is taken in at once, for the next batch overwrites it. */
static void take_in(simulation *x, const ofr_batch *batch) {
  ofr_costs costs[OFR_MAX_STRATEGIES];
  feeding f = {x, batch->paths};
  ofr_crew_run(x->crew, (uint64_t)x->columns, feed_column, &f, NULL);
  costs_of(x, costs);
  for (int i = 0; i < x->result->comparison_count && x->pass == 0; i++)
    ofr_comparison_feed(&x->result->comparisons[i], costs[x->result->comparisons[i].a], costs[x->result->comparisons[i].b],
                        batch->paths);
}

static offramp_status run_pass(simulation *x) {
  for (uint64_t first = 0; first < x->plan->paths; first += x->batch_paths) {
    ofr_batch batch = next_batch(x, first);
    offramp_status status = x->backend->submit(x->device, &batch, x->error);
    if (status == OFFRAMP_OK) status = x->backend->collect(x->device, &batch, x->error);
    if (status == OFFRAMP_OK && x->options.stop && *x->options.stop)
      status = ofr_fail(x->error, OFFRAMP_INTERRUPTED, "", "interrupted");
    if (status == OFFRAMP_OK && x->pass == 0) {
      fold_sums(x, &batch);
      status = ofr_cross_check_batch(&x->check, &batch, x->error);
    }
    if (status != OFFRAMP_OK) return status;
    if (!x->stored) take_in(x, &batch);
    report_progress(x, first + batch.paths);
  }
  x->pass++;
  return OFFRAMP_OK;
}

static void zero_distribution(uint64_t paths, ofr_distribution *out) {
  memset(out, 0, sizeof *out);
  out->count = paths;
}

static offramp_status distil_stored(simulation *x) {
  int count = 0, metrics = x->table.count;
  ofr_column *columns = calloc((size_t)(metrics * x->plan->strategy_count), sizeof *columns);
  ofr_costs costs[OFR_MAX_STRATEGIES];
  if (!columns) return out_of_memory(x);
  for (int s = 0; s < x->plan->strategy_count; s++)
    for (int m = 0; m < metrics; m++)
      if (x->table.column[m] >= 0)
        columns[count++] = (ofr_column){column_of(x, s, x->table.column[m]), &x->table.metrics[m], &x->result->strategies[s].metrics[m]};
  bool done = ofr_distil_columns(x->crew, columns, count, x->plan->paths);
  free(columns);
  costs_of(x, costs);
  done = done && ofr_compare_strategies(x->crew, costs, x->plan->strategy_count, x->plan->paths, x->staged.money_quantum,
                                        x->result->comparisons);
  return done ? OFFRAMP_OK : out_of_memory(x);
}

static bool create_distillers(simulation *x) {
  x->distillers = calloc((size_t)x->columns, sizeof *x->distillers);
  for (int s = 0; x->distillers && s < x->plan->strategy_count; s++)
    for (int m = 0; m < x->table.count; m++) {
      int column = x->table.column[m];
      if (column < 0) continue;
      ofr_distiller **distiller = &x->distillers[s * x->staged.columns + column];
      if (!(*distiller = ofr_distiller_create(x->table.metrics[m].low_is_worse))) return false;
    }
  return x->distillers != NULL;
}

/* Ends a pass for every column that still needs one; those that are done are written down and let go. */
static offramp_status end_pass(simulation *x, bool *again) {
  *again = false;
  for (int i = 0; i < x->table.count * x->plan->strategy_count; i++) {
    int s = i / x->table.count, m = i % x->table.count;
    if (x->table.column[m] < 0) continue;
    ofr_distiller **distiller = &x->distillers[s * x->staged.columns + x->table.column[m]];
    if (!*distiller) continue;
    ofr_pass pass = ofr_distiller_end_pass(*distiller);
    if (pass == OFR_PASS_UNLIKE)
      return ofr_fail(x->error, OFFRAMP_ERR_MISMATCH, "",
                      "a replayed path came out with other bits: do not trust this device; run again with --backend cpu");
    *again |= pass == OFR_PASS_AGAIN;
    if (pass == OFR_PASS_AGAIN) continue;
    ofr_distiller_finish(*distiller, x->table.metrics[m].scale, &x->result->strategies[s].metrics[m]);
    ofr_distiller_destroy(*distiller);
    *distiller = NULL;
  }
  return OFFRAMP_OK;
}

static offramp_status distil_by_replay(simulation *x) {
  bool again = true;
  if (!create_distillers(x)) return out_of_memory(x);
  while (again) {
    offramp_status status = run_pass(x);
    if (status == OFFRAMP_OK) status = end_pass(x, &again);
    if (status != OFFRAMP_OK) return status;
  }
  for (int i = 0; i < x->result->comparison_count; i++)
    ofr_comparison_finish(&x->result->comparisons[i], x->staged.money_quantum);
  return OFFRAMP_OK;
}

/* Series j of the device's order as the band of a result; `priced` has none of its own. */
static bool make_band(simulation *x, int s, int j, ofr_band *band) {
  static const char *const names[] = {[SERIES_DEMAND] = "demand", [SERIES_SERVED] = "served", [SERIES_CASH] = "cash",
                                      [SERIES_CHARGES] = "charges", [SERIES_PRICE] = "price_paid"};
  const ofr_staged *st = &x->staged;
  bool money = j == SERIES_CASH || j == SERIES_CHARGES || j >= SERIES_FIXED, work = j == SERIES_DEMAND || j == SERIES_SERVED;
  ofr_i128 *sum = ofr_arena_alloc(x->arena, (size_t)x->plan->months, sizeof *sum);
  ofr_i128 *count = j == SERIES_PRICE ? ofr_arena_alloc(x->arena, (size_t)x->plan->months, sizeof *count) : NULL;
  if (!sum || (j == SERIES_PRICE && !count)) return false;
  for (int t = 0; t < x->plan->months; t++) {
    const ofr_i128 *row = x->sums + (size_t)(s * x->plan->months + t) * (size_t)st->series;
    sum[t] = row[j];
    if (count) count[t] = row[SERIES_PRICED];
  }
  *band = (ofr_band){.name = j < SERIES_FIXED ? names[j] : "revenue",
                     .provider = j < SERIES_FIXED ? -1 : j - SERIES_FIXED,
                     .scale = money ? st->money_quantum : work ? st->accelerator_quantum / WORK_FRACTION : 1e-6,
                     .year_scale = money ? st->money_quantum : work ? st->work_unit_hours : 0,
                     .sum = sum,
                     .count = count,
                     .sum_shift = money ? st->image->sum_shift : 0};
  return true;
}

static offramp_status fill_bands(simulation *x) {
  ofr_result *r = x->result;
  int S = x->plan->strategy_count, next = 0;
  if (!x->options.with_bands) return OFFRAMP_OK;
  r->band_count = x->staged.series - 1;
  r->year_count = ofr_year_count(x->plan);
  ofr_monthly *monthly = ofr_arena_alloc(x->arena, (size_t)(S * r->band_count), sizeof *monthly);
  if (!monthly) return out_of_memory(x);
  for (int s = 0; s < S; s++) {
    ofr_strategy_result *to = &r->strategies[s];
    to->bands = ofr_arena_alloc(x->arena, (size_t)r->band_count, sizeof *to->bands);
    to->years = ofr_arena_alloc(x->arena, (size_t)(r->band_count * r->year_count), sizeof *to->years);
    if (!to->bands || !to->years) return out_of_memory(x);
    for (int j = 0, b = 0; j < x->staged.series; j++) {
      if (j == SERIES_PRICED) continue;
      if (!make_band(x, s, j, &to->bands[b])) return out_of_memory(x);
      const int64_t *values = x->bands + (size_t)(s * x->staged.series + j) * (size_t)x->plan->months * (size_t)r->band_paths;
      monthly[next++] = (ofr_monthly){&to->bands[b], values, j == SERIES_PRICE, to->years + b * r->year_count};
      b++;
    }
  }
  return ofr_bands_fill(x->crew, x->plan, monthly, next, r->band_paths, x->plan->paths, x->arena) ? OFFRAMP_OK : out_of_memory(x);
}

static bool make_result(simulation *x) {
  const ofr_plan *plan = x->plan;
  ofr_result *r = x->result = ofr_arena_alloc(x->arena, 1, sizeof *r);
  int S = plan->strategy_count;
  if (!r || !ofr_metrics_of(plan, &x->staged, x->arena, &x->table)) return false;
  r->plan = plan;
  r->paths = plan->paths;
  r->seed = plan->seed;
  memcpy(r->plan_digest, plan->digest, sizeof r->plan_digest);
  r->accelerator_quantum = x->staged.accelerator_quantum;
  r->money_quantum = x->staged.money_quantum;
  r->metric_count = x->table.count;
  r->metrics = x->table.metrics;
  r->strategy_count = S;
  r->strategies = ofr_arena_alloc(x->arena, (size_t)S, sizeof *r->strategies);
  r->comparison_count = S * (S - 1) / 2;
  r->comparisons = ofr_arena_alloc(x->arena, (size_t)r->comparison_count, sizeof *r->comparisons);
  if (!r->strategies || !r->comparisons) return false;
  for (int s = 0; s < S; s++) {
    if (!(r->strategies[s].metrics = ofr_arena_alloc(x->arena, (size_t)r->metric_count, sizeof(ofr_distribution)))) return false;
    for (int m = 0; m < r->metric_count; m++)
      if (x->table.column[m] < 0) zero_distribution(plan->paths, &r->strategies[s].metrics[m]);
  }
  for (int a = 0, i = 0; a < S; a++)
    for (int b = a + 1; b < S; b++) r->comparisons[i++] = ofr_comparison_begin(a, b);
  return true;
}

static void finish_result(simulation *x) {
  ofr_result *r = x->result;
  double seconds = now() - x->began;
  const char *device = x->backend->describe(x->device);
  r->clamped_path_months = x->clamped;
  for (int s = 0; s < r->strategy_count; s++) r->strategies[s].clamped_path_months = x->clamped;
  r->engine = (ofr_engine_facts){
      .backend = x->backend->name,
      .device = ofr_arena_copy(x->arena, device, strlen(device)),
      .threads = ofr_crew_size(x->crew),
      .seconds = seconds,
      .path_months_per_second =
          (double)x->plan->paths * x->plan->months * x->plan->strategy_count / (seconds > 0 ? seconds : 1e-9),
      .checked_paths = x->check.checked,
      .check_passed = true};
  ofr_result_digest(r, r->results_digest);
}

static offramp_status simulate(simulation *x) {
  offramp_status status = open_device(x);
  if (status != OFFRAMP_OK) return status;
  if (!make_result(x)) return out_of_memory(x);
  status = allocate(x);
  const char *isa = strcmp(x->backend->name, "cpu") ? NULL : x->options.isa ? x->options.isa : ofr_cpu_versions()[0]->name;
  if (status == OFFRAMP_OK)
    status = ofr_cross_check_begin(&x->check, x->staged.image, x->options.check_paths, x->plan->paths, isa, x->error);
  x->began = now();
  if (status == OFFRAMP_OK) status = x->stored ? run_pass(x) : distil_by_replay(x);
  if (status == OFFRAMP_OK && x->stored) status = distil_stored(x);
  if (status == OFFRAMP_OK) status = fill_bands(x);
  if (status == OFFRAMP_OK) finish_result(x);
  return status;
}

static void clean_up(simulation *x) {
  for (int i = 0; x->distillers && i < x->columns; i++) ofr_distiller_destroy(x->distillers[i]);
  free(x->distillers);
  free(x->values);
  free(x->bands);
  free(x->sums);
  ofr_cross_check_end(&x->check);
  ofr_image_free(&x->staged);
  if (x->backend) x->backend->close(x->device);
  ofr_crew_destroy(x->crew);
}

offramp_status ofr_simulate(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_result **result,
                            offramp_error *error) {
  offramp_error own;
  simulation x = {.plan = plan, .options = *options, .arena = arena, .error = error ? error : &own};
  offramp_status status = simulate(&x);
  *result = status == OFFRAMP_OK ? x.result : NULL;
  clean_up(&x);
  return status;
}
