#include "small_results.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

void small_result_begin(small_result *at, const char *results_digest) {
  *at = (small_result){.strategies = {"tied", "free"}};
  at->points[0] = (ofr_record_point){"", 10000, 7};
  at->record = (ofr_record){.file = "kept.json",
                            .version = "0.1.0",
                            .plan_name = "two clouds",
                            .plan_digest = "plan",
                            .results_digest = results_digest,
                            .futures = "",
                            .futures_digest = "",
                            .points = at->points,
                            .point_count = 1,
                            .strategy_count = 2,
                            .strategies = at->strategies,
                            .figures = at->figures};
}

ofr_figure *small_result_add(small_result *to, ofr_figure_group group, const char *strategy, const char *subject,
                             const char *metric, double mean, double se) {
  assert_true(to->record.figure_count < SMALL_FIGURES);
  ofr_figure *f = &to->figures[to->record.figure_count++];
  *f = (ofr_figure){.point = "",
                    .group = group,
                    .unit = OFR_FIGURE_MONEY,
                    .strategy = strategy,
                    .subject = subject,
                    .metric = metric,
                    .value = {mean, se},
                    .reversed = {-mean, se}};
  return f;
}

void small_result_totals(small_result *to) {
  small_result_add(to, OFR_FIGURE_METRIC, "tied", "", "total_cost", 100e9, 1e9);
  small_result_add(to, OFR_FIGURE_METRIC, "free", "", "total_cost", 80e9, 1e9);
  small_result_add(to, OFR_FIGURE_COMPARISON, "tied", "free", "total_cost", 20e9, 0.1e9);
}

void small_results_begin(small_result *a, small_result *b) {
  small_result_begin(a, "results a");
  small_result_begin(b, "results b");
  small_result_totals(a);
  small_result_totals(b);
}

const ofr_result_comparison *small_results_compare(const small_result *a, const small_result *b, double noise, double threshold,
                                                   ofr_arena *arena) {
  const ofr_compare_options options = {.noise = noise, .threshold = threshold};
  const ofr_result_comparison *c = ofr_results_compare(&a->record, &b->record, &options, arena);
  assert_non_null(c);
  return c;
}
