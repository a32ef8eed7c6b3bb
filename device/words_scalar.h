/* Words of a single lane in terms of plain scalars: shared by C without vectors, CUDA, and OpenCL on a GPU. The includer has
 * defined FN, fma_word, sqrt_word, rint_word, floor_word, bits_to_real, real_to_bits. */
#ifndef OFR_WORDS_SCALAR_H
#define OFR_WORDS_SCALAR_H

#define LANES 1
typedef float real;
typedef uint32 word;
typedef int64 wide;
typedef int mask;

#define R(x) ((real)(x))
#define W(x) ((word)(x))
#define L(x) ((wide)(x))
#define LANE_INDEX ((word)0)

FN real r_fma(real a, real b, real c) { return fma_word(a, b, c); }
FN real r_sqrt(real a) { return sqrt_word(a); }
FN real r_rint(real a) { return rint_word(a); }
FN real r_floor(real a) { return floor_word(a); }
FN real r_divide(real a, real b) { return divide_word(a, b); }
FN mask r_lt(real a, real b) { return a < b; }
FN mask r_le(real a, real b) { return a <= b; }
FN real r_select(mask m, real a, real b) { return m ? a : b; }
#ifndef min_word
#define min_word(a, b) ((b) < (a) ? (b) : (a))
#define max_word(a, b) ((a) < (b) ? (b) : (a))
#endif
FN real r_min(real a, real b) { return min_word(a, b); }
FN real r_max(real a, real b) { return max_word(a, b); }
FN real r_take(mask m, real a, real b) { return m ? a - b : a; } /* a - b where m, else a */
FN real r_give(mask m, real a, real b) { return m ? a : a - b; } /* a where m, else a - b */
FN real r_from_word(word a) { return (real)(int)a; }             /* a < 2^31 */
FN real r_from_bits(word a) { return bits_to_real(a); }
FN real r_load(GLOBAL const float *from) { return *from; } /* LANES values, side by side */
FN real r_gather(GLOBAL const float *table, word index) { return table[index]; }

FN word w_from_real(real a) { return (word)(int)a; } /* 0 <= a < 2^31, towards zero */
FN word w_from_bits(real a) { return real_to_bits(a); }
FN word w_load(GLOBAL const uint32 *from) { return *from; } /* LANES values, side by side */
FN word w_sar(word a, int n) { return (word)((int)a >> n); }
FN mask w_lt(word a, word b) { return a < b; }
FN mask w_eq(word a, word b) { return a == b; }
FN word w_select(mask m, word a, word b) { return m ? a : b; }

FN mask m_none(void) { return 0; }
FN mask m_all(void) { return 1; }
FN mask m_and(mask a, mask b) { return a & b; }
FN mask m_or(mask a, mask b) { return a | b; }
FN mask m_and_not(mask a, mask b) { return a & !b; } /* a, but not where b */
FN int m_any(mask a) { return a; }

FN wide l_add(wide a, wide b) { return (wide)((uint64)a + (uint64)b); } /* modulo 2^64 */
FN wide l_sub(wide a, wide b) { return (wide)((uint64)a - (uint64)b); }
FN wide l_mul(word a, word b) { return (wide)((uint64)a * b); } /* unsigned 32 x 32 -> 64 */
FN wide l_mul_low(wide a, uint32 b) { return (wide)((uint64)(uint32)a * b); } /* a modulo 2^32, x b */
FN wide l_xor(wide a, wide b) { return a ^ b; }
FN wide l_shl(wide a, int n) { return (wide)((uint64)a << n); }
FN wide l_shr(wide a, int n) { return (wide)((uint64)a >> n); } /* a >= 0 */
FN mask l_lt(wide a, wide b) { return a < b; }
FN wide l_select(mask m, wide a, wide b) { return m ? a : b; }
FN wide l_keep(mask m, wide a) { return m ? a : 0; }
FN wide l_and(wide a, wide b) { return a & b; }
FN wide l_from_word(word a) { return (wide)a; }
FN word w_low(wide a) { return (word)a; }
FN word w_high(wide a) { return (word)((uint64)a >> 32); }
FN real r_from_wide(wide a) { return (real)a; } /* to nearest, ties to even */
FN uint32 first_of(wide a) { return (uint32)a; } /* the low word of the first lane */
FN void l_store(GLOBAL int64 *to, wide a, int lanes) {
  if (lanes > 0) to[0] = a;
}
#ifndef accumulate_word /* where several workers share a sum */
#define accumulate_word(to, a) (*(to) += (a))
#endif
FN void l_accumulate(GLOBAL int64 *to, wide a) { accumulate_word(to, a); } /* `to` holds LANES sums */
#endif
