#define _POSIX_C_SOURCE 200809L
#include "csv.h"
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sha256.h"

enum { WINDOW = 4 * OFR_CSV_MOST_BYTES };

struct ofr_csv {
  FILE *file;
  locale_t plain;   /* for the few numbers that strtod has to read */
  ofr_sha256 hash;
  bool ended;       /* all of the file is in the window */
  char *at, *end;   /* what is not read yet */
  int line;         /* of `at` */
  int fields;       /* in the first row; 0 before it */
  char window[WINDOW + 1];
};

ofr_csv *ofr_csv_open(const char *path) {
  ofr_csv *csv = calloc(1, sizeof *csv);
  if (!csv) return NULL;
  csv->file = fopen(path, "rb");
  csv->plain = csv->file ? newlocale(LC_ALL_MASK, "C", (locale_t)0) : (locale_t)0;
  csv->hash = ofr_sha256_init();
  csv->at = csv->end = csv->window;
  csv->line = 1;
  if (csv->plain) return csv;
  int reason = errno;
  ofr_csv_close(csv);
  errno = reason;
  return NULL;
}

void ofr_csv_close(ofr_csv *csv) {
  if (!csv) return;
  if (csv->file) fclose(csv->file);
  if (csv->plain) freelocale(csv->plain);
  free(csv);
}

void ofr_csv_digest(const ofr_csv *csv, char hex[65]) { ofr_sha256_finish(&csv->hash, hex); }

/* Moves what is left to the front and reads on. False when the file cannot be read. */
static bool fill(ofr_csv *csv) {
  size_t left = (size_t)(csv->end - csv->at);
  memmove(csv->window, csv->at, left);
  size_t got = fread(csv->window + left, 1, WINDOW - left, csv->file);
  if (ferror(csv->file)) return false;
  ofr_sha256_add(&csv->hash, csv->window + left, got);
  csv->ended = feof(csv->file) != 0;
  csv->at = csv->window;
  csv->end = csv->window + left + got;
  *csv->end = 0;
  return true;
}

/* A whole row lies in the window, unless it is too long for one. */
static bool prepare(ofr_csv *csv) { return csv->ended || csv->end - csv->at > OFR_CSV_MOST_BYTES || fill(csv); }

static void skip_line(ofr_csv *csv) {
  char *newline = memchr(csv->at, '\n', (size_t)(csv->end - csv->at));
  csv->at = newline ? newline + 1 : csv->end;
  csv->line += newline != NULL;
}

static ofr_csv_status wrong(ofr_csv *csv, ofr_csv_row *row, const char *message, const char *remedy) {
  row->field = row->count > 0 ? row->count - 1 : 0;
  row->message = message;
  row->remedy = remedy;
  skip_line(csv);
  return OFR_CSV_WRONG;
}

/* A field in quotes, in which two of them stand for one: it shrinks in place. False when the quotes do not end. */
static bool take_quoted(ofr_csv *csv, const char *limit) {
  char *to = ++csv->at;
  for (; csv->at < limit; csv->at++) {
    csv->line += *csv->at == '\n';
    if (*csv->at == '"' && csv->at[1] == '"') csv->at++;
    else if (*csv->at == '"') break;
    *to++ = *csv->at;
  }
  if (csv->at >= limit) return false;
  csv->at++;
  if (to < csv->at) *to = 0;
  return true;
}

static bool ends_field(char c) { return c == ',' || c == '\n' || c == '\r'; }

/* The field at csv->at, up to the comma or the end of the line after it. NULL, or what is wrong. */
static const char *take_field(ofr_csv *csv, ofr_csv_row *row, const char *limit) {
  row->fields[row->count++] = csv->at + (*csv->at == '"');
  if (*csv->at == '"') {
    if (!take_quoted(csv, limit)) return "a quote is not closed";
    return csv->at < csv->end && !ends_field(*csv->at) ? "text follows a closing quote" : NULL;
  }
  while (csv->at < limit && !ends_field(*csv->at)) {
    if (*csv->at == '"') return "a quote stands within a field";
    if (*csv->at == 0) return "a NUL byte stands in the text";
    csv->at++;
  }
  return NULL;
}

static ofr_csv_status take_row(ofr_csv *csv, ofr_csv_row *row) {
  const char *limit = csv->end - csv->at > OFR_CSV_MOST_BYTES ? csv->at + OFR_CSV_MOST_BYTES : csv->end;
  row->line = csv->line;
  row->count = 0;
  for (;;) {
    if (row->count == OFR_CSV_MOST_FIELDS) return wrong(csv, row, "the row has too many fields", "keep at most 160");
    const char *message = take_field(csv, row, limit);
    if (message) return wrong(csv, row, message, "quote the whole field, and double the quotes in it");
    if (csv->at >= limit && limit < csv->end) return wrong(csv, row, "the row is longer than 65536 bytes", "end the line earlier");
    char after = csv->at < csv->end ? *csv->at : '\n';
    if (after == '\r' && csv->at + 1 < csv->end && csv->at[1] != '\n')
      return wrong(csv, row, "a carriage return stands within a row", "end lines with LF or CRLF");
    *csv->at = 0;
    if (after == ',') {
      csv->at++;
      continue;
    }
    if (after == '\r') csv->at++;
    if (csv->at < csv->end) csv->at++;
    csv->line++;
    return OFR_CSV_ROW;
  }
}

static bool is_empty(const ofr_csv_row *row) { return row->count == 1 && row->fields[0][0] == 0; }

ofr_csv_status ofr_csv_next(ofr_csv *csv, ofr_csv_row *row) {
  static const char mark[] = "\xef\xbb\xbf";
  for (;;) {
    if (!prepare(csv)) return OFR_CSV_UNREADABLE;
    if (csv->line == 1 && csv->end - csv->at >= 3 && !memcmp(csv->at, mark, 3)) csv->at += 3;
    if (csv->at == csv->end) return OFR_CSV_END;
    ofr_csv_status status = take_row(csv, row);
    if (status == OFR_CSV_ROW && is_empty(row)) continue;
    if (status != OFR_CSV_ROW) return status;
    if (csv->fields == 0) csv->fields = row->count;
    if (row->count == csv->fields) return OFR_CSV_ROW;
    row->field = row->count < csv->fields ? row->count - 1 : csv->fields;
    row->message =
        row->count < csv->fields ? "the row has fewer fields than the first one" : "the row has more fields than the first one";
    row->remedy = "give every row a field for each column, empty or not";
    return OFR_CSV_WRONG;
  }
}

/* ---- values ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* What a decimal is made of. Digits beyond the 19th are not in `digits`. */
typedef struct decimal { uint64_t digits; int count, exponent; bool negative; } decimal;

static const char *take_digits(const char *at, decimal *d, int exponent) {
  for (; is_digit(*at); at++) {
    if (d->count > 0 || *at != '0') d->count++;
    if (d->count <= 19) d->digits = 10 * d->digits + (uint64_t)(*at - '0'), d->exponent += exponent;
    else if (exponent == 0) d->exponent++;
  }
  return at;
}

static bool scan(const char *text, decimal *d) {
  const char *at = text;
  *d = (decimal){0, 0, 0, *at == '-'};
  at += *at == '-' || *at == '+';
  const char *whole = at;
  at = take_digits(at, d, 0);
  long digits = at - whole;
  if (*at == '.') {
    const char *part = ++at;
    at = take_digits(at, d, -1);
    digits += at - part;
  }
  if (digits == 0) return false;
  if (*at == 'e' || *at == 'E') {
    bool down = at[1] == '-';
    int exponent = 0;
    at += at[1] == '-' || at[1] == '+' ? 2 : 1;
    if (!is_digit(*at)) return false;
    for (; is_digit(*at); at++) exponent = exponent < 10000 ? 10 * exponent + (*at - '0') : exponent;
    d->exponent += down ? -exponent : exponent;
  }
  return *at == 0;
}

/* Up to 2^53 and 10^22 doubles are exact, so one division or multiplication is correctly rounded (Clinger 1990). */
bool ofr_csv_number(const ofr_csv *csv, const char *text, double *value) {
  static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  decimal d;
  if (!scan(text, &d)) return false;
  if (d.count <= 19 && d.digits <= (uint64_t)1 << 53 && d.exponent >= -22 && d.exponent <= 22) {
    double x = (double)d.digits;
    x = d.exponent < 0 ? x / tens[-d.exponent] : x * tens[d.exponent];
    *value = d.negative ? -x : x;
    return true;
  }
  locale_t before = uselocale(csv->plain);
  *value = strtod(text, NULL);
  uselocale(before);
  return isfinite(*value);
}

static int whole(const char *text, int count) {
  int number = 0;
  for (int i = 0; i < count; i++) {
    if (!is_digit(text[i])) return -1;
    number = 10 * number + (text[i] - '0');
  }
  return number;
}

bool ofr_csv_month(const char *text, int *month, int *day) {
  static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  size_t length = strnlen(text, 11);
  if (length != 7 && !(length == 10 && day && text[7] == '-')) return false;
  int year = whole(text, 4), of_year = whole(text + 5, 2), of_month = length == 10 ? whole(text + 8, 2) : 1;
  if (text[4] != '-' || year < 0 || of_year < 1 || of_year > 12 || of_month < 1 || of_month > days[of_year - 1]) return false;
  *month = 12 * year + of_year - 1;
  if (day) *day = of_month;
  return true;
}
