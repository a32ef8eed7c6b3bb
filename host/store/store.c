#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../base/error.h"
#include "../base/sha256.h"
#include "../reduce/record.h"
#include "../reduce/slices.h"
#include "store_internal.h"

enum { APPLICATION = 0x6f667270 /* "ofrp" */, LAYOUT = 2, WAIT_MS = 30000 };

static const char layout[] =
    "CREATE TABLE sweep(digest TEXT PRIMARY KEY, plan TEXT NOT NULL, points INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE axis(sweep TEXT NOT NULL REFERENCES sweep, place INTEGER NOT NULL, pointer TEXT NOT NULL,"
    " PRIMARY KEY(sweep, place)) WITHOUT ROWID;"
    "CREATE TABLE strategy(sweep TEXT NOT NULL REFERENCES sweep, place INTEGER NOT NULL, name TEXT NOT NULL,"
    " PRIMARY KEY(sweep, place)) WITHOUT ROWID;"
    "CREATE TABLE point(id INTEGER PRIMARY KEY, plan_digest TEXT NOT NULL, version TEXT NOT NULL, plan TEXT NOT NULL,"
    " paths INTEGER NOT NULL, seed TEXT NOT NULL, results_digest TEXT NOT NULL, backend TEXT NOT NULL, device TEXT NOT NULL,"
    " seconds REAL NOT NULL, UNIQUE(plan_digest, version));"
    "CREATE TABLE grid(sweep TEXT NOT NULL REFERENCES sweep, place INTEGER NOT NULL, point INTEGER NOT NULL REFERENCES point,"
    " PRIMARY KEY(sweep, place)) WITHOUT ROWID;"
    "CREATE TABLE setting(sweep TEXT NOT NULL, place INTEGER NOT NULL, pointer TEXT NOT NULL, value REAL NOT NULL,"
    " PRIMARY KEY(sweep, place, pointer), FOREIGN KEY(sweep, place) REFERENCES grid) WITHOUT ROWID;"
    "CREATE TABLE figure(point INTEGER NOT NULL REFERENCES point, strategy TEXT NOT NULL, kind TEXT NOT NULL,"
    " subject TEXT NOT NULL, metric TEXT NOT NULL, mean REAL, se REAL, sd REAL, min REAL, max REAL, p01 REAL, p05 REAL, p10 "
    "REAL,"
    " p25 REAL, p50 REAL, p75 REAL, p90 REAL, p95 REAL, p99 REAL, cvar95 REAL, cvar99 REAL, slices BLOB,"
    " PRIMARY KEY(point, strategy, kind, subject, metric)) WITHOUT ROWID;"
    "CREATE TABLE comparison(point INTEGER NOT NULL REFERENCES point, a TEXT NOT NULL, b TEXT NOT NULL, mean REAL, se REAL,"
    " a_wins REAL, b_wins REAL, a_slices BLOB, b_slices BLOB, PRIMARY KEY(point, a, b)) WITHOUT ROWID;";

/* What layout 1 had not. Points that were kept then have none of it. */
static const char upgrade[] = "ALTER TABLE figure ADD COLUMN slices BLOB; ALTER TABLE comparison ADD COLUMN b_wins REAL;"
                              "ALTER TABLE comparison ADD COLUMN a_slices BLOB; ALTER TABLE comparison ADD COLUMN b_slices BLOB;";

/* A store of before has none. */
static const char claims[] =
    "CREATE TABLE IF NOT EXISTS claim(sweep TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY(sweep, place)) WITHOUT ROWID";

/* ---- errors ---- */

offramp_status ofr_store_failed(const ofr_store *s, offramp_error *error) {
  int code = sqlite3_errcode(s->db);
  const char *remedy = code == SQLITE_BUSY || code == SQLITE_LOCKED ? "another program writes to it: wait for it to end"
                       : code == SQLITE_FULL                        ? "make room on the disk"
                       : code == SQLITE_READONLY                    ? "it cannot be written: name another"
                       : code == SQLITE_CORRUPT                     ? "it is damaged: keep it, and name another"
                                                                    : "look at the file, or name another";
  if (code == SQLITE_CANTOPEN && sqlite3_system_errno(s->db))
    return ofr_fail(error, OFFRAMP_ERR_FILE, s->file, "the store cannot be opened: %s: name another, by --store FILE",
                    strerror(sqlite3_system_errno(s->db)));
  return ofr_fail(error, OFFRAMP_ERR_FILE, s->file, "%s: %s", sqlite3_errmsg(s->db), remedy);
}

offramp_status ofr_store_run(ofr_store *s, const char *sql, offramp_error *error) {
  return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OFFRAMP_OK : ofr_store_failed(s, error);
}

sqlite3_stmt *ofr_store_prepare(ofr_store *s, const char *sql, offramp_error *error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL) == SQLITE_OK) return statement;
  ofr_store_failed(s, error);
  return NULL;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "slices are kept as they lie in memory");

static void bind_text(sqlite3_stmt *q, int at, const char *text) { sqlite3_bind_text(q, at, text, -1, SQLITE_TRANSIENT); }

static void bind_number(sqlite3_stmt *q, int at, double value) {
  if (isfinite(value)) sqlite3_bind_double(q, at, value);
  else sqlite3_bind_null(q, at);
}

static void bind_slices(sqlite3_stmt *q, int at, const double *means, int count) {
  if (ofr_slices_vary(means, count)) sqlite3_bind_blob(q, at, means, count * (int)sizeof *means, SQLITE_TRANSIENT);
  else sqlite3_bind_null(q, at);
}

/* Runs a statement that gives no rows, and makes it ready for the next values. */
static offramp_status step(ofr_store *s, sqlite3_stmt *q, offramp_error *error) {
  int code = sqlite3_step(q);
  offramp_status status = code == SQLITE_DONE ? OFFRAMP_OK : ofr_store_failed(s, error);
  sqlite3_reset(q);
  return status;
}

/* Ends the transaction: what it did stands, or none of it. */
offramp_status ofr_store_end(ofr_store *s, offramp_status status, offramp_error *error) {
  if (status == OFFRAMP_OK) status = ofr_store_run(s, "COMMIT", error);
  if (status != OFFRAMP_OK) ofr_store_run(s, "ROLLBACK", NULL);
  return status;
}

/* ---- opening ---- */

static int number_of(ofr_store *s, const char *sql) {
  sqlite3_stmt *q = ofr_store_prepare(s, sql, NULL);
  int value = q && sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int(q, 0) : -1;
  sqlite3_finalize(q);
  return value;
}

static offramp_status no_store(const ofr_store *s, offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_FILE, s->file, "this file is no store of offramp's, and stays as it is: name another");
}

static offramp_status judge(ofr_store *s, offramp_error *error) {
  int application = number_of(s, "PRAGMA application_id"), version = number_of(s, "PRAGMA user_version");
  if (application < 0 || version < 0) return ofr_store_failed(s, error);
  if (application != APPLICATION) return no_store(s, error);
  s->layout = version;
  if (version >= 1 && version <= LAYOUT) return OFFRAMP_OK;
  return ofr_fail(error, OFFRAMP_ERR_FILE, s->file,
                  "this store is of layout %d, this program's is %d: use the program that made it", version, LAYOUT);
}

/* An empty database becomes a store, and one of layout 1 one of today's; two programs that open it at once agree on who does it. */
static offramp_status make(ofr_store *s, offramp_error *error) {
  char mark[128];
  offramp_status status = ofr_store_run(s, "BEGIN IMMEDIATE", error);
  if (status != OFFRAMP_OK) return status;
  sqlite3_snprintf(sizeof mark, mark, "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION, LAYOUT);
  int application = number_of(s, "PRAGMA application_id");
  bool is_empty = number_of(s, "SELECT count(*) FROM sqlite_master") == 0 && application == 0;
  bool is_old = application == APPLICATION && number_of(s, "PRAGMA user_version") == 1;
  if (is_empty || is_old) status = ofr_store_run(s, is_empty ? layout : upgrade, error);
  if ((is_empty || is_old) && status == OFFRAMP_OK) status = ofr_store_run(s, mark, error);
  return ofr_store_end(s, status, error);
}

offramp_status ofr_store_open(const char *file, bool to_write, ofr_store **store, offramp_error *error) {
  ofr_store *s = *store = calloc(1, sizeof *s);
  if (!s) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  s->file = file;
  offramp_status status = OFFRAMP_OK;
  if (!to_write && access(file, F_OK))
    status =
        ofr_fail(error, OFFRAMP_ERR_FILE, file, "there is no such store: `offramp sweep PLAN --store %.200s` makes one", file);
  /* to be read too: what a program that was killed left half written is rolled back then; a file that is write-protected is
   * only read */
  else if (sqlite3_open_v2(file, &s->db, SQLITE_OPEN_READWRITE | (to_write ? SQLITE_OPEN_CREATE : 0), NULL) != SQLITE_OK)
    status = s->db ? ofr_store_failed(s, error) : ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  if (status == OFFRAMP_OK) {
    sqlite3_busy_timeout(s->db, WAIT_MS);
    if (sqlite3_exec(s->db, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL) == SQLITE_NOTADB)
      status = no_store(s, error);
  }
  if (status == OFFRAMP_OK && to_write) status = make(s, error);
  if (status == OFFRAMP_OK) status = judge(s, error);
  if (status == OFFRAMP_OK && to_write)
    status = ofr_store_run(s, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;", error);
  if (status == OFFRAMP_OK) return OFFRAMP_OK;
  ofr_store_close(s);
  *store = NULL;
  return status;
}

void ofr_store_close(ofr_store *store) {
  if (!store) return;
  sqlite3_close(store->db);
  free(store);
}

/* ---- keeping ---- */

static void name_sweep(const ofr_plan *plan, char hex[65]) {
  ofr_sha256 hash = ofr_sha256_init();
  ofr_sha256_add(&hash, plan->digest, strlen(plan->digest));
  for (int i = 0; i < plan->sweep->axis_count; i++) {
    const ofr_axis *axis = &plan->sweep->axes[i];
    ofr_sha256_add_u64(&hash, strlen(axis->pointer));
    ofr_sha256_add(&hash, axis->pointer, strlen(axis->pointer));
    ofr_sha256_add_u64(&hash, (uint64_t)axis->count);
    for (int j = 0; j < axis->count; j++) {
      uint64_t bits;
      memcpy(&bits, &axis->values[j], sizeof bits);
      ofr_sha256_add_u64(&hash, bits);
    }
  }
  ofr_sha256_finish(&hash, hex);
}

/* A name under the sweep: its place in the plan's order. */
static offramp_status add_name(ofr_store *s, sqlite3_stmt *q, int place, const char *name, offramp_error *error) {
  bind_text(q, 1, s->sweep);
  sqlite3_bind_int(q, 2, place);
  bind_text(q, 3, name);
  return step(s, q, error);
}

static offramp_status add_names(ofr_store *s, offramp_error *error) {
  const ofr_plan *plan = s->plan;
  sqlite3_stmt *axis = ofr_store_prepare(s, "INSERT OR IGNORE INTO axis VALUES(?, ?, ?)", error);
  sqlite3_stmt *strategy = ofr_store_prepare(s, "INSERT OR IGNORE INTO strategy VALUES(?, ?, ?)", error);
  offramp_status status = axis && strategy ? OFFRAMP_OK : OFFRAMP_ERR_FILE;
  for (int i = 0; i < plan->sweep->axis_count && status == OFFRAMP_OK; i++)
    status = add_name(s, axis, i, plan->sweep->axes[i].pointer, error);
  for (int i = 0; i < plan->strategy_count && status == OFFRAMP_OK; i++)
    status = add_name(s, strategy, i, plan->strategies[i].name, error);
  sqlite3_finalize(axis);
  sqlite3_finalize(strategy);
  return status;
}

void ofr_store_choose(ofr_store *s, const ofr_plan *plan) {
  s->plan = plan;
  name_sweep(plan, s->sweep);
}

offramp_status ofr_store_begin(ofr_store *s, const ofr_plan *plan, offramp_error *error) {
  ofr_store_choose(s, plan);
  offramp_status status = ofr_store_run(s, "BEGIN IMMEDIATE", error);
  if (status != OFFRAMP_OK) return status;
  sqlite3_stmt *q = ofr_store_prepare(s, "INSERT OR IGNORE INTO sweep VALUES(?, ?, ?)", error);
  if (q) {
    bind_text(q, 1, s->sweep);
    bind_text(q, 2, plan->name);
    sqlite3_bind_int64(q, 3, (sqlite3_int64)plan->sweep->points);
    status = step(s, q, error);
  } else {
    status = OFFRAMP_ERR_FILE;
  }
  sqlite3_finalize(q);
  if (status == OFFRAMP_OK) status = ofr_store_run(s, claims, error);
  return ofr_store_end(s, status == OFFRAMP_OK ? add_names(s, error) : status, error);
}

static offramp_status keep_settings(ofr_store *s, uint64_t place, offramp_error *error) {
  const ofr_sweep *sweep = s->plan->sweep;
  sqlite3_stmt *q = ofr_store_prepare(s, "INSERT OR IGNORE INTO setting VALUES(?,?,?,?)", error);
  offramp_status status = q ? OFFRAMP_OK : OFFRAMP_ERR_FILE;
  for (int i = 0; i < sweep->axis_count && status == OFFRAMP_OK; i++) {
    bind_text(q, 1, s->sweep);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)place);
    bind_text(q, 3, sweep->axes[i].pointer);
    sqlite3_bind_double(q, 4, ofr_sweep_value(sweep, place, i));
    status = step(s, q, error);
  }
  sqlite3_finalize(q);
  return status;
}

/* A statement about a place of the sweep's. */
static offramp_status at_place(ofr_store *s, const char *sql, uint64_t place, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(s, sql, error);
  if (!q) return OFFRAMP_ERR_FILE;
  bind_text(q, 1, s->sweep);
  sqlite3_bind_int64(q, 2, (sqlite3_int64)place);
  offramp_status status = step(s, q, error);
  sqlite3_finalize(q);
  return status;
}

/* A point stands at a place of the grid, with these settings. Nothing where that is so already. */
static offramp_status place_point(ofr_store *s, uint64_t place, sqlite3_int64 id, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(s, "INSERT OR IGNORE INTO grid VALUES(?, ?, ?)", error);
  if (!q) return OFFRAMP_ERR_FILE;
  bind_text(q, 1, s->sweep);
  sqlite3_bind_int64(q, 2, (sqlite3_int64)place);
  sqlite3_bind_int64(q, 3, id);
  offramp_status status = step(s, q, error);
  sqlite3_finalize(q);
  if (status == OFFRAMP_OK) status = at_place(s, "DELETE FROM claim WHERE sweep = ? AND place = ?", place, error);
  return status == OFFRAMP_OK ? keep_settings(s, place, error) : status;
}

/* Within a transaction. */
static offramp_status look_up(ofr_store *s, uint64_t place, const ofr_plan *point, bool *has, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(s, "SELECT id FROM point WHERE plan_digest = ? AND version = ?", error);
  if (!q) return OFFRAMP_ERR_FILE;
  bind_text(q, 1, point->digest);
  bind_text(q, 2, offramp_version());
  int code = sqlite3_step(q);
  sqlite3_int64 id = code == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
  offramp_status status = code == SQLITE_ROW || code == SQLITE_DONE ? OFFRAMP_OK : ofr_store_failed(s, error);
  sqlite3_finalize(q);
  *has = code == SQLITE_ROW;
  return *has ? place_point(s, place, id, error) : status;
}

static offramp_status claim(ofr_store *s, uint64_t place, bool *begun, offramp_error *error) {
  offramp_status status = at_place(s, "INSERT OR IGNORE INTO claim VALUES(?, ?)", place, error);
  *begun = sqlite3_changes(s->db) == 0;
  return status;
}

offramp_status ofr_store_has(ofr_store *s, const uint64_t *places, const ofr_plan *const *points, int count, bool *has, bool *begun,
                             offramp_error *error) {
  offramp_status status = ofr_store_run(s, "BEGIN IMMEDIATE", error);
  if (status != OFFRAMP_OK) return status;
  for (int i = 0; i < count && status == OFFRAMP_OK; i++) {
    status = look_up(s, places[i], points[i], &has[i], error);
    if (begun) begun[i] = false;
    if (begun && !has[i] && status == OFFRAMP_OK) status = claim(s, places[i], &begun[i], error);
  }
  return ofr_store_end(s, status, error);
}

static void bind_distribution(sqlite3_stmt *q, int at, const ofr_metric *m, const ofr_distribution *d) {
  double none = d->count ? 0 : NAN, scale = m->scale;
  const double plain[] = {d->mean, d->se, d->sd, (double)d->min * scale, (double)d->max * scale};
  for (int i = 0; i < 5; i++) bind_number(q, at++, plain[i] + none);
  for (int i = 0; i < OFR_QUANTILES; i++) bind_number(q, at++, (double)d->quantile[i] * scale + none);
  bind_number(q, at++, d->cvar95 + none);
  bind_number(q, at, d->cvar99 + none);
}

static offramp_status keep_figures(ofr_store *s, sqlite3_int64 id, const ofr_result *r, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(s, "INSERT INTO figure VALUES(?,?,?,?,?, ?,?,?,?,?, ?,?,?,?,?,?,?,?,?, ?,?, ?)", error);
  offramp_status status = q ? OFFRAMP_OK : OFFRAMP_ERR_FILE;
  for (int i = 0; i < r->strategy_count * r->metric_count && status == OFFRAMP_OK; i++) {
    int strategy = i / r->metric_count;
    const ofr_metric *m = &r->metrics[i % r->metric_count];
    const ofr_slice_means *slices = &r->strategies[strategy].slices[i % r->metric_count];
    if (ofr_metric_is_internal(m) || !ofr_metric_concerns(r->plan, strategy, m)) continue;
    sqlite3_bind_int64(q, 1, id);
    bind_text(q, 2, r->plan->strategies[strategy].name);
    bind_text(q, 3, ofr_metric_group_names[m->group]);
    bind_text(q, 4, ofr_metric_subject(r->plan, m));
    bind_text(q, 5, m->name);
    bind_distribution(q, 6, m, &r->strategies[strategy].metrics[i % r->metric_count]);
    bind_slices(q, 22, slices->mean, slices->count);
    status = step(s, q, error);
  }
  sqlite3_finalize(q);
  return status;
}

/* In which share of futures each exit is taken: no distribution of its own, but a mean and its error. */
static offramp_status keep_taken(ofr_store *s, sqlite3_int64 id, const ofr_result *r, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(
      s, "INSERT INTO figure(point, strategy, kind, subject, metric, mean, se, slices) VALUES(?,?,?,?,'p_taken',?,?,?)", error);
  offramp_status status = q ? OFFRAMP_OK : OFFRAMP_ERR_FILE;
  for (int i = 0; i < r->strategy_count * r->metric_count && status == OFFRAMP_OK; i++) {
    int strategy = i / r->metric_count;
    const ofr_metric *m = &r->metrics[i % r->metric_count];
    const ofr_distribution *total = r->strategies[strategy].metrics, *month = &total[i % r->metric_count];
    const ofr_slice_means *slices = &r->strategies[strategy].slices[i % r->metric_count];
    if (m->group != OFR_GROUP_EXIT || m->unit != OFR_UNIT_MONTH || !ofr_metric_concerns(r->plan, strategy, m)) continue;
    double paths = ofr_effective_paths((ofr_measured){total->mean, total->se}, total->sd, r->paths);
    const ofr_measured taken = ofr_share_of_paths(ofr_defined_share(r, month), paths);
    sqlite3_bind_int64(q, 1, id);
    bind_text(q, 2, r->plan->strategies[strategy].name);
    bind_text(q, 3, ofr_metric_group_names[m->group]);
    bind_text(q, 4, ofr_metric_subject(r->plan, m));
    bind_number(q, 5, taken.mean);
    bind_number(q, 6, taken.se);
    bind_slices(q, 7, slices->there, slices->count);
    status = step(s, q, error);
  }
  sqlite3_finalize(q);
  return status;
}

static offramp_status keep_comparisons(ofr_store *s, sqlite3_int64 id, const ofr_result *r, offramp_error *error) {
  sqlite3_stmt *q = ofr_store_prepare(s, "INSERT INTO comparison VALUES(?,?,?,?,?,?, ?,?,?)", error);
  offramp_status status = q ? OFFRAMP_OK : OFFRAMP_ERR_FILE;
  for (int i = 0; i < r->comparison_count && status == OFFRAMP_OK; i++) {
    const ofr_comparison *c = &r->comparisons[i];
    sqlite3_bind_int64(q, 1, id);
    bind_text(q, 2, r->plan->strategies[c->a].name);
    bind_text(q, 3, r->plan->strategies[c->b].name);
    bind_number(q, 4, c->mean);
    bind_number(q, 5, c->se);
    bind_number(q, 6, c->win_share);
    bind_number(q, 7, c->count ? (double)c->b_wins / (double)c->count : NAN);
    for (int k = 0; k < 2; k++) bind_slices(q, 8 + k, c->wins[k].positive, c->wins[k].count);
    status = step(s, q, error);
  }
  sqlite3_finalize(q);
  return status;
}

static offramp_status keep_point(ofr_store *s, uint64_t place, const ofr_result *r, sqlite3_int64 *id, offramp_error *error) {
  char seed[24];
  sqlite3_stmt *q = ofr_store_prepare(s, "INSERT INTO point VALUES(NULL,?,?,?,?,?,?,?,?,?)", error);
  if (!q) return OFFRAMP_ERR_FILE;
  sqlite3_snprintf(sizeof seed, seed, "%llu", (unsigned long long)r->seed);
  bind_text(q, 1, r->plan_digest);
  bind_text(q, 2, offramp_version());
  bind_text(q, 3, r->plan->name);
  sqlite3_bind_int64(q, 4, (sqlite3_int64)r->paths);
  bind_text(q, 5, seed);
  bind_text(q, 6, r->results_digest);
  bind_text(q, 7, r->engine.backend);
  bind_text(q, 8, r->engine.device);
  sqlite3_bind_double(q, 9, r->engine.seconds);
  offramp_status status = step(s, q, error);
  sqlite3_finalize(q);
  *id = sqlite3_last_insert_rowid(s->db);
  return status == OFFRAMP_OK ? place_point(s, place, *id, error) : status;
}

/* Within a transaction. */
static offramp_status keep(ofr_store *s, uint64_t place, const ofr_result *r, offramp_error *error) {
  sqlite3_int64 id;
  bool has;
  offramp_status status = look_up(s, place, r->plan, &has, error); /* another program may have been faster */
  if (status != OFFRAMP_OK || has) return status;
  status = keep_point(s, place, r, &id, error);
  if (status == OFFRAMP_OK) status = keep_figures(s, id, r, error);
  if (status == OFFRAMP_OK) status = keep_taken(s, id, r, error);
  return status == OFFRAMP_OK ? keep_comparisons(s, id, r, error) : status;
}

offramp_status ofr_store_keep(ofr_store *s, const uint64_t *places, ofr_result *const *results, int count, offramp_error *error) {
  offramp_status status = ofr_store_run(s, "BEGIN IMMEDIATE", error);
  if (status != OFFRAMP_OK) return status;
  for (int i = 0; i < count && status == OFFRAMP_OK; i++)
    if (results[i]) status = keep(s, places[i], results[i], error);
  return ofr_store_end(s, status, error);
}
