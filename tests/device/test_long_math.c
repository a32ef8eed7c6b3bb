/* Numbers of 128 bits in two words against the compiler's own: edges and many random values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define FN static inline
typedef uint64_t uint64;
typedef int64_t int64;
#include "device/long_math.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

enum { ROUNDS = 200000 };

static uint64_t state_of_dice = 1;

static uint64_t roll(void) { /* splitmix64 */
  uint64_t z = state_of_dice += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Of every magnitude, and often beside a power of two, or nothing but ones. */
static uint64_t value(void) {
  uint64_t x = roll() >> roll() % 64;
  return roll() % 4 ? x : roll() % 2 ? ((uint64_t)1 << roll() % 64) + roll() % 3 - 1 : ~x;
}

static u128 whole(longer a) { return (u128)a.high << 64 | a.low; }
static longer parts(u128 a) { return (longer){(uint64_t)(a >> 64), (uint64_t)a}; }

static void assert_same(longer found, u128 expected) {
  if (whole(found) == expected) return;
  fail_msg("%016llx%016llx instead of %016llx%016llx", (unsigned long long)found.high, (unsigned long long)found.low,
           (unsigned long long)(expected >> 64), (unsigned long long)expected);
}

static void products_are_exact(void **state) {
  (void)state;
  for (int i = 0; i < ROUNDS; i++) {
    uint64_t a = value(), b = value();
    assert_same(x_mul(a, b), (u128)a * b);
    assert_same(x_mul_signed((int64_t)a, (int64_t)b), (u128)((i128)(int64_t)a * (int64_t)b));
    assert_same(x_of((int64_t)a), (u128)(i128)(int64_t)a);
  }
}

static void sums_carry_and_borrow(void **state) {
  (void)state;
  for (int i = 0; i < ROUNDS; i++) {
    u128 a = (u128)value() << 64 | value(), b = (u128)value() << 64 | value();
    assert_same(x_add(parts(a), parts(b)), a + b);
    assert_same(x_sub(parts(a), parts(b)), a - b);
  }
}

static void shifts_reach_over_the_words(void **state) {
  (void)state;
  for (int i = 0; i < ROUNDS; i++) {
    u128 a = (u128)value() << 64 | value();
    int left = 1 + (int)(roll() % 63), right = (int)(roll() % 128);
    assert_same(x_shl(parts(a), left), a << left);
    assert_true(x_shr(parts(a), right) == (int64_t)(uint64_t)(u128)((i128)a >> right));
  }
}

static void signs_and_sizes_are_told(void **state) {
  (void)state;
  for (int i = 0; i < ROUNDS; i++) {
    i128 a = roll() % 2 ? (i128)(int64_t)value() : (i128)((u128)value() << 64 | value());
    assert_int_equal(x_negative(parts((u128)a)), a < 0);
    assert_int_equal(x_is_small(parts((u128)a)), a >= INT64_MIN && a <= INT64_MAX);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_are_exact),
      cmocka_unit_test(sums_carry_and_borrow),
      cmocka_unit_test(shifts_reach_over_the_words),
      cmocka_unit_test(signs_and_sizes_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
