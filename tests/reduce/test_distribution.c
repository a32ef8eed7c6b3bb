/* The distiller against sorting, over shapes of columns that have made trouble or might. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "brute_force.h"
#include "reduce/distribution.h"

enum { LARGEST = 100000, SHAPES = 19 };
static const int64_t limit = ((int64_t)1 << 62) - 1;
static int64_t column[LARGEST];

static int64_t below(uint64_t *state, uint64_t n) { return (int64_t)(brute_random(state) % n); }

static int64_t bell(uint64_t *state, int64_t width) { /* nearly normal: a sum of twelve */
  int64_t sum = 0;
  for (int i = 0; i < 12; i++) sum += below(state, (uint64_t)width) - width / 2;
  return sum;
}

static int64_t wild(uint64_t *state) { /* uniform in its logarithm */
  int64_t value = (int64_t)(brute_random(state) >> 2 >> below(state, 62));
  return brute_random(state) & 1 ? value : -value;
}

static int64_t draw(int shape, uint64_t *s, size_t i) {
  switch (shape) {
  case 0: return 0;
  case 1: return -limit;
  case 2: return below(s, 2);
  case 3: return below(s, 10) - 5;
  case 4: return below(s, 3000); /* just more values than bins */
  case 5: return below(s, 1000000) - 900000;
  case 6: return (int64_t)50000000000000000 + bell(s, 10000000000000000);
  case 7: return wild(s);
  case 8: return below(s, 100) < 60 ? 0 : 1 + below(s, 1000000000000);         /* no charge, mostly */
  case 9: return below(s, 100) < 90 ? 1000000000 : below(s, 1000000000);       /* everything served, mostly */
  case 10: return below(s, 10) == 0 ? 500000 : below(s, 1000000);              /* a point mass in the middle */
  case 11: return below(s, 100) == 0 ? limit - below(s, 1000) : bell(s, 1000); /* one in a hundred is wild */
  case 12: return below(s, 100) == 0 ? -limit + below(s, 1000) : bell(s, 1000);
  case 13: return brute_random(s) & 1 ? limit : -limit;
  case 14: return (int64_t)(brute_random(s) >> 1) - limit - 1 == -limit - 1 ? 0 : (int64_t)(brute_random(s) >> 2) * 2 - limit;
  case 15: return below(s, 20) == 0 ? OFR_MISSING : bell(s, 1000000);
  case 16: return i % 700 < 650 ? OFR_MISSING : wild(s); /* whole tiles of nothing */
  case 17: return OFR_MISSING;
  default: return (int64_t)i * 12345; /* in order */
  }
}

static void fill(int shape, size_t count, uint64_t seed) {
  uint64_t state = seed * 1000 + (uint64_t)shape;
  for (size_t i = 0; i < count; i++) column[i] = draw(shape, &state, i);
}

static int distil(ofr_distiller *d, const int64_t *values, size_t count, bool low_is_worse, double scale,
                  ofr_distribution *out) {
  int passes = 0;
  ofr_pass pass;
  ofr_distiller_reset(d, low_is_worse);
  do {
    ofr_distiller_feed(d, values, count);
    pass = ofr_distiller_end_pass(d);
    passes++;
  } while (pass == OFR_PASS_AGAIN);
  assert_int_equal(pass, OFR_PASS_DONE);
  ofr_distiller_finish(d, scale, out);
  return passes;
}

static void assert_as_sorted(ofr_distiller *d, size_t count, bool low_is_worse) {
  ofr_distribution expected, found;
  brute_distribution(column, count, low_is_worse, &expected);
  int passes = distil(d, column, count, low_is_worse, 1, &found);
  assert_true(same_integers(&found, &expected));
  assert_in_range(passes, 1, 9);
}

static void every_shape_and_size_is_as_sorting_finds_it(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 3, 4, 19, 20, 21, 99, 100, 101, 511, 512, 513, 1000, 4097};
  ofr_distiller *d = ofr_distiller_create(false);
  for (int shape = 0; shape < SHAPES; shape++)
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
      for (uint64_t seed = 0; seed < 4; seed++) {
        fill(shape, sizes[i], seed);
        assert_as_sorted(d, sizes[i], seed & 1);
      }
  ofr_distiller_destroy(d);
}

static void a_hundred_thousand_values_are_as_sorting_finds_them(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  for (int shape = 0; shape < SHAPES; shape++) {
    fill(shape, LARGEST, 7);
    assert_as_sorted(d, LARGEST, false);
    assert_as_sorted(d, LARGEST, true);
  }
  ofr_distiller_destroy(d);
}

/* Every multiset of up to six values from a tiny world, where every tie and every fraction of a tail occurs. */
static void every_tiny_column_is_as_sorting_finds_it(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  for (size_t count = 1; count <= 6; count++)
    for (uint64_t code = 0; code < (uint64_t)1 << 2 * count; code++) {
      static const int64_t world[4] = {-3, 0, 4, OFR_MISSING};
      for (size_t i = 0; i < count; i++) column[i] = world[code >> 2 * i & 3];
      assert_as_sorted(d, count, code & 1);
    }
  ofr_distiller_destroy(d);
}

/* Three distillers share each pass: pieces of any size go to any of them. */
static void shared(ofr_distiller *d[3], size_t count, bool low_is_worse, uint64_t seed, ofr_distribution *out) {
  ofr_distiller_reset(d[0], low_is_worse);
  do {
    ofr_distiller_follow(d[1], d[0]);
    ofr_distiller_follow(d[2], d[0]);
    for (size_t at = 0, n; at < count; at += n) {
      n = (size_t)below(&seed, 1500);
      if (n > count - at) n = count - at;
      ofr_distiller_feed(d[below(&seed, 3)], column + at, n);
    }
    ofr_distiller_merge(d[0], d[2]);
    ofr_distiller_merge(d[0], d[1]);
  } while (ofr_distiller_end_pass(d[0]) == OFR_PASS_AGAIN);
  ofr_distiller_finish(d[0], 1, out);
}

static void cutting_and_merging_change_nothing(void **state) {
  (void)state;
  ofr_distiller *d[3];
  for (int i = 0; i < 3; i++) d[i] = ofr_distiller_create(false);
  for (int shape = 0; shape < SHAPES; shape++)
    for (uint64_t seed = 0; seed < 2; seed++) {
      size_t count = seed == 0 ? 3000 : 60000;
      ofr_distribution whole, pieces;
      fill(shape, count, seed);
      distil(d[0], column, count, seed & 1, 1, &whole);
      shared(d, count, seed & 1, seed, &pieces);
      assert_true(same_integers(&whole, &pieces));
    }
  for (int i = 0; i < 3; i++) ofr_distiller_destroy(d[i]);
}

static void the_order_of_values_changes_nothing(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  for (int shape = 0; shape < SHAPES; shape++) {
    ofr_distribution before, after;
    uint64_t random = 5;
    fill(shape, 20000, 3);
    distil(d, column, 20000, false, 1, &before);
    for (size_t i = 20000; i > 1; i--) {
      size_t j = (size_t)below(&random, i);
      int64_t swap = column[i - 1];
      column[i - 1] = column[j], column[j] = swap;
    }
    distil(d, column, 20000, false, 1, &after);
    assert_true(same_integers(&before, &after));
  }
  ofr_distiller_destroy(d);
}

static void equal_values_need_one_pass_and_usual_ones_three(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution out;
  fill(1, LARGEST, 0);
  assert_int_equal(distil(d, column, LARGEST, false, 1, &out), 1);
  static const int usual[] = {2, 3, 5, 6, 8, 9, 10, 15};
  for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
    fill(usual[i], LARGEST, 0);
    assert_in_range(distil(d, column, LARGEST, false, 1, &out), 2, 3);
  }
  ofr_distiller_destroy(d);
}

static void assert_close(double found, double expected) { assert_true(fabs(found - expected) <= 1e-14 * fabs(expected)); }

static void doubles_follow_from_the_integers(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution out;
  for (int i = 0; i < 1000; i++) column[i] = i + 1;
  distil(d, column, 1000, false, 0.5, &out);
  assert_close(out.mean, 250.25);
  assert_close(out.sd, 0.5 * sqrt(1000.0 * 1001 / 12));
  assert_close(out.se, 0.5 * sqrt(1001.0 / 12));
  assert_close(out.cvar95, 0.5 * 975.5); /* the mean of 951 .. 1000 */
  assert_close(out.cvar99, 0.5 * 995.5);
  distil(d, column, 1000, true, 0.5, &out);
  assert_close(out.cvar95, 0.5 * 25.5);
  assert_close(out.cvar99, 0.5 * 5.5);
  distil(d, column, 10, false, 1, &out); /* the tail is half a path, or a tenth of one */
  assert_close(out.cvar95, 10);
  assert_close(out.cvar99, 10);
  ofr_distiller_destroy(d);
}

static void a_large_mean_does_not_drown_the_deviation(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution out;
  for (int i = 0; i < 1000; i++) column[i] = ((int64_t)1 << 61) + i % 2;
  distil(d, column, 1000, false, 1, &out);
  assert_close(out.sd, 0.5 * sqrt(1000.0 / 999));
  ofr_distiller_destroy(d);
}

static void a_column_without_values_has_no_mean(void **state) {
  (void)state;
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_distribution out;
  fill(17, 10, 0);
  assert_int_equal(distil(d, column, 10, false, 1, &out), 1);
  assert_int_equal(out.count, 0);
  assert_int_equal(out.missing, 10);
  assert_int_equal(out.min, 0);
  assert_int_equal(out.max, 0);
  assert_true(isnan(out.mean) && isnan(out.cvar95) && isnan(out.cvar99) && out.sd == 0 && out.se == 0);
  ofr_distiller_destroy(d);
}

/* Pass number `which` of a replay brings other values, or another number of them. */
static bool notices(int which, bool shorter, int64_t other) {
  ofr_distiller *d = ofr_distiller_create(false);
  ofr_pass pass = OFR_PASS_AGAIN;
  for (int i = 0; pass == OFR_PASS_AGAIN; i++) {
    for (int64_t k = 0; k < LARGEST; k++) column[k] = i == which ? other : k * 7919 % 99991 * 1000;
    ofr_distiller_feed(d, column, LARGEST - (i == which && shorter));
    pass = ofr_distiller_end_pass(d);
  }
  ofr_distiller_destroy(d);
  return pass == OFR_PASS_UNLIKE;
}

static void a_replay_that_differs_is_noticed(void **state) {
  (void)state;
  assert_true(notices(1, true, 50000000));
  assert_true(notices(2, true, 50000000));
  assert_true(notices(1, false, OFR_MISSING));
  assert_true(notices(2, false, OFR_MISSING));
  assert_true(notices(1, false, 50000000));
  assert_true(notices(2, false, 50000000)); /* all in one region, far more than it has room for */
  assert_false(notices(99, false, 0));
}

static void the_levels_are_those_of_the_manual(void **state) {
  (void)state;
  static const double quantiles[] = {.01, .05, .10, .25, .50, .75, .90, .95, .99}, bands[] = {.05, .25, .50, .75, .95};
  for (int i = 0; i < OFR_QUANTILES; i++) assert_true(ofr_quantile_levels[i] == quantiles[i]);
  for (int i = 0; i < OFR_BAND_QUANTILES; i++) assert_true(ofr_band_levels[i] == bands[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_shape_and_size_is_as_sorting_finds_it),
      cmocka_unit_test(a_hundred_thousand_values_are_as_sorting_finds_them),
      cmocka_unit_test(every_tiny_column_is_as_sorting_finds_it),
      cmocka_unit_test(cutting_and_merging_change_nothing),
      cmocka_unit_test(the_order_of_values_changes_nothing),
      cmocka_unit_test(equal_values_need_one_pass_and_usual_ones_three),
      cmocka_unit_test(doubles_follow_from_the_integers),
      cmocka_unit_test(a_large_mean_does_not_drown_the_deviation),
      cmocka_unit_test(a_column_without_values_has_no_mean),
      cmocka_unit_test(a_replay_that_differs_is_noticed),
      cmocka_unit_test(the_levels_are_those_of_the_manual),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
