/* What stakeholders see, beside what anybody could compute: a failure as an event of the plan, absorption and concentration from
 * single paths and by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "backend/backend.h"
#include "given_plan.h"
#include "plan/variants.h"
#include "report/stakeholder_report.h"
#include "stage/stakeholder_run.h"

enum { PATHS = 400, FEW = 30 };

static const ofr_result *run(given_plan *given, const ofr_run_options *options) {
  ofr_run_options usual = given_options();
  ofr_result *r = NULL;
  offramp_error error = {0};
  if (ofr_simulate_for_stakeholders(given->plan, options ? options : &usual, given->arena, &r, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  return r;
}

/* Two clouds, every clause that a failure of the first could touch; `more` goes into the events. */
static given_plan rich_plan(const char *more, const char *stakeholders) {
  return given_text("%s%s%s%s}", JSON({
    "horizon": {"start": "2026-03", "months": 22, "discount_rate": 0.07},
    "simulation": {"paths": 400, "band_paths": 16}, "reference_accelerator": "a",
    "accelerators": [{"name": "a", "vendor": "A"}, {"name": "b", "vendor": "B"}], "providers": [{"name": "p",
     "egress_per_gb": 0.1}, {"name": "q"}],
    "factors": [{"name": "f", "volatility": 0.4}],
    "workloads": [
      {"name": "v", "demand": {"start": 300, "growth": 0.3}, "unmet_cost": 5, "speed": {"a": 1, "b": 1.7},
       "factors": {"f": 1}, "duty": 0.8},
      {"name": "w", "demand": 200, "unmet_cost": 4, "speed": {"a": 1}, "home": "p", "data_gb_per_hour": 0.3}],
    "pools": [
      {"name": "p-a", "provider": "p", "accelerator": "a", "price": 2.2, "capacity": {"start": 150, "growth": 0.5},
       "slip_mean": 2, "slip_max": 6},
      {"name": "p-b", "provider": "p", "accelerator": "b", "price": 3, "capacity": 90, "factors": {"f": 0.5}},
      {"name": "q-a", "provider": "q", "accelerator": "a", "price": 2.5, "capacity": 260}],
    "contracts": [
      {"name": "floor", "type": "commitment", "provider": "p", "relief": 0.5, "deferral": 0.2, "counts": {"p-b": 0.5},
       "windows": [{"to": "2026-12", "amount": 4e6}, {"from": "2027-01", "amount": 5e6}]},
      {"name": "block", "type": "reservation", "pool": "p-a", "accelerators": 60, "price": 1.5, "use_price": 0.1},
      {"name": "side", "type": "reservation", "pool": "q-a", "accelerators": 20, "price": 1.5},
      {"name": "out", "type": "exit", "contract": "block", "at": ["2027-03", "2027-06"], "fee": 0.2, "below": 0.9},
      {"name": "first", "type": "first_refusal", "provider": "p", "workloads": ["w"], "accept": 0.8, "premium": 0.1},
      {"name": "bands", "type": "discount", "provider": "p", "tiers": [[0, 0.02], [2e6, 0.2]], "period": "year"},
      {"name": "held", "type": "stake", "holder": "H", "provider": "p", "share": 0.2, "margin": 0.4}],
    "strategies": [{"name": "all", "pull": "pace"}, {"name": "some", "contracts": ["floor", "block"]}, {"name": "none",
     "contracts": []}],
    "events": [{"name": "dear", "rate": 0.6, "mean_duration": 3, "effects": [{"pools": {"provider": "p"}, "price": 1.5,
     "capacity": 0.9}]}
  ), more, "]", stakeholders);
}

static const char stakeholders[] = ", \"stakeholders\": {\"anchor\": \"p\", \"failure\": {\"from\": \"2026-11\", \"months\": 5}}";
static const char failure_as_event[] =
    ", {\"name\": \"failure\", \"at\": \"2026-11\", \"duration\": 5, \"effects\": ["
    "{\"pools\": {\"provider\": \"p\"}, \"capacity\": 0}, {\"contracts\": [\"block\"], \"suspend\": true}]}";

/* ---- the failure ---- */

static void the_failure_is_what_an_event_would_do(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders), plain = rich_plan("", ""), failed = rich_plan(failure_as_event, "");
  const ofr_result *r = run(&given, NULL), *with = given_run(&failed, NULL), *without = given_run(&plain, NULL);
  bool matters = false;
  assert_true(given.staged.money_quantum == failed.staged.money_quantum);
  for (int s = 0; s < 3; s++)
    for (int i = 0; i < r->stakeholders->difference_count; i++) {
      const ofr_difference *d = &r->stakeholders->failures[s * r->stakeholders->difference_count + i];
      assert_true(d->values.sum == with->strategies[s].metrics[d->metric].sum - without->strategies[s].metrics[d->metric].sum);
      matters |= d->values.sum != 0;
    }
  assert_true(matters);
  given_free(&given);
  given_free(&plain);
  given_free(&failed);
}

static void is_mean_of(const ofr_slice_means *slices, double mean) {
  double sum = 0;
  assert_int_equal(slices->count, OFR_SLICES);
  for (int i = 0; i < slices->count; i++) sum += slices->mean[i] / slices->count;
  assert_true(fabs(sum - mean) <= 1e-12 * fabs(mean) + 1e-3);
}

static void slices_of_what_stakeholders_see_have_its_mean(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders);
  const ofr_result *r = run(&given, NULL);
  const ofr_stakeholder_result *x = r->stakeholders;
  bool vary = false;
  for (int i = 0; i < r->strategy_count * x->difference_count; i++) {
    is_mean_of(&x->failures[i].slices, x->failures[i].values.mean);
    vary |= x->failures[i].slices.mean[0] != x->failures[i].slices.mean[1];
  }
  for (int i = 0; i < x->absorption_count; i++) {
    is_mean_of(&x->absorptions[i].absorbed_slices, x->absorptions[i].absorbed.mean);
    is_mean_of(&x->absorptions[i].missing_slices, x->absorptions[i].missing.mean);
  }
  assert_true(vary && x->absorption_count > 0);
  given_free(&given);
}

static void the_failure_is_that_of_single_paths(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders), failed = rich_plan(failure_as_event, "");
  ((ofr_plan *)given.plan)->paths = FEW;
  const ofr_result *r = run(&given, NULL);
  for (int s = 0; s < 3; s++) {
    const ofr_difference *total = ofr_failure_of(r, s, "total_cost");
    int64_t least = INT64_MAX, most = INT64_MIN;
    uint64_t below = 0;
    for (uint64_t path = 0; path < FEW; path++) {
      const ofr_trace *a, *b;
      assert_int_equal(ofr_trace_path(failed.plan, path, failed.arena, &a, NULL), OFFRAMP_OK);
      assert_int_equal(ofr_trace_path(given.plan, path, given.arena, &b, NULL), OFFRAMP_OK);
      int64_t d = a->total_cost[s] - b->total_cost[s];
      least = d < least ? d : least;
      most = d > most ? d : most;
      below += d < 0;
    }
    assert_true(total->values.min == least && total->values.max == most && total->negative == below);
  }
  given_free(&given);
  given_free(&failed);
}

static void all_else_is_as_without_stakeholders(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders), plain = rich_plan("", "");
  const ofr_result *r = run(&given, NULL), *p = given_run(&plain, NULL);
  assert_int_equal(r->strategy_count, 3);
  assert_int_equal(r->metric_count, p->metric_count);
  assert_int_equal(r->comparison_count, p->comparison_count);
  for (int s = 0; s < 3; s++)
    for (int m = 0; m < r->metric_count; m++) {
      assert_string_equal(r->metrics[m].name, p->metrics[m].name);
      assert_true(r->strategies[s].metrics[m].sum == p->strategies[s].metrics[m].sum);
      assert_memory_equal(r->strategies[s].metrics[m].quantile, p->strategies[s].metrics[m].quantile,
                          sizeof p->strategies[s].metrics[m].quantile);
    }
  for (int i = 0; i < p->comparison_count; i++) {
    assert_true(r->comparisons[i].a == p->comparisons[i].a && r->comparisons[i].b == p->comparisons[i].b);
    assert_true(r->comparisons[i].sum == p->comparisons[i].sum && r->comparisons[i].a_wins == p->comparisons[i].a_wins);
  }
  assert_int_equal(r->band_count, p->band_count + 1);
  assert_string_equal(run(&plain, NULL)->results_digest, p->results_digest);
  assert_null(run(&plain, NULL)->stakeholders);
  assert_string_not_equal(r->results_digest, p->results_digest);
  given_free(&given);
  given_free(&plain);
}

static void a_failure_beyond_the_horizon_is_none(void **state) {
  (void)state;
  given_plan given = rich_plan("", ", \"stakeholders\": {\"anchor\": \"p\", \"failure\": {\"from\": \"2031-01\", \"months\": 5}}");
  given_plan before = rich_plan("", ", \"stakeholders\": {\"anchor\": \"p\"}");
  const ofr_result *r = run(&given, NULL);
  assert_int_equal(r->stakeholders->difference_count, 0);
  assert_null(ofr_failure_of(r, 0, "total_cost"));
  assert_string_equal(r->results_digest, run(&before, NULL)->results_digest);
  given_free(&given);
  given_free(&before);
}

/* ---- what the anchor could absorb ---- */

/* One pool, a year. Work of 100 at $2; of it `capacity` fit; the promise is 60 for the whole year. */
static ofr_absorption absorb(const char *capacity, const char *contract) {
  given_plan given = given_text("%s%s%s%s%s", JSON({
    "horizon": {"start": "2026-01", "months": 12}, "simulation": {"paths": 3},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
    "workloads": [{"name": "w", "demand": 100, "unmet_cost": 5, "speed": {"a": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": ), capacity, JSON(},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 1, "capacity": 100}],
    "stakeholders": {"anchor": "p"},
    "contracts": [{"name": "floor", "type": "commitment", "provider": "p", ), contract, "}]}");
  const ofr_result *r = run(&given, NULL);
  assert_int_equal(r->stakeholders->absorption_count, 1);
  ofr_absorption a = r->stakeholders->absorptions[0];
  given_free(&given);
  return a;
}

#define MONTHS_OF(accelerators, months) ((accelerators) * 2.0 * 730 * (months))
static bool near(double a, double b) { return fabs(a - b) < 0.01; }

static void absorption_is_capacity_or_demand_at_list_price(void **state) {
  (void)state;
  ofr_absorption a = absorb("60", "\"windows\": [{\"amount\": 1051199}]"); /* 60 all year: a dollar more than that */
  assert_true(near(a.absorbed.mean, MONTHS_OF(60, 12)) && a.missing.max == 0 && a.first_behind.count == 0);
  assert_true(near((double)a.amount * 1e-6, 1051199) && ofr_absorption_suffices(&a) == 1);
  a = absorb("250", "\"windows\": [{\"amount\": 1051200}]"); /* all demand, no more */
  assert_true(near(a.absorbed.mean, MONTHS_OF(100, 12)));
  a = absorb("60", "\"windows\": [{\"amount\": 1051200}], \"counts\": 0.5");
  assert_true(near(a.absorbed.mean, MONTHS_OF(60, 12) / 2) && near(a.missing.mean, MONTHS_OF(60, 12) / 2));
  assert_true(ofr_absorption_suffices(&a) == 0);
  a = absorb("60", "\"windows\": [{\"amount\": 1051200}], \"opening\": 1000");
  assert_true(near(a.absorbed.mean, MONTHS_OF(60, 12) + 1000));
}

/* A ramp: 30 for half a year, then 100. Behind the pace of 60 from the first month until 30 m + 100 (n - m) catches up. */
static void a_ramp_falls_behind_and_catches_up(void **state) {
  (void)state;
  const char ramp[] = "{\"points\": [[\"2026-01\", 30], [\"2026-07\", 100]], \"interpolate\": \"step\"}";
  ofr_absorption a = absorb(ramp, "\"windows\": [{\"amount\": 1051200}]");
  assert_true(near(a.absorbed.mean, MONTHS_OF(30, 6) + MONTHS_OF(100, 6)));
  assert_true(a.first_behind.min == 0 && a.first_behind.max == 0);
  assert_true(a.last_behind.min == 9 && a.last_behind.max == 9); /* 180 + 400 of 600; 680 of 660 in the month after */
  assert_true(ofr_absorption_suffices(&a) == 1);
}

static void every_window_is_judged_alone(void **state) {
  (void)state;
  const char ramp[] = "{\"points\": [[\"2026-01\", 30], [\"2026-07\", 100]], \"interpolate\": \"step\"}";
  ofr_absorption a = absorb(ramp, "\"windows\": [{\"to\": \"2026-06\", \"amount\": 525600}, "
                                  "{\"from\": \"2026-07\", \"amount\": 525600}]");
  assert_true(near(a.absorbed.mean, MONTHS_OF(30, 6) + MONTHS_OF(100, 6)));
  assert_true(near(a.missing.mean, MONTHS_OF(30, 6))); /* what the second has too much does not help the first */
  assert_true(a.last_behind.max == 5 && ofr_absorption_suffices(&a) == 0);
}

/* Two workloads of 100; one can use both pools of 80, the other the first alone: 80 + 80 is what they can use together, for the one
 * that has the choice leaves the first pool to the other. */
static void demand_is_not_counted_twice(void **state) {
  (void)state;
  given_plan given = given_text("%s", JSON({
    "horizon": {"start": "2026-01", "months": 1}, "simulation": {"paths": 3},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}, {"name": "b"}], "providers": [{"name": "p"}],
    "workloads": [{"name": "either", "demand": 100, "unmet_cost": 5, "speed": {"a": 1, "b": 1}, "duty": 0.5},
                  {"name": "one", "demand": 100, "unmet_cost": 5, "speed": {"a": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 80},
              {"name": "l", "provider": "p", "accelerator": "b", "price": 2, "capacity": 80}],
    "stakeholders": {"anchor": "p"},
    "contracts": [{"name": "floor", "type": "commitment", "provider": "p", "windows": [{"amount": 1e5}]}]
  }));
  const ofr_absorption *a = &run(&given, NULL)->stakeholders->absorptions[0];
  assert_true(near(a->absorbed.mean, MONTHS_OF(80, 1) + 0.5 * MONTHS_OF(80, 1)));
  given_free(&given);
}

/* Whoever buys all it can at the anchor is charged exactly what the anchor could not absorb. */
static void what_is_missing_is_charged_to_who_buys_all_there_is(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/interface.json", PATHS, 8);
  const ofr_result *r = run(&given, NULL);
  const ofr_distribution *charge = given_metric(r, 0, OFR_GROUP_COMMITMENT, 0, "charge");
  assert_true(charge->sum > 0);
  assert_true(r->stakeholders->absorptions[0].missing.sum == charge->sum);
  assert_true(fabs(ofr_anchor_charge(r, 0) - charge->mean) < 1e-6);
  assert_true(ofr_anchor_charge(r, 2) == 0);
  given_free(&given);
}

/* ---- the regulator ---- */

static double concentration_of(const int64_t *revenue, int providers) {
  double whole = 0, sum = 0;
  for (int g = 0; g < providers; g++) whole += revenue[g] > 0 ? (double)revenue[g] : 0;
  for (int g = 0; g < providers && whole > 0; g++) sum += revenue[g] > 0 ? pow((double)revenue[g] / whole, 2) : 0;
  return sum;
}

static void concentration_over_time_is_that_of_single_paths(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders);
  ((ofr_plan *)given.plan)->paths = FEW;
  const ofr_result *r = run(&given, NULL);
  for (int s = 0; s < 3; s++) {
    double sum[32] = {0};
    for (uint64_t path = 0; path < FEW; path++) {
      const ofr_trace *trace;
      assert_int_equal(ofr_trace_path(given.plan, path, given.arena, &trace, NULL), OFFRAMP_OK);
      for (int t = 0; t < r->plan->months; t++) sum[t] += concentration_of(trace->months[t].strategies[s].revenue, 2);
    }
    const ofr_band *band = ofr_band_of(r, s, "concentration", -1);
    double year = 0;
    for (int t = 0; t < r->plan->months; t++) {
      assert_true(fabs(ofr_band_mean(r, band, t) - sum[t] / FEW) < 2e-6);
      if (t >= 10) year += sum[t] / FEW / 12;
    }
    assert_true(fabs(ofr_concentration_in(r, s, 2027) - year) < 2e-6);
    assert_true(isnan(ofr_concentration_in(r, s, 2030)));
  }
  given_free(&given);
}

static void a_majority_is_more_than_half_of_the_revenue(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders);
  const ofr_result *r = run(&given, NULL);
  for (int s = 0; s < 3; s++) /* of two who earn, one has more than half but for a tie */
    assert_true(r->strategies[s].majority == PATHS && ofr_majority_share(r, s) == 1);
  given_free(&given);
}

/* ---- one result, however it is computed ---- */

static void the_digest_does_not_depend_on_how_it_is_computed(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders);
  const char *digest = run(&given, NULL)->results_digest;
  for (int i = 0; i < 5; i++) {
    ofr_run_options o = given_options();
    o.threads = 1 + i % 3;
    if (i >= 1) o.batch = 5 + 20 * (uint32_t)i;
    if (i >= 2) o.max_memory = 6 * 22 * 9 * 16 * 8 + 4096 * (uint64_t)i; /* the bands, and little more: replayed */
    assert_string_equal(run(&given, &o)->results_digest, digest);
  }
  for (const ofr_path_version *const *version = ofr_cpu_versions(); *version; version++) {
    ofr_run_options o = given_options();
    o.isa = (*version)->name;
    assert_string_equal(run(&given, &o)->results_digest, digest);
  }
  given_free(&given);
}

static void sixteen_strategies_are_placed_twice(void **state) {
  (void)state;
  given_plan given = rich_plan("", stakeholders), plain = rich_plan("", ""), failed = rich_plan(failure_as_event, "");
  ofr_variant variants[OFR_MAX_STRATEGIES];
  for (int i = 0; i < OFR_MAX_STRATEGIES; i++) variants[i] = (ofr_variant){i % 3, -1};
  given_plan many = given;
  many.plan = ofr_plan_variants(given.plan, variants, OFR_MAX_STRATEGIES, given.arena);
  const ofr_result *r = run(&many, NULL), *with = given_run(&failed, NULL), *without = given_run(&plain, NULL);
  for (int s = 0; s < OFR_MAX_STRATEGIES; s++)
    assert_true(ofr_failure_of(r, s, "total_cost")->values.sum ==
                with->strategies[s % 3].metrics[0].sum - without->strategies[s % 3].metrics[0].sum);
  given_free(&given);
  given_free(&plain);
  given_free(&failed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_failure_is_what_an_event_would_do),
      cmocka_unit_test(slices_of_what_stakeholders_see_have_its_mean),
      cmocka_unit_test(the_failure_is_that_of_single_paths),
      cmocka_unit_test(all_else_is_as_without_stakeholders),
      cmocka_unit_test(a_failure_beyond_the_horizon_is_none),
      cmocka_unit_test(absorption_is_capacity_or_demand_at_list_price),
      cmocka_unit_test(a_ramp_falls_behind_and_catches_up),
      cmocka_unit_test(every_window_is_judged_alone),
      cmocka_unit_test(demand_is_not_counted_twice),
      cmocka_unit_test(what_is_missing_is_charged_to_who_buys_all_there_is),
      cmocka_unit_test(concentration_over_time_is_that_of_single_paths),
      cmocka_unit_test(a_majority_is_more_than_half_of_the_revenue),
      cmocka_unit_test(the_digest_does_not_depend_on_how_it_is_computed),
      cmocka_unit_test(sixteen_strategies_are_placed_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
