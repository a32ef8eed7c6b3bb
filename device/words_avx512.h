/* Words for x86-64 with AVX-512: sixteen paths in a register. A wide is two registers, the even lanes and the odd ones, for
 * that is how the widening multiply hands its products over. */
#ifndef OFR_WORDS_AVX512_H
#define OFR_WORDS_AVX512_H
#include <immintrin.h>
#include <stdint.h>

#define FN     static inline __attribute__((always_inline))
#define GLOBAL
#define LANES  16
typedef uint32_t uint32;
typedef uint64_t uint64;
typedef int64_t int64;
typedef __m512 real;
typedef uint32_t word __attribute__((vector_size(64)));
typedef __mmask16 mask;
typedef struct wide { __m512i even, odd; } wide;

#define R(x)       _mm512_set1_ps(x)
#define W(x)       ((word)_mm512_set1_epi32((int)(x)))
#define LANE_INDEX ((word){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
FN wide L(int64 x) { return (wide){_mm512_set1_epi64(x), _mm512_set1_epi64(x)}; }

FN real r_fma(real a, real b, real c) { return _mm512_fmadd_ps(a, b, c); }
FN real r_sqrt(real a) { return _mm512_sqrt_ps(a); }
FN real r_rint(real a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
FN real r_floor(real a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
FN real r_divide(real a, real b) { return _mm512_div_ps(a, b); }
FN mask r_lt(real a, real b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
FN mask r_le(real a, real b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
FN real r_select(mask m, real a, real b) { return _mm512_mask_blend_ps(m, b, a); }
FN real r_min(real a, real b) { return _mm512_min_ps(b, a); } /* b < a ? b : a */
FN real r_max(real a, real b) { return _mm512_max_ps(b, a); }
/* a - b as -(b x 1) + a: the same single rounding, but on the multiply-add pipes, beside r_give's on the add pipes */
FN real r_take(mask m, real a, real b) { return _mm512_mask3_fnmadd_ps(b, _mm512_set1_ps(1.0f), a, m); }
FN real r_give(mask m, real a, real b) { return _mm512_mask_sub_ps(a, (mask)~m, a, b); }
FN real r_from_word(word a) { return _mm512_cvtepi32_ps((__m512i)a); }
FN real r_from_bits(word a) { return (real)a; }
FN real r_load(const float *from) { return _mm512_loadu_ps(from); }
FN real r_gather(const float *table, word index) { return _mm512_i32gather_ps((__m512i)index, table, 4); }

FN word w_from_real(real a) { return (word)_mm512_cvttps_epi32(a); }
FN word w_from_bits(real a) { return (word)a; }
FN word w_load(const uint32 *from) { return (word)_mm512_loadu_si512(from); }
FN word w_sar(word a, int n) { return (word)_mm512_srai_epi32((__m512i)a, (unsigned)n); }
FN mask w_lt(word a, word b) { return _mm512_cmplt_epu32_mask((__m512i)a, (__m512i)b); }
FN mask w_eq(word a, word b) { return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b); }
FN word w_select(mask m, word a, word b) { return (word)_mm512_mask_blend_epi32(m, (__m512i)b, (__m512i)a); }

FN mask m_none(void) { return 0; }
FN mask m_all(void) { return 0xffff; }
FN mask m_and(mask a, mask b) { return (mask)(a & b); }
FN mask m_or(mask a, mask b) { return (mask)(a | b); }
FN mask m_and_not(mask a, mask b) { return (mask)(a & ~b); }
FN int m_any(mask a) { return a != 0; }

FN wide l_mul(word a, word b) {
  __m512i x = (__m512i)a, y = (__m512i)b;
  return (wide){_mm512_mul_epu32(x, y), _mm512_mul_epu32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(y, 32))};
}
FN word w_high(wide a) {
  return (word)_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(a.even, 32), a.odd);
}
FN word w_low(wide a) { return (word)_mm512_mask_blend_epi32(0xaaaa, a.even, _mm512_slli_epi64(a.odd, 32)); }
FN wide l_from_word(word a) {
  return (wide){_mm512_and_si512((__m512i)a, _mm512_set1_epi64(0xffffffff)), _mm512_srli_epi64((__m512i)a, 32)};
}

/* The mask of 16 lanes as two of eight. */
FN __mmask8 even_mask(mask m) { return (__mmask8)_mm512_test_epi64_mask(_mm512_movm_epi32(m), _mm512_set1_epi64(1)); }
FN __mmask8 odd_mask(mask m) { return (__mmask8)_mm512_movepi64_mask(_mm512_movm_epi32(m)); }
FN mask join_masks(__mmask8 even, __mmask8 odd) {
  __m512i e = _mm512_movm_epi64(even), o = _mm512_movm_epi64(odd);
  return _mm512_movepi32_mask(_mm512_mask_blend_epi32(0xaaaa, e, o));
}

FN wide l_add(wide a, wide b) { return (wide){_mm512_add_epi64(a.even, b.even), _mm512_add_epi64(a.odd, b.odd)}; }
FN wide l_sub(wide a, wide b) { return (wide){_mm512_sub_epi64(a.even, b.even), _mm512_sub_epi64(a.odd, b.odd)}; }
FN wide l_mul_low(wide a, uint32 b) {
  return (wide){_mm512_mul_epu32(a.even, _mm512_set1_epi64(b)), _mm512_mul_epu32(a.odd, _mm512_set1_epi64(b))};
}
FN wide l_xor(wide a, wide b) { return (wide){_mm512_xor_si512(a.even, b.even), _mm512_xor_si512(a.odd, b.odd)}; }
FN wide l_shl(wide a, int n) {
  return (wide){_mm512_slli_epi64(a.even, (unsigned)n), _mm512_slli_epi64(a.odd, (unsigned)n)};
}
FN wide l_shr(wide a, int n) {
  return (wide){_mm512_srli_epi64(a.even, (unsigned)n), _mm512_srli_epi64(a.odd, (unsigned)n)};
}
FN mask l_lt(wide a, wide b) {
  return join_masks(_mm512_cmplt_epi64_mask(a.even, b.even), _mm512_cmplt_epi64_mask(a.odd, b.odd));
}
FN wide l_select(mask m, wide a, wide b) {
  return (wide){_mm512_mask_blend_epi64(even_mask(m), b.even, a.even), _mm512_mask_blend_epi64(odd_mask(m), b.odd, a.odd)};
}
FN wide l_keep(mask m, wide a) {
  return (wide){_mm512_maskz_mov_epi64(even_mask(m), a.even), _mm512_maskz_mov_epi64(odd_mask(m), a.odd)};
}
FN wide l_and(wide a, wide b) { return (wide){_mm512_and_si512(a.even, b.even), _mm512_and_si512(a.odd, b.odd)}; }
FN real r_from_wide(wide a) {
  __m512 e = _mm512_castps256_ps512(_mm512_cvtepi64_ps(a.even)), o = _mm512_castps256_ps512(_mm512_cvtepi64_ps(a.odd));
  const __m512i order = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return _mm512_permutex2var_ps(e, order, o);
}
FN uint32 first_of(wide a) { return (uint32)_mm_cvtsi128_si64(_mm512_castsi512_si128(a.even)); }
FN void l_store(int64 *to, wide a, int lanes) {
  const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), second = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  __mmask16 keep = lanes >= 16 ? 0xffff : (__mmask16)((1u << lanes) - 1);
  _mm512_mask_storeu_epi64(to, (__mmask8)keep, _mm512_permutex2var_epi64(a.even, first, a.odd));
  _mm512_mask_storeu_epi64(to + 8, (__mmask8)(keep >> 8), _mm512_permutex2var_epi64(a.even, second, a.odd));
}
/* Lanes are summed in register order: the reader adds all of them up, so which is which does not matter. */
#define SUM_LANES 8 /* pairs of lanes share a sum */
FN void l_accumulate(int64 *to, wide a) {
  _mm512_storeu_si512(to, _mm512_add_epi64(_mm512_loadu_si512(to), _mm512_add_epi64(a.even, a.odd)));
}
#endif
