/* A plan's shape holds its structure and none of its numbers: plans that differ in numbers share a kernel, and go over a device
 * together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../stage/given_plan.h"
#include "plan/variants.h"

static const char *const files[] = {"examples/enterprise.json",     "examples/openai-azure.json", "examples/anthropic-two-clouds.json",
                                    "examples/reference-size.json", "tests/plans/clauses.json",   "tests/plans/interface.json",
                                    "tests/plans/optimal.json"};

static ofr_staged staged_of(const ofr_plan *plan) {
  ofr_staged staged;
  offramp_error error = {0};
  if (ofr_image_build(plan, &staged, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return staged;
}

/* Both ways to tell say the same. */
static bool alike(const ofr_plan *a, const ofr_plan *b) {
  ofr_staged x = staged_of(a), y = staged_of(b);
  char *first = ofr_image_shape_text(x.image), *second = ofr_image_shape_text(y.image);
  assert_true(first && second);
  bool same = ofr_images_alike(x.image, y.image);
  assert_true(same == ofr_images_alike(y.image, x.image));
  assert_true(same == (!strcmp(first, second) && x.image->bytes == y.image->bytes));
  free(first);
  free(second);
  ofr_image_free(&x);
  ofr_image_free(&y);
  return same;
}

static void numbers_are_no_part_of_it(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    given_plan given = given_file(files[i], 100, 10);
    ofr_plan other = *given.plan;
    ofr_workload workloads[OFR_MAX_WORKLOADS];
    memcpy(workloads, other.workloads, (size_t)other.workload_count * sizeof *workloads);
    other.seed = 0x123456789abcdef0;
    other.discount_rate += 0.01;
    other.start_year += 7;
    for (int w = 0; w < other.workload_count; w++) workloads[w].data_gb_per_hour *= 2;
    other.workloads = workloads;
    if (!alike(given.plan, &other)) fail_msg("%s: numbers make another shape", files[i]);
    given_free(&given);
  }
}

static void structure_is(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    given_plan given = given_file(files[i], 100, 10);
    ofr_variant more[OFR_MAX_VARIANTS];
    for (int v = 0; v < OFR_MAX_VARIANTS; v++) more[v] = (ofr_variant){v % given.plan->strategy_count, -1};
    ofr_plan shorter = *given.plan;
    shorter.months = 5;
    assert_false(alike(given.plan, &shorter));
    assert_false(alike(given.plan, ofr_plan_variants(given.plan, more, given.plan->strategy_count + 1, given.arena)));
    for (int c = 0; c < given.plan->contract_count; c++) {
      if (given.plan->contracts[c].type == OFR_STAKE || !given.plan->strategies[0].signed_contracts[c]) continue;
      ofr_variant without[] = {{0, c}}, with[] = {{0, -1}};
      assert_false(alike(ofr_plan_variants(given.plan, with, 1, given.arena), ofr_plan_variants(given.plan, without, 1, given.arena)));
    }
    given_free(&given);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_no_part_of_it), cmocka_unit_test(structure_is)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
