/* What `optimize` may choose: amounts of commitments and sizes of reservations, within limits and linear constraints, and what
 * it is to minimise. Read with the plan, frozen with it. Not how to choose: that is host/stage/search.h. */
#ifndef OFR_SIZING_H
#define OFR_SIZING_H
#include <stdbool.h>
#include "../base/arena.h"

enum { OFR_MAX_VARIABLES = 32, OFR_MAX_CONSTRAINTS = 32 };

struct ofr_plan;

typedef struct ofr_variable {
  const char *pointer; /* as written in the plan */
  int contract;
  int window;      /* index into the contract's windows; -1: a reservation's size */
  double from, to; /* limits, both included */
  double written;  /* what the plan has */
  /* a reservation: accelerators of month t = base[t] + shape[t] x value, summed over its variables, then rounded up to lots */
  const double *base, *shape;
  double lot; /* 0: none */
} ofr_variable;

/* min <= sum of weight x value <= max; an absent side is infinite. */
typedef struct ofr_linear_constraint {
  const double *weight; /* [variables] */
  double min, max;
} ofr_linear_constraint;

typedef struct ofr_sizing {
  int strategy;
  double risk_weight, alpha; /* (1 - risk_weight) x mean + risk_weight x CVaR_alpha of total_cost */
  int variable_count, constraint_count;
  const ofr_variable *variables;
  const ofr_linear_constraint *constraints;
} ofr_sizing;

/* Whether the values keep limits and constraints, to 1e-9 of what the constraint's terms can be. */
bool ofr_sizing_allows(const ofr_sizing *sizing, const double *values);
/* The allowed values nearest to `wish`, each distance measured in the variable's own range, summed. False when nothing is
 * allowed, or memory ran out. */
bool ofr_sizing_nearest(const ofr_sizing *sizing, const double *wish, double *values);

/* The plan with these values, and with the sizing's strategy alone: it shares what does not change, `plan` must outlive it.
 * NULL when out of memory. */
const struct ofr_plan *ofr_plan_sized(const struct ofr_plan *plan, const double *values, ofr_arena *arena);
#endif
