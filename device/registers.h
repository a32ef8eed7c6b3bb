/* Arrays that registers hold, where no index may be unknown to the compiler; on a GPU none may be at all: they are picked from by
 * comparing instead. */
#ifndef OFR_REGISTERS_H
#define OFR_REGISTERS_H

#define CHOICES_IN_REGISTERS SLOTS_UNROLLED
#define PICKED_BY_COMPARING  (SLOTS_UNROLLED && LANES == 1)

/* Element `at` of n in registers, where `at` need not be known. */
#define ELEMENT_OF(type, name)                                                                                                  \
  FN type name(const type *a, int n, int at) {                                                                                  \
    type found = a[PICKED_BY_COMPARING ? 0 : at];                                                                               \
    UNROLL for (int i = 1; PICKED_BY_COMPARING && i < n; i++) found = i == at ? a[i] : found;                                   \
    return found;                                                                                                               \
  }
ELEMENT_OF(real, nth)
ELEMENT_OF(word, nth_word)

FN void set_nth(real *a, int n, int at, real value) {
#if PICKED_BY_COMPARING
  UNROLL for (int i = 0; i < n; i++) a[i] = i == at ? value : a[i];
#else
  ((void)n, a[at] = value);
#endif
}
#endif
