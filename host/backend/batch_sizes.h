/* What the back ends that compile kernels have in common of a batch: how many values come of it, and the job of a
 * kernel. */
#ifndef OFR_BATCH_SIZES_H
#define OFR_BATCH_SIZES_H
#include "backend.h"

uint64_t ofr_least(uint64_t a, uint64_t b);

/* Rows of results of so many points: of columns, a value a path; and of monthly series. */
uint64_t ofr_column_rows(const ofr_image *shape, int points);
uint64_t ofr_series_rows(const ofr_image *shape, int points);

/* Steps of the merit order in a path under all points: they take most of the time. 2^31 of them keep a core, or a GPU's unit, busy
 * for about a tenth of a second. */
uint64_t ofr_merit_steps(const ofr_image *shape, int points);

/* Of the futures that were given with a batch; 0 where the plan has none. */
uint64_t ofr_futures_bytes(const ofr_image *shape, const ofr_batch *batch);

/* `paths` paths of the batch after the first `done`, whose columns begin where theirs do. `workers` is left to the caller. */
ofr_job ofr_batch_job(const ofr_image *shape, int points, const ofr_batch *batch, uint32_t done, uint32_t paths);

offramp_status ofr_batch_out_of_memory(const char *device, offramp_error *error);
#endif
