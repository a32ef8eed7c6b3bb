/* A run in each format: the numbers of the result, and sentences that those numbers bear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fixture.h"

static void every_format_is_found_by_name(void **state) {
  (void)state;
  assert_non_null(ofr_report_format_find("text"));
  assert_non_null(ofr_report_format_find("json"));
  assert_non_null(ofr_report_format_find("csv"));
  assert_non_null(ofr_report_format_find("markdown"));
  assert_null(ofr_report_format_find("xml"));
}

static void json_holds_the_numbers_where_the_interface_says(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_string_equal(ofr_json_get(root, "results_digest")->text, f.result->results_digest);
  assert_string_equal(ofr_json_get(ofr_json_get(root, "plan"), "name")->text, "two clouds, one promise");
  assert_true(fixture_number(root, "/paths") == 10000);
  assert_true(fixture_number(root, "/seed") == 20251028);
  assert_true(fixture_number(root, "/quanta/money") == 1e-6);
  assert_true(fixture_number(root, "/band_paths") == 4096);
  assert_true(fixture_number(root, "/cross_check/paths") == 16);
  assert_true(fixture_number(root, "/strategies/free/metrics/total_cost/mean") == 12411.3e6);
  assert_true(fixture_number(root, "/strategies/tied/providers/azure/share/mean") == 1);
  assert_true(fixture_number(root, "/strategies/tied/vendors/Microsoft/share/mean") == 0.07);
  assert_true(fixture_number(root, "/strategies/free/commitments/azure-floor/p_charge") == 0.121);
  assert_true(fixture_number(root, "/strategies/free/commitments/azure-floor/utilisation/mean") == 0.986);
  assert_true(fixture_number(root, "/strategies/free/bands/cash/p25/3") == 213);
  assert_true(fixture_number(root, "/strategies/free/bands/cash/mean/3") == 4);
  assert_true(fixture_number(root, "/strategies/free/bands/revenue/aws/p95/35") == 775);
  assert_true(fixture_number(root, "/strategies/tied/years/cash/1/p50") == 3e9 * 0.98);
  assert_true(fixture_number(root, "/comparisons/0/total_cost/a_wins") == 0.13);
  assert_true(fixture_number(root, "/comparisons/0/break_even_unmet") == 0.769);
  assert_null(ofr_json_find(root, "/comparisons/1/break_even_unmet"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void every_metric_has_every_statistic(void **state) {
  (void)state;
  static const char *const names[] = {"mean", "se",  "sd",  "min", "max", "p01", "p05",    "p10",
                                      "p25",  "p50", "p75", "p90", "p95", "p99", "cvar95", "cvar99"};
  fixture f = fixture_create(2);
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text), *metrics = ofr_json_find(root, "/strategies/tied/metrics");
  assert_int_equal(metrics->count, 11);
  for (const ofr_json *m = metrics->first; m != NULL; m = m->next) {
    assert_int_equal(m->count, 16);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) assert_non_null(ofr_json_get(m, names[i]));
  }
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void money_of_the_books_is_printed_digit_by_digit(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  fixture_metric(&f, 0, OFR_GROUP_METRIC, 0, "total_cost")->max = INT64_C(9007199254740993000) + 1; /* beyond 2^53 */
  ofr_text text = fixture_run(&f, "json", 100);
  assert_non_null(strstr(text.data, "\"max\": 9007199254740.993001"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void an_undefined_unit_cost_is_null_and_counted(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  *fixture_metric(&f, 0, OFR_GROUP_METRIC, 0, "unit_cost") =
      (ofr_distribution){.missing = 10000, .mean = NAN, .cvar95 = NAN, .cvar99 = NAN};
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_int_equal(ofr_json_find(root, "/strategies/tied/metrics/unit_cost/mean")->type, OFR_JSON_NULL);
  assert_int_equal(ofr_json_find(root, "/strategies/tied/metrics/unit_cost/p50")->type, OFR_JSON_NULL);
  assert_true(fixture_number(root, "/strategies/tied/metrics/unit_cost/missing") == 10000);
  ofr_text_free(&text);
  text = fixture_run(&f, "csv", 100);
  assert_non_null(strstr(text.data, "tied,metric,,unit_cost,,p50,\n"));
  assert_non_null(strstr(text.data, "tied,metric,,unit_cost,,missing,10000\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_month_without_a_price_has_no_mean_and_prices_no_years(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  ofr_i128 counts[36] = {[1] = 5000};
  f.result->strategies[0].bands[4].count = counts;
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_int_equal(ofr_json_find(root, "/strategies/tied/bands/price_paid/mean/0")->type, OFR_JSON_NULL);
  assert_true(fixture_number(root, "/strategies/tied/bands/price_paid/mean/1") == 4); /* over half of the paths */
  assert_null(ofr_json_find(root, "/strategies/tied/years/price_paid"));
  assert_non_null(ofr_json_find(root, "/strategies/tied/years/served"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_seed_beyond_doubles_is_a_string(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  f.result->seed = UINT64_MAX;
  ofr_text text = fixture_run(&f, "json", 100);
  assert_string_equal(ofr_json_get(fixture_parse(&f, &text), "seed")->text, "18446744073709551615");
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_run_without_a_cross_check_does_not_claim_one(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  f.result->engine.checked_paths = 0;
  f.result->engine.check_passed = false;
  ofr_text text = fixture_run(&f, "json", 100);
  assert_int_equal(ofr_json_find(fixture_parse(&f, &text), "/cross_check/passed")->type, OFR_JSON_NULL);
  ofr_text_free(&text);
  fixture_expect_sentence(&f, "No path was redone on the CPU");
  fixture_destroy(&f);
}

static void a_failed_cross_check_is_said_aloud(void **state) {
  (void)state;
  fixture f = fixture_create(1);
  f.result->engine.check_passed = false;
  fixture_expect_sentence(&f, "NOT the same. Do not use this result.");
  fixture_destroy(&f);
}

static const ofr_json *item(const ofr_json *list, const char *key, const char *text) {
  for (const ofr_json *x = list ? list->first : NULL; x; x = x->next)
    if (!strcmp(ofr_json_get(x, key)->text, text)) return x;
  return NULL;
}

/* Where JSON has what a row of the table says: strategy, group, subject, metric, period, statistic. */
static const ofr_json *said(const ofr_json *root, const fixture *f, char *const *row) {
  const ofr_json *s = item(ofr_json_get(root, "strategies"), "name", row[0]), *x;
  if (!strcmp(row[1], "comparison")) {
    for (x = ofr_json_get(root, "comparisons")->first; x; x = x->next)
      if (!strcmp(ofr_json_get(x, "a")->text, row[0]) && !strcmp(ofr_json_get(x, "b")->text, row[2])) break;
    return !strcmp(row[5], "break_even_unmet") ? ofr_json_get(x, row[5]) : ofr_json_get(ofr_json_get(x, row[3]), row[5]);
  }
  if (!strcmp(row[1], "metric")) return ofr_json_get(ofr_json_get(ofr_json_get(s, "metrics"), row[3]), row[5]);
  bool band = !strcmp(row[1], "band"), year = !strcmp(row[1], "year");
  x = ofr_json_get(s, ofr_arena_printf(f->arena, "%ss", row[1]));
  if (!band && !year) {
    x = ofr_json_get(x, row[2]);
    return !strcmp(row[5], "p_charge") ? ofr_json_get(x, row[5]) : ofr_json_get(ofr_json_get(x, row[3]), row[5]);
  }
  x = ofr_json_get(x, row[3]);
  if (*row[2]) x = ofr_json_get(x, row[2]);
  if (year) return ofr_json_get(item(x, "year", row[4]), row[5]);
  return ofr_json_at(ofr_json_get(x, row[5]), 12 * (atoi(row[4]) - f->plan->start_year) + atoi(row[4] + 5) - f->plan->start_month);
}

/* Numbers, but for what a year is called. */
static int numbers_in(const ofr_json *x) {
  int n = 0;
  if (x->type == OFR_JSON_NUMBER) return !x->key || strcmp(x->key, "year") != 0;
  for (const ofr_json *y = x->first; y; y = y->next) n += numbers_in(y);
  return n;
}

static void csv_and_json_say_the_same_number_for_number(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_text json = fixture_run(&f, "json", 100), csv = fixture_run(&f, "csv", 100);
  const ofr_json *root = fixture_parse(&f, &json);
  int rows = 0;
  for (char *at = strchr(csv.data, '\n') + 1, *row[7]; *at;) {
    if (!strncmp(at, ",run,", 5)) { /* its facts: test_facts.c */
      at = strchr(at, '\n') + 1;
      continue;
    }
    for (int i = 0; i < 7; i++) {
      row[i] = at;
      at += strcspn(at, ",\n");
      *at++ = 0;
    }
    const ofr_json *x = said(root, &f, row);
    if (!x) fail_msg("%s %s %s %s %s %s is not in JSON", row[0], row[1], row[2], row[3], row[4], row[5]);
    if (*row[6] ? x->number != atof(row[6]) : x->type != OFR_JSON_NULL)
      fail_msg("%s %s %s %s %s %s: %s in the table, %s in JSON", row[0], row[1], row[2], row[3], row[4], row[5], row[6], x->text);
    rows += *row[6] != 0;
  }
  assert_int_equal(rows, numbers_in(ofr_json_get(root, "strategies")) + numbers_in(ofr_json_get(root, "comparisons")));
  assert_true(rows > 3000);
  ofr_text_free(&json);
  ofr_text_free(&csv);
  fixture_destroy(&f);
}

static void csv_has_seven_fields_and_the_same_numbers(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_text text = fixture_run(&f, "csv", 100);
  assert_true(fixture_check_csv(text.data, 7) > 1000);
  assert_non_null(strstr(text.data, "free,metric,,total_cost,,mean,12411300000\n"));
  assert_non_null(strstr(text.data, "free,commitment,azure-floor,charge,,p_charge,0.121\n"));
  assert_non_null(strstr(text.data, "free,band,,cash,2026-04,p25,213\n"));
  assert_non_null(strstr(text.data, "free,band,aws,revenue,2028-12,p95,775\n"));
  assert_non_null(strstr(text.data, "tied,comparison,free,total_cost,,a_wins,0.13\n"));
  assert_null(strstr(text.data, "no promise,commitment"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void the_answer_comes_first(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_text text = fixture_run(&f, "text", 1000);
  const char *answer = "'free' is cheapest on average: $12.41 billion in today's money over 36 months, $831 \xC2\xB1 21 million "
                       "less than 'tied' (it wins in 87 % of futures).\n";
  assert_ptr_equal(strstr(text.data, answer), text.data + strlen("two clouds, one promise\n\n"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void what_lies_within_the_noise_is_not_called_cheaper(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  fixture_comparison(&f, 0, 1)->se = 500e6;
  fixture_expect_sentence(&f, "'free' and 'tied' cannot be told apart at 10,000 paths: $12.41 billion on average");
  fixture_expect_sentence(&f,
                  "$0.8 \xC2\xB1 1.0 billion in favour of 'free', is smaller than its error. If it is real, some 30,000 paths");
  ofr_text text = fixture_run(&f, "text", 100);
  assert_null(strstr(text.data, "is cheapest"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void strategies_that_never_differ_cost_the_same(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_comparison *c = fixture_comparison(&f, 0, 1);
  *c = (ofr_comparison){.a = 0, .b = 1, .count = 10000, .break_even = NAN};
  fixture_expect_sentence(&f, "'free' and 'tied' cost exactly the same in all 10,000 futures: $12.41 billion on average");
  fixture_destroy(&f);
}

static void each_promise_is_accounted_for(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  fixture_expect_sentence(
      &f, "Promise 'azure-floor': 'free' pays a shortfall charge in 12 % of futures, $34.40 million on average and "
          "$284.3 million where it falls due (nominal); 98.6 % of the promise is met. 'tied': 44 % of futures, $186.6 million "
          "on average; 92.5 % met.");
  fixture_set(&f, fixture_metric(&f, 1, OFR_GROUP_COMMITMENT, 0, "charge"), 1e-6, 0, 0);
  fixture_expect_sentence(&f, "'free' pays a shortfall charge in none of 10,000 futures; 98.6 % of the promise is met");
  fixture_set(&f, fixture_metric(&f, 0, OFR_GROUP_COMMITMENT, 0, "charge"), 1e-6, 0, 0);
  fixture_expect_sentence(&f, "'tied': never; 92.5 % met.");
  fixture_destroy(&f);
}

static void unserved_work_and_the_tail_are_told(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  fixture_expect_sentence(&f,
                  "Work: 'free' leaves 1.6 % unserved on average and 7.6 % in its worst 5 % of futures; 'tied' leaves 14 %.");
  fixture_expect_sentence(
      &f, "in its worst 5 % of futures 'free' costs $17.87 billion on average (CVaR 95), 44 % above its mean; no other");
  fixture_expect_sentence(&f, "Were that worth less than 0.77 times as much, 'tied' would be cheaper.");
  fixture_metric(&f, 0, OFR_GROUP_METRIC, 0, "total_cost")->cvar95 = 15e9;
  fixture_expect_sentence(&f, "the tail is milder under 'tied': $15.00 billion");
  fixture_metric(&f, 0, OFR_GROUP_METRIC, 0, "total_cost")->cvar95 =
      fixture_metric(&f, 1, OFR_GROUP_METRIC, 0, "total_cost")->cvar95 - 1e6;
  fixture_expect_sentence(&f, "the tail is milder under 'tied', by $1.00 million"); /* both are $17.87 billion */
  fixture_destroy(&f);
}

static void work_that_never_varies_has_no_worst_futures(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_distribution *served = fixture_metric(&f, 1, OFR_GROUP_METRIC, 0, "served");
  fixture_set(&f, served, 1e-9, 0.5, 0);
  fixture_expect_sentence(&f, "Work: 'free' leaves 50 % unserved in all 10,000 futures; 'tied' leaves 14 %.");
  fixture_set(&f, served, 1e-9, 1, 0);
  fixture_expect_sentence(&f, "Work: 'free' serves all of it in all 10,000 futures; 'tied' leaves 14 %.");
  fixture_metric(&f, 1, OFR_GROUP_METRIC, 0, "unit_cost")->count = 0; /* nothing was served */
  fixture_expect_sentence(&f, "Work: there is none to do.");
  fixture_destroy(&f);
}

static void two_futures_are_both(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  f.result->paths = f.result->weight = 2;
  ofr_comparison *c = fixture_comparison(&f, 0, 1);
  c->count = c->b_wins = 2, c->a_wins = 0;
  fixture_expect_sentence(&f, "(it wins in both futures)");
  fixture_destroy(&f);
}

static void a_difference_that_is_small_beside_the_cost_is_shown(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_comparison *c = fixture_comparison(&f, 0, 1);
  c->mean = 2e5, c->se = 6e3, c->break_even = NAN;
  fixture_expect_sentence(&f, "Total cost of each strategy, $ million in today's money");
  fixture_expect_sentence(&f, "Against 'free', on the same futures, $ K in today's money");
  fixture_expect_sentence(&f, "tied 200.0 12.0 ");
  fixture_destroy(&f);
}

static void a_stake_has_a_table_of_its_own_but_for_one_in_the_anchor(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  fixture_expect_none(&f, "What holders of stakes earn");
  f.plan->contracts[1] = (ofr_contract){.name = "equity", .type = OFR_STAKE, .provider = 1, .holder = "Big Fund"};
  int last = f.result->metric_count - 1;
  ofr_metric *metrics = ofr_arena_alloc(f.arena, (size_t)last + 1, sizeof *metrics);
  memcpy(metrics, f.result->metrics, (size_t)last * sizeof *metrics);
  metrics[last] = (ofr_metric){OFR_GROUP_STAKE, 1, "net", OFR_UNIT_MONEY, false, 1e-6};
  f.result->metrics = metrics;
  for (int s = 0; s < 2; s++) fixture_set(&f, &f.result->strategies[s].metrics[last], 1e-6, 3e9, 1e9);
  fixture_expect_sentence(&f, "What holders of stakes earn, $ million in today's money");
  fixture_expect_sentence(&f, "equity (Big Fund) tied 3,000 1,400 4,600 "); /* 'free' does not sign it */
  fixture_expect_none(&f, "4,600 free");
  ofr_stakeholders stakeholders = {.anchor = 1};
  ofr_stakeholder_result seen = {0};
  f.plan->stakeholders = &stakeholders;
  f.result->stakeholders = &seen;
  fixture_expect_none(&f, "What holders of stakes earn");
  f.result->stakeholders = NULL;
  f.plan->stakeholders = NULL;
  fixture_destroy(&f);
}

static void limits_of_the_run_are_named(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  f.result->clamped_path_months = 1234;
  f.result->engine.note = "the GPU was busy: the CPU took over";
  fixture_expect_sentence(&f, "1,234 path-months had a multiplier clamped at 64");
  fixture_expect_sentence(&f, "Quantiles by year are those of the first 4,096 futures");
  fixture_expect_sentence(&f, "16 paths redone on the CPU: the same, bit for bit");
  fixture_expect_sentence(&f, "offramp run plan.json --paths 10000 --seed 20251028");
  fixture_expect_sentence(&f, "the GPU was busy: the CPU took over");
  ofr_text json = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &json);
  assert_true(fixture_number(root, "/clamped_path_months") == 1234);
  assert_true(fixture_number(root, "/engine/seconds") == f.result->engine.seconds);
  assert_true(fixture_number(root, "/engine/threads") == f.result->engine.threads);
  assert_string_equal(ofr_json_find(root, "/engine/backend")->text, f.result->engine.backend);
  assert_string_equal(ofr_json_find(root, "/engine/device")->text, f.result->engine.device);
  assert_string_equal(ofr_json_find(root, "/engine/note")->text, "the GPU was busy: the CPU took over");
  assert_true(fixture_number(root, "/cross_check/paths") == f.result->engine.checked_paths);
  ofr_text_free(&json);
  fixture_destroy(&f);
}

static void slices_stand_beside_what_varies(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_result *r = f.result;
  ofr_slice_means *slices = calloc((size_t)(r->metric_count * r->strategy_count), sizeof *slices);
  ofr_text plain = fixture_run(&f, "json", 100);
  for (int s = 0; s < r->strategy_count; s++) r->strategies[s].slices = slices + s * r->metric_count;
  slices[0] = (ofr_slice_means){.count = 3, .mean = {1, 2, 4.5}};
  for (int m = 0; m < r->metric_count; m++)
    if (!strcmp(r->metrics[m].name, "charge"))
      slices[m] = (ofr_slice_means){.count = 2, .mean = {7, 7}, .positive = {0.25, 0.5}};
  r->comparisons[0].wins[1] = (ofr_slice_means){.count = 2, .positive = {0, 1}};
  double tail[OFR_SLICES] = {10, 20, 30.5};
  r->strategies[0].cvar95_slices = tail;
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_true(fixture_number(root, "/strategies/0/metrics/total_cost/slices/2") == 4.5);
  assert_true(fixture_number(root, "/strategies/0/metrics/total_cost/cvar95_slices/2") == 30.5);
  assert_int_equal(ofr_json_find(root, "/strategies/0/metrics/total_cost/cvar95_slices")->count, 3);
  assert_null(ofr_json_find(root, "/strategies/1/metrics/total_cost/cvar95_slices"));
  assert_true(fixture_number(root, "/strategies/0/commitments/azure-floor/p_charge_slices/1") == 0.5);
  assert_true(fixture_number(root, "/comparisons/0/total_cost/b_wins_slices/1") == 1);
  assert_null(ofr_json_find(root, "/strategies/0/commitments/azure-floor/charge/slices")); /* the same in all */
  assert_null(ofr_json_find(root, "/comparisons/0/total_cost/a_wins_slices"));
  assert_null(strstr(plain.data, "slices"));
  ofr_text_free(&text);
  ofr_text_free(&plain);
  free(slices);
  fixture_destroy(&f);
}

static void futures_from_a_file_are_named(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  uint64_t weights[1] = {0};
  ofr_futures futures = {.file = "brought.csv", .digest = "0f"};
  f.plan->futures = &futures;
  fixture_expect_sentence(&f, "The futures are those of brought.csv, each as likely");
  futures.weights = weights;
  fixture_expect_sentence(&f, "The futures are those of brought.csv, each with its weight");
  ofr_text text = fixture_run(&f, "json", 100);
  assert_non_null(strstr(text.data, "\"futures\": {\"file\": \"brought.csv\", \"weighted\": true, \"digest\": \"0f\"}"));
  ofr_text_free(&text);
  f.plan->futures = NULL;
  fixture_destroy(&f);
}

static void one_path_makes_no_claim_about_chance(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  f.result->paths = f.result->weight = 1;
  ofr_comparison *c = fixture_comparison(&f, 0, 1);
  c->count = 1, c->se = 0, c->a_wins = 0, c->b_wins = 1, c->win_share = 0;
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < f.result->metric_count; i++)
      f.result->strategies[s].metrics[i].count = 1, f.result->strategies[s].metrics[i].positive = 1;
  fixture_expect_sentence(
      &f, "'free' is cheapest in the one future looked at: $12.41 billion in today's money over 36 months, $831.1 million "
          "less than 'tied'.");
  fixture_expect_sentence(&f, "one future says nothing about chance");
  ofr_text text = fixture_run(&f, "text", 100);
  assert_null(strstr(text.data, "of futures"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void a_plan_without_promises_has_no_table_of_them(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  f.result->metric_count -= 3;
  ofr_text text = fixture_run(&f, "text", 100);
  assert_null(strstr(text.data, "Promise"));
  ofr_text_free(&text);
  text = fixture_run(&f, "json", 100);
  assert_int_equal(ofr_json_find(fixture_parse(&f, &text), "/strategies/free/commitments")->count, 0);
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void text_fits_any_width_with_any_number_of_strategies(void **state) {
  (void)state;
  for (int strategies = 1; strategies <= OFR_MAX_STRATEGIES; strategies++) {
    fixture f = fixture_create(strategies);
    f.plan->strategies[0].name =
        "a strategy whose name is far too long for any table, and longer still: \xE4\xBA\x91\xE8\xAE\xA1\xE7\xAE\x97";
    f.plan->providers[0].name = "a-provider-with-a-name-that-nobody-would-give-it-in-earnest-but-a-test-does";
    for (int width = 60; width <= 200; width += 20) {
      ofr_text text = fixture_run(&f, "text", width);
      fixture_check_width(text.data, width > 76 ? width : 81); /* a digest is never broken */
      ofr_text_free(&text);
    }
    fixture_destroy(&f);
  }
}

static void nasty_names_stay_names(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  f.plan->strategies[0].name = "=1+1,\"<script>\"\n\x1b[31m|\xE4\xBA\x91";
  f.plan->providers[0].name = "@azure\\";
  ofr_text text = fixture_run(&f, "json", 100);
  ofr_json *root = fixture_parse(&f, &text);
  assert_string_equal(ofr_json_find(root, "/strategies/0/name")->text, f.plan->strategies[0].name);
  assert_null(strchr(text.data, '<'));
  ofr_text_free(&text);
  text = fixture_run(&f, "csv", 100);
  fixture_check_csv(text.data, 7);
  assert_non_null(strstr(text.data, "\"'=1+1,\"\"<script>\"\"\n"));
  assert_non_null(strstr(text.data, ",'@azure\\,"));
  ofr_text_free(&text);
  text = fixture_run(&f, "text", 100);
  assert_null(strchr(text.data, '\x1b'));
  fixture_check_width(text.data, 100);
  ofr_text_free(&text);
  text = fixture_run(&f, "markdown", 100);
  assert_null(strstr(text.data, "<script>"));
  assert_null(strchr(text.data, '\x1b'));
  assert_non_null(strstr(text.data, "\\|"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void colour_only_when_asked_for(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = {0};
  options.color = true;
  ofr_run_text(f.result, &options, &text);
  assert_non_null(strstr(text.data, "\x1b[1m"));
  ofr_text_clear(&text);
  ofr_run_markdown(f.result, &options, &text);
  assert_null(strchr(text.data, '\x1b'));
  ofr_text_free(&text);
  text = fixture_run(&f, "text", 100);
  assert_null(strchr(text.data, '\x1b'));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void what_is_certain_has_no_tail(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_distribution *total = fixture_metric(&f, 1, OFR_GROUP_METRIC, 0, "total_cost");
  total->max = total->min;
  fixture_expect_sentence(&f, "Risk: 'free' costs the same in all 10,000 futures.");
  fixture_destroy(&f);
}

static void markdown_says_what_text_says(void **state) {
  (void)state;
  fixture f = fixture_create(2);
  ofr_text text = fixture_run(&f, "markdown", 100);
  assert_non_null(strstr(text.data, "# two clouds, one promise\n"));
  assert_non_null(strstr(text.data, "**'free' is cheapest on average: $12.41 billion"));
  assert_non_null(strstr(text.data, "| free | 12,411 | 8,043 | 16,780 | 17,872 | 11,880 | 531 | 98.4 | 2.750 |\n"));
  assert_non_null(strstr(text.data, "|:---|---:|"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

static void the_short_report_keeps_the_answer(void **state) {
  (void)state;
  fixture f = fixture_create(3);
  ofr_report_options options = ofr_report_defaults();
  ofr_text text = {0};
  options.detail = OFR_DETAIL_ANSWER;
  options.command = "offramp run plan.json --set /x=1";
  ofr_run_text(f.result, &options, &text);
  assert_non_null(strstr(text.data, "'free' is cheapest"));
  assert_non_null(strstr(text.data, "Total cost of each strategy"));
  assert_non_null(strstr(text.data, "--set /x=1"));
  assert_null(strstr(text.data, "Who earns it"));
  ofr_text_free(&text);
  fixture_destroy(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_is_found_by_name),
      cmocka_unit_test(json_holds_the_numbers_where_the_interface_says),
      cmocka_unit_test(every_metric_has_every_statistic),
      cmocka_unit_test(money_of_the_books_is_printed_digit_by_digit),
      cmocka_unit_test(an_undefined_unit_cost_is_null_and_counted),
      cmocka_unit_test(a_month_without_a_price_has_no_mean_and_prices_no_years),
      cmocka_unit_test(a_seed_beyond_doubles_is_a_string),
      cmocka_unit_test(a_run_without_a_cross_check_does_not_claim_one),
      cmocka_unit_test(a_failed_cross_check_is_said_aloud),
      cmocka_unit_test(csv_and_json_say_the_same_number_for_number),
      cmocka_unit_test(csv_has_seven_fields_and_the_same_numbers),
      cmocka_unit_test(the_answer_comes_first),
      cmocka_unit_test(what_lies_within_the_noise_is_not_called_cheaper),
      cmocka_unit_test(strategies_that_never_differ_cost_the_same),
      cmocka_unit_test(each_promise_is_accounted_for),
      cmocka_unit_test(what_is_certain_has_no_tail),
      cmocka_unit_test(unserved_work_and_the_tail_are_told),
      cmocka_unit_test(work_that_never_varies_has_no_worst_futures),
      cmocka_unit_test(two_futures_are_both),
      cmocka_unit_test(a_difference_that_is_small_beside_the_cost_is_shown),
      cmocka_unit_test(a_stake_has_a_table_of_its_own_but_for_one_in_the_anchor),
      cmocka_unit_test(limits_of_the_run_are_named),
      cmocka_unit_test(one_path_makes_no_claim_about_chance),
      cmocka_unit_test(a_plan_without_promises_has_no_table_of_them),
      cmocka_unit_test(slices_stand_beside_what_varies),
      cmocka_unit_test(futures_from_a_file_are_named),
      cmocka_unit_test(text_fits_any_width_with_any_number_of_strategies),
      cmocka_unit_test(nasty_names_stay_names),
      cmocka_unit_test(colour_only_when_asked_for),
      cmocka_unit_test(markdown_says_what_text_says),
      cmocka_unit_test(the_short_report_keeps_the_answer),
  };
  return cmocka_run_group_tests_name("report/run", tests, NULL, NULL);
}
