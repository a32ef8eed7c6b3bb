/* Arrays that registers hold, where no index may be unknown to the compiler; on a GPU none may be at all: they are picked from by
 * comparing instead. */
#ifndef OFR_REGISTERS_H
#define OFR_REGISTERS_H

#define CHOICES_IN_REGISTERS SLOTS_UNROLLED
#define PICKED_BY_COMPARING  (SLOTS_UNROLLED && LANES == 1)

/* Element `at` of n in registers, where `at` need not be known. */
FN real nth(const real *a, int n, int at) {
#if PICKED_BY_COMPARING
  real found = a[0];
  UNROLL for (int i = 1; i < n; i++) found = i == at ? a[i] : found;
  return found;
#else
  return ((void)n, a[at]);
#endif
}

FN void set_nth(real *a, int n, int at, real value) {
#if PICKED_BY_COMPARING
  UNROLL for (int i = 0; i < n; i++) a[i] = i == at ? value : a[i];
#else
  ((void)n, a[at] = value);
#endif
}

FN word nth_word(const word *a, int n, int at) {
#if PICKED_BY_COMPARING
  word found = a[0];
  UNROLL for (int i = 1; i < n; i++) found = i == at ? a[i] : found;
  return found;
#else
  return ((void)n, a[at]);
#endif
}
#endif
