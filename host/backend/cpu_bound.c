#define _POSIX_C_SOURCE 200809L
#include "cpu_bound.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../base/error.h"

static const double WORTH_COMPILING = 1e8; /* work units of single paths: with some contract sets, half a minute of one thread */

enum { CHUNK = 32, CHUNKS = 8 }; /* paths that a thread takes at a time: whole bundles of every version; so many each a batch */

typedef struct work {
  const ofr_bound_version *version;
  const ofr_bound_batch *batch;
  ofr_job job;
  ofr_bound_outputs outputs;
  char *blocks;
  size_t block;
} work;

const ofr_bound_version *ofr_cpu_bound_version(const ofr_path_version *version) {
  static const ofr_bound_version *const all[] = {
#ifdef OFR_HAVE_X86_64_V4
      &ofr_bound_x86_64_v4,
#endif
#ifdef OFR_HAVE_X86_64_V3
      &ofr_bound_x86_64_v3,
#endif
      &ofr_bound_baseline};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!strcmp(all[i]->name, version->name)) return all[i];
  return &ofr_bound_baseline; /* the same bits */
}

static void chunk(void *context, int worker, uint64_t index) {
  const work *x = context;
  uint32_t first = (uint32_t)index * CHUNK, left = x->batch->paths - first;
  x->version->paths(x->batch->image, &x->job, x->batch->set, &x->outputs, first, left < CHUNK ? left : CHUNK,
                    x->blocks + (size_t)worker * x->block);
}

/* Many windows take memory by their square: what is promised beyond the machine's own is not there when it is used. */
static bool machine_holds(double bytes) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  return pages <= 0 || size <= 0 || bytes < 0.9 * (double)pages * (double)size;
}

static bool make_room(ofr_cpu_bounder *b, int workers, size_t block) {
  if (b->block >= block) return true;
  if (!machine_holds((double)workers * (double)block)) return false;
  free(b->blocks);
  b->blocks = aligned_alloc(64, (size_t)workers * block);
  b->block = b->blocks ? block : 0;
  return b->blocks != NULL;
}

static bool pays(const ofr_open_options *o, const ofr_image *im) {
  double work = (double)im->months * im->workloads * im->slots * (double)o->paths;
  return work > WORTH_COMPILING * ofr_crew_size(o->crew);
}

/* Whatever goes wrong with a kernel of the plan's leaves the program's own; the path's kernel tells why. */
static const ofr_bound_version *choose_version(ofr_cpu_bounder *b, const ofr_open_options *o, const ofr_path_version *own,
                                               const ofr_image *im) {
  ofr_cpu_choose(&b->choice, o, &ofr_cpu_bound_text, im, own, pays(o, im));
  ofr_cpu_choice_ripens(&b->choice, o, &ofr_cpu_bound_text, own);
  return b->choice.kernel ? ofr_cpu_kernel_table(b->choice.kernel) : ofr_cpu_bound_version(own);
}

offramp_status ofr_cpu_bound(ofr_cpu_bounder *b, const ofr_open_options *options, const ofr_path_version *own,
                             const ofr_bound_batch *batch, offramp_error *error) {
  const ofr_bound_version *version = choose_version(b, options, own, batch->image);
  ofr_crew *crew = options->crew;
  const size_t block = version->space(batch->image, batch->set);
  if (!make_room(b, ofr_crew_size(crew), block))
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, "cpu",
                    "out of memory: each of %d threads takes %.0f MB for %d windows of commitments: lower --threads, or sign fewer",
                    ofr_crew_size(crew), (double)block / 1e6, batch->set->windows);
  work x = {.version = version, .batch = batch, .blocks = b->blocks, .block = b->block};
  x.job = (ofr_job){.path_low = (uint32_t)batch->first_path, .path_high = (uint32_t)(batch->first_path >> 32), .paths = batch->paths,
                    .points = 1, .future_stride = batch->future_stride};
  x.outputs = (ofr_bound_outputs){batch->lower, batch->upper, batch->fractional, batch->rounding, batch->rounds, batch->futures};
  return ofr_crew_run(crew, (batch->paths + CHUNK - 1) / CHUNK, chunk, &x, options->stop)
             ? OFFRAMP_OK : ofr_fail(error, OFFRAMP_INTERRUPTED, "cpu", "interrupted");
}

uint32_t ofr_cpu_bound_limit(const ofr_crew *crew) { return (uint32_t)(CHUNK * CHUNKS * ofr_crew_size(crew)); }

void ofr_cpu_bounder_free(ofr_cpu_bounder *b) {
  free(b->blocks);
  ofr_cpu_choice_free(&b->choice);
  *b = (ofr_cpu_bounder){0};
}
