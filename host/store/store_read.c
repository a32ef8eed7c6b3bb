/* What a store holds, as tables for reports. */
#include <math.h>
#include <string.h>
#include "../base/error.h"
#include "store_internal.h"

typedef struct reading {
  ofr_store *store;
  ofr_arena *arena;
  offramp_error *error;
  offramp_status status; /* once it is not OFFRAMP_OK, nothing more is read */
} reading;

static void *take(reading *x, uint64_t count, size_t size) {
  void *room = x->status == OFFRAMP_OK && count < SIZE_MAX / size ? ofr_arena_alloc(x->arena, (size_t)count + 1, size) : NULL;
  if (!room && x->status == OFFRAMP_OK)
    x->status = ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  return room;
}

static const char *text_of(reading *x, sqlite3_stmt *q, int column) {
  const char *text = (const char *)sqlite3_column_text(q, column);
  char *copy = text ? ofr_arena_copy(x->arena, text, strlen(text)) : NULL;
  if (!copy && x->status == OFFRAMP_OK)
    x->status = ofr_fail(x->error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  return copy;
}

static double number_of(sqlite3_stmt *q, int column) {
  return sqlite3_column_type(q, column) == SQLITE_NULL ? NAN : sqlite3_column_double(q, column);
}

/* A query about a sweep: its first parameter. */
static sqlite3_stmt *ask(reading *x, const char *sql, const char *sweep) {
  sqlite3_stmt *q = x->status == OFFRAMP_OK ? ofr_store_prepare(x->store, sql, x->error) : NULL;
  if (!q && x->status == OFFRAMP_OK) x->status = OFFRAMP_ERR_FILE;
  if (q && sweep) sqlite3_bind_text(q, 1, sweep, -1, SQLITE_TRANSIENT);
  return q;
}

static bool next(reading *x, sqlite3_stmt *q) {
  int code = x->status == OFFRAMP_OK && q ? sqlite3_step(q) : SQLITE_DONE;
  if (code != SQLITE_ROW && code != SQLITE_DONE) x->status = ofr_store_failed(x->store, x->error);
  return code == SQLITE_ROW;
}

static uint64_t count(reading *x, const char *sql, const char *sweep) {
  sqlite3_stmt *q = ask(x, sql, sweep);
  uint64_t n = next(x, q) ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
  sqlite3_finalize(q);
  return n;
}

static const char *const *names(reading *x, const char *sql, const char *sweep, int n) {
  const char **all = take(x, (uint64_t)n, sizeof *all);
  sqlite3_stmt *q = ask(x, sql, sweep);
  for (int i = 0; i < n && next(x, q); i++) all[i] = text_of(x, q, 0);
  sqlite3_finalize(q);
  return all;
}

static int index_of(const char *const *names, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (name && !strcmp(names[i], name)) return i;
  return -1;
}

static ofr_stored_point *find(ofr_stored_point *points, uint64_t n, uint64_t place) {
  uint64_t low = 0, high = n;
  while (low < high) {
    uint64_t middle = (low + high) / 2;
    if (points[middle].place < place) low = middle + 1;
    else high = middle;
  }
  return low < n && points[low].place == place ? &points[low] : NULL;
}

static void read_settings(reading *x, const ofr_stored_sweep *s, ofr_stored_point *points, double *settings) {
  sqlite3_stmt *q = ask(x, "SELECT place, pointer, value FROM setting WHERE sweep = ?", s->digest);
  while (next(x, q)) {
    const ofr_stored_point *p = find(points, s->point_count, (uint64_t)sqlite3_column_int64(q, 0));
    int axis = index_of(s->axes, s->axis_count, (const char *)sqlite3_column_text(q, 1));
    if (p && axis >= 0) settings[(p - points) * s->axis_count + axis] = number_of(q, 2);
  }
  sqlite3_finalize(q);
}

static void read_figures(reading *x, const ofr_stored_sweep *s, ofr_stored_point *points, ofr_stored_figure *figures) {
  bool any = s->point_count == 0;
  sqlite3_stmt *q = ask(x,
                        "SELECT g.place, f.strategy, f.mean, f.se, f.p05, f.p50, f.p95, f.cvar95 FROM grid g JOIN figure f ON "
                        "f.point = g.point WHERE g.sweep = ? AND f.kind = 'metric' AND f.metric = ?",
                        s->digest);
  if (q) sqlite3_bind_text(q, 2, s->metric, -1, SQLITE_TRANSIENT);
  while (next(x, q)) {
    const ofr_stored_point *p = find(points, s->point_count, (uint64_t)sqlite3_column_int64(q, 0));
    int strategy = index_of(s->strategies, s->strategy_count, (const char *)sqlite3_column_text(q, 1));
    if (!p || strategy < 0) continue;
    any = true;
    figures[(p - points) * s->strategy_count + strategy] = (ofr_stored_figure){
        number_of(q, 2), number_of(q, 3), number_of(q, 4), number_of(q, 5), number_of(q, 6), number_of(q, 7)};
  }
  sqlite3_finalize(q);
  if (!any && x->status == OFFRAMP_OK)
    x->status =
        ofr_fail(x->error, OFFRAMP_ERR_ARGUMENT, s->metric,
                 "there is no metric of this name: use total_cost, cash_cost, unmet_cost, served, unit_cost or another of "
                 "`run --format json`'s metrics");
}

static void read_points(reading *x, ofr_stored_sweep *s) {
  s->point_count = count(x, "SELECT count(*) FROM grid WHERE sweep = ?", s->digest);
  ofr_stored_point *points = take(x, s->point_count, sizeof *points);
  double *settings = take(x, s->point_count * (uint64_t)s->axis_count, sizeof *settings);
  ofr_stored_figure *figures = take(x, s->point_count * (uint64_t)s->strategy_count, sizeof *figures);
  sqlite3_stmt *q = ask(x,
                        "SELECT g.place, p.paths, p.seed, p.results_digest FROM grid g JOIN point p ON p.id = g.point WHERE "
                        "g.sweep = ? ORDER BY g.place",
                        s->digest);
  uint64_t n = 0;
  for (; n < s->point_count && next(x, q); n++)
    points[n] = (ofr_stored_point){.place = (uint64_t)sqlite3_column_int64(q, 0),
                                   .paths = (uint64_t)sqlite3_column_int64(q, 1),
                                   .seed = text_of(x, q, 2),
                                   .results_digest = text_of(x, q, 3),
                                   .settings = settings + n * (uint64_t)s->axis_count,
                                   .figures = figures + n * (uint64_t)s->strategy_count};
  sqlite3_finalize(q);
  if (x->status != OFFRAMP_OK) return;
  s->point_count = n;
  s->points = points;
  for (uint64_t i = 0; i < n * (uint64_t)s->axis_count; i++) settings[i] = NAN;
  for (uint64_t i = 0; i < n * (uint64_t)s->strategy_count; i++) figures[i] = (ofr_stored_figure){NAN, NAN, NAN, NAN, NAN, NAN};
  read_settings(x, s, points, settings);
  read_figures(x, s, points, figures);
}

static void read_sweep(reading *x, ofr_stored_sweep *s) {
  s->axis_count = (int)count(x, "SELECT count(*) FROM axis WHERE sweep = ?", s->digest);
  s->strategy_count = (int)count(x, "SELECT count(*) FROM strategy WHERE sweep = ?", s->digest);
  s->axes = names(x, "SELECT pointer FROM axis WHERE sweep = ? ORDER BY place", s->digest, s->axis_count);
  s->strategies = names(x, "SELECT name FROM strategy WHERE sweep = ? ORDER BY place", s->digest, s->strategy_count);
  if (x->status == OFFRAMP_OK) read_points(x, s);
}

offramp_status ofr_store_read(ofr_store *store, const char *metric, ofr_arena *arena, ofr_stored_sweep **sweeps,
                              int *sweep_count, offramp_error *error) {
  reading x = {.store = store, .arena = arena, .error = error, .status = OFFRAMP_OK};
  const char *one = *store->sweep ? store->sweep : NULL;
  *sweep_count = one ? 1 : (int)count(&x, "SELECT count(*) FROM sweep", NULL);
  *sweeps = take(&x, (uint64_t)*sweep_count, sizeof **sweeps);
  sqlite3_stmt *q = ask(&x,
                        one ? "SELECT digest, plan, points FROM sweep WHERE digest = ?"
                            : "SELECT digest, plan, points FROM sweep ORDER BY plan, digest",
                        one);
  for (int i = 0; i < *sweep_count && next(&x, q); i++)
    (*sweeps)[i] = (ofr_stored_sweep){
        .digest = text_of(&x, q, 0), .plan = text_of(&x, q, 1), .metric = metric, .grid = (uint64_t)sqlite3_column_int64(q, 2)};
  sqlite3_finalize(q);
  for (int i = 0; i < *sweep_count && x.status == OFFRAMP_OK; i++) read_sweep(&x, &(*sweeps)[i]);
  return x.status;
}
