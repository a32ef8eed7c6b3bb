/* The certified bound for C: bundles of paths, compiled once for each instruction-set version (OFR_ISA). */
#ifndef OFR_TRACE
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "path.h"
#include "bound_c.h"
#include "bound_space.h"
#include "bound_month.h"
#include "bound_master.h"
#include "bound_carry.h"

#define GOOD_ENOUGH 2e-8 /* of the cost: what more solutions could still save */

/* ---- scales ---- */

static int shift_for(int least, int shift, double scale) {
  int bits;
  frexp(scale, &bits);
  return shift - bits < least ? shift - bits : least;
}

/* Rates as large as 2^46 allows: in their tables they lie below 2^31 / 2^shift. */
static int scale_of(const ofr_image *im, double dearest_month) {
  int least = 60;
  double fastest = 1;
  for (int i = 0; i < im->workloads * im->slots; i++) fastest = fmax(fastest, (double)FLOATS(im, speed)[i]);
  double unmet = fastest * dearest_month, price = 4 * fmax(1, dearest_month);
  for (int w = 0; w < im->workloads; w++) {
    least = shift_for(least, INTS(im, unmet_shift)[w], unmet);
    if (im->has_egress) least = shift_for(least, INTS(im, egress_shift)[w], unmet);
  }
  for (int k = 0; k < im->pools; k++) least = shift_for(least, INTS(im, price_shift)[k], price);
  for (int r = 0; r < im->reservations; r++) least = shift_for(least, INTS(im, use_shift)[r], price);
  return least + LOW_BITS - 2;
}

static int speed_shift_of(const ofr_image *im) {
  double fastest = 1;
  int bits;
  for (int i = 0; i < im->workloads * im->slots; i++) fastest = fmax(fastest, (double)FLOATS(im, speed)[i]);
  frexp(fastest, &bits);
  return 31 - bits;
}

static double dearest_month(const ofr_image *im) {
  uint32 most = 0;
  for (int t = 0; t < im->months; t++)
    if (WORDS(im, discount)[t] > most) most = WORDS(im, discount)[t];
  return most / (double)(1 << FRACTION_BITS);
}

/* So that the worth of a pool's dollar under all commitments that count it fits 32 bits. */
static uint32 most_price_of(const ofr_image *im, int s) {
  int overlap = 1;
  for (int k = 0; k < im->pools; k++) {
    int n = 0;
    for (int c = 0; c < im->commitments; c++) n += signs(im, s, c) && INTS(im, counts_kind)[c * im->pools + k] != COUNTS_NOT;
    if (n > overlap) overlap = n;
  }
  return 0xffffffffu / (uint32)overlap;
}

/* ---- a bundle ---- */

typedef struct lane_state { int64_t best, rounds, fractional; bool done; } lane_state;

static bool seen_before(const space *x, int round, int lane) {
  for (int j = 0; j < round; j++) {
    const uint32 *then = x->lambda + j * x->windows * LANES + lane, *now = x->lambda + round * x->windows * LANES + lane;
    int n = 0;
    while (n < x->windows && then[n * LANES] == now[n * LANES]) n++;
    if (n == x->windows) return true;
  }
  return false;
}

/* Takes a round's solutions into the path's programme; its proof; the prices of the next round. */
static void end_round(space *x, int round, int lane, lane_state *y) {
  master *m = &x->masters[lane];
  int64_t proof = x->constant[lane];
  if (y->done) {
    for (int n = 0; n < x->windows; n++) /* the same once more, for the sake of its neighbours */
      x->lambda[((round + 1) * x->windows + n) * LANES + lane] = x->lambda[(round * x->windows + n) * LANES + lane];
    return;
  }
  for (int t = 0; t < x->months; t++) proof += x->proof[t * LANES + lane];
  if (round == 0) open_master(m, x, lane);
  else take_solutions(m, round);
  proof += prove_windows(m, x, round);
  if (proof > y->best) y->best = proof;
  y->rounds = round + 1;
  y->done = round > 0 && promise_of(m) <= GOOD_ENOUGH * fabs(m->objective);
  solve_master(m);
  double cost = m->objective * m->unit;
  y->fractional = (int64_t)cost + x->constant[lane];
  price_windows(m, x, round + 1);
  y->done = y->done || seen_before(x, round + 1, lane);
}

static void bundle(const ofr_image *im, const ofr_job *job, space *x, const ofr_bound_outputs *out, uint32 first, int lanes) {
  word low = W(job->path_low + first) + LANE_INDEX;
  word high = W(job->path_high) + w_select(w_lt(low, W(job->path_low)), W(1u), W(0u));
  lane_state state[LANES];
  int64_t upper[LANES];
  transport p;
  bool all = false;
  int round = 0;
  given_futures futures = {out->futures, job->future_stride, first};
  keep_weather(x, low, high, futures);
  for (int lane = 0; lane < LANES; lane++) state[lane] = (lane_state){.best = INT64_MIN};
  memset(x->lambda, 0, (size_t)x->windows * LANES * sizeof *x->lambda);
  for (; round < OFR_BOUND_ROUNDS - 1 && !all; round++) {
    evaluate(x, &p, round);
    all = true;
    for (int lane = 0; lane < LANES; lane++) {
      end_round(x, round, lane, &state[lane]);
      all &= state[lane].done;
    }
  }
  carry_out(im, x, low, high, futures, round, upper);
  for (int lane = 0; lane < lanes; lane++) {
    out->lower[job->offset + first + (uint32)lane] = state[lane].best;
    out->upper[job->offset + first + (uint32)lane] = upper[lane];
    out->fractional[job->offset + first + (uint32)lane] = state[lane].fractional;
    out->rounds[job->offset + first + (uint32)lane] = state[lane].rounds;
  }
}

static size_t space_for(const ofr_image *im, const ofr_bound_set *set) {
  space x;
  return lay_out(&x, im, set, NULL);
}

static void paths(const ofr_image *im, const ofr_job *job, const ofr_bound_set *set, const ofr_bound_outputs *outputs,
                  uint32_t first, uint32_t count, void *block) {
  space x;
  lay_out(&x, im, set, block);
  x.scale = scale_of(im, dearest_month(im));
  x.speed_shift = speed_shift_of(im);
  x.most_price = most_price_of(im, set->strategy);
  for (uint32_t done = 0; done < count; done += LANES)
    bundle(im, job, &x, outputs, first + done, count - done < LANES ? (int)(count - done) : LANES);
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define TEXT_(a)    #a
#define TEXT(a)     TEXT_(a)
const ofr_bound_version JOIN(ofr_bound_, OFR_ISA) = {TEXT(OFR_ISA), LANES, space_for, paths};
#else
extern int ofr_bound_has_no_trace; /* ISO C wants a declaration */
#endif
