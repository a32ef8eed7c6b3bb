/* Records by hand, for tests of what is made of two of them: strategies 'tied' and 'free', figures as they are added. */
#ifndef OFR_TEST_SMALL_RESULTS_H
#define OFR_TEST_SMALL_RESULTS_H
#include "reduce/result_comparison.h"

enum { SMALL_FIGURES = 64, SMALL_STRATEGIES = 4, SMALL_POINTS = 4 };

typedef struct small_result {
  ofr_record record;
  ofr_record_point points[SMALL_POINTS];
  const char *strategies[SMALL_STRATEGIES];
  ofr_figure figures[SMALL_FIGURES];
} small_result;

/* 10,000 paths of seed 7, plan 'two clouds' of digest "plan", results digest as given; in *at, which may not move. */
void small_result_begin(small_result *at, const char *results_digest);
ofr_figure *small_result_add(small_result *to, ofr_figure_group group, const char *strategy, const char *subject,
                             const char *metric, double mean, double se);
/* The total costs of both strategies: 100 and 80 billion, each with an error of 1 billion, and tied minus free: 20 +- 0.1. */
void small_result_totals(small_result *to);
/* Two of them with totals, "results a" and "results b". */
void small_results_begin(small_result *a, small_result *b);

const ofr_result_comparison *small_results_compare(const small_result *a, const small_result *b, double noise, double threshold,
                                                   ofr_arena *arena);
#endif
