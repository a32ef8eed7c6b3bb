/* What is wrong, or suspicious, in an input: collected, so that a user sees all of it at once. */
#ifndef OFR_DIAGNOSTICS_H
#define OFR_DIAGNOSTICS_H
#include "arena.h"

typedef enum ofr_severity { OFR_WARNING, OFR_ERROR } ofr_severity;

typedef struct ofr_diagnostic {
  ofr_severity severity;
  const char *file;
  int line;            /* 1-based; 0 when unknown */
  const char *pointer; /* JSON pointer, list items by index: "/pools/0/price" */
  const char *message; /* what is wrong */
  const char *remedy;  /* what would be right; may be NULL */
} ofr_diagnostic;

typedef struct ofr_diagnostics {
  ofr_arena *arena; /* the texts live here */
  ofr_diagnostic *items;
  int count, capacity;
  int errors, warnings; /* all that were diagnosed, also those whose text was lost */
} ofr_diagnostics;

/* Never fails: when memory runs out, `errors` or `warnings` still rises and the item is dropped. */
void ofr_diagnose(ofr_diagnostics *d, ofr_severity severity, const char *file, int line, const char *pointer,
                  const char *remedy, const char *format, ...) __attribute__((format(printf, 7, 8)));
#endif
