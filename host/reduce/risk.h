/* What a column of path costs is worth to somebody who minds the worst tail: (1 - weight) x mean + weight x CVaR_alpha, its
 * standard error, and the difference between two columns on the same futures. CVaR is Rockafellar and Uryasev's (2000): the
 * least over t of t + mean(max(0, cost - t)) / (1 - alpha), and the t is the quantile. Quantiles and sums are exact; what is
 * made of them is in doubles, summed in the order of the paths. For many columns; distribution.h has all statistics of one. */
#ifndef OFR_RISK_H
#define OFR_RISK_H
#include "result.h"

typedef struct ofr_attitude {
  double weight, alpha;
} ofr_attitude; /* 0..1, 0 <= alpha < 1 */

typedef struct ofr_risk {
  double mean, mean_se;
  double cvar;
  double value, value_se; /* (1 - weight) x mean + weight x cvar */
  int64_t quantile;       /* the smallest value whose cumulative share reaches alpha */
} ofr_risk;

typedef struct ofr_estimate {
  double mean, se;
} ofr_estimate;

/* In the units of `cost`. `weights` of the paths: NULL when all are alike; the error is then that of as many alike paths as are
 * as sure (Kish 1965). `scratch` holds `count` values, twice that with weights; count > 0. */
ofr_risk ofr_risk_of(const int64_t *cost, const uint64_t *weights, uint64_t count, ofr_attitude attitude, int64_t *scratch);

/* What (1 - weight) x mean + weight x CVaR comes to when t is not this column's own quantile but given: never less than its
 * value, and unbiased. */
double ofr_risk_at(const int64_t *cost, const uint64_t *weights, uint64_t count, ofr_attitude attitude, int64_t quantile);

/* Value of b less value of a, path by path, each with its own quantile. */
ofr_estimate ofr_risk_difference(const int64_t *a, int64_t quantile_a, const int64_t *b, int64_t quantile_b,
                                 const uint64_t *weights, uint64_t count, ofr_attitude attitude);
#endif
