#include "points.h"
#include <stdlib.h>
#include <string.h>
#include "../backend/backend.h"
#include "../base/error.h"
#include "../plan/image.h"
#include "cross_check.h"
#include "fleet.h"
#include "given_futures.h"

enum { FEW_CHECKS = 4, MOST_LAUNCH_BYTES = 256 << 20 };

struct ofr_points {
  const ofr_plan *largest;
  ofr_run_options options;
  ofr_fleet *fleet;
  ofr_staged staged; /* of the largest: layout and quanta; its image is the first upload */
  char *images;      /* those of a launch, one after the other */
  int64_t *columns;  /* what batches give: [berths][points x columns][batch] */
  size_t column_bytes;
  float *futures; /* where they are given: those of the batch in each berth */
  uint64_t path_months;
  double seconds;
  int launches, checked;
};

/* A launch under way. */
typedef struct launch {
  ofr_points *points;
  ofr_cross_check check;
  uint64_t first, paths, batch;
  int count;
  int64_t *cost;
} launch;

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths, or close other programs");
}

static void say(void *context, const char *text) {
  ofr_points *x = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (x->options.progress) x->options.progress(x->options.progress_context, &p);
}

offramp_status ofr_points_open(const ofr_plan *largest, const ofr_run_options *options, ofr_points **points,
                               offramp_error *error) {
  ofr_points *x = *points = calloc(1, sizeof *x);
  if (!x) return out_of_memory(error);
  x->largest = largest;
  x->options = *options;
  const ofr_fleet_options fleet = {.backend = options->backend,
                                   .device = options->device,
                                   .isa = options->isa,
                                   .kernel = options->kernel,
                                   .cache = options->cache,
                                   .threads = options->threads,
                                   .say = say,
                                   .say_context = x,
                                   .stop = options->stop};
  offramp_status status = ofr_image_build(largest, &x->staged, error);
  if (status == OFFRAMP_OK) status = ofr_fleet_open(&fleet, &x->staged, largest->paths, &x->fleet, error);
  if (status == OFFRAMP_OK) return OFFRAMP_OK;
  ofr_points_close(x);
  *points = NULL;
  return status;
}

void ofr_points_close(ofr_points *x) {
  if (!x) return;
  ofr_fleet_close(x->fleet);
  free(x->images);
  free(x->columns);
  free(x->futures);
  ofr_image_free(&x->staged);
  free(x);
}

static offramp_status upload(ofr_points *x, const ofr_plan *const *plans, int count, offramp_error *error) {
  size_t bytes = x->staged.image->bytes;
  char *images = aligned_alloc(64, bytes * (size_t)count);
  if (!images) return out_of_memory(error);
  free(x->images);
  x->images = images;
  for (int i = 0; i < count; i++) {
    ofr_staged staged;
    offramp_status status = ofr_image_build_like(plans[i], x->largest, &staged, error);
    if (status != OFFRAMP_OK) return status;
    bool alike = staged.image->bytes == bytes;
    if (alike) memcpy(x->images + (size_t)i * bytes, staged.image, bytes);
    ofr_image_free(&staged);
    if (!alike)
      return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "",
                      "the plans differ in more than numbers: they cannot be evaluated side by side");
  }
  return ofr_fleet_upload(x->fleet, (const ofr_image *)x->images, count, error);
}

/* How many paths a batch takes, and room for what all that are under way give. */
static offramp_status make_room(ofr_points *x, launch *l, offramp_error *error) {
  size_t berths = (size_t)ofr_fleet_berths(x->fleet);
  size_t per_path = berths * (size_t)l->count * (size_t)x->staged.columns * sizeof *x->columns;
  l->batch = ofr_fleet_batch_limit(x->fleet);
  if (x->options.batch && x->options.batch < l->batch) l->batch = x->options.batch;
  if (l->batch > l->paths) l->batch = l->paths;
  l->batch = ofr_futures_paths(x->largest, (uint32_t)l->batch);
  while (l->batch > 1024 && l->batch * per_path > MOST_LAUNCH_BYTES) l->batch = (l->batch + 1) / 2;
  if (l->batch * per_path > x->column_bytes) {
    free(x->columns);
    x->columns = malloc(l->batch * per_path);
    x->column_bytes = x->columns ? l->batch * per_path : 0;
  }
  free(x->futures);
  x->futures = malloc((berths * ofr_futures_size(x->largest, (uint32_t)l->batch) + 1) * sizeof *x->futures);
  return x->columns && x->futures ? OFFRAMP_OK : out_of_memory(error);
}

/* The first launch is checked as a run would be, later ones by a few paths each. */
static offramp_status begin_check(ofr_points *x, launch *l, offramp_error *error) {
  bool cpu = !strcmp(ofr_fleet_backend(x->fleet), "cpu");
  const char *isa = !cpu ? NULL : x->options.isa ? x->options.isa : ofr_cpu_versions()[0]->name;
  int count = x->launches > 0 && x->options.check_paths > FEW_CHECKS ? FEW_CHECKS : x->options.check_paths;
  return ofr_cross_check_begin(&l->check, (const ofr_image *)x->images, l->first == 0 ? count : 0, l->paths, isa, error);
}

/* ---- batches ---- */

static void make_batch(void *context, int berth, ofr_batch *b) {
  launch *l = context;
  b->columns = l->points->columns + (size_t)berth * (size_t)l->count * (size_t)l->points->staged.columns * l->batch;
  b->stride = b->paths;
  float *futures = l->points->futures + (size_t)berth * ofr_futures_size(l->points->largest, (uint32_t)l->batch);
  ofr_futures_fill(l->points->largest, l->points->staged.accelerator_quantum, NULL, b->first_path, b->paths, futures);
  b->futures = futures;
  b->future_stride = ofr_futures_stride(b->paths);
}

static offramp_status take_batch(void *context, const ofr_batch *b, offramp_error *error) {
  launch *l = context;
  ofr_points *x = l->points;
  if (x->options.stop && *x->options.stop) return ofr_fail(error, OFFRAMP_INTERRUPTED, "", "interrupted");
  for (int i = 0; i < l->count; i++)
    memcpy(l->cost + (uint64_t)i * l->paths + (b->first_path - l->first),
           b->columns + ((size_t)i * (size_t)x->staged.columns + COLUMN_TOTAL) * b->stride, b->paths * sizeof *l->cost);
  return ofr_cross_check_batch(&l->check, b, error);
}

offramp_status ofr_points_evaluate(ofr_points *x, const ofr_plan *const *plans, int count, uint64_t first, uint64_t paths,
                                   int64_t *cost, offramp_error *error) {
  double began = ofr_clock();
  launch l = {.points = x, .first = first, .paths = paths, .count = count, .cost = cost};
  const ofr_futures *futures = x->largest->futures;
  if (futures && (first > futures->paths || paths > futures->paths - first))
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, futures->file, "the file has no more than %llu futures: ask for fewer",
                    (unsigned long long)futures->paths);
  offramp_status status = upload(x, plans, count, error);
  if (status == OFFRAMP_OK) status = make_room(x, &l, error);
  if (status == OFFRAMP_OK) status = begin_check(x, &l, error);
  const ofr_fleet_work work = {.phase = "evaluate",
                               .first = first,
                               .paths = paths,
                               .batch = (uint32_t)l.batch,
                               .context = &l,
                               .make = make_batch,
                               .take = take_batch};
  if (status == OFFRAMP_OK) status = ofr_fleet_run(x->fleet, &work, error);
  x->checked += l.check.checked;
  ofr_cross_check_end(&l.check);
  x->launches++;
  x->seconds += ofr_clock() - began;
  x->path_months += paths * (uint64_t)count * (uint64_t)x->largest->months;
  return status;
}

/* ---- facts ---- */

double ofr_points_money(const ofr_points *x) { return x->staged.money_quantum; }

double ofr_points_accelerators(const ofr_points *x) { return x->staged.accelerator_quantum; }

ofr_crew *ofr_points_crew(const ofr_points *x) { return ofr_fleet_crew(x->fleet); }

ofr_engine_facts ofr_points_engine(const ofr_points *x, ofr_arena *arena) {
  const char *device = ofr_fleet_device(x->fleet), *note = ofr_fleet_note(x->fleet);
  return (ofr_engine_facts){.backend = ofr_fleet_backend(x->fleet),
                            .device = ofr_arena_copy(arena, device, strlen(device)),
                            .threads = ofr_crew_size(ofr_fleet_crew(x->fleet)),
                            .seconds = x->seconds,
                            .path_months_per_second = x->seconds > 0 ? (double)x->path_months / x->seconds : 0,
                            .checked_paths = x->checked,
                            .check_passed = true,
                            .note = note ? ofr_arena_copy(arena, note, strlen(note)) : NULL};
}
