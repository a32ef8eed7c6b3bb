/* 2^x, ln x and normal deviates: error against the C library's long double, bits against pinned digests, distribution against
 * the normal's own. Every float: test_real_math_every_float.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "real_math_error.h"

enum { STEP = 9973, AROUND = 2000 };

/* Some 400,000 floats all over the domain, and all of those around where something changes. */
static void measure_sample(int kind, const real_math_range *domain, int ranges, const float *turns, int count, double relative,
                           double ulps, const char *digest) {
  real_math_error error = {0};
  ofr_sha256 hash = ofr_sha256_init();
  char hex[65];
  for (int r = 0; r < ranges; r++) {
    real_math_measure(kind, domain[r], STEP, true, &error, &hash);
    real_math_measure(kind, (real_math_range){domain[r].last, domain[r].last}, 1, true, &error, &hash);
  }
  for (int i = 0; i < count; i++) {
    uint32_t bits = bits_of(turns[i]);
    real_math_measure(kind, (real_math_range){bits - AROUND, bits + AROUND}, 1, true, &error, &hash);
  }
  ofr_sha256_finish(&hash, hex);
  print_message("relative error %.5g at %a, %.5g ulp at %a\n", error.relative, (double)error.relative_at, error.ulps,
                (double)error.ulps_at);
  assert_int_equal(error.unlike, 0);
  assert_true(error.relative < relative);
  assert_true(error.ulps < ulps);
  assert_string_equal(hex, digest);
}

static void exp2_keeps_its_bound_and_its_bits(void **state) {
  static const float turns[] = {-99.5f, -1.5f, -1.0f, -0.5f, 0.5f, 1.0f, 2.5f, 5.9990234375f};
  (void)state;
  measure_sample(PROBE_EXP2, exp2_domain, 2, turns, sizeof turns / sizeof *turns, 8.1e-8, 0.96,
                 "0bad2496d8d8fb17dab550a4e85d92ff259ed0788cc176534277ffc480200cb8");
}

static void log_keeps_its_bound_and_its_bits(void **state) {
  static const float turns[] = {0x1p-25f, 0.25f, 0.353553391f, 0.5f, 0.707106781f, 1.0f, 1.41421356f, 2.0f, 2.71828183f};
  (void)state;
  measure_sample(PROBE_LOG, log_domain, 1, turns, sizeof turns / sizeof *turns, 1.23e-7, 1.17,
                 "31cfe571300f5380e2c92f7e58fe6c97f88f8df2575782fa8ec5a978a87f96f4");
}

static void whole_powers_of_two_are_exact(void **state) {
  (void)state;
  for (int n = -125; n <= 126; n++) {
    uint32_t question[6] = {bits_of((float)n)}, answer[4];
    ofr_path_baseline.probe(PROBE_EXP2, question, answer, 1);
    assert_int_equal(answer[0], bits_of(ldexpf(1, n)));
  }
  uint32_t one[6] = {bits_of(1.0f)}, answer[4];
  ofr_path_baseline.probe(PROBE_LOG, one, answer, 1);
  assert_int_equal(answer[0] & 0x7fffffff, 0);
}

/* ---- normal deviates ---- */

/* The uniform number of a word, as the model has it: the middle of one of 2^24 cells, rounded to a float. */
static long double uniform(uint32_t word) { return (long double)(float)(((double)(word >> 8) + 0.5) * 0x1p-24); }

static uint32_t next_word(uint32_t *x) { return *x = *x * 1664525u + 1013904223u; }

static void deviates_are_those_of_box_and_muller(void **state) {
  long double turn = 2 * acosl(-1), worst = 0;
  uint32_t x = 1;
  ofr_sha256 hash = ofr_sha256_init();
  char hex[65];
  (void)state;
  for (int i = 0; i < 300000; i++) {
    uint32_t u = next_word(&x) ^ x >> 16, angle = next_word(&x) ^ x >> 16, question[6] = {i % 8 ? u : u >> 20, angle};
    if (i % 64 < 8) question[1] = (uint32_t)(i % 64) << 29 | (angle & 3); /* where the quarters meet */
    uint32_t answer[4];
    ofr_path_baseline.probe(PROBE_NORMAL, question, answer, 1);
    long double radius = sqrtl(-2 * logl(uniform(question[0]))), phase = turn * (long double)question[1] * 0x1p-32L;
    worst = fmaxl(worst, fabsl((long double)float_of(answer[0]) - radius * cosl(phase)));
    worst = fmaxl(worst, fabsl((long double)float_of(answer[1]) - radius * sinl(phase)));
    ofr_sha256_add_u64(&hash, (uint64_t)answer[1] << 32 | answer[0]);
    for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
      uint32_t other[4];
      (*v)->probe(PROBE_NORMAL, question, other, 1);
      assert_memory_equal(other, answer, sizeof other);
    }
  }
  ofr_sha256_finish(&hash, hex);
  print_message("absolute error %.4Lg\n", worst);
  assert_true(worst < 1e-6L);
  assert_string_equal(hex, "0ee251d9c0a2674dab9e5ef46afe6a74450ec7e079390f644f11f2ab90ccfdd3");
}

enum { PAIRS = 5000000, LEVELS = 5, SECTORS = 64 };

typedef struct moments {
  double power[5];                /* sums of the deviates' powers */
  uint64_t beyond[2][LEVELS + 1]; /* below -k and above k */
  double product, square_product, serial;
  uint64_t sector[SECTORS]; /* of the pair's angle */
  double last;
} moments;

static void take(moments *m, float a) {
  double z = (double)a, p = 1;
  for (int i = 0; i <= 4; i++, p *= z) m->power[i] += p;
  for (int k = 1; k <= LEVELS; k++) m->beyond[z > 0][k] += fabs(z) > k;
}

/* Pairs as the model draws them: two from a Philox block. */
static void take_pairs(moments *m) {
  for (uint32_t i = 0; i < PAIRS / 2; i++) {
    uint32_t address[6] = {i, 0, 1, 0, 20251028, 0}, words[4], answers[2][4];
    ofr_path_baseline.probe(PROBE_PHILOX, address, words, 1);
    uint32_t questions[2][6] = {{words[0], words[1]}, {words[2], words[3]}};
    ofr_path_baseline.probe(PROBE_NORMAL, questions[0], answers[0], 2);
    for (int j = 0; j < 2; j++) {
      float a = float_of(answers[j][0]), b = float_of(answers[j][1]);
      take(m, a);
      take(m, b);
      m->product += (double)a * (double)b;
      m->square_product += ((double)a * (double)a - 1) * ((double)b * (double)b - 1);
      m->serial += m->last * (double)a;
      m->last = (double)b;
      int octant = (a < 0) << 2 | (b < 0) << 1 | (fabsf(a) < fabsf(b));
      float ratio = fabsf(a) < fabsf(b) ? fabsf(a / b) : fabsf(b / a); /* tan of 0 .. an eighth of a turn */
      static const float tangents[] = {0.0984914034f, 0.198912367f, 0.303346684f, 0.414213562f,
                                       0.534511136f,  0.668178638f, 0.820678791f};
      int within = 0;
      while (within < 7 && ratio >= tangents[within]) within++;
      m->sector[octant * 8 + within]++;
    }
  }
}

static void assert_within(const char *what, double found, double expected, double error) {
  if (!(fabs(found - expected) <= 4.5 * error))
    fail_msg("%s is %.8g, not %.8g: %.1f standard errors off", what, found, expected, fabs(found - expected) / error);
}

static void ten_million_deviates_are_normal_and_independent(void **state) {
  (void)state;
  static moments m;
  take_pairs(&m);
  double n = 2.0 * PAIRS, mean = m.power[1] / n, second = m.power[2] / n, third = m.power[3] / n, fourth = m.power[4] / n;
  double variance = second - mean * mean;
  double skewness = (third - 3 * mean * second + 2 * mean * mean * mean) / pow(variance, 1.5);
  double kurtosis = (fourth - 4 * mean * third + 6 * mean * mean * second - 3 * pow(mean, 4)) / (variance * variance);
  assert_within("the mean", mean, 0, sqrt(1 / n));
  assert_within("the variance", variance, 1, sqrt(2 / n));
  assert_within("the skewness", skewness, 0, sqrt(6 / n));
  assert_within("the kurtosis", kurtosis, 3, sqrt(24 / n));
  for (int k = 1; k <= LEVELS; k++)
    for (int side = 0; side < 2; side++) {
      double p = erfc(k * sqrt(0.5)) / 2;
      assert_within("a tail", (double)m.beyond[side][k] / n, p, sqrt(p * (1 - p) / n));
    }
  assert_within("the product of a pair", m.product / PAIRS, 0, sqrt(1.0 / PAIRS));
  assert_within("the product of a pair's squares", m.square_product / PAIRS, 0, sqrt(4.0 / PAIRS));
  assert_within("the product of neighbours", m.serial / PAIRS, 0, sqrt(1.0 / PAIRS));
  double chi = 0, each = (double)PAIRS / SECTORS;
  for (int i = 0; i < SECTORS; i++) chi += ((double)m.sector[i] - each) * ((double)m.sector[i] - each) / each;
  assert_within("chi squared of the angle", chi, SECTORS - 1, sqrt(2.0 * (SECTORS - 1)));
}

/* 24 bits of radius: how much of a tail that costs, worked out, not sampled. Beyond 5.8871 there is nothing. */
static void the_grid_of_radii_keeps_the_tails(void **state) {
  static const double allowed[LEVELS + 1] = {0, 0, 0, 1e-7, 5e-6, 1.1e-3};
  (void)state;
  for (int k = 3; k <= LEVELS; k++) {
    double sum = 0, radius;
    for (uint32_t cell = 0; (radius = (double)sqrtl(-2 * logl(uniform(cell << 8)))) > k; cell++)
      sum += acos(k / radius) * 2 / acos(-1);
    double found = sum * 0x1p-24, expected = erfc(k * sqrt(0.5));
    print_message("beyond %d: %.3g of the tail is missing\n", k, 1 - found / expected);
    assert_true(fabs(found / expected - 1) < allowed[k]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      {"2^x keeps its bound and its bits", exp2_keeps_its_bound_and_its_bits, NULL, NULL, NULL},
      {"ln x keeps its bound and its bits", log_keeps_its_bound_and_its_bits, NULL, NULL, NULL},
      {"whole powers of two are exact, and so is ln 1", whole_powers_of_two_are_exact, NULL, NULL, NULL},
      {"deviates are those of Box and Muller", deviates_are_those_of_box_and_muller, NULL, NULL, NULL},
      {"ten million deviates are normal and independent", ten_million_deviates_are_normal_and_independent, NULL, NULL, NULL},
      {"the grid of radii keeps the tails", the_grid_of_radii_keeps_the_tails, NULL, NULL, NULL},
  };
  return cmocka_run_group_tests_name("real math", tests, NULL, NULL);
}
