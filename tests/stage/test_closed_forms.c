/* Plans whose answer is known without simulating: Black's formula for floors and for scarce capacity, moments of lognormal
 * spend, and small plans without any chance in them that are worked out by hand, to the micro-dollar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "given_plan.h"

/* ---- chance ---- */

static double normal(double x) { return 0.5 * erfc(-x * sqrt(0.5)); }

/* E[max(0, S - K)] of a lognormal S with mean F: Black, The pricing of commodity contracts, 1976. */
static double call(double mean, double sigma, double strike) {
  double d = log(mean / strike) / sigma + sigma / 2;
  return mean * normal(d) - strike * normal(d - sigma);
}

static double below(double mean, double sigma, double strike) { return normal(log(strike / mean) / sigma + sigma / 2); }

static void assert_close(const char *what, double found, double expected, double error) {
  if (!(fabs(found - expected) <= error)) fail_msg("%s is %.9g, not %.9g within %.2g", what, found, expected, error);
}

static void assert_mean(const char *what, const ofr_distribution *d, double expected) {
  assert_true(d->se > 0);
  assert_close(what, d->mean, expected, 4 * d->se);
}

static const ofr_distribution *metric(const ofr_result *r, int strategy, const char *name) {
  return given_metric(r, strategy, OFR_GROUP_METRIC, 0, name);
}

/* The first month has no demand, the second one's multiplier exp(0.3 Z - 0.045): a mean spend of $200 million. */
#define PATHS 1000000
#define SIGMA 0.3
#define RANDOM_HEAD                                                                                                            \
  JSON("horizon": {"start": "2026-01", "months": 2}, "simulation": {"paths": 1000000, "band_paths": 1},                        \
       "reference_accelerator": "a", "accelerators": [{"name": "a"}], "providers": [{"name": "p"}],                            \
       "factors": [{"name": "need", "volatility": 1.0392304845413265}, {"name": "cost", "volatility": 0.69282032302755092}],   \
       "correlations": [["need", "cost", 0.5]])
#define RANDOM_DEMAND                                                                                                          \
  JSON("workloads": [{"name": "w", "demand": {"points": [["2026-01", 0], ["2026-02", 100000]]}, "unmet_cost": 20,              \
                      "speed": {"a": 1}, "factors": {"need": 1}}])
#define PRICE 2.7397260273972601 /* 200e6 / (100000 x 730) */

static const ofr_result *run_small(given_plan *given) {
  ofr_run_options options = given_options();
  options.max_memory = (uint64_t)128 << 20;
  return given_run(given, &options);
}

static void a_floor_under_lognormal_spend_costs_cash_plus_a_call(void **state) {
  (void)state;
  given_plan given = given_text(
      "{" RANDOM_HEAD ", " RANDOM_DEMAND ", " JSON("pools": [{"name": "k", "provider": "p", "accelerator": "a",
           "price": 2.7397260273972601, "capacity": 1e9}],
      "contracts": [
        {"name": "low", "type": "commitment", "provider": "p", 
         "windows": [{"from": "2026-02", "to": "2026-02", "amount": 180e6}]},
        {"name": "high", "type": "commitment", "provider": "p", 
         "windows": [{"from": "2026-02", "to": "2026-02", "amount": 200e6}]},
        {"name": "half", "type": "commitment", "provider": "p", "shortfall_rate": 0.5,
         "windows": [{"from": "2026-02", "to": "2026-02", "amount": 200e6}]}],
      "strategies": [{"name": "low", "contracts": ["low"]}, {"name": "high", "contracts": ["high"]},
                     {"name": "half", "contracts": ["half"]}, {"name": "none", "contracts": []}]) "}");
  const ofr_result *r = run_small(&given);
  assert_close("the issue's 214.0258", 180 + call(200, SIGMA, 180), 214.0258, 5e-5);
  assert_close("the issue's 223.8471", 200 + call(200, SIGMA, 200), 223.8471, 5e-5);
  assert_close("the issue's 0.4203", below(200, SIGMA, 180), 0.4203, 5e-5);
  assert_mean("cost under a floor of 180", metric(r, 0, "total_cost"), 180e6 + 1e6 * call(200, SIGMA, 180));
  assert_mean("cost under a floor of 200", metric(r, 1, "total_cost"), 200e6 + 1e6 * call(200, SIGMA, 200));
  assert_mean("half the shortfall of 200", metric(r, 2, "total_cost"), 200e6 + 0.5e6 * call(200, SIGMA, 200));
  assert_mean("cost without a floor", metric(r, 3, "total_cost"), 200e6);
  assert_mean("shortfall under a floor of 180", metric(r, 0, "shortfall_cost"), 1e6 * (call(200, SIGMA, 180) - 20));
  for (int s = 0; s < 2; s++) {
    double p = below(200, SIGMA, s ? 200 : 180);
    const ofr_distribution *charge = given_metric(r, s, OFR_GROUP_COMMITMENT, s, "charge");
    assert_close("probability of a charge", (double)charge->positive / PATHS, p, 4 * sqrt(p * (1 - p) / PATHS));
  }
  given_free(&given);
}

static void lognormal_spend_has_its_quantiles_its_deviation_and_its_tails(void **state) {
  (void)state;
  static const double levels[OFR_QUANTILES] = {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};
  static const double z[OFR_QUANTILES] = {-2.3263478740408408, -1.6448536269514722, -1.2815515655446004,
                                          -0.67448975019608171, 0, 0.67448975019608171,
                                          1.2815515655446004, 1.6448536269514722, 2.3263478740408408};
  given_plan given = given_text("{" RANDOM_HEAD ", " RANDOM_DEMAND ", " JSON("pools": [
      {"name": "k", "provider": "p", "accelerator": "a", "price": 2.7397260273972601, "capacity": 1e9}]) "}");
  const ofr_result *r = run_small(&given);
  const ofr_distribution *cost = metric(r, 0, "total_cost");
  double square = SIGMA * SIGMA, e = exp(square), sd = 200e6 * sqrt(e - 1);
  double kurtosis = e * e * e * e + 2 * e * e * e + 3 * e * e - 3;
  assert_close("standard deviation", cost->sd, sd, 4 * sd * sqrt((kurtosis - 1) / 4 / PATHS));
  for (int q = 0; q < OFR_QUANTILES; q++) {
    double expected = 200e6 * exp(SIGMA * z[q] - square / 2), p = levels[q];
    double density = exp(-z[q] * z[q] / 2) / sqrt(2 * acos(-1)) / (SIGMA * expected);
    assert_close("a quantile", (double)cost->quantile[q] * r->money_quantum, expected, 4 * sqrt(p * (1 - p) / PATHS) / density);
  }
  /* the mean beyond a quantile: F N(sigma - z) / (1 - p); its error is that of E[max(0, S - q)] / (1 - p) */
  const double tails[2] = {cost->cvar95, cost->cvar99};
  for (int i = 0; i < 2; i++) {
    double p = levels[7 + i], q = 200e6 * exp(SIGMA * z[7 + i] - square / 2);
    double expected = 200e6 * normal(SIGMA - z[7 + i]) / (1 - p);
    double second = 200e6 * 200e6 * e * normal(2 * SIGMA - z[7 + i]) - 2 * q * expected * (1 - p) + q * q * (1 - p);
    double excess = (expected - q) * (1 - p);
    assert_close("a CVaR", tails[i], expected, 4 * sqrt((second - excess * excess) / PATHS) / (1 - p));
  }
  given_free(&given);
}

static void work_beyond_a_fixed_capacity_goes_unserved_as_a_call_on_demand(void **state) {
  (void)state;
  given_plan given = given_text("{" RANDOM_HEAD ", " RANDOM_DEMAND ", " JSON("pools": [
      {"name": "k", "provider": "p", "accelerator": "a", "price": 1, "capacity": 90000}]) "}");
  const ofr_result *r = run_small(&given);
  double beyond = call(100000, SIGMA, 90000);
  assert_mean("unmet cost", metric(r, 0, "unmet_cost"), beyond * 730 * 20);
  assert_mean("usage", metric(r, 0, "usage_cost"), (100000 - beyond) * 730);
  given_free(&given);
}

static void price_and_demand_that_rise_together_cost_more_than_their_means(void **state) {
  (void)state;
  given_plan given = given_text("{" RANDOM_HEAD ", " RANDOM_DEMAND ", " JSON("pools": [
      {"name": "k", "provider": "p", "accelerator": "a", "price": 2.7397260273972601, "capacity": 1e9,
       "factors": {"cost": 1.5}}]) "}");
  const ofr_result *r = run_small(&given);
  /* exp of the covariance of the two exponents: 0.3 x (0.2 x 1.5) x 0.5 */
  assert_mean("mean of price x demand", metric(r, 0, "cash_cost"), 200e6 * exp(0.045));
  given_free(&given);
}

/* ---- no chance ---- */

/* Money in micro-dollars, as integers; every path of these plans is alike. Prices are binary fractions and quantities whole
 * quanta (1/250,000 of 1000), so that nothing is rounded. */
static int64_t micro(double dollars) { return (int64_t)llround(dollars * 1e6); }

static void assert_distribution(const ofr_result *r, const ofr_distribution *d, const char *name, int64_t expected) {
  assert_true(r->money_quantum == 1e-6);
  if (d->min != expected || d->max != expected)
    fail_msg("%s is %lld to %lld, not %lld", name, (long long)d->min, (long long)d->max, (long long)expected);
}

static void assert_money(const ofr_result *r, int strategy, const char *name, double dollars) {
  assert_distribution(r, metric(r, strategy, name), name, micro(dollars));
}

static void assert_ratio(const ofr_result *r, int strategy, const char *name, int64_t billionths) {
  assert_distribution(r, metric(r, strategy, name), name, billionths);
}

static void assert_revenue(const ofr_result *r, int strategy, int provider, double dollars) {
  assert_distribution(r, given_metric(r, strategy, OFR_GROUP_PROVIDER, provider, "revenue"), "revenue", micro(dollars));
}

static void assert_commitment(const ofr_result *r, int strategy, int contract, double counted, double charge,
                              int64_t utilisation) {
  assert_distribution(r, given_metric(r, strategy, OFR_GROUP_COMMITMENT, contract, "counted"), "counted", micro(counted));
  assert_distribution(r, given_metric(r, strategy, OFR_GROUP_COMMITMENT, contract, "charge"), "charge", micro(charge));
  assert_distribution(r, given_metric(r, strategy, OFR_GROUP_COMMITMENT, contract, "utilisation"), "utilisation", utilisation);
}

#define FIXED(months, rate)                                                                                                    \
  JSON("horizon": {"start": "2026-01", "months": months, "discount_rate": rate}, "simulation": {"paths": 20},                  \
       "reference_accelerator": "a", "accelerators": [{"name": "a", "vendor": "v"}, {"name": "b", "vendor": "u"}],             \
       "providers": [{"name": "p", "egress_per_gb": 0.0625}, {"name": "q"}])

static void work_away_from_its_home_pays_egress_to_its_home(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(1, 0) ", " JSON(
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1}, "home": "p", "data_gb_per_hour": 2}],
    "pools": [{"name": "home", "provider": "p", "accelerator": "a", "price": 2.5, "capacity": 250},
              {"name": "away", "provider": "q", "accelerator": "a", "price": 2.375, "capacity": 5000}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* at home 2.5, away 2.375 + 2 x 0.0625 = 2.5: a tie, and home stands first in the plan */
  assert_money(r, 0, "usage_cost", 730 * (250 * 2.5 + 750 * 2.375));
  assert_money(r, 0, "egress_cost", 730 * 750 * 0.125);
  assert_revenue(r, 0, 0, 730 * (250 * 2.5 + 750 * 0.125));
  assert_revenue(r, 0, 1, 730 * 750 * 2.375);
  assert_money(r, 0, "unmet_cost", 0);
  assert_distribution(r, given_metric(r, 0, OFR_GROUP_PROVIDER, 1, "share"), "share of work", 750000000);
  given_free(&given);
}

static void duty_scales_what_is_used_but_not_what_is_held(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(1, 0) ", " JSON(
    "workloads": [{"name": "w", "demand": 800, "unmet_cost": 9, "speed": {"a": 1}, "duty": 0.25, "home": "q",
                   "data_gb_per_hour": 1},
                  {"name": "x", "demand": 500, "unmet_cost": 4, "speed": {"a": 1}, "home": "p", "data_gb_per_hour": 4}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2.5, "capacity": 1000},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 3.5, "capacity": 100}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* w holds 800 of k; x takes the 200 left and 100 of l at 3.5 + 0.25; 200 of x go unserved */
  assert_money(r, 0, "usage_cost", 730 * (800 * 0.25 * 2.5 + 200 * 2.5 + 100 * 3.5));
  assert_money(r, 0, "egress_cost", 730 * 100 * 0.25);
  assert_money(r, 0, "unmet_cost", 730 * 200 * 4.0);
  assert_ratio(r, 0, "served", 1000000000LL * (200 + 300) / (200 + 500));
  assert_distribution(r, given_metric(r, 0, OFR_GROUP_PROVIDER, 0, "share"), "share of work", 800000000);
  given_free(&given);
}

static void duty_scales_unserved_work_and_egress(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(1, 0) ", " JSON(
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1}, "duty": 0.25, "home": "p",
                   "data_gb_per_hour": 2}],
    "pools": [{"name": "l", "provider": "q", "accelerator": "a", "price": 3.5, "capacity": 600}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  assert_money(r, 0, "usage_cost", 730 * 600 * 0.25 * 3.5);
  assert_money(r, 0, "egress_cost", 730 * 600 * 0.25 * 0.125);
  assert_money(r, 0, "unmet_cost", 730 * 400 * 0.25 * 9);
  assert_ratio(r, 0, "served", 600000000);
  given_free(&given);
}

/* A rate of 100 % a year: months 0, 12 and 24 are worth 1, 1/2 and 1/4. Nothing happens in between. */
#define YEARLY(value)                                                                                                          \
  JSON({"points": [["2026-01", value], ["2026-02", 0], ["2027-01", value], ["2027-02", 0], ["2028-01", value]],                \
        "interpolate": "step"})

static void a_reservation_is_paid_whether_used_or_not_some_of_it_upfront(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(25, 1) ", "
    JSON("workloads": [{"name": "w", "unmet_cost": 9, "speed": {"a": 1}, "demand":) YEARLY(1000) "}],"
    JSON("pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2.5, "capacity": 60},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 7.5, "capacity": 10}],
    "contracts": [
      {"name": "r", "type": "reservation", "pool": "k", "accelerators": 900, "use_price": 0.25, "upfront": 0.5,
       "price":) YEARLY(1.5)
    JSON(}, {"name": "s", "type": "reservation", "pool": "l", "accelerators": 501, "lot": 100, "use_price": 8,
       "from": "2027-01", "to": "2027-12", "price":) YEARLY(1)
    JSON(}], "strategies": [{"name": "r", "contracts": ["r"]}, {"name": "both"}, {"name": "none", "contracts": []}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* r: 900 x 1.5 x 730 = 985500 falls due three times; half of their sum is paid at once, half of each as it falls due */
  double fees = 985500 * 1.5 + 985500 * 0.5 * (1 + 0.5 + 0.25), month = 730 * (900 * 0.25 + 60 * 2.5 + 10 * 7.5);
  assert_money(r, 0, "reservation_cost", fees);
  assert_money(r, 0, "nominal_cash", 3 * 985500 + 3 * month);
  assert_money(r, 0, "usage_cost", 1.75 * month);
  assert_money(r, 0, "unmet_cost", 1.75 * 730 * 30 * 9);
  assert_revenue(r, 0, 0, fees + 1.75 * 730 * (900 * 0.25 + 60 * 2.5));
  /* s: 600 accelerators after rounding up, in the second year alone, used at 8 by the last 30 there */
  assert_money(r, 1, "reservation_cost", fees + 0.5 * 600 * 730);
  assert_money(r, 1, "usage_cost", 1.75 * month + 0.5 * 730 * 30 * 8);
  assert_money(r, 1, "unmet_cost", 1.25 * 730 * 30 * 9);
  assert_money(r, 2, "reservation_cost", 0);
  assert_money(r, 2, "unmet_cost", 1.75 * 730 * 930 * 9);
  given_free(&given);
}

/* In a month, p earns 109500 in k and in m each, q earns 109500. */
#define STEADY                                                                                                                 \
  JSON("workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1}}],                                       \
       "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 0.25, "capacity": 600},                           \
                 {"name": "m", "provider": "p", "accelerator": "a", "price": 1.5, "capacity": 100},                            \
                 {"name": "l", "provider": "q", "accelerator": "a", "price": 0.5, "capacity": 300}])

static void a_window_across_the_horizon_keeps_the_part_that_lies_before_its_end(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(6, 0) ", " STEADY ", " JSON("contracts": [
      {"name": "c", "type": "commitment", "provider": "p", "opening": 800000, "shortfall_rate": 0.5,
       "windows": [{"from": "2025-07", "to": "2026-12", "amount": 3600000}]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* 12 of its 18 months: 2.4 million; 0.8 million were there, 6 x 219000 come, 286000 are short, half of that is charged */
  assert_money(r, 0, "usage_cost", 6 * 328500);
  assert_commitment(r, 0, 0, 1314000, 143000, 1000000000LL * 2114 / 2400);
  assert_money(r, 0, "shortfall_cost", 143000);
  assert_money(r, 0, "total_cost", 6 * 328500 + 143000);
  assert_revenue(r, 0, 0, 1314000 + 143000);
  given_free(&given);
}

static void windows_within_the_horizon_settle_one_by_one(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(25, 1) ", " STEADY ", " JSON("contracts": [
      {"name": "c", "type": "commitment", "provider": "p", "shortfall_rate": 1.5, "windows": [
        {"from": "2026-03", "to": "2026-04", "amount": 100000}, {"from": "2026-08", "to": "2027-01", "amount": 1400000},
        {"from": "2028-01", "to": "2028-06", "amount": 1500000}]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* the first is met; 1400000 - 6 x 219000 = 86000 short in month 12; 1500000 / 6 - 219000 = 31000 short in month 24, the
   * last */
  assert_commitment(r, 0, 0, 9 * 219000, 1.5 * (86000 + 31000), 1000000000LL * (100 + 1314 + 219) / 1750);
  assert_money(r, 0, "shortfall_cost", 1.5 * (0.5 * 86000 + 0.25 * 31000));
  assert_money(r, 0, "nominal_cash", 25 * 328500 + 1.5 * (86000 + 31000));
  given_free(&given);
}

static void what_counts_is_told_by_pools_and_by_fractions(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(2, 0) ", " STEADY ", " JSON("contracts": [
      {"name": "some", "type": "commitment", "provider": "p", "counts": {"k": 0.25}, "windows": [{"amount": 250000}]},
      {"name": "half", "type": "commitment", "provider": "p", "counts": 0.5, "windows": [{"amount": 300000}]},
      {"name": "one", "type": "commitment", "provider": "p", "pools": ["m"], "windows": [{"amount": 250000}]},
      {"name": "q", "type": "commitment", "provider": "q", "opening": 10000, "windows": [{"amount": 229000}]}],
    "strategies": [{"name": "0", "contracts": ["some"]}, {"name": "1", "contracts": ["half"]},
                   {"name": "2", "contracts": ["one"]}, {"name": "3", "contracts": ["q"]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  assert_commitment(r, 0, 0, 2 * (27375 + 109500), 0, 1000000000);
  assert_commitment(r, 1, 1, 219000, 81000, 730000000);
  assert_commitment(r, 2, 2, 219000, 31000, 876000000);
  assert_commitment(r, 3, 3, 219000, 0, 1000000000);
  assert_commitment(r, 3, 0, 0, 0, 1000000000); /* not signed */
  given_free(&given);
}

static void a_charge_counts_under_the_commitments_after_it_for_the_same_provider(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(4, 0) ", " STEADY ", " JSON("contracts": [
      {"name": "q", "type": "commitment", "provider": "q", "windows": [{"amount": 450000}]},
      {"name": "first", "type": "commitment", "provider": "p", "windows": [{"to": "2026-02", "amount": 450000}]},
      {"name": "whole", "type": "commitment", "provider": "p", "counts": 0.5, "windows": [{"amount": 600000}]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* first is short by 12000; whole counts 4 x 109500 and those 12000 in full: 150000 short; q's charge is not p's */
  assert_commitment(r, 0, 0, 438000, 12000, 1000000000LL * 438 / 450);
  assert_commitment(r, 0, 1, 438000, 12000, 1000000000LL * 438 / 450);
  assert_commitment(r, 0, 2, 450000, 150000, 750000000);
  assert_money(r, 0, "shortfall_cost", 174000);
  given_free(&given);
}

static void an_event_on_its_date_moves_price_capacity_demand_and_contracts(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(4, 0) ", " STEADY ", " JSON("contracts": [
      {"name": "c", "type": "commitment", "provider": "p", "windows": [{"amount": 1000000}]}],
    "events": [{"name": "e", "at": "2026-02", "duration": 2, "effects": [
        {"pools": ["m"], "price": 1.5, "capacity": 0.5}, {"workloads": "*", "demand": 1.25},
        {"contracts": "*", "suspend": true}]}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  /* in two of four months: demand 1250, of which 600 in k at 0.25, 300 in l at 0.5, 50 in m at 2.25, and 300 nowhere; half of
   * the amount and of the spend count */
  assert_money(r, 0, "usage_cost", 730 * 2 * (450 + 412.5));
  assert_money(r, 0, "unmet_cost", 730 * 2 * 300 * 9);
  assert_commitment(r, 0, 0, 438000, 62000, 876000000);
  given_free(&given);
}

static void faster_accelerators_serve_more_and_cost_less_of_the_work(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(1, 0) ", " JSON(
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "speed": {"a": 1, "b": 2}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 1000},
              {"name": "l", "provider": "q", "accelerator": "b", "price": 3, "capacity": 300}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  assert_money(r, 0, "usage_cost", 730 * (300 * 3 + 400 * 2));
  assert_distribution(r, given_metric(r, 0, OFR_GROUP_VENDOR, 1, "share"), "share of b's vendor", 600000000);
  /* squared shares of revenue: 9/17 and 8/17 */
  double x = 529411764e-9, y = 470588235e-9;
  assert_ratio(r, 0, "concentration", (int64_t)floor((x * x + y * y) * 1e9));
  assert_close("unit cost", metric(r, 0, "unit_cost")->mean, 1.7, 2e-9);
  given_free(&given);
}

static void unit_cost_is_right_when_hardly_anything_is_served(void **state) {
  (void)state;
  given_plan given = given_text("{" FIXED(1, 0) ", " JSON(
    "workloads": [{"name": "idle", "demand": 1000000, "unmet_cost": 0.5, "speed": {"a": 1}},
                  {"name": "w", "demand": 8, "unmet_cost": 9, "speed": {"a": 1}, "duty": 0.03125}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 1000}]) "}");
  const ofr_result *r = given_run(&given, NULL);
  assert_money(r, 0, "usage_cost", 730 * 8 * 0.03125 * 2);
  assert_close("unit cost", metric(r, 0, "unit_cost")->mean, 2, 2e-9);
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      {"a floor under lognormal spend costs cash plus a call", a_floor_under_lognormal_spend_costs_cash_plus_a_call, NULL,
       NULL, NULL},
      {"lognormal spend has its quantiles, its deviation and its tails",
       lognormal_spend_has_its_quantiles_its_deviation_and_its_tails, NULL, NULL, NULL},
      {"work beyond a fixed capacity goes unserved as a call on demand",
       work_beyond_a_fixed_capacity_goes_unserved_as_a_call_on_demand, NULL, NULL, NULL},
      {"price and demand that rise together cost more than their means",
       price_and_demand_that_rise_together_cost_more_than_their_means, NULL, NULL, NULL},
      {"work away from its home pays egress to its home", work_away_from_its_home_pays_egress_to_its_home, NULL, NULL, NULL},
      {"duty scales what is used but not what is held", duty_scales_what_is_used_but_not_what_is_held, NULL, NULL, NULL},
      {"duty scales unserved work and egress", duty_scales_unserved_work_and_egress, NULL, NULL, NULL},
      {"a reservation is paid whether used or not, some of it upfront",
       a_reservation_is_paid_whether_used_or_not_some_of_it_upfront, NULL, NULL, NULL},
      {"a window across the horizon keeps the part that lies before its end",
       a_window_across_the_horizon_keeps_the_part_that_lies_before_its_end, NULL, NULL, NULL},
      {"windows within the horizon settle one by one", windows_within_the_horizon_settle_one_by_one, NULL, NULL, NULL},
      {"what counts is told by pools and by fractions", what_counts_is_told_by_pools_and_by_fractions, NULL, NULL, NULL},
      {"a charge counts under the commitments after it for the same provider",
       a_charge_counts_under_the_commitments_after_it_for_the_same_provider, NULL, NULL, NULL},
      {"an event on its date moves price, capacity, demand and contracts",
       an_event_on_its_date_moves_price_capacity_demand_and_contracts, NULL, NULL, NULL},
      {"unit cost is right when hardly anything is served", unit_cost_is_right_when_hardly_anything_is_served, NULL, NULL,
           NULL},
      {"faster accelerators serve more and cost less of the work", faster_accelerators_serve_more_and_cost_less_of_the_work,
           NULL,
       NULL, NULL},
  };
  return cmocka_run_group_tests_name("closed forms", tests, NULL, NULL);
}
