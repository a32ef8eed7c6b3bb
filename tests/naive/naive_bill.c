/* What the month's placement costs: list spend, discounts, credits, fees, egress; and what of it counts. */
#include "naive_month.h"
#include <math.h>

/* A threshold belongs to the tier that it opens. */
static double rate_at(const naive_contract *d, double spend) {
  double rate = 0;
  for (int i = 0; i < d->tier_count; i++)
    if (d->tiers[i].from <= spend) rate = d->tiers[i].rate;
  return rate;
}

/* Net of so much list spend. */
static double net_of(const naive_contract *d, double spend) {
  double net = 0;
  if (d->all_units) return spend * (1 - rate_at(d, spend));
  for (int i = 0; i < d->tier_count && d->tiers[i].from < spend; i++) {
    double end = i + 1 < d->tier_count ? fmin(spend, d->tiers[i + 1].from) : spend;
    net += (end - d->tiers[i].from) * (1 - d->tiers[i].rate);
  }
  return net;
}

double naive_list_factor(const naive_month_state *m, int pool) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *d = &m->plan->contracts[c];
    if (d->kind == NAIVE_DISCOUNT && d->covers_pool[pool] && naive_binds(m, c)) return 1 - rate_at(d, m->state->listed[c]);
  }
  return 1;
}

static double open_hours(const naive_month_state *m, int pool) {
  double sum = 0;
  for (int w = 0; w < m->plan->workload_count; w++) sum += m->books->placed[w][pool][0] * naive_hours(m, w);
  return sum;
}

/* List prices; a reservation's part has its use price. */
static void bill_at_list(naive_month_state *m) {
  for (int i = 0; i < m->slot_count; i++) {
    naive_slot *s = &m->slots[i];
    s->net = s->contract >= 0 ? m->used_hours[s->contract] * s->price : open_hours(m, s->pool) * m->in->price[s->pool];
  }
}

/* The month's list spend goes through the tiers, and each pool gets its part of what comes out. */
static void discount(naive_month_state *m, int c) {
  const naive_contract *d = &m->plan->contracts[c];
  double spend = 0, before = m->state->listed[c];
  for (int i = 0; i < m->slot_count; i++)
    if (m->slots[i].contract < 0 && d->covers_pool[m->slots[i].pool]) spend += m->slots[i].net;
  double net = net_of(d, before + spend) - net_of(d, before);
  for (int i = 0; i < m->slot_count && spend > 0; i++)
    if (m->slots[i].contract < 0 && d->covers_pool[m->slots[i].pool]) m->slots[i].net *= net / spend;
  m->state->listed[c] += spend;
  m->books->saved[c] = spend - net;
}

/* List spend so far, of discounts within their months: suspended and ended ones keep theirs. */
static void show_periods(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++)
    if (m->plan->contracts[c].from <= m->t && m->t <= m->plan->contracts[c].to) m->books->listed[c] = m->state->listed[c];
}

static void add_matched(naive_month_state *m) {
  for (int i = 0; i < m->slot_count; i++)
    for (int w = 0; w < m->plan->workload_count && m->slots[i].contract < 0; w++)
      m->slots[i].net += m->books->matched_price[w][m->slots[i].pool] * naive_hours(m, w);
}

/* A balance pays net usage on the pools that the contract covers, each part in proportion. */
static void pay(naive_month_state *m, int c) {
  const naive_contract *x = &m->plan->contracts[c];
  double usage = 0;
  for (int i = 0; i < m->slot_count; i++)
    if (x->covers_pool[m->slots[i].pool]) usage += fmax(0, m->slots[i].net);
  double paid = fmin(usage, m->state->balance[c]);
  m->state->balance[c] -= paid;
  for (int i = 0; i < m->slot_count && paid > 0; i++)
    if (x->covers_pool[m->slots[i].pool]) m->slots[i].net -= fmax(0, m->slots[i].net) * paid / usage;
}

static void pay_credits(naive_month_state *m, naive_kind kind) {
  for (int c = 0; c < m->plan->contract_count; c++)
    if (m->plan->contracts[c].kind == kind && naive_acts(m, c) && m->state->balance[c] > 0) pay(m, c);
}

static void count(naive_month_state *m, int pool, double dollars) {
  for (int c = 0; c < m->plan->contract_count; c++)
    if (naive_window_of(m, c) && naive_acts(m, c)) m->state->counted[c] += dollars * m->plan->contracts[c].counts[pool];
}

static void book_usage(naive_month_state *m) {
  for (int i = 0; i < m->slot_count; i++) {
    const naive_slot *s = &m->slots[i];
    m->books->usage += s->net;
    m->books->revenue[m->plan->pools[s->pool].provider] += s->net;
    count(m, s->pool, s->net);
  }
}

static double fee_paid(const naive_month_state *m, int c) {
  const naive_contract *r = &m->plan->contracts[c];
  int first = r->from > 0 ? r->from : 0;
  double fee = (1 - r->upfront) * naive_fee(m, c, m->t);
  for (int t = first; m->t == first && t < m->plan->months; t++) fee += r->upfront * naive_fee(m, c, t);
  return fee;
}

static void book_fees(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *r = &m->plan->contracts[c];
    if (r->kind != NAIVE_RESERVATION || !naive_lives(m, c)) continue;
    double fee = fee_paid(m, c);
    m->books->reservation += fee;
    m->books->revenue[r->provider] += fee;
    count(m, r->pool, fee);
  }
}

static void book_grants(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *x = &m->plan->contracts[c];
    if (x->kind != NAIVE_GRANT || x->credit || !naive_binds(m, c)) continue;
    double part = x->amount / (x->to - x->from + 1);
    m->books->grants += part;
    m->books->revenue[x->provider] -= part;
  }
}

static void book_egress_and_unmet(naive_month_state *m) {
  naive_books *b = m->books;
  for (int w = 0; w < m->plan->workload_count; w++) {
    const naive_workload *workload = &m->plan->workloads[w];
    for (int k = 0; k < m->plan->pool_count; k++) {
      double served = b->served[w][k][0] + b->served[w][k][1] + b->matched_served[w][k];
      double egress = served * naive_hours(m, w) * naive_egress_price(m, workload, k);
      b->egress += egress;
      if (egress > 0) b->revenue[workload->home] += egress;
    }
    b->unmet += b->unserved[w] * naive_hours(m, w) * workload->unmet_cost;
  }
}

void naive_bill(naive_month_state *m) {
  bill_at_list(m);
  for (int c = 0; c < m->plan->contract_count; c++)
    if (m->plan->contracts[c].kind == NAIVE_DISCOUNT && naive_binds(m, c)) discount(m, c);
  show_periods(m);
  add_matched(m);
  pay_credits(m, NAIVE_GRANT);
  pay_credits(m, NAIVE_COMMITMENT);
  book_usage(m);
  book_fees(m);
  book_grants(m);
  book_egress_and_unmet(m);
}
