#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/json.h"
#include "report/bench_report.h"

static ofr_profile profile = {
    .phase_count = 2,
    .phases = {{"evaluate", 0.75}, {"distil", 0.25}},
    .kernel_count = 2,
    .kernels = {{"cuda", "a GPU", {"offramp_paths", 7, 0.5, 264, 128, 123, 0, 16, 0.25, 2048}, 6e9, -1, -1},
                {"cpu", "a processor", {"paths", 3, 0.5, 2, 16, -1, -1, -1, -1, -1}, 6e6, 475.2, 144.4}}};

static ofr_bench_subject subjects[] = {
    {.backend = "cuda", .device = "a GPU", .index = 1, .ceiling_count = 4, .mixed_vectors = -1,
     .ceilings = {{"multiply-adds", "/s", {5, 3e13, 0.001, 0.0005}}, {"whole numbers", "/s", {5, 1.5e13, 0.001, 0.0005}},
                  {"mixed", "/s", {5, 2e13, 0.02, 0.01}}, {"memory", "B/s", {5, 4e12, 0.001, 0.0005}}}},
    {.backend = "opencl", .device = "another <GPU>", .mixed_vectors = -1}};

static ofr_bench_row rows[] = {{.subject = 0,
                                .size = {3, 12, 1, 120, OFR_BENCH_COMMITMENT},
                                .paths = 1000000,
                                .rate = {9, 1.2e10, 0.012, 0.005},
                                .settled = true,
                                .start = 0.25,
                                .kernel_rate = 1.25e10,
                                .instructions = 2048,
                                .counted = "static",
                                .issue_share = 0.8,
                                .memory_share = 0.01,
                                .digest = "abc",
                                .profile = &profile},
                               {.subject = 1,
                                .size = {3, 48, 2, 120, 0},
                                .paths = 4096,
                                .rate = {2, 5e8, 0.1, 0.09},
                                .start = 0.5,
                                .kernel_rate = -1,
                                .instructions = -1,
                                .counted = "not known",
                                .issue_share = -1,
                                .memory_share = -1,
                                .digest = "def",
                                .profile = &profile}};

static const ofr_bench bench = {2, 2, subjects, rows};

static void holds(const ofr_text *text, const char *part) {
  if (!strstr(ofr_text_chars(text), part)) fail_msg("no '%s' in:\n%s", part, ofr_text_chars(text));
}

static void lacks(const ofr_text *text, const char *part) {
  if (strstr(ofr_text_chars(text), part)) fail_msg("'%s' is in:\n%s", part, ofr_text_chars(text));
}

static ofr_text report(const char *format, bool with_profile) {
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = {0};
  options.width = 200;
  options.command = "offramp bench --pools 12,48";
  ofr_bench_report(&bench, format, &options, with_profile, &text);
  assert_false(text.failed);
  return text;
}

static void the_page_says_what_was_measured_and_what_is_not_known(void **state) {
  (void)state;
  ofr_text text = report("text", false);
  const char *parts[] = {"cuda 1: a GPU",
                         "30,000.0",
                         "15,000.0",
                         "20,000.0",
                         "4,000.0",
                         "12,000.00",
                         "2,048, static",
                         "0.800",
                         "500.00",
                         "10.0*",
                         "not known",
                         "none",
                         "offramp bench --pools 12,48"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) holds(&text, parts[i]);
  lacks(&text, "-1");
  lacks(&text, "Kernels");
  ofr_text_free(&text);
}

static void the_profile_is_added_when_asked_for(void **state) {
  (void)state;
  ofr_text text = report("text", true);
  const char *parts[] = {"Where the host's time went", "evaluate", "750", "75", "cuda offramp_paths", "264 x 128", "123", "2,048",
                         "12,000.0", "475 (144)", "not known"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) holds(&text, parts[i]);
  ofr_text_free(&text);
}

static void markdown_escapes_names(void **state) {
  (void)state;
  ofr_text text = report("markdown", false);
  holds(&text, "# offramp bench");
  holds(&text, "| cuda 1 |");
  lacks(&text, "<GPU>");
  ofr_text_free(&text);
}

static void csv_leaves_out_what_is_not_known(void **state) {
  (void)state;
  ofr_text text = report("csv", false);
  holds(
      &text,
      "cuda,1,a GPU,commitment,3,12,1,120,1000000,12000000000,0.012,0.005,9,true,12500000000,0.25,2048,static,0.8,0.01,abc\n");
  holds(&text, "opencl,0,another <GPU>,none,3,48,2,120,4096,500000000,0.1,0.09,2,false,,0.5,,not known,,,def\n");
  ofr_text_free(&text);
}

static void json_has_every_digit_and_null_for_what_is_not_known(void **state) {
  (void)state;
  ofr_text text = report("json", true);
  ofr_arena *arena = ofr_arena_create();
  ofr_diagnostics d = {.arena = arena};
  ofr_json *root = ofr_json_parse(text.data, text.size, "bench", arena, &d);
  assert_non_null(root);
  assert_float_equal(ofr_json_find(root, "/rows/0/path_months_per_second")->number, 1.2e10, 0);
  assert_int_equal(ofr_json_find(root, "/rows/1/issue_share")->type, OFR_JSON_NULL);
  assert_float_equal(ofr_json_find(root, "/subjects/0/ceilings/2/rate")->number, 2e13, 0);
  assert_float_equal(ofr_json_find(root, "/rows/0/profile/phases/evaluate")->number, 0.75, 0);
  assert_float_equal(ofr_json_find(root, "/rows/0/profile/kernels/0/registers")->number, 123, 0);
  assert_int_equal(ofr_json_find(root, "/rows/0/profile/kernels/1/registers")->type, OFR_JSON_NULL);
  assert_float_equal(ofr_json_find(root, "/rows/0/profile/kernels/1/executed_per_path_month")->number, 475.2, 0);
  /* and it can be compared */
  ofr_bench_comparison c;
  assert_true(ofr_bench_compare(root, root, "a", "b", arena, &c, &d));
  assert_int_equal(c.count, 2);
  assert_int_equal(c.pairs[0].a.count, 9);
  ofr_arena_destroy(arena);
  ofr_text_free(&text);
}

static void a_comparison_says_its_verdicts_in_every_format(void **state) {
  (void)state;
  ofr_bench_pair pairs[] = {{.backend = "cuda",
                             .clauses = "none",
                             .workloads = 3,
                             .pools = 12,
                             .strategies = 1,
                             .months = 120,
                             .a = {9, 1e9, 0.01, 0.004},
                             .b = {9, 2e9, 0.01, 0.004},
                             .ratio = 2,
                             .verdict = OFR_FASTER,
                             .other_digest = true}};
  const ofr_bench_comparison c = {.count = 1, .pairs = pairs, .only_b = 3, .other_devices = true};
  static const char *const formats[] = {"text", "markdown", "json", "csv"};
  const ofr_report_options options = ofr_report_defaults();
  for (int i = 0; i < 4; i++) {
    ofr_text text = {0};
    ofr_bench_comparison_report(&c, formats[i], &options, &text);
    holds(&text, "FASTER");
    if (i < 2) holds(&text, "3 of B"), holds(&text, "different devices"), holds(&text, "other results");
    ofr_text_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_page_says_what_was_measured_and_what_is_not_known),
      cmocka_unit_test(the_profile_is_added_when_asked_for),
      cmocka_unit_test(markdown_escapes_names),
      cmocka_unit_test(csv_leaves_out_what_is_not_known),
      cmocka_unit_test(json_has_every_digit_and_null_for_what_is_not_known),
      cmocka_unit_test(a_comparison_says_its_verdicts_in_every_format),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
