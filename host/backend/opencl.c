/* Back end `opencl`: GPUs of every vendor, and CPUs through drivers such as PoCL: opened and closed, given their programs and
 * images, probed. Of batches: opencl_batch.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "batch_sizes.h"
#include "opencl_device.h"

enum { MOST_DEVICES = 64 };

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
  return *kernel ? OFFRAMP_OK : ofr_opencl_checked(d, "clCreateKernel", code, error);
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
  ofr_opencl_release_batches(d);
}

/* ---- opening and closing ---- */

static void close_device(ofr_device *d) {
  if (!d) return;
  ofr_opencl_abandon(d);
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
  d->group = d->lanes == 1 ? OFR_OPENCL_GROUP : 1;
  snprintf(d->description, sizeof d->description, "%.127s, OpenCL, %d lane%s", d->about.info.name, d->lanes,
           d->lanes > 1 ? "s" : "");
  return OFFRAMP_OK;
}

static offramp_status open_queues(ofr_device *d, offramp_error *error) {
  cl_command_queue_properties properties = d->options.profile ? CL_QUEUE_PROFILING_ENABLE : 0;
  cl_int code;
  d->context = d->cl->CreateContext(NULL, 1, &d->about.id, NULL, NULL, &code);
  if (!d->context) return ofr_opencl_checked(d, "clCreateContext", code, error);
  for (int i = 0; i < OFR_MOST_IN_FLIGHT; i++) {
    d->flights[i].queue = d->cl->CreateCommandQueue(d->context, d->about.id, properties, &code);
    if (!d->flights[i].queue) return ofr_opencl_checked(d, "clCreateCommandQueue", code, error);
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

static uint32_t batch_limit(const ofr_device *d) { return d->batch_limit; }

static int shapes(const ofr_device *d) { (void)d; return 3; }

static const char *kernel(const ofr_device *d) { return d->key; }

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
  if (!shape) return ofr_batch_out_of_memory(d->about.info.name, error);
  offramp_status status = make_kernels(d, shape, error);
  if (status != OFFRAMP_OK) return status;
  d->shape = *images;
  d->points = points;
  d->launches = d->largest_grid = 0;
  d->seconds = 0;
  ofr_opencl_choose_sizes(d, 0);
  d->images = d->cl->CreateBuffer(d->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, (size_t)images->bytes * (size_t)points,
                                  (void *)(uintptr_t)images, &code);
  return d->images ? ofr_opencl_warm_up(d, error) : ofr_opencl_checked(d, "clCreateBuffer", code, error);
}

/* ---- probe ---- */

static offramp_status ask(ofr_device *d, int kind, cl_mem questions, cl_mem answers, uint32_t *to, uint32_t n,
                          offramp_error *error) {
  cl_command_queue queue = d->flights[0].queue;
  cl_event done = NULL;
  cl_int what = kind;
  size_t local = (size_t)d->group, items = (n + local - 1) / local * local;
  const ofr_opencl_argument arguments[] = {ARGUMENT(what), ARGUMENT(questions), ARGUMENT(answers), ARGUMENT(n)};
  cl_int code = ofr_opencl_set_arguments(d, d->probe, arguments, 4);
  if (code != CL_SUCCESS) return ofr_opencl_checked(d, "clSetKernelArg", code, error);
  code = d->cl->EnqueueNDRangeKernel(queue, d->probe, 1, NULL, &items, &local, 0, NULL, &done);
  if (code != CL_SUCCESS) return ofr_opencl_checked(d, "clEnqueueNDRangeKernel", code, error);
  code = d->cl->EnqueueReadBuffer(queue, answers, CL_TRUE, 0, (size_t)n * 4 * sizeof *to, to, 0, NULL, NULL);
  d->probe_seconds += code == CL_SUCCESS ? ofr_opencl_seconds(d, done) : 0;
  d->cl->ReleaseEvent(done);
  return ofr_opencl_checked(d, "clEnqueueReadBuffer", code, error);
}

static offramp_status probe(ofr_device *d, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  cl_int code, code2;
  cl_mem asked = d->cl->CreateBuffer(d->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, (size_t)n * 6 * sizeof *questions,
                                     (void *)(uintptr_t)questions, &code);
  cl_mem answered = d->cl->CreateBuffer(d->context, CL_MEM_WRITE_ONLY, (size_t)n * 4 * sizeof *answers, NULL, &code2);
  offramp_status status = asked && answered ? ask(d, kind, asked, answered, answers, n, error)
                                            : ofr_opencl_checked(d, "clCreateBuffer", asked ? code2 : code, error);
  if (asked) d->cl->ReleaseMemObject(asked);
  if (answered) d->cl->ReleaseMemObject(answered);
  return status;
}

/* ---- bounds ---- */

static offramp_status bound(ofr_device *d, const ofr_bound_batch *batch, offramp_error *error) {
  if (!d->bounder) {
    const ofr_opencl_bound_place place = {d->cl, &d->about, &d->options, d->context, d->flights[0].queue, d->lanes, d->group};
    d->bounder = ofr_opencl_bounder_create(&place);
    if (!d->bounder) return ofr_batch_out_of_memory(d->about.info.name, error);
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
  *questions = d->about.info.gpu ? units * 2 * OFR_OPENCL_GPU_WORKERS : units;
  *lanes = d->lanes;
}

const ofr_backend ofr_backend_opencl = {.name = "opencl",
                                        .in_flight = OFR_MOST_IN_FLIGHT,
                                        .describe = describe,
                                        .list = list,
                                        .open = open_device,
                                        .upload = upload,
                                        .batch_limit = batch_limit,
                                        .shapes = shapes,
                                        .reshape = ofr_opencl_choose_sizes,
                                        .kernel = kernel,
                                        .submit = ofr_opencl_submit,
                                        .collect = ofr_opencl_collect,
                                        .probe = probe,
                                        .bound = bound,
                                        .bound_limit = bound_limit,
                                        .fill = fill,
                                        .facts = facts,
                                        .close = close_device};
