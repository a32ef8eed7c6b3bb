/* What the files of this room share. */
#ifndef OFR_STORE_INTERNAL_H
#define OFR_STORE_INTERNAL_H
#include <sqlite3.h>
#include "store.h"

struct ofr_store {
  sqlite3 *db;
  const char *file;
  const ofr_plan *plan; /* of the sweep that was begun; NULL: none was */
  char sweep[65];       /* its digest; "": none was begun */
};

offramp_status ofr_store_failed(const ofr_store *store, offramp_error *error); /* says what SQLite says */
offramp_status ofr_store_run(ofr_store *store, const char *sql, offramp_error *error);
offramp_status ofr_store_end(ofr_store *store, offramp_status status,
                             offramp_error *error); /* a transaction: all of it, or nothing */
sqlite3_stmt *ofr_store_prepare(ofr_store *store, const char *sql, offramp_error *error); /* NULL after an error */
#endif
