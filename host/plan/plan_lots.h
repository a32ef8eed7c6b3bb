/* Sizes that are sold in lots. */
#ifndef OFR_PLAN_LOTS_H
#define OFR_PLAN_LOTS_H
#include <stdint.h>

/* The next whole multiple of `lot`; what is finer than a double can tell stays as it is. */
static inline double ofr_whole_lots(double size, double lot) {
  const double lots = size / lot;
  if (!(lots < 0x1p53)) return size;
  double whole = (double)(int64_t)lots;
  if (whole * lot < size) whole++;
  return whole * lot;
}
#endif
