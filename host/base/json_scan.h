/* The strict check of JSON text (RFC 8259, and this house's limits) that comes before any tree is made. Private to json.c
 * and its tests. */
#ifndef OFR_JSON_SCAN_H
#define OFR_JSON_SCAN_H
#include <stdbool.h>
#include <stddef.h>

typedef struct ofr_json_fault {
  int line; /* 1-based */
  char message[120];
  const char *remedy;
} ofr_json_fault;

/* False at the first fault. Does not check what needs values: duplicate keys and numbers that overflow a double. */
bool ofr_json_scan(const char *text, size_t size, ofr_json_fault *fault);

/* The bytes of the well-formed UTF-8 sequence at `at` (1 to 4), 0 when there is none before `end`. */
int ofr_utf8_length(const unsigned char *at, const unsigned char *end);
#endif
