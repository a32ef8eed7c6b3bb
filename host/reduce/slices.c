#include "slices.h"
#include <math.h>

int ofr_slice_count(uint64_t paths) { return paths < OFR_SLICES ? (int)paths : OFR_SLICES; }

uint64_t ofr_slice_start(uint64_t paths, int slice) {
  uint64_t n = (uint64_t)ofr_slice_count(paths);
  return (paths / n) * (uint64_t)slice + (paths % n * (uint64_t)slice + n - 1) / n;
}

static void feed_one(ofr_slices *s, int slice, const int64_t *values, size_t rows) {
  ofr_i128 sum = 0;
  uint64_t count = 0, positive = 0;
  for (size_t i = 0; i < rows; i++) {
    bool there = values[i] != OFR_MISSING;
    sum += there ? values[i] : 0;
    count += there;
    positive += values[i] > 0;
  }
  s->sum[slice] += sum, s->count[slice] += count, s->positive[slice] += positive, s->all[slice] += rows;
}

static void feed_weighted(ofr_slices *s, int slice, const int64_t *values, const uint64_t *weights, size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    s->all[slice] += weights[i];
    if (values[i] == OFR_MISSING) continue;
    s->sum[slice] += (ofr_i128)values[i] * (ofr_i128)weights[i];
    s->count[slice] += weights[i];
    s->positive[slice] += values[i] > 0 ? weights[i] : 0;
  }
}

typedef struct rows_of { uint64_t from, to; } rows_of;

/* Which of `rows` from path `first` on are the slice's; none where from >= to. */
static rows_of rows_within(uint64_t paths, int slice, uint64_t first, uint64_t rows) {
  uint64_t from = ofr_slice_start(paths, slice), to = ofr_slice_start(paths, slice + 1);
  from = from > first ? from - first : 0;
  to = to > first ? to - first : 0;
  return (rows_of){from, to < rows ? to : rows};
}

void ofr_slices_feed(ofr_slices *slices, uint64_t paths, uint64_t first, const int64_t *values, const uint64_t *weights,
                     size_t rows) {
  for (int slice = 0; slice < ofr_slice_count(paths); slice++) {
    rows_of part = rows_within(paths, slice, first, rows);
    if (part.from >= part.to) continue;
    if (weights) feed_weighted(slices, slice, values + part.from, weights + part.from, part.to - part.from);
    else feed_one(slices, slice, values + part.from, part.to - part.from);
  }
}

void ofr_slices_merge(ofr_slices *into, const ofr_slices *from) {
  for (int i = 0; i < OFR_SLICES; i++) {
    into->sum[i] += from->sum[i];
    into->count[i] += from->count[i];
    into->positive[i] += from->positive[i];
    into->all[i] += from->all[i];
  }
}

/* The whole part of the mean is taken off in integers, where nothing cancels. */
static void means_of(const ofr_i128 *sum, const uint64_t *count, int n, double scale, double *out) {
  ofr_i128 all = 0, weight = 0;
  for (int i = 0; i < n; i++) all += sum[i], weight += count[i];
  ofr_i128 whole = weight ? all / weight : 0, rest = weight ? all % weight : 0;
  double per_slice = weight ? (double)n / (double)weight : 0, part = weight ? (double)rest / (double)weight : 0;
  for (int i = 0; i < n; i++) {
    double deviation = (double)(sum[i] - whole * (ofr_i128)count[i]) - part * (double)count[i];
    out[i] = ((double)whole + part + deviation * per_slice) * scale;
  }
}

ofr_slice_means ofr_slices_finish(const ofr_slices *slices, uint64_t paths, double scale) {
  ofr_slice_means means = {.count = ofr_slice_count(paths)};
  ofr_i128 positive[OFR_SLICES], there[OFR_SLICES];
  for (int i = 0; i < OFR_SLICES; i++) positive[i] = slices->positive[i], there[i] = slices->count[i];
  means_of(slices->sum, slices->count, means.count, scale, means.mean);
  means_of(positive, slices->count, means.count, 1, means.positive);
  means_of(there, slices->all, means.count, 1, means.there);
  return means;
}

void ofr_tail_slices_feed(ofr_tail_slices *tail, uint64_t paths, uint64_t first, const int64_t *values, const uint64_t *weights,
                          size_t rows) {
  for (int slice = 0; slice < ofr_slice_count(paths); slice++) {
    rows_of part = rows_within(paths, slice, first, rows);
    for (uint64_t i = part.from; i < part.to; i++) {
      uint64_t weight = weights ? weights[i] : 1;
      if (values[i] <= tail->edge) continue;
      tail->excess[slice] += (ofr_i128)(values[i] - tail->edge) * (ofr_i128)weight;
      tail->count[slice] += weight;
    }
  }
}

void ofr_tail_slices_merge(ofr_tail_slices *into, const ofr_tail_slices *from) {
  for (int i = 0; i < OFR_SLICES; i++) into->excess[i] += from->excess[i], into->count[i] += from->count[i];
}

bool ofr_tail_slices_finish(const ofr_tail_slices *tail, const ofr_slices *slices, uint64_t paths, double scale,
                            const ofr_distribution *d, double out[OFR_SLICES]) {
  int n = ofr_slice_count(paths);
  ofr_i128 excess[OFR_SLICES] = {0};
  double mean = 0;
  if (!tail->known) return false;
  const ofr_i128 way = tail->edge - d->quantile[OFR_P95];
  for (int i = 0; i < n; i++) excess[i] = tail->excess[i] + way * (ofr_i128)tail->count[i];
  means_of(excess, slices->count, n, scale / 0.05, out);
  for (int i = 0; i < n; i++) mean += out[i] / n;
  for (int i = 0; i < n; i++) out[i] += d->cvar95 - mean;
  return true;
}

bool ofr_slices_vary(const double *means, int count) {
  for (int i = 1; i < count; i++)
    if (means[i] != means[0]) return true;
  return false;
}

double ofr_slices_error(const double *a, const double *b, int count) {
  double mean = 0, squares = 0;
  if (count < 2) return NAN;
  for (int i = 0; i < count; i++) mean += (a[i] - (b ? b[i] : 0)) / count;
  for (int i = 0; i < count; i++) {
    double deviation = a[i] - (b ? b[i] : 0) - mean;
    squares += deviation * deviation;
  }
  return sqrt(squares / count / (count - 1));
}

double ofr_student_limit(double normal, int degrees) {
  double n = degrees, u = normal * (8 * n + 3) / (8 * n + 1);
  return sqrt(n * expm1(u * u / n));
}
