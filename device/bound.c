/* The certified bound for C: bundles of paths, compiled once for each instruction-set version (OFR_ISA). */
#include <stddef.h>
#include <stdint.h>

#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "path.h"
#include "bound_c.h"
#include "bound_path.h"

static size_t space_for(const ofr_image *im, const ofr_bound_set *set) {
  space x;
  return lay_out(&x, im, set, NULL, 0);
}

static void paths(const ofr_image *im, const ofr_job *job, const ofr_bound_set *set, const ofr_bound_outputs *o, uint32_t first,
                  uint32_t count, void *block) {
  bound_output out = {o->lower, o->upper, o->fractional, o->rounding, o->rounds, o->futures};
  space x;
  lay_out(&x, im, set, block, 0);
  for (uint32_t done = 0; done < count; done += LANES)
    bound_bundle(&x, job, &out, first + done, count - done < LANES ? (int)(count - done) : LANES);
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define TEXT_(a)    #a
#define TEXT(a)     TEXT_(a)
const ofr_bound_version JOIN(ofr_bound_, OFR_ISA) = {TEXT(OFR_ISA), LANES, space_for, paths};
