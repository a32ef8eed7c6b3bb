/* An open CUDA device, as the parts of the back end share it: cuda.c, and cuda_batch.c, which takes batches through it. */
#ifndef OFR_CUDA_DEVICE_H
#define OFR_CUDA_DEVICE_H
#include "backend.h"
#include "cuda_bound.h"

enum { OFR_CUDA_SLOTS = 3 }; /* slices in flight */

/* Where a slice lives while it is under way. */
typedef struct ofr_cuda_slot {
  ofr_cuda_stream stream;
  ofr_cuda_event begun, ended, done; /* the kernel, where it is timed; the slice */
  ofr_cuda_memory columns;  /* [rows x paths of the slice] */
  int64_t *home;            /* the same, pinned */
} ofr_cuda_slot;

typedef struct ofr_cuda_buffer { ofr_cuda_memory memory; uint64_t size; } ofr_cuda_buffer;

/* A batch between submit and collect. */
typedef struct ofr_cuda_flight {
  ofr_batch *batch;
  uint32_t slice;           /* paths of its slices */
  uint32_t slices, started, finished;
  ofr_cuda_event ready;     /* its sums are zero */
  ofr_cuda_buffer bands, sums, clamped, futures;
  int64_t *host_sums, *host_clamped;
} ofr_cuda_flight;

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
  ofr_cuda_slot slots[OFR_CUDA_SLOTS];
  uint64_t slot_size;       /* bytes */
  uint64_t started, finished; /* slices, ever */
  ofr_cuda_flight flights[OFR_MOST_IN_FLIGHT];
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

offramp_status ofr_cuda_failed(const ofr_device *device, const char *call, ofr_cuda_code code, offramp_error *error);

/* Calls the driver; a function that returns a status returns where it fails. `d` is the device, `error` the caller's. */
#define TRY(call, ...)                                                                                                         \
  do {                                                                                                                         \
    ofr_cuda_code code_ = d->cuda->call(__VA_ARGS__);                                                                          \
    if (code_ != OFR_CUDA_OK) return ofr_cuda_failed(d, "cu" #call, code_, error);                                             \
  } while (0)

/* At least `size` bytes; what was in it is lost when it has to grow. */
offramp_status ofr_cuda_make_room(const ofr_device *device, ofr_cuda_buffer *buffer, uint64_t size, offramp_error *error);
void ofr_cuda_release_buffer(const ofr_device *device, ofr_cuda_buffer *buffer);

/* Slices and batches for the grid at hand: `blocks`, `shape` and `points` are known. */
void ofr_cuda_choose_sizes(ofr_device *device);
offramp_status ofr_cuda_submit(ofr_device *device, ofr_batch *batch, offramp_error *error);
offramp_status ofr_cuda_collect(ofr_device *device, ofr_batch *batch, offramp_error *error);
void ofr_cuda_abandon(ofr_device *device);         /* nothing is under way any more, and nothing will be collected */
void ofr_cuda_release_batches(ofr_device *device); /* their memory */
#endif
