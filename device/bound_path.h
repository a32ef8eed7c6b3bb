/* The certified bound of a bundle of paths: rounds in which all months are solved at the prices of windows and these prices found
 * anew, until more of them would gain nothing; then the placement that they come to. */
#ifndef OFR_BOUND_PATH_H
#define OFR_BOUND_PATH_H
#include "long_math.h"
#include "words_doubles.h"
#include "bound_model.h"
#include "bound_space.h"
#include "bound_month.h"
#include "bound_master.h"
#include "bound_carry.h"

#define GOOD_ENOUGH 2e-8 /* of the cost: what more solutions could still save */

/* Per path, from the job's offset on. */
typedef struct bound_output { GLOBAL int64 *lower, *upper, *fractional, *rounds; GLOBAL const float *futures; } bound_output;

typedef struct lane_state { int64 best, rounds, fractional; int done; } lane_state;

FN_BOUND int seen_before(const space *x, int round, int lane) {
  for (int j = 0; j < round; j++) {
    int n = 0;
    while (n < x->windows && x->lambda[LANE_AT(j * x->windows + n, lane)] == x->lambda[LANE_AT(round * x->windows + n, lane)]) n++;
    if (n == x->windows) return 1;
  }
  return 0;
}

/* Takes a round's solutions into the path's programme; its proof; the prices of the next round. */
FN_PHASE void end_round(const space *x, int round, int lane, lane_state *y) {
  master m;
  if (y->done) { /* the same once more, for the sake of its neighbours */
    for (int n = 0; n < x->windows; n++)
      x->lambda[LANE_AT((round + 1) * x->windows + n, lane)] = x->lambda[LANE_AT(round * x->windows + n, lane)];
    return;
  }
  find_master(&m, x, lane);
  int64 proof = x->standing[LANE_AT(0, lane)];
  for (int t = 0; t < MONTHS(x); t++) proof += x->proof[LANE_AT(t, lane)];
  if (round == 0) open_master(&m);
  else y->done = take_solutions(&m, round) <= GOOD_ENOUGH * d_abs(*m.objective);
  proof += prove_windows(&m, round);
  if (proof > y->best) y->best = proof;
  y->rounds = round + 1;
  solve_master(&m);
  y->fractional = (int64)(*m.objective * *m.unit) + x->standing[LANE_AT(0, lane)];
  price_windows(&m, round + 1);
  y->done = y->done || seen_before(x, round + 1, lane);
  if (!y->done && round + 2 < OFR_BOUND_ROUNDS) return;
  for (int t = 0; t < MONTHS(x); t++) share_out(&m, t);
}

/* LANES paths beginning at path `first` of the job; `lanes` of them are wanted. */
FN_BOUND void bound_bundle(const space *x, const ofr_job *job, const bound_output *out, uint32 first, int lanes) {
  word low = W(job->path_low + first) + LANE_INDEX;
  word high = W(job->path_high) + w_select(w_lt(low, W(job->path_low)), W(1u), W(0u));
  lane_state state[LANES];
  transport p;
  int all = 0, round = 0;
  uint32 at = job->offset + first;
  given_futures futures;
  futures.at = out->futures;
  futures.stride = job->future_stride;
  futures.first = first;
  keep_weather(x, low, high, futures);
  for (int lane = 0; lane < LANES; lane++) {
    state[lane].best = PROVES_NOTHING;
    state[lane].done = 0;
    for (int n = 0; n < x->windows; n++) x->lambda[LANE_AT(n, lane)] = 0;
  }
  for (; round < OFR_BOUND_ROUNDS - 1 && !all; round++) {
    evaluate(x, &p, round);
    all = 1;
    for (int lane = 0; lane < LANES; lane++) {
      end_round(x, round, lane, &state[lane]);
      all &= state[lane].done;
    }
  }
  carry_out(x, low, high, futures, round, out->upper + at, lanes);
  for (int lane = 0; lane < lanes; lane++) {
    out->lower[at + (uint32)lane] = state[lane].best;
    out->fractional[at + (uint32)lane] = state[lane].fractional;
    out->rounds[at + (uint32)lane] = state[lane].rounds;
  }
}
#endif
