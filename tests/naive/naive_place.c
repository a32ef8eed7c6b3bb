/* The month's placement: reserved parts and pools in the order of their keys, and first refusals. */
#include "naive_month.h"
#include <math.h>

static double round_down(double accelerators, double quantum) { return floor(accelerators / quantum + 1e-6) * quantum; }

/* Reserved parts first, then pools: equal keys find them in this order. */
static void make_slots(naive_month_state *m) {
  for (int k = 0; k < m->plan->pool_count; k++)
    for (int c = 0; c < m->plan->contract_count; c++) {
      const naive_contract *r = &m->plan->contracts[c];
      if (r->kind != NAIVE_RESERVATION || r->pool != k || !naive_binds(m, c)) continue;
      double size = round_down(naive_size(m, c, m->t), m->quantum);
      m->slots[m->slot_count++] = (naive_slot){.pool = k, .contract = c, .free = size, .price = r->use_price};
      m->books->reserved[k] += size;
      m->state->reserved[c][m->t % 12] = size;
    }
  for (int k = 0; k < m->plan->pool_count; k++)
    m->slots[m->slot_count++] =
        (naive_slot){.pool = k, .contract = -1, .free = m->in->capacity[k], .price = m->in->price[k] * naive_list_factor(m, k)};
}

static int owner(const naive_month_state *m, const naive_slot *s) { return m->plan->pools[s->pool].provider; }

/* $ per reference hour, without pull. */
static double asked(const naive_month_state *m, const naive_workload *w, const naive_slot *s) {
  return s->price / w->speed[s->pool] + naive_egress_price(m, w, s->pool);
}

static double key(const naive_month_state *m, const naive_workload *w, const naive_slot *s) {
  return s->price * (1 - m->pull[s->pool]) / w->speed[s->pool] + naive_egress_price(m, w, s->pool);
}

static bool fits(const naive_month_state *m, const naive_workload *w, const naive_slot *s) {
  return m->strategy->places[owner(m, s)] && w->speed[s->pool] > 0;
}

/* Work that the slot, and what is left of its provider's share, have room for. */
static double room(const naive_month_state *m, int w, const naive_slot *s) {
  double work = s->free * m->plan->workloads[w].speed[s->pool];
  return m->strategy->max_share[owner(m, s)] < 1 ? fmin(work, fmax(0, m->share_left[owner(m, s)])) : work;
}

/* Whole accelerators of the slot for so much work, as far as there is room. */
static double fitting(const naive_month_state *m, int w, const naive_slot *s, double work) {
  double most = fmin(work, room(m, w, s));
  return fmin(round_down(most / m->plan->workloads[w].speed[s->pool], m->quantum), s->free);
}

/* Takes what was served off the provider's share. What is left of a share by less than a quantum is not offered again. */
static void use_share(naive_month_state *m, int w, const naive_slot *s, double served) {
  double left = m->share_left[owner(m, s)] - served;
  m->share_left[owner(m, s)] = left < m->quantum * m->plan->workloads[w].speed[s->pool] ? 0 : left;
}

/* Puts accelerators there, which the caller has taken from what is free; returns the work that they do. */
static double put(naive_month_state *m, int w, const naive_slot *s, double accelerators) {
  double served = accelerators * m->plan->workloads[w].speed[s->pool];
  bool reserved = s->contract >= 0;
  use_share(m, w, s, served);
  m->books->placed[w][s->pool][reserved] += accelerators;
  m->books->served[w][s->pool][reserved] += served;
  if (reserved) {
    m->state->used[s->contract][m->t % 12] += accelerators;
    m->used_hours[s->contract] += accelerators * naive_hours(m, w);
  }
  return served;
}

static double take(naive_month_state *m, int w, naive_slot *s, double work) {
  double accelerators = fitting(m, w, s, work);
  s->free -= accelerators;
  return put(m, w, s, accelerators);
}

/* At its own price if that is no higher than the offer with its premium, else at that. */
static double match(naive_month_state *m, int w, naive_slot *s, double work, double offer) {
  const naive_workload *workload = &m->plan->workloads[w];
  if (asked(m, workload, s) <= offer) return take(m, w, s, work);
  double accelerators = fitting(m, w, s, work), served = accelerators * workload->speed[s->pool];
  double price = (offer - naive_egress_price(m, workload, s->pool)) * workload->speed[s->pool];
  s->free -= accelerators;
  use_share(m, w, s, served);
  m->books->matched[w][s->pool] += accelerators;
  m->books->matched_served[w][s->pool] += served;
  m->books->matched_price[w][s->pool] += accelerators * price;
  return served;
}

/* The cheapest open slot of `provider` that is not done; NULL when there is none. */
static naive_slot *cheapest_open(naive_month_state *m, const naive_workload *w, int provider, const bool *done) {
  naive_slot *best = NULL;
  for (int i = 0; i < m->slot_count; i++) {
    naive_slot *s = &m->slots[i];
    if (done[i] || s->contract >= 0 || owner(m, s) != provider || !fits(m, w, s)) continue;
    if (!best || key(m, w, s) < key(m, w, best)) best = s;
  }
  return best;
}

/* The workload has come to a rival's pool: the holder has what it can of it, the rival the rest. Returns the work served. */
static double offer(naive_month_state *m, int w, const naive_contract *refusal, naive_slot *rival, double work) {
  const naive_workload *workload = &m->plan->workloads[w];
  double speed = workload->speed[rival->pool], accelerators = fitting(m, w, rival, work), left = accelerators * speed;
  double price = asked(m, workload, rival) * (1 + refusal->premium), served = 0;
  bool done[NAIVE_SLOTS] = {false};
  for (naive_slot *s; (s = cheapest_open(m, workload, refusal->provider, done)); done[s - m->slots] = true) {
    if (naive_egress_price(m, workload, s->pool) > price) continue; /* it would have to give its work away, and more */
    double most = room(m, w, s);
    served += match(m, w, s, left, price);
    left = fmax(0, left - most);
  }
  rival->free -= accelerators;
  return served + put(m, w, rival, round_down((accelerators * speed - served) / speed, m->quantum));
}

/* Fills the slots of `provider` (-1: of all but `except`) in ascending key. Returns the work that found no room; what rounding
 * down to whole quanta left over is not looked after. */
static double fill(naive_month_state *m, int w, int provider, int except, const naive_contract *refusal, double work) {
  const naive_workload *workload = &m->plan->workloads[w];
  bool done[NAIVE_SLOTS] = {false};
  for (;;) {
    int best = -1;
    for (int i = 0; i < m->slot_count; i++) {
      const naive_slot *s = &m->slots[i];
      if (done[i] || !fits(m, workload, s)) continue;
      if ((provider >= 0 && owner(m, s) != provider) || owner(m, s) == except) continue;
      if (best < 0 || key(m, workload, s) < key(m, workload, &m->slots[best])) best = i;
    }
    if (best < 0) return work;
    naive_slot *s = &m->slots[best];
    if ((float)key(m, workload, s) > (float)workload->unmet_cost) return work; /* prices have seven digits: ties are of those */
    bool offered = refusal && s->contract < 0 && owner(m, s) != refusal->provider;
    double most = room(m, w, s);
    m->books->unserved[w] -= offered ? offer(m, w, refusal, s, work) : take(m, w, s, work);
    work = fmax(0, work - most);
    done[best] = true;
  }
}

static const naive_contract *restriction(const naive_month_state *m, int w, naive_kind kind) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *e = &m->plan->contracts[c];
    if (e->kind == kind && e->covers[w] && naive_binds(m, c) && !m->in->declined[c]) return e;
  }
  return NULL;
}

void naive_place(naive_month_state *m) {
  double whole = 0;
  for (int c = 0; c < m->plan->contract_count; c++) m->state->used[c][m->t % 12] = m->state->reserved[c][m->t % 12] = 0;
  make_slots(m);
  for (int w = 0; w < m->plan->workload_count; w++) whole += m->in->demand[w];
  for (int p = 0; p < m->plan->provider_count; p++) m->share_left[p] = m->strategy->max_share[p] * whole;
  for (int w = 0; w < m->plan->workload_count; w++) {
    const naive_contract *exclusive = restriction(m, w, NAIVE_EXCLUSIVITY), *refusal = restriction(m, w, NAIVE_REFUSAL);
    m->books->unserved[w] = m->in->demand[w];
    double left = fill(m, w, exclusive ? exclusive->provider : -1, -1, refusal, m->in->demand[w]);
    if (exclusive && exclusive->open) fill(m, w, -1, exclusive->provider, NULL, left);
  }
}
