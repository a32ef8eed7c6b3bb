/* Filling the caller's error. */
#ifndef OFR_ERROR_H
#define OFR_ERROR_H
#include <offramp/offramp.h>

/* Sets `error` (which may be NULL) and returns `status`. `place` may be NULL. */
offramp_status ofr_fail(offramp_error *error, offramp_status status, const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#endif
