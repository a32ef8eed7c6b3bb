#include "facts.h"
#include <math.h>
#include <offramp/offramp.h>
#include "figures.h"

ofr_facts ofr_facts_of_run(const ofr_result *r) {
  return (ofr_facts){"run",
                     r->plan,
                     r->plan_digest,
                     r->results_digest,
                     r->paths,
                     r->seed,
                     r->clamped_path_months,
                     r->strategy_count,
                     r->accelerator_quantum,
                     r->money_quantum,
                     &r->engine};
}

ofr_facts ofr_facts_of_value(const ofr_valuation *v) {
  return (ofr_facts){"value",
                     v->plan,
                     v->plan_digest,
                     v->results_digest,
                     v->paths,
                     v->seed,
                     v->clamped_path_months,
                     v->variant_count,
                     v->accelerator_quantum,
                     v->money_quantum,
                     &v->engine};
}

/* ---- JSON ---- */

static void write_engine(ofr_json_writer *w, const ofr_engine_facts *e) {
  ofr_json_object(w, "engine", OFR_JSON_FLAT);
  ofr_json_string(w, "backend", e->backend);
  ofr_json_string(w, "device", e->device);
  ofr_json_integer(w, "threads", (uint64_t)e->threads);
  ofr_json_number(w, "seconds", e->seconds);
  ofr_json_number(w, "path_months_per_second", e->path_months_per_second);
  if (e->note != NULL) ofr_json_string(w, "note", e->note);
  ofr_json_end(w);
  ofr_json_object(w, "cross_check", OFR_JSON_FLAT);
  ofr_json_integer(w, "paths", (uint64_t)e->checked_paths);
  if (e->checked_paths > 0) ofr_json_boolean(w, "passed", e->check_passed);
  else ofr_text_add(ofr_json_value(w, "passed"), "null");
  ofr_json_end(w);
}

void ofr_facts_json(ofr_json_writer *w, const ofr_facts *f) {
  ofr_json_string(w, "offramp", offramp_version());
  ofr_json_object(w, "plan", OFR_JSON_FLAT);
  ofr_json_string(w, "name", f->plan->name);
  ofr_json_string(w, "digest", f->plan_digest);
  ofr_json_end(w);
  ofr_json_integer(w, "paths", f->paths);
  ofr_json_integer(w, "seed", f->seed);
  ofr_json_string(w, "results_digest", f->results_digest);
  write_engine(w, f->engine);
  ofr_json_object(w, "quanta", OFR_JSON_FLAT);
  ofr_json_number(w, "accelerators", f->accelerator_quantum);
  ofr_json_number(w, "money", f->money_quantum);
  ofr_json_end(w);
}

/* ---- CSV ---- */

typedef struct column {
  ofr_text *out;
  const char *before, *after;
} column;

static ofr_text *begin(const column *c, const char *name) {
  ofr_text_printf(c->out, "%s%s%s", c->before, name, c->after);
  return c->out;
}

static void write_string(const column *c, const char *name, const char *value) {
  ofr_text_csv_string(begin(c, name), value != NULL ? value : "");
  ofr_text_add(c->out, "\n");
}

static void write_integer(const column *c, const char *name, uint64_t value) {
  ofr_text_printf(begin(c, name), "%llu\n", (unsigned long long)value);
}

static void write_number(const column *c, const char *name, double value) {
  begin(c, name);
  if (isfinite(value)) ofr_text_number(c->out, value);
  ofr_text_add(c->out, "\n");
}

void ofr_facts_csv(ofr_text *out, const ofr_facts *f, const char *before, const char *after) {
  const column c = {out, before, after};
  const ofr_engine_facts *e = f->engine;
  write_string(&c, "offramp", offramp_version());
  write_string(&c, "plan", f->plan->name);
  write_string(&c, "plan_digest", f->plan_digest);
  write_string(&c, "results_digest", f->results_digest);
  write_integer(&c, "paths", f->paths);
  write_integer(&c, "seed", f->seed);
  write_number(&c, "accelerator_quantum", f->accelerator_quantum);
  write_number(&c, "money_quantum", f->money_quantum);
  write_integer(&c, "clamped_path_months", f->clamped_path_months);
  write_string(&c, "backend", e->backend);
  write_string(&c, "device", e->device);
  write_number(&c, "seconds", e->seconds);
  write_number(&c, "path_months_per_second", e->path_months_per_second);
  write_integer(&c, "cross_check_paths", (uint64_t)e->checked_paths);
  if (e->checked_paths > 0) write_string(&c, "cross_check_passed", e->check_passed ? "true" : "false");
}

/* ---- pages ---- */

void ofr_facts_count(ofr_page *page, uint64_t count, const char *what) {
  ofr_figure_count(&page->line, count);
  ofr_text_printf(&page->line, "\xC2\xA0%s%s", what, count == 1 ? "" : "s");
}

/* What to type, and the digests to compare with. */
static void show_command(ofr_page *page, const ofr_facts *f, const ofr_report_options *options) {
  ofr_text line = {0};
  if (options->command != NULL) ofr_text_add(&line, options->command);
  else
    ofr_text_printf(&line, "offramp %s %s --paths %llu --seed %llu", f->verb, f->plan->file != NULL ? f->plan->file : "PLAN",
                    (unsigned long long)f->paths, (unsigned long long)f->seed);
  ofr_page_code(page, ofr_text_chars(&line));
  ofr_text_clear(&line);
  ofr_text_printf(&line, "plan     %s", f->plan_digest);
  ofr_page_code(page, ofr_text_chars(&line));
  ofr_text_clear(&line);
  ofr_text_printf(&line, "results  %s", f->results_digest);
  ofr_page_code(page, ofr_text_chars(&line));
  if (line.failed) page->out->failed = true;
  ofr_text_free(&line);
}

static void show_engine(ofr_page *page, const ofr_facts *f) {
  const ofr_engine_facts *e = f->engine;
  ofr_facts_count(page, f->paths, "future");
  ofr_page_words(page, " \xC3\x97 ");
  ofr_facts_count(page, (uint64_t)f->plan->months, "month");
  ofr_text_printf(&page->line, " \xC3\x97 %d\xC2\xA0%s in ", f->strategies, f->strategies == 1 ? "strategy" : "strategies");
  ofr_text_fixed(&page->line, e->seconds, e->seconds < 10 ? 2 : 0, true);
  ofr_page_words(page, "\xC2\xA0s on ");
  ofr_page_literal(page, e->backend != NULL ? e->backend : "an unnamed back end");
  if (e->device != NULL && e->device[0] != '\0') {
    ofr_page_words(page, " (");
    ofr_page_literal(page, e->device);
    ofr_page_words(page, ")");
  }
  ofr_page_words(page, ": ");
  ofr_text_fixed(&page->line, e->path_months_per_second / 1e6, 1, true);
  ofr_page_words(page, "\xC2\xA0million path-months a second.");
  ofr_page_item(page);
  if (e->note != NULL) {
    ofr_page_literal(page, e->note);
    ofr_page_item(page);
  }
}

static void show_check(ofr_page *page, const ofr_facts *f) {
  const ofr_engine_facts *e = f->engine;
  if (e->checked_paths == 0) ofr_page_words(page, "No path was redone on the CPU as a cross-check.");
  else {
    ofr_facts_count(page, (uint64_t)e->checked_paths, "path");
    ofr_page_words(page, e->check_passed
                             ? " redone on the CPU: the same, bit for bit. The results digest is the same on every device."
                             : " redone on the CPU: NOT the same. Do not use this result.");
  }
  ofr_page_item(page);
}

void ofr_facts_page(ofr_page *page, const ofr_facts *f, const ofr_report_options *options) {
  ofr_page_words(page, "To repeat it");
  ofr_page_heading(page, 2);
  show_command(page, f, options);
  show_engine(page, f);
  show_check(page, f);
}

static double six_digits(double value) {
  double unit = pow(10, 5 - floor(log10(value)));
  return round(value * unit) / unit;
}

void ofr_facts_limits(ofr_page *page, const ofr_facts *f) {
  if (f->clamped_path_months > 0) {
    ofr_facts_count(page, f->clamped_path_months, "path-month");
    ofr_page_words(page, " had a multiplier clamped at 64: the volatilities are extreme for this horizon.");
    ofr_page_item(page);
  }
  ofr_page_words(page, "The books count in whole quanta of ");
  ofr_text_number(&page->line, six_digits(f->accelerator_quantum));
  ofr_page_words(page, "\xC2\xA0"
                       "accelerators and $");
  ofr_text_number(&page->line, f->money_quantum);
  ofr_page_words(page, ".");
  ofr_page_item(page);
}
