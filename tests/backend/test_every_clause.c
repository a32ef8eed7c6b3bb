/* The toy world in which every contract clause is signed and not, on every device: all strategies, value by value beside the
 * baseline, and the baseline's totals beside what `explain` traces. `test_every_clause thorough` compiles more kernels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../naive/toy_clauses.h"
#include "../stage/given_plan.h"
#include "subjects.h"

enum { PATHS = 2 };

static bool thorough;

static void expect_traced(const given_plan *given, const batch_values *values) {
  const ofr_image *im = given->staged.image;
  const ofr_trace *trace;
  for (uint64_t path = 0; path < PATHS; path++) {
    assert_int_equal(ofr_trace_path(given->plan, path, given->arena, &trace, NULL), OFFRAMP_OK);
    for (int s = 0; s < im->strategies; s++) {
      const int64_t *row = values->column + (size_t)s * (size_t)given->staged.columns * PATHS + path;
      assert_int_equal(row[(size_t)COLUMN_TOTAL * PATHS], trace->total_cost[s]);
      assert_int_equal(row[(size_t)COLUMN_CASH * PATHS], trace->cash_cost[s]);
    }
  }
}

static void read_toy(int part, int pull, int terms, int happening, given_plan *plan) {
  static char text[65536];
  toy_clauses_plan(part, pull, terms, happening, text, sizeof text);
  *plan = given_text("%s", text);
}

/* On one device that is not the baseline, or on all that `compiled` says. */
static void compare(const given_plan *plan, bool compiled, int turn) {
  const ofr_image *im = plan->staged.image;
  batch_values expected = values_of(&subjects[0], im, 1, 0, PATHS, PATHS, PATHS);
  int count = 0, each = 0;
  expect_traced(plan, &expected);
  for (int i = 1; i < subject_count; i++) count += (subjects[i].backend != &ofr_backend_cpu) == compiled;
  for (int i = 1; i < subject_count; i++) {
    if ((subjects[i].backend != &ofr_backend_cpu) != compiled) continue;
    if (turn < 0 || each++ == turn % count)
      expect_values(&subjects[i], &expected, values_of(&subjects[i], im, 1, 0, PATHS, PATHS, PATHS));
  }
  batch_values_free(&expected);
}

static void every_instruction_set_agrees_on_every_combination_of_clauses(void **state) {
  (void)state;
  for (int i = 0; i < TOY_PARTS * TOY_PULLS * TOY_TERMS * TOY_HAPPENINGS; i++) {
    given_plan plan;
    read_toy(i % TOY_PARTS, i / TOY_PARTS % TOY_PULLS, i / TOY_PARTS / TOY_PULLS % TOY_TERMS,
             i / TOY_PARTS / TOY_PULLS / TOY_TERMS, &plan);
    compare(&plan, false, -1);
    given_free(&plan);
  }
}

/* Each of these is a kernel to compile: every set of contracts comes by, under terms, pulls and happenings that take turns. */
static void devices_with_a_compiler_agree_on_some(void **state) {
  (void)state;
  for (int i = 0; i < (thorough ? TOY_PARTS * TOY_TERMS : TOY_TERMS); i++) {
    given_plan plan;
    read_toy(i * 5 % TOY_PARTS, i % TOY_PULLS, i % TOY_TERMS, (5 + 4 * i) % TOY_HAPPENINGS, &plan);
    compare(&plan, true, thorough ? -1 : i);
    given_free(&plan);
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_instruction_set_agrees_on_every_combination_of_clauses),
                                     cmocka_unit_test(devices_with_a_compiler_agree_on_some)};
  (void)argv;
  thorough = argc > 1;
  return cmocka_run_group_tests(tests, find_subjects, forget_subjects);
}
