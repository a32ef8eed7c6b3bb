/* What the files that make a random plan share: the dice, names, numbers and curves. */
#ifndef RANDOM_DICE_H
#define RANDOM_DICE_H
#include <math.h>
#include <stdio.h>
#include "random_plan.h"

enum { RANDOM_START = 2026 * 12 };

typedef struct dice {
  uint64_t state;
  int months, providers, accelerators, factors, workloads, pools, contracts;
  unsigned clauses; /* those that may appear */
  double work;      /* sum of the workloads' demand at the start */
} dice;

static inline uint64_t roll(dice *d) { /* splitmix64 */
  uint64_t z = d->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static inline double uniform(dice *d, double low, double high) {
  return low + (high - low) * (double)(roll(d) >> 11) * 0x1p-53;
}
static inline int between(dice *d, int low, int high) { return low + (int)(roll(d) % (uint64_t)(high - low + 1)); }
static inline bool chance(dice *d, double p) { return uniform(d, 0, 1) < p; }

/* Five digits: short to read, yet no two prices or amounts alike. */
static inline double neat(double value) {
  if (value <= 0) return 0;
  double unit = pow(10, floor(log10(value)) - 4);
  return round(value / unit) * unit;
}

static inline void put(cJSON *object, const char *key, double value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%.6g", value);
  cJSON_AddRawToObject(object, key, digits);
}

static inline const char *named(const char *letter, int index) {
  static char names[8][16];
  static int next;
  char *name = names[next++ % 8];
  snprintf(name, 16, "%s%d", letter, index);
  return name;
}

static inline const char *month(int t) {
  static char names[4][16];
  static int next;
  char *name = names[next++ % 4];
  snprintf(name, 16, "%04d-%02d", (RANDOM_START + t) / 12 % 10000, (RANDOM_START + t) % 12 + 1);
  return name;
}

static inline void put_curve(dice *d, cJSON *object, const char *key, double level) {
  int kind = between(d, 0, 3);
  if (kind == 0) {
    put(object, key, neat(level));
    return;
  }
  cJSON *curve = cJSON_AddObjectToObject(object, key);
  if (kind == 1) {
    put(curve, "start", neat(level));
    put(curve, "growth", neat(uniform(d, 0, 1)) - 0.4);
    return;
  }
  cJSON *points = cJSON_AddArrayToObject(curve, "points");
  for (int t = between(d, -3, d->months - 1), n = between(d, 1, 4); n > 0; n--, t += between(d, 1, 9)) {
    char point[64];
    snprintf(point, sizeof point, "[\"%s\", %.6g]", month(t), neat(level * uniform(d, 0.5, 1.6)));
    cJSON_AddItemToArray(points, cJSON_CreateRaw(point));
  }
  if (kind == 3) cJSON_AddStringToObject(curve, "interpolate", "step");
}

/* From a month not before `earliest` to one that may lie beyond the horizon. Returns the first month after it. */
static inline int put_late_span(dice *d, cJSON *object, double p, int earliest) {
  int from = between(d, earliest, d->months - 1), to = between(d, from, d->months + 2);
  if (chance(d, p) || earliest > 0) cJSON_AddStringToObject(object, "from", month(from));
  if (!chance(d, p)) return d->months;
  cJSON_AddStringToObject(object, "to", month(to));
  return to + 1;
}

static inline void put_span(dice *d, cJSON *object, double p) { put_late_span(d, object, p, 0); }

static inline void put_factors(dice *d, cJSON *object) {
  cJSON *factors = d->factors > 0 && chance(d, 0.7) ? cJSON_AddObjectToObject(object, "factors") : NULL;
  for (int j = 0; factors && j < d->factors; j++)
    if (chance(d, 0.6)) put(factors, named("f", j), neat(uniform(d, 0.1, 1.5)));
}

/* Appends the contracts of the plan, whose number is rolled already. */
void random_contracts(dice *d, cJSON *plan);
#endif
