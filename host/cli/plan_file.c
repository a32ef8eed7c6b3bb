#define _POSIX_C_SOURCE 200809L
#include "plan_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "findings.h"
#include "screen.h"

enum { MOST_BYTES = (16 << 20) + 1 }; /* one more than the reader takes, so that it can say so */

const char *plan_file_name(const options *o) { return strcmp(o->plan, "-") ? o->plan : "(standard input)"; }

static int out_of_memory(void) {
  fprintf(stderr, "offramp: out of memory: close other programs\n");
  return EXIT_LIMIT;
}

static int read_text(const options *o, char **text, size_t *size) {
  FILE *file = strcmp(o->plan, "-") ? fopen(o->plan, "rb") : stdin;
  char *buffer = file ? malloc(MOST_BYTES) : NULL;
  int code = file && buffer ? EXIT_DONE : file ? out_of_memory() : EXIT_FILE;
  if (buffer) *size = fread(buffer, 1, MOST_BYTES, file);
  if (!file || (buffer && ferror(file))) {
    fprintf(stderr, "offramp: %s: cannot be read: %s\n", plan_file_name(o), strerror(errno));
    code = EXIT_FILE;
  }
  if (file && file != stdin) fclose(file);
  if (code == EXIT_DONE) *text = buffer;
  else free(buffer);
  return code;
}

int plan_file_open(const options *o, offramp_plan **plan) {
  offramp_error error = {0};
  char *text = NULL;
  size_t size = 0;
  *plan = NULL;
  int code = read_text(o, &text, &size);
  if (code != EXIT_DONE) return code;
  offramp_status status = offramp_plan_read(text, size, plan_file_name(o), o->settings, o->setting_count, plan, &error);
  free(text);
  if (status == OFFRAMP_OK) return EXIT_DONE;
  if (status == OFFRAMP_ERR_PLAN && *plan) return EXIT_PLAN;
  offramp_plan_free(*plan);
  *plan = NULL;
  return out_of_memory();
}

int plan_file_read(const options *o, offramp_plan **plan) {
  int code = plan_file_open(o, plan);
  if (!*plan) return code;
  ofr_text lines = {0};
  findings_lines(*plan, !o->quiet, screen_colors(STDERR_FILENO), &lines);
  fputs(ofr_text_chars(&lines), stderr);
  ofr_text_free(&lines);
  if (code == EXIT_DONE) return code;
  size_t errors = findings_count(*plan, true);
  fprintf(stderr, "offramp: %s: %zu error%s: nothing was computed\n", plan_file_name(o), errors, errors == 1 ? "" : "s");
  offramp_plan_free(*plan);
  *plan = NULL;
  return code;
}
