/* What host and device share of the certified bound. A contract set stands for all strategies that sign it. */
#ifndef OFR_BOUND_MODEL_H
#define OFR_BOUND_MODEL_H

enum { OFR_BOUND_ROUNDS = 32, OFR_BOUND_OUTPUTS = 5 };

/* A window of a commitment that is signed, cut to the horizon. */
typedef struct ofr_bound_window {
  int commitment, first, settles, next; /* next: index of the commitment's following window, or -1 */
  uint32 rate;                          /* what a short dollar costs at least: RATE_BITS */
  uint32 most_price;                    /* its price stays at or below it, FRACTION_BITS */
  int64 opening;
} ofr_bound_window;

/* Its windows follow it in memory. */
typedef struct ofr_bound_set {
  int strategy;             /* one that signs it */
  int windows;              /* in the order in which they settle */
  int scale;                /* a month's rates are money quanta a work unit, x 2^scale */
  int speed_shift;          /* speeds x 2^this fit 31 bits */
} ofr_bound_set;
#endif
