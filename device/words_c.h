/* Words for plain C, one path at a time: the baseline of every machine, and the trace behind `explain`. */
#ifndef OFR_WORDS_C_H
#define OFR_WORDS_C_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#define FN     static inline
#define GLOBAL
typedef uint32_t uint32;
typedef uint64_t uint64;
typedef int64_t int64;

/* fmaf and friends are exact by definition: the only functions of libm that may reach a result. */
#define fma_word(a, b, c) __builtin_fmaf(a, b, c)
#define sqrt_word(a)      __builtin_sqrtf(a)
#define rint_word(a)      __builtin_rintf(a)
#define floor_word(a)     __builtin_floorf(a)
#define divide_word(a, b) ((a) / (b))
static inline float bits_to_real(uint32_t u) { float f; memcpy(&f, &u, sizeof f); return f; }
static inline uint32_t real_to_bits(float f) { uint32_t u; memcpy(&u, &f, sizeof u); return u; }
#include "words_scalar.h"
#endif
