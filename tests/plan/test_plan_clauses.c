/* Contract clauses as a plan has them: read in full, and refused where they make no sense, with a remedy. */
#define _POSIX_C_SOURCE 200809L
#include "plan_fixture.h"

/* One of each, beside the commitment and the exclusivity of the good plan. */
/* clang-format off */
static const char clauses[] =
LINE([{"name": "azure-floor", "type": "commitment", "provider": "azure", "credit_months": 12,)
LINE(  "windows": [{"from": "2026-01", "to": "2026-12", "amount": 2.0e9}, {"from": "2027-01", "to": "2028-12", "amount": 4e9}]},)
LINE( {"name": "only-azure", "type": "exclusivity", "provider": "azure", "to": "2026-12"},)
LINE( {"name": "match", "type": "first_refusal", "provider": "azure", "workloads": ["training"], "from": "2027-01", "premium": 0.1,)
LINE(  "accept": 0.8},)
LINE( {"name": "tiers", "type": "discount", "provider": "azure", "tiers": [[0, 0], [1e9, 0.05], [3e9, 0.1]], "basis": "marginal",)
LINE(  "period": "year", "from": "2026-04"},)
LINE( {"name": "gift", "type": "grant", "provider": "azure", "amount": 2.5e8, "kind": "credit", "to": "2026-12"},)
LINE( {"name": "leave", "type": "exit", "contract": "azure-floor", "at": ["2027-01", "2028-01"], "fee": 0.3, "below": 0.7},)
LINE( {"name": "stake", "type": "stake", "holder": "founder", "provider": "azure", "share": 0.27, "margin": 0.4},)
LINE( {"name": "block", "type": "reservation", "pool": "coreweave-h100", "accelerators": 100, "price": 2},)
LINE( {"name": "other-tiers", "type": "discount", "provider": "coreweave", "tiers": [[0, 0.1]]}]);
/* clang-format on */

static void load_clauses(fixture *f) {
  load(f, good_plan);
  set(f, "/contracts", clauses);
  set(f, "/strategies", "[{\"name\": \"all\"}, {\"name\": \"none\", \"contracts\": []}]");
}

typedef struct break_in {
  const char *set, *literal;
  const char *pointer; /* of the error; NULL: where it was set */
  const char *message, *remedy;
} break_in;

static const break_in breaks[] = {
    {"/contracts/3/tiers", "[]", NULL, "list of tiers is empty", "add [from, rate]"},
    {"/contracts/3/tiers", "[[0, 0], [3e9, 0.1], [1e9, 0.05]]", "/contracts/3/tiers/2", "not above the one before it", "ascending"},
    {"/contracts/3/tiers", "[[0, 0], [1e9, 0.1], [1e9, 0.05]]", "/contracts/3/tiers/2", "not above the one before it", "ascending"},
    {"/contracts/3/tiers", "[[1e9, 0.1]]", "/contracts/3/tiers/0", "what lies below has no rate", "begin with [0, 0]"},
    {"/contracts/3/tiers", "[[0, 1.1]]", "/contracts/3/tiers/0/1", "1.1 is out of range", "from 0 to 1"},
    {"/contracts/3/tiers", "[[0, -0.1]]", "/contracts/3/tiers/0/1", "out of range", "from 0 to 1"},
    {"/contracts/3/tiers", "[[-5, 0.1]]", "/contracts/3/tiers/0/0", "-5 is out of range", "0 or more"},
    {"/contracts/3/tiers", "[[0]]", "/contracts/3/tiers/0", "a tier has two numbers, not 1", "[1e9, 0.1]"},
    {"/contracts/3/tiers", "[0.1]", "/contracts/3/tiers/0", "a number stands where a list", "write a list"},
    {"/contracts/3/tiers", "0.1", NULL, "a number stands where a list", "write a list"},
    {"/contracts/3/basis", "marginl", NULL, "none of the choices", "did you mean \"marginal\"?"},
    {"/contracts/3/period", "month", NULL, "none of the choices", "\"term\""},
    {"/contracts/3/pools", "[\"coreweave-h100\"]", NULL, "belongs to coreweave", "pools of azure only"},
    {"/contracts/3/provider", "azzure", NULL, "no provider", "did you mean \"azure\"?"},
    {"/contracts/8/provider", "azure", "/strategies/0", "both bind the pool \"azure-h100\" in 2026-04", "set them apart"},
    {"/contracts/0/credit_months", "-1", NULL, "out of range", "from 0 to 480"},
    {"/contracts/0/credit_months", "1.5", NULL, "not whole", "whole"},
    {"/contracts/0/deferral", "1.5", NULL, "out of range", "from 0 to 1"},
    {"/contracts/2/premium", "-0.1", NULL, "out of range", "0"},
    {"/contracts/2/accept", "1.5", NULL, "out of range", "from 0 to 1"},
    {"/contracts/2/workloads", "[\"trainning\"]", "/contracts/2/workloads/0", "no workload", "did you mean \"training\"?"},
    {"/contracts/2/from", "2026-12", "/strategies/0", "both bind the workload \"training\" in 2026-12", "set them apart"},
    {"/contracts/1", "{\"name\": \"only-azure\", \"type\": \"first_refusal\", \"provider\": \"coreweave\", \"from\": \"2028-03\"}",
     "/strategies/0", "both bind the workload \"training\" in 2028-03", "set them apart"},
    {"/contracts/4/amount", "-1", NULL, "out of range", "0 or more"},
    {"/contracts/4/kind", "cahs", NULL, "none of the choices", "did you mean \"cash\"?"},
    {"/contracts/4/from", "2027-01", "/contracts/4/to", "\"to\" lies before \"from\"", "last month"},
    {"/contracts/5/contract", "azure-flor", NULL, "no contract", "did you mean \"azure-floor\"?"},
    {"/contracts/5/contract", "tiers", NULL, "binds the buyer to no payment", "name a commitment or a reservation"},
    {"/contracts/5/contract", "leave", NULL, "nothing to exit from", "name a commitment or a reservation"},
    {"/contracts/5/at", "[]", NULL, "list of months is empty", "at least one month"},
    {"/contracts/5/at", "soon", NULL, "\"soon\" is no month", "like"},
    {"/contracts/5/fee", "-1", NULL, "out of range", "0"},
    {"/contracts/5/below", "-0.2", NULL, "out of range", "0"},
    {"/contracts/0/windows", "[{\"from\": \"2027-02\", \"to\": \"2028-12\", \"amount\": 4e9}]", "/contracts/5/at",
     "\"azure-floor\" is not in force in 2027-01", "months of its windows"},
    {"/strategies/0/contracts", "[\"leave\"]", NULL, "\"azure-floor\" is not signed", "sign \"azure-floor\" too"},
    {"/contracts/6/share", "1.2", NULL, "out of range", "from 0 to 1"},
    {"/contracts/6/margin", "1.2", NULL, "out of range", "from 0 to 1"},
    {"/contracts/3", "{\"name\": \"tiers\", \"type\": \"discount\", \"provider\": \"azure\"}", NULL, "\"tiers\"", "add"},
    {"/contracts/4", "{\"name\": \"gift\", \"type\": \"grant\", \"provider\": \"azure\"}", NULL, "\"amount\"", "add"},
    {"/contracts/5", "{\"name\": \"leave\", \"type\": \"exit\", \"at\": \"2027-01\"}", NULL, "\"contract\"", "add"},
    {"/contracts/5", "{\"name\": \"leave\", \"type\": \"exit\", \"contract\": \"azure-floor\"}", NULL, "\"at\"", "add"},
    {"/contracts/6", "{\"name\": \"stake\", \"type\": \"stake\", \"holder\": \"x\", \"share\": 0.1}", NULL, "\"provider\"", "add"},
    {"/contracts/2", "{\"name\": \"match\", \"type\": \"first_refusal\", \"from\": \"2027-01\"}", NULL, "\"provider\"", "add"},
};

static void every_broken_clause_is_refused_in_the_right_place_with_a_remedy(void **state) {
  fixture *f = *state;
  int wrong = 0;
  for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
    const break_in *b = &breaks[i];
    load_clauses(f);
    set(f, b->set, b->literal);
    const ofr_plan *plan = read_plan(f);
    const ofr_diagnostic *error = f->d.count > 0 ? f->d.items : NULL;
    const char *pointer = b->pointer ? b->pointer : b->set;
    if (!plan && f->d.count == 1 && strcmp(error->pointer, pointer) == 0 && strstr(error->message, b->message) &&
        error->remedy && strstr(error->remedy, b->remedy))
      continue;
    print_error("%s = %s gives %d diagnostics:\n", b->set, b->literal, f->d.count);
    show(f);
    wrong++;
  }
  assert_int_equal(wrong, 0);
}

static void one_of_each_clause_is_read_without_a_word(void **state) {
  fixture *f = *state;
  load_clauses(f);
  read_good(f);
}

/* Two on one pool or workload are one too many in the same month of the same strategy, and nowhere else. */
static void what_is_set_apart_is_read_without_a_word(void **state) {
  fixture *f = *state;
  load_clauses(f);
  set(f, "/contracts/8/provider", "azure");
  set(f, "/contracts/8/to", "2026-03");
  read_good(f);
  load_clauses(f);
  set(f, "/contracts/8/provider", "azure");
  set(f, "/strategies/0/contracts", "[\"azure-floor\", \"leave\", \"match\", \"tiers\", \"gift\", \"stake\", \"block\"]");
  set(f, "/strategies/1/contracts", "[\"other-tiers\", \"only-azure\"]");
  read_good(f);
  load_clauses(f);
  set(f, "/contracts/1/type", "first_refusal");
  read_good(f);
}

static void clauses_without_effect_are_said(void **state) {
  static const struct {
    const char *set, *literal, *pointer, *message;
  } idle[] = {
      {"/contracts/2/to", "2025-01", "/contracts/2", "\"match\" lies outside the horizon"},
      {"/contracts/3/from", "2031-01", "/contracts/3", "\"tiers\" lies outside the horizon"},
      {"/contracts/3/tiers", "[[0, 0], [1e9, 0]]", "/contracts/3/tiers", "\"tiers\" takes nothing off"},
      {"/contracts/4/to", "2025-01", "/contracts/4", "\"gift\" lies outside the horizon"},
      {"/contracts/4/amount", "0", "/contracts/4/amount", "\"gift\" grants nothing"},
  };
  fixture *f = *state;
  for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
    load_clauses(f);
    if (i == 0) set(f, "/contracts/2/from", "2024-01");
    set(f, idle[i].set, idle[i].literal);
    const ofr_plan *plan = read_good(f);
    ofr_plan_suspicions(plan, f->root, &f->d);
    bool said = false;
    for (int n = 0; n < f->d.count; n++)
      said |= !strcmp(f->d.items[n].pointer, idle[i].pointer) && strstr(f->d.items[n].message, idle[i].message);
    if (!said) show(f);
    assert_true(said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_of_each_clause_is_read_without_a_word),
      TEST(every_broken_clause_is_refused_in_the_right_place_with_a_remedy),
      TEST(what_is_set_apart_is_read_without_a_word),
      TEST(clauses_without_effect_are_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
