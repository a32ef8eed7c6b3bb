/* Comma-separated values (RFC 4180) from a file, row by row: only a window of the text is in memory, so that a file may be larger
 * than that. Strict: a quote stands only around a whole field, every row has as many fields as the first one. Lines end with LF or
 * CRLF; a byte-order mark before the first row and empty lines are passed over. Not for writing: text.h does that. */
#ifndef OFR_CSV_H
#define OFR_CSV_H
#include <stdbool.h>

enum { OFR_CSV_MOST_FIELDS = 160, OFR_CSV_MOST_BYTES = 1 << 16 /* of a row */ };

typedef struct ofr_csv ofr_csv;

typedef enum ofr_csv_status {
  OFR_CSV_ROW,
  OFR_CSV_END,
  OFR_CSV_WRONG,     /* the row is no CSV: `field` and `message` say where and why; the next call goes on after it */
  OFR_CSV_UNREADABLE /* the file cannot be read on: errno says why; there is no going on */
} ofr_csv_status;

/* Valid until the next call. */
typedef struct ofr_csv_row {
  int line;             /* of the file, from 1: where the row begins */
  int count;
  char *fields[OFR_CSV_MOST_FIELDS]; /* without quotes; spaces are part of a field */
  int field;            /* OFR_CSV_WRONG: from 0 */
  const char *message;  /* OFR_CSV_WRONG: "a quote stands within a field" */
  const char *remedy;
} ofr_csv_row;

/* NULL with errno set: ENOMEM, or why the file cannot be opened. */
ofr_csv *ofr_csv_open(const char *path);
void ofr_csv_close(ofr_csv *csv); /* NULL is allowed */
ofr_csv_status ofr_csv_next(ofr_csv *csv, ofr_csv_row *row);
/* SHA-256 of the file's bytes so far; of all of them after OFR_CSV_END. */
void ofr_csv_digest(const ofr_csv *csv, char hex[65]);

/* A decimal number as JSON writes it, or with a plus sign, or zeros before it: correctly rounded, whatever the locale. False for
 * anything else, "nan" and "inf" among it, and for what no double holds. */
bool ofr_csv_number(const ofr_csv *csv, const char *text, double *value);
/* "2026-01", or "2026-01-31" where `day` is not NULL (1 for a month alone): months since January of the year 0. False for
 * others. */
bool ofr_csv_month(const char *text, int *month, int *day);
#endif
