#include "simulation.h"
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/variants.h"
#include "../reduce/bands.h"
#include "../reduce/columns.h"
#include "../reduce/comparison.h"
#include "../reduce/digest.h"
#include "../reduce/distribution.h"
#include "../reduce/exit_months.h"
#include "../reduce/majority.h"

typedef ofr_simulation simulation;

static offramp_status out_of_memory(simulation *x) {
  return ofr_fail(&x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or --max-memory, or close other programs");
}

/* ---- the plan ---- */

/* Strategies that have figures of their own; those after them are known by their differences alone. */
static int shown_of(const simulation *x) { return x->staged.image->failing; }

static void zero_distribution(uint64_t weight, ofr_distribution *out) {
  memset(out, 0, sizeof *out);
  out->count = weight;
}

/* Every metric of money for each pair. */
static bool list_differences(simulation *x) {
  ofr_result *r = x->result;
  int most = x->plan->pair_count * x->table.count;
  r->differences = ofr_arena_alloc(x->arena, (size_t)most, sizeof *r->differences);
  for (int p = 0; r->differences && p < x->plan->pair_count; p++)
    for (int m = 0; m < x->table.count; m++)
      if (ofr_metric_is_cost_or_revenue(&x->table.metrics[m]) && x->table.column[m] >= 0)
        r->differences[r->difference_count++] = (ofr_difference){x->plan->pairs[p].a, x->plan->pairs[p].b, m, {0}, 0, {0}};
  return r->differences != NULL;
}

static bool make_room_for_exits(simulation *x) {
  size_t counts = (size_t)ofr_exit_count(x->plan) * (size_t)x->plan->months;
  for (int s = 0; s < shown_of(x) && counts > 0; s++)
    if (!(x->result->strategies[s].taken = ofr_arena_alloc(x->arena, counts, sizeof(uint64_t)))) return false;
  return true;
}

static bool make_result(simulation *x) {
  const ofr_plan *plan = x->plan;
  ofr_result *r = x->result = ofr_arena_alloc(x->arena, 1, sizeof *r);
  int S = shown_of(x);
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
    ofr_strategy_result *to = &r->strategies[s];
    to->metrics = ofr_arena_alloc(x->arena, (size_t)r->metric_count, sizeof *to->metrics);
    to->slices = ofr_arena_alloc(x->arena, (size_t)r->metric_count, sizeof *to->slices);
    to->cvar95_slices = ofr_arena_alloc(x->arena, OFR_SLICES, sizeof *to->cvar95_slices);
    if (!to->metrics || !to->slices || !to->cvar95_slices) return false;
    for (int m = 0; m < r->metric_count; m++)
      if (x->table.column[m] < 0) {
        zero_distribution(r->weight, &to->metrics[m]);
        to->slices[m].count = ofr_slice_count(r->paths);
      }
  }
  for (int a = 0, i = 0; a < S; a++)
    for (int b = a + 1; b < S; b++) r->comparisons[i++] = ofr_comparison_begin(a, b);
  return make_room_for_exits(x) && list_differences(x);
}

offramp_status ofr_simulation_begin(simulation *x, const ofr_plan *plan, ofr_arena *arena) {
  *x = (simulation){.plan = plan, .arena = arena, .weights = plan->futures ? plan->futures->weights : NULL};
  offramp_status status = ofr_image_build(plan, &x->staged, &x->error);
  if (status != OFFRAMP_OK) return status;
  if (!make_result(x)) return out_of_memory(x);
  x->columns = plan->strategy_count * x->staged.columns;
  x->months = MONTH_ROWS(x->staged.image);
  x->result->band_paths = plan->paths < (uint64_t)plan->band_paths ? (int)plan->paths : plan->band_paths;
  return OFFRAMP_OK;
}

static bool create_differencer(simulation *x) {
  ofr_result *r = x->result;
  if (r->difference_count == 0) return true;
  x->minuends = calloc((size_t)r->difference_count, sizeof *x->minuends);
  x->differencer = ofr_differencer_create(r->differences, r->difference_count, x->table.metrics, r->paths);
  return x->differencer && x->minuends;
}

static bool create_distillers(simulation *x) {
  x->distillers = calloc((size_t)x->columns, sizeof *x->distillers);
  x->slices = calloc((size_t)x->columns, sizeof *x->slices);
  x->tails = calloc((size_t)x->plan->strategy_count, sizeof *x->tails);
  x->tail_pass = calloc((size_t)x->plan->strategy_count, sizeof *x->tail_pass);
  if (!x->tails || !x->tail_pass) return false;
  for (int s = 0; x->distillers && x->slices && s < shown_of(x); s++)
    for (int m = 0; m < x->table.count; m++) {
      int column = x->table.column[m];
      if (column < 0) continue;
      ofr_distiller **distiller = &x->distillers[s * x->staged.columns + column];
      if (!(*distiller = ofr_distiller_create(x->table.metrics[m].low_is_worse))) return false;
    }
  return x->distillers && x->slices;
}

offramp_status ofr_simulation_place(simulation *x, int checks, const char *isa) {
  x->sums = calloc(x->months + 1, sizeof *x->sums);
  if (!x->sums || (!x->values && !(create_distillers(x) && create_differencer(x)))) return out_of_memory(x);
  return ofr_cross_check_begin(&x->check, x->staged.image, checks, x->plan->paths, isa, &x->error);
}

/* ---- batches ---- */

static void fold_sums(simulation *x, const ofr_batch *b) {
  size_t rows = (size_t)x->months;
  for (int part = 0; part < b->sum_parts; part++) {
    size_t own = (size_t)part * (size_t)b->points + (size_t)x->point;
    for (int i = 0; i < b->sum_lanes; i++) x->clamped += (uint64_t)b->clamped[own * (size_t)b->sum_lanes + (size_t)i];
    if (!b->with_sums || x->weights) continue;
    const int64_t *from = b->sums + own * rows * (size_t)b->sum_lanes;
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
  if (x->weights && b->with_sums) ofr_crew_run(x->crew, x->months, weigh_month, &w, NULL);
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
static void feed_differences(simulation *x, const int64_t *values, uint64_t stride, const uint64_t *weights, uint64_t first,
                             uint64_t paths) {
  if (!x->differencer) return;
  for (int i = 0; i < x->result->difference_count; i++) {
    const ofr_difference *d = &x->result->differences[i];
    int column = x->table.column[d->metric];
    x->minuends[i] = (ofr_minuend){column_within(x, values, stride, d->a, column), column_within(x, values, stride, d->b, column),
                                   weights};
  }
  ofr_differencer_feed(x->differencer, x->crew, x->minuends, first, paths);
}

typedef struct feeding { simulation *x; const ofr_batch *batch; } feeding;

/* Of total_cost, once it is known where its tail begins; a later pass knows better. */
static void feed_tail(simulation *x, int strategy, const int64_t *values, const ofr_batch *b) {
  ofr_tail_slices *tail = &x->tails[strategy];
  int64_t edge;
  if (!ofr_distiller_tail(x->distillers[strategy * x->staged.columns + COLUMN_TOTAL], &edge)) return;
  if (x->tail_pass[strategy] != x->pass) *tail = (ofr_tail_slices){.known = true, .edge = edge};
  x->tail_pass[strategy] = x->pass;
  ofr_tail_slices_feed(tail, x->plan->paths, b->first_path, values, weights_of(x, b), b->paths);
}

static void feed_column(void *context, int worker, uint64_t index) {
  const feeding *f = context;
  (void)worker;
  simulation *x = f->x;
  const ofr_batch *b = f->batch;
  int column = (int)index % x->staged.columns;
  const int64_t *values = b->columns + index * b->stride;
  ofr_distiller *distiller = x->distillers[index];
  if (!distiller) return;
  ofr_distiller_feed_weighted(distiller, values, weights_of(x, b), b->paths);
  if (x->pass == 0) ofr_slices_feed(&x->slices[index], x->plan->paths, b->first_path, values, weights_of(x, b), b->paths);
  if (column == COLUMN_TOTAL) feed_tail(x, (int)index / x->staged.columns, values, b);
}

/* Replay: what a batch gives is taken in at once, for a later batch overwrites it. */
static void feed_distillers(simulation *x, const ofr_batch *batch) {
  ofr_costs costs[OFR_MAX_VARIANTS];
  feeding f = {x, batch};
  ofr_crew_run(x->crew, (uint64_t)x->columns, feed_column, &f, NULL);
  costs_within(x, batch->columns, batch->stride, weights_of(x, batch), costs);
  for (int i = 0; i < x->result->comparison_count && x->pass == 0; i++)
    ofr_comparison_feed_slices(&x->result->comparisons[i], costs[x->result->comparisons[i].a], costs[x->result->comparisons[i].b],
                               x->plan->paths, batch->first_path, batch->paths);
  feed_differences(x, batch->columns, batch->stride, weights_of(x, batch), batch->first_path, batch->paths);
}

static void count_majority(void *context, int worker, uint64_t strategy) {
  const feeding *f = context;
  const ofr_plan *plan = f->x->plan;
  const int64_t *revenue[OFR_MAX_PROVIDERS];
  (void)worker;
  for (int g = 0; g < plan->provider_count; g++)
    revenue[g] = column_within(f->x, f->batch->columns, f->batch->stride, (int)strategy, COLUMN_FIXED + 2 * g) + f->batch->offset;
  f->x->result->strategies[strategy].majority +=
      ofr_majorities(revenue, plan->provider_count, weights_of(f->x, f->batch), f->batch->paths);
}

static void count_majorities(simulation *x, const ofr_batch *batch) {
  feeding f = {x, batch};
  if (x->plan->for_stakeholders)
    ofr_crew_run(x->crew, (uint64_t)shown_of(x), count_majority, &f, NULL);
}

static void count_exit_months(void *context, int worker, uint64_t strategy) {
  const feeding *f = context;
  const simulation *x = f->x;
  (void)worker;
  for (int q = 0; q < x->staged.image->exits; q++)
    ofr_exit_months_add(x->plan,
                        column_within(x, f->batch->columns, f->batch->stride, (int)strategy,
                                      TAKEN_COLUMNS(x->staged.image) + EXIT_COLUMNS * q) + f->batch->offset,
                        weights_of(x, f->batch), f->batch->paths,
                        x->result->strategies[strategy].taken + (size_t)q * (size_t)x->plan->months);
}

static void count_exits(simulation *x, const ofr_batch *batch) {
  feeding f = {x, batch};
  if (x->staged.image->exits > 0) ofr_crew_run(x->crew, (uint64_t)shown_of(x), count_exit_months, &f, NULL);
}

/* Its own part of a batch of all points. What is summed up comes in parts of all of them: see fold_sums. */
static ofr_batch own_part(const simulation *x, const ofr_batch *batch) {
  ofr_batch own = *batch;
  own.columns += (uint64_t)x->point * (uint64_t)x->columns * batch->stride;
  if (batch->bands) own.bands += (uint64_t)x->point * x->months * batch->band_stride;
  return own;
}

offramp_status ofr_simulation_take(simulation *x, const ofr_batch *batch) {
  const ofr_batch own = own_part(x, batch);
  if (x->pass == 0) {
    fold_sums(x, &own);
    count_majorities(x, &own);
    count_exits(x, &own);
    fold_weighted(x, &own);
    offramp_status status = ofr_cross_check_batch(&x->check, &own, &x->error);
    if (status != OFFRAMP_OK) return status;
  }
  if (!x->values) feed_distillers(x, &own);
  return OFFRAMP_OK;
}

/* ---- statistics ---- */

static offramp_status distil_stored(simulation *x) {
  int count = 0, metrics = x->table.count;
  ofr_column *columns = calloc((size_t)(metrics * shown_of(x)), sizeof *columns);
  ofr_costs costs[OFR_MAX_VARIANTS];
  if (!columns) return out_of_memory(x);
  for (int s = 0; s < shown_of(x); s++)
    for (int m = 0; m < metrics; m++)
      if (x->table.column[m] >= 0)
        columns[count++] = (ofr_column){column_of(x, s, x->table.column[m]), &x->table.metrics[m],
                                        &x->result->strategies[s].metrics[m], x->weights, &x->result->strategies[s].slices[m],
                                        x->table.column[m] == COLUMN_TOTAL ? &x->result->strategies[s].cvar95_slices : NULL};
  ofr_phase_enter(x->phases, "distil");
  bool done = ofr_distil_columns(x->crew, columns, count, x->plan->paths);
  free(columns);
  costs_within(x, x->values, x->plan->paths, x->weights, costs);
  ofr_phase_enter(x->phases, "compare strategies");
  done = done && ofr_compare_strategies(x->crew, costs, shown_of(x), x->plan->paths, x->staged.money_quantum,
                                        x->result->comparisons);
  done = done && create_differencer(x);
  ofr_pass pass = x->differencer ? OFR_PASS_AGAIN : OFR_PASS_DONE;
  while (done && pass == OFR_PASS_AGAIN) {
    feed_differences(x, x->values, x->plan->paths, x->weights, 0, x->plan->paths);
    pass = ofr_differencer_end_pass(x->differencer);
  }
  return done ? OFFRAMP_OK : out_of_memory(x);
}

static offramp_status unlike(simulation *x) {
  return ofr_fail(&x->error, OFFRAMP_ERR_MISMATCH, "",
                  "a replayed path came out with other bits: do not trust this device; run again with --backend cpu");
}

/* Ends a pass for every column that still needs one; those that are done are written down and let go. */
static offramp_status distil_replayed(simulation *x, bool *again) {
  ofr_pass differences = x->differencer ? ofr_differencer_end_pass(x->differencer) : OFR_PASS_DONE;
  if (differences == OFR_PASS_UNLIKE) return unlike(x);
  *again = differences == OFR_PASS_AGAIN;
  for (int i = 0; i < x->table.count * shown_of(x); i++) {
    int s = i / x->table.count, m = i % x->table.count;
    if (x->table.column[m] < 0) continue;
    int column = s * x->staged.columns + x->table.column[m];
    ofr_distiller **distiller = &x->distillers[column];
    if (!*distiller) continue;
    ofr_pass pass = ofr_distiller_end_pass(*distiller);
    if (pass == OFR_PASS_UNLIKE) return unlike(x);
    *again |= pass == OFR_PASS_AGAIN;
    if (pass == OFR_PASS_AGAIN) continue;
    ofr_strategy_result *to = &x->result->strategies[s];
    double scale = x->table.metrics[m].scale;
    ofr_distiller_finish(*distiller, scale, &to->metrics[m]);
    to->slices[m] = ofr_slices_finish(&x->slices[column], x->plan->paths, scale);
    if (x->table.column[m] == COLUMN_TOTAL &&
        !ofr_tail_slices_finish(&x->tails[s], &x->slices[column], x->plan->paths, scale, &to->metrics[m], to->cvar95_slices))
      to->cvar95_slices = NULL;
    ofr_distiller_destroy(*distiller);
    *distiller = NULL;
  }
  return OFFRAMP_OK;
}

offramp_status ofr_simulation_end_pass(simulation *x, bool *again) {
  x->pass++;
  *again = false;
  return x->values ? OFFRAMP_OK : distil_replayed(x, again);
}

/* ---- months ---- */

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
  if (!x->bands) return OFFRAMP_OK;
  ofr_phase_enter(x->phases, "bands");
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
      monthly[next++] = (ofr_monthly){&to->bands[b], values, to->bands[b].year_scale == 0, to->years + b * r->year_count,
                                      x->weights};
      b++;
    }
  }
  return ofr_bands_fill(x->crew, x->plan, monthly, next, r->band_paths, r->weight, x->arena) ? OFFRAMP_OK : out_of_memory(x);
}

/* ---- the result ---- */

offramp_status ofr_simulation_finish(simulation *x) {
  ofr_result *r = x->result;
  offramp_status status = x->values ? distil_stored(x) : OFFRAMP_OK;
  for (int i = 0; i < r->comparison_count && !x->values; i++)
    ofr_comparison_finish(&r->comparisons[i], r->paths, x->staged.money_quantum);
  if (status == OFFRAMP_OK) status = fill_bands(x);
  if (status != OFFRAMP_OK) return status;
  r->clamped_path_months = x->clamped;
  for (int s = 0; s < r->strategy_count; s++) r->strategies[s].clamped_path_months = x->clamped;
  ofr_phase_enter(x->phases, "digest");
  if (!x->plan->for_stakeholders) ofr_result_digest(r, r->results_digest); /* theirs is of what they see: stakeholder_run.c */
  ofr_phase_enter(x->phases, NULL);
  return OFFRAMP_OK;
}

void ofr_simulation_free(simulation *x) {
  for (int i = 0; x->distillers && i < x->columns; i++) ofr_distiller_destroy(x->distillers[i]);
  free(x->distillers);
  free(x->slices);
  free(x->tails);
  free(x->tail_pass);
  ofr_differencer_destroy(x->differencer);
  free(x->minuends);
  free(x->sums);
  ofr_cross_check_end(&x->check);
  ofr_image_free(&x->staged);
}
