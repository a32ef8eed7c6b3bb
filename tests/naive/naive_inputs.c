/* What the weather brought in a month, as `explain` prints it. */
#include "naive_check.h"
#include <math.h>

static const double slack = 0.02; /* of a quantum, by which float32 may lift a sampled capacity */

/* The product of a multiplier over active events that select the item. */
static double multiplier(const naive_checked *c, const char *list, const char *effect_key, const cJSON *item) {
  double product = 1;
  for (int e = 0; e < c->plan.event_count; e++) {
    const cJSON *effect;
    if (!c->in.active[e]) continue;
    cJSON_ArrayForEach(effect, naive_get(c->plan.events[e], "effects")) if (naive_get(effect, effect_key) &&
                                                                            naive_selects(naive_get(effect, list), item))
        product *= naive_number(effect, effect_key);
  }
  return product;
}

static bool loaded(const cJSON *item) {
  const cJSON *loading;
  cJSON_ArrayForEach(loading, naive_get(item, "factors")) if (loading->valuedouble != 0) return true;
  return false;
}

static void check_demand(naive_checked *c, int month) {
  for (int w = 0; w < c->plan.workload_count; w++) {
    const naive_workload *workload = &c->plan.workloads[w];
    double mean = naive_curve(&c->plan, naive_get(workload->json, "demand"), month) *
                  multiplier(c, "workloads", "demand", workload->json);
    if (!loaded(workload->json)) naive_expect_near(c, "demand", workload->name, mean, c->in.demand[w], c->work_slack);
    naive_expect(c, "demand within 64 x its mean", workload->name, c->in.demand[w] <= 64.01 * mean + c->work_slack,
                 c->in.demand[w], mean);
  }
}

/* Capacity may be clipped at what all of the month's demand could use. */
static void check_supply(naive_checked *c, int month) {
  for (int k = 0; k < c->plan.pool_count; k++) {
    const naive_pool *pool = &c->plan.pools[k];
    double price = naive_curve(&c->plan, naive_get(pool->json, "price"), month) * multiplier(c, "pools", "price", pool->json);
    if (!loaded(pool->json)) naive_expect_near(c, "price", pool->name, price, c->in.price[k], 0);
    int ramp = month > c->slip[k] ? month - c->slip[k] : 0;
    double capacity =
        naive_curve(&c->plan, naive_get(pool->json, "capacity"), ramp) * multiplier(c, "pools", "capacity", pool->json);
    if (naive_get(pool->json, "availability")) capacity *= naive_number(pool->json, "availability");
    double usable = 0;
    for (int w = 0; w < c->plan.workload_count; w++)
      if (c->plan.workloads[w].speed[k] > 0) usable += c->in.demand[w] / c->plan.workloads[w].speed[k];
    bool clipped = c->in.capacity[k] < capacity && c->in.capacity[k] >= usable;
    if (!clipped) naive_expect_near(c, "capacity", pool->name, capacity, c->in.capacity[k], NAIVE_FEW * c->quantum);
    naive_expect(c, "capacity rounded down", pool->name, c->in.capacity[k] <= capacity * (1 + 1e-6) + slack * c->quantum,
                 c->in.capacity[k], capacity);
  }
}

static void read_inputs(naive_checked *c, const cJSON *month) {
  double dearest = 0;
  for (int w = 0; w < c->plan.workload_count; w++)
    c->in.demand[w] = naive_number(naive_get(month, "demand"), c->plan.workloads[w].name);
  for (int k = 0; k < c->plan.pool_count; k++) {
    c->in.price[k] = naive_number(naive_get(month, "price"), c->plan.pools[k].name);
    c->in.capacity[k] = naive_number(naive_get(month, "capacity"), c->plan.pools[k].name);
    dearest = fmax(dearest, c->in.price[k]);
  }
  double premium = 0;
  for (int i = 0; i < c->plan.contract_count; i++) {
    dearest = fmax(dearest, c->plan.contracts[i].use_price);
    premium = fmax(premium, c->plan.contracts[i].premium);
    c->in.declined[i] = naive_listed(naive_get(month, "declined"), c->plan.contracts[i].name);
  }
  dearest *= 1 + premium;
  for (int e = 0; e < c->plan.event_count; e++)
    c->in.active[e] = naive_listed(naive_get(month, "events"), naive_get(c->plan.events[e], "name")->valuestring);
  for (int w = 0; w < c->plan.workload_count; w++) dearest = fmax(dearest, c->plan.workloads[w].unmet_cost * c->fastest);
  c->work_slack = (NAIVE_FEW + c->plan.pool_count) * c->quantum * c->fastest; /* each pool may leave one */
  c->accelerator_slack = c->work_slack / c->slowest;
  c->money_slack = c->accelerator_slack * NAIVE_HOURS * dearest + NAIVE_FEW * NAIVE_SLOTS * c->money_quantum;
}

void naive_check_inputs(naive_checked *c, const cJSON *month, int t) {
  read_inputs(c, month);
  if (naive_get(c->plan.json, "futures") || naive_get(c->plan.json, "history")) return; /* inputs are a file's, not the curves' */
  check_demand(c, t);
  check_supply(c, t);
}
