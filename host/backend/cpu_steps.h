/* What a processor executes, counted by stepping a copy of this process through it: exact and repeatable, where counters of the
 * processor itself are seldom open to programs. Slow: some thousand steps are a blink, a million is a minute. */
#ifndef OFR_CPU_STEPS_H
#define OFR_CPU_STEPS_H
#include <stdbool.h>
#include <stdint.h>
#include "../../device/path_c.h"

typedef struct ofr_steps {
  double instructions; /* all of them */
  double vectors;      /* those that compute with vector registers: loads, stores and moves left out */
} ofr_steps;

/* False where processes cannot be stepped, or this is no x86-64. */
bool ofr_cpu_steps(void (*task)(void *context), void *context, ofr_steps *steps);

/* For a path-month of one strategy: a bundle's, divided by its lanes. `columns` of one strategy. Of months without their series. */
bool ofr_cpu_path_steps(const ofr_path_version *version, const ofr_image *image, int columns, ofr_steps *steps);

/* For a round of one of the ceilings (PROBE_MULTIPLY_ADDS, ...). */
bool ofr_cpu_ceiling_steps(const ofr_path_version *version, int kind, ofr_steps *steps);
#endif
