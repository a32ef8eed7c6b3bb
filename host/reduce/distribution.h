/* Exact statistics of columns of path values, in passes over them, so that stored columns and columns that are simulated
 * anew for each pass are served alike. The result does not depend on the order of the values nor on how they were cut into
 * pieces, fed or merged. A distiller's memory is fixed (1 MB, touched as needed) and no feed can fail. Not
 * for a whole table at once: that is columns.h.
 *
 *   do {
 *     ofr_distiller_feed(d, values, n);                 all values, in any number of pieces
 *   } while (ofr_distiller_end_pass(d) == OFR_PASS_AGAIN);
 *   ofr_distiller_finish(d, scale, &out);
 *
 * Three passes are usual: about 3.5 ns a value on one core at 3.5 GHz. One suffices when all values are equal; a few more
 * come when most values crowd into a small part of the range. */
#ifndef OFR_DISTRIBUTION_H
#define OFR_DISTRIBUTION_H
#include <stddef.h>
#include "result.h"

typedef struct ofr_distiller ofr_distiller;

typedef enum ofr_pass {
  OFR_PASS_DONE,  /* everything is known */
  OFR_PASS_AGAIN, /* feed all values once more */
  OFR_PASS_UNLIKE /* this pass's values were not the first one's: a replay went wrong; of no further use until reset */
} ofr_pass;

ofr_distiller *ofr_distiller_create(bool low_is_worse);                /* NULL when out of memory */
void ofr_distiller_destroy(ofr_distiller *distiller);                  /* NULL is allowed */
void ofr_distiller_reset(ofr_distiller *distiller, bool low_is_worse); /* as newly created */

/* Takes in values of this pass: |value| < 2^62, or OFR_MISSING; 2^48 in all. */
void ofr_distiller_feed(ofr_distiller *distiller, const int64_t *values, size_t count);
/* The same as feeding each value so many times over, 2^32 times in all at most; a weight of 0 leaves it out. NULL: once each. */
void ofr_distiller_feed_weighted(ofr_distiller *distiller, const int64_t *values, const uint64_t *weights, size_t count);

/* Sharing a pass among threads: each follower takes over what `leader` looks for in this pass (and nothing it has seen), is
 * fed its share, and is merged into the leader, which then ends the pass. */
void ofr_distiller_follow(ofr_distiller *follower, const ofr_distiller *leader);
void ofr_distiller_merge(ofr_distiller *leader, const ofr_distiller *follower);

ofr_pass ofr_distiller_end_pass(ofr_distiller *distiller);

/* A value near the quantile where the worst 5 % begin, in passes that know one: from the third on, usually, and the nearer the
 * later. The same for all who are fed the same values. */
bool ofr_distiller_tail(const ofr_distiller *distiller, int64_t *edge);

/* After OFR_PASS_DONE. `scale` turns values into the unit people read. Without any value the integers are 0, and mean, cvar95
 * and cvar99 NAN. sd is the sample's (count - 1), se = sd / sqrt(count); 0 for fewer than two values. With weights w, count
 * there is the effective number of values (sum of w)^2 / sum of w^2 (Kish 1965): the same when all are alike. */
void ofr_distiller_finish(const ofr_distiller *distiller, double scale, ofr_distribution *out);
#endif
