/* How often one provider earns more than half of what all of them earn. */
#ifndef OFR_MAJORITY_H
#define OFR_MAJORITY_H
#include <stddef.h>
#include <stdint.h>

/* Of `rows` paths, those in which the largest of the providers' revenues is more than half of the sum of the positive ones; their
 * weight where they have weights, else NULL. */
uint64_t ofr_majorities(const int64_t *const *revenue, int providers, const uint64_t *weights, size_t rows);
#endif
