/* The model's 64-bit arithmetic as plain functions over arrays, once for each family of vector words that a test may run. */
#ifndef WIDE_WORDS_H
#define WIDE_WORDS_H
#include <stdint.h>

/* What is computed from values a and b (32-bit where the device takes a word) and a number n that all lanes share. */
typedef enum wide_function {
  WIDE_ADD,
  WIDE_SUB,
  WIDE_XOR,
  WIDE_AND,
  WIDE_SHL,
  WIDE_SHR,
  WIDE_SHIFT,
  WIDE_LESS,   /* a < b: 1 or 0 */
  WIDE_SELECT, /* a < b ? a : b, by select */
  WIDE_KEEP,   /* a < b ? a : 0, by keep */
  WIDE_MIN,
  WIDE_POSITIVE,
  WIDE_MUL,     /* low halves */
  WIDE_MUL_LOW, /* low half of a x n */
  WIDE_LOW,
  WIDE_HIGH,
  WIDE_FROM_WORD,
  WIDE_WORD_LESS,
  WIDE_WORD_EQUAL,
  WIDE_TO_REAL, /* bits of the float */
  WIDE_FIRST,   /* lane 0, in every lane */
  WIDE_SCALE_30,
  WIDE_SCALE_28,
  WIDE_SCALE_31,
  WIDE_SCALE_1, /* fraction n */
  WIDE_TIMES,
  WIDE_PPB,
  WIDE_PER_BILLION,
  WIDE_QUOTIENT, /* n groups of ten bits */
  WIDE_FUNCTIONS
} wide_function;

typedef struct wide_words {
  const char *name; /* of the CPU version that has these words */
  int lanes;
  void (*apply)(wide_function function, const int64_t *a, const int64_t *b, int64_t n, int64_t *out); /* `lanes` values each */
  void (*store)(const int64_t *a, int keep, int64_t *out); /* the first `keep` of `lanes` values, through l_store */
  void (*accumulate)(const int64_t *a, int64_t *sums);     /* l_accumulate into `lanes` sums */
} wide_words;

extern const wide_words wide_words_baseline;
#ifdef OFR_HAVE_X86_64_V3
extern const wide_words wide_words_avx2;
#endif
#ifdef OFR_HAVE_X86_64_V4
extern const wide_words wide_words_avx512;
#endif
#endif
