#include "cross_check.h"
#include <stdlib.h>
#include <string.h>
#include "../base/deep_stack.h"
#include "../base/error.h"

/* Draw i of a fixed stream of the seed, as 64 bits. */
static uint64_t draw(const ofr_image *image, uint32_t i) {
  uint32_t question[6] = {i, 0, 0xfffffffeu, 0xffffffffu, image->seed_low, image->seed_high}, answer[4];
  ofr_path_baseline.probe(PROBE_PHILOX, question, answer, 1);
  return (uint64_t)answer[1] << 32 | answer[0];
}

/* One at random of each of `count` equal parts of all: ascending, none twice. */
static void pick_paths(ofr_cross_check *check, int count, uint64_t all) {
  const uint64_t parts = (uint64_t)count;
  for (uint64_t i = 0; i < parts; i++) {
    const uint64_t longer = all % parts, first = all / parts * i + (i < longer ? i : longer);
    check->paths[i] = first + draw(check->image, (uint32_t)i) % (all / parts + (i < longer));
  }
  check->count = count;
}

offramp_status ofr_cross_check_begin(ofr_cross_check *check, const ofr_image *image, int count, uint64_t all,
                                     const char *device_isa, offramp_error *error) {
  const ofr_path_version *const *versions = ofr_cpu_versions();
  memset(check, 0, sizeof *check);
  if ((uint64_t)count > all) count = (int)all;
  check->image = image;
  check->version = versions[0];
  if (device_isa && versions[1]) check->version = strcmp(versions[0]->name, device_isa) ? versions[0] : versions[1];
  check->columns = image->strategies * COLUMNS(image);
  check->paths = calloc((size_t)count + 1, sizeof *check->paths);
  check->expected = calloc((size_t)check->columns * (size_t)check->version->lanes, sizeof *check->expected);
  if (!check->paths || !check->expected) {
    ofr_cross_check_end(check);
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory for the cross-check: close other programs");
  }
  pick_paths(check, count, all);
  return OFFRAMP_OK;
}

/* Those of the paths that lie in the batch: all[*first .. *end - 1]. */
static void within(const ofr_cross_check *check, const ofr_batch *batch, int *first, int *end) {
  for (*first = 0; *first < check->count && check->paths[*first] < batch->first_path; ++*first) continue;
  for (*end = *first; *end < check->count && check->paths[*end] - batch->first_path < batch->paths; ++*end) continue;
}

typedef struct bundle {
  const ofr_cross_check *check;
  const ofr_job *job;
  const ofr_outputs *outputs;
} bundle;

static void evaluate(void *context) {
  const bundle *b = context;
  b->check->version->paths(b->check->image, b->job, b->outputs, 0, b->job->paths);
}

/* Evaluates `count` paths from `path` on, side by side in a bundle. */
static void redo(const ofr_cross_check *check, uint64_t path, uint32_t count, const ofr_batch *batch) {
  int64_t clamped[64] = {0};
  ofr_job job = {.path_low = (uint32_t)path, .path_high = (uint32_t)(path >> 32), .paths = count, .points = 1,
                 .stride = (uint32_t)check->version->lanes, .future_stride = batch->future_stride};
  ofr_outputs outputs = {.columns = check->expected, .clamped = clamped};
  if (check->image->futures > 0) outputs.futures = batch->futures + (path - batch->first_path);
  ofr_run_deep(evaluate, &(bundle){check, &job, &outputs});
}

static offramp_status compare(ofr_cross_check *check, uint64_t path, uint64_t lane, const ofr_batch *batch, offramp_error *error) {
  uint64_t at = batch->offset + (path - batch->first_path);
  for (int i = 0; i < check->columns; i++)
    if (batch->columns[(uint64_t)i * batch->stride + at] != check->expected[i * check->version->lanes + (int)lane])
      return ofr_fail(error, OFFRAMP_ERR_MISMATCH, "",
                      "path %llu came out of the device with other bits than the CPU computes: do not trust this device; run again "
                      "with --backend cpu and update its driver",
                      (unsigned long long)path);
  check->checked++;
  return OFFRAMP_OK;
}

offramp_status ofr_cross_check_batch(ofr_cross_check *check, const ofr_batch *batch, offramp_error *error) {
  uint64_t lanes = (uint64_t)check->version->lanes, begun = 0;
  offramp_status status = OFFRAMP_OK;
  int first, end;
  within(check, batch, &first, &end);
  for (int i = first; i < end && status == OFFRAMP_OK; i++) {
    if (i == first || check->paths[i] - begun >= lanes) { /* its neighbours of the same bundle come for nothing */
      int last = i;
      begun = check->paths[i];
      while (last + 1 < end && check->paths[last + 1] - begun < lanes) last++;
      redo(check, begun, (uint32_t)(check->paths[last] - begun) + 1, batch);
    }
    status = compare(check, check->paths[i], check->paths[i] - begun, batch, error);
  }
  return status;
}

void ofr_cross_check_end(ofr_cross_check *check) {
  free(check->paths);
  free(check->expected);
  memset(check, 0, sizeof *check);
}
