/* What a device found is held against the CPU: what is right passes, a bit that is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"
#include "given_plan.h"
#include "stage/bound_check.h"
#include "stage/bound_paths.h"

enum { PATHS = 40 };

static given_plan given;
static ofr_staged staged;
static ofr_bound_sets sets;
static int64_t *lower, *upper, *fractional, *rounding;

static int bound_all(void **state) {
  offramp_error error;
  const ofr_bound_version *version = ofr_cpu_bound_version(ofr_cpu_version(NULL));
  int64_t rounds[PATHS];
  (void)state;
  given = given_file("examples/enterprise.json", PATHS, 16);
  if (ofr_image_build(given.plan, &staged, &error) != OFFRAMP_OK) return -1;
  if (ofr_bound_sets_of(given.plan, staged.image, &sets, &error) != OFFRAMP_OK) return -1;
  size_t count = (size_t)sets.count * PATHS;
  lower = malloc(count * sizeof *lower);
  upper = malloc(count * sizeof *upper);
  fractional = malloc(count * sizeof *fractional);
  rounding = malloc(count * sizeof *rounding);
  for (int g = 0; g < sets.count; g++) {
    const ofr_job job = {.paths = PATHS, .points = 1};
    const ofr_bound_outputs to = {lower + g * PATHS, upper + g * PATHS, fractional + g * PATHS, rounding + g * PATHS, rounds, NULL};
    void *space = aligned_alloc(64, version->space(staged.image, sets.set[g]));
    version->paths(staged.image, &job, sets.set[g], &to, 0, PATHS, space);
    free(space);
  }
  return 0;
}

static int forget(void **state) {
  (void)state;
  free(lower);
  free(upper);
  free(fractional);
  free(rounding);
  ofr_bound_sets_free(&sets);
  ofr_image_free(&staged);
  given_free(&given);
  return 0;
}

static offramp_status check(int count, offramp_error *error) {
  const ofr_bound_check what = {given.plan, &staged, &sets, lower, upper, fractional, rounding, count};
  return ofr_bound_cross_check(&what, error);
}

static void what_the_cpu_finds_too_passes(void **state) {
  offramp_error error;
  (void)state;
  assert_int_equal(check(PATHS, &error), OFFRAMP_OK);
  assert_int_equal(check(7, &error), OFFRAMP_OK);
  assert_int_equal(check(10 * PATHS, &error), OFFRAMP_OK);
}

static void one_wrong_bit_is_named(void **state) {
  int64_t *const of[] = {lower, upper, fractional, rounding};
  (void)state;
  for (int i = 0; i < 4; i++) {
    offramp_error error;
    int64_t *wrong = &of[i][(sets.count - 1) * PATHS + 13];
    *wrong ^= 1;
    assert_int_equal(check(PATHS, &error), OFFRAMP_ERR_MISMATCH);
    assert_non_null(strstr(error.message, "path 13 "));
    assert_int_equal(check(0, &error), OFFRAMP_OK); /* nobody looks */
    *wrong ^= 1;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_the_cpu_finds_too_passes),
      cmocka_unit_test(one_wrong_bit_is_named),
  };
  return cmocka_run_group_tests(tests, bound_all, forget);
}
