#include "plan_pairs.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"

enum { FIRST_PATH = 500 };

cJSON *pair_get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

bool pair_has_type(const cJSON *contract, const char *type) { return strcmp(pair_get(contract, "type")->valuestring, type) == 0; }

cJSON *pair_named(const cJSON *list, const char *name) {
  cJSON *each;
  cJSON_ArrayForEach(each, list) if (strcmp(pair_get(each, "name")->valuestring, name) == 0) return each;
  return NULL;
}

int pair_count(const cJSON *plan, const char *key) { return cJSON_GetArraySize(pair_get(plan, key)); }

bool pair_has_contract(const cJSON *plan, const char *type) {
  const cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) if (pair_has_type(each, type)) return true;
  return false;
}

cJSON *pair_parsed(const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  cJSON *json = cJSON_Parse(text);
  if (!json) fail_msg("no JSON: %s", text);
  return json;
}

double pair_crumbs(const given_plan *given) {
  const ofr_plan *plan = given->plan;
  double sum = 0;
  for (int w = 0; w < plan->workload_count; w++) {
    double fastest = 0;
    for (int a = 0; a < plan->accelerator_count; a++) fastest = fmax(fastest, plan->workloads[w].speed[a]);
    sum += plan->pool_count * given->staged.accelerator_quantum * fastest * plan->workloads[w].unmet_cost * OFR_HOURS;
  }
  return sum * plan->months;
}

given_plan pair_given(const cJSON *plan) {
  char *text = cJSON_PrintUnformatted(plan);
  given_plan given = given_text("%s", text);
  cJSON_free(text);
  return given;
}

void pair_sign(cJSON *plan, cJSON *contract, int at) {
  cJSON *each, *contracts = pair_get(plan, "contracts");
  if (!contracts) contracts = cJSON_AddArrayToObject(plan, "contracts");
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) {
    cJSON *names = pair_get(each, "contracts");
    if (names) cJSON_AddItemToArray(names, cJSON_CreateString(pair_get(contract, "name")->valuestring));
  }
  int after = at < 0 ? 0 : cJSON_GetArraySize(contracts) - at;
  cJSON_AddItemToArray(contracts, contract);
  while (after-- > 0) cJSON_AddItemToArray(contracts, cJSON_DetachItemFromArray(contracts, at)); /* those behind it, in turn */
}

pair_reaped pair_reap(const cJSON *plan, uint32_t paths) {
  pair_reaped r = {.given = pair_given(plan), .paths = paths};
  const ofr_path_version *version = ofr_cpu_versions()[0];
  const ofr_image *im = r.given.staged.image;
  size_t strategies = (size_t)im->strategies, rows = strategies * (size_t)r.given.staged.series * (size_t)im->months;
  int64_t clamped[16] = {0}, *sums = calloc(rows * (size_t)version->sums, sizeof *sums);
  r.columns = calloc(strategies * (size_t)r.given.staged.columns * paths, sizeof *r.columns);
  r.months = calloc(rows * paths, sizeof *r.months);
  assert_true(sums && r.columns && r.months);
  ofr_job job = {.path_low = FIRST_PATH,
                 .paths = paths,
                 .points = 1,
                 .stride = paths,
                 .band_paths = paths,
                 .band_stride = paths,
                 .with_sums = 1};
  ofr_outputs outputs = {.columns = r.columns, .bands = r.months, .sums = sums, .clamped = clamped};
  version->paths(im, &job, &outputs, 0, paths);
  free(sums);
  return r;
}

void pair_discard(pair_reaped *r) {
  free(r->columns);
  free(r->months);
  given_free(&r->given);
}

int64_t pair_quanta(const pair_reaped *r, int s, int c, int p) {
  return r->columns[(size_t)(s * r->given.staged.columns + c) * r->paths + (size_t)p];
}

double pair_dollars(const pair_reaped *r, int s, int c, int p) {
  return (double)pair_quanta(r, s, c, p) * r->given.staged.money_quantum;
}

int64_t pair_month(const pair_reaped *r, int s, int series, int t, int p) {
  return r->months[(size_t)((s * r->given.staged.series + series) * r->given.plan->months + t) * r->paths + (size_t)p];
}

bool pair_like_quanta(const pair_reaped *a, const pair_reaped *b) {
  return a->given.staged.money_quantum == b->given.staged.money_quantum &&
         a->given.staged.accelerator_quantum == b->given.staged.accelerator_quantum;
}
