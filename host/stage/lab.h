/* Sizings tried on one sample of futures: each is evaluated once, and what it cost is kept. */
#ifndef OFR_LAB_H
#define OFR_LAB_H
#include "../reduce/risk.h"
#include "points.h"

typedef struct ofr_trial {
  double at[OFR_MAX_VARIABLES];
  ofr_risk risk; /* money quanta */
} ofr_trial;

typedef struct ofr_lab {
  ofr_points *points;
  const ofr_plan *plan;    /* has a sizing */
  uint64_t first, paths;   /* the sample */
  ofr_attitude attitude;   /* what trials are valued by */
  double risk_weight;      /* what evaluate() answers by: the attitude's, or another for the frontier */
  int batch;               /* most sizings of a launch */
  const uint64_t *weights; /* of all paths in the model, of the sample in a lab; NULL: all alike */
  int64_t *cost;           /* [batch x paths], and twice as much again for sorting */
  ofr_trial *trials;
  int count, capacity;
  uint64_t *evaluations;                                  /* counted for all labs together */
  void (*tell)(void *context, const struct ofr_lab *lab); /* after each launch; may be NULL */
  void *context;
  offramp_error *error;
  offramp_status status; /* of the launch that failed, if one did */
} ofr_lab;

/* A fresh lab like `model` (of which points, plan, attitude, evaluations, tell, context and error count) for another sample. */
bool ofr_lab_open(ofr_lab *lab, const ofr_lab *model, uint64_t first, uint64_t paths);
void ofr_lab_close(ofr_lab *lab);

/* Fits ofr_search.evaluate, with the lab for its context. */
bool ofr_lab_evaluate(void *lab, const double *points, int count, double *values);
const ofr_trial *ofr_lab_find(const ofr_lab *lab, const double *at); /* NULL when it was not tried */
double ofr_trial_value(const ofr_trial *trial, double risk_weight);
const ofr_trial *ofr_lab_best(const ofr_lab *lab, double risk_weight); /* the first tried of the best allowed; NULL: none */

/* Costs path by path, [count x paths], of sizings that need not have been tried. */
bool ofr_lab_columns(ofr_lab *lab, const double *points, int count, int64_t *cost);
#endif
