/* A plan without clauses that are rare has a kernel of its own on CPUs; it gives what the kernel for all plans gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "../backend/staged_plan.h"
#include "../backend/subjects.h"

enum { PATHS = 100, BAND_PATHS = 20 };

static bool is_plain(const ofr_image *im) {
  for (size_t at = RARE_FROM; at <= RARE_TO; at += sizeof (int))
    if (*(const int *)((const char *)im + at)) return false;
  return true;
}

/* The same plan with a trait that changes nothing: its tables fit shifts to the left, and none is to the left. */
static ofr_image *not_plain(const ofr_image *im) {
  ofr_image *copy = aligned_alloc(64, (im->bytes + 63) / 64 * 64);
  assert_non_null(copy);
  memcpy(copy, im, im->bytes);
  copy->has_left_shifts = 1;
  return copy;
}

static void expect_the_same(const char *file) {
  staged_plan plan;
  assert_true(staged_plan_read(file, &plan));
  assert_true(is_plain(plan.staged.image));
  ofr_image *other = not_plain(plan.staged.image);
  for (int i = 0; i < subject_count; i++) {
    if (subjects[i].backend != &ofr_backend_cpu) continue;
    batch_values expected = values_of(&subjects[i], other, 1, 0, PATHS, PATHS, BAND_PATHS);
    expect_values(&subjects[i], &expected, values_of(&subjects[i], plan.staged.image, 1, 0, PATHS, PATHS, BAND_PATHS));
    batch_values_free(&expected);
  }
  free(other);
  staged_plan_free(&plan);
}

static void commitments_alone_are_plain(void **state) {
  (void)state;
  expect_the_same(OFFRAMP_SOURCE_DIR "/examples/reference-size.json");
}

static void so_are_reservations_and_events_under_several_strategies(void **state) {
  (void)state;
  expect_the_same(OFFRAMP_SOURCE_DIR "/examples/enterprise.json");
}

static void clauses_are_not(void **state) {
  staged_plan plan;
  (void)state;
  assert_true(staged_plan_read(OFFRAMP_SOURCE_DIR "/examples/openai-azure.json", &plan));
  assert_false(is_plain(plan.staged.image));
  staged_plan_free(&plan);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(commitments_alone_are_plain),
                                     cmocka_unit_test(so_are_reservations_and_events_under_several_strategies),
                                     cmocka_unit_test(clauses_are_not)};
  return cmocka_run_group_tests(tests, find_subjects, forget_subjects);
}
