/* Collects diagnostics in an arena. Printing them is the program's business, not this file's. */
#include "diagnostics.h"
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

/* A fuller list replaces the old one, which stays in the arena unused: doubling keeps that waste below the list itself. */
static bool make_room(ofr_diagnostics *d) {
  if (d->count < d->capacity) return true;
  int capacity = d->capacity > 0 ? 2 * d->capacity : 16;
  ofr_diagnostic *items = ofr_arena_alloc(d->arena, (size_t)capacity, sizeof *items);
  if (!items) return false;
  if (d->count > 0) memcpy(items, d->items, (size_t)d->count * sizeof *items);
  d->items = items;
  d->capacity = capacity;
  return true;
}

/* Texts quote their input, and end up on terminals: control characters become question marks. */
static char *tame(char *text) {
  for (char *at = text; at && *at; at++)
    if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = '?';
  return text;
}

static const char *copy(ofr_diagnostics *d, const char *text) {
  return text ? tame(ofr_arena_copy(d->arena, text, strlen(text))) : NULL;
}

static void append(ofr_diagnostics *d, ofr_diagnostic item) {
  if (!item.message || !make_room(d)) return;
  if (!item.file) item.file = "";
  if (!item.pointer) item.pointer = "";
  d->items[d->count++] = item;
}

void ofr_diagnose(ofr_diagnostics *d, ofr_severity severity, const char *file, int line, const char *pointer,
                  const char *remedy, const char *format, ...) {
  if (severity == OFR_ERROR) d->errors++;
  else d->warnings++;

  va_list arguments;
  va_start(arguments, format);
  const char *message = tame(ofr_arena_vprintf(d->arena, format, arguments));
  va_end(arguments);
  append(d, (ofr_diagnostic){.severity = severity,
                             .file = copy(d, file),
                             .line = line,
                             .pointer = copy(d, pointer),
                             .message = message,
                             .remedy = copy(d, remedy)});
}
