/* JSON out, one value a line on the outer levels and one line for what is small: made to be read, diffed and parsed. Keeps
 * commas and brackets right; the shape is the caller's. */
#ifndef OFR_JSON_WRITER_H
#define OFR_JSON_WRITER_H
#include "../base/text.h"

enum { OFR_JSON_WRITER_DEPTH = 32 };
typedef enum ofr_json_layout { OFR_JSON_LINES, OFR_JSON_FLAT } ofr_json_layout; /* what is within a flat one is flat too */

typedef struct ofr_json_writer {
  ofr_text *out;
  int depth;
  struct {
    char close;
    bool flat, any;
  } levels[OFR_JSON_WRITER_DEPTH];
} ofr_json_writer;

ofr_json_writer ofr_json_writer_on(ofr_text *out);
/* `key` is NULL within an array and for the outermost value. */
void ofr_json_object(ofr_json_writer *w, const char *key, ofr_json_layout layout);
void ofr_json_array(ofr_json_writer *w, const char *key, ofr_json_layout layout);
void ofr_json_end(ofr_json_writer *w);                         /* closes the innermost; the outermost with a newline */
ofr_text *ofr_json_value(ofr_json_writer *w, const char *key); /* the caller writes the value there */
void ofr_json_string(ofr_json_writer *w, const char *key, const char *value);
void ofr_json_number(ofr_json_writer *w, const char *key, double value);
/* A string from 2^53 on, where readers that keep numbers as doubles would change it. */
void ofr_json_integer(ofr_json_writer *w, const char *key, uint64_t value);
void ofr_json_boolean(ofr_json_writer *w, const char *key, bool value);
#endif
