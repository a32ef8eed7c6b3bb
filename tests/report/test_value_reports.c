/* A valuation in each format: the same numbers under the same names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "report/value_answer.h"
#include "value_fixture.h"

static ofr_text report(const ofr_valuation *v, const char *format, int width) {
  ofr_text text = {0};
  ofr_report_options options = ofr_report_defaults();
  options.width = width;
  ofr_report_format_find(format)->value(v, &options, &text);
  assert_false(text.failed);
  return text;
}

static ofr_valuation *filled(fixture *f) {
  ofr_valuation *v = value_fixture(f);
  value_fixture_set(f, v, 1, OFR_GROUP_METRIC, 0, "total_cost", 3.1e9, 0.1e9, 9600, 400);
  value_fixture_set(f, v, 1, OFR_GROUP_METRIC, 0, "usage_cost", -1.25e9, 0.1e9, 9600, 400);
  value_fixture_set(f, v, 1, OFR_GROUP_WORKLOAD, 1, "unmet_cost", 4.3e9, 0.1e9, 9600, 0);
  value_fixture_set(f, v, 1, OFR_GROUP_PROVIDER, 0, "revenue", 2e9, 0.1e9, 9000, 500);
  return v;
}

static void json_holds_every_number_where_the_manual_says(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = filled(&f);
  ofr_text text = report(v, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_string_equal(ofr_json_get(root, "results_digest")->text, v->results_digest);
  assert_string_equal(ofr_json_find(root, "/strategies/tied/contracts/only-azure/type")->text, "exclusivity");
  assert_true(fixture_number(root, "/launches") == 1);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/with/total_cost") == 12e9);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/without/total_cost") == 11e9);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/buyer/total_cost/mean") == 3.1e9);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/buyer/total_cost/se") == 0.1e9);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/buyer/total_cost/helps") == 0.04);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/buyer/total_cost/above") == 0.96);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/workloads/inference/unmet_cost/mean") == 4.3e9);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/providers/azure/revenue/helps") == 0.9);
  assert_true(fixture_number(root, "/strategies/tied/contracts/only-azure/providers/azure/revenue/below") == 0.05);
  assert_true(fixture_number(root, "/strategies/free/contracts/azure-floor/buyer/total_cost/mean") == 0);
  assert_int_equal(ofr_json_find(root, "/strategies")->count, 3);
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void csv_is_one_table(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_text text = report(filled(&f), "csv", 100);
  assert_true(fixture_check_csv(text.data, 7) > 100);
  assert_non_null(strstr(text.data, "tied,only-azure,buyer,,total_cost,helps,0.04\n"));
  assert_non_null(strstr(text.data, "tied,only-azure,workload,inference,unmet_cost,mean,4300000000\n"));
  assert_non_null(strstr(text.data, "tied,only-azure,without,,total_cost,mean,11000000000\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void pages_show_what_changes_and_keep_their_width(void **state) {
  (void)state;
  static const int widths[] = {80, 100, 160};
  fixture f = fixture_create(3);
  ofr_valuation *v = filled(&f);
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    ofr_text text = report(v, "text", widths[i]);
    fixture_check_width(text.data, widths[i]);
    assert_non_null(strstr(text.data, "What it adds to cash"));
    assert_null(strstr(text.data, "egress")); /* changes in no future */
    assert_null(strstr(text.data, "coreweave"));
    ofr_text_free(&text);
  }
  ofr_text markdown = report(v, "markdown", 100);
  assert_non_null(strstr(markdown.data, "| tied | only"));
  assert_non_null(strstr(markdown.data, "# two clouds, one promise"));
  ofr_text_free(&markdown);
  fixture_destroy(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_holds_every_number_where_the_manual_says),
      cmocka_unit_test(csv_is_one_table),
      cmocka_unit_test(pages_show_what_changes_and_keep_their_width),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
