/* "optimize" as it is read: what may be chosen, and every way to ask for something else. */
#include "plan_fixture.h"
#include <math.h>
#include <stdio.h>

#define AMOUNT "/contracts/azure-floor/windows/0/amount"
#define BLOCK  "/contracts/block/accelerators"

/* The plan of the interface with a reservation, which "free" signs. */
static void with_block(fixture *f) {
  set(f, "/contracts/1",
      "{\"name\": \"block\", \"type\": \"reservation\", \"pool\": \"coreweave-h100\", \"accelerators\": 8000, "
      "\"price\": 2, \"lot\": 64, \"to\": \"2027-12\"}");
  set(f, "/events/1/effects/0/contracts", "[\"block\"]");
  set(f, "/strategies/0/contracts", "[\"azure-floor\"]");
  set(f, "/strategies/1/contracts", "[\"azure-floor\", \"block\"]");
}

static void optimize(fixture *f, const char *literal) {
  with_block(f);
  set(f, "/optimize", literal);
}

static void amounts_and_sizes_are_found_by_name_or_index(void **state) {
  fixture *f = *state;
  optimize(f,
           "{\"strategy\": \"free\", \"variables\": {\"/contracts/0/windows/0/amount\": [0, 5e9], \"" BLOCK "\": [10, 40000]}, "
           "\"risk_weight\": 0.3, \"alpha\": 0.9, "
           "\"constraints\": [{\"terms\": {\"" AMOUNT "\": 1e-6, \"/contracts/1/accelerators\": -2}, \"max\": 100}]}");
  const ofr_sizing *s = read_good(f)->sizing;
  assert_int_equal(s->strategy, 1);
  assert_true(s->risk_weight == 0.3 && s->alpha == 0.9);
  assert_int_equal(s->variable_count, 2);
  assert_true(s->variables[0].contract == 0 && s->variables[0].window == 0 && s->variables[0].written == 2e9);
  assert_true(s->variables[0].from == 0 && s->variables[0].to == 5e9);
  assert_true(s->variables[1].contract == 1 && s->variables[1].window == -1 && s->variables[1].lot == 64);
  assert_int_equal(s->constraint_count, 1);
  assert_true(s->constraints[0].weight[0] == 1e-6 && s->constraints[0].weight[1] == -2);
  assert_true(s->constraints[0].max == 100 && isinf(s->constraints[0].min));
}

static void without_it_nothing_is_to_be_sized(void **state) { assert_null(read_good(*state)->sizing); }

static void weight_and_tail_have_defaults(void **state) {
  fixture *f = *state;
  optimize(f, "{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}}");
  const ofr_sizing *s = read_good(f)->sizing;
  assert_true(s->risk_weight == 0 && s->alpha == 0.95 && s->constraint_count == 0);
}

/* What a change of `optimize` says: at which pointer below /optimize, what, and what to do. */
static void every_wrong_sizing_says_where_and_what_to_do(void **state) {
  static const struct {
    const char *literal, *pointer, *message, *remedy;
  } cases[] = {
      {"{\"variables\": {\"" BLOCK "\": [0, 1]}}", "", "has 3 strategies", "name of one"},
      {"{\"strategy\": \"fre\", \"variables\": {\"" BLOCK "\": [0, 1]}}", "/strategy", "no strategy", "\"free\""},
      {"{\"strategy\": \"free\"}", "", "needs the key \"variables\"", "add"},
      {"{\"strategy\": \"free\", \"variables\": {}}", "/variables", "nothing to choose",
       "/contracts/azure-floor/windows/0/amount"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [9, 1]}}", "/variables/~1contracts~1block~1accelerators",
       "wrong way round", "[1, 9]"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, null]}}", "/variables/~1contracts~1block~1accelerators/1",
       "unbounded", "number"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0]}}", "/variables/~1contracts~1block~1accelerators",
       "two numbers", "least"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": 5}}", "/variables/~1contracts~1block~1accelerators",
       "two numbers", "least"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [-1, 5]}}", "/variables/~1contracts~1block~1accelerators/0",
       "out of range", "0 or more"},
      {"{\"strategy\": \"free\", \"variables\": {\"/contracts/blok/accelerators\": [0, 1]}}",
       "/variables/~1contracts~1blok~1accelerators", "leads nowhere", "did you mean \"/contracts/block/accelerators\"?"},
      {"{\"strategy\": \"free\", \"variables\": {\"/contracts/block/pool\": [0, 1]}}", "/variables/~1contracts~1block~1pool",
       "leads to a text", "accelerators"},
      {"{\"strategy\": \"free\", \"variables\": {\"/pools/0/slip_mean\": [0, 1]}}", "/variables/~1pools~10~1slip_mean",
       "not for sizing", "amount"},
      {"{\"strategy\": \"free\", \"variables\": {\"/contracts/block/price\": [0, 1]}}", "/variables/~1contracts~1block~1price",
       "not for sizing", "accelerators"},
      {"{\"strategy\": \"free\", \"variables\": {\"/contracts/block\": [0, 1]}}", "/variables/~1contracts~1block",
       "leads to an object", "accelerators"},
      {"{\"strategy\": \"tied\", \"variables\": {\"" BLOCK "\": [0, 1]}}", "/variables/~1contracts~1block~1accelerators",
       "does not sign", "choose"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1], \"/contracts/1/accelerators\": [0, 1]}}",
       "/variables/~1contracts~11~1accelerators", "the same number", "once"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}, \"alpha\": 1}", "/alpha", "out of range", "0.9999"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}, \"risk_weight\": 2}", "/risk_weight", "out of range",
       "0 to 1"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}, \"constraints\": [{\"terms\": {\"" BLOCK "\": 1}}]}",
       "/constraints/0", "limits nothing", "min"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}, \"constraints\": [{\"terms\": {\"" BLOCK
       "\": 1}, \"min\": 2, \"max\": 1}]}",
       "/constraints/0", "wrong way round", "smaller"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}, \"constraints\": [{\"terms\": {\"" AMOUNT
       "\": 1}, \"min\": 2}]}",
       "/constraints/0/terms/~1contracts~1azure-floor~1windows~10~1amount", "none of the variables", "variables"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 1]}, \"constraints\": [{\"terms\": {\"" BLOCK
       "\": 3}, \"min\": 4}]}",
       "/constraints/0", "infeasible: within the limits the sum reaches 3 at most", "lower"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [2, 3]}, \"constraints\": [{\"terms\": {\"" BLOCK
       "\": 3}, \"max\": 5}]}",
       "/constraints/0", "infeasible: within the limits the sum is 6 at least", "raise"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 9], \"" AMOUNT
       "\": [0, 9]}, \"constraints\": [{\"terms\": {\"" BLOCK "\": 1, \"" AMOUNT "\": 1}, \"max\": 5}, {\"terms\": {\"" BLOCK
       "\": 1, \"" AMOUNT "\": 1}, \"min\": 6}]}",
       "/constraints", "infeasible: no sizes meet all constraints", "loosen"},
      {"{\"strategy\": \"free\", \"variables\": {\"" BLOCK "\": [0, 9]}, \"constraint\": []}", "/constraint", "no key",
       "constraints"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    void *own = NULL;
    assert_int_equal(set_up(&own), 0);
    fixture *f = own;
    optimize(f, cases[i].literal);
    assert_null(read_plan(f));
    const ofr_diagnostic *d = &f->d.items[0];
    char pointer[128];
    snprintf(pointer, sizeof pointer, "/optimize%s", cases[i].pointer);
    if (f->d.errors != 1 || strcmp(d->pointer, pointer) || !strstr(d->message, cases[i].message) ||
        !strstr(d->remedy, cases[i].remedy)) {
      show(f);
      fail_msg("not what was expected of %s", cases[i].literal);
    }
    tear_down(&own);
  }
}

static void a_window_outside_the_horizon_cannot_be_sized(void **state) {
  fixture *f = *state;
  optimize(f, "{\"strategy\": \"free\", \"variables\": {\"/contracts/azure-floor/windows/1/amount\": [0, 5e9]}}");
  set(f, "/contracts/0/windows",
      "[{\"to\": \"2026-12\", \"amount\": 1e9}, {\"from\": \"2040-01\", \"to\": \"2040-12\", \"amount\": 1}]");
  assert_null(read_plan(f));
  assert_int_equal(f->d.errors, 1);
}

static void a_curve_that_grows_out_of_bounds_at_its_limit_is_refused(void **state) {
  fixture *f = *state;
  optimize(f, "{\"strategy\": \"free\", \"variables\": {\"/contracts/block/accelerators/start\": [0, 9e9]}}");
  set(f, "/contracts/1/accelerators", "{\"start\": 5, \"growth\": 1}");
  assert_null(read_plan(f));
  assert_non_null(strstr(f->d.items[0].message, "beyond all bounds"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(amounts_and_sizes_are_found_by_name_or_index),
      TEST(without_it_nothing_is_to_be_sized),
      TEST(weight_and_tail_have_defaults),
      TEST(every_wrong_sizing_says_where_and_what_to_do),
      TEST(a_window_outside_the_horizon_cannot_be_sized),
      TEST(a_curve_that_grows_out_of_bounds_at_its_limit_is_refused),
  };
  return cmocka_run_group_tests_name("reading what to optimize", tests, NULL, NULL);
}
