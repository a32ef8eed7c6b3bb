/* Questions that a back end answers before it is trusted: Philox's known answers, the bits of our functions, the layout of
 * the shared structs. And how fast it is at what it can do at most: ceilings.h. */
#ifndef OFR_PROBE_H
#define OFR_PROBE_H
#ifndef PROBE_KINDS
#define PROBE_KINDS
#if defined(__OPENCL_VERSION__) || defined(__CUDACC__) || defined(__CUDACC_RTC__)
enum {
  PROBE_PHILOX, PROBE_EXP2, PROBE_LOG, PROBE_NORMAL, PROBE_LAYOUT,
  PROBE_MULTIPLY_ADDS, PROBE_WHOLE_NUMBERS, PROBE_MIXED, PROBE_MEMORY
};
#endif
#endif
#include "ceilings.h"

FN void answer(int kind, GLOBAL const uint32 *ask, GLOBAL uint32 *reply) {
  word r[4];
  for (int i = 0; i < 4; i++) r[i] = W(0u);
  if (kind == PROBE_PHILOX) {
    block x;
    x.a = W(ask[0]);
    x.b = W(ask[1]);
    x.c = W(ask[2]);
    x.d = W(ask[3]);
    x = philox(x, ask[4], ask[5]);
    r[0] = x.a;
    r[1] = x.b;
    r[2] = x.c;
    r[3] = x.d;
  } else if (kind == PROBE_EXP2) {
    r[0] = w_from_bits(exp2_real(r_from_bits(W(ask[0]))));
  } else if (kind == PROBE_LOG) {
    r[0] = w_from_bits(log_real(r_from_bits(W(ask[0]))));
  } else if (kind == PROBE_NORMAL) {
    normals n = normal_pair(W(ask[0]), W(ask[1]));
    r[0] = w_from_bits(n.a);
    r[1] = w_from_bits(n.b);
  } else if (kind >= PROBE_MULTIPLY_ADDS) {
    r[0] = ceiling(kind, ask);
  } else {
    r[0] = W((uint32)sizeof(ofr_image));
    r[1] = W((uint32)sizeof(ofr_job));
    r[2] = W((uint32)LANES);
  }
  for (int i = 0; i < 4; i++) reply[i] = first_of(l_from_word(r[i]));
}

/* Question `at` of n. */
FN void answer_one(int kind, GLOBAL const uint32 *questions, GLOBAL uint32 *answers, uint32 n, uint32 at) {
  if (kind == PROBE_MEMORY) answers[4 * (uint64)at] = read_through(questions, n, at);
  else answer(kind, questions + 6 * (uint64)at, answers + 4 * (uint64)at);
}
#endif
