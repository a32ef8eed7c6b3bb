/* Words for CUDA C: one path a thread. Works under nvcc and under NVRTC, which has no system headers. */
#ifndef OFR_WORDS_CUDA_H
#define OFR_WORDS_CUDA_H
#define FN        static __device__ __forceinline__
#define FN_CALLED static __device__ __noinline__
#define GLOBAL
#define BOOKS_IN_MEMORY 1
#define LEAVE_IN_MEMORY() asm volatile("" ::: "memory") /* compilers would hold some of it in registers for the whole path */
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef long long int64;

#define fma_word(a, b, c) __fmaf_rn(a, b, c)
#define sqrt_word(a)      __fsqrt_rn(a)
#define rint_word(a)      rintf(a)
#define floor_word(a)     floorf(a)
#define divide_word(a, b) __fdiv_rn(a, b)
#define min_word(a, b)    fminf(a, b) /* one instruction; differs from a comparison in the sign of zero only */
#define max_word(a, b)    fmaxf(a, b)
#define bits_to_real(u)   __uint_as_float(u)
#define real_to_bits(f)   __float_as_uint(f)

/* Sums that many threads add to: whole numbers, so that their order does not matter. All threads of a warp come here together
 * with the same `to`, and add up among themselves first. Summands lie within +-2^52. */
FN uint64 sum_of_warp(int64 a) {
#if __CUDA_ARCH__ >= 800
  uint32 low = __reduce_add_sync(0xffffffffu, (uint32)a & 0x7ffffffu), high = __reduce_add_sync(0xffffffffu, (uint32)(a >> 27));
  return ((uint64)(int64)(int)high << 27) + low;
#else
  return (uint64)a;
#endif
}
FN int sums_up(void) { /* this thread adds what its warp summed up */
#if __CUDA_ARCH__ >= 800
  return threadIdx.x % 32 == 0;
#else
  return 1;
#endif
}
FN void accumulate_row(int64 *to, int64 *a, int n) {
#pragma unroll
  for (int i = 0; i < n; i++) a[i] = (int64)sum_of_warp(a[i]);
  if (!sums_up()) return;
#pragma unroll
  for (int i = 0; i < n; i++) atomicAdd((uint64 *)to + i, (uint64)a[i]);
}
#define accumulate_row         accumulate_row
#define accumulate_word(to, a) accumulate_row(to, &(a), 1)
#include "words_scalar.h"
#endif
