/* CUDA C as C, for fake_cuda.c: what device/path.cu uses of it, once before its text, and once after it what runs a grid. Threads
 * run one after the other, as on a device that cannot add up over a warp. With FAKE_WARPS it can: the threads of a warp are fibers
 * that take turns at every such sum, which is slow. */
#ifndef FAKE_CUDA_SHIM_H
#define FAKE_CUDA_SHIM_H
#define _GNU_SOURCE
#include <stdlib.h>
#include <ucontext.h>
#define __CUDACC_RTC__ 1
#ifdef FAKE_WARPS
#define __CUDA_ARCH__ 900
#else
#define __CUDA_ARCH__ 700
#endif
#define __global__
#define __device__
#define __constant__
#define __shared__ static
#define __noinline__ __attribute__((noinline))
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
#define fminf(a, b)        __builtin_fminf(a, b)
#define fmaxf(a, b)        __builtin_fmaxf(a, b)
static inline float __uint_as_float(unsigned u) { float f; __builtin_memcpy(&f, &u, sizeof f); return f; }
static inline unsigned __float_as_uint(float f) { unsigned u; __builtin_memcpy(&u, &f, sizeof u); return u; }

#define atomicAdd(to, a)   (*(to) += (a))

enum { WARP = 32, STACK = 256 << 10 };
static struct { ucontext_t context; unsigned value[2]; int turns, done; } fibers[WARP];
static ucontext_t scheduler;
static char stacks[WARP][STACK];

/* Comes back when every thread of the warp has come here as often. */
static unsigned __reduce_add_sync(unsigned mask, unsigned value) {
  unsigned lane = threadIdx.x % WARP, turn = (unsigned)fibers[lane].turns++ % 2, sum = 0;
  if (mask != 0xffffffffu) abort();
  fibers[lane].value[turn] = value;
  swapcontext(&fibers[lane].context, &scheduler);
  for (int i = 0; i < WARP; i++) sum += fibers[i].value[turn];
  return sum;
}

#else
static void **a;
#undef AT /* device/bound_space.h has one */
#define AT(i, type) (*(type *)a[i])

static void run_fiber(void (*thread)(void), int lane) {
  thread();
  fibers[lane].done = 1;
}

/* A warp whose threads do not take the same number of turns would hang on a GPU. */
static void run_warp(void (*thread)(void), unsigned first) {
  for (int i = 0; i < WARP; i++) {
    fibers[i].turns = fibers[i].done = 0;
    getcontext(&fibers[i].context);
    fibers[i].context.uc_stack.ss_sp = stacks[i];
    fibers[i].context.uc_stack.ss_size = STACK;
    fibers[i].context.uc_link = &scheduler;
    makecontext(&fibers[i].context, (void (*)(void))run_fiber, 2, thread, i);
  }
  for (;;) {
    for (int i = 0; i < WARP; i++) {
      threadIdx.x = first + (unsigned)i;
      swapcontext(&scheduler, &fibers[i].context);
      if (fibers[i].done != fibers[0].done || fibers[i].turns != fibers[0].turns) abort();
    }
    if (fibers[0].done) return;
  }
}

static void run_grid(void (*thread)(void), void **arguments, unsigned grid, unsigned block) {
  a = arguments;
  for (blockIdx.x = 0; blockIdx.x < grid; blockIdx.x++)
    if (__CUDA_ARCH__ >= 800)
      for (unsigned first = 0; first < block; first += WARP) run_warp(thread, first);
    else
      for (threadIdx.x = 0; threadIdx.x < block; threadIdx.x++) thread();
}

#ifdef OFR_BOUND_PATH_H /* the text is that of device/bound.cu */
static void bounds_thread(void) {
  offramp_bounds(AT(0, const uint32 *), AT(1, ofr_job), AT(2, const ofr_bound_set *), AT(3, char *), AT(4, uint64), AT(5, int64 *),
                 AT(6, const float *));
}
static void space_thread(void) { offramp_bound_space(AT(0, const uint32 *), AT(1, const ofr_bound_set *), AT(2, uint64 *)); }
void fake_offramp_bounds(void **arguments, unsigned grid, unsigned block) { run_grid(bounds_thread, arguments, grid, block); }
void fake_offramp_bound_space(void **arguments, unsigned grid, unsigned block) { run_grid(space_thread, arguments, grid, block); }
#else
#ifdef OFR_IMAGE_WORDS
size_t offramp_image_size = sizeof offramp_image;
#endif
#if defined(OFR_SPECIALISED) || defined(OFR_CLASS)
static void paths_thread(void) {
  offramp_paths(AT(0, const uint32 *), AT(1, ofr_job), AT(2, int64 *), AT(3, int64 *), AT(4, int64 *), AT(5, int64 *),
                AT(6, const float *));
}
void fake_offramp_paths(void **arguments, unsigned grid, unsigned block) { run_grid(paths_thread, arguments, grid, block); }
#endif
static void probe_thread(void) { offramp_probe(AT(0, int), AT(1, const uint32 *), AT(2, uint32 *), AT(3, uint32)); }
void fake_offramp_probe(void **arguments, unsigned grid, unsigned block) { run_grid(probe_thread, arguments, grid, block); }
#endif
#endif
