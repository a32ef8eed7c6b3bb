/* Small linear programmes, exactly as far as doubles go: a few dozen unknowns, a few hundred rows, dense. For the master
 * programmes of a search and for telling whether constraints can be met at all; not for the bound of a path. Deterministic:
 * the same input takes the same pivots everywhere. */
#ifndef OFR_LINEAR_PROGRAM_H
#define OFR_LINEAR_PROGRAM_H

typedef enum ofr_linear_status {
  OFR_LINEAR_OPTIMAL,
  OFR_LINEAR_INFEASIBLE, /* no x meets all rows */
  OFR_LINEAR_FAILED      /* out of memory, or too many pivots: treat as unknown */
} ofr_linear_status;

/* Minimises cost . x over x >= 0 with matrix x <= bound, by the dual simplex method (Lemke 1954). cost >= 0, so that rows of
 * slack are a dual feasible start and the minimum exists if any x does. `matrix` is [rows x columns]; entries, bounds and the
 * solution should be of the order of 1: rows are met to 1e-9. */
ofr_linear_status ofr_linear_minimum(int rows, int columns, const double *matrix, const double *bound, const double *cost,
                                     double *x);
#endif
