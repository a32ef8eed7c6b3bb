/* What a metric belongs to, by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "reduce/result.h"

static const bool signs_first[] = {true, false};
static const char *vendors[] = {"v", "w"};
static ofr_provider providers[] = {{.name = "p"}, {.name = "q"}};
static ofr_workload workloads[] = {{.name = "train"}, {.name = "serve"}};
static ofr_contract contracts[] = {{.name = "floor"}, {.name = "stake"}};
static ofr_strategy strategies[] = {{.name = "s", .signed_contracts = signs_first}};
static const ofr_plan plan = {
    .vendors = vendors, .providers = providers, .workloads = workloads, .contracts = contracts, .strategies = strategies};

static void every_group_has_its_name_and_subject(void **state) {
  static const char *const subjects[] = {"", "q", "w", "stake", "stake", "serve", "stake", "stake"};
  static const char *const names[] = {"metric", "provider", "vendor", "commitment", "stake", "workload", "absorption", "exit"};
  (void)state;
  for (ofr_metric_group group = OFR_GROUP_METRIC; group <= OFR_GROUP_EXIT; group++) {
    const ofr_metric metric = {.group = group, .subject = 1};
    assert_string_equal(ofr_metric_subject(&plan, &metric), subjects[group]);
    assert_string_equal(ofr_metric_group_names[group], names[group]);
  }
}

static void a_metric_is_defined_in_a_share_of_the_weight(void **state) {
  (void)state;
  const ofr_distribution month = {.count = 25};
  assert_true(ofr_defined_share(&(ofr_result){.weight = 100}, &month) == 0.25);
  assert_true(isnan(ofr_defined_share(&(ofr_result){.weight = 0}, &month)));
}

static void a_contract_concerns_those_who_sign_it(void **state) {
  (void)state;
  for (int contract = 0; contract < 2; contract++) {
    const ofr_metric charge = {.group = OFR_GROUP_COMMITMENT, .subject = contract},
                     net = {.group = OFR_GROUP_STAKE, .subject = contract},
                     month = {.group = OFR_GROUP_EXIT, .subject = contract};
    assert_int_equal(ofr_metric_concerns(&plan, 0, &charge), contract == 0);
    assert_int_equal(ofr_metric_concerns(&plan, 0, &net), contract == 0);
    assert_int_equal(ofr_metric_concerns(&plan, 0, &month), contract == 0);
  }
  const ofr_metric revenue = {.group = OFR_GROUP_PROVIDER, .subject = 1};
  assert_true(ofr_metric_concerns(&plan, 0, &revenue));
}

static void what_other_parts_are_made_of_is_no_reports(void **state) {
  (void)state;
  for (ofr_metric_group group = OFR_GROUP_METRIC; group <= OFR_GROUP_EXIT; group++) {
    const ofr_metric metric = {.group = group};
    assert_int_equal(ofr_metric_is_internal(&metric), group == OFR_GROUP_WORKLOAD || group == OFR_GROUP_ABSORPTION);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_group_has_its_name_and_subject),
                                     cmocka_unit_test(a_metric_is_defined_in_a_share_of_the_weight),
                                     cmocka_unit_test(a_contract_concerns_those_who_sign_it),
                                     cmocka_unit_test(what_other_parts_are_made_of_is_no_reports)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
