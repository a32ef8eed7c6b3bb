/* Strict JSON: a scan of our own before the library (cJSON lets 17 of JSONTestSuite's 188 invalid files through), then an
 * immutable tree that knows the line and the pointer of every value. The only file that names cJSON is json.c. */
#ifndef OFR_JSON_H
#define OFR_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include "arena.h"
#include "diagnostics.h"

typedef enum ofr_json_type {
  OFR_JSON_NULL, OFR_JSON_BOOL, OFR_JSON_NUMBER, OFR_JSON_STRING, OFR_JSON_ARRAY, OFR_JSON_OBJECT
} ofr_json_type;

typedef struct ofr_json ofr_json;
struct ofr_json {
  ofr_json_type type;
  const char *key;    /* within an object, else NULL */
  const char *text;   /* a string's value (UTF-8), a number's literal as written */
  double number;      /* finite, correctly rounded */
  bool boolean;
  int line;           /* 1-based; 0 for what ofr_json_set put in */
  int index;          /* position among its siblings, from 0 */
  int count;          /* children */
  ofr_json *parent, *first, *next;
};

/* The number of values bounds memory: a tree takes some 150 bytes for each. */
enum { OFR_JSON_MAX_DEPTH = 64, OFR_JSON_MAX_BYTES = 16 << 20, OFR_JSON_MAX_VALUES = 1 << 20 };

/* NULL after a diagnosed error. `file` is only a name for messages. Duplicate keys, NUL in strings, numbers that overflow a
 * double, invalid UTF-8, a byte-order mark and anything after the value are errors. */
ofr_json *ofr_json_parse(const char *text, size_t size, const char *file, ofr_arena *arena, ofr_diagnostics *d);
const ofr_json *ofr_json_get(const ofr_json *object, const char *key); /* case-sensitive; NULL when absent or not an object */
const ofr_json *ofr_json_at(const ofr_json *array, int index);
const char *ofr_json_pointer(const ofr_json *value, ofr_arena *arena); /* RFC 6901 */
ofr_json *ofr_json_copy(const ofr_json *value, ofr_arena *arena);  /* all below it too, nothing above; NULL when out of memory */
/* Finds a value by pointer; items of a list that have a "name" may be addressed by it: "/pools/azure-h100/price". */
ofr_json *ofr_json_find(ofr_json *root, const char *pointer);
/* Replaces the value at `pointer` with `literal` (JSON; a bare word that is no JSON is taken as a string), or adds the key
 * when its parent object exists. False after a diagnosed error. */
bool ofr_json_set(ofr_json *root, const char *pointer, const char *literal, const char *file, ofr_arena *arena,
                  ofr_diagnostics *d);
#endif
