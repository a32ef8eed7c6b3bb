/* Months that strategies share change nothing but the time it takes: without it, all that comes out is the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "../backend/staged_plan.h"
#include "../backend/subjects.h"
#include "../naive/random_plan.h"
#include "../stage/given_plan.h"
#include "plan/variants.h"

enum { PATHS = 37, BAND_PATHS = 20, PLANS = 200 };

static int parted, rejoined; /* strategies that follow and part, or join again, within the horizon */

static ofr_image *without_sharing(const ofr_image *im) {
  ofr_image *copy = aligned_alloc(64, (im->bytes + 63) / 64 * 64);
  assert_non_null(copy);
  memcpy(copy, im, im->bytes);
  copy->has_shared_months = 0;
  return copy;
}

static void note_what_is_shared(const ofr_image *im) {
  const int *words = (const int *)im;
  for (int s = 0; s < im->strategies; s++) {
    int leader = words[im->leader + (uint32_t)s], part = words[im->parts_in + (uint32_t)s];
    if (leader < 0) continue;
    assert_in_range(leader, 0, s - 1);
    assert_true(words[im->parts_in + (uint32_t)leader] <= part || words[im->leader + (uint32_t)leader] < 0);
    parted += part < im->months;
    rejoined += words[im->rejoins_in + (uint32_t)s] < im->months;
  }
}

/* As `value` and stakeholders make them: strategies without one of their contracts, all of them under a failure too. */
static ofr_plan *plan_with_twins(const ofr_plan *plan, ofr_stakeholders *x, ofr_arena *arena) {
  ofr_variant variants[OFR_MAX_VARIANTS];
  int n = 0;
  for (int s = 0; s < plan->strategy_count && n < OFR_MAX_VARIANTS / 2; s++) {
    variants[n++] = (ofr_variant){s, -1};
    for (int c = 0; c < plan->contract_count && n < OFR_MAX_VARIANTS / 2; c++)
      if (plan->strategies[s].signed_contracts[c]) variants[n++] = (ofr_variant){s, c};
  }
  for (int i = 0; i < n; i++) variants[n + i] = variants[i];
  ofr_plan *made = ofr_plan_variants(plan, variants, 2 * n, arena);
  assert_non_null(made);
  made->unmet_by_workload = made->for_stakeholders = true;
  made->failing = n;
  made->stakeholders = x;
  return made;
}

static void expect_the_same(const ofr_plan *plan, bool everywhere) { /* or by the baseline only */
  ofr_staged staged;
  offramp_error error = {0};
  if (ofr_image_build(plan, &staged, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  note_what_is_shared(staged.image);
  ofr_image *alone = without_sharing(staged.image);
  batch_values expected = values_of(&subjects[0], alone, 1, 0, PATHS, PATHS, BAND_PATHS);
  for (int i = 0; i < subject_count && (everywhere || i == 0); i++)
    if (subjects[i].backend == &ofr_backend_cpu)
      expect_values(&subjects[i], &expected, values_of(&subjects[i], staged.image, 1, 0, PATHS, PATHS, BAND_PATHS));
  batch_values_free(&expected);
  free(alone);
  ofr_image_free(&staged);
}

static void random_plans_are_what_they_are_without_it(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= PLANS; seed++) {
    cJSON *json = random_plan(seed, false, seed % 3 == 0 ? 0 : seed % 3 == 1 ? RANDOM_STAKE | RANDOM_REFUSAL : RANDOM_EVERY_CLAUSE);
    char *text = cJSON_PrintUnformatted(json);
    given_plan given = given_text("%s", text);
    int from = (int)(seed * 7 % (uint64_t)given.plan->months), length = (int)(seed % 5);
    ofr_stakeholders x = {.anchor = (int)(seed % (uint64_t)given.plan->provider_count), .fails = true};
    x.failure = (ofr_span){from, from + length < given.plan->months ? from + length : given.plan->months - 1, from, from + length};
    expect_the_same(plan_with_twins(given.plan, &x, given.arena), false);
    given_free(&given);
    cJSON_free(text);
    cJSON_Delete(json);
  }
  assert_true(parted > PLANS && rejoined > PLANS / 8);
}

static void so_is_the_flagship_by_every_instruction_set(void **state) {
  (void)state;
  given_plan given = given_file("examples/openai-azure.json", PATHS, BAND_PATHS);
  ofr_stakeholders x = *given.plan->stakeholders;
  ofr_variant variants[OFR_MAX_VARIANTS];
  int S = given.plan->strategy_count;
  for (int i = 0; i < 2 * S; i++) variants[i] = (ofr_variant){i % S, -1};
  ofr_plan *made = ofr_plan_variants(given.plan, variants, 2 * S, given.arena);
  made->for_stakeholders = true;
  made->failing = S;
  made->stakeholders = &x;
  parted = rejoined = 0;
  expect_the_same(made, true);
  assert_int_equal(parted, 7);   /* the off-ramp at its first date, all six where the failure begins */
  assert_int_equal(rejoined, 3); /* the three that promise nothing, once it is over */
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_plans_are_what_they_are_without_it),
                                     cmocka_unit_test(so_is_the_flagship_by_every_instruction_set)};
  return cmocka_run_group_tests(tests, find_subjects, forget_subjects);
}
