/* The month's transportation problem against its own dual: a placement that fits, and prices that prove that none is better.
 * Whatever the method did, that is proof. In every family of words that runs here, which must agree bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "transport_cases.h"

/* ---- proof ---- */

static double prices[TRANSPORT_WORKLOADS]; /* those that prove */

static void spread_price(const transport_case *c, int lane, int i, double crumb, bool *known) {
  double used = 0, rent = -1;
  for (int w = 0; w < c->workloads; w++) {
    double placed = (double)c->placed[w * c->slots + i][lane], profit = (double)c->profit[w * c->slots + i][lane];
    used += placed;
    if (placed > crumb && known[w]) rent = profit - (double)c->speed[w * c->slots + i] * prices[w];
  }
  if (used < (double)c->room[i][lane] - crumb) rent = 0;
  for (int w = 0; w < c->workloads && rent >= 0; w++) {
    if (!((double)c->placed[w * c->slots + i][lane] > crumb) || known[w]) continue;
    prices[w] = fmax(0, ((double)c->profit[w * c->slots + i][lane] - rent) / (double)c->speed[w * c->slots + i]);
    known[w] = true;
  }
}

/* Prices in double precision from where the work lies: what is shared is as good here as there, what is left over is free. Those
 * that do not follow in this way stay the solver's. Any prices prove something; these prove more. */
static void sharpen_prices(const transport_case *c, int lane) {
  bool known[TRANSPORT_WORKLOADS] = {false};
  double crumb = 0; /* what float32 may have left behind */
  for (int i = 0; i < c->slots; i++) crumb = fmax(crumb, 4e-7 * (double)c->room[i][lane]);
  for (int w = 0; w < c->workloads; w++) {
    double left = (double)c->demand[w][lane];
    crumb = fmax(crumb, 4e-7 * left);
    for (int i = 0; i < c->slots; i++) left -= (double)c->placed[w * c->slots + i][lane] * (double)c->speed[w * c->slots + i];
    if ((known[w] = left > crumb)) prices[w] = 0;
  }
  for (int next = 0; next <= c->workloads; next++) {
    for (int round = 0; round < c->workloads; round++)
      for (int i = 0; i < c->slots; i++) spread_price(c, lane, i, crumb, known);
    if (next < c->workloads) known[next] = true; /* what goes round in circles starts from the solver's */
  }
}

static double price_of(int w) { return prices[w]; }

/* What a slot's best use saves beyond the price of its work. */
static double rent_of(const transport_case *c, int lane, int slot) {
  double rent = 0;
  for (int i = slot; i < c->workloads * c->slots; i += c->slots)
    rent = fmax(rent, (double)c->profit[i][lane] - (double)c->speed[i] * price_of(i / c->slots));
  return rent;
}

/* What is saved. What float32 leaves over a limit, hundredths of what the books round to, is taken back at its price. */
static double saved(const transport_case *c, int lane) {
  double sum = 0, largest = 0, over;
  for (int i = 0; i < c->slots; i++) {
    double used = 0;
    for (int w = 0; w < c->workloads; w++) {
      double placed = (double)c->placed[w * c->slots + i][lane];
      assert_true(placed >= 0);
      if (c->speed[w * c->slots + i] == 0) assert_true(placed == 0);
      used += placed;
      sum += placed * (double)c->profit[w * c->slots + i][lane];
    }
    over = fmax(0, used - (double)c->room[i][lane]);
    largest = fmax(largest, (double)c->room[i][lane]);
    assert_true(over <= largest * 1e-6);
    sum -= over * rent_of(c, lane, i);
  }
  for (int w = 0; w < c->workloads; w++) {
    double served = 0;
    for (int i = 0; i < c->slots; i++) served += (double)c->placed[w * c->slots + i][lane] * (double)c->speed[w * c->slots + i];
    over = fmax(0, served - (double)c->demand[w][lane]);
    assert_true(over <= fmax(largest, (double)c->demand[w][lane]) * 1e-6);
    sum -= over * price_of(w);
  }
  return sum;
}

/* No placement saves more than this: weak duality, whatever the prices. */
static double proven(const transport_case *c, int lane) {
  double sum = 0;
  for (int w = 0; w < c->workloads; w++) sum += (double)c->demand[w][lane] * price_of(w);
  for (int i = 0; i < c->slots; i++) sum += (double)c->room[i][lane] * rent_of(c, lane, i);
  return sum;
}

static int most_steps;
static double worst;

/* Relative to the cost; to a quarter of what is saved where less than that is left of it. */
static double gap_of(const transport_case *c, int lane) {
  double least = saved(c, lane), most = proven(c, lane), cost = -least;
  for (int w = 0; w < c->workloads; w++) cost += transport_unmet[w][lane] * (double)c->demand[w][lane];
  return (most - least) / fmax(fmax(cost, most / 4), 1);
}

static void prove(const transport_case *c, int lanes) {
  for (int lane = 0; lane < lanes; lane++) {
    for (int w = 0; w < c->workloads; w++) prices[w] = fmax(0, (double)c->price[w][lane]);
    double gap = gap_of(c, lane);
    sharpen_prices(c, lane);
    gap = fmin(gap, gap_of(c, lane));
    worst = fmax(worst, gap);
    assert_true(gap <= 1e-6);
  }
  if (c->steps > most_steps) most_steps = c->steps;
}

static void prove_cases(int cases, int workloads, int slots) {
  static transport_case c;
  int lanes = transport_families[0]->lanes;
  most_steps = 0, worst = 0;
  for (int done = 0; done < cases; done += lanes) {
    draw_transport(&c, (transport_kind)draw_whole(TRANSPORT_KINDS), workloads < 16 ? 1 + draw_whole(workloads) : 16, slots < 64 ? 1 + draw_whole(slots) : 64);
    transport_families[0]->solve(&c);
    prove(&c, lanes);
  }
  print_message("%d problems up to %d x %d: worst gap %.2g, at most %d steps\n", cases, workloads, slots, worst, most_steps);
}

static void ten_thousand_problems_of_8_by_24_are_solved_exactly(void **state) {
  (void)state;
  seed_transport(20251028);
  prove_cases(10000, 8, 24);
}

static void two_hundred_problems_of_16_by_64_are_solved_exactly(void **state) {
  (void)state;
  seed_transport(7);
  prove_cases(200, 16, 64);
}

/* Each lane alone, in every family: a lane's neighbours don't change its bits. */
static void every_family_of_words_gives_the_same_bits(void **state) {
  static transport_case c, one;
  (void)state;
  seed_transport(11);
  for (int done = 0; done < 300; done++) {
    draw_transport(&c, (transport_kind)draw_whole(TRANSPORT_KINDS), 1 + draw_whole(6), 1 + draw_whole(14));
    transport_families[0]->solve(&c);
    for (int f = 1; transport_families[f]; f++)
      for (int first = 0; first < transport_families[0]->lanes; first += transport_families[f]->lanes) {
        one = c;
#define SHIFT(field, rows)                                                                                                      \
  for (int r = 0; r < (rows); r++) memmove(&one.field[r][0], &c.field[r][first], (size_t)transport_families[f]->lanes * sizeof(float))
        SHIFT(profit, c.workloads * c.slots);
        SHIFT(demand, c.workloads);
        SHIFT(room, c.slots);
        SHIFT(guess, c.workloads);
        transport_families[f]->solve(&one);
        for (int i = 0; i < c.workloads * c.slots; i++)
          assert_memory_equal(one.placed[i], &c.placed[i][first], (size_t)transport_families[f]->lanes * sizeof(float));
      }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ten_thousand_problems_of_8_by_24_are_solved_exactly),
      cmocka_unit_test(two_hundred_problems_of_16_by_64_are_solved_exactly),
      cmocka_unit_test(every_family_of_words_gives_the_same_bits),
  };
  return cmocka_run_group_tests(tests, find_transport_families, NULL);
}
