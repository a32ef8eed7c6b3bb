#include "error.h"
#include <stdarg.h>
#include <stdio.h>

offramp_status ofr_fail(offramp_error *error, offramp_status status, const char *place, const char *format, ...) {
  if (!error) return status;
  va_list arguments;
  error->status = status;
  snprintf(error->place, sizeof error->place, "%s", place ? place : "");
  va_start(arguments, format);
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  return status;
}

const char *offramp_version(void) { return OFFRAMP_VERSION_STRING; }

offramp_status ofr_fail_diagnosed(offramp_error *error, const char *file, const ofr_diagnostics *d) {
  char place[128];
  if (d->count == 0) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  const ofr_diagnostic *first = &d->items[0];
  if (first->line > 0) snprintf(place, sizeof place, "%.100s:%d", file, first->line);
  else snprintf(place, sizeof place, "%.120s", file);
  offramp_status status = first->line > 0 ? OFFRAMP_ERR_PLAN : OFFRAMP_ERR_FILE;
  const char *more = d->errors > 1 ? " (the first of several errors)" : "";
  return ofr_fail(error, status, place, "%s%s%s; %s%s", first->pointer, *first->pointer ? ": " : "", first->message, first->remedy,
                  more);
}
