#include "cuda_bound.h"
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"

enum { BLOCKS_OF_UNIT = 4 }; /* at most, whatever the kernel leaves room for: a batch is as many paths */

typedef struct buffer { ofr_cuda_memory memory; uint64_t size; } buffer;

struct ofr_cuda_bounder {
  const ofr_cuda *cuda;
  const ofr_cuda_device *device;
  const ofr_open_options *options;
  char *shape;             /* what the module was compiled for */
  ofr_cuda_kernel kernel;
  ofr_cuda_function bounds, space;
  uint64_t threads;        /* that fill the device */
  buffer image, set, blocks, results, futures, answer;
};

#define TRY(call, ...)                                                                                                         \
  do {                                                                                                                         \
    ofr_cuda_code code_ = b->cuda->call(__VA_ARGS__);                                                                          \
    if (code_ != OFR_CUDA_OK) return ofr_cuda_fail(error, b->device->info.name, "cu" #call, code_);                             \
  } while (0)

static uint32_t units_of(const ofr_cuda_device *device) { return device->units > 0 ? (uint32_t)device->units : 1; }

uint32_t ofr_cuda_bound_limit(const ofr_cuda_device *device) { return units_of(device) * BLOCKS_OF_UNIT * OFR_CUDA_GROUP; }

ofr_cuda_bounder *ofr_cuda_bounder_create(const ofr_cuda_device *device, const ofr_open_options *options) {
  ofr_cuda_bounder *b = calloc(1, sizeof *b);
  if (!b) return NULL;
  b->cuda = ofr_cuda_load();
  b->device = device;
  b->options = options;
  return b;
}

static void release_module(ofr_cuda_bounder *b) {
  if (b->kernel.module) b->cuda->ModuleUnload(b->kernel.module);
  free(b->shape);
  b->kernel.module = NULL;
  b->shape = NULL;
}

void ofr_cuda_bounder_free(ofr_cuda_bounder *b) {
  if (!b) return;
  const buffer all[] = {b->image, b->set, b->blocks, b->results, b->futures, b->answer};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i].memory) b->cuda->MemFree(all[i].memory);
  release_module(b);
  free(b);
}

static offramp_status make_room(const ofr_cuda_bounder *b, buffer *to, uint64_t size, offramp_error *error) {
  if (to->memory && to->size >= size) return OFFRAMP_OK;
  if (to->memory) b->cuda->MemFree(to->memory);
  *to = (buffer){0};
  TRY(MemAlloc, &to->memory, (size_t)size);
  to->size = size;
  return OFFRAMP_OK;
}

static offramp_status send(const ofr_cuda_bounder *b, buffer *to, const void *from, uint64_t bytes, offramp_error *error) {
  offramp_status status = make_room(b, to, bytes, error);
  if (status == OFFRAMP_OK) TRY(MemcpyHtoD, to->memory, from, (size_t)bytes);
  return status;
}

/* Takes `shape`. */
static offramp_status compile(ofr_cuda_bounder *b, char *shape, const ofr_image *image, offramp_error *error) {
  const ofr_cuda_build build = {b->device, image, shape, ofr_bound_kernel_text_cuda, false, b->options,
                                ofr_cuda_bound_images};
  int blocks = 0;
  release_module(b);
  b->shape = shape;
  offramp_status status = ofr_cuda_kernel_make(&build, &b->kernel, error);
  if (status != OFFRAMP_OK) {
    release_module(b);
    return status;
  }
  TRY(ModuleGetFunction, &b->bounds, b->kernel.module, "offramp_bounds");
  TRY(ModuleGetFunction, &b->space, b->kernel.module, "offramp_bound_space");
  TRY(OccupancyMaxActiveBlocksPerMultiprocessor, &blocks, b->bounds, OFR_CUDA_GROUP, 0);
  if (blocks > BLOCKS_OF_UNIT) blocks = BLOCKS_OF_UNIT;
  b->threads = (uint64_t)(blocks > 0 ? blocks : 1) * units_of(b->device) * OFR_CUDA_GROUP;
  return OFFRAMP_OK;
}

static offramp_status prepare(ofr_cuda_bounder *b, const ofr_bound_batch *batch, offramp_error *error) {
  char *shape = ofr_image_shape_text(batch->image);
  if (!shape) return ofr_fail(error, OFFRAMP_ERR_LIMIT, b->device->info.name, "out of memory: close other programs");
  if (!b->shape || strcmp(b->shape, shape)) return compile(b, shape, batch->image, error);
  free(shape);
  return OFFRAMP_OK;
}

/* Bytes of a thread's block: the device's own words say. */
static offramp_status ask_space(ofr_cuda_bounder *b, uint64_t *block, offramp_error *error) {
  offramp_status status = make_room(b, &b->answer, sizeof *block, error);
  void *arguments[] = {&b->image.memory, &b->set.memory, &b->answer.memory};
  if (status != OFFRAMP_OK) return status;
  TRY(LaunchKernel, b->space, 1, 1, 1, 1, 1, 1, 0, NULL, arguments, NULL);
  TRY(MemcpyDtoH, block, b->answer.memory, sizeof *block);
  return OFFRAMP_OK;
}

/* As many blocks of threads as fill the device, as half of its memory holds and as there is work for. */
static uint32_t choose_grid(const ofr_cuda_bounder *b, const ofr_bound_batch *batch, uint64_t block) {
  uint64_t threads = b->threads, room = b->device->memory / 2 / block;
  if (threads > room) threads = room;
  if (threads > batch->paths) threads = batch->paths + OFR_CUDA_GROUP - 1;
  return threads > OFR_CUDA_GROUP ? (uint32_t)(threads / OFR_CUDA_GROUP) : 1;
}

static offramp_status compute(ofr_cuda_bounder *b, const ofr_bound_batch *batch, uint64_t block, offramp_error *error) {
  uint32_t grid = choose_grid(b, batch, block);
  uint64_t workers = (uint64_t)grid * OFR_CUDA_GROUP, row = batch->paths * sizeof(int64_t);
  offramp_status status = make_room(b, &b->blocks, workers * block, error);
  if (status == OFFRAMP_OK) status = make_room(b, &b->results, OFR_BOUND_OUTPUTS * row, error);
  if (status != OFFRAMP_OK) return status;
  ofr_job job = {.path_low = (uint32_t)batch->first_path, .path_high = (uint32_t)(batch->first_path >> 32), .paths = batch->paths,
                 .points = 1, .stride = batch->paths, .workers = (uint32_t)workers, .future_stride = batch->future_stride};
  void *arguments[] = {&b->image.memory, &job, &b->set.memory, &b->blocks.memory, &block, &b->results.memory, &b->futures.memory};
  TRY(LaunchKernel, b->bounds, grid, 1, 1, OFR_CUDA_GROUP, 1, 1, 0, NULL, arguments, NULL);
  int64_t *const to[] = {batch->lower, batch->upper, batch->fractional, batch->rounding, batch->rounds};
  for (uint64_t i = 0; i < OFR_BOUND_OUTPUTS; i++) TRY(MemcpyDtoH, to[i], b->results.memory + i * row, (size_t)row);
  return OFFRAMP_OK;
}

offramp_status ofr_cuda_bound(ofr_cuda_bounder *b, const ofr_bound_batch *batch, offramp_error *error) {
  const ofr_image *im = batch->image;
  uint64_t futures = ((uint64_t)im->months * (uint64_t)im->futures * batch->future_stride + 32) * sizeof(float), block = 0;
  offramp_status status = prepare(b, batch, error);
  if (status == OFFRAMP_OK) status = send(b, &b->image, im, im->bytes, error);
  if (status == OFFRAMP_OK) status = send(b, &b->set, batch->set, ofr_bound_set_size(batch->set), error);
  if (status == OFFRAMP_OK && im->futures > 0) status = send(b, &b->futures, batch->futures, futures, error);
  if (status == OFFRAMP_OK) status = ask_space(b, &block, error);
  if (status == OFFRAMP_OK) status = compute(b, batch, block, error);
  if (status == OFFRAMP_OK && b->options->stop && *b->options->stop)
    status = ofr_fail(error, OFFRAMP_INTERRUPTED, "cuda", "interrupted");
  return status;
}
