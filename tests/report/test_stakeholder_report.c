/* The table of stakeholders in each format: the numbers of the result, and sentences that they bear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "fixture.h"
#include "report/stakeholder_report.h"

static ofr_stakeholders named;

static void set(fixture *f, ofr_distribution *d, double mean) { fixture_set(f, d, 1e-6, mean, 1e6); }

static void set_month(ofr_distribution *d, uint64_t count, int64_t month) {
  d->count = count;
  for (int q = 0; q < OFR_QUANTILES; q++) d->quantile[q] = month;
}

/* 'azure-floor' of $2.5 billion, of which 2.1 could be absorbed; a failure that costs 300, 200 and 100 million. */
static fixture with_stakeholders(bool fails) {
  fixture f = fixture_create(3);
  ofr_stakeholder_result *x = ofr_arena_alloc(f.arena, 1, sizeof *x);
  ofr_difference *d = ofr_arena_alloc(f.arena, 9, sizeof *d);
  ofr_absorption *a = ofr_arena_alloc(f.arena, 1, sizeof *a);
  static const char *const metrics[] = {"total_cost", "cash_cost", "unmet_cost"};
  named = (ofr_stakeholders){.anchor = 0, .fails = fails, .failure = {24, 29, 24, 29}};
  f.plan->stakeholders = &named;
  *a = (ofr_absorption){.contract = 0, .amount = INT64_C(2500000000000000)};
  set(&f, &a->absorbed, 2.1e9);
  set(&f, &a->missing, 0.4e9);
  a->missing.positive = 7000;
  set_month(&a->first_behind, 9000, 2);
  set_month(&a->last_behind, 9000, 35);
  for (int i = 0; fails && i < 9; i++) {
    d[i] = (ofr_difference){.metric = ofr_metric_index(f.result, OFR_GROUP_METRIC, 0, metrics[i % 3]), .negative = 100};
    set(&f, &d[i].values, i % 3 == 0 ? 300e6 - 100e6 * (i / 3) : 50e6);
    d[i].values.se = 2e6;
  }
  *x = (ofr_stakeholder_result){1, a, fails ? 3 : 0, d};
  f.result->stakeholders = x;
  for (int s = 0; s < 3; s++) f.result->strategies[s].majority = 10000 - 2500 * (uint64_t)s;
  return f;
}

static void expect(const fixture *f, const char *sentence) {
  ofr_text text = fixture_run(f, "text", 120), plain = fixture_unwrapped(&text);
  if (!strstr(plain.data, sentence)) print_error("not found: %s\nin: %s\n", sentence, plain.data);
  assert_non_null(strstr(plain.data, sentence));
  ofr_text_free(&text);
  ofr_text_free(&plain);
}

static void the_table_has_a_row_for_what_each_looks_at(void **state) {
  (void)state;
  fixture f = with_stakeholders(true);
  expect(&f, "Stakeholders, $ million in today's money unless nominal, means stakeholder tied free no promise");
  expect(&f, "buyer total cost 13,242 12,411 12,531");
  expect(&f, "azure (anchor) revenue");
  expect(&f, "shortfall charges, nominal 187 34 \xE2\x80\x93");
  expect(&f, "could absorb of azure-floor, nominal 2,100 2,100 \xE2\x80\x93");
  expect(&f, "which suffices in % 30.0 30.0 \xE2\x80\x93");
  expect(&f, "falls behind pace (median) 2026-03 2026-03 \xE2\x80\x93");
  expect(&f, "coreweave (rival) revenue");
  expect(&f, "Microsoft (vendor) share of work % 7.0 7.0 7.0");
  expect(&f, "one earns more than half, in % 100.0 75.0 50.0");
  expect(&f, "dependent enterprise the failure costs 300 200 100");
  fixture_destroy(&f);
}

static void sentences_say_what_the_anchor_could_absorb(void **state) {
  (void)state;
  fixture f = with_stakeholders(true);
  expect(
      &f,
      "azure could absorb $2.10 billion on average against the $2.50 billion of 'azure-floor': that suffices in 30 % of "
      "futures. It falls behind the pace of the promise in 90 % of futures, first in 2026-03 and last in 2028-12 (medians).");
  expect(&f, "The failure: azure has no capacity from 2028-01 to 2028-06, nor what is reserved there");
  set_month(&f.result->stakeholders->absorptions[0].first_behind, 0, 0);
  f.result->stakeholders->absorptions[0].missing.positive = 0;
  expect(&f, "that suffices in all 10,000 futures. It falls behind the pace of the promise in no month.");
  fixture_destroy(&f);
}

static void one_future_says_yes_or_no(void **state) {
  (void)state;
  fixture f = with_stakeholders(true);
  ofr_absorption *a = &f.result->stakeholders->absorptions[0];
  f.result->paths = a->missing.count = a->missing.positive = a->first_behind.count = 1;
  expect(
      &f,
      "azure could absorb $2.10 billion against the $2.50 billion of 'azure-floor': that does not suffice. It falls behind the "
      "pace of the promise in this future, first in 2026-03 and last in 2028-12.");
  a->missing.positive = 0;
  expect(&f, "of 'azure-floor': that suffices. It falls");
  fixture_destroy(&f);
}

static void nothing_is_said_where_nobody_is_named(void **state) {
  (void)state;
  static const char *const formats[] = {"text", "json", "csv", "markdown"};
  fixture f = fixture_create(3);
  for (int i = 0; i < 4; i++) {
    ofr_text text = fixture_run(&f, formats[i], 100);
    assert_null(strstr(text.data, "takeholder"));
    ofr_text_free(&text);
  }
  fixture_destroy(&f);
}

static void without_a_failure_nobody_depends(void **state) {
  (void)state;
  static const char *const formats[] = {"text", "json", "csv", "markdown"};
  fixture f = with_stakeholders(false);
  for (int i = 0; i < 4; i++) {
    ofr_text text = fixture_run(&f, formats[i], 100);
    assert_non_null(strstr(text.data, "takeholder"));
    assert_null(strstr(text.data, "dependent"));
    ofr_text_free(&text);
  }
  fixture_destroy(&f);
}

static void json_holds_the_numbers_where_the_manual_says(void **state) {
  (void)state;
  fixture f = with_stakeholders(true);
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_string_equal(ofr_json_find(root, "/stakeholders/anchor")->text, "azure");
  assert_string_equal(ofr_json_find(root, "/stakeholders/failure/from")->text, "2028-01");
  assert_true(fixture_number(root, "/stakeholders/failure/months") == 6);
  assert_true(fixture_number(root, "/stakeholders/absorption/azure-floor/amount") == 2.5e9);
  assert_true(fixture_number(root, "/stakeholders/absorption/azure-floor/suffices") == 0.3);
  assert_true(fixture_number(root, "/stakeholders/absorption/azure-floor/absorbed/mean") == 2.1e9);
  assert_true(fixture_number(root, "/stakeholders/absorption/azure-floor/falls_behind/share") == 0.9);
  assert_string_equal(ofr_json_find(root, "/stakeholders/absorption/azure-floor/last_behind/p50")->text, "2028-12");
  assert_true(fixture_number(root, "/stakeholders/strategies/tied/buyer/total_cost") == 13242.4e6);
  assert_true(fixture_number(root, "/stakeholders/strategies/tied/anchor/charge") == 186.6e6);
  assert_true(fixture_number(root, "/stakeholders/strategies/free/rivals/coreweave/revenue") == 1e6 * 11880.0 * 0.39);
  assert_true(fixture_number(root, "/stakeholders/strategies/free/vendors/Microsoft/share") == 0.07);
  assert_true(fixture_number(root, "/stakeholders/strategies/no promise/regulator/majority") == 0.5);
  assert_true(fixture_number(root, "/stakeholders/strategies/free/dependent_enterprise/total_cost/mean") == 200e6);
  assert_true(fixture_number(root, "/stakeholders/strategies/free/dependent_enterprise/total_cost/below") == 0.01);
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void csv_rows_join_the_long_table(void **state) {
  (void)state;
  fixture f = with_stakeholders(true);
  ofr_text text = fixture_run(&f, "csv", 100);
  fixture_check_csv(text.data, 7);
  assert_non_null(strstr(text.data, "\n,stakeholder,azure-floor,suffices,,,0.3\n"));
  assert_non_null(strstr(text.data, "\n,stakeholder,azure-floor,falls_behind,,p50,2026-03\n"));
  assert_non_null(strstr(text.data, "\nfree,stakeholder,regulator,majority,,,0.75\n"));
  assert_non_null(strstr(text.data, "\ntied,stakeholder,dependent enterprise,total_cost,,mean,300000000\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void pages_keep_their_width(void **state) {
  (void)state;
  fixture f = with_stakeholders(true);
  for (int width = 80; width <= 160; width += 20) {
    ofr_text text = fixture_run(&f, "text", width);
    fixture_check_width(text.data, width);
    ofr_text_free(&text);
  }
  fixture_destroy(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_table_has_a_row_for_what_each_looks_at),
      cmocka_unit_test(sentences_say_what_the_anchor_could_absorb),
      cmocka_unit_test(one_future_says_yes_or_no),
      cmocka_unit_test(nothing_is_said_where_nobody_is_named),
      cmocka_unit_test(without_a_failure_nobody_depends),
      cmocka_unit_test(json_holds_the_numbers_where_the_manual_says),
      cmocka_unit_test(csv_rows_join_the_long_table),
      cmocka_unit_test(pages_keep_their_width),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
