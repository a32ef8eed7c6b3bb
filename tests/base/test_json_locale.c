/* Apart from test_json.c, because a machine without a suitable locale must count this as skipped, and only this. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include "base/json.h"

static void numbers_do_not_depend_on_the_locale(void **state) {
  static const char *const with_comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8", "de_DE.utf8", "de_DE"};
  static const char text[] = "[2.5, 1]";
  (void)state;
  const char *found = NULL;
  for (size_t i = 0; !found && i < sizeof with_comma / sizeof *with_comma; i++) found = setlocale(LC_ALL, with_comma[i]);
  if (!found || *localeconv()->decimal_point != ',') {
    print_message("no locale with a decimal comma is installed\n");
    skip();
  }
  ofr_arena *arena = ofr_arena_create();
  ofr_diagnostics d = {.arena = arena};
  const ofr_json *root = ofr_json_parse(text, sizeof text - 1, "test.json", arena, &d);
  assert_non_null(root);
  assert_true(root->first->number == 2.5);
  assert_string_equal(localeconv()->decimal_point, ",");
  ofr_arena_destroy(arena);
  setlocale(LC_ALL, "C");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_do_not_depend_on_the_locale)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
