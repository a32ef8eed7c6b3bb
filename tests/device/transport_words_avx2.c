/* Compiled for its instruction set by pragma, so that the build needs no flags of its own. */
#ifdef OFR_HAVE_X86_64_V3
#include <immintrin.h>
#include <math.h>
#include <string.h>
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,bmi2")
#endif
#include "device/words_avx2.h"
#define WORDS_NAME  "x86_64_v3"
#define WORDS_TABLE transport_words_avx2
#include "transport_words_body.h"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int transport_words_avx2_are_not_built; /* ISO C wants a declaration */
#endif
