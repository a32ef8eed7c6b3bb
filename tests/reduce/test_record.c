#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "reduce/record.h"

static const char *strategies[] = {"tied", "free"};
static ofr_figure figures[] = {{.metric = "total_cost", .strategy = "tied", .subject = ""}};
static const ofr_record record = {.strategy_count = 2, .strategies = strategies, .figure_count = 1, .figures = figures};

static void strategies_and_metrics_are_found_by_their_whole_name(void **state) {
  (void)state;
  assert_true(ofr_record_has_strategy(&record, "free"));
  assert_false(ofr_record_has_strategy(&record, "fre"));
  assert_true(ofr_record_has_metric(&record, "total_cost"));
  assert_false(ofr_record_has_metric(&record, "total"));
}

static void a_strategy_is_lacking_only_where_it_is_wanted(void **state) {
  (void)state;
  assert_true(ofr_record_lacks(&record, "gone", NULL));
  assert_true(ofr_record_lacks(&record, "gone", "gone"));
  assert_false(ofr_record_lacks(&record, "gone", "tied"));
  assert_false(ofr_record_lacks(&record, "tied", NULL));
}

static void points_are_found_by_their_settings(void **state) {
  (void)state;
  static const ofr_record_point points[] = {{"a=1", 10, 7}, {"a=2", 10, 7}, {"b=1", 10, 8}};
  ofr_record store = {.is_store = true, .point_count = 3, .points = points};
  assert_ptr_equal(ofr_record_point_of(&store, "a=2"), &points[1]);
  assert_null(ofr_record_point_of(&store, "a=3"));
  assert_true(ofr_record_is_mixed(&store));
  store.point_count = 2;
  assert_false(ofr_record_is_mixed(&store));
  assert_null(ofr_record_point_of(&store, "b=1"));
}

static void shares_and_weights_have_the_errors_of_counts(void **state) {
  (void)state;
  assert_float_equal(ofr_share_of_paths(0.5, 2500).se, 0.01, 1e-15);
  assert_float_equal(ofr_share_of_paths(1, 100).se, 0, 0);
  assert_true(isnan(ofr_share_of_paths(0.5, 1).se));
  assert_float_equal(ofr_effective_paths((ofr_measured){0, 2}, 20, 1000), 100, 1e-12);
  assert_float_equal(ofr_effective_paths((ofr_measured){0, 2}, 200, 1000), 1000, 0); /* never more than there are */
  assert_float_equal(ofr_effective_paths((ofr_measured){0, 0}, 0, 1000), 1000, 0);
}

static void every_group_has_a_name(void **state) {
  (void)state;
  for (int i = 0; i < OFR_FIGURE_GROUPS; i++) assert_non_null(ofr_figure_group_names[i]);
  assert_string_equal(ofr_figure_group_names[OFR_FIGURE_BOUND], "bound");
  assert_string_equal(ofr_figure_group_names[OFR_FIGURE_EXIT], "exit");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(strategies_and_metrics_are_found_by_their_whole_name),
      cmocka_unit_test(a_strategy_is_lacking_only_where_it_is_wanted),
      cmocka_unit_test(points_are_found_by_their_settings),
      cmocka_unit_test(shares_and_weights_have_the_errors_of_counts),
      cmocka_unit_test(every_group_has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
