/* A whole table of stored path values at once, on all workers of a crew. */
#ifndef OFR_COLUMNS_H
#define OFR_COLUMNS_H
#include "../base/crew.h"
#include "result.h"

/* One stored column, what it means, and where its distribution goes. */
typedef struct ofr_column {
  const int64_t *values; /* [rows] */
  const ofr_metric *metric;
  ofr_distribution *out;
  const uint64_t *weights; /* [rows]: of the paths; NULL: all alike */
  ofr_slice_means *slices; /* where its slices go; NULL: they are not wanted */
  double **cvar95_slices;  /* with slices: points to room for those, set to NULL where they are not known; NULL: not wanted */
} ofr_column;

/* Distils columns of `rows` values each; the same for any crew. False when out of memory. */
bool ofr_distil_columns(ofr_crew *crew, const ofr_column *columns, int count, uint64_t rows);
#endif
