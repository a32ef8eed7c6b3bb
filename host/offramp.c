/* The public face of the library: include/offramp/offramp.h in terms of the rooms behind it. */
#include <offramp/offramp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "offramp_compare.h"
#include "offramp_result.h"
#include "backend/backend.h"
#include "base/error.h"
#include "plan/plan.h"
#include "report/calibration_report.h"
#include "report/comparison_report.h"
#include "report/report.h"
#include "report/sweep_report.h"
#include "stage/bound_paths.h"
#include "stage/optimize.h"
#include "stage/simulate.h"
#include "stage/stakeholder_run.h"
#include "stage/sweep.h"
#include "stage/value.h"
#include "store/store.h"

struct offramp_plan {
  ofr_arena *arena;
  ofr_diagnostics diagnostics;
  ofr_json *root;
  bool is_legible;      /* JSON, and every setting found its place */
  const ofr_plan *plan; /* NULL when it has errors */
};

struct offramp_optimum {
  ofr_arena *arena;
  ofr_optimum *optimum;
};

struct offramp_valuation {
  ofr_arena *arena;
  ofr_valuation *valuation;
};

static offramp_status no_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
}

/* ---- plans ---- */

/* A plan may leave "simulation" out, and be given paths and a seed all the same. */
static void set_value(offramp_plan *p, const offramp_setting *setting, const char *file) {
  bool absent = p->root->type == OFR_JSON_OBJECT && !ofr_json_get(p->root, "simulation");
  if (absent && !strncmp(setting->pointer, "/simulation/", sizeof "/simulation/" - 1))
    ofr_json_set(p->root, "/simulation", "{}", file, p->arena, &p->diagnostics);
  ofr_json_set(p->root, setting->pointer, setting->value, file, p->arena, &p->diagnostics);
}

offramp_status offramp_plan_read(const char *text, size_t size, const char *file, const offramp_setting *settings,
                                 size_t setting_count, offramp_plan **plan, offramp_error *error) {
  offramp_plan *p = *plan = calloc(1, sizeof *p);
  if (!p || !(p->arena = ofr_arena_create())) {
    free(p);
    *plan = NULL;
    return no_memory(error);
  }
  ofr_diagnostics *d = &p->diagnostics;
  d->arena = p->arena;
  const char *name = ofr_arena_copy(p->arena, file, strlen(file));
  p->root = name ? ofr_json_parse(text, size, name, p->arena, d) : NULL;
  for (size_t i = 0; p->root && i < setting_count; i++) set_value(p, &settings[i], name);
  p->is_legible = p->root && d->errors == 0;
  if (p->is_legible) p->plan = ofr_plan_read(p->root, name, p->arena, d);
  if (p->plan && d->errors == 0) {
    ofr_plan_suspicions(p->plan, p->root, d);
    return OFFRAMP_OK;
  }
  p->plan = NULL;
  if (d->errors == 0) return no_memory(error);
  return ofr_fail(error, OFFRAMP_ERR_PLAN, file, "the plan has %d error%s: see the diagnostics", d->errors,
                  d->errors == 1 ? "" : "s");
}

void offramp_plan_free(offramp_plan *plan) {
  if (!plan) return;
  ofr_arena_destroy(plan->arena);
  free(plan);
}

int offramp_plan_is_legible(const offramp_plan *plan) { return plan->is_legible; }

size_t offramp_plan_diagnostic_count(const offramp_plan *plan) { return (size_t)plan->diagnostics.count; }

offramp_diagnostic offramp_plan_diagnostic(const offramp_plan *plan, size_t index) {
  const ofr_diagnostic *d = &plan->diagnostics.items[index];
  return (offramp_diagnostic){d->severity == OFR_ERROR, d->file, d->line, d->pointer, d->message, d->remedy};
}

void offramp_plan_check(offramp_plan *plan) {
  if (plan->plan) ofr_sweep_trials(plan->plan, &plan->diagnostics);
}

const char *offramp_plan_digest(const offramp_plan *plan) { return plan->plan ? plan->plan->digest : ""; }

size_t offramp_plan_strategy_count(const offramp_plan *plan) { return plan->plan ? (size_t)plan->plan->strategy_count : 0; }

const char *offramp_plan_strategy(const offramp_plan *plan, size_t index) {
  return index < offramp_plan_strategy_count(plan) ? plan->plan->strategies[index].name : NULL;
}

const char *offramp_plan_schema(void) { return ofr_plan_schema; }

/* ---- devices ---- */

size_t offramp_devices(offramp_device *devices, size_t most) {
  ofr_device_info info[32];
  size_t count = 0;
  for (int b = 0; b < OFR_BACKENDS; b++) {
    int n = ofr_backends[b]->list(info, 32);
    for (int i = 0; i < n; i++, count++) {
      if (count >= most || i >= 32) continue;
      offramp_device *d = &devices[count];
      *d = (offramp_device){.backend = ofr_backends[b]->name, .index = i, .is_gpu = info[i].gpu, .is_usable = info[i].usable};
      memcpy(d->name, info[i].name, sizeof d->name);
      memcpy(d->detail, info[i].detail, sizeof d->detail);
      memcpy(d->why_not, info[i].why_not, sizeof d->why_not);
    }
  }
  return count;
}

/* ---- runs ---- */

offramp_run_config offramp_run_defaults(void) {
  ofr_run_options o = ofr_run_defaults();
  return (offramp_run_config){.backend = o.backend, .device = o.device, .check_paths = o.check_paths};
}

static void pass_on(void *context, const ofr_progress *p) {
  const offramp_run_config *config = context;
  offramp_progress out = {p->done, p->total, p->seconds, p->pass, p->passes_known != 1, p->note};
  config->progress(config->progress_context, &out);
}

/* `kept` is what the progress points to: the caller's copy. */
static offramp_status options_of(const offramp_plan *plan, offramp_run_config *kept, ofr_run_options *o, offramp_error *error) {
  *o = ofr_run_defaults();
  if (!plan->plan) return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "", "this plan has errors: it cannot be run");
  if (kept->threads < 0 || kept->threads > 4096 || kept->check_paths < 0 || kept->check_paths > 1 << 20)
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "", "threads must lie in 0..4096, check_paths in 0..1048576");
  if (kept->kernel && strcmp(kept->kernel, "auto") && strcmp(kept->kernel, "own") && strcmp(kept->kernel, "compiled"))
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, kept->kernel, "there is no kernel of this name: use auto, own or compiled");
  if (kept->backend) o->backend = kept->backend;
  o->device = kept->device;
  o->isa = kept->isa;
  o->kernel = kept->kernel;
  o->threads = kept->threads;
  o->batch = kept->batch;
  o->max_memory = kept->max_memory;
  o->check_paths = kept->check_paths;
  o->with_bands = !kept->without_bands;
  o->cache = kept->cache;
  o->profile = kept->profile != 0;
  o->once = kept->once != 0;
  o->nvtx = ofr_nvtx_load(kept->nvtx);
  o->progress = kept->progress ? pass_on : NULL;
  o->progress_context = kept;
  o->stop = kept->interrupt;
  return OFFRAMP_OK;
}

/* The bound's own evaluation of every strategy must have cost what the device's did. */
static offramp_status add_bound(const offramp_plan *plan, const ofr_run_options *options, offramp_result *r, offramp_error *error) {
  ofr_bound_result *bound;
  ofr_run_options o = *options;
  if (strcmp(r->result->engine.backend, "cpu")) o.isa = NULL;
  offramp_status status = ofr_bound(plan->plan, &o, r->arena, &bound, error);
  for (int s = 0; s < r->result->strategy_count && status == OFFRAMP_OK; s++) {
    const ofr_bound_strategy *x = &bound->strategies[s];
    for (int m = 0; m < r->result->metric_count; m++)
      if (r->result->metrics[m].group == OFR_GROUP_METRIC && !strcmp(r->result->metrics[m].name, "total_cost") &&
          r->result->strategies[s].metrics[m].sum != x->lower.sum + x->regret.sum)
        status = ofr_fail(error, OFFRAMP_ERR_MISMATCH, r->result->engine.backend,
                          "'%s' costs something else than the CPU computes for the bound: do not trust this device; run again with "
                          "--backend cpu", plan->plan->strategies[s].name);
  }
  r->result->bound = bound;
  return status;
}

offramp_status offramp_run(const offramp_plan *plan, const offramp_run_config *config, offramp_result **result,
                           offramp_error *error) {
  offramp_run_config c = *config;
  ofr_run_options o;
  *result = NULL;
  offramp_status status = options_of(plan, &c, &o, error);
  if (status != OFFRAMP_OK) return status;
  offramp_result *r = calloc(1, sizeof *r);
  if (!r || !(r->arena = ofr_arena_create())) {
    free(r);
    return no_memory(error);
  }
  status = ofr_simulate_for_stakeholders(plan->plan, &o, r->arena, &r->result, error);
  if (status == OFFRAMP_OK && c.with_bound) status = add_bound(plan, &o, r, error);
  if (status == OFFRAMP_OK) *result = r;
  else offramp_result_free(r);
  return status;
}

void offramp_result_free(offramp_result *result) {
  if (!result) return;
  ofr_arena_destroy(result->arena);
  free(result);
}

const char *offramp_result_digest(const offramp_result *result) { return result->result->results_digest; }

/* ---- sizing ---- */

offramp_status offramp_optimize(const offramp_plan *plan, const offramp_run_config *config, offramp_optimum **optimum,
                                offramp_error *error) {
  offramp_run_config c = *config;
  ofr_run_options o;
  *optimum = NULL;
  offramp_status status = options_of(plan, &c, &o, error);
  if (status != OFFRAMP_OK) return status;
  if (!plan->plan->sizing)
    return ofr_fail(error, OFFRAMP_ERR_PLAN, "/optimize",
                    "the plan does not say what may be chosen: add \"optimize\": {\"strategy\": NAME, \"variables\": "
                    "{\"/contracts/NAME/windows/0/amount\": [LEAST, MOST]}}");
  offramp_optimum *x = calloc(1, sizeof *x);
  if (!x || !(x->arena = ofr_arena_create())) {
    free(x);
    return no_memory(error);
  }
  status = ofr_optimize(plan->plan, &o, x->arena, &x->optimum, error);
  if (status == OFFRAMP_OK) *optimum = x;
  else offramp_optimum_free(x);
  return status;
}

void offramp_optimum_free(offramp_optimum *optimum) {
  if (!optimum) return;
  ofr_arena_destroy(optimum->arena);
  free(optimum);
}

int offramp_optimum_is_partial(const offramp_optimum *optimum) { return optimum->optimum->is_partial; }

offramp_status offramp_optimum_size(const offramp_optimum *optimum, const char *pointer, double *size, offramp_error *error) {
  const ofr_sizing *s = optimum->optimum->plan->sizing;
  for (int i = 0; i < s->variable_count; i++)
    if (!strcmp(s->variables[i].pointer, pointer)) {
      *size = optimum->optimum->size[i];
      return OFFRAMP_OK;
    }
  return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, pointer,
                  "the plan's \"optimize\" has no variable of this pointer: write it as the plan does");
}

/* ---- the certified bound ---- */

struct offramp_bounds {
  ofr_arena *arena;
  ofr_bound_result *result;
};

offramp_status offramp_bound(const offramp_plan *plan, const offramp_run_config *config, offramp_bounds **bounds,
                             offramp_error *error) {
  offramp_run_config c = *config;
  ofr_run_options o;
  *bounds = NULL;
  offramp_status status = options_of(plan, &c, &o, error);
  if (status != OFFRAMP_OK) return status;
  offramp_bounds *x = calloc(1, sizeof *x);
  if (!x || !(x->arena = ofr_arena_create())) {
    free(x);
    return no_memory(error);
  }
  status = ofr_bound(plan->plan, &o, x->arena, &x->result, error);
  if (status == OFFRAMP_OK) *bounds = x;
  else offramp_bounds_free(x);
  return status;
}

void offramp_bounds_free(offramp_bounds *bounds) {
  if (!bounds) return;
  ofr_arena_destroy(bounds->arena);
  free(bounds);
}

const char *offramp_bounds_digest(const offramp_bounds *bounds) { return bounds->result->digest; }

/* ---- what clauses are worth ---- */

offramp_status offramp_value(const offramp_plan *plan, const offramp_run_config *config, offramp_valuation **valuation,
                             offramp_error *error) {
  offramp_run_config c = *config;
  ofr_run_options o;
  *valuation = NULL;
  offramp_status status = options_of(plan, &c, &o, error);
  if (status != OFFRAMP_OK) return status;
  offramp_valuation *v = calloc(1, sizeof *v);
  if (!v || !(v->arena = ofr_arena_create())) {
    free(v);
    return no_memory(error);
  }
  status = ofr_value_clauses(plan->plan, &o, v->arena, &v->valuation, error);
  if (status == OFFRAMP_OK) *valuation = v;
  else offramp_valuation_free(v);
  return status;
}

void offramp_valuation_free(offramp_valuation *valuation) {
  if (!valuation) return;
  ofr_arena_destroy(valuation->arena);
  free(valuation);
}

const char *offramp_valuation_digest(const offramp_valuation *valuation) { return valuation->valuation->results_digest; }

/* ---- reports ---- */

offramp_report_config offramp_report_defaults(void) { return (offramp_report_config){.format = "text", .width = 100}; }

static const char *format_name(const offramp_report_config *config) { return config->format ? config->format : "text"; }

static const ofr_report_format *format_of(const offramp_report_config *config, ofr_report_options *options, offramp_error *error) {
  *options = ofr_report_defaults();
  options->color = config->color != 0;
  if (config->width) options->width = config->width < 60 ? 60 : config->width;
  options->command = config->command;
  options->overrides = config->overrides;
  options->each = config->each != 0;
  const ofr_report_format *format = ofr_report_format_find(format_name(config));
  if (!format)
    ofr_fail(error, OFFRAMP_ERR_ARGUMENT, config->format, "there is no format of this name: use text, json, csv or markdown");
  return format;
}

static offramp_status hand_over(ofr_text *out, char **text, size_t *size, offramp_error *error) {
  if (out->failed || !out->data) {
    ofr_text_free(out);
    *text = NULL;
    return no_memory(error);
  }
  *text = out->data;
  *size = out->size;
  return OFFRAMP_OK;
}

offramp_status offramp_result_report(const offramp_result *result, const offramp_report_config *config, char **text,
                                     size_t *size, offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  const ofr_report_format *format = format_of(config, &options, error);
  if (!format) return OFFRAMP_ERR_ARGUMENT;
  format->run(result->result, &options, &out);
  return hand_over(&out, text, size, error);
}

offramp_status offramp_bounds_report(const offramp_bounds *bounds, const offramp_report_config *config, char **text, size_t *size,
                                     offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  const ofr_report_format *format = format_of(config, &options, error);
  if (!format) return OFFRAMP_ERR_ARGUMENT;
  format->bound(bounds->result, &options, &out);
  return hand_over(&out, text, size, error);
}

offramp_status offramp_optimum_report(const offramp_optimum *optimum, const offramp_report_config *config, char **text,
                                      size_t *size, offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  const ofr_report_format *format = format_of(config, &options, error);
  if (!format) return OFFRAMP_ERR_ARGUMENT;
  format->optimize(optimum->optimum, &options, &out);
  return hand_over(&out, text, size, error);
}

offramp_status offramp_valuation_report(const offramp_valuation *valuation, const offramp_report_config *config, char **text,
                                        size_t *size, offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  const ofr_report_format *format = format_of(config, &options, error);
  if (!format) return OFFRAMP_ERR_ARGUMENT;
  format->value(valuation->valuation, &options, &out);
  return hand_over(&out, text, size, error);
}

offramp_status offramp_comparison_report(const offramp_comparison *comparison, const offramp_report_config *config, char **text,
                                         size_t *size, offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  if (!format_of(config, &options, error)) return OFFRAMP_ERR_ARGUMENT;
  ofr_comparison_report_find(format_name(config))(comparison->comparison, &options, &out);
  return hand_over(&out, text, size, error);
}

/* "2026-07" as a month of the horizon; false after an error. NULL leaves `month` as it is. */
static bool month_of(const ofr_plan *plan, const char *name, int *month, offramp_error *error) {
  char known[8], last[8];
  for (int t = 0; name && t < plan->months; t++) {
    ofr_plan_month_name(plan, t, known);
    if (strcmp(known, name)) continue;
    *month = t;
    return true;
  }
  if (!name) return true;
  ofr_plan_month_name(plan, 0, known);
  ofr_plan_month_name(plan, plan->months - 1, last);
  ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "this is no month of the plan: write one from %s to %s", known, last);
  return false;
}

/* Which strategy and months are wanted; false after an error. */
static bool select_part(const ofr_plan *plan, const offramp_report_config *config, ofr_report_options *options,
                        offramp_error *error) {
  if (config->strategy && (options->strategy = ofr_strategy_called(plan, config->strategy, error)) < 0) return false;
  options->last_month = plan->months - 1;
  if (!month_of(plan, config->first_month, &options->first_month, error) ||
      !month_of(plan, config->last_month, &options->last_month, error))
    return false;
  if (options->first_month <= options->last_month) return true;
  ofr_fail(error, OFFRAMP_ERR_ARGUMENT, config->first_month, "the first month comes after the last: swap the two");
  return false;
}

offramp_status offramp_explain(const offramp_plan *plan, uint64_t path, const offramp_report_config *config, char **text,
                               size_t *size, offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  const ofr_trace *trace;
  const ofr_report_format *format = format_of(config, &options, error);
  *text = NULL;
  if (!format) return OFFRAMP_ERR_ARGUMENT;
  if (!plan->plan) return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "", "this plan has errors: it cannot be explained");
  if (path >> 48) return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "path", "there is no path of this number: name one below 2^48");
  if (!select_part(plan->plan, config, &options, error)) return OFFRAMP_ERR_ARGUMENT;
  ofr_arena *arena = ofr_arena_create();
  if (!arena) return no_memory(error);
  offramp_status status = ofr_trace_path(plan->plan, path, arena, &trace, error);
  if (status == OFFRAMP_OK) {
    format->explain(trace, &options, &out);
    status = hand_over(&out, text, size, error);
  }
  ofr_arena_destroy(arena);
  return status;
}


offramp_status offramp_calibrate(const char *file, const offramp_report_config *config, char **text, size_t *size,
                                 offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  offramp_status status = OFFRAMP_OK;
  *text = NULL;
  if (!format_of(config, &options, error)) return OFFRAMP_ERR_ARGUMENT;
  ofr_arena *arena = ofr_arena_create();
  if (!arena) return no_memory(error);
  ofr_diagnostics d = {.arena = arena};
  const ofr_history *history = ofr_history_read(file, arena, &d);
  const ofr_calibration *calibration = history ? ofr_calibrate(history, arena, &d) : NULL;
  if (!calibration) status = ofr_fail_diagnosed(error, file, &d);
  else ofr_calibration_report(calibration, format_name(config), &options, &out);
  if (status == OFFRAMP_OK) status = hand_over(&out, text, size, error);
  ofr_arena_destroy(arena);
  return status;
}

/* ---- sweeps ---- */

static offramp_status has_points(void *store, const uint64_t *places, const ofr_plan *const *points, int count, bool *has,
                                 bool *begun, offramp_error *error) {
  return ofr_store_has(store, places, points, count, has, begun, error);
}

static offramp_status keep_points(void *store, const uint64_t *places, ofr_result *const *results, int count, offramp_error *error) {
  return ofr_store_keep(store, places, results, count, error);
}

static offramp_status no_sweep(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_PLAN, "/sweep",
                  "the plan has no sweep: add \"sweep\": {\"/contracts/NAME/windows/0/amount\": [0, 1e9, 2.5e9]}");
}

offramp_status offramp_sweep(const offramp_plan *plan, const char *store, const offramp_run_config *config,
                             offramp_sweep_tally *tally, offramp_error *error) {
  offramp_run_config c = *config;
  ofr_run_options o;
  ofr_store *opened;
  ofr_sweep_tally counted = {0};
  *tally = (offramp_sweep_tally){0};
  offramp_status status = options_of(plan, &c, &o, error);
  if (status != OFFRAMP_OK) return status;
  if (!plan->plan->sweep) return no_sweep(error);
  status = ofr_store_open(store, true, &opened, error);
  if (status != OFFRAMP_OK) return status;
  const ofr_sweep_sink sink = {opened, has_points, keep_points};
  status = ofr_store_begin(opened, plan->plan, error);
  if (status == OFFRAMP_OK) status = ofr_sweep_evaluate(plan->plan, &o, &sink, &counted, error);
  ofr_store_close(opened);
  *tally = (offramp_sweep_tally){counted.points, counted.found, counted.evaluated};
  return status;
}

offramp_status offramp_store_merge(const char *store, const char *from, unsigned long long *added, offramp_error *error) {
  ofr_store *opened;
  uint64_t n = 0;
  offramp_status status = ofr_store_open(store, true, &opened, error);
  if (status == OFFRAMP_OK) status = ofr_store_merge(opened, from, &n, error);
  ofr_store_close(opened);
  *added = n;
  return status;
}

offramp_status offramp_store_report(const char *store, const offramp_plan *plan, const offramp_report_config *config, char **text,
                                    size_t *size, offramp_error *error) {
  ofr_report_options options;
  ofr_text out = {0};
  ofr_store *opened;
  ofr_stored_sweep *sweeps;
  int count;
  *text = NULL;
  if (!format_of(config, &options, error)) return OFFRAMP_ERR_ARGUMENT;
  if (plan && (!plan->plan || !plan->plan->sweep)) return no_sweep(error);
  ofr_arena *arena = ofr_arena_create();
  if (!arena) return no_memory(error);
  offramp_status status = ofr_store_open(store, false, &opened, error);
  if (status == OFFRAMP_OK && plan) ofr_store_choose(opened, plan->plan);
  if (status == OFFRAMP_OK)
    status = ofr_store_read(opened, config->metric ? config->metric : "total_cost", arena, &sweeps, &count, error);
  if (status == OFFRAMP_OK) ofr_sweep_report(sweeps, count, format_name(config), &options, &out);
  if (status == OFFRAMP_OK) status = hand_over(&out, text, size, error);
  ofr_store_close(opened);
  ofr_arena_destroy(arena);
  return status;
}

void offramp_text_free(char *text) { free(text); }
