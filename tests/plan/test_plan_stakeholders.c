#define _POSIX_C_SOURCE 200809L
/* "stakeholders" of a plan: what is read, and what is wrong with it. */
#include "plan_fixture.h"

static void the_anchor_and_its_failure_are_read(void **state) {
  const ofr_plan *plan = read_good(*state);
  assert_non_null(plan->stakeholders);
  assert_int_equal(plan->stakeholders->anchor, 0);
  assert_true(plan->stakeholders->fails);
  assert_int_equal(plan->stakeholders->failure.from, 24);
  assert_int_equal(plan->stakeholders->failure.to, 29);
  assert_false(plan->for_stakeholders || plan->unmet_by_workload);
}

static void a_failure_is_cut_at_the_horizon(void **state) {
  fixture *f = *state;
  set(f, "/stakeholders/failure", "{\"from\": \"2025-11\", \"months\": 4}");
  const ofr_plan *plan = read_good(f);
  assert_int_equal(plan->stakeholders->failure.from, 0);
  assert_int_equal(plan->stakeholders->failure.to, 1);
  set(f, "/stakeholders/failure", "{\"from\": \"2028-12\", \"months\": 480}");
  plan = read_good(f);
  assert_int_equal(plan->stakeholders->failure.from, 35);
  assert_int_equal(plan->stakeholders->failure.to, 35);
}

static void a_failure_may_be_left_out(void **state) {
  fixture *f = *state;
  set(f, "/stakeholders", "{\"anchor\": \"coreweave\", \"note\": \"the other one\"}");
  const ofr_plan *plan = read_good(f);
  assert_int_equal(plan->stakeholders->anchor, 1);
  assert_false(plan->stakeholders->fails);
}

static void a_plan_may_name_none(void **state) {
  fixture *f = *state;
  char *text = strdup(good_plan), *at = strstr(text, "\"stakeholders\"");
  memset(at, ' ', (size_t)(strchr(at, '\n') - at));
  load(f, text);
  free(text);
  assert_null(read_good(f)->stakeholders);
}

static void a_failure_outside_the_horizon_is_told(void **state) {
  fixture *f = *state;
  set(f, "/stakeholders/failure/from", "\"2035-01\"");
  assert_non_null(read_plan(f));
  assert_int_equal(f->d.errors, 0);
  assert_int_equal(f->d.count, 1);
  assert_string_equal(f->d.items[0].pointer, "/stakeholders/failure");
  assert_non_null(strstr(f->d.items[0].message, "outside the horizon"));
}

static void wrong(fixture *f, const char *literal, const char *pointer, const char *message, const char *remedy) {
  load(f, good_plan);
  set(f, "/stakeholders", literal);
  assert_null(read_plan(f));
  if (f->d.count != 1) show(f);
  assert_int_equal(f->d.count, 1);
  assert_string_equal(f->d.items[0].pointer, pointer);
  if (!strstr(f->d.items[0].message, message) || !strstr(f->d.items[0].remedy, remedy)) show(f);
  assert_non_null(strstr(f->d.items[0].message, message));
  assert_non_null(strstr(f->d.items[0].remedy, remedy));
}

static void what_is_wrong_is_named_with_a_remedy(void **state) {
  fixture *f = *state;
  wrong(f, "[]", "/stakeholders", "a list stands where", "");
  wrong(f, "{\"failure\": {\"from\": \"2028-01\", \"months\": 6}}", "/stakeholders", "\"anchor\"", "provider");
  wrong(f, "{\"anchor\": \"azur\"}", "/stakeholders/anchor", "azur", "did you mean \"azure\"?");
  wrong(f, "{\"anchor\": \"azure\", \"failures\": {}}", "/stakeholders/failures", "failures", "did you mean \"failure\"?");
  wrong(f, "{\"anchor\": \"azure\", \"failure\": {\"from\": \"2028-01\"}}", "/stakeholders/failure", "\"months\"", "how many");
  wrong(f, "{\"anchor\": \"azure\", \"failure\": {\"months\": 3}}", "/stakeholders/failure", "\"from\"", "month");
  wrong(f, "{\"anchor\": \"azure\", \"failure\": {\"from\": \"2028-13\", \"months\": 3}}", "/stakeholders/failure/from",
        "2028-13", "");
  wrong(f, "{\"anchor\": \"azure\", \"failure\": {\"from\": \"2028-01\", \"months\": 0}}", "/stakeholders/failure/months", "0",
        "1");
  wrong(f, "{\"anchor\": \"azure\", \"failure\": {\"from\": \"2028-01\", \"months\": 1.5}}", "/stakeholders/failure/months",
        "1.5", "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_anchor_and_its_failure_are_read),
      TEST(a_failure_is_cut_at_the_horizon),
      TEST(a_failure_may_be_left_out),
      TEST(a_plan_may_name_none),
      TEST(a_failure_outside_the_horizon_is_told),
      TEST(what_is_wrong_is_named_with_a_remedy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
