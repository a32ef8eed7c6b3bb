/* The one table of verbs and options: parsing, --help, completion scripts and the manual page are all made from it. */
#ifndef OFR_OPTION_TABLE_H
#define OFR_OPTION_TABLE_H
#include <stddef.h>

typedef enum option_kind {
  KIND_FLAG, KIND_TEXT, KIND_FILE, KIND_CHOICE, KIND_COUNT, KIND_BYTES, KIND_MONTHS, KIND_SETTING, KIND_PATHS, KIND_SEED,
  KIND_AXIS, /* values of bench, joined by commas */
  KIND_PAIR, /* two files */
  KIND_NUMBER /* not below 0 */
} option_kind;

enum {
  VERB_RUN = 1, VERB_CHECK = 2, VERB_EXPLAIN = 4, VERB_DEVICES = 8, VERB_SMALL = 16, VERB_VALUE = 32, VERB_OPTIMIZE = 64,
  VERB_VERSION = 128, VERB_BOUND = 256, VERB_CALIBRATE = 512, VERB_BENCH = 4096, VERB_SWEEP = 8192, VERB_SHOW = 16384,
  VERB_COMPARE = 32768, VERB_MERGE = 65536
};

typedef struct option {
  const char *name, *letter;
  option_kind kind;
  const char *argument; /* its name in --help; for a choice the words, separated by | */
  unsigned verbs;       /* those that take it */
  const char *help;
} option;

typedef struct verb {
  const char *name, *operand; /* "PLAN", "STORE", "HISTORY", "SHELL", "STORE FROM", "A B" or "" */
  unsigned bit;
  const char *help;
} verb;

enum { OPTIONS = 48, VERBS = 16 };
extern const option option_table[OPTIONS];
extern const verb verb_table[VERBS];
#define SHELLS "bash|zsh|fish|man" /* what `completion` can make */

const verb *find_verb(const char *name);                    /* NULL is allowed, and found nowhere */
/* "--format" or "-o": of these verbs, else of any. */
const option *find_option(const char *name, size_t length, unsigned verbs);

/* What was probably meant by a name that is not in the table; NULL when nothing is near. */
const char *nearest_verb(const char *name);
const char *nearest_option(const char *name, size_t length, unsigned verbs);
#endif
