/* What a path's months add up to, as `run` of that path alone reports it. */
#include "naive_check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One strategy's path; dollars of today, but for nominal and charge. */
typedef struct totals {
  naive_state state;
  double usage, reservation, egress, shortfall, exit, grants, unmet, nominal, value, revenue[NAIVE_PROVIDERS];
  double charge[NAIVE_CONTRACTS], fee[NAIVE_CONTRACTS];
  double demanded, served, work[NAIVE_PROVIDERS]; /* reference hours, with duty */
  double slack, work_slack;                       /* of all months */
} totals;

static void add_work(const naive_checked *c, const naive_books *b, totals *x, double discount) {
  for (int w = 0; w < c->plan.workload_count; w++) {
    const naive_workload *workload = &c->plan.workloads[w];
    double hours = NAIVE_HOURS * workload->duty, served = (c->in.demand[w] - b->unserved[w]) * hours;
    x->demanded += c->in.demand[w] * hours;
    x->served += served;
    x->work_slack += c->work_slack * hours * c->fastest / c->slowest;
    x->value += discount * served * naive_number_or(workload->json, "value", workload->unmet_cost);
    for (int k = 0; k < c->plan.pool_count; k++)
      x->work[c->plan.pools[k].provider] += (b->served[w][k][0] + b->served[w][k][1] + b->matched_served[w][k]) * hours;
  }
}

static void add_month(const naive_checked *c, const naive_books *b, totals *x, double discount) {
  x->usage += discount * b->usage;
  x->reservation += discount * b->reservation;
  x->egress += discount * b->egress;
  x->shortfall += discount * b->shortfall;
  x->exit += discount * b->exit;
  x->grants += discount * b->grants;
  x->unmet += discount * b->unmet;
  x->nominal += b->usage + b->reservation + b->egress + b->shortfall + b->exit - b->grants;
  x->slack += 2 * c->money_slack;
  for (int p = 0; p < c->plan.provider_count; p++) x->revenue[p] += discount * b->revenue[p];
  for (int i = 0; i < c->plan.contract_count; i++) x->charge[i] += b->charge[i], x->fee[i] += b->fee[i];
  add_work(c, b, x, discount);
}

static double mean(const cJSON *group, const char *metric) { return naive_number(naive_get(group, metric), "mean"); }

static void check_costs(naive_checked *c, const char *of, const totals *x, const cJSON *metrics) {
  double cash = x->usage + x->reservation + x->egress + x->shortfall + x->exit - x->grants;
  naive_expect_near(c, "total_cost", of, cash + x->unmet, mean(metrics, "total_cost"), 2 * x->slack);
  naive_expect_near(c, "cash_cost", of, cash, mean(metrics, "cash_cost"), 2 * x->slack);
  naive_expect_near(c, "usage_cost", of, x->usage, mean(metrics, "usage_cost"), x->slack);
  naive_expect_near(c, "reservation_cost", of, x->reservation, mean(metrics, "reservation_cost"), x->slack);
  naive_expect_near(c, "egress_cost", of, x->egress, mean(metrics, "egress_cost"), x->slack);
  naive_expect_near(c, "shortfall_cost", of, x->shortfall, mean(metrics, "shortfall_cost"), x->slack);
  naive_expect_near(c, "exit_cost", of, x->exit, mean(metrics, "exit_cost"), x->slack);
  naive_expect_near(c, "grants", of, x->grants, mean(metrics, "grants"), x->slack);
  naive_expect_near(c, "unmet_cost", of, x->unmet, mean(metrics, "unmet_cost"), x->slack);
  naive_expect_near(c, "nominal_cash", of, x->nominal, mean(metrics, "nominal_cash"), 2 * x->slack);
}

/* Where what is divided by is some hundred times what rounding moves; else a ratio says nothing. */
static void check_ratios(naive_checked *c, const char *of, const totals *x, const cJSON *metrics) {
  double earned = 0, squares = 0;
  for (int p = 0; p < c->plan.provider_count; p++) earned += fmax(0, x->revenue[p]);
  for (int p = 0; p < c->plan.provider_count; p++) squares += pow(fmax(0, x->revenue[p]), 2);
  if (x->demanded > 100 * x->work_slack)
    naive_expect_near(c, "served", of, x->served / x->demanded, mean(metrics, "served"), x->work_slack / x->demanded + 1e-9);
  if (x->served > 100 * x->work_slack)
    naive_expect_near(c, "unit_cost", of, fmax(0, x->nominal) / x->served, mean(metrics, "unit_cost"),
                      (2 * x->slack + fabs(x->nominal) * x->work_slack / x->served) / x->served + 1e-6);
  if (earned > 100 * x->slack)
    naive_expect_near(c, "concentration", of, squares / (earned * earned), mean(metrics, "concentration"),
                      4 * x->slack / earned);
}

/* Of one path: taken or not, in this month, for that fee. */
static void check_exit(naive_checked *c, int i, const totals *x, const cJSON *told) {
  const char *name = c->plan.contracts[i].name, *target = c->plan.contracts[c->plan.contracts[i].exits].name;
  const char *last = cJSON_GetStringValue(naive_get(naive_get(told, "month"), "p95"));
  int month = x->state.taken[i] - 1;
  const cJSON *then = month < 0 ? NULL : naive_get(naive_get(told, "dates"), last ? last : "");
  naive_expect(c, "p_taken", name, naive_number(told, "p_taken") == (month >= 0), month, naive_number(told, "p_taken"));
  naive_expect(c, "contract", name, !strcmp(naive_get(told, "contract")->valuestring, target), month, 0);
  naive_expect(c, "month", name, month < 0 ? !last : last && naive_month_of(&c->plan, last) == month, month, 0);
  if (month < 0) return;
  naive_expect(c, "mean month", name, mean(told, "month") == month, month, mean(told, "month"));
  naive_expect(c, "date", name, then && then->valuedouble == 1, month, 0);
  naive_expect_near(c, "fee", name, x->fee[i], mean(told, "fee"), x->slack);
}

static void check_parties(naive_checked *c, int s, const totals *x, const cJSON *told) {
  double cash = x->usage + x->reservation + x->egress + x->shortfall + x->exit - x->grants;
  for (int p = 0; p < c->plan.provider_count; p++) {
    const char *name = naive_get(c->plan.providers[p], "name")->valuestring;
    const cJSON *provider = naive_get(naive_get(told, "providers"), name);
    naive_expect_near(c, "revenue", name, x->revenue[p], mean(provider, "revenue"), x->slack);
    if (x->served > 100 * x->work_slack)
      naive_expect_near(c, "share", name, x->work[p] / x->served, mean(provider, "share"), 2 * x->work_slack / x->served);
  }
  for (int i = 0; i < c->plan.contract_count; i++) {
    const naive_contract *contract = &c->plan.contracts[i];
    const cJSON *promise = naive_get(naive_get(told, "commitments"), contract->name);
    if (!c->plan.strategies[s].signs[i]) continue;
    if (contract->kind == NAIVE_COMMITMENT)
      naive_expect_near(c, "charge", contract->name, x->charge[i], mean(promise, "charge"), x->slack);
    if (contract->kind == NAIVE_EXIT) check_exit(c, i, x, naive_get(naive_get(told, "exits"), contract->name));
    if (contract->kind != NAIVE_STAKE) continue;
    double net = contract->margin * x->revenue[contract->provider] + contract->share * (x->value - cash);
    naive_expect_near(c, "net", contract->name, net, mean(naive_get(naive_get(told, "stakes"), contract->name), "net"),
                      4 * x->slack);
  }
}

void naive_check_run(const cJSON *plan, const cJSON *explain, const cJSON *run, naive_report *report) {
  naive_checked *c = naive_begin(plan, explain, report);
  totals *all = calloc(NAIVE_STRATEGIES, sizeof *all);
  const cJSON *month, *strategies = naive_get(run, "strategies");
  naive_books books;
  int t = 0;
  cJSON_ArrayForEach(month, naive_get(explain, "months")) {
    naive_check_inputs(c, month, t);
    for (int s = 0; s < c->plan.strategy_count; s++) {
      naive_month(&c->plan, s, t, &c->in, c->quantum, &all[s].state, &books);
      add_month(c, &books, &all[s], pow(1 + c->plan.discount_rate, -t / 12.0));
    }
    t++;
  }
  for (int s = 0; s < c->plan.strategy_count; s++) {
    const cJSON *told = cJSON_GetArrayItem(strategies, s);
    check_costs(c, c->plan.strategies[s].name, &all[s], naive_get(told, "metrics"));
    check_ratios(c, c->plan.strategies[s].name, &all[s], naive_get(told, "metrics"));
    check_parties(c, s, &all[s], told);
  }
  free(all);
  free(c);
}
