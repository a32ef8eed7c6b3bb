/* Quanta: fine enough for cents, and so large that whatever a path may cost fits. Each plan here can cost 5e13 dollars through one
 * of its clauses, and next to nothing otherwise; twice that is below 2^61 of 1e-4 dollars, and above 2^61 of 1e-5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../stage/given_plan.h"
#include "plan/money_scale.h"

#define MOST      5e13
#define RATE      (MOST / (730 * 12 * 1e6)) /* $ per hour: a million accelerators come to MOST in a year, */
#define HALF_RATE (RATE / 2)

typedef struct trifles {
  double unmet, price, value;
  const char *workload, *pool, *contracts, *demand, *capacity, *event;
} trifles;

/* A year of one workload at two providers, with what is given added. */
static given_plan plan_of(const trifles *x) {
  return given_text(JSON({
    "horizon": {"start": "2026-01", "months": 12}, "reference_accelerator": "A", "accelerators": [{"name": "A"}],
    "providers": [{"name": "p", "egress_per_gb": %.17g}, {"name": "q"}], "factors": [{"name": "f", "volatility": 1}],
    "workloads": [{"name": "w", "demand": %s, "unmet_cost": %.17g, "value": %.17g, "speed": {"A": 1} %s}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "A", "price": %.17g, "capacity": %s %s}],
    "events": [%s], "contracts": [%s]}), RATE, x->demand ? x->demand : "1e6", x->unmet, x->value, x->workload ? x->workload : "",
    x->price, x->capacity ? x->capacity : "1e6", x->pool ? x->pool : "", x->event ? x->event : "", x->contracts ? x->contracts : "");
}

static double money_quantum_of(const trifles *x) {
  given_plan given = plan_of(x);
  ofr_scales scales;
  assert_true(ofr_scales_of(given.plan, &scales));
  given_free(&given);
  return scales.money_quantum;
}

static void expect(const char *what, trifles x) {
  if (x.unmet == 0) x.unmet = 1e-6;
  if (x.price == 0) x.price = 1e-6;
  double found = money_quantum_of(&x);
  if (fabs(found / 1e-4 - 1) > 1e-12) fail_msg("%s: a money quantum of %g", what, found);
}

static void a_plan_of_trifles_is_kept_in_millionths(void **state) {
  (void)state;
  assert_true(money_quantum_of(&(trifles){.unmet = 1e-6, .price = 1e-6}) == 1e-6);
}

static void next_to_no_demand_has_a_quantum_too(void **state) {
  (void)state;
  static const char *const demands[] = {"0", "1e-9", "1e-40", "1e-300", "5e-324"};
  for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
    given_plan given = plan_of(&(trifles){.unmet = 1e-6, .price = 1e-6, .demand = demands[i]});
    ofr_scales scales;
    assert_true(ofr_scales_of(given.plan, &scales));
    if (!(scales.accelerator_quantum >= 3.8e-15)) fail_msg("%s: a quantum of %g", demands[i], scales.accelerator_quantum);
    given_free(&given);
  }
}

static void work_and_prices_are_counted_in_every_month(void **state) {
  (void)state;
  expect("unmet", (trifles){.unmet = RATE});
  expect("price", (trifles){.price = RATE});
  expect("unmet, first month", (trifles){.unmet = 12 * RATE, .capacity = "1e-3",
         .demand = "{\"points\": [[\"2026-01\", 1e6], [\"2026-02\", 1e-3]], \"interpolate\": \"step\"}"});
  expect("unmet, last month", (trifles){.unmet = 12 * RATE, .capacity = "1e-3",
         .demand = "{\"points\": [[\"2026-01\", 1e-3], [\"2026-12\", 1e6]], \"interpolate\": \"step\"}"});
  expect("egress", (trifles){.workload = ", \"home\": \"p\", \"data_gb_per_hour\": 1"});
  expect("value", (trifles){.value = RATE, .contracts = "{\"name\": \"s\", \"type\": \"stake\", \"holder\": \"h\", \"provider\": \"p\"}"});
  expect("both", (trifles){.unmet = HALF_RATE, .price = HALF_RATE});
}

static void what_moves_them_counts_at_its_most(void **state) {
  (void)state;
  expect("drawn demand", (trifles){.unmet = RATE / 64, .workload = ", \"factors\": {\"f\": 1}"});
  expect("drawn price", (trifles){.price = RATE / 64, .pool = ", \"factors\": {\"f\": 1}"});
  expect("demand in an event", (trifles){.unmet = RATE / 4,
         .event = "{\"name\": \"e\", \"rate\": 1, \"duration\": 1, \"effects\": [{\"workloads\": \"*\", \"demand\": 2}, "
                  "{\"workloads\": \"w\", \"demand\": 2}]}"});
  expect("price in an event", (trifles){.price = RATE / 4,
         .event = "{\"name\": \"e\", \"rate\": 1, \"duration\": 1, \"effects\": [{\"pools\": \"*\", \"price\": 4}]}"});
  expect("capacity in an event", (trifles){.price = RATE, .capacity = "25e4",
         .event = "{\"name\": \"e\", \"rate\": 1, \"duration\": 1, \"effects\": [{\"pools\": \"*\", \"capacity\": 4}]}"});
}

#define WINDOW(amount) "\"windows\": [{\"from\": \"2026-01\", \"to\": \"2026-12\", \"amount\": " amount "}]"

static void what_contracts_may_charge_counts(void **state) {
  (void)state;
  char text[512];
  expect("commitment", (trifles){.contracts = "{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", " WINDOW("5e13") "}"});
  expect("two commitments", (trifles){.contracts =
    "{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", " WINDOW("25e12") "},"
    "{\"name\": \"d\", \"type\": \"commitment\", \"provider\": \"p\", " WINDOW("25e12") "}"});
  expect("opening", (trifles){.contracts = "{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", \"opening\": 5e13, "
                                           "\"windows\": [{\"from\": \"2025-12\", \"to\": \"2026-12\", \"amount\": 1}]}"});
  expect("grant", (trifles){.contracts = "{\"name\": \"g\", \"type\": \"grant\", \"provider\": \"p\", \"amount\": 5e13}"});
  expect("exit", (trifles){.contracts = "{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", " WINDOW("25e12") "},"
                                        "{\"name\": \"x\", \"type\": \"exit\", \"contract\": \"c\", \"at\": \"2026-06\", \"fee\": 1}"});
  snprintf(text, sizeof text, "{\"name\": \"r\", \"type\": \"reservation\", \"pool\": \"k\", \"accelerators\": 1e6, \"price\": %.17g}", RATE);
  expect("reservation", (trifles){.contracts = text});
  snprintf(text, sizeof text, "{\"name\": \"r\", \"type\": \"reservation\", \"pool\": \"k\", \"accelerators\": 1e6, \"price\": 1e-6, "
           "\"use_price\": %.17g}", RATE);
  expect("use of a reservation", (trifles){.contracts = text});
  snprintf(text, sizeof text, "{\"name\": \"r\", \"type\": \"reservation\", \"pool\": \"k\", \"accelerators\": 1e6, \"price\": %.17g},"
           "{\"name\": \"x\", \"type\": \"exit\", \"contract\": \"r\", \"at\": \"2026-06\", \"fee\": 1}", HALF_RATE);
  expect("exit from a reservation", (trifles){.contracts = text});
}

static void what_no_quantum_can_hold_is_refused(void **state) {
  (void)state;
  given_plan given = plan_of(&(trifles){.unmet = 1e-6, .price = 1e-6, .contracts =
    "{\"name\": \"c\", \"type\": \"commitment\", \"provider\": \"p\", " WINDOW("1e15") "}"});
  ofr_plan plan = *given.plan;
  ofr_contract contracts[1] = {plan.contracts[0]};
  ofr_window windows[1] = {contracts[0].windows[0]};
  ofr_scales scales;
  contracts[0].windows = windows;
  plan.contracts = contracts;
  windows[0].amount = 1.15e21; /* twice that is just below 2^61 thousands */
  assert_true(ofr_scales_of(&plan, &scales) && fabs(scales.money_quantum / 1000 - 1) < 1e-12);
  windows[0].amount = 1.16e21;
  assert_false(ofr_scales_of(&plan, &scales));
  given_free(&given);
}

/* Tiers open where no path gets to, too: of all amounts they alone have no part in the quantum. */
static void what_is_beyond_all_money_is_no_less_than_all_of_it(void **state) {
  (void)state;
  ofr_scales scales = {.money_quantum = 1e-6};
  assert_true(ofr_to_money(&scales, 9.2e12) == 9200000000000000000);
  assert_true(ofr_to_money(&scales, 9.3e12) == INT64_MAX);
  assert_true(ofr_to_money(&scales, 1e15) == INT64_MAX);
}

static void accelerator_quanta_are_a_250000th_of_the_largest_curve_in_few_digits(void **state) {
  (void)state;
  for (double largest = 1e-3; largest < 1e8; largest *= 1.37) {
    char demand[32], digits[64];
    snprintf(demand, sizeof demand, "%.17g", largest);
    given_plan given = plan_of(&(trifles){.unmet = 1, .price = 1, .demand = demand});
    ofr_scales scales;
    assert_true(ofr_scales_of(given.plan, &scales));
    given_free(&given);
    double parts = largest / scales.accelerator_quantum;
    assert_true(parts >= 250000 * (1 - 1e-12) && parts <= 262144);
    snprintf(digits, sizeof digits, "%.3g", scales.accelerator_quantum); /* 5 % of room: two digits, or three at 1.0 */
    assert_true(fabs(atof(digits) / scales.accelerator_quantum - 1) < 1e-12);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_plan_of_trifles_is_kept_in_millionths),
      cmocka_unit_test(next_to_no_demand_has_a_quantum_too),
      cmocka_unit_test(work_and_prices_are_counted_in_every_month),
      cmocka_unit_test(what_moves_them_counts_at_its_most),
      cmocka_unit_test(what_contracts_may_charge_counts),
      cmocka_unit_test(what_no_quantum_can_hold_is_refused),
      cmocka_unit_test(what_is_beyond_all_money_is_no_less_than_all_of_it),
      cmocka_unit_test(accelerator_quanta_are_a_250000th_of_the_largest_curve_in_few_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
