/* The paired differences of two strategies' columns, path by path, as exact distributions: what a clause, or a failure, changes
 * on the same futures. In passes, as distribution.h has it, over stored columns or over paths that are replayed. */
#ifndef OFR_DIFFERENCE_H
#define OFR_DIFFERENCE_H
#include <stddef.h>
#include "../base/crew.h"
#include "distribution.h"

/* The columns whose difference a - b is taken: |value| < 2^61, none missing. */
typedef struct ofr_minuend {
  const int64_t *a, *b;
  const uint64_t *weights; /* of the paths; NULL: all alike */
} ofr_minuend;

typedef struct ofr_differencer ofr_differencer;

/* For `count` differences over `paths` paths, each with what is known of it before; they and `metrics` must outlive it. NULL when
 * out of memory. */
ofr_differencer *ofr_differencer_create(ofr_difference *differences, int count, const ofr_metric *metrics, uint64_t paths);
void ofr_differencer_destroy(ofr_differencer *d); /* NULL is allowed */
/* Takes in `rows` paths of this pass, from path `first` on, columns[i] for difference i. */
void ofr_differencer_feed(ofr_differencer *d, ofr_crew *crew, const ofr_minuend *columns, uint64_t first, size_t rows);
/* OFR_PASS_AGAIN while any difference needs all paths once more. Those that are known are written down. */
ofr_pass ofr_differencer_end_pass(ofr_differencer *d);
#endif
