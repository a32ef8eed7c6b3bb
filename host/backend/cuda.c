/* Back end `cuda`: NVIDIA GPUs, opened and closed, given their kernels and images, probed. Of batches: cuda_batch.c. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "batch_sizes.h"
#include "cuda_device.h"

enum { MOST_DEVICES = 32 };

static int list(ofr_device_info *devices, int most) {
  ofr_cuda_device found[MOST_DEVICES];
  int n = ofr_cuda_devices(found, MOST_DEVICES);
  if (n > MOST_DEVICES) n = MOST_DEVICES;
  for (int i = 0; i < n && i < most; i++) devices[i] = found[i].info;
  return n;
}

static const char *describe(const ofr_device *d) { return d->description; }

static void release_upload(ofr_device *d) {
  if (d->images) d->cuda->MemFree(d->images);
  d->images = 0;
  ofr_cuda_release_batches(d);
}

/* ---- opening and closing ---- */

static void release_module(ofr_device *d) {
  if (d->kernel.module) d->cuda->ModuleUnload(d->kernel.module);
  free(d->module_shape);
  d->kernel.module = NULL;
  d->module_shape = NULL;
  d->paths = d->probe = NULL;
}

static void destroy_events(ofr_device *d) {
  for (int i = 0; i < OFR_CUDA_SLOTS; i++) {
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
    ofr_cuda_abandon(d);
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
  ofr_cuda_build build = {&d->about, image, shape, ofr_kernel_text_cuda, points == 1, &d->options,
                          ofr_cuda_path_images};
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
  for (int i = 0; i < OFR_CUDA_SLOTS; i++) {
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

static uint32_t batch_limit(const ofr_device *d) { return d->batch_limit; }

/* Every grid from what fills the device down to a quarter of it: fewer threads leave each more of the cache. */
static int shapes(const ofr_device *d) { return d->blocks_of_unit < 4 ? (int)d->blocks_of_unit : 4; }

static void reshape(ofr_device *d, int shape) {
  uint32_t units = d->about.units > 0 ? (uint32_t)d->about.units : 1;
  d->blocks = (d->blocks_of_unit - (d->blocks_of_unit * (uint32_t)shape + 3) / 4) * units;
  ofr_cuda_choose_sizes(d);
}

static const char *kernel(const ofr_device *d) { return d->kernel.key; }

/* Into constant memory where the kernel looks for them there. */
static offramp_status put_images(ofr_device *d, const ofr_image *images, offramp_error *error) {
  size_t bytes = (size_t)images->bytes * (size_t)d->points, room = 0;
  ofr_cuda_memory to = 0;
  if (d->kernel.constant) TRY(ModuleGetGlobal, &to, &room, d->kernel.module, "offramp_image");
  if (d->kernel.constant && room < bytes)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, d->about.info.name, "the kernel is not this plan's: clear the cache folder");
  if (!d->kernel.constant) TRY(MemAlloc, &d->images, bytes);
  TRY(MemcpyHtoD, d->kernel.constant ? to : d->images, images, bytes);
  return OFFRAMP_OK;
}

static offramp_status upload(ofr_device *d, const ofr_image *images, int points, offramp_error *error) {
  char *shape = ofr_image_shape_text(images);
  int blocks = 0;
  if (!shape) return ofr_batch_out_of_memory(d->about.info.name, error);
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


/* ---- probe ---- */

static offramp_status ask(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                          const ofr_cuda_buffer *asked, const ofr_cuda_buffer *answered, offramp_error *error) {
  void *arguments[] = {&kind, (void *)(uintptr_t)&asked->memory, (void *)(uintptr_t)&answered->memory, &n};
  const ofr_cuda_slot *at = &d->slots[0];
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
  ofr_cuda_buffer asked = {0}, answered = {0};
  d->cuda->CtxSetCurrent(d->context);
  offramp_status status = ofr_cuda_make_room(d, &asked, (uint64_t)n * 6 * sizeof *questions, error);
  if (status == OFFRAMP_OK) status = ofr_cuda_make_room(d, &answered, (uint64_t)n * 4 * sizeof *answers, error);
  if (status == OFFRAMP_OK) status = ask(d, kind, questions, answers, n, &asked, &answered, error);
  ofr_cuda_release_buffer(d, &asked);
  ofr_cuda_release_buffer(d, &answered);
  return status;
}

/* ---- bounds ---- */

static offramp_status bound(ofr_device *d, const ofr_bound_batch *batch, offramp_error *error) {
  if (!d->bounder) d->bounder = ofr_cuda_bounder_create(&d->about, &d->options);
  if (!d->bounder) return ofr_batch_out_of_memory(d->about.info.name, error);
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
    if (d->kernel.class) snprintf(k->name, sizeof k->name, "offramp_paths (ahead %d)", d->kernel.class);
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

const ofr_backend ofr_backend_cuda = {.name = "cuda",
                                      .in_flight = OFR_MOST_IN_FLIGHT,
                                      .describe = describe,
                                      .list = list,
                                      .open = open_device,
                                      .upload = upload,
                                      .batch_limit = batch_limit,
                                      .shapes = shapes,
                                      .reshape = reshape,
                                      .kernel = kernel,
                                      .submit = ofr_cuda_submit,
                                      .collect = ofr_cuda_collect,
                                      .probe = probe,
                                      .bound = bound,
                                      .bound_limit = bound_limit,
                                      .fill = fill,
                                      .facts = facts,
                                      .close = close_device};
