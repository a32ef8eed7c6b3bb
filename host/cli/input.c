#include "input.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/json.h"
#include "options.h"
#include "output.h"

enum { MOST_BYTES = OFR_JSON_MAX_BYTES + 1 };

const char *input_name(const char *path) { return strcmp(path, "-") ? path : "(standard input)"; }

int input_read(const char *path, char **text, size_t *size) {
  FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
  char *buffer = file ? malloc(MOST_BYTES) : NULL;
  int code = file && buffer ? EXIT_DONE : file ? EXIT_LIMIT : EXIT_FILE;
  if (buffer) *size = fread(buffer, 1, MOST_BYTES, file);
  if (!file || (buffer && ferror(file))) {
    output_complain(input_name(path), "cannot be read");
    code = EXIT_FILE;
  }
  if (code == EXIT_LIMIT) fprintf(stderr, "offramp: out of memory: close other programs\n");
  if (file && file != stdin) fclose(file);
  if (code == EXIT_DONE) *text = buffer;
  else free(buffer);
  return code;
}
