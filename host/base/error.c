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
