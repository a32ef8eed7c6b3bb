/* Floors as public contracts have them, with the spends of each year given: what moves on, what is charged, to the dollar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "stage/simulate.h"

typedef struct floor_terms {
  const char *windows, *more;
} floor_terms;

typedef struct ledger {
  ofr_arena *arena;
  const ofr_trace *trace;
} ledger;

/* The ledgers are written in units of $876,000: a year of 100 accelerators at $1 an hour, so that a year's spend is exact. */
#define UNIT 876e3

/* One pool, and one workload that spends spends[y] units in year y. Another, which nothing serves, makes the quantum a quarter
 * of an accelerator, so that all demands are whole quanta. */
static ledger run_ledger(const double *spends, int years, const floor_terms *floors, int floor_count) {
  char text[8192];
  int n = snprintf(
      text, sizeof text,
      "{\"horizon\": {\"start\": \"2026-01\", \"months\": %d, \"discount_rate\": 0}, \"reference_accelerator\": \"a\","
      "\"accelerators\": [{\"name\": \"a\"}, {\"name\": \"b\"}], \"providers\": [{\"name\": \"p\"}],"
      "\"workloads\": [{\"name\": \"w\", \"unmet_cost\": 1e3, \"speed\": {\"a\": 1}, \"demand\": {\"interpolate\": \"step\", "
      "\"points\": [",
      12 * years);
  for (int y = 0; y < years; y++)
    n += snprintf(text + n, sizeof text - (size_t)n, "%s[\"%d-01\", %.17g]", y ? ", " : "", 2026 + y, spends[y] * 100);
  n += snprintf(text + n, sizeof text - (size_t)n,
                "]}}, {\"name\": \"idle\", \"unmet_cost\": 0, \"speed\": {\"b\": 1}, \"demand\": 62500}], \"pools\": "
                "[{\"name\": \"k\", \"provider\": \"p\", \"accelerator\": \"a\", \"price\": 1, \"capacity\": 1e6}],"
                "\"contracts\": [");
  for (int i = 0; i < floor_count; i++)
    n += snprintf(text + n, sizeof text - (size_t)n,
                  "%s{\"name\": \"floor-%d\", \"type\": \"commitment\", \"provider\": \"p\", \"windows\": [%s]%s}",
                  i ? ", " : "", i, floors[i].windows, floors[i].more);
  snprintf(text + n, sizeof text - (size_t)n, "]}");
  ledger out = {ofr_arena_create(), NULL};
  ofr_diagnostics d = {.arena = out.arena};
  const ofr_json *root = ofr_json_parse(text, strlen(text), "ledger", out.arena, &d);
  assert_non_null(root);
  const ofr_plan *plan = ofr_plan_read(root, "ledger", out.arena, &d);
  for (int i = 0; i < d.count && d.errors; i++) print_error("%s: %s\n", d.items[i].pointer, d.items[i].message);
  assert_non_null(plan);
  assert_int_equal(ofr_trace_path(plan, 0, out.arena, &out.trace, NULL), OFFRAMP_OK);
  return out;
}

/* In units, exact to the dollar. */
static void expect_year(const ledger *x, int year, int floor, double deferred, double charge) {
  const ofr_trace_contract *c = &x->trace->months[12 * year + 11].strategies[0].contracts[floor];
  assert_true(fabs((double)c->deferred * x->trace->money_quantum - deferred * UNIT) < 1);
  assert_true(fabs((double)c->charge * x->trace->money_quantum - charge * UNIT) < 1);
}

static void expect_total(const ledger *x, double units) {
  assert_true(fabs((double)x->trace->cash_cost[0] * x->trace->money_quantum - units * UNIT) < 2);
}

#define YEAR(from, dollars) "{\"from\": \"" from "-01\", \"to\": \"" from "-12\", \"amount\": " dollars "e3}"

static void five_floors_with_deferral_move_on_what_they_may(void **state) {
  (void)state;
  const double spends[] = {350, 380, 400, 500, 390}, deferred[] = {50, 60, 60, 0, 0}, charges[] = {0, 10, 0, 0, 10};
  const floor_terms floor = {YEAR("2026", "350400") ", " YEAR("2027", "350400") ", " YEAR("2028", "350400") ", " YEAR(
                                 "2029", "350400") ", " YEAR("2030", "350400"),
                             ", \"deferral\": 0.15"};
  ledger x = run_ledger(spends, 5, &floor, 1);
  for (int y = 0; y < 5; y++) expect_year(&x, y, 0, deferred[y], charges[y]);
  expect_total(&x, 2040);
  ofr_arena_destroy(x.arena);
}

static void rising_floors_charge_each_year_its_own(void **state) {
  (void)state;
  const double spends[] = {100, 140, 215, 300, 300}, charges[] = {0, 10, 0, 0, 49};
  const floor_terms floor = {YEAR("2026", "78840") ", " YEAR("2027", "131400") ", " YEAR("2028", "188340") ", " YEAR(
                                 "2029", "245280") ", " YEAR("2030", "305724"),
                             ""};
  ledger x = run_ledger(spends, 5, &floor, 1);
  for (int y = 0; y < 5; y++) expect_year(&x, y, 0, 0, charges[y]);
  expect_total(&x, 1114);
  ofr_arena_destroy(x.arena);
}

static void a_charge_of_the_annual_floor_counts_under_the_cumulative_one(void **state) {
  (void)state;
  const double spends[] = {70, 90, 100};
  const floor_terms floors[] = {{YEAR("2026", "70080") ", " YEAR("2027", "70080") ", " YEAR("2028", "70080"), ""},
                                {"{\"from\": \"2026-01\", \"to\": \"2028-12\", \"amount\": 262.8e6}", ""}};
  ledger x = run_ledger(spends, 3, floors, 2);
  expect_year(&x, 0, 0, 0, 10);
  expect_year(&x, 1, 0, 0, 0);
  expect_year(&x, 2, 0, 0, 0);
  expect_year(&x, 2, 1, 0, 30);
  expect_total(&x, 300);
  ofr_arena_destroy(x.arena);
}

static void what_is_counted_beyond_a_floor_carries_forward(void **state) {
  (void)state;
  const double spends[] = {120, 70, 70};
  const floor_terms floor = {YEAR("2026", "87600") ", " YEAR("2027", "87600") ", " YEAR("2028", "87600"),
                             ", \"carry_forward\": 0.5"};
  ledger x = run_ledger(spends, 3, &floor, 1);
  /* 20 beyond, 10 carried: 80 of 100, charge 20; nothing beyond: 70 of 100, charge 30 */
  expect_year(&x, 0, 0, 0, 0);
  expect_year(&x, 1, 0, 0, 20);
  expect_year(&x, 2, 0, 0, 30);
  expect_total(&x, 310);
  ofr_arena_destroy(x.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(five_floors_with_deferral_move_on_what_they_may),
      cmocka_unit_test(rising_floors_charge_each_year_its_own),
      cmocka_unit_test(a_charge_of_the_annual_floor_counts_under_the_cumulative_one),
      cmocka_unit_test(what_is_counted_beyond_a_floor_carries_forward),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
