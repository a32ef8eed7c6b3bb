/* offramp: what multi-cloud AI compute costs, simulated.
 *
 * The library reads a plan, simulates it on a CPU or a GPU and hands back exact statistics. It never prints and never exits.
 * Of the environment it reads only what building kernels takes: PATH, TMPDIR, OFFRAMP_CC, OFFRAMP_KERNEL_OPTIONS.
 * Argument order everywhere: what is acted on, inputs, configuration, outputs, error. Text is UTF-8 and ends with a NUL, but for
 * the `text`, `size` of what is read, which needs none. Money is in dollars.
 *
 * Threads: an object may be used by one thread at a time; different objects by different threads. A call uses threads of its own,
 * and may run a C compiler (offramp_run_config: kernel). The calling thread needs 1 MB of stack.
 * Ownership: what a function returns through an `**out` belongs to the caller, who frees it with the matching _free; it is NULL
 * after an error, but for a plan. Strings returned as `const char *` live as long as the object they were asked from; those in a
 * config need to live as long as the call.
 * Errors: every call that can fail returns a status, and fills `error` (which may be NULL) when that is not OFFRAMP_OK, and
 * leaves it as it is otherwise.
 * Configs: from the matching _defaults function. A string that is NULL means the default; so does a zero where it says so.
 */
#ifndef OFFRAMP_H
#define OFFRAMP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OFFRAMP_API __attribute__((visibility("default")))
#else
#define OFFRAMP_API
#endif

/* The values are pinned: scripts and other languages rely on them. */
typedef enum offramp_status {
  OFFRAMP_OK = 0,
  OFFRAMP_ERR_ARGUMENT = 1, /* the call itself was wrong */
  OFFRAMP_ERR_PLAN = 2,     /* the plan, or another input, is wrong: see the diagnostics */
  OFFRAMP_ERR_DEVICE = 3,   /* no such device, or it failed */
  OFFRAMP_ERR_MISMATCH = 4, /* a self-test or cross-check found other bits than the CPU's */
  OFFRAMP_ERR_LIMIT = 5,    /* out of memory, or a size beyond what is supported */
  OFFRAMP_ERR_FILE = 6,     /* a file could not be read or written */
  OFFRAMP_INTERRUPTED = 7   /* the caller's `interrupt` flag was set */
} offramp_status;

typedef struct offramp_error {
  offramp_status status;
  char place[160];   /* where: a JSON pointer, a device, a file; may be empty */
  char message[640]; /* one sentence that ends with what to do */
} offramp_error;

/* "0.1.0": of the library that is linked. */
OFFRAMP_API const char *offramp_version(void);

/* ---- plans ---------------------------------------------------------------------------------------------------------- */

typedef struct offramp_plan offramp_plan;

/* A value of the plan to replace before it is read: a JSON pointer (list items may be addressed by name) and a JSON value. */
typedef struct offramp_setting {
  const char *pointer, *value;
} offramp_setting;

typedef struct offramp_diagnostic {
  int is_error;        /* else a warning */
  const char *file;
  int line;            /* from 1; 0 when unknown */
  const char *pointer; /* JSON pointer */
  const char *message; /* what is wrong */
  const char *remedy;  /* what would be right; may be NULL */
} offramp_diagnostic;

/* Reads a plan from JSON text. Settings may add keys, to a "simulation" that is not there yet too. `file` names it in diagnostics;
 * files that the plan names are looked for in its folder. What is legal but suspicious is among the diagnostics, as warnings.
 * OFFRAMP_ERR_PLAN when it has errors: *plan is then still set, for its diagnostics, and good for nothing else. NULL only when
 * memory ran out. */
OFFRAMP_API offramp_status offramp_plan_read(const char *text, size_t size, const char *file, const offramp_setting *settings,
                                             size_t setting_count, offramp_plan **plan, offramp_error *error);
OFFRAMP_API void offramp_plan_free(offramp_plan *plan); /* NULL is allowed */
/* 0: the text is no JSON, or a setting finds no place, so that nothing was said about the plan itself; else 1. */
OFFRAMP_API int offramp_plan_is_legible(const offramp_plan *plan);
OFFRAMP_API size_t offramp_plan_diagnostic_count(const offramp_plan *plan);
/* `index` < the count, which offramp_plan_check may raise. In the order in which they were found. */
OFFRAMP_API offramp_diagnostic offramp_plan_diagnostic(const offramp_plan *plan, size_t index);
/* Tries each value of the plan's "sweep", and adds errors for those that no plan may have. Evaluates nothing. */
OFFRAMP_API void offramp_plan_check(offramp_plan *plan);
OFFRAMP_API const char *offramp_plan_digest(const offramp_plan *plan); /* SHA-256, hex; "" of a plan with errors */
OFFRAMP_API size_t offramp_plan_strategy_count(const offramp_plan *plan); /* 0 of a plan with errors */
OFFRAMP_API const char *offramp_plan_strategy(const offramp_plan *plan, size_t index); /* its name; NULL past the last */
OFFRAMP_API const char *offramp_plan_schema(void);                     /* JSON Schema, draft 2020-12 */

/* ---- devices -------------------------------------------------------------------------------------------------------- */

typedef struct offramp_device {
  const char *backend; /* "cpu", "opencl", "cuda"; never freed */
  int index;           /* within its back end */
  char name[128], detail[256];
  int is_gpu, is_usable;
  char why_not[256];   /* when it is not usable */
} offramp_device;

/* Describes up to `most` devices and returns how many there are. Loads the drivers of GPUs. */
OFFRAMP_API size_t offramp_devices(offramp_device *devices, size_t most);

/* ---- runs ----------------------------------------------------------------------------------------------------------- */

typedef struct offramp_result offramp_result;

typedef struct offramp_progress {
  uint64_t done, total; /* path-months x strategies, of this pass */
  double seconds;       /* since evaluation began */
  int pass;             /* 1, or higher while paths that did not fit memory are replayed */
  int is_replay;        /* paths are not stored: a few passes follow */
  const char *note;     /* "compiling kernels (first run)", else NULL */
} offramp_progress;

typedef struct offramp_run_config {
  const char *backend;     /* "auto" (default), "cpu", "opencl", "cuda" */
  int device;              /* index within the back end; -1 (default): every GPU of it, or its first device where it has none */
  const char *isa;         /* cpu: instruction-set version; NULL (default): the best there is */
  const char *kernel;      /* cpu: "own": the program's; "compiled": for this plan, by this machine's C compiler; "auto" or NULL
                              (default): compiled for long runs, or where an earlier run left it in the cache. Changes speed only */
  int threads;             /* 0 (default): one per processor */
  uint32_t batch;          /* paths per batch at most; 0 (default): the device's choice. Changes speed, never results */
  uint64_t max_memory;     /* bytes for stored metrics; 0 (default): half of the machine's */
  int check_paths;         /* paths redone on the CPU and compared bit for bit; default 64 */
  int without_bands;       /* 1: no monthly series and years; default 0 */
  int with_bound;          /* 1: how far each strategy is above the best possible too, by offramp_bound; default 0 */
  int profile;             /* 1: the report says where the time went; default 0 */
  int once;                /* 1: no launch shapes are tried, for profilers that replay kernels; default 0 */
  const char *nvtx;        /* library that a profiler wants told of phases and batches, as NVTX ranges; NULL (default): none */
  const char *cache;       /* folder for compiled kernels; NULL (default): none is kept */
  void (*progress)(void *context, const offramp_progress *progress); /* from the calling thread, some times a second; NULL
                              (default): none. `progress` is good until it returns */
  void *progress_context;
  const volatile sig_atomic_t *interrupt; /* stops the run once it is not 0; may be set by a signal handler; NULL (default): none */
} offramp_run_config;

OFFRAMP_API offramp_run_config offramp_run_defaults(void);

/* Simulates every strategy of the plan, which must outlive the result. */
OFFRAMP_API offramp_status offramp_run(const offramp_plan *plan, const offramp_run_config *config, offramp_result **result,
                                       offramp_error *error);
OFFRAMP_API void offramp_result_free(offramp_result *result); /* NULL is allowed */
/* SHA-256 over every integer of the result: equal on every device, at any batch size and thread count. Hex. */
OFFRAMP_API const char *offramp_result_digest(const offramp_result *result);
/* A statistic over futures: "mean", "se", "sd", "min", "max", "p01" "p05" "p10" "p25" "p50" "p75" "p90" "p95" "p99", "cvar95",
 * "cvar99" (the mean of the worst 5 and 1 %), of a metric: "total_cost" and its parts ($ in today's money), "nominal_cash" ($),
 * "served" (0 to 1), "unit_cost" ($ per reference accelerator-hour), "concentration" (0 to 1). NAN where no future has a value.
 * OFFRAMP_ERR_ARGUMENT names what was not found. */
OFFRAMP_API offramp_status offramp_result_statistic(const offramp_result *result, const char *strategy, const char *metric,
                                                    const char *statistic, double *value, offramp_error *error);

/* The same of one `kind` of thing, by its name: of a "provider" the "revenue" ($ in today's money) and "share" of the work (0 to
 * 1); of a "vendor" of accelerators the "share"; of a "commitment" "counted" and "charge" ($, nominal; "p_charge" is the share of
 * futures with one) and "utilisation" (0 to 1); of a "stake" the "net" ($ in today's money); of an "exit", over the futures that
 * take it, the "month" (from the horizon's first, which is 0) and the "fee" ($, nominal), and of both "p_taken", the share of all
 * futures that these are; of a "metric", `subject` NULL, what offramp_result_statistic has. */
OFFRAMP_API offramp_status offramp_result_figure(const offramp_result *result, const char *strategy, const char *kind,
                                                 const char *subject, const char *metric, const char *statistic, double *value,
                                                 offramp_error *error);

typedef struct offramp_difference {
  double mean, se;       /* of total_cost of a less that of b on the same futures, $ in today's money */
  double a_wins, b_wins; /* shares of futures in which it is strictly cheaper, 0 to 1 */
} offramp_difference;

OFFRAMP_API offramp_status offramp_result_difference(const offramp_result *result, const char *a, const char *b,
                                                     offramp_difference *difference, offramp_error *error);

/* ---- sizing --------------------------------------------------------------------------------------------------------- */

typedef struct offramp_optimum offramp_optimum;

/* Chooses the sizes that the plan's "optimize" leaves open; OFFRAMP_ERR_PLAN when it has none. The plan must outlive the optimum.
 * When interrupted after the first sizings were tried: OFFRAMP_OK with what is best so far, and offramp_optimum_is_partial is 1.
 * Of `config`, max_memory and without_bands are passed over; progress comes as notes. */
OFFRAMP_API offramp_status offramp_optimize(const offramp_plan *plan, const offramp_run_config *config, offramp_optimum **optimum,
                                            offramp_error *error);
OFFRAMP_API void offramp_optimum_free(offramp_optimum *optimum); /* NULL is allowed */
OFFRAMP_API int offramp_optimum_is_partial(const offramp_optimum *optimum);
/* The size found for a variable, named by its pointer as in the plan: $ of an amount, accelerators of a reservation. */
OFFRAMP_API offramp_status offramp_optimum_size(const offramp_optimum *optimum, const char *pointer, double *size,
                                                offramp_error *error);

/* ---- the certified bound -------------------------------------------------------------------------------------------- */

typedef struct offramp_bounds offramp_bounds;

/* For every path and strategy, a proof of how little its contracts could have cost with perfect foresight, and a placement that
 * comes as near; on the device that `config` names. Some paths are redone on the CPU and compared. OFFRAMP_ERR_PLAN names a clause
 * that the bound does not cover, OFFRAMP_ERR_MISMATCH a proof that a cost contradicts. The plan must outlive the bounds. */
OFFRAMP_API offramp_status offramp_bound(const offramp_plan *plan, const offramp_run_config *config, offramp_bounds **bounds,
                                         offramp_error *error);
OFFRAMP_API void offramp_bounds_free(offramp_bounds *bounds); /* NULL is allowed */
/* SHA-256 over every path's bounds and costs: equal in every instruction-set version, at any thread count. Hex. */
OFFRAMP_API const char *offramp_bounds_digest(const offramp_bounds *bounds);

/* ---- what clauses are worth ------------------------------------------------------------------------------------------ */

typedef struct offramp_valuation offramp_valuation;

/* Every strategy beside itself without each contract it signs, on the same futures. The plan must outlive the valuation.
 * OFFRAMP_ERR_PLAN when no strategy signs one. `without_bands` is of no meaning here: there are none. */
OFFRAMP_API offramp_status offramp_value(const offramp_plan *plan, const offramp_run_config *config, offramp_valuation **valuation,
                                         offramp_error *error);
OFFRAMP_API void offramp_valuation_free(offramp_valuation *valuation); /* NULL is allowed */
OFFRAMP_API const char *offramp_valuation_digest(const offramp_valuation *valuation); /* as offramp_result_digest */

/* ---- sweeps ---------------------------------------------------------------------------------------------------------- */

typedef struct offramp_sweep_tally {
  uint64_t points;         /* of the plan's grid */
  uint64_t found;          /* that the store had already */
  uint64_t evaluated;      /* that this call added */
} offramp_sweep_tally;

/* Simulates the plan at every point of its "sweep" and keeps each result in `store`, an SQLite file that is made if it is not there.
 * Points that it holds already, of this sweep or another, are not evaluated again, so that a sweep goes on where it stopped; several
 * processes may write to one store. OFFRAMP_INTERRUPTED, as any other failure, leaves what is done in the store; `tally` is filled
 * in either way. OFFRAMP_ERR_PLAN when the plan has no sweep, or names the point that is no plan. Monthly series are not made. */
OFFRAMP_API offramp_status offramp_sweep(const offramp_plan *plan, const char *store, const offramp_run_config *config,
                                         offramp_sweep_tally *tally, offramp_error *error);

/* ---- results that were kept ------------------------------------------------------------------------------------------ */

typedef struct offramp_record offramp_record;

/* Reads what offramp_result_report wrote as "json". `file` names it in errors and reports. OFFRAMP_ERR_PLAN when it is no such
 * result, or a damaged one: the error's place is the file and line, its message begins with the JSON pointer. */
OFFRAMP_API offramp_status offramp_record_read(const char *text, size_t size, const char *file, offramp_record **record,
                                               offramp_error *error);
/* Reads every point of a store that offramp_sweep made. OFFRAMP_ERR_PLAN when it has none, or several results of one point. */
OFFRAMP_API offramp_status offramp_record_read_store(const char *store, offramp_record **record, offramp_error *error);
OFFRAMP_API void offramp_record_free(offramp_record *record); /* NULL is allowed */

typedef struct offramp_compare_config {
  double noise;         /* a figure moved if its means differ by more than so many standard errors; default 3, 0: any difference */
  double threshold;     /* and by more than this share of the mean before; default 0 */
  const char *strategy; /* this one alone, and its comparisons with others; NULL (default): all */
  const char *metrics;  /* these alone, joined by commas: "total_cost,served"; NULL (default): all */
} offramp_compare_config;

OFFRAMP_API offramp_compare_config offramp_compare_defaults(void);

typedef struct offramp_comparison offramp_comparison;

/* What moved from `before` to `after`, which must outlive the comparison: two results, or two stores point by point.
 * OFFRAMP_ERR_ARGUMENT when neither has the strategy or a metric, OFFRAMP_ERR_PLAN when only one is a store, or their numbers
 * contradict their digests. */
OFFRAMP_API offramp_status offramp_compare(const offramp_record *before, const offramp_record *after,
                                           const offramp_compare_config *config, offramp_comparison **comparison,
                                           offramp_error *error);
OFFRAMP_API void offramp_comparison_free(offramp_comparison *comparison); /* NULL is allowed */
/* Figures that moved, and those that `before` has a value of and `after` has not. Both 0 if the results have the same bits. */
OFFRAMP_API size_t offramp_comparison_moved(const offramp_comparison *comparison);
OFFRAMP_API size_t offramp_comparison_gone(const offramp_comparison *comparison);

/* Takes what another store holds into `store`, which is made if it is not there; `added`: points that it did not have. The other
 * stays as it is. OFFRAMP_ERR_MISMATCH, and nothing is taken in, where the two hold other results for one point. */
OFFRAMP_API offramp_status offramp_store_merge(const char *store, const char *from, unsigned long long *added,
                                               offramp_error *error);

/* ---- reports -------------------------------------------------------------------------------------------------------- */

typedef struct offramp_report_config {
  const char *format;      /* "text" (default), "json", "csv", "markdown" */
  int color;               /* ANSI; text only; default 0 */
  int width;               /* of text, in columns; default (or 0) 100, at least 60 */
  const char *command;     /* what repeats this, as typed; NULL (default): made up from the plan */
  const char *overrides;   /* of it, what changes values of the plan, as "--paths 500"; NULL (default): nothing does */
  const char *strategy;    /* explain: this one alone; NULL (default): all */
  int each;                /* bound: every path's numbers too; default 0 */
  const char *metric;      /* stores: which one; NULL (default): total_cost */
  const char *first_month, *last_month; /* explain: "2026-01", both included; NULL (default): the horizon's */
} offramp_report_config;

OFFRAMP_API offramp_report_config offramp_report_defaults(void);

/* The report as text of `size` bytes and a NUL; the caller frees it with offramp_text_free. */
OFFRAMP_API offramp_status offramp_result_report(const offramp_result *result, const offramp_report_config *config, char **text,
                                                 size_t *size, offramp_error *error);
OFFRAMP_API offramp_status offramp_bounds_report(const offramp_bounds *bounds, const offramp_report_config *config, char **text,
                                                 size_t *size, offramp_error *error);
OFFRAMP_API offramp_status offramp_optimum_report(const offramp_optimum *optimum, const offramp_report_config *config, char **text,
                                                  size_t *size, offramp_error *error);
OFFRAMP_API offramp_status offramp_valuation_report(const offramp_valuation *valuation, const offramp_report_config *config,
                                                    char **text, size_t *size, offramp_error *error);
OFFRAMP_API offramp_status offramp_comparison_report(const offramp_comparison *comparison, const offramp_report_config *config,
                                                     char **text, size_t *size, offramp_error *error);
/* One path, from 0, below 2^48, month by month: what was drawn, what was placed, every entry of the books. It need not be one of
 * those that a run of the plan takes. */
OFFRAMP_API offramp_status offramp_explain(const offramp_plan *plan, uint64_t path, const offramp_report_config *config,
                                           char **text, size_t *size, offramp_error *error);
/* What a history of prices, demands or capacities says about a plan's factors, and the fragment of a plan that it makes.
 * `file`: CSV, as the manual has it. OFFRAMP_ERR_PLAN when something is wrong with it, OFFRAMP_ERR_FILE when it cannot be read.
 */
OFFRAMP_API offramp_status offramp_calibrate(const char *file, const offramp_report_config *config, char **text, size_t *size,
                                             offramp_error *error);
/* What a store holds: which strategy is best at which point. `plan`: its sweep alone; NULL: all. */
OFFRAMP_API offramp_status offramp_store_report(const char *store, const offramp_plan *plan, const offramp_report_config *config,
                                                char **text, size_t *size, offramp_error *error);
OFFRAMP_API void offramp_text_free(char *text); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
