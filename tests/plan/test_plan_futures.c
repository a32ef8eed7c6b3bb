/* Futures that the user brings: what a plan takes from a file, and every way in which a file may be wrong. */
#define _POSIX_C_SOURCE 200809L
#include "named_file.h"

static const char head[] = "path,month,name,value\n";

/* Two months, and two paths with a value of training in each. */
static const ofr_plan *read_futures(fixture *f, const char *first, const char *rows) {
  set(f, "/horizon/months", "2");
  set(f, "/stakeholders", "{\"anchor\": \"azure\"}");
  set(f, "/futures", "{}");
  return read_with_file(f, "/futures/file", ofr_arena_printf(f->arena, "%s%s", first, rows));
}

static const ofr_plan *read_sound(fixture *f, const char *first, const char *rows) {
  const ofr_plan *plan = read_futures(f, first, rows);
  if (!plan) show(f);
  assert_non_null(plan);
  assert_int_equal(f->d.errors, 0);
  return plan;
}

static double value(const ofr_plan *plan, ofr_quantity quantity, int index, int path, int month) {
  int row = ofr_given_row(plan, quantity, index);
  assert_true(row >= 0);
  return plan->futures->blocks[row * plan->futures->block_count + path / OFR_FUTURES_BLOCK]
                              [month * OFR_FUTURES_BLOCK + path % OFR_FUTURES_BLOCK];
}

static void a_file_gives_paths_in_any_order_of_rows_and_columns(void **state) {
  const ofr_plan *plan =
      read_sound(*state, "value,name,month,path\n",
                 "4,training.demand,2026-02,1\n1,training,2026-01,0\n3.5,coreweave-h100.price,2026-01,1\n"
                 "2,training,2026-02,0\n0,azure-h100.capacity,2026-02,1\n3,training,2026-01,1\n"
                 "7,coreweave-h100.price,2026-02,1\n5,coreweave-h100.price,2026-01,0\n9,azure-h100.capacity,2026-01,0\n"
                 "6,coreweave-h100.price,2026-02,0\n8,azure-h100.capacity,2026-02,0\n1e4,azure-h100.capacity,2026-01,1\n");
  assert_int_equal(plan->paths, 2);
  assert_int_equal(plan->futures->count, 3);
  for (int path = 0; path < 2; path++)
    for (int month = 0; month < 2; month++) assert_true(value(plan, OFR_DEMAND, 0, path, month) == 1 + 2 * path + month);
  assert_true(value(plan, OFR_PRICE, 1, 1, 0) == 3.5 && value(plan, OFR_CAPACITY, 0, 1, 0) == 1e4);
  assert_int_equal(ofr_given_row(plan, OFR_DEMAND, 1), -1);
  assert_int_equal(ofr_given_row(plan, OFR_PRICE, 0), -1);
  assert_true(ofr_most(plan, OFR_CAPACITY, 0).max == 1e4 && ofr_most(plan, OFR_CAPACITY, 0).at[1] == 8);
  assert_true(ofr_most(plan, OFR_PRICE, 0).max == 2.9);
  assert_null(plan->futures->weights);
}

static const char two_paths[] = "0,2026-01,training,1\n0,2026-02,training,2\n1,2026-01,training,3\n1,2026-02,training,4\n";

static void the_digest_covers_the_content_of_the_file(void **state) {
  fixture *f = *state;
  char before[65], same[65];
  memcpy(before, read_sound(f, head, two_paths)->digest, sizeof before);
  load(f, good_plan);
  memcpy(same, read_sound(f, head, two_paths)->digest, sizeof same);
  assert_string_equal(before, same);
  load(f, good_plan);
  const ofr_plan *other =
      read_sound(f, head, "0,2026-01,training,1\n0,2026-02,training,2\n1,2026-01,training,3\n1,2026-02,training,5\n");
  assert_string_not_equal(before, other->digest);
}

static void the_number_of_paths_is_the_files_and_another_one_is_doubted(void **state) {
  fixture *f = *state;
  read_sound(f, head, two_paths);
  assert_int_equal(f->d.warnings, 1);
  assert_string_equal(f->d.items[0].pointer, "/simulation/paths");
  load(f, good_plan);
  set(f, "/simulation/paths", "2");
  read_sound(f, head, two_paths);
  assert_int_equal(f->d.warnings, 0);
}

static void weights_become_whole_numbers_that_sum_to_2_32(void **state) {
  const ofr_plan *plan =
      read_sound(*state, "path,month,name,value,weight\n",
                 "0,2026-01,training,1,1\n0,2026-02,training,2,1\n1,2026-01,training,3,2\n1,2026-02,training,4,2\n"
                 "2,2026-01,training,3,0\n2,2026-02,training,4,0\n");
  assert_int_equal(plan->futures->weights[0], 1431655765);
  assert_int_equal(plan->futures->weights[1], 2863311531);
  assert_int_equal(plan->futures->weights[2], 0);
}

static void weights_that_are_all_alike_are_none(void **state) {
  const ofr_plan *plan =
      read_sound(*state, "path,month,name,value,weight\n",
                 "0,2026-01,training,1,0.3\n0,2026-02,training,2,0.3\n1,2026-01,training,3,0.3\n1,2026-02,training,4,0.3\n");
  assert_null(plan->futures->weights);
}

static void refuse(fixture *f, const char *first, const char *rows, int line, const char *column, const char *message,
                   const char *remedy) {
  load(f, good_plan);
  assert_null(read_futures(f, first, rows));
  assert_first_error(f, line, column, message, remedy);
}

static void a_value_that_is_none_names_line_and_column(void **state) {
  fixture *f = *state;
  refuse(f, head, "0,2026-01,training,1\n0,2026-02,training,nan\n", 3, "column 4 (value)", "\"nan\" is no number", "from 0");
  refuse(f, head, "0,2026-01,azure-h100.capacity,-1\n", 2, "column 4 (value)", "\"-1\" is negative", "from 0");
  refuse(f, head, "0,2026-01,training,\n", 2, "column 4 (value)", "empty", "from 0");
  refuse(f, head, "0,2026-01,training,1e11\n", 2, "column 4 (value)", "out of range", "1e+10");
  refuse(f, head, "0,2026-01,azure-h100.price,2e9\n", 2, "column 4 (value)", "out of range", "1e+09");
  refuse(f, head, "0.5,2026-01,training,1\n", 2, "column 1 (path)", "no path", "0, 1, 2");
  refuse(f, head, "-1,2026-01,training,1\n", 2, "column 1 (path)", "no path", "0, 1, 2");
  refuse(f, head, "1048576,2026-01,training,1\n", 2, "column 1 (path)", "no path", "1048575");
  refuse(f, head, "0,January,training,1\n", 2, "column 2 (month)", "no month", "2026-01");
}

static void a_month_outside_the_horizon_is_refused(void **state) {
  refuse(*state, head, "0,2026-03,training,1\n", 2, "column 2 (month)", "outside the horizon", "from 2026-01 to 2026-02");
  refuse(*state, head, "0,2025-12,training,1\n", 2, "column 2 (month)", "outside the horizon", "from 2026-01 to 2026-02");
}

static void an_unknown_name_suggests_the_nearest(void **state) {
  refuse(*state, head, "0,2026-01,trainng,1\n", 2, "column 3 (name)", "no \"trainng\"", "did you mean \"training\"?");
  refuse(*state, head, "0,2026-01,azure-h100.prise,1\n", 2, "column 3 (name)", "no \"azure-h100.prise\"", "\"azure-h100.price\"?");
  refuse(*state, head, "0,2026-01,azure-h100,1\n", 2, "column 3 (name)", "no \"azure-h100\"", "\"azure-h100.capacity\"");
  refuse(*state, head, "0,2026-01,weather,1\n", 2, "column 3 (name)", "no \"weather\"", "a workload's name");
}

static void a_hole_names_the_line_where_its_path_ends(void **state) {
  refuse(*state, head, "0,2026-01,training,1\n1,2026-01,training,3\n1,2026-02,training,4\n", 2, "",
         "without a value of \"training.demand\" for 2026-02", "add a row 0,2026-02,training.demand");
  refuse(*state, head, "0,2026-01,training,1\n0,2026-02,training,3\n0,2026-02,inference,4\n", 4, "",
         "\"inference.demand\" for 2026-01", "add a row");
  refuse(*state, head, "1,2026-01,training,1\n1,2026-02,training,3\n", 3, "", "no path 0", "without gaps");
}

static void a_second_value_names_its_line(void **state) {
  refuse(*state, head, "0,2026-01,training,1\n0,2026-01,training.demand,1\n", 3, "column 4 (value)", "another value", "keep one");
}

static void weights_must_agree_and_may_not_all_be_zero(void **state) {
  const char *weighted = "path,month,name,value,weight\n";
  refuse(*state, weighted, "0,2026-01,training,1,1\n0,2026-02,training,1,2\n", 3, "column 5 (weight)", "another weight", "repeat");
  refuse(*state, weighted, "0,2026-01,training,1,-1\n", 2, "column 5 (weight)", "negative", "from 0");
  refuse(*state, weighted, "0,2026-01,training,1,0\n0,2026-02,training,1,0\n", 1, "column 5 (weight)", "all weights are 0",
         "above 0");
}

static void columns_are_known_and_given_once(void **state) {
  refuse(*state, "path,month,nme,value\n", "", 1, "column 3", "no column \"nme\"", "\"name\"?");
  refuse(*state, "path,month,name,value,path\n", "", 1, "column 5", "second column", "once");
  refuse(*state, "path,month,value\n", "0,2026-01,1\n", 1, "", "no column \"name\"", "path,month,name,value");
  refuse(*state, "", "", 1, "", "file is empty", "path,month,name,value");
  refuse(*state, head, "", 1, "", "no rows", "add");
  refuse(*state, head, "0,2026-01,training\n", 2, "column 3", "fewer fields", "every row");
}

static void a_file_that_is_not_there_is_told_at_its_name(void **state) {
  fixture *f = *state;
  set(f, "/futures", "{\"file\": \"nowhere.csv\"}");
  assert_null(read_plan(f));
  assert_string_equal(f->d.items[0].pointer, "/futures/file");
  assert_non_null(strstr(f->d.items[0].message, "plans/nowhere.csv cannot be read: No such file"));
}

static void many_errors_are_cut_short(void **state) {
  fixture *f = *state;
  char rows[4000] = "";
  for (int i = 0; i < 100; i++) strcat(rows, "0,2026-01,training,-1\n");
  assert_null(read_futures(f, head, rows));
  assert_int_equal(f->d.errors, 21);
  assert_non_null(strstr(f->d.items[f->d.count - 1].message, "more errors than are shown"));
}

static void many_paths_lie_in_blocks(void **state) {
  enum { PATHS = 2500 };
  fixture *f = *state;
  char *rows = malloc(PATHS * 64), *at = rows;
  for (int p = PATHS - 1; p >= 0; p--) at += sprintf(at, "%d,2026-01,training,%d.5\n%d,2026-02,training,%d\n", p, p, p, 2 * p);
  const ofr_plan *plan = read_sound(f, head, rows);
  assert_int_equal(plan->paths, PATHS);
  assert_int_equal(plan->futures->block_count, 3);
  for (int p = 0; p < PATHS; p++)
    assert_true(value(plan, OFR_DEMAND, 0, p, 0) == p + 0.5 && value(plan, OFR_DEMAND, 0, p, 1) == 2 * p);
  free(rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_file_gives_paths_in_any_order_of_rows_and_columns),
      TEST(the_digest_covers_the_content_of_the_file),
      TEST(the_number_of_paths_is_the_files_and_another_one_is_doubted),
      TEST(weights_become_whole_numbers_that_sum_to_2_32),
      TEST(weights_that_are_all_alike_are_none),
      TEST(a_value_that_is_none_names_line_and_column),
      TEST(a_month_outside_the_horizon_is_refused),
      TEST(an_unknown_name_suggests_the_nearest),
      TEST(a_hole_names_the_line_where_its_path_ends),
      TEST(a_second_value_names_its_line),
      TEST(weights_must_agree_and_may_not_all_be_zero),
      TEST(columns_are_known_and_given_once),
      TEST(a_file_that_is_not_there_is_told_at_its_name),
      TEST(many_errors_are_cut_short),
      TEST(many_paths_lie_in_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, forget_named_file);
}
