/* The proof of a bound against its adversary: placements of whole accelerators, many of them, whose sums in float32 and whose hours
 * are rounded just as the books do it. None costs less than the bound; some cost less than it would be without its allowance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "stage/bound_paths.h"
#include "stage/given_plan.h"

__extension__ typedef unsigned __int128 u128;

enum { POOLS = 4, WORLDS = 20, TRIALS = 800000 };

static uint64_t state_of_dice = 5;

static uint64_t roll(void) { /* splitmix64 */
  uint64_t z = state_of_dice += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* One month, one workload, four pools that cost the same for the work they do, or nearly. */
static given_plan given_world(double demand, double duty, const double *speed, const double *price) {
  return given_text(
      "{" JSON("horizon": {"start": "2026-01", "months": 1}, "reference_accelerator": "a", "simulation": {"paths": 1},
               "accelerators": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}], "providers": [{"name": "p"}]) ", "
      "\"workloads\": [{\"name\": \"w\", \"demand\": %.17g, \"unmet_cost\": 9, \"duty\": %.17g, "
      "\"speed\": {\"a\": %.17g, \"b\": %.17g, \"c\": %.17g, \"d\": %.17g}}], \"pools\": ["
      "{\"name\": \"k\", \"provider\": \"p\", \"accelerator\": \"a\", \"price\": %.17g, \"capacity\": %.17g}, "
      "{\"name\": \"l\", \"provider\": \"p\", \"accelerator\": \"b\", \"price\": %.17g, \"capacity\": %.17g}, "
      "{\"name\": \"m\", \"provider\": \"p\", \"accelerator\": \"c\", \"price\": %.17g, \"capacity\": %.17g}, "
      "{\"name\": \"n\", \"provider\": \"p\", \"accelerator\": \"d\", \"price\": %.17g, \"capacity\": %.17g}]}",
      demand, duty, speed[0], speed[1], speed[2], speed[3], price[0], 0.4 * demand / speed[0], price[1], 0.4 * demand / speed[1],
      price[2], 0.4 * demand / speed[2], price[3], 0.4 * demand / speed[3]);
}

#define TABLE_AT(type, im, name) ((const type *)(const void *)((const uint32_t *)(im) + (im)->name))

/* What it costs in the books; `taken` accelerators of each pool. */
static int64_t booked(const ofr_image *im, const float *taken) {
  const float *speed = TABLE_AT(float, im, speed), *price = TABLE_AT(float, im, price), *scale = TABLE_AT(float, im, price_scale);
  float served = 0, duty = TABLE_AT(float, im, duty)[0];
  int64_t cost = 0;
  for (int k = 0; k < POOLS; k++) {
    uint32_t hours = (uint32_t)(fmaf(taken[k], duty, 0) * WORK_FRACTION);
    served = fmaf(taken[k], speed[k], served);
    cost += (int64_t)(((uint64_t)hours * (uint32_t)(price[k] * scale[k])) >> TABLE_AT(int, im, price_shift)[k]);
  }
  uint32_t missing = (uint32_t)(fmaxf(rintf(TABLE_AT(float, im, demand)[0]) - served, 0) * WORK_FRACTION);
  uint64_t unmet = ((uint64_t)missing * TABLE_AT(uint32_t, im, unmet_rate)[0]) >> TABLE_AT(int, im, unmet_shift)[0];
  return cost + (int64_t)((unmet * (u128)TABLE_AT(uint32_t, im, duty_fraction)[0]) >> FRACTION_BITS);
}

/* Three pools by chance, and of the fourth as many whole accelerators as there is still work for. */
static int64_t least_by_trial(const ofr_image *im) {
  const float *speed = TABLE_AT(float, im, speed), *capacity = TABLE_AT(float, im, capacity);
  double demand = (double)rintf(TABLE_AT(float, im, demand)[0]);
  int64_t least = INT64_MAX;
  for (int trial = 0; trial < TRIALS; trial++) {
    int last = (int)(roll() % POOLS);
    float taken[POOLS];
    double left = demand;
    for (int k = 0; k < POOLS; k++) {
      if (k == last) continue;
      uint64_t most = (uint64_t)fmax(0, fmin((double)capacity[k], left / (double)speed[k]));
      taken[k] = (float)(roll() % 3 ? most - roll() % (most / 8 + 1) : roll() % (most + 1));
      left -= (double)taken[k] * (double)speed[k];
    }
    taken[last] = (float)floor(fmax(0, fmin((double)capacity[last], left / (double)speed[last])));
    int64_t cost = booked(im, taken);
    if (cost < least) least = cost;
  }
  return least;
}

/* Counts in `below` where the least found would lie below the bound if that allowed nothing for hours. */
static void try_world(double duty, double spread, int *below) {
  double speed[POOLS], price[POOLS];
  for (int k = 0; k < POOLS; k++) {
    speed[k] = 0.5 + (double)(roll() % 2500) / 1000;
    price[k] = speed[k] * (2 + spread * (double)(roll() % 1000));
  }
  given_plan given = given_world(300 + (double)(roll() % 9000), duty, speed, price);
  ofr_run_options options = ofr_run_defaults();
  ofr_bound_result *r;
  offramp_error error = {0};
  if (ofr_bound(given.plan, &options, given.arena, &r, &error) != OFFRAMP_OK) fail_msg("%s: %s", error.place, error.message);
  int64_t least = least_by_trial(given.staged.image);
  if (least < r->lower[0]) fail_msg("%lld is below the bound %lld", (long long)least, (long long)r->lower[0]);
  *below += least < r->lower[0] + r->rounding[0];
  given_free(&given);
}

static void no_placement_is_rounded_below_the_bound(void **state) {
  static const double duties[] = {1, 0.85, 0.9, 0.37};
  int below = 0;
  (void)state;
  for (int i = 0; i < WORLDS; i++) try_world(duties[i % 4], i % 5 ? 0 : 1e-9, &below);
  assert_true(below >= 2); /* the allowance is needed */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_placement_is_rounded_below_the_bound)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
