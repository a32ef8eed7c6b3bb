#define _POSIX_C_SOURCE 200809L
#include "plan_fixture.h"
#include "base/fixed_math.h"
#include "plan/plan_reader.h"

/* ---- a good plan ---- */

static void the_frame_is_read(void **state) {
  const ofr_plan *plan = read_good(*state);
  assert_string_equal(plan->name, "two clouds, one promise");
  assert_string_equal(plan->file, "plans/good.json");
  assert_int_equal(plan->start_year, 2026);
  assert_int_equal(plan->start_month, 1);
  assert_int_equal(plan->months, 36);
  assert_true(plan->discount_rate == 0.08);
  assert_int_equal(plan->reference_accelerator, 0);
  assert_int_equal(plan->paths, 100000);
  assert_int_equal(plan->seed, 20251028);
  assert_int_equal(plan->band_paths, 4096);
  assert_int_equal(plan->vendor_count, 2);
  assert_string_equal(plan->vendors[plan->accelerators[1].vendor], "Microsoft");
}

static void workloads_and_pools_are_read(void **state) {
  const ofr_plan *plan = read_good(*state);
  assert_int_equal(plan->workload_count, 2);
  const ofr_workload *training = &plan->workloads[0], *inference = &plan->workloads[1];
  assert_string_equal(training->name, "training");
  assert_true(training->demand.at[0] == 20000);
  assert_true(training->demand.at[12] == 32000);
  assert_true(training->demand.at[35] == 20000 * ofr_pow(1.6, 35 / 12.0));
  assert_true(training->demand.max == training->demand.at[35]);
  assert_true(training->unmet_cost == 9 && training->value == 12 && training->duty == 1);
  assert_true(training->speed[0] == 1 && training->speed[1] == 0);
  assert_true(training->loading[0] == 1 && training->loading[1] == 0);
  assert_int_equal(training->home, 0);
  assert_true(training->data_gb_per_hour == 0.2);
  assert_true(inference->value == 6);
  assert_int_equal(inference->home, -1);
  assert_true(inference->demand.at[7] == 8000 + 52000 * 7.0 / 35);
  assert_true(inference->demand.at[35] == 60000);

  assert_int_equal(plan->pool_count, 2);
  const ofr_pool *azure = &plan->pools[0], *coreweave = &plan->pools[1];
  assert_int_equal(azure->provider, 0);
  assert_int_equal(azure->accelerator, 0);
  assert_true(azure->price.max == 2.9);
  assert_true(azure->availability == 0.98 && azure->slip_mean == 3 && azure->slip_max == 12);
  assert_true(azure->loading[0] == 0 && azure->loading[1] == 1);
  assert_true(coreweave->price.at[35] == 3.2 && coreweave->capacity.at[35] == 25000);
  assert_true(coreweave->availability == 1 && coreweave->slip_mean == 0 && coreweave->slip_max == 0);
  assert_true(plan->providers[0].egress_per_gb.at[20] == 0.05 && plan->providers[1].egress_per_gb.max == 0);
}

static void contracts_events_and_strategies_are_read(void **state) {
  const ofr_plan *plan = read_good(*state);
  const ofr_contract *floor = &plan->contracts[0], *only = &plan->contracts[1];
  assert_int_equal(floor->type, OFR_COMMITMENT);
  assert_int_equal(floor->window_count, 1);
  assert_true(floor->windows[0].amount == 2e9 && floor->windows[0].span.from == 0 && floor->windows[0].span.to == 35);
  assert_true(floor->counts[0] == 1 && floor->counts[1] == 0);
  assert_true(floor->shortfall_rate == 1 && floor->opening == 0);
  assert_int_equal(only->type, OFR_EXCLUSIVITY);
  assert_true(only->covers[0] && only->covers[1]);
  assert_true(only->span.from == 0 && only->span.to == 11);
  assert_int_equal(only->overflow, OFR_OVERFLOW_UNMET);

  const ofr_event *shortage = &plan->events[0], *ruling = &plan->events[1];
  assert_true(shortage->rate == 0.3 && shortage->at == -1 && shortage->mean_duration == 6 && shortage->duration == 0);
  assert_int_equal(shortage->max, 0);
  assert_true(shortage->effects[0].pools[0] && shortage->effects[0].pools[1]);
  assert_false(shortage->effects[0].workloads[0] || shortage->effects[0].contracts[0]);
  assert_true(shortage->effects[0].capacity == 0.7 && shortage->effects[0].price == 1.3 && shortage->effects[0].demand == 1);
  assert_true(ruling->effects[0].contracts[1] && !ruling->effects[0].contracts[0] && ruling->effects[0].ends);
  assert_true(ruling->duration == 1 && ruling->max == 1);

  assert_int_equal(plan->strategy_count, 3);
  assert_true(plan->strategies[0].signed_contracts[0] && plan->strategies[0].signed_contracts[1]);
  assert_false(plan->strategies[2].signed_contracts[0]);
  assert_true(plan->strategies[0].providers[0] && plan->strategies[0].providers[1]);
  assert_int_equal(plan->strategies[0].pull, OFR_PULL_PACE);
  assert_int_equal(plan->strategies[2].pull, OFR_PULL_NONE);
  assert_true(plan->strategies[0].max_share[0] == 1);
}

static void correlations_come_with_their_root(void **state) {
  const ofr_plan *plan = read_good(*state);
  assert_true(plan->correlation[1] == 0.4 && plan->correlation[2] == 0.4 && plan->correlation[3] == 1);
  const double *root = plan->cholesky;
  assert_true(root[0] == 1 && root[1] == 0 && root[2] == 0.4);
  assert_true(root[3] == ofr_pow(1 - 0.4 * 0.4, 0.5));
}

static void factors_that_move_together_have_a_root_too(void **state) {
  fixture *f = *state;
  set(f, "/correlations", "[[\"ai-demand\", \"gpu-price\", -1], [\"ai-demand\", \"fx\", 0.6], [\"gpu-price\", \"fx\", -0.6]]");
  set(f, "/factors",
      "[{\"name\": \"ai-demand\", \"volatility\": 1}, {\"name\": \"gpu-price\", \"volatility\": 1}, {\"name\": \"fx\", "
      "\"volatility\": 1}]");
  const ofr_plan *plan = read_good(f);
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      double product = 0;
      for (int k = 0; k < 3; k++) product += plan->cholesky[3 * i + k] * plan->cholesky[3 * j + k];
      assert_true(product - plan->correlation[3 * i + j] < 1e-12 && plan->correlation[3 * i + j] - product < 1e-12);
    }
  }
}

/* ---- ways to write a good plan ---- */

static void curves_step_and_reach_beyond_the_horizon(void **state) {
  fixture *f = *state;
  set(f, "/pools/1/price", "{\"points\": [[\"2025-07\", 4], [\"2026-07\", 2], [\"2030-07\", 10]], \"interpolate\": \"step\"}");
  set(f, "/pools/1/capacity", "{\"points\": [[\"2025-07\", 400], [\"2026-07\", 1000], [\"2026-08\", 50]]}");
  const ofr_pool *pool = &read_good(f)->pools[1];
  assert_true(pool->price.at[0] == 4 && pool->price.at[5] == 4 && pool->price.at[6] == 2 && pool->price.at[35] == 2);
  assert_true(pool->capacity.at[0] == 700 && pool->capacity.at[6] == 1000 && pool->capacity.at[7] == 50 &&
              pool->capacity.at[35] == 50);
  assert_true(pool->capacity.max == 1000);
}

static void before_the_first_point_a_curve_has_its_value(void **state) {
  fixture *f = *state;
  set(f, "/pools/1/price", "{\"points\": [[\"2027-01\", 4], [\"2028-01\", 2]]}");
  const ofr_pool *pool = &read_good(f)->pools[1];
  assert_true(pool->price.at[0] == 4 && pool->price.at[12] == 4 && pool->price.at[18] == 3);
}

static void a_reservation_is_lots_within_its_span_and_nothing_outside(void **state) {
  fixture *f = *state;
  set(f, "/contracts/1",
      "{\"name\": \"only-azure\", \"type\": \"reservation\", \"pool\": \"azure-h100\", \"lot\": 72, \"from\": \"2026-03\", "
      "\"to\": \"2027-02\","
      " \"accelerators\": {\"start\": 72, \"growth\": 0.5}, \"price\": 2.5, \"use_price\": 0.1, \"upfront\": 0.2}");
  const ofr_contract *block = &read_good(f)->contracts[1];
  assert_int_equal(block->type, OFR_RESERVATION);
  assert_int_equal(block->pool, 0);
  assert_int_equal(block->provider, 0);
  assert_true(block->accelerators.at[1] == 0 && block->accelerators.at[2] == 144 && block->accelerators.at[13] == 144 &&
              block->accelerators.at[14] == 0);
  assert_true(block->accelerators.max == 144 && block->price.at[2] == 2.5 && block->use_price == 0.1 && block->upfront == 0.2);
}

static void lots_round_up_and_leave_multiples_alone(void **state) {
  fixture *f = *state;
  set(f, "/contracts/1",
      "{\"name\": \"only-azure\", \"type\": \"reservation\", \"pool\": \"azure-h100\", \"lot\": 8, \"price\": 2.5,"
      " \"accelerators\": {\"points\": [[\"2026-01\", 0], [\"2026-02\", 8], [\"2026-03\", 8.01], [\"2026-04\", 799]]}}");
  const double *at = read_good(f)->contracts[1].accelerators.at;
  assert_true(at[0] == 0 && at[1] == 8 && at[2] == 16 && at[3] == 800);
}

static void windows_are_sorted_and_those_outside_are_dropped_with_a_warning(void **state) {
  fixture *f = *state;
  set(f, "/contracts/0/windows",
      "[{\"from\": \"2028-01\", \"to\": \"2029-12\", \"amount\": 3}, {\"from\": \"2030-01\", \"to\": \"2030-12\", \"amount\": "
      "4},"
      " {\"from\": \"2025-07\", \"to\": \"2026-06\", \"amount\": 1}, {\"from\": \"2026-07\", \"to\": \"2027-12\", \"amount\": "
      "2}]");
  const ofr_plan *plan = read_plan(f);
  assert_non_null(plan);
  assert_int_equal(f->d.warnings, 1);
  assert_string_equal(f->d.items[0].pointer, "/contracts/0/windows/1");
  const ofr_contract *floor = &plan->contracts[0];
  assert_int_equal(floor->window_count, 3);
  for (int i = 0; i < 3; i++) assert_true(floor->windows[i].amount == i + 1);
  assert_int_equal(floor->windows[0].index, 2);
  assert_int_equal(floor->windows[0].span.true_from, -6);
  assert_int_equal(floor->windows[0].span.from, 0);
  assert_int_equal(floor->windows[0].span.to, 5);
  assert_int_equal(floor->windows[2].span.to, 35);
  assert_int_equal(floor->windows[2].span.true_to, 47);
}

static void counts_may_differ_by_pool(void **state) {
  fixture *f = *state;
  set(f, "/pools/1/provider", "azure");
  set(f, "/contracts/0/counts", "{\"coreweave-h100\": 0.5}");
  const ofr_plan *plan = read_good(f);
  assert_true(plan->contracts[0].counts[0] == 1 && plan->contracts[0].counts[1] == 0.5);
  set(f, "/contracts/0/counts", "0.25");
  set(f, "/contracts/0/pools", "[\"azure-h100\"]");
  plan = read_good(f);
  assert_true(plan->contracts[0].counts[0] == 0.25 && plan->contracts[0].counts[1] == 0);
}

static void selectors_hold_every_condition(void **state) {
  fixture *f = *state;
  set(f, "/events/0/effects",
      "[{\"pools\": {\"provider\": \"coreweave\", \"accelerator\": [\"H100\", \"Maia200\"]}, \"price\": 2}, {\"pools\": "
      "\"azure-h100\", \"price\": 2},"
      " {\"workloads\": {\"name\": \"*\"}, \"demand\": 0.5}, {\"contracts\": {\"provider\": \"azure\"}, \"suspend\": true},"
      " {\"pools\": {\"accelerator\": \"Maia200\"}, \"capacity\": 0}]");
  const ofr_effect *effects = read_good(f)->events[0].effects;
  assert_true(!effects[0].pools[0] && effects[0].pools[1]);
  assert_true(effects[1].pools[0] && !effects[1].pools[1]);
  assert_true(effects[2].workloads[0] && effects[2].workloads[1]);
  assert_true(effects[3].contracts[0] && effects[3].contracts[1] && effects[3].suspend);
  assert_true(!effects[4].pools[0] && !effects[4].pools[1] && effects[4].capacity == 0);
}

static void an_event_may_have_a_date(void **state) {
  fixture *f = *state;
  set(f, "/events/1", "{\"name\": \"ruling\", \"at\": \"2027-03\", \"effects\": [{\"contracts\": \"*\", \"void\": true}]}");
  set(f, "/events/0",
      "{\"name\": \"shortage\", \"at\": \"2031-03\", \"duration\": 999999, \"effects\": [{\"pools\": \"*\", \"price\": 2}]}");
  const ofr_plan *plan = read_good(f);
  assert_int_equal(plan->events[1].at, 14);
  assert_int_equal(plan->events[1].duration, 1);
  assert_int_equal(plan->events[0].at, plan->months);
  assert_int_equal(plan->events[0].duration, OFR_MAX_MONTHS);
}

static void strategies_limit_providers_and_shares(void **state) {
  fixture *f = *state;
  set(f, "/strategies/0/providers", "[\"azure\"]");
  set(f, "/strategies/0/max_share", "{\"azure\": 0.6}");
  set(f, "/strategies/1/max_share", "0.5");
  set(f, "/strategies/0/pull", "0.3");
  set(f, "/strategies/1/pull", "full");
  set(f, "/strategies/1/rule", "priority");
  set(f, "/strategies/2/rule", "optimal");
  const ofr_strategy *strategies = read_good(f)->strategies;
  assert_true(strategies[0].providers[0] && !strategies[0].providers[1]);
  assert_true(strategies[0].max_share[0] == 0.6 && strategies[0].max_share[1] == 1);
  assert_true(strategies[1].max_share[0] == 0.5 && strategies[1].max_share[1] == 0.5);
  assert_true(strategies[0].pull == OFR_PULL_NUMBER && strategies[0].pull_number == 0.3 && strategies[1].pull == OFR_PULL_FULL);
}

static void a_plan_without_strategies_has_one_that_signs_everything(void **state) {
  fixture *f = *state;
  const char *cut = strstr(good_plan, "],\n\"strategies\"");
  assert_non_null(cut);
  load(f, ofr_arena_printf(f->arena, "%.*s]}", (int)(cut - good_plan), good_plan));
  const ofr_plan *plan = read_good(f);
  assert_int_equal(plan->strategy_count, 1);
  assert_string_equal(plan->strategies[0].name, "plan");
  assert_true(plan->strategies[0].signed_contracts[0] && plan->strategies[0].signed_contracts[1]);
}

static const char smallest_plan[] =
    "{\"horizon\": {\"start\": \"2026-11\", \"months\": 3}, \"reference_accelerator\": \"A\","
    " \"accelerators\": [{\"name\": \"A\"}], \"providers\": [{\"name\": \"P\"}],"
    " \"workloads\": [{\"name\": \"W\", \"demand\": 1, \"unmet_cost\": 1, \"speed\": {\"A\": 1}}],"
    " \"pools\": [{\"name\": \"K\", \"provider\": \"P\", \"accelerator\": \"A\", \"price\": 1, \"capacity\": 1}]}";

static void the_smallest_plan_has_defaults_for_all_else(void **state) {
  fixture *f = *state;
  load(f, smallest_plan);
  const ofr_plan *plan = read_good(f);
  assert_string_equal(plan->name, "good");
  assert_string_equal(plan->vendors[0], "unknown");
  assert_int_equal(plan->contract_count + plan->event_count + plan->factor_count, 0);
  assert_int_equal(plan->strategy_count, 1);
  assert_true(plan->discount_rate == 0);
  char month[8];
  ofr_plan_month_name(plan, 2, month);
  assert_string_equal(month, "2027-01");
  ofr_plan_month_name(plan, -12, month);
  assert_string_equal(month, "2025-11");
}

static void notes_are_allowed_on_every_object(void **state) {
  static const char *const places[] = {"/note",
                                       "/horizon/note",
                                       "/simulation/note",
                                       "/accelerators/0/note",
                                       "/providers/0/note",
                                       "/factors/0/note",
                                       "/workloads/0/note",
                                       "/workloads/0/demand/note",
                                       "/workloads/0/speed/note",
                                       "/workloads/0/factors/note",
                                       "/workloads/1/demand/note",
                                       "/pools/0/note",
                                       "/contracts/0/note",
                                       "/contracts/0/windows/0/note",
                                       "/contracts/1/note",
                                       "/events/0/note",
                                       "/events/0/effects/0/note",
                                       "/events/0/effects/0/pools/note",
                                       "/strategies/0/note"};
  fixture *f = *state;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) set(f, places[i], "\"a source\"");
  read_good(f);
}

static void seeds_hold_sixty_four_bits(void **state) {
  fixture *f = *state;
  set(f, "/simulation/seed", "\"18446744073709551615\"");
  assert_true(read_good(f)->seed == UINT64_MAX);
  set(f, "/simulation/seed", "9007199254740992");
  assert_true(read_good(f)->seed == UINT64_C(9007199254740992));
  set(f, "/simulation/paths", "281474976710656");
  assert_true(read_good(f)->paths == UINT64_C(1) << 48);
}

/* ---- broken plans ---- */

typedef struct break_in {
  const char *set, *literal;
  const char *pointer; /* of the one error; NULL: where it was set */
  const char *message, *remedy;
} break_in;

static const break_in breaks[] = {
    /* keys */
    {"/workloads/0/demnd", "3", NULL, "a workload has no key \"demnd\"", "did you mean \"demand\"?"},
    {"/strateges", "[]", NULL, "a plan has no key \"strateges\"", "did you mean \"strategies\"?"},
    {"/pools/0/Slip-Mean", "3", NULL, "no key", "did you mean \"slip_mean\"?"},
    {"/contracts/0/overflow", "open", NULL, "a commitment has no key \"overflow\"", "known keys: name, type, provider"},
    {"/workloads/0/demand/grwoth", "1", NULL, "a growing curve has no key", "did you mean \"growth\"?"},
    {"/events/0/effects/0/pools/acelerator", "H100", NULL, "a selector of pools has no key", "did you mean \"accelerator\"?"},
    {"/horizon", "{\"start\": \"2026-01\"}", NULL, "a horizon needs the key \"months\"", "add \"months\""},
    {"/pools/1/price", "{\"start\": 3}", NULL, "needs the key \"growth\"", "add \"growth\""},
    {"/factors/0", "{\"name\": \"ai-demand\"}", NULL, "a factor needs the key \"volatility\"", "add \"volatility\""},
    {"/contracts/0/windows/0", "{\"from\": \"2026-01\"}", NULL, "needs the key \"amount\"", "add \"amount\""},
    {"/contracts/0", "{\"name\": \"azure-floor\"}", NULL, "needs the key \"type\"", "\"commitment\""},
    {"/horizon/note", "3", NULL, "a number stands where a text", "write a text"},
    {"/note", "[\"a\"]", NULL, "a list stands where a text", "write a text"},
    /* names */
    {"/pools/0/provider", "azur", NULL, "no provider is named \"azur\"", "did you mean \"azure\"?"},
    {"/pools/0/accelerator", "h100", NULL, "no accelerator is named \"h100\"", "did you mean \"H100\"?"},
    {"/pools/0/accelerator", "TPUv7-pod", NULL, "no accelerator is named", "write one of \"H100\", \"Maia200\""},
    {"/reference_accelerator", "H10O", NULL, "no accelerator", "did you mean \"H100\"?"},
    {"/workloads/0/speed/Maia-200", "1", NULL, "no accelerator", "did you mean \"Maia200\"?"},
    {"/workloads/0/factors/ai_demand", "1", NULL, "no factor", "did you mean \"ai-demand\"?"},
    {"/workloads/0/home", "aws", NULL, "no provider", "\"coreweave\""},
    {"/correlations/0", "[\"ai-demand\", \"gpu-prices\", 0.4]", "/correlations/0/1", "no factor",
     "did you mean \"gpu-price\"?"},
    {"/strategies/0/contracts", "[\"azure-flor\"]", "/strategies/0/contracts/0", "no contract",
     "did you mean \"azure-floor\"?"},
    {"/strategies/0/max_share", "{\"azzure\": 0.5}", "/strategies/0/max_share/azzure", "no provider",
     "did you mean \"azure\"?"},
    {"/contracts/1/workloads", "[\"trainning\"]", "/contracts/1/workloads/0", "no workload", "did you mean \"training\"?"},
    {"/contracts/0/counts", "{\"azure-h200\": 1}", "/contracts/0/counts/azure-h200", "no pool", "did you mean \"azure-h100\"?"},
    {"/events/1/effects/0/contracts", "[\"onlyazure\"]", "/events/1/effects/0/contracts/0", "no contract",
     "did you mean \"only-azure\"?"},
    {"/events/0/effects/0/pools/accelerator", "[\"H1000\"]", "/events/0/effects/0/pools/accelerator/0", "no accelerator",
     "did you mean \"H100\"?"},
    {"/pools/1/name", "azure-h100", NULL, "another pool is named \"azure-h100\"", "name of its own"},
    {"/pools/1/name", "\"*\"", NULL, "no name", "printable"},
    {"/pools/1/name", "\"\"", NULL, "no name", "printable"},
    {"/pools/1/name", "\"a\\u001b[31m\"", NULL, "no name", "printable"},
    {"/pools/1/name", "\"a\\u009b\"", NULL, "no name", "printable"},
    {"/pools/1/name", "7", NULL, "a number stands where a text", "write a text"},
    {"/strategies/0/contracts", "[\"azure-floor\", \"azure-floor\"]", "/strategies/0/contracts/1", "named twice", "once"},
    /* types */
    {"/pools", "{}", NULL, "an object stands where a list", "write a list"},
    {"/pools/1", "3", NULL, "a number stands where an object", "write an object"},
    {"/pools/1/price", "cheap", NULL, "\"cheap\" stands where a curve", "write a number"},
    {"/pools/1/price", "{\"2026-01\": 3}", NULL, "this object is no curve", "or {\"points\": [["},
    {"/pools/1/price", "null", NULL, "null stands where a curve", "write a number"},
    {"/pools/0/provider", "1", NULL, "a number stands where a name", "names of providers"},
    {"/workloads/0/unmet_cost", "\"9\"", NULL, "\"9\" stands where a number", "write a number of 0 or more"},
    {"/workloads/0/speed", "1", NULL, "a number stands where an object", "write an object"},
    {"/horizon/months", "\"36\"", NULL, "\"36\" stands where a number", "write a number"},
    {"/events/1/effects/0/void", "1", NULL, "a number stands where true or false", "write true or false"},
    {"/strategies/0/contracts", "3", NULL, "a number stands where names", "\"*\""},
    {"/sweep", "[]", NULL, "a list stands where an object", "write an object"},
    {"/sweep", "{}", NULL, "there is nothing to sweep", "/contracts/NAME"},
    {"/sweep", "{\"/nowhere/at/all\": [1]}", "/sweep/~1nowhere~1at~1all", "leads nowhere", "point to a number"},
    {"/sweep", "{\"/pools/azure-h100\": [1]}", "/sweep/~1pools~1azure-h100", "leads to an object", "within it"},
    {"/sweep", "{\"/sweep/x\": [1]}", "/sweep/~1sweep~1x", "cannot move itself", "elsewhere"},
    {"/sweep", "{\"/horizon/discount_rate\": 1}", "/sweep/~1horizon~1discount_rate", "a number is nothing to go through", "list"},
    {"/sweep", "{\"/horizon/discount_rate\": []}", "/sweep/~1horizon~1discount_rate", "nothing to try", "write numbers"},
    {"/sweep", "{\"/horizon/discount_rate\": [0, \"1\"]}", "/sweep/~1horizon~1discount_rate/1",
     "\"1\" stands where a number", "write a number"},
    {"/sweep", "{\"/horizon/discount_rate\": [0, 0]}", "/sweep/~1horizon~1discount_rate/1", "in the list already", "once"},
    {"/sweep", "{\"/horizon/discount_rate\": {\"from\": 0, \"to\": 0, \"steps\": 2}}", "/sweep/~1horizon~1discount_rate", "single value", "elsewhere"},
    {"/sweep", "{\"/horizon/discount_rate\": {\"from\": 0, \"to\": 1, \"steps\": 1}}", "/sweep/~1horizon~1discount_rate/steps", "", ""},
    {"/sweep", "{\"/horizon/discount_rate\": {\"from\": 0, \"to\": 1, \"steps\": 10000}, \"/simulation/seed\": {\"from\": 0, \"to\": 1, \"steps\": 200}}", NULL, "more than 1000000 points", "fewer"},
    {"/stakeholders", "azure", NULL, "\"azure\" stands where an object", "write an object"},
    {"/optimize", "true", NULL, "true or false stands where an object", "write an object"},
    /* ranges */
    {"/pools/1/price", "-3", NULL, "-3 is out of range", "write a number of 0 or more"},
    {"/pools/0/price/growth", "-1", NULL, "-1 is out of range", "write a number above -1"},
    {"/pools/0/price/start", "-0.5", NULL, "-0.5 is out of range", "0 or more"},
    {"/pools/0/availability", "1.2", NULL, "1.2 is out of range", "write a number from 0 to 1"},
    {"/pools/0/slip_max", "2.5", NULL, "2.5 is not whole", "whole number"},
    {"/pools/1/capacity", "1e11", NULL, "1e11 is out of range", "write a number from 0 to 1e+10"},
    {"/workloads/0/duty", "-0.1", NULL, "out of range", "from 0 to 1"},
    {"/workloads/0/demand", "{\"start\": 1000, \"growth\": 998}", NULL, "grows beyond all bounds in 2028-06", "grow less"},
    {"/horizon/months", "0", NULL, "0 is out of range", "from 1 to 480"},
    {"/horizon/months", "481", NULL, "481 is out of range", "from 1 to 480"},
    {"/horizon/months", "1e300", NULL, "1e300 is out of range", "from 1 to 480"},
    {"/horizon/discount_rate", "-0.1", NULL, "out of range", "from 0 to 100"},
    {"/factors/0/volatility", "-0.2", NULL, "out of range", "from 0"},
    {"/factors/0/reversion", "-1", NULL, "out of range", "from 0"},
    {"/correlations/0", "[\"ai-demand\", \"gpu-price\", 1.4]", "/correlations/0/2", "1.4 is out of range", "from -1 to 1"},
    {"/contracts/0/windows/0/amount", "-1", NULL, "out of range", "0 or more"},
    {"/contracts/0/shortfall_rate", "-1", NULL, "out of range", "from 0 to 4"},
    {"/contracts/0/counts", "2", NULL, "out of range", "from 0 to 1"},
    {"/events/0/rate", "-0.1", NULL, "out of range", "0 or more"},
    {"/events/0/mean_duration", "0.5", NULL, "out of range", "1 or more"},
    {"/events/1/duration", "0", NULL, "out of range", "from 1"},
    {"/events/1/max", "0", NULL, "out of range", "from 1"},
    {"/events/0/effects/0/capacity", "-1", NULL, "out of range", "0 or more"},
    {"/strategies/0/pull", "1.5", NULL, "out of range", "from 0 to 1"},
    {"/strategies/0/max_share", "-1", NULL, "out of range", "from 0 to 1"},
    {"/simulation/paths", "0", NULL, "cannot be simulated", "from 1 to 281474976710656"},
    {"/simulation/paths", "1.5", NULL, "cannot be simulated", "whole"},
    {"/simulation/paths", "many", NULL, "\"many\" stands where a number", "number"},
    {"/simulation/seed", "-1", NULL, "no seed", "2^53"},
    {"/simulation/seed", "\"18446744073709551616\"", NULL, "no seed", "2^64"},
    {"/simulation/seed", "1e16", NULL, "no seed", "double quotes"},
    {"/simulation/band_paths", "0", NULL, "out of range", "from 1"},
    /* words */
    {"/strategies/0/pull", "pase", NULL, "\"pase\" is no pull", "did you mean \"pace\"?"},
    {"/strategies/0/pull", "strongly", NULL, "is no pull", "\"none\", \"full\", \"pace\""},
    {"/contracts/1/overflow", "opne", NULL, "none of the choices", "did you mean \"open\"?"},
    {"/workloads/1/demand/interpolate", "cubic", NULL, "none of the choices", "\"linear\" or \"step\""},
    {"/contracts/0/type", "comitment", NULL, "no contract of type \"comitment\"", "did you mean \"commitment\"?"},
    {"/strategies/0/rule", "cheapest", NULL, "none of the choices", "\"priority\" or \"optimal\""},
    /* months */
    {"/horizon/start", "2026-13", NULL, "\"2026-13\" is no month", "like \"2026-01\""},
    {"/horizon/start", "2026-1", NULL, "is no month", "like \"2026-01\""},
    {"/horizon/start", "\"2026-01-01\"", NULL, "is no month", "like \"2026-01\""},
    {"/horizon/start", "0026-01", NULL, "is no month", "like \"2026-01\""},
    {"/horizon/start", "202601", NULL, "a number stands where a month", "like \"2026-01\""},
    {"/contracts/1/to", "soon", NULL, "\"soon\" is no month", "like"},
    {"/contracts/0/windows/0/to", "2025-12", NULL, "\"to\" lies before \"from\"", "last month"},
    {"/workloads/1/demand/points", "[[\"2026-05\", 1], [\"2026-04\", 2]]", "/workloads/1/demand/points/1",
     "does not come after", "by month"},
    {"/workloads/1/demand/points", "[[\"2026-05\", 1], [\"2026-05\", 2]]", "/workloads/1/demand/points/1",
     "does not come after", "once"},
    {"/workloads/1/demand/points", "[[\"2026-05\"]]", "/workloads/1/demand/points/0", "a month and a number",
     "write [\"2026-01\""},
    {"/workloads/1/demand/points", "[[\"2026-05\", -1]]", "/workloads/1/demand/points/0/1", "out of range", "0 or more"},
    {"/workloads/1/demand/points", "[[5, 1]]", "/workloads/1/demand/points/0/0", "a number stands where a month", "like"},
    /* empty lists */
    {"/workloads/1/demand/points", "[]", NULL, "empty", "add a point"},
    {"/contracts/0/windows", "[]", NULL, "empty", "add"},
    {"/events/0/effects", "[]", NULL, "empty", "add"},
    {"/strategies", "[]", NULL, "list of strategies is empty", "add at least one"},
    {"/strategies/0/providers", "[]", NULL, "empty", "\"*\""},
    {"/contracts/1/workloads", "[]", NULL, "empty", "\"*\""},
    {"/events/0/effects/0/pools", "{}", NULL, "no condition", "\"*\""},
    /* what belongs together */
    {"/correlations", "[[\"ai-demand\", \"ai-demand\", 1]]", "/correlations/0", "correlated with itself", "two different"},
    {"/correlations", "[[\"ai-demand\", \"gpu-price\", 0.1], [\"gpu-price\", \"ai-demand\", 0.2]]", "/correlations/1",
     "given twice", "once"},
    {"/correlations", "[[\"ai-demand\", 0.1]]", "/correlations/0", "two factors and a number", "write ["},
    {"/contracts/0/windows", "[{\"to\": \"2027-06\", \"amount\": 1}, {\"from\": \"2027-06\", \"amount\": 1}]",
     "/contracts/0/windows/1", "overlaps window 0", "one window"},
    {"/contracts/0/pools", "[\"coreweave-h100\"]", NULL, "the pool \"coreweave-h100\" belongs to coreweave",
     "pools of azure only"},
    {"/contracts/0/counts", "{\"coreweave-h100\": 0.5}", "/contracts/0/counts/coreweave-h100", "does not cover", "remove it"},
    {"/events/0/at", "2026-05", NULL, "either a \"rate\" or an \"at\"", "keep one"},
    {"/events/1", "{\"name\": \"ruling\", \"effects\": [{\"contracts\": \"*\", \"void\": true}]}", NULL,
     "needs a \"rate\" or an \"at\"", "add \"rate\""},
    {"/events/1/mean_duration", "3", NULL, "either a \"duration\" or a \"mean_duration\"", "keep one"},
    {"/events/0/effects/0", "{}", NULL, "the effect is empty", "write one like"},
    {"/events/0/effects/0", "{\"pools\": \"*\"}", "/events/0/effects/0/pools", "what happens to the pools",
     "add \"capacity\" or \"price\""},
    {"/events/0/effects/0", "{\"demand\": 2}", "/events/0/effects/0/demand", "which workloads", "add \"workloads\""},
    /* later */
    {"/contracts/0/deferral", "1.5", NULL, "out of range", "1"},
    {"/contracts/0/carry_forward", "-1", NULL, "out of range", "1"},
    {"/contracts/0/shortfall_rate", "5", NULL, "out of range", "4"},
    {"/contracts/0/relief", "2", NULL, "out of range", "1"},
    {"/futures", "[]", NULL, "a list stands where an object belongs", "write an object"},
    {"/history", "{}", NULL, "the history needs the key \"file\"", "add"},
};

static void every_broken_plan_is_refused_in_the_right_place_with_a_remedy(void **state) {
  fixture *f = *state;
  for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
    const break_in *b = &breaks[i];
    load(f, good_plan);
    set(f, b->set, b->literal);
    const ofr_plan *plan = read_plan(f);
    const ofr_diagnostic *error = f->d.count > 0 ? f->d.items : NULL;
    const char *pointer = b->pointer ? b->pointer : b->set;
    const bool right = !plan && f->d.count == 1 && strcmp(error->pointer, pointer) == 0 && strstr(error->message, b->message) &&
                       error->remedy && strstr(error->remedy, b->remedy);
    if (right) continue;
    print_error("%s = %s gives %d diagnostics:\n", b->set, b->literal, f->d.count);
    show(f);
    fail();
  }
}

static void zero_for_what_comes_later_is_accepted(void **state) {
  fixture *f = *state;
  set(f, "/contracts/0/deferral", "0");
  set(f, "/contracts/0/carry_forward", "0");
  set(f, "/contracts/0/credit_months", "0");
  set(f, "/contracts/0/relief", "0.0");
  read_good(f);
}

static void correlations_that_cannot_hold_together_are_named(void **state) {
  fixture *f = *state;
  set(f, "/factors",
      "[{\"name\": \"ai-demand\", \"volatility\": 1}, {\"name\": \"gpu-price\", \"volatility\": 1}, {\"name\": \"fx\", "
      "\"volatility\": 1}, {\"name\": \"oil\", \"volatility\": 1}]");
  set(f, "/correlations",
      "[[\"ai-demand\", \"gpu-price\", 0.9], [\"ai-demand\", \"fx\", 0.2], [\"gpu-price\", \"oil\", 0.9], [\"oil\", "
      "\"ai-demand\", -0.9]]");
  assert_null(read_plan(f));
  assert_int_equal(f->d.count, 1);
  assert_string_equal(f->d.items[0].pointer, "/correlations");
  assert_non_null(strstr(f->d.items[0].message, "ai-demand and gpu-price 0.9, ai-demand and oil -0.9, gpu-price and oil 0.9 "));
  assert_null(strstr(f->d.items[0].message, "fx"));
}

static void two_exclusivities_on_one_workload_are_refused_where_both_are_signed(void **state) {
  static const char other[] = "{\"name\": \"azure-floor\", \"type\": \"exclusivity\", \"provider\": \"coreweave\", "
                              "\"workloads\": [\"inference\"], \"from\": \"2026-%s\"}";
  fixture *f = *state;
  set(f, "/contracts/0", ofr_arena_printf(f->arena, other, "12\", \"to\": \"2027-05"));
  assert_null(read_plan(f));
  assert_int_equal(f->d.count, 1);
  assert_string_equal(f->d.items[0].pointer, "/strategies/0/contracts");
  assert_int_equal(f->d.items[0].line, 33);
  assert_string_equal(f->d.items[0].message,
                      "\"azure-floor\" and \"only-azure\" both bind the workload \"inference\" in 2026-12");

  load(f, good_plan);
  set(f, "/sweep", "{\"/horizon/discount_rate\": [0]}"); /* its own needs the floor */
  set(f, "/contracts/0",
      "{\"name\": \"azure-floor\", \"type\": \"exclusivity\", \"provider\": \"coreweave\", \"from\": \"2027-01\"}");
  read_good(f);
}

static void the_rule_optimal_is_refused_with_what_goes_by_the_order_of_workloads(void **state) {
  fixture *f = *state;
  set(f, "/strategies/0/rule", "optimal");
  set(f, "/strategies/0/max_share", "0.6");
  assert_null(read_plan(f));
  assert_int_equal(f->d.count, 1);
  assert_string_equal(f->d.items[0].pointer, "/strategies/0/max_share");
  assert_non_null(strstr(f->d.items[0].remedy, "\"rule\": \"priority\""));

  load(f, good_plan);
  set(f, "/strategies/0/rule", "optimal");
  set(f, "/strategies/0/max_share", "1");
  assert_true(read_good(f)->strategies[0].is_optimal);

  load(f, good_plan);
  set(f, "/strategies/0/rule", "optimal");
  set(f, "/contracts/1", "{\"name\": \"only-azure\", \"type\": \"first_refusal\", \"provider\": \"azure\"}");
  assert_null(read_plan(f));
  assert_int_equal(f->d.count, 1);
  assert_non_null(strstr(f->d.items[0].message, "\"only-azure\" matches offers"));
}

static void lists_beyond_the_limits_are_refused_once(void **state) {
  fixture *f = *state;
  const char *list = "[";
  for (int i = 0; i <= OFR_MAX_STRATEGIES; i++)
    list = ofr_arena_printf(f->arena, "%s%s{\"name\": \"s%d\"}", list, i > 0 ? "," : "", i);
  set(f, "/contracts", "[]");
  set(f, "/events", "[]");
  set(f, "/strategies", ofr_arena_printf(f->arena, "%s]", list));
  assert_null(read_plan(f));
  assert_int_equal(f->d.count, 1);
  assert_string_equal(f->d.items[0].message, "17 strategies are too many");
  assert_string_equal(f->d.items[0].remedy, "keep at most 16");
}

static void all_errors_are_reported_in_one_go(void **state) {
  fixture *f = *state;
  set(f, "/horizon/start", "2026-13");
  set(f, "/pools/0/price", "-1");
  set(f, "/pools/1/provider", "nowhere");
  set(f, "/contracts/0/type", "rebate");
  set(f, "/events/0/rate", "-1");
  set(f, "/strategies/1/pul", "pace");
  assert_null(read_plan(f));
  show(f->d.errors == 6 ? &(fixture){0} : f);
  assert_int_equal(f->d.errors, 6);
  assert_int_equal(f->d.warnings, 0);
}

static void errors_name_file_and_line(void **state) {
  static const char text[] = "{\n"
                             "  \"horizon\": {\"start\": \"2026-01\", \"months\": 3},\n"
                             "  \"reference_accelerator\": \"B\",\n"
                             "  \"accelerators\": [{\"name\": \"A\"}],\n"
                             "  \"providers\": [{\"name\": \"P\"}],\n"
                             "  \"workloads\": [\n"
                             "    {\"name\": \"W\", \"demand\": 1,\n"
                             "     \"unmet_cost\": -1, \"speed\": {\"A\": 1}}\n"
                             "  ],\n"
                             "  \"pool\": []\n"
                             "}\n";
  static const struct {
    int line;
    const char *pointer;
  } expected[] = {{10, "/pool"}, {1, ""}, {3, "/reference_accelerator"}, {8, "/workloads/0/unmet_cost"}};
  fixture *f = *state;
  load(f, text);
  assert_null(read_plan(f));
  if (f->d.count != 4) show(f);
  assert_int_equal(f->d.count, 4);
  for (int i = 0; i < 4; i++) {
    assert_string_equal(f->d.items[i].file, "plans/good.json");
    assert_int_equal(f->d.items[i].line, expected[i].line);
    assert_string_equal(f->d.items[i].pointer, expected[i].pointer);
  }
  assert_string_equal(f->d.items[0].remedy, "did you mean \"pools\"?");
  assert_string_equal(f->d.items[1].message, "a plan needs the key \"pools\"");
}

static void what_is_no_object_is_no_plan(void **state) {
  static const char *const texts[] = {"[]", "3", "null", "\"plan\"", "true"};
  fixture *f = *state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    load(f, texts[i]);
    assert_null(read_plan(f));
    assert_int_equal(f->d.errors, 1);
  }
}

/* Every value of the good plan in turn becomes something else: whatever comes of it, an error or a plan, it is one of them. */
static void any_value_may_be_anything_without_harm(void **state) {
  static const char *const literals[] = {"null", "true", "-1",   "0",    "1e300",      "\"x\"",     "\"*\"",
                                         "[]",   "{}",   "[[]]", "[{}]", "{\"a\": 1}", "[\"x\", 1]"};
  fixture *f = *state;
  const char *pointers[400];
  int count = 0;
  for (const ofr_json *at = f->root; at;) {
    pointers[count++] = strdup(ofr_json_pointer(at, f->arena));
    if (at->first) at = at->first;
    else {
      while (at && !at->next) at = at->parent;
      if (at) at = at->next;
    }
  }
  assert_true(count > 150 && count < 400);
  for (int i = 0; i < count; i++) {
    for (size_t j = 0; j < sizeof literals / sizeof *literals; j++) {
      load(f, good_plan);
      set(f, pointers[i], literals[j]);
      const ofr_plan *plan = read_plan(f);
      assert_int_equal(plan == NULL, f->d.errors > 0);
      if (plan) ofr_plan_suspicions(plan, f->root, &f->d);
    }
    free((char *)pointers[i]);
  }
}

/* ---- the nearest name ---- */

static void the_nearest_name_is_found_or_none(void **state) {
  (void)state;
  static const char *const names[] = {"demand", "duty", NULL, "data_gb_per_hour", "speed", "H100", "H200"};
  const int count = (int)(sizeof names / sizeof *names);
  assert_string_equal(ofr_nearest_name("demnad", names, count), "demand");
  assert_string_equal(ofr_nearest_name("Demand", names, count), "demand");
  assert_string_equal(ofr_nearest_name("data-gb-per-hour", names, count), "data_gb_per_hour");
  assert_string_equal(ofr_nearest_name("data_gb_hour", names, count), "data_gb_per_hour");
  assert_string_equal(ofr_nearest_name("H20", names, count), "H200");
  assert_null(ofr_nearest_name("", names, count));
  assert_null(ofr_nearest_name("colour", names, count));
  assert_null(ofr_nearest_name("x", names, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_frame_is_read),
      TEST(workloads_and_pools_are_read),
      TEST(contracts_events_and_strategies_are_read),
      TEST(correlations_come_with_their_root),
      TEST(factors_that_move_together_have_a_root_too),
      TEST(curves_step_and_reach_beyond_the_horizon),
      TEST(before_the_first_point_a_curve_has_its_value),
      TEST(a_reservation_is_lots_within_its_span_and_nothing_outside),
      TEST(lots_round_up_and_leave_multiples_alone),
      TEST(windows_are_sorted_and_those_outside_are_dropped_with_a_warning),
      TEST(counts_may_differ_by_pool),
      TEST(selectors_hold_every_condition),
      TEST(an_event_may_have_a_date),
      TEST(strategies_limit_providers_and_shares),
      TEST(a_plan_without_strategies_has_one_that_signs_everything),
      TEST(the_smallest_plan_has_defaults_for_all_else),
      TEST(notes_are_allowed_on_every_object),
      TEST(seeds_hold_sixty_four_bits),
      TEST(every_broken_plan_is_refused_in_the_right_place_with_a_remedy),
      TEST(zero_for_what_comes_later_is_accepted),
      TEST(correlations_that_cannot_hold_together_are_named),
      TEST(two_exclusivities_on_one_workload_are_refused_where_both_are_signed),
      TEST(the_rule_optimal_is_refused_with_what_goes_by_the_order_of_workloads),
      TEST(lists_beyond_the_limits_are_refused_once),
      TEST(all_errors_are_reported_in_one_go),
      TEST(errors_name_file_and_line),
      TEST(what_is_no_object_is_no_plan),
      TEST(any_value_may_be_anything_without_harm),
      cmocka_unit_test(the_nearest_name_is_found_or_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
