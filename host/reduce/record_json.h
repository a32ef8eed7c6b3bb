/* A record from what `offramp run --format json` wrote. */
#ifndef OFR_RECORD_JSON_H
#define OFR_RECORD_JSON_H
#include "../base/json.h"
#include "record.h"

/* What is no such result, and what is damaged in one, is diagnosed in `d`, and NULL; so is memory that ran out, then without a
 * diagnosis. Keys that are not known are passed over. The record lives in the arena, and so must the tree: names are its. */
const ofr_record *ofr_record_from_json(const ofr_json *root, const char *file, ofr_arena *arena, ofr_diagnostics *d);
#endif
