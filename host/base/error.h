/* Filling the caller's error. */
#ifndef OFR_ERROR_H
#define OFR_ERROR_H
#include <offramp/offramp.h>
#include "diagnostics.h"

/* Sets `error` (which may be NULL) and returns `status`. `place` may be NULL. */
offramp_status ofr_fail(offramp_error *error, offramp_status status, const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The first of what is wrong with a file: OFFRAMP_ERR_PLAN, or OFFRAMP_ERR_FILE where it has no line, for then the file itself is
 * not to be had; OFFRAMP_ERR_LIMIT when nothing was diagnosed. */
offramp_status ofr_fail_diagnosed(offramp_error *error, const char *file, const ofr_diagnostics *d);
#endif
