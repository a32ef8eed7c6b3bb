/* A distribution for programs, in the shape that all results share. */
#ifndef OFR_DISTRIBUTION_JSON_H
#define OFR_DISTRIBUTION_JSON_H
#include "../reduce/result.h"
#include "json_writer.h"

/* {"mean": .., .., "cvar99": .., "missing": where some are, "slices": [..]}; `slices` NULL: they are not kept. Months
 * have names, "2028-12", their mean and spread are numbers of months. */
void ofr_distribution_json(ofr_json_writer *w, const char *key, const ofr_plan *plan, const ofr_metric *metric,
                           const ofr_distribution *d, const ofr_slice_means *slices);
/* The same, left open for what else there is to say. */
void ofr_distribution_json_begin(ofr_json_writer *w, const char *key, const ofr_plan *plan, const ofr_metric *metric,
                                 const ofr_distribution *d, const ofr_slice_means *slices);
/* Nothing where they are all alike. */
void ofr_slices_json(ofr_json_writer *w, const char *key, const double *means, int count);
#endif
