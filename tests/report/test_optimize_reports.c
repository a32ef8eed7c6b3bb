/* An optimum made up by hand, in every format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "report/optimize_names.h"
#include "report/report.h"
#include "stage/given_plan.h"

static const double best[3] = {2.25e9, 1280, 0}, rival[3] = {0, 1300, 7.5}, means[3] = {1e9, 1500, 2};
static const ofr_frontier_point frontier[2] = {{0, rival, 9.25e9, 12.5e9}, {0.5, best, 9.5e9, 11e9}};
static const ofr_slope slopes[3] = {{1e6, true, true, true, {0.125, 0.001}, {-0.0625, 0.002}, {0.43, 0.01}},
                                    {64, true, false, false, {251, 3}, {0, 0}, {0, 0}},
                                    {1, false, true, false, {0, 0}, {0.00001, 0.25}, {0, 0}}};

static given_plan three_sizes(void) {
  return given_text("{" JSON(
      "name"
      : "a *bold* plan", "horizon"
      : {"start" : "2026-01", "months" : 24}, "reference_accelerator"
      : "a", "accelerators"
      : [ {"name" : "a"} ], "providers"
      : [ {"name" : "p"} ], "simulation"
      : {"paths" : 50000, "seed" : 5}, "workloads"
      : [ {"name" : "w", "demand" : 100, "unmet_cost" : 20, "speed" : {"a" : 1}} ], "pools"
      : [ {"name" : "k", "provider" : "p", "accelerator" : "a", "price" : 4, "capacity" : 1e9} ], "contracts"
      :
      [
        {
          "name" : "floor",
          "type" : "commitment",
          "provider" : "p",
          "windows" : [ {"to" : "2026-12", "amount" : 1e9}, {"from" : "2027-01", "amount" : 2e9} ]
        },
        {"name" : "block", "type" : "reservation", "pool" : "k", "accelerators" : 1000, "price" : 2.5},
        {"name" : "tail", "type" : "reservation", "pool" : "k", "accelerators" : {"start" : 3, "growth" : 0.1}, "price" : 2.5}
      ],
      "optimize"
      : {
        "risk_weight" : 0.5,
        "alpha" : 0.975,
        "variables" : {
          "/contracts/floor/windows/1/amount" : [ 0, 5e9 ],
          "/contracts/block/accelerators" : [ 0, 4000 ],
          "/contracts/tail/accelerators/start" : [ 0, 10 ]
        }
      }) "}");
}

static ofr_optimum made_up(const given_plan *given) {
  return (ofr_optimum){
      .plan = given->plan,
      .paths = 50000,
      .size = best,
      .cost = {.mean = 9.5e9, .mean_se = 1e7, .cvar = 11e9, .value = 10.25e9, .value_se = 2e7},
      .is_written_allowed = true,
      .has_written = true,
      .written = {.mean = 9.9e9, .mean_se = 1.1e7, .cvar = 12e9, .value = 10.95e9, .value_se = 3e7},
      .saving = {0.7e9, 1e7},
      .has_frontier = true,
      .frontier_count = 2,
      .frontier = frontier,
      .has_slopes = true,
      .slopes = slopes,
      .has_gap = true,
      .replications = 16,
      .replication_paths = 3125,
      .gap = 4e6,
      .gap_upper95 = 6.15e6,
      .has_mean_sizes = true,
      .mean_size = means,
      .mean_size_loss = {3e8, 1e6},
      .has_foresight = true,
      .foresight = {5e8, 2e6},
      .foresight_paths = 16384,
      .has_information = true,
      .information = {8e8, 3e6},
      .information_paths = 1024,
      .information_sizings = 16,
      .information_relaxed = OFR_RELAXED_EXIT,
      .evaluations = 321,
      .engine = {.backend = "cpu", .device = "a CPU", .threads = 2, .seconds = 1.5, .checked_paths = 64, .check_passed = true}};
}

static ofr_text report(ofr_optimize_report write, const ofr_optimum *o) {
  ofr_text out = {0};
  ofr_report_options options = ofr_report_defaults();
  write(o, &options, &out);
  assert_false(out.failed);
  return out;
}

static void assert_holds(const ofr_text *out, const char *part) {
  if (!strstr(ofr_text_chars(out), part)) fail_msg("'%s' is not in:\n%s", part, ofr_text_chars(out));
}

static double number(ofr_json *root, const char *pointer) {
  const ofr_json *value = ofr_json_find(root, pointer);
  if (!value || value->type != OFR_JSON_NUMBER) fail_msg("no number at %s", pointer);
  return value->number;
}

static ofr_json *parse(given_plan *given, const ofr_text *out) {
  ofr_diagnostics d = {.arena = given->arena};
  ofr_json *root = ofr_json_parse(out->data, out->size, "optimum.json", given->arena, &d);
  if (!root) fail_msg("not JSON:\n%s", ofr_text_chars(out));
  return root;
}

static void json_holds_every_number_under_its_promised_name(void **state) {
  given_plan given = three_sizes();
  ofr_optimum o = made_up(&given);
  ofr_text out = report(ofr_optimize_json, &o);
  ofr_json *root = parse(&given, &out);
  (void)state;
  assert_true(number(root, "/optimum/~1contracts~1floor~1windows~11~1amount") == 2.25e9);
  assert_true(number(root, "/optimum/~1contracts~1block~1accelerators") == 1280);
  assert_true(number(root, "/objective/mean") == 9.5e9 && number(root, "/objective/se") == 1e7);
  assert_true(number(root, "/objective/cvar97.5") == 11e9 && number(root, "/objective/value") == 10.25e9);
  assert_true(number(root, "/gap/estimate") == 4e6 && number(root, "/gap/upper95") == 6.15e6);
  assert_true(number(root, "/gap/upper95_relative") == 6.15e6 / 10.25e9);
  assert_true(number(root, "/frontier/0/risk_weight") == 0 && number(root, "/frontier/1/mean") == 9.5e9);
  assert_true(number(root, "/frontier/0/optimum/~1contracts~1tail~1accelerators~1start") == 7.5);
  assert_true(number(root, "/evaluations") == 321);
  assert_true(number(root, "/shadow_prices/~1contracts~1floor~1windows~11~1amount/one_more/mean") == 0.125);
  assert_int_equal(ofr_json_find(root, "/shadow_prices/~1contracts~1block~1accelerators/one_less")->type, OFR_JSON_NULL);
  assert_true(number(root, "/as_written/saving/mean") == 0.7e9);
  assert_true(number(root, "/as_written/sizes/~1contracts~1block~1accelerators") == 1000);
  assert_true(number(root, "/stochastic_solution/worth/mean") == 3e8);
  assert_true(number(root, "/perfect_information/of_sizes_at_least/se") == 2e6);
  assert_true(number(root, "/perfect_information/worth/mean") == 8e8);
  assert_string_equal(ofr_json_find(root, "/perfect_information/relaxed/0")->text, "exit");
  assert_false(ofr_json_find(root, "/interrupted")->boolean);
  ofr_text_free(&out);
  given_free(&given);
}

static void what_an_interrupted_search_did_not_get_to_is_null(void **state) {
  static const char *const missing[] = {"/gap",
                                        "/frontier",
                                        "/shadow_prices",
                                        "/stochastic_solution",
                                        "/perfect_information",
                                        "/as_written/objective",
                                        "/as_written/saving"};
  given_plan given = three_sizes();
  ofr_optimum o = {.plan = given.plan,
                   .paths = 4096,
                   .is_partial = true,
                   .size = best,
                   .cost = {.mean = 1e9, .value = 1e9},
                   .evaluations = 7};
  ofr_text out = report(ofr_optimize_json, &o);
  ofr_json *root = parse(&given, &out);
  (void)state;
  for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
    assert_int_equal(ofr_json_find(root, missing[i])->type, OFR_JSON_NULL);
  assert_true(ofr_json_find(root, "/interrupted")->boolean);
  ofr_text_free(&out);
  out = report(ofr_optimize_text, &o);
  assert_holds(&out, "Interrupted: the best so far");
  assert_null(strstr(ofr_text_chars(&out), "risk weight"));
  ofr_text_free(&out);
  given_free(&given);
}

static void text_says_it_in_words(void **state) {
  given_plan given = three_sizes();
  ofr_optimum o = made_up(&given);
  ofr_report_options options = ofr_report_defaults();
  ofr_text out = {0};
  (void)state;
  options.width = 1000; /* sentences on one line */
  ofr_optimize_text(&o, &options, &out);
  assert_holds(
      &out,
      "Under 'plan', commit $2.25 billion under floor from 2027-01, reserve 1,280 accelerators under block and reserve nothing "
      "under tail, /start: total cost is then $9.500 ± 0.020 billion on average in today's money and "
      "$11.00 billion over the worst 2.5 % of futures.");
  assert_holds(&out, "Against what the plan has now that saves $700 ± 20 million.");
  assert_holds(&out, "better by more than $6.15 million, 0.060 % of the cost");
  assert_holds(&out, "16 times the best in hindsight of 3,125 fresh futures");
  assert_holds(&out, "50 % of the mean total cost and 50 % of the mean of its worst 2.5 % of futures");
  assert_holds(&out, "floor from 2027-01: one more committed dollar costs $0.1250 ± 0.0020; one less committed dollar saves "
                     "$0.0625 ± 0.0040. At "
                     "what the plan has, one more committed dollar costs $0.4300 ± 0.0200.");
  assert_holds(&out, "block: one more accelerator reserved costs $251 ± 6; no less is allowed.");
  assert_holds(&out, "tail, /start: no more is allowed; one less accelerator reserved changes nothing beyond the noise");
  assert_holds(&out, "cvar97.5");
  assert_holds(&out, "the same futures cost $300.0 ± 2.0 million more: the value of the stochastic solution.");
  assert_holds(&out, "would save at least $500.0 ± 4.0 million");
  assert_holds(
      &out,
      "would save $800.0 ± 6.0 million of the least mean cost: the value of perfect information, as far as 16 sizings and "
      "1,024 futures tell; taken at their best: exit.");
  assert_holds(&out, "--set /contracts/floor/windows/1/amount=2250000000 --set /contracts/block/accelerators=1280");
  assert_holds(&out, "321 sizings were tried");
  ofr_text_free(&out);
  ((ofr_sizing *)o.plan->sizing)->alpha = 0.95; /* 1 - 0.95 is a little more than a twentieth */
  ofr_optimize_text(&o, &options, &out);
  ((ofr_sizing *)o.plan->sizing)->risk_weight = 0.125;
  o.mean_size_loss = (ofr_estimate){0, 0};
  options.overrides = " --set /simulation/paths=7";
  ofr_text_clear(&out);
  ofr_optimize_text(&o, &options, &out);
  assert_holds(&out, "over the worst 5 % of futures.");
  assert_holds(&out, "87.5 % of the mean total cost and 12.5 % of the mean");
  assert_holds(&out, "the same futures cost the same: the value of the stochastic solution.");
  assert_holds(&out, " --set /simulation/paths=7 --set /contracts/floor/windows/1/amount=2250000000");
  ofr_text_free(&out);
  given_free(&given);
}

static void a_frontier_of_one_place_is_a_sentence(void **state) {
  given_plan given = three_sizes();
  ofr_optimum o = made_up(&given);
  const ofr_frontier_point same[2] = {{0, best, 9.5e9, 11e9}, {0.5, best, 9.5e9, 11e9}};
  (void)state;
  o.frontier = same;
  ofr_text out = report(ofr_optimize_text, &o);
  assert_holds(&out, "Less risk cannot be had for more: these sizes are the best of all that were tried, whatever");
  assert_null(strstr(ofr_text_chars(&out), "risk weight  "));
  ofr_text_free(&out);
  given_free(&given);
}

static void markdown_escapes_names(void **state) {
  given_plan given = three_sizes();
  ofr_optimum o = made_up(&given);
  ofr_text out = report(ofr_optimize_markdown, &o);
  (void)state;
  assert_holds(&out, "# a \\*bold\\* plan");
  assert_holds(&out, "| risk weight | mean | cvar97.5 |");
  ofr_text_free(&out);
  given_free(&given);
}

static void csv_has_one_number_a_row(void **state) {
  given_plan given = three_sizes();
  ofr_optimum o = made_up(&given);
  ofr_text out = report(ofr_optimize_csv, &o);
  (void)state;
  assert_true(strncmp(ofr_text_chars(&out), "of,risk_weight,variable,name,value\n", 35) == 0);
  for (const char *line = ofr_text_chars(&out); *line; line = strchr(line, '\n') + 1) {
    int commas = 0;
    for (const char *c = line; *c != '\n'; c++) commas += *c == ',';
    assert_int_equal(commas, 4);
  }
  assert_holds(&out, "\noptimum,,/contracts/block/accelerators,size,1280\n");
  assert_holds(&out, "\nfrontier,0.5,,cvar97.5,11000000000\n");
  assert_holds(&out, "\nshadow_price,,/contracts/floor/windows/1/amount,one_less_se,0.002\n");
  assert_holds(&out, "\ngap,,,upper95,6150000\n");
  assert_holds(&out, "\noptimum,,,mean,9500000000\noptimum,,,se,10000000\noptimum,,,cvar97.5,11000000000\n"
                     "optimum,,,value,10250000000\noptimum,,,value_se,20000000\n");
  assert_holds(&out, "\nas_written,,/contracts/block/accelerators,size,1000\n");
  assert_holds(&out, "\nas_written,,,se,11000000\n");
  ofr_text_free(&out);
  given_free(&given);
}

static void sizes_within_the_noise_of_the_plans_own_are_not_called_better(void **state) {
  given_plan given = three_sizes();
  ofr_optimum o = made_up(&given);
  o.saving = (ofr_estimate){1e6, 1e6};
  o.is_written_allowed = false;
  ofr_text out = report(ofr_optimize_text, &o);
  (void)state;
  assert_holds(&out, "What the plan has now is as good, within the noise; but that is not allowed by the constraints.");
  ofr_text_free(&out);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_holds_every_number_under_its_promised_name),
      cmocka_unit_test(what_an_interrupted_search_did_not_get_to_is_null),
      cmocka_unit_test(text_says_it_in_words),
      cmocka_unit_test(a_frontier_of_one_place_is_a_sentence),
      cmocka_unit_test(markdown_escapes_names),
      cmocka_unit_test(csv_has_one_number_a_row),
      cmocka_unit_test(sizes_within_the_noise_of_the_plans_own_are_not_called_better),
  };
  return cmocka_run_group_tests_name("reports of an optimum", tests, NULL, NULL);
}
