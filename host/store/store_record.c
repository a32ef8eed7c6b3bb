#include "store_record.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../base/sha256.h"
#include "../base/text.h"
#include "store_internal.h"

typedef struct place {
  const char *settings, *sweep, *results_digest;
  sqlite3_int64 point;
  uint64_t paths, seed;
} place;

typedef struct reader {
  ofr_inquiry store;
  ofr_record *record;
  place *places; /* in the order of sweeps and grids */
  int place_count, figure_capacity;
} reader;

/* ---- points ---- */

/* "/events/0/rate=1, /pools/0/price=2.5" */
static const char *settings_of(reader *r, sqlite3_stmt *q, const char *sweep, sqlite3_int64 at) {
  ofr_text text = {0};
  sqlite3_reset(q);
  sqlite3_bind_text(q, 1, sweep, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(q, 2, at);
  while (ofr_inquiry_next(&r->store, q)) {
    ofr_text_printf(&text, "%s%s=", text.size ? ", " : "", (const char *)sqlite3_column_text(q, 0));
    ofr_text_number(&text, sqlite3_column_double(q, 1));
  }
  if (text.failed) ofr_inquiry_no_memory(&r->store);
  const char *copy = ofr_inquiry_copy(&r->store, ofr_text_chars(&text), text.size);
  ofr_text_free(&text);
  return copy;
}

static void read_places(reader *r) {
  int most = (int)ofr_inquiry_count(&r->store, "SELECT count(*) FROM grid", NULL);
  r->places = ofr_inquiry_take(&r->store, (size_t)most, sizeof *r->places);
  sqlite3_stmt *settings =
      ofr_inquiry_ask(&r->store, "SELECT pointer, value FROM setting WHERE sweep = ? AND place = ? ORDER BY pointer", NULL);
  sqlite3_stmt *q =
      ofr_inquiry_ask(&r->store,
                      "SELECT g.sweep, g.place, p.id, p.paths, p.seed, p.results_digest FROM sweep s JOIN grid g ON g.sweep = "
                      "s.digest JOIN point p ON p.id = g.point ORDER BY s.plan, s.digest, g.place",
                      NULL);
  while (r->place_count < most && ofr_inquiry_next(&r->store, q)) {
    place *p = &r->places[r->place_count++];
    p->sweep = ofr_inquiry_text(&r->store, q, 0);
    p->settings = settings ? settings_of(r, settings, p->sweep, sqlite3_column_int64(q, 1)) : "";
    p->point = sqlite3_column_int64(q, 2);
    p->paths = (uint64_t)sqlite3_column_int64(q, 3);
    p->seed = strtoull(ofr_inquiry_text(&r->store, q, 4), NULL, 10);
    p->results_digest = ofr_inquiry_text(&r->store, q, 5);
  }
  sqlite3_finalize(settings);
  sqlite3_finalize(q);
}

static int by_settings(const void *x, const void *y) {
  const place *a = *(const place *const *)x, *b = *(const place *const *)y;
  int order = strcmp(a->settings, b->settings);
  return order ? order : (a > b) - (a < b);
}

/* Points by their settings, each once; those that came first of the same ones. Marks the others with a point of 0. */
static const place **unique_places(reader *r, int *n) {
  place **all = ofr_inquiry_take(&r->store, (size_t)r->place_count, sizeof *all);
  *n = 0;
  for (int i = 0; all && i < r->place_count; i++) all[i] = &r->places[i];
  if (all) qsort(all, (size_t)r->place_count, sizeof *all, by_settings);
  for (int i = 0; all && i < r->place_count && r->store.status == OFFRAMP_OK; i++) {
    place *last = *n ? all[*n - 1] : NULL;
    if (!last || strcmp(last->settings, all[i]->settings)) all[(*n)++] = all[i];
    else if (last->point == all[i]->point) all[i]->point = 0;
    else
      r->store.status = ofr_fail(r->store.error, OFFRAMP_ERR_PLAN, r->record->file,
                                 "it holds several results for %.200s: keep each plan, and each night, in a store of its own",
                                 *last->settings ? last->settings : "the same point");
  }
  return (const place **)all;
}

/* ---- figures ---- */

static ofr_figure *add(reader *r) {
  ofr_record *to = r->record;
  if (to->figure_count == r->figure_capacity) {
    int capacity = r->figure_capacity ? 2 * r->figure_capacity : 1024;
    ofr_figure *figures = ofr_inquiry_take(&r->store, (size_t)capacity, sizeof *figures);
    if (!figures) return NULL;
    if (to->figure_count) memcpy(figures, to->figures, (size_t)to->figure_count * sizeof *figures);
    to->figures = figures;
    r->figure_capacity = capacity;
  }
  return &to->figures[to->figure_count++];
}

static int group_of(const char *kind) {
  for (int i = 0; kind && i < OFR_FIGURE_GROUPS; i++)
    if (!strcmp(kind, ofr_figure_group_names[i])) return i;
  return -1;
}

static ofr_measured measured(sqlite3_stmt *q, int column, uint64_t paths) {
  return (ofr_measured){ofr_inquiry_number(q, column), paths < 2 ? NAN : ofr_inquiry_number(q, column + 1)};
}

/* Returns how many paths of equal weight those of the point are worth. */
static double read_metrics(reader *r, sqlite3_stmt *q, const place *p) {
  double paths = (double)p->paths;
  sqlite3_reset(q);
  sqlite3_bind_int64(q, 1, p->point);
  sqlite3_bind_text(q, 2, p->sweep, -1, SQLITE_TRANSIENT);
  while (ofr_inquiry_next(&r->store, q)) {
    int group = group_of((const char *)sqlite3_column_text(q, 1));
    ofr_figure *f = group < 0 ? NULL : add(r);
    if (!f) continue;
    *f = (ofr_figure){.point = p->settings,
                      .group = (ofr_figure_group)group,
                      .strategy = ofr_inquiry_text(&r->store, q, 0),
                      .subject = ofr_inquiry_text(&r->store, q, 2),
                      .metric = ofr_inquiry_text(&r->store, q, 3),
                      .value = measured(q, 4, p->paths)};
    f->slices = ofr_inquiry_numbers(&r->store, q, 7, &f->slice_count);
    f->unit = ofr_figure_unit_of(f->metric);
    if (group == OFR_FIGURE_METRIC && !strcmp(f->metric, "total_cost"))
      paths = ofr_effective_paths(f->value, ofr_inquiry_number(q, 6), p->paths);
    if (!strcmp(f->metric, "p_taken"))
      f->of_paths = ofr_effective_paths(f->value, sqrt(f->value.mean * (1 - f->value.mean)), p->paths);
  }
  return paths;
}

/* As often as the other one wins, too, unless the point was kept by a program that did not say. */
static ofr_figure wins_of(reader *r, sqlite3_stmt *q, ofr_figure f, double paths) {
  int a, b;
  f.metric = "a_wins";
  f.unit = OFR_FIGURE_SHARE;
  f.of_paths = paths;
  f.value = ofr_share_of_paths(ofr_inquiry_number(q, 4), paths);
  f.reversed = ofr_share_of_paths(ofr_inquiry_number(q, 5), paths);
  f.slices = ofr_inquiry_numbers(&r->store, q, 6, &a);
  f.reversed_slices = ofr_inquiry_numbers(&r->store, q, 7, &b);
  f.slice_count = a ? a : b;
  return f;
}

/* `first`: where the figures of the point begin. */
static void read_comparisons(reader *r, sqlite3_stmt *q, const place *p, int first, double paths) {
  int metrics = r->record->figure_count - first;
  sqlite3_reset(q);
  sqlite3_bind_int64(q, 1, p->point);
  while (ofr_inquiry_next(&r->store, q)) {
    ofr_figure f = {.point = p->settings,
                    .group = OFR_FIGURE_COMPARISON,
                    .unit = OFR_FIGURE_MONEY,
                    .strategy = ofr_inquiry_text(&r->store, q, 0),
                    .subject = ofr_inquiry_text(&r->store, q, 1),
                    .metric = "total_cost",
                    .value = measured(q, 2, p->paths)};
    f.reversed = (ofr_measured){-f.value.mean, f.value.se};
    const ofr_figure *figures = r->record->figures + first;
    if (!ofr_slice_difference(&f, ofr_find_total(figures, metrics, f.strategy), ofr_find_total(figures, metrics, f.subject),
                              r->store.arena))
      ofr_inquiry_no_memory(&r->store);
    ofr_figure *to = add(r);
    if (to) *to = f;
    if ((to = add(r))) *to = wins_of(r, q, f, paths);
  }
}

#define FROM_FIGURES                                                                                                           \
  " FROM figure f LEFT JOIN strategy n ON n.sweep = ?2 AND n.name = f.strategy WHERE f.point = ?1 ORDER BY n.place"

static void read_figures(reader *r) {
  bool is_old = r->store.store->layout == 1;
  sqlite3_stmt *metrics =
      ofr_inquiry_ask(&r->store,
                      is_old ? "SELECT f.strategy, f.kind, f.subject, f.metric, f.mean, f.se, f.sd, NULL" FROM_FIGURES
                             : "SELECT f.strategy, f.kind, f.subject, f.metric, f.mean, f.se, f.sd, f.slices" FROM_FIGURES,
                      NULL);
  sqlite3_stmt *comparisons =
      ofr_inquiry_ask(&r->store,
                      is_old ? "SELECT a, b, mean, se, a_wins, NULL, NULL, NULL FROM comparison WHERE point = ?"
                             : "SELECT a, b, mean, se, a_wins, b_wins, a_slices, b_slices FROM comparison WHERE point = ?",
                      NULL);
  for (int i = 0; i < r->place_count && r->store.status == OFFRAMP_OK; i++) {
    int first = r->record->figure_count;
    if (!r->places[i].point) continue;
    double paths = read_metrics(r, metrics, &r->places[i]);
    read_comparisons(r, comparisons, &r->places[i], first, paths);
  }
  sqlite3_finalize(metrics);
  sqlite3_finalize(comparisons);
}

/* ---- the head ---- */

static void read_strategies(reader *r) {
  int most = (int)ofr_inquiry_count(&r->store, "SELECT count(DISTINCT name) FROM strategy", NULL);
  r->record->strategies = ofr_inquiry_take(&r->store, (size_t)most, sizeof *r->record->strategies);
  sqlite3_stmt *q = ofr_inquiry_ask(&r->store, "SELECT name FROM strategy GROUP BY name ORDER BY min(place)", NULL);
  while (r->record->strategy_count < most && ofr_inquiry_next(&r->store, q))
    r->record->strategies[r->record->strategy_count++] = ofr_inquiry_text(&r->store, q, 0);
  sqlite3_finalize(q);
}

static const char *digest_text(reader *r, const ofr_sha256 *hash) {
  char hex[65];
  ofr_sha256_finish(hash, hex);
  return ofr_inquiry_copy(&r->store, hex, 64);
}

static void add_text(ofr_sha256 *hash, const char *text) {
  ofr_sha256_add_u64(hash, strlen(text));
  ofr_sha256_add(hash, text, strlen(text));
}

static void read_points(reader *r, const place *const *places, int n) {
  ofr_record *to = r->record;
  ofr_sha256 results = ofr_sha256_init(), plans = results;
  ofr_record_point *points = ofr_inquiry_take(&r->store, (size_t)n, sizeof *points);
  for (int i = 0; points && i < n; i++) {
    points[i] = (ofr_record_point){places[i]->settings, places[i]->paths, places[i]->seed};
    add_text(&results, places[i]->settings);
    add_text(&results, places[i]->results_digest);
  }
  sqlite3_stmt *q = ofr_inquiry_ask(&r->store, "SELECT digest FROM sweep ORDER BY digest", NULL);
  while (ofr_inquiry_next(&r->store, q)) add_text(&plans, ofr_inquiry_text(&r->store, q, 0));
  sqlite3_finalize(q);
  to->points = points;
  to->point_count = n;
  to->results_digest = digest_text(r, &results);
  to->plan_digest = digest_text(r, &plans);
}

static void read_names(reader *r) {
  sqlite3_stmt *q = ofr_inquiry_ask(
      &r->store,
      "SELECT (SELECT plan FROM sweep ORDER BY plan LIMIT 1), (SELECT group_concat(version) FROM (SELECT DISTINCT "
      "version FROM point ORDER BY version))",
      NULL);
  if (ofr_inquiry_next(&r->store, q)) {
    r->record->plan_name = ofr_inquiry_text(&r->store, q, 0);
    r->record->version = ofr_inquiry_text(&r->store, q, 1);
  }
  sqlite3_finalize(q);
}

offramp_status ofr_store_record(ofr_store *store, const char *file, ofr_arena *arena, const ofr_record **record,
                                offramp_error *error) {
  reader r = {.store = {store, arena, error, OFFRAMP_OK}};
  int n = 0;
  *record = r.record = ofr_inquiry_take(&r.store, 1, sizeof *r.record);
  if (!r.record) return r.store.status;
  *r.record = (ofr_record){.file = file, .version = "", .plan_name = "", .futures = "", .futures_digest = "", .is_store = true};
  read_places(&r);
  if (r.store.status == OFFRAMP_OK && r.place_count == 0)
    return ofr_fail(error, OFFRAMP_ERR_PLAN, file, "it holds no point yet: `offramp sweep PLAN --store FILE` adds some");
  const place **places = unique_places(&r, &n);
  if (r.store.status == OFFRAMP_OK) read_points(&r, places, n);
  read_strategies(&r);
  read_names(&r);
  read_figures(&r);
  return r.store.status;
}
