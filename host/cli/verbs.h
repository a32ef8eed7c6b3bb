/* One function a verb: options in, exit code out. */
#ifndef OFR_VERBS_H
#define OFR_VERBS_H
#include "options.h"

int verb_run(const options *o);
int verb_check(const options *o);
int verb_explain(const options *o);
int verb_devices(const options *o);
int verb_schema(const options *o);
int verb_completion(const options *o);
int verb_version(const options *o);

/* Says what went wrong and what its exit code is. */
int verb_failed(const offramp_error *error);
#endif
