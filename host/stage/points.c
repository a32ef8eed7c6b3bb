#define _POSIX_C_SOURCE 200809L
#include "points.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../backend/backend.h"
#include "../base/error.h"
#include "../plan/image.h"
#include "cross_check.h"

enum { FEW_CHECKS = 4, MOST_LAUNCH_BYTES = 256 << 20 };

struct ofr_points {
  const ofr_plan *largest;
  ofr_run_options options;
  ofr_crew *crew;
  const ofr_backend *backend;
  ofr_device *device;
  ofr_staged staged; /* of the largest: layout and quanta; its image is the first upload */
  char *images;      /* those of a launch, one after the other */
  int64_t *columns;  /* what a batch gives: [points x columns][batch] */
  size_t column_bytes;
  uint64_t path_months;
  double seconds;
  int launches, checked;
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths, or close other programs");
}

static void say(void *context, const char *text) {
  ofr_points *x = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (x->options.progress) x->options.progress(x->options.progress_context, &p);
}

static offramp_status open_device(ofr_points *x, offramp_error *error) {
  ofr_open_options open = {.device = x->options.device,
                           .isa = x->options.isa,
                           .cache = x->options.cache,
                           .say = say,
                           .say_context = x,
                           .stop = x->options.stop};
  x->backend = ofr_backend_find(x->options.backend, &open.device, error);
  if (!x->backend) return error->status;
  x->crew = open.crew = ofr_crew_create(x->options.threads);
  if (!x->crew) return out_of_memory(error);
  offramp_status status = x->backend->open(&open, &x->device, error);
  if (status == OFFRAMP_OK) status = ofr_backend_self_test(x->backend, x->device, error);
  if (status == OFFRAMP_OK) status = ofr_image_build(x->largest, &x->staged, error);
  return status;
}

offramp_status ofr_points_open(const ofr_plan *largest, const ofr_run_options *options, ofr_points **points,
                               offramp_error *error) {
  ofr_points *x = *points = calloc(1, sizeof *x);
  if (!x) return out_of_memory(error);
  x->largest = largest;
  x->options = *options;
  offramp_status status = open_device(x, error);
  if (status == OFFRAMP_OK) return OFFRAMP_OK;
  ofr_points_close(x);
  *points = NULL;
  return status;
}

void ofr_points_close(ofr_points *x) {
  if (!x) return;
  free(x->images);
  free(x->columns);
  ofr_image_free(&x->staged);
  if (x->backend) x->backend->close(x->device);
  ofr_crew_destroy(x->crew);
  free(x);
}

static offramp_status upload(ofr_points *x, const ofr_plan *const *plans, int count, offramp_error *error) {
  size_t bytes = x->staged.image->bytes;
  free(x->images);
  x->images = aligned_alloc(64, bytes * (size_t)count);
  if (!x->images) return out_of_memory(error);
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
  return x->backend->upload(x->device, (const ofr_image *)x->images, count, error);
}

/* How many paths a batch takes, and room for what it gives. */
static offramp_status make_room(ofr_points *x, int count, uint64_t paths, uint64_t *batch, offramp_error *error) {
  size_t per_path = (size_t)count * (size_t)x->staged.columns * sizeof *x->columns;
  *batch = x->backend->batch_limit(x->device);
  if (x->options.batch && x->options.batch < *batch) *batch = x->options.batch;
  if (*batch > paths) *batch = paths;
  while (*batch > 1024 && *batch * per_path > MOST_LAUNCH_BYTES) *batch = (*batch + 1) / 2;
  if (*batch * per_path > x->column_bytes) {
    free(x->columns);
    x->columns = malloc(*batch * per_path);
    x->column_bytes = x->columns ? *batch * per_path : 0;
  }
  return x->columns ? OFFRAMP_OK : out_of_memory(error);
}

/* The first launch is checked as a run would be, later ones by a few paths each. */
static offramp_status begin_check(ofr_points *x, ofr_cross_check *check, uint64_t first, uint64_t paths, offramp_error *error) {
  const char *isa = strcmp(x->backend->name, "cpu") ? NULL : x->options.isa ? x->options.isa : ofr_cpu_versions()[0]->name;
  int count = x->launches > 0 && x->options.check_paths > FEW_CHECKS ? FEW_CHECKS : x->options.check_paths;
  return ofr_cross_check_begin(check, (const ofr_image *)x->images, first == 0 ? count : 0, paths, isa, error);
}

static offramp_status evaluate_batch(ofr_points *x, int count, uint64_t first, uint32_t paths, ofr_cross_check *check,
                                     offramp_error *error) {
  ofr_batch b = {.first_path = first, .paths = paths, .points = count, .columns = x->columns, .stride = paths};
  offramp_status status = x->backend->submit(x->device, &b, error);
  if (status == OFFRAMP_OK) status = x->backend->collect(x->device, &b, error);
  if (status == OFFRAMP_OK && x->options.stop && *x->options.stop)
    status = ofr_fail(error, OFFRAMP_INTERRUPTED, "", "interrupted");
  return status == OFFRAMP_OK ? ofr_cross_check_batch(check, &b, error) : status;
}

offramp_status ofr_points_evaluate(ofr_points *x, const ofr_plan *const *plans, int count, uint64_t first, uint64_t paths,
                                   int64_t *cost, offramp_error *error) {
  double began = now();
  uint64_t batch = 0;
  ofr_cross_check check = {0};
  offramp_status status = upload(x, plans, count, error);
  if (status == OFFRAMP_OK) status = make_room(x, count, paths, &batch, error);
  if (status == OFFRAMP_OK) status = begin_check(x, &check, first, paths, error);
  for (uint64_t done = 0; status == OFFRAMP_OK && done < paths; done += batch) {
    uint32_t size = (uint32_t)(paths - done < batch ? paths - done : batch);
    status = evaluate_batch(x, count, first + done, size, &check, error);
    for (int i = 0; status == OFFRAMP_OK && i < count; i++)
      memcpy(cost + (uint64_t)i * paths + done, x->columns + ((size_t)i * (size_t)x->staged.columns + COLUMN_TOTAL) * size,
             size * sizeof *cost);
  }
  x->checked += check.checked;
  ofr_cross_check_end(&check);
  x->launches++;
  x->seconds += now() - began;
  x->path_months += paths * (uint64_t)count * (uint64_t)x->largest->months;
  return status;
}

double ofr_points_money(const ofr_points *x) { return x->staged.money_quantum; }

double ofr_points_accelerators(const ofr_points *x) { return x->staged.accelerator_quantum; }

ofr_crew *ofr_points_crew(const ofr_points *x) { return x->crew; }

ofr_engine_facts ofr_points_engine(const ofr_points *x, ofr_arena *arena) {
  const char *device = x->backend->describe(x->device);
  return (ofr_engine_facts){.backend = x->backend->name,
                            .device = ofr_arena_copy(arena, device, strlen(device)),
                            .threads = ofr_crew_size(x->crew),
                            .seconds = x->seconds,
                            .path_months_per_second = x->seconds > 0 ? (double)x->path_months / x->seconds : 0,
                            .checked_paths = x->checked,
                            .check_passed = true};
}
