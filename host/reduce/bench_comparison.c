#include "bench_comparison.h"
#include <string.h>

static bool is(const ofr_json *x, ofr_json_type type) { return x && x->type == type; }

static const char *text_of(const ofr_json *object, const char *key) {
  const ofr_json *x = ofr_json_get(object, key);
  return is(x, OFR_JSON_STRING) ? x->text : "";
}

static double number_of(const ofr_json *object, const char *key) {
  const ofr_json *x = ofr_json_get(object, key);
  return is(x, OFR_JSON_NUMBER) ? x->number : 0;
}

static ofr_repeats repeats_of(const ofr_json *row) {
  return (ofr_repeats){(int)number_of(row, "repeats"), number_of(row, "path_months_per_second"), number_of(row, "noise"),
                       number_of(row, "error")};
}

/* The list of a bench's rows; NULL after a diagnosis. */
static const ofr_json *rows_of(const ofr_json *bench, const char *file, ofr_diagnostics *d) {
  const ofr_json *rows = ofr_json_get(bench, "rows");
  bool fine = is(rows, OFR_JSON_ARRAY) && is(ofr_json_get(bench, "subjects"), OFR_JSON_ARRAY);
  for (const ofr_json *row = fine ? rows->first : NULL; row && fine; row = row->next)
    fine = row->type == OFR_JSON_OBJECT && number_of(row, "path_months_per_second") > 0 && number_of(row, "repeats") >= 1;
  if (fine) return rows;
  ofr_diagnose(d, OFR_ERROR, file, bench->line, "", "give two files that `offramp bench --json FILE` wrote", "this is no bench");
  return NULL;
}

static bool alike(const ofr_json *a, const ofr_json *b) {
  static const char *const texts[] = {"backend", "clauses"}, *const numbers[] = {"device", "workloads", "pools", "strategies",
                                                                                 "months"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (strcmp(text_of(a, texts[i]), text_of(b, texts[i]))) return false;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (number_of(a, numbers[i]) != number_of(b, numbers[i])) return false;
  return true;
}

/* How many rows like it come before it: where paths are an axis, rows are told apart by their order. */
static int rank_of(const ofr_json *row) {
  int rank = 0;
  for (const ofr_json *x = row->parent->first; x != row; x = x->next) rank += alike(x, row);
  return rank;
}

static const ofr_json *partner_of(const ofr_json *row, const ofr_json *rows) {
  int rank = rank_of(row);
  for (const ofr_json *x = rows->first; x; x = x->next)
    if (alike(x, row) && rank-- == 0) return x;
  return NULL;
}

static ofr_bench_pair pair_of(const ofr_json *a, const ofr_json *b) {
  ofr_bench_pair p = {.backend = text_of(b, "backend"), .clauses = text_of(b, "clauses"), .device = (int)number_of(b, "device"),
                      .workloads = (int)number_of(b, "workloads"), .pools = (int)number_of(b, "pools"),
                      .strategies = (int)number_of(b, "strategies"), .months = (int)number_of(b, "months"),
                      .a = repeats_of(a), .b = repeats_of(b)};
  p.ratio = p.b.median / p.a.median;
  p.verdict = ofr_repeats_compare(&p.a, &p.b);
  p.other_digest = number_of(a, "paths") == number_of(b, "paths") && strcmp(text_of(a, "digest"), text_of(b, "digest"));
  return p;
}

static bool same_devices(const ofr_json *a, const ofr_json *b) {
  for (const ofr_json *x = ofr_json_get(b, "subjects")->first; x; x = x->next)
    for (const ofr_json *y = ofr_json_get(a, "subjects")->first; y; y = y->next)
      if (!strcmp(text_of(x, "backend"), text_of(y, "backend")) && number_of(x, "device") == number_of(y, "device") &&
          strcmp(text_of(x, "name"), text_of(y, "name")))
        return false;
  return true;
}

bool ofr_bench_compare(const ofr_json *a, const ofr_json *b, const char *file_a, const char *file_b, ofr_arena *arena,
                       ofr_bench_comparison *c, ofr_diagnostics *d) {
  const ofr_json *rows_a = rows_of(a, file_a, d), *rows_b = rows_of(b, file_b, d);
  memset(c, 0, sizeof *c);
  if (!rows_a || !rows_b) return false;
  c->pairs = ofr_arena_alloc(arena, (size_t)rows_b->count, sizeof *c->pairs);
  if (!c->pairs) return false;
  for (const ofr_json *row = rows_b->first; row; row = row->next) {
    const ofr_json *partner = partner_of(row, rows_a);
    if (!partner) continue;
    c->pairs[c->count] = pair_of(partner, row);
    c->slower += c->pairs[c->count++].verdict == OFR_SLOWER;
  }
  c->only_a = rows_a->count - c->count;
  c->only_b = rows_b->count - c->count;
  c->other_devices = !same_devices(a, b);
  return true;
}
