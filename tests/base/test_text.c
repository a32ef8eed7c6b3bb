/* Text and the notations of values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

#define EXPECT(expected, call)                                                                                                 \
  do {                                                                                                                         \
    ofr_text text = {0};                                                                                                       \
    call;                                                                                                                      \
    assert_string_equal(ofr_text_chars(&text), expected);                                                                      \
    ofr_text_free(&text);                                                                                                      \
  } while (0)

static void an_empty_text_reads_as_an_empty_string(void **state) {
  (void)state;
  ofr_text text = {0};
  assert_string_equal(ofr_text_chars(&text), "");
  ofr_text_free(&text);
}

static void text_grows_and_stays_terminated(void **state) {
  (void)state;
  ofr_text text = {0};
  for (int i = 0; i < 10000; i++) ofr_text_printf(&text, "%d,", i % 10);
  assert_int_equal(text.size, 20000);
  assert_int_equal(strlen(text.data), 20000);
  ofr_text_clear(&text);
  assert_string_equal(ofr_text_chars(&text), "");
  ofr_text_free(&text);
}

static void after_memory_ran_out_nothing_is_appended(void **state) {
  (void)state;
  ofr_text text = {0};
  ofr_text_add(&text, "kept");
  ofr_text_append(&text, "x", SIZE_MAX / 2); /* refused before a byte is read */
  assert_true(text.failed);
  ofr_text_add(&text, " dropped");
  ofr_text_number(&text, 1.5);
  assert_string_equal(ofr_text_chars(&text), "kept");
  ofr_text_free(&text);
  assert_false(text.failed);
}

static void doubles_are_short_and_plain(void **state) {
  (void)state;
  EXPECT("0", ofr_text_number(&text, 0));
  EXPECT("0", ofr_text_number(&text, -0.0));
  EXPECT("0.1", ofr_text_number(&text, 0.1));
  EXPECT("0.30000000000000004", ofr_text_number(&text, 0.1 + 0.2));
  EXPECT("250000000000", ofr_text_number(&text, 250e9));
  EXPECT("-1234.5", ofr_text_number(&text, -1234.5));
  EXPECT("100000000000000000000", ofr_text_number(&text, 1e20));
  EXPECT("1e21", ofr_text_number(&text, 1e21));
  EXPECT("0.0000001", ofr_text_number(&text, 1e-7));
  EXPECT("1.5e-8", ofr_text_number(&text, 1.5e-8));
  EXPECT("1.7976931348623157e308", ofr_text_number(&text, DBL_MAX));
}

static void what_is_not_finite_is_null(void **state) {
  (void)state;
  EXPECT("null", ofr_text_number(&text, NAN));
  EXPECT("null", ofr_text_number(&text, INFINITY));
  EXPECT("null", ofr_text_number(&text, -INFINITY));
}

static void doubles_survive_the_round_trip(void **state) {
  (void)state;
  uint64_t random = 88172645463325252u;
  ofr_text text = {0};
  for (int i = 0; i < 100000; i++) {
    double value;
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    memcpy(&value, &random, sizeof value);
    if (!isfinite(value)) continue;
    ofr_text_clear(&text);
    ofr_text_number(&text, value);
    assert_true(strtod(ofr_text_chars(&text), NULL) == value);
    assert_null(strchr(text.data, '+'));
  }
  ofr_text_free(&text);
}

static void the_locale_changes_nothing(void **state) {
  (void)state;
  if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "de_DE") == NULL) skip();
  EXPECT("1234.5", ofr_text_number(&text, 1234.5));
  EXPECT("1,234.50", ofr_text_fixed(&text, 1234.5, 2, true));
  setlocale(LC_NUMERIC, "C");
}

static void scaled_integers_are_exact(void **state) {
  (void)state;
  EXPECT("0", ofr_text_scaled(&text, 0, -6));
  EXPECT("1.2345", ofr_text_scaled(&text, 1234500, -6));
  EXPECT("-0.000001", ofr_text_scaled(&text, -1, -6));
  EXPECT("9223372036854.775807", ofr_text_scaled(&text, INT64_MAX, -6));
  EXPECT("-9223372036854.775808", ofr_text_scaled(&text, INT64_MIN, -6));
  EXPECT("1200", ofr_text_scaled(&text, 12, 2));
  EXPECT("250000000000", ofr_text_scaled(&text, INT64_C(250000000000000000), -6));
}

static void fixed_decimals_round_and_group(void **state) {
  (void)state;
  EXPECT("12,410.3", ofr_text_fixed(&text, 12410.26, 1, true));
  EXPECT("12410", ofr_text_fixed(&text, 12410.26, 0, false));
  EXPECT("0.00", ofr_text_fixed(&text, -0.001, 2, true));
  EXPECT("-1,000", ofr_text_fixed(&text, -999.6, 0, true));
  EXPECT("999", ofr_text_fixed(&text, 999.4, 0, true));
  EXPECT("n/a", ofr_text_fixed(&text, NAN, 1, true));
}

static void powers_of_ten_are_recognised(void **state) {
  (void)state;
  int exponent = 99;
  assert_true(ofr_power_of_ten(1e-6, &exponent));
  assert_int_equal(exponent, -6);
  assert_true(ofr_power_of_ten(1e-6 * 10 * 10 * 10, &exponent));
  assert_int_equal(exponent, -3);
  assert_true(ofr_power_of_ten(1, &exponent));
  assert_int_equal(exponent, 0);
  assert_false(ofr_power_of_ten(0.25, &exponent));
  assert_false(ofr_power_of_ten(0, &exponent));
  assert_false(ofr_power_of_ten(NAN, &exponent));
}

static void json_strings_are_escaped(void **state) {
  (void)state;
  EXPECT("\"plain \xC3\xA9\"", ofr_text_json_string(&text, "plain \xC3\xA9"));
  EXPECT("\"\\\"\\\\\\n\\t\\u001b\\u007f\"", ofr_text_json_string(&text, "\"\\\n\t\x1b\x7f"));
  EXPECT("\"\\u003cscript>\"", ofr_text_json_string(&text, "<script>"));
  EXPECT("\"\\u2028\"", ofr_text_json_string(&text, "\xE2\x80\xA8"));
}

static void bytes_that_are_no_utf8_are_replaced(void **state) {
  (void)state;
  EXPECT("\"a\xEF\xBF\xBD"
         "b\"",
         ofr_text_json_string(&text, "a\xFF"
                                     "b"));
  EXPECT("\"\xEF\xBF\xBD\"", ofr_text_json_string(&text, "\xC3"));
  EXPECT("\"\xEF\xBF\xBD\xEF\xBF\xBD\"", ofr_text_json_string(&text, "\xC0\x80"));
  EXPECT("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", ofr_text_json_string(&text, "\xED\xA0\x80"));
  EXPECT("\xEF\xBF\xBD\xEF\xBF\xBD", ofr_text_csv_string(&text, "\xF0\x9F"));
}

static void csv_fields_are_quoted_where_needed(void **state) {
  (void)state;
  EXPECT("plain", ofr_text_csv_string(&text, "plain"));
  EXPECT("\"a,b\"", ofr_text_csv_string(&text, "a,b"));
  EXPECT("\"say \"\"so\"\"\"", ofr_text_csv_string(&text, "say \"so\""));
  EXPECT("\"two\nlines\"", ofr_text_csv_string(&text, "two\nlines"));
  EXPECT("\" outer\"", ofr_text_csv_string(&text, " outer"));
  EXPECT("", ofr_text_csv_string(&text, ""));
}

static void a_spreadsheet_finds_no_formula(void **state) {
  (void)state;
  EXPECT("'=1+1", ofr_text_csv_string(&text, "=1+1"));
  EXPECT("'+1", ofr_text_csv_string(&text, "+1"));
  EXPECT("'-1", ofr_text_csv_string(&text, "-1"));
  EXPECT("'@SUM", ofr_text_csv_string(&text, "@SUM"));
  EXPECT("\"'=HYPERLINK(\"\"x\"\")\"", ofr_text_csv_string(&text, "=HYPERLINK(\"x\")"));
}

static void a_shell_reads_back_what_was_quoted(void **state) {
  (void)state;
  EXPECT("/a/0=1.5e3", ofr_text_shell(&text, "/a/0=1.5e3"));
  EXPECT("''", ofr_text_shell(&text, ""));
  EXPECT("'a b'", ofr_text_shell(&text, "a b"));
  EXPECT("'l'\\''accord=$HOME'", ofr_text_shell(&text, "l'accord=$HOME"));
}

static void markdown_takes_names_literally(void **state) {
  (void)state;
  EXPECT("&lt;script&gt; \\*a\\* \\| \\`b\\` \\_c\\_", ofr_text_markdown(&text, "<script> *a* | `b` _c_"));
  EXPECT("one line", ofr_text_markdown(&text, "one\nline"));
}

static void width_counts_columns_not_bytes(void **state) {
  (void)state;
  assert_int_equal(ofr_text_width("plain"), 5);
  assert_int_equal(ofr_text_width("\xC3\xA9t\xC3\xA9"), 3);
  assert_int_equal(ofr_text_width("e\xCC\x81"), 1);
  assert_int_equal(ofr_text_width("\xE4\xBA\x91\xE8\xAE\xA1\xE7\xAE\x97"), 6);
  assert_int_equal(ofr_text_width("\xF0\x9F\x9A\x80"), 2);
  assert_int_equal(ofr_text_width("\x1b[31m"), 5);
}

static void a_name_cannot_move_the_cursor(void **state) {
  (void)state;
  EXPECT("\xEF\xBF\xBD[31mred", ofr_text_visible(&text, "\x1b[31mred"));
  EXPECT("a\xEF\xBF\xBD"
         "b",
         ofr_text_visible(&text, "a\nb"));
  EXPECT("\xEF\xBF\xBDtxt", ofr_text_visible(&text, "\xE2\x80\xAEtxt"));
}

static void clipping_keeps_both_ends(void **state) {
  (void)state;
  EXPECT("short", ofr_text_clip(&text, "short", 5));
  EXPECT("azur\xE2\x80\xA6"
         "east",
         ofr_text_clip(&text, "azure-h100-region-east", 9));
  EXPECT("\xE2\x80\xA6", ofr_text_clip(&text, "long", 1));
  EXPECT("", ofr_text_clip(&text, "long", 0));
  for (int width = 1; width < 12; width++) {
    ofr_text text = {0};
    ofr_text_clip(&text, "\xE4\xBA\x91\xE8\xAE\xA1\xE7\xAE\x97-\xE4\xBA\x91\xE8\xAE\xA1", width);
    assert_true(ofr_text_width(text.data) <= width);
    ofr_text_free(&text);
  }
}

static void wrapped_lines_fit(void **state) {
  (void)state;
  EXPECT("one two\n  three", ofr_text_wrap(&text, "one two three", 8, 0, 2));
  EXPECT("87 %\nof", ofr_text_wrap(&text, "87\xC2\xA0% of", 6, 0, 0));
  EXPECT("abcd\nef gh", ofr_text_wrap(&text, "abcdef gh", 5, 1, 0));
  EXPECT("", ofr_text_wrap(&text, "", 5, 0, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_empty_text_reads_as_an_empty_string),
      cmocka_unit_test(text_grows_and_stays_terminated),
      cmocka_unit_test(after_memory_ran_out_nothing_is_appended),
      cmocka_unit_test(doubles_are_short_and_plain),
      cmocka_unit_test(what_is_not_finite_is_null),
      cmocka_unit_test(doubles_survive_the_round_trip),
      cmocka_unit_test(the_locale_changes_nothing),
      cmocka_unit_test(scaled_integers_are_exact),
      cmocka_unit_test(fixed_decimals_round_and_group),
      cmocka_unit_test(powers_of_ten_are_recognised),
      cmocka_unit_test(json_strings_are_escaped),
      cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
      cmocka_unit_test(csv_fields_are_quoted_where_needed),
      cmocka_unit_test(a_spreadsheet_finds_no_formula),
      cmocka_unit_test(a_shell_reads_back_what_was_quoted),
      cmocka_unit_test(markdown_takes_names_literally),
      cmocka_unit_test(width_counts_columns_not_bytes),
      cmocka_unit_test(a_name_cannot_move_the_cursor),
      cmocka_unit_test(clipping_keeps_both_ends),
      cmocka_unit_test(wrapped_lines_fit),
  };
  return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
