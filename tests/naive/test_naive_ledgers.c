/* The naive model itself, against ledgers worked out by hand: each clause alone, in a world where a month's spend is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "naive.h"

enum { MOST = 40, HOURS = NAIVE_HOURS };

/* Months' books of one plan with one strategy and nothing random: all weather is what the curves say. */
typedef struct ledger {
  cJSON *json;
  naive_plan plan;
  naive_books books[MOST];
} ledger;

static ledger x; /* of the test that runs */

static bool is_active(const cJSON *event, int t) {
  int at = naive_month_of(&x.plan, cJSON_GetObjectItemCaseSensitive(event, "at")->valuestring);
  return t >= at && t < at + cJSON_GetObjectItemCaseSensitive(event, "duration")->valueint;
}

static naive_inputs weather(int t) {
  naive_inputs in = {0};
  for (int w = 0; w < x.plan.workload_count; w++)
    in.demand[w] = naive_curve(&x.plan, cJSON_GetObjectItemCaseSensitive(x.plan.workloads[w].json, "demand"), t);
  for (int k = 0; k < x.plan.pool_count; k++) {
    in.price[k] = naive_curve(&x.plan, cJSON_GetObjectItemCaseSensitive(x.plan.pools[k].json, "price"), t);
    in.capacity[k] = naive_curve(&x.plan, cJSON_GetObjectItemCaseSensitive(x.plan.pools[k].json, "capacity"), t);
  }
  for (int e = 0; e < x.plan.event_count; e++) in.active[e] = is_active(x.plan.events[e], t);
  return in;
}

static void forget(void) {
  cJSON_Delete(x.json);
  x.json = NULL;
}

static void run(const char *text) {
  naive_state state = {0};
  forget();
  x.json = cJSON_Parse(text);
  if (!x.json) fail_msg("this is no JSON: %s", text);
  naive_read(x.json, &x.plan);
  for (int t = 0; t < x.plan.months; t++) {
    naive_inputs in = weather(t);
    naive_month(&x.plan, 0, t, &in, 1e-9, &state, &x.books[t]);
  }
}

/* One provider, one pool at $1, one workload: spends[t] x 730 dollars in month t. Spends are in units of $730. */
static void run_spends(const double *spends, int months, const char *contracts, const char *events) {
  char text[8192];
  int n = snprintf(text, sizeof text,
                   "{\"horizon\": {\"start\": \"2026-01\", \"months\": %d}, \"providers\": [{\"name\": \"p\"}],"
                   "\"workloads\": [{\"name\": \"w\", \"unmet_cost\": 9, \"speed\": {\"a\": 1}, \"demand\": {\"points\": [",
                   months);
  for (int t = 0; t < months; t++)
    n += snprintf(text + n, sizeof text - (size_t)n, "%s[\"%d-%02d\", %.17g]", t ? ", " : "", 2026 + t / 12, t % 12 + 1,
                  spends[t]);
  snprintf(text + n, sizeof text - (size_t)n,
           "]}}], \"pools\": [{\"name\": \"k\", \"provider\": \"p\", \"accelerator\": \"a\", \"price\": 1, \"capacity\": 1e9}],"
           "\"contracts\": [%s], \"events\": [%s], \"strategies\": [{\"name\": \"s\"}]}",
           contracts, events);
  run(text);
}

static void expect(const char *what, int t, double found, double expected) {
  if (fabs(found - expected) > 1e-6 * fmax(1, fabs(expected)))
    fail_msg("%s in month %d: %.9g, not %.9g", what, t, found, expected);
}

/* Units of $730. */
static void expect_all(const char *what, const double *found, size_t stride, const double *expected, int months) {
  for (int t = 0; t < months; t++)
    expect(what, t, *(const double *)((const char *)found + (size_t)t * stride) / HOURS, expected[t]);
}

#define EXPECT(field, ...)                                                                                                     \
  do {                                                                                                                         \
    const double expected[] = {__VA_ARGS__};                                                                                   \
    expect_all(#field, &x.books[0].field, sizeof(naive_books), expected, (int)(sizeof expected / sizeof *expected));           \
  } while (0)

static double total(void) {
  double sum = 0;
  for (int t = 0; t < x.plan.months; t++) {
    const naive_books *b = &x.books[t];
    double revenue = 0, cash = b->usage + b->reservation + b->egress + b->shortfall + b->exit - b->grants;
    for (int p = 0; p < x.plan.provider_count; p++) revenue += b->revenue[p];
    expect("revenue", t, revenue, cash);
    sum += cash;
  }
  return sum / HOURS;
}

#define COUNT(array) (int)(sizeof array / sizeof *array)
#define FLOOR(name, windows, more)                                                                                             \
  "{\"name\": \"" name "\", \"type\": \"commitment\", \"provider\": \"p\", \"windows\": [" windows "]" more "}"
#define MONTHS(from, to, units) "{\"from\": \"2026-" from "\", \"to\": \"2026-" to "\", \"amount\": " units "}"
#define EVENT(effect, at, duration)                                                                                            \
  "{\"name\": \"e\", \"at\": \"2026-" at "\", \"duration\": " duration ", \"effects\": [{\"contracts\": \"*\", \"" effect      \
  "\": true}]}"

static void five_floors_with_deferral(void **state) {
  (void)state;
  const double spends[] = {350, 380, 400, 500, 390};
  run_spends(spends, COUNT(spends),
             FLOOR("f",
                   MONTHS("01", "01", "292000") "," MONTHS("02", "02", "292000") "," MONTHS("03", "03", "292000") "," MONTHS(
                       "04", "04", "292000") "," MONTHS("05", "05", "292000"),
                   ", \"deferral\": 0.15"),
             "");
  EXPECT(deferred[0], 50, 60, 60, 0, 0);
  EXPECT(charge[0], 0, 10, 0, 0, 10);
  expect("total", 0, total(), 2040);
}

static void annual_and_cumulative_floors(void **state) {
  (void)state;
  const double spends[] = {70, 90, 100};
  run_spends(spends, COUNT(spends),
             FLOOR("f", MONTHS("01", "01", "58400") "," MONTHS("02", "02", "58400") "," MONTHS("03", "03", "58400"),
                   "") "," FLOOR("g", MONTHS("01", "03", "219000"), ""),
             "");
  EXPECT(charge[0], 10, 0, 0);
  EXPECT(charge[1], 0, 0, 30);
  EXPECT(counted[1], 80, 170, 270);
  expect("total", 0, total(), 300);
}

static void rising_floors(void **state) {
  (void)state;
  const double spends[] = {100, 140, 215, 300, 300};
  run_spends(spends, COUNT(spends),
             FLOOR("f",
                   MONTHS("01", "01", "65700") "," MONTHS("02", "02", "109500") "," MONTHS("03", "03", "156950") "," MONTHS(
                       "04", "04", "204400") "," MONTHS("05", "05", "254770"),
                   ""),
             "");
  EXPECT(charge[0], 0, 10, 0, 0, 49);
  expect("total", 0, total(), 1114);
}

/* Units at 0.0875 up to 10,240, at 0.083 up to 51,200, at 0.07 beyond, bought in one month or in three. */
static double tariff(double units, const char *basis, int months) {
  char discount[512];
  double spends[MOST], usage = 0;
  for (int t = 0; t < months; t++) spends[t] = units * 0.0875 / HOURS / months;
  snprintf(discount, sizeof discount,
           "{\"name\": \"d\", \"type\": \"discount\", \"provider\": \"p\", \"basis\": \"%s\", \"tiers\": "
           "[[0, 0], [896, %.17g], [4480, 0.2]]}",
           basis, 1 - 0.083 / 0.0875);
  run_spends(spends, months, discount, "");
  for (int t = 0; t < months; t++) usage += x.books[t].usage;
  return usage;
}

static void a_marginal_tariff(void **state) {
  static const double known[][2] = {{10240, 896}, {51200, 4295.68}, {60000, 4911.68}, {153600, 11463.68}};
  (void)state;
  for (int i = 0; i < COUNT(known); i++)
    for (int months = 1; months < 6; months++) expect("tariff", i, tariff(known[i][0], "marginal", months), known[i][1]);
  double before = 0;
  for (int units = 500; units < 70000; units += 500) {
    double cost = tariff(units, "marginal", 2);
    assert_true(cost - before <= 500 * 0.0875 + 1e-6 && cost - before >= 500 * 0.07 - 1e-6);
    before = cost;
  }
}

static void all_units_pay_back_what_the_lower_tier_cost(void **state) {
  (void)state;
  const double spends[] = {60, 30, 20, 5};
  run_spends(spends, COUNT(spends),
             "{\"name\": \"d\", \"type\": \"discount\", \"provider\": \"p\", \"basis\": \"all_units\", \"tiers\": "
             "[[0, 0], [65700, 0.3], [80300, 0.5]]}",
             "");
  /* 60; then 90 x 0.7 = 63; then 110 x 0.5 = 55, which pays back 8; then half price */
  EXPECT(usage, 60, 3, -8, 2.5);
  EXPECT(listed[0], 60, 90, 110, 115);
  EXPECT(saved[0], 0, 27, 28, 2.5);
}

static void a_discount_of_the_year_starts_anew_and_rests_while_suspended(void **state) {
  (void)state;
  double spends[16];
  for (int t = 0; t < 16; t++) spends[t] = 10;
  run_spends(spends, 16,
             "{\"name\": \"d\", \"type\": \"discount\", \"provider\": \"p\", \"period\": \"year\", \"from\": \"2026-03\", "
             "\"tiers\": [[0, 0], [14600, 0.5]]}",
             EVENT("suspend", "05", "2"));
  EXPECT(usage, 10, 10, 10, 10, 10, 10, 5, 5, 5, 5, 5, 5, 5, 5, 10, 10);
  EXPECT(listed[0], 0, 0, 10, 20, 20, 20, 30, 40, 50, 60, 70, 80, 90, 100, 10, 20);
}

static void a_charge_comes_back_as_credit_for_some_months(void **state) {
  (void)state;
  const double spends[] = {5, 4, 4, 4};
  run_spends(spends, COUNT(spends),
             FLOOR("f", MONTHS("01", "01", "10950") "," MONTHS("02", "04", "0"), ", \"credit_months\": 2"), "");
  EXPECT(charge[0], 10, 0, 0, 0);
  EXPECT(usage, 5, 0, 0, 4);
  EXPECT(counted[0], 5, 0, 0, 4);
  EXPECT(credit[0], 10, 6, 0, 0);
  run_spends(spends, COUNT(spends),
             FLOOR("f", MONTHS("01", "01", "10950") "," MONTHS("02", "04", "0"), ", \"credit_months\": 2"),
             EVENT("suspend", "02", "1"));
  EXPECT(usage, 5, 4, 0, 4);
  run_spends(spends, COUNT(spends),
             FLOOR("f", MONTHS("01", "01", "10950") "," MONTHS("02", "04", "0"), ", \"credit_months\": 2"),
             EVENT("void", "03", "1"));
  EXPECT(usage, 5, 0, 4, 4);
}

static void grants_come_in_equal_parts(void **state) {
  static const char *const kinds[] = {"cash", "credit"};
  (void)state;
  const double spends[] = {1, 5, 0, 5, 5};
  for (int credit = 0; credit < 2; credit++) {
    char grant[256];
    snprintf(grant, sizeof grant,
             "{\"name\": \"g\", \"type\": \"grant\", \"provider\": \"p\", \"kind\": \"%s\", \"amount\": 8760, \"from\": "
             "\"2025-12\", \"to\": \"2026-03\"}",
             kinds[credit]);
    run_spends(spends, COUNT(spends), grant, "");
    if (!credit) {
      EXPECT(grants, 3, 3, 3, 0, 0);
      EXPECT(revenue[0], -2, 2, -3, 5, 5);
      continue;
    }
    EXPECT(usage, 0, 0, 0, 2, 5);
    EXPECT(credit[0], 2, 0, 3, 0, 0);
    run_spends(spends, COUNT(spends), grant, EVENT("suspend", "02", "1"));
    EXPECT(usage, 0, 5, 0, 0, 5);
    run_spends(spends, COUNT(spends), grant, EVENT("void", "04", "1"));
    EXPECT(usage, 0, 0, 0, 5, 5);
  }
}

static void the_off_ramp_of_a_commitment_costs_a_share_of_what_is_left(void **state) {
  (void)state;
  const double spends[] = {10, 10, 10, 10};
#define LEAVE(more) "{\"name\": \"x\", \"type\": \"exit\", \"contract\": \"f\", \"at\": \"2026-02\", \"fee\": 0.25" more "},"
#define PROMISE     FLOOR("f", MONTHS("01", "03", "43800") "," MONTHS("04", "04", "29200"), ", \"opening\": 730")
  run_spends(spends, COUNT(spends), LEAVE("") PROMISE, "");
  EXPECT(exit, 0, (60 - 21 + 40) * 0.25, 0, 0);
  EXPECT(shortfall, 0, 0, 0, 0);
  assert_true(x.books[1].exited[1] && !x.books[0].exited[1] && !x.books[2].exited[1]);
  /* 21 of a pace of 40: below 0.53 of it, not below 0.52 */
  run_spends(spends, COUNT(spends), LEAVE(", \"below\": 0.53") PROMISE, "");
  EXPECT(exit, 0, 19.75, 0, 0);
  run_spends(spends, COUNT(spends), LEAVE(", \"below\": 0.52") PROMISE, "");
  EXPECT(exit, 0, 0, 0, 0);
  EXPECT(shortfall, 0, 0, 29, 30);
  run_spends(spends, COUNT(spends), LEAVE("") PROMISE, EVENT("suspend", "02", "1"));
  EXPECT(exit, 0, 0, 0, 0);
}

static void the_off_ramp_of_a_reservation_costs_a_share_of_fees_to_come(void **state) {
  (void)state;
  const double spends[] = {2, 2, 2, 2};
#define BLOCK(more) "{\"name\": \"f\", \"type\": \"reservation\", \"pool\": \"k\", \"accelerators\": 5, \"price\": 0.5" more "}"
  run_spends(spends, COUNT(spends), LEAVE(", \"below\": 0.41") BLOCK(", \"upfront\": 0.2"), "");
  EXPECT(reservation, 4, 2, 0, 0);
  EXPECT(exit, 0, 1, 0, 0);
  EXPECT(usage, 0, 0, 2, 2);
  run_spends(spends, COUNT(spends), LEAVE(", \"below\": 0.4") BLOCK(", \"upfront\": 0.2"), "");
  EXPECT(reservation, 4, 2, 2, 2);
  EXPECT(exit, 0, 0, 0, 0);
}

/* A holder with room for 30 at $4, after a rival with 100 at $2: what comes at the offer, at the own price, to the rival. */
static void a_first_refusal_is_matched(void **state) {
  (void)state;
  static const struct {
    double premium, holder_price, holder_usage, rival_usage;
    bool at_offer;
  } cases[] = {{0, 4, 60, 60, true}, {0.5, 4, 90, 60, true}, {1, 4, 120, 60, false}, {2, 4, 120, 60, false}};
  for (int i = 0; i < COUNT(cases); i++) {
    char text[2048];
    snprintf(text, sizeof text,
             "{\"horizon\": {\"start\": \"2026-01\", \"months\": 1}, \"providers\": [{\"name\": \"h\"}, {\"name\": \"r\"}],"
             "\"workloads\": [{\"name\": \"w\", \"unmet_cost\": 3, \"speed\": {\"a\": 1}, \"demand\": 60},"
             "{\"name\": \"v\", \"unmet_cost\": 3, \"speed\": {\"a\": 1}, \"demand\": 70}], \"pools\": ["
             "{\"name\": \"own\", \"provider\": \"h\", \"accelerator\": \"a\", \"price\": %g, \"capacity\": 30},"
             "{\"name\": \"his\", \"provider\": \"r\", \"accelerator\": \"a\", \"price\": 2, \"capacity\": 100}],"
             "\"contracts\": [{\"name\": \"f\", \"type\": \"first_refusal\", \"provider\": \"h\", \"workloads\": [\"w\"], "
             "\"premium\": %g}], \"strategies\": [{\"name\": \"s\"}]}",
             cases[i].holder_price, cases[i].premium);
    run(text);
    const naive_books *b = &x.books[0];
    /* 30 of 60 matched; 60 of the rival's 100 are gone, so the other workload finds 40 and leaves 30 */
    expect("matched", 0, b->matched[0][0], cases[i].at_offer ? 30 : 0);
    expect("ordinary", 0, b->placed[0][0][0], cases[i].at_offer ? 0 : 30);
    expect("rival", 0, b->placed[0][1][0], 30);
    expect("unserved", 0, b->unserved[1], 30);
    expect("holder", i, b->revenue[0] / HOURS, cases[i].holder_usage);
    expect("rival's", i, b->revenue[1] / HOURS, cases[i].rival_usage + 80);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(five_floors_with_deferral),
      cmocka_unit_test(annual_and_cumulative_floors),
      cmocka_unit_test(rising_floors),
      cmocka_unit_test(a_marginal_tariff),
      cmocka_unit_test(all_units_pay_back_what_the_lower_tier_cost),
      cmocka_unit_test(a_discount_of_the_year_starts_anew_and_rests_while_suspended),
      cmocka_unit_test(a_charge_comes_back_as_credit_for_some_months),
      cmocka_unit_test(grants_come_in_equal_parts),
      cmocka_unit_test(the_off_ramp_of_a_commitment_costs_a_share_of_what_is_left),
      cmocka_unit_test(the_off_ramp_of_a_reservation_costs_a_share_of_fees_to_come),
      cmocka_unit_test(a_first_refusal_is_matched),
  };
  int failures = cmocka_run_group_tests_name("naive ledgers", tests, NULL, NULL);
  forget();
  return failures;
}
