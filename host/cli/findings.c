#include "findings.h"
#include <string.h>
#include "../report/json_writer.h"
#include "plan_file.h"

size_t findings_count(const offramp_plan *plan, bool errors) {
  size_t count = 0;
  for (size_t i = 0; i < offramp_plan_diagnostic_count(plan); i++)
    count += (offramp_plan_diagnostic(plan, i).is_error != 0) == errors;
  return count;
}

/* Those that are wanted, one after the other; false at the end. */
static bool next(const offramp_plan *plan, bool warnings, size_t *i, offramp_diagnostic *d) {
  for (; *i < offramp_plan_diagnostic_count(plan); ++*i) {
    *d = offramp_plan_diagnostic(plan, *i);
    if (!d->is_error && !warnings) continue;
    ++*i;
    return true;
  }
  return false;
}

static const char *severity(const offramp_diagnostic *d) { return d->is_error ? "error" : "warning"; }

void findings_lines(const offramp_plan *plan, bool warnings, bool color, ofr_text *out) {
  offramp_diagnostic d;
  for (size_t i = 0; next(plan, warnings, &i, &d);) {
    ofr_text_visible(out, d.file);
    if (d.line > 0) ofr_text_printf(out, ":%d", d.line);
    ofr_text_printf(out, ": %s%s%s: ", color ? (d.is_error ? "\033[1;31m" : "\033[1;33m") : "", severity(&d),
                    color ? "\033[0m" : "");
    if (*d.pointer) {
      ofr_text_visible(out, d.pointer);
      ofr_text_add(out, ": ");
    }
    ofr_text_visible(out, d.message);
    if (d.remedy) {
      ofr_text_add(out, "\n    ");
      ofr_text_visible(out, d.remedy);
    }
    ofr_text_add(out, "\n");
  }
}

static void report_text(const options *o, const offramp_plan *plan, bool color, ofr_text *out) {
  size_t errors = findings_count(plan, true), warnings = findings_count(plan, false);
  findings_lines(plan, !o->quiet, color, out);
  ofr_text_visible(out, plan_file_name(o));
  if (!offramp_plan_is_legible(plan)) ofr_text_add(out, ": not read");
  else ofr_text_add(out, errors ? ": not sound" : ": sound");
  if (errors) ofr_text_printf(out, ", %zu error%s", errors, errors == 1 ? "" : "s");
  if (warnings) ofr_text_printf(out, ", %zu warning%s", warnings, warnings == 1 ? "" : "s");
  ofr_text_add(out, "\n");
}

static void string_or_null(ofr_json_writer *w, const char *key, const char *value) {
  if (value && *value) ofr_json_string(w, key, value);
  else ofr_text_add(ofr_json_value(w, key), "null");
}

static void report_json(const options *o, const offramp_plan *plan, bool color, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  offramp_diagnostic d;
  (void)color;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "offramp", offramp_version());
  ofr_json_string(w, "file", plan_file_name(o));
  string_or_null(w, "digest", offramp_plan_digest(plan));
  ofr_json_boolean(w, "sound", findings_count(plan, true) == 0);
  ofr_json_integer(w, "errors", findings_count(plan, true));
  ofr_json_integer(w, "warnings", findings_count(plan, false));
  ofr_json_array(w, "diagnostics", OFR_JSON_LINES);
  for (size_t i = 0; next(plan, !o->quiet, &i, &d);) {
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_string(w, "severity", severity(&d));
    ofr_json_string(w, "file", d.file);
    if (d.line > 0) ofr_json_integer(w, "line", (uint64_t)d.line);
    else string_or_null(w, "line", NULL);
    ofr_json_string(w, "pointer", d.pointer);
    ofr_json_string(w, "message", d.message);
    string_or_null(w, "remedy", d.remedy);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

static void report_csv(const options *o, const offramp_plan *plan, bool color, ofr_text *out) {
  offramp_diagnostic d;
  (void)color;
  ofr_text_add(out, "severity,file,line,pointer,message,remedy\n");
  for (size_t i = 0; next(plan, !o->quiet, &i, &d);) {
    const char *rest[] = {d.pointer, d.message, d.remedy ? d.remedy : ""};
    ofr_text_printf(out, "%s,", severity(&d));
    ofr_text_csv_string(out, d.file);
    if (d.line > 0) ofr_text_printf(out, ",%d", d.line);
    else ofr_text_add(out, ",");
    for (int k = 0; k < 3; k++) {
      ofr_text_add(out, ",");
      ofr_text_csv_string(out, rest[k]);
    }
    ofr_text_add(out, "\n");
  }
}

static void report_markdown(const options *o, const offramp_plan *plan, bool color, ofr_text *out) {
  offramp_diagnostic d;
  (void)color;
  ofr_text_add(out, "| severity | line | pointer | message | remedy |\n|---|---|---|---|---|\n");
  for (size_t i = 0; next(plan, !o->quiet, &i, &d);) {
    const char *rest[] = {d.pointer, d.message, d.remedy ? d.remedy : ""};
    ofr_text_printf(out, "| %s | ", severity(&d));
    if (d.line > 0) ofr_text_printf(out, "%d", d.line);
    for (int k = 0; k < 3; k++) {
      ofr_text_add(out, " | ");
      ofr_text_markdown(out, rest[k]);
    }
    ofr_text_add(out, " |\n");
  }
}

void findings_report(const options *o, const offramp_plan *plan, bool color, ofr_text *out) {
  static const struct {
    const char *format;
    void (*report)(const options *, const offramp_plan *, bool, ofr_text *);
  } formats[] = {{"text", report_text}, {"json", report_json}, {"csv", report_csv}, {"markdown", report_markdown}};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (!strcmp(o->format, formats[i].format)) formats[i].report(o, plan, color, out);
}
