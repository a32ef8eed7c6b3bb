/* A plan from a file. */
#ifndef OFR_PLAN_FILE_H
#define OFR_PLAN_FILE_H
#include "options.h"

/* EXIT_DONE, or EXIT_PLAN when it has errors: *plan is set, and what is to be said about it is the caller's business. Else the
 * exit code after a message on stderr. "-" is standard input. */
int plan_file_open(const options *o, offramp_plan **plan);
/* The same for who needs a plan without errors: EXIT_DONE with *plan set, or the exit code after messages on stderr. */
int plan_file_read(const options *o, offramp_plan **plan);
const char *plan_file_name(const options *o); /* for messages */
#endif
