/* A calibration in each format says the same, and says what cannot be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "base/json.h"
#include "report/calibration_report.h"

static const int month[] = {24312, 24440}, day[] = {1, 1};
static ofr_history history = {.file = "prices.csv", .digest = "d1", .count = 2, .dates = 2, .month = month, .day = day};
static ofr_series_fit series[] = {{"gpu", 120, 9.9, 3, 2, {0.312345678, 0.02}, {1.25, 0.5}, {-0.2, 0.01}, 9},
                                  {"an \"ai\"", 119, 9.9, 3, 2000, {12345.678, 0.02}, {0, 0.5}, {1e-7, 0.01}, 1}};
static ofr_pair_fit pair[] = {{0, 1, 118, {-0.4321987, 0.07}}};

static ofr_calibration calibration(double shrunk) {
  return (ofr_calibration){.history = &history, .count = 2, .pairs = 1, .series = series, .pair = pair, .shrunk = shrunk};
}

static ofr_text report(const char *format, double shrunk) {
  ofr_calibration c = calibration(shrunk);
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  options.width = 200; /* no sentence is broken */
  assert_true(ofr_calibration_report(&c, format, &options, &out));
  assert_false(out.failed);
  return out;
}

static void expect(const char *format, double shrunk, const char *words) {
  ofr_text out = report(format, shrunk);
  if (!strstr(out.data, words)) fail_msg("'%s' is not in:\n%s", words, out.data);
  ofr_text_free(&out);
}

static void json_has_every_digit_and_a_fragment_with_five(void **state) {
  (void)state;
  ofr_text out = report("json", 1);
  ofr_arena *arena = ofr_arena_create();
  ofr_diagnostics d = {.arena = arena};
  ofr_json *root = ofr_json_parse(out.data, out.size, "json", arena, &d);
  assert_non_null(root);
  assert_true(ofr_json_find(root, "/series/gpu/volatility/value")->number == 0.312345678);
  assert_true(ofr_json_find(root, "/series/1/growth/value")->number == 1e-7);
  assert_true(ofr_json_find(root, "/fragment/factors/gpu/volatility")->number == 0.31235);
  assert_true(ofr_json_find(root, "/fragment/factors/1/volatility")->number == 12346);
  assert_true(ofr_json_find(root, "/fragment/correlations/0/2")->number == -0.4322);
  assert_string_equal(ofr_json_find(root, "/fragment/correlations/0/1")->text, "an \"ai\"");
  ofr_arena_destroy(arena);
  ofr_text_free(&out);
}

static void csv_has_a_row_for_each_estimate(void **state) {
  (void)state;
  expect("csv", 1, "series,with,parameter,value,se\ngpu,,volatility,0.312345678,0.02\n");
  expect("csv", 1, "gpu,\"an \"\"ai\"\"\",correlation,-0.4321987,0.07\n");
}

static void text_says_what_cannot_be_told(void **state) {
  (void)state;
  expect("text", 1, "prices.csv: 2026-01 to 2036-09");
  expect("text", 1, "'an \"ai\"' may as well be a random walk");
  ofr_text out = report("text", 1);
  assert_null(strstr(out.data, "'gpu' may as well"));
  assert_null(strstr(out.data, "multiplied"));
  ofr_text_free(&out);
  expect("text", 0.75, "all correlations were multiplied by 0.75");
  expect("markdown", 1, "| series | values | years | last | volatility | reversion | growth % |\n");
  expect("markdown", 1, "\n| gpu | 120 | 9.9 | 2 | 0.31 \xC2\xB1 0.02 | 1.25 \xC2\xB1 0.50 | -20.0 \xC2\xB1 1.0 |\n");
  expect("markdown", 1, "| 2000 | 12,345.68 \xC2\xB1 0.02 |");
  expect("markdown", 1, "| series | and | changes | correlation |\n");
  expect("markdown", 1, " | 118 | -0.43 \xC2\xB1 0.07 |\n");
}

static void another_format_is_none(void **state) {
  (void)state;
  ofr_calibration c = calibration(1);
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  assert_false(ofr_calibration_report(&c, "yaml", &options, &out));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_has_every_digit_and_a_fragment_with_five),
      cmocka_unit_test(csv_has_a_row_for_each_estimate),
      cmocka_unit_test(text_says_what_cannot_be_told),
      cmocka_unit_test(another_format_is_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
