/* The quanta of a plan and the fixed-point rates that follow from them: how large an accelerator quantum and a money quantum
 * are, and how a price becomes an integer. MODEL sections 6 and 9. */
#ifndef OFR_MONEY_SCALE_H
#define OFR_MONEY_SCALE_H
#include <stdbool.h>
#include <stdint.h>
#include "plan.h"

__extension__ typedef unsigned __int128 ofr_u128;

typedef struct ofr_scales {
  double accelerator_quantum;           /* accelerators */
  double money_quantum;                 /* dollars */
  double money_per_price;               /* money quanta per work unit and month, for a price of $1 per hour */
  double highest_price[OFR_MAX_POOLS];  /* no path sees a higher list price */
  int ratio_shift, sum_shift, unit_cost_digits;
} ofr_scales;

/* False when no money quantum up to $1000 keeps every path's totals within 62 bits. */
bool ofr_scales_of(const ofr_plan *plan, ofr_scales *scales);

/* A rate in dollars per hour as an integer below 2^31, shifted left by ofr_rate_shift of the highest such rate. */
int ofr_rate_shift(const ofr_scales *scales, double highest);
uint32_t ofr_rate(const ofr_scales *scales, double rate, double highest);
int64_t ofr_to_money(const ofr_scales *scales, double dollars);  /* to the nearest quantum; INT64_MAX where that is beyond all that
                                                                    a path may come to: a tier that nobody reaches */
uint32_t ofr_to_fraction(double x, int bits);                    /* x x 2^bits, to nearest */
#endif
