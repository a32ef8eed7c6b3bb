/* A bound in every format: the same numbers, relaxed clauses by name, single futures only where they are asked for. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "report/report.h"

/* One strategy, two futures: at least $4 and $6, attained at $5 and $6, paid $8 and $7. */
static const int64_t lower[] = {4000000, 6000000}, upper[] = {5000000, 6000000}, total[] = {8000000, 7000000};
static const int64_t rounding[] = {0, 1000};
static ofr_strategy strategy = {.name = "tied"};
static const ofr_plan plan = {.name = "two futures", .strategies = &strategy, .strategy_count = 1, .seed = 3, .digest = "d"};

static ofr_distribution money(int64_t first, int64_t second) {
  int64_t low = first < second ? first : second, high = first < second ? second : first;
  ofr_distribution d = {.count = 2, .sum = first + second, .min = low, .max = high, .mean = (double)(first + second) / 2e6};
  for (int q = 0; q < OFR_QUANTILES; q++) d.quantile[q] = q <= OFR_QUANTILES / 2 ? low : high;
  return d;
}

static ofr_text shown(void (*report)(const ofr_bound_result *, const ofr_report_options *, ofr_text *), bool each) {
  static ofr_bound_strategy x;
  x = (ofr_bound_strategy){.lower = money(4000000, 6000000), .upper = money(5000000, 6000000), .regret = money(4000000, 1000000),
                           .gap = money(250000000, 250000000),
                           .relaxed = OFR_RELAXED_MAX_SHARE | OFR_RELAXED_EXIT, .closed = 0.5};
  x.gap.mean = 0.25; /* a ratio */
  const ofr_bound_result b = {.plan = &plan, .paths = 2, .money_quantum = 1e-6, .sets = 1, .strategies = &x, .lower = lower, .upper = upper,
                              .fractional = upper, .rounding = rounding, .total = total, .digest = "feed",
                              .money = {.name = "money", .unit = OFR_UNIT_MONEY, .scale = 1e-6},
                              .ratio = {.name = "ratio", .unit = OFR_UNIT_RATIO, .scale = 1e-9},
                              .engine = {.backend = "cpu", .device = "baseline", .threads = 1, .seconds = 1}};
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  options.each = each;
  report(&b, &options, &out);
  assert_false(out.failed);
  return out;
}

static void assert_holds(const ofr_text *text, const char *part) {
  if (!strstr(ofr_text_chars(text), part)) fail_msg("'%s' is not in:\n%s", part, ofr_text_chars(text));
}

static void a_bound_that_is_reached_is_no_zero_in_many_digits(void **state) {
  (void)state;
  ofr_bound_strategy x = {.lower = money(4000000, 6000000), .upper = money(4000000, 6000000), .closed = 1};
  const ofr_bound_result b = {.plan = &plan, .paths = 2, .money_quantum = 1e-6, .sets = 1, .strategies = &x, .digest = "feed",
                              .engine = {.backend = "cpu", .device = "baseline", .threads = 1, .seconds = 5e-7}};
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  ofr_bound_markdown(&b, &options, &out);
  assert_holds(&out, "on average in today's money; that strategy costs exactly that.");
  assert_holds(&out, ": 4.0 million bounds a second.");
  assert_null(strstr(ofr_text_chars(&out), "e+00"));
  ofr_text_clear(&out);
  x.regret = money(1, 3);
  ofr_bound_markdown(&b, &options, &out);
  assert_holds(&out, "that strategy costs that to the cent.");
  ofr_text_free(&out);
}

static void json_has_the_statistics_and_the_relaxed_clauses(void **state) {
  (void)state;
  ofr_text out = shown(ofr_bound_json, false);
  assert_holds(&out, "\"lower\": {\"mean\": 5");
  assert_holds(&out, "\"upper\": {\"mean\": 5.5");
  assert_holds(&out, "\"gap\": {\"mean\": 0.25");
  assert_holds(&out, "\"regret\": {\"mean\": 2.5");
  assert_holds(&out, "\"closed\": 0.5");
  assert_holds(&out, "\"relaxed\": [\"max_share\", \"exit\"]");
  assert_holds(&out, "\"bound_digest\": \"feed\"");
  assert_null(strstr(ofr_text_chars(&out), "\"paths\""));
  ofr_text_free(&out);
}

static void single_futures_come_where_they_are_asked_for(void **state) {
  (void)state;
  ofr_text out = shown(ofr_bound_json, true);
  assert_holds(&out, "{\"path\": 1, \"tied\": {\"lower\": 6, \"upper\": 6, \"fractional\": 6, \"rounding\": 0.001, \"strategy\": 7}}");
  ofr_text_free(&out);
  out = shown(ofr_bound_csv, true);
  assert_holds(&out, "\ntied,0,lower,value,4\n");
  assert_holds(&out, "\ntied,0,upper,value,5\n");
  assert_holds(&out, "\ntied,0,fractional,value,5\n");
  assert_holds(&out, "\ntied,1,rounding,value,0.001");
  assert_holds(&out, "\ntied,1,total_cost,value,7\n");
  ofr_text_free(&out);
  out = shown(ofr_bound_csv, false);
  assert_holds(&out, "\ntied,,lower,mean,5\n");
  assert_holds(&out, "\ntied,,upper,mean,5.5\n");
  assert_holds(&out, "\ntied,,gap,mean,0.25\n");
  assert_holds(&out, "\ntied,,regret,mean,2.5\n");
  assert_holds(&out, "\ntied,,beyond_quantum,closed,0.5\n");
  assert_null(strstr(ofr_text_chars(&out), "tied,0,"));
  ofr_text_free(&out);
}

static void numbers_do_not_depend_on_the_locale(void **state) {
  static const char *const with_comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8", "de_DE.utf8", "de_DE"};
  (void)state;
  const char *found = NULL;
  for (size_t i = 0; !found && i < sizeof with_comma / sizeof *with_comma; i++) found = setlocale(LC_ALL, with_comma[i]);
  if (!found) print_message("no locale with a decimal comma is installed: tried in C\n");
  ofr_text csv = shown(ofr_bound_csv, false), text = shown(ofr_bound_text, false);
  assert_holds(&csv, "\ntied,,beyond_quantum,closed,0.5\n");
  assert_holds(&text, "2.5e-01");
  setlocale(LC_ALL, "C");
  ofr_text_free(&csv);
  ofr_text_free(&text);
}

static void the_page_says_how_much_more_was_paid_and_what_was_relaxed(void **state) {
  (void)state;
  ofr_text out = shown(ofr_bound_text, false);
  assert_holds(&out, "no placement could have cost less than $5.00 on\naverage in today's money; that strategy costs");
  assert_holds(&out, "$2.50 (50 %) more");
  assert_holds(&out, "most of it what is taken at\nits best, see below, and the rounding");
  assert_holds(&out, "two futures");
  assert_holds(&out, "1e-6 in 50 %");
  assert_holds(&out, "limits by max_share are dropped ('tied')");
  assert_null(strstr(ofr_text_chars(&out), "discounts"));
  ofr_text_free(&out);
  out = shown(ofr_bound_markdown, false);
  assert_holds(&out, "\n| tied | 5.00 | 5.50 | 7.50 | 2.50 | 50.0 | 1.00 | 4.00 | 2.5e-01 |\n");
  assert_holds(&out, "$5.00 on average");
  assert_holds(&out, "$2.50 (50 %)");
  assert_holds(&out, "\n- exits "); /* each clause is an item of its own */
  ofr_text_free(&out);
}

/* A second strategy, of a contract set of its own, that costs less: at least $1 and $2, and pays $2 and $3. */
static ofr_text two_shown(void (*report)(const ofr_bound_result *, const ofr_report_options *, ofr_text *)) {
  static const int64_t low[] = {4000000, 6000000, 1000000, 2000000}, high[] = {5000000, 6000000, 1500000, 2500000},
                       hours[] = {0, 1000, 2000, 3000}, pays[] = {8000000, 7000000, 2000000, 3000000};
  static ofr_strategy strategies[] = {{.name = "tied"}, {.name = "free"}};
  static const ofr_plan both = {.name = "two sets", .strategies = strategies, .strategy_count = 2, .seed = 3, .digest = "d"};
  ofr_bound_strategy x[] = {
      {.set = 0, .lower = money(4000000, 6000000), .upper = money(5000000, 6000000), .regret = money(4000000, 1000000)},
      {.set = 1, .lower = money(1000000, 2000000), .upper = money(1500000, 2500000), .regret = money(1000000, 1000000)}};
  const ofr_bound_result b = {.plan = &both, .paths = 2, .money_quantum = 1e-6, .sets = 2, .strategies = x, .lower = low, .upper = high,
                              .fractional = high, .rounding = hours, .total = pays, .digest = "feed",
                              .money = {.name = "money", .unit = OFR_UNIT_MONEY, .scale = 1e-6},
                              .ratio = {.name = "ratio", .unit = OFR_UNIT_RATIO, .scale = 1e-9},
                              .engine = {.backend = "cpu", .device = "baseline", .threads = 1, .seconds = 0.5}};
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  options.each = true;
  report(&b, &options, &out);
  return out;
}

static void a_strategy_is_bounded_by_its_own_contract_set(void **state) {
  (void)state;
  ofr_text out = two_shown(ofr_bound_json);
  assert_holds(&out, "{\"path\": 0, \"tied\": {\"lower\": 4, \"upper\": 5, \"fractional\": 5, \"rounding\": 0, \"strategy\": 8}, "
                     "\"free\": {\"lower\": 1, \"upper\": 1.5, \"fractional\": 1.5, \"rounding\": 0.002, \"strategy\": 2}}");
  assert_holds(&out, "\"bounds_per_second\": 8"); /* two futures of two sets in half a second */
  ofr_text_free(&out);
  out = two_shown(ofr_bound_csv);
  assert_holds(&out, "\nfree,1,lower,value,2\n");
  assert_holds(&out, "\nfree,1,total_cost,value,3\n");
  ofr_text_free(&out);
  out = two_shown(ofr_bound_markdown);
  assert_holds(&out, "'free'"); /* the cheapest gives the answer */
  assert_holds(&out, "$1.50 on average");
  assert_holds(&out, "$1.00 (67 %)");
  assert_holds(&out, "\n| free | 1.50 | 2.00 | 2.50 | 1.00 | 66.7 | 1.00 | 1.00 |");
  ofr_text_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_bound_that_is_reached_is_no_zero_in_many_digits),
      cmocka_unit_test(json_has_the_statistics_and_the_relaxed_clauses),
      cmocka_unit_test(single_futures_come_where_they_are_asked_for),
      cmocka_unit_test(numbers_do_not_depend_on_the_locale),
      cmocka_unit_test(a_strategy_is_bounded_by_its_own_contract_set),
      cmocka_unit_test(the_page_says_how_much_more_was_paid_and_what_was_relaxed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
