#include "majority.h"

uint64_t ofr_majorities(const int64_t *const *revenue, int providers, const uint64_t *weights, size_t rows) {
  uint64_t count = 0;
  for (size_t i = 0; i < rows; i++) {
    int64_t largest = 0, sum = 0;
    for (int g = 0; g < providers; g++) {
      int64_t earned = revenue[g][i] > 0 ? revenue[g][i] : 0;
      largest = earned > largest ? earned : largest;
      sum += earned;
    }
    count += largest > sum - largest ? weights ? weights[i] : 1 : 0;
  }
  return count;
}
