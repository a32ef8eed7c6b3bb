/* A plan file as the image that devices read, for tests that talk to back ends directly. */
#ifndef STAGED_PLAN_H
#define STAGED_PLAN_H
#include <stdbool.h>
#include "base/arena.h"
#include "plan/image.h"
#include "plan/plan.h"

typedef struct staged_plan {
  ofr_arena *arena;
  const ofr_plan *plan;
  ofr_staged staged;
} staged_plan;

/* False after a line on stderr. */
bool staged_plan_read(const char *file, staged_plan *to);
void staged_plan_free(staged_plan *plan);
#endif
