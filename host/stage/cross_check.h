/* Silent corruption is found by redoing some paths: the same text, on the CPU, in another instruction-set version than the one
 * in use where there is one, compared bit for bit. */
#ifndef OFR_CROSS_CHECK_H
#define OFR_CROSS_CHECK_H
#include "../backend/backend.h"

typedef struct ofr_cross_check {
  const ofr_path_version *version;
  const ofr_image *image;
  uint64_t *paths;   /* sorted, distinct */
  int count, checked;
  int columns;       /* strategies x columns */
  int64_t *expected; /* [columns][lanes of the version]: of the bundle done last */
} ofr_cross_check;

/* Picks `count` distinct paths out of `all`, by the seed. `device_isa`: the version whose results are checked, or NULL. */
offramp_status ofr_cross_check_begin(ofr_cross_check *check, const ofr_image *image, int count, uint64_t all,
                                     const char *device_isa, offramp_error *error);
/* Compares those of its paths that lie in the batch. OFFRAMP_ERR_MISMATCH names the first that differs. */
offramp_status ofr_cross_check_batch(ofr_cross_check *check, const ofr_batch *batch, offramp_error *error);
void ofr_cross_check_end(ofr_cross_check *check);
#endif
