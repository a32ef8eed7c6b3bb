/* What a result says of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "report/facts.h"
#include "value_fixture.h"

static void a_run_and_a_valuation_tell_the_same_facts(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  const ofr_valuation *v = value_fixture(&f);
  ofr_facts run = ofr_facts_of_run(f.result), value = ofr_facts_of_value(v);
  assert_true(run.paths == value.paths && run.seed == value.seed && run.plan == value.plan);
  assert_true(run.strategies == 2 && value.strategies == 7);
  assert_string_equal(run.verb, "run");
  assert_string_equal(value.verb, "value");
  assert_true(run.results_digest == f.result->results_digest && value.results_digest == v->results_digest);
  fixture_destroy(&f);
}

static void csv_puts_names_between_what_fills_the_columns(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  ofr_text text = {0};
  ofr_facts facts = ofr_facts_of_run(f.result);
  facts.clamped_path_months = 17;
  ofr_facts_csv(&text, &facts, "<", ">");
  assert_non_null(strstr(text.data, "<paths>10000\n"));
  assert_non_null(strstr(text.data, "<clamped_path_months>17\n"));
  assert_non_null(strstr(text.data, "<cross_check_passed>true\n"));
  assert_non_null(strstr(text.data, ofr_arena_printf(f.arena, "<backend>%s\n", f.result->engine.backend)));
  assert_non_null(strstr(text.data, ofr_arena_printf(f.arena, "<seconds>%g\n", f.result->engine.seconds)));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void the_page_repeats_the_command(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  const ofr_valuation *v = value_fixture(&f);
  ofr_text text = {0};
  ofr_report_options options = ofr_report_defaults();
  ofr_page page = ofr_page_on(&text, OFR_PAGE_TEXT, 100, false);
  ofr_facts facts = ofr_facts_of_value(v);
  ofr_facts_page(&page, &facts, &options);
  facts.clamped_path_months = 2;
  ofr_facts_limits(&page, &facts);
  ofr_page_end(&page);
  assert_non_null(strstr(text.data, "offramp value plan.json --paths 10000 --seed 20251028"));
  assert_non_null(strstr(text.data, "2 path-months had a multiplier clamped"));
  assert_non_null(strstr(text.data, ofr_arena_printf(f.arena, "s on %s (%s)", f.result->engine.backend, f.result->engine.device)));
  assert_non_null(strstr(text.data, "16 paths redone on the CPU: the same"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_and_a_valuation_tell_the_same_facts),
      cmocka_unit_test(csv_puts_names_between_what_fills_the_columns),
      cmocka_unit_test(the_page_repeats_the_command),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
