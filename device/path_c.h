/* The model as the host calls it: one set of functions for each instruction-set version that was compiled, and the trace. */
#ifndef OFR_PATH_C_H
#define OFR_PATH_C_H
#include <stdint.h>
#ifndef OFR_WORDS_H
#define GLOBAL
typedef uint32_t uint32;
typedef uint64_t uint64;
typedef int64_t int64;
#include "model.h"
#endif

/* Where results go, and where given futures come from: see `output` in path.h for the layouts. A bundle is read as a whole: after
 * the last path of the last row there are as many floats as a bundle has lanes. */
typedef struct ofr_outputs { int64_t *columns, *bands, *sums, *clamped; const float *futures; } ofr_outputs;

/* What a self-test asks of a back end, and what measures its ceilings: n answers of 4 words from n questions of 6. */
enum {
  PROBE_PHILOX, PROBE_EXP2, PROBE_LOG, PROBE_NORMAL, PROBE_LAYOUT,
  PROBE_MULTIPLY_ADDS, PROBE_WHOLE_NUMBERS, PROBE_MIXED, PROBE_MEMORY
};

/* Paths first .. first + count - 1 of the job, one bundle after the other. `outputs` are this worker's. */
typedef void ofr_paths_function(const ofr_image *image, const ofr_job *job, const ofr_outputs *outputs, uint32_t first,
                                uint32_t count);

typedef struct ofr_path_version {
  const char *name;
  int lanes, sums; /* paths of a bundle; sums that these are added to, of a month's series or of clamped months */
  ofr_paths_function *paths;
  void (*probe)(int kind, const uint32_t *questions, uint32_t *answers, uint32_t n);
} ofr_path_version;

extern const ofr_path_version ofr_path_baseline;
#ifdef OFR_HAVE_X86_64_V3
extern const ofr_path_version ofr_path_x86_64_v3;
#endif
#ifdef OFR_HAVE_X86_64_V4
extern const ofr_path_version ofr_path_x86_64_v4;
#endif

/* Of a commitment's month; of its books as a whole; of any contract's month: a balance or a list spend, what a discount saved,
 * whether an exit ended it; of an exit's, whether it was taken, for which fee. */
enum { TRACED_TERMS = 5, TRACED_MONEY = 7 };
enum { TRACED_BALANCE, TRACED_SAVED, TRACED_ENDED, TRACED_TAKEN, TRACED_FEE, TRACED_CLAUSE };

/* One path with a record of everything: arrays sized by the image's dimensions, the caller's. Integers as in the books. */
typedef struct ofr_path_trace {
  int64_t *slip;                                        /* [pools] */
  int64_t *demand;                                      /* [months x workloads] quanta */
  float *price;                                         /* [months x pools] */
  int64_t *rate;                                        /* the same as the books pay it: list_price, x 2^price_shift */
  int64_t *capacity;                                    /* [months x pools] quanta */
  int64_t *active;                                      /* [months x events] */
  int64_t *placed, *served;                             /* [months x strategies x workloads x slots] quanta; work units */
  int64_t *unserved;                                    /* [months x strategies x workloads] work units */
  int64_t *matched, *matched_spend;                     /* the same of what is paid at a rival's offer: quanta; money */
  int64_t *declined;                                    /* [months x refusals] */
  int64_t *money;                                       /* [months x strategies x TRACED_MONEY]: usage, fees, egress, charges,
                                                           unmet, exit fees, cash grants */
  int64_t *revenue;                                     /* [months x strategies x providers] */
  int64_t *commitment;                                  /* [months x strategies x commitments x TRACED_TERMS]: counted,
                                                           required, charge, deferred, carried */
  int64_t *clause;                                      /* [months x strategies x contracts x TRACED_CLAUSE] */
  int month;                                            /* the one being recorded */
} ofr_path_trace;

void ofr_path_run_trace(const ofr_image *image, const ofr_job *job, const ofr_outputs *outputs, ofr_path_trace *trace);
#endif
