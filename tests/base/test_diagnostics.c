#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/diagnostics.h"

static int set_up(void **state) { return (*state = ofr_arena_create()) ? 0 : -1; }

static int tear_down(void **state) {
  ofr_arena_destroy(*state);
  return 0;
}

static void a_diagnostic_keeps_its_own_texts(void **state) {
  ofr_diagnostics d = {.arena = *state};
  char file[] = "plan.json", pointer[] = "/pools/0", remedy[] = "write 3";
  ofr_diagnose(&d, OFR_ERROR, file, 12, pointer, remedy, "%d is %s", 4, "wrong");
  file[0] = pointer[0] = remedy[0] = 'X';
  assert_int_equal(d.count, 1);
  assert_int_equal(d.items[0].severity, OFR_ERROR);
  assert_string_equal(d.items[0].file, "plan.json");
  assert_int_equal(d.items[0].line, 12);
  assert_string_equal(d.items[0].pointer, "/pools/0");
  assert_string_equal(d.items[0].message, "4 is wrong");
  assert_string_equal(d.items[0].remedy, "write 3");
}

static void what_is_not_given_is_empty_but_a_remedy_may_be_missing(void **state) {
  ofr_diagnostics d = {.arena = *state};
  ofr_diagnose(&d, OFR_WARNING, NULL, 0, NULL, NULL, "hm");
  assert_string_equal(d.items[0].file, "");
  assert_string_equal(d.items[0].pointer, "");
  assert_null(d.items[0].remedy);
}

static void errors_and_warnings_are_counted_and_kept_in_order(void **state) {
  ofr_diagnostics d = {.arena = *state};
  for (int i = 0; i < 1000; i++) ofr_diagnose(&d, i % 4 == 0 ? OFR_ERROR : OFR_WARNING, "f", i, "", NULL, "number %d", i);
  assert_int_equal(d.errors, 250);
  assert_int_equal(d.warnings, 750);
  assert_int_equal(d.count, 1000);
  for (int i = 0; i < 1000; i++) {
    char expected[32];
    snprintf(expected, sizeof expected, "number %d", i);
    assert_string_equal(d.items[i].message, expected);
  }
}

static void control_characters_never_reach_a_terminal(void **state) {
  ofr_diagnostics d = {.arena = *state};
  ofr_diagnose(&d, OFR_ERROR, "a\nb", 1, "/\x1b[2J", "say \x7f", "\x1b]0;owned\a of \xc3\xa9");
  assert_string_equal(d.items[0].file, "a?b");
  assert_string_equal(d.items[0].pointer, "/?[2J");
  assert_string_equal(d.items[0].remedy, "say ?");
  assert_string_equal(d.items[0].message, "?]0;owned? of \xc3\xa9");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_diagnostic_keeps_its_own_texts, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_not_given_is_empty_but_a_remedy_may_be_missing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(errors_and_warnings_are_counted_and_kept_in_order, set_up, tear_down),
      cmocka_unit_test_setup_teardown(control_characters_never_reach_a_terminal, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
