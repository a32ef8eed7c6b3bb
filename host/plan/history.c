#include "history.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/csv.h"

enum { MOST_ERRORS = 20, LONGEST_NAME = 128 };

typedef struct observation { int month, day, series, line; double value; } observation;

typedef struct reading {
  const char *file;
  ofr_arena *arena;
  ofr_diagnostics *d;
  ofr_csv *csv;
  ofr_csv_row row;
  int date, name, value;  /* columns; name and value are -1 in a wide file */
  int series[OFR_CSV_MOST_FIELDS]; /* of a wide file's columns */
  ofr_history *out;
  observation *seen;      /* grows by doubling */
  int count, capacity;
  int errors;
  bool failed;            /* memory ran out */
} reading;

static void wrong(reading *x, int field, const char *remedy, const char *message, const char *what) {
  char *place = field < 0 ? "" : ofr_arena_printf(x->arena, "column %d", field + 1);
  x->errors++;
  ofr_diagnose(x->d, OFR_ERROR, x->file, x->row.line, place, remedy, message, what);
}

/* ---- the first row ---- */

static bool is_name(const char *name) {
  for (const unsigned char *at = (const unsigned char *)name; *at; at++)
    if (*at < 0x20 || *at == 0x7f) return false;
  return *name && strlen(name) <= LONGEST_NAME;
}

static int series_of(reading *x, const char *name, int field) {
  ofr_history *h = x->out;
  for (int i = 0; i < h->count; i++)
    if (!strcmp(h->names[i], name)) return i;
  if (!is_name(name)) {
    wrong(x, field, "write 1 to 128 printable bytes", "\"%.60s\" is no name", name);
    return -1;
  }
  if (h->count == OFR_HISTORY_SERIES) {
    wrong(x, field, "keep at most 144", "there are more series than a history may have: %.60s", name);
    return -1;
  }
  h->line[h->count] = x->row.line;
  h->names[h->count] = ofr_arena_copy(x->arena, name, strlen(name));
  x->failed |= !h->names[h->count];
  return h->count++;
}

static int find_column(const reading *x, const char *name) {
  for (int i = 0; i < x->row.count; i++)
    if (!strcmp(x->row.fields[i], name)) return i;
  return -1;
}

static void read_header(reading *x) {
  x->date = find_column(x, "date") >= 0 ? find_column(x, "date") : find_column(x, "month");
  x->name = find_column(x, "name");
  x->value = find_column(x, "value");
  if (x->date < 0 && x->row.count == 1 && strpbrk(x->row.fields[0], ";\t"))
    wrong(x, -1, "separate them by commas, and write decimals with a point", "the first line has one field: \"%.60s\"",
          x->row.fields[0]);
  else if (x->date < 0)
    wrong(x, -1, "let the first line be date,name,value, or date and a column for each series", "there is no column \"%s\"",
          "date");
  bool is_long = x->name >= 0 && x->value >= 0;
  if (!is_long) x->name = x->value = -1;
  for (int f = 0; f < x->row.count; f++) {
    bool known = f == x->date || f == x->name || f == x->value;
    x->series[f] = -1;
    if (known) continue;
    int before = x->out->count;
    if (is_long) wrong(x, f, "leave it out", "a history in rows has no column \"%.60s\"", x->row.fields[f]);
    else if ((x->series[f] = series_of(x, x->row.fields[f], f)) >= 0 && x->series[f] < before)
      wrong(x, f, "give each series a name of its own", "a second column \"%.60s\"", x->row.fields[f]);
  }
  if (!is_long && x->out->count == 0)
    wrong(x, -1, "add a column for each series, or the columns name and value", "the history has no %s", "series");
}

/* ---- rows ---- */

static void keep(reading *x, observation seen) {
  if (x->count == x->capacity) {
    int capacity = x->capacity ? 2 * x->capacity : 1024;
    observation *moved = realloc(x->seen, (size_t)capacity * sizeof *moved);
    if (!moved) {
      x->failed = true;
      return;
    }
    x->seen = moved;
    x->capacity = capacity;
  }
  x->seen[x->count++] = seen;
}

static void take_value(reading *x, int field, int series, int month, int day) {
  const char *text = x->row.fields[field];
  double value;
  if (series < 0) return;
  if (!ofr_csv_number(x->csv, text, &value))
    wrong(x, field, "write a number above 0", "\"%.60s\" is no number", text);
  else if (!(value > 0)) wrong(x, field, "changes of a history are ratios: write a number above 0", "%.60s is not above 0", text);
  else keep(x, (observation){month, day, series, x->row.line, value});
}

static void take_row(reading *x) {
  int month, day;
  if (!ofr_csv_month(x->row.fields[x->date], &month, &day)) {
    wrong(x, x->date, "write 2026-01 or 2026-01-31", "\"%.60s\" is no date", x->row.fields[x->date]);
    return;
  }
  if (x->name >= 0) {
    int series = series_of(x, x->row.fields[x->name], x->name);
    take_value(x, x->value, series, month, day);
    return;
  }
  for (int f = 0; f < x->row.count; f++)
    if (x->series[f] >= 0 && x->row.fields[f][0]) take_value(x, f, x->series[f], month, day);
}

static bool read_rows(reading *x) {
  bool header = false;
  while (x->errors < MOST_ERRORS && !x->failed) {
    ofr_csv_status status = ofr_csv_next(x->csv, &x->row);
    if (status == OFR_CSV_END) break;
    if (status == OFR_CSV_UNREADABLE) return false;
    if (status == OFR_CSV_WRONG) wrong(x, x->row.field, x->row.remedy, "%s", x->row.message);
    else if (header) take_row(x);
    else read_header(x);
    if (!header && x->errors > 0) break;
    header = true;
  }
  if (!header && x->errors == 0) x->row.line = 1;
  if (!header) wrong(x, -1, "let the first line be date,name,value", "%s", "the file is empty");
  return true;
}

/* ---- the whole ---- */

static int by_date(const void *a, const void *b) {
  const observation *x = a, *y = b;
  if (x->month != y->month) return x->month < y->month ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return x->series != y->series ? (x->series > y->series) - (x->series < y->series) : (x->line > y->line) - (x->line < y->line);
}

static bool same_date(const observation *x, const observation *y) { return x->month == y->month && x->day == y->day; }

/* Days since 0000-03-01 (Howard Hinnant's days_from_civil). */
static long day_number(int month, int day) {
  int year = month / 12, of_year = month % 12 + 1;
  year -= of_year <= 2;
  long era = year / 400, of_era = year - era * 400, of_march_year = (153 * (of_year + (of_year > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_march_year;
}

static bool fill(reading *x) {
  ofr_history *h = x->out;
  int *month = ofr_arena_alloc(x->arena, (size_t)h->dates, sizeof *month),
      *day = ofr_arena_alloc(x->arena, (size_t)h->dates, sizeof *day);
  double *years = ofr_arena_alloc(x->arena, (size_t)h->dates, sizeof *years);
  double *values = ofr_arena_alloc(x->arena, (size_t)h->dates * (size_t)h->count, sizeof *values);
  if (!month || !day || !years || !values) return false;
  memset(values, 0xff, (size_t)h->dates * (size_t)h->count * sizeof *values);
  bool days = false;
  for (int i = 0, at = -1; i < x->count; i++) {
    const observation *o = &x->seen[i];
    if (i == 0 || !same_date(o, o - 1)) at++;
    month[at] = o->month, day[at] = o->day;
    days |= o->day != 1;
    values[at * h->count + o->series] = o->value;
  }
  h->monthly = true;
  for (int i = 0; i < h->dates; i++) {
    years[i] =
        days ? (double)(day_number(month[i], day[i]) - day_number(month[0], day[0])) / 365.2425 : (month[i] - month[0]) / 12.0;
    h->monthly &= i == 0 || month[i] != month[i - 1];
  }
  h->month = month, h->day = day, h->years = years, h->values = values;
  return true;
}

/* Sorts what was read, and counts its dates. */
static void arrange(reading *x) {
  if (x->count > 1) qsort(x->seen, (size_t)x->count, sizeof *x->seen, by_date);
  for (int i = 0; i < x->count && x->errors < MOST_ERRORS; i++) {
    const observation *o = &x->seen[i], *before = i > 0 ? o - 1 : NULL;
    if (!before || !same_date(o, before)) x->out->dates++;
    else if (o->series == before->series) {
      x->row.line = o->line;
      wrong(x, -1, "keep one of them", "a second value of \"%.60s\" for this date", x->out->names[o->series]);
    }
  }
  if (x->errors == 0 && x->count == 0) wrong(x, -1, "add rows", "%s", "the history has no values");
  if (x->out->dates > OFR_HISTORY_DATES) wrong(x, -1, "keep at most 131072", "%s", "there are more dates than a history may have");
}

const ofr_history *ofr_history_read(const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  reading x = {.file = file, .arena = arena, .d = d, .out = ofr_arena_alloc(arena, 1, sizeof *x.out)};
  bool made = false;
  errno = 0;
  if (x.out) {
    x.out->file = file;
    x.out->names = ofr_arena_alloc(arena, OFR_HISTORY_SERIES, sizeof *x.out->names);
    x.out->line = ofr_arena_alloc(arena, OFR_HISTORY_SERIES, sizeof *x.out->line);
  }
  x.csv = x.out && x.out->names && x.out->line ? ofr_csv_open(file) : NULL;
  if (!x.csv || !read_rows(&x))
    ofr_diagnose(d, OFR_ERROR, file, 0, "", "name a CSV file", "the history cannot be read: %s", strerror(errno));
  else if (x.errors == 0) {
    arrange(&x);
    ofr_csv_digest(x.csv, x.out->digest);
    made = x.errors == 0 && !x.failed && fill(&x);
    if (!made && x.errors == 0)
      ofr_diagnose(d, OFR_ERROR, file, 0, "", "close other programs", "memory ran out while reading the history");
  }
  ofr_csv_close(x.csv);
  free(x.seen);
  return made ? x.out : NULL;
}

void ofr_history_date(const ofr_history *h, int date, char out[11]) {
  int day = h->day[date], month = h->month[date] % 120000, days = 0;
  for (int i = 0; i < h->dates; i++) days |= h->day[i] != 1;
  if (days)
    snprintf(out, 11, "%04u-%02u-%02u", (unsigned)(month / 12) % 10000u, (unsigned)(month % 12 + 1) % 100u,
             (unsigned)day % 100u);
  else snprintf(out, 11, "%04u-%02u", (unsigned)(month / 12) % 10000u, (unsigned)(month % 12 + 1) % 100u);
}
