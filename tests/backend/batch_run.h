/* All that a device computes of some paths under some points, whatever the batches they came in: for comparing devices. */
#ifndef BATCH_RUN_H
#define BATCH_RUN_H
#include "backend/backend.h"

typedef struct batch_values {
  size_t columns, months;  /* rows: points x strategies x columns; points x strategies x series x months */
  size_t paths, band_paths;
  int64_t *column;         /* [columns][paths] */
  int64_t *band;           /* [months][band_paths], series before months */
  int64_t *sum;            /* [months], months before series, over all lanes and parts */
  int64_t clamped;         /* over all points */
} batch_values;

/* Uploads the images and evaluates paths first .. first + paths - 1 in batches of at most `batch`. The caller frees. */
offramp_status batch_run(const ofr_backend *backend, ofr_device *device, const ofr_image *images, int points, uint64_t first,
                         uint32_t paths, uint32_t batch, uint32_t band_paths, batch_values *values, offramp_error *error);
void batch_values_free(batch_values *values);
/* True when all numbers are equal; else `text` (of 200) says which are not. */
bool batch_values_alike(const batch_values *a, const batch_values *b, char *text);
#endif
