/* The programme that joins a path's months: which mixture of the solutions seen so far costs least with the windows' charges,
 * and the prices of windows at which it does. One path at a time, in doubles, whose every operation is IEEE's own; what it finds
 * is only ever a proposal, for proofs are in whole numbers and placements in the books.
 *
 *   least  sum cost x share + charges      each window: counted + short + deferred + carried in >= asked      shares of a month: 1
 *
 * Again the simplex with generalised upper bounds, for the months' shares sum to one: the basis is as small as the number of
 * windows. Columns of a set: month t's solution j; or, of the sets after the months, one for each window: nothing or all of what
 * it may defer. Single columns: a window's shortfall, and its excess, part of which carries forward. */
#ifndef OFR_BOUND_MASTER_H
#define OFR_BOUND_MASTER_H

static int sets_of(const master *m) { return m->x->months + m->x->windows; }

/* Of all rounds: the cost of month t; OFR_BOUND_ROUNDS further on, what counts under the first commitment, and so on. */
static double *solutions_of(const master *m, int t) {
  return m->solution + (size_t)t * (size_t)(1 + m->x->commitments) * OFR_BOUND_ROUNDS;
}

/* Adds `by` times a column to `to`; returns its cost. */
static double add_column(const master *m, int set, int index, double by, double *to) {
  const space *x = m->x;
  if (set >= x->months) {
    int n = set - x->months, next = x->set->window[n].next;
    if (index == 0) return 0;
    to[n] += by * m->defer[n];
    if (next >= 0) to[next] -= by * m->defer[n];
    return 0;
  }
  if (set >= 0) {
    const double *solution = solutions_of(m, set) + index;
    const int *under = m->under + set * x->commitments;
    for (int c = 0; c < x->commitments; c++)
      if (under[c] >= 0) to[under[c]] += by * solution[(1 + c) * OFR_BOUND_ROUNDS];
    return solution[0];
  }
  if (set == EXCESS) {
    to[index] -= by;
    if (m->x->set->window[index].next >= 0) to[m->x->set->window[index].next] += by * m->carry[index];
    return 0;
  }
  to[index] += by;
  for (int later = index + 1; later < x->windows; later++) to[later] += by * m->counts[index][later];
  return m->charge[index];
}

/* The basis' column: less that of its set's key. */
static double basic_column(const master *m, int set, int index, double *column) {
  for (int n = 0; n < m->x->windows; n++) column[n] = 0;
  double cost = add_column(m, set, index, 1, column);
  return set >= 0 ? cost - add_column(m, set, m->key[set], -1, column) : cost;
}

typedef double row_of[2 * OFR_BOUND_WINDOWS];

static void exchange(row_of a, row_of b, int n) {
  for (int k = 0; k < n; k++) {
    double kept = a[k];
    a[k] = b[k];
    b[k] = kept;
  }
}

/* Gauss and Jordan with row exchanges; false where the basis is singular. */
static bool invert_basis(master *m) {
  static _Thread_local row_of a[OFR_BOUND_WINDOWS];
  double column[OFR_BOUND_WINDOWS];
  int N = m->x->windows;
  for (int j = 0; j < N; j++) {
    basic_column(m, m->basic[j].set, m->basic[j].index, column);
    for (int n = 0; n < N; n++) {
      a[n][j] = column[n];
      a[n][N + j] = n == j;
    }
  }
  for (int j = 0; j < N; j++) {
    int best = j;
    for (int n = j + 1; n < N; n++)
      if (fabs(a[n][j]) > fabs(a[best][j])) best = n;
    if (fabs(a[best][j]) < 1e-12) return false;
    if (best != j) exchange(a[j], a[best], 2 * N);
    double by = 1 / a[j][j];
    for (int k = 0; k < 2 * N; k++) a[j][k] *= by;
    for (int n = 0; n < N; n++) {
      double times = n == j ? 0 : a[n][j];
      for (int k = 0; k < 2 * N && times != 0; k++) a[n][k] -= times * a[j][k];
    }
  }
  for (int n = 0; n < N; n++)
    for (int j = 0; j < N; j++) m->inverse[n][j] = a[n][N + j];
  return true;
}

/* Levels of the basis from what is asked, and the prices at which none of it gains. */
static void find_levels(master *m) {
  int N = m->x->windows;
  double column[OFR_BOUND_WINDOWS], cost[OFR_BOUND_WINDOWS];
  m->objective = m->base;
  for (int j = 0; j < N; j++) {
    double level = 0;
    for (int n = 0; n < N; n++) level += m->inverse[j][n] * m->left[n];
    m->basic[j].level = level > 0 ? level : 0;
    cost[j] = basic_column(m, m->basic[j].set, m->basic[j].index, column);
    m->objective += cost[j] * m->basic[j].level;
  }
  for (int n = 0; n < N; n++) {
    m->price[n] = 0;
    for (int j = 0; j < N; j++) m->price[n] += cost[j] * m->inverse[j][n];
  }
}

typedef struct candidate { int set, index; double gain; } candidate;

static void consider(candidate *best, int set, int index, double gain) {
  if (gain > best->gain) *best = (candidate){set, index, gain};
}

static void consider_month(const master *m, int t, candidate *best) {
  const int C = m->x->commitments, *under = m->under + t * C;
  const double *solution = solutions_of(m, t);
  double cost[OFR_BOUND_ROUNDS] = {0};
  int columns = m->columns, least = 0;
  for (int j = 0; j < columns; j++) cost[j] = solution[j];
  for (int c = 0; c < C; c++) {
    double price = under[c] >= 0 ? m->price[under[c]] : 0;
    solution += OFR_BOUND_ROUNDS;
    if (price == 0) continue;
    for (int j = 0; j < columns; j++) cost[j] -= price * solution[j];
  }
  for (int j = 1; j < columns; j++) least = cost[j] < cost[least] ? j : least;
  consider(best, t, least, cost[m->key[t]] - cost[least]);
}

static void consider_window(const master *m, int n, candidate *best) {
  int next = m->x->set->window[n].next, set = m->x->months + n;
  double later = next >= 0 ? m->price[next] : 0, counted = m->price[n];
  for (int i = n + 1; i < m->x->windows; i++) counted += m->counts[n][i] * m->price[i];
  double deferred = (m->price[n] - later) * m->defer[n];
  consider(best, SHORTFALL, n, counted - m->charge[n]);
  consider(best, EXCESS, n, later * m->carry[n] - m->price[n]);
  if (m->defer[n] > 0) consider(best, set, !m->key[set], m->key[set] ? -deferred : deferred);
}

/* Months are looked through from where the last search ended: the best of the first quarter that has any, or of them all. */
static candidate find_gain(master *m) {
  const space *x = m->x;
  candidate best = {0, -1, MASTER_NOISE};
  for (int n = 0; n < x->windows; n++) consider_window(m, n, &best);
  for (int seen = 1; seen <= x->months && (best.index < 0 || seen % (x->months / 4 + 1)); seen++) {
    consider_month(m, m->next, &best);
    m->next = m->next + 1 < x->months ? m->next + 1 : 0;
  }
  return best;
}

/* Another column becomes a set's key. */
static void change_key(master *m, int set, int index) {
  m->base -= add_column(m, set, m->key[set], 1, m->left);
  m->key[set] = index;
  m->base += add_column(m, set, index, -1, m->left);
}

/* The basis after a step; as it was, and false, where rounding has made the new one singular. */
static bool turn(master *m, candidate in, int leaves, bool key_leaves) {
  chosen out = leaves < 0 ? (chosen){in.set, 0, 0} : m->basic[leaves];
  int key = out.set >= 0 ? m->key[out.set] : 0;
  if (leaves < 0) change_key(m, in.set, in.index); /* the whole set goes over */
  if (key_leaves) change_key(m, out.set, out.index);
  if (leaves >= 0) m->basic[leaves] = (chosen){in.set, in.index, 0};
  bool done = invert_basis(m);
  if (!done) {
    if (out.set >= 0) change_key(m, out.set, key);
    if (leaves >= 0) m->basic[leaves] = out;
    invert_basis(m);
  }
  find_levels(m);
  return done;
}

/* One step; false at the optimum. The key of a set leaves by changing places with a column of its set first. */
static bool step_master(master *m) {
  int N = m->x->windows, leaves = -1;
  bool key_leaves = false;
  candidate in = find_gain(m);
  double column[OFR_BOUND_WINDOWS], alpha[OFR_BOUND_WINDOWS], step = in.set >= 0 ? 1 : 1e300;
  if (in.index < 0) return false;
  basic_column(m, in.set, in.index, column);
  for (int j = 0; j < N; j++) {
    alpha[j] = 0;
    for (int n = 0; n < N; n++) alpha[j] += m->inverse[j][n] * column[n];
    if (m->basic[j].set == in.set && in.set >= 0) step = 1e300; /* its key is judged below */
  }
  for (int j = 0; j < N; j++) {
    int set = m->basic[j].set;
    double level = m->basic[j].level, held = 0, rate = set == in.set ? -1 : 0;
    if (alpha[j] > 1e-9 && level < step * alpha[j]) {
      step = level / alpha[j];
      leaves = j;
      key_leaves = false;
    }
    for (int k = 0; k < N && set >= 0; k++)
      if (m->basic[k].set == set) held += m->basic[k].level, rate += alpha[k];
    if (set < 0 || rate > -1e-9 || 1 - held >= step * -rate) continue;
    step = fmax(0, 1 - held) / -rate;
    leaves = j;
    key_leaves = true;
  }
  if (step > 1e299) return false;
  return turn(m, in, leaves, key_leaves);
}

/* Every window on its own: what is short is charged, what is beyond is excess; in the order in which they settle, so that what
 * one hands on is known to the next. */
static void begin_master(master *m) {
  int N = m->x->windows;
  double left[OFR_BOUND_WINDOWS];
  m->base = 0;
  for (int n = 0; n < N; n++) m->left[n] = m->asked[n];
  for (int set = 0; set < sets_of(m); set++) m->base += add_column(m, set, m->key[set] = 0, -1, m->left);
  for (int n = 0; n < N; n++) left[n] = m->left[n];
  for (int n = 0; n < N; n++) {
    m->basic[n] = (chosen){left[n] > 0 ? SHORTFALL : EXCESS, n, fabs(left[n])};
    add_column(m, m->basic[n].set, n, -m->basic[n].level, left);
  }
  invert_basis(m); /* triangular */
  find_levels(m);
}

static void solve_master(master *m) {
  for (int i = 0; i < MASTER_PIVOTS && step_master(m); i++) {}
}

/* How much the newest solutions could lower the cost at most, at the prices that they were found for. */
static double promise_of(const master *m) {
  double sum = 0;
  for (int t = 0; t < m->x->months; t++) {
    candidate best = {0, -1, 0};
    consider_month(m, t, &best);
    sum += best.gain;
  }
  return sum;
}

/* The shares of month t's solutions. */
static void shares_of(const master *m, int t, float *share, int stride) {
  double rest = 1;
  for (int j = 0; j < m->columns; j++) share[j * stride] = 0;
  for (int j = 0; j < m->x->windows; j++) {
    if (m->basic[j].set != t) continue;
    double level = fmin(m->basic[j].level, rest);
    share[m->basic[j].index * stride] = (float)level;
    rest -= level;
  }
  share[m->key[t] * stride] += (float)rest;
}

/* ---- one path ---- */

/* A charge may come back as credit in later months, as soon as the next: the bound takes it at its best. */
static int64_t charge_today(const space *x, const ofr_bound_window *w) {
  const uint32 *discount = WORDS(x->im, discount);
  if (!WORDS(x->im, credit_months)[w->commitment] || w->settles == x->months - 1) return discount[w->settles];
  return (int64_t)discount[w->settles] - (int64_t)discount[w->settles + 1];
}

static int64_t deferral_of(const space *x, int n, int lane) {
  const ofr_bound_window *w = &x->set->window[n];
  if (w->next < 0) return 0;
  return (int64_t)(((uint128)(uint64_t)x->amount[n * LANES + lane] * WORDS(x->im, deferral)[w->commitment]) >> FRACTION_BITS);
}

static uint32 rate_of(const space *x, int n, int lane) { return x->live[n * LANES + lane] ? x->set->window[n].rate : 0; }

/* The solutions of round j, as the programme reads them. */
static void take_solutions(master *m, int j) {
  const space *x = m->x;
  int C = x->commitments;
  for (int t = 0; t < x->months; t++) {
    double *to = solutions_of(m, t) + j;
    size_t row = (size_t)(j * x->months + t);
    to[0] = (double)x->cost[row * LANES + (size_t)m->lane] / m->unit;
    for (int c = 0; c < C; c++)
      to[(1 + c) * OFR_BOUND_ROUNDS] = (double)x->spend[(row * (size_t)C + (size_t)c) * LANES + (size_t)m->lane] / m->unit;
  }
  m->columns = j + 1;
}

static void open_master(master *m, const space *x, int lane) {
  const double fraction = 1.0 / (1 << FRACTION_BITS), rate_unit = 1.0 / (1 << RATE_BITS);
  size_t T = (size_t)x->months, C = (size_t)x->commitments;
  *m = (master){.x = x, .lane = lane, .unit = 1};
  m->solution = x->solutions + (size_t)lane * T * OFR_BOUND_ROUNDS * (1 + C);
  m->under = x->unders + (size_t)lane * T * C;
  for (size_t i = 0; i < T * C; i++) m->under[i] = x->row[i * LANES + (size_t)lane];
  for (int t = 0; t < x->months; t++) m->unit += (double)x->cost[t * LANES + lane] / x->months;
  for (int n = 0; n < x->windows; n++) {
    const ofr_bound_window *w = &x->set->window[n];
    int at = n * LANES + lane;
    double rate = rate_of(x, n, lane) * rate_unit;
    m->asked[n] = ((double)x->amount[at] - (double)x->relief[at] - (double)x->fixed[at]) / m->unit;
    m->charge[n] = rate * (double)charge_today(x, w) * fraction;
    m->defer[n] = (double)deferral_of(x, n, lane) / m->unit;
    m->carry[n] = w->next >= 0 ? WORDS(x->im, carry_forward)[w->commitment] * fraction : 0;
    for (int later = 0; later < x->windows; later++) {
      int c = x->set->window[later].commitment;
      int alike = c > w->commitment && INTS(x->im, commitment_provider)[c] == INTS(x->im, commitment_provider)[w->commitment];
      if (alike && x->row[(w->settles * x->commitments + c) * LANES + lane] == later) m->counts[n][later] = rate;
    }
  }
  take_solutions(m, 0);
  begin_master(m);
}

/* The prices as whole numbers, such that excess gains nothing by being carried forward. */
static void price_windows(const master *m, space *x, int round) {
  for (int n = x->windows - 1; n >= 0; n--) {
    const ofr_bound_window *w = &x->set->window[n];
    double price = m->price[n] * (1 << FRACTION_BITS) + 0.5;
    uint64_t whole = price > 0 ? price < (double)x->most_price ? (uint64_t)price : x->most_price : 0;
    if (w->next >= 0) {
      uint64_t next = x->lambda[(round * x->windows + w->next) * LANES + m->lane];
      uint64_t carried = ((next * WORDS(x->im, carry_forward)[w->commitment]) >> FRACTION_BITS) + 1;
      if (WORDS(x->im, carry_forward)[w->commitment] && next && carried > whole) whole = carried;
    }
    x->lambda[(round * x->windows + n) * LANES + m->lane] = (uint32)(whole < x->most_price ? whole : x->most_price);
  }
}

__extension__ typedef __int128 int128;

/* Windows' part of the proof, money quanta: what they ask at their prices, less what shortfalls, deferrals and excess could gain
 * where the prices leave them a gain. */
static int64_t prove_windows(const master *m, const space *x, int round) {
  const uint32 *lambda = x->lambda + round * x->windows * LANES + m->lane;
  int128 sum = 0; /* x 2^(FRACTION_BITS + RATE_BITS) */
  for (int n = 0; n < x->windows; n++) {
    const ofr_bound_window *w = &x->set->window[n];
    int at = n * LANES + m->lane;
    int128 price = lambda[n * LANES], next = w->next >= 0 ? lambda[w->next * LANES] : 0;
    int128 amount = x->amount[at], worth = charge_today(x, w), previous = 0;
    sum += (price * (amount - x->relief[at] - x->fixed[at])) * (1 << RATE_BITS);
    for (int i = 0; i < x->windows; i++) {
      if (m->counts[n][i] > 0) worth -= lambda[i * LANES];
      if (x->set->window[i].next == n) previous = deferral_of(x, i, m->lane);
    }
    int128 gain = (price << RATE_BITS) - worth * rate_of(x, n, m->lane);
    if (gain > 0) sum -= gain * (amount + previous);
    if (price > next) sum -= ((price - next) * deferral_of(x, n, m->lane)) * (1 << RATE_BITS);
    int128 carried = next * WORDS(x->im, carry_forward)[w->commitment] - (price << FRACTION_BITS);
    if (w->next >= 0 && carried > 0) return INT64_MIN / 4; /* the cap on prices came between: this round proves nothing */
  }
  return (int64_t)(sum >> (FRACTION_BITS + RATE_BITS)) - 8 * (x->windows + 1);
}
#endif
