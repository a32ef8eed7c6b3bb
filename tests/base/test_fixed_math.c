#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>
#include "base/fixed_math.h"

/* Correctly rounded values, from mpmath at 300 bits: every compiler and machine must give these very bits. */
static const double exps[][2] = {
    {0x0.0p+0, 0x1.0000000000000p+0},
    {0x1.0000000000000p+0, 0x1.5bf0a8b145769p+1},
    {-0x1.0000000000000p+0, 0x1.78b56362cef38p-2},
    {0x1.70ef54646d497p-57, 0x1.0000000000000p+0},
    {-0x1.56e1fc2f8f359p-997, 0x1.0000000000000p+0},
    {0x1.0000000000000p-1, 0x1.a61298e1e069cp+0},
    {0x1.999999999999ap-4, 0x1.1aec7b35a00d4p+0},
    {-0x1.3333333333333p-2, 0x1.7b4c869c37c05p-1},
    {0x1.4000000000000p+1, 0x1.85d6fd931e0bbp+3},
    {0x1.4000000000000p+3, 0x1.5829dcf950560p+14},
    {-0x1.4400000000000p+4, 0x1.b93de1e27ca3bp-30},
    {0x1.9080000000000p+6, 0x1.5daaf24221d5ep+144},
    {-0x1.59adcc63f1412p+8, 0x1.392977184d1eep-499},
    {0x1.5e00000000000p+9, 0x1.d945df4f8ec8ep+1009},
    {0x1.62e3d70a3d70ap+9, 0x1.fe9ce5c4c52b4p+1023},
    {-0x1.6200000000000p+9, 0x1.7c8ab2288c9abp-1022},
    {0x1.62e42fefa39efp-2, 0x1.6a09e667f3bccp+0},
    {-0x1.62e42fefa39efp-2, 0x1.6a09e667f3bcdp-1},
    {0x1.8000000000001p+1, 0x1.415e5bf6fb108p+4},
};

static const double logs[][2] = {
    {0x1.0000000000000p+0, 0x0.0p+0},
    {0x1.0000000000001p+0, 0x1.fffffffffffffp-53},
    {0x1.fffffffffffffp-1, -0x1.0000000000000p-53},
    {0x1.0000000000000p+1, 0x1.62e42fefa39efp-1},
    {0x1.0000000000000p-1, -0x1.62e42fefa39efp-1},
    {0x1.6a09e667f3bcdp+0, 0x1.62e42fefa39f0p-2},
    {0x1.6a09e667f3bccp+0, 0x1.62e42fefa39eep-2},
    {0x1.6a09e667f3bcdp-1, -0x1.62e42fefa39eep-2},
    {0x1.4000000000000p+3, 0x1.26bb1bbb55516p+1},
    {0x1.4f8b588e368f1p-17, -0x1.7069e2aa2aa5bp+3},
    {0x1.7e43c8800759cp+996, 0x1.5963447f87fb5p+9},
    {0x0.0000000000001p-1022, -0x1.74385446d71c3p+9},
    {0x1.0000000000000p-1022, -0x1.6232bdd7abcd2p+9},
    {0x1.fffffffffffffp+1023, 0x1.62e42fefa39efp+9},
    {0x1.999999999999ap-1, -0x1.c8ff7c79a9a20p-3},
    {0x1.999999999999ap+0, 0x1.e148a1a2726cfp-2},
    {0x1.921fb54442d18p+1, 0x1.250d048e7a1bdp+0},
};

static const double powers[][3] = {
    {0x1.999999999999ap+0, 0x1.0000000000000p+0, 0x1.999999999999ap+0},
    {0x1.999999999999ap+0, 0x1.5555555555555p-4, 0x1.0a39c6ec32d8ap+0},
    {0x1.999999999999ap-1, 0x1.4000000000000p+1, 0x1.2515fdab8464ep-1},
    {0x1.999999999999ap-1, 0x1.7555555555555p+1, 0x1.0b1072b4166ebp-1},
    {0x1.08f5c28f5c28fp+0, 0x1.4000000000000p+5, 0x1.fac905c56744cp+1},
    {0x1.0000000000000p+1, 0x1.0000000000000p-1, 0x1.6a09e667f3bcdp+0},
    {0x1.0000000000000p-1, -0x1.0000000000000p-1, 0x1.6a09e667f3bcdp+0},
    {0x1.8000000000000p+1, 0x1.5555555555555p-2, 0x1.7137449123ef6p+0},
    {0x1.4f8b588e368f1p-17, 0x1.4000000000000p+5, 0x1.87e92154ef7c3p-665},
    {0x1.0000000000000p+0, 0x1.7e43c8800759cp+996, 0x1.0000000000000p+0},
    {0x1.fffffffffffffp-1, 0x1.c6bf526340000p+49, 0x1.ca32cbada6c6ap-1},
    {0x1.0000000000001p+0, 0x1.6345785d8a000p+56, 0x1.06272889f21c5p+32},
    {0x1.4000000000000p+3, 0x1.3400000000000p+8, 0x1.1ccf385ebc8a0p+1023},
    {0x1.4000000000000p+3, -0x1.2c00000000000p+8, 0x1.56e1fc2f8f359p-997},
    {0x1.47ae147ae147bp-7, 0x1.3f55555555555p+5, 0x1.bd89eb4975813p-266},
    {0x1.c000000000000p+2, 0x0.0p+0, 0x1.0000000000000p+0},
    {0x1.e848200000000p+19, 0x1.4000000000000p+1, 0x1.c6bf9ce4c0298p+49},
};

#define COUNT(table) (sizeof table / sizeof *table)

static void assert_same_bits(double got, double expected) {
  uint64_t a, b;
  memcpy(&a, &got, sizeof a);
  memcpy(&b, &expected, sizeof b);
  if (a != b) print_error("got %a, expected %a\n", got, expected);
  assert_true(a == b);
}

static void known_values_come_out_to_the_bit(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(exps); i++) assert_same_bits(ofr_exp(exps[i][0]), exps[i][1]);
  for (size_t i = 0; i < COUNT(logs); i++) assert_same_bits(ofr_log(logs[i][0]), logs[i][1]);
  for (size_t i = 0; i < COUNT(powers); i++) assert_same_bits(ofr_pow(powers[i][0], powers[i][1]), powers[i][2]);
}

static void exp_ends_in_zero_and_in_infinity(void **state) {
  (void)state;
  assert_same_bits(ofr_exp(-746), 0);
  assert_same_bits(ofr_exp(-1e308), 0);
  assert_same_bits(ofr_exp(-INFINITY), 0);
  assert_same_bits(ofr_exp(-745.13), 0x1p-1074);
  assert_same_bits(ofr_exp(709.79), INFINITY);
  assert_same_bits(ofr_exp(INFINITY), INFINITY);
  assert_true(isnan(ofr_exp(NAN)));
}

static void pow_keeps_its_corners(void **state) {
  (void)state;
  assert_same_bits(ofr_pow(0, 3), 0);
  assert_same_bits(ofr_pow(0, 0), 1);
  assert_same_bits(ofr_pow(0, -1), INFINITY);
  assert_same_bits(ofr_pow(1.5, 1e300), INFINITY);
  assert_same_bits(ofr_pow(1.5, -1e300), 0);
  assert_same_bits(ofr_pow(0.5, 1074), 0x1p-1074);
}

/* A growth of 60 % is a factor of exactly 1.6 after a year: capacities round down, so a bit short would cost a quantum. */
static void whole_years_of_growth_are_exact(void **state) {
  (void)state;
  const double growths[] = {0.6, -0.2, 0.1, 0.05, 0.035, 1.5, -0.99};
  for (size_t i = 0; i < COUNT(growths); i++) {
    const double factor = 1 + growths[i];
    assert_same_bits(ofr_pow(factor, 12 / 12.0), factor);
  }
  assert_same_bits(ofr_pow(1.5, 36 / 12.0), 3.375);
}

/* ---- against long double, where that is longer ---- */

static uint64_t lehmer = 20251028;

static double uniform(double from, double to) {
  lehmer = lehmer * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return from + (to - from) * ((double)(lehmer >> 11) * 0x1p-53);
}

static void assert_near(double got, long double expected, long double bound) {
  const long double error = fabsl((got - expected) / expected);
  if (!(error <= bound)) print_error("got %a, expected %La: off by %Lg\n", got, expected, error);
  assert_true(error <= bound);
}

static void errors_stay_below_the_promised_bounds(void **state) {
  (void)state;
  if (LDBL_MANT_DIG < 64) skip();
  for (int i = 0; i < 50000; i++) {
    const double x = uniform(-708, 709);
    assert_near(ofr_exp(x), expl(x), 4e-16L);
    const double positive = ofr_exp(uniform(-700, 700)), near_one = 1 + uniform(-0.5, 0.5);
    assert_near(ofr_log(positive), logl(positive), 4e-16L);
    if (near_one != 1) assert_near(ofr_log(near_one), logl(near_one), 4e-16L);
    const double base = uniform(0.01, 8), exponent = uniform(-40, 40);
    assert_near(ofr_pow(base, exponent), powl(base, exponent), 1e-15L * (1 + fabsl(exponent * logl(base))));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_values_come_out_to_the_bit),
      cmocka_unit_test(exp_ends_in_zero_and_in_infinity),
      cmocka_unit_test(pow_keeps_its_corners),
      cmocka_unit_test(whole_years_of_growth_are_exact),
      cmocka_unit_test(errors_stay_below_the_promised_bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
