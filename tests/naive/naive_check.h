/* What the files that compare the naive model with `explain` share. Amounts agree when they differ by less than 1e-5 of
 * themselves plus a few quanta of accelerators, which rounding may move from pool to pool. */
#ifndef NAIVE_CHECK_H
#define NAIVE_CHECK_H
#include "naive.h"

enum { NAIVE_FEW = 4 /* quanta */ };

typedef struct naive_checked {
  naive_plan plan;
  naive_report *report;
  double quantum, money_quantum;
  int slip[NAIVE_POOLS];
  char where[160];
  naive_inputs in;
  double slowest, fastest;                           /* speeds above 0 */
  double served_slack;                               /* of one placement: work is a sum of small binary fractions */
  double work_slack, accelerator_slack, money_slack; /* this month */
} naive_checked;

enum { NAIVE_OPEN, NAIVE_RESERVED, NAIVE_MATCHED, NAIVE_WAYS };

typedef struct naive_explained { /* one strategy's month, as printed */
  double placed[NAIVE_WORKLOADS][NAIVE_POOLS][NAIVE_WAYS], served[NAIVE_WORKLOADS][NAIVE_POOLS][NAIVE_WAYS];
  double price[NAIVE_WORKLOADS][NAIVE_POOLS]; /* of matched work, x accelerators */
  const cJSON *json;
} naive_explained;

const cJSON *naive_get(const cJSON *object, const char *key);
double naive_number(const cJSON *object, const char *key); /* NaN when it is not there */
double naive_number_or(const cJSON *object, const char *key, double otherwise);
bool naive_listed(const cJSON *names, const char *name);

/* Counts a comparison, and the first one that fails in words. */
void naive_expect_near(naive_checked *c, const char *what, const char *of, double ours, double theirs, double slack);
void naive_expect(naive_checked *c, const char *what, const char *of, bool holds, double a, double b);

/* Made ready for the months of a future. The caller frees it. */
naive_checked *naive_begin(const cJSON *plan, const cJSON *explained, naive_report *report);
/* The month's weather: read, and held against the plan where nothing random is in it. */
void naive_check_inputs(naive_checked *c, const cJSON *month, int t);
/* What holds of any books, whatever the rules. */
void naive_check_properties(naive_checked *c, const naive_explained *x, const naive_books *ours);
#endif
