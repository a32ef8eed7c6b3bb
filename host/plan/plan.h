/* A plan after reading: checked, names resolved to indices, curves evaluated month by month. Frozen once it is made; every
 * pointer lives in the plan's arena. Money in dollars, prices per accelerator-hour, rates per year, months from 0. */
#ifndef OFR_PLAN_H
#define OFR_PLAN_H
#include <stdbool.h>
#include <stdint.h>
#include "../base/arena.h"
#include "../base/diagnostics.h"
#include "../base/json.h"
#include "sizing.h"

enum {
  OFR_MAX_WORKLOADS = 16, OFR_MAX_POOLS = 64, OFR_MAX_FACTORS = 16, OFR_MAX_EVENTS = 32, OFR_MAX_CONTRACTS = 32,
  OFR_MAX_STRATEGIES = 16, OFR_MAX_MONTHS = 480, OFR_MAX_PROVIDERS = 32, OFR_MAX_ACCELERATORS = 32, OFR_MAX_WINDOWS = 64,
  OFR_MAX_EFFECTS = 16, /* per event */
  OFR_MAX_TIERS = 16    /* per discount */
};
#define OFR_HOURS 730

/* One value a month, months 0 .. horizon-1. */
typedef struct ofr_curve {
  const double *at;
  double max;
} ofr_curve;

/* Months both included, clipped to the horizon; empty when from > to. `true_from`/`true_to` are as written (may lie outside). */
typedef struct ofr_span {
  int from, to;
  int true_from, true_to;
} ofr_span;

typedef struct ofr_accelerator { const char *name; int vendor; /* index into vendors */ } ofr_accelerator;
typedef struct ofr_provider { const char *name; ofr_curve egress_per_gb; } ofr_provider;
typedef struct ofr_factor { const char *name; double volatility, reversion; } ofr_factor;

typedef struct ofr_workload {
  const char *name;
  ofr_curve demand;              /* reference accelerators */
  double unmet_cost;             /* $ per reference accelerator-hour */
  double value;                  /* same unit; defaults to unmet_cost */
  double duty;                   /* 0..1, default 1 */
  const double *speed;           /* [accelerators]; 0 = cannot run */
  const double *loading;         /* [factors] */
  int home;                      /* provider, or -1 */
  double data_gb_per_hour;       /* per reference accelerator-hour */
} ofr_workload;

typedef struct ofr_pool {
  const char *name;
  int provider, accelerator;
  ofr_curve price;               /* $ per accelerator-hour */
  ofr_curve capacity;            /* accelerators */
  double availability;           /* 0..1, default 1 */
  double slip_mean;              /* months, default 0 */
  int slip_max;                  /* months; default 0 when slip_mean is 0, else 24 */
  const double *loading;         /* [factors] */
} ofr_pool;

/* In the order in which devices number contracts. */
typedef enum ofr_contract_type {
  OFR_COMMITMENT, OFR_RESERVATION, OFR_EXCLUSIVITY, OFR_DISCOUNT, OFR_GRANT, OFR_FIRST_REFUSAL, OFR_EXIT, OFR_STAKE,
  OFR_CONTRACT_TYPES
} ofr_contract_type;
typedef enum ofr_overflow { OFR_OVERFLOW_UNMET, OFR_OVERFLOW_OPEN } ofr_overflow;

typedef struct ofr_window {
  ofr_span span;
  double amount;                 /* as written, in dollars, before any cut by the horizon */
  int index;                     /* position in the plan file's list */
} ofr_window;

typedef struct ofr_tier { double from, rate; /* $ of list spend in the period; 0..1 off */ } ofr_tier;

typedef struct ofr_contract {
  const char *name;
  ofr_contract_type type;
  int provider;                  /* a reservation's is its pool's, an exit's its contract's */
  /* commitment */
  ofr_window *windows;           /* in time order, those that touch the horizon only */
  int window_count;
  const double *counts;          /* [pools]: fraction of spend that counts, 0 for pools not covered */
  double shortfall_rate, opening;
  double deferral, carry_forward, relief; /* 0..1 */
  int credit_months;             /* 0: charges give no credit */
  /* reservation */
  int pool;
  ofr_curve accelerators, price; /* `lot` already applied: sizes rounded up */
  double use_price, upfront;     /* $ per accelerator-hour used; fraction of the whole fee */
  /* exclusivity, first_refusal */
  const bool *covers;            /* [workloads] */
  ofr_overflow overflow;
  double premium, accept;        /* 0 or more over the offer; the probability that the holder takes up its right */
  /* discount, commitment */
  const bool *pools;             /* [pools] that it covers */
  /* discount */
  const ofr_tier *tiers;         /* ascending, the first from 0 */
  int tier_count;
  bool all_units, yearly;        /* else marginal, and over the whole term */
  /* grant */
  double amount;                 /* $, in equal parts over the months of the span as written */
  bool credit;                   /* pays usage; else it is cash */
  /* exit */
  int target;                    /* the contract that it ends: a commitment or a reservation */
  const bool *at;                /* [months] when it may */
  double fee, below;             /* fractions; below < 0: whatever the spend or use */
  /* stake */
  const char *holder;
  double share, margin;          /* of the buyer's net, of the provider's revenue */
  /* all but commitment, exit and stake */
  ofr_span span;
} ofr_contract;

typedef struct ofr_effect {
  const bool *pools, *workloads, *contracts; /* what is selected, by index; never NULL */
  double capacity, price, demand;            /* multipliers; 1 when absent */
  bool suspend, ends;                        /* `ends` is the plan's "void" */
} ofr_effect;

typedef struct ofr_event {
  const char *name;
  double rate;                   /* per year; used when at < 0 */
  int at;                        /* month within the horizon; -1: by rate; months when `at` lies outside the horizon: never */
  ofr_span span;
  int max;                       /* occurrences at most; 0 = no limit */
  int duration;                  /* months; 0 when mean_duration is used */
  double mean_duration;          /* months, >= 1 */
  ofr_effect *effects;
  int effect_count;
} ofr_event;

typedef enum ofr_pull_kind { OFR_PULL_NONE, OFR_PULL_FULL, OFR_PULL_PACE, OFR_PULL_NUMBER } ofr_pull_kind;

typedef struct ofr_strategy {
  const char *name;
  const bool *signed_contracts;  /* [contracts] */
  const bool *providers;         /* [providers] where work may be placed */
  bool is_optimal;               /* rule "optimal"; else "priority" */
  ofr_pull_kind pull;
  double pull_number;            /* 0..1 for OFR_PULL_NUMBER */
  const double *max_share;       /* [providers]; 1 where no limit */
} ofr_strategy;

/* Who is looked at in the table of stakeholders, and what is played through. */
typedef struct ofr_stakeholders {
  int anchor;                    /* provider */
  bool fails;
  ofr_span failure;              /* months without the anchor; empty when outside the horizon */
} ofr_stakeholders;

/* What a path may be given from outside the plan: numbered demand by demand, then price by price, then capacity by capacity. */
typedef enum ofr_quantity { OFR_DEMAND, OFR_PRICE, OFR_CAPACITY } ofr_quantity;
enum { OFR_MAX_SUBJECTS = OFR_MAX_WORKLOADS + 2 * OFR_MAX_POOLS };

enum { OFR_FUTURES_BLOCK = 1024, OFR_MAX_FUTURES = 1 << 20 };

/* Paths that the user brought: a value for each of them in every month of each subject. It stands for the curve with its factors,
 * and a capacity's for delays and availability too; events still multiply it. */
typedef struct ofr_futures {
  const char *file;
  char digest[65];               /* of what it holds: SHA-256, hex */
  uint64_t paths;
  int count;                     /* subjects given */
  int row[OFR_MAX_SUBJECTS];     /* by subject: 0 .. count - 1 in their order; -1 where none is given */
  const double **blocks; /* [rows x blocks]: path p's month t at blocks[row x block_count + p / BLOCK][t x BLOCK + p % BLOCK] */
  int block_count;
  ofr_curve *most;               /* [rows]: the largest of any path */
  const uint64_t *weights;       /* [paths], their sum 2^32; NULL: all alike */
} ofr_futures;

/* A history that months are drawn from, a block of them at a time. */
typedef struct ofr_bootstrap {
  const char *file;
  int block, changes, count;     /* months of a block; changes from one month to the next; subjects */
  int row[OFR_MAX_SUBJECTS];     /* by subject: 0 .. count - 1; -1 where the history is silent */
  const double *change;          /* [changes x count]: logarithm of a month's value over the one before */
} ofr_bootstrap;

enum { OFR_MAX_AXES = 16, OFR_MAX_SWEEP_POINTS = 1000000 };

typedef struct ofr_axis {
  const char *pointer;           /* as written */
  const double *values;
  int count;
} ofr_axis;

/* A grid: all combinations, the last axis fastest. */
typedef struct ofr_sweep {
  const ofr_json *root;          /* the plan as it was written */
  const ofr_axis *axes;
  int axis_count;
  uint64_t points;
} ofr_sweep;

typedef struct ofr_pair { int a, b; } ofr_pair; /* of strategies: a - b */

typedef struct ofr_plan {
  const char *name;
  const char *file;
  char digest[65];               /* SHA-256 of the plan's values, notes, layout and "sweep" left out, and of the files it names */
  int start_year, start_month;   /* 2026, 1..12 */
  int months;
  double discount_rate;
  int reference_accelerator;
  uint64_t paths, seed;
  int band_paths;                /* default 4096 */
  int vendor_count, accelerator_count, provider_count, factor_count, workload_count, pool_count, contract_count, event_count,
      strategy_count;
  const char **vendors;
  ofr_accelerator *accelerators;
  ofr_provider *providers;
  ofr_factor *factors;
  const double *correlation;     /* [factors x factors], symmetric, unit diagonal, positive semidefinite */
  const double *cholesky;        /* [factors x factors], lower: correlation = cholesky x its transpose */
  ofr_workload *workloads;
  ofr_pool *pools;
  ofr_contract *contracts;
  ofr_event *events;
  ofr_strategy *strategies;
  const ofr_sizing *sizing;      /* NULL without "optimize" */
  const ofr_stakeholders *stakeholders; /* NULL when the plan names none */
  const ofr_sweep *sweep;        /* NULL without one */
  /* never read from a file: asked for by who makes a plan of a plan (variants.h) */
  bool unmet_by_workload, for_stakeholders;
  int failing;                   /* with for_stakeholders: strategies from here on are those before, in their order, under the anchor's failure */
  const ofr_pair *pairs;         /* strategies whose differences are wanted */
  int pair_count;
  const ofr_futures *futures;    /* NULL: all are drawn */
  const ofr_bootstrap *history;  /* NULL: by factors alone */
} ofr_plan;

/* Reads a parsed plan, and the files that it names: relative ones lie in the folder of `file`. NULL after diagnosed errors (all
 * of them are reported); warnings may be there in either case. */
const ofr_plan *ofr_plan_read(const ofr_json *root, const char *file, ofr_arena *arena, ofr_diagnostics *d);

/* Legal but suspicious things (a pool nobody can use, a promise that no capacity could earn, ...) as warnings. */
void ofr_plan_suspicions(const ofr_plan *plan, const ofr_json *root, ofr_diagnostics *d);

/* The subject's row in the plan's futures; -1 where it is drawn. `index`: a workload, or a pool. */
int ofr_given_row(const ofr_plan *plan, ofr_quantity quantity, int index);
/* The same of its history. */
int ofr_history_row(const ofr_plan *plan, ofr_quantity quantity, int index);
/* The largest that a demand, price or capacity can be before factors and events: its curve, or what the futures give. */
ofr_curve ofr_most(const ofr_plan *plan, ofr_quantity quantity, int index);

/* The value of an axis at a point of the grid. */
double ofr_sweep_value(const ofr_sweep *sweep, uint64_t point, int axis);
/* The plan at a point of its sweep; it has no sweep itself. NULL after diagnosed errors, or when out of memory. */
const ofr_plan *ofr_plan_point(const ofr_plan *plan, uint64_t point, ofr_arena *arena, ofr_diagnostics *d);
/* Reads the plan with each value of its sweep in place, one at a time: errors, where the plan is none then. */
void ofr_sweep_trials(const ofr_plan *plan, ofr_diagnostics *d);

/* The nearest of `names` by edit distance; NULL when none is near enough to be meant. NULL names are passed over. */
const char *ofr_nearest_name(const char *name, const char *const *names, int count);

/* "2026-01" for month 0 of a plan that starts in January 2026. `out` holds at least 8 bytes. */
void ofr_plan_month_name(const ofr_plan *plan, int month, char out[8]);

/* The JSON Schema (draft 2020-12) of a plan. */
extern const char ofr_plan_schema[];
#endif
