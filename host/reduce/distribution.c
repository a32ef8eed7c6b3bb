/* The first pass takes count, sums, minimum and maximum. The second, the coarse one, counts values in bins of equal width
 * around the mean; where few wild values made these bins too wide it is done again around the wanted ranks. From then on
 * only *regions* matter, the bins that hold a wanted rank: a region's values are kept and searched where they are few, and
 * counted in narrower bins where they are many. Every other value is passed over, except that those worse than a tail's
 * region are summed. */
#include "distribution.h"
#include "wide.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  RANKS = OFR_QUANTILES,
  TAILS = 2,
  BINS = 2048,        /* 16 KB of counters: they stay in the first-level cache */
  LOWEST = 0,         /* the bin of all that lies below a grid */
  HIGHEST = BINS - 1, /* and above */
  TILE = 512,         /* values looked at together */
  KEPT = 1 << 16,     /* values kept at most */
  KEPT_FREELY = 256,  /* a region of so few values is kept, of however few values in all it is a part */
  KEPT_SHARE = 32,    /* and so is one of at most 1/32 of all values: keeping costs more per value than counting */
  OPEN_SHARE = 8,     /* the coarse pass is done again when the regions hold more than 1/8 of all values */
  SHRINK = 8          /* and all lie within 1/8 of the range */
};

const double ofr_quantile_levels[OFR_QUANTILES] = {.01, .05, .10, .25, .50, .75, .90, .95, .99};
const double ofr_band_levels[OFR_BAND_QUANTILES] = {.05, .25, .50, .75, .95};
static const unsigned percent[RANKS] = {1, 5, 10, 25, 50, 75, 90, 95, 99};

/* CVaR .95 and .99: the share of the tail, and the quantile where it begins, by direction. */
static const unsigned tail_percent[TAILS] = {5, 1};
static const int tail_rank[2][TAILS] = {{7, 8} /* high is worse */, {1, 0} /* low is worse */};

/* Bins over [floor, ceiling]: 2^shift wide from `low` to `high`; LOWEST takes [floor, low - 1], HIGHEST [high + 1, ceiling].
 * With low = floor + 1 and high = ceiling - 1 these two hold a single value each, which settles the point masses at the
 * ends that are so common here (no charge at all; everything served) without a further pass. */
typedef struct grid {
  int64_t floor, low, high, ceiling;
  int64_t base; /* low - 2^shift: bin 1 begins at low */
  int shift;
} grid;

typedef struct range {
  int64_t low, high; /* both included */
} range;

typedef enum treatment { KNOWN /* a single value */, KEEP, COUNT } treatment;

/* A range of values that holds wanted ranks. */
typedef struct region {
  range range;
  uint64_t below, count; /* values below it and in it */
  treatment treatment;
  uint32_t start; /* KEEP: its place among the kept values */
  grid grid;      /* COUNT: its narrower bins */
} region;

/* Values seen in the first pass. */
typedef struct totals {
  uint64_t count, missing, positive;
  ofr_i128 sum;
  uint64_t square_sum[3];
  ofr_u128 weight_squares; /* 0 without weights */
  int64_t min, max;
} totals;

typedef enum stage { TOTALS, COARSE, FINE, DONE } stage;

/* What a pass looks for: the same in all distillers that share it. */
typedef struct question {
  stage stage;
  bool low_is_worse, any_missing;
  bool weighted; /* counts are sums of weights: they do not say how many values there are, and none are kept */
  grid coarse;
  int region_count;
  region regions[RANKS];    /* ascending */
  int64_t highs[RANKS];     /* the highest value of each, together for quick comparison */
  int64_t tail_edge[TAILS]; /* values worse than this are summed */
  bool matters[BINS];       /* coarse bins with a region in them or beyond a tail's edge */
} question;

/* What is known for good. */
typedef struct answer {
  totals totals;
  int64_t quantile[RANKS];
  ofr_i128 tail_sum[TAILS];
  int region_of[RANKS]; /* where an open rank lies; -1 once it is settled */
} answer;

struct ofr_distiller {
  question question;
  answer answer; /* the leader's */
  /* what this pass has seen */
  uint64_t seen;     /* values, missing ones included */
  uint64_t checksum; /* their sum modulo 2^64, but for missing ones */
  totals totals;
  ofr_i128 tail[TAILS];
  uint64_t kept_count[RANKS];
  uint64_t counts[RANKS][BINS]; /* by region; in the coarse pass the first row only */
  range ranges[RANKS][BINS];    /* by region: of the values counted there, so that one point mass in a bin is seen as such */
  int64_t kept[KEPT];
};

static grid grid_over(int64_t floor, int64_t low, int64_t high, int64_t ceiling) {
  uint64_t span = high > low ? (uint64_t)high - (uint64_t)low : 0;
  int shift = 0;
  while (span >> shift > BINS - 3) shift++;
  return (grid){
      .floor = floor, .low = low, .high = high, .ceiling = ceiling, .base = low - ((int64_t)1 << shift), .shift = shift};
}

/* Compare and select, no branch: every value of every pass comes through here. */
static inline size_t bin_of(const grid *grid, int64_t value) {
  int64_t raised = value > grid->base ? value : grid->base;
  size_t bin = (size_t)(((uint64_t)raised - (uint64_t)grid->base) >> grid->shift);
  return value > grid->high ? HIGHEST : bin;
}

static range bin_range(const grid *grid, size_t bin) {
  if (bin == LOWEST) return (range){grid->floor, grid->low - 1};
  if (bin == HIGHEST) return (range){grid->high + 1, grid->ceiling};
  int64_t low = (int64_t)((uint64_t)grid->base + ((uint64_t)bin << grid->shift));
  int64_t high = low + (((int64_t)1 << grid->shift) - 1);
  return (range){low, high < grid->high ? high : grid->high};
}

/* Less than 1/100 of any values lie further than sqrt(99) standard deviations to one side of their mean (Cantelli), so no
 * wanted rank does; 11 leaves room for rounding. Without this one wild value would put all others into one bin. */
static grid coarse_grid(const totals *totals) {
  ofr_i128 mean = totals->sum / (ofr_i128)totals->count;
  ofr_i128 reach = (ofr_i128)(11 * ofr_wide_spread(totals->count, totals->sum, totals->square_sum) / (double)totals->count) + 2;
  int64_t low = totals->min + 1, high = totals->max - 1;
  if (mean - reach > low) low = (int64_t)(mean - reach);
  if (mean + reach < high) high = (int64_t)(mean + reach);
  return grid_over(totals->min, low, high, totals->max);
}

static const totals no_totals = {.min = INT64_MAX, .max = INT64_MIN};

/* Of at most TILE values. A missing one makes the minimum OFR_MISSING, which is all that is then to be trusted. */
static totals totals_of(const int64_t *values, size_t count) {
  enum { GROUP = 16 }; /* squares are below 2^124, so a group's sum fits 128 bits */
  totals t = no_totals;
  t.count = count;
  for (size_t at = 0; at < count; at += GROUP) {
    size_t end = count - at < GROUP ? count : at + GROUP;
    ofr_u128 squares = 0;
    for (size_t i = at; i < end; i++) {
      int64_t value = values[i];
      t.sum += value;
      squares += ofr_wide_square(value);
      t.positive += value > 0;
      t.min = value < t.min ? value : t.min;
      t.max = value > t.max ? value : t.max;
    }
    ofr_wide_add(t.square_sum, squares);
  }
  return t;
}

static void add_totals(totals *into, const totals *from) {
  into->count += from->count, into->missing += from->missing, into->positive += from->positive;
  into->sum += from->sum;
  ofr_wide_merge(into->square_sum, from->square_sum);
  into->weight_squares += from->weight_squares;
  if (from->min < into->min) into->min = from->min;
  if (from->max > into->max) into->max = from->max;
}

static size_t drop_missing(int64_t *present, const int64_t *values, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) present[n] = values[i], n += values[i] != OFR_MISSING;
  return n;
}

static void feed_totals(ofr_distiller *d, const int64_t *values, size_t count) {
  bool *any_missing = &d->question.any_missing; /* found out here; as of the next pass it is known */
  totals tile = *any_missing ? no_totals : totals_of(values, count);
  if (tile.min == OFR_MISSING) *any_missing = true;
  if (*any_missing) {
    int64_t present[TILE];
    size_t n = drop_missing(present, values, count);
    tile = totals_of(present, n);
    tile.missing = count - n;
  }
  add_totals(&d->totals, &tile);
}

static void feed_coarse(ofr_distiller *d, const int64_t *values, size_t count) {
  const grid grid = d->question.coarse;
  uint64_t *counts = d->counts[0];
  uint64_t checksum = 0;
  for (size_t i = 0; i < count; i++) counts[bin_of(&grid, values[i])]++, checksum += (uint64_t)values[i];
  d->checksum += checksum;
}

static void widen(range *range, struct range by, bool empty) {
  if (empty || by.low < range->low) range->low = by.low;
  if (empty || by.high > range->high) range->high = by.high;
}

/* A value that may lie in a region or beyond a tail's edge. Sums and compares rather than branches where the outcome is a
 * matter of chance. */
static inline void feed_wanted(ofr_distiller *d, int64_t value, uint64_t weight) {
  const question *q = &d->question;
  for (int i = 0; i < TAILS; i++) {
    bool worse = q->low_is_worse ? value < q->tail_edge[i] : value > q->tail_edge[i];
    d->tail[i] += worse ? (ofr_i128)value * (ofr_i128)weight : 0;
  }
  int r = 0;
  for (int i = 0; i < q->region_count; i++) r += value > q->highs[i];
  if (r == q->region_count || value < q->regions[r].range.low) return;
  const region *region = &q->regions[r];
  if (region->treatment == COUNT) {
    size_t bin = bin_of(&region->grid, value);
    widen(&d->ranges[r][bin], (range){value, value}, d->counts[r][bin] == 0);
    d->counts[r][bin] += weight;
  } else if (region->treatment == KEEP) {
    uint64_t place = d->kept_count[r]++;
    if (place < region->count) d->kept[region->start + place] = value; /* more come only when passes differ */
  }
}

static void feed_fine(ofr_distiller *d, const int64_t *values, size_t count) {
  const question *q = &d->question;
  const grid grid = q->coarse;
  int64_t wanted[TILE];
  size_t n = 0;
  uint64_t checksum = 0;
  for (size_t i = 0; i < count; i++) {
    wanted[n] = values[i];
    n += q->matters[bin_of(&grid, values[i])];
    checksum += (uint64_t)values[i];
  }
  d->checksum += checksum;
  for (size_t i = 0; i < n; i++) feed_wanted(d, wanted[i], 1);
}

static void feed_tile(ofr_distiller *d, const int64_t *values, size_t count) {
  const question *q = &d->question;
  int64_t present[TILE];
  if (q->stage == TOTALS) {
    feed_totals(d, values, count);
    return;
  }
  if (q->any_missing) count = drop_missing(present, values, count), values = present;
  if (q->stage == COARSE) feed_coarse(d, values, count);
  else if (q->stage == FINE) feed_fine(d, values, count);
}

void ofr_distiller_feed(ofr_distiller *d, const int64_t *values, size_t count) {
  d->seen += count;
  for (size_t at = 0; at < count; at += TILE) feed_tile(d, values + at, count - at < TILE ? count - at : TILE);
}

/* ---- weights: a value counts as if it had come so many times ---- */

/* Those that are there and weigh anything; `missing` is how many are not there. */
static size_t take_weighted(const int64_t *values, const uint64_t *weights, size_t count, int64_t *present, uint64_t *weight,
                            size_t *missing) {
  size_t n = 0;
  *missing = 0;
  for (size_t i = 0; i < count; i++) {
    bool counts = weights[i] > 0 && values[i] != OFR_MISSING;
    *missing += weights[i] > 0 && !counts;
    present[n] = values[i], weight[n] = weights[i];
    n += counts;
  }
  return n;
}

static void add_weighted(totals *t, int64_t value, uint64_t weight) {
  t->count += weight;
  t->positive += value > 0 ? weight : 0;
  t->sum += (ofr_i128)value * (ofr_i128)weight;
  ofr_wide_add_weighted(t->square_sum, value, weight);
  t->weight_squares += (ofr_u128)weight * weight;
  t->min = value < t->min ? value : t->min;
  t->max = value > t->max ? value : t->max;
}

static void feed_weighted_tile(ofr_distiller *d, const int64_t *values, const uint64_t *weights, size_t count) {
  const question *q = &d->question;
  int64_t present[TILE];
  uint64_t weight[TILE];
  size_t missing, n = take_weighted(values, weights, count, present, weight, &missing);
  d->seen += missing;
  if (q->stage == TOTALS) d->totals.missing += missing;
  for (size_t i = 0; i < n; i++) {
    int64_t value = present[i];
    d->seen += weight[i];
    if (q->stage == TOTALS) {
      add_weighted(&d->totals, value, weight[i]);
      continue;
    }
    size_t bin = bin_of(&q->coarse, value);
    d->checksum += (uint64_t)value * weight[i];
    if (q->stage == COARSE) d->counts[0][bin] += weight[i];
    else if (q->stage == FINE && q->matters[bin]) feed_wanted(d, value, weight[i]);
  }
}

void ofr_distiller_feed_weighted(ofr_distiller *d, const int64_t *values, const uint64_t *weights, size_t count) {
  if (!weights) {
    ofr_distiller_feed(d, values, count);
    return;
  }
  d->question.weighted = true;
  for (size_t at = 0; at < count; at += TILE)
    feed_weighted_tile(d, values + at, weights + at, count - at < TILE ? count - at : TILE);
}

static void merge_kept(ofr_distiller *leader, const ofr_distiller *follower, int r) {
  const region *region = &leader->question.regions[r];
  uint64_t have = leader->kept_count[r], more = follower->kept_count[r];
  leader->kept_count[r] = have + more;
  if (leader->kept_count[r] > region->count) return; /* passes differ: ofr_distiller_end_pass will say so */
  memcpy(leader->kept + region->start + have, follower->kept + region->start, more * sizeof leader->kept[0]);
}

static void merge_counts(ofr_distiller *leader, const ofr_distiller *follower, int r) {
  for (int bin = 0; bin < BINS; bin++) {
    if (follower->counts[r][bin] == 0) continue;
    if (leader->question.stage == FINE) widen(&leader->ranges[r][bin], follower->ranges[r][bin], leader->counts[r][bin] == 0);
    leader->counts[r][bin] += follower->counts[r][bin];
  }
}

void ofr_distiller_merge(ofr_distiller *leader, const ofr_distiller *follower) {
  const question *q = &leader->question;
  leader->seen += follower->seen, leader->checksum += follower->checksum;
  add_totals(&leader->totals, &follower->totals);
  leader->question.weighted |= follower->question.weighted;
  for (int i = 0; i < TAILS; i++) leader->tail[i] += follower->tail[i];
  if (q->stage == COARSE) merge_counts(leader, follower, 0);
  for (int r = 0; r < q->region_count; r++) {
    if (q->regions[r].treatment == KEEP) merge_kept(leader, follower, r);
    else if (q->regions[r].treatment == COUNT) merge_counts(leader, follower, r);
  }
}

static void clear_seen(ofr_distiller *d) {
  const question *q = &d->question;
  d->seen = d->checksum = 0;
  d->totals = no_totals;
  memset(d->tail, 0, sizeof d->tail);
  memset(d->kept_count, 0, sizeof d->kept_count);
  if (q->stage == COARSE) memset(d->counts[0], 0, sizeof d->counts[0]);
  for (int r = 0; r < q->region_count; r++)
    if (q->regions[r].treatment == COUNT) memset(d->counts[r], 0, sizeof d->counts[r]);
}

static uint64_t rank_of(const answer *a, int r) { return (percent[r] * a->totals.count + 99) / 100; }

static int tail_of(const ofr_distiller *d, int rank) {
  for (int i = 0; i < TAILS; i++)
    if (tail_rank[d->question.low_is_worse][i] == rank) return i;
  return -1;
}

/* Rank r is `value`, and `worse` values with sum `worse_sum` are strictly worse. Rockafellar-Uryasev, times 100 x count x
 * (1 - alpha): the sum of what is worse, and the quantile itself for what is then missing from the tail's weight. */
static void settle(ofr_distiller *d, int r, int64_t value, uint64_t worse, ofr_i128 worse_sum) {
  int tail = tail_of(d, r);
  d->answer.quantile[r] = value;
  d->answer.region_of[r] = -1;
  if (tail < 0) return;
  ofr_i128 weight = (ofr_i128)d->answer.totals.count * tail_percent[tail] - (ofr_i128)worse * 100;
  d->answer.tail_sum[tail] = 100 * worse_sum + weight * value;
}

static uint64_t worse_than(const ofr_distiller *d, const region *region) {
  return d->question.low_is_worse ? region->below : d->answer.totals.count - region->below - region->count;
}

/* Rank r lies in `found`: it is settled if that is all there is to know, else `found` joins the regions to come. */
static void narrow(ofr_distiller *d, int r, const region *found, region *next, int *next_count) {
  if (found->range.low == found->range.high && (tail_of(d, r) < 0 || worse_than(d, found) == 0)) {
    settle(d, r, found->range.low, 0, 0);
    return;
  }
  if (*next_count == 0 || next[*next_count - 1].range.low != found->range.low) next[(*next_count)++] = *found;
  d->answer.region_of[r] = *next_count - 1;
}

/* A place in a row of counters; it only moves on, as ranks come in rising order. */
typedef struct cursor {
  size_t bin;
  uint64_t below;
} cursor;

static void find_bin(const uint64_t *counts, uint64_t rank, cursor *at) {
  while (at->below + counts[at->bin] < rank) at->below += counts[at->bin++];
}

static uint64_t sum_of(const uint64_t *counts) {
  uint64_t sum = 0;
  for (int bin = 0; bin < BINS; bin++) sum += counts[bin];
  return sum;
}

/* Puts the k-th smallest in place k, nothing larger before it and nothing smaller after it (Hoare's FIND). The pivot is
 * drawn, so that no order of values is a bad one; which it is shows in the time taken only. */
static int64_t select_kth(int64_t *values, int64_t count, int64_t k) {
  uint32_t draw = 1;
  int64_t low = 0, high = count - 1;
  while (low < high) {
    draw = draw * 1664525 + 1013904223;
    int64_t pivot = values[low + (int64_t)((uint64_t)draw * (uint64_t)(high - low + 1) >> 32)], i = low, j = high;
    do {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        int64_t swap = values[i];
        values[i++] = values[j], values[j--] = swap;
      }
    } while (i <= j);
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k];
}

static void settle_kept(ofr_distiller *d, int r, const region *region) {
  int64_t *kept = d->kept + region->start;
  int64_t value = select_kth(kept, (int64_t)region->count, (int64_t)(rank_of(&d->answer, r) - region->below - 1));
  int tail = tail_of(d, r);
  uint64_t worse = worse_than(d, region);
  ofr_i128 worse_sum = tail < 0 ? 0 : d->tail[tail];
  for (uint64_t i = 0; tail >= 0 && i < region->count; i++)
    if (d->question.low_is_worse ? kept[i] < value : kept[i] > value) worse++, worse_sum += kept[i];
  settle(d, r, value, worse, worse_sum);
}

static void end_coarse(ofr_distiller *d, region *next, int *next_count) {
  const uint64_t *counts = d->counts[0];
  cursor at = {0};
  for (int r = 0; r < RANKS; r++) {
    if (d->answer.region_of[r] < 0) continue;
    find_bin(counts, rank_of(&d->answer, r), &at);
    region found = {.range = bin_range(&d->question.coarse, at.bin), .below = at.below, .count = counts[at.bin]};
    narrow(d, r, &found, next, next_count);
  }
}

static void end_fine(ofr_distiller *d, region *next, int *next_count) {
  cursor at[RANKS] = {{0}};
  for (int r = 0; r < RANKS; r++) {
    int index = d->answer.region_of[r], tail = tail_of(d, r);
    if (index < 0) continue;
    const region *region = &d->question.regions[index];
    if (region->treatment == KNOWN) {
      settle(d, r, region->range.low, worse_than(d, region), d->tail[tail]); /* only a tail keeps a known value open */
    } else if (region->treatment == KEEP) {
      settle_kept(d, r, region);
    } else {
      cursor *here = &at[index];
      find_bin(d->counts[index], rank_of(&d->answer, r) - region->below, here);
      struct region found = {.range = d->ranges[index][here->bin], .below = region->below + here->below};
      found.count = d->counts[index][here->bin];
      narrow(d, r, &found, next, next_count);
    }
  }
}

/* Whether to count all values once more, in a grid over the regions alone: where bins were so wide that many values fell
 * into wanted ones, this is dearer by a pass but cheaper by value. */
static bool coarse_again(question *q, const totals *totals, const region *next, int next_count) {
  uint64_t open = 0;
  for (int r = 0; r < next_count; r++)
    if (next[r].range.low < next[r].range.high) open += next[r].count;
  if (open <= totals->count / OPEN_SHARE) return false;
  int64_t low = next[0].range.low, high = next[next_count - 1].range.high;
  uint64_t span = (uint64_t)high - (uint64_t)low, before = (uint64_t)q->coarse.high - (uint64_t)q->coarse.low;
  if (span > before / SHRINK) return false;
  if (low == totals->min) low++;
  if (high == totals->max) high--;
  q->coarse = grid_over(totals->min, low, high, totals->max);
  return true;
}

static void choose_treatments(question *q, uint64_t count) {
  uint32_t used = 0;
  uint64_t few = count / KEPT_SHARE > KEPT_FREELY ? count / KEPT_SHARE : KEPT_FREELY;
  for (int r = 0; r < q->region_count; r++) {
    region *region = &q->regions[r];
    range range = region->range;
    if (range.low == range.high) {
      region->treatment = KNOWN;
    } else if (!q->weighted && region->count <= few && region->count <= KEPT - used) {
      region->treatment = KEEP;
      region->start = used, used += (uint32_t)region->count;
    } else {
      region->treatment = COUNT;
      region->grid = grid_over(range.low, range.low + 1, range.high - 1, range.high);
    }
  }
}

/* Which coarse bins matter: those that regions lie in, and those beyond a tail's edge. */
static void mark_bins(question *q, const answer *a) {
  memset(q->matters, 0, sizeof q->matters);
  for (int r = 0; r < q->region_count; r++) {
    q->highs[r] = q->regions[r].range.high;
    q->matters[bin_of(&q->coarse, q->highs[r])] = true; /* no region straddles coarse bins */
  }
  for (int i = 0; i < TAILS; i++) {
    int r = a->region_of[tail_rank[q->low_is_worse][i]];
    q->tail_edge[i] = q->low_is_worse ? INT64_MIN : INT64_MAX;
    if (r < 0) continue;
    q->tail_edge[i] = q->low_is_worse ? q->regions[r].range.low : q->regions[r].range.high;
    size_t edge = bin_of(&q->coarse, q->tail_edge[i]);
    if (q->low_is_worse) memset(q->matters, true, edge + 1);
    else memset(q->matters + edge, true, BINS - edge);
  }
}

static void ask(ofr_distiller *d, const region *next, int next_count) {
  question *q = &d->question;
  if (q->stage == COARSE && coarse_again(q, &d->answer.totals, next, next_count)) return;
  q->stage = next_count > 0 ? FINE : DONE;
  q->region_count = next_count;
  memcpy(q->regions, next, (size_t)next_count * sizeof *next);
  choose_treatments(q, d->answer.totals.count);
  if (q->stage == FINE) mark_bins(q, &d->answer);
}

static void end_totals(ofr_distiller *d) {
  answer *a = &d->answer;
  a->totals = d->totals;
  if (a->totals.count == 0) a->totals.min = a->totals.max = 0;
  d->question.any_missing = a->totals.missing > 0;
  bool all_equal = a->totals.min == a->totals.max;
  for (int r = 0; all_equal && r < RANKS; r++) settle(d, r, a->totals.min, 0, 0);
  d->question.stage = all_equal ? DONE : COARSE;
  if (!all_equal) d->question.coarse = coarse_grid(&a->totals);
}

/* Whether this pass saw what the first one did, as far as counts and a checksum tell. */
static bool seen_alike(const ofr_distiller *d) {
  const question *q = &d->question;
  const totals *t = &d->answer.totals;
  if (q->stage == TOTALS) return true;
  if (q->stage == DONE || d->seen != t->count + t->missing || d->checksum != (uint64_t)t->sum) return false;
  if (q->stage == COARSE) return sum_of(d->counts[0]) == t->count;
  for (int r = 0; r < q->region_count; r++) {
    if (q->regions[r].treatment == KEEP && d->kept_count[r] != q->regions[r].count) return false;
    if (q->regions[r].treatment == COUNT && sum_of(d->counts[r]) != q->regions[r].count) return false;
  }
  return true;
}

ofr_pass ofr_distiller_end_pass(ofr_distiller *d) {
  region next[RANKS];
  int next_count = 0;
  if (!seen_alike(d)) return OFR_PASS_UNLIKE;
  if (d->question.stage == TOTALS) {
    end_totals(d);
  } else {
    if (d->question.stage == COARSE) end_coarse(d, next, &next_count);
    else end_fine(d, next, &next_count);
    ask(d, next, next_count);
  }
  clear_seen(d);
  return d->question.stage == DONE ? OFR_PASS_DONE : OFR_PASS_AGAIN;
}

bool ofr_distiller_tail(const ofr_distiller *d, int64_t *edge) {
  *edge = d->question.tail_edge[0];
  return d->question.stage == FINE && *edge != INT64_MIN && *edge != INT64_MAX;
}

void ofr_distiller_reset(ofr_distiller *d, bool low_is_worse) {
  d->question = (question){.stage = TOTALS, .low_is_worse = low_is_worse};
  d->answer = (answer){.totals = no_totals};
  clear_seen(d);
}

ofr_distiller *ofr_distiller_create(bool low_is_worse) {
  ofr_distiller *d = malloc(sizeof *d);
  if (d) ofr_distiller_reset(d, low_is_worse);
  return d;
}

void ofr_distiller_destroy(ofr_distiller *d) { free(d); }

void ofr_distiller_follow(ofr_distiller *follower, const ofr_distiller *leader) {
  follower->question = leader->question;
  clear_seen(follower);
}

void ofr_distiller_finish(const ofr_distiller *d, double scale, ofr_distribution *out) {
  const totals *t = &d->answer.totals;
  double count = (double)t->count;
  *out = (ofr_distribution){.count = t->count, .missing = t->missing, .positive = t->positive, .sum = t->sum};
  out->min = t->min, out->max = t->max;
  memcpy(out->square_sum, t->square_sum, sizeof out->square_sum);
  memcpy(out->quantile, d->answer.quantile, sizeof out->quantile);
  memcpy(out->tail_sum, d->answer.tail_sum, sizeof out->tail_sum);
  out->weight_squares = t->weight_squares;
  out->mean = t->count > 0 ? (double)t->sum / count * scale : NAN;
  double effective = count;
  out->sd = t->weight_squares > 0
                ? ofr_wide_weighted_deviation(t->count, t->weight_squares, t->sum, t->square_sum, &effective) * scale
                : ofr_wide_deviation(t->count, t->sum, t->square_sum) * scale;
  out->se = t->count > 0 ? out->sd / sqrt(effective) : 0;
  out->cvar95 = t->count > 0 ? (double)out->tail_sum[0] / (tail_percent[0] * count) * scale : NAN;
  out->cvar99 = t->count > 0 ? (double)out->tail_sum[1] / (tail_percent[1] * count) * scale : NAN;
}
