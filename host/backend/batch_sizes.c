#include "batch_sizes.h"
#include "../base/error.h"
#include "../plan/image.h"

uint64_t ofr_least(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t ofr_column_rows(const ofr_image *im, int points) {
  return (uint64_t)points * (uint64_t)im->strategies * (uint64_t)COLUMNS(im);
}

uint64_t ofr_series_rows(const ofr_image *im, int points) {
  return (uint64_t)points * (uint64_t)im->failing * (uint64_t)im->months * (uint64_t)SERIES(im);
}

uint64_t ofr_merit_steps(const ofr_image *im, int points) {
  uint64_t slots = (uint64_t)im->slots + 8, months = (uint64_t)points * (uint64_t)im->strategies * (uint64_t)im->months;
  return months * (uint64_t)(im->workloads + 1) * slots * slots;
}

uint64_t ofr_futures_bytes(const ofr_image *im, const ofr_batch *batch) {
  if (im->futures == 0) return 0;
  return ((uint64_t)im->months * (uint64_t)im->futures * batch->future_stride + 32) * sizeof(float);
}

ofr_job ofr_batch_job(const ofr_image *im, int points, const ofr_batch *batch, uint32_t done, uint32_t paths) {
  uint64_t first = batch->first_path + done;
  uint32_t bands = batch->with_sums && batch->band_paths > done ? batch->band_paths - done : 0;
  return (ofr_job){.path_low = (uint32_t)first,
                   .path_high = (uint32_t)(first >> 32),
                   .paths = paths,
                   .points = (uint32_t)points,
                   .image_words = im->bytes / 4,
                   .stride = paths,
                   .band_paths = bands < paths ? bands : paths,
                   .band_stride = batch->band_paths,
                   .band_offset = done,
                   .with_sums = batch->with_sums,
                   .future_stride = batch->future_stride};
}

offramp_status ofr_batch_out_of_memory(const char *device, offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, device, "out of memory: close other programs or lower --batch");
}
