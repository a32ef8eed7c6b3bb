#include "sweep.h"
#include "../base/error.h"
#include "../base/text.h"
#include "stakeholder_run.h"

typedef struct sweeping {
  const ofr_plan *plan;
  ofr_run_options options;
  const ofr_sweep_sink *sink;
  ofr_sweep_tally *tally;
  offramp_error *error;
} sweeping;

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or close other programs");
}

/* All points count as the plan itself would. */
static void pass_on(void *context, const ofr_progress *progress) {
  const sweeping *x = context;
  ofr_progress p = *progress;
  if (!p.note) {
    uint64_t unit = x->plan->paths * (uint64_t)x->plan->months * (uint64_t)x->plan->strategy_count;
    double part = p.total ? (double)p.done / (double)p.total : 0;
    p.done = x->tally->evaluated * unit + (uint64_t)(part * (double)unit);
    p.total = (x->tally->points - x->tally->found) * unit;
    p.seconds += x->tally->seconds;
    p.pass = p.passes_known = 1;
  }
  x->options.progress(x->options.progress_context, &p);
}

/* "/horizon/discount_rate = 0.1, ...": a point as an error names it. */
static offramp_status no_plan(const sweeping *x, uint64_t point, const ofr_diagnostics *d) {
  const ofr_sweep *sweep = x->plan->sweep;
  const char *why = "memory ran out", *where = "";
  ofr_text values = {0};
  for (int i = 0; i < sweep->axis_count; i++) {
    ofr_text_printf(&values, "%s%s = ", i ? ", " : "", sweep->axes[i].pointer);
    ofr_text_number(&values, ofr_sweep_value(sweep, point, i));
  }
  for (int i = d->count - 1; i >= 0; i--)
    if (d->items[i].severity == OFR_ERROR) why = d->items[i].message, where = d->items[i].pointer;
  ofr_fail(x->error, OFFRAMP_ERR_PLAN, "/sweep", "%.200s: %.100s: %.200s: `offramp check` says more", ofr_text_chars(&values),
           where, why);
  ofr_text_free(&values);
  return OFFRAMP_ERR_PLAN;
}

static offramp_status evaluate_point(sweeping *x, uint64_t place, ofr_arena *arena) {
  ofr_diagnostics d = {.arena = arena};
  const ofr_plan *point = ofr_plan_point(x->plan, place, arena, &d);
  ofr_result *result;
  bool has;
  if (!point) return no_plan(x, place, &d);
  offramp_status status = x->sink->has(x->sink->context, place, point, &has, x->error);
  if (status != OFFRAMP_OK) return status;
  if (has) {
    x->tally->found++;
    return OFFRAMP_OK;
  }
  ofr_run_options o = x->options;
  if (o.progress) {
    o.progress = pass_on;
    o.progress_context = x;
  }
  status = ofr_simulate_for_stakeholders(point, &o, arena, &result, x->error);
  if (status == OFFRAMP_OK) status = x->sink->keep(x->sink->context, place, result, x->error);
  if (status != OFFRAMP_OK) return status;
  x->tally->evaluated++;
  x->tally->seconds += result->engine.seconds;
  return OFFRAMP_OK;
}

offramp_status ofr_sweep_evaluate(const ofr_plan *plan, const ofr_run_options *options, const ofr_sweep_sink *sink,
                                  ofr_sweep_tally *tally, offramp_error *error) {
  offramp_error own;
  sweeping x = {.plan = plan, .options = *options, .sink = sink, .tally = tally, .error = error ? error : &own};
  offramp_status status = OFFRAMP_OK;
  *tally = (ofr_sweep_tally){.points = plan->sweep->points};
  x.options.with_bands = false;
  x.options.devices = ofr_devices_create();
  if (!x.options.devices) return out_of_memory(x.error);
  for (uint64_t i = 0; i < tally->points && status == OFFRAMP_OK; i++) {
    ofr_arena *arena = ofr_arena_create();
    if (options->stop && *options->stop) status = ofr_fail(x.error, OFFRAMP_INTERRUPTED, "", "interrupted");
    else status = arena ? evaluate_point(&x, i, arena) : out_of_memory(x.error);
    if (arena) ofr_arena_destroy(arena);
  }
  ofr_devices_close(x.options.devices);
  return status;
}
