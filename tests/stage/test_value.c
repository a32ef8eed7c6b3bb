/* What a clause is worth, beside what anybody could compute: plain runs of plans in which the contract is not signed, single
 * paths of both, and a case done by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"
#include "given_plan.h"
#include "plan/variants.h"
#include "reduce/digest.h"
#include "report/value_answer.h"
#include "stage/value.h"

enum { PATHS = 300, FEW = 24 };

static const ofr_valuation *value_of(given_plan *given, const ofr_run_options *options) {
  ofr_run_options usual = given_options();
  ofr_valuation *v = NULL;
  offramp_error error = {0};
  if (ofr_value_clauses(given->plan, options ? options : &usual, given->arena, &v, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  return v;
}

static const ofr_clause *clause_of(const ofr_valuation *v, const char *strategy, const char *contract) {
  for (int i = 0; i < v->clause_count; i++)
    if (!strcmp(v->plan->strategies[v->clauses[i].strategy].name, strategy) &&
        !strcmp(v->plan->contracts[v->clauses[i].contract].name, contract))
      return &v->clauses[i];
  fail_msg("no clause %s of %s", contract, strategy);
  return NULL;
}

static const ofr_difference *of_buyer(const ofr_valuation *v, const ofr_clause *c, const char *metric) {
  const ofr_difference *d = ofr_value_of(v, c, OFR_GROUP_METRIC, 0, metric);
  assert_non_null(d);
  return d;
}

/* The plan in which a strategy does not sign a contract, and has no other strategies. */
static ofr_plan *plan_without(given_plan *given, int strategy, int contract) {
  return ofr_plan_variants(given->plan, &(ofr_variant){strategy, contract}, 1, given->arena);
}

static bool same_integers(const ofr_distribution *a, const ofr_distribution *b) {
  return a->count == b->count && a->missing == b->missing && a->positive == b->positive && a->sum == b->sum && a->min == b->min &&
         a->max == b->max && !memcmp(a->square_sum, b->square_sum, sizeof a->square_sum) &&
         !memcmp(a->quantile, b->quantile, sizeof a->quantile) && a->tail_sum[0] == b->tail_sum[0] &&
         a->tail_sum[1] == b->tail_sum[1];
}

/* ---- by hand ---- */

/* 100 accelerators for a year; the holder has 60 of them at $2, a rival 100 at $1, unserved work costs $5. */
static void an_exclusivity_done_by_hand(void **state) {
  (void)state;
  given_plan given = given_text("%s", JSON({
    "horizon": {"start": "2026-01", "months": 12}, "simulation": {"paths": 10},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
    "workloads": [{"name": "w", "demand": 100, "unmet_cost": 5, "speed": {"a": 1}}],
    "pools": [{"name": "dear", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60},
              {"name": "cheap", "provider": "q", "accelerator": "a", "price": 1, "capacity": 100}],
    "contracts": [{"name": "only", "type": "exclusivity", "provider": "p"}]
  }));
  const ofr_valuation *v = value_of(&given, NULL);
  const ofr_clause *c = clause_of(v, "plan", "only");
  const double hours = 730 * 12;
  assert_int_equal(v->clause_count, 1);
  assert_true(fabs(of_buyer(v, c, "total_cost")->values.mean - hours * (60 * 2 + 40 * 5 - 100)) < 1e-3);
  assert_true(fabs(of_buyer(v, c, "cash_cost")->values.mean - hours * (60 * 2 - 100)) < 1e-3);
  assert_true(fabs(of_buyer(v, c, "unmet_cost")->values.mean - hours * 40 * 5) < 1e-3);
  assert_true(fabs(ofr_value_of(v, c, OFR_GROUP_WORKLOAD, 0, "unmet_cost")->values.mean - hours * 40 * 5) < 1e-3);
  assert_true(fabs(ofr_value_of(v, c, OFR_GROUP_PROVIDER, 0, "revenue")->values.mean - hours * 60 * 2) < 1e-3);
  assert_true(fabs(ofr_value_of(v, c, OFR_GROUP_PROVIDER, 1, "revenue")->values.mean + hours * 100) < 1e-3);
  assert_true(ofr_value_helps(v, of_buyer(v, c, "total_cost")) == 0);
  assert_true(ofr_value_helps(v, ofr_value_of(v, c, OFR_GROUP_PROVIDER, 0, "revenue")) == 1);
  assert_true(ofr_value_helps(v, ofr_value_of(v, c, OFR_GROUP_PROVIDER, 1, "revenue")) == 0);
  assert_true(of_buyer(v, c, "total_cost")->values.sd == 0);
  given_free(&given);
}

static void a_contract_that_changes_nothing_helps_nobody(void **state) {
  (void)state;
  given_plan given = given_text("%s", JSON({
    "horizon": {"start": "2026-01", "months": 12}, "simulation": {"paths": 10},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
    "workloads": [{"name": "w", "demand": 100, "unmet_cost": 5, "speed": {"a": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60}],
    "contracts": [{"name": "only", "type": "exclusivity", "provider": "p"}]
  }));
  const ofr_valuation *v = value_of(&given, NULL);
  for (int i = 0; i < v->difference_count; i++) {
    assert_true(v->clauses[0].differences[i].values.min == 0 && v->clauses[0].differences[i].values.max == 0);
    assert_true(ofr_value_helps(v, &v->clauses[0].differences[i]) == 0);
  }
  given_free(&given);
}

/* ---- beside plain runs ---- */

static void with_and_without_are_what_plain_runs_find(void **state) {
  (void)state;
  static const char *const files[] = {"tests/plans/interface.json", "examples/enterprise.json", "examples/openai-azure.json",
                                     "tests/plans/clauses.json", "tests/plans/optimal.json"};
  for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
    given_plan given = given_file(files[f], PATHS, 8);
    const ofr_valuation *v = value_of(&given, NULL);
    assert_true(v->clause_count > 0);
    for (int i = 0; i < v->clause_count; i++) {
      const ofr_clause *c = &v->clauses[i];
      given_plan with = given, without = given;
      with.plan = plan_without(&given, c->strategy, -1);
      without.plan = plan_without(&given, c->strategy, c->contract);
      const ofr_result *a = given_run(&with, NULL), *b = given_run(&without, NULL);
      for (int m = 0; m < a->metric_count; m++) {
        assert_true(same_integers(&c->with[m], &a->strategies[0].metrics[m]));
        assert_true(same_integers(&c->without[m], &b->strategies[0].metrics[m]));
      }
      const ofr_difference *total = of_buyer(v, c, "total_cost");
      assert_true(total->values.sum == a->strategies[0].metrics[0].sum - b->strategies[0].metrics[0].sum);
    }
    given_free(&given);
  }
}

/* Path by path through `explain`'s trace, both ways: minimum, maximum, how often it helps. */
static void differences_are_those_of_single_paths(void **state) {
  (void)state;
  given_plan given = given_file("examples/enterprise.json", FEW, 8);
  const ofr_valuation *v = value_of(&given, NULL);
  for (int i = 0; i < v->clause_count; i++) {
    const ofr_clause *c = &v->clauses[i];
    const ofr_plan *without = plan_without(&given, c->strategy, c->contract);
    const ofr_difference *total = of_buyer(v, c, "total_cost"), *cash = of_buyer(v, c, "cash_cost");
    int64_t least = INT64_MAX, most = INT64_MIN;
    ofr_i128 sum = 0;
    uint64_t helps = 0;
    for (uint64_t path = 0; path < FEW; path++) {
      const ofr_trace *a, *b;
      assert_int_equal(ofr_trace_path(given.plan, path, given.arena, &a, NULL), OFFRAMP_OK);
      assert_int_equal(ofr_trace_path(without, path, given.arena, &b, NULL), OFFRAMP_OK);
      int64_t d = a->total_cost[c->strategy] - b->total_cost[0];
      least = d < least ? d : least;
      most = d > most ? d : most;
      helps += d < 0;
      sum += a->cash_cost[c->strategy] - b->cash_cost[0];
    }
    assert_true(total->values.min == least && total->values.max == most && total->negative == helps && cash->values.sum == sum);
  }
  given_free(&given);
}

/* ---- books ---- */

static void revenues_and_parts_sum_to_what_the_buyer_pays(void **state) {
  (void)state;
  static const char *const parts[] = {"usage_cost", "reservation_cost", "egress_cost", "shortfall_cost", "exit_cost"};
  given_plan given = given_file("tests/plans/clauses.json", PATHS, 8);
  const ofr_valuation *v = value_of(&given, NULL);
  for (int i = 0; i < v->clause_count; i++) {
    const ofr_clause *c = &v->clauses[i];
    ofr_i128 revenue = 0, unmet = 0, cash = 0;
    for (int g = 0; g < v->plan->provider_count; g++) revenue += ofr_value_of(v, c, OFR_GROUP_PROVIDER, g, "revenue")->values.sum;
    for (int w = 0; w < v->plan->workload_count; w++) unmet += ofr_value_of(v, c, OFR_GROUP_WORKLOAD, w, "unmet_cost")->values.sum;
    for (int p = 0; p < 5; p++) cash += of_buyer(v, c, parts[p])->values.sum;
    cash -= of_buyer(v, c, "grants")->values.sum;
    assert_true(revenue == of_buyer(v, c, "cash_cost")->values.sum);
    assert_true(cash == of_buyer(v, c, "cash_cost")->values.sum);
    assert_true(unmet == of_buyer(v, c, "unmet_cost")->values.sum);
  }
  given_free(&given);
}

/* ---- one result, however it is computed ---- */

static void the_digest_does_not_depend_on_how_it_is_computed(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/interface.json", PATHS, 8);
  const ofr_valuation *v = value_of(&given, NULL);
  for (int i = 0; i < 6; i++) {
    ofr_run_options o = given_options();
    o.threads = 1 + i % 3;
    if (i >= 1) o.batch = 7 + 20 * (uint32_t)i;
    if (i >= 2) o.max_memory = i % 2 ? 1 : 100000; /* replayed */
    if (i == 5) o.check_paths = 0;
    assert_string_equal(value_of(&given, &o)->results_digest, v->results_digest);
  }
  for (const ofr_path_version *const *version = ofr_cpu_versions(); *version; version++) {
    ofr_run_options o = given_options();
    o.isa = (*version)->name;
    assert_string_equal(value_of(&given, &o)->results_digest, v->results_digest);
  }
  assert_int_equal(v->launches, 1);
  given_free(&given);
}

/* More variants than fit an image: 16 strategies, each with 4 contracts. */
static void more_clauses_than_fit_take_more_launches(void **state) {
  (void)state;
  char strategies[2048] = "";
  for (int s = 0; s < 16; s++) {
    char one[128];
    snprintf(one, sizeof one, "%s{\"name\": \"s%d\", \"pull\": %g}", s ? ", " : "", s, s / 16.0);
    strcat(strategies, one);
  }
  given_plan given = given_text("%s%s]}", JSON({
    "horizon": {"start": "2026-01", "months": 6}, "simulation": {"paths": 40},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}, {"name": "q"}],
    "factors": [{"name": "f", "volatility": 0.5}],
    "workloads": [{"name": "w", "demand": 100, "unmet_cost": 5, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 1.5, "capacity": 60}],
    "contracts": [
      {"name": "c0", "type": "commitment", "provider": "p", "windows": [{"amount": 4e5}], "shortfall_rate": 0.5},
      {"name": "c1", "type": "commitment", "provider": "q", "windows": [{"amount": 5e5}]},
      {"name": "c2", "type": "reservation", "pool": "l", "accelerators": 20, "price": 1.2},
      {"name": "c3", "type": "exclusivity", "provider": "p", "to": "2026-02"}],
    "strategies": [), strategies);
  const ofr_valuation *v = value_of(&given, NULL);
  assert_int_equal(v->clause_count, 64);
  assert_int_equal(v->variant_count, 16 * 5 + (v->launches - 1)); /* a strategy cut in two stands in both launches */
  assert_true(v->launches == 3);
  for (int i = 0; i < 64; i++) {
    const ofr_clause *c = &v->clauses[i];
    assert_true(c->strategy == i / 4 && c->contract == i % 4);
    given_plan without = given;
    without.plan = plan_without(&given, c->strategy, c->contract);
    assert_true(same_integers(&c->without[0], &given_run(&without, NULL)->strategies[0].metrics[0]));
  }
  given_free(&given);
}

static void a_plan_without_contracts_has_nothing_to_value(void **state) {
  (void)state;
  given_plan given = given_text("%s", JSON({
    "horizon": {"start": "2026-01", "months": 1}, "simulation": {"paths": 1},
    "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],
    "workloads": [{"name": "w", "demand": 1, "unmet_cost": 5, "speed": {"a": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 60}]
  }));
  ofr_run_options o = given_options();
  ofr_valuation *v = (ofr_valuation *)1;
  offramp_error error = {0};
  assert_int_equal(ofr_value_clauses(given.plan, &o, given.arena, &v, &error), OFFRAMP_ERR_PLAN);
  assert_null(v);
  assert_non_null(strstr(error.message, "no clause to value"));
  given_free(&given);
}

static void progress_ends_at_the_whole(void *context, const ofr_progress *p) {
  ofr_progress *last = context;
  if (p->note) return;
  assert_true(p->done >= last->done && p->done <= p->total);
  *last = *p;
}

static void progress_is_of_all_launches(void **state) {
  (void)state;
  given_plan given = given_file("examples/openai-azure.json", 64, 8);
  ofr_run_options o = given_options();
  ofr_progress last = {0};
  o.progress = progress_ends_at_the_whole;
  o.progress_context = &last;
  const ofr_valuation *v = value_of(&given, &o);
  assert_true(last.done == last.total && last.total == 64u * 84u * (uint64_t)v->variant_count);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_exclusivity_done_by_hand),
      cmocka_unit_test(a_contract_that_changes_nothing_helps_nobody),
      cmocka_unit_test(with_and_without_are_what_plain_runs_find),
      cmocka_unit_test(differences_are_those_of_single_paths),
      cmocka_unit_test(revenues_and_parts_sum_to_what_the_buyer_pays),
      cmocka_unit_test(the_digest_does_not_depend_on_how_it_is_computed),
      cmocka_unit_test(more_clauses_than_fit_take_more_launches),
      cmocka_unit_test(a_plan_without_contracts_has_nothing_to_value),
      cmocka_unit_test(progress_is_of_all_launches),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
