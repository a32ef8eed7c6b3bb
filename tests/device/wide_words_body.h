/* The body of wide_words_*.c, which include a family of words first and define WORDS_NAME and WORDS_TABLE. */
#include "device/model.h"
#include "device/wide_math.h"
#include "wide_words.h"

static wide load(const int64_t *from) {
  wide x = L(0);
  for (uint32 i = 0; i < LANES; i++) x = l_select(w_eq(LANE_INDEX, W(i)), L(from[i]), x);
  return x;
}

static word load_word(const int64_t *from) {
  word x = W(0u);
  for (uint32 i = 0; i < LANES; i++) x = w_select(w_eq(LANE_INDEX, W(i)), W((uint32)from[i]), x);
  return x;
}

static wide of_mask(mask m) { return l_keep(m, L(1)); }

static wide of_words(wide_function function, word a, word b) {
  switch (function) {
  case WIDE_MUL: return l_mul(a, b);
  case WIDE_FROM_WORD: return l_from_word(a);
  case WIDE_WORD_LESS: return of_mask(w_lt(a, b));
  default: return of_mask(w_eq(a, b));
  }
}

static wide of_wides(wide_function function, wide a, wide b, int n) {
  switch (function) {
  case WIDE_ADD: return l_add(a, b);
  case WIDE_SUB: return l_sub(a, b);
  case WIDE_XOR: return l_xor(a, b);
  case WIDE_AND: return l_and(a, b);
  case WIDE_SHL: return l_shl(a, n);
  case WIDE_SHR: return l_shr(a, n);
  case WIDE_SHIFT: return l_shift(a, n);
  case WIDE_LESS: return of_mask(l_lt(a, b));
  case WIDE_SELECT: return l_select(l_lt(a, b), a, b);
  case WIDE_KEEP: return l_keep(l_lt(a, b), a);
  case WIDE_MIN: return l_min(a, b);
  case WIDE_POSITIVE: return l_positive(a);
  case WIDE_LOW: return l_from_word(w_low(a));
  case WIDE_HIGH: return l_from_word(w_high(a));
  case WIDE_TO_REAL: return l_from_word(w_from_bits(r_from_wide(a)));
  default: return L((int64)first_of(a));
  }
}

static wide of_sums(wide_function function, wide a, wide b, word m, int64_t n) {
  switch (function) {
  case WIDE_MUL_LOW: return l_mul_low(a, (uint32)n);
  case WIDE_SCALE_30: return l_scale(a, (uint32)n, 30);
  case WIDE_SCALE_28: return l_scale(a, (uint32)n, 28);
  case WIDE_SCALE_31: return l_scale(a, (uint32)n, 31);
  case WIDE_SCALE_1: return l_scale(a, (uint32)n, 1);
  case WIDE_TIMES: return l_times(a, m);
  case WIDE_PPB: return l_ppb(a, b, n);
  case WIDE_PER_BILLION: return l_per_billion(a);
  default: return l_quotient(a, b, (int)n);
  }
}

static void apply(wide_function function, const int64_t *a, const int64_t *b, int64_t n, int64_t *out) {
  wide x = load(a), y = load(b), z;
  word v = load_word(a), w = load_word(b);
  switch (function) {
  case WIDE_MUL:
  case WIDE_FROM_WORD:
  case WIDE_WORD_LESS:
  case WIDE_WORD_EQUAL: z = of_words(function, v, w); break;
  case WIDE_MUL_LOW:
  case WIDE_SCALE_30:
  case WIDE_SCALE_28:
  case WIDE_SCALE_31:
  case WIDE_SCALE_1:
  case WIDE_TIMES:
  case WIDE_PPB:
  case WIDE_PER_BILLION:
  case WIDE_QUOTIENT: z = of_sums(function, x, y, w, n); break;
  default: z = of_wides(function, x, y, (int)n);
  }
  l_store(out, z, LANES);
}

static void store(const int64_t *a, int keep, int64_t *out) { l_store(out, load(a), keep); }

static void accumulate(const int64_t *a, int64_t *sums) { l_accumulate(sums, load(a)); }

const wide_words WORDS_TABLE = {WORDS_NAME, LANES, apply, store, accumulate};
