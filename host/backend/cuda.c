/* Back end `cuda`: NVIDIA GPUs. A batch goes through the device in slices, a few of them in flight, each with a stream of its
 * own: while one is computed, another travels home and a third is put where the caller wants it. The slices of the next batch
 * follow at the heels of the last one's, so that the device does not wait for the host between two. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "backend.h"
#include "cuda_bound.h"

enum {
  MOST_DEVICES = 32,
  SLOTS = 3,                /* slices in flight */
  SLICES = 32,              /* in a batch, at most */
  SLICE_BYTES = 32 << 20    /* what is pinned for a slice, unless one round of all threads takes more */
};

/* Where a slice lives while it is under way. */
typedef struct slot {
  ofr_cuda_stream stream;
  ofr_cuda_event begun, ended, done; /* the kernel, where it is timed; the slice */
  ofr_cuda_memory columns;  /* [rows x paths of the slice] */
  int64_t *home;            /* the same, pinned */
} slot;

typedef struct buffer { ofr_cuda_memory memory; uint64_t size; } buffer;

/* A batch between submit and collect. */
typedef struct flight {
  ofr_batch *batch;
  uint32_t slice;           /* paths of its slices */
  uint32_t slices, started, finished;
  ofr_cuda_event ready;     /* its sums are zero */
  buffer bands, sums, clamped, futures;
  int64_t *host_sums, *host_clamped;
} flight;

struct ofr_device {
  const ofr_cuda *cuda;
  ofr_cuda_device about;
  ofr_open_options options;
  char description[192];
  ofr_cuda_context context;
  ofr_cuda_kernel kernel;
  char *module_shape;       /* what it was compiled for */
  bool module_alone;
  ofr_cuda_function paths, probe;
  ofr_cuda_stream aside;    /* zeroes what is new, brings home what is done: waits for no kernel */
  slot slots[SLOTS];
  uint64_t slot_size;       /* bytes */
  uint64_t started, finished; /* slices, ever */
  flight flights[OFR_MOST_IN_FLIGHT];
  int first, flying;        /* the oldest flight, and how many there are */
  /* since upload */
  ofr_image shape;          /* the header of the images, for dimensions */
  int points;
  uint32_t blocks_of_unit;  /* at most, by what the kernel takes */
  uint32_t blocks;          /* of a grid that fills the device */
  uint32_t slice, batch_limit; /* paths */
  ofr_cuda_memory images;
  ofr_cuda_bounder *bounder; /* NULL until it is asked for */
  uint64_t launches;
  uint32_t largest_grid;
  double seconds, probe_seconds;
};

static offramp_status failed(const ofr_device *d, const char *call, ofr_cuda_code code, offramp_error *error) {
  return ofr_cuda_fail(error, d->about.info.name, call, code);
}

#define TRY(call, ...)                                                                                                         \
  do {                                                                                                                         \
    ofr_cuda_code code_ = d->cuda->call(__VA_ARGS__);                                                                          \
    if (code_ != OFR_CUDA_OK) return failed(d, "cu" #call, code_, error);                                                      \
  } while (0)

static offramp_status out_of_memory(const ofr_device *d, offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, d->about.info.name, "out of memory: close other programs or lower --batch");
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static int list(ofr_device_info *devices, int most) {
  ofr_cuda_device found[MOST_DEVICES];
  int n = ofr_cuda_devices(found, MOST_DEVICES);
  if (n > MOST_DEVICES) n = MOST_DEVICES;
  for (int i = 0; i < n && i < most; i++) devices[i] = found[i].info;
  return n;
}

static const char *describe(const ofr_device *d) { return d->description; }

/* ---- memory ---- */

static void release_buffer(const ofr_device *d, buffer *b) {
  if (b->memory) d->cuda->MemFree(b->memory);
  *b = (buffer){0};
}

/* At least `size` bytes; what was in it is lost when it has to grow. */
static offramp_status make_room(const ofr_device *d, buffer *b, uint64_t size, offramp_error *error) {
  if (b->memory && b->size >= size) return OFFRAMP_OK;
  release_buffer(d, b);
  TRY(MemAlloc, &b->memory, size ? (size_t)size : 1);
  b->size = size;
  return OFFRAMP_OK;
}

static void release_slots(ofr_device *d) {
  for (int i = 0; i < SLOTS; i++) {
    if (d->slots[i].columns) d->cuda->MemFree(d->slots[i].columns);
    if (d->slots[i].home) d->cuda->MemFreeHost(d->slots[i].home);
    d->slots[i].columns = 0;
    d->slots[i].home = NULL;
  }
  d->slot_size = 0;
}

static ofr_cuda_code grow_slots(ofr_device *d, uint64_t size, const char **call) {
  ofr_cuda_code code = OFR_CUDA_OK;
  if (d->slot_size >= size) return code;
  release_slots(d);
  for (int i = 0; i < SLOTS && code == OFR_CUDA_OK; i++) {
    void *home = NULL;
    *call = "cuMemAlloc";
    code = d->cuda->MemAlloc(&d->slots[i].columns, (size_t)size);
    if (code != OFR_CUDA_OK) break;
    *call = "cuMemAllocHost";
    code = d->cuda->MemAllocHost(&home, (size_t)size);
    d->slots[i].home = home;
  }
  if (code == OFR_CUDA_OK) d->slot_size = size;
  else release_slots(d);
  return code;
}

static void release_upload(ofr_device *d) {
  if (d->images) d->cuda->MemFree(d->images);
  d->images = 0;
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    flight *f = &d->flights[i];
    release_buffer(d, &f->bands);
    release_buffer(d, &f->sums);
    release_buffer(d, &f->clamped);
    release_buffer(d, &f->futures);
    free(f->host_sums);
    free(f->host_clamped);
    f->host_sums = f->host_clamped = NULL;
  }
  release_slots(d);
}

/* ---- opening and closing ---- */

static void release_module(ofr_device *d) {
  if (d->kernel.module) d->cuda->ModuleUnload(d->kernel.module);
  free(d->module_shape);
  d->kernel.module = NULL;
  d->module_shape = NULL;
  d->paths = d->probe = NULL;
}

/* Nothing is under way any more, and nothing will be collected. */
static void abandon(ofr_device *d) {
  for (int i = 0; i < SLOTS; i++)
    if (d->slots[i].stream) d->cuda->StreamSynchronize(d->slots[i].stream);
  if (d->aside) d->cuda->StreamSynchronize(d->aside);
  d->flying = 0;
  d->finished = d->started;
}

static void destroy_events(ofr_device *d) {
  for (int i = 0; i < SLOTS; i++) {
    const ofr_cuda_event events[] = {d->slots[i].begun, d->slots[i].ended, d->slots[i].done};
    for (int j = 0; j < 3; j++)
      if (events[j]) d->cuda->EventDestroy(events[j]);
    if (d->slots[i].stream) d->cuda->StreamDestroy(d->slots[i].stream);
  }
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++)
    if (d->flights[i].ready) d->cuda->EventDestroy(d->flights[i].ready);
  if (d->aside) d->cuda->StreamDestroy(d->aside);
}

static void close_device(ofr_device *d) {
  if (!d) return;
  if (d->context) {
    d->cuda->CtxSetCurrent(d->context);
    abandon(d);
    release_upload(d);
    ofr_cuda_bounder_free(d->bounder);
    release_module(d);
    destroy_events(d);
    d->cuda->DevicePrimaryCtxRelease(d->about.id);
  }
  free(d);
}

/* Where the kernel looks for its image in constant memory; false where the driver does not show that variable. */
static bool finds_its_image(const ofr_device *d) {
  ofr_cuda_memory memory;
  size_t bytes;
  return !d->kernel.constant || d->cuda->ModuleGetGlobal(&memory, &bytes, d->kernel.module, "offramp_image") != OFR_CUDA_NOT_FOUND;
}

/* `image` and `shape` are a plan's, or NULL and "" for what can be probed without one. A plan that differs in numbers only finds
 * its kernel there. */
static offramp_status load_module(ofr_device *d, const ofr_image *image, const char *shape, int points, offramp_error *error) {
  ofr_cuda_build build = {&d->about, image, shape, ofr_kernel_text_cuda, points == 1, &d->options};
  if (d->module_shape && !strcmp(d->module_shape, shape) && d->module_alone == build.alone) return OFFRAMP_OK;
  release_module(d);
  d->module_alone = build.alone;
  offramp_status status = ofr_cuda_kernel_make(&build, &d->kernel, error);
  if (status == OFFRAMP_OK && !finds_its_image(d)) {
    release_module(d);
    build.alone = false;
    status = ofr_cuda_kernel_make(&build, &d->kernel, error);
  }
  if (status != OFFRAMP_OK) return status;
  TRY(ModuleGetFunction, &d->probe, d->kernel.module, "offramp_probe");
  if (image) TRY(ModuleGetFunction, &d->paths, d->kernel.module, "offramp_paths");
  d->module_shape = strdup(shape); /* without it the next upload compiles anew */
  return OFFRAMP_OK;
}

static offramp_status find_device(ofr_device *d, offramp_error *error) {
  ofr_cuda_device found[MOST_DEVICES];
  int n = ofr_cuda_devices(found, MOST_DEVICES), i = d->options.device;
  if (i < 0 || i >= n || i >= MOST_DEVICES)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, "cuda", "there is no cuda device %d: see `offramp devices`", i);
  d->about = found[i];
  d->cuda = ofr_cuda_load();
  if (!d->about.info.usable)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, d->about.info.name, "the device cannot be used: %s; use --backend cpu",
                    d->about.info.why_not);
  snprintf(d->description, sizeof d->description, "%.127s, CUDA, compute capability %d.%d", d->about.info.name,
           d->about.capability / 10, d->about.capability % 10);
  return OFFRAMP_OK;
}

static offramp_status open_streams(ofr_device *d, offramp_error *error) {
  const unsigned flags = OFR_CUDA_EVENT_BLOCKING_SYNC | OFR_CUDA_EVENT_NO_TIMING;
  TRY(DevicePrimaryCtxRetain, &d->context, d->about.id);
  TRY(CtxSetCurrent, d->context);
  TRY(StreamCreate, &d->aside, OFR_CUDA_STREAM_NON_BLOCKING);
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) TRY(EventCreate, &d->flights[i].ready, flags);
  for (int i = 0; i < SLOTS; i++) {
    TRY(StreamCreate, &d->slots[i].stream, OFR_CUDA_STREAM_NON_BLOCKING);
    TRY(EventCreate, &d->slots[i].done, flags);
    if (!d->options.profile) continue;
    TRY(EventCreate, &d->slots[i].begun, OFR_CUDA_EVENT_BLOCKING_SYNC);
    TRY(EventCreate, &d->slots[i].ended, OFR_CUDA_EVENT_BLOCKING_SYNC);
  }
  return OFFRAMP_OK;
}

static offramp_status open_device(const ofr_open_options *options, ofr_device **device, offramp_error *error) {
  ofr_device *d = calloc(1, sizeof *d);
  *device = NULL;
  if (!d) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "cuda", "out of memory: close other programs");
  d->options = *options;
  offramp_status status = find_device(d, error);
  if (status == OFFRAMP_OK) status = open_streams(d, error);
  if (status == OFFRAMP_OK) status = load_module(d, NULL, "", 0, error);
  if (status == OFFRAMP_OK) *device = d;
  else close_device(d);
  return status;
}

/* ---- sizes ---- */

static uint64_t column_rows(const ofr_device *d) {
  const ofr_image *im = &d->shape;
  return (uint64_t)d->points * (uint64_t)im->strategies * (uint64_t)COLUMNS(im);
}

static uint64_t series_rows(const ofr_device *d) {
  const ofr_image *im = &d->shape;
  return (uint64_t)d->points * (uint64_t)im->strategies * (uint64_t)im->months * (uint64_t)SERIES(im);
}

static uint64_t whole_parts(uint64_t paths) {
  return paths > OFR_CUDA_PART ? paths - paths % OFR_CUDA_PART : OFR_CUDA_PART;
}

/* Paths of a slice: whole rounds of all threads, of at most SLICE_BYTES, that end within a tenth of a second or so: by the
 * steps of the merit order, which take most of the time. A run can stop only between two slices. */
static uint32_t choose_slice(const ofr_device *d) {
  const ofr_image *im = &d->shape;
  uint64_t slots = (uint64_t)im->slots + 8, round = (uint64_t)d->blocks * OFR_CUDA_GROUP / (uint64_t)d->points;
  uint64_t rows = (uint64_t)d->points * (uint64_t)im->strategies * (uint64_t)im->months;
  uint64_t steps = rows * (uint64_t)(im->workloads + 1) * slots * slots;
  uint64_t paths = least(((uint64_t)d->about.units << 31) / steps, SLICE_BYTES / (column_rows(d) * sizeof(int64_t)));
  paths = paths > round ? paths - paths % (round ? round : 1) : round;
  paths = least(paths, ((uint64_t)1 << 30) / (uint64_t)d->points); /* the kernel counts in 32 bits */
  return (uint32_t)whole_parts(paths);
}

/* As many slices as leave the months' sums an eighth of the memory. */
static uint32_t choose_batch_limit(const ofr_device *d) {
  uint64_t most = d->about.memory / 8 / (series_rows(d) * sizeof(int64_t)) * OFR_CUDA_PART;
  uint64_t paths = least(least((uint64_t)d->slice * SLICES, (uint64_t)1 << 30), most);
  return (uint32_t)(paths > d->slice ? paths - paths % d->slice : whole_parts(paths));
}

static uint32_t batch_limit(const ofr_device *d) { return d->batch_limit; }

/* Every grid from what fills the device down to a quarter of it: fewer threads leave each more of the cache. */
static int shapes(const ofr_device *d) { return d->blocks_of_unit < 4 ? (int)d->blocks_of_unit : 4; }

static void reshape(ofr_device *d, int shape) {
  uint32_t units = d->about.units > 0 ? (uint32_t)d->about.units : 1;
  d->blocks = (d->blocks_of_unit - (d->blocks_of_unit * (uint32_t)shape + 3) / 4) * units;
  d->slice = choose_slice(d);
  d->batch_limit = choose_batch_limit(d);
}

static const char *kernel(const ofr_device *d) { return d->kernel.key; }

/* Into constant memory where the kernel looks for them there. */
static offramp_status put_images(ofr_device *d, const ofr_image *images, offramp_error *error) {
  size_t bytes = (size_t)images->bytes * (size_t)d->points, room = 0;
  ofr_cuda_memory to = 0;
  if (d->kernel.constant) TRY(ModuleGetGlobal, &to, &room, d->kernel.module, "offramp_image");
  if (d->kernel.constant && room < bytes)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, d->about.info.name, "the compiled kernel is not this plan's: clear the cache folder");
  if (!d->kernel.constant) TRY(MemAlloc, &d->images, bytes);
  TRY(MemcpyHtoD, d->kernel.constant ? to : d->images, images, bytes);
  return OFFRAMP_OK;
}

static offramp_status upload(ofr_device *d, const ofr_image *images, int points, offramp_error *error) {
  char *shape = ofr_image_shape_text(images);
  int blocks = 0;
  if (!shape) return out_of_memory(d, error);
  d->cuda->CtxSetCurrent(d->context);
  release_upload(d);
  offramp_status status = load_module(d, images, shape, points, error);
  free(shape);
  if (status != OFFRAMP_OK) return status;
  TRY(OccupancyMaxActiveBlocksPerMultiprocessor, &blocks, d->paths, OFR_CUDA_GROUP, 0);
  d->shape = *images;
  d->points = points;
  d->blocks_of_unit = blocks > 0 ? (uint32_t)blocks : 1;
  d->launches = d->largest_grid = 0;
  d->seconds = 0;
  reshape(d, 0);
  return put_images(d, images, error);
}

/* ---- batches ---- */

static uint64_t parts_of(uint64_t paths) { return (paths + OFR_CUDA_PART - 1) / OFR_CUDA_PART; }

static uint32_t paths_of(const flight *f, uint32_t slice) {
  return (uint32_t)least(f->slice, f->batch->paths - (uint64_t)slice * f->slice);
}

static ofr_job job_of(const ofr_device *d, const flight *f, uint32_t slice) {
  const ofr_batch *batch = f->batch;
  uint32_t done = slice * f->slice, paths = paths_of(f, slice);
  uint64_t first = batch->first_path + done;
  uint32_t bands = batch->with_sums && batch->band_paths > done ? batch->band_paths - done : 0;
  return (ofr_job){.path_low = (uint32_t)first,
                   .path_high = (uint32_t)(first >> 32),
                   .paths = paths,
                   .points = (uint32_t)d->points,
                   .image_words = d->shape.bytes / 4,
                   .stride = paths,
                   .band_paths = bands < paths ? bands : paths,
                   .band_stride = batch->band_paths,
                   .band_offset = done,
                   .with_sums = batch->with_sums,
                   .future_stride = batch->future_stride};
}

static offramp_status launch(ofr_device *d, const slot *at, uint32_t blocks, void **arguments, offramp_error *error) {
  if (at->begun) TRY(EventRecord, at->begun, at->stream);
  TRY(LaunchKernel, d->paths, blocks, 1, 1, OFR_CUDA_GROUP, 1, 1, 0, at->stream, arguments, NULL);
  if (at->ended) TRY(EventRecord, at->ended, at->stream);
  d->launches++;
  if (blocks > d->largest_grid) d->largest_grid = blocks;
  return OFFRAMP_OK;
}

/* Computes a slice and sends its columns home, in the slot that is its turn and must be free. */
static offramp_status start_slice(ofr_device *d, flight *f, offramp_error *error) {
  uint32_t slice = f->started++;
  slot *at = &d->slots[d->started++ % SLOTS];
  ofr_job job = job_of(d, f, slice);
  uint64_t threads = (job.paths + 31) / 32 * 32 * (uint64_t)job.points, part = (uint64_t)slice * f->slice / OFR_CUDA_PART;
  uint32_t blocks = (uint32_t)least(d->blocks, (threads + OFR_CUDA_GROUP - 1) / OFR_CUDA_GROUP);
  ofr_cuda_memory sums = f->sums.memory + part * series_rows(d) * sizeof(int64_t);
  ofr_cuda_memory clamped = f->clamped.memory + part * (uint64_t)d->points * sizeof(int64_t);
  ofr_cuda_memory futures = f->futures.memory + (uint64_t)slice * f->slice * sizeof(float);
  void *arguments[] = {&d->images, &job, &at->columns, &f->bands.memory, &sums, &clamped, &futures};
  job.workers = blocks * OFR_CUDA_GROUP;
  TRY(StreamWaitEvent, at->stream, f->ready, 0);
  offramp_status status = launch(d, at, blocks, arguments, error);
  if (status != OFFRAMP_OK) return status;
  TRY(MemcpyDtoHAsync, at->home, at->columns, (size_t)(column_rows(d) * job.paths) * sizeof(int64_t), at->stream);
  TRY(EventRecord, at->done, at->stream);
  return OFFRAMP_OK;
}

/* As many slices as there are slots, of the oldest batch first. */
static offramp_status start_slices(ofr_device *d, offramp_error *error) {
  offramp_status status = OFFRAMP_OK;
  for (int i = 0; i < d->flying; i++) {
    flight *f = &d->flights[(d->first + i) % OFR_MOST_IN_FLIGHT];
    while (f->started < f->slices && d->started - d->finished < SLOTS && status == OFFRAMP_OK) status = start_slice(d, f, error);
  }
  return status;
}

/* A slice's rows, on their way from pinned memory to the caller's. */
typedef struct delivery { const int64_t *from; int64_t *to; uint64_t stride; uint32_t paths; } delivery;

static void deliver_row(void *context, int worker, uint64_t row) {
  const delivery *x = context;
  (void)worker;
  memcpy(x->to + row * x->stride, x->from + row * x->paths, x->paths * sizeof *x->to);
}

static offramp_status time_kernel(ofr_device *d, const slot *at, offramp_error *error) {
  float milliseconds = 0;
  TRY(EventElapsedTime, &milliseconds, at->begun, at->ended);
  d->seconds += 1e-3 * (double)milliseconds;
  return OFFRAMP_OK;
}

static offramp_status finish_slice(ofr_device *d, flight *f, offramp_error *error) {
  const slot *at = &d->slots[d->finished++ % SLOTS];
  uint32_t slice = f->finished++;
  const ofr_batch *batch = f->batch;
  delivery x = {at->home, batch->columns + batch->offset + (uint64_t)slice * f->slice, batch->stride, paths_of(f, slice)};
  TRY(EventSynchronize, at->done);
  if (at->begun && time_kernel(d, at, error) != OFFRAMP_OK) return error ? error->status : OFFRAMP_ERR_DEVICE;
  if (d->options.crew) ofr_crew_run(d->options.crew, column_rows(d), deliver_row, &x, NULL);
  else for (uint64_t row = 0; row < column_rows(d); row++) deliver_row(&x, 0, row);
  if (d->options.stop && *d->options.stop) return ofr_fail(error, OFFRAMP_INTERRUPTED, "cuda", "interrupted");
  return OFFRAMP_OK;
}

/* Slots grow only while they are empty. */
static offramp_status finish_all_slices(ofr_device *d, offramp_error *error) {
  offramp_status status = OFFRAMP_OK;
  for (int i = 0; i < d->flying; i++) {
    flight *f = &d->flights[(d->first + i) % OFR_MOST_IN_FLIGHT];
    while (f->finished < f->slices && status == OFFRAMP_OK) {
      status = finish_slice(d, f, error);
      if (status == OFFRAMP_OK) status = start_slices(d, error);
    }
  }
  return status;
}

/* Room for the slices in flight. Where it is not to be had, smaller slices may do. */
static offramp_status make_slots(ofr_device *d, const ofr_batch *batch, offramp_error *error) {
  ofr_cuda_code code;
  const char *call = "";
  uint64_t row = column_rows(d) * sizeof(int64_t);
  if (d->slot_size >= least(d->slice, batch->paths) * row) return OFFRAMP_OK;
  offramp_status status = finish_all_slices(d, error);
  if (status != OFFRAMP_OK) return status;
  for (;;) {
    code = grow_slots(d, least(d->slice, batch->paths) * row, &call);
    if (code != OFR_CUDA_OUT_OF_MEMORY || d->slice <= OFR_CUDA_PART) break;
    d->slice = (uint32_t)whole_parts(d->slice / 2);
  }
  return code == OFR_CUDA_OK ? OFFRAMP_OK : failed(d, call, code, error);
}

static offramp_status make_memory(ofr_device *d, flight *f, offramp_error *error) {
  const ofr_batch *batch = f->batch;
  uint64_t parts = parts_of(batch->paths), clamped = parts * (uint64_t)d->points, sums = parts * series_rows(d);
  offramp_status status = make_room(d, &f->clamped, clamped * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums) status = make_room(d, &f->sums, sums * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums && batch->band_paths)
    status = make_room(d, &f->bands, series_rows(d) * batch->band_paths * sizeof(int64_t), error);
  if (status == OFFRAMP_OK) status = make_slots(d, batch, error);
  return status;
}

/* The paths of the batch as they were given, where they were. */
static offramp_status send_futures(ofr_device *d, flight *f, offramp_error *error) {
  uint64_t bytes = ((uint64_t)d->shape.months * (uint64_t)d->shape.futures * f->batch->future_stride + 32) * sizeof(float);
  if (d->shape.futures == 0) return OFFRAMP_OK;
  offramp_status status = make_room(d, &f->futures, bytes, error);
  if (status != OFFRAMP_OK) return status;
  TRY(MemcpyHtoD, f->futures.memory, f->batch->futures, (size_t)bytes);
  return OFFRAMP_OK;
}

static offramp_status zero_sums(ofr_device *d, flight *f, offramp_error *error) {
  uint64_t parts = parts_of(f->batch->paths);
  TRY(MemsetD8Async, f->clamped.memory, 0, (size_t)(parts * (uint64_t)d->points) * sizeof(int64_t), d->aside);
  if (f->batch->with_sums) TRY(MemsetD8Async, f->sums.memory, 0, (size_t)(parts * series_rows(d)) * sizeof(int64_t), d->aside);
  TRY(EventRecord, f->ready, d->aside);
  return OFFRAMP_OK;
}

static offramp_status submit(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  flight *f = &d->flights[(d->first + d->flying) % OFR_MOST_IN_FLIGHT];
  f->batch = batch;
  f->started = f->finished = 0;
  d->cuda->CtxSetCurrent(d->context);
  offramp_status status = make_memory(d, f, error);
  if (status == OFFRAMP_OK) status = send_futures(d, f, error);
  if (status == OFFRAMP_OK) status = zero_sums(d, f, error);
  if (status == OFFRAMP_OK) {
    f->slice = d->slice;
    f->slices = (batch->paths + f->slice - 1) / f->slice;
    d->flying++;
    status = start_slices(d, error);
  }
  if (status != OFFRAMP_OK) abandon(d);
  return status;
}

static offramp_status fetch_bands(ofr_device *d, const flight *f, offramp_error *error) {
  const ofr_batch *batch = f->batch;
  const ofr_cuda_rectangle what = {.from_kind = OFR_CUDA_ON_DEVICE,
                                   .from_device = f->bands.memory,
                                   .from_pitch = batch->band_paths * sizeof(int64_t),
                                   .to_kind = OFR_CUDA_ON_HOST,
                                   .to_host = batch->bands + batch->band_offset,
                                   .to_pitch = (size_t)batch->band_stride * sizeof(int64_t),
                                   .width = batch->band_paths * sizeof(int64_t),
                                   .height = (size_t)series_rows(d)};
  TRY(Memcpy2DAsync, &what, d->aside);
  return OFFRAMP_OK;
}

static offramp_status fetch(ofr_device *d, const buffer *b, uint64_t count, int64_t **to, offramp_error *error) {
  free(*to);
  *to = malloc((size_t)count * sizeof **to);
  if (!*to) return out_of_memory(d, error);
  TRY(MemcpyDtoHAsync, *to, b->memory, (size_t)count * sizeof **to, d->aside);
  return OFFRAMP_OK;
}

static offramp_status fetch_sums(ofr_device *d, flight *f, offramp_error *error) {
  ofr_batch *batch = f->batch;
  uint64_t parts = parts_of(batch->paths);
  offramp_status status = fetch(d, &f->clamped, parts * (uint64_t)d->points, &f->host_clamped, error);
  if (status == OFFRAMP_OK && batch->with_sums) status = fetch(d, &f->sums, parts * series_rows(d), &f->host_sums, error);
  if (status == OFFRAMP_OK && batch->with_sums && batch->band_paths) status = fetch_bands(d, f, error);
  if (status != OFFRAMP_OK) return status;
  TRY(StreamSynchronize, d->aside);
  batch->sums = f->host_sums;
  batch->clamped = f->host_clamped;
  batch->sum_parts = (int)parts;
  batch->sum_lanes = 1;
  return OFFRAMP_OK;
}

static offramp_status collect(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  flight *f = &d->flights[d->first];
  offramp_status status = OFFRAMP_OK;
  (void)batch; /* the oldest one */
  d->cuda->CtxSetCurrent(d->context);
  while (f->finished < f->slices && status == OFFRAMP_OK) {
    status = finish_slice(d, f, error);
    if (status == OFFRAMP_OK) status = start_slices(d, error);
  }
  if (status == OFFRAMP_OK) status = fetch_sums(d, f, error);
  if (status != OFFRAMP_OK) {
    abandon(d);
    return status;
  }
  d->first = (d->first + 1) % OFR_MOST_IN_FLIGHT;
  d->flying--;
  return OFFRAMP_OK;
}

/* ---- probe ---- */

static offramp_status ask(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                          const buffer *asked, const buffer *answered, offramp_error *error) {
  void *arguments[] = {&kind, (void *)(uintptr_t)&asked->memory, (void *)(uintptr_t)&answered->memory, &n};
  const slot *at = &d->slots[0];
  uint32_t blocks = (n + OFR_CUDA_PROBE_GROUP - 1) / OFR_CUDA_PROBE_GROUP;
  float milliseconds = 0;
  TRY(MemcpyHtoD, asked->memory, questions, (size_t)n * 6 * sizeof *questions);
  if (at->begun) TRY(EventRecord, at->begun, at->stream);
  TRY(LaunchKernel, d->probe, blocks, 1, 1, OFR_CUDA_PROBE_GROUP, 1, 1, 0, at->stream, arguments, NULL);
  if (at->ended) TRY(EventRecord, at->ended, at->stream);
  TRY(StreamSynchronize, at->stream);
  if (at->begun) TRY(EventElapsedTime, &milliseconds, at->begun, at->ended);
  d->probe_seconds += 1e-3 * (double)milliseconds;
  TRY(MemcpyDtoH, answers, answered->memory, (size_t)n * 4 * sizeof *answers);
  return OFFRAMP_OK;
}

static offramp_status probe(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  buffer asked = {0}, answered = {0};
  d->cuda->CtxSetCurrent(d->context);
  offramp_status status = make_room(d, &asked, (uint64_t)n * 6 * sizeof *questions, error);
  if (status == OFFRAMP_OK) status = make_room(d, &answered, (uint64_t)n * 4 * sizeof *answers, error);
  if (status == OFFRAMP_OK) status = ask(d, kind, questions, answers, n, &asked, &answered, error);
  release_buffer(d, &asked);
  release_buffer(d, &answered);
  return status;
}

/* ---- bounds ---- */

static offramp_status bound(ofr_device *d, const ofr_bound_batch *batch, offramp_error *error) {
  if (!d->bounder && !(d->bounder = ofr_cuda_bounder_create(&d->about, &d->options))) return out_of_memory(d, error);
  d->cuda->CtxSetCurrent(d->context);
  return ofr_cuda_bound(d->bounder, batch, error);
}

static uint32_t bound_limit(const ofr_device *d) { return ofr_cuda_bound_limit(&d->about); }

/* ---- facts ---- */

static int attribute(const ofr_device *d, ofr_cuda_function function, unsigned what) {
  int value = -1;
  return function && d->cuda->FuncGetAttribute(&value, what, function) == OFR_CUDA_OK ? value : -1;
}

static ofr_kernel_facts facts_of(const ofr_device *d, const char *name, ofr_cuda_function function, uint32_t group) {
  ofr_kernel_facts k = {.group = group,
                        .registers = attribute(d, function, OFR_CUDA_FUNCTION_REGISTERS),
                        .spilled = attribute(d, function, OFR_CUDA_FUNCTION_LOCAL),
                        .shared = attribute(d, function, OFR_CUDA_FUNCTION_SHARED),
                        .occupancy = -1,
                        .instructions = -1};
  snprintf(k.name, sizeof k.name, "%s", name);
  return k;
}

static int facts(const ofr_device *d, ofr_kernel_facts *kernels, int most) {
  int threads = 0;
  d->cuda->CtxSetCurrent(d->context);
  if (most > 0) {
    ofr_kernel_facts *k = &kernels[0];
    *k = facts_of(d, "offramp_paths", d->paths, OFR_CUDA_GROUP);
    k->launches = d->launches;
    k->seconds = d->options.profile ? d->seconds : -1;
    k->groups = d->largest_grid;
    k->instructions = d->kernel.instructions;
    if (d->cuda->DeviceGetAttribute(&threads, OFR_CUDA_THREADS_OF_MULTIPROCESSOR, d->about.id) == OFR_CUDA_OK && threads > 0)
      k->occupancy = (double)d->blocks / (d->about.units > 0 ? d->about.units : 1) * OFR_CUDA_GROUP / threads;
  }
  if (most > 1) {
    kernels[1] = facts_of(d, "offramp_probe", d->probe, OFR_CUDA_PROBE_GROUP);
    kernels[1].seconds = d->options.profile ? d->probe_seconds : -1;
  }
  return 2;
}

static void fill(const ofr_device *d, uint32_t *questions, int *lanes) {
  *questions = (uint32_t)(d->about.units > 0 ? d->about.units : 1) * 1024;
  *lanes = 1;
}

const ofr_backend ofr_backend_cuda = {"cuda",  OFR_MOST_IN_FLIGHT, describe, list,    open_device, upload, batch_limit, shapes,
                                      reshape, kernel,             submit,   collect, probe,       bound,  bound_limit, fill,   facts,
                                      close_device};
