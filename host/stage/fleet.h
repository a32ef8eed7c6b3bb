/* The devices of a run: opened, proved, fed. Each has a thread of the host that keeps its next batch in flight while the last
 * one is taken in; whoever is free takes the next paths, so that devices of unlike speed end together. Which device computes a
 * path changes no result. A device that is lost in mid-run hands its unfinished paths to the others; with back end `auto` the
 * CPU takes over when none is left. */
#ifndef OFR_FLEET_H
#define OFR_FLEET_H
#include "../backend/backend.h"
#include "../plan/image.h"
#include "phases.h"

typedef struct ofr_fleet_options {
  const char *backend;   /* "auto", "cpu", "opencl", "cuda" */
  int device;            /* index within the back end; -1: every GPU of it, or its first device where it has none */
  const char *isa, *kernel, *cache;
  int threads;           /* of a crew of its own; passed over where one is given */
  ofr_crew *crew;        /* NULL: one of its own */
  bool profile;
  uint64_t tune_from;    /* launch shapes are tried for runs of at least so many paths; 0: never */
  ofr_phases *phases;    /* NULL: nobody asks */
  void (*say)(void *context, const char *text);
  void *say_context;
  const volatile sig_atomic_t *stop;
} ofr_fleet_options;

typedef struct ofr_fleet ofr_fleet;

/* What is staged is uploaded, and must outlive the fleet; `paths` are those of the run to come. */
offramp_status ofr_fleet_open(const ofr_fleet_options *options, const ofr_staged *staged, uint64_t paths, ofr_fleet **fleet,
                              offramp_error *error);
void ofr_fleet_close(ofr_fleet *fleet); /* NULL is allowed */

/* Instead of what was staged: `points` images, one after the other, of the same layout. They must stay until the next upload, for a
 * device that takes over. */
offramp_status ofr_fleet_upload(ofr_fleet *fleet, const ofr_image *images, int points, offramp_error *error);

/* Who asks where the time goes from now on; NULL: nobody. */
void ofr_fleet_watch(ofr_fleet *fleet, ofr_phases *phases);

typedef struct ofr_fleet_work {
  const char *phase;     /* what the time counts as */
  uint64_t first, paths; /* the first path, and how many */
  uint32_t batch;        /* paths of a batch at most; 0: what each device likes */
  void *context;
  /* Says where the results of a batch go; its paths are set. No two batches of one berth are under way at a time. */
  void (*make)(void *context, int berth, ofr_batch *batch);
  /* NULL, or what else the device is to do with a batch that it has evaluated, at most its bound_limit of paths: on the device's
   * own thread, beside other devices'. A device that fails of it is lost. */
  offramp_status (*after)(void *context, const ofr_backend *backend, ofr_device *device, const ofr_batch *batch,
                          offramp_error *error);
  /* Takes in a batch that is done. One call at a time, from any thread, in any order of batches. */
  offramp_status (*take)(void *context, const ofr_batch *batch, offramp_error *error);
  /* Told by the calling thread how many paths are done. */
  void (*progress)(void *context, uint64_t paths);
} ofr_fleet_work;

offramp_status ofr_fleet_run(ofr_fleet *fleet, const ofr_fleet_work *work, offramp_error *error);

ofr_crew *ofr_fleet_crew(const ofr_fleet *fleet);
int ofr_fleet_berths(const ofr_fleet *fleet);
uint32_t ofr_fleet_batch_limit(const ofr_fleet *fleet); /* of the device that takes the largest */
uint32_t ofr_fleet_bound_limit(const ofr_fleet *fleet); /* likewise, of the bound */
const char *ofr_fleet_backend(const ofr_fleet *fleet);  /* of the device that computed most */
const char *ofr_fleet_device(ofr_fleet *fleet);         /* in words: one device, or "2 x name" */
const char *ofr_fleet_note(const ofr_fleet *fleet);     /* what happened on the way; NULL when nothing did */

/* Describes up to `most` kernels of all devices that computed, and returns how many there are; texts live as long as the fleet. */
int ofr_fleet_kernels(const ofr_fleet *fleet, ofr_kernel_time *kernels, int most);
#endif
