#include "random_dice.h"
#include <stdlib.h>

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

/* An exit without its contract is of no use: a strategy that signs it signs both. */
static void sign(dice *d, const cJSON *plan, cJSON *strategy) {
  const cJSON *each, *leaves;
  bool signs[32] = {false};
  int i = 0;
  cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(plan, "contracts")) {
    leaves = cJSON_GetObjectItemCaseSensitive(each, "contract");
    if (chance(d, 0.6)) signs[i] = true;
    if (signs[i] && leaves) signs[strtol(leaves->valuestring + 1, NULL, 10)] = true;
    i++;
  }
  cJSON *contracts = cJSON_AddArrayToObject(strategy, "contracts");
  for (i = 0; i < d->contracts; i++)
    if (signs[i]) cJSON_AddItemToArray(contracts, cJSON_CreateString(named("c", i)));
}

static cJSON *make_strategy(dice *d, const cJSON *plan, int index) {
  static const char *const pulls[] = {"none", "full", "pace"};
  cJSON *strategy = cJSON_CreateObject();
  int pull = between(d, 0, 4);
  cJSON_AddStringToObject(strategy, "name", named("s", index));
  if (index > 0) sign(d, plan, strategy);
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

cJSON *random_plan(uint64_t seed, bool large, unsigned clauses) {
  dice d = {.state = seed, .clauses = clauses};
  cJSON *plan = cJSON_CreateObject(), *strategies;
  d.months = large ? between(&d, 24, 72) : between(&d, 1, 24);
  d.providers = between(&d, 1, large ? 6 : 3);
  d.accelerators = between(&d, 1, large ? 5 : 3);
  d.factors = between(&d, 0, large ? 4 : 2);
  d.workloads = between(&d, 1, large ? 8 : 3);
  d.pools = between(&d, d.accelerators > d.providers ? d.accelerators : d.providers, large ? 20 : 6);
  d.contracts = between(&d, 0, (large ? 8 : 4) + (clauses ? 3 : 0));
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
  random_contracts(&d, plan);
  make_events(&d, plan, between(&d, 0, large ? 6 : 3));
  strategies = cJSON_AddArrayToObject(plan, "strategies");
  for (int s = 0, n = between(&d, 1, 4); s < n; s++) cJSON_AddItemToArray(strategies, make_strategy(&d, plan, s));
  char *text = cJSON_PrintUnformatted(plan); /* numbers written digit by digit become numbers */
  cJSON_Delete(plan);
  plan = cJSON_Parse(text);
  cJSON_free(text);
  return plan;
}
