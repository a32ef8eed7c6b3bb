/* Words for x86-64 with AVX2 and FMA: eight paths in a register. A wide is two registers, even lanes and odd. */
#ifndef OFR_WORDS_AVX2_H
#define OFR_WORDS_AVX2_H
#include <immintrin.h>
#include <stdint.h>

#define FN     static inline __attribute__((always_inline))
#define GLOBAL
#define LANES  8
typedef uint32_t uint32;
typedef uint64_t uint64;
typedef int64_t int64;
typedef __m256 real;
typedef uint32_t word __attribute__((vector_size(32)));
typedef __m256i mask; /* -1 or 0 in each lane */
typedef struct wide { __m256i even, odd; } wide;

#define R(x)       _mm256_set1_ps(x)
#define W(x)       ((word)_mm256_set1_epi32((int)(x)))
#define LANE_INDEX ((word){0, 1, 2, 3, 4, 5, 6, 7})
FN wide L(int64 x) { return (wide){_mm256_set1_epi64x(x), _mm256_set1_epi64x(x)}; }

FN real r_fma(real a, real b, real c) { return _mm256_fmadd_ps(a, b, c); }
FN real r_sqrt(real a) { return _mm256_sqrt_ps(a); }
FN real r_rint(real a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
FN real r_floor(real a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
FN real r_divide(real a, real b) { return _mm256_div_ps(a, b); }
FN mask r_lt(real a, real b) { return (mask)_mm256_cmp_ps(a, b, _CMP_LT_OQ); }
FN mask r_le(real a, real b) { return (mask)_mm256_cmp_ps(a, b, _CMP_LE_OQ); }
FN real r_select(mask m, real a, real b) { return _mm256_blendv_ps(b, a, (real)m); }
FN real r_min(real a, real b) { return _mm256_min_ps(b, a); } /* b < a ? b : a */
FN real r_max(real a, real b) { return _mm256_max_ps(b, a); }
FN real r_take(mask m, real a, real b) { return a - _mm256_and_ps((real)m, b); }
FN real r_give(mask m, real a, real b) { return a - _mm256_andnot_ps((real)m, b); }
FN real r_from_word(word a) { return _mm256_cvtepi32_ps((__m256i)a); }
FN real r_from_bits(word a) { return (real)a; }
FN real r_load(const float *from) { return _mm256_loadu_ps(from); }
FN real r_gather(const float *table, word index) { return _mm256_i32gather_ps(table, (__m256i)index, 4); }

FN word w_from_real(real a) { return (word)_mm256_cvttps_epi32(a); }
FN word w_from_bits(real a) { return (word)a; }
FN word w_load(const uint32 *from) { return (word)_mm256_loadu_si256((const __m256i *)(const void *)from); }
FN word w_sar(word a, int n) { return (word)_mm256_srai_epi32((__m256i)a, n); }
FN mask w_lt(word a, word b) {
  const __m256i flip = _mm256_set1_epi32((int)0x80000000u); /* unsigned order as signed */
  return _mm256_cmpgt_epi32(_mm256_xor_si256((__m256i)b, flip), _mm256_xor_si256((__m256i)a, flip));
}
FN mask w_eq(word a, word b) { return _mm256_cmpeq_epi32((__m256i)a, (__m256i)b); }
FN word w_select(mask m, word a, word b) { return (word)_mm256_blendv_epi8((__m256i)b, (__m256i)a, m); }

FN mask m_none(void) { return _mm256_setzero_si256(); }
FN mask m_all(void) { return _mm256_set1_epi32(-1); }
FN mask m_and(mask a, mask b) { return _mm256_and_si256(a, b); }
FN mask m_or(mask a, mask b) { return _mm256_or_si256(a, b); }
FN mask m_and_not(mask a, mask b) { return _mm256_andnot_si256(b, a); }
FN int m_any(mask a) { return _mm256_movemask_epi8(a) != 0; }

FN wide l_mul(word a, word b) {
  __m256i x = (__m256i)a, y = (__m256i)b;
  return (wide){_mm256_mul_epu32(x, y), _mm256_mul_epu32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(y, 32))};
}
FN word w_high(wide a) { return (word)_mm256_blend_epi32(_mm256_srli_epi64(a.even, 32), a.odd, 0xaa); }
FN word w_low(wide a) { return (word)_mm256_blend_epi32(a.even, _mm256_slli_epi64(a.odd, 32), 0xaa); }
FN wide l_from_word(word a) {
  return (wide){_mm256_and_si256((__m256i)a, _mm256_set1_epi64x(0xffffffff)), _mm256_srli_epi64((__m256i)a, 32)};
}

/* The mask of eight lanes as two of four. */
FN __m256i even_mask(mask m) { return _mm256_shuffle_epi32(m, 0xa0); }
FN __m256i odd_mask(mask m) { return _mm256_shuffle_epi32(m, 0xf5); }

FN wide l_add(wide a, wide b) { return (wide){_mm256_add_epi64(a.even, b.even), _mm256_add_epi64(a.odd, b.odd)}; }
FN wide l_sub(wide a, wide b) { return (wide){_mm256_sub_epi64(a.even, b.even), _mm256_sub_epi64(a.odd, b.odd)}; }
FN wide l_mul_low(wide a, uint32 b) {
  return (wide){_mm256_mul_epu32(a.even, _mm256_set1_epi64x(b)), _mm256_mul_epu32(a.odd, _mm256_set1_epi64x(b))};
}
FN wide l_xor(wide a, wide b) { return (wide){_mm256_xor_si256(a.even, b.even), _mm256_xor_si256(a.odd, b.odd)}; }
FN wide l_shl(wide a, int n) { return (wide){_mm256_slli_epi64(a.even, n), _mm256_slli_epi64(a.odd, n)}; }
FN wide l_shr(wide a, int n) { return (wide){_mm256_srli_epi64(a.even, n), _mm256_srli_epi64(a.odd, n)}; }
FN mask l_lt(wide a, wide b) {
  return _mm256_blend_epi32(_mm256_cmpgt_epi64(b.even, a.even), _mm256_cmpgt_epi64(b.odd, a.odd), 0xaa);
}
FN wide l_select(mask m, wide a, wide b) {
  return (wide){_mm256_blendv_epi8(b.even, a.even, even_mask(m)), _mm256_blendv_epi8(b.odd, a.odd, odd_mask(m))};
}
FN wide l_keep(mask m, wide a) {
  return (wide){_mm256_and_si256(a.even, even_mask(m)), _mm256_and_si256(a.odd, odd_mask(m))};
}
FN wide l_and(wide a, wide b) { return (wide){_mm256_and_si256(a.even, b.even), _mm256_and_si256(a.odd, b.odd)}; }
FN real r_from_wide(wide a) {
  int64 even[4], odd[4];
  float value[8];
  _mm256_storeu_si256((__m256i *)even, a.even);
  _mm256_storeu_si256((__m256i *)odd, a.odd);
  for (int i = 0; i < 4; i++) {
    value[2 * i] = (float)even[i];
    value[2 * i + 1] = (float)odd[i];
  }
  return _mm256_loadu_ps(value);
}
FN uint32 first_of(wide a) { return (uint32)_mm_cvtsi128_si64(_mm256_castsi256_si128(a.even)); }
FN void l_store(int64 *to, wide a, int lanes) {
  int64 value[8];
  __m256i low = _mm256_unpacklo_epi64(a.even, a.odd), high = _mm256_unpackhi_epi64(a.even, a.odd);
  _mm256_storeu_si256((__m256i *)value, _mm256_permute2x128_si256(low, high, 0x20));
  _mm256_storeu_si256((__m256i *)(value + 4), _mm256_permute2x128_si256(low, high, 0x31));
  for (int i = 0; i < (lanes < 8 ? lanes : 8); i++) to[i] = value[i];
}
/* Lanes are summed in register order: the reader adds all of them up, so which is which does not matter. */
#define SUM_LANES 4 /* pairs of lanes share a sum */
FN void l_accumulate(int64 *to, wide a) {
  __m256i *sums = (__m256i *)to;
  _mm256_storeu_si256(sums, _mm256_add_epi64(_mm256_loadu_si256(sums), _mm256_add_epi64(a.even, a.odd)));
}
#endif
