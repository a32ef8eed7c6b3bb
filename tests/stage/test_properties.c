/* What must hold in every path of every plan, whatever its numbers: books that balance, shares that add up, ratios within
 * their range. On random plans, straight from a batch, in every CPU version; and all of these give the same bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../naive/random_plan.h"
#include "backend/backend.h"
#include "given_plan.h"

enum { PATHS = 37 /* no multiple of any bundle */, BILLION = 1000000000 };

static char plan_name[64]; /* of the plan under test, for messages */

/* All that a batch brings home. */
typedef struct harvest {
  const given_plan *given;
  const ofr_image *im;
  int64_t *columns; /* [strategies x columns][PATHS] */
  int64_t *bands;   /* [strategies x series x months][PATHS] */
  int64_t *sums;    /* [strategies x months x series][lanes] */
  int lanes; /* of a sum */
  size_t column_count, band_count, sum_count;
} harvest;

static harvest reap(const given_plan *given, const ofr_path_version *version) {
  const ofr_image *im = given->staged.image;
  harvest h = {.given = given, .im = im, .lanes = version->sums};
  size_t rows = (size_t)im->strategies * (size_t)im->months * (size_t)given->staged.series;
  int64_t clamped[16] = {0};
  h.column_count = (size_t)im->strategies * (size_t)given->staged.columns * PATHS;
  h.band_count = rows * PATHS;
  h.sum_count = rows * (size_t)version->sums;
  h.columns = malloc(h.column_count * sizeof *h.columns);
  h.bands = malloc(h.band_count * sizeof *h.bands);
  h.sums = calloc(h.sum_count, sizeof *h.sums);
  assert_true(h.columns && h.bands && h.sums);
  memset(h.columns, 0x5a, h.column_count * sizeof *h.columns); /* what is left unwritten shows */
  memset(h.bands, 0x5a, h.band_count * sizeof *h.bands);
  ofr_job job = {.path_low = 1000,
                 .paths = PATHS,
                 .points = 1,
                 .stride = PATHS,
                 .band_paths = PATHS,
                 .band_stride = PATHS,
                 .with_sums = 1};
  ofr_outputs outputs = {.columns = h.columns, .bands = h.bands, .sums = h.sums, .clamped = clamped};
  version->paths(im, &job, &outputs, 0, PATHS);
  return h;
}

static void discard(harvest *h) {
  free(h->columns);
  free(h->bands);
  free(h->sums);
}

static int64_t column(const harvest *h, int s, int c, int p) {
  return h->columns[(size_t)(s * h->given->staged.columns + c) * PATHS + (size_t)p];
}

static int64_t band(const harvest *h, int s, int series, int t, int p) {
  return h->bands[(size_t)((s * h->given->staged.series + series) * h->im->months + t) * PATHS + (size_t)p];
}

#define HOLDS(condition)                                                                                                       \
  do {                                                                                                                         \
    if (!(condition)) fail_msg("%s, strategy %d, path %d: " #condition, plan_name, s, p);                                      \
  } while (0)

static bool is_ratio(int64_t x) { return x >= 0 && x <= BILLION; }

static void costs_add_up(const harvest *h, int s, int p) {
  const ofr_plan *plan = h->given->plan;
  int64_t total = column(h, s, COLUMN_TOTAL, p), cash = column(h, s, COLUMN_CASH, p), unmet = column(h, s, COLUMN_UNMET, p);
  int64_t usage = column(h, s, COLUMN_USAGE, p), fees = column(h, s, COLUMN_RESERVATION, p);
  int64_t egress = column(h, s, COLUMN_EGRESS, p), shortfall = column(h, s, COLUMN_SHORTFALL, p);
  int64_t exits = h->im->exits > 0 ? column(h, s, EXIT_COST_COLUMN(h->im), p) : 0;
  int64_t grants = h->im->grants > 0 ? column(h, s, GRANT_COLUMN(h->im), p) : 0;
  HOLDS(fees >= 0 && egress >= 0 && shortfall >= 0 && unmet >= 0 && exits >= 0 && grants >= 0);
  HOLDS(usage >= 0 || h->im->has_signed);
  HOLDS(total == cash + unmet);
  HOLDS(cash == usage + fees + egress + shortfall + exits - grants);
  HOLDS(plan->discount_rate < 0 || h->im->has_signed || column(h, s, COLUMN_NOMINAL, p) >= cash);
  HOLDS(plan->discount_rate > 0 || h->im->reservations > 0 || column(h, s, COLUMN_NOMINAL, p) == cash);
  int64_t revenue = 0;
  for (int g = 0; g < h->im->providers; g++) revenue += column(h, s, COLUMN_FIXED + 2 * g, p);
  HOLDS(revenue == cash);
}

/* Shares are floored: what they lack of a whole is below one part per billion each. */
static void shares_add_up(const harvest *h, int s, int p) {
  int G = h->im->providers, V = h->im->vendors, first_vendor = COLUMN_FIXED + 2 * G;
  int64_t by_provider = 0, by_vendor = 0, served = column(h, s, COLUMN_SERVED, p), earned = 0;
  for (int g = 0; g < G; g++) {
    HOLDS(is_ratio(column(h, s, COLUMN_FIXED + 2 * g + 1, p)));
    HOLDS(column(h, s, COLUMN_FIXED + 2 * g, p) >= 0 || h->im->has_signed);
    if (column(h, s, COLUMN_FIXED + 2 * g, p) > 0) earned += column(h, s, COLUMN_FIXED + 2 * g, p);
    by_provider += column(h, s, COLUMN_FIXED + 2 * g + 1, p);
  }
  for (int v = 0; v < V; v++) {
    HOLDS(is_ratio(column(h, s, first_vendor + v, p)));
    by_vendor += column(h, s, first_vendor + v, p);
  }
  HOLDS(by_provider == 0 ? by_vendor == 0 : by_provider > BILLION - G && by_provider <= BILLION);
  HOLDS(by_vendor == 0 || (by_vendor > BILLION - V && by_vendor <= BILLION));
  HOLDS(is_ratio(served));
  HOLDS(by_provider == 0 || column(h, s, COLUMN_UNIT_COST, p) != OFR_MISSING);
  HOLDS(column(h, s, COLUMN_UNIT_COST, p) == OFR_MISSING || column(h, s, COLUMN_UNIT_COST, p) >= 0);
  int64_t concentration = column(h, s, COLUMN_CONCENTRATION, p);
  HOLDS(is_ratio(concentration));
  /* the flattest shares of G providers have 1 / G; each of G floored shares lost up to a billionth, twice in its square */
  HOLDS(earned >> h->im->ratio_shift == 0 ? concentration == 0 : concentration >= BILLION / G - 2 * G - 1);
}

static void commitments_hold(const harvest *h, int s, int p) {
  const ofr_plan *plan = h->given->plan;
  int c = COLUMN_FIXED + 2 * h->im->providers + h->im->vendors;
  int64_t charges = 0, shortfall = column(h, s, COLUMN_SHORTFALL, p);
  for (int i = 0; i < plan->contract_count; i++) {
    if (plan->contracts[i].type != OFR_COMMITMENT) continue;
    int64_t counted = column(h, s, c, p), charge = column(h, s, c + 1, p), utilisation = column(h, s, c + 2, p);
    HOLDS((counted >= 0 || h->im->has_signed) && charge >= 0 && is_ratio(utilisation));
    HOLDS(charge == 0 || utilisation < BILLION || h->im->ratio_shift > 0);
    HOLDS(charge == 0 || plan->contracts[i].shortfall_rate > 0);
    HOLDS(plan->strategies[s].signed_contracts[i] || (counted == 0 && charge == 0 && utilisation == BILLION));
    charges += charge;
    c += 3;
  }
  HOLDS(charges > 0 || shortfall == 0);
  HOLDS(plan->discount_rate < 0 || shortfall <= charges);
  HOLDS(plan->discount_rate > 0 || shortfall == charges);
}

/* Months and the whole path tell the same story. */
static void months_add_up(const harvest *h, int s, int p) {
  int64_t cash = 0, charges = 0, demand = 0, served = 0;
  for (int t = 0; t < h->im->months; t++) {
    int64_t revenue = 0, price = band(h, s, SERIES_PRICE, t, p), priced = band(h, s, SERIES_PRICED, t, p);
    for (int g = 0; g < h->im->providers; g++) {
      HOLDS(band(h, s, SERIES_FIXED + g, t, p) >= 0 || h->im->has_signed);
      revenue += band(h, s, SERIES_FIXED + g, t, p);
    }
    HOLDS(revenue == band(h, s, SERIES_CASH, t, p));
    HOLDS(band(h, s, SERIES_CHARGES, t, p) >= 0);
    HOLDS(band(h, s, SERIES_CHARGES, t, p) <= revenue || h->im->has_signed);
    HOLDS(band(h, s, SERIES_SERVED, t, p) >= 0 && band(h, s, SERIES_SERVED, t, p) <= band(h, s, SERIES_DEMAND, t, p));
    HOLDS(priced == 0 ? price == OFR_MISSING : priced == 1 && price >= 0);
    cash += revenue;
    charges += band(h, s, SERIES_CHARGES, t, p);
    demand += band(h, s, SERIES_DEMAND, t, p);
    served += band(h, s, SERIES_SERVED, t, p);
  }
  HOLDS(cash == column(h, s, COLUMN_NOMINAL, p));
  HOLDS(column(h, s, COLUMN_SERVED, p) == (demand ? (int64_t)((ofr_i128)served * BILLION / demand) : BILLION));
  HOLDS((served == 0) == (column(h, s, COLUMN_UNIT_COST, p) == OFR_MISSING));
  int64_t all = 0;
  for (int c = 0; c < h->im->commitments; c++)
    all += column(h, s, COLUMN_FIXED + 2 * h->im->providers + h->im->vendors + 3 * c + 1, p);
  HOLDS(charges == all);
}

/* Every strategy meets the same futures. */
static void demand_is_shared(const harvest *h, int s, int p) {
  for (int t = 0; t < h->im->months; t++) HOLDS(band(h, s, SERIES_DEMAND, t, p) == band(h, 0, SERIES_DEMAND, t, p));
}

static void sums_are_those_of_the_paths(const harvest *h) {
  int series = h->given->staged.series;
  for (int s = 0; s < h->im->strategies; s++)
    for (int t = 0; t < h->im->months; t++)
      for (int j = 0; j < series; j++) {
        bool money = j == SERIES_CASH || j == SERIES_CHARGES || j >= SERIES_FIXED;
        int64_t expected = 0, found = 0;
        for (int p = 0; p < PATHS; p++) {
          int64_t value = band(h, s, j, t, p);
          if (j == SERIES_PRICE && value == OFR_MISSING) value = 0;
          expected += !money ? value : value < 0 ? -(-value >> h->im->sum_shift) : value >> h->im->sum_shift;
        }
        const int64_t *lanes = h->sums + (size_t)((s * h->im->months + t) * series + j) * (size_t)h->lanes;
        for (int i = 0; i < h->lanes; i++) found += lanes[i];
        assert_int_equal(found, expected);
      }
}

static void check_plan(const given_plan *given) {
  harvest first = {0};
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
    harvest h = reap(given, *v);
    for (int s = 0; s < h.im->strategies; s++)
      for (int p = 0; p < PATHS; p++) {
        costs_add_up(&h, s, p);
        shares_add_up(&h, s, p);
        commitments_hold(&h, s, p);
        months_add_up(&h, s, p);
        demand_is_shared(&h, s, p);
      }
    sums_are_those_of_the_paths(&h);
    if (v == ofr_cpu_versions()) {
      first = h;
      continue;
    }
    assert_memory_equal(first.columns, h.columns, h.column_count * sizeof *h.columns);
    assert_memory_equal(first.bands, h.bands, h.band_count * sizeof *h.bands);
    discard(&h);
  }
  discard(&first);
}

static void check_random(uint64_t first, int count, bool large) {
  for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
    cJSON *json = random_plan(seed, large, RANDOM_EVERY_CLAUSE);
    char *text = cJSON_PrintUnformatted(json);
    given_plan given = given_text("%s", text);
    cJSON_free(text);
    cJSON_Delete(json);
    snprintf(plan_name, sizeof plan_name, "random plan %llu%s", (unsigned long long)seed, large ? ", large" : "");
    check_plan(&given);
    given_free(&given);
  }
}

static void small_plans_balance(void **state) {
  (void)state;
  check_random(1, 250, false);
}

static void large_plans_balance(void **state) {
  (void)state;
  check_random(5001, 12, true);
}

static void examples_balance(void **state) {
  static const char *const files[] = {"examples/openai-azure.json", "examples/anthropic-two-clouds.json",
                                      "examples/enterprise.json",   "examples/reference-size.json",
                                      "tests/plans/interface.json", "tests/plans/clauses.json"};
  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    given_plan given = given_file(files[i], 100, 1);
    snprintf(plan_name, sizeof plan_name, "%s", files[i]);
    check_plan(&given);
    given_free(&given);
  }
}

/* `test_properties FIRST COUNT` checks COUNT random plans from seed FIRST on instead, for long runs by hand. */
static uint64_t by_hand[2];

static void plans_by_hand_balance(void **state) {
  (void)state;
  check_random(by_hand[0], (int)by_hand[1], false);
  check_random(by_hand[0], (int)(by_hand[1] + 7) / 8, true);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      {"every path of small random plans balances", small_plans_balance, NULL, NULL, NULL},
      {"every path of larger random plans balances", large_plans_balance, NULL, NULL, NULL},
      {"every path of the examples balances", examples_balance, NULL, NULL, NULL},
  };
  const struct CMUnitTest hand[] = {{"every path of these plans balances", plans_by_hand_balance, NULL, NULL, NULL}};
  if (argc == 3) {
    for (int i = 0; i < 2; i++) by_hand[i] = strtoull(argv[1 + i], NULL, 10);
    return cmocka_run_group_tests_name("properties", hand, NULL, NULL);
  }
  return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
