/* Plans as JSON, changed and computed again, path by path: what tests share that say how two results must be related. */
#ifndef PLAN_PAIRS_H
#define PLAN_PAIRS_H
#include <cjson/cJSON.h>
#include "given_plan.h"

cJSON *pair_get(const cJSON *object, const char *key); /* NULL when it is not there */
bool pair_has_type(const cJSON *contract, const char *type);
cJSON *pair_named(const cJSON *list, const char *name); /* the item of that name, or NULL */
int pair_count(const cJSON *plan, const char *key);     /* of the items of a list; 0 where there is none */
bool pair_has_contract(const cJSON *plan, const char *type);
cJSON *pair_parsed(const char *format, ...) __attribute__((format(printf, 1, 2)));
given_plan pair_given(const cJSON *plan);

/* Adds a contract, and signs it in every strategy that lists what it signs. Takes `contract`; `at`: its place, -1 for the last.
 */
void pair_sign(cJSON *plan, cJSON *contract, int at);

/* All that some paths of a plan come to. */
typedef struct pair_reaped {
  given_plan given;
  int64_t *columns; /* [strategies x columns][paths] */
  int64_t *months;  /* [strategies x series x months][paths] */
  uint32_t paths;
} pair_reaped;

/* What it is worth at most, in dollars, that every path-month leaves a quantum of each pool and workload undone, or does it. */
double pair_crumbs(const given_plan *given);

pair_reaped pair_reap(const cJSON *plan, uint32_t paths);
void pair_discard(pair_reaped *reaped);
int64_t pair_quanta(const pair_reaped *reaped, int strategy, int column, int path);
double pair_dollars(const pair_reaped *reaped, int strategy, int column, int path); /* of a column of money */
int64_t pair_month(const pair_reaped *reaped, int strategy, int series, int month, int path);
bool pair_like_quanta(const pair_reaped *a, const pair_reaped *b); /* of money and of accelerators */
#endif
