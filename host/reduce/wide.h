/* Sums of squares that no int64 column can overflow, in 192 bits, and the one number that needs them: how far values
 * spread. The subtraction in it happens in integers, where nothing cancels, and is rounded once. */
#ifndef OFR_WIDE_H
#define OFR_WIDE_H
#include "result.h"

/* sum += addend; words least significant first. */
static inline void ofr_wide_add(uint64_t sum[3], ofr_u128 addend) {
  ofr_u128 low = ((ofr_u128)sum[1] << 64 | sum[0]) + addend;
  sum[2] += low < addend;
  sum[1] = (uint64_t)(low >> 64), sum[0] = (uint64_t)low;
}

static inline ofr_u128 ofr_wide_square(int64_t value) { return (ofr_u128)((ofr_i128)value * value); }

void ofr_wide_merge(uint64_t into[3], const uint64_t from[3]);

/* sqrt(count x sum of squares - sum^2): count x the population's standard deviation, correctly rounded but for the square
 * root's own rounding. For |value| < 2^63 and count <= 2^48. */
double ofr_wide_spread(uint64_t count, ofr_i128 sum, const uint64_t square_sum[3]);

/* sum += weight x value^2, for |value| < 2^63. */
void ofr_wide_add_weighted(uint64_t sum[3], int64_t value, uint64_t weight);

/* The standard deviation of weighted values, and the effective number of them: see ofr_distiller_finish. */
double ofr_wide_weighted_deviation(uint64_t count, ofr_u128 weight_squares, ofr_i128 sum, const uint64_t square_sum[3],
                                   double *effective);

/* The sample's standard deviation (with count - 1); 0 for fewer than two values. */
double ofr_wide_deviation(uint64_t count, ofr_i128 sum, const uint64_t square_sum[3]);
#endif
