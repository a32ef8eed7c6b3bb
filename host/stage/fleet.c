#include "fleet.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "tuning.h"

enum {
  MOST_MEMBERS = 17,      /* 16 GPUs, and the CPU that takes over */
  MOST_RETURNED = 2 * MOST_MEMBERS,
  SHARES = 4,             /* of what is left, each of several devices takes one in so many */
  WHOLE = 4096,           /* paths, of all points together: smaller shares are not worth their launch */
  LEAST = 32              /* paths of each point: a warp of them */
};

typedef struct member {
  const ofr_backend *backend;
  ofr_device *device;
  bool lost;
  int shape;              /* that is best for one point */
  uint64_t paths;         /* computed */
} member;

struct ofr_fleet {
  ofr_fleet_options options;
  const ofr_staged *staged;           /* of the opening */
  const ofr_image *images;            /* what is uploaded */
  int points;
  uint64_t paths;
  ofr_crew *crew;
  member members[MOST_MEMBERS];
  int count;
  char note[1024], device[256];
};

typedef struct range { uint64_t first, count; } range; /* counted from the first path of the work */

/* A pass over all paths. The lock guards what the feeders share. */
typedef struct pass {
  ofr_fleet *fleet;
  const ofr_fleet_work *work;
  pthread_mutex_t lock, taking;
  uint64_t next;                      /* the first path that nobody has */
  range returned[MOST_RETURNED];      /* by devices that were lost */
  int returned_count;
  uint64_t done;
  offramp_status status;              /* of the first failure that ends the pass */
  offramp_error error;
} pass;

typedef struct feeder { pass *pass; int member; bool calling; pthread_t thread; bool started; } feeder;

static bool is_auto(const ofr_fleet *fleet) { return !strcmp(fleet->options.backend, "auto"); }

/* What a device may fail of without the run failing where another takes over. */
static bool is_the_devices(offramp_status status) { return status == OFFRAMP_ERR_DEVICE || status == OFFRAMP_ERR_LIMIT; }

static int living(const ofr_fleet *fleet) {
  int n = 0;
  for (int i = 0; i < fleet->count; i++) n += !fleet->members[i].lost;
  return n;
}

/* ---- opening ---- */

static offramp_status open_member(ofr_fleet *fleet, const ofr_backend *backend, int device, offramp_error *error) {
  const ofr_fleet_options *o = &fleet->options;
  const ofr_open_options open = {.device = device, .crew = fleet->crew, .isa = o->isa, .kernel = o->kernel, .paths = fleet->paths,
                                 .cache = o->cache, .profile = o->profile,
                                 .say = o->say, .say_context = o->say_context, .stop = o->stop};
  member m = {.backend = backend};
  ofr_phase_enter(o->phases, "open device");
  offramp_status status = backend->open(&open, &m.device, error);
  if (status != OFFRAMP_OK) return status;
  ofr_phase_enter(o->phases, "self-test");
  status = ofr_backend_self_test(backend, m.device, error);
  ofr_phase_enter(o->phases, "compile and upload");
  if (status == OFFRAMP_OK) status = backend->upload(m.device, fleet->images, fleet->points, error);
  if (status == OFFRAMP_OK && o->tune_from && fleet->paths >= o->tune_from && backend->shapes(m.device) > 1) {
    ofr_phase_enter(o->phases, "tune");
    status = ofr_tune(backend, m.device, fleet->staged, o->cache, &m.shape, error);
  }
  ofr_phase_enter(o->phases, NULL);
  if (status == OFFRAMP_OK) fleet->members[fleet->count++] = m;
  else backend->close(m.device);
  return status;
}

/* What happened, without the advice that the message ends with: the run goes on. */
static void note_failure(ofr_fleet *fleet, const char *what, const offramp_error *error, const char *consequence) {
  size_t used = strlen(fleet->note);
  const char *end = error->message + strlen(error->message);
  for (const char *colon = strstr(error->message, ": "); colon; colon = strstr(colon + 1, ": ")) end = colon;
  snprintf(fleet->note + used, sizeof fleet->note - used, "%s%.100s %s (%.*s): %s", used ? "; " : "", error->place, what,
           (int)(end - error->message), error->message, consequence);
}

/* Every GPU of a back end that can be used: those of its first driver, for two drivers may offer the same device. Under `auto`
 * one that fails is passed over. */
static offramp_status open_gpus(ofr_fleet *fleet, const ofr_backend *backend, offramp_error *error) {
  ofr_device_info info[MOST_MEMBERS - 1];
  int n = backend->list(info, MOST_MEMBERS - 1), driver = -1;
  for (int i = 0; i < n && i < MOST_MEMBERS - 1; i++) {
    offramp_error own = {0};
    if (!info[i].gpu || !info[i].usable || (driver >= 0 && info[i].driver != driver)) continue;
    driver = info[i].driver;
    offramp_status status = open_member(fleet, backend, i, &own);
    if (status == OFFRAMP_OK) continue;
    if (!is_auto(fleet) || status == OFFRAMP_INTERRUPTED) {
      if (error) *error = own;
      return status;
    }
    note_failure(fleet, "could not be used", &own, "it was left out");
  }
  return OFFRAMP_OK;
}

static offramp_status open_members(ofr_fleet *fleet, offramp_error *error) {
  int device = fleet->options.device;
  for (int i = 0; i < OFR_BACKENDS && fleet->count == 0 && device < 0; i++) {
    if (!is_auto(fleet) && strcmp(fleet->options.backend, ofr_backends[i]->name)) continue;
    offramp_status status = open_gpus(fleet, ofr_backends[i], error);
    if (status != OFFRAMP_OK) return status;
  }
  if (fleet->count > 0) return OFFRAMP_OK;
  if (is_auto(fleet) && device < 0) return open_member(fleet, &ofr_backend_cpu, 0, error);
  const ofr_backend *backend = ofr_backend_find(fleet->options.backend, &device, error);
  if (!backend) return error ? error->status : OFFRAMP_ERR_DEVICE;
  return open_member(fleet, backend, device, error);
}

offramp_status ofr_fleet_open(const ofr_fleet_options *options, const ofr_staged *staged, uint64_t paths, ofr_fleet **fleet,
                              offramp_error *error) {
  offramp_error own;
  ofr_fleet *f = calloc(1, sizeof *f);
  *fleet = NULL;
  if (f) *f = (ofr_fleet){.options = *options, .staged = staged, .images = staged->image, .points = 1, .paths = paths,
                          .crew = options->crew ? options->crew : ofr_crew_create(options->threads)};
  if (!f || !f->crew) {
    free(f);
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  }
  offramp_status status = open_members(f, error ? error : &own);
  if (status == OFFRAMP_OK) *fleet = f;
  else ofr_fleet_close(f);
  return status;
}

void ofr_fleet_close(ofr_fleet *fleet) {
  if (!fleet) return;
  for (int i = 0; i < fleet->count; i++) fleet->members[i].backend->close(fleet->members[i].device);
  if (!fleet->options.crew) ofr_crew_destroy(fleet->crew);
  free(fleet);
}

/* A device that is lost between two runs is as one lost in mid-run. */
static offramp_status replace_lost(ofr_fleet *fleet, const offramp_error *lost, offramp_error *error) {
  if (living(fleet) == 0) {
    if (!is_auto(fleet) || fleet->count == MOST_MEMBERS) {
      *error = *lost;
      return lost->status;
    }
    offramp_status status = open_member(fleet, &ofr_backend_cpu, 0, error);
    if (status != OFFRAMP_OK) return status;
  }
  note_failure(fleet, "was lost", lost, "the rest went elsewhere");
  return OFFRAMP_OK;
}

offramp_status ofr_fleet_upload(ofr_fleet *fleet, const ofr_image *images, int points, offramp_error *error) {
  offramp_error own = {0};
  offramp_status status = OFFRAMP_OK;
  fleet->images = images;
  fleet->points = points;
  for (int i = 0, count = fleet->count; i < count && status == OFFRAMP_OK; i++) {
    member *m = &fleet->members[i];
    if (m->lost) continue;
    status = m->backend->upload(m->device, images, points, &own);
    if (status == OFFRAMP_OK && points == 1 && m->shape > 0) m->backend->reshape(m->device, m->shape);
    if (!is_the_devices(status) || m->backend == &ofr_backend_cpu) continue;
    offramp_error lost = own;
    m->lost = true;
    status = replace_lost(fleet, &lost, &own);
  }
  if (status != OFFRAMP_OK && error) *error = own;
  return status;
}

void ofr_fleet_watch(ofr_fleet *fleet, ofr_phases *phases) { fleet->options.phases = phases; }

/* ---- handing out paths ---- */

static uint64_t share(const pass *p, const member *m, uint64_t left) {
  uint64_t limit = m->backend->batch_limit(m->device), bounds = p->work->after ? m->backend->bound_limit(m->device) : limit;
  uint64_t n = living(p->fleet);
  limit = bounds < limit ? bounds : limit;
  if (p->work->batch && p->work->batch < limit) limit = p->work->batch;
  if (n > 1) {
    uint64_t least = WHOLE / (uint64_t)p->fleet->points, fair = left / (SHARES * n), whole;
    least = least < LEAST ? LEAST : least;
    whole = fair < least ? least : fair - fair % least;
    limit = whole < limit ? whole : limit;
  }
  return left < limit ? left : limit;
}

/* The next paths for a member; none once the pass has failed. */
static range take_paths(pass *p, const member *m) {
  range r = {0};
  pthread_mutex_lock(&p->lock);
  if (p->status == OFFRAMP_OK && p->returned_count > 0) {
    range *from = &p->returned[p->returned_count - 1];
    r = (range){from->first, share(p, m, from->count)};
    from->first += r.count;
    from->count -= r.count;
    if (from->count == 0) p->returned_count--;
  } else if (p->status == OFFRAMP_OK && p->next < p->work->paths) {
    r = (range){p->next, share(p, m, p->work->paths - p->next)};
    p->next += r.count;
  }
  pthread_mutex_unlock(&p->lock);
  return r;
}

static void fail_pass(pass *p, offramp_status status, const offramp_error *error) {
  pthread_mutex_lock(&p->lock);
  if (p->status == OFFRAMP_OK) {
    p->status = status;
    p->error = *error;
  }
  pthread_mutex_unlock(&p->lock);
}

/* What a lost device had in flight goes back; whether anybody is left to take it is seen at the end. */
static void lose_member(pass *p, member *m, const ofr_batch *batches, int oldest, int flying, const offramp_error *error) {
  pthread_mutex_lock(&p->lock);
  m->lost = true;
  for (int i = 0; i < flying && p->returned_count < MOST_RETURNED; i++) {
    const ofr_batch *b = &batches[(oldest + i) % OFR_MOST_IN_FLIGHT];
    p->returned[p->returned_count++] = (range){b->first_path - p->work->first, b->paths};
  }
  p->error = *error;
  pthread_mutex_unlock(&p->lock);
}

/* ---- feeding a device ---- */

static offramp_status submit_next(feeder *f, ofr_batch *batch, int slot, int *flying, offramp_error *error) {
  pass *p = f->pass;
  const member *m = &p->fleet->members[f->member];
  range r = take_paths(p, m);
  if (r.count == 0) return OFFRAMP_OK;
  *batch = (ofr_batch){.first_path = p->work->first + r.first, .paths = (uint32_t)r.count, .points = p->fleet->points};
  p->work->make(p->work->context, f->member * OFR_MOST_IN_FLIGHT + slot, batch);
  ++*flying; /* also when it fails: these paths are then to be returned */
  ofr_nvtx_push(p->fleet->options.phases ? p->fleet->options.phases->nvtx : NULL, "submit batch");
  offramp_status status = m->backend->submit(m->device, batch, error);
  ofr_nvtx_pop(p->fleet->options.phases ? p->fleet->options.phases->nvtx : NULL);
  return status;
}

static offramp_status take_in(feeder *f, const ofr_batch *batch, offramp_error *error) {
  pass *p = f->pass;
  pthread_mutex_lock(&p->taking);
  offramp_status status = p->work->take(p->work->context, batch, error);
  p->done += batch->paths;
  uint64_t done = p->done;
  pthread_mutex_unlock(&p->taking);
  if (status == OFFRAMP_OK && f->calling && p->work->progress) p->work->progress(p->work->context, done);
  return status;
}

/* The batches behind the oldest: nothing may be in flight when its memory goes. */
static void drain(const member *m, ofr_batch *batches, int oldest, int flying) {
  offramp_error ignored;
  for (int i = 1; i < flying; i++)
    if (m->backend->collect(m->device, &batches[(oldest + i) % OFR_MOST_IN_FLIGHT], &ignored) != OFFRAMP_OK) return;
}

/* Keeps as many batches in flight as the device takes, until no paths are left. */
static void *feed(void *context) {
  feeder *f = context;
  pass *p = f->pass;
  member *m = &p->fleet->members[f->member];
  const ofr_nvtx *nvtx = p->fleet->options.phases ? p->fleet->options.phases->nvtx : NULL;
  ofr_batch batches[OFR_MOST_IN_FLIGHT];
  offramp_error error = {0};
  for (int oldest = 0, flying = 0;; oldest = (oldest + 1) % OFR_MOST_IN_FLIGHT) {
    offramp_status status = OFFRAMP_OK;
    for (int before = -1; before < flying && flying < m->backend->in_flight && status == OFFRAMP_OK;) {
      int slot = (oldest + flying) % OFR_MOST_IN_FLIGHT;
      before = flying;
      status = submit_next(f, &batches[slot], slot, &flying, &error);
    }
    if (status == OFFRAMP_OK && flying == 0) return NULL;
    ofr_nvtx_push(nvtx, "wait for batch");
    if (status == OFFRAMP_OK) status = m->backend->collect(m->device, &batches[oldest], &error);
    ofr_nvtx_pop(nvtx);
    const bool evaluated = status == OFFRAMP_OK;
    if (evaluated && p->work->after) status = p->work->after(p->work->context, m->backend, m->device, &batches[oldest], &error);
    if (status != OFFRAMP_OK && evaluated) drain(m, batches, oldest, flying);
    if (status != OFFRAMP_OK && is_the_devices(status) && m->backend != &ofr_backend_cpu) {
      lose_member(p, m, batches, oldest, flying, &error);
      return NULL;
    }
    if (status != OFFRAMP_OK) { /* nothing is in flight any more */
      fail_pass(p, status, &error);
      return NULL;
    }
    ofr_nvtx_push(nvtx, "take batch in");
    status = take_in(f, &batches[oldest], &error);
    ofr_nvtx_pop(nvtx);
    if (status != OFFRAMP_OK) {
      fail_pass(p, status, &error);
      drain(m, batches, oldest, flying);
      return NULL;
    }
    m->paths += batches[oldest].paths;
    flying--;
  }
}

static void feed_all(pass *p) {
  feeder feeders[MOST_MEMBERS] = {{0}};
  int count = p->fleet->count, own = -1;
  for (int i = 0; i < count; i++) {
    if (p->fleet->members[i].lost) continue;
    feeders[i] = (feeder){.pass = p, .member = i, .calling = own < 0};
    if (own < 0) own = i;
    else feeders[i].started = pthread_create(&feeders[i].thread, NULL, feed, &feeders[i]) == 0;
  }
  if (own >= 0) feed(&feeders[own]);
  for (int i = 0; i < count; i++)
    if (feeders[i].started) pthread_join(feeders[i].thread, NULL);
}

/* ---- a pass ---- */

static bool is_left(const pass *p) { return p->status == OFFRAMP_OK && (p->returned_count > 0 || p->next < p->work->paths); }

/* After a device was lost: the others go on; else the CPU, where the choice was ours. */
static offramp_status take_over(pass *p, offramp_error *error) {
  ofr_fleet *fleet = p->fleet;
  char consequence[96];
  offramp_error lost = p->error;
  if (living(fleet) == 0) {
    if (!is_auto(fleet) || fleet->count == MOST_MEMBERS) {
      if (error) *error = lost;
      return lost.status;
    }
    offramp_status status = open_member(fleet, &ofr_backend_cpu, 0, error);
    if (status != OFFRAMP_OK) return status;
  }
  snprintf(consequence, sizeof consequence, "after %llu of %llu paths %s took over", (unsigned long long)p->done,
           (unsigned long long)p->work->paths, living(fleet) == 1 && fleet->members[fleet->count - 1].backend == &ofr_backend_cpu
                                                  ? "the CPU" : "the others");
  note_failure(fleet, p->work->after ? "could not go on" : "was lost", &lost, consequence);
  return OFFRAMP_OK;
}

offramp_status ofr_fleet_run(ofr_fleet *fleet, const ofr_fleet_work *work, offramp_error *error) {
  pass p = {.fleet = fleet, .work = work, .lock = PTHREAD_MUTEX_INITIALIZER, .taking = PTHREAD_MUTEX_INITIALIZER};
  offramp_status status = OFFRAMP_OK;
  for (int before = living(fleet); is_left(&p) && status == OFFRAMP_OK; before = living(fleet)) {
    ofr_phase_enter(fleet->options.phases, work->phase);
    feed_all(&p);
    if (p.status == OFFRAMP_OK && living(fleet) < before) status = take_over(&p, error);
  }
  pthread_mutex_destroy(&p.lock);
  pthread_mutex_destroy(&p.taking);
  if (status == OFFRAMP_OK && p.status != OFFRAMP_OK) {
    status = p.status;
    if (error) *error = p.error;
  }
  return status;
}

/* ---- facts ---- */

ofr_crew *ofr_fleet_crew(const ofr_fleet *fleet) { return fleet->crew; }

int ofr_fleet_berths(const ofr_fleet *fleet) {
  bool spare = is_auto(fleet) && fleet->members[0].backend != &ofr_backend_cpu;
  return (fleet->count + spare) * OFR_MOST_IN_FLIGHT;
}

uint32_t ofr_fleet_batch_limit(const ofr_fleet *fleet) {
  uint32_t most = 1;
  for (int i = 0; i < fleet->count; i++) {
    uint32_t limit = fleet->members[i].backend->batch_limit(fleet->members[i].device);
    most = limit > most ? limit : most;
  }
  return most;
}

uint32_t ofr_fleet_bound_limit(const ofr_fleet *fleet) {
  uint32_t most = 1;
  for (int i = 0; i < fleet->count; i++) {
    uint32_t limit = fleet->members[i].backend->bound_limit(fleet->members[i].device);
    most = limit > most ? limit : most;
  }
  return most;
}

static const member *main_member(const ofr_fleet *fleet) {
  const member *most = &fleet->members[0];
  for (int i = 1; i < fleet->count; i++)
    if (fleet->members[i].paths > most->paths) most = &fleet->members[i];
  return most;
}

const char *ofr_fleet_backend(const ofr_fleet *fleet) { return main_member(fleet)->backend->name; }

const char *ofr_fleet_device(ofr_fleet *fleet) {
  const member *most = main_member(fleet);
  const char *name = most->backend->describe(most->device);
  int alike = 0, others = 0;
  for (int i = 0; i < fleet->count; i++) {
    const member *m = &fleet->members[i];
    bool same = !strcmp(m->backend->describe(m->device), name);
    alike += same && m->paths > 0;
    others += !same && m->paths > 0;
  }
  size_t used = alike < 2 ? (size_t)snprintf(fleet->device, sizeof fleet->device, "%.190s", name)
                          : (size_t)snprintf(fleet->device, sizeof fleet->device, "%d x %.180s", alike, name);
  if (others) snprintf(fleet->device + used, sizeof fleet->device - used, " and %d other%s", others, others > 1 ? "s" : "");
  return fleet->device;
}

const char *ofr_fleet_note(const ofr_fleet *fleet) { return *fleet->note ? fleet->note : NULL; }

int ofr_fleet_kernels(const ofr_fleet *fleet, ofr_kernel_time *kernels, int most) {
  const ofr_image *im = fleet->images;
  int n = 0;
  for (int i = 0; i < fleet->count; i++) {
    ofr_kernel_facts facts[4];
    const member *m = &fleet->members[i];
    int found = m->backend->facts(m->device, facts, 4);
    for (int k = 0; k < found && k < 4 && n < most; k++)
      if (facts[k].launches > 0) { /* those of the self-test are nobody's time */
        const uint64_t paths = facts[k].paths ? facts[k].paths : m->paths;
        kernels[n++] = (ofr_kernel_time){.backend = m->backend->name, .device = m->backend->describe(m->device), .facts = facts[k],
                                         .path_months = (double)paths * im->months * im->strategies, .executed = -1,
                                         .vectors = -1};
      }
  }
  return n;
}
