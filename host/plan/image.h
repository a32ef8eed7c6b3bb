/* The flat image of a plan that devices read: tables of the plan's numbers in the model's units, ready to be copied as one
 * block. Images of plans that differ only in numbers have the same layout. */
#ifndef OFR_IMAGE_BUILDER_H
#define OFR_IMAGE_BUILDER_H
#include <offramp/offramp.h>
#include "plan.h"
#include "../../device/path_c.h"

typedef struct ofr_staged {
  ofr_image *image;            /* header and tables, `image->bytes` long, 64-byte aligned */
  double accelerator_quantum;  /* accelerators */
  double money_quantum;        /* dollars: 1e-6 or a power of ten above it */
  double unit_cost_scale;      /* column unit_cost -> $ per reference accelerator-hour */
  double work_unit_hours;      /* reference accelerator-hours in a work unit held for a month */
  int columns, series;         /* per strategy */
} ofr_staged;

/* Builds the image; the caller frees it. Fails with OFFRAMP_ERR_LIMIT when memory runs out or no money quantum fits. */
offramp_status ofr_image_build(const ofr_plan *plan, ofr_staged *staged, offramp_error *error);
/* The same in the quanta of `largest`, a plan that exceeds this one in amounts and sizes alone: images that are built like one
 * and the same plan have one layout, and results that can be compared. */
offramp_status ofr_image_build_like(const ofr_plan *plan, const ofr_plan *largest, ofr_staged *staged, offramp_error *error);
void ofr_image_free(ofr_staged *staged);

/* The dimensions and structure tables of an image as C text, for kernels that are compiled at run time: "#define OFR_months 84"
 * and "CONSTANT int ofr_slot_pool[] = {...};". The caller frees it; NULL when out of memory. */
char *ofr_image_shape_text(const ofr_image *image);
/* Whether they have one shape and one layout: plans that differ in numbers only. */
bool ofr_images_alike(const ofr_image *a, const ofr_image *b);
/* The number that devices know a contract of the plan by. */
int ofr_device_contract(const ofr_plan *plan, int contract);
#endif
