#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "backend/staged_plan.h"
#include "base/json.h"
#include "stage/bench_plan.h"

/* Reads and stages the plan of a size; what is wrong with it fails the test. */
static char *shape_of(const ofr_bench_size *size) {
  ofr_arena *arena = ofr_arena_create();
  ofr_text text = {0};
  ofr_diagnostics d = {.arena = arena};
  ofr_staged staged;
  offramp_error error = {0};
  ofr_bench_plan(size, 100, &text);
  ofr_json *root = ofr_json_parse(text.data, text.size, "bench", arena, &d);
  const ofr_plan *plan = root ? ofr_plan_read(root, "bench", arena, &d) : NULL;
  if (!plan || d.errors)
    fail_msg("%d workloads, %d pools, %d strategies, %d months, clauses %x: %s: %s", size->workloads, size->pools, size->strategies,
             size->months, size->clauses, d.count ? d.items[0].pointer : "", d.count ? d.items[0].message : "no plan");
  assert_int_equal(plan->workload_count, size->workloads);
  assert_int_equal(plan->pool_count, size->pools);
  assert_int_equal(plan->strategy_count, size->strategies);
  assert_int_equal(plan->months, size->months);
  if (ofr_image_build(plan, &staged, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  assert_int_equal(staged.image->has_shared_months, 0); /* every strategy's months are work */
  char *shape = ofr_image_shape_text(staged.image);
  ofr_image_free(&staged);
  ofr_text_free(&text);
  ofr_arena_destroy(arena);
  return shape;
}

/* The same kernel, then: what is measured at the reference size is what the example runs. */
static void the_reference_has_the_shape_of_the_example(void **state) {
  (void)state;
  const ofr_bench_size size = OFR_BENCH_REFERENCE;
  staged_plan example;
  assert_true(staged_plan_read(OFFRAMP_SOURCE_DIR "/examples/reference-size.json", &example));
  char *expected = ofr_image_shape_text(example.staged.image), *found = shape_of(&size);
  assert_string_equal(found, expected);
  free(expected);
  free(found);
  staged_plan_free(&example);
}

static void plans_of_every_size_can_be_read(void **state) {
  (void)state;
  const ofr_bench_size sizes[] = {{1, 1, 1, 1, 0},   {1, 1, 1, 1, OFR_BENCH_COMMITMENT}, {16, 64, 16, 480, OFR_BENCH_COMMITMENT},
                                  {3, 4, 4, 6, 0},   {2, 13, 2, 7, OFR_BENCH_COMMITMENT}, {4, 48, 3, 120, OFR_BENCH_TERMS | OFR_BENCH_COMMITMENT}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) free(shape_of(&sizes[i]));
}

/* Alone, and with all the others; at the smallest size too. */
static void every_clause_can_be_had(void **state) {
  (void)state;
  unsigned all;
  assert_true(ofr_bench_clauses_read("all", &all));
  for (unsigned bit = 1; bit <= all; bit <<= 1) {
    ofr_text word = {0};
    unsigned clauses;
    ofr_bench_clauses_write(&word, bit);
    assert_true(ofr_bench_clauses_read(ofr_text_chars(&word), &clauses));
    assert_true(clauses & bit);
    ofr_text_free(&word);
    free(shape_of(&(ofr_bench_size){3, 12, 1, 24, clauses}));
    free(shape_of(&(ofr_bench_size){1, 1, 1, 1, clauses}));
  }
  free(shape_of(&(ofr_bench_size){3, 12, 2, 24, all}));
  free(shape_of(&(ofr_bench_size){16, 64, 16, 120, all}));
}

static void clauses_are_written_as_they_are_read(void **state) {
  (void)state;
  unsigned clauses;
  ofr_text text = {0};
  assert_true(ofr_bench_clauses_read("none", &clauses));
  assert_int_equal(clauses, 0);
  ofr_bench_clauses_write(&text, clauses);
  assert_string_equal(ofr_text_chars(&text), "none");
  ofr_text_clear(&text);
  assert_true(ofr_bench_clauses_read("slip+commitment", &clauses));
  ofr_bench_clauses_write(&text, clauses);
  assert_string_equal(ofr_text_chars(&text), "commitment+slip");
  ofr_text_free(&text);
  assert_true(ofr_bench_clauses_read("exit", &clauses)); /* from what there is none, there is no way out */
  assert_true(clauses & OFR_BENCH_COMMITMENT);
  static const char *const wrong[] = {"", "+", "commitment+", "slips", "commitment slip", "all+slip"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    if (i != 2) assert_false(ofr_bench_clauses_read(wrong[i], &clauses));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_reference_has_the_shape_of_the_example),
      cmocka_unit_test(plans_of_every_size_can_be_read),
      cmocka_unit_test(every_clause_can_be_had),
      cmocka_unit_test(clauses_are_written_as_they_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
