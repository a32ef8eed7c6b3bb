/* What the files that choose sizes share. Private to them. */
#ifndef OFR_OPTIMIZER_H
#define OFR_OPTIMIZER_H
#include "../reduce/optimum.h"
#include "lab.h"
#include "search.h"

enum { OFR_LEVELS = 6, OFR_VALLEYS = 3 };

typedef struct ofr_optimizer {
  const ofr_plan *plan;
  const ofr_sizing *sizing;
  ofr_run_options options;
  ofr_arena *arena;
  ofr_optimum *out;
  ofr_points *points;
  double step[OFR_MAX_VARIABLES];
  ofr_lab model;              /* what all labs share; never launched */
  ofr_lab levels[OFR_LEVELS]; /* growing parts of the plan's futures; the last has all */
  int level_count, levels_open;
  ofr_place valleys[OFR_VALLEYS]; /* where the coarsest level had its lowest places */
  int valley_count;
  ofr_place best;
  uint64_t evaluations;
  const char *doing; /* for who waits */
  double told;
} ofr_optimizer;

ofr_search ofr_optimizer_search(const ofr_optimizer *x, ofr_lab *lab);

/* Each fills its part of x->out. False when a launch failed or was interrupted: the model's error says which. */
bool ofr_optimize_slopes(ofr_optimizer *x);
bool ofr_optimize_gap(ofr_optimizer *x);
bool ofr_optimize_against_mean(ofr_optimizer *x);
bool ofr_optimize_foresight(ofr_optimizer *x);
bool ofr_optimize_information(ofr_optimizer *x);
#endif
