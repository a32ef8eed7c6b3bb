/* Words for CUDA C: one path a thread. Works under nvcc and under NVRTC, which has no system headers. */
#ifndef OFR_WORDS_CUDA_H
#define OFR_WORDS_CUDA_H
#define FN     static __device__ __forceinline__
#define GLOBAL
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef long long int64;

#define fma_word(a, b, c) __fmaf_rn(a, b, c)
#define sqrt_word(a)      __fsqrt_rn(a)
#define rint_word(a)      rintf(a)
#define floor_word(a)     floorf(a)
#define divide_word(a, b) __fdiv_rn(a, b)
#define bits_to_real(u)   __uint_as_float(u)
#define real_to_bits(f)   __float_as_uint(f)
#include "words_scalar.h"
#endif
