/* One future in each format: exact books, the right months and strategies, a ledger that a person can follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../stage/given_plan.h"
#include "fixture.h"

static ofr_text explain(const fixture *f, const char *format, const ofr_report_options *options) {
  ofr_text text = {0};
  ofr_report_format_find(format)->explain(f->trace, options, &text);
  assert_false(text.failed);
  return text;
}

static void json_holds_a_future_as_the_interface_says(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = explain(&f, "json", &options);
  ofr_json *root = fixture_parse(&f, &text);
  assert_true(fixture_number(root, "/path") == 17);
  assert_true(fixture_number(root, "/quanta/accelerators") == 0.25);
  assert_true(fixture_number(root, "/slip/azure-h100") == 3);
  assert_int_equal(ofr_json_find(root, "/months")->count, 36);
  assert_string_equal(ofr_json_find(root, "/months/0/month")->text, "2026-01");
  assert_true(fixture_number(root, "/months/0/demand/training") == 20000.25);
  assert_true(fixture_number(root, "/months/0/price/azure-maia") == 2.25);
  assert_true(fixture_number(root, "/months/0/capacity/coreweave-h100") == 25000);
  assert_string_equal(ofr_json_find(root, "/months/0/events/0")->text, "gpu-shortage");
  assert_int_equal(ofr_json_find(root, "/months/1/events")->count, 0);
  assert_int_equal(ofr_json_find(root, "/months/0/strategies/tied/placed")->count, 2);
  assert_true(fixture_number(root, "/months/0/strategies/tied/placed/1/served") == 1300);
  assert_false(ofr_json_find(root, "/months/0/strategies/tied/placed/0/reserved")->boolean);
  assert_true(ofr_json_find(root, "/months/0/strategies/no promise/placed/1/reserved")->boolean);
  assert_true(fixture_number(root, "/months/0/strategies/tied/unserved/training") == 5000.25);
  assert_string_equal(ofr_json_find(root, "/months/0/strategies/tied/usage")->text, "31755000.123456");
  assert_string_equal(ofr_json_find(root, "/months/0/strategies/tied/egress")->text, "0.000007");
  assert_string_equal(ofr_json_find(root, "/months/0/strategies/tied/revenue/azure")->text, "31755000.123463");
  assert_true(fixture_number(root, "/months/35/strategies/free/commitments/azure-floor/required") == 2.5e9);
  assert_true(fixture_number(root, "/months/35/strategies/free/commitments/azure-floor/deferred") == 0);
  assert_int_equal(ofr_json_find(root, "/months/0/strategies/no promise/commitments")->count, 0);
  assert_string_equal(ofr_json_find(root, "/totals/tied/cash_cost")->text, "1100000000.000001");
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void only_what_was_asked_for_is_explained(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_report_options options = ofr_report_defaults();
  options.strategy = 1, options.first_month = 2, options.last_month = 4;
  ofr_text text = explain(&f, "json", &options);
  ofr_json *root = fixture_parse(&f, &text);
  assert_int_equal(ofr_json_find(root, "/months")->count, 3);
  assert_string_equal(ofr_json_find(root, "/months/0/month")->text, "2026-03");
  assert_int_equal(ofr_json_find(root, "/months/0/strategies")->count, 1);
  assert_int_equal(ofr_json_find(root, "/totals")->count, 1);
  ofr_text_free(&text);
  text = explain(&f, "csv", &options);
  assert_null(strstr(text.data, "tied"));
  assert_null(strstr(text.data, "2026-02"));
  ofr_text_free(&text);
  text = explain(&f, "text", &options);
  assert_null(strstr(text.data, "tied"));
  assert_non_null(strstr(text.data, "2026-05"));
  assert_null(strstr(text.data, "2026-06"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void csv_has_one_row_an_entry(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = explain(&f, "csv", &options);
  assert_true(fixture_check_csv(text.data, 8) > 1000);
  assert_non_null(strstr(text.data, "\n,,slip,,,azure-h100,,3\n"));
  assert_non_null(strstr(text.data, "\n2026-01,,event,gpu-shortage,,,,1\n"));
  assert_non_null(strstr(text.data, "\n2026-01,tied,accelerators,,training,azure-h100,false,15000\n"));
  assert_non_null(strstr(text.data, "\n2026-01,no promise,served,block,inference,coreweave-h100,true,1300\n"));
  assert_non_null(strstr(text.data, "\n2026-01,tied,usage,,,,,31755000.123456\n"));
  assert_non_null(strstr(text.data, "\n,tied,total_cost,,,,,1100000000.000001\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

typedef struct fields { const char *month, *strategy, *kind, *subject, *workload, *pool, *reserved, *value; } fields;

/* The next row of a table in which nothing is quoted; false at its end. */
static bool next_row(char **at, fields *row) {
  const char **to[] = {&row->month, &row->strategy, &row->kind, &row->subject, &row->workload, &row->pool, &row->reserved, &row->value};
  if (!**at) return false;
  for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
    *to[i] = *at;
    *at += strcspn(*at, ",\n");
    *(*at)++ = 0;
  }
  return true;
}

static bool is_one_of(const char *word, const char *words) {
  size_t length = strlen(word);
  for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
    if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length])) return true;
  return false;
}

/* The sum of a number over placements: the table has what was matched within all, JSON apart. */
static double placed(const ofr_json *strategy, const fields *row, const char *key, bool matched_only) {
  double sum = 0;
  for (const ofr_json *p = ofr_json_get(strategy, "placed")->first; p; p = p->next) {
    const ofr_json *contract = ofr_json_get(p, "contract");
    if (strcmp(ofr_json_get(p, "workload")->text, row->workload) || strcmp(ofr_json_get(p, "pool")->text, row->pool) ||
        strcmp(contract ? contract->text : "", row->subject) || (matched_only && !ofr_json_get(p, "matched")))
      continue;
    assert_true(ofr_json_get(p, "reserved")->boolean == !strcmp(row->reserved, "true"));
    sum += strcmp(key, "matched_usage") ? ofr_json_get(p, key)->number
                                        : ofr_json_get(p, "price")->number * ofr_json_get(p, "accelerators")->number * 730;
  }
  return sum;
}

static double listed(const ofr_json *list, const char *name) {
  for (const ofr_json *x = list->first; x; x = x->next)
    if (!strcmp(x->text, name)) return 1;
  return NAN;
}

static double number_of(const ofr_json *x) { return x ? atof(x->text) : NAN; }

/* What JSON says where the table has this row. */
static double said(const ofr_json *root, const ofr_json *month, const fields *r) {
  const ofr_json *s = ofr_json_get(ofr_json_get(month, "strategies"), r->strategy), *inner;
  if (!*r->month && !strcmp(r->kind, "slip")) return number_of(ofr_json_get(ofr_json_get(root, "slip"), r->pool));
  if (!*r->month) return number_of(ofr_json_get(ofr_json_get(ofr_json_get(root, "totals"), r->strategy), r->kind));
  if (!strcmp(r->kind, "demand")) return number_of(ofr_json_get(ofr_json_get(month, "demand"), r->workload));
  if (is_one_of(r->kind, "price capacity")) return number_of(ofr_json_get(ofr_json_get(month, r->kind), r->pool));
  if (!strcmp(r->kind, "event")) return listed(ofr_json_get(month, "events"), r->subject);
  if (!strcmp(r->kind, "declined")) return listed(ofr_json_get(month, "declined"), r->subject);
  if (is_one_of(r->kind, "accelerators served")) return placed(s, r, r->kind, false);
  if (is_one_of(r->kind, "matched matched_usage")) return placed(s, r, strcmp(r->kind, "matched") ? r->kind : "accelerators", true);
  if (!strcmp(r->kind, "unserved")) return number_of(ofr_json_get(ofr_json_get(s, "unserved"), r->workload));
  if (!strcmp(r->kind, "revenue")) return number_of(ofr_json_get(ofr_json_get(s, "revenue"), r->subject));
  if (is_one_of(r->kind, "list saved"))
    return number_of(ofr_json_get(ofr_json_get(ofr_json_get(s, "discounts"), r->subject), r->kind));
  if (!strcmp(r->kind, "exit_fee")) return number_of(ofr_json_get(ofr_json_get(s, "exit_fee"), r->subject));
  if (!strcmp(r->kind, "exited")) return listed(ofr_json_get(s, "exited"), r->subject);
  if (*r->subject && (inner = ofr_json_get(ofr_json_get(s, "commitments"), r->subject))) return number_of(ofr_json_get(inner, r->kind));
  if (*r->subject) return number_of(ofr_json_get(ofr_json_get(s, "grants_credit"), r->subject));
  return number_of(ofr_json_get(s, r->kind));
}

/* How many rows the table has for what JSON says of a strategy in a month. */
static int entries(const ofr_json *strategy) {
  int n = 0;
  for (const ofr_json *x = strategy->first; x; x = x->next) {
    if (!x->key || !strcmp(x->key, "placed")) continue;
    if (!x->first) n += x->type == OFR_JSON_NUMBER;
    for (const ofr_json *y = x->first; y; y = y->next) n += y->first ? y->count : 1;
  }
  return n;
}

static void csv_and_json_say_the_same_of_a_plan_with_every_clause(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/clauses.json", 10, 10);
  fixture f = {.arena = given.arena};
  ofr_report_options options = ofr_report_defaults();
  int rows = 0, wanted = 0;
  for (uint64_t path = 0; path < 3; path++) {
    const ofr_trace *found;
    assert_int_equal(ofr_trace_path(given.plan, path, given.arena, &found, NULL), OFFRAMP_OK);
    f.trace = (ofr_trace *)found;
    ofr_text json = explain(&f, "json", &options), csv = explain(&f, "csv", &options);
    const ofr_json *root = fixture_parse(&f, &json), *months = ofr_json_get(root, "months"), *month = NULL;
    char *at = strchr(csv.data, '\n') + 1;
    assert_null(strchr(at, '"'));
    for (fields r; next_row(&at, &r);) {
      for (const ofr_json *m = months->first; m && *r.month; m = m->next)
        if (!strcmp(ofr_json_get(m, "month")->text, r.month)) month = m;
      double value = said(root, month, &r), expected = atof(r.value), near = *r.pool && *r.strategy ? 1e-9 : 0;
      if (!(fabs(value - expected) <= near * fabs(expected) + (near > 0 ? 1e-6 : 0)))
        fail_msg("%s %s %s %s %s %s: %s in the table, %.17g in JSON", r.month, r.strategy, r.kind, r.subject, r.workload, r.pool, r.value, value);
      rows += *r.month && *r.strategy && !is_one_of(r.kind, "accelerators served matched matched_usage");
    }
    for (const ofr_json *m = months->first; m; m = m->next)
      for (const ofr_json *s = ofr_json_get(m, "strategies")->first; s; s = s->next) wanted += entries(s);
    ofr_text_free(&json);
    ofr_text_free(&csv);
  }
  assert_int_equal(rows, wanted);
  assert_true(rows > 5000);
  given_free(&given);
}

static void the_ledger_shows_the_count_against_the_promise(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = explain(&f, "markdown", &options);
  assert_non_null(strstr(text.data, "Capacity comes late: azure-h100 by 3 months."));
  assert_non_null(strstr(text.data, "## 2026-01: gpu-shortage\n"));
  assert_non_null(strstr(text.data, "| tied | azure-floor | 31.8 | 2,500.0 | \\$ million | 1.3 | 2028-12 |\n"));
  assert_non_null(
      strstr(text.data, "| free | azure-floor | 1,143.2 | 2,500.0 | \\$ million | 45.7 | 2028-12 | 2,500.0 | 1,356.8 | – | – |\n"));
  assert_non_null(strstr(text.data, "| no promise | inference | coreweave-h100, reserved | 1,000 | 1,300 |\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_promise_beyond_the_horizon_is_shown_in_proportion(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  f.plan->contracts[0].windows[0].span.true_to = 71;
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = explain(&f, "markdown", &options);
  assert_non_null(strstr(text.data, "| tied | azure-floor | 31.8 | 1,250.0 | \\$ million | 2.5 | 2028-12 |"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_promise_that_ends_before_the_horizon_is_shown_whole(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  f.plan->contracts[0].windows[0].span.to = f.plan->contracts[0].windows[0].span.true_to = 23;
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = explain(&f, "markdown", &options);
  assert_non_null(strstr(text.data, "| tied | azure-floor | 31.8 | 2,500.0 | \\$ million | 1.3 | 2027-12 |"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_promise_that_has_ended_is_no_longer_counted(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_trace_contract *left = (ofr_trace_contract *)&f.trace->months[5].strategies[0].contracts[0];
  ofr_report_options options = ofr_report_defaults();
  options.strategy = 0, options.first_month = 4;
  left->ended = true;
  options.last_month = 4;
  ofr_text text = explain(&f, "text", &options);
  assert_non_null(strstr(text.data, "Promises, as counted so far"));
  ofr_text_free(&text);
  options.first_month = options.last_month = 6;
  text = explain(&f, "text", &options);
  assert_null(strstr(text.data, "Promises, as counted so far"));
  ofr_text_free(&text);
  left->ended = false;
  bool none[3] = {0}, floor[3] = {true};
  ofr_effect effect = {.pools = none, .workloads = none, .contracts = floor, .ends = true};
  f.plan->events[0].effects = &effect; /* active in the first month */
  f.plan->events[0].effect_count = 1;
  text = explain(&f, "text", &options);
  assert_null(strstr(text.data, "Promises, as counted so far"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void what_rounding_leaves_undone_is_not_listed(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  int64_t *unserved = (int64_t *)f.trace->months[0].strategies[0].unserved;
  ofr_report_options options = ofr_report_defaults();
  options.last_month = 0;
  unserved[0] = 1024; /* of 80001 x 128 */
  ofr_text text = explain(&f, "text", &options);
  assert_non_null(strstr(text.data, "(unserved)"));
  ofr_text_free(&text);
  unserved[0] = 1023;
  text = explain(&f, "text", &options);
  assert_null(strstr(text.data, "(unserved)"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void text_fits_its_width(void **state) {
  (void)state;
  for (int strategies = 1; strategies <= OFR_MAX_STRATEGIES; strategies += 5) {
    fixture f = fixture_create(strategies);
    f.plan->pools[0].name = "a-pool-with-a-name-that-nobody-would-give-it-in-earnest-but-a-test-does\x1b[31m";
    f.plan->workloads[0].name =
        "a-workload-with-a-name-that-nobody-would-give-it-in-earnest-\xE4\xBA\x91\xE8\xAE\xA1\xE7\xAE\x97";
    for (int width = 60; width <= 140; width += 20) {
      ofr_report_options options = ofr_report_defaults();
      options.width = width;
      ofr_text text = explain(&f, "text", &options);
      fixture_check_width(text.data, width);
      assert_null(strchr(text.data, '\x1b'));
      ofr_text_free(&text);
    }
    fixture_destroy(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_holds_a_future_as_the_interface_says),
      cmocka_unit_test(only_what_was_asked_for_is_explained),
      cmocka_unit_test(csv_has_one_row_an_entry),
      cmocka_unit_test(csv_and_json_say_the_same_of_a_plan_with_every_clause),
      cmocka_unit_test(the_ledger_shows_the_count_against_the_promise),
      cmocka_unit_test(a_promise_beyond_the_horizon_is_shown_in_proportion),
      cmocka_unit_test(a_promise_that_ends_before_the_horizon_is_shown_whole),
      cmocka_unit_test(a_promise_that_has_ended_is_no_longer_counted),
      cmocka_unit_test(what_rounding_leaves_undone_is_not_listed),
      cmocka_unit_test(text_fits_its_width),
  };
  return cmocka_run_group_tests_name("report/explain", tests, NULL, NULL);
}
