/* First refusals, and with them the whole of placing: where the merit order reaches a rival's pool, the holder may match the
 * offer. Slots take their turns one after the other here, for what one takes changes what the next may. MODEL section 7. */
#ifndef OFR_REFUSALS_H
#define OFR_REFUSALS_H

/* The first refusal that binds workload w this month, of a strategy: at most one does. -1: none. */
FN int refusal_of(GLOBAL const ofr_image *im, int s, int w, int t) {
  for (int f = 0; f < DIM(im, refusals); f++)
    if (STRUCTURE(im, refusal_covers, f * DIM(im, workloads) + w) && signs(im, s, REFUSAL(im, f)) &&
        t >= INTS(im, refusal_from)[f] && t <= INTS(im, refusal_to)[f])
      return f;
  return -1;
}

/* What a workload's slots are asked in their turns. */
typedef struct turns {
  int holder;
  mask asked;                /* the holder takes up its right */
  word rank[N_SLOTS + 3];    /* of a choice in merit order, times 2; plus 1 where it has no capacity, and so no turn */
#if !CHOICES_IN_REGISTERS
  int matchers, matcher[N_SLOTS + 3]; /* choices that are the holder's own open pools */
#endif
  real offer[N_SLOTS + 3];   /* what a rival's choice asks, $ per reference accelerator-hour */
  real taken[N_SLOTS + 3], paid[N_SLOTS + 3]; /* accelerators, in a choice's own turn: see end_turn */
  real left;                 /* demand minus the capacity of every slot whose turn is over */
} turns;

FN int may_use(GLOBAL const ofr_image *im, int s, int w, int i) {
  return FLOATS(im, may_place)[(s * DIM(im, workloads) + w) * DIM(im, slots) + i] > 0.0f;
}

/* The holder's own open pools that the strategy may use. */
FN int may_match(GLOBAL const ofr_image *im, const turns *q, int s, int w, int i) {
  return STRUCTURE(im, slot_reservation, i) < 0 && provider_of(im, i) == q->holder && may_use(im, s, w, i);
}

/* Where registers hold the choice its matchers are not listed: what is none has no room, and only slots of one provider meet. */
#if CHOICES_IN_REGISTERS
#define EACH_MATCHER(j)        EACH_CHOICE(j) if (STRUCTURE(im, slot_reservation, j) < 0)
#define EACH_MATCHER_BY(k, j)  EACH_MATCHER(k) if (provider_of(im, k) == provider_of(im, j))
#define MATCHES(im, q, s, w, i) may_match(im, q, s, w, i)
#else
#define EACH_MATCHER(j)        ROLLED for (int at_##j = 0, j; at_##j < q->matchers && (j = q->matcher[at_##j], 1); at_##j++)
#define EACH_MATCHER_BY(k, j)  EACH_MATCHER(k)
#define MATCHES(im, q, s, w, i) 1
#endif

FN real egress_of(GLOBAL const ofr_image *im, int w, int t, int i) {
  if (!HAS(im, egress) || !STRUCTURE(im, away, w * DIM(im, providers) + provider_of(im, i))) return R(0.0f);
  return R(FLOATS(im, egress_key)[t * DIM(im, workloads) + w]);
}

/* Work that slot i and its provider's share have room for. */
FN real room_of(GLOBAL const ofr_image *im, const placement *p, int w, int i) {
  real room = p->free[i] * R(FLOATS(im, speed)[w * DIM(im, slots) + i]);
  if (HAS(im, max_share)) room = r_min(room, p->budget[provider_of(im, i)]);
  return room;
}

/* Whole accelerators of slot i for so much work, as far as they are free. */
FN real accelerators_for(GLOBAL const ofr_image *im, const placement *p, int w, int i, real asked) {
  real whole = r_floor(r_max(asked, R(0.0f)) * R(FLOATS(im, inverse_speed)[w * DIM(im, slots) + i]));
  return r_min(whole, p->free[i]);
}

FN void take(GLOBAL const ofr_image *im, placement *p, real *work, tally *sum, int s, int w, int i, real taken) {
  int g = provider_of(im, i), at = w * DIM(im, slots) + i;
  real speed = R(FLOATS(im, speed)[at]);
  sum->served = r_fma(taken, speed, sum->served);
  work[i] = r_fma(taken, R(FLOATS(im, speed_duty)[at]), work[i]);
  p->used[i] = r_fma(taken, R(FLOATS(im, duty)[w]), p->used[i]);
  if (HAS(im, max_share)) p->budget[g] = r_max(p->budget[g] - taken * speed, R(0.0f));
  if (HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + g)) sum->away = r_fma(taken, speed, sum->away);
  TRACE_PLACED(s, w, i, taken);
}

/* Matched accelerators are paid at the offer where that is below the holder's own price; net, and never below nothing. */
FN void pay_offer(GLOBAL const ofr_image *im, placement *p, int s, int w, int t, int i, real taken, real offer) {
  int k = STRUCTURE(im, slot_pool, i), at = w * DIM(im, slots) + i;
  real egress = egress_of(im, w, t, i);
  real own = r_fma(p->match->marginal[i], R(FLOATS(im, inverse_speed)[at]), egress);
  real price = r_max(offer - egress, R(0.0f)) * R(FLOATS(im, speed)[at]);
  real busy = r_select(r_lt(offer, own), taken * R(FLOATS(im, duty)[w]), R(0.0f));
  word hours = w_from_real(busy * R(WORK_FRACTION));
  wide spend = l_mul(hours, w_from_real(r_min(price, p->match->marginal[i]) * R(FLOATS(im, price_scale)[k])));
  spend = l_money(im, spend, INTS(im, price_shift)[k]);
  p->match->matched[i] = p->match->matched[i] + busy;
  p->match->spend[i] = l_add(p->match->spend[i], spend);
  TRACE_MATCHED(s, w, i, r_select(r_lt(offer, own), taken, R(0.0f)), spend);
}

/* The holder's open pools, cheapest first, take what they can of `work_asked`; returned is what they leave. A pool whose egress
 * alone is above the offer cannot match it. */
FN real match_offer(GLOBAL const ofr_image *im, placement *p, real *work, const choice *x, tally *sum, const turns *q, int s, int w,
                    int t, real work_asked, real offer) {
  real room[N_SLOTS + 3], rest = work_asked, most = work_asked;
  if (HAS(im, max_share)) most = r_min(most, nth(p->budget, DIM(im, providers), q->holder));
  EACH_MATCHER(j) {
    int i = CHOSEN(x, j);
    room[j] = MATCHES(im, q, s, w, i) ? room_of(im, p, w, i) : R(0.0f);
    if (HAS(im, egress)) room[j] = r_select(r_lt(offer, egress_of(im, w, t, i)), R(0.0f), room[j]);
  }
  EACH_MATCHER(j) {
    int i = CHOSEN(x, j);
    if (!m_any(r_lt(R(0.0f), room[j]))) continue;
    real asked = most;
    EACH_MATCHER_BY(k, j) asked = r_take(w_lt(q->rank[k], q->rank[j]), asked, room[k]);
    real taken = accelerators_for(im, p, w, i, r_min(asked, room[j]));
    p->free[i] = p->free[i] - taken;
    take(im, p, work, sum, s, w, i, taken);
    pay_offer(im, p, s, w, t, i, taken, offer);
    rest = rest - taken * R(FLOATS(im, speed)[w * DIM(im, slots) + i]);
  }
  return r_max(rest, R(0.0f));
}

FN int is_rival(GLOBAL const ofr_image *im, const turns *q, int i) {
  return provider_of(im, i) != q->holder && STRUCTURE(im, slot_reservation, i) < 0;
}

/* What a choice took in its own turn: what is gone, and what of it serves. Where a bundle has many paths that waits until all turns
 * are over, for one turn is another choice's in every lane; but for what the holder has left to match with. */
#define TURNS_END_LATER (LANES > 1)
FN void end_turn(GLOBAL const ofr_image *im, placement *p, real *work, const turns *q, int s, int w, int i, real taken, real paid) {
  if (!TURNS_END_LATER || provider_of(im, i) != q->holder) p->free[i] = p->free[i] - taken;
  work[i] = r_fma(paid, R(FLOATS(im, speed_duty)[w * DIM(im, slots) + i]), work[i]);
  p->used[i] = r_fma(paid, R(FLOATS(im, duty)[w]), p->used[i]);
  TRACE_PLACED(s, w, i, paid);
}

/* Turn n, of another choice in every lane: what it is comes together by selects, so that the holder is asked once for all lanes.
 * What the holder matches of a rival's pool is gone for the month. */
FN void take_turn(GLOBAL const ofr_image *im, placement *p, real *work, const choice *x, tally *sum, turns *q, int s, int w, int t,
                  int n) {
  real none = R(0.0f), room = none, free = none, inverse = none, speed = none, offer = none;
  mask rival = m_none(), away = m_none();
  EACH_IN_MEMORY(j) {
    int i = CHOSEN(x, j), at = w * DIM(im, slots) + i;
    mask turn = w_eq(q->rank[j], W(2u * (uint32)n));
    if (!CHOICES_IN_REGISTERS && LANES == 1 && !m_any(turn)) continue;
    if (HAS(im, max_share)) room = r_select(turn, room_of(im, p, w, i), room);
    free = r_select(turn, p->free[i], free);
    inverse = r_select(turn, R(FLOATS(im, inverse_speed)[at]), inverse);
    speed = r_select(turn, R(FLOATS(im, speed)[at]), speed);
    if (HAS(im, egress) && STRUCTURE(im, away, w * DIM(im, providers) + provider_of(im, i))) away = m_or(away, turn);
    if (!is_rival(im, q, i)) continue;
    offer = r_select(turn, q->offer[j], offer);
    rival = m_or(rival, turn);
  }
  if (!HAS(im, max_share)) room = free * speed;
  real taken = r_min(r_floor(r_max(r_min(q->left, room), none) * inverse), free), paid = taken;
  mask matches = m_and(m_and(q->asked, rival), r_lt(none, taken));
  q->left = q->left - room;
  if (!m_any(r_lt(none, taken))) return;
  if (m_any(matches)) {
    real rest = match_offer(im, p, work, x, sum, q, s, w, t, r_select(matches, taken * speed, none), offer);
    real whole = r_min(r_floor(r_max(rest, none) * inverse), free);
    paid = r_select(matches, r_min(whole, taken), taken);
  }
  sum->served = r_fma(paid, speed, sum->served);
  if (HAS(im, egress)) sum->away = r_fma(r_select(away, paid, none), speed, sum->away);
  EACH_IN_MEMORY(j) {
    int i = CHOSEN(x, j), g = provider_of(im, i);
    mask turn = w_eq(q->rank[j], W(2u * (uint32)n));
    if (!TURNS_END_LATER && !m_any(turn)) continue;
    if (HAS(im, max_share)) p->budget[g] = r_max(p->budget[g] - r_select(turn, paid, none) * speed, R(0.0f));
    if (TURNS_END_LATER) {
      q->taken[j] = r_select(turn, taken, q->taken[j]);
      q->paid[j] = r_select(turn, paid, q->paid[j]);
      if (g == q->holder) p->free[i] = p->free[i] - r_select(turn, taken, none);
    } else {
      end_turn(im, p, work, q, s, w, i, taken, paid);
    }
  }
}

/* The holder may take up its right this month, and does. */
FN mask holder_asks(GLOBAL const ofr_image *im, const weather *sky, int refusal) {
  mask silent = m_none();
  UNROLL for (int f = 0; f < DIM(im, refusals); f++)
    if (f == refusal) silent = m_or(sky->declined[f], m_or(sky->ended[REFUSAL(im, f)], sky->suspended[REFUSAL(im, f)]));
  return m_and_not(m_all(), silent);
}

FN void fill_in_turn(GLOBAL const ofr_image *im, const weather *sky, placement *p, real *work, choice *x, tally *sum, int s, int w,
                     int t, int refusal, real demand) {
  turns q;
  q.holder = STRUCTURE(im, refusal_provider, refusal);
  q.asked = holder_asks(im, sky, refusal);
  q.left = demand;
#if !CHOICES_IN_REGISTERS
  q.matchers = 0;
  EACH_IN_MEMORY(j) if (may_match(im, &q, s, w, CHOSEN(x, j))) q.matcher[q.matchers++] = j;
#endif
  EACH_IN_MEMORY(j) {
    int i = CHOSEN(x, j);
    q.offer[j] = r_fma(p->match->marginal[i], R(FLOATS(im, inverse_speed)[w * DIM(im, slots) + i]), egress_of(im, w, t, i));
    q.offer[j] = q.offer[j] * R(FLOATS(im, refusal_premium)[refusal]);
    q.rank[j] = w_select(r_lt(R(0.0f), x->capacity[j]), W(0u), W(1u));
    q.taken[j] = q.paid[j] = R(0.0f);
  }
  EACH_IN_MEMORY(j) {
    EACH_LATER(k, j) {
      mask first = r_le(x->key[j], x->key[k]);
      q.rank[k] = w_select(first, q.rank[k] + W(2u), q.rank[k]);
      q.rank[j] = w_select(first, q.rank[j], q.rank[j] + W(2u));
    }
  }
  ROLLED for (int n = 0; n < CHOICES(im, x) && m_any(r_lt(R(0.0f), q.left)); n++)
    take_turn(im, p, work, x, sum, &q, s, w, t, n);
  if (TURNS_END_LATER) {
    EACH_IN_MEMORY(j) end_turn(im, p, work, &q, s, w, CHOSEN(x, j), q.taken[j], q.paid[j]);
  }
}
#endif
