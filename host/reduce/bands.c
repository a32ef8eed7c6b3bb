#include "bands.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "distribution.h"

/* Where ofr_band_levels, and a year's .05 .50 .95, are among ofr_quantile_levels. */
static const int band_quantile[OFR_BAND_QUANTILES] = {1, 3, 4, 5, 7};
enum { P05 = 1, P50 = 4, P95 = 7 };

typedef struct scratch {
  ofr_distiller *distiller;
  int64_t *year; /* [paths] a year's sums */
} scratch;

typedef struct bands {
  const ofr_plan *plan;
  const ofr_monthly *series;
  int64_t *quantiles; /* [series x OFR_BAND_QUANTILES x months] */
  int paths, years;
  uint64_t all_paths;
  scratch *scratch; /* by worker */
} bands;

static int year_of(const ofr_plan *plan, int month) { return plan->start_year + (plan->start_month - 1 + month) / 12; }

int ofr_year_count(const ofr_plan *plan) { return year_of(plan, plan->months - 1) - plan->start_year + 1; }

static void distil(ofr_distiller *d, const int64_t *values, const uint64_t *weights, int count, ofr_distribution *out) {
  ofr_distiller_reset(d, false);
  do ofr_distiller_feed_weighted(d, values, weights, (size_t)count);
  while (ofr_distiller_end_pass(d) == OFR_PASS_AGAIN);
  ofr_distiller_finish(d, 1, out);
}

static const int64_t *month_values(const bands *b, const ofr_monthly *series, int month) {
  return series->values + (size_t)month * (size_t)b->paths;
}

static void fill_month(const bands *b, int index, int month, scratch *scratch) {
  ofr_distribution found;
  distil(scratch->distiller, month_values(b, &b->series[index], month), b->series[index].weights, b->paths, &found);
  for (int i = 0; i < OFR_BAND_QUANTILES; i++)
    b->quantiles[((size_t)index * OFR_BAND_QUANTILES + (size_t)i) * (size_t)b->plan->months + (size_t)month] =
        found.quantile[band_quantile[i]];
}

static void fill_year(const bands *b, int index, int year, scratch *scratch) {
  const ofr_monthly *series = &b->series[index];
  const ofr_band *band = series->band;
  ofr_year *out = &series->years[year];
  *out = (ofr_year){.year = b->plan->start_year + year, .mean = NAN, .p05 = NAN, .p50 = NAN, .p95 = NAN};
  if (series->ratio) return;
  ofr_i128 sum = 0;
  memset(scratch->year, 0, (size_t)b->paths * sizeof scratch->year[0]);
  for (int month = 0; month < b->plan->months; month++) {
    if (year_of(b->plan, month) != out->year) continue;
    const int64_t *values = month_values(b, series, month);
    for (int path = 0; path < b->paths; path++) scratch->year[path] += values[path];
    sum += band->sum[month];
  }
  ofr_distribution found;
  distil(scratch->distiller, scratch->year, series->weights, b->paths, &found);
  if (b->all_paths > 0) out->mean = ldexp((double)sum, band->sum_shift) / (double)b->all_paths * band->year_scale;
  out->p05 = (double)found.quantile[P05] * band->year_scale;
  out->p50 = (double)found.quantile[P50] * band->year_scale;
  out->p95 = (double)found.quantile[P95] * band->year_scale;
}

/* A task is a month or a year of a series. */
static void fill(void *context, int worker, uint64_t index) {
  const bands *b = context;
  uint64_t tasks = (uint64_t)(b->plan->months + b->years);
  int series = (int)(index / tasks), task = (int)(index % tasks);
  if (task < b->plan->months) fill_month(b, series, task, &b->scratch[worker]);
  else fill_year(b, series, task - b->plan->months, &b->scratch[worker]);
}

static void free_scratch(scratch *scratch, int workers) {
  for (int i = 0; scratch && i < workers; i++) {
    ofr_distiller_destroy(scratch[i].distiller);
    free(scratch[i].year);
  }
  free(scratch);
}

static scratch *make_scratch(int workers, int paths) {
  scratch *made = calloc((size_t)workers, sizeof *made);
  for (int i = 0; made && i < workers; i++) {
    made[i].distiller = ofr_distiller_create(false);
    made[i].year = malloc(((size_t)paths + 1) * sizeof made[i].year[0]);
    if (made[i].distiller && made[i].year) continue;
    free_scratch(made, workers);
    return NULL;
  }
  return made;
}

bool ofr_bands_fill(ofr_crew *crew, const ofr_plan *plan, const ofr_monthly *series, int count, int paths, uint64_t all_paths,
                    ofr_arena *arena) {
  size_t months = (size_t)plan->months, size = OFR_BAND_QUANTILES * months;
  int workers = ofr_crew_size(crew);
  bands b = {.plan = plan, .series = series, .paths = paths, .years = ofr_year_count(plan), .all_paths = all_paths};
  b.quantiles = ofr_arena_alloc(arena, (size_t)count * size, sizeof *b.quantiles);
  b.scratch = make_scratch(workers, paths);
  bool made = b.quantiles && b.scratch;
  if (made) ofr_crew_run(crew, (uint64_t)count * (months + (size_t)b.years), fill, &b, NULL);
  for (int s = 0; made && s < count; s++)
    for (size_t i = 0; i < OFR_BAND_QUANTILES; i++) series[s].band->quantile[i] = b.quantiles + (size_t)s * size + i * months;
  free_scratch(b.scratch, workers);
  return made;
}
