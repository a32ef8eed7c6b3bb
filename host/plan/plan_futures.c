/* Futures that the user brings: a CSV file with a row for each path, month and name, in any order. It is read once, row by row;
 * what was wrong with it is reported with its line and column, a few of many. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "../base/csv.h"
#include "plan_digest.h"
#include "plan_reader.h"

enum { MOST_ERRORS = 20, MOST_HOLES = 5 };
enum { PATH, MONTH, NAME, VALUE, WEIGHT, COLUMNS };
static const char *const columns[COLUMNS] = {"path", "month", "name", "value", "weight"};

#define WEIGHT_SUM 4294967296.0 /* 2^32 */

/* What was read of one subject: blocks of paths by months, NAN where there is no value yet; and the highest of each month. */
typedef struct series {
  int subject;
  double *blocks[OFR_MAX_FUTURES / OFR_FUTURES_BLOCK];
  double *most;
} series;

typedef struct table {
  ofr_reader *r;
  const char *file;
  ofr_csv *csv;
  ofr_csv_row row;
  int place[COLUMNS];   /* of each column in the file; -1: not there */
  int errors;           /* in this file */
  series *series[OFR_MAX_SUBJECTS]; /* in the order in which the file names them */
  int count, last;      /* `last`: of the row before */
  uint64_t paths, values; /* the highest path + 1; values that are there */
  double *weights[OFR_MAX_FUTURES / OFR_FUTURES_BLOCK]; /* NAN where none was seen */
  int *lines[OFR_MAX_FUTURES / OFR_FUTURES_BLOCK];      /* the last line of each path */
} table;

/* ---- where and how to say it ---- */

static const char *column_name(const table *x, int field) {
  return ofr_phrase(x->r, "column %d (%s)", x->place[field] + 1, columns[field]);
}

static void wrong(table *x, int field, const char *remedy, const char *message) {
  x->errors++;
  ofr_wrong_row(x->r, x->file, x->row.line, column_name(x, field), remedy, "%s", message);
}

static const char *text_of(const table *x, int field) { return x->row.fields[x->place[field]]; }

/* ---- the first row ---- */

static void read_header(table *x) {
  for (int i = 0; i < COLUMNS; i++) x->place[i] = -1;
  for (int f = 0; f < x->row.count; f++) {
    const char *name = x->row.fields[f], *place = ofr_phrase(x->r, "column %d", f + 1);
    int i = 0;
    while (i < COLUMNS && strcmp(columns[i], name) != 0) i++;
    if (i == COLUMNS) {
      const char *nearest = ofr_nearest_name(name, columns, COLUMNS);
      const char *remedy = nearest ? ofr_phrase(x->r, "did you mean \"%s\"?", nearest) : "leave it out";
      ofr_wrong_row(x->r, x->file, x->row.line, place, remedy, "futures have no column \"%s\"", ofr_brief(x->r, name));
    } else if (x->place[i] >= 0) {
      ofr_wrong_row(x->r, x->file, x->row.line, place, "give it once", "a second column \"%s\"", name);
    }
    x->errors += i == COLUMNS || x->place[i] >= 0;
    if (i < COLUMNS) x->place[i] = f;
  }
  for (int i = 0; i < WEIGHT; i++) {
    if (x->place[i] >= 0) continue;
    x->errors++;
    ofr_wrong_row(x->r, x->file, x->row.line, "", "let the first line be path,month,name,value", "there is no column \"%s\"",
                  columns[i]);
  }
}

/* ---- rows ---- */

static bool take_path(table *x, int *path) {
  double number;
  if (ofr_csv_number(x->csv, text_of(x, PATH), &number) && number >= 0 && number < OFR_MAX_FUTURES && number == floor(number)) {
    *path = (int)number;
    return true;
  }
  wrong(x, PATH, ofr_phrase(x->r, "number paths 0, 1, 2 ... up to %d", OFR_MAX_FUTURES - 1),
        ofr_phrase(x->r, "\"%s\" is no path", ofr_brief(x->r, text_of(x, PATH))));
  return false;
}

static bool take_month(table *x, int *month) {
  const ofr_plan *plan = x->r->plan;
  const char *text = text_of(x, MONTH);
  if (!ofr_csv_month(text, month, NULL)) {
    wrong(x, MONTH, "write year and month, like 2026-01", ofr_phrase(x->r, "\"%s\" is no month", ofr_brief(x->r, text)));
    return false;
  }
  *month -= 12 * plan->start_year + plan->start_month - 1;
  if (*month >= 0 && *month < plan->months) return true;
  char first[8], last[8];
  ofr_plan_month_name(plan, 0, first);
  ofr_plan_month_name(plan, plan->months - 1, last);
  wrong(x, MONTH, ofr_phrase(x->r, "leave it out, or let the horizon reach it: it lasts from %s to %s", first, last),
        ofr_phrase(x->r, "%s lies outside the horizon", text));
  return false;
}

static series *add_series(table *x, int subject) {
  series *s = ofr_take(x->r, 1, sizeof *s);
  s->subject = subject;
  s->most = ofr_take(x->r, x->r->plan->months, sizeof *s->most);
  x->last = x->count;
  return x->series[x->count++] = s;
}

/* Files repeat their names in one order: the next one is tried first. */
static series *take_name(table *x) {
  const char *name = text_of(x, NAME), *remedy = NULL;
  int subject = -1;
  for (int i = 0; i < 2 && x->count > 0 && subject < 0; i++) {
    series *s = x->series[(x->last + i) % x->count];
    if (ofr_is_subject(x->r->plan, s->subject, name)) {
      x->last = (x->last + i) % x->count;
      return s;
    }
  }
  subject = ofr_find_subject(x->r, name, &remedy);
  if (subject < 0) {
    wrong(x, NAME, remedy, ofr_phrase(x->r, "the plan has no \"%s\"", ofr_brief(x->r, name)));
    return NULL;
  }
  for (int i = 0; i < x->count; i++)
    if (x->series[i]->subject == subject) return x->series[x->last = i];
  return add_series(x, subject);
}

static bool take_number(table *x, int field, ofr_range range, double *value) {
  const char *text = text_of(x, field);
  const char *fault = !ofr_csv_number(x->csv, text, value) ? "is no number" : *value < range.from ? "is negative"
                      : *value > range.to ? "is out of range" : NULL;
  if (!fault) return true;
  wrong(x, field, ofr_phrase(x->r, "write a number from %g to %g", range.from, range.to),
        *text ? ofr_phrase(x->r, "\"%s\" %s", ofr_brief(x->r, text), fault) : "the field is empty");
  return false;
}

/* A block of `size` bytes all of whose values are NAN. */
static void *blank(table *x, int count, size_t size) {
  void *block = ofr_take(x->r, count, size);
  return memset(block, 0xff, (size_t)count * size);
}

static void put_value(table *x, series *s, int path, int month, double value) {
  int at = path / OFR_FUTURES_BLOCK;
  if (!s->blocks[at]) s->blocks[at] = blank(x, x->r->plan->months * OFR_FUTURES_BLOCK, sizeof(double));
  double *to = &s->blocks[at][month * OFR_FUTURES_BLOCK + path % OFR_FUTURES_BLOCK];
  if (!isnan(*to)) {
    wrong(x, VALUE, "keep one of them",
          ofr_phrase(x->r, "path %d has another value of \"%s\" in this month", path, text_of(x, NAME)));
    return;
  }
  *to = value;
  x->values++;
  if (value > s->most[month]) s->most[month] = value;
}

static void put_weight(table *x, int path) {
  const ofr_range weights = {0, 1e15, false};
  double weight = 1, *to;
  int at = path / OFR_FUTURES_BLOCK, within = path % OFR_FUTURES_BLOCK;
  if (!x->lines[at]) x->lines[at] = ofr_take(x->r, OFR_FUTURES_BLOCK, sizeof(int));
  x->lines[at][within] = x->row.line;
  if (x->place[WEIGHT] < 0 || !take_number(x, WEIGHT, weights, &weight)) return;
  if (!x->weights[at]) x->weights[at] = blank(x, OFR_FUTURES_BLOCK, sizeof(double));
  to = &x->weights[at][within];
  if (isnan(*to)) *to = weight;
  else if (*to != weight)
    wrong(x, WEIGHT, "repeat a path's weight in each of its rows", ofr_phrase(x->r, "path %d has another weight before", path));
}

static void take_row(table *x) {
  int path, month;
  double value;
  bool has_path = take_path(x, &path), has_month = take_month(x, &month);
  series *s = take_name(x);
  bool has_value = s && take_number(x, VALUE, s->subject < x->r->plan->workload_count + x->r->plan->pool_count &&
                                              s->subject >= x->r->plan->workload_count ? ofr_price : ofr_accelerators, &value);
  if (!has_path) return;
  if ((uint64_t)path >= x->paths) x->paths = (uint64_t)path + 1;
  put_weight(x, path);
  if (has_month && has_value) put_value(x, s, path, month, value);
}

/* False when the file cannot be read on. */
static bool read_rows(table *x) {
  bool header = false;
  while (x->errors < MOST_ERRORS) {
    ofr_csv_status status = ofr_csv_next(x->csv, &x->row);
    if (status == OFR_CSV_END) break;
    if (status == OFR_CSV_UNREADABLE) return false;
    if (status == OFR_CSV_WRONG) {
      x->errors++;
      ofr_wrong_row(x->r, x->file, x->row.line, ofr_phrase(x->r, "column %d", x->row.field + 1), x->row.remedy, "%s",
                    x->row.message);
    } else if (!header) {
      header = true;
      read_header(x);
      if (x->errors > 0) break;
    } else {
      take_row(x);
    }
  }
  if (header || x->errors > 0) return true;
  x->errors++;
  ofr_wrong_row(x->r, x->file, 1, "", "let the first line be path,month,name,value", "the file is empty");
  return true;
}

/* ---- the whole ---- */

static double value_at(const series *s, uint64_t path, int month) {
  const double *block = s->blocks[path / OFR_FUTURES_BLOCK];
  return block ? block[month * OFR_FUTURES_BLOCK + (int)(path % OFR_FUTURES_BLOCK)] : NAN;
}

static void find_holes(table *x) {
  const ofr_plan *plan = x->r->plan;
  int holes = 0;
  for (uint64_t path = 0; path < x->paths && holes < MOST_HOLES; path++)
    for (int i = 0; i < x->count * plan->months && holes < MOST_HOLES; i++) {
      const series *s = x->series[i % x->count];
      char month[8];
      if (!isnan(value_at(s, path, i / x->count))) continue;
      const int *lines = x->lines[path / OFR_FUTURES_BLOCK], line = lines ? lines[path % OFR_FUTURES_BLOCK] : 0;
      ofr_plan_month_name(plan, i / x->count, month);
      const char *name = ofr_subject_name(x->r, s->subject);
      const char *remedy = ofr_phrase(x->r, "add a row %llu,%s,%s,...: every path needs every month of each name that the file has",
                                      (unsigned long long)path, month, name);
      holes++, x->errors++;
      if (line == 0) {
        ofr_wrong_row(x->r, x->file, x->row.line, "", "number paths 0, 1, 2 ... without gaps", "there is no path %llu",
                      (unsigned long long)path);
        break;
      }
      ofr_wrong_row(x->r, x->file, line, "", remedy, "path %llu ends here without a value of \"%s\" for %s",
                    (unsigned long long)path, name, month);
    }
}

/* Whole numbers that sum to 2^32, split cumulatively in path order; NULL when all weights are alike. */
static const uint64_t *whole_weights(table *x) {
  bool alike = true;
  double sum = 0, first = x->place[WEIGHT] >= 0 ? x->weights[0][0] : 0;
  for (uint64_t p = 0; x->place[WEIGHT] >= 0 && p < x->paths; p++) {
    double weight = x->weights[p / OFR_FUTURES_BLOCK][p % OFR_FUTURES_BLOCK];
    alike &= weight == first;
    sum += weight;
  }
  if (x->place[WEIGHT] >= 0 && !(sum > 0)) {
    x->errors++;
    ofr_wrong_row(x->r, x->file, 1, column_name(x, WEIGHT), "give a path that may happen a weight above 0", "all weights are 0");
  }
  if (alike || x->errors > 0) return NULL;
  uint64_t *weights = ofr_take(x->r, (int)x->paths, sizeof *weights), before = 0;
  double part = 0;
  for (uint64_t p = 0; p < x->paths; p++) {
    part += x->weights[p / OFR_FUTURES_BLOCK][p % OFR_FUTURES_BLOCK];
    uint64_t until = p + 1 == x->paths ? (uint64_t)WEIGHT_SUM : (uint64_t)floor(part / sum * WEIGHT_SUM + 0.5);
    weights[p] = until - before;
    before = until;
  }
  return weights;
}

static const ofr_futures *make_futures(table *x) {
  ofr_reader *r = x->r;
  ofr_futures *f = ofr_take(r, 1, sizeof *f);
  f->file = x->file;
  ofr_csv_digest(x->csv, f->digest);
  f->paths = x->paths;
  f->block_count = (int)((x->paths + OFR_FUTURES_BLOCK - 1) / OFR_FUTURES_BLOCK);
  f->blocks = ofr_take(r, x->count * f->block_count, sizeof *f->blocks);
  f->most = ofr_take(r, x->count, sizeof *f->most);
  for (int subject = 0; subject < OFR_MAX_SUBJECTS; subject++) {
    f->row[subject] = -1;
    for (int i = 0; i < x->count; i++) {
      if (x->series[i]->subject != subject) continue;
      for (int b = 0; b < f->block_count; b++) f->blocks[f->count * f->block_count + b] = x->series[i]->blocks[b];
      f->most[f->count].at = x->series[i]->most;
      ofr_find_max(&f->most[f->count], r->plan->months);
      f->row[subject] = f->count++;
    }
  }
  f->weights = whole_weights(x);
  return f;
}

static void finish(table *x, const ofr_json *place) {
  ofr_reader *r = x->r;
  uint64_t needed = x->paths * (uint64_t)x->count * (uint64_t)r->plan->months;
  if (x->errors == 0 && x->paths == 0) {
    x->errors++;
    ofr_wrong_row(r, x->file, x->row.line, "", "add at least one path", "the file has no rows");
  }
  if (x->errors == 0 && x->values < needed) find_holes(x);
  const ofr_futures *futures = x->errors == 0 ? make_futures(x) : NULL;
  if (x->errors >= MOST_ERRORS) ofr_wrong(r, place, "correct these first", "%s has more errors than are shown", x->file);
  if (x->errors > 0) return;
  const ofr_json *paths = ofr_json_get(ofr_json_get(r->root, "simulation"), "paths");
  ofr_plan_digest_file(r->plan->digest, "futures", futures->digest);
  if (paths && r->plan->paths != x->paths)
    ofr_doubt(r, paths, "leave it out", "the futures are the file's: %llu path%s", (unsigned long long)x->paths,
             x->paths == 1 ? "" : "s");
  r->plan->paths = x->paths;
  r->plan->futures = futures;
}

/* Names and months are looked up in the plan: without them nothing can be said about a row. */
void ofr_read_futures(ofr_reader *r) {
  const ofr_json *futures = ofr_json_get(r->root, "futures");
  if (!futures || !ofr_is_object(r, futures, OFR_OBJECT_FUTURES)) return;
  const ofr_json *file = ofr_json_get(futures, "file");
  if (!ofr_has_type(r, file, OFR_JSON_STRING) || !r->horizon_known || !r->names[OFR_NAME_WORKLOAD].complete ||
      !r->names[OFR_NAME_POOL].complete)
    return;
  table *x = ofr_take(r, 1, sizeof *x);
  x->r = r;
  x->file = ofr_named_file(r, file->text);
  errno = 0;
  r->open_file = x->csv = ofr_csv_open(x->file);
  if (!x->csv || !read_rows(x))
    ofr_wrong(r, file, "name a CSV file, relative to the plan's folder", "%s cannot be read: %s", x->file, strerror(errno));
  else finish(x, file);
  ofr_csv_close(x->csv);
  r->open_file = NULL;
}
