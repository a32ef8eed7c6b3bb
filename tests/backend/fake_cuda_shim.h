/* CUDA C as C, for fake_cuda.c: what device/path.cu uses of it, once before its text, and once after it what runs a grid. Threads
 * run one after the other, each a warp's only active one. */
#ifndef FAKE_CUDA_SHIM_H
#define FAKE_CUDA_SHIM_H
#define __CUDACC_RTC__ 1
#define __CUDA_ARCH__ 900
#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __restrict__ restrict
#define CONSTANT static const

typedef struct fake_place { unsigned x; } fake_place;
static fake_place blockIdx, threadIdx;

#define __fmaf_rn(a, b, c) __builtin_fmaf(a, b, c)
#define __fsqrt_rn(a)      __builtin_sqrtf(a)
#define __fdiv_rn(a, b)    ((float)(a) / (float)(b))
#define rintf(a)           __builtin_rintf(a)
#define floorf(a)          __builtin_floorf(a)
static inline float __uint_as_float(unsigned u) { float f; __builtin_memcpy(&f, &u, sizeof f); return f; }
static inline unsigned __float_as_uint(float f) { unsigned u; __builtin_memcpy(&u, &f, sizeof u); return u; }

static inline unsigned __activemask(void) { return 1u << threadIdx.x % 32; }
#define __reduce_add_sync(mask, value) ((void)(mask), (value))
#define __ffs(x)           __builtin_ffs(x)
#define atomicAdd(to, a)   (*(to) += (a))
#define asm(...)           (lane = threadIdx.x % 32)

#else
#undef asm
#define RUN_GRID(call)                                                                                                          \
  for (blockIdx.x = 0; blockIdx.x < grid; blockIdx.x++)                                                                         \
    for (threadIdx.x = 0; threadIdx.x < block; threadIdx.x++) call
#define AT(i, type) (*(type *)a[i])

#ifdef OFR_SPECIALISED
void fake_offramp_paths(void **a, unsigned grid, unsigned block) {
  RUN_GRID(offramp_paths(AT(0, const uint32 *), AT(1, ofr_job), AT(2, int64 *), AT(3, int64 *), AT(4, int64 *), AT(5, int64 *)));
}
#endif
void fake_offramp_probe(void **a, unsigned grid, unsigned block) {
  RUN_GRID(offramp_probe(AT(0, int), AT(1, const uint32 *), AT(2, uint32 *), AT(3, uint32)));
}
#endif
