/* What a run found: exact integers first, then the same in the units people read. Filled by reduce/, read by report/.
 * All strings and arrays live in the result's arena (names: in the plan's). */
#ifndef OFR_RESULT_H
#define OFR_RESULT_H
#include <stdbool.h>
#include <stdint.h>
#include "../plan/plan.h"
#include "profile.h"

enum { OFR_QUANTILES = 9, OFR_BAND_QUANTILES = 5, OFR_SLICES = 32 };
extern const double ofr_quantile_levels[OFR_QUANTILES];           /* .01 .05 .10 .25 .50 .75 .90 .95 .99 */
enum { OFR_P05 = 1, OFR_P50 = 4, OFR_P95 = 7 };                  /* indices into these */
extern const double ofr_band_levels[OFR_BAND_QUANTILES];          /* .05 .25 .50 .75 .95 */

__extension__ typedef __int128 ofr_i128;
__extension__ typedef unsigned __int128 ofr_u128;

/* What one int64 column of path values means. value x scale is in the unit shown. */
typedef enum ofr_unit { OFR_UNIT_MONEY, OFR_UNIT_RATIO, OFR_UNIT_UNIT_COST, OFR_UNIT_MONTH } ofr_unit;
typedef enum ofr_metric_group {
  OFR_GROUP_METRIC, OFR_GROUP_PROVIDER, OFR_GROUP_VENDOR, OFR_GROUP_COMMITMENT, OFR_GROUP_STAKE, OFR_GROUP_WORKLOAD,
  OFR_GROUP_ABSORPTION, OFR_GROUP_EXIT
} ofr_metric_group;
typedef struct ofr_metric {
  ofr_metric_group group;
  int subject;            /* provider, vendor, contract or workload index; 0 in OFR_GROUP_METRIC */
  const char *name;       /* "total_cost", "revenue", "share", "counted", "charge", "utilisation", "month", "fee" */
  ofr_unit unit;
  bool low_is_worse;      /* served */
  double scale;           /* dollars per money quantum, 1e-9 for ratios */
} ofr_metric;

extern const char *const ofr_metric_group_names[]; /* by group: "metric", "provider", ... */
const char *ofr_metric_subject(const ofr_plan *plan, const ofr_metric *metric); /* its name; "" in OFR_GROUP_METRIC */
/* Not what belongs to a contract that the strategy does not sign. */
bool ofr_metric_concerns(const ofr_plan *plan, int strategy, const ofr_metric *metric);

/* Of what other parts of a result are made, and no report lists among the metrics: unmet cost by workload, what was absorbed. */
bool ofr_metric_is_internal(const ofr_metric *metric);

#define OFR_MISSING INT64_MIN /* a path in which a metric is undefined (unit_cost with nothing served, an exit not taken) */

/* Exact statistics of one column over its paths. */
typedef struct ofr_distribution {
  /* integers: what the digest covers, in this order */
  uint64_t count, missing;        /* values, and OFR_MISSING among the paths */
  uint64_t positive;              /* values > 0 */
  ofr_i128 sum;
  uint64_t square_sum[3];         /* sum of value^2, 192 bits, least significant word first */
  int64_t min, max;
  int64_t quantile[OFR_QUANTILES];/* the smallest value whose cumulative weight reaches the level */
  ofr_i128 tail_sum[2];           /* 100 x count x (1 - alpha) x CVaR_alpha (Rockafellar-Uryasev), alpha = .95, .99: exact */
  ofr_u128 weight_squares; /* of weighted paths: the sum of weight^2, all else above times weight but for `missing`; else 0 */
  /* the same as people read it, in the metric's unit */
  double mean, se, sd, cvar95, cvar99;
} ofr_distribution;

/* Means of equal runs of paths, as slices.h has them: of the values, in the metric's unit, of whether they lie above 0, and, of all
 * paths, of whether there is one. */
typedef struct ofr_slice_means {
  int count;                      /* OFR_SLICES, or as many as there are paths */
  double mean[OFR_SLICES], positive[OFR_SLICES], there[OFR_SLICES];
} ofr_slice_means;

/* a minus b on the same futures. */
typedef struct ofr_comparison {
  int a, b;                       /* strategies */
  uint64_t count, a_wins, b_wins; /* paths, and those in which a (b) is strictly cheaper */
  ofr_i128 sum;                   /* of total_cost a - b, money quanta */
  uint64_t square_sum[3];
  ofr_i128 cash_sum, unmet_sum;   /* of cash_cost a - b and unmet_cost a - b */
  ofr_u128 weight_squares;        /* as in ofr_distribution */
  uint64_t slice_count[OFR_SLICES], slice_wins[2][OFR_SLICES]; /* by slice: paths, and those that a (b) wins; not digested */
  double mean, se;                /* dollars */
  double win_share;               /* a_wins / count */
  ofr_slice_means wins[2];        /* `positive` by slice, of a's (b's) */
  double break_even;              /* multiple of unmet_cost at which the mean costs meet, placements held; NAN when none >= 0 */
} ofr_comparison;

/* A metric under strategy a minus the same under b, on the same futures. */
typedef struct ofr_difference {
  int a, b;                       /* strategies */
  int metric;                     /* of money: index into the result's metrics */
  ofr_distribution values;        /* `positive` counts the paths in which a's lies above b's */
  uint64_t negative;              /* and this those in which it lies below: a tie is neither */
  ofr_slice_means slices;         /* of the values; of stakeholders' alone, no part of the digest */
} ofr_difference;

/* A monthly series over paths: mean of all paths, quantiles of the first band_paths. Arrays of months. */
typedef struct ofr_band {
  const char *name;               /* "demand", "served" (reference accelerators busy), "cash", "charges", "revenue" ($, nominal),
                                     "price_paid" ($ per accelerator-hour used) */
  int provider;                   /* for "revenue", else -1 */
  double scale;
  const int64_t *quantile[OFR_BAND_QUANTILES];
  const ofr_i128 *sum;            /* over all paths, in units of value << sum_shift */
  int sum_shift;
  const ofr_i128 *count;          /* paths behind each month's sum; NULL: all of them */
  double year_scale;              /* a year's sum of months x year_scale is in the unit shown; 0: months do not add up */
} ofr_band;

/* A calendar year: the same series summed over its months (price_paid has none). */
typedef struct ofr_year {
  int year;
  double mean, p05, p50, p95;
} ofr_year;

typedef struct ofr_strategy_result {
  ofr_distribution *metrics;      /* [metric_count] */
  ofr_slice_means *slices;        /* [metric_count]; no part of the digest */
  double *cvar95_slices;          /* [OFR_SLICES]: of total_cost, as slices.h has them; NULL: not known */
  ofr_band *bands;                /* [band_count] */
  ofr_year *years;                /* [band_count x year_count]: band b, year y at b x year_count + y; nominal dollars, reference
                                     accelerator-hours */
  uint64_t clamped_path_months;
  uint64_t majority;              /* paths in which one provider earns more than half; counted for stakeholders only */
  uint64_t *taken;                /* [exits in plan order x months]: paths in which each is taken then; NULL where there are none */
} ofr_strategy_result;

/* What the anchor could absorb of a commitment to it: the sum over months of what work could spend on its pools, whatever the
 * strategy. Money quanta, nominal; months from 0, missing in paths in which the running sum never lies behind pace. */
typedef struct ofr_absorption {
  int contract;
  int64_t amount;                 /* what is promised within the horizon */
  ofr_distribution absorbed, missing, first_behind, last_behind;
  ofr_slice_means absorbed_slices, missing_slices; /* no part of the digest */
} ofr_absorption;

typedef struct ofr_stakeholder_result {
  int absorption_count;
  ofr_absorption *absorptions;    /* of the commitments to the anchor, in plan order */
  int difference_count;           /* of each strategy; 0 when no failure is played through */
  const ofr_difference *failures; /* [strategies x difference_count]: under the failure minus as it is */
} ofr_stakeholder_result;

typedef struct ofr_engine_facts {
  const char *backend, *device;
  int threads;
  double seconds;                 /* evaluation, without start-up */
  double path_months_per_second;  /* paths x months x strategies / seconds */
  int checked_paths;              /* redone on the CPU and compared bit for bit */
  bool check_passed;
  const char *note;               /* what happened on the way (a fallback, say); NULL when nothing did */
} ofr_engine_facts;

typedef struct ofr_result {
  const ofr_plan *plan;
  char plan_digest[65], results_digest[65]; /* SHA-256, hex */
  uint64_t paths, seed;
  uint64_t weight;                /* of all paths together: as many as they are, or 2^32 where they have weights of their own */
  int band_paths;                 /* as used: at most paths */
  double accelerator_quantum;     /* accelerators */
  double money_quantum;           /* dollars: 1e-6 or a power of ten above */
  int metric_count;
  const ofr_metric *metrics;      /* the same for every strategy */
  int band_count, year_count;
  int strategy_count;
  ofr_strategy_result *strategies;
  int comparison_count;           /* every pair a < b */
  ofr_comparison *comparisons;
  int difference_count;           /* those that were asked for: every metric of money of each pair, pair after pair */
  ofr_difference *differences;
  ofr_stakeholder_result *stakeholders; /* NULL when the plan names none */
  uint64_t clamped_path_months;
  ofr_engine_facts engine;
  const struct ofr_bound_result *bound; /* of the same paths; NULL unless asked for. No part of the digest */
  const ofr_profile *profile;     /* where the time went; NULL unless asked for */
} ofr_result;

/* Share of the paths, by weight, in which a metric is defined: of an exit's month, those that take it. NAN without paths. */
double ofr_defined_share(const ofr_result *result, const ofr_distribution *distribution);
#endif
