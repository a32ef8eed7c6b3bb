/* What must hold of each clause in every path, whatever the numbers: on random plans, from what `explain` says of them. Books
 * that balance are in test_properties.c, pairs of plans in test_clause_pairs.c. `test_clause_properties FIRST COUNT` tries COUNT
 * plans from seed FIRST on instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../naive/explained.h"
#include "../naive/naive.h"
#include "../naive/random_plan.h"

static uint64_t first_seed = 1;
static int seeds = 60;
static const double close = 1e-5; /* to which prices and rates are kept, of themselves */

static const cJSON *get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }
static double number(const cJSON *object, const char *key) {
  const cJSON *value = get(object, key);
  return value ? value->valuedouble : 0;
}

/* One future of a plan as `explain` tells it. */
typedef struct subject {
  uint64_t seed;
  cJSON *explained;
  naive_plan plan;
  double cent; /* what rounding may move in a month */
  double bit;  /* accelerators: to which busy ones are kept */
} subject;

enum { PATHS = 4 };

static subject explain(const cJSON *json, uint64_t seed, unsigned long path) {
  subject x = {.seed = seed};
  char *text = cJSON_PrintUnformatted(json);
  x.explained = explained_text(text, path);
  if (!x.explained) fail_msg("seed %llu cannot be explained: %s", (unsigned long long)seed, text);
  cJSON_free(text);
  naive_read(json, &x.plan);
  x.bit = number(get(x.explained, "quanta"), "accelerators") / 32;
  x.cent = 200 * number(get(x.explained, "quanta"), "money");
  return x;
}

/* Calls `check` for every strategy in some paths of every random plan with these clauses. */
static void on_random_plans(unsigned clauses, void (*change)(cJSON *), void (*check)(const subject *, int strategy)) {
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = random_plan(seed, false, clauses);
    if (change) change(plan);
    for (unsigned long path = PATHS * seed; path < PATHS * (seed + 1); path++) {
      subject x = explain(plan, seed, path);
      for (int s = 0; s < x.plan.strategy_count; s++) check(&x, s);
      cJSON_Delete(x.explained);
    }
    cJSON_Delete(plan);
  }
}

static const cJSON *books(const subject *x, const cJSON *month, int s) {
  return get(get(month, "strategies"), x->plan.strategies[s].name);
}

#define HOLDS(condition, month)                                                                                                \
  do {                                                                                                                         \
    if (!(condition))                                                                                                          \
      fail_msg("seed %llu, strategy %d, %s: " #condition, (unsigned long long)x->seed, s, get(month, "month")->valuestring);   \
  } while (0)

/* ---- credits ---- */

static double price_of(const subject *x, const cJSON *month, const cJSON *placed) {
  if (get(placed, "matched") && cJSON_IsTrue(get(placed, "matched"))) return number(placed, "price");
  if (!cJSON_IsTrue(get(placed, "reserved"))) return number(get(month, "price"), get(placed, "pool")->valuestring);
  for (int c = 0; c < x->plan.contract_count; c++)
    if (strcmp(x->plan.contracts[c].name, get(placed, "contract")->valuestring) == 0) return x->plan.contracts[c].use_price;
  return NAN;
}

static double duty(const subject *x, const cJSON *placed) {
  for (int w = 0; w < x->plan.workload_count; w++)
    if (strcmp(x->plan.workloads[w].name, get(placed, "workload")->valuestring) == 0) return x->plan.workloads[w].duty;
  return NAN;
}

/* What work placed would cost without discounts and credits; adds to *slack what rounding may move of it. */
static double usage_at_list(const subject *x, const cJSON *month, const cJSON *told, double *slack) {
  double sum = 0;
  const cJSON *placed;
  cJSON_ArrayForEach(placed, get(told, "placed")) {
    double price = NAIVE_HOURS * price_of(x, month, placed), busy = number(placed, "accelerators") * duty(x, placed);
    sum += busy * price;
    *slack += (x->bit + close * busy) * price;
  }
  *slack += x->cent;
  return sum;
}

static void no_more_than_charged(const subject *x, int s) {
  double charged = 0, paid = 0, slack = 0;
  const cJSON *month, *each;
  cJSON_ArrayForEach(month, get(x->explained, "months")) {
    const cJSON *told = books(x, month, s);
    double balance = 0;
    paid += usage_at_list(x, month, told, &slack) - number(told, "usage");
    HOLDS(paid >= -slack && paid <= charged + slack, month);
    cJSON_ArrayForEach(each, get(told, "commitments")) {
      charged += number(each, "charge");
      balance += number(each, "credit");
      HOLDS(number(each, "credit") >= 0, month);
    }
    HOLDS(paid + balance <= charged + slack, month);
  }
}

static void credits_never_pay_out_more_than_was_charged(void **state) {
  (void)state;
  on_random_plans(RANDOM_CREDIT, NULL, no_more_than_charged);
}

/* ---- exits ---- */

static void nothing_is_left(const subject *x, int s) {
  bool left[NAIVE_CONTRACTS] = {false};
  const cJSON *month, *each;
  cJSON_ArrayForEach(month, get(x->explained, "months")) {
    const cJSON *told = books(x, month, s);
    cJSON_ArrayForEach(each, get(told, "placed")) {
      const cJSON *block = get(each, "contract");
      for (int c = 0; block && c < x->plan.contract_count; c++)
        HOLDS(!left[c] || strcmp(block->valuestring, x->plan.contracts[c].name) != 0, month);
    }
    cJSON_ArrayForEach(each, get(told, "exited")) {
      for (int c = 0; c < x->plan.contract_count; c++) {
        if (strcmp(each->valuestring, x->plan.contracts[c].name) != 0) continue;
        HOLDS(!left[c], month);
        left[c] = true;
      }
    }
    bool reserved = false;
    for (int c = 0; c < x->plan.contract_count; c++) {
      if (x->plan.contracts[c].kind == NAIVE_RESERVATION) reserved |= x->plan.strategies[s].signs[c] && !left[c];
      const cJSON *floor = get(get(told, "commitments"), x->plan.contracts[c].name);
      if (!left[c] || !floor) continue;
      HOLDS(number(floor, "charge") == 0 && number(floor, "required") == 0 && number(floor, "deferred") == 0, month);
      HOLDS(number(floor, "carried") == 0 && number(floor, "credit") == 0, month);
    }
    HOLDS(reserved || number(told, "reservation") == 0 || cJSON_GetArraySize(get(told, "exited")) > 0, month);
  }
}

static void an_exit_leaves_nothing_behind(void **state) {
  (void)state;
  on_random_plans(RANDOM_EVERY_CLAUSE, NULL, nothing_is_left);
}

/* ---- first refusals ---- */

static void without_premium(cJSON *plan) {
  cJSON *contract;
  cJSON_ArrayForEach(contract, get(plan, "contracts")) cJSON_DeleteItemFromObjectCaseSensitive(contract, "premium");
}

static double egress(const subject *x, int w, int k, int t) {
  const naive_workload *workload = &x->plan.workloads[w];
  if (workload->home < 0 || x->plan.pools[k].provider == workload->home) return 0;
  return workload->data_gb_per_hour * naive_curve(&x->plan, get(x->plan.providers[workload->home], "egress_per_gb"), t);
}

/* What the pool asks of the workload, $ per reference hour, egress included. */
static double asked(const subject *x, const cJSON *month, int w, int k, int t) {
  return number(get(month, "price"), x->plan.pools[k].name) / x->plan.workloads[w].speed[k] + egress(x, w, k, t);
}

/* Matched at no premium: dearer than no rival's offer that was open to it, cheaper than none, and not above its own price. */
static void matches_an_offer(const subject *x, int s, const cJSON *month, const cJSON *placed, int t) {
  int w = 0, k = 0;
  while (strcmp(x->plan.workloads[w].name, get(placed, "workload")->valuestring) != 0) w++;
  while (strcmp(x->plan.pools[k].name, get(placed, "pool")->valuestring) != 0) k++;
  double paid = number(placed, "price") / x->plan.workloads[w].speed[k] + egress(x, w, k, t), lowest = INFINITY, highest = 0;
  for (int rival = 0; rival < x->plan.pool_count; rival++) {
    if (x->plan.pools[rival].provider == x->plan.pools[k].provider || x->plan.workloads[w].speed[rival] <= 0) continue;
    lowest = fmin(lowest, asked(x, month, w, rival, t));
    highest = fmax(highest, asked(x, month, w, rival, t));
  }
  double close_by = close + x->bit / (number(placed, "accelerators") * x->plan.workloads[w].duty);
  HOLDS(paid <= asked(x, month, w, k, t) * (1 + close_by), month);
  HOLDS(paid >= lowest * (1 - close_by), month);
  HOLDS(paid <= highest * (1 + close_by), month);
}

static void matches_are_at_the_offer(const subject *x, int s) {
  const cJSON *month, *placed;
  int t = 0;
  cJSON_ArrayForEach(month, get(x->explained, "months")) {
    cJSON_ArrayForEach(placed, get(books(x, month, s), "placed")) if (cJSON_IsTrue(get(placed, "matched")))
        matches_an_offer(x, s, month, placed, t);
    t++;
  }
}

static void a_first_refusal_without_premium_pays_the_offer_or_its_own_price(void **state) {
  (void)state;
  on_random_plans(RANDOM_REFUSAL, without_premium, matches_are_at_the_offer);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(credits_never_pay_out_more_than_was_charged),
      cmocka_unit_test(an_exit_leaves_nothing_behind),
      cmocka_unit_test(a_first_refusal_without_premium_pays_the_offer_or_its_own_price),
  };
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("clause properties", tests, NULL, NULL);
}
