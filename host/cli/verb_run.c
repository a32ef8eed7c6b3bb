/* run, value, optimize, bound and explain: a plan in, a report out. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "output.h"
#include "plan_file.h"
#include "screen.h"
#include "verbs.h"

volatile sig_atomic_t verb_interrupted; /* 0, or the signal */
static struct timespec interrupted_at;

/* The first Ctrl-C ends the run cleanly; one that comes later ends it at once. One in the same breath is the first again:
 * `timeout` sends its signal to the process and to its group. */
static void on_signal(int number) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double since = (double)(now.tv_sec - interrupted_at.tv_sec) + 1e-9 * (double)(now.tv_nsec - interrupted_at.tv_nsec);
  if (verb_interrupted && since > 0.3) _exit(number == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED);
  if (verb_interrupted) return;
  interrupted_at = now;
  verb_interrupted = number;
}

void verb_catch_signals(void) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

/* Says what went wrong and what its exit code is. */
int verb_failed(const char *plan, const offramp_error *error) {
  static const int codes[] = {[OFFRAMP_OK] = EXIT_DONE, [OFFRAMP_ERR_ARGUMENT] = EXIT_USAGE, [OFFRAMP_ERR_PLAN] = EXIT_PLAN,
                              [OFFRAMP_ERR_DEVICE] = EXIT_DEVICE, [OFFRAMP_ERR_MISMATCH] = EXIT_MISMATCH,
                              [OFFRAMP_ERR_LIMIT] = EXIT_LIMIT, [OFFRAMP_ERR_FILE] = EXIT_FILE,
                              [OFFRAMP_INTERRUPTED] = EXIT_INTERRUPTED};
  if (error->status == OFFRAMP_INTERRUPTED) {
    fprintf(stderr, "offramp: interrupted: nothing was written\n");
    return verb_interrupted == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED;
  }
  ofr_text line = {0};
  if (plan && *error->place == '/' && (error->status == OFFRAMP_ERR_PLAN || error->status == OFFRAMP_ERR_LIMIT)) {
    ofr_text_visible(&line, plan); /* the place is a pointer into it */
    ofr_text_add(&line, ": ");
  }
  ofr_text_visible(&line, error->place);
  ofr_text_add(&line, *error->place ? ": " : "");
  ofr_text_visible(&line, error->message);
  fprintf(stderr, "offramp: %s\n", ofr_text_chars(&line));
  ofr_text_free(&line);
  return codes[error->status];
}

/* $XDG_CACHE_HOME/offramp, or ~/.cache/offramp; NULL where there is neither. The caller frees it. */
char *verb_cache_folder(void) {
  const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  bool own = base && *base == '/';
  if (!own && !(home && *home == '/')) return NULL;
  size_t size = strlen(own ? base : home) + sizeof "/.cache/offramp";
  char *path = malloc(size);
  if (path) snprintf(path, size, "%s%s/offramp", own ? base : home, own ? "" : "/.cache");
  return path;
}

offramp_report_config verb_report_config(const options *o) {
  offramp_report_config c = offramp_report_defaults();
  c.format = o->format;
  c.color = !o->output && screen_colors(STDOUT_FILENO);
  c.width = o->width ? o->width : screen_width();
  c.command = o->command;
  c.overrides = o->overrides;
  c.strategy = o->strategy;
  c.metric = o->metric;
  c.each = o->each;
  c.first_month = *o->first_month ? o->first_month : NULL;
  c.last_month = *o->last_month ? o->last_month : NULL;
  return c;
}

offramp_run_config verb_run_config(const options *o, screen *line, const char *cache) {
  offramp_run_config config = o->run;
  config.progress = screen_progress;
  config.progress_context = line;
  config.interrupt = &verb_interrupted;
  config.cache = cache;
  config.nvtx = getenv("NVTX_INJECTION64_PATH");
  return config;
}

/* What both evaluate and report come to; *text is set when it is OFFRAMP_OK. */
static offramp_status run(const offramp_plan *plan, const offramp_run_config *config, const offramp_report_config *report,
                          char **text, size_t *size, offramp_error *error) {
  offramp_result *result;
  offramp_status status = offramp_run(plan, config, &result, error);
  if (status != OFFRAMP_OK) return status;
  status = offramp_result_report(result, report, text, size, error);
  offramp_result_free(result);
  return status;
}

static offramp_status value(const offramp_plan *plan, const offramp_run_config *config, const offramp_report_config *report,
                            char **text, size_t *size, offramp_error *error) {
  offramp_valuation *valuation;
  offramp_status status = offramp_value(plan, config, &valuation, error);
  if (status != OFFRAMP_OK) return status;
  status = offramp_valuation_report(valuation, report, text, size, error);
  offramp_valuation_free(valuation);
  return status;
}

static offramp_status bound(const offramp_plan *plan, const offramp_run_config *config, const offramp_report_config *report,
                            char **text, size_t *size, offramp_error *error) {
  offramp_bounds *bounds;
  offramp_status status = offramp_bound(plan, config, &bounds, error);
  if (status != OFFRAMP_OK) return status;
  status = offramp_bounds_report(bounds, report, text, size, error);
  offramp_bounds_free(bounds);
  return status;
}

typedef offramp_status evaluation(const offramp_plan *, const offramp_run_config *, const offramp_report_config *, char **,
                                  size_t *, offramp_error *);

static int evaluate(const options *o, const offramp_plan *plan, evaluation *evaluate_and_report) {
  offramp_error error = {0};
  char *text, *cache = verb_cache_folder();
  size_t size;
  screen line = screen_open(o->progress, o->quiet);
  offramp_run_config config = verb_run_config(o, &line, cache);
  verb_catch_signals();
  offramp_report_config report = verb_report_config(o);
  offramp_status status = evaluate_and_report(plan, &config, &report, &text, &size, &error);
  screen_close(&line);
  free(cache);
  return status == OFFRAMP_OK ? verb_deliver_text(o, text, size) : verb_failed(o->plan, &error);
}

static int verb_evaluating(const options *o, evaluation *evaluate_and_report) {
  offramp_plan *plan;
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  int code = plan_file_read(o, &plan);
  if (code != EXIT_DONE) return code;
  code = evaluate(o, plan, evaluate_and_report);
  offramp_plan_free(plan);
  return code;
}

static int optimize(const options *o, const offramp_plan *plan) {
  offramp_error error = {0};
  offramp_optimum *optimum;
  char *text, *cache = verb_cache_folder();
  size_t size;
  screen line = screen_open(o->progress, o->quiet);
  offramp_run_config config = verb_run_config(o, &line, cache);
  verb_catch_signals();
  offramp_status status = offramp_optimize(plan, &config, &optimum, &error);
  screen_close(&line);
  free(cache);
  if (status != OFFRAMP_OK) return verb_failed(o->plan, &error);
  bool partial = offramp_optimum_is_partial(optimum);
  offramp_report_config report = verb_report_config(o);
  status = offramp_optimum_report(optimum, &report, &text, &size, &error);
  offramp_optimum_free(optimum);
  if (status != OFFRAMP_OK) return verb_failed(o->plan, &error);
  if (partial) fprintf(stderr, "offramp: interrupted: what was best so far is kept\n");
  int code = verb_deliver_text(o, text, size);
  return code == EXIT_DONE && partial ? EXIT_KEPT : code;
}

int verb_optimize(const options *o) {
  offramp_plan *plan;
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  int code = plan_file_read(o, &plan);
  if (code != EXIT_DONE) return code;
  code = optimize(o, plan);
  offramp_plan_free(plan);
  return code;
}

int verb_run(const options *o) { return verb_evaluating(o, run); }
int verb_value(const options *o) { return verb_evaluating(o, value); }
int verb_bound(const options *o) { return verb_evaluating(o, bound); }

int verb_explain(const options *o) {
  offramp_error error = {0};
  offramp_plan *plan;
  char *text;
  size_t size;
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  int code = plan_file_read(o, &plan);
  if (code != EXIT_DONE) return code;
  offramp_report_config report = verb_report_config(o);
  offramp_status status = offramp_explain(plan, o->path, &report, &text, &size, &error);
  code = status == OFFRAMP_OK ? verb_deliver_text(o, text, size) : verb_failed(o->plan, &error);
  offramp_plan_free(plan);
  return code;
}
