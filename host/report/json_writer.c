/* JSON out: see json_writer.h. */
#include "json_writer.h"

ofr_json_writer ofr_json_writer_on(ofr_text *out) { return (ofr_json_writer){.out = out}; }

static void new_line(ofr_json_writer *w) {
  ofr_text_add(w->out, "\n");
  ofr_text_repeat(w->out, "  ", w->depth);
}

ofr_text *ofr_json_value(ofr_json_writer *w, const char *key) {
  if (w->depth > 0) {
    bool flat = w->levels[w->depth - 1].flat;
    if (w->levels[w->depth - 1].any) ofr_text_add(w->out, flat ? ", " : ",");
    if (!flat) new_line(w);
    w->levels[w->depth - 1].any = true;
  }
  if (key != NULL) {
    ofr_text_json_string(w->out, key);
    ofr_text_add(w->out, ": ");
  }
  return w->out;
}

static void begin(ofr_json_writer *w, const char *key, ofr_json_layout layout, const char *open, char close) {
  ofr_text_add(ofr_json_value(w, key), open);
  if (w->depth == OFR_JSON_WRITER_DEPTH) {
    w->out->failed = true;
    return;
  }
  bool flat = layout == OFR_JSON_FLAT || (w->depth > 0 && w->levels[w->depth - 1].flat);
  w->levels[w->depth].close = close;
  w->levels[w->depth].flat = flat;
  w->levels[w->depth].any = false;
  w->depth++;
}

void ofr_json_object(ofr_json_writer *w, const char *key, ofr_json_layout layout) { begin(w, key, layout, "{", '}'); }
void ofr_json_array(ofr_json_writer *w, const char *key, ofr_json_layout layout) { begin(w, key, layout, "[", ']'); }

void ofr_json_end(ofr_json_writer *w) {
  if (w->depth == 0) return;
  w->depth--;
  if (!w->levels[w->depth].flat && w->levels[w->depth].any) new_line(w);
  ofr_text_append(w->out, &w->levels[w->depth].close, 1);
  if (w->depth == 0) ofr_text_add(w->out, "\n");
}

void ofr_json_string(ofr_json_writer *w, const char *key, const char *value) {
  ofr_text_json_string(ofr_json_value(w, key), value != NULL ? value : "");
}

void ofr_json_number(ofr_json_writer *w, const char *key, double value) { ofr_text_number(ofr_json_value(w, key), value); }

void ofr_json_integer(ofr_json_writer *w, const char *key, uint64_t value) {
  bool exact = value <= UINT64_C(1) << 53;
  ofr_text_printf(ofr_json_value(w, key), exact ? "%llu" : "\"%llu\"", (unsigned long long)value);
}

void ofr_json_boolean(ofr_json_writer *w, const char *key, bool value) {
  ofr_text_add(ofr_json_value(w, key), value ? "true" : "false");
}
