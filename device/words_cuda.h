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

/* Sums that many threads add to: whole numbers, so that their order does not matter. All threads of a warp come here together
 * with the same `to`, and add up among themselves first. Summands lie in 0 .. 2^54 - 1. */
FN void accumulate_word(int64 *to, int64 a) {
#if __CUDA_ARCH__ >= 800
  uint32 low = __reduce_add_sync(0xffffffffu, (uint32)a & 0x7ffffffu), high = __reduce_add_sync(0xffffffffu, (uint32)(a >> 27));
  if (threadIdx.x % 32 == 0) atomicAdd((uint64 *)to, ((uint64)high << 27) + low);
#else
  atomicAdd((uint64 *)to, (uint64)a);
#endif
}
#define accumulate_word accumulate_word
#include "words_scalar.h"
#endif
