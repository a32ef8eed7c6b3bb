#include "real_math_error.h"
#include <math.h>
#include <string.h>

enum { TILE = 1024 };

const real_math_range exp2_domain[2] = {{0x00000000u, 0x42fc0000u /* 126 */}, {0x80000000u, 0xc2fa0000u /* -125 */}};
const real_math_range log_domain[1] = {{0x00800000u, 0x7f7fffffu}}; /* all that are normal and positive */

float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static long double truth(int kind, float x, bool slow) {
  if (slow) return kind == PROBE_EXP2 ? exp2l((long double)x) : logl((long double)x);
  return (long double)(kind == PROBE_EXP2 ? exp2((double)x) : log((double)x));
}

static void judge(int kind, float x, float found, bool slow, real_math_error *error) {
  long double expected = truth(kind, x, slow), off = fabsl((long double)found - expected);
  if (expected == 0) {
    if (off > 0 || isnan(found)) error->relative = error->ulps = INFINITY, error->relative_at = error->ulps_at = x;
    return;
  }
  double relative = (double)(off / fabsl(expected)), ulps = (double)ldexpl(off, 23 - ilogbl(expected));
  if (!(relative <= error->relative)) error->relative = relative, error->relative_at = x; /* NAN too */
  if (!(ulps <= error->ulps)) error->ulps = ulps, error->ulps_at = x;
}

static void measure_tile(int kind, uint32_t first, uint32_t step, uint32_t n, bool slow, real_math_error *error,
                         ofr_sha256 *hash) {
  uint32_t questions[TILE][6] = {{0}}, answers[TILE][4], others[TILE][4];
  unsigned char bytes[TILE][4];
  for (uint32_t i = 0; i < n; i++) questions[i][0] = first + i * step;
  ofr_path_baseline.probe(kind, questions[0], answers[0], n);
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
    if (*v == &ofr_path_baseline) continue;
    (*v)->probe(kind, questions[0], others[0], n);
    for (uint32_t i = 0; i < n; i++) error->unlike += others[i][0] != answers[i][0];
  }
  for (uint32_t i = 0; i < n; i++) {
    judge(kind, float_of(questions[i][0]), float_of(answers[i][0]), slow, error);
    for (int b = 0; b < 4; b++) bytes[i][b] = (unsigned char)(answers[i][0] >> 8 * b);
  }
  ofr_sha256_add(hash, bytes, (size_t)n * sizeof bytes[0]);
}

void real_math_measure(int kind, real_math_range range, uint32_t step, bool slow, real_math_error *error, ofr_sha256 *hash) {
  uint64_t count = ((uint64_t)range.last - range.first) / step + 1;
  for (uint64_t done = 0; done < count; done += TILE) {
    uint32_t n = count - done < TILE ? (uint32_t)(count - done) : TILE;
    measure_tile(kind, range.first + (uint32_t)(done * step), step, n, slow, error, hash);
  }
}

void real_math_worse(real_math_error *error, const real_math_error *other) {
  if (!(other->relative <= error->relative)) error->relative = other->relative, error->relative_at = other->relative_at;
  if (!(other->ulps <= error->ulps)) error->ulps = other->ulps, error->ulps_at = other->ulps_at;
  error->unlike += other->unlike;
}
