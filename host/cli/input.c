#include "input.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/json.h"
#include "../base/text.h"
#include "options.h"

enum { MOST_BYTES = OFR_JSON_MAX_BYTES + 1 };

const char *input_name(const char *path) { return strcmp(path, "-") ? path : "(standard input)"; }

int input_read(const char *path, char **text, size_t *size) {
  FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
  char *buffer = file ? malloc(MOST_BYTES) : NULL;
  int code = file && buffer ? EXIT_DONE : file ? EXIT_LIMIT : EXIT_FILE;
  if (buffer) *size = fread(buffer, 1, MOST_BYTES, file);
  if (!file || (buffer && ferror(file))) {
    const int why = errno;
    ofr_text name = {0};
    ofr_text_visible(&name, input_name(path));
    fprintf(stderr, "offramp: %s: cannot be read: %s\n", ofr_text_chars(&name), strerror(why));
    ofr_text_free(&name);
    code = EXIT_FILE;
  }
  if (code == EXIT_LIMIT) fprintf(stderr, "offramp: out of memory: close other programs\n");
  if (file && file != stdin) fclose(file);
  if (code == EXIT_DONE) *text = buffer;
  else free(buffer);
  return code;
}
