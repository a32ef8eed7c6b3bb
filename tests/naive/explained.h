/* A future as `explain` prints it: by running the program (OFFRAMP_PROGRAM, a path; POSIX only), or without leaving this one.
 */
#ifndef EXPLAINED_H
#define EXPLAINED_H
#include <cjson/cJSON.h>

/* `explain PLAN_FILE --path N --format json`; NULL when the program fails or prints no JSON. The caller deletes it. */
cJSON *explained_path(const char *plan_file, unsigned long path);
/* `run PLAN_FILE --paths 1 --format json`. */
cJSON *explained_run(const char *plan_file);
/* As explained_path, of a plan's text, with the library's own reader, model and printer: for many small plans. */
cJSON *explained_text(const char *plan, unsigned long path);
/* Reads and parses a file; NULL when that fails. */
cJSON *explained_file(const char *file);
/* Writes a plan to `file`. 0 when it worked. */
int explained_write(const char *file, const cJSON *plan);
#endif
