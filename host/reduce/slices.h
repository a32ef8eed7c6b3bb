/* How far a mean would move with other futures, kept so that two results of the same futures can be told apart: the futures are
 * cut into a fixed number of slices, equal runs of path numbers, and each has a mean of its own. What two results have in common
 * cancels in the differences of their slices, and the error of the difference of their means is what those spread by:
 *
 *   se^2 = sum over slices of (difference - its mean)^2 / (n (n - 1)),  of n slices; Student's t with n - 1 degrees of freedom
 *
 * (batch means, paired t, common random numbers: Law, Simulation Modeling and Analysis, 5th ed., sections 9.5.3, 10.2.1, 11.2; in
 * surveys random groups: Wolter, Introduction to Variance Estimation, 2nd ed., chapter 2). A path's slice depends on how
 * many paths there are and on nothing else. */
#ifndef OFR_SLICES_H
#define OFR_SLICES_H
#include <stddef.h>
#include "result.h"

/* A column's sums, exact, fed in any order and any pieces. All zeros is an empty one. */
typedef struct ofr_slices {
  ofr_i128 sum[OFR_SLICES];
  uint64_t count[OFR_SLICES], positive[OFR_SLICES]; /* of values, by weight, and of those above 0 */
  uint64_t all[OFR_SLICES];                         /* of paths, whether they have a value or not */
} ofr_slices;

/* What values lie above an edge by: exact sums, as above. */
typedef struct ofr_tail_slices {
  bool known; /* there is an edge */
  int64_t edge;
  ofr_i128 excess[OFR_SLICES];
  uint64_t count[OFR_SLICES]; /* of such values, by weight */
} ofr_tail_slices;

int ofr_slice_count(uint64_t paths); /* OFR_SLICES, or as many as there are paths */

uint64_t ofr_slice_start(uint64_t paths, int slice); /* the first path of a slice; `paths` behind the last one */

/* Values of `rows` of the `paths`, from path `first` on: |value| < 2^62 or OFR_MISSING. `weights` as in ofr_distiller. */
void ofr_slices_feed(ofr_slices *slices, uint64_t paths, uint64_t first, const int64_t *values, const uint64_t *weights,
                     size_t rows);
void ofr_slices_merge(ofr_slices *into, const ofr_slices *from);

/* The means, such that their plain mean is that of all values, whatever the slices weigh: the mean of all, and what the slice adds
 * to its deviation (Cochran, Sampling Techniques, 3rd ed., chapter 6). Of slices that weigh alike they are their means. */
ofr_slice_means ofr_slices_finish(const ofr_slices *slices, uint64_t paths, double scale);

/* Takes in what lies above tail->edge. */
void ofr_tail_slices_feed(ofr_tail_slices *tail, uint64_t paths, uint64_t first, const int64_t *values, const uint64_t *weights,
                          size_t rows);
void ofr_tail_slices_merge(ofr_tail_slices *into, const ofr_tail_slices *from);
/* Means such that their plain mean is d's cvar95. CVaR is q + E[(value - q)+] / 0.05 with q the quantile, where it varies as the
 * expectation does, q's own error being of second order (Rockafellar and Uryasev, J. Risk 2, 2000; Trindade et al., J. Banking &
 * Finance 31, 2007). `slices` are of the same values. Counts make up for the way from the edge to q, but for what lies between
 * the two. The error of a difference of two such is somewhat large where little changed, as the two quantiles err each in its own
 * way: by 20 to 40 % for some thousand paths. False where the edge is not known. */
bool ofr_tail_slices_finish(const ofr_tail_slices *tail, const ofr_slices *slices, uint64_t paths, double scale,
                            const ofr_distribution *d, double out[OFR_SLICES]);

/* What does not vary has nothing to tell, and is kept nowhere. */
bool ofr_slices_vary(const double *means, int count);

/* The standard error of the mean of a - b, each of `count` slices of the same paths; b NULL: of a itself. NAN for fewer
 * than two. */
double ofr_slices_error(const double *a, const double *b, int count);

/* Student's t that leaves as much outside as `normal` standard deviations of a normal leave: sqrt(n (exp(u^2 / n) - 1)), with
 * u = normal (8 n + 3) / (8 n + 1) for n degrees of freedom (Wallace, Ann. Math. Stat. 30, 1959). For 3 of them 0.02 % too
 * large with 31 degrees, 3 % with 4, 22 % with 2. */
double ofr_student_limit(double normal, int degrees);
#endif
