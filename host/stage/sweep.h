/* A plan's sweep: each point is simulated to the bits of `run`, as many of them together as fill the devices, on devices that stay
 * open. Where results go is the sink's business; a point that it has already is passed over, so that a sweep goes on where it
 * stopped. */
#ifndef OFR_SWEEP_H
#define OFR_SWEEP_H
#include "simulate.h"

/* Called from any thread, one call at a time. */
typedef struct ofr_sweep_sink {
  void *context;
  /* For each of `count` places of the grid, whether it has the point; else, unless `begun` is NULL, whether somebody may be
   * evaluating it: those come last. */
  offramp_status (*has)(void *context, const uint64_t *places, const ofr_plan *const *points, int count, bool *has, bool *begun,
                        offramp_error *error);
  /* Those of the results that are not NULL, all or none. Once kept, a point is kept whatever happens next. */
  offramp_status (*keep)(void *context, const uint64_t *places, ofr_result *const *results, int count, offramp_error *error);
} ofr_sweep_sink;

typedef struct ofr_sweep_tally {
  uint64_t points, found, evaluated; /* of the grid; those that the sink had; those that it was given */
} ofr_sweep_tally;

/* `plan` has a sweep. Monthly series are never made, whatever the options say. OFFRAMP_ERR_PLAN names the point that is no
 * plan; OFFRAMP_INTERRUPTED once *options.stop is set. The tally is filled in either way. */
offramp_status ofr_sweep_evaluate(const ofr_plan *plan, const ofr_run_options *options, const ofr_sweep_sink *sink,
                                  ofr_sweep_tally *tally, offramp_error *error);
#endif
