/* The certified bound on host threads. */
#ifndef OFR_CPU_BOUND_H
#define OFR_CPU_BOUND_H
#include "backend.h"

/* What the threads work on: a block for each, kept from batch to batch. {0} to begin with. */
typedef struct ofr_cpu_bounder {
  char *blocks;
  size_t block;
} ofr_cpu_bounder;

offramp_status ofr_cpu_bound(ofr_cpu_bounder *bounder, const ofr_bound_version *version, ofr_crew *crew,
                             const volatile sig_atomic_t *stop, const ofr_bound_batch *batch, offramp_error *error);
uint32_t ofr_cpu_bound_limit(const ofr_crew *crew);
void ofr_cpu_bounder_free(ofr_cpu_bounder *bounder);
#endif
