/* Random valid plans, every clause of this release switched on and off at random. The same seed gives the same plan for good.
 */
#ifndef RANDOM_PLAN_H
#define RANDOM_PLAN_H
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* The caller deletes it. `large`: more of everything. */
cJSON *random_plan(uint64_t seed, bool large);
#endif
