/* Plans made of a plan: what changes, and that nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "../stage/given_plan.h"
#include "plan/variants.h"

static void a_variant_leaves_out_one_contract_and_nothing_else(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/interface.json", 10, 10);
  const ofr_plan *plan = given.plan;
  const ofr_variant wanted[] = {{1, -1}, {0, 0}, {0, 1}, {0, -1}};
  const ofr_plan *made = ofr_plan_variants(plan, wanted, 4, given.arena);
  assert_non_null(made);
  assert_int_equal(made->strategy_count, 4);
  for (int i = 0; i < 4; i++) {
    const ofr_strategy *from = &plan->strategies[wanted[i].strategy], *to = &made->strategies[i];
    assert_string_equal(to->name, from->name);
    assert_true(to->pull == from->pull && to->providers == from->providers && to->max_share == from->max_share);
    for (int c = 0; c < plan->contract_count; c++)
      assert_int_equal(to->signed_contracts[c], from->signed_contracts[c] && c != wanted[i].without);
  }
  assert_true(plan->strategies[0].signed_contracts[0] && plan->strategies[0].signed_contracts[1]);
  assert_true(made->contracts == plan->contracts && made->seed == plan->seed && made->months == plan->months);
  given_free(&given);
}

static void an_exit_goes_with_its_contract(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/clauses.json", 10, 10);
  const ofr_plan *plan = given.plan;
  int exits = 0;
  for (int x = 0; x < plan->contract_count; x++) {
    if (plan->contracts[x].type != OFR_EXIT) continue;
    const ofr_variant wanted[] = {{0, plan->contracts[x].target}, {0, x}};
    const ofr_plan *made = ofr_plan_variants(plan, wanted, 2, given.arena);
    assert_true(plan->strategies[0].signed_contracts[x]);
    assert_false(made->strategies[0].signed_contracts[x]);
    assert_false(made->strategies[1].signed_contracts[x]);
    assert_true(made->strategies[1].signed_contracts[plan->contracts[x].target]);
    exits++;
  }
  assert_true(exits > 0);
  given_free(&given);
}

static void variants_keep_the_quanta_of_the_plan(void **state) {
  (void)state;
  given_plan given = given_file("examples/enterprise.json", 10, 10);
  const ofr_variant wanted[] = {{2, -1}};
  offramp_error error = {0};
  ofr_staged staged;
  const ofr_plan *made = ofr_plan_variants(given.plan, wanted, 1, given.arena);
  assert_int_equal(ofr_image_build(made, &staged, &error), OFFRAMP_OK);
  assert_true(staged.accelerator_quantum == given.staged.accelerator_quantum &&
              staged.money_quantum == given.staged.money_quantum);
  ofr_image_free(&staged);
  given_free(&given);
}

static void an_image_holds_as_many_variants_as_devices_do(void **state) {
  (void)state;
  assert_int_equal(OFR_MAX_VARIANTS, MAX_STRATEGIES);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_variant_leaves_out_one_contract_and_nothing_else),
      cmocka_unit_test(an_exit_goes_with_its_contract),
      cmocka_unit_test(variants_keep_the_quanta_of_the_plan),
      cmocka_unit_test(an_image_holds_as_many_variants_as_devices_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
