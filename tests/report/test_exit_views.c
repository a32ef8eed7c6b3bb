/* How often an exit is taken, when, for how much: in every format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "fixture.h"
#include "report/exit_views.h"

enum { EXIT = 2, MONTHS = 36 };

/* The third contract as an exit from the first, in months 11, 23, 26, 29 and 35; the first two strategies sign it, and never take
 * it. */
static fixture with_exit(void) {
  static bool at[MONTHS] = {[11] = true, [23] = true, [26] = true, [29] = true, [35] = true};
  static const bool signs[] = {true, false, true}, none[3];
  fixture f = fixture_create(3);
  ofr_result *r = f.result;
  ofr_metric *metrics = ofr_arena_alloc(f.arena, (size_t)r->metric_count + 2, sizeof *metrics);
  memcpy(metrics, r->metrics, (size_t)r->metric_count * sizeof *metrics);
  metrics[r->metric_count] = (ofr_metric){OFR_GROUP_EXIT, EXIT, "month", OFR_UNIT_MONTH, false, 1};
  metrics[r->metric_count + 1] = (ofr_metric){OFR_GROUP_EXIT, EXIT, "fee", OFR_UNIT_MONEY, false, 1e-6};
  for (int s = 0; s < r->strategy_count; s++) {
    ofr_distribution *d = ofr_arena_alloc(f.arena, (size_t)r->metric_count + 2, sizeof *d);
    memcpy(d, r->strategies[s].metrics, (size_t)r->metric_count * sizeof *d);
    d[r->metric_count] = d[r->metric_count + 1] = (ofr_distribution){.missing = r->paths};
    r->strategies[s].metrics = d;
    r->strategies[s].taken = ofr_arena_alloc(f.arena, MONTHS, sizeof(uint64_t));
  }
  r->metrics = metrics;
  r->metric_count += 2;
  f.plan->contracts[EXIT] = (ofr_contract){.name = "off-ramp", .type = OFR_EXIT, .target = 0, .at = at};
  f.plan->strategies[0].signed_contracts = f.plan->strategies[1].signed_contracts = signs;
  f.plan->strategies[2].signed_contracts = none;
  return f;
}

/* So many futures take it in each of some months, for `fee` dollars each. */
static void take(fixture *f, int s, int dates, const int *months, const uint64_t *futures, double fee) {
  ofr_distribution *month = fixture_metric(f, s, OFR_GROUP_EXIT, EXIT, "month"),
                   *paid = fixture_metric(f, s, OFR_GROUP_EXIT, EXIT, "fee");
  uint64_t count = 0;
  double sum = 0;
  for (int i = 0; i < dates; i++) {
    f->result->strategies[s].taken[months[i]] = futures[i];
    count += futures[i];
    sum += (double)months[i] * (double)futures[i];
  }
  fixture_set(f, paid, 1e-6, fee, 0);
  paid->count = month->count = count;
  paid->missing = month->missing = f->result->paths - count;
  month->mean = sum / (double)count;
  month->min = months[0], month->max = months[dates - 1];
  static const double levels[] = {.01, .05, .10, .25, .50, .75, .90, .95, .99};
  for (int q = 0; q < OFR_QUANTILES; q++) {
    uint64_t below = 0;
    int i = 0;
    while ((double)(below += futures[i]) < levels[q] * (double)count) i++;
    month->quantile[q] = months[i];
  }
}

#define TAKE(f, s, fee, months, ...)                                                                                           \
  take(f, s, sizeof((int[])months) / sizeof(int), (const int[])months, (const uint64_t[]){__VA_ARGS__}, fee)
#define LIST(...) {__VA_ARGS__}

static void a_few_dates_are_named_with_their_shares(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 1, 31.9e6, LIST(11, 23, 35), 2500, 900, 50);
  fixture_expect_sentence(&f, "Exit 'off-ramp': 'free' leaves 'azure-floor' in 34 % of futures (25 % in 2026-12, 9.0 % in 2027-12, "
                      "0.5 % in 2028-12), for $31.90 million (nominal). 'tied': never.");
  fixture_expect_sentence(&f, "$2.61 billion counted, for 'off-ramp' ends it in 34 % of futures. 'tied': 44 % of futures, $186.6 million on "
                      "average; 92.5 % met.");
  fixture_destroy(&f);
}

static void many_dates_are_told_by_their_median(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 1, 5e6, LIST(11, 23, 26, 29, 35), 100, 900, 4000, 900, 100);
  fixture_metric(&f, 1, OFR_GROUP_EXIT, EXIT, "fee")->max++;
  TAKE(&f, 0, 0, LIST(11, 23), 600, 1400);
  fixture_expect_sentence(&f, "'free' leaves 'azure-floor' in 60 % of futures, in 2028-03 at the median (nine in ten from 2027-12 to "
                      "2028-06), for $5.00 million on average (nominal). 'tied': 20 % of futures, in 2027-12 at the median, for "
                      "nothing.");
  fixture_destroy(&f);
}

static void what_hardly_ever_happens_later_is_said_so(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 1, 5e6, LIST(11, 23), 7400, 3);
  fixture_expect_sentence(&f, "in 74 % of futures, nearly always in 2026-12, for $5.00 million (nominal).");
  TAKE(&f, 1, 5e6, LIST(11), 10000);
  f.result->strategies[1].taken[23] = 0;
  fixture_expect_sentence(&f, "'free' leaves 'azure-floor' in all 10,000 futures, in 2026-12, for $5.00 million (nominal).");
  fixture_destroy(&f);
}

static void never_is_said(void **state) {
  (void)state;
  fixture f = with_exit();
  fixture_expect_sentence(&f, "Exit 'off-ramp': 'free' never leaves 'azure-floor'. 'tied': never.");
  fixture_expect_sentence(&f, "98.6 % of the promise is met");
  fixture_expect_none(&f, "counted, for");
  ofr_text text = fixture_run(&f, "markdown", 100);
  assert_non_null(strstr(text.data, "| off-ramp | free | azure-floor | never | – | – | – | – | – |\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void one_future_takes_it_or_does_not(void **state) {
  (void)state;
  fixture f = with_exit();
  f.result->paths = f.result->weight = 1;
  TAKE(&f, 1, 7e6, LIST(23), 1);
  fixture_expect_sentence(&f, "'free' leaves 'azure-floor', in 2027-12, for $7.00 million (nominal). 'tied': never.");
  fixture_expect_none(&f, "Exits by date");
  fixture_destroy(&f);
}

static void a_plan_without_exits_says_nothing_of_them(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  fixture_expect_none(&f, "Exit");
  ofr_text json = fixture_run(&f, "json", 100);
  assert_non_null(strstr(json.data, "\"exits\": {}"));
  ofr_text_free(&json);
  fixture_destroy(&f);
}

static void tables_have_every_strategy_that_signs(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 0, 186.6e6, LIST(11, 35), 2500, 2);
  TAKE(&f, 1, 2e6, LIST(23), 1210);
  ofr_text text = fixture_run(&f, "markdown", 100);
  assert_non_null(strstr(text.data, "## Exits, $ K, nominal\n"));
  assert_non_null(strstr(text.data, "| exit | strategy | ends | taken in % | p5 | median | p95 | fee when taken | fee p95 |\n"));
  assert_non_null(strstr(text.data, "| off-ramp | tied | azure-floor | 25.0 | 2026-12 | 2026-12 | 2026-12 | 186,600 | 186,600 |\n"));
  assert_non_null(strstr(text.data, "| off-ramp | free | azure-floor | 12.1 | 2027-12 | 2027-12 | 2027-12 | 2,000 | 2,000 |\n"));
  assert_non_null(strstr(text.data, "| exit | strategy | 2026-12 | 2027-12 | 2028-03 | 2028-06 | 2028-12 |\n"));
  assert_non_null(strstr(text.data, "| off-ramp | tied | 25.0 | – | – | – | &lt;0.1 |\n"));
  assert_non_null(strstr(text.data, "| off-ramp | free | – | 12.1 | – | – | – |\n"));
  assert_null(strstr(text.data, "| off-ramp | no promise"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void json_and_csv_name_months(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 1, 3.5e6, LIST(11, 23, 35), 2500, 900, 600);
  ofr_text json = fixture_run(&f, "json", 100), csv = fixture_run(&f, "csv", 100);
  ofr_json *root = fixture_parse(&f, &json);
  const ofr_json *exit = ofr_json_get(ofr_json_get(ofr_json_at(ofr_json_get(root, "strategies"), 1), "exits"), "off-ramp");
  assert_string_equal(ofr_json_get(exit, "contract")->text, "azure-floor");
  assert_true(fixture_number(root, "/strategies/free/exits/off-ramp/p_taken") == 0.4);
  assert_true(fixture_number(root, "/strategies/free/exits/off-ramp/fee/mean") == 3.5e6);
  assert_true(fixture_number(root, "/strategies/free/exits/off-ramp/month/missing") == 6000);
  assert_true(fixture_number(root, "/strategies/free/exits/off-ramp/dates/2027-12") == 0.09);
  assert_true(fixture_number(root, "/strategies/free/exits/off-ramp/dates/2028-03") == 0);
  assert_string_equal(ofr_json_get(ofr_json_get(exit, "month"), "p95")->text, "2028-12");
  assert_string_equal(ofr_json_get(ofr_json_get(exit, "month"), "min")->text, "2026-12");
  assert_true(fixture_number(root, "/strategies/tied/exits/off-ramp/p_taken") == 0);
  exit = ofr_json_get(ofr_json_get(ofr_json_at(ofr_json_get(root, "strategies"), 0), "exits"), "off-ramp");
  assert_int_equal(ofr_json_get(ofr_json_get(exit, "month"), "p95")->type, OFR_JSON_NULL);
  assert_int_equal(ofr_json_get(ofr_json_get(exit, "fee"), "mean")->type, OFR_JSON_NULL);
  fixture_check_csv(csv.data, 7);
  assert_non_null(strstr(csv.data, "\nfree,exit,off-ramp,month,,p95,2028-12\n"));
  assert_non_null(strstr(csv.data, "\nfree,exit,off-ramp,month,,p_taken,0.4\n"));
  assert_non_null(strstr(csv.data, "\nfree,exit,off-ramp,month,2026-12,share,0.25\n"));
  assert_non_null(strstr(csv.data, "\nfree,exit,off-ramp,fee,,mean,3500000\n"));
  assert_non_null(strstr(csv.data, "\ntied,exit,off-ramp,month,,p50,\n"));
  assert_null(strstr(csv.data, "\nno promise,exit,"));
  ofr_text_free(&json);
  ofr_text_free(&csv);
  fixture_destroy(&f);
}

static void shares_are_of_the_weight_of_all(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 1, 1e6, LIST(11), 2500);
  f.result->weight = 5000;
  fixture_expect_sentence(&f, "in 50 % of futures, in 2026-12");
  assert_true(ofr_exit_month_share(f.result, 1, EXIT, 11) == 0.5);
  fixture_destroy(&f);
}

static void text_fits_any_width(void **state) {
  (void)state;
  fixture f = with_exit();
  TAKE(&f, 1, 1e6, LIST(11, 23), 2500, 100);
  for (int width = 80; width < 140; width += 9) {
    ofr_text text = fixture_run(&f, "text", width);
    fixture_check_width(text.data, width);
    ofr_text_free(&text);
  }
  fixture_destroy(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_few_dates_are_named_with_their_shares), cmocka_unit_test(many_dates_are_told_by_their_median),
      cmocka_unit_test(what_hardly_ever_happens_later_is_said_so), cmocka_unit_test(never_is_said),
      cmocka_unit_test(one_future_takes_it_or_does_not), cmocka_unit_test(a_plan_without_exits_says_nothing_of_them),
      cmocka_unit_test(tables_have_every_strategy_that_signs), cmocka_unit_test(json_and_csv_name_months),
      cmocka_unit_test(shares_are_of_the_weight_of_all), cmocka_unit_test(text_fits_any_width),
  };
  return cmocka_run_group_tests_name("report/exits", tests, NULL, NULL);
}
