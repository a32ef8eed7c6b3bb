/* Of all placements of a month that save the same, the one of plan order: the work listed first is served most, and of that, the
 * slot listed first holds most, then the next slot; then the work listed next, and so on. Slots are in merit order's own: what is
 * reserved first, then as in the plan.
 *
 * From a best basis on, the simplex goes along columns that gain nothing: with one of them entering, what is placed changes in a
 * known direction, and of all that changes what comes first in plan order tells whether it is for the better. No such column left
 * means that no placement as good comes before this one: it is the simplex method with gains that are ordered lists of numbers
 * (Dantzig, Orden and Wolfe 1955), of which only the first that is not 0 is ever looked at. Prices stay as they are.
 */
#ifndef OFR_PLAN_ORDER_H
#define OFR_PLAN_ORDER_H

#define SAME_GAIN   (4.0f * PRICE_NOISE) /* gains that differ by less, of a slot's best profit, are the same */
#define ORDER_NOISE (16.0f * PIVOT_NOISE) /* changes below this share of what they are summed from are none */

#define LAST_RANK   0xffffffu

/* Where a column comes in plan order: after all columns of the work before; unserved work first, then slot by slot; free capacity
 * last of all. */
FN word rank_of(GLOBAL const ofr_image *im, word who, word slot) {
  return who << 8 | w_select(w_eq(slot, W((uint32)DIM(im, slots))), W(0u), slot + W(1u));
}

/* From here on `profit` and `best` tell of each column, and of free capacity, by their sign whether the best basis might hold it as
 * well: 0 and more if so. The lanes in which that is more than a basis holds. */
FN mask find_ties(GLOBAL const ofr_image *im, int n, transport *x, real *noise) {
  int slots = DIM(im, slots);
  real ties = R(0.0f);
  *noise = R(0.0f);
  for (int i = 0; i < slots; i++) *noise = r_max(*noise, x->best[i] * R(SAME_GAIN));
  for (int w = 0; w < n; w++) ties = ties + r_select(r_le(x->price[w], *noise), R(1.0f), R(0.0f));
  for (int i = 0; i < slots; i++) {
    real rent = R(0.0f), same = x->best[i] * R(SAME_GAIN);
    for (int w = 0; w < n; w++) {
      x->profit[w * slots + i] = r_fma(R(-x->speed[w * slots + i]), x->price[w], x->profit[w * slots + i]);
      rent = r_max(rent, x->profit[w * slots + i]);
    }
    for (int w = 0; w < n; w++) {
      x->profit[w * slots + i] = x->profit[w * slots + i] - rent + same;
      ties = ties + r_select(r_le(R(0.0f), x->profit[w * slots + i]), R(1.0f), R(0.0f));
    }
    x->best[i] = same - rent;
    ties = ties + r_select(r_le(R(0.0f), x->best[i]), R(1.0f), R(0.0f));
  }
  return r_lt(R((float)(n + slots) + 0.5f), ties);
}

/* What may change as another column enters, things by the side of one another: the columns of the basis, then the keys of their
 * slots. The key of a slot that has no column changes with its own slot's columns only. */
typedef struct standing {
  word rank[2 * N_WORKLOADS];
  real up[2 * N_WORKLOADS * N_WORKLOADS]; /* [thing][workload]: what is better in plan order, for each unit of demand taken */
  real size[2 * N_WORKLOADS];             /* of a thing: what its row sums up to, for what is rounding in it */
} standing;

FN void find_standing(GLOBAL const ofr_image *im, int n, const transport *x, standing *y) {
  word none = W((uint32)DIM(im, slots)), keys[N_WORKLOADS];
  for (int j = 0; j < n; j++) keys[j] = W((uint32)n);
  for (int i = 0; i < DIM(im, slots); i++)
    for (int j = 0; j < n; j++) keys[j] = w_select(w_eq(x->slot[j], W((uint32)i)), x->key[i], keys[j]);
  for (int j = 0; j < n; j++) {
    mask undone = w_eq(x->slot[j], none);
    y->rank[j] = rank_of(im, x->who[j], x->slot[j]);
    y->rank[n + j] = w_select(undone, W(LAST_RANK), rank_of(im, keys[j], x->slot[j]));
    y->size[j] = y->size[n + j] = R(0.0f);
    for (int w = 0; w < n; w++) {
      real row = x->inverse[j * n + w], sum = R(0.0f);
      for (int k = 0; k < n; k++) sum = sum + r_select(w_eq(x->slot[k], x->slot[j]), x->inverse[k * n + w], R(0.0f));
      y->up[j * n + w] = r_select(undone, row, R(0.0f) - row);
      y->up[(n + j) * n + w] = sum;
      y->size[j] = y->size[j] + r_abs(row);
      y->size[n + j] = y->size[n + j] + r_abs(sum);
    }
    y->size[j] = y->size[j] * R(ORDER_NOISE);
    y->size[n + j] = y->size[n + j] * R(ORDER_NOISE);
  }
}

/* A slot as its columns meet it. */
typedef struct meeting {
  int slot;
  word key;
  real key_speed, room;
  real off[2 * N_WORKLOADS];              /* of a thing: how much worse it gets by what the slot's key gives up */
  mask alone;
} meeting;

FN void meet_slot(GLOBAL const ofr_image *im, int n, const transport *x, const standing *y, int i, meeting *m) {
  int slots = DIM(im, slots);
  m->slot = i;
  m->key = i == slots ? W((uint32)n) : nth_word(x->key, slots, i);
  m->room = i == slots ? R(NO_LIMIT) : nth(x->room, slots, i);
  m->key_speed = R(0.0f);
  m->alone = i == slots ? m_none() : m_all();
  for (int v = 0; v < 2 * n; v++) m->off[v] = R(0.0f);
  for (int w = 0; w < n && i < slots; w++) {
    mask is = w_eq(m->key, W((uint32)w));
    real speed = r_select(is, R(x->speed[w * slots + i]), R(0.0f));
    m->key_speed = m->key_speed + speed;
    for (int v = 0; v < 2 * n; v++) m->off[v] = r_fma(speed, y->up[v * n + w], m->off[v]);
  }
  for (int j = 0; j < n; j++) {
    mask here = w_eq(x->slot[j], W((uint32)i));
    m->alone = m_and_not(m->alone, here);
    m->off[n + j] = m->off[n + j] + r_select(here, R(1.0f), R(0.0f));
  }
}

/* The first in plan order of what changes as work `who` enters the slot; whether that is for the better. */
FN mask first_change(GLOBAL const ofr_image *im, int n, const standing *y, const meeting *m, int who, real speed, word *first) {
  mask better = m->slot == DIM(im, slots) ? m_none() : m_all(), alone;
  word key = rank_of(im, m->key, W((uint32)m->slot));
  real size = speed + m->key_speed;
  *first = rank_of(im, W((uint32)who), W((uint32)m->slot));
  alone = m_and(m->alone, w_lt(key, *first)); /* then the slot's key falls as fast as work enters */
  *first = w_select(alone, key, *first);
  better = m_and_not(better, alone);
  for (int v = 0; v < 2 * n; v++) {
    real up = r_fma(speed, nth(y->up + v * n, n, who < n ? who : 0), R(0.0f) - m->off[v]);
    mask moves = m_and(r_lt(y->size[v] * size, r_abs(up)), w_lt(y->rank[v], *first));
    *first = w_select(moves, y->rank[v], *first);
    better = m_or(m_and_not(better, moves), m_and(moves, r_lt(R(0.0f), up)));
  }
  return better;
}

/* The lanes in which column `who` of slot i may enter. */
FN mask may_enter(GLOBAL const ofr_image *im, int n, const transport *x, const standing *y, real noise, int who, int i) {
  int slots = DIM(im, slots);
  uint32 rank = (uint32)who << 8 | (i == slots ? 0u : (uint32)i + 1u);
  mask able;
  if (i == slots) able = who == n ? m_none() : r_le(nth(x->price, n, who < n ? who : 0), noise);
  else able = r_le(R(0.0f), who == n ? nth(x->best, slots, i) : nth(x->profit, n * slots, who * slots + i));
  if (i < slots) able = m_and_not(able, w_eq(nth_word(x->key, slots, i), W((uint32)who)));
  for (int j = 0; j < n; j++) able = m_and_not(able, w_eq(y->rank[j], W(rank)));
  return able;
}

/* Of the columns that may enter for the better the one that betters what is first in plan order, in the lanes of `active`. */
FN void find_entering_in_order(GLOBAL const ofr_image *im, int n, const transport *x, mask active, real noise, entering *e) {
  int slots = DIM(im, slots);
  standing y;
  word best = W((uint32)n << 8);
  find_standing(im, n, x, &y);
  e->any = m_none();
  e->who = e->slot = e->key = W(0u);
  e->room = e->speed = e->key_speed = e->gain = R(0.0f);
  ROLLED for (int i = 0; i <= slots; i++) {
    meeting m;
    mask able[N_WORKLOADS + 1], some = m_none();
    UNROLL for (int who = 0; who <= n; who++) {
      able[who] = m_and(active, may_enter(im, n, x, &y, noise, who, i));
      some = m_or(some, able[who]);
    }
    if (!m_any(some)) continue;
    meet_slot(im, n, x, &y, i, &m);
    UNROLL for (int who = 0; who <= n; who++) {
      word first;
      if (!m_any(able[who])) continue;
      real speed = R(i == slots ? 1.0f : who == n ? 0.0f : x->speed[who * slots + i]);
      mask better = m_and(able[who], first_change(im, n, &y, &m, who, speed, &first));
      better = m_and(better, w_lt(first, best));
      best = w_select(better, first, best);
      e->any = m_or(e->any, better);
      e->who = w_select(better, W((uint32)who), e->who);
      e->slot = w_select(better, W((uint32)i), e->slot);
      e->key = w_select(better, m.key, e->key);
      e->room = r_select(better, m.room, e->room);
      e->speed = r_select(better, speed, e->speed);
      e->key_speed = r_select(better, m.key_speed, e->key_speed);
    }
  }
}
#endif
