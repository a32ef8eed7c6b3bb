/* compare: two results, or two stores, that were kept, what moved from one to the other, and an exit code that a nightly job
 * understands. */
#include <stdlib.h>
#include <string.h>
#include "input.h"
#include "output.h"
#include "verbs.h"

static bool is_store(const char *path) {
  char head[16] = "";
  FILE *file = strcmp(path, "-") ? fopen(path, "rb") : NULL;
  bool is = file && fread(head, 1, sizeof head, file) == sizeof head && !memcmp(head, "SQLite format 3", sizeof head);
  if (file) fclose(file);
  return is;
}

static int read_store(const char *path, offramp_record **record) {
  offramp_error error = {0};
  return offramp_record_read_store(path, record, &error) == OFFRAMP_OK ? EXIT_DONE : verb_failed(NULL, &error);
}

/* EXIT_DONE with *record set, or the exit code after a message on stderr. */
static int read_record(const char *path, offramp_record **record) {
  offramp_error error = {0};
  char *text = NULL;
  size_t size = 0;
  if (is_store(path)) return read_store(path, record);
  int code = input_read(path, &text, &size);
  if (code != EXIT_DONE) return code;
  offramp_status status = offramp_record_read(text, size, input_name(path), record, &error);
  free(text);
  return status == OFFRAMP_OK ? EXIT_DONE : verb_failed(NULL, &error);
}

static int deliver(const options *o, const offramp_comparison *c) {
  offramp_error error = {0};
  offramp_report_config config = verb_report_config(o);
  char *text;
  size_t size;
  if (offramp_comparison_report(c, &config, &text, &size, &error) != OFFRAMP_OK) return verb_failed(NULL, &error);
  return verb_deliver_text(o, text, size);
}

/* For the log of a job whose result goes to a file. */
static void say_no(const options *o, size_t moved, size_t gone) {
  if (o->quiet || !o->output) return;
  fprintf(stderr, "offramp: %zu figure%s moved", moved, moved == 1 ? "" : "s");
  if (gone) fprintf(stderr, ", %zu %s gone", gone, gone == 1 ? "is" : "are");
  fprintf(stderr, ": see %s\n", o->output);
}

static int compare(const options *o, const offramp_record *before, const offramp_record *after) {
  offramp_error error = {0};
  offramp_comparison *c;
  offramp_status status = offramp_compare(before, after, &o->compare, &c, &error);
  if (status != OFFRAMP_OK) return verb_failed(NULL, &error);
  size_t moved = offramp_comparison_moved(c), gone = offramp_comparison_gone(c);
  int code = deliver(o, c);
  offramp_comparison_free(c);
  if (code != EXIT_DONE || moved + gone == 0) return code;
  say_no(o, moved, gone);
  return EXIT_NO;
}

int verb_compare(const options *o) {
  offramp_record *before = NULL, *after = NULL;
  if (!strcmp(o->plan, "-") && !strcmp(o->second, "-")) {
    fprintf(stderr, "offramp: standard input holds one result: name a file for the other\n");
    return EXIT_USAGE;
  }
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  int code = read_record(o->plan, &before);
  if (code == EXIT_DONE) code = read_record(o->second, &after);
  if (code == EXIT_DONE) code = compare(o, before, after);
  offramp_record_free(before);
  offramp_record_free(after);
  return code;
}
