#define _POSIX_C_SOURCE 200809L
#include "simulate.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../backend/cpu_steps.h"
#include "../base/error.h"
#include "fleet.h"
#include "given_futures.h"
#include "simulation.h"

enum {
  TUNED_PATHS = 50000,       /* a run of fewer does not win back what trying launch shapes costs */
  TOGETHER_PATHS = 1 << 18   /* of all plans together: they fill a large device for a moment, and are done soon */
};

struct ofr_devices {
  ofr_crew *crew;
  ofr_fleet *fleet;     /* NULL: none is open */
  ofr_image *like;      /* it was opened for this one and what is alike */
  uint64_t fill;        /* paths that fill it for a moment, of one plan */
  int room;             /* plans like the last ones that make a wave */
  void (*progress)(void *context, const ofr_progress *progress);
  void *progress_context;
  pthread_mutex_t lock; /* guards what follows: a wave is let go by who finishes it */
  pthread_cond_t let_go;
  uint64_t in_use;      /* bytes of waves */
};

struct ofr_wave {
  ofr_run_options options;
  offramp_error *error;
  ofr_phases phases;
  ofr_devices *devices;
  bool alone;           /* the devices are its own */
  ofr_fleet *fleet;
  ofr_simulation *points;
  int count;
  uint64_t bytes;       /* of the devices' account */
  char *images;         /* of the points, one after the other */
  bool stored;          /* all paths' values are kept; else those of the batches under way, and passes replay the paths */
  uint32_t batch_paths;
  int64_t *values;      /* [points x columns][paths], or for each berth of the fleet [points x columns][batch_paths] */
  int64_t *months;      /* of weighted paths, for each berth those of a batch: [points x months][batch_paths] */
  int64_t *bands;       /* [points x months][band_paths] */
  float *futures;       /* where they are given: of the batch in each berth of the fleet */
  int pass;
  double began, seconds; /* seconds: of evaluation */
};

typedef ofr_wave wave;

ofr_run_options ofr_run_defaults(void) {
  return (ofr_run_options){.backend = "auto", .device = -1, .check_paths = 64, .with_bands = true, .steps = true};
}

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or --max-memory, or close other programs");
}

/* ---- devices ---- */

static void say(void *context, const char *text) {
  const ofr_devices *d = context;
  ofr_progress p = {.total = 1, .note = text, .passes_known = 1};
  if (d->progress) d->progress(d->progress_context, &p);
}

static void close_fleet(ofr_devices *d) {
  ofr_fleet_close(d->fleet);
  free(d->like);
  d->fleet = NULL;
  d->like = NULL;
}

ofr_devices *ofr_devices_create(int threads) {
  ofr_devices *d = calloc(1, sizeof *d);
  if (!d || !(d->crew = ofr_crew_create(threads))) {
    free(d);
    return NULL;
  }
  pthread_mutex_init(&d->lock, NULL);
  pthread_cond_init(&d->let_go, NULL);
  return d;
}

void ofr_devices_close(ofr_devices *devices) {
  if (!devices) return;
  close_fleet(devices);
  ofr_crew_destroy(devices->crew);
  pthread_cond_destroy(&devices->let_go);
  pthread_mutex_destroy(&devices->lock);
  free(devices);
}

ofr_crew *ofr_devices_crew(const ofr_devices *devices) { return devices->crew; }

int ofr_devices_room(const ofr_devices *devices) { return devices->room; }

/* What the first point is has been uploaded once it is open. */
static offramp_status open_fleet(wave *w) {
  const ofr_run_options *o = &w->options;
  ofr_devices *d = w->devices;
  const ofr_image *image = w->points->staged.image;
  close_fleet(d);
  d->progress = o->progress;
  d->progress_context = o->progress_context;
  const ofr_fleet_options options = {.backend = o->backend, .device = o->device, .isa = o->isa, .kernel = o->kernel,
                                     .cache = o->cache, .crew = d->crew, .profile = o->profile,
                                     .tune_from = o->once ? 0 : TUNED_PATHS, .phases = &w->phases, .say = say, .say_context = d,
                                     .stop = o->stop};
  if (!(d->like = malloc(image->bytes))) return out_of_memory(w->error);
  memcpy(d->like, image, image->bytes);
  offramp_status status = ofr_fleet_open(&options, &w->points->staged, w->points->plan->paths, &d->fleet, w->error);
  if (status == OFFRAMP_OK) d->fill = ofr_fleet_batch_limit(d->fleet);
  return status;
}

/* ---- the points of a wave ---- */

typedef offramp_status step(ofr_simulation *x, const void *context);

typedef struct stepping { wave *wave; step *step; const void *context; ofr_crew **alone; } stepping;

static void step_alone(void *context, int worker, uint64_t index) {
  const stepping *s = context;
  ofr_simulation *x = &s->wave->points[index];
  x->crew = s->alone[worker];
  s->step(x, s->context);
}

static offramp_status step_apart(wave *w, step *step, const void *context) {
  int size = ofr_crew_size(w->devices->crew), made = 0;
  stepping s = {w, step, context, calloc((size_t)size, sizeof *s.alone)};
  while (s.alone && made < size && (s.alone[made] = ofr_crew_create(1))) made++;
  if (made == size) ofr_crew_run(w->devices->crew, (uint64_t)w->count, step_alone, &s, NULL);
  for (int i = 0; i < made; i++) ofr_crew_destroy(s.alone[i]);
  free(s.alone);
  if (made < size) return out_of_memory(w->error);
  for (int i = 0; i < w->count; i++)
    if (w->points[i].error.status != OFFRAMP_OK) {
      *w->error = w->points[i].error;
      return w->error->status;
    }
  return OFFRAMP_OK;
}

/* A step of every point: of many, each worker does one after the other; of a few, all workers share in each. */
static offramp_status step_all(wave *w, step *step, const void *context) {
  if (w->count > ofr_crew_size(w->devices->crew)) return step_apart(w, step, context);
  for (int i = 0; i < w->count; i++) {
    ofr_simulation *x = &w->points[i];
    x->crew = w->devices->crew;
    offramp_status status = step(x, context);
    if (status == OFFRAMP_OK) continue;
    *w->error = x->error;
    return status;
  }
  return OFFRAMP_OK;
}

static bool have_the_same_futures(const ofr_simulation *a, const ofr_simulation *b) {
  const ofr_futures *x = a->plan->futures, *y = b->plan->futures;
  if (!x || !y) return x == y;
  return !strcmp(x->file, y->file) && a->staged.accelerator_quantum == b->staged.accelerator_quantum;
}

static bool are_alike(const ofr_simulation *a, const ofr_simulation *b) {
  return a->plan->paths == b->plan->paths && a->result->band_paths == b->result->band_paths && have_the_same_futures(a, b) &&
         ofr_images_alike(a->staged.image, b->staged.image);
}

typedef struct beginning {
  ofr_simulation *points;
  const ofr_plan *const *plans;
  ofr_arena *const *arenas;
} beginning;

static void begin_one(void *context, int worker, uint64_t index) {
  const beginning *b = context;
  (void)worker;
  ofr_simulation_begin(&b->points[index], b->plans[index], b->arenas[index]);
}

static offramp_status begin_all(wave *w, const ofr_plan *const *plans, ofr_arena *const *arenas, int count) {
  beginning b = {w->points, plans, arenas};
  ofr_crew_run(w->devices->crew, (uint64_t)count, begin_one, &b, NULL);
  w->count = count;
  if (w->points->error.status != OFFRAMP_OK) *w->error = w->points->error;
  return w->points->error.status;
}

/* The first point, and those like it for which there is room. The others go again: what fails does so when it is the first. */
static void select_points(wave *w, bool *taken) {
  int count = w->count;
  w->count = 0;
  for (int i = 0; i < count; i++) {
    ofr_simulation *x = &w->points[i];
    taken[i] = w->count < w->devices->room && x->error.status == OFFRAMP_OK && (i == 0 || are_alike(w->points, x));
    if (taken[i]) w->points[w->count++] = *x;
    else ofr_simulation_free(x);
  }
}

/* ---- staging ---- */

static uint64_t memory_limit(const ofr_run_options *o) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  if (o->max_memory) return o->max_memory;
  return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 2 : (uint64_t)2 << 30;
}

static uint64_t band_bytes(const wave *w) {
  const ofr_simulation *x = w->points;
  return w->options.with_bands ? x->months * (uint64_t)x->result->band_paths * sizeof *w->bands : 0;
}

static uint64_t bytes_of_path(const wave *w) { return (uint64_t)w->points->columns * sizeof *w->values; }

/* How many points like the first: as fill the devices, and as fit into memory. */
static int find_room(const wave *w) {
  const ofr_simulation *x = w->points;
  uint64_t paths = x->plan->paths, fill = w->devices->fill < TOGETHER_PATHS ? w->devices->fill : TOGETHER_PATHS;
  uint64_t room = fill / paths, rest = band_bytes(w) + x->months * sizeof *x->sums + x->staged.image->bytes;
  if (room > OFR_MOST_TOGETHER) room = OFR_MOST_TOGETHER;
  uint64_t half = memory_limit(&w->options) / 2; /* one wave is finished while the next is evaluated */
  while (room > 1 && room * (paths * bytes_of_path(w) + rest) > half) room--;
  return room > 1 ? (int)room : 1;
}

/* One image after the other, to all devices. */
static offramp_status upload(wave *w) {
  size_t bytes = w->points->staged.image->bytes;
  if (!(w->images = aligned_alloc(64, bytes * (size_t)w->count))) return out_of_memory(w->error);
  for (int i = 0; i < w->count; i++) memcpy(w->images + (size_t)i * bytes, w->points[i].staged.image, bytes);
  return ofr_fleet_upload(w->fleet, (const ofr_image *)w->images, w->count, w->error);
}

static offramp_status stage(wave *w, bool *taken) {
  ofr_devices *d = w->devices;
  bool opens = !d->fleet || !ofr_images_alike(d->like, w->points->staged.image);
  offramp_status status = opens ? open_fleet(w) : OFFRAMP_OK;
  w->fleet = d->fleet;
  if (status != OFFRAMP_OK) return status;
  ofr_fleet_watch(d->fleet, &w->phases);
  d->room = find_room(w);
  select_points(w, taken);
  return opens && w->count == 1 ? OFFRAMP_OK : upload(w);
}

/* Waits until the wave before has let go of enough, where both do not fit. */
static void account_for(wave *w, uint64_t bytes) {
  ofr_devices *d = w->devices;
  pthread_mutex_lock(&d->lock);
  while (d->in_use > 0 && d->in_use + bytes > memory_limit(&w->options)) pthread_cond_wait(&d->let_go, &d->lock);
  d->in_use += w->bytes = bytes;
  pthread_mutex_unlock(&d->lock);
}

static void let_go(const wave *w) {
  ofr_devices *d = w->devices;
  pthread_mutex_lock(&d->lock);
  d->in_use -= w->bytes;
  pthread_cond_signal(&d->let_go);
  pthread_mutex_unlock(&d->lock);
}

/* Devices sum months without weights: where paths have them, the months of all paths of a batch come home. */
static bool make_room_for_months(wave *w) {
  const uint64_t most = 1 << 26, rows = (uint64_t)w->count * w->points->months;
  while (w->batch_paths > 32 && w->batch_paths * rows * sizeof *w->months > most) w->batch_paths /= 2;
  w->months = malloc((uint64_t)ofr_fleet_berths(w->fleet) * w->batch_paths * rows * sizeof *w->months);
  return w->months != NULL;
}

/* Sizes in checked arithmetic before anything is allocated. */
static offramp_status allocate(wave *w) {
  const ofr_plan *plan = w->points->plan;
  bool with_bands = w->options.with_bands;
  uint64_t limit = memory_limit(&w->options), bands = band_bytes(w), path = bytes_of_path(w), points = (uint64_t)w->count;
  if (bands > limit)
    return ofr_fail(w->error, OFFRAMP_ERR_LIMIT, "/simulation/band_paths",
                    "the monthly bands need %llu bytes, --max-memory allows %llu: lower band_paths or raise --max-memory",
                    (unsigned long long)bands, (unsigned long long)limit);
  w->stored = points > 1 || (plan->paths <= (limit - bands) / path && plan->paths < (uint64_t)1 << 31);
  uint64_t berths = w->stored ? 1 : (uint64_t)ofr_fleet_berths(w->fleet);
  w->batch_paths = ofr_fleet_batch_limit(w->fleet);
  if (w->options.batch && w->options.batch < w->batch_paths) w->batch_paths = w->options.batch;
  if (w->batch_paths > plan->paths) w->batch_paths = (uint32_t)plan->paths;
  w->batch_paths = ofr_futures_paths(plan, w->batch_paths);
  if (with_bands && w->points->weights && !make_room_for_months(w)) return out_of_memory(w->error);
  while (!w->stored && w->batch_paths > 256 && berths * w->batch_paths * path > limit - bands) w->batch_paths /= 2;
  uint64_t values = (w->stored ? plan->paths : berths * w->batch_paths) * points * path;
  account_for(w, values + points * bands);
  w->values = malloc(values);
  w->bands = with_bands ? malloc(bands ? points * bands : 1) : NULL;
  w->futures = malloc(((uint64_t)ofr_fleet_berths(w->fleet) * ofr_futures_size(plan, w->batch_paths) + 1) * sizeof *w->futures);
  return w->values && w->futures && (w->bands || !with_bands) ? OFFRAMP_OK : out_of_memory(w->error);
}

static offramp_status place(ofr_simulation *x, const void *wave) {
  const ofr_wave *w = wave;
  const ofr_run_options *o = &w->options;
  const char *isa = strcmp(ofr_fleet_backend(w->fleet), "cpu") ? NULL : o->isa ? o->isa : ofr_cpu_versions()[0]->name;
  x->point = (int)(x - w->points);
  if (w->stored) x->values = w->values + (uint64_t)x->point * (uint64_t)x->columns * x->plan->paths;
  if (w->bands) x->bands = w->bands + (uint64_t)x->point * x->months * (uint64_t)x->result->band_paths;
  return ofr_simulation_place(x, o->check_paths, isa);
}

/* ---- batches ---- */

static void send_all_months(const wave *w, int berth, ofr_batch *b) {
  b->band_paths = b->paths;
  b->bands = w->months + (uint64_t)berth * (uint64_t)w->count * w->points->months * w->batch_paths;
  b->band_stride = b->paths;
  b->band_offset = 0;
}

/* Where the results of a batch go. */
static void make_batch(void *context, int berth, ofr_batch *b) {
  const wave *w = context;
  const ofr_simulation *x = w->points;
  uint64_t first = b->first_path, band_paths = (uint64_t)x->result->band_paths, rows = (uint64_t)w->count * (uint64_t)x->columns;
  b->columns = w->stored ? w->values : w->values + (uint64_t)berth * rows * w->batch_paths;
  b->stride = w->stored ? x->plan->paths : w->batch_paths;
  b->offset = w->stored ? first : 0;
  b->with_sums = w->options.with_bands && w->pass == 0;
  if (b->with_sums && first < band_paths) b->band_paths = (uint32_t)(band_paths - first < b->paths ? band_paths - first : b->paths);
  b->bands = w->bands;
  b->band_stride = band_paths;
  b->band_offset = first < band_paths ? first : 0;
  if (x->weights && b->with_sums) send_all_months(w, berth, b);
  float *futures = w->futures + (uint64_t)berth * ofr_futures_size(x->plan, w->batch_paths);
  ofr_futures_fill(x->plan, x->staged.accelerator_quantum, NULL, first, b->paths, futures);
  b->futures = futures;
  b->future_stride = ofr_futures_stride(b->paths);
}

static offramp_status take(ofr_simulation *x, const void *batch) { return ofr_simulation_take(x, batch); }

static offramp_status take_batch(void *context, const ofr_batch *batch, offramp_error *error) {
  wave *w = context;
  if (w->options.stop && *w->options.stop) return ofr_fail(error, OFFRAMP_INTERRUPTED, "", "interrupted");
  offramp_status status = step_all(w, take, batch);
  if (status != OFFRAMP_OK) *error = *w->error;
  return status;
}

static uint64_t work_of(const wave *w, uint64_t paths) {
  const ofr_plan *plan = w->points->plan;
  return paths * (uint64_t)plan->months * (uint64_t)plan->strategy_count * (uint64_t)w->count;
}

static void report_progress(void *context, uint64_t paths_done) {
  const wave *w = context;
  ofr_progress p = {.done = work_of(w, paths_done), .total = work_of(w, w->points->plan->paths), .seconds = ofr_clock() - w->began,
                    .pass = w->pass + 1, .passes_known = w->stored ? 1 : 0, .plans = w->count};
  if (w->options.progress) w->options.progress(w->options.progress_context, &p);
}

static offramp_status run_pass(wave *w, bool *again) {
  const ofr_fleet_work work = {.phase = w->pass == 0 ? "evaluate" : "replay", .paths = w->points->plan->paths,
                               .batch = w->batch_paths, .context = w, .make = make_batch, .take = take_batch,
                               .progress = report_progress};
  offramp_status status = ofr_fleet_run(w->fleet, &work, w->error);
  w->pass++;
  *again = false;
  for (int i = 0; i < w->count && status == OFFRAMP_OK; i++) {
    bool too = false;
    status = ofr_simulation_end_pass(&w->points[i], &too);
    if (status != OFFRAMP_OK) *w->error = w->points[i].error;
    *again |= too;
  }
  return status;
}

/* ---- results ---- */

/* Static instructions are a GPU's; what a CPU executes is counted, which takes a second. */
static const ofr_profile *make_profile(wave *w) {
  ofr_profile *p = ofr_arena_alloc(w->points->arena, 1, sizeof *p);
  if (!p) return NULL;
  for (; p->phase_count < w->phases.count; p->phase_count++) {
    p->phases[p->phase_count].name = w->phases.items[p->phase_count].name;
    p->phases[p->phase_count].seconds = w->phases.items[p->phase_count].seconds;
  }
  p->kernel_count = ofr_fleet_kernels(w->fleet, p->kernels, OFR_PROFILE_KERNELS);
  for (int i = 0; i < p->kernel_count; i++) {
    ofr_kernel_time *k = &p->kernels[i];
    ofr_steps steps;
    k->device = ofr_arena_copy(w->points->arena, k->device, strlen(k->device));
    if (!w->options.steps || !k->facts.code ||
        !ofr_cpu_path_steps(k->facts.code, w->points->staged.image, w->points->staged.columns, &steps)) continue;
    k->executed = steps.instructions;
    k->vectors = steps.vectors;
  }
  return p;
}

static offramp_status finish(ofr_simulation *x, const void *context) {
  (void)context;
  return ofr_simulation_finish(x);
}

static void note_engine(wave *w) {
  const char *device = ofr_fleet_device(w->fleet), *note = ofr_fleet_note(w->fleet);
  for (int i = 0; i < w->count; i++) {
    ofr_simulation *x = &w->points[i];
    x->result->engine = (ofr_engine_facts){.backend = ofr_fleet_backend(w->fleet),
                                           .device = ofr_arena_copy(x->arena, device, strlen(device)),
                                           .note = note ? ofr_arena_copy(x->arena, note, strlen(note)) : NULL,
                                           .threads = ofr_crew_size(w->devices->crew),
                                           .checked_paths = x->check.checked,
                                           .check_passed = true};
  }
}

/* What the points took together is shared alike. */
static void note_time(wave *w, double seconds) {
  const ofr_plan *plan = w->points->plan;
  seconds /= w->count;
  for (int i = 0; i < w->count; i++) {
    ofr_engine_facts *engine = &w->points[i].result->engine;
    engine->seconds = seconds;
    engine->path_months_per_second = (double)plan->paths * plan->months * plan->strategy_count / (seconds > 0 ? seconds : 1e-9);
  }
}

/* ---- waves ---- */

static offramp_status evaluate(wave *w, const ofr_plan *const *plans, ofr_arena *const *arenas, int count, bool *taken) {
  bool again = true;
  ofr_phase_enter(&w->phases, "build image");
  offramp_status status = begin_all(w, plans, arenas, count);
  if (status == OFFRAMP_OK) status = stage(w, taken);
  if (status == OFFRAMP_OK) status = allocate(w);
  if (status == OFFRAMP_OK) status = step_all(w, place, w);
  w->began = ofr_clock();
  while (status == OFFRAMP_OK && again) status = run_pass(w, &again);
  if (status == OFFRAMP_OK) note_engine(w);
  w->seconds = ofr_clock() - w->began;
  ofr_phase_enter(&w->phases, NULL);
  return status;
}

static void free_wave(wave *w) {
  for (int i = 0; i < w->count; i++) ofr_simulation_free(&w->points[i]);
  free(w->points);
  free(w->images);
  free(w->values);
  free(w->bands);
  free(w->futures);
  free(w->months);
  if (w->devices) let_go(w);
  if (w->alone) ofr_devices_close(w->devices);
  free(w);
}

/* Devices that failed are not left open: who knows in what state. */
offramp_status ofr_wave_evaluate(const ofr_plan *const *plans, ofr_arena *const *arenas, int count, const ofr_run_options *options,
                                 bool *taken, ofr_wave **out, offramp_error *error) {
  offramp_error own;
  wave *w = *out = calloc(1, sizeof *w);
  if (!w) return out_of_memory(error);
  *w = (wave){.options = *options, .error = error ? error : &own, .phases = ofr_phases_begin(options->nvtx),
              .devices = options->devices, .alone = !options->devices, .points = calloc((size_t)count, sizeof *w->points)};
  if (w->alone) w->devices = ofr_devices_create(options->threads);
  offramp_status status = w->points && w->devices ? evaluate(w, plans, arenas, count, taken) : out_of_memory(w->error);
  w->error = NULL;
  if (w->fleet) ofr_fleet_watch(w->fleet, NULL);
  if (status == OFFRAMP_OK) return OFFRAMP_OK;
  if (w->devices) close_fleet(w->devices);
  free_wave(w);
  *out = NULL;
  return status;
}

offramp_status ofr_wave_finish(ofr_wave *w, ofr_result **results, offramp_error *error) {
  offramp_error own;
  double resumed = ofr_clock();
  w->error = error ? error : &own;
  for (int i = 0; i < w->count; i++) w->points[i].phases = w->count == 1 ? &w->phases : NULL;
  offramp_status status = step_all(w, finish, NULL);
  note_time(w, w->seconds + ofr_clock() - resumed);
  if (status == OFFRAMP_OK && w->options.profile) w->points->result->profile = make_profile(w);
  for (int i = 0; i < w->count; i++) results[i] = status == OFFRAMP_OK ? w->points[i].result : NULL;
  free_wave(w);
  return status;
}

offramp_status ofr_simulate(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_result **result,
                            offramp_error *error) {
  bool taken;
  ofr_wave *w;
  *result = NULL;
  offramp_status status = ofr_wave_evaluate(&plan, &arena, 1, options, &taken, &w, error);
  return status == OFFRAMP_OK ? ofr_wave_finish(w, result, error) : status;
}
