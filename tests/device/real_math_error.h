/* How far the model's 2^x and ln x lie from the truth, and what their bits are, over ranges of floats. */
#ifndef REAL_MATH_ERROR_H
#define REAL_MATH_ERROR_H
#include <stdbool.h>
#include <stdint.h>
#include "base/sha256.h"
#include "backend/backend.h"

typedef struct real_math_range {
  uint32_t first, last;
} real_math_range; /* floats by their bits, both included */

/* The floats that the functions promise to take. */
extern const real_math_range exp2_domain[2], log_domain[1];

typedef struct real_math_error {
  double relative, ulps;      /* the largest found; an ulp is one of the true value's */
  float relative_at, ulps_at; /* where */
  uint64_t unlike;            /* answers of other CPU versions that are not the baseline's, bit for bit */
} real_math_error;

/* Measures every `step`-th float of the range. The truth is the C library's, in long double when `slow` and in double (whose
 * own error is a billionth of our ulps) otherwise. `hash` takes in the baseline's bits. */
void real_math_measure(int kind, real_math_range range, uint32_t step, bool slow, real_math_error *error, ofr_sha256 *hash);
void real_math_worse(real_math_error *error, const real_math_error *other); /* takes over what is worse in `other` */

float float_of(uint32_t bits);
uint32_t bits_of(float x);
#endif
