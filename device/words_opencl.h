/* Words for OpenCL C 1.2. With -DOFR_LANES=1 (a GPU) one path a work-item; with 4, 8 or 16 (a CPU) a bundle in one vector. */
#ifndef OFR_WORDS_OPENCL_H
#define OFR_WORDS_OPENCL_H
#pragma OPENCL FP_CONTRACT OFF

#define FN     static inline
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
typedef LANED(float) real;
typedef LANED(uint) word;
typedef LANED(long) wide;
typedef LANED(int) mask; /* -1 or 0 */
typedef LANED(ulong) uwide;

#define R(x) ((real)(x))
#define W(x) ((word)(x))
#define L(x) ((wide)(x))
#if OFR_LANES == 4
#define LANE_INDEX ((word)(0, 1, 2, 3))
#elif OFR_LANES == 8
#define LANE_INDEX ((word)(0, 1, 2, 3, 4, 5, 6, 7))
#else
#define LANE_INDEX ((word)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#endif

FN real r_fma(real a, real b, real c) { return fma(a, b, c); }
FN real r_sqrt(real a) { return sqrt(a); }
FN real r_rint(real a) { return rint(a); }
FN real r_floor(real a) { return floor(a); }
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
FN real r_gather(GLOBAL const float *table, word index) {
  uint at[LANES];
  float value[LANES];
  LANED(vstore)(index, 0, at);
  for (int i = 0; i < LANES; i++) value[i] = table[at[i]];
  return LANED(vload)(0, value);
}

FN word w_from_real(real a) { return LANED(as_uint)(LANED(convert_int)(a)); }
FN word w_from_bits(real a) { return LANED(as_uint)(a); }
FN word w_sar(word a, int n) { return LANED(as_uint)(LANED(as_int)(a) >> n); }
FN mask w_lt(word a, word b) { return a < b; }
FN mask w_eq(word a, word b) { return a == b; }
FN word w_select(mask m, word a, word b) { return select(b, a, m); }
FN word w_mul_high(word a, word b) { return mul_hi(a, b); }

FN mask m_none(void) { return (mask)(0); }
FN mask m_all(void) { return (mask)(-1); }
FN mask m_and(mask a, mask b) { return a & b; }
FN mask m_or(mask a, mask b) { return a | b; }
FN mask m_and_not(mask a, mask b) { return a & ~b; }
FN int m_any(mask a) { return any(a); }

FN wide l_add(wide a, wide b) { return a + b; }
FN wide l_sub(wide a, wide b) { return a - b; }
FN wide l_mul(word a, word b) { return LANED(as_long)(LANED(convert_ulong)(a) * LANED(convert_ulong)(b)); }
FN wide l_mul_low(wide a, uint32 b) { return LANED(as_long)((LANED(as_ulong)(a) & (uwide)(0xffffffffUL)) * (uwide)(b)); }
FN wide l_xor(wide a, wide b) { return a ^ b; }
FN wide l_shl(wide a, int n) { return a << n; }
FN wide l_shr(wide a, int n) { return LANED(as_long)(LANED(as_ulong)(a) >> n); }
FN mask l_lt(wide a, wide b) { return LANED(convert_int)(a < b); }
FN wide l_select(mask m, wide a, wide b) { return select(b, a, LANED(convert_long)(m)); }
FN wide l_keep(mask m, wide a) { return a & LANED(convert_long)(m); }
FN wide l_or(wide a, wide b) { return a | b; }
FN wide l_and(wide a, wide b) { return a & b; }
FN wide l_from_word(word a) { return LANED(as_long)(LANED(convert_ulong)(a)); }
FN word w_low(wide a) { return LANED(convert_uint)(LANED(as_ulong)(a) & (uwide)(0xffffffffUL)); }
FN word w_high(wide a) { return LANED(convert_uint)(LANED(as_ulong)(a) >> 32); }
FN real r_from_wide(wide a) {
  return JOIN(LANED(convert_float), _rte)(a);
}
FN uint32 first_of(wide a) { return (uint32)a.s0; }
FN void l_store(GLOBAL int64 *to, wide a, int lanes) {
  if (lanes >= LANES) {
    LANED(vstore)(a, 0, to);
  } else {
    long value[LANES];
    LANED(vstore)(a, 0, value);
    for (int i = 0; i < lanes; i++) to[i] = value[i];
  }
}
FN void l_accumulate(GLOBAL int64 *to, wide a) { LANED(vstore)(LANED(vload)(0, to) + a, 0, to); }
#endif
#endif
