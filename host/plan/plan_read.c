/* JSON -> plan. This file reads the frame (horizon, simulation) and calls the readers of the
 * parts in an order in which each finds what it refers to: all names first, then accelerators before pools before
 * contracts before events and strategies. */
#include "../base/csv.h"
#include "plan_digest.h"
#include "plan_reader.h"
#include <stdio.h>
#include <string.h>

void ofr_plan_month_name(const ofr_plan *plan, int month, char out[8]) {
  const int calendar = 12 * plan->start_year + plan->start_month - 1 + month;
  const int year = calendar / 12 % 10000, month_of_year = calendar % 12 + 1;
  snprintf(out, 8, "%04u-%02u", (unsigned)year % 10000u, (unsigned)month_of_year % 100u);
}

static void read_horizon(ofr_reader *r) {
  const ofr_range rates = {0, 100, false};
  const ofr_json *horizon = ofr_json_get(r->root, "horizon");
  const int errors = r->d->errors;
  int start = 12 * 2026;
  if (horizon) ofr_is_object(r, horizon, OFR_OBJECT_HORIZON);
  ofr_calendar_month(r, ofr_json_get(horizon, "start"), &start);
  r->plan->start_year = start / 12;
  r->plan->start_month = start % 12 + 1;
  r->plan->months = ofr_whole_at(r, horizon, "months", 1, OFR_MAX_MONTHS, 1);
  r->horizon_known = horizon && r->d->errors == errors;
  r->plan->discount_rate = ofr_number_at(r, horizon, "discount_rate", rates, 0);
}

/* ---- simulation ---- */

/* A decimal string holds all 64 bits, which a JSON number need not. */
static bool parse_seed(const char *text, uint64_t *out) {
  uint64_t seed = 0;
  if (!*text) return false;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return false;
    const unsigned digit = (unsigned)(*text - '0');
    if (seed > (UINT64_MAX - digit) / 10) return false;
    seed = 10 * seed + digit;
  }
  *out = seed;
  return true;
}

/* Whole and within from..to, both at most 2^53. */
static bool is_whole(const ofr_json *value, double from, double to) {
  return value->type == OFR_JSON_NUMBER && value->number >= from && value->number <= to &&
         value->number == (double)(int64_t)value->number;
}

static void read_simulation(ofr_reader *r) {
  const int most_band_paths = 1 << 20;
  const ofr_json *simulation = ofr_json_get(r->root, "simulation");
  const ofr_json *paths = ofr_json_get(simulation, "paths"), *seed = ofr_json_get(simulation, "seed");
  r->plan->paths = 100000;
  r->plan->seed = 20251028;
  if (simulation) ofr_is_object(r, simulation, OFR_OBJECT_SIMULATION);

  if (paths && is_whole(paths, 1, 0x1p48)) r->plan->paths = (uint64_t)paths->number;
  else if (ofr_has_type(r, paths, OFR_JSON_NUMBER))
    ofr_wrong(r, paths, "write a whole number from 1 to 281474976710656", "%s paths cannot be simulated", paths->text);

  if (seed && is_whole(seed, 0, 0x1p53)) r->plan->seed = (uint64_t)seed->number;
  else if (seed && !(seed->type == OFR_JSON_STRING && parse_seed(seed->text, &r->plan->seed)))
    ofr_wrong(r, seed, "write a whole number from 0 to 2^53, or one below 2^64 in double quotes", "this is no seed");

  r->plan->band_paths = ofr_whole_at(r, simulation, "band_paths", 1, most_band_paths, 4096);
}

/* ---- the whole ---- */

static const char *default_name(ofr_reader *r) {
  const char *slash = strrchr(r->file, '/');
  const char *base = slash ? slash + 1 : r->file;
  const char *dot = strrchr(base, '.');
  return ofr_phrase(r, "%.*s", dot && dot > base ? (int)(dot - base) : (int)strlen(base), base);
}

static void read_frame(ofr_reader *r) {
  const char *name = ofr_label(r, ofr_json_get(r->root, "name"));
  r->plan->name = name ? name : default_name(r);
  ofr_has_type(r, ofr_json_get(r->root, "$schema"), OFR_JSON_STRING);
  read_horizon(r);
  read_simulation(r);
}

static void collect_names(ofr_reader *r) {
  ofr_collect_names(r, OFR_NAME_ACCELERATOR, "accelerators", OFR_MAX_ACCELERATORS, false);
  ofr_collect_names(r, OFR_NAME_PROVIDER, "providers", OFR_MAX_PROVIDERS, false);
  ofr_collect_names(r, OFR_NAME_FACTOR, "factors", OFR_MAX_FACTORS, true);
  ofr_collect_names(r, OFR_NAME_WORKLOAD, "workloads", OFR_MAX_WORKLOADS, false);
  ofr_collect_names(r, OFR_NAME_POOL, "pools", OFR_MAX_POOLS, false);
  ofr_collect_names(r, OFR_NAME_CONTRACT, "contracts", OFR_MAX_CONTRACTS, true);
  ofr_collect_names(r, OFR_NAME_EVENT, "events", OFR_MAX_EVENTS, true);
  ofr_collect_names(r, OFR_NAME_STRATEGY, "strategies", OFR_MAX_STRATEGIES, false);
}

static void read_plan(ofr_reader *r) {
  r->plan = ofr_take(r, 1, sizeof *r->plan);
  r->plan->file = ofr_phrase(r, "%s", r->file);
  ofr_plan_digest(r->root, r->plan->digest);
  if (!ofr_is_object(r, r->root, OFR_OBJECT_PLAN)) return;
  read_frame(r);
  collect_names(r);
  ofr_read_factors(r);
  ofr_read_market(r);
  ofr_read_contracts(r);
  ofr_read_events(r);
  ofr_read_strategies(r);
  ofr_read_futures(r);
  ofr_read_history(r);
  ofr_read_sizing(r);
  ofr_read_stakeholders(r);
  ofr_read_sweep(r);
}

const ofr_plan *ofr_plan_read(const ofr_json *root, const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  const int errors = d->errors;
  ofr_reader r = {.root = root, .file = file, .arena = arena, .d = d};
  if (setjmp(r.out_of_memory) != 0) {
    ofr_csv_close(r.open_file);
    ofr_diagnose(d, OFR_ERROR, file, 0, "", "use a smaller plan or a larger machine", "memory ran out while reading the plan");
    return NULL;
  }
  read_plan(&r);
  return d->errors == errors ? r.plan : NULL;
}
