/* Futures that the user brought, as devices read them: those of a batch, paths side by side, in float32: demand and capacity in
 * accelerator quanta, prices in dollars. */
#ifndef OFR_GIVEN_FUTURES_H
#define OFR_GIVEN_FUTURES_H
#include "../base/crew.h"
#include "../plan/plan.h"

/* From one row of a table for so many paths to the next. */
uint32_t ofr_futures_stride(uint32_t paths);
/* Values in such a table, what bundles read beyond its end included; 0 where the plan draws all futures. */
uint64_t ofr_futures_size(const ofr_plan *plan, uint32_t paths);
/* The most paths of which a table keeps to a size that suits any device. */
uint32_t ofr_futures_paths(const ofr_plan *plan, uint32_t paths);
/* Fills `table` with paths first .. first + paths - 1. `crew` may be NULL. */
void ofr_futures_fill(const ofr_plan *plan, double accelerator_quantum, ofr_crew *crew, uint64_t first, uint32_t paths,
                      float *table);
#endif
