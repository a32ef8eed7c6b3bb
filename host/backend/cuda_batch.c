/* A batch on a CUDA device: it goes through in slices, a few of them in flight, each with a stream of its own: while one is
 * computed, another travels home and a third is put where the caller wants it. The slices of the next batch follow at the heels of
 * the last one's, so that the device does not wait for the host between two. */
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "batch_sizes.h"
#include "cuda_device.h"

enum {
  SLICES = 32,              /* in a batch, at most */
  SLICE_BYTES = 32 << 20    /* what is pinned for a slice, unless one round of all threads takes more */
};

typedef ofr_cuda_slot slot;
typedef ofr_cuda_buffer buffer;
typedef ofr_cuda_flight flight;

static uint64_t column_rows(const ofr_device *d) { return ofr_column_rows(&d->shape, d->points); }
static uint64_t series_rows(const ofr_device *d) { return ofr_series_rows(&d->shape, d->points); }

offramp_status ofr_cuda_failed(const ofr_device *d, const char *call, ofr_cuda_code code, offramp_error *error) {
  return ofr_cuda_fail(error, d->about.info.name, call, code);
}

/* ---- memory ---- */

void ofr_cuda_release_buffer(const ofr_device *d, buffer *b) {
  if (b->memory) d->cuda->MemFree(b->memory);
  *b = (buffer){0};
}

offramp_status ofr_cuda_make_room(const ofr_device *d, buffer *b, uint64_t size, offramp_error *error) {
  if (b->memory && b->size >= size) return OFFRAMP_OK;
  ofr_cuda_release_buffer(d, b);
  TRY(MemAlloc, &b->memory, size ? (size_t)size : 1);
  b->size = size;
  return OFFRAMP_OK;
}

static void release_slots(ofr_device *d) {
  for (int i = 0; i < OFR_CUDA_SLOTS; i++) {
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
  for (int i = 0; i < OFR_CUDA_SLOTS && code == OFR_CUDA_OK; i++) {
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

void ofr_cuda_release_batches(ofr_device *d) {
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    flight *f = &d->flights[i];
    ofr_cuda_release_buffer(d, &f->bands);
    ofr_cuda_release_buffer(d, &f->sums);
    ofr_cuda_release_buffer(d, &f->clamped);
    ofr_cuda_release_buffer(d, &f->futures);
    free(f->host_sums);
    free(f->host_clamped);
    f->host_sums = f->host_clamped = NULL;
  }
  release_slots(d);
}

/* ---- sizes ---- */

static uint64_t whole_parts(uint64_t paths) {
  return paths > OFR_CUDA_PART ? paths - paths % OFR_CUDA_PART : OFR_CUDA_PART;
}

/* What a path may be evaluated as apart: each point, and under each strategy. */
static uint64_t most_rows(const ofr_device *d) { return (uint64_t)d->points * (uint64_t)d->shape.strategies; }

/* Paths of a slice: whole rounds of all threads, of at most SLICE_BYTES, that end within a tenth of a second or so: by the
 * steps of the merit order, which take most of the time. A run can stop only between two slices. */
static uint32_t choose_slice(const ofr_device *d) {
  uint64_t steps = ofr_merit_steps(&d->shape, d->points), round = (uint64_t)d->blocks * OFR_CUDA_GROUP / (uint64_t)d->points;
  uint64_t paths = ofr_least(((uint64_t)d->about.units << 31) / steps, SLICE_BYTES / (column_rows(d) * sizeof(int64_t)));
  paths = paths > round ? paths - paths % (round ? round : 1) : round;
  paths = ofr_least(paths, ((uint64_t)1 << 30) / most_rows(d)); /* the kernel counts in 32 bits */
  return (uint32_t)whole_parts(paths);
}

/* As many slices as leave the months' sums an eighth of the memory. */
static uint32_t choose_batch_limit(const ofr_device *d) {
  uint64_t most = d->about.memory / 8 / (series_rows(d) * sizeof(int64_t)) * OFR_CUDA_PART;
  uint64_t paths = ofr_least(ofr_least((uint64_t)d->slice * SLICES, (uint64_t)1 << 30), most);
  return (uint32_t)(paths > d->slice ? paths - paths % d->slice : whole_parts(paths));
}

void ofr_cuda_choose_sizes(ofr_device *d) {
  d->slice = choose_slice(d);
  d->batch_limit = choose_batch_limit(d);
}

/* ---- slices ---- */

static uint64_t parts_of(uint64_t paths) { return (paths + OFR_CUDA_PART - 1) / OFR_CUDA_PART; }

static uint32_t paths_of(const flight *f, uint32_t slice) {
  return (uint32_t)ofr_least(f->slice, f->batch->paths - (uint64_t)slice * f->slice);
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
  slot *at = &d->slots[d->started++ % OFR_CUDA_SLOTS];
  ofr_job job = ofr_batch_job(&d->shape, d->points, f->batch, slice * f->slice, paths_of(f, slice));
  uint64_t threads = (job.paths + 31) / 32 * 32 * most_rows(d), part = (uint64_t)slice * f->slice / OFR_CUDA_PART;
  uint32_t blocks = (uint32_t)ofr_least(d->blocks, (threads + OFR_CUDA_GROUP - 1) / OFR_CUDA_GROUP);
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
    while (f->started < f->slices && d->started - d->finished < OFR_CUDA_SLOTS && status == OFFRAMP_OK)
      status = start_slice(d, f, error);
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
  const slot *at = &d->slots[d->finished++ % OFR_CUDA_SLOTS];
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

/* ---- batches ---- */

/* Room for the slices in flight. Where it is not to be had, smaller slices may do. */
static offramp_status make_slots(ofr_device *d, const ofr_batch *batch, offramp_error *error) {
  ofr_cuda_code code;
  const char *call = "";
  uint64_t row = column_rows(d) * sizeof(int64_t);
  if (d->slot_size >= ofr_least(d->slice, batch->paths) * row) return OFFRAMP_OK;
  offramp_status status = finish_all_slices(d, error);
  if (status != OFFRAMP_OK) return status;
  for (;;) {
    code = grow_slots(d, ofr_least(d->slice, batch->paths) * row, &call);
    if (code != OFR_CUDA_OUT_OF_MEMORY || d->slice <= OFR_CUDA_PART) break;
    d->slice = (uint32_t)whole_parts(d->slice / 2);
  }
  return code == OFR_CUDA_OK ? OFFRAMP_OK : ofr_cuda_failed(d, call, code, error);
}

static offramp_status make_memory(ofr_device *d, flight *f, offramp_error *error) {
  const ofr_batch *batch = f->batch;
  uint64_t parts = parts_of(batch->paths), clamped = parts * (uint64_t)d->points, sums = parts * series_rows(d);
  offramp_status status = ofr_cuda_make_room(d, &f->clamped, clamped * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums) status = ofr_cuda_make_room(d, &f->sums, sums * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums && batch->band_paths)
    status = ofr_cuda_make_room(d, &f->bands, series_rows(d) * batch->band_paths * sizeof(int64_t), error);
  if (status == OFFRAMP_OK) status = make_slots(d, batch, error);
  return status;
}

/* The paths of the batch as they were given, where they were. */
static offramp_status send_futures(ofr_device *d, flight *f, offramp_error *error) {
  uint64_t bytes = ofr_futures_bytes(&d->shape, f->batch);
  if (d->shape.futures == 0) return OFFRAMP_OK;
  offramp_status status = ofr_cuda_make_room(d, &f->futures, bytes, error);
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

void ofr_cuda_abandon(ofr_device *d) {
  for (int i = 0; i < OFR_CUDA_SLOTS; i++)
    if (d->slots[i].stream) d->cuda->StreamSynchronize(d->slots[i].stream);
  if (d->aside) d->cuda->StreamSynchronize(d->aside);
  d->flying = 0;
  d->finished = d->started;
}

offramp_status ofr_cuda_submit(ofr_device *d, ofr_batch *batch, offramp_error *error) {
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
  if (status != OFFRAMP_OK) ofr_cuda_abandon(d);
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
  if (!*to) return ofr_batch_out_of_memory(d->about.info.name, error);
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

offramp_status ofr_cuda_collect(ofr_device *d, ofr_batch *batch, offramp_error *error) {
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
    ofr_cuda_abandon(d);
    return status;
  }
  d->first = (d->first + 1) % OFR_MOST_IN_FLIGHT;
  d->flying--;
  return OFFRAMP_OK;
}
