/* The certified bound on host threads. */
#ifndef OFR_CPU_BOUND_H
#define OFR_CPU_BOUND_H
#include "backend.h"
#include "cpu_kernel.h"

/* What is kept from batch to batch: a kernel, and a block for each thread to work on. {0} to begin with. */
typedef struct ofr_cpu_bounder {
  ofr_cpu_choice choice;
  char *blocks;
  size_t block;
} ofr_cpu_bounder;

/* With the functions of instruction set `own`, or a kernel compiled for the plan as the options say. */
offramp_status ofr_cpu_bound(ofr_cpu_bounder *bounder, const ofr_open_options *options, const ofr_path_version *own,
                             const ofr_bound_batch *batch, offramp_error *error);
uint32_t ofr_cpu_bound_limit(const ofr_crew *crew);
void ofr_cpu_bounder_free(ofr_cpu_bounder *bounder);
#endif
