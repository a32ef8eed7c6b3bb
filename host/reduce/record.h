/* A result that was read from somewhere, as far as it can be compared with another: who made it, and every mean with its
 * standard error. Where it is read from is a matter for its reader: record_json.h is one. */
#ifndef OFR_RECORD_H
#define OFR_RECORD_H
#include <stdbool.h>
#include <stdint.h>

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
  OFR_FIGURE_GROUPS
} ofr_figure_group;
extern const char *const ofr_figure_group_names[OFR_FIGURE_GROUPS]; /* "metric", "provider", ... */

typedef enum ofr_figure_unit {
  OFR_FIGURE_MONEY,
  OFR_FIGURE_SHARE, /* 1 is all */
  OFR_FIGURE_PRICE, /* dollars an hour */
  OFR_FIGURE_PLAIN  /* not known here: a metric of another version */
} ofr_figure_unit;

/* A mean that is NAN has no value. Of a single path the error is not known: NAN. */
typedef struct ofr_measured {
  double mean, se;
} ofr_measured;

typedef struct ofr_figure {
  ofr_figure_group group;
  ofr_figure_unit unit;
  const char *strategy, *subject, *metric; /* "" where there is none */
  ofr_measured value;
  ofr_measured reversed; /* OFR_FIGURE_COMPARISON: the same as subject minus strategy */
} ofr_figure;

typedef struct ofr_record {
  const char *file;    /* where it comes from, for messages */
  const char *version; /* of offramp */
  const char *plan_name, *plan_digest, *results_digest;
  uint64_t paths, seed;
  const char *futures; /* the file that futures came from; "" when they were drawn */
  int strategy_count, figure_count;
  const char **strategies;
  ofr_figure *figures;
} ofr_record;

bool ofr_record_has_strategy(const ofr_record *record, const char *name);
bool ofr_record_has_metric(const ofr_record *record, const char *name);
/* A strategy that is wanted (`only` NULL: any is) and not there. */
bool ofr_record_lacks(const ofr_record *record, const char *name, const char *only);
#endif
