/* A second implementation of the model, written from its description alone, without a look at device/: plain loops, doubles, no
 * thought of speed. It is given the sampled inputs of one path (as `explain --format json` prints them) and recomputes
 * everything that follows from them: every contract clause, events, max_share; rule priority. Not for judging plans: it assumes
 * that a plan is valid. */
#ifndef NAIVE_H
#define NAIVE_H
#include <cjson/cJSON.h>
#include <stdbool.h>

enum {
  NAIVE_PROVIDERS = 32,
  NAIVE_WORKLOADS = 16,
  NAIVE_POOLS = 64,
  NAIVE_CONTRACTS = 32,
  NAIVE_STRATEGIES = 16,
  NAIVE_EVENTS = 32,
  NAIVE_WINDOWS = 64,
  NAIVE_TIERS = 64,
  NAIVE_SLOTS = NAIVE_POOLS + NAIVE_CONTRACTS,
  NAIVE_HOURS = 730
};

typedef struct naive_workload {
  const char *name;
  const cJSON *json;
  double unmet_cost, duty, data_gb_per_hour;
  int home;                  /* provider, or -1 */
  double speed[NAIVE_POOLS]; /* on the accelerator of each pool; 0 = cannot run */
} naive_workload;

typedef struct naive_pool {
  const char *name;
  const cJSON *json;
  int provider;
} naive_pool;

typedef struct naive_window {
  int from, to;  /* months of the horizon, both included; from may be negative, to is cut at the horizon */
  double amount; /* after that cut */
} naive_window;

typedef enum naive_kind {
  NAIVE_COMMITMENT,
  NAIVE_RESERVATION,
  NAIVE_EXCLUSIVITY,
  NAIVE_REFUSAL,
  NAIVE_DISCOUNT,
  NAIVE_GRANT,
  NAIVE_EXIT,
  NAIVE_STAKE
} naive_kind;

typedef struct naive_tier {
  double from, rate;
} naive_tier;

typedef struct naive_contract {
  const char *name;
  naive_kind kind;
  int provider;
  int from, to;                  /* all but commitments and exits; as written: may lie outside the horizon */
  bool covers[NAIVE_WORKLOADS];  /* exclusivity, first refusal */
  bool covers_pool[NAIVE_POOLS]; /* commitment, discount; grant: the provider's */
  /* commitment */
  naive_window windows[NAIVE_WINDOWS];
  int window_count;
  double counts[NAIVE_POOLS]; /* 0 for pools not covered */
  double shortfall_rate, opening, deferral, carry_forward, relief;
  int credit_months;
  /* reservation */
  int pool;
  const cJSON *accelerators, *price;
  double use_price, upfront, lot;
  bool open;      /* exclusivity: overflow */
  double premium; /* first refusal */
  /* discount */
  naive_tier tiers[NAIVE_TIERS];
  int tier_count;
  bool all_units, yearly;
  /* grant */
  double amount;
  bool credit;
  /* exit */
  const cJSON *at; /* a month or a list */
  const char *exit_name;
  int exits; /* that contract */
  double fee, below;
  bool unconditional;
  double share, margin; /* stake */
} naive_contract;

typedef struct naive_strategy {
  const char *name;
  bool signs[NAIVE_CONTRACTS], places[NAIVE_PROVIDERS];
  double pull; /* 0 for none */
  bool pace;
  double max_share[NAIVE_PROVIDERS];
} naive_strategy;

typedef struct naive_plan {
  const cJSON *json;
  int start, months; /* start: 12 x year + month - 1 */
  double discount_rate;
  int provider_count, workload_count, pool_count, contract_count, event_count, strategy_count;
  const cJSON *providers[NAIVE_PROVIDERS], *events[NAIVE_EVENTS];
  naive_workload workloads[NAIVE_WORKLOADS];
  naive_pool pools[NAIVE_POOLS];
  naive_contract contracts[NAIVE_CONTRACTS];
  naive_strategy strategies[NAIVE_STRATEGIES];
} naive_plan;

/* What the weather brought in one month. */
typedef struct naive_inputs {
  double demand[NAIVE_WORKLOADS], price[NAIVE_POOLS], capacity[NAIVE_POOLS];
  bool active[NAIVE_EVENTS];
  bool declined[NAIVE_CONTRACTS]; /* first refusals whose holder does not match this month */
} naive_inputs;

/* One strategy's memory from month to month. All zero before month 0. */
typedef struct naive_state {
  bool ended[NAIVE_CONTRACTS];
  double counted[NAIVE_CONTRACTS], amount[NAIVE_CONTRACTS]; /* of the window that is open; amount as shrunk so far */
  double relieved[NAIVE_CONTRACTS], deferred[NAIVE_CONTRACTS], carried[NAIVE_CONTRACTS];
  bool opened[NAIVE_CONTRACTS];    /* `opening` has been counted */
  double balance[NAIVE_CONTRACTS]; /* credit of commitments and grants */
  int last_charge[NAIVE_CONTRACTS];
  double listed[NAIVE_CONTRACTS];                                  /* list spend of a discount's period */
  double used[NAIVE_CONTRACTS][12], reserved[NAIVE_CONTRACTS][12]; /* of a reservation, by month modulo 12 */
  int taken[NAIVE_CONTRACTS];                                      /* of an exit: the month, counted from 1; 0: not yet */
} naive_state;

/* One strategy's month: accelerators, reference accelerators, nominal dollars. */
typedef struct naive_books {
  double placed[NAIVE_WORKLOADS][NAIVE_POOLS][2], served[NAIVE_WORKLOADS][NAIVE_POOLS][2]; /* [1]: on reserved capacity */
  double reserved[NAIVE_POOLS];                                                            /* firm accelerators there are */
  /* Work that a first refusal's holder took at the rival's offer, not in `placed`: accelerators, work, accelerators x $/hour.
   */
  double matched[NAIVE_WORKLOADS][NAIVE_POOLS], matched_served[NAIVE_WORKLOADS][NAIVE_POOLS];
  double matched_price[NAIVE_WORKLOADS][NAIVE_POOLS];
  double unserved[NAIVE_WORKLOADS];
  double usage, reservation, egress, shortfall, exit, grants, unmet, revenue[NAIVE_PROVIDERS];
  double counted[NAIVE_CONTRACTS], required[NAIVE_CONTRACTS], charge[NAIVE_CONTRACTS];
  double deferred[NAIVE_CONTRACTS], carried[NAIVE_CONTRACTS], credit[NAIVE_CONTRACTS]; /* credit: balance after the month */
  double listed[NAIVE_CONTRACTS], saved[NAIVE_CONTRACTS];                              /* discounts */
  bool exited[NAIVE_CONTRACTS];
  double fee[NAIVE_CONTRACTS]; /* of an exit that is taken */
} naive_books;

/* `json` must outlive the plan. */
void naive_read(const cJSON *json, naive_plan *plan);
double naive_curve(const naive_plan *plan, const cJSON *curve, int month);
bool naive_selects(const cJSON *selector, const cJSON *item); /* item: a pool, workload or contract */
void naive_read_contract(const naive_plan *plan, const cJSON *json, naive_contract *c);
int naive_month_of(const naive_plan *plan, const char *written); /* of the horizon, may lie outside */

/* `quantum`: the accelerators that capacity and placements are whole multiples of. */
void naive_month(const naive_plan *plan, int strategy, int month, const naive_inputs *inputs, double quantum,
                 naive_state *state, naive_books *books);

typedef struct naive_report {
  long compared, disagreements;
  char first[512]; /* the first disagreement, in words */
} naive_report;

/* Recomputes what `explained` holds and compares, month by month; adds to the report. */
void naive_check(const cJSON *plan, const cJSON *explained, naive_report *report);
/* The same of a run of that path alone, `run --paths 1 --format json`: what its months add up to. */
void naive_check_run(const cJSON *plan, const cJSON *explained, const cJSON *run, naive_report *report);
#endif
