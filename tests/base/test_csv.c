/* CSV as RFC 4180 has it, what it is not, and numbers and months as they stand in it. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/csv.h"
#include "base/sha256.h"

static const char *write_file(const char *text, size_t size) {
  static char name[64];
  snprintf(name, sizeof name, "test_csv-%ld.csv", (long)getpid());
  FILE *out = fopen(name, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(text, 1, size, out), size);
  fclose(out);
  return name;
}

static ofr_csv *open_text(const char *text) {
  ofr_csv *csv = ofr_csv_open(write_file(text, strlen(text)));
  assert_non_null(csv);
  return csv;
}

static void expect_row(ofr_csv *csv, int line, int count, ...) {
  ofr_csv_row row;
  va_list fields;
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_ROW);
  assert_int_equal(row.line, line);
  assert_int_equal(row.count, count);
  va_start(fields, count);
  for (int i = 0; i < count; i++) assert_string_equal(row.fields[i], va_arg(fields, const char *));
  va_end(fields);
}

static void expect_end(ofr_csv *csv) {
  ofr_csv_row row;
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_END);
  ofr_csv_close(csv);
}

static void rows_come_with_their_lines(void **state) {
  (void)state;
  ofr_csv *csv = open_text("\xef\xbb\xbf" "a,b\r\n1,2\n\n\r\n\"x,\"\"y\"\"\nz\",\nlast,\"\"");
  expect_row(csv, 1, 2, "a", "b");
  expect_row(csv, 2, 2, "1", "2");
  expect_row(csv, 5, 2, "x,\"y\"\nz", "");
  expect_row(csv, 7, 2, "last", "");
  expect_end(csv);
  expect_end(open_text(""));
  expect_end(open_text("\n\n"));
}

static void expect_wrong(const char *text, int line, int field, const char *message) {
  ofr_csv *csv = open_text(text);
  ofr_csv_row row;
  ofr_csv_status status;
  while ((status = ofr_csv_next(csv, &row)) == OFR_CSV_ROW) {
  }
  assert_int_equal(status, OFR_CSV_WRONG);
  assert_int_equal(row.line, line);
  assert_int_equal(row.field, field);
  assert_non_null(strstr(row.message, message));
  assert_non_null(row.remedy);
  ofr_csv_close(csv);
}

static void what_is_no_csv_is_told_with_its_place(void **state) {
  (void)state;
  expect_wrong("a,b\n1\n", 2, 0, "fewer fields");
  expect_wrong("a,b\n1,2\n1,2,3\n", 3, 2, "more fields");
  expect_wrong("a,b\n1,x\"y\"\n", 2, 1, "quote stands within");
  expect_wrong("a,b\n\"x\"y,1\n", 2, 0, "follows a closing quote");
  expect_wrong("a,b\n1,\"y\n", 2, 1, "not closed");
  expect_wrong("a,b\n1\r,2\n", 2, 0, "carriage return");
}

static void a_row_that_is_wrong_does_not_hide_the_next(void **state) {
  (void)state;
  ofr_csv_row row;
  ofr_csv *csv = open_text("a,b\nx\"y,2\n3,4\n");
  expect_row(csv, 1, 2, "a", "b");
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_WRONG);
  expect_row(csv, 3, 2, "3", "4");
  expect_end(csv);
}

static void a_nul_byte_is_no_text(void **state) {
  (void)state;
  ofr_csv_row row;
  ofr_csv *csv = ofr_csv_open(write_file("a\0b\n", 4));
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_WRONG);
  expect_end(csv);
}

/* Rows of all lengths, so that they lie across every window's end somewhere. */
static void a_file_larger_than_the_window_is_read_whole(void **state) {
  enum { ROWS = 20000 };
  (void)state;
  char *text = malloc(ROWS * 160), expected[65], found[65];
  size_t size = 0;
  for (int i = 0; i < ROWS; i++) size += (size_t)sprintf(text + size, "%d,%0*d\r\n", i, 1 + i % 117, i % 10);
  ofr_csv *csv = ofr_csv_open(write_file(text, size));
  for (int i = 0; i < ROWS; i++) {
    ofr_csv_row row;
    assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_ROW);
    assert_int_equal(row.line, i + 1);
    assert_int_equal(atoi(row.fields[0]), i);
    assert_int_equal(strlen(row.fields[1]), 1 + i % 117);
  }
  ofr_csv_row row;
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_END);
  ofr_sha256 hash = ofr_sha256_init();
  ofr_sha256_add(&hash, text, size);
  ofr_sha256_finish(&hash, expected);
  ofr_csv_digest(csv, found);
  assert_string_equal(found, expected);
  ofr_csv_close(csv);
  free(text);
}

static void a_row_may_have_65536_bytes(void **state) {
  (void)state;
  char *text = malloc(70000);
  memset(text, 'x', 70000);
  memcpy(text + 65530, "\n", 1);
  ofr_csv_row row;
  ofr_csv *csv = ofr_csv_open(write_file(text, 65531));
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_ROW);
  assert_int_equal(strlen(row.fields[0]), 65530);
  expect_end(csv);
  text[65530] = 'x';
  csv = ofr_csv_open(write_file(text, 70000));
  assert_int_equal(ofr_csv_next(csv, &row), OFR_CSV_WRONG);
  assert_non_null(strstr(row.message, "longer than"));
  ofr_csv_close(csv);
  free(text);
}

static void a_file_that_is_not_there_leaves_its_reason(void **state) {
  (void)state;
  assert_null(ofr_csv_open("no such file.csv"));
  assert_int_equal(errno, ENOENT);
}

static void numbers_are_correctly_rounded(void **state) {
  static const char *const texts[] = {"0",
                                      "-0",
                                      "1",
                                      "+2.50",
                                      "007",
                                      ".5",
                                      "5.",
                                      "1e3",
                                      "1E-3",
                                      "0.1",
                                      "2.9",
                                      "123456789.987654321",
                                      "9007199254740993",
                                      "1e22",
                                      "1e23",
                                      "3.14159265358979323846264338327950288",
                                      "1e-320",
                                      "8.5e307",
                                      "0.000000000000000000000000001",
                                      "179769313486231570000e288",
                                      "72057594037927945"};
  (void)state;
  ofr_csv *csv = open_text("a");
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    double found = 0, expected = strtod(texts[i], NULL);
    if (!ofr_csv_number(csv, texts[i], &found) || memcmp(&found, &expected, sizeof found)) fail_msg("%s: %.17g", texts[i], found);
  }
  uint64_t draw = 1;
  for (int i = 0; i < 200000; i++) {
    char text[64];
    draw = draw * 6364136223846793005u + 1442695040888963407u;
    double x = ldexp((double)(draw >> 11), (int)(draw % 90) - 90), found = 0;
    snprintf(text, sizeof text, "%.*g", 1 + (int)(draw >> 20) % 20, x);
    if (!ofr_csv_number(csv, text, &found) || found != strtod(text, NULL)) fail_msg("%s: %.17g", text, found);
  }
  ofr_csv_close(csv);
}

static void what_is_no_number_is_refused(void **state) {
  static const char *const texts[] = {"",    " 1", "1 ", "nan",  "NaN", "inf",   "-inf",  "1e",
                                      "1e+", ".",  "-",  "0x10", "1,5", "1e400", "1.2.3", "--1"};
  (void)state;
  ofr_csv *csv = open_text("a");
  double found;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (ofr_csv_number(csv, texts[i], &found)) fail_msg("'%s' is taken for %g", texts[i], found);
  ofr_csv_close(csv);
}

static void months_and_days_are_read(void **state) {
  static const char *const none[] = {"",        "2026",     "2026-1",     "2026-13",    "2026-00",  "26-01",
                                     "2026/01", "2026-01-", "2026-01-32", "2026-02-30", "2026-01-1"};
  (void)state;
  int month, day;
  assert_true(ofr_csv_month("2026-03", &month, NULL));
  assert_int_equal(month, 12 * 2026 + 2);
  assert_true(ofr_csv_month("2024-02-29", &month, &day));
  assert_int_equal(day, 29);
  assert_true(ofr_csv_month("2026-12", &month, &day));
  assert_int_equal(day, 1);
  assert_false(ofr_csv_month("2026-03-01", &month, NULL));
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (ofr_csv_month(none[i], &month, &day)) fail_msg("'%s' is taken for a month", none[i]);
}

static int tear_down(void **state) {
  (void)state;
  remove(write_file("", 0));
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_come_with_their_lines),
      cmocka_unit_test(what_is_no_csv_is_told_with_its_place),
      cmocka_unit_test(a_row_that_is_wrong_does_not_hide_the_next),
      cmocka_unit_test(a_nul_byte_is_no_text),
      cmocka_unit_test(a_file_larger_than_the_window_is_read_whole),
      cmocka_unit_test(a_row_may_have_65536_bytes),
      cmocka_unit_test(a_file_that_is_not_there_leaves_its_reason),
      cmocka_unit_test(numbers_are_correctly_rounded),
      cmocka_unit_test(what_is_no_number_is_refused),
      cmocka_unit_test(months_and_days_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, tear_down);
}
