/* sweep, show and merge: a plan's grid into a store, what a store holds, one store into another. */
#include <stdlib.h>
#include <string.h>
#include "output.h"
#include "plan_file.h"
#include "screen.h"
#include "verbs.h"

/* "examples/openai-azure.json" -> "openai-azure.sweep", in the current folder. The caller frees it. */
static char *store_of(const options *o) {
  const char *slash = strrchr(o->plan, '/'), *base = slash ? slash + 1 : o->plan;
  if (o->store) base = o->store;
  else if (!strcmp(base, "-")) base = "plan";
  const char *dot = o->store ? NULL : strrchr(base, '.');
  size_t length = dot && dot > base ? (size_t)(dot - base) : strlen(base);
  char *name = malloc(length + sizeof ".sweep");
  if (!name) return NULL;
  memcpy(name, base, length);
  strcpy(name + length, o->store ? "" : ".sweep");
  return name;
}

static int report(const options *o, const char *store, const offramp_plan *plan) {
  offramp_report_config config = verb_report_config(o);
  offramp_error error = {0};
  char *text;
  size_t size;
  if (offramp_store_report(store, plan, &config, &text, &size, &error) != OFFRAMP_OK) return verb_failed(NULL, &error);
  return verb_deliver_text(o, text, size);
}

/* What is in the store stays there: a sweep that was cut short shows what it has. */
static int sweep(const options *o, const offramp_plan *plan, const char *store) {
  offramp_error error = {0};
  offramp_sweep_tally tally;
  char *cache = verb_cache_folder();
  screen line = screen_open(o->progress, o->quiet);
  offramp_run_config config = verb_run_config(o, &line, cache);
  verb_catch_signals();
  offramp_status status = offramp_sweep(plan, store, &config, &tally, &error);
  screen_close(&line);
  free(cache);
  bool interrupted = status == OFFRAMP_INTERRUPTED, kept = tally.found + tally.evaluated > 0;
  if (status != OFFRAMP_OK && !(interrupted && kept)) return verb_failed(o->plan, &error);
  if (interrupted)
    fprintf(stderr, "offramp: interrupted: %llu of %llu points are in %s; the same command goes on\n",
            (unsigned long long)(tally.found + tally.evaluated), (unsigned long long)tally.points, store);
  else if (!o->quiet)
    fprintf(stderr, "offramp: %s: %llu point%s, %llu of them evaluated now\n", store, (unsigned long long)tally.points,
            tally.points == 1 ? "" : "s", (unsigned long long)tally.evaluated);
  int code = report(o, store, plan);
  return interrupted && code == EXIT_DONE ? EXIT_KEPT : code;
}

int verb_sweep(const options *o) {
  offramp_plan *plan;
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  int code = plan_file_read(o, &plan);
  if (code != EXIT_DONE) return code;
  char *store = store_of(o);
  if (store) code = sweep(o, plan, store);
  else fprintf(stderr, "offramp: out of memory: close other programs\n"), code = EXIT_LIMIT;
  free(store);
  offramp_plan_free(plan);
  return code;
}

int verb_show(const options *o) { return output_possible(o->output, o->force) ? report(o, o->plan, NULL) : EXIT_FILE; }

int verb_merge(const options *o) {
  offramp_error error = {0};
  unsigned long long added;
  if (offramp_store_merge(o->plan, o->second, &added, &error) != OFFRAMP_OK) return verb_failed(NULL, &error);
  if (!o->quiet) fprintf(stderr, "offramp: %s: %llu point%s more, from %s\n", o->plan, added, added == 1 ? "" : "s", o->second);
  return EXIT_DONE;
}
