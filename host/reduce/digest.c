#include "digest.h"
#include <string.h>
#include "../base/sha256.h"
#include "exit_months.h"

static void add_i128(ofr_sha256 *hash, ofr_i128 value) {
  ofr_sha256_add_u64(hash, (uint64_t)value);
  ofr_sha256_add_u64(hash, (uint64_t)((ofr_u128)value >> 64));
}

static void add_text(ofr_sha256 *hash, const char *text) {
  ofr_sha256_add_u64(hash, strlen(text));
  ofr_sha256_add(hash, text, strlen(text));
}

static void add_words(ofr_sha256 *hash, const uint64_t words[3]) {
  for (int i = 0; i < 3; i++) ofr_sha256_add_u64(hash, words[i]);
}

static void add_metric(ofr_sha256 *hash, const ofr_metric *m) {
  ofr_sha256_add_u64(hash, (uint64_t)m->group);
  ofr_sha256_add_i64(hash, m->subject);
  add_text(hash, m->name);
  ofr_sha256_add_u64(hash, (uint64_t)m->unit);
  ofr_sha256_add_u64(hash, m->low_is_worse);
}

static void add_distribution(ofr_sha256 *hash, const ofr_distribution *d) {
  ofr_sha256_add_u64(hash, d->count);
  ofr_sha256_add_u64(hash, d->missing);
  ofr_sha256_add_u64(hash, d->positive);
  add_i128(hash, d->sum);
  add_words(hash, d->square_sum);
  ofr_sha256_add_i64(hash, d->min);
  ofr_sha256_add_i64(hash, d->max);
  for (int i = 0; i < OFR_QUANTILES; i++) ofr_sha256_add_i64(hash, d->quantile[i]);
  for (int i = 0; i < 2; i++) add_i128(hash, d->tail_sum[i]);
}

static void add_band(ofr_sha256 *hash, const ofr_band *band, int months, uint64_t paths) {
  add_text(hash, band->name);
  ofr_sha256_add_i64(hash, band->provider);
  ofr_sha256_add_i64(hash, band->sum_shift);
  for (int month = 0; month < months; month++) {
    add_i128(hash, band->sum[month]);
    add_i128(hash, band->count ? band->count[month] : (ofr_i128)paths);
    for (int i = 0; i < OFR_BAND_QUANTILES; i++) ofr_sha256_add_i64(hash, band->quantile[i][month]);
  }
}

/* Nothing of a plan without exits. */
static void add_exits(ofr_sha256 *hash, const ofr_result *r, const ofr_strategy_result *s) {
  size_t counts = s->taken ? (size_t)ofr_exit_count(r->plan) * (size_t)r->plan->months : 0;
  for (size_t i = 0; i < counts; i++) ofr_sha256_add_u64(hash, s->taken[i]);
}

static void add_strategy(ofr_sha256 *hash, const ofr_result *r, int index) {
  const ofr_strategy_result *s = &r->strategies[index];
  add_text(hash, r->plan->strategies[index].name);
  ofr_sha256_add_u64(hash, s->clamped_path_months);
  for (int i = 0; i < r->metric_count; i++) add_distribution(hash, &s->metrics[i]);
  add_exits(hash, r, s);
  for (int i = 0; s->bands && i < r->band_count; i++) add_band(hash, &s->bands[i], r->plan->months, r->weight);
}

static void add_comparison(ofr_sha256 *hash, const ofr_comparison *c) {
  ofr_sha256_add_i64(hash, c->a);
  ofr_sha256_add_i64(hash, c->b);
  ofr_sha256_add_u64(hash, c->count);
  ofr_sha256_add_u64(hash, c->a_wins);
  ofr_sha256_add_u64(hash, c->b_wins);
  add_i128(hash, c->sum);
  add_words(hash, c->square_sum);
  add_i128(hash, c->cash_sum);
  add_i128(hash, c->unmet_sum);
}

static void add_weights(ofr_sha256 *hash, const ofr_result *r) {
  add_text(hash, "weights");
  for (int s = 0; s < r->strategy_count; s++)
    for (int i = 0; i < r->metric_count; i++) add_i128(hash, (ofr_i128)r->strategies[s].metrics[i].weight_squares);
  for (int i = 0; i < r->comparison_count; i++) add_i128(hash, (ofr_i128)r->comparisons[i].weight_squares);
}

static void add_difference(ofr_sha256 *hash, const ofr_difference *d) {
  ofr_sha256_add_i64(hash, d->metric);
  add_distribution(hash, &d->values);
  ofr_sha256_add_u64(hash, d->negative);
}

static void add_stakeholders(ofr_sha256 *hash, const ofr_result *r) {
  const ofr_stakeholder_result *x = r->stakeholders;
  add_text(hash, "stakeholders");
  ofr_sha256_add_i64(hash, x->absorption_count);
  ofr_sha256_add_i64(hash, x->difference_count);
  for (int i = 0; i < x->absorption_count; i++) {
    const ofr_absorption *a = &x->absorptions[i];
    ofr_sha256_add_i64(hash, a->contract);
    ofr_sha256_add_i64(hash, a->amount);
    add_distribution(hash, &a->absorbed);
    add_distribution(hash, &a->missing);
    add_distribution(hash, &a->first_behind);
    add_distribution(hash, &a->last_behind);
  }
  for (int s = 0; s < r->strategy_count; s++) {
    ofr_sha256_add_u64(hash, r->strategies[s].majority);
    for (int i = 0; i < x->difference_count; i++) add_difference(hash, &x->failures[s * x->difference_count + i]);
  }
}

void ofr_result_digest(const ofr_result *r, char hex[65]) {
  const int sizes[] = {r->band_paths, r->plan->months, r->metric_count, r->band_count, r->strategy_count, r->comparison_count};
  ofr_sha256 hash = ofr_sha256_init();
  add_text(&hash, "offramp results 1");
  ofr_sha256_add_u64(&hash, r->paths);
  ofr_sha256_add_u64(&hash, r->seed);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) ofr_sha256_add_i64(&hash, sizes[i]);
  for (int i = 0; i < r->metric_count; i++) add_metric(&hash, &r->metrics[i]);
  for (int i = 0; i < r->strategy_count; i++) add_strategy(&hash, r, i);
  for (int i = 0; i < r->comparison_count; i++) add_comparison(&hash, &r->comparisons[i]);
  ofr_sha256_add_u64(&hash, r->clamped_path_months);
  if (r->weight > r->paths) add_weights(&hash, r);
  if (r->stakeholders) add_stakeholders(&hash, r);
  ofr_sha256_finish(&hash, hex);
}

static void add_clause(ofr_sha256 *hash, const ofr_valuation *v, const ofr_clause *c) {
  add_text(hash, v->plan->strategies[c->strategy].name);
  add_text(hash, v->plan->contracts[c->contract].name);
  for (int i = 0; i < v->metric_count; i++) add_distribution(hash, &c->with[i]);
  for (int i = 0; i < v->metric_count; i++) add_distribution(hash, &c->without[i]);
  for (int i = 0; i < v->difference_count; i++) add_difference(hash, &c->differences[i]);
}

void ofr_valuation_digest(const ofr_valuation *v, char hex[65]) {
  const int sizes[] = {v->metric_count, v->difference_count, v->clause_count};
  ofr_sha256 hash = ofr_sha256_init();
  add_text(&hash, "offramp values 1");
  ofr_sha256_add_u64(&hash, v->paths);
  ofr_sha256_add_u64(&hash, v->seed);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) ofr_sha256_add_i64(&hash, sizes[i]);
  for (int i = 0; i < v->metric_count; i++) add_metric(&hash, &v->metrics[i]);
  for (int i = 0; i < v->clause_count; i++) add_clause(&hash, v, &v->clauses[i]);
  ofr_sha256_add_u64(&hash, v->clamped_path_months);
  ofr_sha256_finish(&hash, hex);
}
