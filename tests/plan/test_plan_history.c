/* A history in a plan: what is drawn from, and every way in which it may not serve. */
#define _POSIX_C_SOURCE 200809L
#include "named_file.h"
#include <math.h>

static const ofr_plan *read_with_history(fixture *f, const char *text) {
  set(f, "/history", "{\"block\": 2}");
  return read_with_file(f, "/history/file", text);
}

static const char prices[] = "month,azure-h100.price,training\n2020-01,2,100\n2020-02,3,90\n2020-03,2.4,120\n2020-04,2.5,150\n";

static void changes_are_logarithms_of_ratios_by_subject(void **state) {
  const ofr_plan *plan = read_with_history(*state, prices);
  if (!plan) show(*state);
  assert_non_null(plan);
  assert_int_equal(plan->history->changes, 3);
  assert_int_equal(plan->history->count, 2);
  assert_int_equal(plan->history->block, 2);
  assert_int_equal(ofr_history_row(plan, OFR_PRICE, 0), 0);
  assert_int_equal(ofr_history_row(plan, OFR_DEMAND, 0), 1);
  assert_int_equal(ofr_history_row(plan, OFR_DEMAND, 1), -1);
  assert_true(fabs(plan->history->change[0] - log(1.5)) < 1e-15 && fabs(plan->history->change[5] - log(1.25)) < 1e-15);
}

static void the_digest_covers_the_history(void **state) {
  fixture *f = *state;
  char before[65];
  memcpy(before, read_with_history(f, prices)->digest, sizeof before);
  load(f, good_plan);
  const ofr_plan *other =
      read_with_history(f, "month,azure-h100.price,training\n2020-01,2,100\n2020-02,3,90\n2020-03,2.4,120\n2020-04,2.5,151\n");
  assert_string_not_equal(before, other->digest);
}

static void a_block_is_a_year_or_as_long_as_the_history_lasts(void **state) {
  fixture *f = *state;
  const char *name = named_file(prices);
  set(f, "/history", ofr_arena_printf(f->arena, "{\"file\": \"%s\"}", name));
  assert_int_equal(ofr_plan_read(f->root, "good.json", f->arena, &f->d)->history->block, 3);
}

static void refuse(fixture *f, const char *text, const char *message, const char *remedy) {
  load(f, good_plan);
  assert_null(read_with_history(f, text));
  assert_first_error(f, f->d.items[0].line, "", message, remedy);
}

static void what_does_not_serve_is_refused(void **state) {
  fixture *f = *state;
  refuse(f, "month,azure-h100.prise\n2020-01,2\n2020-02,3\n2020-03,4\n", "no \"azure-h100.prise\"",
         "did you mean \"azure-h100.price\"?");
  refuse(f, "month,azure-h100\n2020-01,2\n2020-02,3\n2020-03,4\n", "no \"azure-h100\"", "it is a pool");
  refuse(f, "month,training,training.demand\n2020-01,2,2\n2020-02,3,3\n2020-03,4,4\n", "under another name", "one of them");
  refuse(f, "month,training\n2020-01,2\n2020-02,3\n2020-04,4\n", "no 2020-03", "every month");
  refuse(f, "month,training,inference\n2020-01,2,2\n2020-02,3,\n2020-03,4,4\n", "no value of \"inference\" in 2020-02",
         "every month");
  refuse(f, "date,training\n2020-01-01,2\n2020-01-15,3\n2020-03-01,4\n", "lie in one month", "one value a month");
  refuse(f, "month,training\n2020-01,2\n2020-02,3\n", "2 months has nothing to draw from", "three");
  refuse(f, "month,training\n2020-01,2\n2020-02,0\n", "not above 0", "above 0");
  load(f, good_plan);
  set(f, "/history", "{\"block\": 9}");
  assert_null(read_with_file(f, "/history/file", prices));
  assert_first_error(f, 0, "/history/block", "no more than 3 changes", "1 to 3");
  load(f, good_plan);
  set(f, "/history", "{\"file\": \"nowhere.csv\"}");
  assert_null(read_plan(f));
  assert_first_error(f, 0, "", "cannot be read: No such file", "CSV");
}

static void futures_and_a_history_do_not_speak_of_the_same(void **state) {
  fixture *f = *state;
  static char futures[64];
  set(f, "/horizon/months", "1");
  set(f, "/stakeholders", "{\"anchor\": \"azure\"}");
  strcpy(futures, named_file("path,month,name,value\n0,2026-01,training,5\n"));
  strcat(futures, ".futures");
  assert_int_equal(rename(named_file("path,month,name,value\n0,2026-01,training,5\n"), futures), 0);
  set(f, "/futures", ofr_arena_printf(f->arena, "{\"file\": \"%s\"}", futures));
  set(f, "/history", "{\"block\": 2}");
  const ofr_plan *plan = read_with_file(f, "/history/file", prices);
  remove(futures);
  assert_null(plan);
  assert_non_null(strstr(f->d.items[f->d.count - 1].message, "the futures give \"training\" already"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(changes_are_logarithms_of_ratios_by_subject),
      TEST(the_digest_covers_the_history),
      TEST(a_block_is_a_year_or_as_long_as_the_history_lasts),
      TEST(what_does_not_serve_is_refused),
      TEST(futures_and_a_history_do_not_speak_of_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, forget_named_file);
}
