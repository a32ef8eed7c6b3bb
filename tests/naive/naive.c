/* One month of one strategy, in the order of the model's description: what acts, pull, placement, bills, settlements. */
#include "naive_month.h"
#include <math.h>

bool naive_lives(const naive_month_state *m, int c) { return m->strategy->signs[c] && !m->state->ended[c]; }
bool naive_acts(const naive_month_state *m, int c) { return naive_lives(m, c) && !m->suspended[c]; }

bool naive_binds(const naive_month_state *m, int c) {
  return naive_acts(m, c) && m->plan->contracts[c].from <= m->t && m->t <= m->plan->contracts[c].to;
}

double naive_hours(const naive_month_state *m, int w) { return NAIVE_HOURS * m->plan->workloads[w].duty; }

double naive_egress_price(const naive_month_state *m, const naive_workload *w, int pool) {
  if (w->home < 0 || m->plan->pools[pool].provider == w->home) return 0;
  const cJSON *curve = cJSON_GetObjectItemCaseSensitive(m->plan->providers[w->home], "egress_per_gb");
  return w->data_gb_per_hour * naive_curve(m->plan, curve, m->t);
}

double naive_size(const naive_month_state *m, int c, int t) {
  const naive_contract *r = &m->plan->contracts[c];
  double size = naive_curve(m->plan, r->accelerators, t);
  if (t < r->from || t > r->to) return 0;
  return r->lot > 0 ? ceil(size / r->lot) * r->lot : size;
}

double naive_fee(const naive_month_state *m, int c, int t) {
  return naive_size(m, c, t) * naive_curve(m->plan, m->plan->contracts[c].price, t) * NAIVE_HOURS;
}

static void apply_effect(naive_month_state *m, const cJSON *effect) {
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

static void apply_events(naive_month_state *m) {
  const cJSON *effect;
  for (int e = 0; e < m->plan->event_count; e++)
    if (m->in->active[e])
      cJSON_ArrayForEach(effect, cJSON_GetObjectItemCaseSensitive(m->plan->events[e], "effects")) apply_effect(m, effect);
}

const naive_window *naive_window_of(const naive_month_state *m, int c) {
  const naive_contract *contract = &m->plan->contracts[c];
  for (int n = 0; contract->kind == NAIVE_COMMITMENT && n < contract->window_count; n++)
    if (contract->windows[n].from <= m->t && m->t <= contract->windows[n].to) return &contract->windows[n];
  return NULL;
}

static void open_windows(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_window *w = naive_window_of(m, c);
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

/* A discount's period begins with its first month, and each twelve months after if it is yearly. */
static void open_periods(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *d = &m->plan->contracts[c];
    if (d->kind == NAIVE_DISCOUNT && d->yearly && (m->t - d->from) % 12 == 0) m->state->listed[c] = 0;
  }
}

/* Grants arrive; balances whose time is over go. */
static void open_balances(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *x = &m->plan->contracts[c];
    if (x->kind == NAIVE_COMMITMENT && m->t > m->state->last_charge[c] + x->credit_months) m->state->balance[c] = 0;
    if (!naive_lives(m, c)) m->state->balance[c] = 0;
    if (x->kind == NAIVE_GRANT && x->credit && naive_binds(m, c)) m->state->balance[c] += x->amount / (x->to - x->from + 1);
  }
}

double naive_target(const naive_month_state *m, int c, bool pace) {
  const naive_window *w = naive_window_of(m, c);
  double f = pace ? (double)(m->t - w->from + 1) / (w->to - w->from + 1) : 1;
  return (m->state->amount[c] + m->state->deferred[c] - m->state->carried[c]) * f - m->state->relieved[c];
}

static void find_pull(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *contract = &m->plan->contracts[c];
    if (!naive_window_of(m, c) || !naive_acts(m, c)) continue;
    if (m->state->counted[c] >= naive_target(m, c, m->strategy->pace)) continue;
    for (int k = 0; k < m->plan->pool_count; k++)
      m->pull[k] = fmax(m->pull[k], m->strategy->pull * contract->counts[k] * fmin(1, contract->shortfall_rate));
  }
}

void naive_month(const naive_plan *plan, int strategy, int t, const naive_inputs *inputs, double quantum, naive_state *state,
                 naive_books *books) {
  naive_month_state m = {.plan = plan,
                         .strategy = &plan->strategies[strategy],
                         .in = inputs,
                         .state = state,
                         .books = books,
                         .t = t,
                         .quantum = quantum};
  *books = (naive_books){0};
  apply_events(&m);
  open_windows(&m);
  open_periods(&m);
  open_balances(&m);
  find_pull(&m);
  naive_place(&m);
  naive_bill(&m);
  naive_settle(&m);
}
