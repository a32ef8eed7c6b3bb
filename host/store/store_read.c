/* What a store holds, as tables for reports. */
#include <math.h>
#include <string.h>
#include "../base/error.h"
#include "store_internal.h"

static const char *const *names(ofr_inquiry *x, const char *sql, const char *sweep, int n) {
  const char **all = ofr_inquiry_take(x, (uint64_t)n, sizeof *all);
  sqlite3_stmt *q = ofr_inquiry_ask(x, sql, sweep);
  for (int i = 0; i < n && ofr_inquiry_next(x, q); i++) all[i] = ofr_inquiry_text(x, q, 0);
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

static void read_settings(ofr_inquiry *x, const ofr_stored_sweep *s, ofr_stored_point *points, double *settings) {
  sqlite3_stmt *q = ofr_inquiry_ask(x, "SELECT place, pointer, value FROM setting WHERE sweep = ?", s->digest);
  while (ofr_inquiry_next(x, q)) {
    const ofr_stored_point *p = find(points, s->point_count, (uint64_t)sqlite3_column_int64(q, 0));
    int axis = index_of(s->axes, s->axis_count, (const char *)sqlite3_column_text(q, 1));
    if (p && axis >= 0) settings[(p - points) * s->axis_count + axis] = ofr_inquiry_number(q, 2);
  }
  sqlite3_finalize(q);
}

static void read_figures(ofr_inquiry *x, const ofr_stored_sweep *s, ofr_stored_point *points, ofr_stored_figure *figures) {
  bool any = s->point_count == 0;
  sqlite3_stmt *q =
      ofr_inquiry_ask(x,
                      "SELECT g.place, f.strategy, f.mean, f.se, f.p05, f.p50, f.p95, f.cvar95 FROM grid g JOIN figure f ON "
                      "f.point = g.point WHERE g.sweep = ? AND f.kind = 'metric' AND f.metric = ?",
                      s->digest);
  if (q) sqlite3_bind_text(q, 2, s->metric, -1, SQLITE_TRANSIENT);
  while (ofr_inquiry_next(x, q)) {
    const ofr_stored_point *p = find(points, s->point_count, (uint64_t)sqlite3_column_int64(q, 0));
    int strategy = index_of(s->strategies, s->strategy_count, (const char *)sqlite3_column_text(q, 1));
    if (!p || strategy < 0) continue;
    any = true;
    figures[(p - points) * s->strategy_count + strategy] =
        (ofr_stored_figure){ofr_inquiry_number(q, 2), ofr_inquiry_number(q, 3), ofr_inquiry_number(q, 4),
                            ofr_inquiry_number(q, 5), ofr_inquiry_number(q, 6), ofr_inquiry_number(q, 7)};
  }
  sqlite3_finalize(q);
  if (!any && x->status == OFFRAMP_OK)
    x->status =
        ofr_fail(x->error, OFFRAMP_ERR_ARGUMENT, s->metric,
                 "there is no metric of this name: use total_cost, cash_cost, unmet_cost, served, unit_cost or another of "
                 "`run --format json`'s metrics");
}

static void read_points(ofr_inquiry *x, ofr_stored_sweep *s) {
  s->point_count = ofr_inquiry_count(x, "SELECT count(*) FROM grid WHERE sweep = ?", s->digest);
  ofr_stored_point *points = ofr_inquiry_take(x, s->point_count, sizeof *points);
  double *settings = ofr_inquiry_take(x, s->point_count * (uint64_t)s->axis_count, sizeof *settings);
  ofr_stored_figure *figures = ofr_inquiry_take(x, s->point_count * (uint64_t)s->strategy_count, sizeof *figures);
  sqlite3_stmt *q =
      ofr_inquiry_ask(x,
                      "SELECT g.place, p.paths, p.seed, p.results_digest FROM grid g JOIN point p ON p.id = g.point WHERE "
                      "g.sweep = ? ORDER BY g.place",
                      s->digest);
  uint64_t n = 0;
  for (; n < s->point_count && ofr_inquiry_next(x, q); n++)
    points[n] = (ofr_stored_point){.place = (uint64_t)sqlite3_column_int64(q, 0),
                                   .paths = (uint64_t)sqlite3_column_int64(q, 1),
                                   .seed = ofr_inquiry_text(x, q, 2),
                                   .results_digest = ofr_inquiry_text(x, q, 3),
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

static void read_sweep(ofr_inquiry *x, ofr_stored_sweep *s) {
  s->axis_count = (int)ofr_inquiry_count(x, "SELECT count(*) FROM axis WHERE sweep = ?", s->digest);
  s->strategy_count = (int)ofr_inquiry_count(x, "SELECT count(*) FROM strategy WHERE sweep = ?", s->digest);
  s->axes = names(x, "SELECT pointer FROM axis WHERE sweep = ? ORDER BY place", s->digest, s->axis_count);
  s->strategies = names(x, "SELECT name FROM strategy WHERE sweep = ? ORDER BY place", s->digest, s->strategy_count);
  if (x->status == OFFRAMP_OK) read_points(x, s);
}

offramp_status ofr_store_read(ofr_store *store, const char *metric, ofr_arena *arena, ofr_stored_sweep **sweeps,
                              int *sweep_count, offramp_error *error) {
  ofr_inquiry x = {.store = store, .arena = arena, .error = error, .status = OFFRAMP_OK};
  const char *one = *store->sweep ? store->sweep : NULL;
  *sweep_count = one ? 1 : (int)ofr_inquiry_count(&x, "SELECT count(*) FROM sweep", NULL);
  *sweeps = ofr_inquiry_take(&x, (uint64_t)*sweep_count, sizeof **sweeps);
  sqlite3_stmt *q = ofr_inquiry_ask(&x,
                                    one ? "SELECT digest, plan, points FROM sweep WHERE digest = ?"
                                        : "SELECT digest, plan, points FROM sweep ORDER BY plan, digest",
                                    one);
  for (int i = 0; i < *sweep_count && ofr_inquiry_next(&x, q); i++)
    (*sweeps)[i] = (ofr_stored_sweep){.digest = ofr_inquiry_text(&x, q, 0),
                                      .plan = ofr_inquiry_text(&x, q, 1),
                                      .metric = metric,
                                      .grid = (uint64_t)sqlite3_column_int64(q, 2)};
  sqlite3_finalize(q);
  for (int i = 0; i < *sweep_count && x.status == OFFRAMP_OK; i++) read_sweep(&x, &(*sweeps)[i]);
  return x.status;
}
