/* A second implementation of the model, written from its description alone, without a look at device/: plain loops, doubles, no
 * thought of speed. It is given the sampled inputs of one path (as `explain --format json` prints them) and recomputes
 * everything that follows from them. For what `explain` of the first release knows: commitment, reservation, exclusivity,
 * events, max_share, rule priority. Not for judging plans: it assumes that a plan is valid. */
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

typedef enum naive_kind { NAIVE_COMMITMENT, NAIVE_RESERVATION, NAIVE_EXCLUSIVITY } naive_kind;

typedef struct naive_contract {
  const char *name;
  naive_kind kind;
  int provider;
  naive_window windows[NAIVE_WINDOWS];
  int window_count;
  double counts[NAIVE_POOLS]; /* 0 for pools not covered */
  double shortfall_rate, opening, deferral, carry_forward, relief;
  int pool;
  const cJSON *accelerators, *price;
  double use_price, upfront, lot;
  int from, to; /* reservation, exclusivity */
  bool covers[NAIVE_WORKLOADS];
  bool open; /* overflow */
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
} naive_inputs;

/* One strategy's memory from month to month. All zero before month 0. */
typedef struct naive_state {
  bool ended[NAIVE_CONTRACTS];
  double counted[NAIVE_CONTRACTS], amount[NAIVE_CONTRACTS]; /* of the window that is open; amount as shrunk so far */
  double relieved[NAIVE_CONTRACTS], deferred[NAIVE_CONTRACTS], carried[NAIVE_CONTRACTS];
  bool opened[NAIVE_CONTRACTS];                             /* `opening` has been counted */
} naive_state;

/* One strategy's month: accelerators, reference accelerators, nominal dollars. */
typedef struct naive_books {
  double placed[NAIVE_WORKLOADS][NAIVE_POOLS][2], served[NAIVE_WORKLOADS][NAIVE_POOLS][2]; /* [1]: on reserved capacity */
  double reserved[NAIVE_POOLS];                                                            /* firm accelerators there are */
  double unserved[NAIVE_WORKLOADS];
  double usage, reservation, egress, shortfall, unmet, revenue[NAIVE_PROVIDERS];
  double counted[NAIVE_CONTRACTS], required[NAIVE_CONTRACTS], charge[NAIVE_CONTRACTS];
  double deferred[NAIVE_CONTRACTS], carried[NAIVE_CONTRACTS];
} naive_books;

/* `json` must outlive the plan. */
void naive_read(const cJSON *json, naive_plan *plan);
double naive_curve(const naive_plan *plan, const cJSON *curve, int month);
bool naive_selects(const cJSON *selector, const cJSON *item); /* item: a pool, workload or contract */

/* `quantum`: the accelerators that capacity and placements are whole multiples of. */
void naive_month(const naive_plan *plan, int strategy, int month, const naive_inputs *inputs, double quantum,
                 naive_state *state, naive_books *books);

typedef struct naive_report {
  long compared, disagreements;
  char first[512]; /* the first disagreement, in words */
} naive_report;

/* Recomputes what `explained` holds and compares, month by month; adds to the report. */
void naive_check(const cJSON *plan, const cJSON *explained, naive_report *report);
#endif
