#include "risk.h"
#include <math.h>
#include <string.h>

static void swap(int64_t *a, int64_t *b) {
  int64_t kept = *a;
  *a = *b;
  *b = kept;
}

static int64_t median(int64_t a, int64_t b, int64_t c) {
  int64_t low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

/* The value of rank k (from 0): Hoare's selection with three parts, so that many equal values do no harm. */
static int64_t select_rank(int64_t *v, uint64_t count, uint64_t k) {
  uint64_t first = 0, last = count - 1;
  while (first < last) {
    int64_t pivot = median(v[first], v[first + (last - first) / 2], v[last]);
    uint64_t less = first, at = first, more = last + 1;
    while (at < more) {
      if (v[at] < pivot) swap(&v[at++], &v[less++]);
      else if (v[at] > pivot) swap(&v[at], &v[--more]);
      else at++;
    }
    if (k >= less && k < more) return pivot;
    if (k < less) last = less - 1;
    else first = more;
  }
  return v[k];
}

static uint64_t rank_of(double alpha, uint64_t count) {
  double rank = ceil(alpha * (double)count);
  return rank < 1 ? 0 : rank >= (double)count ? count - 1 : (uint64_t)rank - 1;
}

/* A path's part in the value: its mean over paths is (1 - weight) x mean + weight x CVaR when t is the quantile. */
static double share(int64_t cost, int64_t t, ofr_attitude a) {
  double beyond = cost > t ? (double)(cost - t) / (1 - a.alpha) : 0;
  return (1 - a.weight) * (double)cost + a.weight * ((double)t + beyond);
}

typedef struct moments {
  double sum, square;
} moments;

static ofr_estimate estimate(moments m, uint64_t count) {
  double n = (double)count, mean = m.sum / n, variance = count > 1 ? fmax(0, (m.square - m.sum * mean) / (n - 1)) : 0;
  return (ofr_estimate){mean, sqrt(variance / n)};
}

ofr_risk ofr_risk_of(const int64_t *cost, uint64_t count, ofr_attitude attitude, int64_t *scratch) {
  ofr_risk out;
  ofr_i128 sum = 0, beyond = 0;
  memcpy(scratch, cost, count * sizeof *cost);
  int64_t t = out.quantile = select_rank(scratch, count, rank_of(attitude.alpha, count));
  moments plain = {0, 0}, tilted = {0, 0};
  double centre = share(t, t, attitude); /* moments about it do not cancel */
  for (uint64_t i = 0; i < count; i++) {
    sum += cost[i];
    if (cost[i] > t) beyond += cost[i] - t;
    double x = (double)(cost[i] - t), y = share(cost[i], t, attitude) - centre;
    plain.sum += x, plain.square += x * x;
    tilted.sum += y, tilted.square += y * y;
  }
  out.mean = (double)sum / (double)count;
  out.cvar = (double)t + (double)beyond / ((1 - attitude.alpha) * (double)count);
  out.value = (1 - attitude.weight) * out.mean + attitude.weight * out.cvar;
  out.mean_se = estimate(plain, count).se;
  out.value_se = estimate(tilted, count).se;
  return out;
}

double ofr_risk_at(const int64_t *cost, uint64_t count, ofr_attitude attitude, int64_t quantile) {
  ofr_i128 sum = 0, beyond = 0;
  for (uint64_t i = 0; i < count; i++) {
    sum += cost[i];
    if (cost[i] > quantile) beyond += cost[i] - quantile;
  }
  double tail = (double)quantile + (double)beyond / ((1 - attitude.alpha) * (double)count);
  return (1 - attitude.weight) * (double)sum / (double)count + attitude.weight * tail;
}

ofr_estimate ofr_risk_difference(const int64_t *a, int64_t quantile_a, const int64_t *b, int64_t quantile_b, uint64_t count,
                                 ofr_attitude attitude) {
  moments m = {0, 0};
  for (uint64_t i = 0; i < count; i++) {
    double x = share(b[i], quantile_b, attitude) - share(a[i], quantile_a, attitude);
    m.sum += x, m.square += x * x;
  }
  return estimate(m, count);
}
