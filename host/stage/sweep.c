#include "sweep.h"
#include <pthread.h>
#include <stdlib.h>
#include "../base/error.h"
#include "../base/text.h"
#include "phases.h"
#include "stakeholder_run.h"

enum { FIRST_LOOK = 16 /* points, before it is known how many make a wave */ };

typedef struct point {
  uint64_t place;
  ofr_arena *arena;
  ofr_diagnostics diagnostics;
  const ofr_plan *plan, *made; /* made: what is simulated, for stakeholders to be seen */
} point;

/* A wave of points that have been evaluated, on their way to the sink while the next wave is evaluated. */
typedef struct parcel {
  struct sweeping *sweeping;
  pthread_t thread;
  bool under_way, has_thread;
  ofr_wave *wave;
  point points[OFR_MOST_TOGETHER];
  int count;
  offramp_status status;
  offramp_error error;
} parcel;

typedef struct sweeping {
  const ofr_plan *plan;
  ofr_run_options options;
  const ofr_sweep_sink *sink;
  pthread_mutex_t sink_lock;
  ofr_sweep_tally *tally;
  point window[OFR_MOST_TOGETHER]; /* points that are next, and that the sink lacks */
  int count;
  uint64_t next, end;              /* of the grid, or of `later`: the first that was not looked at */
  uint64_t *later, later_count;    /* places that others seem to be at */
  bool is_later;
  parcel parcel;
  double began;
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
    uint64_t done = x->tally->evaluated + (x->parcel.under_way ? (uint64_t)x->parcel.count : 0);
    double part = p.total ? (double)p.done / (double)p.total * p.plans : 0;
    p.done = done * unit + (uint64_t)(part * (double)unit);
    p.total = (x->tally->points - x->tally->found) * unit;
    p.seconds = ofr_clock() - x->began;
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
  point *p = &x->window[index];
  (void)worker;
  *p = (point){.place = x->is_later ? x->later[x->next + index] : x->next + index, .arena = ofr_arena_create()};
  p->diagnostics.arena = p->arena;
  if (p->arena) p->plan = ofr_plan_point(x->plan, p->place, p->arena, &p->diagnostics);
  if (p->plan) p->made = ofr_plan_for_stakeholders(p->plan, p->arena);
}

static void drop(point *points, int count) {
  for (int i = 0; i < count; i++)
    if (points[i].arena) ofr_arena_destroy(points[i].arena);
}

/* Those that the sink has are dropped; so are those that others seem to be at, until there is nothing else to do. */
static offramp_status ask_sink(sweeping *x) {
  uint64_t places[OFR_MOST_TOGETHER];
  const ofr_plan *plans[OFR_MOST_TOGETHER];
  bool has[OFR_MOST_TOGETHER] = {false}, begun[OFR_MOST_TOGETHER] = {false};
  int count = x->count;
  for (int i = 0; i < count; i++) places[i] = x->window[i].place, plans[i] = x->window[i].plan;
  pthread_mutex_lock(&x->sink_lock);
  offramp_status status = x->sink->has(x->sink->context, places, plans, count, has, x->is_later ? NULL : begun, x->error);
  pthread_mutex_unlock(&x->sink_lock);
  x->count = 0;
  for (int i = 0; i < count; i++) {
    if (begun[i]) x->later[x->later_count++] = places[i];
    if (has[i] || begun[i]) drop(&x->window[i], 1);
    else x->window[x->count++] = x->window[i];
    x->tally->found += has[i];
  }
  return status;
}

/* As many points as make a wave. One that is no plan ends the sweep once those before it are done. */
static offramp_status look_ahead(sweeping *x) {
  uint64_t left = x->end - x->next;
  int room = ofr_devices_room(x->options.devices), good = 0;
  if (room == 0) room = FIRST_LOOK;
  int count = left < (uint64_t)room ? (int)left : room;
  ofr_crew_run(ofr_devices_crew(x->options.devices), (uint64_t)count, read_point, x, NULL);
  while (good < count && x->window[good].made) good++;
  const point *bad = &x->window[good];
  offramp_status status = OFFRAMP_OK;
  if (good == 0) status = bad->plan || !bad->arena ? out_of_memory(x->error) : no_plan(x, bad->place, &bad->diagnostics);
  drop(&x->window[good], count - good);
  x->count = good;
  x->next += (uint64_t)good;
  return status == OFFRAMP_OK ? ask_sink(x) : status;
}

/* ---- what was evaluated ---- */

static void *deliver(void *context) {
  parcel *p = context;
  sweeping *x = p->sweeping;
  uint64_t places[OFR_MOST_TOGETHER];
  ofr_result *results[OFR_MOST_TOGETHER];
  p->status = ofr_wave_finish(p->wave, results, &p->error);
  for (int i = 0; i < p->count && p->status == OFFRAMP_OK; i++) {
    places[i] = p->points[i].place;
    p->status = ofr_result_for_stakeholders(results[i], p->points[i].plan, p->points[i].arena, &p->error);
  }
  pthread_mutex_lock(&x->sink_lock);
  if (p->status == OFFRAMP_OK) p->status = x->sink->keep(x->sink->context, places, results, p->count, &p->error);
  pthread_mutex_unlock(&x->sink_lock);
  return NULL;
}

/* Waits for the parcel that is under way. */
static offramp_status await_delivery(sweeping *x) {
  parcel *p = &x->parcel;
  if (!p->under_way) return OFFRAMP_OK;
  if (p->has_thread) pthread_join(p->thread, NULL);
  p->under_way = false;
  drop(p->points, p->count);
  if (p->status == OFFRAMP_OK) x->tally->evaluated += (uint64_t)p->count;
  else *x->error = p->error;
  return p->status;
}

/* ---- the grid ---- */

static void pack(sweeping *x, ofr_wave *wave, const bool *taken) {
  parcel *p = &x->parcel;
  int count = x->count;
  p->sweeping = x;
  p->wave = wave;
  p->count = x->count = 0;
  for (int i = 0; i < count; i++) {
    if (taken[i]) p->points[p->count++] = x->window[i];
    else x->window[x->count++] = x->window[i];
  }
}

static offramp_status evaluate(sweeping *x) {
  const ofr_plan *plans[OFR_MOST_TOGETHER];
  ofr_arena *arenas[OFR_MOST_TOGETHER];
  bool taken[OFR_MOST_TOGETHER];
  ofr_wave *wave;
  ofr_run_options o = x->options;
  if (o.progress) {
    o.progress = pass_on;
    o.progress_context = x;
  }
  for (int i = 0; i < x->count; i++) plans[i] = x->window[i].made, arenas[i] = x->window[i].arena;
  offramp_status status = ofr_wave_evaluate(plans, arenas, x->count, &o, taken, &wave, x->error);
  if (status != OFFRAMP_OK) return status;
  status = await_delivery(x);
  pack(x, wave, taken);
  x->parcel.under_way = true;
  x->parcel.has_thread = status == OFFRAMP_OK && pthread_create(&x->parcel.thread, NULL, deliver, &x->parcel) == 0;
  if (!x->parcel.has_thread) deliver(&x->parcel);
  return status;
}

static offramp_status evaluate_all(sweeping *x) {
  const volatile sig_atomic_t *stop = x->options.stop;
  offramp_status status = OFFRAMP_OK;
  while (status == OFFRAMP_OK && (x->next < x->end || x->count > 0)) {
    if (stop && *stop) return ofr_fail(x->error, OFFRAMP_INTERRUPTED, "", "interrupted");
    status = x->count > 0 ? evaluate(x) : look_ahead(x);
  }
  return status;
}

/* What others began they have ended, or have left behind. */
static offramp_status evaluate_later(sweeping *x) {
  x->is_later = true;
  x->next = 0;
  x->end = x->later_count;
  return evaluate_all(x);
}

offramp_status ofr_sweep_evaluate(const ofr_plan *plan, const ofr_run_options *options, const ofr_sweep_sink *sink,
                                  ofr_sweep_tally *tally, offramp_error *error) {
  offramp_error own = {0};
  sweeping x = {.plan = plan, .options = *options, .sink = sink, .sink_lock = PTHREAD_MUTEX_INITIALIZER, .tally = tally,
                .began = ofr_clock(), .error = error ? error : &own};
  *tally = (ofr_sweep_tally){.points = plan->sweep->points};
  x.options.with_bands = x.options.profile = false;
  x.options.devices = ofr_devices_create(options->threads);
  x.end = tally->points;
  x.later = malloc((size_t)x.end * sizeof *x.later);
  offramp_status status = x.options.devices && x.later ? evaluate_all(&x) : out_of_memory(x.error);
  if (status == OFFRAMP_OK) status = evaluate_later(&x);
  offramp_error first = *x.error;
  offramp_status delivered = await_delivery(&x);
  if (status != OFFRAMP_OK) *x.error = first;
  else status = delivered;
  drop(x.window, x.count);
  ofr_devices_close(x.options.devices);
  free(x.later);
  pthread_mutex_destroy(&x.sink_lock);
  return status;
}
