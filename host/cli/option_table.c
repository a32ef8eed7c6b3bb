#include "option_table.h"
#include <string.h>

enum {
  DEVICES = VERB_RUN | VERB_VALUE | VERB_OPTIMIZE | VERB_BOUND | VERB_SWEEP, RUNS = VERB_RUN | VERB_BENCH,
  PLANS = DEVICES | VERB_CHECK | VERB_EXPLAIN, ON_THE_CPU = PLANS & ~DEVICES,
  REPORTS = PLANS | VERB_DEVICES | VERB_BENCH | VERB_CALIBRATE | VERB_VERSION | VERB_SHOW | VERB_COMPARE,
  ALL = REPORTS | VERB_SMALL, EVERY = ALL | VERB_MERGE
};

const option option_table[OPTIONS] = {
    {"--format", "", KIND_CHOICE, "text|json|csv|markdown", REPORTS, "how the result is written (text)"},
    {"--output", "-o", KIND_FILE, "FILE", ALL, "write the result there instead of to standard output"},
    {"--force", "", KIND_FLAG, "", ALL, "overwrite FILE if it exists"},
    {"--backend", "", KIND_CHOICE, "auto|cpu|opencl|cuda", DEVICES,
     "where to compute; auto takes a GPU if there is one, else the CPU"},
    {"--device", "", KIND_COUNT, "N", DEVICES, "one device of the back end, from `offramp devices` (all its GPUs)"},
    {"--backend", "", KIND_CHOICE, "auto|cpu|opencl|cuda", ON_THE_CPU, "changes nothing: this verb computes on the CPU"},
    {"--device", "", KIND_COUNT, "N", ON_THE_CPU, "changes nothing"},
    {"--paths", "", KIND_PATHS, "N", PLANS, "how many futures; overrides the plan"},
    {"--seed", "", KIND_SEED, "N", PLANS, "which futures; overrides the plan"},
    {"--set", "", KIND_SETTING, "POINTER=VALUE", PLANS, "replace a value of the plan: --set /pools/azure-h100/price=2.5"},
    {"--path", "", KIND_COUNT, "N", VERB_EXPLAIN, "which future to explain (0)"},
    {"--months", "", KIND_MONTHS, "FROM:TO", VERB_EXPLAIN, "only these months, as 2026-07:2026-12, 2026-07: or 2026-07"},
    {"--strategy", "", KIND_TEXT, "NAME", VERB_EXPLAIN | VERB_COMPARE, "only this strategy"},
    {"--noise", "", KIND_NUMBER, "N", VERB_COMPARE, "a figure moved if it differs by more than N standard errors; 0: at all (3)"},
    {"--threshold", "", KIND_NUMBER, "PERCENT", VERB_COMPARE, "and by more than PERCENT of what it was before (0)"},
    {"--metric", "", KIND_TEXT, "NAME,...", VERB_COMPARE, "only these figures, as total_cost,served"},
    {"--store", "", KIND_FILE, "FILE", VERB_SWEEP, "where points are kept and not evaluated twice (PLAN's name with .sweep)"},
    {"--metric", "", KIND_TEXT, "NAME", VERB_SWEEP | VERB_SHOW, "what is shown of each point (total_cost)"},
    {"--bound", "", KIND_FLAG, "", VERB_RUN, "how far each strategy is above the best possible too: see `offramp bound`"},
    {"--each", "", KIND_FLAG, "", VERB_BOUND, "the numbers of every single future too (json, csv)"},
    {"--threads", "", KIND_COUNT, "N", DEVICES | VERB_BENCH, "host threads (one per processor)"},
    {"--isa", "", KIND_TEXT, "NAME", DEVICES | VERB_BENCH, "cpu: instruction-set version, from `offramp devices` (the best)"},
    {"--kernel", "", KIND_CHOICE, "auto|own|compiled", DEVICES | VERB_BENCH,
     "cpu: the program's kernel, or one compiled for the plan (auto: for long runs)"},
    {"--batch", "", KIND_COUNT, "N", DEVICES | VERB_BENCH, "paths per batch; changes speed, never results"},
    {"--max-memory", "", KIND_BYTES, "SIZE", RUNS | VERB_VALUE | VERB_SWEEP,
     "for stored path metrics, as 4G (half of memory); beyond it paths are replayed"},
    {"--checks", "", KIND_COUNT, "N", DEVICES, "futures redone on the CPU and compared bit for bit (64)"},
    {"--no-bands", "", KIND_FLAG, "", RUNS, "leave out monthly bands and calendar years"},
    {"--width", "", KIND_COUNT, "N", DEVICES | VERB_EXPLAIN | VERB_BENCH | VERB_CALIBRATE | VERB_SHOW | VERB_COMPARE,
     "columns of text (the terminal's, or 100)"},
    {"--progress", "", KIND_CHOICE, "auto|bar|json|none", PLANS, "progress on stderr (auto: a bar on a terminal)"},
    {"--profile", "", KIND_FLAG, "", RUNS, "say where the time went: phases, and each kernel's time and make"},
    {"--run-once", "", KIND_FLAG, "", RUNS, "no warm-up, no repeats, no tuning: for profilers that replay kernels"},
    {"--backend", "", KIND_AXIS, "NAME,...", VERB_BENCH, "back ends to measure, as cpu,opencl (auto)"},
    {"--device", "", KIND_AXIS, "N,...", VERB_BENCH, "devices of each back end, or `all` its GPUs together (the first, and all)"},
    {"--paths", "", KIND_AXIS, "N,...", VERB_BENCH, "futures of an evaluation (as many as take a fifth of a second)"},
    {"--workloads", "", KIND_AXIS, "N,...", VERB_BENCH, "workloads, 1 to 16 (3)"},
    {"--pools", "", KIND_AXIS, "N,...", VERB_BENCH, "pools, 1 to 64 (12)"},
    {"--strategies", "", KIND_AXIS, "N,...", VERB_BENCH, "strategies, 1 to 16 (1)"},
    {"--months", "", KIND_AXIS, "N,...", VERB_BENCH, "months, 1 to 480 (120)"},
    {"--clauses", "", KIND_AXIS, "WORDS,...", VERB_BENCH, "kinds of clauses, as none,commitment+slip,all (commitment)"},
    {"--seconds", "", KIND_COUNT, "N", VERB_BENCH, "repeats of a row end after so long, or once the noise has settled (10)"},
    {"--no-ceilings", "", KIND_FLAG, "", VERB_BENCH, "do not measure what the devices could do at most"},
    {"--compare", "", KIND_PAIR, "A B", VERB_BENCH, "measure nothing: two files of --json side by side; exit 1 if B is slower"},
    {"--json", "", KIND_FILE, "FILE", VERB_BENCH, "write the result there as well, as JSON"},
    {"--csv", "", KIND_FILE, "FILE", VERB_BENCH, "write the result there as well, as CSV"},
    {"--markdown", "", KIND_FILE, "FILE", VERB_BENCH, "write the result there as well, as markdown"},
    {"--quiet", "-q", KIND_FLAG, "", EVERY, "no progress and no warnings"},
    {"--help", "-h", KIND_FLAG, "", EVERY, "this text"},
    {"--version", "-V", KIND_FLAG, "", EVERY, "the version"},
};

const verb verb_table[VERBS] = {
    {"run", "PLAN", VERB_RUN, "simulate every strategy: the answer first, then the tables"},
    {"value", "PLAN", VERB_VALUE, "what each contract of each strategy is worth: with it and without, on the same futures"},
    {"check", "PLAN", VERB_CHECK, "every error and every suspicion; evaluates nothing"},
    {"explain", "PLAN", VERB_EXPLAIN, "one future, month by month: draws, placements, every entry of the books"},
    {"optimize", "PLAN", VERB_OPTIMIZE, "size commitments and reservations: the best amounts, the gap, what one more costs"},
    {"bound", "PLAN", VERB_BOUND, "how good any strategy could have been, with a proof, and how far above it each one is"},
    {"sweep", "PLAN", VERB_SWEEP, "the plan at every point of its grid, into a store; goes on where it stopped"},
    {"show", "STORE", VERB_SHOW, "what a store holds: which strategy is best at which point"},
    {"merge", "STORE FROM", VERB_MERGE, "what another store holds into this one"},
    {"compare", "A B", VERB_COMPARE, "two results, or two stores: what moved, beyond its noise; exit 1 if anything did"},
    {"calibrate", "HISTORY", VERB_CALIBRATE, "volatility, reversion and correlation from a history, as factors for a plan"},
    {"bench", "", VERB_BENCH, "how fast the devices here are, and how far from what they could be"},
    {"devices", "", VERB_DEVICES, "what can compute here"},
    {"schema", "", VERB_SMALL, "the JSON Schema of a plan, for editors"},
    {"completion", "SHELL", VERB_SMALL, "a completion script for bash, zsh or fish; or, with man, the manual page"},
    {"version", "", VERB_VERSION, "the version"},
};

const verb *find_verb(const char *name) {
  for (int i = 0; i < VERBS; i++)
    if (name && !strcmp(name, verb_table[i].name)) return &verb_table[i];
  return NULL;
}

static int is(const char *known, const char *name, size_t length) {
  return *known && strlen(known) == length && !strncmp(known, name, length);
}

const option *find_option(const char *name, size_t length, unsigned verbs) {
  const option *found = NULL;
  for (int i = 0; i < OPTIONS; i++) {
    const option *x = &option_table[i];
    if (!is(x->name, name, length) && !is(x->letter, name, length)) continue;
    if (x->verbs & verbs) return x;
    if (!found) found = x;
  }
  return found;
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
