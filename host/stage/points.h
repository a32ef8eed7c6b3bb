/* Many plans that differ only in numbers, evaluated side by side on the same futures: one launch for all of them, of each path
 * its total cost. Their quanta are those of the largest of them, so that costs can be compared to the last one. */
#ifndef OFR_POINTS_H
#define OFR_POINTS_H
#include "../base/crew.h"
#include "simulate.h"

typedef struct ofr_points ofr_points;

/* Opens a device and proves it. `largest` has one strategy, and no point has larger amounts or sizes; it must outlive the
 * points. Of `options` paths, bands and progress are passed over. */
offramp_status ofr_points_open(const ofr_plan *largest, const ofr_run_options *options, ofr_points **points,
                               offramp_error *error);
void ofr_points_close(ofr_points *points); /* NULL is allowed */

/* Paths first .. first + paths - 1 under each plan: cost[plan x paths + path], in money quanta. Some paths of each launch that
 * begins at path 0 are redone on the CPU and compared. OFFRAMP_INTERRUPTED once *options.stop is set. */
offramp_status ofr_points_evaluate(ofr_points *points, const ofr_plan *const *plans, int count, uint64_t first, uint64_t paths,
                                   int64_t *cost, offramp_error *error);

double ofr_points_money(const ofr_points *points);        /* dollars a money quantum */
double ofr_points_accelerators(const ofr_points *points); /* accelerators a quantum */
ofr_crew *ofr_points_crew(const ofr_points *points);      /* idle between calls: for who folds the costs */
ofr_engine_facts ofr_points_engine(const ofr_points *points, ofr_arena *arena); /* all evaluations so far */
#endif
