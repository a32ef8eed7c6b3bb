#include "repeats.h"
#include <math.h>
#include <stdlib.h>

enum { FEWEST = 5 };
#define SETTLED_ERROR 0.01
#define LEAST_DIFFERENCE 0.02
#define UNSURE_NOISE 0.05

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median_of(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, by_value);
  return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double error_of(double noise, int count) { return count > 0 ? 1.2533 * noise / sqrt(count) : 0; }

ofr_repeats ofr_repeats_of(double *values, int count) {
  double deviation[OFR_REPEATS_MOST];
  if (count > OFR_REPEATS_MOST) count = OFR_REPEATS_MOST;
  if (count < 1) return (ofr_repeats){0};
  ofr_repeats r = {.count = count, .median = median_of(values, count)};
  for (int i = 0; i < count; i++) deviation[i] = fabs(values[i] - r.median);
  r.noise = r.median > 0 ? 1.4826 * median_of(deviation, count) / r.median : 0;
  r.error = error_of(r.noise, count);
  return r;
}

bool ofr_repeats_settled(const ofr_repeats *r) { return r->count >= FEWEST && r->error <= SETTLED_ERROR; }

static double honest_error(const ofr_repeats *r) {
  double noise = r->count < FEWEST && r->noise < UNSURE_NOISE ? UNSURE_NOISE : r->noise;
  return error_of(noise, r->count);
}

ofr_verdict ofr_repeats_compare(const ofr_repeats *a, const ofr_repeats *b) {
  if (!(a->median > 0) || !(b->median > 0)) return OFR_SAME;
  double difference = b->median / a->median - 1, joint = hypot(honest_error(a), honest_error(b));
  double threshold = 3 * joint > LEAST_DIFFERENCE ? 3 * joint : LEAST_DIFFERENCE;
  return difference > threshold ? OFR_FASTER : 1 / (1 + difference) - 1 > threshold ? OFR_SLOWER : OFR_SAME;
}
