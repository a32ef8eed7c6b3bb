/* Two results in each format: the same numbers under the same names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/small_results.h"
#include "report/comparison_report.h"
#include "fixture.h"

static ofr_arena *arena;
static small_result a, b;

static int begin(void **state) {
  (void)state;
  arena = ofr_arena_create();
  small_results_begin(&a, &b);
  b.figures[1].value = (ofr_measured){88e9, 1e9};
  small_result_add(&a, OFR_FIGURE_PROVIDER, "free", "=azure, \"the\" cloud", "revenue", 5e9, 0.3e9);
  small_result_add(&b, OFR_FIGURE_PROVIDER, "free", "=azure, \"the\" cloud", "revenue", 2e9, 0.4e9);
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "unit_cost", NAN, NAN)->unit = OFR_FIGURE_PRICE;
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "unit_cost", 4.5, 0.25)->unit = OFR_FIGURE_PRICE;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "exit_cost", 0, 0);
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "exit_cost", 0, 0);
  return !arena;
}

static int end(void **state) {
  (void)state;
  ofr_arena_destroy(arena);
  return 0;
}

static ofr_text report(const char *format, int width, double noise) {
  ofr_text text = {0};
  ofr_report_options options = ofr_report_defaults();
  options.width = width;
  options.command = "offramp compare a b";
  ofr_comparison_report_find(format)(small_results_compare(&a, &b, noise, 0.01, arena), &options, &text);
  assert_false(text.failed);
  return text;
}

static void json_holds_every_figure_of_both(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  ofr_text text = report("json", 100, 3);
  ofr_json *root = fixture_parse(&f, &text);
  assert_string_equal(ofr_json_find(root, "/a/results_digest")->text, "results a");
  assert_string_equal(ofr_json_find(root, "/b/plan/name")->text, "two clouds");
  assert_true(fixture_number(root, "/b/paths") == 10000);
  assert_string_equal(ofr_json_find(root, "/same_futures")->text, "same");
  assert_true(fixture_number(root, "/noise") == 3 && fixture_number(root, "/threshold") == 0.01);
  assert_true(fixture_number(root, "/compared") == 5 && fixture_number(root, "/differing") == 2);
  assert_true(fixture_number(root, "/moved") == 2 && fixture_number(root, "/new") == 1 && fixture_number(root, "/gone") == 0);
  assert_int_equal(ofr_json_find(root, "/figures")->count, 6);
  assert_string_equal(ofr_json_find(root, "/figures/1/metric")->text, "total_cost");
  assert_true(fixture_number(root, "/figures/1/difference") == 8e9);
  assert_float_equal(fixture_number(root, "/figures/1/se"), sqrt(2) * 1e9, 1);
  assert_true(fixture_number(root, "/figures/1/relative") == 0.1);
  assert_string_equal(ofr_json_find(root, "/figures/1/verdict")->text, "ROSE");
  assert_false(ofr_json_find(root, "/figures/1/paired")->boolean);
  assert_true(fixture_number(root, "/paired") == 0);
  assert_string_equal(ofr_json_find(root, "/figures/3/verdict")->text, "FELL");
  assert_string_equal(ofr_json_find(root, "/figures/4/verdict")->text, "NEW");
  assert_int_equal(ofr_json_find(root, "/figures/4/a")->type, OFR_JSON_NULL);
  assert_string_equal(ofr_json_find(root, "/figures/5/verdict")->text, "SAME");
  assert_int_equal(ofr_json_find(root, "/strategies_gone")->count, 0);
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void what_is_paired_says_so(void **state) {
  (void)state;
  static const double before[] = {1, 3}, after[] = {5, 8};
  a.figures[1].slices = before;
  b.figures[1].slices = after;
  a.figures[1].slice_count = b.figures[1].slice_count = 2;
  fixture f = fixture_create(1);
  ofr_text json = report("json", 100, 3), csv = report("csv", 100, 3);
  ofr_json *root = fixture_parse(&f, &json);
  assert_true(ofr_json_find(root, "/figures/1/paired")->boolean);
  assert_true(fixture_number(root, "/figures/1/se") == 0.5); /* differences 4 and 5 */
  assert_true(fixture_number(root, "/paired") == 1);
  assert_non_null(strstr(csv.data, "8000000000,0.5,0.1,ROSE,true\n"));
  ofr_text_free(&json);
  ofr_text_free(&csv);
  fixture_destroy(&f);
}

static void csv_is_one_table_with_gaps_where_nothing_is_known(void **state) {
  (void)state;
  ofr_text text = report("csv", 100, 3);
  assert_int_equal(fixture_check_csv(text.data, 14), 7);
  assert_non_null(strstr(text.data, "\n,tied,comparison,free,total_cost,20000000000,100000000,20000000000,"));
  assert_non_null(strstr(text.data,
                         ",free,provider,\"'=azure, \"\"the\"\" cloud\",revenue,5000000000,300000000,2000000000,400000000,"
                         "-3000000000,500000000,-0.6,FELL,false\n"));
  assert_non_null(strstr(text.data, ",free,metric,,unit_cost,,,4.5,0.25,,,,NEW,false\n"));
  ofr_text_free(&text);
}

static void the_page_shows_what_moved_in_units_that_fit(void **state) {
  (void)state;
  ofr_text text = report("text", 120, 3);
  assert_non_null(strstr(text.data, "two clouds (what moved)\n"));
  assert_non_null(strstr(text.data, "What moved, largest first"));
  const char *total = strstr(text.data, "\nfree      total cost"),
             *revenue = strstr(text.data, "revenue of =azure, \"the\" cloud  $ million");
  assert_true(total && revenue && total < revenue);
  assert_non_null(strstr(total, "80,000  88,000  +8,000"));
  assert_non_null(strstr(revenue, "5,000   2,000  -3,000   1,000  -60.0"));
  assert_non_null(strstr(text.data, "    offramp compare a b\n    A  results results a  kept.json\n"));
  assert_null(strstr(text.data, "exit cost"));
  ofr_text_free(&text);
}

static void without_a_move_the_page_shows_total_costs(void **state) {
  (void)state;
  ofr_text text = report("text", 120, 100);
  assert_null(strstr(text.data, "largest first"));
  assert_non_null(strstr(text.data, "Total cost of each strategy"));
  assert_non_null(strstr(text.data, "\ntied      total cost"));
  ofr_text_free(&text);
}

static void no_line_is_wider_than_asked_and_many_rows_are_cut(void **state) {
  (void)state;
  for (int i = 0; i < 40; i++) {
    const char *name = ofr_arena_printf(arena, "a provider of a name that is long, number %d", i);
    small_result_add(&a, OFR_FIGURE_PROVIDER, "tied", name, "revenue", 1e9, 0);
    small_result_add(&b, OFR_FIGURE_PROVIDER, "tied", name, "revenue", 2e9, 0);
  }
  for (int width = 60; width <= 140; width += 20) {
    ofr_text text = report("text", width, 3);
    ofr_text flat = fixture_unwrapped(&text);
    fixture_check_width(text.data, width);
    assert_non_null(strstr(flat.data, "17 more moved: --format csv has them all."));
    ofr_text_free(&flat);
    ofr_text_free(&text);
  }
}

static void markdown_has_the_same_table(void **state) {
  (void)state;
  ofr_text text = report("markdown", 100, 3);
  assert_non_null(strstr(text.data, "# two clouds (what moved)"));
  assert_non_null(strstr(text.data, "**'free': total cost rose by"));
  assert_non_null(strstr(text.data, "| free | total cost |"));
  ofr_text_free(&text);
}

static void there_are_four_formats(void **state) {
  (void)state;
  assert_ptr_equal(ofr_comparison_report_find("text"), ofr_comparison_text);
  assert_ptr_equal(ofr_comparison_report_find("csv"), ofr_comparison_csv);
  assert_null(ofr_comparison_report_find("xml"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(json_holds_every_figure_of_both, begin, end),
      cmocka_unit_test_setup_teardown(what_is_paired_says_so, begin, end),
      cmocka_unit_test_setup_teardown(csv_is_one_table_with_gaps_where_nothing_is_known, begin, end),
      cmocka_unit_test_setup_teardown(the_page_shows_what_moved_in_units_that_fit, begin, end),
      cmocka_unit_test_setup_teardown(without_a_move_the_page_shows_total_costs, begin, end),
      cmocka_unit_test_setup_teardown(no_line_is_wider_than_asked_and_many_rows_are_cut, begin, end),
      cmocka_unit_test_setup_teardown(markdown_has_the_same_table, begin, end),
      cmocka_unit_test_setup_teardown(there_are_four_formats, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
