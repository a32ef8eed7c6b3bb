/* Runs the program (OFFRAMP_PROGRAM, a path) and reads what it prints. POSIX only. */
#ifndef EXPLAINED_H
#define EXPLAINED_H
#include <cjson/cJSON.h>

/* `explain PLAN_FILE --path N --format json`; NULL when the program fails or prints no JSON. The caller deletes it. */
cJSON *explained_path(const char *plan_file, unsigned long path);
/* Reads and parses a file; NULL when that fails. */
cJSON *explained_file(const char *file);
/* Writes a plan to `file`. 0 when it worked. */
int explained_write(const char *file, const cJSON *plan);
#endif
