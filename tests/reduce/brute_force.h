/* The statistics of a column by definition: sort, count, add. For tests; slow and obvious on purpose. */
#ifndef BRUTE_FORCE_H
#define BRUTE_FORCE_H
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "reduce/result.h"

static inline uint64_t brute_random(uint64_t *state) { /* splitmix64 */
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static inline int brute_ascending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The smallest of n sorted values whose cumulative weight reaches `percent`. */
static inline int64_t brute_quantile(const int64_t *sorted, uint64_t n, unsigned percent) {
  uint64_t i = 0;
  while (i + 1 < n && 100 * (i + 1) < percent * n) i++;
  return n > 0 ? sorted[i] : 0;
}

/* 100 x the mean of the worst `percent` of n sorted values x its weight: each value counts 100 until percent x n are used. */
static inline ofr_i128 brute_tail(const int64_t *sorted, uint64_t n, unsigned percent, bool low_is_worse) {
  ofr_i128 sum = 0;
  uint64_t left = percent * n;
  for (uint64_t i = 0; left > 0; i++) {
    uint64_t weight = left < 100 ? left : 100;
    sum += (ofr_i128)weight * sorted[low_is_worse ? i : n - 1 - i];
    left -= weight;
  }
  return sum;
}

/* Integers only; the doubles of `out` are 0. */
static inline void brute_distribution(const int64_t *values, size_t count, bool low_is_worse, ofr_distribution *out) {
  static const unsigned levels[OFR_QUANTILES] = {1, 5, 10, 25, 50, 75, 90, 95, 99};
  int64_t *sorted = malloc((count + 1) * sizeof *sorted);
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < count; i++) {
    if (values[i] == OFR_MISSING) {
      out->missing++;
      continue;
    }
    sorted[out->count++] = values[i];
    out->positive += values[i] > 0;
    out->sum += values[i];
    ofr_u128 square = (ofr_u128)((ofr_i128)values[i] * values[i]),
             low = (ofr_u128)out->square_sum[1] << 64 | out->square_sum[0];
    out->square_sum[2] += low + square < low;
    low += square;
    out->square_sum[0] = (uint64_t)low, out->square_sum[1] = (uint64_t)(low >> 64);
  }
  qsort(sorted, out->count, sizeof *sorted, brute_ascending);
  if (out->count > 0) out->min = sorted[0], out->max = sorted[out->count - 1];
  for (int i = 0; i < OFR_QUANTILES; i++) out->quantile[i] = brute_quantile(sorted, out->count, levels[i]);
  out->tail_sum[0] = brute_tail(sorted, out->count, 5, low_is_worse);
  out->tail_sum[1] = brute_tail(sorted, out->count, 1, low_is_worse);
  free(sorted);
}

static inline bool same_integers(const ofr_distribution *a, const ofr_distribution *b) {
  return a->count == b->count && a->missing == b->missing && a->positive == b->positive && a->sum == b->sum &&
         memcmp(a->square_sum, b->square_sum, sizeof a->square_sum) == 0 && a->min == b->min && a->max == b->max &&
         memcmp(a->quantile, b->quantile, sizeof a->quantile) == 0 && a->tail_sum[0] == b->tail_sum[0] &&
         a->tail_sum[1] == b->tail_sum[1];
}
#endif
