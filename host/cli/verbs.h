/* One function a verb: options in, exit code out. */
#ifndef OFR_VERBS_H
#define OFR_VERBS_H
#include <signal.h>
#include "../base/text.h"
#include "options.h"

int verb_run(const options *o);
int verb_optimize(const options *o);
int verb_bound(const options *o);
int verb_sweep(const options *o);
int verb_show(const options *o);
int verb_merge(const options *o);
int verb_bench(const options *o);
int verb_value(const options *o);
int verb_compare(const options *o);
int verb_check(const options *o);
int verb_explain(const options *o);
int verb_calibrate(const options *o);
int verb_devices(const options *o);
int verb_schema(const options *o);
int verb_completion(const options *o);
int verb_version(const options *o);

/* What verbs that compute share (verb_run.c). */
extern volatile sig_atomic_t verb_interrupted; /* 0, or the signal */
void verb_catch_signals(void);
char *verb_cache_folder(void);                 /* for compiled kernels; NULL where there is none. The caller frees it */
offramp_report_config verb_report_config(const options *o);
struct screen;
offramp_run_config verb_run_config(const options *o, struct screen *line, const char *cache); /* progress to the screen */
/* Says what went wrong, and in which file where the place is one within a plan; its exit code. `plan`: the plan's; NULL: none. */
int verb_failed(const char *plan, const offramp_error *error);

/* Puts a result where -o says, and frees it. EXIT_DONE, or the exit code after a message on stderr. */
int verb_deliver(const options *o, ofr_text *text);
int verb_deliver_text(const options *o, char *text, size_t size); /* of the library's; for who has asked output_possible already */
#endif
