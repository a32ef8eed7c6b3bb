/* What is said of two results, of records whose numbers are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/small_results.h"
#include "report/comparison_answer.h"
#include "fixture.h"

static ofr_arena *arena;
static small_result a, b;
static ofr_text said;

static int begin(void **state) {
  (void)state;
  arena = ofr_arena_create();
  small_results_begin(&a, &b);
  return !arena;
}

static int end(void **state) {
  (void)state;
  ofr_text_free(&said);
  ofr_arena_destroy(arena);
  return 0;
}

/* The answer on one line, no-break spaces as spaces. */
static const char *answer(double noise, double threshold) {
  ofr_text text = {0};
  ofr_page page = ofr_page_on(&text, OFR_PAGE_TEXT, 1000, false);
  ofr_comparison_answer(small_results_compare(&a, &b, noise, threshold, arena), &page);
  ofr_page_end(&page);
  ofr_text_free(&said);
  said = fixture_unwrapped(&text);
  ofr_text_free(&text);
  return ofr_text_chars(&said);
}

static void the_total_cost_comes_first_even_where_something_else_moved_more(void **state) {
  (void)state;
  b.figures[1].value = (ofr_measured){88e9, 1e9}; /* 8 of an error of 1.414 */
  b.figures[2].value.mean = 50e9;
  fixture_says(answer(3, 0), "'free': total cost rose by $8.0 \xC2\xB1 2.8 billion (10 %); 2 of 3 figures moved beyond their noise.");
  fixture_says(answer(3, 0.05), "2 of 3 figures moved by more than 3 standard errors and 5 %.");
  fixture_says(answer(0, 0), "2 of 3 figures moved.");
}

static void every_unit_reads_as_people_say_it(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "served", 0.98, 0.0006)->unit = OFR_FIGURE_SHARE;
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "served", 0.971, 0.0008)->unit = OFR_FIGURE_SHARE;
  fixture_says(answer(3, 0), "'free': served fell by 0.90 \xC2\xB1 0.20 percentage points; 1 of 4 figures moved beyond its noise");
  b.figures[3].value.mean = 0.98;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "unit_cost", 4, 0.003)->unit = OFR_FIGURE_PRICE;
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "unit_cost", 4.2, 0.004)->unit = OFR_FIGURE_PRICE;
  fixture_says(answer(3, 0), "'free': unit cost rose by $0.200 \xC2\xB1 0.010 an hour (5.0 %)");
  b.figures[4].value.mean = 4;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "carbon", 0, 0)->unit = OFR_FIGURE_PLAIN;
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "carbon", 20, 0)->unit = OFR_FIGURE_PLAIN;
  fixture_says(answer(3, 0), "'free': carbon rose by 20;");
  b.figures[5].value.mean = 0;
  small_result_add(&a, OFR_FIGURE_EXIT, "free", "ramp", "month", 30, 0.3)->unit = OFR_FIGURE_MONTH;
  small_result_add(&b, OFR_FIGURE_EXIT, "free", "ramp", "month", 27, 0.4)->unit = OFR_FIGURE_MONTH;
  fixture_says(answer(3, 0), "'free': month of ramp fell by 3.0 \xC2\xB1 1.0 months;");
}

static void figures_are_named_with_what_they_belong_to(void **state) {
  (void)state;
  static const struct {
    ofr_figure figure;
    const char *name;
  } cases[] = {{{.group = OFR_FIGURE_METRIC, .subject = "", .metric = "unmet_cost"}, "unmet cost"},
               {{.group = OFR_FIGURE_PROVIDER, .subject = "azure", .metric = "revenue"}, "revenue of azure"},
               {{.group = OFR_FIGURE_COMMITMENT, .subject = "macc", .metric = "p_charge"}, "charge risk of macc"},
               {{.group = OFR_FIGURE_METRIC, .subject = "", .metric = "total_cost_cvar95"}, "CVaR\xC2\xA0" "95 of total cost"},
               {{.group = OFR_FIGURE_EXIT, .subject = "ramp", .metric = "p_taken"}, "use of ramp"},
               {{.group = OFR_FIGURE_EXIT, .subject = "ramp", .metric = "fee"}, "fee of ramp"},
               {{.group = OFR_FIGURE_COMPARISON, .subject = "free", .metric = "total_cost"}, "total cost above free"},
               {{.group = OFR_FIGURE_COMPARISON, .subject = "free", .metric = "a_wins"}, "wins against free"},
               {{.group = OFR_FIGURE_FAILURE, .subject = "", .metric = "cash_cost"}, "cash cost of the failure"},
               {{.group = OFR_FIGURE_BOUND, .subject = "", .metric = "lower"}, "lower bound"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ofr_text name = {0};
    ofr_figure_name(&name, &cases[i].figure);
    assert_string_equal(ofr_text_chars(&name), cases[i].name);
    ofr_text_free(&name);
  }
}

static void where_nothing_moved_it_says_how_much_was_looked_at(void **state) {
  (void)state;
  b.figures[0].value.mean = 101e9;
  fixture_says(answer(3, 0), "Nothing moved: of 3 figures 1 differs, none by more than 3 standard errors.");
  fixture_says(answer(3, 0), "1 figure differs within it; --noise 0 --threshold 1 shows all");
  fixture_lacks(answer(0, 0.02), "shows all");
  fixture_says(answer(0, 0.02), "none by more than 2 %.");
  b.points[0].seed = 8;
  fixture_says(answer(3, 0), "Nothing moved: none of 3 figures differs by more than 3 standard errors.");
}

static void the_same_bits_need_no_more_words(void **state) {
  (void)state;
  b.record.results_digest = "results a";
  assert_string_equal(answer(3, 0), "Nothing moved: both results are the same, bit for bit. ");
}

static void what_is_gone_or_new_is_named(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_PROVIDER, "tied", "azure", "revenue", 5, 1);
  b.strategies[1] = "open";
  b.figures[1].strategy = b.figures[2].subject = "open";
  const char *text = answer(3, 0);
  fixture_says(text, "A strategy is gone; of 1 other figure none moved by more than 3 standard errors.");
  fixture_says(text, "Gone: strategy 'free'.");
  fixture_says(text, "Gone: 'tied' revenue of azure.");
  fixture_says(text, "New: strategy 'open'.");
  fixture_lacks(text, "above"); /* its comparisons go with it */
  b.strategies[1] = "free";
  b.figures[1].strategy = b.figures[2].subject = "free";
  fixture_says(answer(3, 0), "1 figure is gone; of 3 other figures");
}

static void other_answers_to_the_same_question_are_a_warning(void **state) {
  (void)state;
  fixture_says(answer(3, 0), "none of 3 figures differs.");
  fixture_says(answer(3, 0), "The digests differ all the same");
  b.figures[0].value.mean = 100.001e9;
  fixture_says(answer(3, 0), "gave other results: one of them is wrong. Run both again with --backend cpu.");
  b.record.version = "0.2.0";
  fixture_says(answer(3, 0), "offramp 0.1.0 made the first result, 0.2.0 the second.");
  fixture_says(answer(3, 0), "gave other results: the change is offramp's own");
  b.record.plan_digest = "0123456789abcdef";
  fixture_lacks(answer(3, 0), "gave other results");
  fixture_says(answer(3, 0), "The plans differ: digests plan and 0123456789ab.");
  b.record.plan_name = "three clouds";
  b.points[0].paths = 3;
  fixture_says(answer(3, 0),
       "The plans differ: 'two clouds' and 'three clouds', digests plan and 0123456789ab; paths and seed are part");
}

static void points_go_by_their_settings(void **state) {
  (void)state;
  static const struct {
    const char *point, *name, *axes, *values;
  } cases[] = {{"", "", "", ""},
               {"/pools/0/price=2.5", "0/price=2.5", "0/price", "2.5"},
               {"/contracts/a, b/amount=1e30, /simulation/seed=2", "a, b/amount=1e30, seed=2", "a, b/amount, seed", "1e30, 2"},
               {"/name=3", "/name=3", "/name", "3"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ofr_text name = {0}, axes = {0}, values = {0};
    ofr_point_name(&name, cases[i].point);
    ofr_point_axes(&axes, cases[i].point);
    ofr_point_values(&values, cases[i].point);
    assert_string_equal(ofr_text_chars(&name), cases[i].name);
    assert_string_equal(ofr_text_chars(&axes), cases[i].axes);
    assert_string_equal(ofr_text_chars(&values), cases[i].values);
    ofr_text_free(&name);
    ofr_text_free(&axes);
    ofr_text_free(&values);
  }
}

static void a_store_says_at_which_points(void **state) {
  (void)state;
  small_result *both[] = {&a, &b};
  for (int k = 0; k < 2; k++) {
    both[k]->record.is_store = true;
    both[k]->record.point_count = 2;
    both[k]->points[0].settings = "/pools/0/price=2";
    both[k]->points[1] = (ofr_record_point){k ? "/pools/0/price=4" : "/pools/0/price=3", 10000, 9};
    small_result_totals(both[k]);
    for (int i = 0; i < 6; i++) both[k]->figures[i].point = both[k]->points[i / 3].settings;
  }
  const char *text = answer(3, 0);
  fixture_says(text, "1 point is gone; of 3 other figures none moved");
  fixture_says(text, "Gone: 1 of 2 points: 0/price=3.");
  fixture_says(text, "New: 1 of 2 points: 0/price=4.");
  fixture_says(text, "Every point saw the same futures in both (of several seeds or numbers)");
  fixture_lacks(text, "bands"); /* digests differ because points do */
  b.figures[0].value.mean = 150e9;
  fixture_says(answer(3, 0),
       "'tied' at 0/price=2: total cost rose by $50.0 \xC2\xB1 2.8 billion (50 %); 1 of 3 figures, at 1 of 1 points, moved "
       "beyond its noise, 3 figures are gone.");
  b.record = a.record;
  fixture_says(answer(3, 0), "both stores hold the same, bit for bit");
}

static void a_name_from_a_file_moves_no_cursor(void **state) {
  (void)state;
  b.record.plan_name = "\x1b[31mred";
  b.record.plan_digest = "\x1b]0;x";
  b.record.version = "\x1b[2J";
  assert_null(strchr(answer(3, 0), '\x1b'));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_total_cost_comes_first_even_where_something_else_moved_more, begin, end),
      cmocka_unit_test_setup_teardown(every_unit_reads_as_people_say_it, begin, end),
      cmocka_unit_test_setup_teardown(figures_are_named_with_what_they_belong_to, begin, end),
      cmocka_unit_test_setup_teardown(where_nothing_moved_it_says_how_much_was_looked_at, begin, end),
      cmocka_unit_test_setup_teardown(the_same_bits_need_no_more_words, begin, end),
      cmocka_unit_test_setup_teardown(what_is_gone_or_new_is_named, begin, end),
      cmocka_unit_test_setup_teardown(other_answers_to_the_same_question_are_a_warning, begin, end),
      cmocka_unit_test_setup_teardown(points_go_by_their_settings, begin, end),
      cmocka_unit_test_setup_teardown(a_store_says_at_which_points, begin, end),
      cmocka_unit_test_setup_teardown(a_name_from_a_file_moves_no_cursor, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
