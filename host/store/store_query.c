#include <math.h>
#include <string.h>
#include "../base/error.h"
#include "store_internal.h"

void ofr_inquiry_no_memory(ofr_inquiry *x) {
  if (x->status == OFFRAMP_OK) x->status = ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
}

void *ofr_inquiry_take(ofr_inquiry *x, uint64_t count, size_t size) {
  void *room = x->status == OFFRAMP_OK && count < SIZE_MAX / size ? ofr_arena_alloc(x->arena, (size_t)count + 1, size) : NULL;
  if (!room) ofr_inquiry_no_memory(x);
  return room;
}

const char *ofr_inquiry_copy(ofr_inquiry *x, const char *text, size_t size) {
  const char *copy = text ? ofr_arena_copy(x->arena, text, size) : NULL;
  if (text && !copy) ofr_inquiry_no_memory(x);
  return copy ? copy : "";
}

const char *ofr_inquiry_text(ofr_inquiry *x, sqlite3_stmt *query, int column) {
  const char *text = (const char *)sqlite3_column_text(query, column);
  return ofr_inquiry_copy(x, text, text ? strlen(text) : 0);
}

double ofr_inquiry_number(sqlite3_stmt *query, int column) {
  return sqlite3_column_type(query, column) == SQLITE_NULL ? NAN : sqlite3_column_double(query, column);
}

const double *ofr_inquiry_numbers(ofr_inquiry *x, sqlite3_stmt *query, int column, int *count) {
  size_t size = (size_t)sqlite3_column_bytes(query, column);
  const void *bytes = sqlite3_column_blob(query, column);
  *count = (int)(size / sizeof(double));
  double *numbers = *count > 0 ? ofr_inquiry_take(x, (uint64_t)*count, sizeof *numbers) : NULL;
  if (numbers) memcpy(numbers, bytes, (size_t)*count * sizeof *numbers);
  else *count = 0;
  return numbers;
}

sqlite3_stmt *ofr_inquiry_ask(ofr_inquiry *x, const char *sql, const char *text) {
  sqlite3_stmt *query = x->status == OFFRAMP_OK ? ofr_store_prepare(x->store, sql, x->error) : NULL;
  if (!query && x->status == OFFRAMP_OK) x->status = OFFRAMP_ERR_FILE;
  if (query && text) sqlite3_bind_text(query, 1, text, -1, SQLITE_TRANSIENT);
  return query;
}

bool ofr_inquiry_next(ofr_inquiry *x, sqlite3_stmt *query) {
  int code = x->status == OFFRAMP_OK && query ? sqlite3_step(query) : SQLITE_DONE;
  if (code != SQLITE_ROW && code != SQLITE_DONE) x->status = ofr_store_failed(x->store, x->error);
  return code == SQLITE_ROW;
}

uint64_t ofr_inquiry_count(ofr_inquiry *x, const char *sql, const char *text) {
  sqlite3_stmt *query = ofr_inquiry_ask(x, sql, text);
  uint64_t n = ofr_inquiry_next(x, query) ? (uint64_t)sqlite3_column_int64(query, 0) : 0;
  sqlite3_finalize(query);
  return n;
}
