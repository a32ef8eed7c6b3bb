/* The program's books against the naive model: every example, and random plans with every clause switched on and off.
 * `test_naive FIRST COUNT [CLAUSES]` checks COUNT random plans from seed FIRST on instead, with the clauses that are summed as
 * in random_plan.h, else with all: for long runs by hand. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "explained.h"
#include "naive.h"
#include "random_plan.h"

static const char *const examples[] = {"examples/openai-azure.json", "examples/anthropic-two-clouds.json",
                                       "examples/enterprise.json",   "examples/reference-size.json",
                                       "tests/plans/interface.json", "tests/plans/clauses.json"};

/* Takes `explain`. */
static void check_path(const cJSON *plan, cJSON *explain, const char *file, unsigned long path, naive_report *report) {
  naive_report one = {0};
  if (explain) naive_check(plan, explain, &one);
  else one.disagreements++, snprintf(one.first, sizeof one.first, "nothing was explained");
  if (one.disagreements > 0) print_error("%s, path %lu: %ld disagreements: %s\n", file, path, one.disagreements, one.first);
  report->compared += one.compared;
  report->disagreements += one.disagreements;
  cJSON_Delete(explain);
}

static void check_examples(void **state) {
  (void)state;
  naive_report report = {0};
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    char file[1024];
    snprintf(file, sizeof file, "%s/%s", OFFRAMP_SOURCE_DIR, examples[i]);
    cJSON *plan = explained_file(file);
    assert_non_null(plan);
    for (unsigned long path = 0; path < 5; path++)
      check_path(plan, explained_path(file, path * path * 977), file, path * path * 977, &report);
    cJSON_Delete(plan);
  }
  print_message("%ld numbers compared\n", report.compared);
  assert_int_equal(report.disagreements, 0);
}

/* The clauses' plan with a file beside it: `key` and what else belongs to it. */
static void check_with_file(const char *key, const char *file, int block, naive_report *report) {
  char name[1024], plan_file[64];
  snprintf(name, sizeof name, "%s/tests/plans/interface.json", OFFRAMP_SOURCE_DIR);
  snprintf(plan_file, sizeof plan_file, "naive-%ld-%s.json", (long)getpid(), key);
  cJSON *plan = explained_file(name), *object = cJSON_AddObjectToObject(plan, key);
  cJSON_AddStringToObject(object, "file", file);
  if (block) cJSON_AddNumberToObject(object, "block", block);
  assert_int_equal(explained_write(plan_file, plan), 0);
  for (unsigned long path = 0; path < 4; path++) check_path(plan, explained_path(plan_file, path), plan_file, path, report);
  remove(plan_file);
  cJSON_Delete(plan);
}

/* Inputs come from `explain`, so that whatever a file brings has books to agree with. */
static void check_files(void **state) {
  (void)state;
  naive_report report = {0};
  char file[64];
  snprintf(file, sizeof file, "naive-%ld.csv", (long)getpid());
  FILE *out = fopen(file, "wb");
  assert_non_null(out);
  fputs("path,month,name,value\n", out);
  for (int i = 0; i < 4 * 36; i++) {
    int path = i / 36, t = i % 36;
    const char *const names[] = {"training", "azure-h100.price", "coreweave-h100.capacity"};
    const double values[] = {15000 + 700.25 * ((7 * i) % 40), 1.5 + 0.03 * ((11 * i) % 60), 900.5 * ((13 * i) % 30)};
    for (int k = 0; k < 3; k++) fprintf(out, "%d,%d-%02d,%s,%.17g\n", path, 2026 + t / 12, t % 12 + 1, names[k], values[k]);
  }
  fclose(out);
  check_with_file("futures", file, 0, &report);
  out = fopen(file, "wb");
  assert_non_null(out);
  fputs("month,training,inference,azure-h100.price\n", out);
  for (int i = 0; i < 30; i++)
    fprintf(out, "%d-%02d,%d,%d,%.17g\n", 2020 + i / 12, i % 12 + 1, 100 + (17 * i) % 40, 50 + (7 * i) % 30,
            2 + 0.05 * ((11 * i) % 20));
  fclose(out);
  check_with_file("history", file, 6, &report);
  remove(file);
  print_message("%ld numbers compared\n", report.compared);
  assert_true(report.compared > 1000);
  assert_int_equal(report.disagreements, 0);
}

/* A plan that disagrees is left behind under its seed. */
static long check_random(uint64_t first, int count, bool large, unsigned clauses, naive_report *report) {
  for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
    char file[64];
    long before = report->disagreements;
    cJSON *plan = random_plan(seed, large, clauses);
    char *text = cJSON_PrintUnformatted(plan);
    snprintf(file, sizeof file, "naive-%ld-%s-%llu.json", (long)getpid(), large ? "large" : "small", (unsigned long long)seed);
    for (unsigned long path = 7 * seed; path < 7 * seed + 2; path++)
      check_path(plan, explained_text(text, path), file, path, report);
    if (report->disagreements > before) assert_int_equal(explained_write(file, plan), 0);
    cJSON_free(text);
    cJSON_Delete(plan);
  }
  print_message("%ld numbers compared\n", report->compared);
  return report->disagreements;
}

/* What a run of path 0 alone says of it. */
static void check_run(const cJSON *plan, const char *file, naive_report *report) {
  naive_report one = {0};
  cJSON *explain = explained_path(file, 0), *run = explained_run(file);
  if (!explain || !run) fail_msg("%s: the program failed", file);
  naive_check_run(plan, explain, run, &one);
  if (one.disagreements > 0) print_error("%s, run: %ld disagreements: %s\n", file, one.disagreements, one.first);
  report->compared += one.compared;
  report->disagreements += one.disagreements;
  cJSON_Delete(explain);
  cJSON_Delete(run);
}

static void check_runs(uint64_t first, int count, bool large, unsigned clauses, naive_report *report) {
  char file[64];
  for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
    long before = report->disagreements;
    cJSON *plan = random_plan(seed, large, clauses);
    snprintf(file, sizeof file, "naive-run-%ld-%llu.json", (long)getpid(), (unsigned long long)seed);
    assert_int_equal(explained_write(file, plan), 0);
    check_run(plan, file, report);
    if (report->disagreements == before) remove(file);
    cJSON_Delete(plan);
  }
}

static void check_totals_of_runs(void **state) {
  (void)state;
  naive_report report = {0};
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    char file[1024];
    snprintf(file, sizeof file, "%s/%s", OFFRAMP_SOURCE_DIR, examples[i]);
    cJSON *plan = explained_file(file);
    check_run(plan, file, &report);
    cJSON_Delete(plan);
  }
  check_runs(2001, 60, false, RANDOM_EVERY_CLAUSE, &report);
  check_runs(3001, 6, true, RANDOM_EVERY_CLAUSE, &report);
  print_message("%ld numbers compared\n", report.compared);
  assert_int_equal(report.disagreements, 0);
}

static void check_small_plans(void **state) {
  (void)state;
  naive_report report = {0};
  assert_int_equal(check_random(1, 400, false, RANDOM_EVERY_CLAUSE, &report), 0);
}

static void check_large_plans(void **state) {
  (void)state;
  naive_report report = {0};
  assert_int_equal(check_random(1001, 40, true, RANDOM_EVERY_CLAUSE, &report), 0);
}

/* Bends the number or list at `path`, a list of keys, in the last month of a strategy that has it. False when none has. */
static bool bend(cJSON *explain, const char *const *keys) {
  bool bent = false;
  cJSON *months = cJSON_GetObjectItemCaseSensitive(explain, "months"), *strategy;
  cJSON *last = cJSON_GetArrayItem(months, cJSON_GetArraySize(months) - 1);
  cJSON_ArrayForEach(strategy, cJSON_GetObjectItemCaseSensitive(last, "strategies")) {
    cJSON *value = strategy;
    for (int i = 0; value && keys[i]; i++) value = cJSON_GetObjectItemCaseSensitive(value, keys[i]);
    if (!value || bent) continue;
    bent = true;
    if (cJSON_IsNumber(value)) cJSON_SetNumberValue(value, value->valuedouble * 1.01 + 1e9);
    else cJSON_AddItemToArray(value, cJSON_CreateString("floor"));
  }
  return bent;
}

/* Every number that a month's books have, in a plan with every kind of contract. */
static void check_the_check(void **state) {
  static const char *const paths[][4] = {{"usage"},
                                         {"reservation"},
                                         {"egress"},
                                         {"shortfall"},
                                         {"exit"},
                                         {"grants"},
                                         {"unmet"},
                                         {"revenue", "azure"},
                                         {"commitments", "floor", "counted"},
                                         {"commitments", "floor", "required"},
                                         {"commitments", "floor", "charge"},
                                         {"commitments", "floor", "deferred"},
                                         {"commitments", "floor", "carried"},
                                         {"commitments", "floor", "credit"},
                                         {"discounts", "volume", "list"},
                                         {"discounts", "volume", "saved"},
                                         {"grants_credit", "credits"},
                                         {"exited"}};
  (void)state;
  char file[1024];
  snprintf(file, sizeof file, "%s/tests/plans/clauses.json", OFFRAMP_SOURCE_DIR);
  cJSON *plan = explained_file(file), *explain = explained_path(file, 3);
  assert_non_null(explain);
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    naive_report report = {0};
    cJSON *bent = cJSON_Duplicate(explain, true);
    if (!bend(bent, paths[i])) fail_msg("there is no %s", paths[i][0]);
    naive_check(plan, bent, &report);
    if (report.disagreements == 0) fail_msg("nobody notices %s %s", paths[i][0], paths[i][1] ? paths[i][1] : "");
    cJSON_Delete(bent);
  }
  cJSON_Delete(explain);
  cJSON_Delete(plan);
}

/* What a run of one path says of an exit that this path takes, and of one that it does not. */
static void check_the_check_of_exits(void **state) {
  static const char *const paths[][3] = {{"off-ramp", "p_taken"},      {"off-ramp", "contract"},
                                         {"off-ramp", "month", "p95"}, {"off-ramp", "month", "mean"},
                                         {"off-ramp", "fee", "mean"},  {"off-ramp", "dates", "2027-12"},
                                         {"give-back", "p_taken"},     {"give-back", "contract"}};
  (void)state;
  char file[1024];
  snprintf(file, sizeof file, "%s/tests/plans/clauses.json", OFFRAMP_SOURCE_DIR);
  cJSON *plan = explained_file(file), *explain = explained_path(file, 0), *run = explained_run(file);
  assert_true(plan && explain && run);
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    naive_report report = {0};
    cJSON *bent = cJSON_Duplicate(run, true), *x = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(bent, "strategies"), 0);
    x = cJSON_GetObjectItemCaseSensitive(x, "exits");
    for (int k = 0; x && k < 3 && paths[i][k]; k++) x = cJSON_GetObjectItemCaseSensitive(x, paths[i][k]);
    if (!x) fail_msg("there is no %s of %s", paths[i][1], paths[i][0]);
    if (cJSON_IsNumber(x)) cJSON_SetNumberValue(x, x->valuedouble * 1.01 + 1e9);
    else cJSON_SetValuestring(x, "2026-02");
    naive_check_run(plan, explain, bent, &report);
    if (report.disagreements == 0) fail_msg("nobody notices %s of %s", paths[i][1], paths[i][0]);
    cJSON_Delete(bent);
  }
  cJSON_Delete(run);
  cJSON_Delete(explain);
  cJSON_Delete(plan);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      {"every example's books agree with the naive model", check_examples, NULL, NULL, NULL},
      {"plans with futures and with a history agree with the naive model", check_files, NULL, NULL, NULL},
      {"small random plans agree with the naive model", check_small_plans, NULL, NULL, NULL},
      {"larger random plans agree with the naive model", check_large_plans, NULL, NULL, NULL},
      {"what a run of one path says of it agrees with the naive model", check_totals_of_runs, NULL, NULL, NULL},
      {"the naive model notices every number that is bent", check_the_check, NULL, NULL, NULL},
      {"the naive model notices what is bent of an exit", check_the_check_of_exits, NULL, NULL, NULL},
  };
  if (argc >= 3) {
    unsigned clauses = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : RANDOM_EVERY_CLAUSE;
    naive_report report = {0};
    uint64_t first = strtoull(argv[1], NULL, 10);
    int count = (int)strtol(argv[2], NULL, 10);
    long wrong = check_random(first, count, false, clauses, &report);
    check_runs(first, (count + 31) / 32, false, clauses, &report);
    return wrong + check_random(first, (count + 7) / 8, true, clauses, &report) > 0;
  }
  return cmocka_run_group_tests_name("naive", tests, NULL, NULL);
}
