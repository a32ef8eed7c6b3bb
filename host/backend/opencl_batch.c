/* A batch on an OpenCL device. Two may be under way, each with a queue and memory of its own: while one is computed, the rows of
 * the other travel home. */
#include <stdlib.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "batch_sizes.h"
#include "opencl_device.h"

enum {
  SUM_BUNDLES = 4096,      /* bundles that 64 bits hold the sum of: SUM_BUNDLES_BITS */
  CPU_WORKERS = 8          /* a compute unit: enough to share the load, few enough to keep sums in cache */
};

typedef ofr_opencl_argument argument;
typedef ofr_opencl_buffer buffer;
typedef ofr_opencl_flight flight;

offramp_status ofr_opencl_checked(const ofr_device *d, const char *call, cl_int code, offramp_error *error) {
  return code == CL_SUCCESS ? OFFRAMP_OK : ofr_opencl_fail(error, d->about.info.name, call, code);
}

cl_int ofr_opencl_set_arguments(const ofr_device *d, cl_kernel kernel, const argument *arguments, int count) {
  cl_int code = CL_SUCCESS;
  for (int i = 0; i < count && code == CL_SUCCESS; i++)
    code = d->cl->SetKernelArg(kernel, (cl_uint)i, arguments[i].size, arguments[i].value);
  return code;
}

double ofr_opencl_seconds(const ofr_device *d, cl_event event) {
  cl_ulong begun = 0, ended = 0;
  if (!d->options.profile ||
      d->cl->GetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof begun, &begun, NULL) != CL_SUCCESS ||
      d->cl->GetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof ended, &ended, NULL) != CL_SUCCESS || ended < begun)
    return 0;
  return 1e-9 * (double)(ended - begun);
}

/* ---- memory ---- */

static void release_buffer(const ofr_device *d, buffer *b) {
  if (b->memory) d->cl->ReleaseMemObject(b->memory);
  *b = (buffer){0};
}

/* At least `size` bytes; what was in it is lost when it has to grow. */
static offramp_status make_room(const ofr_device *d, buffer *b, uint64_t size, offramp_error *error) {
  cl_int code;
  if (b->memory && b->size >= size) return OFFRAMP_OK;
  release_buffer(d, b);
  if (size > d->about.most) return ofr_opencl_checked(d, "clCreateBuffer", CL_INVALID_BUFFER_SIZE, error);
  b->memory = d->cl->CreateBuffer(d->context, CL_MEM_READ_WRITE, size ? (size_t)size : 1, NULL, &code);
  b->size = (size_t)size;
  return b->memory ? OFFRAMP_OK : ofr_opencl_checked(d, "clCreateBuffer", code, error);
}

void ofr_opencl_release_batches(ofr_device *d) {
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    flight *f = &d->flights[i];
    buffer *const all[] = {&f->columns, &f->bands, &f->sums, &f->clamped, &f->futures};
    for (int j = 0; j < 5; j++) release_buffer(d, all[j]);
    free(f->host_sums);
    free(f->host_clamped);
    f->host_sums = f->host_clamped = NULL;
  }
}

static void release_events(const ofr_device *d, flight *f) {
  if (f->computed) d->cl->ReleaseEvent(f->computed);
  if (f->fetched) d->cl->ReleaseEvent(f->fetched);
  f->computed = f->fetched = NULL;
}

/* Nothing is under way any more, and nothing will be collected: what the caller is about to free is written to no longer. */
void ofr_opencl_abandon(ofr_device *d) {
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    if (d->flights[i].queue) d->cl->Finish(d->flights[i].queue);
    release_events(d, &d->flights[i]);
  }
  d->flying = 0;
}

/* ---- sizes ---- */

static uint64_t column_rows(const ofr_device *d) { return ofr_column_rows(&d->shape, d->points); }
static uint64_t series_rows(const ofr_device *d) { return ofr_series_rows(&d->shape, d->points); }
static uint64_t sum_lanes(const ofr_device *d) { return (uint64_t)(d->lanes * d->group); }

/* What a path may be evaluated as apart: each point, and on a GPU under each strategy. */
static uint64_t most_rows(const ofr_device *d) { return (uint64_t)d->points * (uint64_t)(d->lanes == 1 ? d->shape.strategies : 1); }

/* A group's sums. */
static uint64_t part_bytes(const ofr_device *d) { return series_rows(d) * sum_lanes(d) * sizeof(int64_t); }

/* As many groups as fill the device, or a half, or twice as many, as long as their sums take no more than an eighth of its
 * memory. */
static uint32_t choose_groups(const ofr_device *d, int shape) {
  uint64_t units = d->about.units ? d->about.units : 1, room = ofr_least(d->about.most, d->about.memory / 8) / part_bytes(d);
  uint64_t groups = d->about.info.gpu ? units * (OFR_OPENCL_GPU_WORKERS / OFR_OPENCL_GROUP) : units * CPU_WORKERS;
  groups = ofr_least(shape == 1 ? groups / 2 : shape == 2 ? groups * 2 : groups, room);
  return groups ? (uint32_t)groups : 1;
}

/* A batch ends within a moment, for a run can stop only between two: by the steps of the merit order, which take most of the
 * time, in 2^31 of which a core or a GPU's unit needs about a tenth of a second. */
static uint32_t choose_batch_limit(const ofr_device *d) {
  uint64_t lanes = (uint64_t)d->lanes, workers = (uint64_t)d->groups * (uint64_t)d->group;
  uint64_t steps = ofr_merit_steps(&d->shape, d->points);
  uint64_t paths = ((uint64_t)d->about.units << 31) / steps, round = workers * lanes;
  paths = paths < round ? round : paths;
  paths = ofr_least(paths, SUM_BUNDLES * round);
  paths = ofr_least(paths, ofr_least(d->about.most, d->about.memory / 4) / (column_rows(d) * sizeof(int64_t)));
  paths = ofr_least(paths, (((uint64_t)1 << 31) - workers) / most_rows(d) * lanes); /* the kernel counts in 32 bits */
  paths = ofr_least(paths, (uint64_t)1 << 30);
  if (paths > round) paths -= paths % round;
  return paths ? (uint32_t)paths : 1;
}

void ofr_opencl_choose_sizes(ofr_device *d, int shape) {
  d->groups = choose_groups(d, shape);
  d->batch_limit = choose_batch_limit(d);
}

/* ---- kernels ---- */

/* Sums of one kind: a group's `size` of them, then the next group's. */
static offramp_status zero(ofr_device *d, flight *f, const buffer *b, uint64_t size, uint32_t groups, offramp_error *error) {
  const cl_long nothing = 0;
  cl_int code = d->cl->EnqueueFillBuffer(f->queue, b->memory, &nothing, sizeof nothing, 0,
                                         (size_t)(size * groups) * sizeof(int64_t), 0, NULL, NULL);
  return ofr_opencl_checked(d, "clEnqueueFillBuffer", code, error);
}

static offramp_status fold(ofr_device *d, flight *f, const buffer *b, uint64_t size, uint32_t groups, offramp_error *error) {
  cl_ulong a_part = size;
  cl_uint parts = groups, kept = f->parts;
  size_t items = (size_t)size * f->parts, local = (size_t)sum_lanes(d);
  const argument arguments[] = {ARGUMENT(b->memory), ARGUMENT(a_part), ARGUMENT(parts), ARGUMENT(kept)};
  if (kept == parts) return OFFRAMP_OK;
  cl_int code = ofr_opencl_set_arguments(d, d->fold, arguments, 4);
  if (code == CL_SUCCESS) code = d->cl->EnqueueNDRangeKernel(f->queue, d->fold, 1, NULL, &items, &local, 0, NULL, NULL);
  return ofr_opencl_checked(d, "clEnqueueNDRangeKernel", code, error);
}

static offramp_status launch(ofr_device *d, flight *f, const ofr_batch *batch, uint32_t groups, offramp_error *error) {
  size_t local = (size_t)d->group, workers = groups * local;
  cl_mem none = NULL;
  ofr_job job = ofr_batch_job(&d->shape, d->points, batch, 0, batch->paths);
  job.workers = (uint32_t)workers;
  const argument arguments[] = {ARGUMENT(d->images),
                                ARGUMENT(job),
                                ARGUMENT(f->columns.memory),
                                {sizeof none, job.band_paths ? &f->bands.memory : &none},
                                {sizeof none, job.with_sums ? &f->sums.memory : &none},
                                ARGUMENT(f->clamped.memory),
                                ARGUMENT(f->futures.memory)};
  cl_int code = ofr_opencl_set_arguments(d, d->paths, arguments, 7);
  if (code != CL_SUCCESS) return ofr_opencl_checked(d, "clSetKernelArg", code, error);
  code = d->cl->EnqueueNDRangeKernel(f->queue, d->paths, 1, NULL, &workers, &local, 0, NULL, &f->computed);
  return ofr_opencl_checked(d, "clEnqueueNDRangeKernel", code, error);
}

/* Some drivers compile a kernel when it is launched first: here, on no paths, so that no batch has to wait for it. */
offramp_status ofr_opencl_warm_up(ofr_device *d, offramp_error *error) {
  const ofr_batch nothing = {.points = d->points};
  flight *f = &d->flights[0];
  offramp_status status = make_room(d, &f->clamped, (uint64_t)d->points * sum_lanes(d) * sizeof(int64_t), error);
  if (status == OFFRAMP_OK) status = launch(d, f, &nothing, 1, error);
  f->parts = 1;
  if (status == OFFRAMP_OK) status = fold(d, f, &f->clamped, sum_lanes(d), 0, error);
  cl_int code = d->cl->Finish(f->queue);
  release_events(d, f);
  return status == OFFRAMP_OK ? ofr_opencl_checked(d, "clFinish", code, error) : status;
}

/* ---- batches ---- */

/* `rows` rows of `count` values to the caller's rows of `stride`, from `offset` on. */
static offramp_status fetch_rows(ofr_device *d, flight *f, const buffer *b, uint64_t rows, uint32_t count, int64_t *to,
                                 uint64_t stride, uint64_t offset, offramp_error *error) {
  const size_t width = count * sizeof *to, pitch = (size_t)stride * sizeof *to;
  const size_t from[] = {0, 0, 0}, at[] = {(size_t)offset * sizeof *to, 0, 0}, region[] = {width, (size_t)rows, 1};
  cl_int code =
      d->cl->EnqueueReadBufferRect(f->queue, b->memory, CL_FALSE, from, at, region, width, 0, pitch, 0, to, 0, NULL, NULL);
  return ofr_opencl_checked(d, "clEnqueueReadBufferRect", code, error);
}

static offramp_status fetch(ofr_device *d, flight *f, const buffer *b, uint64_t size, int64_t **to, cl_event *done,
                            offramp_error *error) {
  size_t bytes = (size_t)(size * f->parts) * sizeof **to;
  free(*to);
  *to = malloc(bytes);
  if (!*to) return ofr_batch_out_of_memory(d->about.info.name, error);
  cl_int code = d->cl->EnqueueReadBuffer(f->queue, b->memory, CL_FALSE, 0, bytes, *to, 0, NULL, done);
  return ofr_opencl_checked(d, "clEnqueueReadBuffer", code, error);
}

/* How many groups have work, and into how many parts their sums are folded, so that 64 bits hold them. */
static uint32_t share_out(const ofr_device *d, flight *f, const ofr_batch *batch) {
  uint64_t bundles = (batch->paths + (uint64_t)d->lanes - 1) / (uint64_t)d->lanes, group = (uint64_t)d->group;
  uint64_t groups = ofr_least(d->groups, (bundles * most_rows(d) + group - 1) / group);
  uint64_t each = (bundles + groups * group - 1) / (groups * group), together = SUM_BUNDLES / each;
  f->parts = (uint32_t)((groups + together - 1) / together);
  return (uint32_t)groups;
}

static offramp_status make_memory(ofr_device *d, flight *f, const ofr_batch *batch, uint64_t clamped, offramp_error *error) {
  bool bands = batch->with_sums && batch->band_paths > 0;
  offramp_status status = make_room(d, &f->columns, column_rows(d) * batch->paths * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && bands)
    status = make_room(d, &f->bands, series_rows(d) * batch->band_paths * sizeof(int64_t), error);
  if (status == OFFRAMP_OK && batch->with_sums) status = make_room(d, &f->sums, d->groups * part_bytes(d), error);
  if (status == OFFRAMP_OK) status = make_room(d, &f->clamped, d->groups * clamped * sizeof(int64_t), error);
  return status;
}

/* The paths of the batch as they were given, where they were. */
static offramp_status send_futures(ofr_device *d, flight *f, const ofr_batch *batch, offramp_error *error) {
  size_t bytes = (size_t)ofr_futures_bytes(&d->shape, batch);
  if (d->shape.futures == 0) return OFFRAMP_OK;
  offramp_status status = make_room(d, &f->futures, bytes, error);
  if (status != OFFRAMP_OK) return status;
  cl_int code = d->cl->EnqueueWriteBuffer(f->queue, f->futures.memory, CL_FALSE, 0, bytes, batch->futures, 0, NULL, NULL);
  return ofr_opencl_checked(d, "clEnqueueWriteBuffer", code, error);
}

static offramp_status compute(ofr_device *d, flight *f, const ofr_batch *batch, offramp_error *error) {
  uint32_t groups = share_out(d, f, batch);
  uint64_t sums = series_rows(d) * sum_lanes(d), clamped = (uint64_t)d->points * sum_lanes(d);
  offramp_status status = make_memory(d, f, batch, clamped, error);
  if (status == OFFRAMP_OK && batch->with_sums) status = zero(d, f, &f->sums, sums, groups, error);
  if (status == OFFRAMP_OK) status = zero(d, f, &f->clamped, clamped, groups, error);
  if (status == OFFRAMP_OK) status = send_futures(d, f, batch, error);
  if (status == OFFRAMP_OK) status = launch(d, f, batch, groups, error);
  if (status == OFFRAMP_OK && batch->with_sums) status = fold(d, f, &f->sums, sums, groups, error);
  if (status == OFFRAMP_OK) status = fold(d, f, &f->clamped, clamped, groups, error);
  d->launches++;
  if (groups > d->largest_grid) d->largest_grid = groups;
  return status;
}

static offramp_status bring_home(ofr_device *d, flight *f, const ofr_batch *batch, offramp_error *error) {
  uint64_t columns = column_rows(d), months = series_rows(d), lanes = sum_lanes(d);
  offramp_status status =
      fetch_rows(d, f, &f->columns, columns, batch->paths, batch->columns, batch->stride, batch->offset, error);
  if (status == OFFRAMP_OK && batch->with_sums && batch->band_paths > 0)
    status = fetch_rows(d, f, &f->bands, months, batch->band_paths, batch->bands, batch->band_stride, batch->band_offset, error);
  if (status == OFFRAMP_OK && batch->with_sums) status = fetch(d, f, &f->sums, months * lanes, &f->host_sums, NULL, error);
  if (status == OFFRAMP_OK)
    status = fetch(d, f, &f->clamped, (uint64_t)d->points * lanes, &f->host_clamped, &f->fetched, error);
  return status;
}

offramp_status ofr_opencl_submit(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  flight *f = &d->flights[(d->first + d->flying) % OFR_MOST_IN_FLIGHT];
  offramp_status status = OFFRAMP_OK;
  if (d->options.stop && *d->options.stop) status = ofr_fail(error, OFFRAMP_INTERRUPTED, d->about.info.name, "interrupted");
  if (status == OFFRAMP_OK) status = compute(d, f, batch, error);
  if (status == OFFRAMP_OK) status = bring_home(d, f, batch, error);
  if (status != OFFRAMP_OK) {
    ofr_opencl_abandon(d);
    return status;
  }
  d->cl->Flush(f->queue);
  d->flying++;
  return OFFRAMP_OK;
}

offramp_status ofr_opencl_collect(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  flight *f = &d->flights[d->first];
  const cl_event events[] = {f->computed, f->fetched};
  cl_int code = d->cl->WaitForEvents(2, events), finished = d->cl->Finish(f->queue);
  if (code == CL_SUCCESS) code = finished;
  if (code != CL_SUCCESS) {
    ofr_opencl_abandon(d);
    return ofr_opencl_checked(d, "clWaitForEvents", code, error);
  }
  d->seconds += ofr_opencl_seconds(d, f->computed);
  release_events(d, f);
  d->first = (d->first + 1) % OFR_MOST_IN_FLIGHT;
  d->flying--;
  batch->sums = f->host_sums;
  batch->clamped = f->host_clamped;
  batch->sum_parts = (int)f->parts;
  batch->sum_lanes = (int)sum_lanes(d);
  return OFFRAMP_OK;
}
