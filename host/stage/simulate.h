/* Plans from image to result: picks and proves devices, stages batches to them, each a range of paths under one plan or under many
 * that differ in numbers only, keeps every path's metrics (or replays the paths when they don't fit), and hands what comes back to
 * each plan's simulation. */
#ifndef OFR_SIMULATE_H
#define OFR_SIMULATE_H
#include <offramp/offramp.h>
#include <signal.h>
#include "../base/crew.h"
#include "../plan/plan.h"
#include "../reduce/result.h"
#include "../reduce/trace.h"
#include "phases.h"

typedef struct ofr_progress {
  uint64_t done, total;  /* path-months x strategies */
  double seconds;        /* since evaluation began */
  int pass, passes_known;/* 1, 2, ... : replays; passes_known is 1 when paths are stored */
  int plans;             /* simulated together */
  const char *note;      /* "compiling kernels", or NULL */
} ofr_progress;

typedef struct ofr_devices ofr_devices;

typedef struct ofr_run_options {
  const char *backend;   /* "auto" (default), "cpu", "opencl", "cuda" */
  int device;            /* index within the back end; -1 (default): every GPU of it, or its first device where it has none */
  const char *isa;       /* cpu only; NULL (default): the best there is */
  const char *kernel;    /* cpu only: "own", "compiled", or "auto" (NULL, the default) */
  int threads;           /* host threads; 0 (default): one per processor */
  uint32_t batch;        /* paths per batch at most; 0 (default): the device's choice */
  uint64_t max_memory;   /* bytes for stored metrics; 0 (default): half of this machine's memory */
  int check_paths;       /* redone on the CPU and compared; default 64 */
  bool with_bands;       /* monthly series and years; default true */
  const char *cache;     /* folder for compiled kernels; NULL (default): none is kept */
  bool profile;          /* kernels are timed, and the result says so; default false */
  bool once;             /* no launch shapes are tried; default false */
  bool steps;            /* with it: instructions of the CPU's kernel are counted, which takes a second; default true */
  const ofr_nvtx *nvtx;  /* who watches; default NULL */
  void (*progress)(void *context, const ofr_progress *progress); /* may be NULL; called from the calling thread */
  void *progress_context;
  const volatile sig_atomic_t *stop; /* may be NULL */
  ofr_devices *devices;  /* what earlier runs left open and this one leaves open; default NULL: opened for this run alone */
} ofr_run_options;

ofr_run_options ofr_run_defaults(void);

/* The result lives in `arena`, the plan must outlive it. */
offramp_status ofr_simulate(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena, ofr_result **result,
                            offramp_error *error);

/* For run after run with like options: opened by the first, and again where a plan's shape differs from that of the one before.
 * `threads` as above, which is then passed over. */
ofr_devices *ofr_devices_create(int threads);           /* NULL when out of memory */
void ofr_devices_close(ofr_devices *devices);           /* NULL is allowed */
ofr_crew *ofr_devices_crew(const ofr_devices *devices); /* for who prepares runs */
int ofr_devices_room(const ofr_devices *devices);       /* how many plans like the last ones make a wave; 0: not known yet */

/* Plans that differ in numbers only, simulated together: a batch is a range of paths under each of them. Results are those of
 * single runs to the bit. First the paths are evaluated; then statistics are made of them, on any thread, also while the next
 * wave is being evaluated. */
typedef struct ofr_wave ofr_wave;

/* The first of `count` plans and what is like it, as many as fill the devices and fit --max-memory: taken[i] says which. Each has
 * an arena of its own, which its result will live in. With options->devices: waits where memory is short until another thread
 * has finished the wave before. */
offramp_status ofr_wave_evaluate(const ofr_plan *const *plans, ofr_arena *const *arenas, int count, const ofr_run_options *options,
                                 bool *taken, ofr_wave **wave, offramp_error *error);
/* The results of those that were taken, in their order. The wave is gone, whatever happens. */
offramp_status ofr_wave_finish(ofr_wave *wave, ofr_result **results, offramp_error *error);

enum { OFR_MOST_TOGETHER = 256 };

/* One path, month by month. */
offramp_status ofr_trace_path(const ofr_plan *plan, uint64_t path, ofr_arena *arena, const ofr_trace **trace, offramp_error *error);
#endif
