/* Random valid plans, every clause switched on and off at random. The same seed and clauses give the same plan for good. */
#ifndef RANDOM_PLAN_H
#define RANDOM_PLAN_H
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* What may appear beside commitments, reservations and exclusivities. */
enum {
  RANDOM_CREDIT = 1, /* credit_months */
  RANDOM_DISCOUNT = 2,
  RANDOM_GRANT = 4,
  RANDOM_EXIT = 8,
  RANDOM_REFUSAL = 16,
  RANDOM_STAKE = 32,
  RANDOM_EVERY_CLAUSE = 63
};

/* The caller deletes it. `large`: more of everything. `clauses`: a sum of the above. */
cJSON *random_plan(uint64_t seed, bool large, unsigned clauses);
/* Adds strategies until there are `count`, each like one before it but for one thing, or for nothing; and, by chance, stakeholders. */
void random_relatives(uint64_t seed, int count, cJSON *plan);
#endif
