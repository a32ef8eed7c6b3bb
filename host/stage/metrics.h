/* Which metrics a plan's result has, and in which column of the device's output each one stands. */
#ifndef OFR_METRICS_H
#define OFR_METRICS_H
#include "../plan/image.h"
#include "../reduce/result.h"

typedef struct ofr_metric_table {
  ofr_metric *metrics;
  int *column;      /* [count]: -1 where the metric is zero in every path of this plan */
  int count;
} ofr_metric_table;

/* Whether its differences between strategies are of interest to who is charged or paid: today's money. */
bool ofr_metric_is_cost_or_revenue(const ofr_metric *metric);

/* False when out of memory. */
bool ofr_metrics_of(const ofr_plan *plan, const ofr_staged *staged, ofr_arena *arena, ofr_metric_table *table);
#endif
