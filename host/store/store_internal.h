/* What the files of this room share. */
#ifndef OFR_STORE_INTERNAL_H
#define OFR_STORE_INTERNAL_H
#include <sqlite3.h>
#include "store.h"

struct ofr_store {
  sqlite3 *db;
  const char *file;
  int layout;           /* of the file: 1 only where it is not to be written */
  const ofr_plan *plan; /* of the sweep that was begun; NULL: none was */
  char sweep[65];       /* its digest; "": none was begun */
};

offramp_status ofr_store_failed(const ofr_store *store, offramp_error *error); /* says what SQLite says */
offramp_status ofr_store_run(ofr_store *store, const char *sql, offramp_error *error);
offramp_status ofr_store_end(ofr_store *store, offramp_status status,
                             offramp_error *error); /* a transaction: all of it, or nothing */
sqlite3_stmt *ofr_store_prepare(ofr_store *store, const char *sql, offramp_error *error); /* NULL after an error */

/* ---- reading (store_query.c) ---- */

/* Once its status is not OFFRAMP_OK, nothing more is read. */
typedef struct ofr_inquiry {
  ofr_store *store;
  ofr_arena *arena;
  offramp_error *error;
  offramp_status status;
} ofr_inquiry;

void ofr_inquiry_no_memory(ofr_inquiry *x);                          /* it ran out */
void *ofr_inquiry_take(ofr_inquiry *x, uint64_t count, size_t size); /* room in the arena; NULL after an error */
/* Texts in the arena: "" for null, and after an error. */
const char *ofr_inquiry_copy(ofr_inquiry *x, const char *text, size_t size);
const char *ofr_inquiry_text(ofr_inquiry *x, sqlite3_stmt *query, int column);
double ofr_inquiry_number(sqlite3_stmt *query, int column); /* NAN for null */
const double *ofr_inquiry_numbers(ofr_inquiry *x, sqlite3_stmt *query, int column, int *count); /* NULL, and 0, for null */
/* A query, and its first parameter where it is a text. NULL after an error; the others take that. */
sqlite3_stmt *ofr_inquiry_ask(ofr_inquiry *x, const char *sql, const char *text);
bool ofr_inquiry_next(ofr_inquiry *x, sqlite3_stmt *query); /* there is another row */
uint64_t ofr_inquiry_count(ofr_inquiry *x, const char *sql, const char *text);
#endif
