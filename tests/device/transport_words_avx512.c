/* Compiled for its instruction set by pragma, so that the build needs no flags of its own. */
#ifdef OFR_HAVE_X86_64_V4
#include <immintrin.h>
#include <math.h>
#include <string.h>
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2,avx512f,avx512dq,avx512bw,avx512cd,avx512vl"))),             \
                             apply_to = function)
#else
#pragma GCC target("avx2,fma,bmi2,avx512f,avx512dq,avx512bw,avx512cd,avx512vl")
#endif
#include "device/words_avx512.h"
#define WORDS_NAME  "x86_64_v4"
#define WORDS_TABLE transport_words_avx512
#include "transport_words_body.h"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int transport_words_avx512_are_not_built; /* ISO C wants a declaration */
#endif
