/* The naive model against `explain`, month by month and number by number. */
#include "naive_check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double relative = 1e-5;

const cJSON *naive_get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

double naive_number_or(const cJSON *object, const char *key, double otherwise) {
  const cJSON *value = naive_get(object, key);
  return cJSON_IsNumber(value) ? value->valuedouble : otherwise;
}

double naive_number(const cJSON *object, const char *key) { return naive_number_or(object, key, NAN); }

void naive_expect_near(naive_checked *c, const char *what, const char *of, double ours, double theirs, double slack) {
  c->report->compared++;
  if (fabs(ours - theirs) <= relative * fmax(fabs(ours), fabs(theirs)) + slack) return;
  if (c->report->disagreements++ > 0) return;
  snprintf(c->report->first, sizeof c->report->first, "%s: %s of %s: naive %.17g, explained %.17g, slack %.3g", c->where, what,
           of, ours, theirs, slack);
}

void naive_expect(naive_checked *c, const char *what, const char *of, bool holds, double a, double b) {
  c->report->compared++;
  if (holds || c->report->disagreements++ > 0) return;
  snprintf(c->report->first, sizeof c->report->first, "%s: %s of %s does not hold: %.17g, %.17g", c->where, what, of, a, b);
}

bool naive_listed(const cJSON *names, const char *name) {
  const cJSON *each;
  cJSON_ArrayForEach(each, names) if (strcmp(each->valuestring, name) == 0) return true;
  return false;
}

static int workload_index(const naive_checked *c, const char *name) {
  for (int w = 0; w < c->plan.workload_count; w++)
    if (strcmp(c->plan.workloads[w].name, name) == 0) return w;
  return -1;
}

static int pool_index(const naive_checked *c, const char *name) {
  for (int k = 0; k < c->plan.pool_count; k++)
    if (strcmp(c->plan.pools[k].name, name) == 0) return k;
  return -1;
}

static void read_placements(naive_checked *c, naive_explained *x) {
  const cJSON *entry;
  cJSON_ArrayForEach(entry, naive_get(x->json, "placed")) {
    int w = workload_index(c, naive_get(entry, "workload")->valuestring),
        k = pool_index(c, naive_get(entry, "pool")->valuestring);
    naive_expect(c, "a placement's workload and pool", "the plan", w >= 0 && k >= 0, w, k);
    if (w < 0 || k < 0) continue;
    int way = cJSON_IsTrue(naive_get(entry, "matched"))    ? NAIVE_MATCHED
              : cJSON_IsTrue(naive_get(entry, "reserved")) ? NAIVE_RESERVED
                                                           : NAIVE_OPEN;
    x->placed[w][k][way] += naive_number(entry, "accelerators");
    x->served[w][k][way] += naive_number(entry, "served");
    if (way == NAIVE_MATCHED) x->price[w][k] += naive_number(entry, "accelerators") * naive_number(entry, "price");
  }
}

static void compare_placement(naive_checked *c, int w, int k, const naive_explained *x, const naive_books *ours) {
  static const char *const ways[] = {"", ", reserved", ", matched"};
  const double placed[] = {ours->placed[w][k][0], ours->placed[w][k][1], ours->matched[w][k]};
  const double served[] = {ours->served[w][k][0], ours->served[w][k][1], ours->matched_served[w][k]};
  for (int way = 0; way < NAIVE_WAYS; way++) {
    char of[160];
    snprintf(of, sizeof of, "%s on %s%s", c->plan.workloads[w].name, c->plan.pools[k].name, ways[way]);
    naive_expect_near(c, "accelerators", of, placed[way], x->placed[w][k][way], c->accelerator_slack);
    naive_expect_near(c, "served", of, served[way], x->served[w][k][way], c->accelerator_slack * c->fastest);
    if (way == NAIVE_MATCHED)
      naive_expect_near(c, "accelerators x price", of, ours->matched_price[w][k], x->price[w][k], c->money_slack);
  }
}

static void compare_placements(naive_checked *c, const naive_explained *x, const naive_books *ours) {
  for (int w = 0; w < c->plan.workload_count; w++) {
    const char *name = c->plan.workloads[w].name;
    for (int k = 0; k < c->plan.pool_count; k++) compare_placement(c, w, k, x, ours);
    naive_expect_near(c, "unserved", name, ours->unserved[w], naive_number(naive_get(x->json, "unserved"), name),
                      c->work_slack);
  }
}

/* What went before lies in the thresholds of discounts, in balances and in windows: there the slack of all months counts. */
static void compare_books(naive_checked *c, const naive_explained *x, const naive_books *ours, double slack_so_far) {
  naive_expect_near(c, "usage", "the month", ours->usage, naive_number(x->json, "usage"), slack_so_far);
  naive_expect_near(c, "reservation", "the month", ours->reservation, naive_number(x->json, "reservation"), c->money_slack);
  naive_expect_near(c, "egress", "the month", ours->egress, naive_number(x->json, "egress"), c->money_slack);
  naive_expect_near(c, "shortfall", "the month", ours->shortfall, naive_number(x->json, "shortfall"), slack_so_far);
  naive_expect_near(c, "exit", "the month", ours->exit, naive_number_or(x->json, "exit", 0), slack_so_far);
  naive_expect_near(c, "grants", "the month", ours->grants, naive_number_or(x->json, "grants", 0), c->money_slack);
  naive_expect_near(c, "unmet", "the month", ours->unmet, naive_number(x->json, "unmet"), c->money_slack);
  for (int p = 0; p < c->plan.provider_count; p++) {
    const char *name = naive_get(c->plan.providers[p], "name")->valuestring;
    naive_expect_near(c, "revenue", name, ours->revenue[p], naive_number(naive_get(x->json, "revenue"), name), slack_so_far);
  }
}

static void compare_commitment(naive_checked *c, int i, const cJSON *json, const naive_books *ours, double slack) {
  const char *name = c->plan.contracts[i].name;
  const cJSON *theirs = naive_get(naive_get(json, "commitments"), name);
  naive_expect_near(c, "counted", name, ours->counted[i], naive_number(theirs, "counted"), slack);
  naive_expect_near(c, "required", name, ours->required[i], naive_number(theirs, "required"), slack);
  naive_expect_near(c, "charge", name, ours->charge[i], naive_number(theirs, "charge"), slack);
  naive_expect_near(c, "deferred", name, ours->deferred[i], naive_number(theirs, "deferred"), slack);
  naive_expect_near(c, "carried", name, ours->carried[i], naive_number(theirs, "carried"), slack);
  naive_expect_near(c, "credit", name, ours->credit[i], naive_number(theirs, "credit"), slack);
}

static void compare_contracts(naive_checked *c, int strategy, const cJSON *json, const naive_books *ours, double slack) {
  for (int i = 0; i < c->plan.contract_count; i++) {
    const naive_contract *contract = &c->plan.contracts[i];
    const char *name = contract->name;
    if (!c->plan.strategies[strategy].signs[i]) continue;
    naive_expect(c, "exited", name, ours->exited[i] == naive_listed(naive_get(json, "exited"), name), ours->exited[i], 0);
    if (contract->kind == NAIVE_EXIT)
      naive_expect_near(c, "exit fee", name, ours->fee[i], naive_number_or(naive_get(json, "exit_fee"), name, 0), slack);
    if (contract->kind == NAIVE_COMMITMENT) compare_commitment(c, i, json, ours, slack);
    if (contract->kind == NAIVE_GRANT && contract->credit)
      naive_expect_near(c, "balance", name, ours->credit[i], naive_number(naive_get(json, "grants_credit"), name), slack);
    if (contract->kind != NAIVE_DISCOUNT) continue;
    const cJSON *theirs = naive_get(naive_get(json, "discounts"), name);
    naive_expect_near(c, "list spend", name, ours->listed[i], naive_number(theirs, "list"), slack);
    naive_expect_near(c, "saving", name, ours->saved[i], naive_number(theirs, "saved"), slack);
  }
}

/* Goes on from their figures, which a month's comparison has found near ours, so that both stand on one side of a threshold. */
static void go_on_from(const naive_checked *c, const cJSON *json, naive_state *state) {
  for (int i = 0; i < c->plan.contract_count; i++) {
    const char *name = c->plan.contracts[i].name;
    const cJSON *promise = naive_get(naive_get(json, "commitments"), name);
    if (promise && !state->ended[i]) state->counted[i] = naive_number_or(promise, "counted", state->counted[i]);
    state->listed[i] = naive_number_or(naive_get(naive_get(json, "discounts"), name), "list", state->listed[i]);
  }
}

typedef struct running {
  naive_state state;
  double cash, unmet, slack; /* today; slack of all months so far */
} running;

static void check_strategy(naive_checked *c, int s, int month, const cJSON *json, running *r) {
  naive_books ours;
  naive_explained *x = calloc(1, sizeof *x);
  double discount = pow(1 + c->plan.discount_rate, -month / 12.0);
  x->json = json;
  naive_month(&c->plan, s, month, &c->in, c->quantum, &r->state, &ours);
  r->slack += c->money_slack;
  r->cash += discount * (ours.usage + ours.reservation + ours.egress + ours.shortfall + ours.exit - ours.grants);
  r->unmet += discount * ours.unmet;
  read_placements(c, x);
  naive_check_properties(c, x, &ours);
  compare_placements(c, x, &ours);
  compare_books(c, x, &ours, r->slack);
  compare_contracts(c, s, x->json, &ours, r->slack);
  go_on_from(c, json, &r->state);
  free(x);
}

static void check_totals(naive_checked *c, const cJSON *totals, const running *runs) {
  for (int s = 0; s < c->plan.strategy_count; s++) {
    const char *name = c->plan.strategies[s].name;
    const cJSON *theirs = naive_get(totals, name);
    snprintf(c->where, sizeof c->where, "totals");
    naive_expect_near(c, "cash_cost", name, runs[s].cash, naive_number(theirs, "cash_cost"), 2 * runs[s].slack);
    naive_expect_near(c, "total_cost", name, runs[s].cash + runs[s].unmet, naive_number(theirs, "total_cost"),
                      3 * runs[s].slack);
  }
}

naive_checked *naive_begin(const cJSON *plan, const cJSON *explain, naive_report *report) {
  naive_checked *c = calloc(1, sizeof *c);
  const cJSON *quanta = naive_get(explain, "quanta");
  c->report = report;
  naive_read(plan, &c->plan);
  c->quantum = naive_number(quanta, "accelerators");
  c->money_quantum = naive_number(quanta, "money");
  c->served_slack = (NAIVE_FEW + c->plan.pool_count) / 64.0 * c->quantum;
  c->slowest = 1e300;
  for (int k = 0; k < c->plan.pool_count; k++) {
    const cJSON *slip = naive_get(naive_get(explain, "slip"), c->plan.pools[k].name);
    c->slip[k] = slip ? slip->valueint : 0;
    for (int w = 0; w < c->plan.workload_count; w++) {
      double speed = c->plan.workloads[w].speed[k];
      if (speed > 0) c->slowest = fmin(c->slowest, speed), c->fastest = fmax(c->fastest, speed);
    }
  }
  return c;
}

void naive_check(const cJSON *plan, const cJSON *explain, naive_report *report) {
  naive_checked *c = naive_begin(plan, explain, report);
  running *runs = calloc(NAIVE_STRATEGIES, sizeof *runs);
  const cJSON *month;
  int t = 0;
  cJSON_ArrayForEach(month, naive_get(explain, "months")) {
    snprintf(c->where, sizeof c->where, "%s", naive_get(month, "month")->valuestring);
    naive_check_inputs(c, month, t);
    for (int s = 0; s < c->plan.strategy_count; s++) {
      const char *name = c->plan.strategies[s].name;
      snprintf(c->where, sizeof c->where, "%s, strategy '%s'", naive_get(month, "month")->valuestring, name);
      check_strategy(c, s, t, naive_get(naive_get(month, "strategies"), name), &runs[s]);
    }
    t++;
  }
  naive_expect(c, "number of months", "explain", t == c->plan.months, t, c->plan.months);
  check_totals(c, naive_get(explain, "totals"), runs);
  free(runs);
  free(c);
}
