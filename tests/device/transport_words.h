/* The month's transportation problem as a plain function over arrays, once for each family of vector words that a test may run. */
#ifndef TRANSPORT_WORDS_H
#define TRANSPORT_WORDS_H
#include <stdint.h>

enum { TRANSPORT_WORKLOADS = 16, TRANSPORT_SLOTS = 64, TRANSPORT_LANES = 16 };

/* Sizes and speeds are one for all lanes; what is [..][lane] has one value each. */
typedef struct transport_case {
  int workloads, slots;
  float speed[TRANSPORT_WORKLOADS * TRANSPORT_SLOTS];
  float profit[TRANSPORT_WORKLOADS * TRANSPORT_SLOTS][TRANSPORT_LANES];
  float demand[TRANSPORT_WORKLOADS][TRANSPORT_LANES], room[TRANSPORT_SLOTS][TRANSPORT_LANES];
  float guess[TRANSPORT_WORKLOADS][TRANSPORT_LANES]; /* prices to begin with */
  /* out */
  float placed[TRANSPORT_WORKLOADS * TRANSPORT_SLOTS][TRANSPORT_LANES];
  float price[TRANSPORT_WORKLOADS][TRANSPORT_LANES];
  int steps;
} transport_case;

typedef struct transport_words {
  const char *name; /* of the CPU version that has these words */
  int lanes;
  void (*solve)(transport_case *c);
} transport_words;

extern const transport_words transport_words_baseline;
#ifdef OFR_HAVE_X86_64_V3
extern const transport_words transport_words_avx2;
#endif
#ifdef OFR_HAVE_X86_64_V4
extern const transport_words transport_words_avx512;
#endif
#endif
