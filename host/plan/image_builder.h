/* What the files that build an image share. Private to host/plan. */
#ifndef OFR_IMAGE_BUILDER_PARTS_H
#define OFR_IMAGE_BUILDER_PARTS_H
#include "image.h"
#include "money_scale.h"

typedef struct ofr_builder {
  const ofr_plan *plan;
  const ofr_contract *of_type[OFR_CONTRACT_TYPES][OFR_MAX_CONTRACTS]; /* in plan order */
  int count[OFR_CONTRACT_TYPES];
  int order[OFR_MAX_CONTRACTS]; /* plan index -> the device's: by type, then in plan order */
  uint32_t *words;
  size_t used, capacity;
  bool failed;
  ofr_scales scales;
  ofr_image *head; /* a copy while the block may still move */
} ofr_builder;

/* Room for n values of `size` bytes at the end of the block, zeroed, 8-byte aligned; its offset goes to *offset. */
void *ofr_grow(ofr_builder *b, uint32_t *offset, size_t n, size_t size);

/* TABLE_OF(int, b, home, n): a pointer to a fresh table, or leave the function. */
#define TABLE_OF(type, pointer, name, n)                                                                                       \
  type *pointer = ofr_grow(b, &b->head->name, (size_t)(n), sizeof(type));                                                      \
  if (!pointer) return

/* ofr_rate_shift, and a note in the image where it goes left. */
int ofr_note_shift(ofr_builder *b, double highest);

void ofr_sort_contracts(ofr_builder *b); /* by type, and how many there are of each */
void ofr_put_contracts(ofr_builder *b);  /* everything that contracts say, but who signs them */
void ofr_put_stakeholders(ofr_builder *b);
void ofr_put_shared_months(ofr_builder *b); /* after them */
#endif
