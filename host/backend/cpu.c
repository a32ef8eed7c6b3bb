/* Back end `cpu`: worker threads over bundles of paths, in the best instruction-set version that this machine has. Always
 * there; the reference for all others. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../base/error.h"
#include "backend.h"
#include "cpu_bound.h"

/* A chunk is what a worker takes at a time, a batch what the caller waits for: small enough in work units (placements tried
 * for a bundle) that an interrupt is heeded and progress seen soon; large enough that handing out costs nothing. */
enum {
  CHUNK_WORK = 1 << 18, MOST_CHUNK_BUNDLES = 16,
  BATCH_WORK = 1 << 24, MOST_BATCH_BUNDLES = 2048, /* what sums of months hold, two lanes a bundle: SUM_BUNDLES_BITS */
  MEMORY_SHARE = 1 << 15 /* questions: whole shares of ceilings.h */
};
/* Compiling takes seconds, of one thread while all go on: worth it for half a minute of work to come (work units of single paths
 * for one thread), or once as much was spent on one upload after the other, for who knows how many follow. */
static const double WORTH_COMPILING = 2.5e10, SECONDS_SPENT = 20;

struct ofr_device {
  const ofr_path_version *version, *own; /* in use; the program's */
  ofr_cpu_choice choice;
  char name[128], description[256];
  ofr_open_options options;
  ofr_image *images;
  int points;
  int64_t *sums, *clamped;
  size_t sums_per_part;
  uint32_t chunk_bundles, batch_bundles;
  const ofr_batch *batch;
  ofr_cpu_bounder bounder;
  struct { uint64_t launches, paths; double seconds; } spent[2]; /* by the program's own kernel; by a compiled one */
  double probe_seconds;
};

static const ofr_path_version *const versions[] = {
#ifdef OFR_HAVE_X86_64_V4
    &ofr_path_x86_64_v4,
#endif
#ifdef OFR_HAVE_X86_64_V3
    &ofr_path_x86_64_v3,
#endif
    &ofr_path_baseline};

enum { VERSIONS = sizeof versions / sizeof *versions };

static bool runs_here(const ofr_path_version *version) {
#if defined(OFR_HAVE_X86_64_V4) || defined(OFR_HAVE_X86_64_V3)
  __builtin_cpu_init();
  bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (!strcmp(version->name, "x86_64_v3")) return v3;
  if (!strcmp(version->name, "x86_64_v4"))
    return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vl");
#endif
  return !strcmp(version->name, "baseline");
}

static const ofr_path_version *found[VERSIONS + 1]; /* those that run here, then NULL */
static pthread_once_t found_once = PTHREAD_ONCE_INIT;

static void find_versions(void) {
  int n = 0;
  for (int i = 0; i < VERSIONS; i++)
    if (runs_here(versions[i])) found[n++] = versions[i];
}

const ofr_path_version *const *ofr_cpu_versions(void) {
  pthread_once(&found_once, find_versions);
  return found;
}

const ofr_path_version *ofr_cpu_version(const char *name) {
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++)
    if (!name || !strcmp(name, (*v)->name)) return *v;
  return NULL;
}

/* The processor's name for people; "CPU" where /proc/cpuinfo does not tell. */
static void processor_name(char *name, size_t size) {
  char line[256];
  snprintf(name, size, "CPU");
  FILE *file = fopen("/proc/cpuinfo", "r");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) || !colon) continue;
    colon[strcspn(colon, "\n")] = 0;
    snprintf(name, size, "%s", colon + 1 + strspn(colon + 1, " "));
    break;
  }
  fclose(file);
}

static int list(ofr_device_info *devices, int most) {
  if (most < 1) return 1;
  ofr_device_info *d = &devices[0];
  memset(d, 0, sizeof *d);
  d->backend = "cpu";
  d->usable = true;
  processor_name(d->name, sizeof d->name);
  size_t used = 0;
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v && used < sizeof d->detail; v++)
    used += (size_t)snprintf(d->detail + used, sizeof d->detail - used, "%s%s (%d lanes)", used ? ", " : "", (*v)->name,
                             (*v)->lanes);
  return 1;
}

static const char *describe(const ofr_device *device) { return device->description; }

static void close_device(ofr_device *device) {
  if (!device) return;
  free(device->images);
  free(device->sums);
  free(device->clamped);
  ofr_cpu_choice_free(&device->choice);
  ofr_cpu_bounder_free(&device->bounder);
  free(device);
}

static void describe_version(ofr_device *d) {
  snprintf(d->description, sizeof d->description, "%s, %s%s%s", d->name, d->own->name, d->choice.kernel ? ", compiled by " : "",
           d->choice.kernel ? ofr_cpu_kernel_compiler(d->choice.kernel) : "");
}

static offramp_status open_device(const ofr_open_options *options, ofr_device **device, offramp_error *error) {
  const ofr_path_version *version = ofr_cpu_version(options->isa);
  *device = NULL;
  if (!version)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, "cpu",
                    "instruction-set version '%s' is not in this program or not in this processor: `offramp devices` lists those "
                    "that are", options->isa);
  *device = calloc(1, sizeof **device);
  if (!*device) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "cpu", "out of memory: close other programs");
  processor_name((*device)->name, sizeof (*device)->name);
  (*device)->version = (*device)->own = version;
  (*device)->options = *options;
  describe_version(*device);
  return OFFRAMP_OK;
}

static bool pays(const ofr_device *d, const ofr_image *im, int points) {
  double work = (double)im->months * im->strategies * im->workloads * im->slots * points * (double)d->options.paths;
  return work > WORTH_COMPILING * ofr_crew_size(d->options.crew) || d->spent[0].seconds > SECONDS_SPENT;
}

static void use_choice(ofr_device *d) {
  d->version = d->choice.kernel ? ofr_cpu_kernel_table(d->choice.kernel) : d->own;
  describe_version(d);
}

static offramp_status choose_kernel(ofr_device *d, const ofr_image *im, int points, offramp_error *error) {
  const char *why_not = ofr_cpu_choose(&d->choice, &d->options, &ofr_cpu_path_text, im, d->own, pays(d, im, points));
  use_choice(d);
  if (d->options.stop && *d->options.stop) return ofr_fail(error, OFFRAMP_INTERRUPTED, "cpu", "interrupted");
  if (!why_not) return OFFRAMP_OK;
  return ofr_fail(error, OFFRAMP_ERR_DEVICE, "cpu", "no kernel was compiled for this plan: %s, or use --kernel own", why_not);
}

static uint32_t clamp(uint64_t x, uint32_t least, uint32_t most) { return x < least ? least : x > most ? most : (uint32_t)x; }

static void size_batches(ofr_device *device, const ofr_image *image) {
  uint64_t work = (uint64_t)image->months * (uint64_t)image->strategies * (uint64_t)image->workloads * (uint64_t)image->slots;
  device->chunk_bundles = clamp(CHUNK_WORK / work, 1, MOST_CHUNK_BUNDLES);
  device->batch_bundles = clamp(BATCH_WORK / work, 4 * (uint32_t)ofr_crew_size(device->options.crew), MOST_BATCH_BUNDLES);
}

static offramp_status upload(ofr_device *device, const ofr_image *images, int points, offramp_error *error) {
  size_t parts = (size_t)ofr_crew_size(device->options.crew) * (size_t)points, bytes = (size_t)images->bytes * (size_t)points;
  offramp_status status = choose_kernel(device, images, points, error);
  if (status != OFFRAMP_OK) return status;
  free(device->images);
  free(device->sums);
  free(device->clamped);
  device->points = points;
  size_batches(device, images);
  device->sums_per_part = (size_t)MONTH_ROWS(images) * (size_t)device->version->sums;
  device->images = aligned_alloc(64, bytes);
  device->sums = calloc(parts * device->sums_per_part, sizeof *device->sums);
  device->clamped = calloc(parts * (size_t)device->version->sums, sizeof *device->clamped);
  if (!device->images || !device->sums || !device->clamped)
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "cpu", "out of memory for %d points: close other programs or use fewer", points);
  memcpy(device->images, images, bytes);
  return OFFRAMP_OK;
}

static uint32_t batch_limit(const ofr_device *device) { return device->batch_bundles * (uint32_t)device->version->lanes; }

/* The work is done when it is collected, by the threads that wait for it. */
static offramp_status submit(ofr_device *device, ofr_batch *batch, offramp_error *error) {
  (void)device;
  (void)batch;
  (void)error;
  return OFFRAMP_OK;
}

static const ofr_image *image_of(const ofr_device *device, int point) {
  return (const ofr_image *)((const char *)device->images + (size_t)point * device->images->bytes);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* One chunk of one point: the crew hands them out, each worker adds to sums of its own. */
static void chunk(void *context, int worker, uint64_t index) {
  ofr_device *device = context;
  const ofr_batch *batch = device->batch;
  const ofr_image *image = image_of(device, 0);
  uint32_t size = device->chunk_bundles * (uint32_t)device->version->lanes;
  uint32_t chunks = (batch->paths + size - 1) / size;
  int point = (int)(index / chunks);
  uint32_t first = (uint32_t)(index % chunks) * size, left = batch->paths - first;
  size_t rows = (size_t)point * (size_t)image->strategies, months = (size_t)point * MONTH_ROWS(image);
  size_t part = (size_t)worker * (size_t)device->points + (size_t)point;
  int columns = COLUMNS(image);
  ofr_job job = {.path_low = (uint32_t)batch->first_path,
                 .path_high = (uint32_t)(batch->first_path >> 32),
                 .paths = batch->paths,
                 .points = 1,
                 .band_paths = batch->band_paths,
                 .with_sums = batch->with_sums,
                 .future_stride = batch->future_stride};
  ofr_outputs outputs = {
      .columns = batch->columns + rows * (size_t)columns * batch->stride + batch->offset,
      .bands = batch->bands ? batch->bands + months * batch->band_stride + batch->band_offset : NULL,
      .sums = device->sums + part * device->sums_per_part,
      .clamped = device->clamped + part * (size_t)device->version->sums,
      .futures = batch->futures};
  job.stride = (uint32_t)batch->stride;
  job.band_stride = (uint32_t)batch->band_stride;
  device->version->paths(image_of(device, point), &job, &outputs, first, left < size ? left : size);
}

static offramp_status collect(ofr_device *device, ofr_batch *batch, offramp_error *error) {
  size_t parts = (size_t)ofr_crew_size(device->options.crew) * (size_t)device->points;
  uint32_t size = device->chunk_bundles * (uint32_t)device->version->lanes;
  uint64_t chunks = (batch->paths + size - 1) / size;
  if (ofr_cpu_choice_ripens(&device->choice, &device->options, &ofr_cpu_path_text, device->own)) use_choice(device);
  const bool compiled = device->choice.kernel != NULL;
  double began = now();
  device->batch = batch;
  if (batch->with_sums) memset(device->sums, 0, parts * device->sums_per_part * sizeof *device->sums);
  memset(device->clamped, 0, parts * (size_t)device->version->sums * sizeof *device->clamped);
  if (!ofr_crew_run(device->options.crew, chunks * (uint64_t)device->points, chunk, device, device->options.stop))
    return ofr_fail(error, OFFRAMP_INTERRUPTED, "cpu", "interrupted");
  device->spent[compiled].launches++;
  device->spent[compiled].paths += batch->paths;
  device->spent[compiled].seconds += now() - began;
  batch->sums = device->sums;
  batch->clamped = device->clamped;
  batch->sum_parts = ofr_crew_size(device->options.crew);
  batch->sum_lanes = device->version->sums;
  return OFFRAMP_OK;
}

typedef struct asked { const ofr_device *device; int kind; const uint32_t *questions; uint32_t *answers; uint32_t n, share; } asked;

static void ask_some(void *context, int worker, uint64_t index) {
  const asked *x = context;
  uint64_t first = index * x->share, left = x->n - first;
  (void)worker;
  x->device->version->probe(x->kind, x->questions + 6 * first, x->answers + 4 * first, left < x->share ? (uint32_t)left : x->share);
}

/* Ceilings are those of all threads: as many questions as there are, and memory in shares that a thread reads at a time. */
static offramp_status probe(ofr_device *device, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  asked x = {device, kind, questions, answers, n, kind == PROBE_MEMORY ? MEMORY_SHARE : kind >= PROBE_MULTIPLY_ADDS ? 1 : n};
  double began = now();
  (void)error;
  if (x.share == n || !device->options.crew) device->version->probe(kind, questions, answers, n);
  else ofr_crew_run(device->options.crew, (n + x.share - 1) / x.share, ask_some, &x, NULL);
  device->probe_seconds += now() - began;
  return OFFRAMP_OK;
}

static offramp_status bound(ofr_device *d, const ofr_bound_batch *batch, offramp_error *error) {
  return ofr_cpu_bound(&d->bounder, &d->options, d->own, batch, error);
}

static uint32_t bound_limit(const ofr_device *d) { return ofr_cpu_bound_limit(d->options.crew); }

static int facts(const ofr_device *d, ofr_kernel_facts *kernels, int most) {
  const ofr_kernel_facts unknown = {.registers = -1, .spilled = -1, .shared = -1, .occupancy = -1, .instructions = -1,
                                    .groups = (uint32_t)ofr_crew_size(d->options.crew), .group = (uint32_t)d->version->lanes};
  static const char *const names[] = {"paths", "compiled", "probe"};
  for (int i = 0; i < 3 && i < most; i++) {
    kernels[i] = unknown;
    snprintf(kernels[i].name, sizeof kernels[i].name, "%s", names[i]);
    kernels[i].seconds = i < 2 ? d->spent[i].seconds : d->probe_seconds;
    if (i == 2) continue;
    kernels[i].launches = d->spent[i].launches;
    kernels[i].paths = d->spent[i].paths;
    kernels[i].code = i ? NULL : d->own;
  }
  return 3;
}

static int shapes(const ofr_device *d) { (void)d; return 1; }

static void reshape(ofr_device *d, int shape) { (void)d; (void)shape; }

static const char *kernel(const ofr_device *d) { return d->choice.kernel ? ofr_cpu_kernel_key(d->choice.kernel) : ""; }

static void fill(const ofr_device *d, uint32_t *questions, int *lanes) {
  *questions = (uint32_t)ofr_crew_size(d->options.crew);
  *lanes = d->version->lanes;
}

const ofr_backend ofr_backend_cpu = {"cpu",   1,      describe, list,    open_device, upload, batch_limit, shapes,
                                     reshape, kernel, submit,   collect, probe,       bound,  bound_limit, fill,    facts,       close_device};
