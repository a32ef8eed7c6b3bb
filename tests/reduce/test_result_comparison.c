#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/slices.h"
#include "small_results.h"

static ofr_arena *arena;
static small_result a, b;

static int begin(void **state) {
  (void)state;
  arena = ofr_arena_create();
  small_results_begin(&a, &b);
  return !arena;
}

static int end(void **state) {
  (void)state;
  ofr_arena_destroy(arena);
  return 0;
}

static void a_figure_moved_when_it_differs_by_more_than_its_noise(void **state) {
  (void)state;
  a.figures[0].value = (ofr_measured){100e9, 3e9};
  b.figures[0].value = (ofr_measured){115.1e9, 4e9}; /* 15.1 of an error of 5: 3.02 */
  b.figures[1].value = (ofr_measured){84.2e9, 1e9};  /* 4.2 of an error of 1.414: 2.97 */
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->compared, 3);
  assert_int_equal(c->differing, 2);
  assert_int_equal(c->moved, 1);
  assert_ptr_equal(c->largest[0], &c->pairs[0]);
  assert_int_equal(c->pairs[0].move, OFR_ROSE);
  assert_float_equal(c->pairs[0].difference, 15.1e9, 1);
  assert_float_equal(c->pairs[0].se, 5e9, 1);
  assert_float_equal(c->pairs[0].relative, 0.151, 1e-12);
  assert_int_equal(c->pairs[1].move, OFR_STAYED);
  assert_int_equal(small_results_compare(&a, &b, 2, 0, arena)->moved, 2);
  assert_int_equal(small_results_compare(&a, &b, 0, 0, arena)->moved, 2);
  assert_int_equal(small_results_compare(&b, &a, 3, 0, arena)->pairs[0].move, OFR_FELL);
}

static void the_threshold_is_a_share_of_the_mean_before(void **state) {
  (void)state;
  b.figures[0].value.mean = 110e9;
  assert_int_equal(small_results_compare(&a, &b, 3, 0.099, arena)->moved, 1);
  assert_int_equal(small_results_compare(&a, &b, 3, 0.101, arena)->moved, 0);
  assert_int_equal(small_results_compare(&b, &a, 3, 0.0905, arena)->moved, 1); /* 10 of 110 */
  assert_int_equal(small_results_compare(&b, &a, 3, 0.0915, arena)->moved, 0);
}

static void what_was_nothing_exceeds_every_threshold(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "exit_cost", 0, 0);
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "exit_cost", 5, 1);
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 10, arena);
  assert_int_equal(c->moved, 1);
  assert_true(isnan(c->largest[0]->relative));
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "unit_cost", 0, 0)->unit = OFR_FIGURE_PRICE;
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "unit_cost", 4, 0)->unit = OFR_FIGURE_PRICE;
  c = small_results_compare(&a, &b, 3, 10, arena);
  assert_string_equal(c->largest[0]->figure->metric, "unit_cost");
  assert_float_equal(c->largest[0]->weight, 1, 1e-12); /* all of itself */
}

static void what_belongs_to_no_strategy_is_a_share_of_the_only_ones_total(void **state) {
  (void)state;
  a.record.strategy_count = b.record.strategy_count = a.record.figure_count = b.record.figure_count = 1;
  small_result_add(&a, OFR_FIGURE_ABSORPTION, "", "macc", "absorbed", 1e9, 0);
  small_result_add(&b, OFR_FIGURE_ABSORPTION, "", "macc", "absorbed", 6e9, 0);
  assert_float_equal(small_results_compare(&a, &b, 3, 0, arena)->largest[0]->weight, 0.05, 1e-12);
}

static void the_largest_share_of_the_whole_comes_first(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "egress_cost", 1e6, 0); /* doubled, but a trifle */
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "egress_cost", 2e6, 0);
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "served", 0.9, 0.001)->unit = OFR_FIGURE_SHARE; /* 10 points */
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "served", 0.8, 0.001)->unit = OFR_FIGURE_SHARE;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "unit_cost", 4, 0.001)->unit = OFR_FIGURE_PRICE; /* 15 % */
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "unit_cost", 4.6, 0.001)->unit = OFR_FIGURE_PRICE;
  small_result_add(&a, OFR_FIGURE_PROVIDER, "free", "azure", "revenue", 1e9, 0); /* 16 of 80 */
  small_result_add(&b, OFR_FIGURE_PROVIDER, "free", "azure", "revenue", 17e9, 0);
  small_result_add(&a, OFR_FIGURE_ABSORPTION, "", "macc", "absorbed", 1e9, 0); /* 5 of the first strategy's 100 */
  small_result_add(&b, OFR_FIGURE_ABSORPTION, "", "macc", "absorbed", 6e9, 0);
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  static const char *const order[] = {"revenue", "unit_cost", "served", "absorbed", "egress_cost"};
  static const double weights[] = {0.2, 0.15, 0.1, 0.05, 1e6 / 80e9};
  assert_int_equal(c->moved, 5);
  for (int i = 0; i < 5; i++) {
    assert_string_equal(c->largest[i]->figure->metric, order[i]);
    assert_float_equal(c->largest[i]->weight, weights[i], 1e-9);
  }
}

static void what_has_no_error_or_no_value_is_judged_all_the_same(void **state) {
  (void)state;
  a.figures[0].value = b.figures[0].value = (ofr_measured){NAN, NAN}; /* no value in either: nothing to say */
  a.figures[1].value.se = NAN;                                        /* not known: nothing says that it is noise */
  b.figures[1].value = (ofr_measured){81e9, NAN};
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->compared, 2);
  assert_int_equal(c->moved, 1);
  assert_int_equal(c->gone + c->fresh, 0);
  assert_int_equal(small_results_compare(&a, &b, 3, 0.02, arena)->moved, 0);
  a.figures[0].value.mean = 5; /* only before */
  c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->gone, 1);
  assert_int_equal(c->pairs[0].move, OFR_GONE);
  assert_int_equal(small_results_compare(&b, &a, 3, 0, arena)->fresh, 1);
}

static void a_difference_in_the_last_digits_is_none(void **state) {
  (void)state;
  a.figures[0].value = (ofr_measured){0.3, 0};
  b.figures[0].value = (ofr_measured){0.1 + 0.2, 0};
  assert_true(a.figures[0].value.mean != b.figures[0].value.mean);
  const ofr_result_comparison *c = small_results_compare(&a, &b, 0, 0, arena);
  assert_int_equal(c->moved, 0);
  assert_int_equal(c->differing, 0);
}

static void a_strategy_that_is_gone_takes_its_figures_with_it(void **state) {
  (void)state;
  b.strategies[1] = "open";
  b.figures[1].strategy = b.figures[2].subject = "open";
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->strategies_gone, 1);
  assert_int_equal(c->strategies_new, 1);
  assert_int_equal(c->compared, 1);
  assert_int_equal(c->gone, 2); /* its cost, and its comparison */
  assert_int_equal(c->fresh, 2);
  assert_int_equal(c->moved, 0);
  assert_int_equal(c->count, 5);
}

static void strategies_in_another_order_are_compared_the_other_way_round(void **state) {
  (void)state;
  b.figures[2] = (ofr_figure){.point = "",
                              .group = OFR_FIGURE_COMPARISON,
                              .strategy = "free",
                              .subject = "tied",
                              .metric = "total_cost",
                              .value = {-21e9, 0.1e9},
                              .reversed = {21e9, 0.1e9}};
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->count, 3);
  assert_int_equal(c->moved, 1);
  assert_float_equal(c->largest[0]->difference, 1e9, 1);
  assert_string_equal(c->largest[0]->figure->strategy, "tied");
}

static void filters_leave_only_what_was_asked_for(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", "served", 0.9, 0.001);
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", "served", 0.8, 0.001);
  ofr_compare_options o = {.noise = 3, .strategy = "free"};
  assert_int_equal(ofr_results_compare(&a.record, &b.record, &o, arena)->count, 3); /* the comparison is its own, too */
  o = (ofr_compare_options){.noise = 3, .metrics = "total_cost"};
  const ofr_result_comparison *c = ofr_results_compare(&a.record, &b.record, &o, arena);
  assert_int_equal(c->count, 3);
  assert_int_equal(c->moved, 0);
  o.metrics = "unit_cost,served";
  c = ofr_results_compare(&a.record, &b.record, &o, arena);
  assert_int_equal(c->count, 1);
  assert_int_equal(c->moved, 1);
  o.metrics = "total";
  assert_int_equal(ofr_results_compare(&a.record, &b.record, &o, arena)->count, 0);
  o = (ofr_compare_options){.noise = 3, .strategy = "tied"};
  b.record.strategy_count = 1; /* 'free' is gone: nobody asked for it */
  c = ofr_results_compare(&a.record, &b.record, &o, arena);
  assert_int_equal(c->strategies_gone, 0);
  assert_int_equal(c->count, 1);
}

static void equal_digests_are_the_same_bits_whatever_else_is_there(void **state) {
  (void)state;
  small_result_begin(&b, "results a");
  small_result_totals(&b);
  small_result_add(&a, OFR_FIGURE_BOUND, "free", "", "lower", 70e9, 1e9); /* of a run with --bound: no part of the digest */
  b.record.plan_digest = "other notes";
  const ofr_result_comparison *c = small_results_compare(&a, &b, 0, 0, arena);
  assert_true(c->same_bits);
  assert_int_equal(c->moved + c->gone + c->differing, 0);
  assert_null(ofr_results_contradict(c));
}

static void numbers_that_contradict_their_digests_are_found(void **state) {
  (void)state;
  small_result_begin(&b, "results a");
  small_result_totals(&b);
  b.figures[1].value.mean = 80.1e9;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_false(c->same_bits);
  assert_ptr_equal(ofr_results_contradict(c), &c->pairs[1]);
  b.figures[1].value.mean = NAN; /* a number is not there any more */
  assert_ptr_equal(ofr_results_contradict(small_results_compare(&a, &b, 3, 0, arena))->figure, &a.figures[1]);
  b.record.version = "0.2.0"; /* which may tell less */
  assert_null(ofr_results_contradict(small_results_compare(&a, &b, 3, 0, arena)));
  b.figures[1].value.mean = 80.1e9;
  b.record.plan_digest = "another plan"; /* integers of other quanta: possible */
  c = small_results_compare(&a, &b, 0, 0, arena);
  assert_null(ofr_results_contradict(c));
  assert_int_equal(c->moved, 1);
}

static void futures_are_the_same_by_seed_number_and_file(void **state) {
  (void)state;
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SAME_FUTURES);
  assert_true(small_results_compare(&a, &b, 3, 0, arena)->same_question);
  assert_true(small_results_compare(&a, &b, 3, 0, arena)->by_chance == 0);
  b.points[0].paths = 20000;
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SOME_FUTURES);
  b.points[0].seed = 8;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->kinship, OFR_OTHER_FUTURES);
  assert_false(c->same_question);
  assert_float_equal(c->by_chance, 3 * 0.0026998, 1e-6); /* two tails of a normal beyond 3 */
  b.record.futures = "f.csv";
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_OTHER_FUTURES);
  a.record.futures = "f.csv";
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SOME_FUTURES);
  b.points[0].seed = 7;
  b.points[0].paths = 10000;
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SAME_FUTURES);
  b.record.plan_digest = "the file may have changed";
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SOME_FUTURES);
  a.record.futures_digest = b.record.futures_digest = "what it holds";
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SAME_FUTURES);
  b.record.futures_digest = "something else";
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SOME_FUTURES);
}

/* Two points, 'x' and 'y', each with both totals; in `b` the second is 'z'. */
static void spread(small_result *r, const char *second) {
  r->record.is_store = true;
  r->record.point_count = 2;
  r->points[0] = (ofr_record_point){"x", 10000, 7};
  r->points[1] = (ofr_record_point){second, 10000, 8};
  small_result_totals(r);
  for (int i = 0; i < r->record.figure_count; i++) r->figures[i].point = i < 3 ? "x" : second;
}

static void points_are_compared_with_themselves(void **state) {
  (void)state;
  spread(&a, "y");
  spread(&b, "y");
  a.figures[3].value.mean = 500e9; /* at y */
  b.figures[3].value.mean = 550e9;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->kinship, OFR_SAME_FUTURES); /* each point, though the two have other seeds */
  assert_int_equal(c->compared, 6);
  assert_int_equal(c->moved, 1);
  assert_int_equal(c->points_moved, 1);
  assert_string_equal(c->largest[0]->figure->point, "y");
  assert_float_equal(c->largest[0]->weight, 0.1, 1e-12); /* of the total there */
  b.figures[0].value.mean = 200e9;
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->points_moved, 2);
  b.points[1].paths = 5;
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_SOME_FUTURES);
  b.points[0].seed = b.points[1].seed = 99;
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->kinship, OFR_OTHER_FUTURES);
}

static void points_that_only_one_has_are_gone_or_new(void **state) {
  (void)state;
  spread(&a, "y");
  spread(&b, "z");
  b.points[1].seed = 99;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->points_gone, 1);
  assert_int_equal(c->points_new, 1);
  assert_int_equal(c->gone, 3);
  assert_int_equal(c->fresh, 3);
  assert_int_equal(c->compared, 3);
  assert_int_equal(c->points_moved, 0);
  assert_int_equal(c->kinship, OFR_SAME_FUTURES); /* of what both have */
}

static double *slices(ofr_figure *f, int count) {
  f->slice_count = count;
  return (double *)(f->slices = ofr_arena_alloc(arena, (size_t)count, sizeof *f->slices));
}

/* Both swing by 8 billion from slice to slice, together; what is between them swings by 0.1. */
static void swing(void) {
  double *before = slices(&a.figures[0], 4), *after = slices(&b.figures[0], 4);
  for (int i = 0; i < 4; i++) {
    before[i] = 100e9 + (i & 1 ? 8e9 : -8e9);
    after[i] = before[i] + 1e9 + (i & 2 ? 0.1e9 : -0.1e9);
  }
  b.figures[0].value.mean = 101e9;
}

static void what_the_same_futures_have_in_common_is_no_noise(void **state) {
  (void)state;
  swing();
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  const ofr_figure_pair *p = &c->pairs[0];
  assert_true(p->paired && p->degrees == 3);
  assert_float_equal(p->se, 0.1e9 / sqrt(3), 1); /* squares 4 x 0.01, over 4 x 3 */
  assert_float_equal(p->apart, sqrt(2) * 1e9, 1);
  assert_int_equal(p->move, OFR_ROSE); /* by 17 errors; of independent futures by 0.7 */
  assert_int_equal(c->noisy, 3);
  assert_int_equal(c->paired, 1);
  assert_int_equal(small_results_compare(&a, &b, 4, 0, arena)->moved, 0); /* with 3 degrees of freedom 4 are more than 20 */
  assert_int_equal(small_results_compare(&b, &a, 3, 0, arena)->pairs[0].move, OFR_FELL);
}

static void other_futures_have_nothing_in_common(void **state) {
  (void)state;
  swing();
  b.points[0].paths = 20000;
  assert_false(small_results_compare(&a, &b, 3, 0, arena)->pairs[0].paired);
  b.points[0].seed = 8;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_float_equal(c->pairs[0].se, sqrt(2) * 1e9, 1);
  assert_int_equal(c->paired + c->moved, 0);
}

static void a_figure_without_noise_needs_no_slices_and_an_old_one_has_none(void **state) {
  (void)state;
  swing();
  a.figures[0].slices = NULL;
  a.figures[0].slice_count = 0;
  assert_false(small_results_compare(&a, &b, 3, 0, arena)->pairs[0].paired);
  a.figures[0].value = (ofr_measured){0, 0}; /* the same in all futures */
  const ofr_figure_pair *p = &small_results_compare(&a, &b, 3, 0, arena)->pairs[0];
  assert_true(p->paired);
  assert_float_equal(p->se, ofr_slices_error(b.figures[0].slices, NULL, 4), 1);
  slices(&a.figures[0], 5); /* as another version cuts them */
  assert_false(small_results_compare(&a, &b, 3, 0, arena)->pairs[0].paired);
}

/* The share of 10,000 futures moves by as many in each of 32 slices, which then spread by nothing. */
static ofr_move move_of_share(double before, double after, double *se) {
  ofr_figure *x = small_result_add(&a, OFR_FIGURE_COMMITMENT, "tied", "macc", "p_charge", before, 0.005);
  ofr_figure *y = small_result_add(&b, OFR_FIGURE_COMMITMENT, "tied", "macc", "p_charge", after, 0.005);
  double *of_x = slices(x, 32), *of_y = slices(y, 32);
  for (int i = 0; i < 32; i++) of_x[i] = before, of_y[i] = after;
  x->of_paths = y->of_paths = 10000;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  const ofr_figure_pair *p = &c->pairs[c->count - 1];
  a.record.figure_count--, b.record.figure_count--;
  assert_string_equal(p->figure->metric, "p_charge");
  *se = p->se;
  return p->move;
}

static void a_share_of_futures_errs_by_what_changed_at_least(void **state) {
  (void)state;
  double se;
  assert_int_equal(move_of_share(0.25, 0.2502, &se), OFR_STAYED); /* two futures, give or take 1.4 */
  assert_float_equal(se, sqrt(0.0002 * 0.9998 / 10000), 1e-9);
  assert_int_equal(move_of_share(0.25, 0.2525, &se), OFR_ROSE); /* 25, give or take 5: 5 errors */
  assert_float_equal(se, sqrt(0.0025 * 0.9975 / 10000), 1e-9);
}

static void the_other_way_round_slices_are_those_of_the_other(void **state) {
  (void)state;
  static const double won[] = {0.1, 0.3}, lost[] = {0.9, 0.6};
  ofr_figure *before = small_result_add(&a, OFR_FIGURE_COMPARISON, "tied", "free", "a_wins", 0.5, 0.01);
  ofr_figure *after = small_result_add(&b, OFR_FIGURE_COMPARISON, "free", "tied", "a_wins", 0.2, 0.01);
  after->reversed = (ofr_measured){0.75, 0.01};
  before->slice_count = after->slice_count = 2;
  before->slices = won;
  after->reversed_slices = lost;
  const ofr_figure_pair *p = &small_results_compare(&a, &b, 3, 0, arena)->pairs[3];
  assert_true(p->paired && p->difference == 0.25);
  assert_float_equal(p->se, 0.25, 1e-12); /* differences 0.8 and 0.3 */
}

static void points_of_a_store_share_futures_or_not_one_by_one(void **state) {
  (void)state;
  spread(&a, "y");
  spread(&b, "y");
  static const double some[] = {1, 2};
  for (int i = 0; i < 6; i++) {
    a.figures[i].slices = b.figures[i].slices = some;
    a.figures[i].slice_count = b.figures[i].slice_count = 2;
  }
  b.points[1].paths = 5;
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  for (int i = 0; i < 6; i++) assert_true(c->pairs[i].paired == (i < 3));
}

static void a_tail_that_an_older_result_does_not_tell_is_neither_gone_nor_new(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_METRIC, "free", "", OFR_FIGURE_TAIL, 90e9, 1e9);
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->count, 3);
  assert_int_equal(c->gone, 0);
  assert_int_equal(small_results_compare(&b, &a, 3, 0, arena)->fresh, 0);
  small_result_add(&b, OFR_FIGURE_METRIC, "free", "", OFR_FIGURE_TAIL, 99e9, 1e9);
  assert_int_equal(small_results_compare(&a, &b, 3, 0, arena)->moved, 1);
}

/* A store does not know how often the other one wins. */
static void what_is_not_known_the_other_way_round_is_not_compared(void **state) {
  (void)state;
  small_result_add(&a, OFR_FIGURE_COMPARISON, "tied", "free", "a_wins", 0.5, 0.01)->reversed = (ofr_measured){NAN, NAN};
  small_result_add(&b, OFR_FIGURE_COMPARISON, "free", "tied", "a_wins", 0.4, 0.01)->reversed = (ofr_measured){NAN, NAN};
  const ofr_result_comparison *c = small_results_compare(&a, &b, 3, 0, arena);
  assert_int_equal(c->gone + c->fresh + c->moved, 0);
  assert_int_equal(c->compared, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_figure_moved_when_it_differs_by_more_than_its_noise, begin, end),
      cmocka_unit_test_setup_teardown(the_threshold_is_a_share_of_the_mean_before, begin, end),
      cmocka_unit_test_setup_teardown(what_was_nothing_exceeds_every_threshold, begin, end),
      cmocka_unit_test_setup_teardown(what_belongs_to_no_strategy_is_a_share_of_the_only_ones_total, begin, end),
      cmocka_unit_test_setup_teardown(the_largest_share_of_the_whole_comes_first, begin, end),
      cmocka_unit_test_setup_teardown(what_has_no_error_or_no_value_is_judged_all_the_same, begin, end),
      cmocka_unit_test_setup_teardown(a_difference_in_the_last_digits_is_none, begin, end),
      cmocka_unit_test_setup_teardown(a_strategy_that_is_gone_takes_its_figures_with_it, begin, end),
      cmocka_unit_test_setup_teardown(strategies_in_another_order_are_compared_the_other_way_round, begin, end),
      cmocka_unit_test_setup_teardown(filters_leave_only_what_was_asked_for, begin, end),
      cmocka_unit_test_setup_teardown(equal_digests_are_the_same_bits_whatever_else_is_there, begin, end),
      cmocka_unit_test_setup_teardown(numbers_that_contradict_their_digests_are_found, begin, end),
      cmocka_unit_test_setup_teardown(points_are_compared_with_themselves, begin, end),
      cmocka_unit_test_setup_teardown(points_that_only_one_has_are_gone_or_new, begin, end),
      cmocka_unit_test_setup_teardown(what_the_same_futures_have_in_common_is_no_noise, begin, end),
      cmocka_unit_test_setup_teardown(other_futures_have_nothing_in_common, begin, end),
      cmocka_unit_test_setup_teardown(a_figure_without_noise_needs_no_slices_and_an_old_one_has_none, begin, end),
      cmocka_unit_test_setup_teardown(a_share_of_futures_errs_by_what_changed_at_least, begin, end),
      cmocka_unit_test_setup_teardown(the_other_way_round_slices_are_those_of_the_other, begin, end),
      cmocka_unit_test_setup_teardown(points_of_a_store_share_futures_or_not_one_by_one, begin, end),
      cmocka_unit_test_setup_teardown(a_tail_that_an_older_result_does_not_tell_is_neither_gone_nor_new, begin, end),
      cmocka_unit_test_setup_teardown(what_is_not_known_the_other_way_round_is_not_compared, begin, end),
      cmocka_unit_test_setup_teardown(futures_are_the_same_by_seed_number_and_file, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
