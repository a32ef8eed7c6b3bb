#include "plan_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "screen.h"

enum { MOST_BYTES = (16 << 20) + 1 }; /* one more than the reader takes, so that it can say so */

static int read_text(const char *path, char **text, size_t *size) {
  FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
  char *buffer = file ? malloc(MOST_BYTES) : NULL;
  if (file && !buffer) {
    fprintf(stderr, "offramp: out of memory: close other programs\n");
    if (file != stdin) fclose(file);
    return EXIT_LIMIT;
  }
  if (buffer) *size = fread(buffer, 1, MOST_BYTES, file);
  if (!file || ferror(file)) {
    fprintf(stderr, "offramp: %s: cannot be read: %s\n", path, strerror(errno));
    free(buffer);
    if (file && file != stdin) fclose(file);
    return EXIT_FILE;
  }
  if (file != stdin) fclose(file);
  *text = buffer;
  return EXIT_DONE;
}

void plan_file_report(const offramp_plan *plan, size_t from, bool warnings) {
  bool color = screen_colors(STDERR_FILENO);
  for (size_t i = from; i < offramp_plan_diagnostic_count(plan); i++) {
    offramp_diagnostic d = offramp_plan_diagnostic(plan, i);
    if (!d.is_error && !warnings) continue;
    fprintf(stderr, "%s", d.file);
    if (d.line > 0) fprintf(stderr, ":%d", d.line);
    fprintf(stderr, ": %s%s%s", color ? (d.is_error ? "\033[1;31m" : "\033[1;33m") : "", d.is_error ? "error" : "warning",
            color ? "\033[0m" : "");
    if (*d.pointer) fprintf(stderr, ": %s", d.pointer);
    fprintf(stderr, ": %s\n", d.message);
    if (d.remedy) fprintf(stderr, "    %s\n", d.remedy);
  }
}

int plan_file_read(const options *o, offramp_plan **plan) {
  offramp_error error = {0};
  char *text = NULL;
  size_t size = 0;
  *plan = NULL;
  int code = read_text(o->plan, &text, &size);
  if (code != EXIT_DONE) return code;
  offramp_status status = offramp_plan_read(text, size, strcmp(o->plan, "-") ? o->plan : "(standard input)", o->settings,
                                            o->setting_count, plan, &error);
  free(text);
  if (*plan) plan_file_report(*plan, 0, !o->quiet);
  if (status == OFFRAMP_OK) return EXIT_DONE;
  fprintf(stderr, "offramp: %s\n", error.message);
  offramp_plan_free(*plan);
  *plan = NULL;
  return status == OFFRAMP_ERR_PLAN ? EXIT_PLAN : EXIT_LIMIT;
}
