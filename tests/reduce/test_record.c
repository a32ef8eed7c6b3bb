#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
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

static void every_group_has_a_name(void **state) {
  (void)state;
  for (int i = 0; i < OFR_FIGURE_GROUPS; i++) assert_non_null(ofr_figure_group_names[i]);
  assert_string_equal(ofr_figure_group_names[OFR_FIGURE_BOUND], "bound");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(strategies_and_metrics_are_found_by_their_whole_name),
      cmocka_unit_test(a_strategy_is_lacking_only_where_it_is_wanted),
      cmocka_unit_test(every_group_has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
