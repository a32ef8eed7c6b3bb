/* Histories, long and wide, and every way in which one may be wrong. */
#define _POSIX_C_SOURCE 200809L
#include "named_file.h"
#include <math.h>
#include "plan/history.h"

static const ofr_history *read_history(fixture *f, const char *text) { return ofr_history_read(named_file(text), f->arena, &f->d); }

static const ofr_history *read_sound(fixture *f, const char *text) {
  const ofr_history *h = read_history(f, text);
  if (!h) show(f);
  assert_non_null(h);
  assert_int_equal(f->d.errors, 0);
  return h;
}

static void a_wide_history_has_a_column_for_each_series(void **state) {
  const ofr_history *h = read_sound(*state, "price,month,demand\n3,2026-02,\n2.5,2026-01,100\n4,2026-04,200\n");
  assert_int_equal(h->count, 2);
  assert_int_equal(h->dates, 3);
  assert_true(h->monthly);
  assert_string_equal(h->names[1], "demand");
  assert_true(h->values[0] == 2.5 && h->values[1] == 100 && h->values[2] == 3 && isnan(h->values[3]) && h->values[5] == 200);
  assert_true(h->years[1] == 1.0 / 12 && h->years[2] == 0.25);
  char date[11];
  ofr_history_date(h, 2, date);
  assert_string_equal(date, "2026-04");
}

static void a_long_history_has_a_row_for_each_value(void **state) {
  const ofr_history *h = read_sound(*state, "value,name,date\n2,price,2024-02-29\n7,demand,2024-03-01\n1,price,2023-02-28\n");
  assert_int_equal(h->count, 2);
  assert_int_equal(h->dates, 3);
  assert_true(h->values[0] == 1 && h->values[2] == 2 && isnan(h->values[1]) && h->values[5] == 7);
  assert_true(fabs(h->years[1] - 366 / 365.2425) < 1e-12 && fabs(h->years[2] - 367 / 365.2425) < 1e-12);
  char date[11];
  ofr_history_date(h, 1, date);
  assert_string_equal(date, "2024-02-29");
}

static void two_dates_in_a_month_make_it_finer_than_monthly(void **state) {
  fixture *f = *state;
  assert_false(read_sound(f, "date,a\n2026-01-05,1\n2026-01-12,2\n")->monthly);
  assert_true(read_sound(f, "date,a\n2026-01-15,1\n2026-02-15,2\n")->monthly);
}

static void years_are_counted_in_days_across_centuries(void **state) {
  const ofr_history *h = read_sound(*state, "date,a\n1900-01-31,1\n2000-02-29,2\n2100-03-01,3\n");
  assert_true(fabs(h->years[1] * 365.2425 - 36553) < 1e-6);
  assert_true(fabs(h->years[2] * 365.2425 - 73078) < 1e-6);
}

static void the_digest_is_that_of_the_bytes(void **state) {
  const ofr_history *h = read_sound(*state, "date,a\n2026-01,1\n");
  assert_int_equal(strlen(h->digest), 64);
  assert_string_not_equal(h->digest, read_sound(*state, "date,a\n2026-01,2\n")->digest);
}

static void refuse(fixture *f, const char *text, int line, const char *column, const char *message, const char *remedy) {
  load(f, good_plan);
  assert_null(read_history(f, text));
  assert_first_error(f, line, column, message, remedy);
}

static void what_is_wrong_names_line_and_column(void **state) {
  fixture *f = *state;
  refuse(f, "date,a\n2026-01,1\n2026-02,x\n", 3, "column 2", "\"x\" is no number", "above 0");
  refuse(f, "date,a\n2026-01,0\n", 2, "column 2", "0 is not above 0", "ratios");
  refuse(f, "date,a\n2026-13,1\n", 2, "column 1", "\"2026-13\" is no date", "2026-01-31");
  refuse(f, "date,a\n2026-01,1\n2026-02,1\n2026-01,3\n", 4, "", "a second value of \"a\"", "one of them");
  refuse(f, "date,name,value\n2026-01,a,1\n2026-01,a,\n", 3, "column 3", "\"\" is no number", "above 0");
  refuse(f, "date,name,value\n2026-01,,1\n", 2, "column 2", "\"\" is no name", "printable");
  refuse(f, "date,name,value,note\n", 1, "column 4", "no column \"note\"", "leave it out");
  refuse(f, "date,a,a\n", 1, "column 3", "a second column \"a\"", "name of its own");
  refuse(f, "month;a\n2026-01;1,5\n", 1, "", "the first line has one field: \"month;a\"", "separate them by commas");
  refuse(f, "day,a\n2026-01,1\n", 1, "", "no column \"date\"", "date,name,value");
  refuse(f, "date\n2026-01\n", 1, "", "no series", "add a column");
  refuse(f, "date,a\n", 1, "", "no values", "add rows");
  refuse(f, "", 1, "", "empty", "date,name,value");
  refuse(f, "date,a\n2026-01,\"1\n", 2, "column 2", "quote is not closed", "quote");
}

static void a_history_that_is_not_there_says_so(void **state) {
  fixture *f = *state;
  assert_null(ofr_history_read("no such history.csv", f->arena, &f->d));
  assert_first_error(f, 0, "", "cannot be read: No such file", "CSV");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_wide_history_has_a_column_for_each_series),
      TEST(a_long_history_has_a_row_for_each_value),
      TEST(two_dates_in_a_month_make_it_finer_than_monthly),
      TEST(years_are_counted_in_days_across_centuries),
      TEST(the_digest_is_that_of_the_bytes),
      TEST(what_is_wrong_names_line_and_column),
      TEST(a_history_that_is_not_there_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, forget_named_file);
}
