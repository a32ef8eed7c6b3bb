#include "comparison.h"
#include <math.h>
#include <stdlib.h>
#include "slices.h"
#include "wide.h"

enum { PIECE = 1 << 15 /* rows handed out together */ };

ofr_comparison ofr_comparison_begin(int a, int b) { return (ofr_comparison){.a = a, .b = b}; }

/* As if path i had come weights[i] times. */
static void feed_weighted(ofr_comparison *c, ofr_costs a, ofr_costs b, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t weight = a.weights[i];
    int64_t difference = a.total[i] - b.total[i];
    c->count += weight;
    c->a_wins += difference < 0 ? weight : 0;
    c->b_wins += difference > 0 ? weight : 0;
    c->sum += (ofr_i128)difference * (ofr_i128)weight;
    ofr_wide_add_weighted(c->square_sum, difference, weight);
    c->weight_squares += (ofr_u128)weight * weight;
    c->cash_sum += (ofr_i128)(a.cash[i] - b.cash[i]) * (ofr_i128)weight;
    c->unmet_sum += (ofr_i128)(a.unmet[i] - b.unmet[i]) * (ofr_i128)weight;
  }
}

void ofr_comparison_feed(ofr_comparison *comparison, ofr_costs a, ofr_costs b, size_t count) {
  if (a.weights) {
    feed_weighted(comparison, a, b, count);
    return;
  }
  ofr_comparison c = *comparison; /* in registers: the columns might alias *comparison for all the compiler knows */
  c.count += count;
  for (size_t i = 0; i < count; i++) {
    int64_t difference = a.total[i] - b.total[i];
    c.a_wins += difference < 0;
    c.b_wins += difference > 0;
    c.sum += difference;
    ofr_wide_add(c.square_sum, ofr_wide_square(difference));
    c.cash_sum += a.cash[i] - b.cash[i];
    c.unmet_sum += a.unmet[i] - b.unmet[i];
  }
  *comparison = c;
}

static ofr_costs costs_from(ofr_costs costs, uint64_t row) {
  return (ofr_costs){costs.total + row, costs.cash + row, costs.unmet + row, costs.weights ? costs.weights + row : NULL};
}

void ofr_comparison_feed_slices(ofr_comparison *c, ofr_costs a, ofr_costs b, uint64_t paths, uint64_t first, size_t count) {
  uint64_t last = first + count;
  for (int slice = 0; slice < ofr_slice_count(paths); slice++) {
    uint64_t from = ofr_slice_start(paths, slice), to = ofr_slice_start(paths, slice + 1);
    uint64_t before[] = {c->count, c->a_wins, c->b_wins};
    if (from < first) from = first;
    if (to > last) to = last;
    if (from >= to) continue;
    ofr_comparison_feed(c, costs_from(a, from - first), costs_from(b, from - first), to - from);
    c->slice_count[slice] += c->count - before[0];
    c->slice_wins[0][slice] += c->a_wins - before[1];
    c->slice_wins[1][slice] += c->b_wins - before[2];
  }
}

void ofr_comparison_merge(ofr_comparison *into, const ofr_comparison *from) {
  into->count += from->count, into->a_wins += from->a_wins, into->b_wins += from->b_wins;
  into->sum += from->sum, into->cash_sum += from->cash_sum, into->unmet_sum += from->unmet_sum;
  ofr_wide_merge(into->square_sum, from->square_sum);
  into->weight_squares += from->weight_squares;
  for (int i = 0; i < OFR_SLICES; i++) {
    into->slice_count[i] += from->slice_count[i];
    for (int k = 0; k < 2; k++) into->slice_wins[k][i] += from->slice_wins[k][i];
  }
}

static ofr_slice_means wins_by_slice(const ofr_comparison *c, int k, uint64_t paths) {
  ofr_slices slices = {.sum = {0}};
  for (int i = 0; i < OFR_SLICES; i++) slices.count[i] = c->slice_count[i], slices.positive[i] = c->slice_wins[k][i];
  return ofr_slices_finish(&slices, paths, 1);
}

/* The m at which cash + m x unmet is the same for both, on average: with c and u the differences of the means, -c / u. */
static double break_even(ofr_i128 cash, ofr_i128 unmet) {
  if (unmet == 0) return NAN;
  if (cash == 0) return 0;
  return (cash < 0) == (unmet < 0) ? NAN : -((double)cash / (double)unmet);
}

void ofr_comparison_finish(ofr_comparison *c, uint64_t paths, double scale) {
  double count = (double)c->count, effective = count, deviation;
  deviation = c->weight_squares > 0 ? ofr_wide_weighted_deviation(c->count, c->weight_squares, c->sum, c->square_sum, &effective)
                                    : ofr_wide_deviation(c->count, c->sum, c->square_sum);
  c->mean = c->count > 0 ? (double)c->sum / count * scale : NAN;
  c->se = c->count > 0 ? deviation / sqrt(effective) * scale : 0;
  c->win_share = c->count > 0 ? (double)c->a_wins / count : NAN;
  c->break_even = break_even(c->cash_sum, c->unmet_sum);
  for (int k = 0; k < 2; k++) c->wins[k] = wins_by_slice(c, k, paths);
}

typedef struct pairs {
  const ofr_costs *costs;
  uint64_t rows, pieces;
  int count;
  ofr_comparison *partial; /* [workers x count] */
} pairs;

static void feed_piece(void *context, int worker, uint64_t index) {
  const pairs *pairs = context;
  ofr_comparison *c = &pairs->partial[(uint64_t)worker * (uint64_t)pairs->count + index / pairs->pieces];
  uint64_t at = index % pairs->pieces * PIECE, left = pairs->rows - at;
  ofr_comparison_feed_slices(c, costs_from(pairs->costs[c->a], at), costs_from(pairs->costs[c->b], at), pairs->rows, at,
                             left < PIECE ? left : PIECE);
}

static void list_pairs(int strategies, ofr_comparison *out) {
  for (int a = 0; a < strategies; a++)
    for (int b = a + 1; b < strategies; b++) *out++ = ofr_comparison_begin(a, b);
}

bool ofr_compare_strategies(ofr_crew *crew, const ofr_costs *costs, int strategies, uint64_t rows, double scale,
                            ofr_comparison *out) {
  int count = strategies * (strategies - 1) / 2, workers = ofr_crew_size(crew);
  if (count < 1) return true;
  pairs pairs = {.costs = costs, .rows = rows, .pieces = (rows + PIECE - 1) / PIECE, .count = count};
  pairs.partial = calloc((size_t)workers * (size_t)count, sizeof *pairs.partial);
  if (!pairs.partial) return false;
  list_pairs(strategies, out);
  for (int worker = 0; worker < workers; worker++) list_pairs(strategies, pairs.partial + (size_t)worker * (size_t)count);
  ofr_crew_run(crew, pairs.pieces * (uint64_t)count, feed_piece, &pairs, NULL);
  for (int i = 0; i < workers * count; i++) ofr_comparison_merge(&out[i % count], &pairs.partial[i]);
  for (int i = 0; i < count; i++) ofr_comparison_finish(&out[i], rows, scale);
  free(pairs.partial);
  return true;
}
