/* Whole-number arithmetic on money and work against 128-bit integers: edges and many random values, in every family of words
 * that runs here, each lane with values of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "backend/backend.h"
#include "wide_words.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#define TWO(n)  ((int64_t)1 << (n))
#define BILLION 1000000000
enum { MOST_LANES = 16, ROUNDS = 20000 };

static const wide_words *families[4];

static int find_families(void **state) {
  static const wide_words *const built[] = {
#ifdef OFR_HAVE_X86_64_V4
      &wide_words_avx512,
#endif
#ifdef OFR_HAVE_X86_64_V3
      &wide_words_avx2,
#endif
      &wide_words_baseline};
  int n = 0;
  (void)state;
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++)
    for (size_t i = 0; i < sizeof built / sizeof *built; i++)
      if (!strcmp(built[i]->name, (*v)->name)) families[n++] = built[i];
  return n > 0 ? 0 : -1;
}

/* ---- values ---- */

static uint64_t state_of_dice;

static uint64_t roll(void) { /* splitmix64 */
  uint64_t z = state_of_dice += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* 0 <= x <= most, of every magnitude, and often at an edge: small, a power of two or ten, one beside these, or the most. */
static int64_t value(int64_t most) {
  static const int64_t tens[] = {1000, 1024, 1000000, BILLION, 1000000000000, 1000000000000000000};
  int64_t x;
  switch (roll() % 8) {
  case 0: x = (int64_t)(roll() % 4); break;
  case 1: x = TWO(roll() % 63) + (int64_t)(roll() % 3) - 1; break;
  case 2: x = tens[roll() % 6] * (int64_t)(roll() % 9 + 1) / 3 + (int64_t)(roll() % 3) - 1; break;
  case 3: x = most - (int64_t)(roll() % 4); break;
  default: x = (int64_t)(roll() >> (1 + roll() % 63));
  }
  return x < 0 ? 0 : x > most ? x % (most + 1) : x;
}

/* ---- what is right ---- */

static int64_t whole(u128 x) { return (int64_t)(uint64_t)x; }

static int64_t quotient(int64_t a, int64_t b, int digits) {
  if (b == 0) return INT64_MIN;
  u128 q = ((u128)a << 10 * digits) / (u128)b;
  return q >> 62 ? TWO(62) - 1 : (int64_t)q;
}

static int64_t real_bits(int64_t a) {
  float f = (float)a;
  uint32_t bits;
  memcpy(&bits, &f, sizeof bits);
  return bits;
}

static int64_t scaled(int64_t a, int64_t fraction, int bits) { return whole((u128)a * (uint32_t)fraction >> bits); }

static int64_t right(wide_function function, int64_t a, int64_t b, int64_t n, int64_t first) {
  uint32_t v = (uint32_t)a, w = (uint32_t)b;
  uint64_t x = (uint64_t)a, y = (uint64_t)b;
  switch (function) {
  case WIDE_ADD: return (int64_t)(x + y);
  case WIDE_SUB: return (int64_t)(x - y);
  case WIDE_XOR: return a ^ b;
  case WIDE_AND: return a & b;
  case WIDE_SHL: return (int64_t)(x << n);
  case WIDE_SHR: return (int64_t)(x >> n);
  case WIDE_SHIFT: return n >= 0 ? (int64_t)(x >> n) : (int64_t)(x << -n);
  case WIDE_LESS: return a < b;
  case WIDE_SELECT:
  case WIDE_MIN: return a < b ? a : b;
  case WIDE_KEEP: return a < b ? a : 0;
  case WIDE_POSITIVE: return a > 0 ? a : 0;
  case WIDE_MUL: return (int64_t)((uint64_t)v * w);
  case WIDE_MUL_LOW: return (int64_t)((uint64_t)v * (uint32_t)n);
  case WIDE_LOW:
  case WIDE_FROM_WORD: return v;
  case WIDE_HIGH: return (int64_t)(x >> 32);
  case WIDE_WORD_LESS: return v < w;
  case WIDE_WORD_EQUAL: return v == w;
  case WIDE_TO_REAL: return real_bits(a);
  case WIDE_FIRST: return (uint32_t)first;
  case WIDE_SCALE_30: return scaled(a, n, 30);
  case WIDE_SCALE_28: return scaled(a, n, 28);
  case WIDE_SCALE_31: return scaled(a, n, 31);
  case WIDE_SCALE_1: return scaled(a, n, 1);
  case WIDE_TIMES: return whole((u128)x * w);
  case WIDE_PPB: return b == 0 ? n : (int64_t)((i128)a * BILLION / b);
  case WIDE_PER_BILLION: return a / BILLION;
  default: return quotient(a, b, (int)n);
  }
}

/* `lanes` pairs at once, in every family. */
static void compare(wide_function function, const char *name, const int64_t *a, const int64_t *b, int64_t n) {
  for (const wide_words *const *f = families; *f; f++) {
    int64_t found[MOST_LANES];
    for (int at = 0; at < MOST_LANES; at += (*f)->lanes) {
      (*f)->apply(function, a + at, b + at, n, found);
      for (int i = 0; i < (*f)->lanes; i++) {
        int64_t expected = right(function, a[at + i], b[at + i], n, a[at]);
        if (found[i] != expected)
          fail_msg("%s of %lld, %lld, %lld is %lld, not %lld, in lane %d of %s", name, (long long)a[at + i],
                   (long long)b[at + i], (long long)n, (long long)found[i], (long long)expected, i, (*f)->name);
      }
    }
  }
}

#define COMPARE(function, a, b, n) compare(function, #function, a, b, n)

/* ---- words ---- */

static void single_operations_are_those_of_the_c_language(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS / 10; round++) {
    int64_t a[MOST_LANES], b[MOST_LANES];
    for (int i = 0; i < MOST_LANES; i++) {
      a[i] = value(INT64_MAX - 1) * (roll() % 2 ? 1 : -1);
      b[i] = roll() % 4 ? value(INT64_MAX) * (roll() % 2 ? 1 : -1) : a[i] - 1 + (int64_t)(roll() % 3);
    }
    for (wide_function f = 0; f <= WIDE_FIRST; f++) {
      int64_t n = f == WIDE_MUL_LOW ? (int64_t)(roll() & UINT32_MAX) : (int64_t)(roll() % 64);
      if (f == WIDE_SHIFT) n = (int64_t)(roll() % 127) - 63;
      compare(f, "a single operation", a, b, n);
    }
  }
}

static void stores_write_the_lanes_asked_for_and_no_more(void **state) {
  (void)state;
  for (const wide_words *const *f = families; *f; f++)
    for (int keep = 0; keep <= (*f)->lanes; keep++) {
      int64_t from[MOST_LANES], to[MOST_LANES + 1];
      for (int i = 0; i < MOST_LANES; i++) from[i] = (int64_t)roll();
      memset(to, 0x5a, sizeof to);
      (*f)->store(from, keep, to);
      assert_memory_equal(to, from, (size_t)keep * sizeof *to);
      for (int i = keep; i <= MOST_LANES; i++) assert_int_equal(to[i], 0x5a5a5a5a5a5a5a5a);
    }
}

static void sums_hold_every_lane_once(void **state) {
  (void)state;
  for (const wide_words *const *f = families; *f; f++) {
    int64_t sums[MOST_LANES] = {0}, expected = 0, found = 0;
    for (int round = 0; round < 100; round++) {
      int64_t a[MOST_LANES];
      for (int i = 0; i < MOST_LANES; i++) a[i] = value(TWO(50)) * (i % 2 ? 1 : -1);
      for (int i = 0; i < (*f)->lanes; i++) expected += a[i];
      (*f)->accumulate(a, sums);
    }
    for (int i = 0; i < (*f)->lanes; i++) found += sums[i];
    assert_int_equal(found, expected);
  }
}

/* ---- sums of money ---- */

static void fractions_are_exact_to_the_last_quantum(void **state) {
  static const struct {
    wide_function function;
    int bits;
  } scales[] = {{WIDE_SCALE_30, 30}, {WIDE_SCALE_28, 28}, {WIDE_SCALE_31, 31}, {WIDE_SCALE_1, 1}};
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t a[MOST_LANES], fraction = roll() % 4 ? value(UINT32_MAX) : TWO(scales[round % 4].bits);
    int64_t most = (int64_t)(((u128)1 << (61 + scales[round % 4].bits)) / (u128)(fraction ? fraction : 1) >> 1);
    if (most > TWO(62) - 1 || most < 0) most = TWO(62) - 1;
    for (int i = 0; i < MOST_LANES; i++) a[i] = value(most);
    COMPARE(scales[round % 4].function, a, a, fraction);
  }
}

static void products_wrap_like_64_bits(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t a[MOST_LANES], b[MOST_LANES];
    for (int i = 0; i < MOST_LANES; i++) a[i] = value(INT64_MAX), b[i] = value(INT32_MAX);
    COMPARE(WIDE_TIMES, a, b, 0);
  }
}

static void billionths_are_floored_exactly(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t a[MOST_LANES], b[MOST_LANES];
    for (int i = 0; i < MOST_LANES; i++) {
      b[i] = value(TWO(59) - 1);
      int64_t nearly = b[i] / BILLION * (int64_t)(roll() % BILLION) + (int64_t)(roll() % 3) - 1;
      switch (roll() % 4) {
      case 0: a[i] = b[i] - value(b[i] < 3 ? b[i] : 3); break;
      case 1: a[i] = nearly < 0 ? 0 : nearly > b[i] ? b[i] : nearly; break;
      default: a[i] = value(b[i]);
      }
    }
    COMPARE(WIDE_PPB, a, b, round % 2 ? BILLION : 0);
  }
}

static void shares_of_little_money_are_exact(void **state) {
  (void)state;
  int64_t a[MOST_LANES] = {0}, b[MOST_LANES] = {0};
  int n = 0;
  for (int64_t most = 0; most <= 200; most++)
    for (int64_t part = 0; part <= most; part++) {
      a[n] = part;
      b[n++] = most;
      if (n < MOST_LANES) continue;
      COMPARE(WIDE_PPB, a, b, 0);
      n = 0;
    }
}

static void sums_are_divided_by_a_billion_exactly(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t a[MOST_LANES];
    for (int i = 0; i < MOST_LANES; i++) {
      a[i] = roll() % 2 ? value(TWO(60) - 1)
                        : (int64_t)(roll() % (uint64_t)(TWO(60) / BILLION)) * BILLION + (int64_t)(roll() % 3) - 1;
      if (a[i] < 0) a[i] = 0;
    }
    COMPARE(WIDE_PER_BILLION, a, a, 0);
  }
}

static void quotients_are_floored_exactly_and_end_at_the_limit(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t a[MOST_LANES], b[MOST_LANES];
    for (int i = 0; i < MOST_LANES; i++) {
      a[i] = value(TWO(62) - 1);
      b[i] = value(TWO(61) - 1);
      if (roll() % 4 == 0) a[i] = b[i] > 0 ? b[i] * (int64_t)(roll() % (uint64_t)(TWO(62) / b[i])) : 0;
      if (roll() % 8 == 0 && a[i] > 0) a[i]--;
    }
    COMPARE(WIDE_QUOTIENT, a, b, round % 4);
  }
}

static void quotients_by_little_work_are_exact(void **state) {
  (void)state;
  for (int64_t by = 1; by <= 3000; by++) {
    int64_t a[MOST_LANES], b[MOST_LANES];
    for (int i = 0; i < MOST_LANES; i++) {
      b[i] = by;
      a[i] = i == 0 ? 0 : i == 1 ? by - 1 : i == 2 ? by : i == 3 ? TWO(62) - 1 : value(TWO(62) - 1);
    }
    COMPARE(WIDE_QUOTIENT, a, b, (int)(by % 4));
  }
}

#define TEST(function, text)                                                                                                   \
  { text, function, NULL, NULL, NULL }

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(single_operations_are_those_of_the_c_language, "single operations are those of the C language"),
      TEST(stores_write_the_lanes_asked_for_and_no_more, "stores write the lanes asked for and no more"),
      TEST(sums_hold_every_lane_once, "sums hold every lane once"),
      TEST(fractions_are_exact_to_the_last_quantum, "fractions are exact to the last quantum"),
      TEST(products_wrap_like_64_bits, "products wrap like 64 bits"),
      TEST(billionths_are_floored_exactly, "parts per billion are floored exactly"),
      TEST(shares_of_little_money_are_exact, "shares of little money are exact"),
      TEST(sums_are_divided_by_a_billion_exactly, "sums are divided by a billion exactly"),
      TEST(quotients_are_floored_exactly_and_end_at_the_limit, "quotients are floored exactly and end at the limit"),
      TEST(quotients_by_little_work_are_exact, "quotients by little work are exact"),
  };
  return cmocka_run_group_tests_name("wide math", tests, find_families, NULL);
}
