/* Words for OpenCL C 1.2. With -DOFR_LANES=1 (a GPU) one path a work-item; with 4, 8 or 16 (a CPU) a bundle in one vector. */
#ifndef OFR_WORDS_OPENCL_H
#define OFR_WORDS_OPENCL_H
#pragma OPENCL FP_CONTRACT OFF

#ifndef FN /* where functions must stay functions: -DFN=static */
#define FN     static inline __attribute__((always_inline))
#endif
#define GLOBAL __global
typedef uint uint32;
typedef ulong uint64;
typedef long int64;

#if OFR_LANES == 1
#define fma_word(a, b, c) fma(a, b, c)
#define sqrt_word(a)      sqrt(a)
#define rint_word(a)      rint(a)
#define floor_word(a)     floor(a)
#define divide_word(a, b) ((a) / (b))
#define bits_to_real(u)   as_float(u)
#define real_to_bits(f)   as_uint(f)
#include "words_scalar.h"
#else

#define LANES        OFR_LANES
#define JOIN_(a, b)  a##b
#define JOIN(a, b)   JOIN_(a, b)
#define LANED(name)  JOIN(name, OFR_LANES)
#if OFR_LANES == 4
#define HALF(name)   JOIN(name, 2)
#define LANE_INDEX   ((word)(0, 1, 2, 3))
#define EACH_EVEN(m) ((m).s0022)
#elif OFR_LANES == 8
#define HALF(name)   JOIN(name, 4)
#define LANE_INDEX   ((word)(0, 1, 2, 3, 4, 5, 6, 7))
#define EACH_EVEN(m) ((m).s00224466)
#else
#define HALF(name)   JOIN(name, 8)
#define LANE_INDEX   ((word)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#define EACH_EVEN(m) ((m).s0022446688aaccee)
#endif
typedef LANED(float) real;
typedef LANED(uint) word;
typedef LANED(int) mask; /* -1 or 0 */
typedef HALF(ulong) half_wide;
/* The even lanes and the odd ones: a compiler makes of it the widening multiply that CPUs have, and no shuffles. */
typedef struct wide { half_wide even, odd; } wide;

#define R(x)   ((real)(x))
#define W(x)   ((word)(x))
#define LOWER  ((half_wide)0xffffffffUL)
#define PAIRS(a) HALF(as_ulong)(a)         /* a word, or a mask: an even lane and the odd one after it as one number */
#define SIGNED(a) HALF(as_long)(a)

FN wide two(half_wide even, half_wide odd) {
  wide a;
  a.even = even;
  a.odd = odd;
  return a;
}
FN wide L(long x) { return two((half_wide)(ulong)x, (half_wide)(ulong)x); }

FN real r_fma(real a, real b, real c) { return fma(a, b, c); }
FN real r_sqrt(real a) { return sqrt(a); }
/* PoCL's own take six instructions where the processor has one. */
#if defined __has_builtin && (defined __SSE4_1__ || defined __aarch64__)
#if __has_builtin(__builtin_elementwise_floor) && __has_builtin(__builtin_elementwise_roundeven)
#define ROUNDS_AT_ONCE 1
#endif
#endif
#ifdef ROUNDS_AT_ONCE
FN real r_rint(real a) { return __builtin_elementwise_roundeven(a); }
FN real r_floor(real a) { return __builtin_elementwise_floor(a); }
#else
FN real r_rint(real a) { return rint(a); }
FN real r_floor(real a) { return floor(a); }
#endif
FN real r_divide(real a, real b) { return a / b; }
FN mask r_lt(real a, real b) { return a < b; }
FN mask r_le(real a, real b) { return a <= b; }
FN real r_select(mask m, real a, real b) { return select(b, a, m); }
FN real r_min(real a, real b) { return select(a, b, b < a); }
FN real r_max(real a, real b) { return select(a, b, a < b); }
FN real r_take(mask m, real a, real b) { return select(a, a - b, m); }
FN real r_give(mask m, real a, real b) { return select(a - b, a, m); }
FN real r_from_word(word a) { return LANED(convert_float)(LANED(as_int)(a)); }
FN real r_from_bits(word a) { return LANED(as_float)(a); }
FN real r_load(GLOBAL const float *from) { return LANED(vload)(0, from); }
FN real r_gather(GLOBAL const float *table, word index) {
  uint at[LANES];
  float value[LANES];
  LANED(vstore)(index, 0, at);
  for (int i = 0; i < LANES; i++) value[i] = table[at[i]];
  return LANED(vload)(0, value);
}

FN word w_from_real(real a) { return LANED(as_uint)(LANED(convert_int)(a)); }
FN word w_from_bits(real a) { return LANED(as_uint)(a); }
FN word w_load(GLOBAL const uint32 *from) { return LANED(vload)(0, from); }
FN word w_sar(word a, int n) { return LANED(as_uint)(LANED(as_int)(a) >> n); }
FN mask w_lt(word a, word b) { return a < b; }
FN mask w_eq(word a, word b) { return a == b; }
FN word w_select(mask m, word a, word b) { return select(b, a, m); }

FN mask m_none(void) { return (mask)(0); }
FN mask m_all(void) { return (mask)(-1); }
FN mask m_and(mask a, mask b) { return a & b; }
FN mask m_or(mask a, mask b) { return a | b; }
FN mask m_and_not(mask a, mask b) { return a & ~b; }
FN int m_any(mask a) { /* PoCL's `any` looks at lane after lane */
  half_wide pairs = PAIRS(a);
#if OFR_LANES == 16
  ulong4 four = pairs.lo | pairs.hi;
  ulong2 both = four.lo | four.hi;
#elif OFR_LANES == 8
  ulong2 both = pairs.lo | pairs.hi;
#else
  ulong2 both = pairs;
#endif
  return (both.x | both.y) != 0;
}

FN wide l_add(wide a, wide b) { return two(a.even + b.even, a.odd + b.odd); }
FN wide l_sub(wide a, wide b) { return two(a.even - b.even, a.odd - b.odd); }
FN wide l_mul(word a, word b) { return two((PAIRS(a) & LOWER) * (PAIRS(b) & LOWER), (PAIRS(a) >> 32) * (PAIRS(b) >> 32)); }
FN wide l_mul_low(wide a, uint32 b) { return two((a.even & LOWER) * b, (a.odd & LOWER) * b); }
FN wide l_xor(wide a, wide b) { return two(a.even ^ b.even, a.odd ^ b.odd); }
FN wide l_shl(wide a, int n) { return two(a.even << n, a.odd << n); }
FN wide l_shr(wide a, int n) { return two(a.even >> n, a.odd >> n); }
FN wide l_and(wide a, wide b) { return two(a.even & b.even, a.odd & b.odd); }
FN wide l_from_word(word a) { return two(PAIRS(a) & LOWER, PAIRS(a) >> 32); }
FN word w_low(wide a) { return LANED(as_uint)((a.even & LOWER) | (a.odd << 32)); }
FN word w_high(wide a) { return LANED(as_uint)((a.even >> 32) | (a.odd & ~LOWER)); }
FN mask l_lt(wide a, wide b) {
  half_wide even = HALF(as_ulong)(SIGNED(a.even) < SIGNED(b.even)), odd = HALF(as_ulong)(SIGNED(a.odd) < SIGNED(b.odd));
  return LANED(as_int)((even & LOWER) | (odd & ~LOWER));
}
FN wide l_select(mask m, wide a, wide b) { /* by the top bit of each */
  return two(select(b.even, a.even, PAIRS(m) << 32), select(b.odd, a.odd, PAIRS(m)));
}
FN wide l_keep(mask m, wide a) { return l_select(m, a, L(0)); }
FN real r_from_wide(wide a) {
  real r;
  r.even = JOIN(HALF(convert_float), _rte)(SIGNED(a.even));
  r.odd = JOIN(HALF(convert_float), _rte)(SIGNED(a.odd));
  return r;
}
FN uint32 first_of(wide a) { return (uint32)a.even.s0; }
FN void l_store(GLOBAL int64 *to, wide a, int lanes) {
  LANED(long) value;
  value.even = SIGNED(a.even);
  value.odd = SIGNED(a.odd);
  if (lanes >= LANES) {
    LANED(vstore)(value, 0, to);
  } else {
    long each[LANES];
    LANED(vstore)(value, 0, each);
    for (int i = 0; i < lanes; i++) to[i] = each[i];
  }
}
/* Lanes are summed in register order: the reader adds all of them up, so which is which does not matter. */
FN void l_accumulate(GLOBAL int64 *to, wide a) {
  HALF(vstore)(HALF(vload)(0, to) + SIGNED(a.even), 0, to);
  HALF(vstore)(HALF(vload)(1, to) + SIGNED(a.odd), 1, to);
}
#endif
#endif
