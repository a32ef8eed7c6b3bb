/* A result and a trace filled by hand: plausible, and known to the digit. Three strategies, three providers, two vendors, one
 * promise, 36 months. Tests change what they are about and leave the rest. */
#ifndef OFR_TEST_FIXTURE_H
#define OFR_TEST_FIXTURE_H
#include "report/report.h"
#include "base/json.h"

typedef struct fixture {
  ofr_arena *arena;
  ofr_plan *plan;
  ofr_result *result;
  ofr_trace *trace;
} fixture;

/* 1 .. OFR_MAX_STRATEGIES strategies; beyond three they are named s3, s4, .. and cost ever more. */
fixture fixture_create(int strategies);
void fixture_destroy(fixture *f);

/* The distribution of a metric under a strategy, to look at or to change. */
ofr_distribution *fixture_metric(fixture *f, int strategy, ofr_metric_group group, int subject, const char *name);
/* Sets mean, sd and everything that follows from them. */
void fixture_set(fixture *f, ofr_distribution *d, double scale, double mean, double sd);
ofr_comparison *fixture_comparison(fixture *f, int a, int b);

/* Parses what a report wrote; fails the test when it is no JSON. */
ofr_json *fixture_parse(fixture *f, const ofr_text *text);
double fixture_number(ofr_json *root, const char *pointer); /* fails the test when it is not there or no number */
/* Counts the fields of each record of a CSV, quotes observed; fails the test when they are not all `fields`. Returns records.
 */
int fixture_check_csv(const char *csv, int fields);
/* Fails the test when a line of the text is wider than `width` columns. */
void fixture_check_width(const char *text, int width);
/* A run's result in a format by name; fails the test when it cannot be written. */
ofr_text fixture_run(const fixture *f, const char *format, int width);
/* Fails the test unless the run's text, its line breaks undone, holds the sentence; or if it does. */
void fixture_expect_sentence(const fixture *f, const char *sentence);
void fixture_expect_none(const fixture *f, const char *sentence);
/* Fails the test unless the text holds the part; or if it does. */
void fixture_says(const char *text, const char *part);
void fixture_lacks(const char *text, const char *part);
/* The text with every run of white space as one space, for looking up sentences that were wrapped. */
ofr_text fixture_unwrapped(const ofr_text *text);
#endif
