/* Clauses with the spend of each month given: what is paid, charged, credited, granted, to the cent. In units of $730: what one
 * accelerator costs in a month at $1 an hour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "given_plan.h"

enum { MOST_MONTHS = 24 };

typedef struct ledger {
  given_plan given;
  const ofr_trace *trace;
} ledger;

/* One pool at `price`, and one workload that keeps accelerators[t] of it busy in month t. Another, which nothing serves, makes
 * the quantum a quarter of an accelerator, so that all demands are whole quanta. */
static ledger run(double price, const double *accelerators, int months, const char *contracts, const char *events) {
  char demand[2048];
  int n = 0;
  for (int t = 0; t < months; t++)
    n += snprintf(demand + n, sizeof demand - (size_t)n, "%s[\"%d-%02d\", %.17g]", t ? ", " : "", 2026 + t / 12, t % 12 + 1,
                  accelerators[t]);
  ledger x = {
      .given = given_text(
          "{\"horizon\": {\"start\": \"2026-01\", \"months\": %d}, \"reference_accelerator\": \"a\","
          "\"accelerators\": [{\"name\": \"a\"}, {\"name\": \"b\"}], \"providers\": [{\"name\": \"p\"}], \"workloads\": ["
          "{\"name\": \"w\", \"unmet_cost\": 1e3, \"speed\": {\"a\": 1}, \"demand\": {\"points\": [%s]}},"
          "{\"name\": \"idle\", \"unmet_cost\": 0, \"speed\": {\"b\": 1}, \"demand\": 62500}], \"pools\": "
          "[{\"name\": \"k\", \"provider\": \"p\", \"accelerator\": \"a\", \"price\": %.17g, \"capacity\": 1e6}],"
          "\"contracts\": [%s], \"events\": [%s]}",
          months, demand, price, contracts, events)};
  assert_int_equal(ofr_trace_path(x.given.plan, 0, x.given.arena, &x.trace, NULL), OFFRAMP_OK);
  return x;
}

static double dollars(const ledger *x, int64_t quanta) { return (double)quanta * x->trace->money_quantum; }

/* A column of the ledger: one amount of every month's books, in units. */
static void expect(const ledger *x, const char *what, size_t offset, const double *units) {
  for (int t = 0; t < x->given.plan->months; t++) {
    const char *books = (const char *)&x->trace->months[t].strategies[0];
    double found = dollars(x, *(const int64_t *)(const void *)(books + offset));
    if (fabs(found - 730 * units[t]) > 0.005) fail_msg("%s in month %d is %.6f, not %.6f", what, t, found, 730 * units[t]);
  }
}

static void expect_contract(const ledger *x, const char *what, int contract, size_t offset, const double *units) {
  for (int t = 0; t < x->given.plan->months; t++) {
    const char *state = (const char *)&x->trace->months[t].strategies[0].contracts[contract];
    double found = dollars(x, *(const int64_t *)(const void *)(state + offset));
    if (fabs(found - 730 * units[t]) > 0.005) fail_msg("%s in month %d is %.6f, not %.6f", what, t, found, 730 * units[t]);
  }
}

#define BOOKS(x, field, ...) expect(&(x), #field, offsetof(ofr_trace_strategy, field), (const double[MOST_MONTHS]){__VA_ARGS__})
#define CONTRACT(x, contract, field, ...)                                                                                      \
  expect_contract(&(x), #field, contract, offsetof(ofr_trace_contract, field), (const double[MOST_MONTHS]){__VA_ARGS__})
#define COUNT(array)            (int)(sizeof array / sizeof *array)
#define MONTHS(from, to, units) "{\"from\": \"2026-" from "\", \"to\": \"2026-" to "\", \"amount\": " units "}"
#define FLOOR(windows, more)                                                                                                   \
  "{\"name\": \"f\", \"type\": \"commitment\", \"provider\": \"p\", \"windows\": [" windows "]" more "}"
#define EVENT(effect, at, duration)                                                                                            \
  "{\"name\": \"e\", \"at\": \"2026-" at "\", \"duration\": " duration ", \"effects\": [{\"contracts\": \"*\", \"" effect      \
  "\": true}]}"

/* ---- discounts ---- */

/* What so many units cost: 0.0875 each up to 10,240, 0.083 up to 51,200, 0.07 beyond; bought over so many months. */
static double tariff(double units, int months) {
  double busy[MOST_MONTHS], paid = 0;
  for (int t = 0; t < months; t++) busy[t] = units / 10 / months;
  ledger x = run(0.875 / 730, busy, months,
                 "{\"name\": \"d\", \"type\": \"discount\", \"provider\": \"p\", \"tiers\": [[0, 0], [896, "
                 "0.051428571428571428], [4480, 0.2]]}",
                 "");
  for (int t = 0; t < months; t++) paid += dollars(&x, x.trace->months[t].strategies[0].usage);
  given_free(&x.given);
  return paid;
}

static void a_tariff_in_bands_charges_each_unit_its_own_rate(void **state) {
  static const double known[][2] = {{10240, 896}, {51200, 4295.68}, {60000, 4911.68}, {153600, 11463.68}};
  (void)state;
  for (int i = 0; i < COUNT(known); i++)
    for (int months = 1; months <= 8; months *= 2) assert_true(fabs(tariff(known[i][0], months) - known[i][1]) < 0.005);
}

static void a_tariff_in_bands_never_jumps_and_never_falls(void **state) {
  (void)state;
  double before = 0;
  for (int units = 640; units <= 64000; units += 640) {
    double cost = tariff(units, 2), each = (cost - before) / 640;
    assert_true(each > 0.0699999 && each < 0.0875001);
    before = cost;
  }
}

static void all_units_pay_back_what_the_lower_tier_cost(void **state) {
  (void)state;
  const double busy[] = {60, 30, 20, 5};
  ledger x = run(1, busy, COUNT(busy),
                 "{\"name\": \"d\", \"type\": \"discount\", \"provider\": \"p\", \"basis\": \"all_units\", \"tiers\": "
                 "[[0, 0], [65700, 0.25], [80300, 0.5]]}",
                 "");
  /* 60; then 90 x 0.75 = 67.5; then 110 x 0.5 = 55, which pays back 12.5; then half price */
  BOOKS(x, usage, 60, 7.5, -12.5, 2.5);
  CONTRACT(x, 0, listed, 60, 90, 110, 115);
  CONTRACT(x, 0, saved, 0, 22.5, 32.5, 2.5);
  given_free(&x.given);
}

static void a_yearly_discount_starts_anew_and_rests_while_suspended(void **state) {
  (void)state;
  double busy[16];
  for (int t = 0; t < 16; t++) busy[t] = 10;
  ledger x = run(1, busy, 16,
                 "{\"name\": \"d\", \"type\": \"discount\", \"provider\": \"p\", \"period\": \"year\", \"from\": \"2026-03\", "
                 "\"tiers\": [[0, 0], [14600, 0.5]]}",
                 EVENT("suspend", "05", "2"));
  BOOKS(x, usage, 10, 10, 10, 10, 10, 10, 5, 5, 5, 5, 5, 5, 5, 5, 10, 10);
  given_free(&x.given);
}

/* ---- credits and grants ---- */

static void a_charge_comes_back_as_credit_for_some_months(void **state) {
  (void)state;
  const double busy[] = {5, 4, 4, 4};
  const char *floor = FLOOR(MONTHS("01", "01", "10950") "," MONTHS("02", "04", "1460"), ", \"credit_months\": 2");
  ledger x = run(1, busy, COUNT(busy), floor, "");
  BOOKS(x, shortfall, 10, 0, 0, 0);
  BOOKS(x, usage, 5, 0, 0, 4);
  CONTRACT(x, 0, counted, 5, 0, 0, 4); /* what a credit pays does not count */
  CONTRACT(x, 0, balance, 10, 6, 0, 0);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), floor, EVENT("suspend", "02", "1"));
  BOOKS(x, usage, 5, 4, 0, 4);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), floor, EVENT("void", "03", "1"));
  BOOKS(x, usage, 5, 0, 4, 4);
  given_free(&x.given);
}

static void a_grant_comes_in_equal_parts(void **state) {
  (void)state;
  const double busy[] = {1, 5, 0, 5, 5};
#define GIFT(kind)                                                                                                             \
  "{\"name\": \"g\", \"type\": \"grant\", \"provider\": \"p\", \"kind\": \"" kind                                              \
  "\", \"amount\": 8760, \"from\": \"2025-12\", \"to\": \"2026-03\"}"
  ledger x = run(1, busy, COUNT(busy), GIFT("cash"), "");
  BOOKS(x, grants, 3, 3, 3, 0, 0);
  BOOKS(x, usage, 1, 5, 0, 5, 5);
  assert_true(fabs(dollars(&x, x.trace->cash_cost[0]) - 7 * 730) < 0.005);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), GIFT("credit"), "");
  BOOKS(x, usage, 0, 0, 0, 2, 5);
  CONTRACT(x, 0, balance, 2, 0, 3, 0, 0);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), GIFT("credit"), EVENT("suspend", "02", "1"));
  BOOKS(x, usage, 0, 5, 0, 0, 5);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), GIFT("credit"), EVENT("void", "04", "1"));
  BOOKS(x, usage, 0, 0, 0, 5, 5);
  given_free(&x.given);
}

/* ---- floors ---- */

static double total_of(const double *busy, int months, const char *contracts) {
  ledger x = run(1, busy, months, contracts, "");
  double total = dollars(&x, x.trace->total_cost[0]) / 730;
  given_free(&x.given);
  return total;
}

/* What test_clause_pairs.c leaves out, and the manual names: with these clauses less to spend may be dearer, and why. */
static void a_tighter_floor_may_be_the_cheaper_one(void **state) {
  (void)state;
#define NAMED(name, windows, more)                                                                                             \
  "{\"name\": \"" name "\", \"type\": \"commitment\", \"provider\": \"p\", \"windows\": [" windows "]" more "}"
#define TO_WHO_LAGS                                                                                                            \
  ", {\"name\": \"x\", \"type\": \"exit\", \"contract\": \"f\", \"at\": \"2026-02\", \"fee\": 0.25, \"below\": 0.5}"
#define CREDIT ", \"credit_months\": 1"
  static const double busy[] = {10, 10, 10};
  static const struct {
    const char *tight, *loose;
    double saved;
  } cases[] = {
      {/* only who lags behind may leave */
       FLOOR(MONTHS("01", "03", "45260"), "") TO_WHO_LAGS, FLOOR(MONTHS("01", "03", "42340"), "") TO_WHO_LAGS, 28 - 10.5},
      {/* a charge counts under two others, which close at other times */
       NAMED("f", MONTHS("01", "01", "14600"), "") "," NAMED("g", MONTHS("01", "02", "21900"),
                                                             "") "," NAMED("h", MONTHS("01", "01", "14600"), ""),
       NAMED("f", MONTHS("01", "01", "10950"), "") "," NAMED("g", MONTHS("01", "02", "21900"),
                                                             "") "," NAMED("h", MONTHS("01", "01", "14600"), ""),
       5},
      {/* what is missing later costs twice */
       NAMED("f", MONTHS("01", "01", "14600"), "") "," NAMED("g", MONTHS("01", "01", "14600"), ", \"shortfall_rate\": 2"),
       NAMED("f", MONTHS("01", "01", "10950"), "") "," NAMED("g", MONTHS("01", "01", "14600"), ", \"shortfall_rate\": 2"), 5},
      {/* a charge counts, and comes back */
       NAMED("f", MONTHS("01", "01", "14600"), CREDIT) "," NAMED("g", MONTHS("01", "01", "14600"), ""),
       NAMED("f", MONTHS("01", "01", "10950"), CREDIT) "," NAMED("g", MONTHS("01", "01", "14600"), ""), 5},
      {/* a small charge keeps the credit of a large one */
       FLOOR(MONTHS("01", "01", "29200") "," MONTHS("02", "02", "730"), CREDIT),
       FLOOR(MONTHS("01", "01", "29200") "," MONTHS("02", "02", "0"), CREDIT), 9},
  };
  for (int i = 0; i < COUNT(cases); i++) {
    double saved = total_of(busy, COUNT(busy), cases[i].loose) - total_of(busy, COUNT(busy), cases[i].tight);
    if (fabs(saved - cases[i].saved) > 1e-5) fail_msg("case %d: %.6f, not %.6f", i, saved, cases[i].saved);
  }
}

/* ---- exits ---- */

#define LEAVE(more) "{\"name\": \"x\", \"type\": \"exit\", \"contract\": \"f\", \"at\": \"2026-02\", \"fee\": 0.25" more "},"
#define PROMISE     FLOOR(MONTHS("01", "03", "43800") "," MONTHS("04", "04", "29200"), ", \"opening\": 730")
#define BLOCK                                                                                                                  \
  "{\"name\": \"f\", \"type\": \"reservation\", \"pool\": \"k\", \"accelerators\": 5, \"price\": 0.5, \"upfront\": 0.2}"

static void the_off_ramp_of_a_commitment_costs_a_share_of_what_is_left(void **state) {
  (void)state;
  const double busy[] = {10, 10, 10, 10};
  ledger x = run(1, busy, COUNT(busy), LEAVE("") PROMISE, "");
  BOOKS(x, exit, 0, (60 - 21 + 40) * 0.25, 0, 0);
  BOOKS(x, shortfall, 0, 0, 0, 0);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), LEAVE(", \"below\": 0.53") PROMISE, ""); /* 21 of a pace of 40 */
  BOOKS(x, exit, 0, 19.75, 0, 0);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), LEAVE(", \"below\": 0.52") PROMISE, "");
  BOOKS(x, exit, 0, 0, 0, 0);
  BOOKS(x, shortfall, 0, 0, 29, 30);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), LEAVE("") PROMISE, EVENT("suspend", "02", "1"));
  BOOKS(x, exit, 0, 0, 0, 0);
  given_free(&x.given);
}

static void the_off_ramp_of_a_reservation_costs_a_share_of_fees_to_come(void **state) {
  (void)state;
  const double busy[] = {2, 2, 2, 2};
  ledger x = run(1, busy, COUNT(busy), LEAVE(", \"below\": 0.41") BLOCK, "");
  BOOKS(x, reservation, 4, 2, 0, 0);
  BOOKS(x, exit, 0, 1, 0, 0);
  BOOKS(x, usage, 0, 0, 2, 2);
  given_free(&x.given);
  x = run(1, busy, COUNT(busy), LEAVE(", \"below\": 0.4") BLOCK, "");
  BOOKS(x, reservation, 4, 2, 2, 2);
  BOOKS(x, exit, 0, 0, 0, 0);
  given_free(&x.given);
}

/* ---- first refusals ---- */

/* A holder with room for 30 at $4 and a rival with 100 at $2; two workloads of 60 and 70, the first of them bound. */
static void a_first_refusal_is_matched_at_the_offer_or_the_own_price(void **state) {
  static const struct {
    const char *premium;
    double holder;
  } cases[] = {{"0", 60}, {"0.5", 90}, {"1", 120}, {"2", 120}};
  (void)state;
  for (int i = 0; i < COUNT(cases); i++) {
    ledger x = {
        .given = given_text(
            "{\"horizon\": {\"start\": \"2026-01\", \"months\": 1}, \"reference_accelerator\": \"a\", \"accelerators\": "
            "[{\"name\": \"a\"}], \"providers\": [{\"name\": \"h\"}, {\"name\": \"r\"}], \"workloads\": ["
            "{\"name\": \"w\", \"unmet_cost\": 3, \"speed\": {\"a\": 1}, \"demand\": 60},"
            "{\"name\": \"v\", \"unmet_cost\": 3, \"speed\": {\"a\": 1}, \"demand\": 70}], \"pools\": ["
            "{\"name\": \"own\", \"provider\": \"h\", \"accelerator\": \"a\", \"price\": 4, \"capacity\": 30},"
            "{\"name\": \"his\", \"provider\": \"r\", \"accelerator\": \"a\", \"price\": 2, \"capacity\": 100}],"
            "\"contracts\": [{\"name\": \"f\", \"type\": \"first_refusal\", \"provider\": \"h\", \"workloads\": [\"w\"], "
            "\"premium\": %s}]}",
            cases[i].premium)};
    assert_int_equal(ofr_trace_path(x.given.plan, 0, x.given.arena, &x.trace, NULL), OFFRAMP_OK);
    const ofr_trace_strategy *books = &x.trace->months[0].strategies[0];
    /* 30 of 60 matched; 60 of the rival's 100 are gone, so that the other workload finds 40 and leaves 30 */
    assert_true(fabs(dollars(&x, books->revenue[0]) - 730 * cases[i].holder) < 0.005);
    assert_true(fabs(dollars(&x, books->revenue[1]) - 730 * (60 + 80)) < 0.005);
    assert_true(fabs(dollars(&x, books->unmet) - 730 * 30 * 3) < 0.005);
    given_free(&x.given);
  }
}

/* The data of the work live with the rival at $1 an hour: the holder would have to give its pool away, and more. */
static void a_pool_whose_egress_is_above_the_offer_cannot_match(void **state) {
  (void)state;
  for (int offer = 0; offer < 2; offer++) {
    ledger x = {
        .given = given_text(
            "{\"horizon\": {\"start\": \"2026-01\", \"months\": 1}, \"reference_accelerator\": \"a\", \"accelerators\": "
            "[{\"name\": \"a\"}], \"providers\": [{\"name\": \"h\"}, {\"name\": \"r\", \"egress_per_gb\": 1}], \"workloads\": ["
            "{\"name\": \"w\", \"unmet_cost\": 3, \"speed\": {\"a\": 1}, \"demand\": 60, \"home\": \"r\", "
            "\"data_gb_per_hour\": 1}], \"pools\": ["
            "{\"name\": \"own\", \"provider\": \"h\", \"accelerator\": \"a\", \"price\": 4, \"capacity\": 100},"
            "{\"name\": \"his\", \"provider\": \"r\", \"accelerator\": \"a\", \"price\": %s, \"capacity\": 100}],"
            "\"contracts\": [{\"name\": \"f\", \"type\": \"first_refusal\", \"provider\": \"h\"}]}",
            offer ? "1.5" : "0.75")};
    assert_int_equal(ofr_trace_path(x.given.plan, 0, x.given.arena, &x.trace, NULL), OFFRAMP_OK);
    const ofr_trace_strategy *books = &x.trace->months[0].strategies[0];
    assert_true(fabs(dollars(&x, books->revenue[0]) - 730 * 60 * (offer ? 0.5 : 0)) < 0.005);
    assert_true(fabs(dollars(&x, books->revenue[1]) - 730 * 60 * (offer ? 1 : 0.75)) < 0.005);
    given_free(&x.given);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_tariff_in_bands_charges_each_unit_its_own_rate),
      cmocka_unit_test(a_tariff_in_bands_never_jumps_and_never_falls),
      cmocka_unit_test(all_units_pay_back_what_the_lower_tier_cost),
      cmocka_unit_test(a_yearly_discount_starts_anew_and_rests_while_suspended),
      cmocka_unit_test(a_charge_comes_back_as_credit_for_some_months),
      cmocka_unit_test(a_grant_comes_in_equal_parts),
      cmocka_unit_test(a_tighter_floor_may_be_the_cheaper_one),
      cmocka_unit_test(the_off_ramp_of_a_commitment_costs_a_share_of_what_is_left),
      cmocka_unit_test(the_off_ramp_of_a_reservation_costs_a_share_of_fees_to_come),
      cmocka_unit_test(a_first_refusal_is_matched_at_the_offer_or_the_own_price),
      cmocka_unit_test(a_pool_whose_egress_is_above_the_offer_cannot_match),
  };
  return cmocka_run_group_tests_name("clause ledgers", tests, NULL, NULL);
}
