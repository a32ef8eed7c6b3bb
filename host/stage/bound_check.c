#include "bound_check.h"
#include <stdlib.h>
#include "../backend/backend.h"
#include "../base/error.h"
#include "given_futures.h"

enum { TOGETHER = 16 }; /* as many as the widest bundle */

typedef struct scratch {
  void *space;
  float *futures;
} scratch;

static offramp_status compare(const ofr_bound_check *x, const ofr_bound_version *version, const scratch *own, uint64_t first,
                              uint32_t count, offramp_error *error) {
  const ofr_job job = {.path_low = (uint32_t)first, .path_high = (uint32_t)(first >> 32), .paths = count, .points = 1,
                       .future_stride = ofr_futures_stride(count)};
  ofr_futures_fill(x->plan, x->staged->accelerator_quantum, NULL, first, count, own->futures);
  for (int g = 0; g < x->sets->count; g++) {
    int64_t lower[TOGETHER], upper[TOGETHER], fractional[TOGETHER], rounding[TOGETHER], rounds[TOGETHER];
    const ofr_bound_outputs to = {lower, upper, fractional, rounding, rounds, own->futures};
    version->paths(x->staged->image, &job, x->sets->set[g], &to, 0, count, own->space);
    for (uint32_t i = 0; i < count; i++) {
      uint64_t at = (uint64_t)g * x->plan->paths + first + i;
      if (lower[i] == x->lower[at] && upper[i] == x->upper[at] && fractional[i] == x->fractional[at] &&
          rounding[i] == x->rounding[at])
        continue;
      return ofr_fail(error, OFFRAMP_ERR_MISMATCH, "",
                      "the bound of path %llu came out of the device with other bits than the CPU computes: do not trust this device; "
                      "run again with --backend cpu and --kernel own, and update its driver", (unsigned long long)(first + i));
    }
  }
  return OFFRAMP_OK;
}

/* Groups of neighbours that fill a bundle, evenly spread over all paths. */
offramp_status ofr_bound_cross_check(const ofr_bound_check *x, offramp_error *error) {
  const ofr_bound_version *version = ofr_cpu_bound_version(ofr_cpu_version(NULL));
  uint64_t paths = x->plan->paths, count = (uint64_t)x->count < paths ? (uint64_t)x->count : paths;
  uint64_t groups = (count + TOGETHER - 1) / TOGETHER;
  offramp_status status = OFFRAMP_OK;
  size_t size = 64;
  for (int g = 0; g < x->sets->count; g++) {
    size_t needs = version->space(x->staged->image, x->sets->set[g]);
    if (needs > size) size = needs;
  }
  scratch own = {aligned_alloc(64, size), malloc((ofr_futures_size(x->plan, TOGETHER) + 1) * sizeof(float))};
  if (!own.space || !own.futures) status = ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  for (uint64_t i = 0; i < groups && status == OFFRAMP_OK; i++) {
    uint64_t first = groups > 1 ? i * ((paths - TOGETHER) / (groups - 1)) : 0, left = paths - first;
    uint64_t wanted = count - i * TOGETHER < TOGETHER ? count - i * TOGETHER : TOGETHER;
    status = compare(x, version, &own, first, (uint32_t)(wanted < left ? wanted : left), error);
  }
  free(own.space);
  free(own.futures);
  return status;
}
