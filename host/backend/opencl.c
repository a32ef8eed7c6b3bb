/* Back end `opencl`: GPUs of every vendor, and CPUs through drivers such as PoCL. Two batches may be under way, each with a
 * queue and memory of its own: while one is computed, the rows of the other travel home. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "backend.h"
#include "opencl_bound.h"

enum {
  MOST_DEVICES = 64,
  SUM_BUNDLES = 4096,      /* bundles that 64 bits hold the sum of: SUM_BUNDLES_BITS */
  GROUP = 64,              /* work-items of one lane in a group: their sums lie side by side */
  GPU_WORKERS = 512,       /* a compute unit: what fits one where a path takes 128 registers */
  CPU_WORKERS = 8          /* a compute unit: enough to share the load, few enough to keep sums in cache */
};

typedef struct buffer { cl_mem memory; size_t size; } buffer;

/* A batch between submit and collect. */
typedef struct flight {
  cl_command_queue queue;
  buffer columns, bands, sums, clamped, futures;
  int64_t *host_sums, *host_clamped;
  uint32_t parts;          /* of the sums that come home */
  cl_event computed, fetched;
} flight;

struct ofr_device {
  const ofr_opencl *cl;
  ofr_opencl_device about;
  ofr_open_options options;
  char description[192];
  int lanes, group;
  cl_context context;
  flight flights[OFR_MOST_IN_FLIGHT];
  int first, flying;       /* the oldest flight, and how many there are */
  char key[OFR_OPENCL_KEY]; /* of the program made last */
  cl_program prober;
  cl_kernel probe;
  /* since upload */
  cl_program program;
  char *program_shape;     /* what it was compiled for */
  cl_kernel paths, fold;
  ofr_image shape;         /* the header of the images, for dimensions */
  int points;
  uint32_t groups, batch_limit;
  cl_mem images;
  ofr_opencl_bounder *bounder; /* NULL until it is asked for */
  uint64_t launches;
  uint32_t largest_grid;
  double seconds, probe_seconds;
};

/* What a call of OpenCL's returned, as a status. */
static offramp_status checked(const ofr_device *d, const char *call, cl_int code, offramp_error *error) {
  return code == CL_SUCCESS ? OFFRAMP_OK : ofr_opencl_fail(error, d->about.info.name, call, code);
}

static offramp_status out_of_memory(const ofr_device *d, offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, d->about.info.name, "out of memory: close other programs or lower --batch");
}

static int list(ofr_device_info *devices, int most) {
  const ofr_opencl *cl = ofr_opencl_load();
  ofr_opencl_device found[MOST_DEVICES];
  int n = cl ? ofr_opencl_devices(cl, found, MOST_DEVICES) : 0;
  for (int i = 0; i < n && i < most && i < MOST_DEVICES; i++) devices[i] = found[i].info;
  return n < MOST_DEVICES ? n : MOST_DEVICES;
}

static const char *describe(const ofr_device *d) { return d->description; }

/* ---- programs ---- */

static void release_kernel(const ofr_device *d, cl_kernel *kernel) {
  if (*kernel) d->cl->ReleaseKernel(*kernel);
  *kernel = NULL;
}

static void release_program(const ofr_device *d, cl_program *program) {
  if (*program) d->cl->ReleaseProgram(*program);
  *program = NULL;
}

static offramp_status make_program(ofr_device *d, const char *shape, cl_program *program, offramp_error *error) {
  const ofr_opencl_build build = {d->context, &d->about, ofr_kernel_text, shape, d->lanes, d->group, &d->options};
  return ofr_opencl_program(d->cl, &build, program, d->key, error);
}

static offramp_status make_kernel(ofr_device *d, cl_program program, const char *name, cl_kernel *kernel,
                                  offramp_error *error) {
  cl_int code;
  *kernel = d->cl->CreateKernel(program, name, &code);
  return *kernel ? OFFRAMP_OK : checked(d, "clCreateKernel", code, error);
}

typedef struct argument { size_t size; const void *value; } argument;

#define ARGUMENT(x) {sizeof(x), &(x)}

static cl_int set_arguments(const ofr_device *d, cl_kernel kernel, const argument *arguments, int count) {
  cl_int code = CL_SUCCESS;
  for (int i = 0; i < count && code == CL_SUCCESS; i++)
    code = d->cl->SetKernelArg(kernel, (cl_uint)i, arguments[i].size, arguments[i].value);
  return code;
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
  if (size > d->about.most) return checked(d, "clCreateBuffer", CL_INVALID_BUFFER_SIZE, error);
  b->memory = d->cl->CreateBuffer(d->context, CL_MEM_READ_WRITE, size ? (size_t)size : 1, NULL, &code);
  b->size = (size_t)size;
  return b->memory ? OFFRAMP_OK : checked(d, "clCreateBuffer", code, error);
}

static void release_kernels(ofr_device *d) {
  release_kernel(d, &d->paths);
  release_kernel(d, &d->fold);
  release_program(d, &d->program);
  free(d->program_shape);
  d->program_shape = NULL;
}

static void release_upload(ofr_device *d) {
  if (d->images) d->cl->ReleaseMemObject(d->images);
  d->images = NULL;
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
static void abandon(ofr_device *d) {
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    if (d->flights[i].queue) d->cl->Finish(d->flights[i].queue);
    release_events(d, &d->flights[i]);
  }
  d->flying = 0;
}

/* ---- opening and closing ---- */

static void close_device(ofr_device *d) {
  if (!d) return;
  abandon(d);
  release_upload(d);
  release_kernels(d);
  ofr_opencl_bounder_free(d->bounder);
  release_kernel(d, &d->probe);
  release_program(d, &d->prober);
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++)
    if (d->flights[i].queue) d->cl->ReleaseCommandQueue(d->flights[i].queue);
  if (d->context) d->cl->ReleaseContext(d->context);
  free(d);
}

static offramp_status find_device(ofr_device *d, offramp_error *error) {
  ofr_opencl_device found[MOST_DEVICES];
  int n = d->cl ? ofr_opencl_devices(d->cl, found, MOST_DEVICES) : 0, i = d->options.device;
  if (i < 0 || i >= n || i >= MOST_DEVICES)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, "opencl", "there is no opencl device %d: see `offramp devices`", i);
  d->about = found[i];
  if (!d->about.info.usable && !d->options.any_device)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, d->about.info.name, "the device cannot be used: %s; use --backend cpu",
                    d->about.info.why_not);
  d->lanes = d->options.lanes ? d->options.lanes : d->about.lanes;
  d->group = d->lanes == 1 ? GROUP : 1;
  snprintf(d->description, sizeof d->description, "%.127s, OpenCL, %d lane%s", d->about.info.name, d->lanes,
           d->lanes > 1 ? "s" : "");
  return OFFRAMP_OK;
}

static offramp_status open_queues(ofr_device *d, offramp_error *error) {
  cl_command_queue_properties properties = d->options.profile ? CL_QUEUE_PROFILING_ENABLE : 0;
  cl_int code;
  d->context = d->cl->CreateContext(NULL, 1, &d->about.id, NULL, NULL, &code);
  if (!d->context) return checked(d, "clCreateContext", code, error);
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    d->flights[i].queue = d->cl->CreateCommandQueue(d->context, d->about.id, properties, &code);
    if (!d->flights[i].queue) return checked(d, "clCreateCommandQueue", code, error);
  }
  return OFFRAMP_OK;
}

static offramp_status open_device(const ofr_open_options *options, ofr_device **device, offramp_error *error) {
  ofr_device *d = calloc(1, sizeof *d);
  *device = NULL;
  if (!d) return ofr_fail(error, OFFRAMP_ERR_LIMIT, "opencl", "out of memory: close other programs");
  d->cl = ofr_opencl_load();
  d->options = *options;
  offramp_status status = find_device(d, error);
  if (status == OFFRAMP_OK) status = open_queues(d, error);
  if (status == OFFRAMP_OK) status = make_program(d, "", &d->prober, error);
  if (status == OFFRAMP_OK) status = make_kernel(d, d->prober, "probe", &d->probe, error);
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

static uint64_t sum_lanes(const ofr_device *d) { return (uint64_t)(d->lanes * d->group); }

/* A group's sums. */
static uint64_t part_bytes(const ofr_device *d) { return series_rows(d) * sum_lanes(d) * sizeof(int64_t); }

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* As many groups as fill the device, or a half, or twice as many, as long as their sums take no more than an eighth of its
 * memory. */
static uint32_t choose_groups(const ofr_device *d, int shape) {
  uint64_t units = d->about.units ? d->about.units : 1, room = least(d->about.most, d->about.memory / 8) / part_bytes(d);
  uint64_t groups = d->about.info.gpu ? units * (GPU_WORKERS / GROUP) : units * CPU_WORKERS;
  groups = least(shape == 1 ? groups / 2 : shape == 2 ? groups * 2 : groups, room);
  return groups ? (uint32_t)groups : 1;
}

/* A batch ends within a moment, for a run can stop only between two: by the steps of the merit order, which take most of the
 * time, in 2^31 of which a core or a GPU's unit needs about a tenth of a second. */
static uint32_t choose_batch_limit(const ofr_device *d) {
  const ofr_image *im = &d->shape;
  uint64_t slots = (uint64_t)im->slots + 8, lanes = (uint64_t)d->lanes, workers = (uint64_t)d->groups * (uint64_t)d->group;
  uint64_t months = (uint64_t)d->points * (uint64_t)im->strategies * (uint64_t)im->months;
  uint64_t steps = months * (uint64_t)(im->workloads + 1) * slots * slots;
  uint64_t paths = ((uint64_t)d->about.units << 31) / steps, round = workers * lanes;
  paths = paths < round ? round : paths;
  paths = least(paths, SUM_BUNDLES * round);
  paths = least(paths, least(d->about.most, d->about.memory / 4) / (column_rows(d) * sizeof(int64_t)));
  paths = least(paths, (((uint64_t)1 << 31) - workers) / (uint64_t)d->points * lanes); /* the kernel counts in 32 bits */
  paths = least(paths, (uint64_t)1 << 30);
  if (paths > round) paths -= paths % round;
  return paths ? (uint32_t)paths : 1;
}

static uint32_t batch_limit(const ofr_device *d) { return d->batch_limit; }

static int shapes(const ofr_device *d) { (void)d; return 3; }

static void reshape(ofr_device *d, int shape) {
  d->groups = choose_groups(d, shape);
  d->batch_limit = choose_batch_limit(d);
}

/* ---- batches ---- */

static const char *kernel(const ofr_device *d) { return d->key; }

/* Sums of one kind: a group's `size` of them, then the next group's. */
static offramp_status zero(ofr_device *d, flight *f, const buffer *b, uint64_t size, uint32_t groups, offramp_error *error) {
  const cl_long nothing = 0;
  cl_int code = d->cl->EnqueueFillBuffer(f->queue, b->memory, &nothing, sizeof nothing, 0,
                                         (size_t)(size * groups) * sizeof(int64_t), 0, NULL, NULL);
  return checked(d, "clEnqueueFillBuffer", code, error);
}

static offramp_status fold(ofr_device *d, flight *f, const buffer *b, uint64_t size, uint32_t groups, offramp_error *error) {
  cl_ulong a_part = size;
  cl_uint parts = groups, kept = f->parts;
  size_t items = (size_t)size * f->parts, local = (size_t)sum_lanes(d);
  const argument arguments[] = {ARGUMENT(b->memory), ARGUMENT(a_part), ARGUMENT(parts), ARGUMENT(kept)};
  if (kept == parts) return OFFRAMP_OK;
  cl_int code = set_arguments(d, d->fold, arguments, 4);
  if (code == CL_SUCCESS) code = d->cl->EnqueueNDRangeKernel(f->queue, d->fold, 1, NULL, &items, &local, 0, NULL, NULL);
  return checked(d, "clEnqueueNDRangeKernel", code, error);
}

static offramp_status launch(ofr_device *d, flight *f, const ofr_batch *batch, uint32_t groups, offramp_error *error) {
  size_t local = (size_t)d->group, workers = groups * local;
  cl_mem none = NULL;
  ofr_job job = {.path_low = (uint32_t)batch->first_path,
                 .path_high = (uint32_t)(batch->first_path >> 32),
                 .paths = batch->paths,
                 .points = (uint32_t)d->points,
                 .image_words = d->shape.bytes / 4,
                 .stride = batch->paths,
                 .band_paths = batch->with_sums ? batch->band_paths : 0,
                 .band_stride = batch->band_paths,
                 .workers = (uint32_t)workers,
                 .with_sums = batch->with_sums,
                 .future_stride = batch->future_stride};
  const argument arguments[] = {ARGUMENT(d->images),
                                ARGUMENT(job),
                                ARGUMENT(f->columns.memory),
                                {sizeof none, job.band_paths ? &f->bands.memory : &none},
                                {sizeof none, job.with_sums ? &f->sums.memory : &none},
                                ARGUMENT(f->clamped.memory),
                                ARGUMENT(f->futures.memory)};
  cl_int code = set_arguments(d, d->paths, arguments, 7);
  if (code != CL_SUCCESS) return checked(d, "clSetKernelArg", code, error);
  code = d->cl->EnqueueNDRangeKernel(f->queue, d->paths, 1, NULL, &workers, &local, 0, NULL, &f->computed);
  return checked(d, "clEnqueueNDRangeKernel", code, error);
}

/* Some drivers compile a kernel when it is launched first: here, on no paths, so that no batch has to wait for it. */
static offramp_status warm_up(ofr_device *d, offramp_error *error) {
  const ofr_batch nothing = {.points = d->points};
  flight *f = &d->flights[0];
  offramp_status status = make_room(d, &f->clamped, (uint64_t)d->points * sum_lanes(d) * sizeof(int64_t), error);
  if (status == OFFRAMP_OK) status = launch(d, f, &nothing, 1, error);
  f->parts = 1;
  if (status == OFFRAMP_OK) status = fold(d, f, &f->clamped, sum_lanes(d), 0, error);
  cl_int code = d->cl->Finish(f->queue);
  release_events(d, f);
  return status == OFFRAMP_OK ? checked(d, "clFinish", code, error) : status;
}

/* Compiled for the shape, unless that is done: a plan that differs in numbers only finds its kernels there. Takes `shape`. */
static offramp_status make_kernels(ofr_device *d, char *shape, offramp_error *error) {
  if (d->program_shape && !strcmp(d->program_shape, shape)) {
    free(shape);
    return OFFRAMP_OK;
  }
  release_kernels(d);
  offramp_status status = make_program(d, shape, &d->program, error);
  if (status == OFFRAMP_OK) status = make_kernel(d, d->program, "paths", &d->paths, error);
  if (status == OFFRAMP_OK) status = make_kernel(d, d->program, "fold", &d->fold, error);
  if (status == OFFRAMP_OK) d->program_shape = shape;
  else free(shape);
  return status;
}

static offramp_status upload(ofr_device *d, const ofr_image *images, int points, offramp_error *error) {
  char *shape = ofr_image_shape_text(images);
  cl_int code;
  release_upload(d);
  if (!shape) return out_of_memory(d, error);
  offramp_status status = make_kernels(d, shape, error);
  if (status != OFFRAMP_OK) return status;
  d->shape = *images;
  d->points = points;
  d->launches = d->largest_grid = 0;
  d->seconds = 0;
  reshape(d, 0);
  d->images = d->cl->CreateBuffer(d->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, (size_t)images->bytes * (size_t)points,
                                  (void *)(uintptr_t)images, &code);
  return d->images ? warm_up(d, error) : checked(d, "clCreateBuffer", code, error);
}

/* `rows` rows of `count` values to the caller's rows of `stride`, from `offset` on. */
static offramp_status fetch_rows(ofr_device *d, flight *f, const buffer *b, uint64_t rows, uint32_t count, int64_t *to, uint64_t stride,
                                 uint64_t offset, offramp_error *error) {
  const size_t width = count * sizeof *to, pitch = (size_t)stride * sizeof *to;
  const size_t from[] = {0, 0, 0}, at[] = {(size_t)offset * sizeof *to, 0, 0}, region[] = {width, (size_t)rows, 1};
  cl_int code =
      d->cl->EnqueueReadBufferRect(f->queue, b->memory, CL_FALSE, from, at, region, width, 0, pitch, 0, to, 0, NULL, NULL);
  return checked(d, "clEnqueueReadBufferRect", code, error);
}

static offramp_status fetch(ofr_device *d, flight *f, const buffer *b, uint64_t size, int64_t **to, cl_event *done,
                            offramp_error *error) {
  size_t bytes = (size_t)(size * f->parts) * sizeof **to;
  free(*to);
  *to = malloc(bytes);
  if (!*to) return out_of_memory(d, error);
  cl_int code = d->cl->EnqueueReadBuffer(f->queue, b->memory, CL_FALSE, 0, bytes, *to, 0, NULL, done);
  return checked(d, "clEnqueueReadBuffer", code, error);
}

/* How many groups have work, and into how many parts their sums are folded, so that 64 bits hold them. */
static uint32_t share_out(const ofr_device *d, flight *f, const ofr_batch *batch) {
  uint64_t bundles = (batch->paths + (uint64_t)d->lanes - 1) / (uint64_t)d->lanes, group = (uint64_t)d->group;
  uint64_t groups = least(d->groups, (bundles * (uint64_t)d->points + group - 1) / group);
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
  size_t bytes = ((size_t)d->shape.months * (size_t)d->shape.futures * batch->future_stride + 32) * sizeof(float);
  if (d->shape.futures == 0) return OFFRAMP_OK;
  offramp_status status = make_room(d, &f->futures, bytes, error);
  if (status != OFFRAMP_OK) return status;
  cl_int code = d->cl->EnqueueWriteBuffer(f->queue, f->futures.memory, CL_FALSE, 0, bytes, batch->futures, 0, NULL, NULL);
  return checked(d, "clEnqueueWriteBuffer", code, error);
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

static offramp_status submit(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  flight *f = &d->flights[(d->first + d->flying) % OFR_MOST_IN_FLIGHT];
  offramp_status status = OFFRAMP_OK;
  if (d->options.stop && *d->options.stop) status = ofr_fail(error, OFFRAMP_INTERRUPTED, d->about.info.name, "interrupted");
  if (status == OFFRAMP_OK) status = compute(d, f, batch, error);
  if (status == OFFRAMP_OK) status = bring_home(d, f, batch, error);
  if (status != OFFRAMP_OK) {
    abandon(d);
    return status;
  }
  d->cl->Flush(f->queue);
  d->flying++;
  return OFFRAMP_OK;
}

static double seconds_of(const ofr_device *d, cl_event event) {
  cl_ulong begun = 0, ended = 0;
  if (!d->options.profile ||
      d->cl->GetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof begun, &begun, NULL) != CL_SUCCESS ||
      d->cl->GetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof ended, &ended, NULL) != CL_SUCCESS || ended < begun)
    return 0;
  return 1e-9 * (double)(ended - begun);
}

static offramp_status collect(ofr_device *d, ofr_batch *batch, offramp_error *error) {
  flight *f = &d->flights[d->first];
  const cl_event events[] = {f->computed, f->fetched};
  cl_int code = d->cl->WaitForEvents(2, events), finished = d->cl->Finish(f->queue);
  if (code == CL_SUCCESS) code = finished;
  if (code != CL_SUCCESS) {
    abandon(d);
    return checked(d, "clWaitForEvents", code, error);
  }
  d->seconds += seconds_of(d, f->computed);
  release_events(d, f);
  d->first = (d->first + 1) % OFR_MOST_IN_FLIGHT;
  d->flying--;
  batch->sums = f->host_sums;
  batch->clamped = f->host_clamped;
  batch->sum_parts = (int)f->parts;
  batch->sum_lanes = (int)sum_lanes(d);
  return OFFRAMP_OK;
}

/* ---- probe ---- */

static offramp_status ask(ofr_device *d, int kind, cl_mem questions, cl_mem answers, uint32_t *to, uint32_t n,
                          offramp_error *error) {
  cl_command_queue queue = d->flights[0].queue;
  cl_event done = NULL;
  cl_int what = kind;
  size_t local = (size_t)d->group, items = (n + local - 1) / local * local;
  const argument arguments[] = {ARGUMENT(what), ARGUMENT(questions), ARGUMENT(answers), ARGUMENT(n)};
  cl_int code = set_arguments(d, d->probe, arguments, 4);
  if (code != CL_SUCCESS) return checked(d, "clSetKernelArg", code, error);
  code = d->cl->EnqueueNDRangeKernel(queue, d->probe, 1, NULL, &items, &local, 0, NULL, &done);
  if (code != CL_SUCCESS) return checked(d, "clEnqueueNDRangeKernel", code, error);
  code = d->cl->EnqueueReadBuffer(queue, answers, CL_TRUE, 0, (size_t)n * 4 * sizeof *to, to, 0, NULL, NULL);
  d->probe_seconds += code == CL_SUCCESS ? seconds_of(d, done) : 0;
  d->cl->ReleaseEvent(done);
  return checked(d, "clEnqueueReadBuffer", code, error);
}

static offramp_status probe(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  cl_int code, code2;
  cl_mem asked = d->cl->CreateBuffer(d->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, (size_t)n * 6 * sizeof *questions,
                                     (void *)(uintptr_t)questions, &code);
  cl_mem answered = d->cl->CreateBuffer(d->context, CL_MEM_WRITE_ONLY, (size_t)n * 4 * sizeof *answers, NULL, &code2);
  offramp_status status = asked && answered ? ask(d, kind, asked, answered, answers, n, error)
                                            : checked(d, "clCreateBuffer", asked ? code2 : code, error);
  if (asked) d->cl->ReleaseMemObject(asked);
  if (answered) d->cl->ReleaseMemObject(answered);
  return status;
}

/* ---- bounds ---- */

static offramp_status bound(ofr_device *d, const ofr_bound_batch *batch, offramp_error *error) {
  if (!d->bounder) {
    const ofr_opencl_bound_place place = {d->cl, &d->about, &d->options, d->context, d->flights[0].queue, d->lanes, d->group};
    d->bounder = ofr_opencl_bounder_create(&place);
    if (!d->bounder) return out_of_memory(d, error);
  }
  return ofr_opencl_bound(d->bounder, batch, error);
}

static uint32_t bound_limit(const ofr_device *d) {
  uint32_t units = d->about.units ? d->about.units : 1;
  return ofr_opencl_bound_workers(units, d->about.info.gpu) * (uint32_t)d->lanes;
}

/* ---- facts ---- */

static int bytes_of(const ofr_device *d, cl_kernel kernel, cl_kernel_work_group_info what) {
  cl_ulong bytes = 0;
  if (!kernel || d->cl->GetKernelWorkGroupInfo(kernel, d->about.id, what, sizeof bytes, &bytes, NULL) != CL_SUCCESS) return -1;
  return bytes < 1 << 30 ? (int)bytes : -1;
}

static ofr_kernel_facts facts_of(const ofr_device *d, const char *name, cl_kernel kernel, double seconds) {
  ofr_kernel_facts k = {.group = (uint32_t)d->group,
                        .seconds = d->options.profile ? seconds : -1,
                        .registers = -1, /* OpenCL has no name for these three */
                        .occupancy = -1,
                        .instructions = -1,
                        .spilled = bytes_of(d, kernel, CL_KERNEL_PRIVATE_MEM_SIZE),
                        .shared = bytes_of(d, kernel, CL_KERNEL_LOCAL_MEM_SIZE)};
  snprintf(k.name, sizeof k.name, "%s", name);
  return k;
}

static int facts(const ofr_device *d, ofr_kernel_facts *kernels, int most) {
  if (most > 0) {
    kernels[0] = facts_of(d, "paths", d->paths, d->seconds);
    kernels[0].launches = d->launches;
    kernels[0].groups = d->largest_grid;
  }
  if (most > 1) kernels[1] = facts_of(d, "probe", d->probe, d->probe_seconds);
  return 2;
}

static void fill(const ofr_device *d, uint32_t *questions, int *lanes) {
  uint32_t units = d->about.units ? d->about.units : 1;
  *questions = d->about.info.gpu ? units * 2 * GPU_WORKERS : units;
  *lanes = d->lanes;
}

const ofr_backend ofr_backend_opencl = {"opencl", OFR_MOST_IN_FLIGHT, describe, list,    open_device, upload, batch_limit, shapes,
                                        reshape,  kernel,             submit,   collect, probe,       bound,  bound_limit, fill,   facts,
                                        close_device};
