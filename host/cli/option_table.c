#include "option_table.h"
#include <string.h>

enum {
  DEVICES = VERB_RUN | VERB_OPTIMIZE, PLANS = DEVICES | VERB_CHECK | VERB_EXPLAIN, REPORTS = PLANS | VERB_DEVICES,
  ALL = REPORTS | VERB_SMALL
};

const option option_table[OPTIONS] = {
    {"--format", "", KIND_CHOICE, "text|json|csv|markdown", REPORTS, "how the result is written (text)"},
    {"--output", "-o", KIND_FILE, "FILE", ALL, "write the result there instead of to standard output"},
    {"--force", "", KIND_FLAG, "", ALL, "overwrite FILE if it exists"},
    {"--backend", "", KIND_CHOICE, "auto|cpu|opencl|cuda", DEVICES,
     "where to compute; auto takes a GPU if there is one, else the CPU"},
    {"--device", "", KIND_COUNT, "N", DEVICES, "one device of the back end, from `offramp devices` (all its GPUs)"},
    {"--paths", "", KIND_PATHS, "N", PLANS, "how many futures; overrides the plan"},
    {"--seed", "", KIND_SEED, "N", PLANS, "which futures; overrides the plan"},
    {"--set", "", KIND_SETTING, "POINTER=VALUE", PLANS, "replace a value of the plan: --set /pools/azure-h100/price=2.5"},
    {"--path", "", KIND_COUNT, "N", VERB_EXPLAIN, "which future to explain (0)"},
    {"--months", "", KIND_MONTHS, "FROM:TO", VERB_EXPLAIN, "only these months, as 2026-07:2026-12, 2026-07: or 2026-07"},
    {"--strategy", "", KIND_TEXT, "NAME", VERB_EXPLAIN, "only this strategy"},
    {"--threads", "", KIND_COUNT, "N", DEVICES, "host threads (one per processor)"},
    {"--isa", "", KIND_TEXT, "NAME", DEVICES, "cpu: instruction-set version, from `offramp devices` (the best)"},
    {"--batch", "", KIND_COUNT, "N", DEVICES, "paths per batch; changes speed, never results"},
    {"--max-memory", "", KIND_BYTES, "SIZE", VERB_RUN,
     "for stored path metrics, as 4G (half of memory); beyond it paths are replayed"},
    {"--checks", "", KIND_COUNT, "N", DEVICES, "futures redone on the CPU and compared bit for bit (64)"},
    {"--no-bands", "", KIND_FLAG, "", VERB_RUN, "leave out monthly bands and calendar years"},
    {"--width", "", KIND_COUNT, "N", DEVICES | VERB_EXPLAIN, "columns of text (the terminal's, or 100)"},
    {"--progress", "", KIND_CHOICE, "auto|bar|json|none", DEVICES, "progress on stderr (auto: a bar on a terminal)"},
    {"--quiet", "-q", KIND_FLAG, "", ALL, "no progress and no warnings"},
    {"--help", "-h", KIND_FLAG, "", ALL, "this text"},
    {"--version", "-V", KIND_FLAG, "", ALL, "the version"},
};

const verb verb_table[VERBS] = {
    {"run", "PLAN", VERB_RUN, "simulate every strategy: the answer first, then the tables"},
    {"check", "PLAN", VERB_CHECK, "every error and every suspicion; evaluates nothing"},
    {"explain", "PLAN", VERB_EXPLAIN, "one future, month by month: draws, placements, every entry of the books"},
    {"optimize", "PLAN", VERB_OPTIMIZE, "size commitments and reservations: the best amounts, the gap, what one more costs"},
    {"devices", "", VERB_DEVICES, "what can compute here"},
    {"schema", "", VERB_SMALL, "the JSON Schema of a plan, for editors"},
    {"completion", "SHELL", VERB_SMALL, "a completion script for bash, zsh or fish; or, with man, the manual page"},
    {"version", "", VERB_SMALL, "the version"},
};

const verb *find_verb(const char *name) {
  for (int i = 0; i < VERBS; i++)
    if (name && !strcmp(name, verb_table[i].name)) return &verb_table[i];
  return NULL;
}

static int is(const char *known, const char *name, size_t length) {
  return *known && strlen(known) == length && !strncmp(known, name, length);
}

const option *find_option(const char *name, size_t length) {
  for (int i = 0; i < OPTIONS; i++)
    if (is(option_table[i].name, name, length) || is(option_table[i].letter, name, length)) return &option_table[i];
  return NULL;
}

/* ---- did you mean ---- */

enum { LONGEST = 24 };

/* Insertions, deletions and substitutions; a swap of neighbours counts one. */
static int distance(const char *a, size_t n, const char *b) {
  int before[LONGEST + 1], last[LONGEST + 1], row[LONGEST + 1], m = (int)strlen(b);
  if (n > LONGEST || m > LONGEST) return LONGEST;
  for (int j = 0; j <= m; j++) before[j] = last[j] = j;
  for (int i = 1; i <= (int)n; i++) {
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int best = last[j - 1] + (a[i - 1] != b[j - 1]);
      if (last[j] + 1 < best) best = last[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best) best = before[j - 2] + 1;
      row[j] = best;
    }
    memcpy(before, last, sizeof last);
    memcpy(last, row, sizeof row);
  }
  return last[m];
}

static int near(size_t length) { return length < 5 ? 1 : 2; }

const char *nearest_verb(const char *name) {
  const char *nearest = NULL;
  int bound = near(strlen(name));
  for (int i = 0; i < VERBS; i++) {
    int d = distance(name, strlen(name), verb_table[i].name);
    if (d > bound) continue;
    nearest = verb_table[i].name;
    bound = d - 1;
  }
  return nearest;
}

const char *nearest_option(const char *name, size_t length, unsigned verbs) {
  const char *nearest = NULL;
  int bound = near(length);
  for (int i = 0; i < OPTIONS; i++) {
    int d = distance(name, length, option_table[i].name);
    if (d > bound || !(option_table[i].verbs & verbs)) continue;
    nearest = option_table[i].name;
    bound = d - 1;
  }
  return nearest;
}
