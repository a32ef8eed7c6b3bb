/* bench: how fast devices are. Two files of it side by side: --compare. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../report/bench_report.h"
#include "../stage/bench.h"
#include "input.h"
#include "output.h"
#include "screen.h"
#include "verbs.h"

static int refuse(const char *option, const char *value, const char *remedy) {
  fprintf(stderr, "offramp: %s '%s': %s\n", option, value, remedy);
  return EXIT_USAGE;
}

/* ---- axes ---- */

/* The words of a list into `to`, which the caller frees as a whole; how many there are, -1 when too many or one is empty. */
static int split(char *list, const char **to) {
  int count = 0;
  for (char *at = list, *comma;; at = comma + 1) {
    comma = strchr(at, ',');
    if (comma) *comma = 0;
    if (!*at || count == OFR_BENCH_CHOICES) return -1;
    to[count++] = at;
    if (!comma) return count;
  }
}

static bool parse_numbers(const char *text, unsigned long long least, unsigned long long most, uint64_t *values, int *count) {
  const char *words[OFR_BENCH_CHOICES];
  char *copy = strdup(text);
  bool fine = copy && (*count = split(copy, words)) > 0;
  for (int i = 0; fine && i < *count; i++) {
    char *end;
    errno = 0;
    values[i] = strtoull(words[i], &end, 10);
    fine = *words[i] >= '0' && *words[i] <= '9' && !*end && errno == 0 && values[i] >= least && values[i] <= most;
  }
  free(copy);
  return fine;
}

static int parse_axis(const char *option, const char *text, int least, int most, ofr_bench_axis *axis) {
  uint64_t values[OFR_BENCH_CHOICES];
  char remedy[96];
  if (!text) return EXIT_DONE;
  if (!parse_numbers(text, (unsigned long long)least, (unsigned long long)most, values, &axis->count)) {
    snprintf(remedy, sizeof remedy, "write whole numbers from %d to %d, at most %d of them, joined by commas", least, most,
             OFR_BENCH_CHOICES);
    return refuse(option, text, remedy);
  }
  for (int i = 0; i < axis->count; i++) axis->values[i] = (int)values[i];
  return EXIT_DONE;
}

/* Numbers, or `all`: the GPUs of a back end together. */
static int parse_devices(const char *text, ofr_bench_axis *axis) {
  if (!text || strcmp(text, "all")) return parse_axis("--device", text, 0, 63, axis);
  *axis = (ofr_bench_axis){1, {OFR_BENCH_ALL}};
  return EXIT_DONE;
}

static int parse_clauses(const char *text, ofr_bench_options *to) {
  const char *words[OFR_BENCH_CHOICES];
  if (!text) return EXIT_DONE;
  char *copy = strdup(text);
  to->clause_count = copy ? split(copy, words) : -1;
  bool fine = to->clause_count > 0;
  for (int i = 0; fine && i < to->clause_count; i++) fine = ofr_bench_clauses_read(words[i], &to->clauses[i]);
  free(copy);
  return fine ? EXIT_DONE : refuse("--clauses", text, ofr_bench_clause_words);
}

static int parse_backends(const char *text, ofr_bench_options *to, char **copy) {
  static const char *const known[] = {"auto", "cpu", "opencl", "cuda"};
  if (!text) return EXIT_DONE;
  *copy = strdup(text);
  to->backend_count = *copy ? split(*copy, to->backends) : -1;
  bool fine = to->backend_count > 0;
  for (int i = 0; fine && i < to->backend_count; i++) {
    bool found = false;
    for (int j = 0; j < 4; j++) found |= !strcmp(to->backends[i], known[j]);
    fine = found;
  }
  return fine ? EXIT_DONE : refuse("--backend", text, "write some of auto, cpu, opencl, cuda, joined by commas");
}

static int parse_paths(const char *text, ofr_bench_options *to) {
  if (!text || parse_numbers(text, 1, 1ull << 31, to->paths, &to->path_count)) return EXIT_DONE;
  return refuse("--paths", text, "write whole numbers from 1 to 2^31, joined by commas");
}

static int parse_axes(const bench_words *b, ofr_bench_options *to, char **copy) {
  int code = parse_backends(b->backend, to, copy);
  if (code == EXIT_DONE) code = parse_devices(b->device, &to->devices);
  if (code == EXIT_DONE) code = parse_axis("--workloads", b->workloads, 1, OFR_MAX_WORKLOADS, &to->workloads);
  if (code == EXIT_DONE) code = parse_axis("--pools", b->pools, 1, OFR_MAX_POOLS, &to->pools);
  if (code == EXIT_DONE) code = parse_axis("--strategies", b->strategies, 1, OFR_MAX_STRATEGIES, &to->strategies);
  if (code == EXIT_DONE) code = parse_axis("--months", b->months, 1, OFR_MAX_MONTHS, &to->months);
  if (code == EXIT_DONE) code = parse_paths(b->paths, to);
  return code == EXIT_DONE ? parse_clauses(b->clauses, to) : code;
}

/* ---- results ---- */

static ofr_report_options report_options(const options *o) {
  ofr_report_options r = ofr_report_defaults();
  r.color = !o->output && screen_colors(STDOUT_FILENO);
  r.width = o->width ? o->width : screen_width();
  r.command = o->command;
  return r;
}

static int write_as(const options *o, const ofr_bench *bench, const char *format, const char *file,
                    const ofr_report_options *report) {
  ofr_text text = {0};
  options to = *o;
  if (!file) return EXIT_DONE;
  ofr_bench_report(bench, format, report, o->run.profile != 0, &text);
  to.output = file;
  return verb_deliver(&to, &text);
}

static int write_results(const options *o, const ofr_bench *bench) {
  const ofr_report_options report = report_options(o);
  ofr_text text = {0};
  int code = write_as(o, bench, "json", o->bench.json, &report);
  if (code == EXIT_DONE) code = write_as(o, bench, "csv", o->bench.csv, &report);
  if (code == EXIT_DONE) code = write_as(o, bench, "markdown", o->bench.markdown, &report);
  if (code != EXIT_DONE) return code;
  ofr_bench_report(bench, o->format, &report, o->run.profile != 0, &text);
  return verb_deliver(o, &text);
}

static bool can_write(const options *o) {
  const char *files[] = {o->output, o->bench.json, o->bench.csv, o->bench.markdown};
  for (int i = 0; i < 4; i++)
    if (files[i] && !output_possible(files[i], o->force)) return false;
  return true;
}

/* ---- measuring ---- */

static void say(void *context, const char *text) {
  const screen *line = context;
  if (line->kind == SCREEN_BAR) fprintf(stderr, "\r\033[K%s ...", text);
}

static void take_run_options(const options *o, const char *cache, ofr_run_options *run) {
  run->isa = o->run.isa;
  run->kernel = o->run.kernel;
  run->threads = o->run.threads;
  run->batch = o->run.batch;
  run->max_memory = o->run.max_memory;
  run->with_bands = !o->run.without_bands;
  run->once = o->run.once != 0;
  run->cache = cache;
  run->nvtx = ofr_nvtx_load(getenv("NVTX_INJECTION64_PATH"));
  run->stop = &verb_interrupted;
}

static int measure(const options *o, ofr_bench_options *bench) {
  offramp_error error = {0};
  ofr_bench found;
  ofr_arena *arena = ofr_arena_create();
  screen line = screen_open("auto", o->quiet);
  char *cache = verb_cache_folder();
  take_run_options(o, cache, &bench->run);
  bench->say = say;
  bench->say_context = &line;
  verb_catch_signals();
  offramp_status status = arena ? ofr_bench_run(bench, arena, &found, &error) : OFFRAMP_ERR_LIMIT;
  if (line.kind == SCREEN_BAR) fputs("\r\033[K", stderr);
  free(cache);
  int code = status == OFFRAMP_OK ? write_results(o, &found) : verb_failed(NULL, &error);
  if (arena) ofr_arena_destroy(arena);
  return code;
}

/* ---- comparing ---- */

static int read_bench(const char *file, ofr_arena *arena, ofr_diagnostics *d, ofr_json **root) {
  char *text = NULL;
  size_t size = 0;
  int code = input_read(file, &text, &size);
  if (code == EXIT_DONE && !(*root = ofr_json_parse(text, size, file, arena, d))) code = EXIT_PLAN;
  free(text);
  return code;
}

static void print_diagnostics(const ofr_diagnostics *d) {
  for (int i = 0; i < d->count; i++)
    fprintf(stderr, "offramp: %s:%d: %s%s%s\n", d->items[i].file, d->items[i].line, d->items[i].message,
            d->items[i].remedy ? ": " : "", d->items[i].remedy ? d->items[i].remedy : "");
}

static int compare(const options *o, ofr_arena *arena) {
  const ofr_report_options report = report_options(o);
  ofr_diagnostics d = {.arena = arena};
  ofr_json *a = NULL, *b = NULL;
  ofr_bench_comparison found;
  ofr_text text = {0};
  int code = read_bench(o->bench.compare[0], arena, &d, &a);
  if (code == EXIT_DONE) code = read_bench(o->bench.compare[1], arena, &d, &b);
  if (code == EXIT_DONE && !ofr_bench_compare(a, b, o->bench.compare[0], o->bench.compare[1], arena, &found, &d)) code = EXIT_PLAN;
  print_diagnostics(&d);
  if (code != EXIT_DONE) return code;
  if (found.count == 0) {
    fprintf(stderr, "offramp: %s and %s have no row in common: measure the same axes\n", o->bench.compare[0], o->bench.compare[1]);
    return EXIT_PLAN;
  }
  ofr_bench_comparison_report(&found, o->format, &report, &text);
  code = verb_deliver(o, &text);
  return code == EXIT_DONE && found.slower ? EXIT_NO : code;
}

int verb_bench(const options *o) {
  ofr_bench_options bench = ofr_bench_defaults();
  char *copy = NULL;
  if (!can_write(o)) return EXIT_FILE;
  if (o->bench.compare[0]) {
    ofr_arena *arena = ofr_arena_create();
    int code = arena ? compare(o, arena) : EXIT_LIMIT;
    if (arena) ofr_arena_destroy(arena);
    return code;
  }
  if (o->bench.seconds) bench.seconds = o->bench.seconds;
  bench.ceilings = !o->bench.no_ceilings && !o->run.once;
  int code = parse_axes(&o->bench, &bench, &copy);
  if (code == EXIT_DONE) code = measure(o, &bench);
  free(copy);
  return code;
}
