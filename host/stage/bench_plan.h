/* A plan of any size for measuring speed, as JSON. Its numbers are of no interest but for being of every kind: pools of unlike
 * price and accelerator that fill up, factors that correlate, events, promises that bind. At the size that
 * OFR_BENCH_REFERENCE names it has the shape of examples/reference-size.json, and so the same kernel. */
#ifndef OFR_BENCH_PLAN_H
#define OFR_BENCH_PLAN_H
#include "../reduce/bench_result.h"

#define OFR_BENCH_REFERENCE ((ofr_bench_size){3, 12, 1, 120, OFR_BENCH_COMMITMENT})

void ofr_bench_plan(const ofr_bench_size *size, uint64_t paths, ofr_text *out);
#endif
