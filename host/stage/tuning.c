#include "tuning.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../backend/kernel_cache.h"
#include "../base/sha256.h"
#include "phases.h"

enum { KEY = 65, ROUNDS = 3, FEWEST_PATHS = 4096, MOST_PATHS = 1 << 18 };
#define ENOUGH 0.01 /* seconds: a trial that takes so long tells shapes apart */
#define WORTH 0.97 /* of the first shape's time: what is gained by less is noise */

/* The shape is remembered for this kernel on this device. */
static void key_of(const ofr_backend *backend, const ofr_device *device, char key[KEY]) {
  const char *texts[] = {"launch shape 1", backend->name, backend->describe(device), backend->kernel(device)};
  ofr_sha256 hash = ofr_sha256_init();
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    ofr_sha256_add_u64(&hash, strlen(texts[i]));
    ofr_sha256_add(&hash, texts[i], strlen(texts[i]));
  }
  ofr_sha256_finish(&hash, key);
}

static bool remembered(const char *cache, const char *key, int shapes, int *shape) {
  unsigned char *entry;
  size_t size;
  if (!ofr_kernel_cache_get(cache, key, &entry, &size)) return false;
  *shape = size == 1 ? entry[0] - '0' : -1;
  free(entry);
  return *shape >= 0 && *shape < shapes;
}

/* Seconds for `paths`, the better of a few times. */
static offramp_status time_shape(const ofr_backend *backend, ofr_device *device, ofr_batch *batch, double *seconds,
                                 offramp_error *error) {
  *seconds = 0;
  for (int i = 0; i < ROUNDS; i++) {
    double began = ofr_clock();
    offramp_status status = backend->submit(device, batch, error);
    if (status == OFFRAMP_OK) status = backend->collect(device, batch, error);
    if (status != OFFRAMP_OK) return status;
    double taken = ofr_clock() - began;
    if (i == 0 || taken < *seconds) *seconds = taken;
  }
  return OFFRAMP_OK;
}

static offramp_status try_shapes(const ofr_backend *backend, ofr_device *device, ofr_batch *batch, int shapes, int *best,
                                 offramp_error *error) {
  double least = 0;
  *best = 0;
  for (int shape = 0; shape < shapes; shape++) {
    double seconds;
    backend->reshape(device, shape);
    offramp_status status = time_shape(backend, device, batch, &seconds, error);
    if (status != OFFRAMP_OK) return status;
    if (shape == 0) least = WORTH * seconds;
    else if (seconds < least) *best = shape, least = seconds;
  }
  return OFFRAMP_OK;
}

/* Paths that every shape takes in one batch: the fewest that any of them takes. */
static uint32_t most_paths(const ofr_backend *backend, ofr_device *device, int shapes) {
  uint32_t paths = MOST_PATHS;
  for (int shape = 0; shape < shapes; shape++) {
    backend->reshape(device, shape);
    uint32_t limit = backend->batch_limit(device);
    paths = limit < paths ? limit : paths;
  }
  return paths;
}

/* As few paths as take long enough. */
static offramp_status choose_paths(const ofr_backend *backend, ofr_device *device, uint32_t most, ofr_batch *batch,
                                   offramp_error *error) {
  double seconds = 0;
  backend->reshape(device, 0);
  for (batch->paths = most < FEWEST_PATHS ? most : FEWEST_PATHS;; batch->paths = batch->paths > most / 4 ? most : 4 * batch->paths) {
    offramp_status status = time_shape(backend, device, batch, &seconds, error);
    if (status != OFFRAMP_OK || seconds >= ENOUGH || batch->paths >= most) return status;
  }
}

offramp_status ofr_tune(const ofr_backend *backend, ofr_device *device, const ofr_staged *staged, const char *cache,
                        int *shape, offramp_error *error) {
  int shapes = backend->shapes(device), best = 0;
  char key[KEY];
  *shape = 0;
  if (!cache || shapes < 2 || staged->image->futures > 0) return OFFRAMP_OK; /* given futures would have to be staged for it */
  key_of(backend, device, key);
  if (remembered(cache, key, shapes, &best)) {
    backend->reshape(device, *shape = best);
    return OFFRAMP_OK;
  }
  uint32_t most = most_paths(backend, device, shapes);
  ofr_batch batch = {.points = 1, .stride = most};
  uint64_t columns = (uint64_t)staged->image->strategies * (uint64_t)staged->columns;
  offramp_status status = OFFRAMP_OK;
  batch.columns = malloc(columns * most * sizeof *batch.columns);
  if (batch.columns) status = choose_paths(backend, device, most, &batch, error);
  if (batch.columns && status == OFFRAMP_OK) status = try_shapes(backend, device, &batch, shapes, &best, error);
  free(batch.columns);
  backend->reshape(device, *shape = best);
  if (status == OFFRAMP_OK && batch.columns) {
    unsigned char entry = (unsigned char)('0' + best);
    ofr_kernel_cache_put(cache, key, &entry, 1);
  }
  return status;
}
