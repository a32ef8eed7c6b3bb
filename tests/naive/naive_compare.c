/* The naive model against `explain`: first what holds of any books (properties), then number by number. Amounts agree when they
 * differ by less than 1e-5 of themselves plus a few quanta of accelerators, which rounding may move from pool to pool. */
#include "naive.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double relative = 1e-5;
static const double few = 4;     /* quanta */
static const double slack = 0.02; /* of a quantum, by which float32 may lift a sampled capacity */

typedef struct check {
  naive_plan plan;
  naive_report *report;
  double quantum, money_quantum;
  int slip[NAIVE_POOLS];
  char where[160];
  naive_inputs in;
  double slowest, fastest;                           /* speeds above 0 */
  double served_slack;                               /* of one placement: work is a sum of small binary fractions */
  double work_slack, accelerator_slack, money_slack; /* this month */
} check;

typedef struct explained { /* one strategy's month, as printed */
  double placed[NAIVE_WORKLOADS][NAIVE_POOLS][2], served[NAIVE_WORKLOADS][NAIVE_POOLS][2];
  const cJSON *json;
} explained;

static const cJSON *get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

static double number(const cJSON *object, const char *key) {
  const cJSON *value = get(object, key);
  return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

static void expect_near(check *c, const char *what, const char *of, double ours, double theirs, double slack) {
  c->report->compared++;
  if (fabs(ours - theirs) <= relative * fmax(fabs(ours), fabs(theirs)) + slack) return;
  if (c->report->disagreements++ > 0) return;
  snprintf(c->report->first, sizeof c->report->first, "%s: %s of %s: naive %.17g, explained %.17g, slack %.3g", c->where, what,
           of, ours, theirs, slack);
}

static void expect(check *c, const char *what, const char *of, bool holds, double a, double b) {
  c->report->compared++;
  if (holds || c->report->disagreements++ > 0) return;
  snprintf(c->report->first, sizeof c->report->first, "%s: %s of %s does not hold: %.17g, %.17g", c->where, what, of, a, b);
}

static bool listed(const cJSON *names, const char *name) {
  const cJSON *each;
  cJSON_ArrayForEach(each, names) if (strcmp(each->valuestring, name) == 0) return true;
  return false;
}

/* The product of a multiplier over active events that select the item. */
static double multiplier(const check *c, const char *list, const char *effect_key, const cJSON *item) {
  double product = 1;
  for (int e = 0; e < c->plan.event_count; e++) {
    const cJSON *effect;
    if (!c->in.active[e]) continue;
    cJSON_ArrayForEach(effect,
                       get(c->plan.events[e], "effects")) if (get(effect, effect_key) && naive_selects(get(effect, list), item))
        product *= number(effect, effect_key);
  }
  return product;
}

static bool loaded(const cJSON *item) {
  const cJSON *loading;
  cJSON_ArrayForEach(loading, get(item, "factors")) if (loading->valuedouble != 0) return true;
  return false;
}

static void check_demand(check *c, int month) {
  for (int w = 0; w < c->plan.workload_count; w++) {
    const naive_workload *workload = &c->plan.workloads[w];
    double mean =
        naive_curve(&c->plan, get(workload->json, "demand"), month) * multiplier(c, "workloads", "demand", workload->json);
    if (!loaded(workload->json)) expect_near(c, "demand", workload->name, mean, c->in.demand[w], c->work_slack);
    expect(c, "demand within 64 x its mean", workload->name, c->in.demand[w] <= 64.01 * mean + c->work_slack, c->in.demand[w],
           mean);
  }
}

/* Capacity may be clipped at what all of the month's demand could use. */
static void check_supply(check *c, int month) {
  for (int k = 0; k < c->plan.pool_count; k++) {
    const naive_pool *pool = &c->plan.pools[k];
    double price = naive_curve(&c->plan, get(pool->json, "price"), month) * multiplier(c, "pools", "price", pool->json);
    if (!loaded(pool->json)) expect_near(c, "price", pool->name, price, c->in.price[k], 0);
    int ramp = month > c->slip[k] ? month - c->slip[k] : 0;
    double capacity = naive_curve(&c->plan, get(pool->json, "capacity"), ramp) * multiplier(c, "pools", "capacity", pool->json);
    if (get(pool->json, "availability")) capacity *= number(pool->json, "availability");
    double usable = 0;
    for (int w = 0; w < c->plan.workload_count; w++)
      if (c->plan.workloads[w].speed[k] > 0) usable += c->in.demand[w] / c->plan.workloads[w].speed[k];
    bool clipped = c->in.capacity[k] < capacity && c->in.capacity[k] >= usable;
    if (!clipped) expect_near(c, "capacity", pool->name, capacity, c->in.capacity[k], few * c->quantum);
    expect(c, "capacity rounded down", pool->name, c->in.capacity[k] <= capacity * (1 + 1e-6) + slack * c->quantum,
           c->in.capacity[k], capacity);
  }
}

static void read_inputs(check *c, const cJSON *month) {
  double dearest = 0;
  for (int w = 0; w < c->plan.workload_count; w++) c->in.demand[w] = number(get(month, "demand"), c->plan.workloads[w].name);
  for (int k = 0; k < c->plan.pool_count; k++) {
    c->in.price[k] = number(get(month, "price"), c->plan.pools[k].name);
    c->in.capacity[k] = number(get(month, "capacity"), c->plan.pools[k].name);
    dearest = fmax(dearest, c->in.price[k]);
  }
  for (int i = 0; i < c->plan.contract_count; i++) dearest = fmax(dearest, c->plan.contracts[i].use_price);
  for (int e = 0; e < c->plan.event_count; e++)
    c->in.active[e] = listed(get(month, "events"), get(c->plan.events[e], "name")->valuestring);
  for (int w = 0; w < c->plan.workload_count; w++) dearest = fmax(dearest, c->plan.workloads[w].unmet_cost * c->fastest);
  c->work_slack = (few + c->plan.pool_count) * c->quantum * c->fastest; /* each pool may leave one */
  c->accelerator_slack = c->work_slack / c->slowest;
  c->money_slack = c->accelerator_slack * NAIVE_HOURS * dearest + few * NAIVE_SLOTS * c->money_quantum;
}

static int workload_index(const check *c, const char *name) {
  for (int w = 0; w < c->plan.workload_count; w++)
    if (strcmp(c->plan.workloads[w].name, name) == 0) return w;
  return -1;
}

static int pool_index(const check *c, const char *name) {
  for (int k = 0; k < c->plan.pool_count; k++)
    if (strcmp(c->plan.pools[k].name, name) == 0) return k;
  return -1;
}

static void read_placements(check *c, explained *x) {
  const cJSON *entry;
  cJSON_ArrayForEach(entry, get(x->json, "placed")) {
    int w = workload_index(c, get(entry, "workload")->valuestring), k = pool_index(c, get(entry, "pool")->valuestring);
    expect(c, "a placement's workload and pool", "the plan", w >= 0 && k >= 0, w, k);
    if (w < 0 || k < 0) continue;
    int reserved = cJSON_IsTrue(get(entry, "reserved"));
    x->placed[w][k][reserved] += number(entry, "accelerators");
    x->served[w][k][reserved] += number(entry, "served");
  }
}

/* What holds of any books, whatever the rules. */
static void check_properties(check *c, const explained *x, const naive_books *ours) {
  double revenue = 0, cash = 0, cents = few * NAIVE_SLOTS * c->money_quantum;
  const char *parts[] = {"usage", "reservation", "egress", "shortfall"};
  const cJSON *each;
  for (int k = 0; k < c->plan.pool_count; k++) {
    double open = 0, firm = 0;
    for (int w = 0; w < c->plan.workload_count; w++) open += x->placed[w][k][0], firm += x->placed[w][k][1];
    expect(c, "open accelerators within capacity", c->plan.pools[k].name, open <= c->in.capacity[k] * (1 + 1e-9), open,
           c->in.capacity[k]);
    expect(c, "firm accelerators within reservations", c->plan.pools[k].name,
           firm <= ours->reserved[k] * (1 + 1e-9), firm, ours->reserved[k]);
  }
  for (int w = 0; w < c->plan.workload_count; w++) {
    const naive_workload *workload = &c->plan.workloads[w];
    double served = 0;
    for (int k = 0; k < c->plan.pool_count; k++)
      for (int r = 0; r < 2; r++) {
        expect_near(c, "accelerators x speed = served", workload->name, x->placed[w][k][r] * workload->speed[k],
                    x->served[w][k][r], c->served_slack);
        served += x->served[w][k][r];
      }
    double unserved = number(get(x->json, "unserved"), workload->name);
    expect(c, "served + unserved = demand", workload->name,
           fabs(served + unserved - c->in.demand[w]) <= 1e-9 * c->in.demand[w] + 1e-9, served + unserved, c->in.demand[w]);
    expect(c, "unserved >= 0", workload->name, unserved >= 0, unserved, 0);
  }
  for (int i = 0; i < 4; i++) cash += number(x->json, parts[i]);
  cJSON_ArrayForEach(each, get(x->json, "revenue")) revenue += each->valuedouble;
  expect(c, "providers' revenue = cash", "all", fabs(revenue - cash) <= 1e-9 * fabs(cash) + cents, revenue, cash);
}

static void compare_placements(check *c, const explained *x, const naive_books *ours) {
  for (int w = 0; w < c->plan.workload_count; w++) {
    const naive_workload *workload = &c->plan.workloads[w];
    char of[160];
    for (int k = 0; k < c->plan.pool_count; k++)
      for (int r = 0; r < 2; r++) {
        snprintf(of, sizeof of, "%s on %s%s", workload->name, c->plan.pools[k].name, r ? ", reserved" : "");
        expect_near(c, "accelerators", of, ours->placed[w][k][r], x->placed[w][k][r], c->accelerator_slack);
        expect_near(c, "served", of, ours->served[w][k][r], x->served[w][k][r], c->accelerator_slack * c->fastest);
      }
    expect_near(c, "unserved", workload->name, ours->unserved[w], number(get(x->json, "unserved"), workload->name),
                c->work_slack);
  }
}

static void compare_books(check *c, const explained *x, const naive_books *ours, double slack_so_far) {
  expect_near(c, "usage", "the month", ours->usage, number(x->json, "usage"), c->money_slack);
  expect_near(c, "reservation", "the month", ours->reservation, number(x->json, "reservation"), c->money_slack);
  expect_near(c, "egress", "the month", ours->egress, number(x->json, "egress"), c->money_slack);
  expect_near(c, "shortfall", "the month", ours->shortfall, number(x->json, "shortfall"), slack_so_far);
  expect_near(c, "unmet", "the month", ours->unmet, number(x->json, "unmet"), c->money_slack);
  for (int p = 0; p < c->plan.provider_count; p++) {
    const char *name = get(c->plan.providers[p], "name")->valuestring;
    expect_near(c, "revenue", name, ours->revenue[p], number(get(x->json, "revenue"), name), slack_so_far);
  }
}

static void compare_commitments(check *c, int strategy, const explained *x, const naive_books *ours, double slack_so_far) {
  for (int i = 0; i < c->plan.contract_count; i++) {
    if (c->plan.contracts[i].kind != NAIVE_COMMITMENT || !c->plan.strategies[strategy].signs[i]) continue;
    const char *name = c->plan.contracts[i].name;
    const cJSON *theirs = get(get(x->json, "commitments"), name);
    expect_near(c, "counted", name, ours->counted[i], number(theirs, "counted"), slack_so_far);
    expect_near(c, "required", name, ours->required[i], number(theirs, "required"), slack_so_far);
    expect_near(c, "charge", name, ours->charge[i], number(theirs, "charge"), slack_so_far);
    expect_near(c, "deferred", name, ours->deferred[i], number(theirs, "deferred"), slack_so_far);
    expect_near(c, "carried", name, ours->carried[i], number(theirs, "carried"), slack_so_far);
  }
}

typedef struct running {
  naive_state state;
  double cash, unmet, slack; /* today; slack of all months so far */
} running;

static void check_strategy(check *c, int s, int month, const cJSON *json, running *r) {
  naive_books ours;
  explained *x = calloc(1, sizeof *x);
  double discount = pow(1 + c->plan.discount_rate, -month / 12.0);
  x->json = json;
  naive_month(&c->plan, s, month, &c->in, c->quantum, &r->state, &ours);
  r->slack += c->money_slack;
  r->cash += discount * (ours.usage + ours.reservation + ours.egress + ours.shortfall);
  r->unmet += discount * ours.unmet;
  read_placements(c, x);
  check_properties(c, x, &ours);
  compare_placements(c, x, &ours);
  compare_books(c, x, &ours, r->slack);
  compare_commitments(c, s, x, &ours, r->slack);
  free(x);
}

static void check_totals(check *c, const cJSON *totals, const running *runs) {
  for (int s = 0; s < c->plan.strategy_count; s++) {
    const char *name = c->plan.strategies[s].name;
    const cJSON *theirs = get(totals, name);
    snprintf(c->where, sizeof c->where, "totals");
    expect_near(c, "cash_cost", name, runs[s].cash, number(theirs, "cash_cost"), 2 * runs[s].slack);
    expect_near(c, "total_cost", name, runs[s].cash + runs[s].unmet, number(theirs, "total_cost"), 3 * runs[s].slack);
  }
}

static void prepare(check *c, const cJSON *explain) {
  const cJSON *quanta = get(explain, "quanta");
  c->quantum = number(quanta, "accelerators");
  c->money_quantum = number(quanta, "money");
  c->served_slack = (few + c->plan.pool_count) / 64 * c->quantum;
  c->slowest = 1e300;
  for (int k = 0; k < c->plan.pool_count; k++) {
    const cJSON *slip = get(get(explain, "slip"), c->plan.pools[k].name);
    c->slip[k] = slip ? slip->valueint : 0;
    for (int w = 0; w < c->plan.workload_count; w++) {
      double speed = c->plan.workloads[w].speed[k];
      if (speed > 0) c->slowest = fmin(c->slowest, speed), c->fastest = fmax(c->fastest, speed);
    }
  }
}

void naive_check(const cJSON *plan, const cJSON *explain, naive_report *report) {
  check *c = calloc(1, sizeof *c);
  running *runs = calloc(NAIVE_STRATEGIES, sizeof *runs);
  const cJSON *month;
  int t = 0;
  c->report = report;
  naive_read(plan, &c->plan);
  prepare(c, explain);
  cJSON_ArrayForEach(month, get(explain, "months")) {
    snprintf(c->where, sizeof c->where, "%s", get(month, "month")->valuestring);
    read_inputs(c, month);
    check_demand(c, t);
    check_supply(c, t);
    for (int s = 0; s < c->plan.strategy_count; s++) {
      const char *name = c->plan.strategies[s].name;
      snprintf(c->where, sizeof c->where, "%s, strategy '%s'", get(month, "month")->valuestring, name);
      check_strategy(c, s, t, get(get(month, "strategies"), name), &runs[s]);
    }
    t++;
  }
  expect(c, "number of months", "explain", t == c->plan.months, t, c->plan.months);
  check_totals(c, get(explain, "totals"), runs);
  free(runs);
  free(c);
}
