/* One month of one strategy: placement, then the books, in the order of the model's description. */
#include "naive.h"
#include <math.h>

typedef struct slot {
  int pool, contract; /* contract: the reservation that this part of the pool belongs to, or -1 */
  double free, price; /* accelerators; what one more hour costs */
} slot;

typedef struct month {
  const naive_plan *plan;
  const naive_strategy *strategy;
  const naive_inputs *in;
  naive_state *state;
  naive_books *books;
  int t;
  double quantum;
  bool suspended[NAIVE_CONTRACTS];
  slot slots[NAIVE_SLOTS];
  int slot_count;
  double pull[NAIVE_POOLS], share_left[NAIVE_PROVIDERS];
  double used_hours[NAIVE_CONTRACTS]; /* of reservations */
} month;

static double round_down(double accelerators, double quantum) { return floor(accelerators / quantum + 1e-6) * quantum; }

static void apply_effect(month *m, const cJSON *effect) {
  const cJSON *selector = cJSON_GetObjectItemCaseSensitive(effect, "contracts"), *contract;
  int c = 0;
  cJSON_ArrayForEach(contract, cJSON_GetObjectItemCaseSensitive(m->plan->json, "contracts")) {
    if (naive_selects(selector, contract)) {
      if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(effect, "suspend"))) m->suspended[c] = true;
      if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(effect, "void"))) m->state->ended[c] = true;
    }
    c++;
  }
}

static void apply_events(month *m) {
  const cJSON *effect;
  for (int e = 0; e < m->plan->event_count; e++)
    if (m->in->active[e])
      cJSON_ArrayForEach(effect, cJSON_GetObjectItemCaseSensitive(m->plan->events[e], "effects")) apply_effect(m, effect);
}

/* Signed and not ended; `acts` also wants it not suspended. */
static bool lives(const month *m, int c) { return m->strategy->signs[c] && !m->state->ended[c]; }
static bool acts(const month *m, int c) { return lives(m, c) && !m->suspended[c]; }

static const naive_window *window(const month *m, int c) {
  const naive_contract *contract = &m->plan->contracts[c];
  for (int n = 0; contract->kind == NAIVE_COMMITMENT && n < contract->window_count; n++)
    if (contract->windows[n].from <= m->t && m->t <= contract->windows[n].to) return &contract->windows[n];
  return NULL;
}

static void open_windows(month *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_window *w = window(m, c);
    if (!w) continue;
    if (m->t == 0 || m->t == w->from) {
      m->state->amount[c] = w->amount;
      m->state->counted[c] = m->state->opened[c] ? 0 : m->plan->contracts[c].opening;
      m->state->opened[c] = true;
      m->state->relieved[c] = 0;
    }
    if (m->suspended[c]) m->state->amount[c] -= w->amount / (w->to - w->from + 1);
  }
}

static void find_pull(month *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *contract = &m->plan->contracts[c];
    const naive_window *w = window(m, c);
    if (!w || !acts(m, c)) continue;
    double f = m->strategy->pace ? (double)(m->t - w->from + 1) / (w->to - w->from + 1) : 1;
    double target = (m->state->amount[c] + m->state->deferred[c] - m->state->carried[c]) * f - m->state->relieved[c];
    if (m->state->counted[c] >= target) continue;
    for (int k = 0; k < m->plan->pool_count; k++)
      m->pull[k] = fmax(m->pull[k], m->strategy->pull * contract->counts[k] * fmin(1, contract->shortfall_rate));
  }
}

static double reserved_size(const month *m, const naive_contract *r, int t) {
  double size = naive_curve(m->plan, r->accelerators, t);
  return r->lot > 0 ? ceil(size / r->lot) * r->lot : size;
}

/* Reserved parts first, then pools: equal keys find them in this order. */
static void make_slots(month *m) {
  for (int k = 0; k < m->plan->pool_count; k++)
    for (int c = 0; c < m->plan->contract_count; c++) {
      const naive_contract *r = &m->plan->contracts[c];
      if (r->pool != k || !acts(m, c) || m->t < r->from || m->t > r->to) continue;
      double size = round_down(reserved_size(m, r, m->t), m->quantum);
      m->slots[m->slot_count++] = (slot){k, c, size, r->use_price};
      m->books->reserved[k] += size;
    }
  for (int k = 0; k < m->plan->pool_count; k++) m->slots[m->slot_count++] = (slot){k, -1, m->in->capacity[k], m->in->price[k]};
}

static double egress_price(const month *m, const naive_workload *w, int pool) {
  if (w->home < 0 || m->plan->pools[pool].provider == w->home) return 0;
  const cJSON *curve = cJSON_GetObjectItemCaseSensitive(m->plan->providers[w->home], "egress_per_gb");
  return w->data_gb_per_hour * naive_curve(m->plan, curve, m->t);
}

static double key(const month *m, const naive_workload *w, const slot *s) {
  return s->price * (1 - m->pull[s->pool]) / w->speed[s->pool] + egress_price(m, w, s->pool);
}

static double hours(const month *m, int w) { return NAIVE_HOURS * m->plan->workloads[w].duty; }

static double take(month *m, int w, slot *s, double work) {
  const naive_workload *workload = &m->plan->workloads[w];
  int provider = m->plan->pools[s->pool].provider, reserved = s->contract >= 0;
  double speed = workload->speed[s->pool];
  if (m->strategy->max_share[provider] < 1) work = fmin(work, m->share_left[provider]);
  double accelerators = fmin(round_down(fmax(0, work) / speed, m->quantum), s->free), served = accelerators * speed;
  s->free -= accelerators;
  m->share_left[provider] -= served;
  if (reserved) m->used_hours[s->contract] += accelerators * hours(m, w);
  m->books->placed[w][s->pool][reserved] += accelerators;
  m->books->served[w][s->pool][reserved] += served;
  return served;
}

/* Fills the slots of `provider` (-1: of all but `except`) in ascending key; returns what is left. */
static double fill(month *m, int w, int provider, int except, double work) {
  const naive_workload *workload = &m->plan->workloads[w];
  bool done[NAIVE_SLOTS] = {false};
  for (;;) {
    int best = -1;
    for (int i = 0; i < m->slot_count; i++) {
      const slot *s = &m->slots[i];
      int owner = m->plan->pools[s->pool].provider;
      if (done[i] || !m->strategy->places[owner] || workload->speed[s->pool] <= 0) continue;
      if ((provider >= 0 && owner != provider) || owner == except) continue;
      if (best < 0 || key(m, workload, s) < key(m, workload, &m->slots[best])) best = i;
    }
    if (best < 0 || key(m, workload, &m->slots[best]) > workload->unmet_cost) return work;
    work -= take(m, w, &m->slots[best], work);
    done[best] = true;
  }
}

static void place(month *m) {
  double whole = 0;
  for (int w = 0; w < m->plan->workload_count; w++) whole += m->in->demand[w];
  for (int p = 0; p < m->plan->provider_count; p++) m->share_left[p] = m->strategy->max_share[p] * whole;
  for (int w = 0; w < m->plan->workload_count; w++) {
    const naive_contract *exclusive = NULL;
    for (int c = 0; c < m->plan->contract_count; c++) {
      const naive_contract *e = &m->plan->contracts[c];
      if (e->kind == NAIVE_EXCLUSIVITY && e->covers[w] && acts(m, c) && m->t >= e->from && m->t <= e->to) exclusive = e;
    }
    double left = fill(m, w, exclusive ? exclusive->provider : -1, -1, m->in->demand[w]);
    if (exclusive && exclusive->open) left = fill(m, w, -1, exclusive->provider, left);
    m->books->unserved[w] = left;
  }
}

static void count(month *m, int pool, double dollars) {
  for (int c = 0; c < m->plan->contract_count; c++)
    if (window(m, c) && acts(m, c)) m->state->counted[c] += dollars * m->plan->contracts[c].counts[pool];
}

/* What was placed on a pool's open part, at list price, and the egress of all of it. */
static void bill_pools(month *m) {
  naive_books *b = m->books;
  for (int k = 0; k < m->plan->pool_count; k++) {
    double usage = 0;
    for (int w = 0; w < m->plan->workload_count; w++) {
      usage += b->placed[w][k][0] * hours(m, w) * m->in->price[k];
      double egress = (b->served[w][k][0] + b->served[w][k][1]) * hours(m, w) * egress_price(m, &m->plan->workloads[w], k);
      b->egress += egress;
      if (egress > 0) b->revenue[m->plan->workloads[w].home] += egress;
    }
    b->usage += usage;
    b->revenue[m->plan->pools[k].provider] += usage;
    count(m, k, usage);
  }
  for (int w = 0; w < m->plan->workload_count; w++) b->unmet += b->unserved[w] * hours(m, w) * m->plan->workloads[w].unmet_cost;
}

static double fee_due(const month *m, const naive_contract *r, int t) {
  return reserved_size(m, r, t) * naive_curve(m->plan, r->price, t) * NAIVE_HOURS;
}

static double fee_paid(const month *m, const naive_contract *r) {
  int first = r->from > 0 ? r->from : 0, last = r->to < m->plan->months ? r->to : m->plan->months - 1;
  if (m->t < first || m->t > last) return 0;
  double fee = (1 - r->upfront) * fee_due(m, r, m->t);
  for (int t = first; m->t == first && t <= last; t++) fee += r->upfront * fee_due(m, r, t);
  return fee;
}

static void bill_reservations(month *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *r = &m->plan->contracts[c];
    if (r->kind != NAIVE_RESERVATION || !lives(m, c)) continue;
    double fee = fee_paid(m, r), usage = m->used_hours[c] * r->use_price;
    m->books->reservation += fee;
    m->books->usage += usage;
    m->books->revenue[r->provider] += fee + usage;
    count(m, r->pool, fee + usage);
  }
}

/* Covered capacity that is not there, by the month's price. */
static void relieve(month *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *contract = &m->plan->contracts[c];
    if (!window(m, c) || !acts(m, c) || contract->relief <= 0) continue;
    for (int k = 0; k < m->plan->pool_count; k++) {
      double curve = naive_curve(m->plan, cJSON_GetObjectItemCaseSensitive(m->plan->pools[k].json, "capacity"), m->t);
      double late = fmax(0, curve - m->in->capacity[k]);
      m->state->relieved[c] += contract->relief * late * NAIVE_HOURS * m->in->price[k] * contract->counts[k];
    }
  }
}

static void settle_window(month *m, int c, bool last) {
  const naive_contract *contract = &m->plan->contracts[c];
  naive_state *state = m->state;
  double amount = fmax(0, state->amount[c]), asked = amount + state->deferred[c], covered = state->counted[c] + state->carried[c];
  m->books->required[c] = fmax(0, asked - state->relieved[c]);
  double short_by = fmax(0, m->books->required[c] - covered);
  double deferred = last ? 0 : fmin(short_by, contract->deferral * amount);
  m->books->charge[c] = (short_by - deferred) * contract->shortfall_rate;
  m->books->deferred[c] = state->deferred[c] = deferred;
  m->books->carried[c] = state->carried[c] = contract->carry_forward * fmax(0, covered - asked);
}

static void settle(month *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *contract = &m->plan->contracts[c];
    const naive_window *w = window(m, c);
    if (!w || !lives(m, c)) continue; /* an ended promise shows nothing counted */
    if (m->t == w->to) settle_window(m, c, w == &contract->windows[contract->window_count - 1]);
    m->books->counted[c] = m->state->counted[c];
    m->books->shortfall += m->books->charge[c];
    m->books->revenue[contract->provider] += m->books->charge[c];
    for (int later = c + 1; later < m->plan->contract_count; later++)
      if (window(m, later) && acts(m, later) && m->plan->contracts[later].provider == contract->provider)
        m->state->counted[later] += m->books->charge[c];
  }
}

void naive_month(const naive_plan *plan, int strategy, int t, const naive_inputs *inputs, double quantum, naive_state *state,
                 naive_books *books) {
  month m = {.plan = plan,
             .strategy = &plan->strategies[strategy],
             .in = inputs,
             .state = state,
             .books = books,
             .t = t,
             .quantum = quantum};
  *books = (naive_books){0};
  apply_events(&m);
  open_windows(&m);
  find_pull(&m);
  make_slots(&m);
  place(&m);
  bill_pools(&m);
  bill_reservations(&m);
  relieve(&m);
  settle(&m);
}
