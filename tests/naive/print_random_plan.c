/* print_random_plan SEED: that random plan, every clause possible; every fourth one is large. */
#include <stdio.h>
#include <stdlib.h>
#include "random_plan.h"

int main(int argc, char **argv) {
  char *end = NULL;
  uint64_t seed = argc == 2 ? strtoull(argv[1], &end, 10) : 0;
  if (argc != 2 || end == argv[1] || *end) return 2;
  cJSON *plan = random_plan(seed, seed % 4 == 3, RANDOM_EVERY_CLAUSE);
  char *text = cJSON_Print(plan);
  int failed = !text || puts(text) == EOF || fflush(stdout) == EOF;
  cJSON_free(text);
  cJSON_Delete(plan);
  return failed;
}
