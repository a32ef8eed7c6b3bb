/* The public header's promises that no report shows: what a config of zeros means, what is refused, how little stack it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <offramp/offramp.h>

static const char text[] =
    "{\"horizon\": {\"start\": \"2026-01\", \"months\": 3}, \"reference_accelerator\": \"A\", \"accelerators\": "
    "[{\"name\": \"A\"}], \"providers\": [{\"name\": \"p\"}], \"factors\": [{\"name\": \"f\", \"volatility\": "
    "0.5}], \"workloads\": [{\"name\": \"w\", \"demand\": 100, \"unmet_cost\": 9, \"speed\": {\"A\": 1}, \"factors\": "
    "{\"f\": 1}}], \"pools\": [{\"name\": \"k\", \"provider\": \"p\", \"accelerator\": \"A\", \"price\": 3, \"capacity\": "
    "90}], \"strategies\": [{\"name\": \"one\"}, {\"name\": \"two\"}], \"simulation\": {\"paths\": 500}}";

typedef struct run {
  offramp_plan *plan;
  offramp_result *result;
} run;

static int set_up(void **state) {
  run *x = *state = calloc(1, sizeof *x);
  offramp_run_config config = offramp_run_defaults();
  config.backend = "cpu";
  return !x || offramp_plan_read(text, sizeof text - 1, "p.json", NULL, 0, &x->plan, NULL) != OFFRAMP_OK ||
         offramp_run(x->plan, &config, &x->result, NULL) != OFFRAMP_OK;
}

static int tear_down(void **state) {
  run *x = *state;
  offramp_result_free(x->result);
  offramp_plan_free(x->plan);
  free(x);
  return 0;
}

static void strategies_are_named_in_the_plans_order(void **state) {
  const run *x = *state;
  assert_int_equal(offramp_plan_strategy_count(x->plan), 2);
  assert_string_equal(offramp_plan_strategy(x->plan, 1), "two");
  assert_null(offramp_plan_strategy(x->plan, 2));
}

static void a_config_of_zeros_means_the_defaults(void **state) {
  const run *x = *state;
  const offramp_run_config run_config = {.threads = 1};
  const offramp_report_config report = {0};
  offramp_result *result = NULL;
  char *page = NULL;
  size_t size;
  assert_int_equal(offramp_run(x->plan, &run_config, &result, NULL), OFFRAMP_OK);
  assert_string_equal(offramp_result_digest(result), offramp_result_digest(x->result));
  assert_int_equal(offramp_result_report(result, &report, &page, &size, NULL), OFFRAMP_OK);
  assert_int_equal(size, strlen(page));
  offramp_text_free(page);
  offramp_result_free(result);
}

static void a_kernel_that_is_none_is_refused(void **state) {
  const run *x = *state;
  offramp_run_config config = offramp_run_defaults();
  offramp_error error = {0};
  offramp_result *result = x->result;
  config.kernel = "fast";
  assert_int_equal(offramp_run(x->plan, &config, &result, &error), OFFRAMP_ERR_ARGUMENT);
  assert_null(result);
  assert_string_equal(error.place, "fast");
}

static void a_path_beyond_all_numbers_is_refused(void **state) {
  const run *x = *state;
  const offramp_report_config report = {0};
  offramp_error error = {0};
  char *page = NULL;
  size_t size;
  assert_int_equal(offramp_explain(x->plan, UINT64_C(1) << 48, &report, &page, &size, &error), OFFRAMP_ERR_ARGUMENT);
  assert_null(page);
  assert_string_equal(error.place, "path");
  assert_int_equal(offramp_explain(x->plan, (UINT64_C(1) << 48) - 1, &report, &page, &size, &error), OFFRAMP_OK);
  offramp_text_free(page);
}

static void *run_again(void *state) {
  const run *x = state;
  offramp_run_config config = offramp_run_defaults();
  offramp_result *result = NULL;
  config.backend = "cpu";
  offramp_status status = offramp_run(x->plan, &config, &result, NULL);
  const char *digest = status == OFFRAMP_OK ? offramp_result_digest(result) : "";
  const int same = !strcmp(digest, offramp_result_digest(x->result));
  offramp_result_free(result);
  return same ? state : NULL;
}

static void a_thread_with_a_megabyte_of_stack_may_call(void **state) {
  pthread_attr_t attributes;
  pthread_t thread;
  void *same = NULL;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  assert_int_equal(pthread_create(&thread, &attributes, run_again, *state), 0);
  pthread_join(thread, &same);
  pthread_attr_destroy(&attributes);
  assert_ptr_equal(same, *state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(strategies_are_named_in_the_plans_order), TEST(a_config_of_zeros_means_the_defaults),
      TEST(a_kernel_that_is_none_is_refused),        TEST(a_path_beyond_all_numbers_is_refused),
      TEST(a_thread_with_a_megabyte_of_stack_may_call),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
