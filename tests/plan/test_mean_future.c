/* The future in which nothing departs from its curves. */
#include "plan_fixture.h"
#include "plan/mean_future.h"

static void nothing_is_drawn_and_nothing_happens(void **state) {
  fixture *f = *state;
  const ofr_plan *plan = read_good(f), *mean = ofr_plan_mean_future(plan, f->arena);
  assert_non_null(mean);
  assert_true(mean->event_count == 0 && mean->paths == 1 && mean->strategy_count == plan->strategy_count);
  for (int w = 0; w < mean->workload_count; w++)
    for (int j = 0; j < mean->factor_count; j++) assert_true(mean->workloads[w].loading[j] == 0);
  for (int k = 0; k < mean->pool_count; k++)
    for (int j = 0; j < mean->factor_count; j++) assert_true(mean->pools[k].loading[j] == 0);
  for (int t = 0; t < plan->months; t++) assert_true(mean->workloads[0].demand.at[t] == plan->workloads[0].demand.at[t]);
  assert_true(plan->workloads[0].loading[0] == 1 && plan->event_count == 2); /* the plan itself is as it was */
}

static void capacity_comes_late_by_its_mean_delay(void **state) {
  fixture *f = *state;
  set(f, "/pools/0/slip_mean", "2.2");
  set(f, "/pools/0/slip_max", "40");
  const ofr_plan *plan = read_good(f), *mean = ofr_plan_mean_future(plan, f->arena);
  assert_true(mean->pools[0].slip_mean == 0);
  for (int t = 0; t < plan->months; t++)
    assert_true(mean->pools[0].capacity.at[t] == plan->pools[0].capacity.at[t > 2 ? t - 2 : 0]);
  for (int t = 0; t < plan->months; t++) assert_true(mean->pools[1].capacity.at[t] == plan->pools[1].capacity.at[t]);
}

static void a_longest_delay_shortens_the_mean(void **state) {
  fixture *f = *state;
  set(f, "/pools/0/slip_mean", "100");
  set(f, "/pools/0/slip_max", "3"); /* P(later than 0, 1, 2 months) = 0.99, 0.98, 0.97: 2.94 months */
  const ofr_plan *plan = read_good(f), *mean = ofr_plan_mean_future(plan, f->arena);
  assert_true(mean->pools[0].capacity.at[20] == plan->pools[0].capacity.at[17]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(nothing_is_drawn_and_nothing_happens),
      TEST(capacity_comes_late_by_its_mean_delay),
      TEST(a_longest_delay_shortens_the_mean),
  };
  return cmocka_run_group_tests_name("the mean future", tests, NULL, NULL);
}
