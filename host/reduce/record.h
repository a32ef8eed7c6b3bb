/* Results that were read from somewhere, as far as they can be compared with others: who made them, and every mean with its
 * standard error. One result of a run, by record_json.h; or those of all the points of a store, by store/store_record.h. */
#ifndef OFR_RECORD_H
#define OFR_RECORD_H
#include <stdbool.h>
#include <stdint.h>
#include "../base/arena.h"

typedef enum ofr_figure_group {
  OFR_FIGURE_METRIC,
  OFR_FIGURE_PROVIDER,
  OFR_FIGURE_VENDOR,
  OFR_FIGURE_COMMITMENT,
  OFR_FIGURE_STAKE,
  OFR_FIGURE_COMPARISON, /* strategy minus subject, on the same futures */
  OFR_FIGURE_ABSORPTION, /* whatever the strategy, which is then "" */
  OFR_FIGURE_FAILURE,    /* what the anchor's failure adds */
  OFR_FIGURE_BOUND,      /* no part of the results digest */
  OFR_FIGURE_EXIT,
  OFR_FIGURE_GROUPS
} ofr_figure_group;
extern const char *const ofr_figure_group_names[OFR_FIGURE_GROUPS]; /* "metric", "provider", ... */

#define OFR_FIGURE_TAIL "total_cost_cvar95" /* only of results with slices */

typedef enum ofr_figure_unit {
  OFR_FIGURE_MONEY,
  OFR_FIGURE_SHARE, /* 1 is all */
  OFR_FIGURE_PRICE, /* dollars an hour */
  OFR_FIGURE_MONTH, /* of the horizon, the first is 0 */
  OFR_FIGURE_PLAIN  /* not known here: a metric of another version */
} ofr_figure_unit;

/* A mean that is NAN has no value. Of a single path the error is not known: NAN. */
typedef struct ofr_measured {
  double mean, se;
} ofr_measured;

typedef struct ofr_figure {
  const char *point; /* its settings */
  ofr_figure_group group;
  ofr_figure_unit unit;
  const char *strategy, *subject, *metric; /* "" where there is none */
  ofr_measured value;
  ofr_measured reversed; /* OFR_FIGURE_COMPARISON: the same as subject minus strategy; NAN: not known */
  int slice_count; /* 0: none were kept, by an older version or for this figure */
  const double *slices, *reversed_slices; /* means as in slices.h; NULL: not known, or the same in all futures */
  double of_paths;                        /* a share of so many of them, by weight; 0: it is none */
} ofr_figure;

/* A run is one point without settings. */
typedef struct ofr_record_point {
  const char *settings; /* "/events/0/rate=1, /pools/0/price=2.5" */
  uint64_t paths, seed;
} ofr_record_point;

typedef struct ofr_record {
  const char *file;                                     /* where it comes from, for messages */
  const char *version;                                  /* of offramp */
  const char *plan_name, *plan_digest, *results_digest; /* of a store, digests of those of all its sweeps and points */
  const char *futures;                                  /* the file that futures came from; "" when they were drawn */
  const char *futures_digest;                           /* of what it holds; "" when it is not known */
  bool is_store;
  int point_count, strategy_count, figure_count;
  const ofr_record_point *points; /* by their settings */
  const char **strategies;
  ofr_figure *figures; /* those of one point in a row */
} ofr_record;

/* What a metric of this name is measured in. */
ofr_figure_unit ofr_figure_unit_of(const char *metric);
/* A share of futures, and its error as a count of so many paths. */
ofr_measured ofr_share_of_paths(double share, double paths);
/* Of weighted paths, how many of equal weight would say as much: (sd / se)^2, where that is less than `paths`. */
double ofr_effective_paths(ofr_measured value, double sd, uint64_t paths);

/* The slices of `between`, a difference of two totals: the differences of theirs, where both are known. `arena` is out of memory:
 * false. */
bool ofr_slice_difference(ofr_figure *between, const ofr_figure *a, const ofr_figure *b, ofr_arena *arena);
/* The total cost of its strategy at a point, among `count` figures; NULL: it is not there. */
const ofr_figure *ofr_find_total(const ofr_figure *figures, int count, const char *strategy);

const ofr_record_point *ofr_record_point_of(const ofr_record *record, const char *settings); /* NULL: there is none */
bool ofr_record_is_mixed(const ofr_record *record); /* points have other paths or seeds than the first */
bool ofr_record_has_strategy(const ofr_record *record, const char *name);
bool ofr_record_has_metric(const ofr_record *record, const char *name);
/* A strategy that is wanted (`only` NULL: any is) and not there. */
bool ofr_record_lacks(const ofr_record *record, const char *name, const char *only);
#endif
