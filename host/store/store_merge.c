/* One store into another. */
#include <string.h>
#include "../base/error.h"
#include "store_internal.h"

/* Points are known by plan and version; their numbers in the two stores differ. */
#define BOTH " FROM other.point q JOIN main.point p ON p.plan_digest = q.plan_digest AND p.version = q.version"

static const char take_in[] =
    "INSERT OR IGNORE INTO sweep SELECT * FROM other.sweep;"
    "INSERT OR IGNORE INTO axis SELECT * FROM other.axis;"
    "INSERT OR IGNORE INTO strategy SELECT * FROM other.strategy;"
    "CREATE TEMP TABLE fresh AS SELECT q.id FROM other.point q WHERE NOT EXISTS (SELECT 1 FROM main.point p WHERE"
    " p.plan_digest = q.plan_digest AND p.version = q.version);"
    "INSERT INTO point SELECT NULL, plan_digest, version, plan, paths, seed, results_digest, backend, device, seconds FROM "
    "other.point"
    " WHERE id IN (SELECT id FROM fresh);"
    "INSERT INTO figure SELECT p.id, f.strategy, f.kind, f.subject, f.metric, f.mean, f.se, f.sd, f.min, f.max, f.p01, f.p05, "
    "f.p10,"
    " f.p25, f.p50, f.p75, f.p90, f.p95, f.p99, f.cvar95, f.cvar99, f.slices" BOTH
    " JOIN temp.figures f ON f.point = q.id WHERE q.id IN"
    " (SELECT id FROM fresh);"
    "INSERT INTO comparison SELECT p.id, c.a, c.b, c.mean, c.se, c.a_wins, c.b_wins, c.a_slices, c.b_slices" BOTH
    " JOIN temp.comparisons c ON c.point = q.id WHERE q.id"
    " IN (SELECT id FROM fresh);"
    "INSERT OR IGNORE INTO grid SELECT g.sweep, g.place, p.id" BOTH " JOIN other.grid g ON g.point = q.id;"
    "INSERT OR IGNORE INTO setting SELECT * FROM other.setting;";

/* The other store's, whatever its layout. */
static const char views[] = "CREATE TEMP VIEW figures AS SELECT * FROM other.figure;"
                            "CREATE TEMP VIEW comparisons AS SELECT * FROM other.comparison;";
static const char views_of_layout_1[] =
    "CREATE TEMP VIEW figures AS SELECT *, NULL AS slices FROM other.figure;"
    "CREATE TEMP VIEW comparisons AS SELECT *, NULL AS b_wins, NULL AS a_slices, NULL AS b_slices FROM other.comparison;";

/* The first point that the two hold other results for. */
static offramp_status compare(ofr_store *s, const char *from, offramp_error *error) {
  sqlite3_stmt *q =
      ofr_store_prepare(s, "SELECT q.plan, q.plan_digest" BOTH " WHERE p.results_digest <> q.results_digest LIMIT 1", error);
  if (!q) return OFFRAMP_ERR_FILE;
  int code = sqlite3_step(q);
  offramp_status status = code == SQLITE_DONE ? OFFRAMP_OK : OFFRAMP_ERR_FILE;
  if (code == SQLITE_ROW)
    status = ofr_fail(
        error, OFFRAMP_ERR_MISMATCH, from,
        "it holds another result for the plan '%.60s', digest %.12s, than %.200s: a device cannot be trusted, or one of the "
        "files was changed; run the plan again with --backend cpu to see which",
        (const char *)sqlite3_column_text(q, 0), (const char *)sqlite3_column_text(q, 1), s->file);
  else if (code != SQLITE_DONE) status = ofr_store_failed(s, error);
  sqlite3_finalize(q);
  return status;
}

static offramp_status attach(ofr_store *s, const char *from, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(s, "ATTACH DATABASE ? AS other", error);
  if (!q) return OFFRAMP_ERR_FILE;
  sqlite3_bind_text(q, 1, from, -1, SQLITE_TRANSIENT);
  offramp_status status = sqlite3_step(q) == SQLITE_DONE ? OFFRAMP_OK : ofr_store_failed(s, error);
  sqlite3_finalize(q);
  return status;
}

static uint64_t count_fresh(ofr_store *s) {
  sqlite3_stmt *q = ofr_store_prepare(s, "SELECT count(*) FROM fresh", NULL);
  uint64_t n = q && sqlite3_step(q) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
  sqlite3_finalize(q);
  return n;
}

offramp_status ofr_store_merge(ofr_store *s, const char *from, uint64_t *added, offramp_error *error) {
  ofr_store *other;
  *added = 0;
  offramp_status status = ofr_store_open(from, false, &other, error); /* is it a store at all? */
  bool is_old = other && other->layout == 1;
  ofr_store_close(other);
  if (status == OFFRAMP_OK) status = attach(s, from, error);
  if (status != OFFRAMP_OK) return status;
  status = ofr_store_run(s, is_old ? views_of_layout_1 : views, error);
  if (status == OFFRAMP_OK) status = ofr_store_run(s, "BEGIN IMMEDIATE", error);
  if (status == OFFRAMP_OK) {
    status = compare(s, from, error);
    if (status == OFFRAMP_OK) status = ofr_store_run(s, take_in, error);
    if (status == OFFRAMP_OK) *added = count_fresh(s);
    status = ofr_store_end(s, status, error);
  }
  ofr_store_run(s,
                "DROP TABLE IF EXISTS temp.fresh; DROP VIEW IF EXISTS temp.figures; DROP VIEW IF EXISTS temp.comparisons;"
                "DETACH DATABASE other;",
                NULL);
  return status;
}
