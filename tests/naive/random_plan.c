#include "random_plan.h"
#include <math.h>
#include <stdio.h>

enum { START = 2026 * 12 };

typedef struct dice {
  uint64_t state;
  int months, providers, accelerators, factors, workloads, pools, contracts;
  double work; /* sum of the workloads' demand at the start */
} dice;

static uint64_t roll(dice *d) { /* splitmix64 */
  uint64_t z = d->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static double uniform(dice *d, double low, double high) { return low + (high - low) * (double)(roll(d) >> 11) * 0x1p-53; }
static int between(dice *d, int low, int high) { return low + (int)(roll(d) % (uint64_t)(high - low + 1)); }
static bool chance(dice *d, double p) { return uniform(d, 0, 1) < p; }

/* Five digits: short to read, yet no two prices or amounts alike. */
static double neat(double value) {
  if (value <= 0) return 0;
  double unit = pow(10, floor(log10(value)) - 4);
  return round(value / unit) * unit;
}

static void put(cJSON *object, const char *key, double value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%.6g", value);
  cJSON_AddRawToObject(object, key, digits);
}

static const char *named(const char *letter, int index) {
  static char names[8][16];
  static int next;
  char *name = names[next++ % 8];
  snprintf(name, 16, "%s%d", letter, index);
  return name;
}

static const char *month(int t) {
  static char names[4][16];
  static int next;
  char *name = names[next++ % 4];
  snprintf(name, 16, "%04d-%02d", (START + t) / 12 % 10000, (START + t) % 12 + 1);
  return name;
}

static void put_curve(dice *d, cJSON *object, const char *key, double level) {
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

static void put_span(dice *d, cJSON *object, double p) {
  int from = between(d, 0, d->months - 1);
  if (chance(d, p)) cJSON_AddStringToObject(object, "from", month(from));
  else from = 0;
  if (chance(d, p)) cJSON_AddStringToObject(object, "to", month(between(d, from, d->months + 2)));
}

static void put_factors(dice *d, cJSON *object) {
  cJSON *factors = d->factors > 0 && chance(d, 0.7) ? cJSON_AddObjectToObject(object, "factors") : NULL;
  for (int j = 0; factors && j < d->factors; j++)
    if (chance(d, 0.6)) put(factors, named("f", j), neat(uniform(d, 0.1, 1.5)));
}

static void make_factors(dice *d, cJSON *plan) {
  cJSON *factors = cJSON_AddArrayToObject(plan, "factors");
  for (int j = 0; j < d->factors; j++) {
    cJSON *f = cJSON_CreateObject();
    cJSON_AddStringToObject(f, "name", named("f", j));
    put(f, "volatility", neat(uniform(d, 0, 0.5)));
    if (chance(d, 0.5)) put(f, "reversion", neat(uniform(d, 0, 2)));
    cJSON_AddItemToArray(factors, f);
  }
  cJSON *correlations = d->factors > 1 && chance(d, 0.5) ? cJSON_AddArrayToObject(plan, "correlations") : NULL;
  if (correlations) cJSON_AddItemToArray(correlations, cJSON_CreateRaw("[\"f0\", \"f1\", 0.45]"));
}

static void make_providers(dice *d, cJSON *plan) {
  cJSON *providers = cJSON_AddArrayToObject(plan, "providers"), *accelerators = cJSON_AddArrayToObject(plan, "accelerators");
  for (int p = 0; p < d->providers; p++) {
    cJSON *provider = cJSON_CreateObject();
    cJSON_AddStringToObject(provider, "name", named("p", p));
    if (chance(d, 0.6)) put_curve(d, provider, "egress_per_gb", uniform(d, 0.01, 0.2));
    cJSON_AddItemToArray(providers, provider);
  }
  for (int a = 0; a < d->accelerators; a++) {
    cJSON *accelerator = cJSON_CreateObject();
    cJSON_AddStringToObject(accelerator, "name", named("a", a));
    cJSON_AddStringToObject(accelerator, "vendor", named("v", a / 2));
    cJSON_AddItemToArray(accelerators, accelerator);
  }
}

static void make_workloads(dice *d, cJSON *plan) {
  cJSON *workloads = cJSON_AddArrayToObject(plan, "workloads");
  for (int w = 0; w < d->workloads; w++) {
    cJSON *workload = cJSON_CreateObject();
    double level = pow(10, uniform(d, 1.5, 5));
    d->work += level;
    cJSON_AddStringToObject(workload, "name", named("w", w));
    put_curve(d, workload, "demand", level);
    put(workload, "unmet_cost", neat(uniform(d, 1, 15)));
    cJSON *speed = cJSON_AddObjectToObject(workload, "speed");
    for (int a = 0; a < d->accelerators; a++)
      if (a == w % d->accelerators || chance(d, 0.7)) put(speed, named("a", a), chance(d, 0.3) ? 1 : neat(uniform(d, 0.4, 4)));
    if (chance(d, 0.4)) put(workload, "duty", neat(uniform(d, 0.2, 1)));
    if (chance(d, 0.6)) {
      cJSON_AddStringToObject(workload, "home", named("p", between(d, 0, d->providers - 1)));
      put(workload, "data_gb_per_hour", neat(uniform(d, 0, 20)));
    }
    put_factors(d, workload);
    cJSON_AddItemToArray(workloads, workload);
  }
}

static void make_pools(dice *d, cJSON *plan) {
  cJSON *pools = cJSON_AddArrayToObject(plan, "pools");
  for (int k = 0; k < d->pools; k++) {
    cJSON *pool = cJSON_CreateObject();
    cJSON_AddStringToObject(pool, "name", named("k", k));
    cJSON_AddStringToObject(pool, "provider", named("p", k % d->providers));
    cJSON_AddStringToObject(pool, "accelerator", named("a", k < d->accelerators ? k : between(d, 0, d->accelerators - 1)));
    put_curve(d, pool, "price", uniform(d, 0.5, 9));
    put_curve(d, pool, "capacity", d->work * uniform(d, 0.02, 1.2) / d->pools);
    if (chance(d, 0.3)) put(pool, "availability", neat(uniform(d, 0.7, 1)));
    if (chance(d, 0.4)) {
      put(pool, "slip_mean", neat(uniform(d, 0.1, 6)));
      if (chance(d, 0.5)) put(pool, "slip_max", between(d, 1, 12));
    }
    put_factors(d, pool);
    cJSON_AddItemToArray(pools, pool);
  }
}

static void put_windows(dice *d, cJSON *commitment, double spend) {
  cJSON *windows = cJSON_AddArrayToObject(commitment, "windows");
  int from = chance(d, 0.3) ? -between(d, 1, 6) : chance(d, 0.5) ? 0 : between(d, 0, d->months - 1);
  if (from <= 0 && chance(d, 0.4)) put(commitment, "opening", neat(spend * uniform(d, 0, 4)));
  for (int n = between(d, 1, 4); n > 0 && from < d->months; n--) {
    int shortest = from < 0 ? -from : 0, to = from + between(d, shortest, shortest + d->months + 3);
    cJSON *window = cJSON_CreateObject();
    cJSON_AddStringToObject(window, "from", month(from));
    cJSON_AddStringToObject(window, "to", month(to));
    put(window, "amount", neat(spend * (to - from + 1) * uniform(d, 0, 1.2)));
    cJSON_AddItemToArray(windows, window);
    from = to + between(d, 1, 4);
  }
}

static cJSON *make_commitment(dice *d, int index) {
  cJSON *c = cJSON_CreateObject();
  int provider = between(d, 0, d->providers < d->pools ? d->providers - 1 : d->pools - 1);
  cJSON_AddStringToObject(c, "name", named("c", index));
  cJSON_AddStringToObject(c, "type", "commitment");
  cJSON_AddStringToObject(c, "provider", named("p", provider));
  if (chance(d, 0.3)) {
    cJSON *pools = cJSON_AddArrayToObject(c, "pools");
    for (int k = provider; k < d->pools; k += d->providers)
      if (k == provider || chance(d, 0.5)) cJSON_AddItemToArray(pools, cJSON_CreateString(named("k", k)));
  } else if (chance(d, 0.3)) {
    put(cJSON_AddObjectToObject(c, "counts"), named("k", provider), neat(uniform(d, 0, 1)));
  } else if (chance(d, 0.3)) put(c, "counts", neat(uniform(d, 0.1, 1)));
  if (chance(d, 0.5)) put(c, "shortfall_rate", neat(uniform(d, 0, 1.3)));
  if (chance(d, 0.4)) put(c, "deferral", neat(uniform(d, 0, 0.5)));
  if (chance(d, 0.4)) put(c, "carry_forward", neat(uniform(d, 0, 1)));
  if (chance(d, 0.3)) put(c, "relief", neat(uniform(d, 0, 1)));
  put_windows(d, c, d->work * 730 * uniform(d, 0.2, 3) / d->providers);
  return c;
}

static cJSON *make_reservation(dice *d, int index) {
  cJSON *c = cJSON_CreateObject();
  cJSON_AddStringToObject(c, "name", named("c", index));
  cJSON_AddStringToObject(c, "type", "reservation");
  cJSON_AddStringToObject(c, "pool", named("k", between(d, 0, d->pools - 1)));
  put_curve(d, c, "accelerators", d->work * uniform(d, 0.01, 0.4));
  put_curve(d, c, "price", uniform(d, 0.3, 4));
  if (chance(d, 0.6)) put(c, "use_price", neat(uniform(d, 0.05, 2)));
  if (chance(d, 0.5)) put(c, "upfront", neat(uniform(d, 0, 1)));
  if (chance(d, 0.4)) put(c, "lot", between(d, 2, 72));
  put_span(d, c, 0.5);
  return c;
}

static cJSON *make_exclusivity(dice *d, int index) {
  cJSON *c = cJSON_CreateObject();
  cJSON_AddStringToObject(c, "name", named("c", index));
  cJSON_AddStringToObject(c, "type", "exclusivity");
  cJSON_AddStringToObject(c, "provider", named("p", between(d, 0, d->providers - 1)));
  if (chance(d, 0.5)) cJSON_AddStringToObject(c, "workloads", "*");
  else
    cJSON_AddItemToArray(cJSON_AddArrayToObject(c, "workloads"),
                         cJSON_CreateString(named("w", between(d, 0, d->workloads - 1))));
  cJSON_AddStringToObject(c, "overflow", chance(d, 0.5) ? "unmet" : "open");
  put_span(d, c, 0.5);
  return c;
}

/* At most one exclusivity: two on one workload in one month are an error. */
static void make_contracts(dice *d, cJSON *plan) {
  cJSON *contracts = cJSON_AddArrayToObject(plan, "contracts");
  int exclusive = chance(d, 0.5) ? between(d, 0, d->contracts) : -1;
  for (int i = 0; i < d->contracts; i++)
    cJSON_AddItemToArray(contracts, i == exclusive    ? make_exclusivity(d, i)
                                    : chance(d, 0.65) ? make_commitment(d, i)
                                                      : make_reservation(d, i));
}

static cJSON *make_effect(dice *d) {
  static const char *const everything = "*";
  cJSON *effect = cJSON_CreateObject();
  int kind = between(d, 0, d->contracts > 0 ? 4 : 2);
  if (kind == 0) {
    if (chance(d, 0.4)) cJSON_AddStringToObject(effect, "pools", everything);
    else
      cJSON_AddStringToObject(cJSON_AddObjectToObject(effect, "pools"), "provider",
                              named("p", between(d, 0, d->providers - 1)));
    put(effect, "capacity", neat(uniform(d, 0, 1.4)));
  } else if (kind == 1) {
    cJSON *pools = cJSON_AddObjectToObject(effect, "pools");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(pools, "accelerator"),
                         cJSON_CreateString(named("a", between(d, 0, d->accelerators - 1))));
    put(effect, "price", neat(uniform(d, 0.5, 2)));
    if (chance(d, 0.5)) put(effect, "capacity", neat(uniform(d, 0.3, 1)));
  } else if (kind == 2) {
    cJSON_AddStringToObject(effect, "workloads", everything);
    put(effect, "demand", neat(uniform(d, 0.2, 2)));
  } else {
    cJSON_AddItemToArray(cJSON_AddArrayToObject(effect, "contracts"),
                         cJSON_CreateString(named("c", between(d, 0, d->contracts - 1))));
    cJSON_AddTrueToObject(effect, kind == 3 ? "suspend" : "void");
  }
  return effect;
}

static void make_events(dice *d, cJSON *plan, int count) {
  cJSON *events = cJSON_AddArrayToObject(plan, "events");
  for (int e = 0; e < count; e++) {
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "name", named("e", e));
    if (chance(d, 0.3)) cJSON_AddStringToObject(event, "at", month(between(d, 0, d->months - 1)));
    else {
      put(event, "rate", neat(uniform(d, 0.1, 3)));
      put_span(d, event, 0.3);
      if (chance(d, 0.4)) put(event, "max", between(d, 1, 3));
    }
    if (chance(d, 0.5)) put(event, "duration", between(d, 1, 8));
    else put(event, "mean_duration", neat(uniform(d, 1, 8)));
    cJSON *effects = cJSON_AddArrayToObject(event, "effects");
    for (int n = between(d, 1, 2); n > 0; n--) cJSON_AddItemToArray(effects, make_effect(d));
    cJSON_AddItemToArray(events, event);
  }
}

static cJSON *make_strategy(dice *d, int index) {
  static const char *const pulls[] = {"none", "full", "pace"};
  cJSON *strategy = cJSON_CreateObject();
  int pull = between(d, 0, 4);
  cJSON_AddStringToObject(strategy, "name", named("s", index));
  if (index > 0) {
    cJSON *contracts = cJSON_AddArrayToObject(strategy, "contracts");
    for (int i = 0; i < d->contracts; i++)
      if (chance(d, 0.6)) cJSON_AddItemToArray(contracts, cJSON_CreateString(named("c", i)));
  }
  if (chance(d, 0.25)) {
    cJSON *providers = cJSON_AddArrayToObject(strategy, "providers");
    int sure = between(d, 0, d->providers - 1);
    for (int p = 0; p < d->providers; p++)
      if (p == sure || chance(d, 0.5)) cJSON_AddItemToArray(providers, cJSON_CreateString(named("p", p)));
  }
  if (pull < 3) cJSON_AddStringToObject(strategy, "pull", pulls[pull]);
  else if (pull == 3) put(strategy, "pull", neat(uniform(d, 0.05, 1)));
  if (chance(d, 0.15)) put(strategy, "max_share", neat(uniform(d, 0.05, 0.9)));
  else if (chance(d, 0.15)) put(cJSON_AddObjectToObject(strategy, "max_share"), named("p", 0), neat(uniform(d, 0, 0.9)));
  return strategy;
}

cJSON *random_plan(uint64_t seed, bool large) {
  dice d = {.state = seed};
  cJSON *plan = cJSON_CreateObject(), *strategies;
  d.months = large ? between(&d, 24, 72) : between(&d, 1, 24);
  d.providers = between(&d, 1, large ? 6 : 3);
  d.accelerators = between(&d, 1, large ? 5 : 3);
  d.factors = between(&d, 0, large ? 4 : 2);
  d.workloads = between(&d, 1, large ? 8 : 3);
  d.pools = between(&d, d.accelerators > d.providers ? d.accelerators : d.providers, large ? 20 : 6);
  d.contracts = between(&d, 0, large ? 8 : 4);
  cJSON_AddStringToObject(plan, "name", "random");
  cJSON *horizon = cJSON_AddObjectToObject(plan, "horizon");
  cJSON_AddStringToObject(horizon, "start", month(0));
  put(horizon, "months", d.months);
  put(horizon, "discount_rate", neat(uniform(&d, 0, 0.15)));
  cJSON_AddStringToObject(plan, "reference_accelerator", "a0");
  put(cJSON_AddObjectToObject(plan, "simulation"), "seed", (double)(seed % 1000000));
  make_providers(&d, plan);
  make_factors(&d, plan);
  make_workloads(&d, plan);
  make_pools(&d, plan);
  make_contracts(&d, plan);
  make_events(&d, plan, between(&d, 0, large ? 6 : 3));
  strategies = cJSON_AddArrayToObject(plan, "strategies");
  for (int s = 0, n = between(&d, 1, 4); s < n; s++) cJSON_AddItemToArray(strategies, make_strategy(&d, s));
  char *text = cJSON_PrintUnformatted(plan); /* numbers written digit by digit become numbers */
  cJSON_Delete(plan);
  plan = cJSON_Parse(text);
  cJSON_free(text);
  return plan;
}
