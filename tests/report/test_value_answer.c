/* Clauses in sentences: every claim is one that the numbers bear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "report/value_answer.h"
#include "value_fixture.h"

enum { TIED_FLOOR, TIED_ONLY, FREE_FLOOR, BLOCK };

static void cost(fixture *f, ofr_valuation *v, int clause, const char *metric, double mean) {
  value_fixture_set(f, v, clause, OFR_GROUP_METRIC, 0, metric, mean, 0.1e6, 1, 0);
}

static void expect(const ofr_valuation *v, const char *sentence) {
  ofr_text text = {0};
  ofr_report_options options = ofr_report_defaults();
  ofr_report_format_find("text")->value(v, &options, &text);
  assert_false(text.failed);
  ofr_text plain = fixture_unwrapped(&text);
  if (!strstr(plain.data, sentence)) print_error("not found: %s\nin: %s\n", sentence, plain.data);
  assert_non_null(strstr(plain.data, sentence));
  ofr_text_free(&text);
  ofr_text_free(&plain);
}

static void the_weightiest_clause_comes_first(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  value_fixture_set(&f, v, TIED_FLOOR, OFR_GROUP_METRIC, 0, "total_cost", 40e6, 1e6, 6000, 3000);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_METRIC, 0, "total_cost", 3.1e9, 0.1e9, 9600, 400);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_WORKLOAD, 0, "unmet_cost", 2.9e9, 0.1e9, 9600, 400);
  cost(&f, v, TIED_ONLY, "usage_cost", 0.2e9);
  expect(v, "clause is worth) 'only-azure' (exclusivity) costs $3.10 \xC2\xB1 0.20 billion under 'tied', mostly in unmet "
            "training; it pays off in 4.0 % of futures.");
  expect(v, "- 'azure-floor' (commitment) costs $40.0 \xC2\xB1 2.0 million under 'tied'; it pays off in 30 % of futures.");
  fixture_destroy(&f);
}

static void a_clause_that_saves_says_in_what_and_at_what_expense(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  value_fixture_set(&f, v, BLOCK, OFR_GROUP_METRIC, 0, "total_cost", -100e6, 2e6, 1000, 9000);
  cost(&f, v, BLOCK, "usage_cost", -300e6);
  cost(&f, v, BLOCK, "reservation_cost", 200e6);
  expect(v, "'block' (reservation) saves $100.0 \xC2\xB1 4.0 million under 'no promise', mostly in usage, though it costs "
            "$200.0 million in reservation fees; it pays off in 90 % of futures.");
  cost(&f, v, BLOCK, "usage_cost", -100e6);
  cost(&f, v, BLOCK, "reservation_cost", 0);
  expect(v, "'block' (reservation) saves $100.0 \xC2\xB1 4.0 million under 'no promise', all in usage;");
  fixture_destroy(&f);
}

static void no_part_is_named_that_is_less_than_half(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  value_fixture_set(&f, v, BLOCK, OFR_GROUP_METRIC, 0, "total_cost", 100e6, 2e6, 10000, 0);
  cost(&f, v, BLOCK, "usage_cost", 40e6);
  cost(&f, v, BLOCK, "egress_cost", 45e6);
  expect(v, "'block' (reservation) costs $100.0 \xC2\xB1 4.0 million under 'no promise'; it pays off in none of 10,000 futures.");
  fixture_destroy(&f);
}

static void what_lies_within_the_noise_is_said_to(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_METRIC, 0, "total_cost", 3.1e9, 0.1e9, 9600, 400);
  value_fixture_set(&f, v, FREE_FLOOR, OFR_GROUP_METRIC, 0, "total_cost", 9e9, 5e9, 5200, 4800);
  expect(v, "'azure-floor' (commitment) costs too little to tell under 'free': $9 \xC2\xB1 10 billion; it pays off in 48 % "
            "of futures.");
  expect(v, "is worth) 'only-azure' (exclusivity) costs $3.10"); /* the other is larger, but for its error */
  expect(v, "'block' (reservation) changes nothing under 'no promise' in any of 10,000 futures.");
  fixture_destroy(&f);
}

static void who_earns_by_it_is_named(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_METRIC, 0, "total_cost", 3.1e9, 0.1e9, 9600, 400);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_PROVIDER, 0, "revenue", 2e9, 0.1e9, 9000, 0);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_PROVIDER, 1, "revenue", -1e9, 0.1e9, 0, 9000);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_PROVIDER, 2, "revenue", -5e9, 4e9, 0, 9000); /* noise */
  expect(v, "in 4.0 % of futures; azure earns $2.00 billion more by it, coreweave $1.00 billion less.");
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_PROVIDER, 0, "revenue", -2e9, 0.1e9, 0, 9000);
  expect(v, "in 4.0 % of futures; azure earns $2.00 billion less by it.");
  assert_true(ofr_value_helps(v, ofr_value_of(v, &v->clauses[TIED_ONLY], OFR_GROUP_PROVIDER, 1, "revenue")) == 0);
  fixture_destroy(&f);
}

static void one_future_says_yes_or_no(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_METRIC, 0, "total_cost", 3.1e9, 0, 1, 0);
  value_fixture_set(&f, v, BLOCK, OFR_GROUP_METRIC, 0, "total_cost", -3e6, 0, 0, 1);
  v->paths = 1;
  for (int i = 0; i < 4; i++)
    ((ofr_difference *)ofr_value_of(v, &v->clauses[i], OFR_GROUP_METRIC, 0, "total_cost"))->values.count = 1;
  expect(v, "'only-azure' (exclusivity) costs $3.10 billion under 'tied'; it does not pay off.");
  expect(v, "'block' (reservation) saves $3.00 million under 'no promise'; it pays off.");
  expect(v, "'azure-floor' (commitment) changes nothing under 'free' in this future.");
  fixture_destroy(&f);
}

static void a_single_strategy_is_not_named(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_valuation *v = value_fixture(&f);
  f.plan->strategy_count = 1;
  v->clause_count = 2;
  value_fixture_set(&f, v, TIED_ONLY, OFR_GROUP_METRIC, 0, "total_cost", 3.1e9, 0.1e9, 9600, 400);
  expect(v, "'only-azure' (exclusivity) costs $3.10 \xC2\xB1 0.20 billion; it pays off in 4.0 % of futures.");
  expect(v, "'azure-floor' (commitment) changes nothing in any of 10,000 futures.");
  fixture_destroy(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_weightiest_clause_comes_first),
      cmocka_unit_test(a_clause_that_saves_says_in_what_and_at_what_expense),
      cmocka_unit_test(no_part_is_named_that_is_less_than_half),
      cmocka_unit_test(what_lies_within_the_noise_is_said_to),
      cmocka_unit_test(who_earns_by_it_is_named),
      cmocka_unit_test(one_future_says_yes_or_no),
      cmocka_unit_test(a_single_strategy_is_not_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
