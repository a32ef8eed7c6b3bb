/* Where a result goes: standard output, or a file that appears whole or not at all. */
#ifndef OFR_OUTPUT_H
#define OFR_OUTPUT_H
#include <stdbool.h>
#include <stddef.h>

/* A standard stream that was closed stays so: no file that is opened later takes its place, and gets what was meant for it. At a
 * file-size limit a write fails, and says so, instead of ending the program. */
void output_begin(void);
/* A line on stderr: the file, what went wrong, and why, as errno has it. Always false. */
bool output_complain(const char *path, const char *what);
/* Refuses early, before an hour of computing: `path` exists and `force` is off, is a folder, or cannot be written. NULL is
 * standard output. False after a message on stderr: the caller exits with EXIT_FILE. */
bool output_possible(const char *path, bool force);
/* Writes beside the file, flushes to the disk, renames. False after a message on stderr. */
bool output_write(const char *path, bool force, const char *text, size_t size);
/* Whatever was printed to stdout went out. False after a message on stderr. */
bool output_flush(void);
#endif
