/* A store as a record: every figure of every point, to be compared with another store's. */
#ifndef OFR_STORE_RECORD_H
#define OFR_STORE_RECORD_H
#include "../reduce/record.h"
#include "store.h"

/* A point goes by its settings, in the order of their pointers; which sweep asked for it does not matter. OFFRAMP_ERR_PLAN when
 * there is no point, or when two plans have left other results for the same settings. `file` and the rest live in `arena`. */
offramp_status ofr_store_record(ofr_store *store, const char *file, ofr_arena *arena, const ofr_record **record,
                                offramp_error *error);
#endif
