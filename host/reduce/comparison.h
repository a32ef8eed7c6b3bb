/* Two strategies on the same futures: the paired difference of their stored costs, fed chunk by chunk in any order. The
 * ofr_comparison itself is the accumulator; its doubles are filled last. */
#ifndef OFR_COMPARISON_H
#define OFR_COMPARISON_H
#include <stddef.h>
#include "../base/crew.h"
#include "result.h"

/* A strategy's stored columns, money quanta, each |value| < 2^62. */
typedef struct ofr_costs {
  const int64_t *total, *cash, *unmet;
  const uint64_t *weights; /* of the paths, the same for all strategies; NULL: all alike */
} ofr_costs;

ofr_comparison ofr_comparison_begin(int a, int b);
void ofr_comparison_feed(ofr_comparison *comparison, ofr_costs a, ofr_costs b, size_t count);
/* The same of rows `first` and on of `paths`, and wins by slice. */
void ofr_comparison_feed_slices(ofr_comparison *comparison, ofr_costs a, ofr_costs b, uint64_t paths, uint64_t first, size_t count);
void ofr_comparison_merge(ofr_comparison *into, const ofr_comparison *from);
/* `scale`: dollars per money quantum; `paths` as above. Without any path, mean and win_share are NAN. */
void ofr_comparison_finish(ofr_comparison *comparison, uint64_t paths, double scale);

/* Every pair a < b of `strategies`, in the order (0,1) (0,2) .. (1,2) ..: strategies x (strategies - 1) / 2 of them to `out`.
 * The same for any crew. False when out of memory. */
bool ofr_compare_strategies(ofr_crew *crew, const ofr_costs *costs, int strategies, uint64_t rows, double scale,
                            ofr_comparison *out);
#endif
