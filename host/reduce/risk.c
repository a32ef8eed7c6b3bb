#include "risk.h"
#include <math.h>
#include <string.h>

/* Values and, where they have any, their weights: what is swapped is swapped in both. */
typedef struct rows {
  int64_t *value;
  uint64_t *weight;
} rows;

static void swap(rows r, uint64_t a, uint64_t b) {
  int64_t value = r.value[a];
  r.value[a] = r.value[b];
  r.value[b] = value;
  if (!r.weight) return;
  uint64_t weight = r.weight[a];
  r.weight[a] = r.weight[b];
  r.weight[b] = weight;
}

static int64_t median(int64_t a, int64_t b, int64_t c) {
  int64_t low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

static uint64_t weight_between(rows r, uint64_t first, uint64_t end) {
  uint64_t sum = 0;
  if (!r.weight) return end - first;
  for (uint64_t i = first; i < end; i++) sum += r.weight[i];
  return sum;
}

/* The smallest value whose cumulative weight reaches `wanted`, which is at most all of it: Hoare's selection with three parts,
 * so that many equal values do no harm. */
static int64_t select_weight(rows r, uint64_t count, uint64_t wanted) {
  uint64_t first = 0, last = count - 1;
  while (first < last) {
    int64_t pivot = median(r.value[first], r.value[first + (last - first) / 2], r.value[last]);
    uint64_t less = first, at = first, more = last + 1;
    while (at < more) {
      if (r.value[at] < pivot) swap(r, at++, less++);
      else if (r.value[at] > pivot) swap(r, at, --more);
      else at++;
    }
    uint64_t below = weight_between(r, first, less), within = weight_between(r, less, more);
    if (wanted > below && wanted <= below + within) return pivot;
    if (wanted <= below) {
      last = less - 1;
    } else {
      wanted -= below + within;
      if (more > last) return pivot; /* the rest weighs nothing */
      first = more;
    }
  }
  return r.value[first];
}

static uint64_t share_of(double alpha, uint64_t total) {
  double wanted = ceil(alpha * (double)total);
  return wanted < 1 ? 1 : wanted >= (double)total ? total : (uint64_t)wanted;
}

/* A path's part in the value: its mean over paths is (1 - weight) x mean + weight x CVaR when t is the quantile. */
static double part(int64_t cost, int64_t t, ofr_attitude a) {
  double beyond = cost > t ? (double)(cost - t) / (1 - a.alpha) : 0;
  return (1 - a.weight) * (double)cost + a.weight * ((double)t + beyond);
}

/* Sums over paths, each with its weight. */
typedef struct moments {
  double weight, weight_square, sum, square;
} moments;

static void add(moments *m, double weight, double x) {
  m->weight += weight;
  m->weight_square += weight * weight;
  m->sum += weight * x;
  m->square += weight * x * x;
}

static ofr_estimate estimate(const moments *m) {
  double mean = m->sum / m->weight, effective = m->weight * m->weight / m->weight_square;
  double variance = fmax(0, m->square / m->weight - mean * mean);
  return (ofr_estimate){mean, effective > 1 ? sqrt(variance / (effective - 1)) : 0};
}

static double weight_of(const uint64_t *weights, uint64_t i) { return weights ? (double)weights[i] : 1; }

/* Exact sums of the costs and of what lies beyond t, and of the weights. */
typedef struct sums {
  ofr_i128 cost, beyond;
  uint64_t weight;
} sums;

static sums sum_up(const int64_t *cost, const uint64_t *weights, uint64_t count, int64_t t) {
  sums s = {0, 0, 0};
  for (uint64_t i = 0; i < count; i++) {
    uint64_t weight = weights ? weights[i] : 1;
    s.cost += (ofr_i128)cost[i] * (ofr_i128)weight;
    if (cost[i] > t) s.beyond += (ofr_i128)(cost[i] - t) * (ofr_i128)weight;
    s.weight += weight;
  }
  return s;
}

static double mean_of(const sums *s) { return (double)s->cost / (double)s->weight; }

static double tail_of(const sums *s, int64_t t, double alpha) {
  return (double)t + (double)s->beyond / ((1 - alpha) * (double)s->weight);
}

ofr_risk ofr_risk_of(const int64_t *cost, const uint64_t *weights, uint64_t count, ofr_attitude attitude, int64_t *scratch) {
  ofr_risk out;
  rows r = {scratch, weights ? (uint64_t *)(scratch + count) : NULL};
  memcpy(r.value, cost, count * sizeof *cost);
  if (weights) memcpy(r.weight, weights, count * sizeof *weights);
  int64_t t = out.quantile = select_weight(r, count, share_of(attitude.alpha, weight_between(r, 0, count)));
  sums s = sum_up(cost, weights, count, t);
  moments plain = {0, 0, 0, 0}, tilted = {0, 0, 0, 0};
  double centre = part(t, t, attitude); /* moments about it do not cancel */
  for (uint64_t i = 0; i < count; i++) {
    add(&plain, weight_of(weights, i), (double)(cost[i] - t));
    add(&tilted, weight_of(weights, i), part(cost[i], t, attitude) - centre);
  }
  out.mean = mean_of(&s);
  out.cvar = tail_of(&s, t, attitude.alpha);
  out.value = (1 - attitude.weight) * out.mean + attitude.weight * out.cvar;
  out.mean_se = estimate(&plain).se;
  out.value_se = estimate(&tilted).se;
  return out;
}

double ofr_risk_at(const int64_t *cost, const uint64_t *weights, uint64_t count, ofr_attitude attitude, int64_t quantile) {
  sums s = sum_up(cost, weights, count, quantile);
  return (1 - attitude.weight) * mean_of(&s) + attitude.weight * tail_of(&s, quantile, attitude.alpha);
}

ofr_estimate ofr_risk_difference(const int64_t *a, int64_t quantile_a, const int64_t *b, int64_t quantile_b,
                                 const uint64_t *weights, uint64_t count, ofr_attitude attitude) {
  moments m = {0, 0, 0, 0};
  for (uint64_t i = 0; i < count; i++)
    add(&m, weight_of(weights, i), part(b[i], quantile_b, attitude) - part(a[i], quantile_a, attitude));
  return estimate(&m);
}
