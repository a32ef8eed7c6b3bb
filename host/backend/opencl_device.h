/* An open OpenCL device, as the parts of the back end share it: opencl.c, and opencl_batch.c, which takes batches through it. */
#ifndef OFR_OPENCL_DEVICE_H
#define OFR_OPENCL_DEVICE_H
#include "backend.h"
#include "opencl_bound.h"

enum {
  OFR_OPENCL_GROUP = 64,        /* work-items of one lane in a group: their sums lie side by side */
  OFR_OPENCL_GPU_WORKERS = 512  /* a compute unit: what fits one where a path takes 128 registers */
};

typedef struct ofr_opencl_buffer { cl_mem memory; size_t size; } ofr_opencl_buffer;

/* A batch between submit and collect. */
typedef struct ofr_opencl_flight {
  cl_command_queue queue;
  ofr_opencl_buffer columns, bands, sums, clamped, futures;
  int64_t *host_sums, *host_clamped;
  uint32_t parts;          /* of the sums that come home */
  cl_event computed, fetched;
} ofr_opencl_flight;

struct ofr_device {
  const ofr_opencl *cl;
  ofr_opencl_device about;
  ofr_open_options options;
  char description[192];
  int lanes, group;
  cl_context context;
  ofr_opencl_flight flights[OFR_MOST_IN_FLIGHT];
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
offramp_status ofr_opencl_checked(const ofr_device *device, const char *call, cl_int code, offramp_error *error);

typedef struct ofr_opencl_argument { size_t size; const void *value; } ofr_opencl_argument;

#define ARGUMENT(x) {sizeof(x), &(x)}

cl_int ofr_opencl_set_arguments(const ofr_device *device, cl_kernel kernel, const ofr_opencl_argument *arguments, int count);
double ofr_opencl_seconds(const ofr_device *device, cl_event event); /* of a command; 0 where nothing is timed */

/* Groups and batches for one of the launch shapes. */
void ofr_opencl_choose_sizes(ofr_device *device, int shape);
offramp_status ofr_opencl_warm_up(ofr_device *device, offramp_error *error);
offramp_status ofr_opencl_submit(ofr_device *device, ofr_batch *batch, offramp_error *error);
offramp_status ofr_opencl_collect(ofr_device *device, ofr_batch *batch, offramp_error *error);
void ofr_opencl_abandon(ofr_device *device);         /* nothing is under way any more, and nothing will be collected */
void ofr_opencl_release_batches(ofr_device *device); /* their memory */
#endif
