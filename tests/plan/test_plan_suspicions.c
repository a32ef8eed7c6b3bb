#include "plan_fixture.h"

static void judge(fixture *f) {
  const ofr_plan *plan = read_plan(f);
  if (!plan) show(f);
  assert_non_null(plan);
  ofr_plan_suspicions(plan, f->root, &f->d);
}

static void assert_warns(fixture *f, const char *pointer, const char *message) {
  judge(f);
  assert_int_equal(f->d.errors, 0);
  for (int i = 0; i < f->d.count; i++)
    if (strcmp(f->d.items[i].pointer, pointer) == 0 && strstr(f->d.items[i].message, message)) {
      assert_non_null(f->d.items[i].remedy);
      return;
    }
  show(f);
  fail_msg("no warning at %s says \"%s\"", pointer, message);
}

static void assert_silent(fixture *f) {
  judge(f);
  if (f->d.count > 0) show(f);
  assert_int_equal(f->d.count, 0);
}

static void a_sound_plan_raises_no_suspicion(void **state) { assert_silent(*state); }

/* ---- promises ---- */

/* 1,000 accelerators at $2 for 36 months earn 1000 x 730 x 2 x 36 = $52,560,000. */
static void plain_market(fixture *f) {
  set(f, "/pools/0/capacity", "1000");
  set(f, "/pools/0/price", "2");
}

static void a_promise_beyond_all_capacity_says_the_numbers(void **state) {
  fixture *f = *state;
  plain_market(f);
  set(f, "/contracts/0/windows/0/amount", "250e9");
  assert_warns(f, "/contracts/0/windows/0",
               "\"azure-floor\" promises $250.0 billion by 2028-12, but all of azure's capacity at list price would earn at "
               "most $52.6 million by then");
}

static void a_promise_is_judged_to_the_dollar(void **state) {
  fixture *f = *state;
  plain_market(f);
  set(f, "/contracts/0/windows/0/amount", "52560000");
  assert_silent(f);
  set(f, "/contracts/0/windows/0/amount", "52560001");
  assert_warns(f, "/contracts/0/windows/0", "promises $52.6 million");
}

static void what_counts_half_earns_half(void **state) {
  fixture *f = *state;
  plain_market(f);
  set(f, "/contracts/0/windows/0/amount", "26280000");
  set(f, "/contracts/0/counts", "0.5");
  assert_silent(f);
  set(f, "/contracts/0/windows/0/amount", "26280001");
  assert_warns(f, "/contracts/0/windows/0", "as far as it counts, would earn at most $26.3 million");
}

static void reserved_capacity_and_its_fees_help_to_keep_a_promise(void **state) {
  fixture *f = *state;
  plain_market(f);
  set(f, "/contracts/1",
      "{\"name\": \"only-azure\", \"type\": \"reservation\", \"pool\": \"azure-h100\", \"accelerators\": 1000, \"price\": 1.5, "
      "\"use_price\": 0.5}");
  set(f, "/contracts/0/windows/0/amount", "105120000");
  assert_silent(f);
  set(f, "/contracts/0/windows/0/amount", "105120001");
  assert_warns(f, "/contracts/0/windows/0", "promises $105.1 million");
}

static void only_the_part_of_a_promise_within_the_horizon_is_judged(void **state) {
  fixture *f = *state;
  plain_market(f);
  set(f, "/contracts/0/windows/0/to", "2031-12");
  set(f, "/contracts/0/windows/0/amount", "120e6");
  judge(f);
  assert_int_equal(f->d.warnings, 2);
  assert_string_equal(
      f->d.items[0].message,
      "\"azure-floor\" promises $60.0 million (of its $120.0 million) by 2028-12, but all of azure's capacity at "
      "list price would earn at most $52.6 million by then");
  assert_string_equal(
      f->d.items[1].message,
      "this window runs to 2031-12, beyond the horizon: it settles in 2028-12, with $60.0 million of its $120.0 million");
}

static void what_was_counted_before_the_horizon_needs_no_capacity(void **state) {
  fixture *f = *state;
  plain_market(f);
  set(f, "/contracts/0/windows/0/from", "2025-01");
  set(f, "/contracts/0/windows/0/amount", "72560000");
  set(f, "/contracts/0/opening", "20e6");
  assert_silent(f);
  set(f, "/contracts/0/opening", "0");
  assert_warns(f, "/contracts/0/windows/0", "nothing was counted before");
  assert_int_equal(f->d.warnings, 2);
}

/* ---- curves are means ---- */

static void a_median_far_below_the_mean_is_said(void **state) {
  fixture *f = *state;
  /* a random walk: after 35 months v = 0.5 x 0.5 x 35 / 12 and exp(-v / 2) = 0.694 */
  set(f, "/factors/0/volatility", "0.5");
  assert_warns(f, "/workloads/0/factors", "in 2028-12 the typical (median) demand of \"training\" lies at 69 % of its curve");
  assert_int_equal(f->d.count, 1);
}

static void reversion_keeps_the_median_near_the_mean(void **state) {
  fixture *f = *state;
  set(f, "/factors/0/volatility", "0.5");
  set(f, "/factors/0/reversion", "1");
  assert_silent(f);
}

static void correlated_factors_add_up(void **state) {
  fixture *f = *state;
  set(f, "/factors/1/reversion", "0");
  set(f, "/factors/0/volatility", "0.25");
  set(f, "/pools/0/factors", "{\"ai-demand\": 1.1, \"gpu-price\": 1.1}");
  set(f, "/correlations/0/2", "0.4");
  assert_silent(f);
  set(f, "/correlations/0/2", "1");
  assert_warns(f, "/pools/0/factors", "price of \"azure-h100\" lies at 64 % of its curve");
  set(f, "/correlations/0/2", "-1");
  f->d.count = f->d.warnings = 0;
  assert_silent(f);
}

/* ---- units ---- */

static void a_percentage_in_the_place_of_a_rate_is_said(void **state) {
  static const struct { const char *set, *literal, *message; } slips[] = {
      {"/horizon/discount_rate", "8", "the discount rate is 800 % a year"},
      {"/factors/0/volatility", "35", "\"ai-demand\" has a volatility of 3500 % a year"},
      {"/pools/0/price/growth", "20", "the price of \"azure-h100\" grows by 2000 % a year"},
      {"/pools/0/price/growth", "0.8", "grows by 80 % a year"}, /* meant as a multiple */
      {"/workloads/0/demand/growth", "60", "the demand of \"training\" grows by 6000 % a year"},
      {"/pools/0/capacity", "{\"start\": 10, \"growth\": 15}", "the capacity of \"azure-h100\" grows"},
      {"/events/0/rate", "30", "\"gpu-shortage\" is to start more often than every month"}};
  fixture *f = *state;
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    load(f, good_plan);
    set(f, slips[i].set, slips[i].literal);
    const char *pointer = strstr(slips[i].literal, "start") ? "/pools/0/capacity/growth" : slips[i].set;
    assert_warns(f, pointer, slips[i].message);
  }
}

static void rates_that_markets_have_seen_are_not_doubted(void **state) {
  fixture *f = *state;
  set(f, "/horizon/discount_rate", "0.3");
  set(f, "/pools/0/price/growth", "0.4");
  set(f, "/workloads/0/demand/growth", "3");
  set(f, "/events/0/rate", "6");
  assert_silent(f);
}

static void work_that_is_worth_less_than_any_hour_costs_is_said(void **state) {
  static const char block[] =
      "{\"name\": \"only-azure\", \"type\": \"reservation\", \"pool\": \"azure-h100\", \"accelerators\": 5, \"price\": 2}";
  fixture *f = *state;
  set(f, "/pools/0/price", "2900");
  set(f, "/pools/1/price", "1900.5");
  assert_warns(f, "/workloads/0/unmet_cost",
               "\"training\" is not worth what it costs: an hour that goes unserved costs $9.00, and the cheapest that is served "
               "$1.9 thousand");
  set(f, "/pools/1/price", "8.99"); /* training costs 9 unserved, inference 6 */
  f->d.count = f->d.warnings = 0;
  assert_warns(f, "/workloads/1/unmet_cost", "\"inference\" is not worth");
  assert_int_equal(f->d.warnings, 1);
  set(f, "/contracts/1", block); /* whose use costs nothing more */
  f->d.count = f->d.warnings = 0;
  assert_silent(f);
}

static void a_promise_without_pull_is_said_unless_it_is_meant(void **state) {
  fixture *f = *state;
  set(f, "/strategies/1", "{\"name\": \"free\", \"contracts\": [\"azure-floor\"]}");
  assert_warns(f, "/strategies/1", "\"free\" signs \"azure-floor\" but has no pull");
  set(f, "/strategies/1/pull", "none");
  f->d.count = f->d.warnings = 0;
  assert_silent(f);
}

/* ---- what does nothing ---- */

typedef struct change {
  const char *set, *literal, *pointer, *message;
} change;

static const change changes[] = {
    {"/pools/1/accelerator", "Maia200", "/contracts/0", NULL}, /* inference runs there: silent */
    {"/workloads/1/speed", "{\"H100\": 1}", "/contracts/0", NULL},
    {"/workloads/0/speed", "{\"H100\": 0}", "/workloads/0/speed", "no pool can serve \"training\""},
    {"/workloads/0/speed", "{\"Maia200\": 1}", "/workloads/0/speed", "no pool can serve \"training\""},
    {"/providers/0/egress_per_gb", "0", "/workloads/0/data_gb_per_hour", "moves data out of azure, which has no egress price"},
    {"/workloads/1/data_gb_per_hour", "1", "/workloads/1/data_gb_per_hour", "has no home"},
    {"/pools/0/factors", "{}", "/factors/1", "nothing depends on the factor \"gpu-price\""},
    {"/strategies/0/contracts", "[\"azure-floor\"]", "/contracts/1", "no strategy signs \"only-azure\""},
    {"/events/0/rate", "0", "/events/0", "\"gpu-shortage\" never happens"},
    {"/events/0/from", "2030-01", "/events/0", "never happens"},
    {"/events/0/effects/0/pools", "{\"accelerator\": \"Maia200\"}", "/events/0/effects/0", "changes nothing"},
    {"/events/0/effects/0", "{\"pools\": \"*\", \"price\": 1}", "/events/0/effects/0", "changes nothing"},
    {"/events/0/effects/0", "{\"workloads\": \"*\", \"demand\": 1}", "/events/0/effects/0", "changes nothing"},
    {"/events/1/effects/0/void", "false", "/events/1/effects/0", "changes nothing"},
    {"/contracts/1/to", "2025-06", "/contracts/1", "\"only-azure\" lies outside the horizon"},
    {"/contracts/1/provider", "coreweave", "/contracts/0", NULL},
    {"/pools/0/capacity", "0", "/contracts/1", "ties \"training\" to azure, where no pool can serve it"},
    {"/contracts/1/overflow", "open", "/contracts/0", NULL},
};

static void what_does_nothing_is_said(void **state) {
  fixture *f = *state;
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    load(f, good_plan);
    set(f, changes[i].set, changes[i].literal);
    if (changes[i].message) assert_warns(f, changes[i].pointer, changes[i].message);
    else assert_silent(f);
  }
}

static void a_pool_that_nobody_can_use_is_said(void **state) {
  fixture *f = *state;
  set(f, "/pools/1/accelerator", "Maia200");
  set(f, "/workloads/1/speed", "{\"H100\": 1, \"Maia200\": 0}");
  assert_warns(f, "/pools/1/accelerator", "no workload runs on Maia200, so the pool \"coreweave-h100\" is never used");
}

static void a_reservation_never_usable_is_said(void **state) {
  static const char block[] =
      "{\"name\": \"only-azure\", \"type\": \"reservation\", \"pool\": \"azure-h100\", \"accelerators\": %s, \"price\": 2}";
  fixture *f = *state;
  set(f, "/contracts/1", ofr_arena_printf(f->arena, block, "0"));
  assert_warns(f, "/contracts/1/accelerators", "reserves nothing");
  load(f, good_plan);
  set(f, "/contracts/1", ofr_arena_printf(f->arena, block, "5, \"to\": \"2024-01\""));
  assert_warns(f, "/contracts/1", "lies outside the horizon");
  load(f, good_plan);
  set(f, "/contracts/1", ofr_arena_printf(f->arena, block, "5"));
  set(f, "/pools/0/accelerator", "Maia200");
  set(f, "/workloads/1/speed", "{\"H100\": 1}");
  assert_warns(f, "/contracts/1/pool", "paid but never used: no workload runs on Maia200");
}

static void a_dated_event_outside_the_horizon_is_said(void **state) {
  fixture *f = *state;
  set(f, "/events/1", "{\"name\": \"ruling\", \"at\": \"2031-01\", \"effects\": [{\"contracts\": \"*\", \"void\": true}]}");
  assert_warns(f, "/events/1", "\"ruling\" never happens within the horizon");
}

static void suspicions_name_their_line(void **state) {
  fixture *f = *state;
  set(f, "/pools/0/factors", "{}");
  judge(f);
  assert_int_equal(f->d.count, 1);
  assert_int_equal(f->d.items[0].severity, OFR_WARNING);
  assert_int_equal(f->d.items[0].line, 8);
  assert_string_equal(f->d.items[0].file, "plans/good.json");
}

static void a_plan_without_its_text_is_judged_too(void **state) {
  fixture *f = *state;
  set(f, "/contracts/0/windows/0/amount", "250e9");
  const ofr_plan *plan = read_good(f);
  ofr_plan_suspicions(plan, NULL, &f->d);
  assert_int_equal(f->d.warnings, 1);
  assert_string_equal(f->d.items[0].pointer, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_sound_plan_raises_no_suspicion),
      TEST(a_promise_beyond_all_capacity_says_the_numbers),
      TEST(a_promise_is_judged_to_the_dollar),
      TEST(what_counts_half_earns_half),
      TEST(reserved_capacity_and_its_fees_help_to_keep_a_promise),
      TEST(only_the_part_of_a_promise_within_the_horizon_is_judged),
      TEST(what_was_counted_before_the_horizon_needs_no_capacity),
      TEST(a_median_far_below_the_mean_is_said),
      TEST(reversion_keeps_the_median_near_the_mean),
      TEST(correlated_factors_add_up),
      TEST(a_percentage_in_the_place_of_a_rate_is_said),
      TEST(rates_that_markets_have_seen_are_not_doubted),
      TEST(work_that_is_worth_less_than_any_hour_costs_is_said),
      TEST(a_promise_without_pull_is_said_unless_it_is_meant),
      TEST(what_does_nothing_is_said),
      TEST(a_pool_that_nobody_can_use_is_said),
      TEST(a_reservation_never_usable_is_said),
      TEST(a_dated_event_outside_the_horizon_is_said),
      TEST(suspicions_name_their_line),
      TEST(a_plan_without_its_text_is_judged_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
