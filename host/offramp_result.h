/* What a result is to the files that show the library's public face. */
#ifndef OFR_OFFRAMP_RESULT_H
#define OFR_OFFRAMP_RESULT_H
#include <offramp/offramp.h>
#include "reduce/result.h"

struct offramp_result {
  ofr_arena *arena;
  ofr_result *result;
};

/* Index of a strategy of the plan; -1 after an error that names those there are. */
int ofr_strategy_called(const ofr_plan *plan, const char *name, offramp_error *error);
#endif
