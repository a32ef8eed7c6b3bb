/* What a device does at most: see device/ceilings.h. */
#ifndef OFR_CEILING_RATES_H
#define OFR_CEILING_RATES_H
#include "../backend/backend.h"
#include "../reduce/repeats.h"

/* Operations of a lane, or bytes, a second. */
typedef struct ofr_ceiling_rates { ofr_repeats multiply_adds, whole_numbers, mixed, memory; } ofr_ceiling_rates;

/* The operations that a chain's round counts as; `mixed` counts a comparison with its predicated subtraction as two. */
enum { OFR_CEILING_MULTIPLY_ADDS = 8, OFR_CEILING_WHOLE_NUMBERS = 16, OFR_CEILING_MIXED = 20 };

/* On a device opened with `profile`; some tenths of a second. `lanes` of a question, `workers` that fill the device. */
offramp_status ofr_ceilings_measure(const ofr_backend *backend, ofr_device *device, uint32_t workers, int lanes,
                                    ofr_ceiling_rates *rates, offramp_error *error);
#endif
