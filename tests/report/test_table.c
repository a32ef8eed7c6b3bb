/* Tables as aligned text and as markdown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "report/table.h"

static ofr_table make(int labels, int columns, const char *const *cells) {
  ofr_table table = ofr_table_begin(labels);
  for (int i = 0; cells[i] != NULL; i++) {
    ofr_table_string(&table, cells[i]);
    if (i % columns == columns - 1) ofr_table_end_row(&table);
  }
  return table;
}

static void expect_text(ofr_table table, int width, const char *expected) {
  ofr_text text = {0};
  ofr_table_text(&table, width, false, &text);
  assert_string_equal(ofr_text_chars(&text), expected);
  ofr_text_free(&text);
  ofr_table_free(&table);
}

#define RULE   "\xE2\x94\x80"
#define RULE_4 RULE RULE RULE RULE

static void numbers_stand_right_and_labels_left(void **state) {
  (void)state;
  static const char *const cells[] = {"name", "cost", "a", "1", "bb", "12", NULL};
  expect_text(make(1, 2, cells), 80, "name  cost\n" RULE_4 RULE_4 RULE RULE "\na        1\nbb      12\n");
}

static void columns_align_by_what_is_seen(void **state) {
  (void)state;
  static const char *const cells[] = {"name", "n", "\xE4\xBA\x91\xE4\xBA\x91", "1", "\xC3\xA9", "2", NULL};
  expect_text(make(1, 2, cells), 80, "name  n\n" RULE_4 RULE RULE RULE "\n\xE4\xBA\x91\xE4\xBA\x91  1\n\xC3\xA9     2\n");
}

static void a_wide_table_is_broken_and_repeats_its_labels(void **state) {
  (void)state;
  static const char *const cells[] = {"s", "one", "two", "a", "1", "2", NULL};
  expect_text(make(1, 3, cells), 8, "s  one\n" RULE_4 RULE RULE "\na    1\n\ns  two\n" RULE_4 RULE RULE "\na    2\n");
}

static void a_label_like_the_one_above_is_left_out(void **state) {
  (void)state;
  static const char *const cells[] = {"p", "s", "n", "x", "a", "1", "x", "b", "2", "y", "b", "3", NULL};
  expect_text(make(2, 3, cells), 80, "p  s  n\n" RULE_4 RULE RULE RULE "\nx  a  1\n   b  2\ny  b  3\n");
}

static void what_fits_is_not_cut(void **state) {
  (void)state;
  static const char *const cells[] = {"strategy", "n", "a name of forty letters, as long as this", "1", NULL};
  ofr_text text = {0};
  ofr_table table = make(1, 2, cells);
  ofr_table_text(&table, 43, false, &text);
  assert_non_null(strstr(text.data, "\na name of forty letters, as long as this  1\n"));
  ofr_text_clear(&text);
  ofr_table_text(&table, 42, false, &text);
  assert_non_null(strstr(text.data, "\na name of forty let\xE2\x80\xA6rs, as long as this  1\n"));
  ofr_text_free(&text);
  ofr_table_free(&table);
}

static void a_label_is_cut_rather_than_a_table_broken(void **state) {
  (void)state;
  static const char *const cells[] = {"s", "number", "a name of forty letters, as long as this", "1", NULL};
  ofr_text text = {0};
  ofr_table table = make(1, 2, cells);
  ofr_table_text(&table, 24, false, &text);
  assert_non_null(strstr(text.data, "\na name o\xE2\x80\xA6" "as this       1\n"));
  ofr_text_free(&text);
  ofr_table_free(&table);
}

static void the_longest_label_is_cut_first(void **state) {
  (void)state;
  static const char *const cells[] = {"s", "where", "n", "a name that is much too long", "azure-h200, reserved", "1", NULL};
  expect_text(make(2, 3, cells), 44,
              "s                    where                 n\n" RULE_4 RULE_4 RULE_4 RULE_4 RULE_4 RULE_4 RULE_4 RULE_4 RULE_4
              RULE_4 RULE_4 "\na name th\xE2\x80\xA6 too long  azure-h200, reserved  1\n");
}

static void a_short_row_is_filled_up(void **state) {
  (void)state;
  ofr_table table = ofr_table_begin(1);
  ofr_table_string(&table, "a");
  ofr_table_string(&table, "b");
  ofr_table_end_row(&table);
  ofr_table_string(&table, "x");
  ofr_table_end_row(&table);
  expect_text(table, 80, "a  b\n" RULE_4 "\nx\n");
}

static void markdown_is_escaped_and_keeps_every_label(void **state) {
  (void)state;
  static const char *const cells[] = {"p", "s", "n", "x|y", "a", "1", "x|y", "b", "2", NULL};
  ofr_table table = make(2, 3, cells);
  ofr_text text = {0};
  ofr_table_markdown(&table, &text);
  assert_string_equal(ofr_text_chars(&text), "| p | s | n |\n|:---|:---|---:|\n| x\\|y | a | 1 |\n| x\\|y | b | 2 |\n");
  ofr_text_free(&text);
  ofr_table_free(&table);
}

static void memory_that_ran_out_is_reported(void **state) {
  (void)state;
  static const char *const cells[] = {"p", "n", "x", "1", NULL};
  ofr_table table = make(1, 2, cells);
  ofr_text text = {0};
  table.cells.failed = true;
  ofr_table_text(&table, 80, false, &text);
  assert_true(text.failed);
  ofr_text_free(&text);
  ofr_table_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_stand_right_and_labels_left),
      cmocka_unit_test(columns_align_by_what_is_seen),
      cmocka_unit_test(a_wide_table_is_broken_and_repeats_its_labels),
      cmocka_unit_test(a_label_like_the_one_above_is_left_out),
      cmocka_unit_test(what_fits_is_not_cut),
      cmocka_unit_test(a_label_is_cut_rather_than_a_table_broken),
      cmocka_unit_test(the_longest_label_is_cut_first),
      cmocka_unit_test(a_short_row_is_filled_up),
      cmocka_unit_test(markdown_is_escaped_and_keeps_every_label),
      cmocka_unit_test(memory_that_ran_out_is_reported),
  };
  return cmocka_run_group_tests_name("report/table", tests, NULL, NULL);
}
