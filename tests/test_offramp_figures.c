/* The public header's single numbers, against what the reports say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <offramp/offramp.h>

/* Two strategies, one of which signs a promise. */
static const char text[] =
    "{\"horizon\": {\"start\": \"2026-01\", \"months\": 12}, \"reference_accelerator\": \"A\", \"accelerators\": "
    "[{\"name\": \"A\", \"vendor\": \"V\"}], \"providers\": [{\"name\": \"p\"}, {\"name\": \"q\"}], \"factors\": "
    "[{\"name\": \"f\", \"volatility\": 0.5}], \"workloads\": [{\"name\": \"w\", \"demand\": 100, \"unmet_cost\": "
    "9, \"speed\": {\"A\": 1}, \"factors\": {\"f\": 1}}], \"pools\": [{\"name\": \"pa\", \"provider\": \"p\", "
    "\"accelerator\": \"A\", \"price\": 3, \"capacity\": 90}, {\"name\": \"qa\", \"provider\": \"q\", \"accelerator\": "
    "\"A\", \"price\": 2, \"capacity\": 60}], \"contracts\": [{\"name\": \"c\", \"type\": \"commitment\", \"provider\": "
    "\"p\", \"windows\": [{\"from\": \"2026-01\", \"to\": \"2026-12\", \"amount\": 2e6}]}, {\"name\": \"ramp\", \"type\": "
    "\"exit\", \"contract\": \"c\", \"at\": [\"2026-06\", \"2026-09\"], \"below\": 1, \"fee\": 0.3}], \"strategies\": [{\"name\": "
    "\"signed\", \"pull\": \"pace\"}, {\"name\": \"free\", \"contracts\": []}], \"simulation\": {\"paths\": 500}}";

typedef struct run {
  offramp_plan *plan;
  offramp_result *result;
  char *report;
} run;

static int set_up(void **state) {
  run *x = *state = calloc(1, sizeof *x);
  offramp_run_config config = offramp_run_defaults();
  offramp_report_config report = {.format = "csv"}; /* all else zero: the defaults */
  size_t size;
  config.backend = "cpu";
  return !x || offramp_plan_read(text, sizeof text - 1, "p.json", NULL, 0, &x->plan, NULL) != OFFRAMP_OK ||
         offramp_run(x->plan, &config, &x->result, NULL) != OFFRAMP_OK ||
         offramp_result_report(x->result, &report, &x->report, &size, NULL) != OFFRAMP_OK;
}

static int tear_down(void **state) {
  run *x = *state;
  offramp_text_free(x->report);
  offramp_result_free(x->result);
  offramp_plan_free(x->plan);
  free(x);
  return 0;
}

/* The value in the CSV's row that begins with `row`. */
static double reported(const run *x, const char *row) {
  const char *at = strstr(x->report, row);
  if (!at) fail_msg("no row '%s'", row);
  return strtod(at + strlen(row), NULL);
}

static void every_kind_of_figure_is_what_the_report_says(void **state) {
  static const struct {
    const char *kind, *subject, *metric, *statistic, *row;
  } asked[] = {{"metric", NULL, "total_cost", "p95", "\nsigned,metric,,total_cost,,p95,"},
               {"metric", "", "served", "cvar95", "\nsigned,metric,,served,,cvar95,"},
               {"provider", "q", "revenue", "mean", "\nsigned,provider,q,revenue,,mean,"},
               {"vendor", "V", "share", "min", "\nsigned,vendor,V,share,,min,"},
               {"commitment", "c", "charge", "max", "\nsigned,commitment,c,charge,,max,"},
               {"commitment", "c", "charge", "p_charge", "\nsigned,commitment,c,charge,,p_charge,"},
               {"commitment", "c", "utilisation", "se", "\nsigned,commitment,c,utilisation,,se,"},
               {"exit", "ramp", "fee", "mean", "\nsigned,exit,ramp,fee,,mean,"},
               {"exit", "ramp", "fee", "p95", "\nsigned,exit,ramp,fee,,p95,"},
               {"exit", "ramp", "month", "mean", "\nsigned,exit,ramp,month,,mean,"},
               {"exit", "ramp", "month", "p_taken", "\nsigned,exit,ramp,month,,p_taken,"}};
  const run *x = *state;
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    double value = NAN;
    assert_int_equal(offramp_result_figure(x->result, "signed", asked[i].kind, asked[i].subject, asked[i].metric,
                                           asked[i].statistic, &value, NULL), OFFRAMP_OK);
    assert_true(value == reported(x, asked[i].row));
    assert_true(value > 0);
  }
  double value = NAN;
  assert_int_equal(offramp_result_statistic(x->result, "free", "cash_cost", "mean", &value, NULL), OFFRAMP_OK);
  assert_true(value == reported(x, "\nfree,metric,,cash_cost,,mean,"));
}

static void a_difference_has_two_sides(void **state) {
  const run *x = *state;
  offramp_difference there, back;
  assert_int_equal(offramp_result_difference(x->result, "signed", "free", &there, NULL), OFFRAMP_OK);
  assert_int_equal(offramp_result_difference(x->result, "free", "signed", &back, NULL), OFFRAMP_OK);
  assert_true(there.mean == reported(x, "\nsigned,comparison,free,total_cost,,mean,"));
  assert_true(there.mean == -back.mean && there.se == back.se && there.a_wins == back.b_wins && there.b_wins == back.a_wins);
  assert_true(there.mean > 0 && there.b_wins > 0.5);
}

static void what_is_not_there_is_named(void **state) {
  static const struct {
    const char *strategy, *kind, *subject, *metric, *statistic, *place, *message;
  } asked[] = {{"sined", "metric", "", "total_cost", "mean", "sined", "did you mean 'signed'?"},
               {"nothing like it", "metric", "", "total_cost", "mean", "nothing like it", "it has 'signed', 'free'"},
               {"free", "cloud", "q", "revenue", "mean", "cloud", "metric, provider, vendor, commitment, stake or exit"},
               {"free", "provider", "r", "revenue", "mean", "r", "no provider of this name"},
               {"free", "commitment", "c", "charge", "mean", "c", "no commitment of this name"}, /* it does not sign it */
               {"free", "provider", "q", "sales", "mean", "sales", "no metric of this name"},
               {"free", "provider", "q", "revenue", "p_charge", "p_charge", "no statistic of this name"},
               {"free", "exit", "ramp", "fee", "p_taken", "ramp", "no exit of this name"}};
  const run *x = *state;
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    offramp_error error = {0};
    double value = 7;
    assert_int_equal(offramp_result_figure(x->result, asked[i].strategy, asked[i].kind, asked[i].subject, asked[i].metric,
                                           asked[i].statistic, &value, &error), OFFRAMP_ERR_ARGUMENT);
    assert_true(value == 7);
    assert_string_equal(error.place, asked[i].place);
    if (!strstr(error.message, asked[i].message)) fail_msg("%s", error.message);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_kind_of_figure_is_what_the_report_says), TEST(a_difference_has_two_sides),
      TEST(what_is_not_there_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
