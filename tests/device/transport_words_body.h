/* The body of transport_words_*.c, which include a family of words first and define WORDS_NAME and WORDS_TABLE. */
#include "device/model.h"
#include "device/registers.h"
#include "device/transport.h"
#include "device/plan_order.h"
#include "device/transport_search.h"
#include "transport_words.h"

static real load(const float *from) {
  real x = R(0.0f);
  for (uint32 i = 0; i < LANES; i++) x = r_select(w_eq(LANE_INDEX, W(i)), R(from[i]), x);
  return x;
}

static void store(float *to, real x) {
  int64 bits[LANES];
  l_store(bits, l_from_word(w_from_bits(x)), LANES);
  for (int i = 0; i < LANES; i++) {
    uint32 word = (uint32)bits[i];
    memcpy(&to[i], &word, sizeof word);
  }
}

static void solve(transport_case *c) {
  ofr_image im = {.workloads = c->workloads, .slots = c->slots};
  static _Thread_local transport x;
  x.speed = c->speed;
  for (int i = 0; i < c->workloads * c->slots; i++) x.profit[i] = load(c->profit[i]);
  for (int w = 0; w < c->workloads; w++) x.demand[w] = load(c->demand[w]);
  for (int w = 0; w < c->workloads; w++) x.price[w] = load(c->guess[w]);
  for (int i = 0; i < c->slots; i++) x.room[i] = load(c->room[i]);
  begin_transport(&im, &x);
  c->steps = solve_transport(&im, &x);
  for (int w = 0; w < c->workloads; w++) store(c->price[w], x.price[w]);
  for (int i = 0; i < c->workloads * c->slots; i++) store(c->placed[i], placed_in(&im, &x, i / c->slots, i % c->slots));
}

const transport_words WORDS_TABLE = {WORDS_NAME, LANES, solve};
