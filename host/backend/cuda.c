/* Back end `cuda`: NVIDIA GPUs. A batch goes through the device in slices, a few of them in flight, each with a stream of its
 * own: while one is computed, another travels home and a third is put where the caller wants it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "backend.h"
#include "cuda_kernel.h"

enum {
  MOST_DEVICES = 32,
  SLOTS = 3,                /* slices in flight */
  SLICES = 32,              /* in a batch, at most */
  SLICE_BYTES = 32 << 20    /* what is pinned for a slice, unless one round of all threads takes more */
};

/* Where a slice lives while it is under way. */
typedef struct slot {
  ofr_cuda_stream stream;
  ofr_cuda_event done;
  ofr_cuda_memory columns;  /* [rows x paths of the slice] */
  int64_t *home;            /* the same, pinned */
} slot;

typedef struct buffer { ofr_cuda_memory memory; uint64_t size; } buffer;

struct ofr_device {
  const ofr_cuda *cuda;
  ofr_cuda_device about;
  ofr_open_options options;
  char description[192];
  ofr_cuda_context context;
  ofr_cuda_module module;
  ofr_cuda_function paths, probe;
  ofr_cuda_event ready;     /* sums are zero */
  slot slots[SLOTS];
  uint64_t slot_size;       /* bytes */
  /* since upload */
  ofr_image shape;          /* the header of the images, for dimensions */
  int points;
  uint32_t blocks;          /* of a grid that fills the device */
  uint32_t slice, batch_limit; /* paths */
  ofr_cuda_memory images;
  buffer bands, sums, clamped;
  int64_t *host_sums, *host_clamped;
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
  release_buffer(d, &d->bands);
  release_buffer(d, &d->sums);
  release_buffer(d, &d->clamped);
  release_slots(d);
  free(d->host_sums);
  free(d->host_clamped);
  d->host_sums = d->host_clamped = NULL;
}

/* ---- opening and closing ---- */

static void release_module(ofr_device *d) {
  if (d->module) d->cuda->ModuleUnload(d->module);
  d->module = NULL;
  d->paths = d->probe = NULL;
}

static void wait_for_all(ofr_device *d) {
  for (int i = 0; i < SLOTS; i++)
    if (d->slots[i].stream) d->cuda->StreamSynchronize(d->slots[i].stream);
}

static void close_device(ofr_device *d) {
  if (!d) return;
  if (d->context) {
    d->cuda->CtxSetCurrent(d->context);
    wait_for_all(d);
    release_upload(d);
    release_module(d);
    for (int i = 0; i < SLOTS; i++) {
      if (d->slots[i].done) d->cuda->EventDestroy(d->slots[i].done);
      if (d->slots[i].stream) d->cuda->StreamDestroy(d->slots[i].stream);
    }
    if (d->ready) d->cuda->EventDestroy(d->ready);
    d->cuda->DevicePrimaryCtxRelease(d->about.id);
  }
  free(d);
}

/* `shape` is a plan's, or "" for what can be probed without one. */
static offramp_status load_module(ofr_device *d, const char *shape, offramp_error *error) {
  release_module(d);
  offramp_status status = ofr_cuda_kernel(&d->about, shape, &d->options, &d->module, error);
  if (status != OFFRAMP_OK) return status;
  TRY(ModuleGetFunction, &d->probe, d->module, "offramp_probe");
  if (*shape) TRY(ModuleGetFunction, &d->paths, d->module, "offramp_paths");
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
  TRY(EventCreate, &d->ready, flags);
  for (int i = 0; i < SLOTS; i++) {
    TRY(StreamCreate, &d->slots[i].stream, OFR_CUDA_STREAM_NON_BLOCKING);
    TRY(EventCreate, &d->slots[i].done, flags);
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
  if (status == OFFRAMP_OK) status = load_module(d, "", error);
  if (status == OFFRAMP_OK) *device = d;
  else close_device(d);
  return status;
}

/* ---- sizes ---- */

static uint64_t column_rows(const ofr_device *d) {
  const ofr_image *im = &d->shape;
  return (uint64_t)d->points * (uint64_t)im->strategies *
         (uint64_t)COLUMNS(im);
}

static uint64_t series_rows(const ofr_device *d) {
  const ofr_image *im = &d->shape;
  return (uint64_t)d->points * (uint64_t)im->strategies * (uint64_t)im->months * (uint64_t)(SERIES_FIXED + im->providers);
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

static offramp_status upload(ofr_device *d, const ofr_image *images, int points, offramp_error *error) {
  char *shape = ofr_image_shape_text(images);
  int blocks = 0;
  if (!shape) return out_of_memory(d, error);
  d->cuda->CtxSetCurrent(d->context);
  release_upload(d);
  offramp_status status = load_module(d, shape, error);
  free(shape);
  if (status != OFFRAMP_OK) return status;
  TRY(OccupancyMaxActiveBlocksPerMultiprocessor, &blocks, d->paths, OFR_CUDA_GROUP, 0);
  d->shape = *images;
  d->points = points;
  d->blocks = (uint32_t)(blocks > 0 ? blocks : 1) * (uint32_t)(d->about.units > 0 ? d->about.units : 1);
  d->slice = choose_slice(d);
  d->batch_limit = choose_batch_limit(d);
  TRY(MemAlloc, &d->images, (size_t)images->bytes * (size_t)points);
  TRY(MemcpyHtoD, d->images, images, (size_t)images->bytes * (size_t)points);
  return OFFRAMP_OK;
}

/* ---- batches ---- */

static uint64_t parts_of(uint64_t paths) { return (paths + OFR_CUDA_PART - 1) / OFR_CUDA_PART; }

static uint32_t slices_of(const ofr_device *d, const ofr_batch *batch) { return (batch->paths + d->slice - 1) / d->slice; }

static uint32_t paths_of(const ofr_device *d, const ofr_batch *batch, uint32_t slice) {
  return (uint32_t)least(d->slice, batch->paths - (uint64_t)slice * d->slice);
}

static ofr_job job_of(const ofr_device *d, const ofr_batch *batch, uint32_t slice) {
  uint32_t done = slice * d->slice, paths = paths_of(d, batch, slice);
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
                   .with_sums = batch->with_sums};
}

/* Computes a slice and sends its columns home, in the slot that is its turn and must be free. */
static offramp_status start_slice(ofr_device *d, const ofr_batch *batch, uint32_t slice, offramp_error *error) {
  slot *at = &d->slots[slice % SLOTS];
  ofr_job job = job_of(d, batch, slice);
  uint64_t threads = (job.paths + 31) / 32 * 32 * (uint64_t)job.points, part = (uint64_t)slice * d->slice / OFR_CUDA_PART;
  uint32_t blocks = (uint32_t)least(d->blocks, (threads + OFR_CUDA_GROUP - 1) / OFR_CUDA_GROUP);
  ofr_cuda_memory sums = d->sums.memory + part * series_rows(d) * sizeof(int64_t);
  ofr_cuda_memory clamped = d->clamped.memory + part * (uint64_t)d->points * sizeof(int64_t);
  void *arguments[] = {&d->images, &job, &at->columns, &d->bands.memory, &sums, &clamped};
  job.workers = blocks * OFR_CUDA_GROUP;
  TRY(LaunchKernel, d->paths, blocks, 1, 1, OFR_CUDA_GROUP, 1, 1, 0, at->stream, arguments, NULL);
  TRY(MemcpyDtoHAsync, at->home, at->columns, (size_t)(column_rows(d) * job.paths) * sizeof(int64_t), at->stream);
  TRY(EventRecord, at->done, at->stream);
  return OFFRAMP_OK;
}

/* Room for the slices in flight. Where it is not to be had, smaller slices may do. */
static offramp_status make_slots(ofr_device *d, const ofr_batch *batch, offramp_error *error) {
  ofr_cuda_code code;
  const char *call = "";
  uint64_t row = column_rows(d) * sizeof(int64_t);
  for (;;) {
    code = grow_slots(d, least(d->slice, batch->paths) * row, &call);
    if (code != OFR_CUDA_OUT_OF_MEMORY || d->slice <= OFR_CUDA_PART) break;
    d->slice = (uint32_t)whole_parts(d->slice / 2);
  }
  return code == OFR_CUDA_OK ? OFFRAMP_OK : failed(d, call, code, error);
}

static offramp_status make_memory(ofr_device *d, const ofr_batch *batch, offramp_error *error) {
  uint64_t parts = parts_of(batch->paths), clamped = parts * (uint64_t)d->points, sums = parts * series_rows(d);
  offramp_status status = make_room(d, &d->clamped, clamped * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums) status = make_room(d, &d->sums, sums * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums && batch->band_paths)
    status = make_room(d, &d->bands, series_rows(d) * batch->band_paths * sizeof(int64_t), error);
  if (status == OFFRAMP_OK) status = make_slots(d, batch, error);
  return status;
}

static offramp_status zero_sums(ofr_device *d, const ofr_batch *batch, offramp_error *error) {
  uint64_t parts = parts_of(batch->paths);
  TRY(MemsetD8Async, d->clamped.memory, 0, (size_t)(parts * (uint64_t)d->points) * sizeof(int64_t), d->slots[0].stream);
  if (batch->with_sums)
    TRY(MemsetD8Async, d->sums.memory, 0, (size_t)(parts * series_rows(d)) * sizeof(int64_t), d->slots[0].stream);
  TRY(EventRecord, d->ready, d->slots[0].stream);
  for (int i = 1; i < SLOTS; i++) TRY(StreamWaitEvent, d->slots[i].stream, d->ready, 0);
  return OFFRAMP_OK;
}

static offramp_status submit(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  d->cuda->CtxSetCurrent(d->context);
  offramp_status status = make_memory(d, batch, error);
  if (status == OFFRAMP_OK) status = zero_sums(d, batch, error);
  for (uint32_t i = 0; i < SLOTS && i < slices_of(d, batch) && status == OFFRAMP_OK; i++)
    status = start_slice(d, batch, i, error);
  if (status != OFFRAMP_OK) wait_for_all(d);
  return status;
}

/* A slice's rows, on their way from pinned memory to the caller's. */
typedef struct delivery { const int64_t *from; int64_t *to; uint64_t stride; uint32_t paths; } delivery;

static void deliver_row(void *context, int worker, uint64_t row) {
  const delivery *x = context;
  (void)worker;
  memcpy(x->to + row * x->stride, x->from + row * x->paths, x->paths * sizeof *x->to);
}

static offramp_status finish_slice(ofr_device *d, ofr_batch *batch, uint32_t slice, offramp_error *error) {
  const slot *at = &d->slots[slice % SLOTS];
  int64_t *to = batch->columns + batch->offset + (uint64_t)slice * d->slice;
  delivery x = {at->home, to, batch->stride, paths_of(d, batch, slice)};
  TRY(EventSynchronize, at->done);
  if (d->options.crew) ofr_crew_run(d->options.crew, column_rows(d), deliver_row, &x, NULL);
  else for (uint64_t row = 0; row < column_rows(d); row++) deliver_row(&x, 0, row);
  if (d->options.stop && *d->options.stop) return ofr_fail(error, OFFRAMP_INTERRUPTED, "cuda", "interrupted");
  return OFFRAMP_OK;
}

static offramp_status fetch_bands(ofr_device *d, const ofr_batch *batch, offramp_error *error) {
  const ofr_cuda_rectangle what = {.from_kind = OFR_CUDA_ON_DEVICE,
                                   .from_device = d->bands.memory,
                                   .from_pitch = batch->band_paths * sizeof(int64_t),
                                   .to_kind = OFR_CUDA_ON_HOST,
                                   .to_host = batch->bands + batch->band_offset,
                                   .to_pitch = (size_t)batch->band_stride * sizeof(int64_t),
                                   .width = batch->band_paths * sizeof(int64_t),
                                   .height = (size_t)series_rows(d)};
  TRY(Memcpy2DAsync, &what, d->slots[0].stream);
  TRY(StreamSynchronize, d->slots[0].stream);
  return OFFRAMP_OK;
}

static offramp_status fetch(ofr_device *d, const buffer *b, uint64_t count, int64_t **to, offramp_error *error) {
  free(*to);
  *to = malloc((size_t)count * sizeof **to);
  if (!*to) return out_of_memory(d, error);
  TRY(MemcpyDtoH, *to, b->memory, (size_t)count * sizeof **to);
  return OFFRAMP_OK;
}

static offramp_status fetch_sums(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  uint64_t parts = parts_of(batch->paths);
  offramp_status status = fetch(d, &d->clamped, parts * (uint64_t)d->points, &d->host_clamped, error);
  if (status == OFFRAMP_OK && batch->with_sums) status = fetch(d, &d->sums, parts * series_rows(d), &d->host_sums, error);
  if (status == OFFRAMP_OK && batch->with_sums && batch->band_paths) status = fetch_bands(d, batch, error);
  batch->sums = d->host_sums;
  batch->clamped = d->host_clamped;
  batch->sum_parts = (int)parts;
  batch->sum_lanes = 1;
  return status;
}

static offramp_status collect(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  uint32_t slices = slices_of(d, batch);
  offramp_status status = OFFRAMP_OK;
  d->cuda->CtxSetCurrent(d->context);
  for (uint32_t i = 0; i < slices && status == OFFRAMP_OK; i++) {
    status = finish_slice(d, batch, i, error);
    if (status == OFFRAMP_OK && i + SLOTS < slices) status = start_slice(d, batch, i + SLOTS, error);
  }
  if (status == OFFRAMP_OK) status = fetch_sums(d, batch, error);
  if (status != OFFRAMP_OK) wait_for_all(d);
  return status;
}

/* ---- probe ---- */

static offramp_status ask(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                          const buffer *asked, const buffer *answered, offramp_error *error) {
  void *arguments[] = {&kind, (void *)(uintptr_t)&asked->memory, (void *)(uintptr_t)&answered->memory, &n};
  ofr_cuda_stream stream = d->slots[0].stream;
  uint32_t blocks = (n + OFR_CUDA_GROUP - 1) / OFR_CUDA_GROUP;
  TRY(MemcpyHtoD, asked->memory, questions, n * 6 * sizeof *questions);
  TRY(LaunchKernel, d->probe, blocks, 1, 1, OFR_CUDA_GROUP, 1, 1, 0, stream, arguments, NULL);
  TRY(StreamSynchronize, stream);
  TRY(MemcpyDtoH, answers, answered->memory, n * 4 * sizeof *answers);
  return OFFRAMP_OK;
}

static offramp_status probe(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  buffer asked = {0}, answered = {0};
  d->cuda->CtxSetCurrent(d->context);
  offramp_status status = make_room(d, &asked, n * 6 * sizeof *questions, error);
  if (status == OFFRAMP_OK) status = make_room(d, &answered, n * 4 * sizeof *answers, error);
  if (status == OFFRAMP_OK) status = ask(d, kind, questions, answers, n, &asked, &answered, error);
  release_buffer(d, &asked);
  release_buffer(d, &answered);
  return status;
}

const ofr_backend ofr_backend_cuda = {"cuda", describe, list,    open_device, upload, batch_limit,
                                      submit, collect,  probe, close_device};
