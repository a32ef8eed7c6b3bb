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

enum { SHORTFALL = -1, EXCESS = -2, MASTER_PIVOTS = 2000 };
#define MASTER_NOISE  1e-10 /* of a month's mean cost */
#define NEVER         1e300
#define KEY_ROW       OFR_BOUND_ROUNDS

/* A path's, out of those of its bundle. Each round has a row of solutions, one for each month: their costs; what counts under the
 * first commitment; and so on. Those that gained nothing when they were found cost NEVER. A last row repeats the months' keys. */
typedef struct master {
  const space *x;
  int lane, windows;
  GLOBAL double *solution;             /* [rounds + 1][1 + commitments][MONTH_ROOM] */
  GLOBAL double *price_at;             /* [commitments][MONTH_ROOM]: the price of the window that counts it, or 0 */
  GLOBAL int *under;                   /* [commitments][MONTH_ROOM]: that window, or -1 */
  GLOBAL int *rows;                    /* how many rounds there are */
  GLOBAL int *next;                    /* the month at which the search for a gain goes on */
  GLOBAL int *clock, *listed;          /* counts changes of prices; the one after which gains were listed: */
  GLOBAL double *gains;                /* [LOOK_TOGETHER]: of the months before `next` */
  GLOBAL int *moved, *checked;         /* [windows]: the change that moved its price; [months]: after which nothing gained there */
  GLOBAL double *unit;                 /* money quanta in one unit of money here */
  GLOBAL double *base, *objective;     /* what the sets' keys cost; and all of it */
  GLOBAL int *key;                     /* of a set */
  GLOBAL double *asked, *left;         /* less what counts anyway; less what the sets' keys count, too */
  GLOBAL double *charge;               /* of a short unit, today */
  GLOBAL double *defer, *carry;
  GLOBAL double *counts;               /* [window][later]: what a short unit counts under a later one */
  GLOBAL double *price;
  /* the basis: set >= 0, a set's column, `index` in it; else a single one of window `index` */
  GLOBAL int *basic_set, *basic_index;
  GLOBAL double *level, *basic_cost, *inverse;
} master;

typedef struct candidate { int set, index; double gain; } candidate;

FN_BOUND double d_abs(double a) { return a < 0 ? -a : a; }
FN_BOUND double d_max(double a, double b) { return a < b ? b : a; }
FN_BOUND double d_min(double a, double b) { return b < a ? b : a; }

FN_BOUND void find_master(master *m, const space *x, int lane) {
  const int T = MONTHS(x), C = COMMITMENTS(x), N = x->windows, P = MONTH_ROOM(x->im);
  m->x = x;
  m->lane = lane;
  m->windows = N;
  m->solution = x->solution + AT(lane * (OFR_BOUND_ROUNDS + 1) * (1 + C) * P);
  m->price_at = x->price_at + AT(lane * C * P);
  m->under = x->under + AT(lane * C * P);
  m->rows = x->rows + AT(lane);
  m->next = x->next + AT(lane);
  m->clock = x->clock + AT(lane);
  m->listed = x->listed + AT(lane);
  m->gains = x->gains + AT(lane * LOOK_TOGETHER);
  m->moved = x->moved + AT(lane * N);
  m->checked = x->checked + AT(lane * T);
  m->unit = x->unit + AT(lane);
  m->base = x->base + AT(lane);
  m->objective = x->objective + AT(lane);
  m->key = x->set_key + AT(lane * (T + N));
  m->asked = x->asked + AT(lane * N);
  m->left = x->left + AT(lane * N);
  m->charge = x->charge + AT(lane * N);
  m->defer = x->defer + AT(lane * N);
  m->carry = x->carry + AT(lane * N);
  m->counts = x->counts + AT(lane * N * N);
  m->price = x->price_of + AT(lane * N);
  m->basic_set = x->basic_set + AT(lane * N);
  m->basic_index = x->basic_index + AT(lane * N);
  m->level = x->level + AT(lane * N);
  m->basic_cost = x->basic_cost + AT(lane * N);
  m->inverse = x->basis_inverse + AT(lane * N * N);
}

/* Where the costs of a row begin; what counts under commitment c is 1 + c times MONTH_ROOM further on. */
FN_BOUND GLOBAL double *row_of(const master *m, int j) {
  return m->solution + AT(j * (1 + COMMITMENTS(m->x)) * MONTH_ROOM(m->x->im));
}

/* Adds `by` times a column to `to`; returns its cost. */
FN_BOUND double add_column(const master *m, int set, int index, double by, GLOBAL double *to) {
  const space *x = m->x;
  if (set >= MONTHS(x)) {
    int n = set - MONTHS(x), next = x->window[n].next;
    if (index == 0) return 0;
    to[AT(n)] += by * m->defer[AT(n)];
    if (next >= 0) to[AT(next)] -= by * m->defer[AT(n)];
    return 0;
  }
  if (set >= 0) {
    GLOBAL const double *row = row_of(m, index);
    const int P = MONTH_ROOM(x->im);
    for (int c = 0; c < COMMITMENTS(x); c++) {
      int n = m->under[AT(c * P + set)];
      if (n >= 0) to[AT(n)] += by * row[AT((1 + c) * P + set)];
    }
    return row[AT(set)];
  }
  int next = x->window[index].next;
  if (set == EXCESS) {
    to[AT(index)] -= by;
    if (next >= 0) to[AT(next)] += by * m->carry[AT(index)];
    return 0;
  }
  to[AT(index)] += by;
  for (int later = index + 1; later < m->windows && m->x->nested; later++)
    to[AT(later)] += by * m->counts[AT(index * m->windows + later)];
  return m->charge[AT(index)];
}

/* The basis' column: less that of its set's key. */
FN_BOUND double basic_column(const master *m, int set, int index, GLOBAL double *column) {
  for (int n = 0; n < m->windows; n++) column[AT(n)] = 0;
  double cost = add_column(m, set, index, 1, column);
  return set >= 0 ? cost - add_column(m, set, m->key[AT(set)], -1, column) : cost;
}

/* ---- the basis ---- */

/* Gauss and Jordan with row exchanges; 0 where the basis is singular. */
FN_BOUND int invert_basis(const master *m) {
  const int N = m->windows;
  GLOBAL double *a = m->x->work, *column = m->x->entering_column;
  for (int j = 0; j < N; j++) {
    m->basic_cost[AT(j)] = basic_column(m, m->basic_set[AT(j)], m->basic_index[AT(j)], column);
    for (int n = 0; n < N; n++) {
      a[AT(2 * N * n + j)] = column[AT(n)];
      a[AT(2 * N * n + N + j)] = n == j;
    }
  }
  for (int j = 0; j < N; j++) {
    int best = j;
    for (int n = j + 1; n < N; n++)
      if (d_abs(a[AT(2 * N * n + j)]) > d_abs(a[AT(2 * N * best + j)])) best = n;
    if (d_abs(a[AT(2 * N * best + j)]) < 1e-12) return 0;
    for (int k = 0; k < 2 * N && best != j; k++) {
      double kept = a[AT(2 * N * j + k)];
      a[AT(2 * N * j + k)] = a[AT(2 * N * best + k)];
      a[AT(2 * N * best + k)] = kept;
    }
    double by = 1 / a[AT(2 * N * j + j)];
    for (int k = 0; k < 2 * N; k++) a[AT(2 * N * j + k)] *= by;
    for (int n = 0; n < N; n++) {
      double times = n == j ? 0 : a[AT(2 * N * n + j)];
      for (int k = 0; k < 2 * N && times != 0; k++) a[AT(2 * N * n + k)] -= times * a[AT(2 * N * j + k)];
    }
  }
  for (int n = 0; n < N; n++)
    for (int j = 0; j < N; j++) m->inverse[AT(n * N + j)] = a[AT(2 * N * n + N + j)];
  return 1;
}

/* The inverse after column j was replaced by one that is `rate` in terms of the old basis. */
FN_BOUND void pivot_basis(const master *m, GLOBAL const double *rate, int j) {
  const int N = m->windows;
  double by = 1 / rate[AT(j)];
  for (int k = 0; k < N; k++) m->inverse[AT(j * N + k)] *= by;
  for (int n = 0; n < N; n++) {
    double times = n == j ? 0 : rate[AT(n)];
    for (int k = 0; k < N && times != 0; k++) m->inverse[AT(n * N + k)] -= times * m->inverse[AT(j * N + k)];
  }
}

/* Levels of the basis from what is asked, and the prices at which none of it gains. */
FN_BOUND void find_levels(const master *m) {
  const int N = m->windows;
  double objective = *m->base;
  for (int j = 0; j < N; j++) {
    double level = 0;
    for (int n = 0; n < N; n++) level += m->inverse[AT(j * N + n)] * m->left[AT(n)];
    m->level[AT(j)] = level > 0 ? level : 0;
    objective += m->basic_cost[AT(j)] * m->level[AT(j)];
  }
  *m->objective = objective;
}

/* A window's price, for each month in which it counts. */
FN_BOUND void set_price(const master *m, int n, double price) {
  GLOBAL const ofr_bound_window *w = &m->x->window[n];
  const int first = w->commitment * MONTH_ROOM(m->x->im);
  m->price[AT(n)] = price;
  for (int t = w->first; t <= w->settles; t++)
    if (m->under[AT(first + t)] == n) m->price_at[AT(first + t)] = price;
}

FN_BOUND void find_prices(const master *m) {
  const int N = m->windows, clock = *m->clock + 1;
  for (int n = 0; n < N; n++) {
    double price = 0;
    for (int j = 0; j < N; j++) price += m->basic_cost[AT(j)] * m->inverse[AT(j * N + n)];
    if (price == m->price[AT(n)]) continue;
    set_price(m, n, price);
    m->moved[AT(n)] = clock;
  }
  *m->clock = clock;
}

/* ---- which column gains ---- */

FN_BOUND void consider(candidate *best, int set, int index, double gain) {
  if (!(gain > best->gain)) return;
  best->set = set;
  best->index = index;
  best->gain = gain;
}

/* What the solutions of row j cost at the windows' prices, in month t and as many after it as there are DOUBLES. */
FN_BOUND doubles priced_months(const master *m, int t, int j) {
  const int P = MONTH_ROOM(m->x->im);
  GLOBAL const double *row = row_of(m, j);
  doubles cost = v_load(row + AT(t));
  for (int c = 0; c < COMMITMENTS(m->x); c++)
    cost = cost - v_load(m->price_at + AT(c * P + t)) * v_load(row + AT((1 + c) * P + t));
  return cost;
}

FN_BOUND double priced(const master *m, int t, int j) {
  const int P = MONTH_ROOM(m->x->im);
  GLOBAL const double *row = row_of(m, j);
  double cost = row[AT(t)];
  for (int c = 0; c < COMMITMENTS(m->x); c++) cost = cost - m->price_at[AT(c * P + t)] * row[AT((1 + c) * P + t)];
  return cost;
}

/* Which solution of month t costs least, the first of several. */
FN_BOUND int cheapest_of(const master *m, int t) {
  double least = priced(m, t, 0);
  int index = 0;
  for (int j = 1; j < *m->rows; j++) {
    double cost = priced(m, t, j);
    if (!(cost < least)) continue;
    least = cost;
    index = j;
  }
  return index;
}

/* What the solutions beside the key gain, of month t and as many after it as there are DOUBLES. */
FN_BOUND doubles gains_of(const master *m, int t) {
  doubles key = priced_months(m, t, KEY_ROW), least = key;
  for (int j = 0; j < *m->rows; j++) least = v_least(least, priced_months(m, t, j));
  return key - least;
}

/* Nothing has changed since no solution of month t gained anything. */
FN_BOUND int settled(const master *m, int t) {
  const int checked = m->checked[AT(t)], P = MONTH_ROOM(m->x->im);
  for (int c = 0; c < COMMITMENTS(m->x); c++) {
    int n = m->under[AT(c * P + t)];
    if (n >= 0 && m->moved[AT(n)] > checked) return 0;
  }
  return checked >= 0;
}

FN_BOUND void consider_window(const master *m, int n, candidate *best) {
  int next = m->x->window[n].next, set = MONTHS(m->x) + n, key = m->key[AT(set)];
  double later = next >= 0 ? m->price[AT(next)] : 0, price = m->price[AT(n)], counted = price;
  for (int i = n + 1; i < m->windows && m->x->nested; i++) counted += m->counts[AT(n * m->windows + i)] * m->price[AT(i)];
  double deferred = (price - later) * m->defer[AT(n)];
  consider(best, SHORTFALL, n, counted - m->charge[AT(n)]);
  consider(best, EXCESS, n, later * m->carry[AT(n)] - price);
  if (m->defer[AT(n)] > 0) consider(best, set, !key, key ? -deferred : deferred);
}

/* Lists the gains of months from t to `end`; whether there are any. Where months come one at a time, those that are settled are
 * left out: they gain nothing. */
FN_BOUND int list_gains(const master *m, int t, int end) {
  const int first = t;
  int any = 0;
  for (; t < end; t += DOUBLES) {
    doubles gain = V(0.0);
    if (DOUBLES > 1 || !settled(m, t)) {
      gain = gains_of(m, t);
      if (v_any_above(gain, MASTER_NOISE)) any = 1;
      else if (DOUBLES == 1) m->checked[AT(t)] = *m->clock;
    }
    v_store(m->gains + AT(t - first), gain);
  }
  return any;
}

/* The largest gain of those listed, where prices are still the same; it is then struck off. */
FN_BOUND void take_listed(const master *m, candidate *best) {
  const int T = MONTHS(m->x), end = *m->next > 0 ? *m->next : T, first = (end - 1) / LOOK_TOGETHER * LOOK_TOGETHER;
  if (*m->listed != *m->clock) return;
  for (int t = first; t < end; t += DOUBLES) {
    if (!v_any_above(v_load(m->gains + AT(t - first)), best->gain)) continue;
    for (int k = 0; k < DOUBLES; k++) consider(best, t + k, 0, m->gains[AT(t + k - first)]);
  }
  if (best->index < 0 || best->set < 0) return;
  m->gains[AT(best->set - first)] = 0;
  best->index = cheapest_of(m, best->set);
}

/* Months are looked through from where the last search ended, some together, until some of these have a gain. */
FN_BOUND candidate find_gain(const master *m) {
  const int T = MONTHS(m->x);
  candidate best;
  int t = *m->next, seen = 0, any = 0;
  best.set = 0;
  best.index = -1;
  best.gain = MASTER_NOISE;
  take_listed(m, &best);
  if (best.index >= 0) return best;
  for (int n = 0; n < m->windows; n++) consider_window(m, n, &best);
  if (best.index >= 0) return best;
  while (seen < T && !any) {
    int end = t + LOOK_TOGETHER < T ? t + LOOK_TOGETHER : T;
    seen += end - t;
    any = list_gains(m, t, end);
    t = end < T ? end : 0;
  }
  *m->next = t;
  *m->listed = *m->clock;
  take_listed(m, &best);
  return best;
}

/* ---- a step ---- */

/* Repeats solution j of month t in the last row. */
FN_BOUND void repeat_key(const master *m, int t, int j) {
  const int P = MONTH_ROOM(m->x->im);
  for (int c = 0; c <= COMMITMENTS(m->x); c++) row_of(m, KEY_ROW)[AT(c * P + t)] = row_of(m, j)[AT(c * P + t)];
}

/* Another column becomes a set's key. */
FN_BOUND void change_key(const master *m, int set, int index) {
  *m->base -= add_column(m, set, m->key[AT(set)], 1, m->left);
  m->key[AT(set)] = index;
  if (set < MONTHS(m->x)) {
    repeat_key(m, set, index);
    m->checked[AT(set)] = -1;
  }
  *m->base += add_column(m, set, index, -1, m->left);
}

/* How many columns of a set are in the basis. */
FN_BOUND int basic_of(const master *m, int set) {
  int count = 0;
  for (int j = 0; j < m->windows; j++) count += m->basic_set[AT(j)] == set;
  return count;
}

/* Inverts the basis anew; where rounding has made it singular, puts column j and the key of its set back as they were, and says
 * so by 0. */
FN_BOUND int invert_or_undo(const master *m, int j, int set, int index, int key) {
  if (invert_basis(m)) return 1;
  if (set >= 0) change_key(m, set, key);
  if (j >= 0) {
    m->basic_set[AT(j)] = set;
    m->basic_index[AT(j)] = index;
  }
  invert_basis(m);
  return 0;
}

/* What a set or a column changes places with. */
typedef struct exchange { int leaves, key_leaves; double step; } exchange;

/* The basis after a step; as it was, and 0, where it would be singular. Prices stay where no column of the basis changes. */
FN_BOUND int turn(const master *m, candidate in, exchange e) {
  GLOBAL double *rate = m->x->entering_rate;
  const int leaves = e.leaves;
  int set = leaves < 0 ? in.set : m->basic_set[AT(leaves)], index = leaves < 0 ? in.index : m->basic_index[AT(leaves)];
  int key = set >= 0 ? m->key[AT(set)] : 0, done = 1;
  /* other columns of the set stand on its key */
  int shifted = leaves < 0 ? basic_of(m, set) > 0 : e.key_leaves && basic_of(m, set) > 1;
  if (leaves < 0 || e.key_leaves) change_key(m, set, index); /* the whole set goes over, or the two change places first */
  if (leaves < 0 && !shifted) {
    for (int j = 0; j < m->windows; j++) m->level[AT(j)] = d_max(0, m->level[AT(j)] - rate[AT(j)]);
    return 1;
  }
  if (leaves >= 0) {
    m->basic_set[AT(leaves)] = in.set;
    m->basic_index[AT(leaves)] = in.index;
  }
  if (shifted) {
    done = invert_or_undo(m, leaves, set, index, key);
  } else {
    if (e.key_leaves && in.set == set) rate[AT(leaves)] -= 1;
    m->basic_cost[AT(leaves)] = basic_column(m, in.set, in.index, m->x->entering_column);
    pivot_basis(m, rate, leaves);
  }
  find_levels(m);
  find_prices(m);
  return done;
}

/* What falls to zero first as the entering column grows: one of the basis; or the key of its set, which leaves by changing places
 * with it first; or, where leaves is -1, the key of the entering one's own set. */
FN_BOUND exchange find_exchange(const master *m, candidate in) {
  const int N = m->windows;
  GLOBAL const double *rate = m->x->entering_rate;
  exchange e;
  e.leaves = -1;
  e.key_leaves = 0;
  e.step = in.set >= 0 && basic_of(m, in.set) == 0 ? 1 : NEVER;
  for (int j = 0; j < N; j++) {
    int set = m->basic_set[AT(j)];
    double held = 0, rises = set == in.set ? -1 : 0;
    if (rate[AT(j)] > 1e-9 && m->level[AT(j)] < e.step * rate[AT(j)]) {
      e.step = m->level[AT(j)] / rate[AT(j)];
      e.leaves = j;
      e.key_leaves = 0;
    }
    for (int k = 0; k < N && set >= 0; k++) {
      if (m->basic_set[AT(k)] != set) continue;
      held += m->level[AT(k)];
      rises += rate[AT(k)];
    }
    if (set < 0 || rises > -1e-9 || 1 - held >= e.step * -rises) continue;
    e.step = d_max(0, 1 - held) / -rises;
    e.leaves = j;
    e.key_leaves = 1;
  }
  return e;
}

/* One step; 0 at the optimum. */
FN_BOUND int step_master(const master *m) {
  const int N = m->windows;
  GLOBAL double *column = m->x->entering_column, *rate = m->x->entering_rate;
  candidate in = find_gain(m);
  if (in.index < 0) return 0;
  basic_column(m, in.set, in.index, column);
  for (int j = 0; j < N; j++) {
    double sum = 0;
    for (int n = 0; n < N; n++) sum += m->inverse[AT(j * N + n)] * column[AT(n)];
    rate[AT(j)] = sum;
  }
  exchange e = find_exchange(m, in);
  return e.step < NEVER && turn(m, in, e);
}

/* Every window on its own: what is short is charged, what is beyond is excess; in the order in which they settle, so that what
 * one hands on is known to the next. */
FN_BOUND void begin_master(const master *m) {
  const int N = m->windows, sets = MONTHS(m->x) + N;
  GLOBAL double *rest = m->x->entering_rate;
  *m->base = 0;
  for (int t = MONTHS(m->x); t < MONTH_ROOM(m->x->im); t++) repeat_key(m, t, 0);
  for (int n = 0; n < N; n++) m->left[AT(n)] = m->asked[AT(n)];
  for (int set = 0; set < sets; set++) {
    m->key[AT(set)] = 0;
    if (set < MONTHS(m->x)) repeat_key(m, set, 0);
    *m->base += add_column(m, set, 0, -1, m->left);
  }
  for (int n = 0; n < N; n++) rest[AT(n)] = m->left[AT(n)];
  for (int n = 0; n < N; n++) {
    double short_by = rest[AT(n)];
    m->basic_set[AT(n)] = short_by > 0 ? SHORTFALL : EXCESS;
    m->basic_index[AT(n)] = n;
    add_column(m, m->basic_set[AT(n)], n, -d_abs(short_by), rest);
  }
}

/* From the basis at hand; that of begin_master is triangular. */
FN_BOUND void solve_master(const master *m) {
  invert_basis(m);
  find_levels(m);
  find_prices(m);
  for (int i = 0; i < MASTER_PIVOTS && step_master(m); i++) {}
  find_levels(m);
}

/* The shares of month t's solutions, by the round in which they were found. */
FN_BOUND void share_out(const master *m, int t) {
  const int J = OFR_BOUND_ROUNDS;
  GLOBAL float *share = m->x->share + LANE_AT(t * J, m->lane);
  double rest = 1;
  for (int j = 0; j < J; j++) share[LANE_AT(j, 0)] = 0;
  for (int j = 0; j < m->windows; j++) {
    if (m->basic_set[AT(j)] != t) continue;
    double level = d_min(m->level[AT(j)], rest);
    share[LANE_AT(m->basic_index[AT(j)], 0)] = (float)level;
    rest -= level;
  }
  share[LANE_AT(m->key[AT(t)], 0)] += (float)rest;
}

/* ---- one path ---- */

/* A charge may come back as credit in later months, as soon as the next: the bound takes it at its best. */
FN_BOUND int64 charge_today(const space *x, int n) {
  GLOBAL const ofr_bound_window *w = &x->window[n];
  GLOBAL const uint32 *discount = WORDS(x->im, discount);
  if (!WORDS(x->im, credit_months)[w->commitment] || w->settles == MONTHS(x) - 1) return discount[w->settles];
  return (int64)discount[w->settles] - (int64)discount[w->settles + 1];
}

FN_BOUND int64 deferral_of(const space *x, int n, int lane) {
  GLOBAL const ofr_bound_window *w = &x->window[n];
  if (w->next < 0) return 0;
  return x_shr(x_mul((uint64)x->amount[LANE_AT(n, lane)], WORDS(x->im, deferral)[w->commitment]), FRACTION_BITS);
}

FN_BOUND uint32 rate_of(const space *x, int n, int lane) { return x->live[LANE_AT(n, lane)] ? x->window[n].rate : 0; }

/* Month t's solution of a round, in the programme's unit. */
FN_BOUND void take_solution(const master *m, int round, int t) {
  const space *x = m->x;
  const int C = COMMITMENTS(x), P = MONTH_ROOM(x->im);
  const double per = 1 / *m->unit;
  GLOBAL double *row = row_of(m, round) + AT(t);
  row[0] = (double)x->cost[LANE_AT(t, m->lane)] * per;
  for (int c = 0; c < C; c++) row[AT((1 + c) * P)] = (double)x->spend[LANE_AT(t * C + c, m->lane)] * per;
}

FN_BOUND void leave_out(const master *m, int round, int t) {
  const int C = COMMITMENTS(m->x), P = MONTH_ROOM(m->x->im);
  GLOBAL double *row = row_of(m, round) + AT(t);
  row[0] = NEVER;
  for (int c = 0; c < C; c++) row[AT((1 + c) * P)] = 0;
}

/* The solutions of a round, where they gain anything at the prices that they were found for; how much that could lower the cost at
 * most. */
FN_BOUND double take_solutions(const master *m, int round) {
  const int T = MONTHS(m->x), P = MONTH_ROOM(m->x->im);
  double promise = 0;
  for (int t = 0; t < T; t++) {
    if (m->x->cost[LANE_AT(t, m->lane)] < 0) {
      leave_out(m, round, t);
      continue;
    }
    take_solution(m, round, t);
    if (round == 0) continue;
    double gain = priced(m, t, KEY_ROW) - priced(m, t, round);
    if (gain > 0) promise += gain;
    if (gain > MASTER_NOISE) m->checked[AT(t)] = -1;
    else leave_out(m, round, t);
  }
  for (int t = T; t < P; t++) leave_out(m, round, t);
  *m->rows = round + 1;
  return promise;
}

FN_BOUND void open_master(const master *m) {
  const space *x = m->x;
  const double fraction = 1.0 / (1 << FRACTION_BITS), rate_unit = 1.0 / (1 << RATE_BITS);
  const int T = MONTHS(x), C = COMMITMENTS(x), P = MONTH_ROOM(x->im), N = m->windows;
  double unit = 1;
  for (int t = 0; t < T; t++) {
    unit += (double)x->cost[LANE_AT(t, m->lane)] / T;
    m->checked[AT(t)] = -1;
  }
  for (int t = 0; t < P; t++)
    for (int c = 0; c < C; c++) {
      m->under[AT(c * P + t)] = t < T ? x->row[LANE_AT(t * C + c, m->lane)] : -1;
      m->price_at[AT(c * P + t)] = 0;
    }
  *m->unit = unit;
  *m->next = *m->clock = 0;
  *m->listed = -1;
  for (int n = 0; n < N; n++) {
    GLOBAL const ofr_bound_window *w = &x->window[n];
    int at = LANE_AT(n, m->lane);
    double rate = rate_of(x, n, m->lane) * rate_unit;
    m->price[AT(n)] = 0;
    m->moved[AT(n)] = 0;
    m->asked[AT(n)] = ((double)x->amount[at] - (double)x->relief[at] - (double)x->fixed[at]) / unit;
    m->charge[AT(n)] = rate * (double)charge_today(x, n) * fraction;
    m->defer[AT(n)] = (double)deferral_of(x, n, m->lane) / unit;
    m->carry[AT(n)] = w->next >= 0 ? WORDS(x->im, carry_forward)[w->commitment] * fraction : 0;
    for (int later = 0; later < N && x->nested; later++) {
      int c = x->window[later].commitment;
      int alike = c > w->commitment &&
                  STRUCTURE(x->im, commitment_provider, c) == STRUCTURE(x->im, commitment_provider, w->commitment);
      int counted = alike && x->row[LANE_AT(w->settles * C + c, m->lane)] == later;
      m->counts[AT(n * N + later)] = counted ? rate : 0;
    }
  }
}

/* The prices as whole numbers, such that excess gains nothing by being carried forward. */
FN_BOUND void price_windows(const master *m, int round) {
  const space *x = m->x;
  GLOBAL uint32 *lambda = x->lambda + LANE_AT(round * m->windows, m->lane);
  for (int n = m->windows - 1; n >= 0; n--) {
    GLOBAL const ofr_bound_window *w = &x->window[n];
    const uint64 most = w->most_price;
    double price = m->price[AT(n)] * (1 << FRACTION_BITS) + 0.5;
    uint64 whole = price > 0 ? price < (double)most ? (uint64)price : most : 0;
    if (w->next >= 0) {
      uint64 next = lambda[LANE_AT(w->next, 0)], carry = WORDS(x->im, carry_forward)[w->commitment];
      uint64 carried = ((next * carry) >> FRACTION_BITS) + 1;
      if (carry && next && carried > whole) whole = carried;
    }
    lambda[LANE_AT(n, 0)] = (uint32)(whole < most ? whole : most);
  }
}
#endif
