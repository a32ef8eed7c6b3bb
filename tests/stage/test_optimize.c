/* Sizes whose optimum is known: the newsvendor's quantile, a trace's quantile, a fine grid of plain runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "given_plan.h"
#include "stage/optimize.h"

static const ofr_optimum *optimize(given_plan *given, const ofr_run_options *options) {
  ofr_run_options usual = given_options();
  ofr_optimum *optimum = NULL;
  offramp_error error = {0};
  if (ofr_optimize(given->plan, options ? options : &usual, given->arena, &optimum, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  return optimum;
}

static void assert_within(const char *what, double found, double expected, double error) {
  if (!(fabs(found - expected) <= error)) fail_msg("%s is %.9g, not %.9g within %.2g", what, found, expected, error);
}

/* Monotone and convex in what it trades, each point the best of all for its weight. */
static void assert_frontier(const ofr_optimum *o) {
  assert_true(o->has_frontier && o->frontier_count >= 11);
  const ofr_frontier_point *f = o->frontier;
  for (int i = 0; i < o->frontier_count; i++) {
    if (i > 0) assert_true(f[i].risk_weight > f[i - 1].risk_weight);
    if (i > 0) assert_true(f[i].mean >= f[i - 1].mean && f[i].cvar <= f[i - 1].cvar);
    for (int k = 0; k < o->frontier_count; k++) {
      double own = (1 - f[i].risk_weight) * f[i].mean + f[i].risk_weight * f[i].cvar;
      assert_true(own <= ((1 - f[i].risk_weight) * f[k].mean + f[i].risk_weight * f[k].cvar) * (1 + 1e-12));
    }
  }
  for (int i = 2; i < o->frontier_count; i++) { /* ever more mean for ever less tail */
    double before = (f[i - 1].mean - f[0].mean) * (f[0].cvar - f[i].cvar),
           after = (f[i].mean - f[0].mean) * (f[0].cvar - f[i - 1].cvar);
    assert_true(before <= after * (1 + 1e-9));
  }
}

/* ---- reserve or rent ---- */

/* Month 1 is lognormal with mean 100,000 and sigma 0.5: reserve at 2.5 or rent at 4. The best is its 1 - 2.5/4 quantile. */
static given_plan newsvendor(const char *more) {
  return given_text(
      "{" JSON(
          "horizon"
          : {"start" : "2026-01", "months" : 2}, "reference_accelerator"
          : "a", "accelerators"
          : [ {"name" : "a"} ], "providers"
          : [ {"name" : "p"} ], "factors"
          : [ {"name" : "need", "volatility" : 1.7320508075688772} ], "workloads"
          : [ {
              "name" : "w",
              "demand" : {"points" : [ [ "2026-01", 0 ], [ "2026-02", 100000 ] ]},
              "unmet_cost" : 20,
              "speed" : {"a" : 1},
              "factors" : {"need" : 1}
            } ],
            "pools"
          : [ {"name" : "k", "provider" : "p", "accelerator" : "a", "price" : 4, "capacity" : 1e9} ], "contracts"
          :
          [
            {"name" : "block", "type" : "reservation", "pool" : "k", "accelerators" : 50000, "price" : 2.5, "from" : "2026-02"}
          ]) ", %s}",
      more);
}

#define OF_BLOCK(more) "\"optimize\": {\"variables\": {\"/contracts/block/accelerators\": [0, 400000]}" more "}"

static void the_newsvendor_reserves_what_the_quantile_says(void **state) {
  (void)state;
  given_plan given = newsvendor("\"simulation\": {\"paths\": 400000}, " OF_BLOCK(""));
  const ofr_optimum *o = optimize(&given, NULL);
  double quantile = 100000 * exp(0.5 * -0.3186393639643752 - 0.125); /* N(-0.31864) = 0.375 */
  assert_within("the issue's 75,253", quantile, 75253, 0.5);
  assert_within("the best size", o->size[0], quantile, 0.003 * quantile);
  assert_within("its cost", o->cost.mean, 2.31703e8, 0.003 * 2.31703e8);
  assert_true(o->paths == 400000 && !o->is_partial);
  assert_true(o->has_gap && o->gap >= 0 && o->gap_upper95 >= o->gap && o->gap_upper95 < 0.005 * o->cost.value);
  assert_frontier(&*o);
  /* a spreadsheet would reserve the mean; what that costs more is known as well as the optimum */
  assert_within("the size of means", o->mean_size[0], 100000, 1);
  assert_within("its loss", o->mean_size_loss.mean, 240.145e6 - 231.703e6, 4 * o->mean_size_loss.se + 0.003e6);
  /* hindsight would pay 2.5 x 730 x 100,000 */
  assert_true(o->foresight.mean > 0.8 * (231.703e6 - 182.5e6) && o->foresight.mean < 231.703e6 - 182.5e6 + 4 * o->foresight.se);
  assert_true(o->has_information && o->information.mean >= 0.8 * (231.703e6 - 182.5e6));
  assert_true(o->information.mean < 231.703e6 - 182.5e6 + 4 * o->information.se);
  given_free(&given);
}

static void one_accelerator_more_costs_what_its_use_does_not_save(void **state) {
  (void)state;
  given_plan given = newsvendor("\"simulation\": {\"paths\": 100000}, " OF_BLOCK(""));
  const ofr_optimum *o = optimize(&given, NULL);
  /* at 50,000 one more is paid at 2.5 and saves 4 with the probability of more demand than halfway along the step */
  double z = log((50000 + o->slopes[0].width / 2) / 100000) / 0.5 + 0.25, above = 0.5 * erfc(z * sqrt(0.5));
  assert_true(o->has_slopes && o->slopes[0].has_more && o->slopes[0].has_less && o->slopes[0].has_more_written);
  assert_within("one more", o->slopes[0].more_written.mean, 730 * (2.5 - 4 * above), 4 * o->slopes[0].more_written.se + 0.5);
  assert_true(o->slopes[0].more.mean > 0 && o->slopes[0].less.mean > 0);
  assert_within("the saving", o->saving.mean, o->written.mean - o->cost.mean, 1);
  given_free(&given);
}

static void who_minds_the_tail_reserves_more(void **state) {
  (void)state;
  given_plan given = newsvendor("\"simulation\": {\"paths\": 50000}, " OF_BLOCK(", \"risk_weight\": 0.35, \"alpha\": 0.9"));
  const ofr_optimum *o = optimize(&given, NULL);
  /* above the tail's threshold a reservation saves 4 whenever it is used: 0.65 (2.5 - 4 P) + 0.35 (2.5 - 4) = 0, which is
   * P(demand > size) = 1 - (0.35 x 1.5 + 0.65 x 1.5 ...) solved for the size */
  double above = (0.65 * 2.5 + 0.35 * (2.5 - 4)) / (0.65 * 4);
  double size = o->size[0], z = log(size / 100000) / 0.5 + 0.25;
  assert_within("share of futures that need more", 0.5 * erfc(z * sqrt(0.5)), above, 0.01);
  assert_int_equal(o->frontier_count, 12);
  assert_frontier(o);
  given_free(&given);
}

/* 335 months of needs, no chance: reserve at 1 or rent at 2.1. */
enum { TRACE = 335 };
static int trace(int t) { return 2000 + (int)(800 * sin(t * 0.9)) + t * 7919 % 1013; }

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void against_a_trace_the_best_size_is_its_quantile_to_a_quantum(void **state) {
  char points[TRACE * 24] = "";
  int sorted[TRACE], used = 0;
  (void)state;
  for (int t = 0; t < TRACE; t++) {
    used += snprintf(points + used, sizeof points - (size_t)used, "%s[\"%04d-%02d\", %d]", t ? ", " : "", 2000 + t / 12,
                     t % 12 + 1, trace(t));
    sorted[t] = trace(t);
  }
  qsort(sorted, TRACE, sizeof *sorted, by_value);
  given_plan given = given_text("{" JSON("horizon": {"start": "2000-01", "months": 335}, "simulation": {"paths": 1}, "reference_accelerator": "a",
      "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
      "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2.1, "capacity": 1e6}],
      "contracts": [{"name": "block", "type": "reservation", "pool": "k", "accelerators": 1, "price": 1}],
      "optimize": {"variables": {"/contracts/block/accelerators": [0, 10000]}},
      "workloads": [{
    "name" : "w", "unmet_cost" : 20, "speed" : {"a" : 1}, "demand" : {"interpolate": "step", "points": [)"%s]}}]}", points);
  const ofr_optimum *o = optimize(&given, NULL);
  assert_within("the best size", o->size[0], sorted[(int)ceil((1 - 1 / 2.1) * TRACE) - 1], o->accelerator_quantum);
  assert_true(o->gap == 0 && o->gap_upper95 == 0 && o->mean_size_loss.mean == 0);
  given_free(&given);
    }

/* ---- against brute force ---- */

/* Two promises that together must be worth 160 million to the lender: who takes which part of them? */
#define PROMISES(a, b, weight)                                                                                                 \
  "{" JSON("horizon"                                                                                                           \
           : {"start" : "2026-01", "months" : 14, "discount_rate" : 0.1}, "simulation"                                         \
           : {"paths" : 3000}, "reference_accelerator"                                                                         \
           : "a", "accelerators"                                                                                               \
           : [ {"name" : "a"} ], "providers"                                                                                   \
           : [ {"name" : "p"}, {"name" : "q"} ], "factors"                                                                     \
           : [ {"name" : "need", "volatility" : 0.5}, {"name" : "cost", "volatility" : 0.4} ], "workloads"                     \
           : [ {"name" : "w", "demand" : 9000, "unmet_cost" : 8, "speed" : {"a" : 1}, "factors" : {"need" : 1}} ], "pools"     \
           :                                                                                                                   \
           [                                                                                                                   \
             {"name" : "k", "provider" : "p", "accelerator" : "a", "price" : 2, "capacity" : 6000, "factors" : {"cost" : 1}},  \
             {"name" : "l", "provider" : "q", "accelerator" : "a", "price" : 2.25, "capacity" : 9000}                          \
           ]) ", "                                                                                                             \
              "\"contracts\": [{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", \"windows\": [{\"amount\": " a \
              "}]}, "                                                                                                          \
              "{\"name\": \"d\", \"type\": \"commitment\", \"provider\": \"q\", \"shortfall_rate\": 0.8, \"windows\": "        \
              "[{\"amount\": " b "}]}], "                                                                                      \
              "\"strategies\": [{\"name\": \"both\", \"pull\": \"pace\"}], "                                                   \
              "\"optimize\": {\"strategy\": \"both\", \"risk_weight\": " weight                                                \
              ", \"variables\": {\"/contracts/c/windows/0/amount\": [0, 200e6], "                                              \
              "\"/contracts/d/windows/0/amount\": [0, 120e6]}, \"constraints\": [{\"terms\": "                                 \
              "{\"/contracts/c/windows/0/amount\": 1, "                                                                        \
              "\"/contracts/d/windows/0/amount\": 1}, \"min\": 160e6}]}}"

    static double plain_value(double a, double b, double weight) {
      given_plan given = given_text(PROMISES("%.0f", "%.0f", "0"), a, b);
      ofr_run_options options = given_options();
      options.with_bands = false;
      options.check_paths = 0;
      const ofr_distribution *cost = given_metric(given_run(&given, &options), 0, OFR_GROUP_METRIC, 0, "total_cost");
      double value = (1 - weight) * cost->mean + weight * cost->cvar95;
      given_free(&given);
      return value;
    }

    static void compare_with_grid(const char *weight_text, double weight) {
      given_plan given = given_text(PROMISES("90e6", "70e6", "%s"), weight_text);
      const ofr_optimum *o = optimize(&given, NULL);
      double least = INFINITY, at = 0, own = plain_value(o->size[0], o->size[1], weight);
      for (int i = 0; i <= 120; i++) { /* the constraint's edge, in steps of a million */
        double value = plain_value(40e6 + i * 1e6, 120e6 - i * 1e6, weight);
        if (value < least) least = value, at = 40e6 + i * 1e6;
      }
      for (int i = 0; i <= 20; i++) /* and what lies behind it */
        for (int j = 0; j <= 12; j++)
          if (10 * (i + j) > 160) least = fmin(least, plain_value(i * 10e6, j * 10e6, weight));
      assert_within("the value of a plain run", own, o->cost.value, 1);
      assert_true(own <= least * (1 + 1e-6));
      assert_within("the first promise", o->size[0], at, 1.5e6);
      assert_within("the sum", o->size[0] + o->size[1], 160e6, 1e3);
      assert_frontier(o);
      given_free(&given);
    }

    static void two_promises_are_split_as_a_fine_grid_says(void **state) {
      (void)state;
      compare_with_grid("0", 0);
      compare_with_grid("0.6", 0.6);
    }

    /* ---- the same everywhere, and early ends ---- */

    static void the_same_sizes_whatever_computes_them(void **state) {
      (void)state;
      given_plan given = newsvendor("\"simulation\": {\"paths\": 20000}, " OF_BLOCK(", \"risk_weight\": 0.5"));
      const ofr_optimum *first = optimize(&given, NULL);
      for (const char *const *isa = (const char *const[]){"baseline", NULL}; *isa; isa++) {
        ofr_run_options options = given_options();
        options.isa = *isa;
        options.threads = 1;
        options.batch = 700;
        const ofr_optimum *o = optimize(&given, &options);
        assert_memory_equal(&first->size[0], &o->size[0], sizeof *o->size);
        assert_memory_equal(&first->cost, &o->cost, sizeof o->cost);
        assert_memory_equal(&first->gap, &o->gap, sizeof o->gap);
        assert_true(first->evaluations == o->evaluations);
      }
      given_free(&given);
    }

    typedef struct stopping {
      volatile sig_atomic_t stop;
      int notes, stop_at;
    } stopping;

    static void stop_after(void *context, const ofr_progress *p) {
      stopping *s = context;
      if (p->note && strstr(p->note, "sizings tried") && ++s->notes >= s->stop_at) s->stop = 1;
    }

    static void interrupted_it_keeps_the_best_so_far(void **state) {
      (void)state;
      given_plan given = newsvendor("\"simulation\": {\"paths\": 300000}, " OF_BLOCK(""));
      stopping s = {.stop_at = 1};
      ofr_run_options options = given_options();
      options.progress = stop_after;
      options.progress_context = &s;
      options.stop = &s.stop;
      const ofr_optimum *o = optimize(&given, &options);
      assert_true(o->is_partial && !o->has_gap && o->paths <= 300000 && o->evaluations > 0);
      assert_true(o->size[0] >= 0 && o->size[0] <= 400000 && o->cost.mean > 0);
      given_free(&given);
    }

    static void interrupted_before_anything_was_tried_it_keeps_nothing(void **state) {
      (void)state;
      given_plan given = newsvendor("\"simulation\": {\"paths\": 1000}, " OF_BLOCK(""));
      stopping s = {.stop = 1};
      ofr_run_options options = given_options();
      ofr_optimum *o;
      offramp_error error = {0};
      options.stop = &s.stop;
      assert_int_equal(ofr_optimize(given.plan, &options, given.arena, &o, &error), OFFRAMP_INTERRUPTED);
      assert_null(o);
      given_free(&given);
    }

    int main(void) {
      const struct CMUnitTest tests[] = {
          cmocka_unit_test(the_newsvendor_reserves_what_the_quantile_says),
          cmocka_unit_test(one_accelerator_more_costs_what_its_use_does_not_save),
          cmocka_unit_test(who_minds_the_tail_reserves_more),
          cmocka_unit_test(against_a_trace_the_best_size_is_its_quantile_to_a_quantum),
          cmocka_unit_test(two_promises_are_split_as_a_fine_grid_says),
          cmocka_unit_test(the_same_sizes_whatever_computes_them),
          cmocka_unit_test(interrupted_it_keeps_the_best_so_far),
          cmocka_unit_test(interrupted_before_anything_was_tried_it_keeps_nothing),
      };
      return cmocka_run_group_tests_name("optimize", tests, NULL, NULL);
    }
