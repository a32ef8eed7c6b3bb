/* The certified bound as the host calls it: one set of functions for each instruction-set version that was compiled.
 *
 * For a path and a contract set there is a linear programme, the least that any placement with perfect foresight could cost;
 * `lower` is proved by prices evaluated in the books' integers, whatever float arithmetic found them, and `upper` is the cost, in
 * the books, of a placement that was carried out. MODEL section 10. */
#ifndef OFR_BOUND_C_H
#define OFR_BOUND_C_H
#include <stddef.h>
#include "path_c.h"
#include "bound_model.h"

/* Per path, from the job's offset on. `fractional` is what the placement would cost if accelerators could be split;
 * `rounding`, how much `lower` allows for hours that are whole work units; `rounds`, how often all months were solved; `futures`,
 * where given ones come from, as in ofr_outputs. */
typedef struct ofr_bound_outputs {
  int64_t *lower, *upper, *fractional, *rounding, *rounds;
  const float *futures;
} ofr_bound_outputs;

typedef struct ofr_bound_version {
  const char *name;
  int lanes;
  size_t (*space)(const ofr_image *image, const ofr_bound_set *set); /* bytes of scratch, 64-byte aligned, per worker */
  void (*paths)(const ofr_image *image, const ofr_job *job, const ofr_bound_set *set, const ofr_bound_outputs *outputs,
                uint32_t first, uint32_t count, void *space);
} ofr_bound_version;

static inline size_t ofr_bound_set_size(const ofr_bound_set *set) {
  return sizeof *set + (size_t)set->windows * sizeof(ofr_bound_window);
}

extern const ofr_bound_version ofr_bound_baseline;
#ifdef OFR_HAVE_X86_64_V3
extern const ofr_bound_version ofr_bound_x86_64_v3;
#endif
#ifdef OFR_HAVE_X86_64_V4
extern const ofr_bound_version ofr_bound_x86_64_v4;
#endif
#endif
