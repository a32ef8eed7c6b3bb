#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/error.h"

static void an_error_holds_its_place_and_its_sentence(void **state) {
  (void)state;
  offramp_error error = {0};
  assert_int_equal(ofr_fail(&error, OFFRAMP_ERR_DEVICE, "gpu 3", "it is %s: %d", "gone", 7), OFFRAMP_ERR_DEVICE);
  assert_int_equal(error.status, OFFRAMP_ERR_DEVICE);
  assert_string_equal(error.place, "gpu 3");
  assert_string_equal(error.message, "it is gone: 7");
  assert_int_equal(ofr_fail(NULL, OFFRAMP_ERR_LIMIT, NULL, "nobody listens"), OFFRAMP_ERR_LIMIT);
}

static void the_first_diagnosis_becomes_the_error(void **state) {
  (void)state;
  offramp_error error = {0};
  ofr_diagnostics d = {.arena = ofr_arena_create()};
  assert_int_equal(ofr_fail_diagnosed(&error, "kept.json", &d), OFFRAMP_ERR_LIMIT); /* no memory to say it */
  ofr_diagnose(&d, OFR_ERROR, "kept.json", 12, "/paths", "write it again", "this is no number");
  assert_int_equal(ofr_fail_diagnosed(&error, "kept.json", &d), OFFRAMP_ERR_PLAN);
  assert_string_equal(error.place, "kept.json:12");
  assert_string_equal(error.message, "/paths: this is no number; write it again");
  ofr_diagnose(&d, OFR_ERROR, "kept.json", 13, "", "write it again", "neither is this");
  ofr_fail_diagnosed(&error, "kept.json", &d);
  assert_string_equal(error.message, "/paths: this is no number; write it again (the first of several errors)");
  ofr_arena_destroy(d.arena);
}

static void what_has_no_line_is_the_file_itself(void **state) {
  (void)state;
  offramp_error error = {0};
  ofr_diagnostics d = {.arena = ofr_arena_create()};
  ofr_diagnose(&d, OFR_ERROR, "nowhere.csv", 0, "", "name another", "it cannot be read");
  assert_int_equal(ofr_fail_diagnosed(&error, "nowhere.csv", &d), OFFRAMP_ERR_FILE);
  assert_string_equal(error.place, "nowhere.csv");
  assert_string_equal(error.message, "it cannot be read; name another");
  ofr_arena_destroy(d.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_error_holds_its_place_and_its_sentence),
      cmocka_unit_test(the_first_diagnosis_becomes_the_error),
      cmocka_unit_test(what_has_no_line_is_the_file_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
