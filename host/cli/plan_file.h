/* A plan from a file, and what is to be said about it. */
#ifndef OFR_PLAN_FILE_H
#define OFR_PLAN_FILE_H
#include "options.h"

/* EXIT_DONE with *plan set, or the exit code after messages on stderr. "-" is standard input. */
int plan_file_read(const options *o, offramp_plan **plan);
/* The plan's diagnostics, on stderr; those of the first `from` are left out. */
void plan_file_report(const offramp_plan *plan, size_t from, bool warnings);
#endif
