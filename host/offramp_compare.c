/* The public face of what compares results that were kept: see include/offramp/offramp.h. */
#include "offramp_compare.h"
#include <stdlib.h>
#include <string.h>
#include "base/error.h"
#include "plan/plan.h"
#include "reduce/record_json.h"
#include "store/store_record.h"

struct offramp_record {
  ofr_arena *arena;
  const ofr_record *record;
};

static offramp_status no_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
}

static const ofr_record *read_record(const char *text, size_t size, const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  const char *name = ofr_arena_copy(arena, file, strlen(file));
  const ofr_json *root = name ? ofr_json_parse(text, size, name, arena, d) : NULL;
  if (!root && d->count > 0 && d->items[0].line > 0)
    d->items[0].remedy = "was the file cut short? Write it again with `offramp run PLAN --format json -o FILE` (--no-bands where "
                         "it is too large)";
  return root ? ofr_record_from_json(root, name, arena, d) : NULL;
}

offramp_status offramp_record_read(const char *text, size_t size, const char *file, offramp_record **record, offramp_error *error) {
  offramp_record *r = calloc(1, sizeof *r);
  *record = NULL;
  if (!r || !(r->arena = ofr_arena_create())) {
    free(r);
    return no_memory(error);
  }
  ofr_diagnostics d = {.arena = r->arena};
  offramp_status status = OFFRAMP_OK;
  r->record = read_record(text, size, file, r->arena, &d);
  if (!r->record) status = ofr_fail_diagnosed(error, file, &d);
  if (status == OFFRAMP_OK) *record = r;
  else offramp_record_free(r);
  return status;
}

/* The store's own errors name it; `file` has to live as long as the record. */
static offramp_status read_store(const char *file, offramp_record *r, offramp_error *error) {
  ofr_store *store;
  const char *name = ofr_arena_copy(r->arena, file, strlen(file));
  if (!name) return no_memory(error);
  offramp_status status = ofr_store_open(name, false, &store, error);
  if (status == OFFRAMP_OK) status = ofr_store_record(store, name, r->arena, &r->record, error);
  ofr_store_close(store);
  return status;
}

offramp_status offramp_record_read_store(const char *store, offramp_record **record, offramp_error *error) {
  offramp_record *r = calloc(1, sizeof *r);
  *record = NULL;
  if (!r || !(r->arena = ofr_arena_create())) {
    free(r);
    return no_memory(error);
  }
  offramp_status status = read_store(store, r, error);
  if (status == OFFRAMP_OK) *record = r;
  else offramp_record_free(r);
  return status;
}

void offramp_record_free(offramp_record *record) {
  if (!record) return;
  ofr_arena_destroy(record->arena);
  free(record);
}

offramp_compare_config offramp_compare_defaults(void) { return (offramp_compare_config){.noise = 3}; }

static offramp_status refuse_name(const char *what, const char *name, const char *nearest, offramp_error *error) {
  if (nearest)
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "neither result has a %s of this name: did you mean '%s'?", what, nearest);
  return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "neither result has a %s of this name: write it as they do", what);
}

static offramp_status check_strategy(const ofr_record *a, const ofr_record *b, const char *name, offramp_error *error) {
  if (!name || ofr_record_has_strategy(a, name) || ofr_record_has_strategy(b, name)) return OFFRAMP_OK;
  return refuse_name("strategy", name, ofr_nearest_name(name, b->strategies, b->strategy_count), error);
}

static offramp_status check_metrics(const ofr_record *a, const ofr_record *b, const char *list, ofr_arena *arena,
                                    offramp_error *error) {
  const char **known = ofr_arena_alloc(arena, (size_t)b->figure_count, sizeof *known);
  for (int i = 0; known && i < b->figure_count; i++) known[i] = b->figures[i].metric;
  for (size_t length; list; list = list[length] ? list + length + 1 : NULL) {
    length = strcspn(list, ",");
    const char *name = ofr_arena_copy(arena, list, length);
    if (!known || !name) return no_memory(error);
    if (!ofr_record_has_metric(a, name) && !ofr_record_has_metric(b, name))
      return refuse_name("metric", name, ofr_nearest_name(name, known, b->figure_count), error);
  }
  return OFFRAMP_OK;
}

/* Numbers that contradict the digests beside them. */
static offramp_status check_digests(const ofr_result_comparison *c, offramp_error *error) {
  const ofr_figure_pair *p = ofr_results_contradict(c);
  if (!p) return OFFRAMP_OK;
  return ofr_fail(error, OFFRAMP_ERR_PLAN, c->b->file,
                  "it has the digests of %.100s, but not its %s%s%.60s of '%.60s'%s%.200s: one of them was changed; run both again",
                  c->a->file, p->figure->metric, *p->figure->subject ? " of " : "", p->figure->subject, p->figure->strategy,
                  *p->figure->point ? " at " : "", p->figure->point);
}

static offramp_status compare(const ofr_record *a, const ofr_record *b, const ofr_compare_options *options, offramp_comparison *c,
                              offramp_error *error) {
  if (a->is_store != b->is_store)
    return ofr_fail(error, OFFRAMP_ERR_PLAN, b->file, "this is a %s, and %.200s is a %s: give two of a kind",
                    b->is_store ? "store" : "result", a->file, a->is_store ? "store" : "result");
  offramp_status status = check_strategy(a, b, options->strategy, error);
  if (status == OFFRAMP_OK) status = check_metrics(a, b, options->metrics, c->arena, error);
  if (status != OFFRAMP_OK) return status;
  c->comparison = ofr_results_compare(a, b, options, c->arena);
  return c->comparison ? check_digests(c->comparison, error) : no_memory(error);
}

offramp_status offramp_compare(const offramp_record *before, const offramp_record *after, const offramp_compare_config *config,
                               offramp_comparison **comparison, offramp_error *error) {
  const ofr_compare_options options = {config->noise, config->threshold, config->strategy, config->metrics};
  *comparison = NULL;
  if (!(options.noise >= 0) || !(options.threshold >= 0))
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "", "noise and threshold may not lie below 0");
  offramp_comparison *c = calloc(1, sizeof *c);
  if (!c || !(c->arena = ofr_arena_create())) {
    free(c);
    return no_memory(error);
  }
  offramp_status status = compare(before->record, after->record, &options, c, error);
  if (status == OFFRAMP_OK) *comparison = c;
  else offramp_comparison_free(c);
  return status;
}

void offramp_comparison_free(offramp_comparison *comparison) {
  if (!comparison) return;
  ofr_arena_destroy(comparison->arena);
  free(comparison);
}

size_t offramp_comparison_moved(const offramp_comparison *comparison) { return (size_t)comparison->comparison->moved; }
size_t offramp_comparison_gone(const offramp_comparison *comparison) { return (size_t)comparison->comparison->gone; }
