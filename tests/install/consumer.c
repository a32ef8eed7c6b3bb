/* Somebody else's first program: a plan, a run, a few numbers; what is wrong comes back as an error. Prints the library's version,
 * as C and as C++ see it. */
#include <stdio.h>
#include <string.h>
#include <offramp/offramp.h>

const char *version_seen_from_cpp(void);

static const char text[] =
    "{\"horizon\": {\"start\": \"2026-01\", \"months\": 3}, \"reference_accelerator\": \"H100\", \"accelerators\": "
    "[{\"name\": \"H100\"}], \"providers\": [{\"name\": \"azure\"}], \"workloads\": [{\"name\": \"serving\", \"demand\": "
    "10, \"unmet_cost\": 9, \"speed\": {\"H100\": 1}}], \"pools\": [{\"name\": \"pool\", \"provider\": \"azure\", "
    "\"accelerator\": \"H100\", \"price\": 2, \"capacity\": 10}]}";

/* 10 accelerators x $2 x 730 hours x 3 months. */
static int costs_what_it_should(void) {
  const offramp_setting paths = {"/simulation/paths", "50"};
  offramp_run_config config = offramp_run_defaults();
  offramp_error error;
  offramp_plan *plan = NULL;
  offramp_result *result = NULL;
  double cost = 0;
  offramp_status status = offramp_plan_read(text, sizeof text - 1, "plan.json", &paths, 1, &plan, &error);
  config.backend = "cpu";
  if (status == OFFRAMP_OK) status = offramp_run(plan, &config, &result, &error);
  if (status == OFFRAMP_OK) status = offramp_result_statistic(result, "plan", "total_cost", "mean", &cost, &error);
  if (status != OFFRAMP_OK) fprintf(stderr, "%s: %s\n", error.place, error.message);
  offramp_result_free(result);
  offramp_plan_free(plan);
  return cost == 10 * 2 * 730 * 3;
}

static int tells_what_is_wrong(void) {
  offramp_plan *plan = NULL;
  offramp_error error;
  int told = offramp_plan_read("{}", 2, "plan.json", NULL, 0, &plan, &error) == OFFRAMP_ERR_PLAN &&
             offramp_plan_diagnostic_count(plan) > 0 && offramp_plan_diagnostic(plan, 0).is_error;
  offramp_plan_free(plan);
  return told;
}

int main(void) {
  puts(offramp_version());
  return strcmp(offramp_version(), version_seen_from_cpp()) != 0 || !costs_what_it_should() || !tells_what_is_wrong();
}
