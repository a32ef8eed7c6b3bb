/* What a comparison is to the other files that show the library's public face. */
#ifndef OFR_OFFRAMP_COMPARE_H
#define OFR_OFFRAMP_COMPARE_H
#include <offramp/offramp.h>
#include "reduce/result_comparison.h"

struct offramp_comparison {
  ofr_arena *arena;
  const ofr_result_comparison *comparison;
};
#endif
