#include "opencl_bound.h"
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"

enum { GPU_WORKERS = 256, CPU_WORKERS = 4 }; /* a compute unit */

typedef struct buffer { cl_mem memory; uint64_t size; } buffer;

struct ofr_opencl_bounder {
  ofr_opencl_bound_place at;
  char *shape;             /* what the program was compiled for */
  cl_program program;
  cl_kernel bounds, space;
  buffer image, set, blocks, results, futures, answer;
};

#define NAME(b) ((b)->at.device->info.name)

static offramp_status checked(const ofr_opencl_bounder *b, const char *call, cl_int code, offramp_error *error) {
  return code == CL_SUCCESS ? OFFRAMP_OK : ofr_opencl_fail(error, NAME(b), call, code);
}

ofr_opencl_bounder *ofr_opencl_bounder_create(const ofr_opencl_bound_place *place) {
  ofr_opencl_bounder *b = calloc(1, sizeof *b);
  if (b) b->at = *place;
  return b;
}

uint32_t ofr_opencl_bound_workers(uint32_t units, bool gpu) { return units * (gpu ? GPU_WORKERS : CPU_WORKERS); }

static void release_program(ofr_opencl_bounder *b) {
  const ofr_opencl *cl = b->at.cl;
  if (b->bounds) cl->ReleaseKernel(b->bounds);
  if (b->space) cl->ReleaseKernel(b->space);
  if (b->program) cl->ReleaseProgram(b->program);
  free(b->shape);
  b->bounds = b->space = NULL;
  b->program = NULL;
  b->shape = NULL;
}

void ofr_opencl_bounder_free(ofr_opencl_bounder *b) {
  if (!b) return;
  const buffer all[] = {b->image, b->set, b->blocks, b->results, b->futures, b->answer};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i].memory) b->at.cl->ReleaseMemObject(all[i].memory);
  release_program(b);
  free(b);
}

static offramp_status make_room(const ofr_opencl_bounder *b, buffer *to, uint64_t size, offramp_error *error) {
  cl_int code;
  if (to->memory && to->size >= size) return OFFRAMP_OK;
  if (to->memory) b->at.cl->ReleaseMemObject(to->memory);
  to->memory = b->at.cl->CreateBuffer(b->at.context, CL_MEM_READ_WRITE, (size_t)size, NULL, &code);
  to->size = to->memory ? size : 0;
  return to->memory ? OFFRAMP_OK : checked(b, "clCreateBuffer", code, error);
}

/* `count` bytes from the host. */
static offramp_status send(const ofr_opencl_bounder *b, buffer *to, const void *from, uint64_t count, offramp_error *error) {
  offramp_status status = make_room(b, to, count, error);
  if (status != OFFRAMP_OK) return status;
  cl_int code = b->at.cl->EnqueueWriteBuffer(b->at.queue, to->memory, CL_TRUE, 0, (size_t)count, from, 0, NULL, NULL);
  return checked(b, "clEnqueueWriteBuffer", code, error);
}

/* Takes `shape`. */
static offramp_status compile(ofr_opencl_bounder *b, char *shape, offramp_error *error) {
  const ofr_opencl *cl = b->at.cl;
  const ofr_opencl_build build = {b->at.context, b->at.device, ofr_bound_kernel_text, shape, b->at.lanes, b->at.group, b->at.options};
  char key[OFR_OPENCL_KEY];
  cl_int code = CL_SUCCESS;
  release_program(b);
  offramp_status status = ofr_opencl_program(cl, &build, &b->program, key, error);
  if (status == OFFRAMP_OK) b->bounds = cl->CreateKernel(b->program, "bounds", &code);
  if (b->bounds) b->space = cl->CreateKernel(b->program, "bound_space", &code);
  if (status == OFFRAMP_OK) status = checked(b, "clCreateKernel", code, error);
  if (status == OFFRAMP_OK) b->shape = shape;
  else free(shape);
  return status;
}

static offramp_status prepare(ofr_opencl_bounder *b, const ofr_bound_batch *batch, offramp_error *error) {
  char *shape = ofr_image_shape_text(batch->image);
  offramp_status status = OFFRAMP_OK;
  if (!b->at.device->doubles)
    status = ofr_fail(error, OFFRAMP_ERR_DEVICE, NAME(b), "the bound needs double precision, which this device does not have: use "
                      "--backend cpu");
  else if (!shape) status = ofr_fail(error, OFFRAMP_ERR_LIMIT, NAME(b), "out of memory: close other programs");
  if (status != OFFRAMP_OK || (b->shape && !strcmp(b->shape, shape))) {
    free(shape);
    return status;
  }
  return compile(b, shape, error);
}

typedef struct argument { size_t size; const void *value; } argument;
#define ARGUMENT(x) {sizeof(x), &(x)}

static offramp_status launch(const ofr_opencl_bounder *b, cl_kernel kernel, const argument *arguments, int count, size_t items,
                             size_t group, offramp_error *error) {
  cl_int code = CL_SUCCESS;
  for (int i = 0; i < count && code == CL_SUCCESS; i++)
    code = b->at.cl->SetKernelArg(kernel, (cl_uint)i, arguments[i].size, arguments[i].value);
  if (code == CL_SUCCESS)
    code = b->at.cl->EnqueueNDRangeKernel(b->at.queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL);
  return checked(b, "clEnqueueNDRangeKernel", code, error);
}

static offramp_status fetch(const ofr_opencl_bounder *b, const buffer *from, uint64_t offset, void *to, uint64_t bytes,
                            offramp_error *error) {
  cl_int code = b->at.cl->EnqueueReadBuffer(b->at.queue, from->memory, CL_TRUE, (size_t)offset, (size_t)bytes, to, 0, NULL, NULL);
  return checked(b, "clEnqueueReadBuffer", code, error);
}

/* Bytes of a work-item's block: the device's own words say. */
static offramp_status ask_space(ofr_opencl_bounder *b, uint64_t *block, offramp_error *error) {
  offramp_status status = make_room(b, &b->answer, sizeof *block, error);
  const argument arguments[] = {ARGUMENT(b->image.memory), ARGUMENT(b->set.memory), ARGUMENT(b->answer.memory)};
  if (status == OFFRAMP_OK) status = launch(b, b->space, arguments, 3, 1, 1, error);
  return status == OFFRAMP_OK ? fetch(b, &b->answer, 0, block, sizeof *block, error) : status;
}

/* As many work-items as fill the device, as its memory holds and as there is work for: whole groups. */
static uint64_t choose_workers(const ofr_opencl_bounder *b, const ofr_bound_batch *batch, uint64_t block) {
  const ofr_opencl_device *device = b->at.device;
  uint64_t lanes = (uint64_t)b->at.lanes, group = (uint64_t)b->at.group, room = device->memory / 2;
  uint64_t workers = ofr_opencl_bound_workers(device->units ? device->units : 1, device->info.gpu);
  uint64_t wanted = (batch->paths + lanes - 1) / lanes;
  if (room > device->most) room = device->most;
  if (workers > wanted) workers = wanted;
  if (workers > room / block) workers = room / block;
  workers = (workers + group - 1) / group * group;
  return workers ? workers : group;
}

static offramp_status compute(ofr_opencl_bounder *b, const ofr_bound_batch *batch, uint64_t block, offramp_error *error) {
  uint64_t workers = choose_workers(b, batch, block), row = batch->paths * sizeof(int64_t);
  offramp_status status = make_room(b, &b->blocks, workers * block, error);
  if (status == OFFRAMP_OK) status = make_room(b, &b->results, OFR_BOUND_OUTPUTS * row, error);
  ofr_job job = {.path_low = (uint32_t)batch->first_path, .path_high = (uint32_t)(batch->first_path >> 32), .paths = batch->paths,
                 .points = 1, .stride = batch->paths, .workers = (uint32_t)workers, .future_stride = batch->future_stride};
  cl_ulong bytes = block;
  const argument arguments[] = {ARGUMENT(b->image.memory),  ARGUMENT(job),   ARGUMENT(b->set.memory),
                                ARGUMENT(b->blocks.memory), ARGUMENT(bytes), ARGUMENT(b->results.memory),
                                ARGUMENT(b->futures.memory)};
  if (status == OFFRAMP_OK) status = launch(b, b->bounds, arguments, 7, (size_t)workers, (size_t)b->at.group, error);
  int64_t *const to[] = {batch->lower, batch->upper, batch->fractional, batch->rounding, batch->rounds};
  for (uint64_t i = 0; i < OFR_BOUND_OUTPUTS && status == OFFRAMP_OK; i++)
    status = fetch(b, &b->results, i * row, to[i], row, error);
  return status;
}

offramp_status ofr_opencl_bound(ofr_opencl_bounder *b, const ofr_bound_batch *batch, offramp_error *error) {
  const ofr_image *im = batch->image;
  uint64_t futures = ((uint64_t)im->months * (uint64_t)im->futures * batch->future_stride + 32) * sizeof(float), block = 0;
  offramp_status status = prepare(b, batch, error);
  if (status == OFFRAMP_OK) status = send(b, &b->image, im, im->bytes, error);
  if (status == OFFRAMP_OK) status = send(b, &b->set, batch->set, ofr_bound_set_size(batch->set), error);
  if (status == OFFRAMP_OK && im->futures > 0) status = send(b, &b->futures, batch->futures, futures, error);
  if (status == OFFRAMP_OK) status = ask_space(b, &block, error);
  if (status == OFFRAMP_OK) status = compute(b, batch, block, error);
  if (status == OFFRAMP_OK && b->at.options->stop && *b->at.options->stop)
    status = ofr_fail(error, OFFRAMP_INTERRUPTED, "opencl", "interrupted");
  return status;
}
