/* The command line: one table of options, from which parsing, --help, completion and the manual page are made. */
#ifndef OFR_OPTIONS_H
#define OFR_OPTIONS_H
#include <offramp/offramp.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit codes: INTERFACE. */
enum {
  EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_PLAN = 3, EXIT_DEVICE = 4, EXIT_MISMATCH = 5, EXIT_LIMIT = 6, EXIT_FILE = 7,
  EXIT_KEPT = 8, EXIT_INTERRUPTED = 130, EXIT_TERMINATED = 143
};

enum { MOST_SETTINGS = 256 };

typedef struct options {
  const char *verb;
  const char *plan;              /* the first operand; NULL when there is none */
  const char *format;
  const char *output;            /* NULL: standard output */
  bool force, quiet, help, version;
  const char *progress;          /* auto, bar, json, none */
  const char *strategy;
  unsigned long long path;
  int width;                     /* 0: the terminal's */
  offramp_setting settings[MOST_SETTINGS];
  size_t setting_count;
  offramp_run_config run;
  const char *command;           /* as typed, for the report */
} options;

/* False after a message on stderr: the caller exits with EXIT_USAGE. */
bool options_parse(int argc, char **argv, options *o);
void options_free(options *o);

/* `verb` NULL: the page of all verbs. */
void options_help(FILE *to, const char *verb);
void options_welcome(FILE *to); /* one screen, three examples */

/* A completion script for "bash", "zsh" or "fish", or a manual page in roff for "man". False for another name. */
bool options_generate(FILE *to, const char *what);
#endif
