#include "sweep.h"
#include "../base/error.h"
#include "../base/text.h"
#include "stakeholder_run.h"

enum { FIRST_LOOK = 16 /* points, before it is known how many are simulated together */ };

/* Points that are next: read, and not in the sink. */
typedef struct window {
  int count;
  uint64_t places[OFR_MOST_TOGETHER];
  ofr_arena *arenas[OFR_MOST_TOGETHER];
  ofr_diagnostics diagnostics[OFR_MOST_TOGETHER];
  const ofr_plan *plans[OFR_MOST_TOGETHER];
  bool has[OFR_MOST_TOGETHER];
  ofr_result *results[OFR_MOST_TOGETHER];
} window;

typedef struct sweeping {
  const ofr_plan *plan;
  ofr_run_options options;
  const ofr_sweep_sink *sink;
  ofr_sweep_tally *tally;
  window window;
  uint64_t next; /* the first place that was not looked at */
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
    double part = p.total ? (double)p.done / (double)p.total * p.plans : 0;
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

/* ---- the window ---- */

static void read_point(void *context, int worker, uint64_t index) {
  sweeping *x = context;
  window *w = &x->window;
  (void)worker;
  w->plans[index] = NULL;
  w->places[index] = x->next + index;
  w->arenas[index] = ofr_arena_create();
  w->diagnostics[index] = (ofr_diagnostics){.arena = w->arenas[index]};
  if (w->arenas[index]) w->plans[index] = ofr_plan_point(x->plan, w->places[index], w->arenas[index], &w->diagnostics[index]);
}

/* Lets go of points from `first` on; of those that are in the sink by now. */
static void drop_from(window *w, int first) {
  while (w->count > first)
    if (w->arenas[--w->count]) ofr_arena_destroy(w->arenas[w->count]);
}

static void drop_done(window *w) {
  int kept = 0;
  for (int i = 0; i < w->count; i++) {
    if (w->has[i] || w->results[i]) {
      ofr_arena_destroy(w->arenas[i]);
      continue;
    }
    w->places[kept] = w->places[i];
    w->arenas[kept] = w->arenas[i];
    w->plans[kept++] = w->plans[i];
  }
  w->count = kept;
}

/* As many points as are simulated together. One that is no plan ends the sweep once those before it are done. */
static offramp_status look_ahead(sweeping *x) {
  window *w = &x->window;
  uint64_t left = x->tally->points - x->next;
  int room = ofr_devices_room(x->options.devices), good = 0;
  if (room == 0) room = FIRST_LOOK;
  w->count = left < (uint64_t)room ? (int)left : room;
  ofr_crew_run(ofr_devices_crew(x->options.devices), (uint64_t)w->count, read_point, x, NULL);
  while (good < w->count && w->plans[good]) good++;
  if (good == 0) return w->arenas[0] ? no_plan(x, w->places[0], &w->diagnostics[0]) : out_of_memory(x->error);
  drop_from(w, good);
  x->next += (uint64_t)good;
  for (int i = 0; i < good; i++) w->has[i] = false, w->results[i] = NULL;
  offramp_status status = x->sink->has(x->sink->context, w->places, w->plans, good, w->has, x->error);
  for (int i = 0; i < good && status == OFFRAMP_OK; i++) x->tally->found += w->has[i];
  drop_done(w);
  return status;
}

/* ---- the grid ---- */

static offramp_status evaluate(sweeping *x) {
  window *w = &x->window;
  ofr_run_options o = x->options;
  if (o.progress) {
    o.progress = pass_on;
    o.progress_context = x;
  }
  offramp_status status = ofr_simulate_together_for_stakeholders(w->plans, w->arenas, w->count, &o, w->results, x->error);
  if (status == OFFRAMP_OK) status = x->sink->keep(x->sink->context, w->places, w->results, w->count, x->error);
  for (int i = 0; i < w->count && status == OFFRAMP_OK; i++) {
    w->has[i] = false;
    if (!w->results[i]) continue;
    x->tally->evaluated++;
    x->tally->seconds += w->results[i]->engine.seconds;
  }
  if (status == OFFRAMP_OK) drop_done(w);
  return status;
}

static offramp_status evaluate_all(sweeping *x) {
  const volatile sig_atomic_t *stop = x->options.stop;
  offramp_status status = OFFRAMP_OK;
  while (status == OFFRAMP_OK && (x->next < x->tally->points || x->window.count > 0)) {
    if (stop && *stop) return ofr_fail(x->error, OFFRAMP_INTERRUPTED, "", "interrupted");
    status = x->window.count > 0 ? evaluate(x) : look_ahead(x);
  }
  return status;
}

offramp_status ofr_sweep_evaluate(const ofr_plan *plan, const ofr_run_options *options, const ofr_sweep_sink *sink,
                                  ofr_sweep_tally *tally, offramp_error *error) {
  offramp_error own;
  sweeping x = {.plan = plan, .options = *options, .sink = sink, .tally = tally, .error = error ? error : &own};
  *tally = (ofr_sweep_tally){.points = plan->sweep->points};
  x.options.with_bands = false;
  x.options.devices = ofr_devices_create(options->threads);
  if (!x.options.devices) return out_of_memory(x.error);
  offramp_status status = evaluate_all(&x);
  drop_from(&x.window, 0);
  ofr_devices_close(x.options.devices);
  return status;
}
