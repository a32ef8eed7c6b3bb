#define _POSIX_C_SOURCE 200809L
#include "simulate.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../backend/cpu_steps.h"
#include "../base/error.h"
#include "../plan/variants.h"
#include "../reduce/bands.h"
#include "../reduce/columns.h"
#include "../reduce/comparison.h"
#include "../reduce/difference.h"
#include "../reduce/digest.h"
#include "../reduce/distribution.h"
#include "../reduce/majority.h"
#include "cross_check.h"
#include "fleet.h"
#include "given_futures.h"
#include "metrics.h"

enum { TUNED_PATHS = 50000 }; /* a run of fewer does not win back what trying launch shapes costs */

struct ofr_devices {
  ofr_fleet *fleet; /* NULL: none is open */
  char *shape;      /* that it was opened for */
  void (*progress)(void *context, const ofr_progress *progress);
  void *progress_context;
};

typedef struct simulation {
  const ofr_plan *plan;
  ofr_run_options options;
  ofr_arena *arena;
  offramp_error *error;
  ofr_phases phases;
  ofr_devices own, *devices; /* those of this run alone, unless the options bring some */
  ofr_fleet *fleet;
  ofr_staged staged;
  ofr_metric_table table;
  ofr_cross_check check;
  ofr_result *result;
  int columns;              /* strategies x columns */
  bool stored;              /* all paths' columns are kept; else those of the batches under way, and passes replay the paths */
  uint32_t batch_paths;
  int64_t *values;          /* [columns][paths], or for each berth of the fleet [columns][batch_paths] */
  const uint64_t *weights;  /* [paths]; NULL: all alike */
  int64_t *months;          /* of weighted paths, for each berth those of a batch: [strategies that have months x series x
                               months][batch_paths] */
  int64_t *bands;           /* [the same][band_paths] */
  float *futures;           /* where they are given: of the batch in each berth of the fleet */
  ofr_i128 *sums;           /* [strategies that have months x months x series] */
  uint64_t clamped;
  ofr_distiller **distillers; /* replay: [columns] */
  ofr_differencer *differencer; /* NULL where no differences are wanted */
  ofr_minuend *minuends;      /* [differences] */
  int pass;
  double began;
} simulation;

ofr_run_options ofr_run_defaults(void) {
  return (ofr_run_options){.backend = "auto", .device = -1, .check_paths = 64, .with_bands = true, .steps = true};
}

static offramp_status out_of_memory(simulation *x) {
  return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or --max-memory, or close other programs");
}

static void say(void *context, const char *text) {
  const ofr_devices *d = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (d->progress) d->progress(d->progress_context, &p);
}

static void close_fleet(ofr_devices *d) {
  ofr_fleet_close(d->fleet);
  free(d->shape);
  *d = (ofr_devices){0};
}

ofr_devices *ofr_devices_create(void) { return calloc(1, sizeof(ofr_devices)); }

void ofr_devices_close(ofr_devices *devices) {
  if (!devices) return;
  close_fleet(devices);
  free(devices);
}

static offramp_status open_fleet(simulation *x, char *shape) {
  const ofr_run_options *o = &x->options;
  ofr_devices *d = x->devices;
  if (d->fleet && shape && !strcmp(shape, d->shape)) {
    free(shape);
    ofr_fleet_watch(d->fleet, &x->phases);
    return ofr_fleet_upload(d->fleet, x->staged.image, 1, x->error);
  }
  close_fleet(d);
  *d = (ofr_devices){.shape = shape, .progress = o->progress, .progress_context = o->progress_context};
  const ofr_fleet_options options = {.backend = o->backend, .device = o->device, .isa = o->isa, .kernel = o->kernel, .cache = o->cache,
                                     .threads = o->threads, .profile = o->profile, .tune_from = o->once ? 0 : TUNED_PATHS,
                                     .phases = &x->phases, .say = say, .say_context = d, .stop = o->stop};
  return ofr_fleet_open(&options, &x->staged, x->plan->paths, &d->fleet, x->error);
}

static offramp_status stage(simulation *x) {
  x->devices = x->options.devices ? x->options.devices : &x->own;
  ofr_phase_enter(&x->phases, "build image");
  offramp_status status = ofr_image_build(x->plan, &x->staged, x->error);
  if (status != OFFRAMP_OK) return status;
  char *shape = x->options.devices ? ofr_image_shape_text(x->staged.image) : NULL;
  if (x->options.devices && !shape) return out_of_memory(x);
  status = open_fleet(x, shape);
  x->fleet = x->devices->fleet;
  return status;
}

static uint64_t default_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 2 : (uint64_t)2 << 30;
}

/* Devices sum months without weights: where paths have them, the months of all paths of a batch come home. */
static bool make_room_for_months(simulation *x, uint64_t rows) {
  const uint64_t most = 1 << 26;
  while (x->batch_paths > 32 && x->batch_paths * rows * sizeof(int64_t) > most) x->batch_paths /= 2;
  x->months = malloc((uint64_t)ofr_fleet_berths(x->fleet) * x->batch_paths * rows * sizeof(int64_t));
  return x->months != NULL;
}

/* The strategies that are known by their months too come first. */
static uint64_t month_rows(const simulation *x) {
  return (uint64_t)x->staged.image->failing * (uint64_t)x->plan->months * (uint64_t)x->staged.series;
}

/* Sizes in checked arithmetic before anything is allocated. */
static offramp_status allocate(simulation *x) {
  const ofr_plan *plan = x->plan;
  ofr_result *r = x->result;
  uint64_t limit = x->options.max_memory ? x->options.max_memory : default_memory();
  uint64_t rows = month_rows(x);
  x->columns = plan->strategy_count * x->staged.columns;
  r->band_paths = plan->paths < (uint64_t)plan->band_paths ? (int)plan->paths : plan->band_paths;
  uint64_t bands = x->options.with_bands ? rows * (uint64_t)r->band_paths * sizeof(int64_t) : 0;
  uint64_t per_path = (uint64_t)x->columns * sizeof(int64_t);
  if (bands > limit)
    return ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "/simulation/band_paths",
                    "the monthly bands need %llu bytes, --max-memory allows %llu: lower band_paths or raise --max-memory",
                    (unsigned long long)bands, (unsigned long long)limit);
  x->stored = plan->paths <= (limit - bands) / per_path && plan->paths < (uint64_t)1 << 31;
  uint64_t berths = x->stored ? 1 : (uint64_t)ofr_fleet_berths(x->fleet);
  x->batch_paths = ofr_fleet_batch_limit(x->fleet);
  if (x->options.batch && x->options.batch < x->batch_paths) x->batch_paths = x->options.batch;
  if (x->batch_paths > plan->paths) x->batch_paths = (uint32_t)plan->paths;
  x->batch_paths = ofr_futures_paths(plan, x->batch_paths);
  if (x->options.with_bands && x->weights && !make_room_for_months(x, rows)) return out_of_memory(x);
  while (!x->stored && x->batch_paths > 256 && berths * x->batch_paths * per_path > limit - bands) x->batch_paths /= 2;
  uint64_t kept = x->stored ? plan->paths : berths * x->batch_paths;
  x->values = malloc(kept * per_path);
  x->bands = x->options.with_bands ? malloc(bands ? bands : 1) : NULL;
  x->sums = calloc(rows, sizeof *x->sums);
  x->futures = malloc(((uint64_t)ofr_fleet_berths(x->fleet) * ofr_futures_size(plan, x->batch_paths) + 1) * sizeof *x->futures);
  if (!x->futures) return out_of_memory(x);
  return x->values && x->sums && (x->bands || !x->options.with_bands) ? OFFRAMP_OK : out_of_memory(x);
}

static void send_all_months(const simulation *x, int berth, ofr_batch *b) {
  uint64_t rows = month_rows(x);
  b->band_paths = b->paths;
  b->bands = x->months + (uint64_t)berth * rows * x->batch_paths;
  b->band_stride = b->paths;
  b->band_offset = 0;
}

/* Where the results of a batch go. */
static void make_batch(void *context, int berth, ofr_batch *b) {
  const simulation *x = context;
  uint64_t first = b->first_path, band_paths = (uint64_t)x->result->band_paths;
  b->columns = x->stored ? x->values : x->values + (uint64_t)berth * (uint64_t)x->columns * x->batch_paths;
  b->stride = x->stored ? x->plan->paths : x->batch_paths;
  b->offset = x->stored ? first : 0;
  b->with_sums = x->options.with_bands && x->pass == 0;
  if (b->with_sums && first < band_paths) b->band_paths = (uint32_t)(band_paths - first < b->paths ? band_paths - first : b->paths);
  b->bands = x->bands;
  b->band_stride = band_paths;
  b->band_offset = first < band_paths ? first : 0;
  if (x->weights && b->with_sums) send_all_months(x, berth, b);
  float *futures = x->futures + (uint64_t)berth * ofr_futures_size(x->plan, x->batch_paths);
  ofr_futures_fill(x->plan, x->staged.accelerator_quantum, NULL, first, b->paths, futures);
  b->futures = futures;
  b->future_stride = ofr_futures_stride(b->paths);
}

static void fold_sums(simulation *x, const ofr_batch *b) {
  size_t rows = (size_t)month_rows(x);
  for (int part = 0; part < b->sum_parts; part++) {
    for (int i = 0; i < b->sum_lanes; i++) x->clamped += (uint64_t)b->clamped[part * b->sum_lanes + i];
    if (!b->with_sums || x->weights) continue;
    const int64_t *from = b->sums + (size_t)part * rows * (size_t)b->sum_lanes;
    for (size_t row = 0; row < rows; row++)
      for (int i = 0; i < b->sum_lanes; i++) x->sums[row] += *from++;
  }
}

typedef struct weighing { simulation *x; const ofr_batch *batch; } weighing;

/* A month of a series: its weighted sum, and the paths among them that the bands are taken from. */
static void weigh_month(void *context, int worker, uint64_t index) {
  const weighing *w = context;
  simulation *x = w->x;
  const ofr_batch *b = w->batch;
  uint64_t months = (uint64_t)x->plan->months, series = (uint64_t)x->staged.series, band_paths = (uint64_t)x->result->band_paths;
  uint64_t month = index % months, kind = index / months % series, strategy = index / months / series;
  const int64_t *values = b->bands + index * b->paths;
  const uint64_t *weights = x->weights + b->first_path;
  ofr_i128 sum = 0;
  (void)worker;
  for (uint32_t i = 0; i < b->paths; i++)
    if (values[i] != OFR_MISSING) sum += (ofr_i128)values[i] * (ofr_i128)weights[i];
  x->sums[(strategy * months + month) * series + kind] += sum;
  for (uint64_t p = b->first_path; p < band_paths && p < b->first_path + b->paths; p++)
    x->bands[index * band_paths + p] = values[p - b->first_path];
}

static void fold_weighted(simulation *x, const ofr_batch *b) {
  weighing w = {x, b};
  if (x->weights && b->with_sums) ofr_crew_run(ofr_fleet_crew(x->fleet), month_rows(x), weigh_month, &w, NULL);
}

static void report_progress(void *context, uint64_t paths_done) {
  const simulation *x = context;
  uint64_t unit = (uint64_t)x->plan->months * (uint64_t)x->plan->strategy_count;
  ofr_progress p = {.done = paths_done * unit, .total = x->plan->paths * unit, .seconds = ofr_clock() - x->began,
                    .pass = x->pass + 1, .passes_known = x->stored ? 1 : 0};
  if (x->options.progress) x->options.progress(x->options.progress_context, &p);
}

/* A column of a batch's own, or of all paths. */
static const int64_t *column_within(const simulation *x, const int64_t *values, uint64_t stride, int strategy, int column) {
  return values + (uint64_t)(strategy * x->staged.columns + column) * stride;
}

static const int64_t *column_of(const simulation *x, int strategy, int column) {
  return column_within(x, x->values, x->plan->paths, strategy, column);
}

static void costs_within(const simulation *x, const int64_t *values, uint64_t stride, const uint64_t *weights, ofr_costs *costs) {
  for (int s = 0; s < x->plan->strategy_count; s++)
    costs[s] = (ofr_costs){column_within(x, values, stride, s, COLUMN_TOTAL), column_within(x, values, stride, s, COLUMN_CASH),
                           column_within(x, values, stride, s, COLUMN_UNMET), weights};
}

static const uint64_t *weights_of(const simulation *x, const ofr_batch *batch) {
  return x->weights ? x->weights + batch->first_path : NULL;
}

/* Takes in so many paths, of a batch or of all of them. */
static void feed_differences(simulation *x, const int64_t *values, uint64_t stride, const uint64_t *weights, uint64_t paths) {
  if (!x->differencer) return;
  for (int i = 0; i < x->result->difference_count; i++) {
    const ofr_difference *d = &x->result->differences[i];
    int column = x->table.column[d->metric];
    x->minuends[i] = (ofr_minuend){column_within(x, values, stride, d->a, column), column_within(x, values, stride, d->b, column), weights};
  }
  ofr_differencer_feed(x->differencer, ofr_fleet_crew(x->fleet), x->minuends, paths);
}

/* Every metric of money for each pair. */
static bool create_differences(simulation *x) {
  ofr_result *r = x->result;
  int most = x->options.pair_count * x->table.count;
  if (most == 0) return true;
  r->differences = ofr_arena_alloc(x->arena, (size_t)most, sizeof *r->differences);
  x->minuends = calloc((size_t)most, sizeof *x->minuends);
  for (int p = 0; r->differences && p < x->options.pair_count; p++)
    for (int m = 0; m < x->table.count; m++)
      if (ofr_metric_is_cost_or_revenue(&x->table.metrics[m]) && x->table.column[m] >= 0)
        r->differences[r->difference_count++] = (ofr_difference){x->options.pairs[p].a, x->options.pairs[p].b, m, {0}, 0};
  if (r->differences) x->differencer = ofr_differencer_create(r->differences, r->difference_count, x->table.metrics);
  return x->differencer && x->minuends;
}

typedef struct feeding { simulation *x; const ofr_batch *batch; } feeding;

static void feed_column(void *context, int worker, uint64_t index) {
  const feeding *f = context;
  (void)worker;
  ofr_distiller *distiller = f->x->distillers[index];
  if (!distiller) return;
  ofr_distiller_feed_weighted(distiller, f->batch->columns + index * f->batch->stride, weights_of(f->x, f->batch), f->batch->paths);
}

/* Replay: what a batch gives is taken in at once, for a later batch overwrites it. */
static void feed_distillers(simulation *x, const ofr_batch *batch) {
  ofr_costs costs[OFR_MAX_VARIANTS];
  feeding f = {x, batch};
  ofr_crew_run(ofr_fleet_crew(x->fleet), (uint64_t)x->columns, feed_column, &f, NULL);
  costs_within(x, batch->columns, batch->stride, weights_of(x, batch), costs);
  for (int i = 0; i < x->result->comparison_count && x->pass == 0; i++)
    ofr_comparison_feed(&x->result->comparisons[i], costs[x->result->comparisons[i].a], costs[x->result->comparisons[i].b],
                        batch->paths);
  feed_differences(x, batch->columns, batch->stride, weights_of(x, batch), batch->paths);
}

static void count_majority(void *context, int worker, uint64_t strategy) {
  const feeding *f = context;
  const ofr_plan *plan = f->x->plan;
  const int64_t *revenue[OFR_MAX_PROVIDERS];
  (void)worker;
  for (int g = 0; g < plan->provider_count; g++)
    revenue[g] = column_within(f->x, f->batch->columns, f->batch->stride, (int)strategy, COLUMN_FIXED + 2 * g) + f->batch->offset;
  f->x->result->strategies[strategy].majority += ofr_majorities(revenue, plan->provider_count, weights_of(f->x, f->batch), f->batch->paths);
}

static void count_majorities(simulation *x, const ofr_batch *batch) {
  feeding f = {x, batch};
  if (x->plan->for_stakeholders)
    ofr_crew_run(ofr_fleet_crew(x->fleet), (uint64_t)x->plan->strategy_count, count_majority, &f, NULL);
}

static offramp_status take_batch(void *context, const ofr_batch *batch, offramp_error *error) {
  simulation *x = context;
  if (x->options.stop && *x->options.stop) return ofr_fail(error, OFFRAMP_INTERRUPTED, "", "interrupted");
  if (x->pass == 0) {
    fold_sums(x, batch);
    count_majorities(x, batch);
    fold_weighted(x, batch);
    offramp_status status = ofr_cross_check_batch(&x->check, batch, error);
    if (status != OFFRAMP_OK) return status;
  }
  if (!x->stored) feed_distillers(x, batch);
  return OFFRAMP_OK;
}

static offramp_status run_pass(simulation *x) {
  const ofr_fleet_work work = {.phase = x->pass == 0 ? "evaluate" : "replay", .paths = x->plan->paths, .batch = x->batch_paths, .context = x, .make = make_batch,
                               .take = take_batch, .progress = report_progress};
  offramp_status status = ofr_fleet_run(x->fleet, &work, x->error);
  x->pass++;
  return status;
}

static void zero_distribution(uint64_t weight, ofr_distribution *out) {
  memset(out, 0, sizeof *out);
  out->count = weight;
}

static offramp_status distil_stored(simulation *x) {
  int count = 0, metrics = x->table.count;
  ofr_column *columns = calloc((size_t)(metrics * x->plan->strategy_count), sizeof *columns);
  ofr_costs costs[OFR_MAX_VARIANTS];
  if (!columns) return out_of_memory(x);
  for (int s = 0; s < x->plan->strategy_count; s++)
    for (int m = 0; m < metrics; m++)
      if (x->table.column[m] >= 0)
        columns[count++] = (ofr_column){column_of(x, s, x->table.column[m]), &x->table.metrics[m], &x->result->strategies[s].metrics[m], x->weights};
  ofr_phase_enter(&x->phases, "distil");
  bool done = ofr_distil_columns(ofr_fleet_crew(x->fleet), columns, count, x->plan->paths);
  free(columns);
  costs_within(x, x->values, x->plan->paths, x->weights, costs);
  ofr_phase_enter(&x->phases, "compare strategies");
  done = done && ofr_compare_strategies(ofr_fleet_crew(x->fleet), costs, x->plan->strategy_count, x->plan->paths, x->staged.money_quantum,
                                        x->result->comparisons);
  ofr_pass pass = x->differencer ? OFR_PASS_AGAIN : OFR_PASS_DONE;
  while (done && pass == OFR_PASS_AGAIN) {
    feed_differences(x, x->values, x->plan->paths, x->weights, x->plan->paths);
    pass = ofr_differencer_end_pass(x->differencer);
  }
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

static offramp_status unlike(simulation *x) {
  return ofr_fail(x->error, OFFRAMP_ERR_MISMATCH, "",
                  "a replayed path came out with other bits: do not trust this device; run again with --backend cpu");
}

/* Ends a pass for every column that still needs one; those that are done are written down and let go. */
static offramp_status end_pass(simulation *x, bool *again) {
  ofr_pass differences = x->differencer ? ofr_differencer_end_pass(x->differencer) : OFR_PASS_DONE;
  if (differences == OFR_PASS_UNLIKE) return unlike(x);
  *again = differences == OFR_PASS_AGAIN;
  for (int i = 0; i < x->table.count * x->plan->strategy_count; i++) {
    int s = i / x->table.count, m = i % x->table.count;
    if (x->table.column[m] < 0) continue;
    ofr_distiller **distiller = &x->distillers[s * x->staged.columns + x->table.column[m]];
    if (!*distiller) continue;
    ofr_pass pass = ofr_distiller_end_pass(*distiller);
    if (pass == OFR_PASS_UNLIKE) return unlike(x);
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
  bool money = IS_MONEY_SERIES(st->image, j), work = j == SERIES_DEMAND || j == SERIES_SERVED, fixed = j < SERIES_FIXED;
  bool revenue = IS_REVENUE(st->image, j);
  ofr_i128 *sum = ofr_arena_alloc(x->arena, (size_t)x->plan->months, sizeof *sum);
  ofr_i128 *count = j == SERIES_PRICE ? ofr_arena_alloc(x->arena, (size_t)x->plan->months, sizeof *count) : NULL;
  if (!sum || (j == SERIES_PRICE && !count)) return false;
  for (int t = 0; t < x->plan->months; t++) {
    const ofr_i128 *row = x->sums + (size_t)(s * x->plan->months + t) * (size_t)st->series;
    sum[t] = row[j];
    if (count) count[t] = row[SERIES_PRICED];
  }
  *band = (ofr_band){.name = fixed ? names[j] : revenue ? "revenue" : "concentration",
                     .provider = revenue ? j - SERIES_FIXED : -1,
                     .scale = money ? st->money_quantum : work ? st->accelerator_quantum / WORK_FRACTION : 1e-6,
                     .year_scale = money ? st->money_quantum : work ? st->work_unit_hours : 0,
                     .sum = sum,
                     .count = count,
                     .sum_shift = money && !x->weights ? st->image->sum_shift : 0};
  return true;
}

static offramp_status fill_bands(simulation *x) {
  ofr_result *r = x->result;
  int S = x->staged.image->failing, next = 0;
  if (!x->options.with_bands) return OFFRAMP_OK;
  ofr_phase_enter(&x->phases, "bands");
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
      monthly[next++] = (ofr_monthly){&to->bands[b], values, to->bands[b].year_scale == 0, to->years + b * r->year_count, x->weights};
      b++;
    }
  }
  return ofr_bands_fill(ofr_fleet_crew(x->fleet), x->plan, monthly, next, r->band_paths, r->weight, x->arena) ? OFFRAMP_OK : out_of_memory(x);
}

static bool make_result(simulation *x) {
  const ofr_plan *plan = x->plan;
  ofr_result *r = x->result = ofr_arena_alloc(x->arena, 1, sizeof *r);
  int S = plan->strategy_count;
  if (!r || !ofr_metrics_of(plan, &x->staged, x->arena, &x->table)) return false;
  r->plan = plan;
  r->paths = plan->paths;
  r->weight = x->weights ? (uint64_t)1 << 32 : plan->paths;
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
      if (x->table.column[m] < 0) zero_distribution(r->weight, &r->strategies[s].metrics[m]);
  }
  for (int a = 0, i = 0; a < S; a++)
    for (int b = a + 1; b < S; b++) r->comparisons[i++] = ofr_comparison_begin(a, b);
  return create_differences(x);
}

/* Static instructions are a GPU's; what a CPU executes is counted, which takes a second. */
static const ofr_profile *make_profile(simulation *x) {
  ofr_profile *p = ofr_arena_alloc(x->arena, 1, sizeof *p);
  if (!p) return NULL;
  for (; p->phase_count < x->phases.count; p->phase_count++) {
    p->phases[p->phase_count].name = x->phases.items[p->phase_count].name;
    p->phases[p->phase_count].seconds = x->phases.items[p->phase_count].seconds;
  }
  p->kernel_count = ofr_fleet_kernels(x->fleet, p->kernels, OFR_PROFILE_KERNELS);
  for (int i = 0; i < p->kernel_count; i++) {
    ofr_kernel_time *k = &p->kernels[i];
    ofr_steps steps;
    k->device = ofr_arena_copy(x->arena, k->device, strlen(k->device));
    if (!x->options.steps || strcmp(k->backend, "cpu") || k->facts.compiled ||
        !ofr_cpu_path_steps(ofr_cpu_version(x->options.isa), x->staged.image, x->staged.columns, &steps)) continue;
    k->executed = steps.instructions;
    k->vectors = steps.vectors;
  }
  return p;
}

static void finish_result(simulation *x) {
  ofr_result *r = x->result;
  double seconds = ofr_clock() - x->began;
  const char *device = ofr_fleet_device(x->fleet), *note = ofr_fleet_note(x->fleet);
  r->clamped_path_months = x->clamped;
  for (int s = 0; s < r->strategy_count; s++) r->strategies[s].clamped_path_months = x->clamped;
  r->engine = (ofr_engine_facts){
      .backend = ofr_fleet_backend(x->fleet),
      .device = ofr_arena_copy(x->arena, device, strlen(device)),
      .note = note ? ofr_arena_copy(x->arena, note, strlen(note)) : NULL,
      .threads = ofr_crew_size(ofr_fleet_crew(x->fleet)),
      .seconds = seconds,
      .path_months_per_second =
          (double)x->plan->paths * x->plan->months * x->plan->strategy_count / (seconds > 0 ? seconds : 1e-9),
      .checked_paths = x->check.checked,
      .check_passed = true};
  ofr_phase_enter(&x->phases, "digest");
  ofr_result_digest(r, r->results_digest);
  ofr_phase_enter(&x->phases, NULL);
  if (x->options.profile) r->profile = make_profile(x);
}

static offramp_status simulate(simulation *x) {
  offramp_status status = stage(x);
  if (status != OFFRAMP_OK) return status;
  if (!make_result(x)) return out_of_memory(x);
  status = allocate(x);
  const char *isa = strcmp(ofr_fleet_backend(x->fleet), "cpu") ? NULL : x->options.isa ? x->options.isa : ofr_cpu_versions()[0]->name;
  if (status == OFFRAMP_OK)
    status = ofr_cross_check_begin(&x->check, x->staged.image, x->options.check_paths, x->plan->paths, isa, x->error);
  x->began = ofr_clock();
  if (status == OFFRAMP_OK) status = x->stored ? run_pass(x) : distil_by_replay(x);
  if (status == OFFRAMP_OK && x->stored) status = distil_stored(x);
  if (status == OFFRAMP_OK) status = fill_bands(x);
  if (status == OFFRAMP_OK) finish_result(x);
  return status;
}

/* Devices that failed are not left open: who knows in what state. */
static void clean_up(simulation *x, bool failed) {
  for (int i = 0; x->distillers && i < x->columns; i++) ofr_distiller_destroy(x->distillers[i]);
  free(x->distillers);
  ofr_differencer_destroy(x->differencer);
  free(x->minuends);
  free(x->values);
  free(x->bands);
  free(x->sums);
  free(x->futures);
  free(x->months);
  ofr_cross_check_end(&x->check);
  if (x->devices && (failed || x->devices == &x->own)) close_fleet(x->devices);
  else if (x->fleet) ofr_fleet_watch(x->fleet, NULL);
  ofr_image_free(&x->staged);
}

offramp_status ofr_simulate(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_result **result,
                            offramp_error *error) {
  offramp_error own;
  simulation x = {.plan = plan, .options = *options, .arena = arena, .error = error ? error : &own,
                  .phases = ofr_phases_begin(options->nvtx)};
  x.weights = plan->futures ? plan->futures->weights : NULL;
  offramp_status status = simulate(&x);
  *result = status == OFFRAMP_OK ? x.result : NULL;
  clean_up(&x, status != OFFRAMP_OK);
  return status;
}
