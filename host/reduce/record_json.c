#include "record_json.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "slices.h"

typedef struct reader {
  const char *file;
  ofr_arena *arena;
  ofr_diagnostics *d;
  ofr_record *record;
  ofr_record_point *point; /* the record's only one */
  int capacity;            /* of the record's figures */
  bool ok;
} reader;

static const char again[] = "the file was changed or damaged: write it again with `offramp run PLAN --format json -o FILE`";

static void wrong(reader *r, const ofr_json *at, const char *message) {
  r->ok = false;
  ofr_diagnose(r->d, OFR_ERROR, r->file, at->line, ofr_json_pointer(at, r->arena), again, "%s", message);
}

/* A value that must be there and of the type; NULL after a diagnosis. */
static const ofr_json *want(reader *r, const ofr_json *object, const char *key, ofr_json_type type) {
  static const char *const names[] = {"null", "true or false", "a number", "a text", "a list", "an object"};
  const ofr_json *x = ofr_json_get(object, key);
  if (x && x->type == type) return x;
  const char *message = x ? ofr_arena_printf(r->arena, "%s stands where %s belongs", names[x->type], names[type])
                          : ofr_arena_printf(r->arena, "\"%s\" is missing", key);
  wrong(r, x ? x : object, message ? message : "this is damaged");
  return NULL;
}

static const char *text_of(reader *r, const ofr_json *object, const char *key) {
  const ofr_json *x = want(r, object, key, OFR_JSON_STRING);
  return x ? x->text : "";
}

/* A whole number; from 2^53 on it is written as a text. */
static uint64_t integer_of(reader *r, const ofr_json *object, const char *key) {
  const ofr_json *x = ofr_json_get(object, key);
  bool is_text = x && x->type == OFR_JSON_STRING;
  if (!is_text && !(x = want(r, object, key, OFR_JSON_NUMBER))) return 0;
  char *end;
  errno = 0;
  uint64_t value = strtoull(x->text, &end, 10);
  if (*x->text < '0' || *x->text > '9' || *end || errno) wrong(r, x, "this is no whole number below 2^64");
  return value;
}

/* NAN for null: there is no value. */
static double number_of(reader *r, const ofr_json *object, const char *key) {
  const ofr_json *x = ofr_json_get(object, key);
  if (x && x->type == OFR_JSON_NULL) return NAN;
  x = want(r, object, key, OFR_JSON_NUMBER);
  return x ? x->number : NAN;
}

/* ---- figures ---- */

static void add(reader *r, ofr_figure figure) {
  ofr_record *to = r->record;
  if (to->figure_count == r->capacity) {
    int capacity = r->capacity ? 2 * r->capacity : 256;
    ofr_figure *figures = ofr_arena_alloc(r->arena, (size_t)capacity, sizeof *figures);
    if (!figures) r->ok = false;
    if (!figures) return;
    if (to->figure_count) memcpy(figures, to->figures, (size_t)to->figure_count * sizeof *figures);
    to->figures = figures;
    r->capacity = capacity;
  }
  figure.unit = ofr_figure_unit_of(figure.metric);
  figure.point = "";
  to->figures[to->figure_count++] = figure;
}

static ofr_measured estimate_of(reader *r, const ofr_json *distribution) {
  ofr_measured e = {number_of(r, distribution, "mean"), number_of(r, distribution, "se")};
  if (e.se < 0) wrong(r, ofr_json_get(distribution, "se"), "a standard error is not below 0");
  if (r->point->paths < 2) e.se = NAN;
  return e;
}

/* Sets the slices that the object holds under the key, if any. */
static void read_slices(reader *r, const ofr_json *object, const char *key, ofr_figure *f) {
  if (!ofr_json_get(object, key)) return;
  const ofr_json *list = want(r, object, key, OFR_JSON_ARRAY);
  double *means = list ? ofr_arena_alloc(r->arena, (size_t)list->count, sizeof *means) : NULL;
  if (!means) {
    r->ok = false;
    return;
  }
  for (const ofr_json *x = list->first; x; x = x->next) {
    if (x->type != OFR_JSON_NUMBER) wrong(r, x, "this is no number");
    means[x->index] = x->number;
  }
  f->slices = means;
  f->slice_count = list->count;
}

static double effective_paths(const reader *r, const ofr_json *distribution) {
  const ofr_json *se = ofr_json_get(distribution, "se"), *sd = ofr_json_get(distribution, "sd");
  bool known = se && sd && se->type == OFR_JSON_NUMBER && sd->type == OFR_JSON_NUMBER;
  return ofr_effective_paths((ofr_measured){0, known ? se->number : 0}, known ? sd->number : 0, r->point->paths);
}

/* The mean of the worst 5 %, where slices tell how sure it is. */
static void read_tail(reader *r, const ofr_json *distribution, ofr_figure f) {
  f.metric = OFR_FIGURE_TAIL;
  read_slices(r, distribution, "cvar95_slices", &f);
  f.value = (ofr_measured){number_of(r, distribution, "cvar95"), ofr_slices_error(f.slices, NULL, f.slice_count)};
  if (f.slices) add(r, f);
}

/* Every distribution of an object; what is none belongs to somebody else. */
static void read_metrics(reader *r, const ofr_json *metrics, ofr_figure_group group, const char *strategy,
                         const char *subject) {
  for (const ofr_json *m = metrics->first; m; m = m->next) {
    bool expected = group <= OFR_FIGURE_STAKE && strncmp(m->key, "p_charge", 8);
    if (m->type == OFR_JSON_OBJECT && (expected || ofr_json_get(m, "mean"))) {
      ofr_figure f = {.group = group, .strategy = strategy, .subject = subject, .metric = m->key, .value = estimate_of(r, m)};
      read_slices(r, m, "slices", &f);
      add(r, f);
      if (ofr_json_get(m, "cvar95_slices")) read_tail(r, m, f);
    } else if (expected) wrong(r, m, "this is no distribution");
  }
}

static void read_charged(reader *r, const ofr_json *commitment, const char *strategy) {
  double share = number_of(r, commitment, "p_charge");
  const ofr_json *charge = want(r, commitment, "charge", OFR_JSON_OBJECT);
  if (share < 0 || share > 1) wrong(r, ofr_json_get(commitment, "p_charge"), "a share lies from 0 to 1");
  if (!charge) return;
  ofr_figure f = {.group = OFR_FIGURE_COMMITMENT,
                  .strategy = strategy,
                  .subject = commitment->key,
                  .metric = "p_charge",
                  .of_paths = effective_paths(r, charge)};
  f.value = ofr_share_of_paths(share, f.of_paths);
  read_slices(r, commitment, "p_charge_slices", &f);
  add(r, f);
}

static void read_subjects(reader *r, const ofr_json *strategy, const char *key, ofr_figure_group group, const char *name) {
  const ofr_json *subjects = want(r, strategy, key, OFR_JSON_OBJECT);
  for (const ofr_json *s = subjects ? subjects->first : NULL; s; s = s->next) {
    if (!want(r, subjects, s->key, OFR_JSON_OBJECT)) continue;
    read_metrics(r, s, group, name, s->key);
    if (group == OFR_FIGURE_COMMITMENT) read_charged(r, s, name);
  }
}

/* Results of plans without an exit, or of earlier versions, may know of none. */
static void read_exits(reader *r, const ofr_json *strategy, const ofr_json *metrics, const char *name) {
  const ofr_json *exits = ofr_json_get(strategy, "exits");
  double paths = effective_paths(r, ofr_json_get(metrics, "total_cost"));
  for (const ofr_json *e = exits ? exits->first : NULL; e; e = e->next) {
    double share = number_of(r, e, "p_taken");
    if (share < 0 || share > 1) wrong(r, ofr_json_get(e, "p_taken"), "a share lies from 0 to 1");
    read_metrics(r, e, OFR_FIGURE_EXIT, name, e->key);
    ofr_figure f = {.group = OFR_FIGURE_EXIT,
                    .strategy = name,
                    .subject = e->key,
                    .metric = "p_taken",
                    .value = ofr_share_of_paths(share, paths),
                    .of_paths = paths};
    read_slices(r, e, "p_taken_slices", &f);
    add(r, f);
  }
}

static void read_strategy(reader *r, const ofr_json *strategy) {
  if (strategy->type != OFR_JSON_OBJECT) {
    wrong(r, strategy, "this is no strategy");
    return;
  }
  const ofr_json *metrics = want(r, strategy, "metrics", OFR_JSON_OBJECT);
  const char *name = text_of(r, strategy, "name");
  if (ofr_record_has_strategy(r->record, name)) wrong(r, strategy, "another strategy has this name");
  r->record->strategies[r->record->strategy_count++] = name;
  if (metrics) read_metrics(r, metrics, OFR_FIGURE_METRIC, name, "");
  read_subjects(r, strategy, "providers", OFR_FIGURE_PROVIDER, name);
  read_subjects(r, strategy, "vendors", OFR_FIGURE_VENDOR, name);
  read_subjects(r, strategy, "commitments", OFR_FIGURE_COMMITMENT, name);
  read_subjects(r, strategy, "stakes", OFR_FIGURE_STAKE, name);
  read_exits(r, strategy, metrics, name);
}

/* ---- between strategies ---- */

static void read_comparison(reader *r, const ofr_json *comparison, double paths) {
  const ofr_json *total = want(r, comparison, "total_cost", OFR_JSON_OBJECT);
  ofr_figure f = {
      .group = OFR_FIGURE_COMPARISON, .strategy = text_of(r, comparison, "a"), .subject = text_of(r, comparison, "b")};
  if (!total) return;
  f.metric = "total_cost";
  f.value = estimate_of(r, total);
  f.reversed = (ofr_measured){-f.value.mean, f.value.se};
  const ofr_figure *figures = r->record->figures;
  int count = r->record->figure_count;
  if (!ofr_slice_difference(&f, ofr_find_total(figures, count, f.strategy), ofr_find_total(figures, count, f.subject), r->arena))
    r->ok = false;
  add(r, f);
  f.metric = "a_wins";
  f.of_paths = paths;
  f.value = ofr_share_of_paths(number_of(r, total, "a_wins"), paths);
  f.reversed = ofr_share_of_paths(number_of(r, total, "b_wins"), paths);
  f.slices = f.reversed_slices = NULL;
  f.slice_count = 0;
  read_slices(r, total, "b_wins_slices", &f);
  f.reversed_slices = f.slices;
  f.slices = NULL;
  read_slices(r, total, "a_wins_slices", &f);
  add(r, f);
}

static void read_comparisons(reader *r, const ofr_json *root) {
  const ofr_json *first = ofr_json_at(ofr_json_get(root, "strategies"), 0);
  double paths = effective_paths(r, ofr_json_get(ofr_json_get(first, "metrics"), "total_cost"));
  for (const ofr_json *c = ofr_json_get(root, "comparisons")->first; c; c = c->next) read_comparison(r, c, paths);
}

/* ---- what only some results have ---- */

static const ofr_json *items_of(const ofr_json *object, const char *key, ofr_json_type type) {
  const ofr_json *x = ofr_json_get(object, key);
  return x && x->type == type ? x->first : NULL;
}

static void read_stakeholders(reader *r, const ofr_json *root) {
  const ofr_json *all = ofr_json_get(root, "stakeholders");
  for (const ofr_json *a = items_of(all, "absorption", OFR_JSON_OBJECT); a; a = a->next)
    read_metrics(r, a, OFR_FIGURE_ABSORPTION, "", a->key);
  for (const ofr_json *s = items_of(all, "strategies", OFR_JSON_ARRAY); s; s = s->next) {
    const ofr_json *failure = ofr_json_get(s, "dependent_enterprise");
    if (failure) read_metrics(r, failure, OFR_FIGURE_FAILURE, text_of(r, s, "name"), "");
  }
}

static void read_bound(reader *r, const ofr_json *root) {
  for (const ofr_json *s = items_of(root, "bound", OFR_JSON_ARRAY); s; s = s->next)
    read_metrics(r, s, OFR_FIGURE_BOUND, text_of(r, s, "name"), "");
}

/* ---- the whole ---- */

static void read_head(reader *r, const ofr_json *root) {
  ofr_record *to = r->record;
  const ofr_json *plan = want(r, root, "plan", OFR_JSON_OBJECT), *futures = ofr_json_get(root, "futures");
  to->version = text_of(r, root, "offramp");
  to->plan_name = plan ? text_of(r, plan, "name") : "";
  to->plan_digest = plan ? text_of(r, plan, "digest") : "";
  to->results_digest = text_of(r, root, "results_digest");
  r->point->paths = integer_of(r, root, "paths");
  r->point->seed = integer_of(r, root, "seed");
  to->futures = futures ? text_of(r, futures, "file") : "";
  to->futures_digest = futures && ofr_json_get(futures, "digest") ? text_of(r, futures, "digest") : "";
  if (r->ok && r->point->paths == 0) wrong(r, ofr_json_get(root, "paths"), "a result has at least one path");
}

static bool is(const ofr_json *root, const char *key, ofr_json_type type) {
  const ofr_json *x = ofr_json_get(root, key);
  return x && x->type == type;
}

/* Whether it is a result at all; what else it may be is worth a word. */
static bool is_result(const ofr_json *root, const char *file, ofr_diagnostics *d) {
  const char *what = "this is no result of `offramp run`",
             *remedy = "give two files that `offramp run PLAN --format json -o FILE` wrote";
  if (is(root, "results_digest", OFR_JSON_STRING) && is(root, "strategies", OFR_JSON_ARRAY) &&
      is(root, "comparisons", OFR_JSON_ARRAY) && ofr_json_get(root, "strategies")->count > 0)
    return true;
  if (ofr_json_get(root, "horizon")) {
    what = "this is a plan";
    remedy = "run it first: `offramp run PLAN --format json -o FILE` writes what can be compared";
  } else if (ofr_json_get(root, "rows") && ofr_json_get(root, "subjects")) {
    what = "this is a bench";
    remedy = "two of these are compared by `offramp bench --compare A B`";
  }
  ofr_diagnose(d, OFR_ERROR, file, root->line, "", remedy, "%s", what);
  return false;
}

const ofr_record *ofr_record_from_json(const ofr_json *root, const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  if (!is_result(root, file, d)) return NULL;
  const ofr_json *strategies = ofr_json_get(root, "strategies");
  ofr_record *record = ofr_arena_alloc(arena, 1, sizeof *record);
  ofr_record_point *point = ofr_arena_alloc(arena, 1, sizeof *point);
  if (!record || !point) return NULL;
  record->strategies = ofr_arena_alloc(arena, (size_t)strategies->count, sizeof *record->strategies);
  if (!record->strategies) return NULL;
  reader r = {.file = file, .arena = arena, .d = d, .record = record, .point = point, .ok = true};
  record->file = file;
  record->points = point;
  record->point_count = 1;
  point->settings = "";
  read_head(&r, root);
  for (const ofr_json *s = strategies->first; s; s = s->next) read_strategy(&r, s);
  read_comparisons(&r, root);
  read_stakeholders(&r, root);
  read_bound(&r, root);
  return r.ok ? record : NULL;
}
