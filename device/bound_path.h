/* The certified bound of a bundle of paths: rounds in which all months are solved at the prices of windows and these prices found
 * anew, until more of them would gain nothing; then the placement that they come to. */
#ifndef OFR_BOUND_PATH_H
#define OFR_BOUND_PATH_H
#include "long_math.h"
#include "words_doubles.h"
#include "bound_model.h"
#include "bound_space.h"
#include "bound_weather.h"
#include "bound_rates.h"
#include "bound_offers.h"
#include "bound_month.h"
#include "bound_master.h"
#include "bound_proof.h"
#include "bound_carry.h"

#define GOOD_ENOUGH 2e-8 /* of the cost: what more solutions could still save */

/* Per path, from the job's offset on. */
typedef struct bound_output {
  GLOBAL int64 *lower, *upper, *fractional, *rounding, *rounds;
  GLOBAL const float *futures;
} bound_output;

typedef struct lane_state { int64 rounds, fractional; int done; } lane_state;

FN_BOUND int same_prices(const space *x, int round, int lane) {
  const int N = x->windows;
  int n = 0;
  while (n < N && x->lambda[LANE_AT((round - 1) * N + n, lane)] == x->lambda[LANE_AT(round * N + n, lane)]) n++;
  return n == N;
}

/* Takes a round's solutions into the path's programme; the prices of the next round. `open`: some month is not at its best yet. */
FN_PHASE void end_round(const space *x, int round, int lane, int open, lane_state *y) {
  master m;
  if (!y->done) {
    double promise;
    find_master(&m, x, lane);
    if (round == 0) open_master(&m);
    promise = take_solutions(&m, round);
    if (round == 0) begin_master(&m);
    solve_master(&m);
    y->rounds = round + 1;
    y->fractional = (int64)(*m.objective * *m.unit) + x->standing[LANE_AT(0, lane)];
    price_windows(&m, round + 1);
    y->done = !open && ((round > 0 && promise <= GOOD_ENOUGH * d_abs(*m.objective)) || same_prices(x, round + 1, lane));
    if (!y->done && round + 2 < OFR_BOUND_ROUNDS) return;
    for (int t = 0; t < MONTHS(x); t++) share_out(&m, t);
  }
  for (int n = 0; n < x->windows; n++) /* what is proved is what was solved */
    x->lambda[LANE_AT((round + 1) * x->windows + n, lane)] = x->lambda[LANE_AT(round * x->windows + n, lane)];
}

/* The lanes in which a number is not 0. */
FN_BOUND mask flagged(const space *x) { return m_and_not(m_all(), w_eq(w_load(x->picked), W(0u))); }

/* LANES paths beginning at path `first` of the job; `lanes` of them are wanted. */
FN_BOUND void bound_bundle(const space *x, const ofr_job *job, const bound_output *out, uint32 first, int lanes) {
  bundle of;
  lane_state state[LANES];
  transport p;
  int all = 0, round = 0;
  uint32 at = job->offset + first;
  of.low = W(job->path_low + first) + LANE_INDEX;
  of.high = W(job->path_high) + w_select(w_lt(of.low, W(job->path_low)), W(1u), W(0u));
  of.futures.at = out->futures;
  of.futures.stride = job->future_stride;
  of.futures.first = first;
  keep_weather(x, &of);
  for (int lane = 0; lane < LANES; lane++) {
    state[lane].done = 0;
    for (int n = 0; n < x->windows; n++) x->lambda[LANE_AT(n, lane)] = 0;
  }
  for (; round < OFR_BOUND_ROUNDS - 1 && !all; round++) {
    for (int lane = 0; lane < LANES; lane++) x->picked[LANE_AT(0, lane)] = !state[lane].done;
    evaluate(x, &p, flagged(x), round);
    l_store(x->flags, l_keep(open_in(x), L(1)), LANES);
    all = 1;
    for (int lane = 0; lane < LANES; lane++) {
      end_round(x, round, lane, x->flags[LANE_AT(0, lane)] != 0, &state[lane]);
      all &= state[lane].done;
    }
  }
  carry_out(x, &of, round - 1);
  for (int lane = 0; lane < lanes; lane++) out->upper[at + (uint32)lane] = x->flags[LANE_AT(0, lane)];
  prove_months(x, round - 1);
  for (int lane = 0; lane < lanes; lane++) {
    master m;
    find_master(&m, x, lane);
    out->lower[at + (uint32)lane] = x->standing[LANE_AT(0, lane)] + x->flags[LANE_AT(0, lane)] + prove_windows(&m, round - 1);
    out->fractional[at + (uint32)lane] = state[lane].fractional;
    out->rounding[at + (uint32)lane] = x->units[LANE_AT(0, lane)];
    out->rounds[at + (uint32)lane] = state[lane].rounds;
  }
}
#endif
