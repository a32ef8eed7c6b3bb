/* What holds of any month's books, whatever the rules. */
#include "naive_check.h"
#include <math.h>

/* What holds of any books, whatever the rules. */
static void check_pools(naive_checked *c, const naive_explained *x, const naive_books *ours) {
  for (int k = 0; k < c->plan.pool_count; k++) {
    const char *name = c->plan.pools[k].name;
    double open = 0, firm = 0;
    for (int w = 0; w < c->plan.workload_count; w++) {
      open += x->placed[w][k][NAIVE_OPEN] + x->placed[w][k][NAIVE_MATCHED];
      firm += x->placed[w][k][NAIVE_RESERVED];
    }
    naive_expect(c, "open accelerators within capacity", name, open <= c->in.capacity[k] * (1 + 1e-9), open, c->in.capacity[k]);
    naive_expect(c, "firm accelerators within reservations", name, firm <= ours->reserved[k] * (1 + 1e-9), firm,
                 ours->reserved[k]);
  }
}

static void check_workloads(naive_checked *c, const naive_explained *x) {
  for (int w = 0; w < c->plan.workload_count; w++) {
    const naive_workload *workload = &c->plan.workloads[w];
    double served = 0, unserved = naive_number(naive_get(x->json, "unserved"), workload->name);
    for (int k = 0; k < c->plan.pool_count; k++)
      for (int way = 0; way < NAIVE_WAYS; way++) {
        naive_expect_near(c, "accelerators x speed = served", workload->name, x->placed[w][k][way] * workload->speed[k],
                          x->served[w][k][way], c->served_slack);
        served += x->served[w][k][way];
      }
    naive_expect(c, "served + unserved = demand", workload->name,
                 fabs(served + unserved - c->in.demand[w]) <= 1e-9 * c->in.demand[w] + 1e-9, served + unserved,
                 c->in.demand[w]);
    naive_expect(c, "unserved >= 0", workload->name, unserved >= 0, unserved, 0);
  }
}

void naive_check_properties(naive_checked *c, const naive_explained *x, const naive_books *ours) {
  static const char *const parts[] = {"usage", "reservation", "egress", "shortfall", "exit"};
  double revenue = 0, cash = -naive_number_or(x->json, "grants", 0), cents = NAIVE_FEW * NAIVE_SLOTS * c->money_quantum;
  const cJSON *each;
  check_pools(c, x, ours);
  check_workloads(c, x);
  for (int i = 0; i < 5; i++) cash += naive_number_or(x->json, parts[i], 0);
  cJSON_ArrayForEach(each, naive_get(x->json, "revenue")) revenue += each->valuedouble;
  naive_expect(c, "providers' revenue = cash", "all", fabs(revenue - cash) <= 1e-9 * fabs(cash) + cents, revenue, cash);
}
