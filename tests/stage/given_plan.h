/* A plan given as text or file, ready to be run or evaluated path by path. Whatever goes wrong fails the test that asked. */
#ifndef GIVEN_PLAN_H
#define GIVEN_PLAN_H
#include "plan/image.h"
#include "plan/plan.h"
#include "reduce/result.h"
#include "stage/simulate.h"

/* JSON as it stands, as a string: "#" would end it, "%" is printf's. */
#define JSON(...) #__VA_ARGS__

typedef struct given_plan {
  ofr_arena *arena;
  const ofr_plan *plan;
  ofr_staged staged;
} given_plan;

given_plan given_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `file` below the source folder; `paths` and `band_paths` replace what it says. */
given_plan given_file(const char *file, uint64_t paths, int band_paths);
void given_free(given_plan *given);

/* The columns of paths first .. first + paths - 1 straight from a batch on the CPU: [strategies x columns][paths]. The caller
 * frees them. */
int64_t *given_columns(const given_plan *given, uint32_t first, uint32_t paths);

/* On the CPU; NULL: the defaults. The result lives as long as the plan. */
const ofr_result *given_run(given_plan *given, const ofr_run_options *options);
ofr_run_options given_options(void); /* the defaults, on the CPU */

/* A strategy's distribution of a metric. `subject`: provider, vendor or contract index; 0 in OFR_GROUP_METRIC. */
const ofr_distribution *given_metric(const ofr_result *result, int strategy, ofr_metric_group group, int subject,
                                     const char *name);
#endif
