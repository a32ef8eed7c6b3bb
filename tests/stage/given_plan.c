#include "given_plan.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"
#include "base/json.h"

static void complain(const ofr_diagnostics *d) {
  for (int i = 0; i < d->count; i++) print_error("%s: %s\n", d->items[i].pointer, d->items[i].message);
}

static void read_root(given_plan *given, ofr_json *root, const char *file, ofr_diagnostics *d) {
  offramp_error error = {0};
  given->plan = root ? ofr_plan_read(root, file, given->arena, d) : NULL;
  if (!given->plan || d->errors > 0) complain(d);
  assert_non_null(given->plan);
  assert_int_equal(d->errors, 0);
  if (ofr_image_build(given->plan, &given->staged, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
}

given_plan given_text(const char *format, ...) {
  given_plan given = {.arena = ofr_arena_create()};
  ofr_diagnostics d = {.arena = given.arena};
  va_list arguments;
  va_start(arguments, format);
  const char *text = ofr_arena_vprintf(given.arena, format, arguments);
  va_end(arguments);
  assert_non_null(text);
  read_root(&given, ofr_json_parse(text, strlen(text), "given.json", given.arena, &d), "given.json", &d);
  return given;
}

static void set_number(ofr_json *root, const char *pointer, uint64_t value, const given_plan *given, ofr_diagnostics *d) {
  char literal[24];
  snprintf(literal, sizeof literal, "%llu", (unsigned long long)value);
  if (!ofr_json_set(root, pointer, literal, "given.json", given->arena, d)) complain(d);
}

given_plan given_file(const char *file, uint64_t paths, int band_paths) {
  given_plan given = {.arena = ofr_arena_create()};
  ofr_diagnostics d = {.arena = given.arena};
  const char *name = ofr_arena_printf(given.arena, "%s/%s", OFFRAMP_SOURCE_DIR, file);
  char *text = malloc(OFR_JSON_MAX_BYTES);
  FILE *from = fopen(name, "rb");
  if (!from || !text) fail_msg("%s cannot be read", name);
  size_t size = fread(text, 1, OFR_JSON_MAX_BYTES, from);
  fclose(from);
  ofr_json *root = ofr_json_parse(text, size, file, given.arena, &d);
  free(text);
  if (root) {
    if (!ofr_json_get(root, "simulation")) ofr_json_set(root, "/simulation", "{}", file, given.arena, &d);
    set_number(root, "/simulation/paths", paths, &given, &d);
    set_number(root, "/simulation/band_paths", (uint64_t)band_paths, &given, &d);
  }
  read_root(&given, root, file, &d);
  return given;
}

void given_free(given_plan *given) {
  ofr_image_free(&given->staged);
  ofr_arena_destroy(given->arena);
  *given = (given_plan){0};
}

int64_t *given_columns(const given_plan *given, uint32_t first, uint32_t paths) {
  int64_t clamped[16] = {0};
  int64_t *columns = calloc((size_t)given->staged.image->strategies * (size_t)given->staged.columns * paths, sizeof *columns);
  assert_non_null(columns);
  ofr_job job = {.path_low = first, .paths = paths, .points = 1, .stride = paths};
  ofr_outputs outputs = {.columns = columns, .clamped = clamped};
  ofr_cpu_versions()[0]->paths(given->staged.image, &job, &outputs, 0, paths);
  return columns;
}

ofr_run_options given_options(void) {
  ofr_run_options options = ofr_run_defaults();
  options.backend = "cpu";
  return options;
}

const ofr_result *given_run(given_plan *given, const ofr_run_options *options) {
  ofr_run_options usual = given_options();
  ofr_result *result = NULL;
  offramp_error error = {0};
  if (ofr_simulate(given->plan, options ? options : &usual, given->arena, &result, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  return result;
}

const ofr_distribution *given_metric(const ofr_result *result, int strategy, ofr_metric_group group, int subject,
                                     const char *name) {
  for (int m = 0; m < result->metric_count; m++) {
    const ofr_metric *metric = &result->metrics[m];
    if (metric->group == group && metric->subject == subject && !strcmp(metric->name, name))
      return &result->strategies[strategy].metrics[m];
  }
  fail_msg("there is no metric %s", name);
  return NULL;
}
