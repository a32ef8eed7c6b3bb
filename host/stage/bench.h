/* How fast devices are on plans of given sizes, and how far from what they could be. Every row is measured as `run` computes:
 * from the first path to the statistics, on kernels that are compiled; again and again until the noise has settled. */
#ifndef OFR_BENCH_H
#define OFR_BENCH_H
#include "bench_plan.h"
#include "simulate.h"

enum { OFR_BENCH_CHOICES = 16, OFR_BENCH_ROWS = 4096 };

typedef struct ofr_bench_axis { int count; int values[OFR_BENCH_CHOICES]; } ofr_bench_axis;

typedef struct ofr_bench_options {
  int backend_count;
  const char *backends[OFR_BENCH_CHOICES];
  ofr_bench_axis devices;    /* OFR_BENCH_ALL: its GPUs together; none: the first GPU and, where there are several, all together */
  ofr_bench_axis workloads, pools, strategies, months;
  int path_count;
  uint64_t paths[OFR_BENCH_CHOICES]; /* 0: as many as take long enough for the clock */
  int clause_count;
  unsigned clauses[OFR_BENCH_CHOICES];
  double seconds;            /* a row's repeats take no longer; default 10 */
  bool ceilings;             /* measure what the devices could do; default true */
  ofr_run_options run;       /* its backend and device are not looked at; `once`: one evaluation, no warm-up */
  void (*say)(void *context, const char *text); /* told before each row; may be NULL */
  void *say_context;
} ofr_bench_options;

ofr_bench_options ofr_bench_defaults(void);

/* Rows in the order of the axes, backends outermost. What is found lives in `arena`. */
offramp_status ofr_bench_run(const ofr_bench_options *options, ofr_arena *arena, ofr_bench *bench, offramp_error *error);
#endif
