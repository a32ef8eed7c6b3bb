/* Two benches, row beside row: what became faster or slower, beyond the noise of both. */
#ifndef OFR_BENCH_COMPARISON_H
#define OFR_BENCH_COMPARISON_H
#include "../base/json.h"
#include "bench_result.h"

typedef struct ofr_bench_pair {
  const char *backend, *clauses;
  int device, workloads, pools, strategies, months;
  ofr_repeats a, b;
  double ratio;          /* of medians, b / a */
  ofr_verdict verdict;
  bool other_digest;     /* the same plan and paths gave other results */
} ofr_bench_pair;

typedef struct ofr_bench_comparison {
  int count;
  ofr_bench_pair *pairs; /* rows that both have, in the order of b */
  int only_a, only_b;    /* rows that have no partner */
  bool other_devices;    /* the same back end and index is another device in a and b */
  int slower;
} ofr_bench_comparison;

/* From two files of `bench --format json`. What is no such file is diagnosed in `d`, and false. */
bool ofr_bench_compare(const ofr_json *a, const ofr_json *b, const char *file_a, const char *file_b, ofr_arena *arena,
                       ofr_bench_comparison *c, ofr_diagnostics *d);
#endif
