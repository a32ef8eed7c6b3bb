/* The table behind which every device stands. A back end stages images and batches to its device and brings results home; it
 * holds no arithmetic of the model's. Found at run time; drivers are loaded at run time. */
#ifndef OFR_BACKEND_H
#define OFR_BACKEND_H
#include <offramp/offramp.h>
#include <signal.h>
#include <stdbool.h>
#include "../base/crew.h"
#include "../reduce/profile.h"
#include "../../device/bound_c.h"

typedef struct ofr_device_info {
  const char *backend;   /* "cpu", "opencl", "cuda" */
  int index;             /* within its back end, from 0 */
  char name[128];
  char detail[256];      /* driver, memory, units: for people */
  int driver;            /* devices of one driver are different ones; two drivers may offer the same */
  bool gpu;
  bool usable;           /* can give the same bits as every other device */
  char why_not[256];     /* when not usable */
} ofr_device_info;

/* What it points to must outlive the device. */
typedef struct ofr_open_options {
  int device;            /* index within the back end */
  ofr_crew *crew;        /* for back ends that compute on host threads */
  const char *isa;       /* cpu: instruction-set version by name; NULL: the best this machine has */
  const char *kernel;    /* cpu: "own", "compiled" for the plan, or "auto" (NULL too): where that pays */
  uint64_t paths;        /* of the run to come; 0: not known */
  const char *cache;     /* folder for compiled kernels; NULL: none is kept */
  int lanes;             /* opencl: paths in a bundle, 1, 4, 8 or 16; 0: what suits the device */
  const char *kernel_options; /* opencl, cuda: more for the kernel compiler, parted by spaces; NULL: OFFRAMP_KERNEL_OPTIONS */
  bool any_device;       /* opencl: take one that list calls not usable too, for tests */
  bool profile;          /* kernels are timed: see ofr_kernel_facts */
  void (*say)(void *context, const char *text); /* told about slow things ("compiling kernels"); may be NULL */
  void *say_context;
  const volatile sig_atomic_t *stop;
} ofr_open_options;

/* More options for the kernel compiler; "" where there are none. */
const char *ofr_kernel_options(const ofr_open_options *options);

/* A range of paths under every point that was uploaded. The caller owns the arrays. */
typedef struct ofr_batch {
  uint64_t first_path;
  uint32_t paths;        /* at most the device's batch_limit */
  int points;
  /* given futures, where the image has any: [months x futures] rows of future_stride values, a multiple of 32, and 32 more; the same
   * under every point, in the accelerator quanta of all of them. Theirs until collect. */
  const float *futures;
  uint32_t future_stride;
  /* results: [points x strategies x columns] rows of `stride` values; this batch's begin at `offset` within a row */
  int64_t *columns;
  uint64_t stride, offset;
  /* the first band_paths of this batch keep their months: [points x MONTH_ROWS: strategies that have months x series x months] of
   * band_stride */
  bool with_sums;
  uint32_t band_paths;
  int64_t *bands;
  uint64_t band_stride, band_offset;
  /* filled by collect, valid until `in_flight` more batches were submitted: [sum_parts][points x MONTH_ROWS][sum_lanes] */
  const int64_t *sums;
  int sum_parts, sum_lanes;
  const int64_t *clamped; /* [sum_parts][points][sum_lanes] months in which a multiplier was clamped */
} ofr_batch;

/* A range of paths to be bounded under one contract set of one image. The caller owns the arrays, of which the batch's first path
 * is the first element: see ofr_bound_outputs. */
typedef struct ofr_bound_batch {
  const ofr_image *image;
  const ofr_bound_set *set;
  uint64_t first_path;
  uint32_t paths;        /* at most the device's bound_limit */
  const float *futures;  /* as in ofr_batch */
  uint32_t future_stride;
  int64_t *lower, *upper, *fractional, *rounding, *rounds;
} ofr_bound_batch;

typedef struct ofr_device ofr_device; /* a back end's own */

typedef struct ofr_backend {
  const char *name;
  int in_flight;         /* batches that may be submitted before the first of them is collected; they are collected in order */
  /* What an open device calls itself; for the cpu, with the instruction-set version in use. Lives as long as the device. */
  const char *(*describe)(const ofr_device *device);
  /* Describes up to `most` devices and returns how many there are; 0 without a driver. */
  int (*list)(ofr_device_info *devices, int most);
  offramp_status (*open)(const ofr_open_options *options, ofr_device **device, offramp_error *error);
  /* `points` images one after the other, alike in layout, each image->bytes long. They may be freed afterwards. */
  offramp_status (*upload)(ofr_device *device, const ofr_image *images, int points, offramp_error *error);
  uint32_t (*batch_limit)(const ofr_device *device);
  /* Launch shapes that may be tried after an upload, and taking one of them while nothing is in flight; 0 is what an upload
   * begins with. They change speed and batch_limit, never results. */
  int (*shapes)(const ofr_device *device);
  void (*reshape)(ofr_device *device, int shape);
  const char *(*kernel)(const ofr_device *device); /* what the compiled kernel is known by in the cache; "" where nothing is */
  offramp_status (*submit)(ofr_device *device, ofr_batch *batch, offramp_error *error);
  offramp_status (*collect)(ofr_device *device, ofr_batch *batch, offramp_error *error); /* OFFRAMP_INTERRUPTED when stopped */
  /* n answers of 4 words from n questions of 6: see probe.h. Needs no upload but for PROBE_LAYOUT of specialised kernels. */
  offramp_status (*probe)(ofr_device *device, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                          offramp_error *error);
  /* The certified bound of a batch, done when it returns. Kernels of its own are compiled when it is asked for first. */
  offramp_status (*bound)(ofr_device *device, const ofr_bound_batch *batch, offramp_error *error);
  uint32_t (*bound_limit)(const ofr_device *device); /* paths that fill the device for a moment */
  /* What fills an open device with questions, for measuring ceilings: how many, and the lanes on which each is answered. */
  void (*fill)(const ofr_device *device, uint32_t *questions, int *lanes);
  /* Describes up to `most` kernels and returns how many there are. */
  int (*facts)(const ofr_device *device, ofr_kernel_facts *kernels, int most);
  void (*close)(ofr_device *device); /* NULL is allowed */
} ofr_backend;

enum { OFR_MOST_IN_FLIGHT = 2 };

extern const ofr_backend ofr_backend_cpu, ofr_backend_opencl, ofr_backend_cuda;

enum { OFR_BACKENDS = 3 };
extern const ofr_backend *const ofr_backends[OFR_BACKENDS]; /* in the order in which "auto" tries their GPUs; cpu last */

/* By name; "auto" picks the first usable GPU, else the CPU, and puts its index in *device; so does every other name where
 * *device is below 0. NULL after filling `error`. */
const ofr_backend *ofr_backend_find(const char *name, int *device, offramp_error *error);

/* The CPU's instruction-set versions that run here, best first, then NULL. */
const ofr_path_version *const *ofr_cpu_versions(void);
const ofr_bound_version *ofr_cpu_bound_version(const ofr_path_version *version); /* the bound of the same instruction set */
const ofr_path_version *ofr_cpu_version(const char *name); /* one of them by name; NULL: the best. NULL where it is none */

/* Proves an open device before it is trusted: Philox's known answers, the bits of our functions beside the baseline's,
 * struct layouts. */
offramp_status ofr_backend_self_test(const ofr_backend *backend, ofr_device *device, offramp_error *error);
#endif
