/* Results written by hand, as small as they may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/record_json.h"

#define HEAD(paths, seed)                                                                                                      \
  "{\"offramp\": \"0.1.0\", \"plan\": {\"name\": \"p\", \"digest\": \"d\"}, \"paths\": " paths ", \"seed\": " seed             \
  ", \"results_digest\": \"r\", "
#define STRATEGY(name, metrics, commitments)                                                                                   \
  "{\"name\": \"" name "\", \"metrics\": {" metrics "}, \"providers\": {\"azure\": {\"revenue\": {\"mean\": 7, \"se\": 1}}}, " \
  "\"vendors\": {}, \"commitments\": {" commitments "}, \"stakes\": {}, \"bands\": {\"demand\": {\"mean\": [1]}}}"
#define TOTAL "\"total_cost\": {\"mean\": 100, \"se\": 2, \"sd\": 200}"
#define RESULT(strategies, comparisons)                                                                                        \
  HEAD("10000", "7") "\"strategies\": [" strategies "], \"comparisons\": [" comparisons "]}"
#define PLAIN STRATEGY("free", TOTAL, "")

static ofr_arena *arena;

static int begin(void **state) {
  (void)state;
  arena = ofr_arena_create();
  return !arena;
}

static int end(void **state) {
  (void)state;
  ofr_arena_destroy(arena);
  return 0;
}

static const ofr_record *read(const char *text, ofr_diagnostics *d) {
  *d = (ofr_diagnostics){.arena = arena};
  const ofr_json *root = ofr_json_parse(text, strlen(text), "kept.json", arena, d);
  assert_non_null(root);
  return ofr_record_from_json(root, "kept.json", arena, d);
}

static const ofr_record *read_sound(const char *text) {
  ofr_diagnostics d;
  const ofr_record *record = read(text, &d);
  assert_int_equal(d.errors, 0);
  assert_non_null(record);
  return record;
}

static const ofr_figure *figure(const ofr_record *r, ofr_figure_group group, const char *strategy, const char *subject,
                                const char *metric) {
  for (int i = 0; i < r->figure_count; i++) {
    const ofr_figure *f = &r->figures[i];
    if (f->group == group && !strcmp(f->strategy, strategy) && !strcmp(f->subject, subject) && !strcmp(f->metric, metric))
      return f;
  }
  return NULL;
}

static void who_made_it_and_every_mean_with_its_error_are_read(void **state) {
  (void)state;
  const ofr_record *r =
      read_sound(RESULT(PLAIN ", " STRATEGY("tied", TOTAL ", \"served\": {\"mean\": 0.9, \"se\": 0.01}", ""), ""));
  assert_string_equal(r->version, "0.1.0");
  assert_string_equal(r->plan_name, "p");
  assert_string_equal(r->plan_digest, "d");
  assert_string_equal(r->results_digest, "r");
  assert_string_equal(r->futures, "");
  assert_true(r->points[0].paths == 10000 && r->points[0].seed == 7);
  assert_int_equal(r->strategy_count, 2);
  assert_string_equal(r->strategies[1], "tied");
  assert_int_equal(r->figure_count, 5); /* bands have no errors, and are no figures */
  const ofr_figure *served = figure(r, OFR_FIGURE_METRIC, "tied", "", "served");
  assert_true(served->value.mean == 0.9 && served->value.se == 0.01 && served->unit == OFR_FIGURE_SHARE);
  const ofr_figure *revenue = figure(r, OFR_FIGURE_PROVIDER, "free", "azure", "revenue");
  assert_true(revenue->value.mean == 7 && revenue->unit == OFR_FIGURE_MONEY);
}

static void numbers_beyond_a_double_are_texts(void **state) {
  (void)state;
  const ofr_record *r =
      read_sound(HEAD("\"281474976710656\"", "\"18446744073709551615\"") "\"strategies\": [" PLAIN "], \"comparisons\": []}");
  assert_true(r->points[0].paths == 281474976710656u);
  assert_true(r->points[0].seed == UINT64_MAX);
}

static void null_is_no_value_and_the_error_of_one_path_is_not_known(void **state) {
  (void)state;
  const ofr_record *r = read_sound(RESULT(STRATEGY("free", TOTAL ", \"unit_cost\": {\"mean\": null, \"se\": null}", ""), ""));
  const ofr_figure *unit = figure(r, OFR_FIGURE_METRIC, "free", "", "unit_cost");
  assert_true(isnan(unit->value.mean) && isnan(unit->value.se) && unit->unit == OFR_FIGURE_PRICE);
  r = read_sound(HEAD("1", "7") "\"strategies\": [" PLAIN "], \"comparisons\": []}");
  assert_true(r->figures[0].value.mean == 100 && isnan(r->figures[0].value.se));
}

/* sd / se = 100: paths of unequal weight, worth 10,000 equal ones whatever their number. */
static void a_share_of_futures_has_the_error_of_a_count(void **state) {
  (void)state;
  const ofr_record *r = read_sound(HEAD("40000", "7") "\"strategies\": [" STRATEGY(
      "free", TOTAL,
      "\"macc\": {\"charge\": {\"mean\": 5, \"se\": 1, \"sd\": 100}, \"p_charge\": "
      "0.2}") "], \"comparisons\": []}");
  const ofr_figure *charged = figure(r, OFR_FIGURE_COMMITMENT, "free", "macc", "p_charge");
  assert_float_equal(charged->value.mean, 0.2, 0);
  assert_float_equal(charged->value.se, 0.004, 1e-12); /* sqrt(0.2 x 0.8 / 10,000) */
  assert_non_null(figure(r, OFR_FIGURE_COMMITMENT, "free", "macc", "charge"));
}

#define EXITS(exits)                                                                                                           \
  RESULT("{\"name\": \"free\", \"metrics\": {" TOTAL "}, \"providers\": {}, \"vendors\": {}, \"commitments\": {}, "              \
         "\"stakes\": {}, \"exits\": {" exits "}}", "")

static void exits_are_read_where_there_are_any(void **state) {
  (void)state;
  const ofr_record *r = read_sound(EXITS("\"ramp\": {\"contract\": \"macc\", \"month\": {\"mean\": 30, \"se\": 0.5, \"p50\": "
                                         "\"2028-06\", \"slices\": [29, 31]}, \"fee\": {\"mean\": 5, \"se\": 1}, \"p_taken\": 0.2, "
                                         "\"p_taken_slices\": [0.1, 0.3], \"dates\": "
                                         "{\"2028-06\": 0.2}}"));
  const ofr_figure *taken = figure(r, OFR_FIGURE_EXIT, "free", "ramp", "p_taken");
  assert_true(taken->value.mean == 0.2 && taken->unit == OFR_FIGURE_SHARE);
  assert_float_equal(taken->value.se, 0.004, 1e-12); /* sqrt(0.2 x 0.8 / 10,000) */
  const ofr_figure *month = figure(r, OFR_FIGURE_EXIT, "free", "ramp", "month");
  const ofr_figure *fee = figure(r, OFR_FIGURE_EXIT, "free", "ramp", "fee");
  assert_true(month->value.mean == 30 && month->value.se == 0.5 && month->unit == OFR_FIGURE_MONTH);
  assert_true(fee->value.mean == 5 && fee->unit == OFR_FIGURE_MONEY);
  assert_true(taken->slice_count == 2 && taken->slices[0] == 0.1 && taken->slices[1] == 0.3);
  assert_true(month->slice_count == 2 && month->slices[1] == 31 && fee->slice_count == 0);
  assert_int_equal(r->figure_count, 4);
  r = read_sound(EXITS("\"ramp\": {\"month\": {\"mean\": null, \"se\": null}, \"fee\": {\"mean\": null, \"se\": null}, "
                       "\"p_taken\": 0}")); /* never taken */
  assert_true(figure(r, OFR_FIGURE_EXIT, "free", "ramp", "p_taken")->value.mean == 0);
  assert_true(isnan(figure(r, OFR_FIGURE_EXIT, "free", "ramp", "month")->value.mean));
  ofr_diagnostics d;
  assert_null(read(EXITS("\"ramp\": {\"p_taken\": 1.5}"), &d));
  assert_null(read(EXITS("\"ramp\": {}"), &d));
}

static void a_comparison_is_known_both_ways_round(void **state) {
  (void)state;
  const ofr_record *r = read_sound(RESULT(
      PLAIN ", " STRATEGY("tied", TOTAL, ""),
      "{\"a\": \"free\", \"b\": \"tied\", \"total_cost\": {\"mean\": -4, \"se\": 0.5, \"a_wins\": 0.5, \"b_wins\": 0.1}}"));
  const ofr_figure *total = figure(r, OFR_FIGURE_COMPARISON, "free", "tied", "total_cost");
  assert_true(total->value.mean == -4 && total->reversed.mean == 4 && total->reversed.se == 0.5);
  const ofr_figure *wins = figure(r, OFR_FIGURE_COMPARISON, "free", "tied", "a_wins");
  assert_true(wins->value.mean == 0.5 && wins->reversed.mean == 0.1);
  assert_float_equal(wins->value.se, 0.005, 1e-12);
  assert_float_equal(wins->reversed.se, 0.003, 1e-12);
}

static void what_only_some_results_have_is_read_where_it_is(void **state) {
  (void)state;
  const ofr_record *r =
      read_sound(HEAD("10000", "7") "\"futures\": {\"file\": \"f.csv\", \"weighted\": true}, \"strategies\": [" PLAIN
                                    "], \"comparisons\": [], "
                                    "\"stakeholders\": {\"absorption\": {\"macc\": {\"amount\": 9, \"absorbed\": {\"mean\": 8, "
                                    "\"se\": 1}, \"falls_behind\": "
                                    "{\"share\": 1}}}, \"strategies\": [{\"name\": \"free\", \"dependent_enterprise\": "
                                    "{\"total_cost\": {\"mean\": 3, \"se\": 1}}}]}, "
                                    "\"bound\": [{\"name\": \"free\", \"lower\": {\"mean\": 90, \"se\": 1}}]}");
  assert_string_equal(r->futures, "f.csv");
  assert_true(figure(r, OFR_FIGURE_ABSORPTION, "", "macc", "absorbed")->value.mean == 8);
  assert_true(figure(r, OFR_FIGURE_FAILURE, "free", "", "total_cost")->value.mean == 3);
  assert_true(figure(r, OFR_FIGURE_BOUND, "free", "", "lower")->value.mean == 90);
  assert_int_equal(r->figure_count, 5);
}

static void metrics_of_another_version_are_plain_numbers(void **state) {
  (void)state;
  const ofr_record *r = read_sound(RESULT(STRATEGY("free", TOTAL ", \"carbon\": {\"mean\": 3, \"se\": 1}", ""), ""));
  assert_int_equal(figure(r, OFR_FIGURE_METRIC, "free", "", "carbon")->unit, OFR_FIGURE_PLAIN);
  assert_int_equal(figure(r, OFR_FIGURE_METRIC, "free", "", "total_cost")->unit, OFR_FIGURE_MONEY);
}

static void more_figures_than_the_first_room_holds_are_kept(void **state) {
  (void)state;
  enum { MANY = 700 };
  char *text = ofr_arena_alloc(arena, MANY, 64), *at = text;
  for (int i = 0; i < MANY; i++) at += sprintf(at, "%s\"m%d\": {\"mean\": %d, \"se\": 1}", i ? ", " : "", i, i);
  const char *whole = ofr_arena_printf(arena, RESULT(STRATEGY("free", "%s", ""), ""), text);
  const ofr_record *r = read_sound(whole);
  assert_int_equal(r->figure_count, MANY + 1);
  assert_true(figure(r, OFR_FIGURE_METRIC, "free", "", "m0")->value.mean == 0);
  assert_true(figure(r, OFR_FIGURE_METRIC, "free", "", "m699")->value.mean == 699);
}

static void what_is_no_result_is_called_what_it_is(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {{"3", "no result"},
               {"{}", "no result"},
               {"{\"horizon\": {}, \"strategies\": []}", "a plan"},
               {"{\"rows\": [], \"subjects\": []}", "a bench"},
               {RESULT("", ""), "no result"},
               {HEAD("1", "1") "\"strategies\": [" PLAIN "]}", "no result"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ofr_diagnostics d;
    assert_null(read(cases[i].text, &d));
    assert_int_equal(d.errors, 1);
    assert_non_null(strstr(d.items[0].message, cases[i].message));
    assert_non_null(d.items[0].remedy);
    assert_int_equal(d.items[0].line, 1);
  }
}

static void damage_is_told_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *text, *pointer;
  } cases[] = {
      {RESULT(STRATEGY("free", "\"total_cost\": 5", ""), ""), "/strategies/0/metrics/total_cost"},
      {RESULT(STRATEGY("free", "\"total_cost\": {\"mean\": \"5\", \"se\": 1}", ""), ""),
       "/strategies/0/metrics/total_cost/mean"},
      {RESULT(STRATEGY("free", "\"total_cost\": {\"mean\": 5}", ""), ""), "/strategies/0/metrics/total_cost"},
      {RESULT(STRATEGY("free", "\"total_cost\": {\"mean\": 5, \"se\": -1}", ""), ""), "/strategies/0/metrics/total_cost/se"},
      {RESULT(PLAIN ", " PLAIN, ""), "/strategies/1"},
      {RESULT(PLAIN ", 5", ""), "/strategies/1"},
      {RESULT("{\"name\": \"free\", \"metrics\": {}, \"providers\": {}, \"vendors\": {}, \"stakes\": {}}", ""),
       "/strategies/0"},
      {RESULT(STRATEGY("free", TOTAL, "\"macc\": {\"charge\": {\"mean\": 5, \"se\": 1}, \"p_charge\": 2}"), ""),
       "/strategies/0/commitments/macc/p_charge"},
      {RESULT(PLAIN, "{\"a\": \"free\", \"b\": \"tied\"}"), "/comparisons/0"},
      {HEAD("0", "7") "\"strategies\": [" PLAIN "], \"comparisons\": []}", "/paths"},
      {HEAD("1.5", "7") "\"strategies\": [" PLAIN "], \"comparisons\": []}", "/paths"},
      {HEAD("10", "-1") "\"strategies\": [" PLAIN "], \"comparisons\": []}", "/seed"},
      {HEAD("10", "\"18446744073709551616\"") "\"strategies\": [" PLAIN "], \"comparisons\": []}", "/seed"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ofr_diagnostics d;
    assert_null(read(cases[i].text, &d));
    assert_int_equal(d.errors, 1);
    assert_string_equal(d.items[0].pointer, cases[i].pointer);
    assert_string_equal(d.items[0].file, "kept.json");
    assert_non_null(d.items[0].remedy);
  }
}

#define SLICED(mean, slices) "\"total_cost\": {\"mean\": " mean ", \"se\": 2, \"sd\": 200, \"slices\": [" slices "]}"

static void slices_are_read_and_those_of_a_difference_follow_from_them(void **state) {
  (void)state;
  const ofr_record *r = read_sound(
      RESULT(STRATEGY("free", SLICED("100", "90, 110"), "\"macc\": {\"charge\": {\"mean\": 1, \"se\": 1}, \"p_charge\": 0.5, "
                                                        "\"p_charge_slices\": [0.25, 0.75]}") ", "
             STRATEGY("tied", SLICED("104", "91, 117"), ""),
             "{\"a\": \"free\", \"b\": \"tied\", \"total_cost\": {\"mean\": -4, \"se\": 1, \"a_wins\": 0.5, \"b_wins\": 0.25, "
             "\"a_wins_slices\": [0.4, 0.6], \"b_wins_slices\": [0.2, 0.3]}}"));
  const ofr_figure *total = figure(r, OFR_FIGURE_METRIC, "free", "", "total_cost"),
                   *risk = figure(r, OFR_FIGURE_COMMITMENT, "free", "macc", "p_charge"),
                   *between = figure(r, OFR_FIGURE_COMPARISON, "free", "tied", "total_cost"),
                   *wins = figure(r, OFR_FIGURE_COMPARISON, "free", "tied", "a_wins");
  assert_true(total->slice_count == 2 && total->slices[0] == 90 && total->slices[1] == 110);
  assert_true(risk->slice_count == 2 && risk->slices[0] == 0.25 && risk->slices[1] == 0.75);
  assert_true(between->slice_count == 2 && between->slices[0] == -1 && between->slices[1] == -7);
  assert_true(between->reversed_slices[0] == 1 && between->reversed_slices[1] == 7);
  assert_true(wins->slices[1] == 0.6 && wins->reversed_slices[1] == 0.3);
  assert_int_equal(figure(r, OFR_FIGURE_COMMITMENT, "free", "macc", "charge")->slice_count, 0);
}

static void a_tail_is_a_figure_where_its_slices_tell_how_sure_it_is(void **state) {
  (void)state;
  const ofr_record *r = read_sound(RESULT(
      STRATEGY("free", "\"total_cost\": {\"mean\": 100, \"se\": 2, \"cvar95\": 150, \"cvar95_slices\": [148, 152]}", "") ", "
      STRATEGY("tied", "\"total_cost\": {\"mean\": 100, \"se\": 2, \"cvar95\": 150}", ""), ""));
  const ofr_figure *tail = figure(r, OFR_FIGURE_METRIC, "free", "", OFR_FIGURE_TAIL);
  assert_true(tail->value.mean == 150 && tail->value.se == 2 && tail->slice_count == 2 && tail->unit == OFR_FIGURE_MONEY);
  assert_null(figure(r, OFR_FIGURE_METRIC, "tied", "", OFR_FIGURE_TAIL));
}

static void slices_that_are_no_numbers_are_damage(void **state) {
  (void)state;
  ofr_diagnostics d;
  assert_null(read(RESULT(STRATEGY("free", SLICED("100", "90, null"), ""), ""), &d));
  assert_string_equal(d.items[0].pointer, "/strategies/0/metrics/total_cost/slices/1");
  assert_null(read(RESULT(STRATEGY("free", "\"total_cost\": {\"mean\": 1, \"se\": 1, \"slices\": 5}", ""), ""), &d));
  assert_string_equal(d.items[0].pointer, "/strategies/0/metrics/total_cost/slices");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_made_it_and_every_mean_with_its_error_are_read),
      cmocka_unit_test(numbers_beyond_a_double_are_texts),
      cmocka_unit_test(null_is_no_value_and_the_error_of_one_path_is_not_known),
      cmocka_unit_test(a_share_of_futures_has_the_error_of_a_count),
      cmocka_unit_test(exits_are_read_where_there_are_any),
      cmocka_unit_test(a_comparison_is_known_both_ways_round),
      cmocka_unit_test(what_only_some_results_have_is_read_where_it_is),
      cmocka_unit_test(metrics_of_another_version_are_plain_numbers),
      cmocka_unit_test(more_figures_than_the_first_room_holds_are_kept),
      cmocka_unit_test(what_is_no_result_is_called_what_it_is),
      cmocka_unit_test(damage_is_told_with_its_place),
      cmocka_unit_test(slices_are_read_and_those_of_a_difference_follow_from_them),
      cmocka_unit_test(a_tail_is_a_figure_where_its_slices_tell_how_sure_it_is),
      cmocka_unit_test(slices_that_are_no_numbers_are_damage),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
