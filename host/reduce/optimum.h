/* What `optimize` found: sizes, what they cost, how much better any could be, and what the trade-offs are. Filled by stage/,
 * read by report/. All arrays live in the optimum's arena (names: in the plan's). Money in dollars today. */
#ifndef OFR_OPTIMUM_H
#define OFR_OPTIMUM_H
#include "bound_result.h"
#include "risk.h"

typedef struct ofr_frontier_point {
  double risk_weight;
  const double *size; /* [variables] */
  double mean, cvar;
} ofr_frontier_point;

/* What one unit of a variable (a dollar, an accelerator) does to the value, one way and the other, measured over `width` units;
 * of the sizes found, and of the sizes that the plan has. */
typedef struct ofr_slope {
  double width;
  bool has_more, has_less, has_more_written; /* room within the limits */
  ofr_estimate more, less, more_written;
} ofr_slope;

typedef struct ofr_optimum {
  const ofr_plan *plan;    /* has a sizing */
  uint64_t paths;          /* that the sizes were judged by: the plan's, or fewer when interrupted early */
  bool is_partial;         /* interrupted: what has no `has_` below is missing, the search may not be at its end */
  const double *size;      /* [variables] */
  ofr_risk cost;           /* of these sizes; `value` is what was minimised */
  bool is_written_allowed; /* the plan's own sizes keep limits and constraints */
  bool has_written;
  ofr_risk written;    /* what the plan's own sizes cost */
  ofr_estimate saving; /* of the value against them */
  bool has_frontier;
  int frontier_count;
  const ofr_frontier_point *frontier; /* by rising risk_weight */
  bool has_slopes;
  const ofr_slope *slopes; /* [variables] */
  bool has_gap;            /* how much lower the value of the best sizes could be: Mak, Morton and Wood 1999 */
  int replications;
  uint64_t replication_paths; /* fresh ones each */
  double gap, gap_upper95;
  bool has_mean_sizes; /* what is best when nothing ever departs from the curves */
  const double *mean_size;
  ofr_estimate mean_size_loss; /* value of the stochastic solution */
  bool has_foresight;
  ofr_estimate foresight; /* at least so much of the mean cost is due to not knowing the future when sizing */
  uint64_t foresight_paths;
  bool has_information;
  ofr_estimate information; /* when sizing and when placing work: by the certified bound */
  uint64_t information_paths;
  int information_sizings;      /* tried for each future */
  unsigned information_relaxed; /* OFR_RELAXED_... */
  const char *information_why;  /* why there is none: a clause that the bound does not cover; else NULL */
  uint64_t evaluations;         /* sizings x samples */
  double money_quantum, accelerator_quantum;
  ofr_engine_facts engine;
} ofr_optimum;
#endif
