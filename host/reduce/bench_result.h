/* What a bench found: rows of speed, by device and by the size of the plan, beside what each device could do. Numbers below 0
 * are not known. */
#ifndef OFR_BENCH_RESULT_H
#define OFR_BENCH_RESULT_H
#include <stdbool.h>
#include "../base/text.h"
#include "profile.h"
#include "repeats.h"

/* Kinds of clauses and of what else a plan may hold. */
typedef enum ofr_bench_clause {
  OFR_BENCH_COMMITMENT = 1, OFR_BENCH_TERMS = 2, OFR_BENCH_RESERVATION = 4, OFR_BENCH_EXCLUSIVITY = 8, OFR_BENCH_DISCOUNT = 16,
  OFR_BENCH_GRANT = 32, OFR_BENCH_EXIT = 64, OFR_BENCH_FIRST_REFUSAL = 128, OFR_BENCH_CREDIT = 256, OFR_BENCH_EGRESS = 512,
  OFR_BENCH_DUTY = 1024, OFR_BENCH_MAX_SHARE = 2048, OFR_BENCH_SLIP = 4096
} ofr_bench_clause;

typedef struct ofr_bench_size { int workloads, pools, strategies, months; unsigned clauses; } ofr_bench_size;

/* "commitment+slip", "none" or "all". 0 in *clauses and false for a word that is none of them. */
bool ofr_bench_clauses_read(const char *text, unsigned *clauses);
void ofr_bench_clauses_write(ofr_text *out, unsigned clauses);
extern const char ofr_bench_clause_words[]; /* all of them, for messages */

enum { OFR_BENCH_CEILINGS = 4 };

typedef struct ofr_bench_ceiling { const char *name, *unit; ofr_repeats rate; } ofr_bench_ceiling;

/* A back end and device, or all its GPUs together. */
enum { OFR_BENCH_ALL = -1 };

typedef struct ofr_bench_subject {
  const char *backend, *device; /* in words */
  int index, threads;        /* of OFR_BENCH_ALL, ceilings are the sums of all devices' */
  int devices;               /* how many work together */
  int ceiling_count;
  ofr_bench_ceiling ceilings[OFR_BENCH_CEILINGS];
  double mixed_vectors;      /* vector instructions a second, cpu only: of the mixed ceiling; below 0: not known */
} ofr_bench_subject;

typedef struct ofr_bench_row {
  int subject;
  ofr_bench_size size;
  uint64_t paths;
  ofr_repeats rate;          /* path-months x strategies a second */
  bool settled;
  double start;              /* seconds from the call to the first path, the last time */
  double kernel_rate;        /* the same by the kernel's own time; below 0: not known */
  double instructions;       /* of a path-month; below 0: not known */
  const char *counted;       /* how: "stepped", "static", "not known" */
  double issue_share, memory_share; /* of the ceilings that the kernel reaches; below 0: not known */
  char digest[65];
  ofr_profile *profile;
} ofr_bench_row;

typedef struct ofr_bench {
  int subject_count, row_count;
  ofr_bench_subject *subjects;
  ofr_bench_row *rows;
} ofr_bench;
#endif
