#define _POSIX_C_SOURCE 200809L
#include "plan_file.h"
#include <stdlib.h>
#include <unistd.h>
#include "findings.h"
#include "input.h"
#include "screen.h"

const char *plan_file_name(const options *o) { return input_name(o->plan); }

static int out_of_memory(void) {
  fprintf(stderr, "offramp: out of memory: close other programs\n");
  return EXIT_LIMIT;
}

int plan_file_open(const options *o, offramp_plan **plan) {
  offramp_error error = {0};
  char *text = NULL;
  size_t size = 0;
  *plan = NULL;
  int code = input_read(o->plan, &text, &size);
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
