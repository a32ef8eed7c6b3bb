#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "stage/phases.h"

static void spin(double seconds) {
  for (double began = ofr_clock(); ofr_clock() - began < seconds;) continue;
}

static void phases_follow_one_another_and_continue(void **state) {
  (void)state;
  ofr_phases p = ofr_phases_begin(NULL);
  double began = ofr_clock();
  ofr_phase_enter(&p, "one");
  spin(0.002);
  ofr_phase_enter(&p, "two");
  spin(0.001);
  ofr_phase_enter(&p, "one");
  spin(0.002);
  ofr_phase_enter(&p, NULL);
  double all = ofr_clock() - began;
  spin(0.002); /* nobody's */
  assert_int_equal(p.count, 2);
  assert_string_equal(p.items[0].name, "one");
  assert_true(p.items[0].seconds >= 0.004 && p.items[1].seconds >= 0.001);
  assert_true(p.items[0].seconds + p.items[1].seconds <= all);
}

static void no_phases_and_too_many_of_them_are_fine(void **state) {
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"};
  ofr_phases p = ofr_phases_begin(NULL);
  (void)state;
  ofr_phase_enter(NULL, "nobody asks");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ofr_phase_enter(&p, names[i]);
  ofr_phase_enter(&p, NULL);
  assert_int_equal(p.count, OFR_MOST_PHASES);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(phases_follow_one_another_and_continue),
      cmocka_unit_test(no_phases_and_too_many_of_them_are_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
