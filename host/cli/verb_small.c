/* calibrate, devices, schema, completion, version: what needs no plan. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../report/json_writer.h"
#include "output.h"
#include "screen.h"
#include "verbs.h"

enum { MOST_DEVICES = 64 };

int verb_deliver_text(const options *o, char *text, size_t size) {
  bool done = output_write(o->output, o->force, text, size);
  offramp_text_free(text);
  return done ? EXIT_DONE : EXIT_FILE;
}

int verb_deliver(const options *o, ofr_text *text) {
  int code = EXIT_LIMIT;
  if (text->failed) fprintf(stderr, "offramp: out of memory: close other programs\n");
  else
    code = output_possible(o->output, o->force) && output_write(o->output, o->force, ofr_text_chars(text), text->size)
               ? EXIT_DONE
               : EXIT_FILE;
  ofr_text_free(text);
  return code;
}

/* ---- devices ---- */

static const char *state(const offramp_device *d) { return d->is_usable ? d->detail : d->why_not; }

static void devices_json(ofr_text *out, const offramp_device *d, size_t count) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_array(w, "devices", OFR_JSON_LINES);
  for (size_t i = 0; i < count; i++) {
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_string(w, "backend", d[i].backend);
    ofr_json_integer(w, "device", (uint64_t)d[i].index);
    ofr_json_string(w, "name", d[i].name);
    ofr_json_string(w, "detail", d[i].detail);
    ofr_json_boolean(w, "gpu", d[i].is_gpu);
    ofr_json_boolean(w, "usable", d[i].is_usable);
    if (!d[i].is_usable) ofr_json_string(w, "why_not", d[i].why_not);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

static void devices_csv(ofr_text *out, const offramp_device *d, size_t count) {
  ofr_text_add(out, "backend,device,name,detail,gpu,usable,why_not\n");
  for (size_t i = 0; i < count; i++) {
    ofr_text_printf(out, "%s,%d,", d[i].backend, d[i].index);
    ofr_text_csv_string(out, d[i].name);
    ofr_text_add(out, ",");
    ofr_text_csv_string(out, d[i].detail);
    ofr_text_printf(out, ",%s,%s,", d[i].is_gpu ? "true" : "false", d[i].is_usable ? "true" : "false");
    ofr_text_csv_string(out, d[i].is_usable ? "" : d[i].why_not);
    ofr_text_add(out, "\n");
  }
}

static void devices_markdown(ofr_text *out, const offramp_device *d, size_t count) {
  ofr_text_add(out, "| backend | device | name | detail |\n|---|---:|---|---|\n");
  for (size_t i = 0; i < count; i++) {
    ofr_text_printf(out, "| %s | %d | ", d[i].backend, d[i].index);
    ofr_text_markdown(out, d[i].name);
    ofr_text_add(out, d[i].is_usable ? " | " : " | not usable: ");
    ofr_text_markdown(out, state(&d[i]));
    ofr_text_add(out, " |\n");
  }
}

static void devices_text(ofr_text *out, const offramp_device *d, size_t count) {
  for (size_t i = 0; i < count; i++) {
    ofr_text_printf(out, "%-7s %d  ", d[i].backend, d[i].index);
    ofr_text_visible(out, d[i].name);
    ofr_text_add(out, d[i].is_usable ? "\n           " : "\n           not usable: ");
    ofr_text_visible(out, state(&d[i]));
    ofr_text_add(out, "\n");
  }
}

int verb_devices(const options *o) {
  static const struct {
    const char *format;
    void (*write)(ofr_text *, const offramp_device *, size_t);
  } formats[] = {{"text", devices_text}, {"json", devices_json}, {"csv", devices_csv}, {"markdown", devices_markdown}};
  offramp_device devices[MOST_DEVICES];
  ofr_text text = {0};
  size_t count = offramp_devices(devices, MOST_DEVICES);
  if (count > MOST_DEVICES) count = MOST_DEVICES;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (!strcmp(o->format, formats[i].format)) formats[i].write(&text, devices, count);
  return verb_deliver(o, &text);
}

/* ---- calibrate ---- */

int verb_calibrate(const options *o) {
  offramp_error error = {0};
  offramp_report_config report = verb_report_config(o);
  char *text;
  size_t size;
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  offramp_status status = offramp_calibrate(o->plan, &report, &text, &size, &error);
  return status == OFFRAMP_OK ? verb_deliver_text(o, text, size) : verb_failed(NULL, &error);
}

/* ---- the others ---- */

int verb_schema(const options *o) {
  ofr_text text = {0};
  ofr_text_add(&text, offramp_plan_schema());
  return verb_deliver(o, &text);
}

int verb_completion(const options *o) {
  char *made = NULL;
  size_t size = 0;
  ofr_text text = {0};
  FILE *to = open_memstream(&made, &size);
  bool known = to && options_generate(to, o->plan);
  if (to) fclose(to);
  if (to && !known) {
    fprintf(stderr, "offramp: completion '%s': bash, zsh, fish or man\n", o->plan);
    free(made);
    return EXIT_USAGE;
  }
  if (made) ofr_text_append(&text, made, size);
  else text.failed = true;
  free(made);
  return verb_deliver(o, &text);
}

int verb_version(const options *o) {
  ofr_text text = {0};
  const char *version = offramp_version();
  if (!strcmp(o->format, "json")) ofr_text_printf(&text, "{\"offramp\": \"%s\"}\n", version);
  else if (!strcmp(o->format, "csv")) ofr_text_printf(&text, "offramp\n%s\n", version);
  else ofr_text_printf(&text, "offramp %s\n", version);
  return verb_deliver(o, &text);
}
