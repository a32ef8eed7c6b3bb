/* What a device does at most, found by doing it: chains of one kind of operation, enough of them side by side to fill its
 * pipes. How far a kernel is from these is the only figure of speed that means the same on every device. Part of the probe:
 * a question is {rounds, a, b, c}. */
#ifndef OFR_CEILINGS_H
#define OFR_CEILINGS_H

enum { CEILING_CHAINS = 8, CEILING_MIXED_CHAINS = 4, CEILING_SHARE = 1024 };
#define CHAINS for (int i = 0; i < CEILING_CHAINS; i++)
#define MIXED_CHAINS for (int i = 0; i < CEILING_MIXED_CHAINS; i++)

/* One fused multiply-add a chain and round. */
FN word multiply_adds(uint32 rounds, real a, real b) {
  real x[CEILING_CHAINS], sum = R(0.0f);
  CHAINS x[i] = R((float)i);
  for (uint32 n = 0; n < rounds; n++) CHAINS x[i] = r_fma(x[i], a, b);
  CHAINS sum = sum + x[i];
  return w_from_bits(sum);
}

/* An addition and an exclusive or. */
FN word whole_numbers(uint32 rounds, word b, word c) {
  word x[CEILING_CHAINS], sum = W(0u);
  CHAINS x[i] = W((uint32)i);
  for (uint32 n = 0; n < rounds; n++) CHAINS x[i] = (x[i] + b) ^ c;
  CHAINS sum = sum + x[i];
  return sum;
}

/* What placing work does: a multiply-add, a comparison with a predicated subtraction, an addition and an exclusive or. */
FN word mixed(uint32 rounds, real a, real b, word c) {
  real x[CEILING_MIXED_CHAINS], y[CEILING_MIXED_CHAINS];
  word z[CEILING_MIXED_CHAINS], sum = W(0u);
  MIXED_CHAINS {
    x[i] = y[i] = R((float)i);
    z[i] = W((uint32)i);
  }
  for (uint32 n = 0; n < rounds; n++)
    MIXED_CHAINS {
      x[i] = r_fma(x[i], a, b);
      y[i] = r_take(r_le(x[i], y[i]), y[i], b);
      z[i] = (z[i] + c) ^ c;
    }
  MIXED_CHAINS sum = sum + (w_from_bits(x[i]) ^ w_from_bits(y[i]) ^ z[i]);
  return sum;
}

/* Reads all questions once, as they lie in memory: neighbouring work-items of a GPU neighbouring words; elsewhere one of every
 * CEILING_SHARE questions the words of them all. */
FN uint32 read_through(GLOBAL const uint32 *questions, uint32 n, uint32 at) {
  uint32 sum = 0;
#if LANES == 1 && (defined(__OPENCL_VERSION__) || defined(__CUDACC__) || defined(__CUDACC_RTC__))
  for (uint32 k = 0; k < 6; k++) sum += questions[(uint64)k * n + at];
#else
  uint32 last = n - at < CEILING_SHARE ? n : at + CEILING_SHARE;
  if (at % CEILING_SHARE) return 0;
  for (uint64 k = 6 * (uint64)at; k < 6 * (uint64)last; k++) sum += questions[k];
#endif
  return sum;
}

FN word ceiling(int kind, GLOBAL const uint32 *ask) {
  real a = r_from_bits(W(ask[1])), b = r_from_bits(W(ask[2]));
  if (kind == PROBE_MULTIPLY_ADDS) return multiply_adds(ask[0], a, b);
  if (kind == PROBE_WHOLE_NUMBERS) return whole_numbers(ask[0], W(ask[2]), W(ask[3]));
  return mixed(ask[0], a, b, W(ask[3]));
}
#endif
