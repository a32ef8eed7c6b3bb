/* One plan's part in what is simulated: what it makes of its paths, batch by batch, until its result is there. Plans that differ in
 * numbers only share their batches (simulate.h); each takes what is its own. Of devices it knows nothing, nor of the others.
 *
 *   begin            the image, and an empty result
 *   place            where its values lie; what it adds up
 *   take, end_pass   every batch of a pass; once, or as long as it asks for more
 *   finish           the statistics, then the digest
 *
 * A step that fails says why in `error`. Steps of several simulations may run side by side, each helped by a crew of its own. */
#ifndef OFR_SIMULATION_H
#define OFR_SIMULATION_H
#include "../backend/backend.h"
#include "../base/arena.h"
#include "../plan/image.h"
#include "../reduce/difference.h"
#include "../reduce/slices.h"
#include "cross_check.h"
#include "metrics.h"
#include "phases.h"

typedef struct ofr_simulation {
  const ofr_plan *plan;
  ofr_arena *arena;           /* of the result */
  offramp_error error;        /* of the step that failed */
  ofr_crew *crew;             /* set by the caller before each step: who helps */
  ofr_phases *phases;         /* who asks where the time goes; NULL: nobody */
  ofr_staged staged;
  ofr_metric_table table;
  ofr_result *result;
  int columns;                /* rows of values that it has of a batch: strategies x columns */
  uint64_t months;            /* and of months: strategies that have months x months x series */
  int point;                  /* which one it is of those that share a batch */
  const int64_t *values;      /* [columns][paths]; NULL: passes replay the paths */
  int64_t *bands;             /* [months][band_paths]; NULL: none are wanted */
  const uint64_t *weights;    /* [paths]; NULL: all alike */
  ofr_i128 *sums;             /* [months] */
  uint64_t clamped;
  ofr_cross_check check;
  int pass;
  ofr_distiller **distillers; /* replay: [columns] */
  ofr_slices *slices;         /* and this: [columns] */
  ofr_tail_slices *tails;     /* and this: [strategies], of total_cost, by the latest pass that knew where its tail begins */
  int *tail_pass;             /* [strategies]: that pass */
  ofr_differencer *differencer; /* NULL where no differences are wanted */
  ofr_minuend *minuends;      /* [differences] */
} ofr_simulation;

/* Empty but for the plan and what lives in `arena`; to be freed whatever happens. */
offramp_status ofr_simulation_begin(ofr_simulation *x, const ofr_plan *plan, ofr_arena *arena);
/* With x->point, values and bands set. `checks` paths are redone on the CPU; `isa` as in cross_check.h. */
offramp_status ofr_simulation_place(ofr_simulation *x, int checks, const char *isa);
/* A batch of all points, in any order of batches. Where paths have weights and bands are wanted, of all paths' months. */
offramp_status ofr_simulation_take(ofr_simulation *x, const ofr_batch *batch);
offramp_status ofr_simulation_end_pass(ofr_simulation *x, bool *again);
offramp_status ofr_simulation_finish(ofr_simulation *x);
void ofr_simulation_free(ofr_simulation *x);
#endif
