/* A distribution as JSON: its statistics by name, what is missing, and slices where they tell something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "report/distribution_json.h"

static const ofr_metric money = {.name = "total_cost", .unit = OFR_UNIT_MONEY, .scale = 1e-6};
static const ofr_distribution distribution = {.count = 4, .min = 1000000, .max = 2500000, .mean = 1.5, .se = 0.25, .sd = 0.5};

static const char *written(const ofr_distribution *d, const ofr_slice_means *slices) {
  static char kept[2000];
  ofr_text text = {0};
  ofr_json_writer w = ofr_json_writer_on(&text);
  ofr_json_object(&w, NULL, OFR_JSON_FLAT);
  ofr_distribution_json(&w, "cost", NULL, &money, d, slices);
  ofr_json_end(&w);
  assert_true(text.size < sizeof kept);
  strcpy(kept, ofr_text_chars(&text));
  ofr_text_free(&text);
  return kept;
}

static void statistics_go_by_their_names(void **state) {
  (void)state;
  const char *text = written(&distribution, NULL);
  assert_non_null(strstr(text, "{\"cost\": {\"mean\": 1.5, \"se\": 0.25, \"sd\": 0.5, \"min\": 1, \"max\": 2.5, \"p01\": "));
  assert_null(strstr(text, "missing"));
  assert_null(strstr(text, "slices"));
}

static void what_is_missing_is_counted(void **state) {
  (void)state;
  ofr_distribution some = distribution;
  some.missing = 3;
  assert_non_null(strstr(written(&some, NULL), "\"missing\": 3}}"));
}

static void slices_are_told_unless_they_are_alike(void **state) {
  (void)state;
  const ofr_slice_means varying = {.count = 3, .mean = {1, 1, 2.5}}, alike = {.count = 3, .mean = {1, 1, 1}}, one = {.count = 1};
  assert_non_null(strstr(written(&distribution, &varying), ", \"slices\": [1, 1, 2.5]}}"));
  assert_null(strstr(written(&distribution, &alike), "slices"));
  assert_null(strstr(written(&distribution, &one), "slices"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(statistics_go_by_their_names),
      cmocka_unit_test(what_is_missing_is_counted),
      cmocka_unit_test(slices_are_told_unless_they_are_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
