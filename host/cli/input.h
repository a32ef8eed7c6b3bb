/* A file that the user named, as text. */
#ifndef OFR_INPUT_H
#define OFR_INPUT_H
#include <stddef.h>

const char *input_name(const char *path); /* for messages: "-" is standard input */
/* Up to one byte more than the JSON reader takes, so that it can say so. EXIT_DONE with *text, which the caller frees, or the
 * exit code after a message on stderr. */
int input_read(const char *path, char **text, size_t *size);
#endif
