/* A fleet of pretended GPUs, some of which fail: every path is computed once and taken in once, whoever is lost and whenever. This
 * program has a registry of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/error.h"
#include "given_plan.h"
#include "stage/fleet.h"

enum { MOST_GPUS = 4, MOST_PATHS = 20000, NEVER = 1 << 30 };

/* ---- devices ---- */

struct ofr_device {
  uint32_t limit;
  int fails_to_submit, fails_to_collect; /* calls until then */
  int flying;
};

static struct {
  int gpus;
  ofr_device devices[MOST_GPUS];
  pthread_mutex_t lock;
  bool wrong; /* a batch was too large, or too many were in flight */
} world = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *describe(const ofr_device *d) { return (void)d, "pretended"; }

static int list(ofr_device_info *info, int most) {
  for (int i = 0; i < world.gpus && i < most; i++)
    info[i] = (ofr_device_info){.backend = "cuda", .index = i, .gpu = true, .usable = true};
  return world.gpus;
}

static offramp_status open_device(const ofr_open_options *options, ofr_device **device, offramp_error *error) {
  (void)error;
  *device = &world.devices[options->device];
  return OFFRAMP_OK;
}

static offramp_status upload(ofr_device *d, const ofr_image *images, int points, offramp_error *error) {
  (void)d, (void)images, (void)points, (void)error;
  return OFFRAMP_OK;
}

static uint32_t batch_limit(const ofr_device *d) { return d->limit; }
static int shapes(const ofr_device *d) { return (void)d, 1; }
static void reshape(ofr_device *d, int shape) { (void)d, (void)shape; }
static const char *kernel(const ofr_device *d) { return (void)d, ""; }

static offramp_status lost(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_DEVICE, "pretended", "it fell off the bus: sit down");
}

static offramp_status submit(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  pthread_mutex_lock(&world.lock);
  world.wrong |= batch->paths == 0 || batch->paths > d->limit || ++d->flying > 2;
  pthread_mutex_unlock(&world.lock);
  return d->fails_to_submit-- > 0 ? OFFRAMP_OK : lost(error);
}

static offramp_status collect(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  (void)batch;
  d->flying--;
  return d->fails_to_collect-- > 0 ? OFFRAMP_OK : lost(error);
}

static offramp_status probe(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  (void)d, (void)error;
  ofr_path_baseline.probe(kind, questions, answers, n);
  return OFFRAMP_OK;
}

static int facts(const ofr_device *d, ofr_kernel_facts *kernels, int most) { return (void)d, (void)kernels, (void)most, 0; }
static void close_device(ofr_device *d) { (void)d; }

static const ofr_backend pretended = {
    .name = "cuda", .in_flight = 2, .describe = describe, .list = list, .open = open_device, .upload = upload,
    .batch_limit = batch_limit, .shapes = shapes, .reshape = reshape, .kernel = kernel, .submit = submit, .collect = collect, .probe = probe,
    .bound_limit = batch_limit, .facts = facts, .close = close_device};

/* Instead of host/backend/registry.c. */
const ofr_backend *const ofr_backends[OFR_BACKENDS] = {&pretended, &pretended, &ofr_backend_cpu};

const ofr_backend *ofr_backend_find(const char *name, int *device, offramp_error *error) {
  (void)name, (void)device;
  ofr_fail(error, OFFRAMP_ERR_DEVICE, "", "there is none");
  return NULL;
}

const char *ofr_kernel_options(const ofr_open_options *options) { return (void)options, ""; }

/* ---- work ---- */

typedef struct work {
  uint64_t first, done;
  int64_t *columns;
  size_t size; /* of a berth's columns */
  bool wrong;
  uint8_t taken[MOST_PATHS];
} work;

static void make(void *context, int berth, ofr_batch *batch) {
  work *w = context;
  pthread_mutex_lock(&world.lock);
  w->wrong |= batch->first_path < w->first || batch->first_path + batch->paths > w->first + MOST_PATHS;
  batch->columns = w->columns + (size_t)berth * w->size;
  batch->columns[0] = (int64_t)batch->first_path; /* what a batch that comes into the same berth too soon would overwrite */
  batch->stride = batch->paths;
  pthread_mutex_unlock(&world.lock);
}

static offramp_status take(void *context, const ofr_batch *batch, offramp_error *error) {
  work *w = context;
  (void)error;
  pthread_mutex_lock(&world.lock);
  for (uint32_t i = 0; i < batch->paths && !w->wrong; i++) w->taken[batch->first_path - w->first + i]++;
  bool by_cpu = batch->sums != NULL;
  w->wrong |= !by_cpu && batch->columns[0] != (int64_t)batch->first_path;
  pthread_mutex_unlock(&world.lock);
  return OFFRAMP_OK;
}

static void note_progress(void *context, uint64_t paths) {
  work *w = context;
  pthread_mutex_lock(&world.lock);
  w->wrong |= paths < w->done;
  w->done = paths;
  pthread_mutex_unlock(&world.lock);
}

/* ---- tests ---- */

static uint32_t draws;

static uint32_t draw(uint32_t below) {
  draws = draws * 1664525u + 1013904223u;
  return (uint32_t)((uint64_t)(draws >> 8) * below >> 24);
}

/* How often each path was taken in is in w->taken. */
static offramp_status run(given_plan *given, const char *backend, uint64_t first, uint64_t paths, uint32_t batch, work *w,
                          char note[1024], offramp_error *error) {
  const ofr_fleet_options options = {.backend = backend, .device = -1, .threads = 1};
  const ofr_fleet_work all = {.phase = "evaluate", .first = first, .paths = paths, .batch = batch, .context = w,
                              .make = make, .take = take, .progress = note_progress};
  ofr_fleet *fleet;
  memset(w, 0, sizeof *w);
  world.wrong = false;
  w->first = first;
  assert_int_equal(ofr_fleet_open(&options, &given->staged, paths, &fleet, NULL), OFFRAMP_OK);
  w->size = (size_t)given->plan->strategy_count * (size_t)given->staged.columns * batch;
  w->columns = malloc((size_t)ofr_fleet_berths(fleet) * w->size * sizeof *w->columns);
  offramp_status status = ofr_fleet_run(fleet, &all, error);
  snprintf(note, 1024, "%s", ofr_fleet_note(fleet) ? ofr_fleet_note(fleet) : "");
  ofr_fleet_close(fleet);
  free(w->columns);
  assert_false(w->wrong || world.wrong);
  return status;
}

static uint64_t count_taken(const work *w, uint64_t paths) {
  uint64_t n = 0;
  for (uint64_t p = 0; p < MOST_PATHS; p++) {
    assert_true(w->taken[p] <= 1 && (p < paths || w->taken[p] == 0));
    n += w->taken[p];
  }
  return n;
}

/* Devices of all sizes; returns how many of them never fail. */
static int make_world(int gpus, bool may_fail) {
  int sound = 0;
  world.gpus = gpus;
  for (int i = 0; i < gpus; i++) {
    ofr_device *d = &world.devices[i];
    *d = (ofr_device){.limit = 1 + draw(draw(2) ? 40 : 3000), .fails_to_submit = NEVER, .fails_to_collect = NEVER};
    if (may_fail && draw(3)) *(draw(2) ? &d->fails_to_submit : &d->fails_to_collect) = (int)draw(8);
    sound += d->fails_to_submit == NEVER && d->fails_to_collect == NEVER;
  }
  return sound;
}

static void every_path_is_taken_once_while_a_device_lives(void **state) {
  given_plan *given = *state;
  static work w;
  char note[1024];
  int runs = 0, losses = 0;
  draws = 1;
  for (int trial = 0; trial < 400; trial++) {
    int gpus = 1 + (int)draw(MOST_GPUS), sound = make_world(gpus, trial % 4 != 0);
    uint64_t first = trial % 2 ? 1000000007 : 0, paths = 1 + draw(draw(2) ? MOST_PATHS : 100);
    offramp_error error = {0};
    offramp_status status = run(given, "cuda", first, paths, 1 + draw(5000), &w, note, &error);
    uint64_t taken = count_taken(&w, paths);
    assert_true(status == OFFRAMP_OK ? taken == paths : taken < paths);
    if (sound > 0) assert_int_equal(status, OFFRAMP_OK);
    else if (status != OFFRAMP_OK) assert_true(status == OFFRAMP_ERR_DEVICE && strstr(error.message, "fell off the bus"));
    if (status == OFFRAMP_OK && sound == gpus) assert_true(!*note && w.done <= paths);
    runs += status == OFFRAMP_OK, losses += *note != 0;
  }
  assert_true(runs > 200 && losses > 0); /* who is asked for work, and so can be lost, is the threads' business */
}

static void the_cpu_takes_over_what_is_left_under_auto(void **state) {
  given_plan *given = *state;
  static work w;
  char note[1024];
  draws = 2;
  for (int trial = 0; trial < 20; trial++) {
    make_world(1 + trial % 3, false);
    uint64_t paths = trial % 2 ? 700 : 60; /* the latter are all in flight at once */
    for (int i = 0; i < world.gpus; i++) {
      ofr_device *d = &world.devices[i];
      d->limit = 40;
      *(i % 2 ? &d->fails_to_submit : &d->fails_to_collect) = paths > 60 ? (int)draw(3) : 0;
    }
    assert_int_equal(run(given, "auto", 17, paths, 64, &w, note, NULL), OFFRAMP_OK);
    assert_int_equal(count_taken(&w, paths), paths);
    assert_non_null(strstr(note, "it fell off the bus")); /* and not what to do about it, for the run went on */
    assert_null(strstr(note, "sit down"));
    assert_non_null(strstr(note, "the CPU took over"));
  }
}

static int set_up(void **state) {
  static given_plan given;
  given = given_file("tests/plans/interface.json", 100, 10);
  *state = &given;
  return 0;
}

static int tear_down(void **state) {
  given_free(*state);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_path_is_taken_once_while_a_device_lives),
                                     cmocka_unit_test(the_cpu_takes_over_what_is_left_under_auto)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
