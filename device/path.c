/* The model for C: bundles of paths, compiled twice for each instruction-set version (OFR_ISA): for all plans, and without what
 * plain ones have none of (OFR_PLAIN); and once more as the trace. */
#include <stddef.h>
#include <stdint.h>

#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "path.h"
#include "path_c.h"

#ifdef OFR_TRACE
void ofr_path_run_trace(const ofr_image *image, const ofr_job *job, const ofr_outputs *o, ofr_path_trace *trace) {
  output out = {o->columns, o->bands, o->sums, o->clamped, o->futures};
  sink = trace;
  traced = image;
  run_bundle(image, job, &out, 0, 1, 0);
  sink = NULL;
  traced = NULL;
}
#else

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

static void all_paths(const ofr_image *image, const ofr_job *job, const ofr_outputs *o, uint32_t first, uint32_t count) {
  output out = {o->columns, o->bands, o->sums, o->clamped, o->futures};
  for (uint32_t done = 0; done < count; done += LANES)
    run_bundle(image, job, &out, first + done, count - done < LANES ? (int)(count - done) : LANES, 0);
}

#ifdef OFR_PLAIN
ofr_paths_function JOIN(ofr_plain_paths_, OFR_ISA);
void JOIN(ofr_plain_paths_, OFR_ISA)(const ofr_image *image, const ofr_job *job, const ofr_outputs *o, uint32_t first,
                                     uint32_t count) {
  all_paths(image, job, o, first, count);
}
#else
#if SPECIALISED
#define paths all_paths
#else
ofr_paths_function JOIN(ofr_plain_paths_, OFR_ISA);

static int is_plain(const ofr_image *image) {
  int rare = 0;
  for (size_t at = RARE_FROM; at <= RARE_TO; at += sizeof (int)) rare |= *(const int *)((const char *)image + at);
  return !rare;
}

static void paths(const ofr_image *image, const ofr_job *job, const ofr_outputs *o, uint32_t first, uint32_t count) {
  (is_plain(image) ? JOIN(ofr_plain_paths_, OFR_ISA) : all_paths)(image, job, o, first, count);
}
#endif

#include "probe.h"

static void probe(int kind, const uint32_t *questions, uint32_t *answers, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) answer_one(kind, questions, answers, n, i);
}

#define TEXT_(a) #a
#define TEXT(a)  TEXT_(a)
const ofr_path_version JOIN(ofr_path_, OFR_ISA) = {TEXT(OFR_ISA), LANES, SUM_LANES, paths, probe};
#endif
#endif
