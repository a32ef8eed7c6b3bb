/* The command line as the program understands it, and what is printed about it. */
#ifndef OFR_OPTIONS_H
#define OFR_OPTIONS_H
#include <offramp/offramp.h>
#include <stdbool.h>
#include <stdio.h>

/* `check` and `compare` say no with EXIT_NO; EXIT_PLAN is for a plan that something else was to be done with, and for a file in
 * which there is no plan to judge. */
enum {
  EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_PLAN = 3, EXIT_DEVICE = 4, EXIT_MISMATCH = 5, EXIT_LIMIT = 6, EXIT_FILE = 7,
  EXIT_KEPT = 8, EXIT_INTERRUPTED = 130, EXIT_TERMINATED = 143
};

enum { MOST_SETTINGS = 256 };

/* What `bench` was told, as typed: the verb reads it. NULL where nothing was said. */
typedef struct bench_words {
  const char *backend, *device, *paths, *workloads, *pools, *strategies, *months, *clauses;
  const char *json, *csv, *markdown, *compare[2];
  int seconds;
  bool no_ceilings;
} bench_words;

typedef struct options {
  const char *verb;
  const char *plan, *second;     /* the operands; NULL when there is none */
  const char *format;
  const char *output;            /* NULL: standard output */
  bool force, quiet, help, version, each;
  const char *progress;          /* auto, bar, json, none */
  const char *strategy, *metric;
  const char *store;             /* NULL: by the plan's name */
  unsigned long long path;
  char first_month[8], last_month[8]; /* "2026-07"; empty: the horizon's */
  int width;                     /* 0: the terminal's */
  offramp_setting settings[MOST_SETTINGS];
  size_t setting_count;
  char paths[24], seed[24];      /* as JSON, where settings point to them */
  bench_words bench;
  offramp_compare_config compare;
  offramp_run_config run;
  const char *command;           /* as typed, for the report */
  char *overrides;               /* of it, what changes the plan; NULL: nothing */
} options;

/* False after a message on stderr: the caller exits with EXIT_USAGE. */
bool options_parse(int argc, char **argv, options *o);
void options_free(options *o);

void options_help(FILE *to, const char *verb); /* `verb` NULL: the page of all verbs */
void options_welcome(FILE *to);                /* one screen, three examples */

/* A completion script for "bash", "zsh" or "fish", or a manual page in roff for "man". False for another name. */
bool options_generate(FILE *to, const char *what);
#endif
