/* A file beside a plan, for the length of a test. */
#ifndef NAMED_FILE_H
#define NAMED_FILE_H
#include "plan_fixture.h"
#include <stdio.h>
#include <unistd.h>

/* Its name, in the current folder; the same for all texts of one test program. */
static inline const char *named_file(const char *text) {
  static char name[64];
  snprintf(name, sizeof name, "named-%ld.csv", (long)getpid());
  FILE *out = fopen(name, "wb");
  if (!out || fputs(text, out) < 0 || fclose(out) != 0) fail_msg("%s cannot be written", name);
  return name;
}

static inline int forget_named_file(void **state) {
  (void)state;
  return remove(named_file(""));
}

/* Reads the plan with `key` naming a file that holds `text`. */
static inline const ofr_plan *read_with_file(fixture *f, const char *key, const char *text) {
  const char *literal = ofr_arena_printf(f->arena, "\"%s\"", named_file(text));
  set(f, key, literal);
  return ofr_plan_read(f->root, "good.json", f->arena, &f->d);
}

/* The first error says so, at this line. */
static inline void assert_first_error(const fixture *f, int line, const char *column, const char *message, const char *remedy) {
  const ofr_diagnostic *first = f->d.items;
  if (f->d.errors == 0) fail_msg("nothing is wrong, though %s should be", message);
  while (first->severity != OFR_ERROR) first++;
  if (first->line != line || !strstr(first->message, message) || !strstr(first->pointer, column) ||
      !strstr(first->remedy, remedy)) {
    show(f);
    fail_msg("no '%s' at line %d, %s, with '%s'", message, line, column, remedy);
  }
}
#endif
