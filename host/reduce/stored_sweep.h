/* A sweep as it was kept: its points, and one metric of each strategy at each of them. Filled by store/, read by report/. */
#ifndef OFR_STORED_SWEEP_H
#define OFR_STORED_SWEEP_H
#include <stdint.h>

typedef struct ofr_stored_figure {
  double mean, se, p05, p50, p95, cvar95; /* NAN where undefined */
} ofr_stored_figure;

typedef struct ofr_stored_point {
  uint64_t place;                   /* in the grid */
  uint64_t paths;
  const char *seed, *results_digest;
  const double *settings;           /* [axes] */
  const ofr_stored_figure *figures; /* [strategies] */
} ofr_stored_point;

typedef struct ofr_stored_sweep {
  const char *plan, *digest, *metric;
  int axis_count, strategy_count;
  const char *const *axes;          /* JSON pointers */
  const char *const *strategies;
  uint64_t grid;                    /* points of the whole grid */
  uint64_t point_count;             /* of which so many are there */
  const ofr_stored_point *points;   /* in the order of the grid */
} ofr_stored_sweep;
#endif
