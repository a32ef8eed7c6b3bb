#include "bound_check.h"
#include <stdlib.h>
#include "../backend/backend.h"
#include "../base/error.h"
#include "given_futures.h"

typedef struct scratch {
  void *space;
  float *futures;
} scratch;

static offramp_status compare(const ofr_bound_check *x, const ofr_bound_version *version, const scratch *own, uint64_t path,
                              offramp_error *error) {
  const ofr_job job = {.path_low = (uint32_t)path, .path_high = (uint32_t)(path >> 32), .paths = 1, .points = 1,
                       .future_stride = ofr_futures_stride(1)};
  ofr_futures_fill(x->plan, x->staged->accelerator_quantum, NULL, path, 1, own->futures);
  for (int g = 0; g < x->sets->count; g++) {
    int64_t lower, upper, fractional, rounds;
    const ofr_bound_outputs to = {&lower, &upper, &fractional, &rounds, own->futures};
    uint64_t at = (uint64_t)g * x->plan->paths + path;
    version->paths(x->staged->image, &job, &x->sets->set[g], &to, 0, 1, own->space);
    if (lower == x->lower[at] && upper == x->upper[at] && fractional == x->fractional[at]) continue;
    return ofr_fail(error, OFFRAMP_ERR_MISMATCH, "",
                    "the bound of path %llu came out of the device with other bits than the CPU computes: do not trust this device; "
                    "run again with --backend cpu and update its driver", (unsigned long long)path);
  }
  return OFFRAMP_OK;
}

offramp_status ofr_bound_cross_check(const ofr_bound_check *x, offramp_error *error) {
  const ofr_bound_version *version = ofr_cpu_bound_version(ofr_cpu_version(NULL));
  uint64_t paths = x->plan->paths, count = (uint64_t)x->count < paths ? (uint64_t)x->count : paths;
  offramp_status status = OFFRAMP_OK;
  size_t size = 64;
  for (int g = 0; g < x->sets->count; g++) {
    size_t needs = version->space(x->staged->image, &x->sets->set[g]);
    if (needs > size) size = needs;
  }
  scratch own = {aligned_alloc(64, size), malloc((ofr_futures_size(x->plan, 1) + 1) * sizeof(float))};
  if (!own.space || !own.futures) status = ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs");
  for (uint64_t i = 0; i < count && status == OFFRAMP_OK; i++)
    status = compare(x, version, &own, i * (paths / count), error);
  free(own.space);
  free(own.futures);
  return status;
}
