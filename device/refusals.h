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
  int refusal, holder;
  mask asked;                /* the holder takes up its right */
  word rank[N_SLOTS + 3];    /* of a choice in merit order */
  real left;                 /* demand minus the capacity of every slot whose turn is over */
} turns;

FN real egress_of(GLOBAL const ofr_image *im, int w, int t, int i) {
  if (!HAS(im, egress) || !STRUCTURE(im, away, w * DIM(im, providers) + provider_of(im, i))) return R(0.0f);
  return R(FLOATS(im, egress_key)[t * DIM(im, workloads) + w]);
}

FN int may_use(GLOBAL const ofr_image *im, int s, int w, int i) {
  return FLOATS(im, may_place)[(s * DIM(im, workloads) + w) * DIM(im, slots) + i] > 0.0f;
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
  real own = r_fma(p->marginal[i], R(FLOATS(im, inverse_speed)[at]), egress);
  real price = r_max(offer - egress, R(0.0f)) * R(FLOATS(im, speed)[at]);
  real busy = r_select(r_lt(offer, own), taken * R(FLOATS(im, duty)[w]), R(0.0f));
  word hours = w_from_real(busy * R(WORK_FRACTION));
  wide spend = l_mul(hours, w_from_real(r_min(price, p->marginal[i]) * R(FLOATS(im, price_scale)[k])));
  spend = l_money(im, spend, INTS(im, price_shift)[k]);
  p->matched[i] = p->matched[i] + busy;
  p->matched_spend[i] = l_add(p->matched_spend[i], spend);
  TRACE_MATCHED(s, w, i, r_select(r_lt(offer, own), taken, R(0.0f)), spend);
}

/* The holder's open pools, cheapest first, take what they can of `work_asked`; returned is what they leave. A pool whose egress
 * alone is above the offer cannot match it. */
FN real match_offer(GLOBAL const ofr_image *im, placement *p, real *work, const choice *x, tally *sum, const turns *q, int s, int w,
                    int t, real work_asked, real offer) {
  real room[N_SLOTS + 3], rest = work_asked, most = work_asked;
  if (HAS(im, max_share)) most = r_min(most, p->budget[q->holder]);
  EACH_IN_MEMORY(j) {
    int i = CHOSEN(x, j), open = STRUCTURE(im, slot_reservation, i) < 0 && provider_of(im, i) == q->holder;
    room[j] = open && may_use(im, s, w, i) ? room_of(im, p, w, i) : R(0.0f);
    if (open && HAS(im, egress)) room[j] = r_select(r_lt(offer, egress_of(im, w, t, i)), R(0.0f), room[j]);
  }
  EACH_IN_MEMORY(j) {
    int i = CHOSEN(x, j);
    if (STRUCTURE(im, slot_reservation, i) >= 0 || provider_of(im, i) != q->holder || !may_use(im, s, w, i)) continue;
    real asked = most;
    EACH_IN_MEMORY(k) asked = r_take(w_lt(q->rank[k], q->rank[j]), asked, room[k]);
    real taken = accelerators_for(im, p, w, i, r_min(asked, room[j]));
    p->free[i] = p->free[i] - taken;
    take(im, p, work, sum, s, w, i, taken);
    pay_offer(im, p, s, w, t, i, taken, offer);
    rest = rest - taken * R(FLOATS(im, speed)[w * DIM(im, slots) + i]);
  }
  return r_max(rest, R(0.0f));
}

/* Choice j's turn, in the lanes of `turn`. What the holder matches of a rival's pool is gone for the month. */
FN void take_turn(GLOBAL const ofr_image *im, placement *p, real *work, const choice *x, tally *sum, turns *q, int s, int w, int t,
                  int j, mask turn) {
  int i = CHOSEN(x, j), rival = provider_of(im, i) != q->holder && STRUCTURE(im, slot_reservation, i) < 0;
  real room = r_select(m_and(turn, r_lt(R(0.0f), x->capacity[j])), room_of(im, p, w, i), R(0.0f));
  real taken = accelerators_for(im, p, w, i, r_min(q->left, room)), paid = taken;
  mask matches = m_and(q->asked, r_lt(R(0.0f), taken));
  q->left = q->left - room;
  if (rival && m_any(matches)) {
    int at = w * DIM(im, slots) + i;
    real offer = r_fma(p->marginal[i], R(FLOATS(im, inverse_speed)[at]), egress_of(im, w, t, i));
    real asked = r_select(matches, taken * R(FLOATS(im, speed)[at]), R(0.0f));
    real rest = match_offer(im, p, work, x, sum, q, s, w, t, asked, offer * R(FLOATS(im, refusal_premium)[q->refusal]));
    paid = r_select(matches, r_min(accelerators_for(im, p, w, i, rest), taken), taken);
  }
  take(im, p, work, sum, s, w, i, paid);
  p->free[i] = p->free[i] - taken;
}

FN void fill_in_turn(GLOBAL const ofr_image *im, const weather *sky, placement *p, real *work, choice *x, tally *sum, int s, int w,
                     int t, int refusal) {
  turns q;
  int contract = REFUSAL(im, refusal);
  q.refusal = refusal;
  q.holder = STRUCTURE(im, refusal_provider, refusal);
  q.asked = m_and_not(m_all(), m_or(sky->declined[refusal], m_or(sky->ended[contract], sky->suspended[contract])));
  q.left = sky->demand[w];
  EACH_IN_MEMORY(j) {
    q.rank[j] = W(0u);
    EACH_IN_MEMORY(k) {
      if (k == j) continue;
      mask before = k < j ? r_le(x->key[k], x->key[j]) : r_lt(x->key[k], x->key[j]);
      q.rank[j] = q.rank[j] + w_select(before, W(1u), W(0u));
    }
  }
  ROLLED for (int n = 0; n < CHOICES(im, x); n++) {
    EACH_IN_MEMORY(j) {
      mask turn = w_eq(q.rank[j], W((uint32)n));
      if (m_any(turn)) take_turn(im, p, work, x, sum, &q, s, w, t, j, turn);
    }
  }
}
#endif
