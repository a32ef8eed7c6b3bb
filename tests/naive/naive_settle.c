/* The month's end: late capacity, off-ramps, and the windows that close. */
#include "naive_month.h"
#include <math.h>

/* Covered capacity that is not there, by the month's price. */
static void relieve(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *contract = &m->plan->contracts[c];
    if (!naive_window_of(m, c) || !naive_acts(m, c) || contract->relief <= 0) continue;
    for (int k = 0; k < m->plan->pool_count; k++) {
      double curve = naive_curve(m->plan, cJSON_GetObjectItemCaseSensitive(m->plan->pools[k].json, "capacity"), m->t);
      double late = fmax(0, curve - m->in->capacity[k]);
      m->state->relieved[c] += contract->relief * late * NAIVE_HOURS * m->in->price[k] * contract->counts[k];
    }
  }
}

static bool falls_in(const naive_month_state *m, const cJSON *at) {
  const cJSON *each;
  if (cJSON_IsString(at)) return naive_month_of(m->plan, at->valuestring) == m->t;
  cJSON_ArrayForEach(each, at) if (naive_month_of(m->plan, each->valuestring) == m->t) return true;
  return false;
}

/* What is left to spend, with all that later windows ask. */
static double promised(const naive_month_state *m, int c) {
  const naive_contract *x = &m->plan->contracts[c];
  const naive_window *open = naive_window_of(m, c);
  double sum = fmax(0, naive_target(m, c, false) - m->state->counted[c]);
  for (const naive_window *w = open + 1; w < x->windows + x->window_count; w++) sum += w->amount;
  return sum;
}

/* Fees within the horizon that fall due after this month. */
static double fees_to_come(const naive_month_state *m, int c) {
  double sum = 0;
  for (int t = m->t + 1; t < m->plan->months; t++) sum += (1 - m->plan->contracts[c].upfront) * naive_fee(m, c, t);
  return sum;
}

/* Of the last twelve months, this one included: suspended ones had no reserved capacity. */
static bool is_underused(const naive_month_state *m, int c, double below) {
  double used = 0, reserved = 0;
  for (int i = 0; i < 12; i++) used += m->state->used[c][i], reserved += m->state->reserved[c][i];
  return used < below * reserved;
}

static bool is_open(const naive_month_state *m, int c) {
  if (!naive_acts(m, c)) return false;
  return m->plan->contracts[c].kind == NAIVE_COMMITMENT ? naive_window_of(m, c) != NULL : naive_binds(m, c);
}

static void leave(naive_month_state *m, int number) {
  const naive_contract *exit = &m->plan->contracts[number];
  int c = exit->exits;
  bool commitment = m->plan->contracts[c].kind == NAIVE_COMMITMENT;
  bool wanted = exit->unconditional ||
                (commitment ? m->state->counted[c] < exit->below * naive_target(m, c, true) : is_underused(m, c, exit->below));
  if (!wanted) return;
  double fee = exit->fee * (commitment ? promised(m, c) : fees_to_come(m, c));
  m->state->taken[number] = m->t + 1;
  m->books->fee[number] = fee;
  m->books->exit += fee;
  m->books->revenue[exit->provider] += fee;
  m->books->exited[c] = true;
  m->state->ended[c] = true;
  m->state->balance[c] = 0;
}

static void settle_window(naive_month_state *m, int c, bool last) {
  const naive_contract *contract = &m->plan->contracts[c];
  naive_state *state = m->state;
  double amount = fmax(0, state->amount[c]), asked = amount + state->deferred[c],
         covered = state->counted[c] + state->carried[c];
  m->books->required[c] = fmax(0, asked - state->relieved[c]);
  double short_by = fmax(0, m->books->required[c] - covered);
  double deferred = last ? 0 : fmin(short_by, contract->deferral * amount);
  m->books->charge[c] = (short_by - deferred) * contract->shortfall_rate;
  m->books->deferred[c] = state->deferred[c] = deferred;
  m->books->carried[c] = state->carried[c] = contract->carry_forward * fmax(0, covered - asked);
}

/* A charge is shortfall, revenue, spend under later commitments, and credit. */
static void charge(naive_month_state *m, int c) {
  const naive_contract *contract = &m->plan->contracts[c];
  double dollars = m->books->charge[c];
  m->books->shortfall += dollars;
  m->books->revenue[contract->provider] += dollars;
  for (int later = c + 1; later < m->plan->contract_count; later++)
    if (naive_window_of(m, later) && naive_acts(m, later) && m->plan->contracts[later].provider == contract->provider)
      m->state->counted[later] += dollars;
  if (contract->credit_months == 0 || dollars <= 0) return;
  m->state->balance[c] += dollars;
  m->state->last_charge[c] = m->t;
}

/* What lapses with this month is gone. */
static void show_balances(naive_month_state *m) {
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *x = &m->plan->contracts[c];
    bool lapses = x->kind == NAIVE_COMMITMENT && m->t >= m->state->last_charge[c] + x->credit_months;
    m->books->credit[c] = lapses ? 0 : m->state->balance[c];
  }
}

void naive_settle(naive_month_state *m) {
  relieve(m);
  for (int c = 0; c < m->plan->contract_count; c++)
    if (m->plan->contracts[c].kind == NAIVE_EXIT && naive_acts(m, c) && falls_in(m, m->plan->contracts[c].at) &&
        is_open(m, m->plan->contracts[c].exits))
      leave(m, c);
  for (int c = 0; c < m->plan->contract_count; c++) {
    const naive_contract *contract = &m->plan->contracts[c];
    const naive_window *w = naive_window_of(m, c);
    if (!w || !naive_lives(m, c)) continue; /* an ended promise shows nothing counted */
    if (m->t == w->to) settle_window(m, c, w == &contract->windows[contract->window_count - 1]);
    m->books->counted[c] = m->state->counted[c];
    charge(m, c);
  }
  show_balances(m);
}
