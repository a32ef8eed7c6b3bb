#include "batch_run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What OpenCL drivers leak is not ours to mend: told to the leak sanitizer, where it is linked. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libpocl\nleak:libLLVM\nleak:libOpenCL\n"; }

static void allocate(const ofr_image *im, int points, uint32_t paths, uint32_t band_paths, batch_values *v) {
  size_t strategies = (size_t)points * (size_t)im->strategies;
  memset(v, 0, sizeof *v);
  v->columns = strategies * (size_t)COLUMNS(im);
  v->months = (size_t)points * (size_t)im->failing * (size_t)SERIES(im) * (size_t)im->months;
  v->paths = paths;
  v->band_paths = band_paths;
  v->column = calloc(v->columns * paths, sizeof *v->column);
  v->band = calloc(v->months * band_paths + 1, sizeof *v->band);
  v->sum = calloc(v->months, sizeof *v->sum);
}

static void fold(batch_values *v, const ofr_batch *batch) {
  const int64_t *sum = batch->sums, *clamped = batch->clamped;
  for (int part = 0; part < batch->sum_parts; part++)
    for (size_t row = 0; row < v->months; row++)
      for (int i = 0; i < batch->sum_lanes; i++) v->sum[row] += *sum++;
  for (int i = 0; i < batch->sum_parts * batch->points * batch->sum_lanes; i++) v->clamped += *clamped++;
}

offramp_status batch_run(const ofr_backend *backend, ofr_device *device, const ofr_image *images, int points, uint64_t first,
                         uint32_t paths, uint32_t batch, uint32_t band_paths, batch_values *values, offramp_error *error) {
  offramp_status status = backend->upload(device, images, points, error);
  allocate(images, points, paths, band_paths, values);
  for (uint32_t done = 0, size; done < paths && status == OFFRAMP_OK; done += size) {
    uint32_t most = backend->batch_limit(device), left = paths - done;
    size = batch < most ? batch : most;
    if (size > left) size = left;
    uint32_t bands = done >= band_paths ? 0 : band_paths - done < size ? band_paths - done : size;
    ofr_batch b = {.first_path = first + done, .paths = size, .points = points, .columns = values->column, .stride = paths,
                   .offset = done, .with_sums = true, .band_paths = bands, .bands = values->band, .band_stride = band_paths,
                   .band_offset = bands ? done : 0};
    status = backend->submit(device, &b, error);
    if (status == OFFRAMP_OK) status = backend->collect(device, &b, error);
    if (status == OFFRAMP_OK) fold(values, &b);
  }
  return status;
}

void batch_values_free(batch_values *v) {
  free(v->column);
  free(v->band);
  free(v->sum);
  memset(v, 0, sizeof *v);
}

static bool alike(const char *what, const int64_t *a, const int64_t *b, size_t rows, size_t width, char *text) {
  for (size_t i = 0; i < rows * width; i++)
    if (a[i] != b[i]) {
      snprintf(text, 200, "%s %zu, path %zu: %lld and %lld", what, i / width, i % width, (long long)a[i], (long long)b[i]);
      return false;
    }
  return true;
}

bool batch_values_alike(const batch_values *a, const batch_values *b, char *text) {
  return alike("column", a->column, b->column, a->columns, a->paths, text) &&
         alike("month", a->band, b->band, a->months, a->band_paths, text) &&
         alike("sum", a->sum, b->sum, a->months, 1, text) && alike("clamped", &a->clamped, &b->clamped, 1, 1, text);
}
