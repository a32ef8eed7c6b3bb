/* The weather of a path: factors, events, delays, and from them each month's demand, list prices and capacities. It is drawn
 * once and shared by all strategies. Nothing here knows what anything costs. MODEL sections 4 to 6. */
#ifndef OFR_WEATHER_H
#define OFR_WEATHER_H

/* Futures that were given: [months x futures] rows of `stride` values, this bundle's from `first` on. */
typedef struct given_futures { GLOBAL const float *at; uint32 stride, first; } given_futures;

typedef struct weather {
  word path_low, path_high;
  real factor[N_FACTORS];
  word source;              /* the change of the history that comes next */
  real walk[N_HISTORIES];   /* log2 of what has become of 1 */
  word left[N_EVENTS];      /* months an event still runs, this one included; 0 when it is not active */
  word started[N_EVENTS];   /* how often it has begun */
  word slip[N_POOLS];       /* months of delivery delay */
  mask ended[N_CONTRACTS];  /* voided by an event, for good */
  mask suspended[N_CONTRACTS]; /* this month */
  mask declined[N_REFUSALS]; /* the holder of a first refusal does not take up its right this month */
  given_futures futures;
  word clamped;             /* months in which a multiplier was clamped */
  /* this month */
  real demand[N_WORKLOADS]; /* quanta, whole */
  real price[N_POOLS];      /* $ per accelerator-hour, list */
  real capacity[N_POOLS];   /* quanta, whole */
} weather;

/* P(n) = (1/(1+s)) (s/(1+s))^n, what lies above the maximum put on it: the thresholds are the cumulative sums. */
FN void draw_slips(GLOBAL const ofr_image *im, weather *w) {
  for (int k = 0; k < DIM(im, pools); k++) w->slip[k] = W(0u);
  if (!HAS(im, slip)) return;
  UNROLL for (int k = 0; k < DIM(im, pools); k++) {
    int most = STRUCTURE(im, slip_max, k);
    if (most == 0) continue;
    block x = draw(im, w->path_low, w->path_high, 0xffffffffu, STREAM_SLIP + (uint32)k);
    GLOBAL const uint32 *threshold = WORDS(im, slip_threshold) + (uint32)k * im->slip_stride;
    ROLLED for (int n = 0; n < most; n++)
      w->slip[k] = w->slip[k] + w_select(w_lt(x.a, W(threshold[n])), W(0u), W(1u));
  }
}

FN void start_weather(GLOBAL const ofr_image *im, weather *w, word path_low, word path_high, given_futures futures) {
  w->futures = futures;
  w->path_low = path_low;
  w->path_high = path_high;
  w->clamped = W(0u);
  UNROLL for (int j = 0; j < DIM(im, factors); j++) w->factor[j] = R(0.0f);
  w->source = W(0u);
  UNROLL for (int h = 0; h < DIM(im, histories); h++) w->walk[h] = R(0.0f);
  UNROLL for (int e = 0; e < DIM(im, events); e++) w->left[e] = w->started[e] = W(0u);
  for (int c = 0; c < CONTRACTS(im); c++)
    w->ended[c] = w->suspended[c] = m_none();
  draw_slips(im, w);
}

/* X(0) = 0; X(t) = phi X(t-1) + shock x normals, shock = per-month standard deviations x Cholesky factor. */
FN void step_factors(GLOBAL const ofr_image *im, weather *w, int t) {
  if (t == 0) return;
  real z[N_FACTORS + 3];
  UNROLL for (int j = 0; j < DIM(im, factors); j += 4) {
    block x = draw(im, w->path_low, w->path_high, (uint32)t, STREAM_FACTORS + (uint32)j / 4);
    normals p = normal_pair(x.a, x.b);
    z[j] = p.a;
    z[j + 1] = p.b;
    if (j + 2 < DIM(im, factors)) {
      normals q = normal_pair(x.c, x.d);
      z[j + 2] = q.a;
      z[j + 3] = q.b;
    }
  }
  UNROLL for (int j = 0; j < DIM(im, factors); j++) {
    real x = w->factor[j] * R(FLOATS(im, phi)[j]);
    UNROLL for (int i = 0; i <= j; i++) x = r_fma(z[i], R(FLOATS(im, shock)[j * DIM(im, factors) + i]), x);
    w->factor[j] = x;
  }
}

/* A circular block bootstrap (Politis and Romano 1992): each block of months follows the history's changes, all series together,
 * from a month that is drawn; after the last change comes the first. */
FN void step_history(GLOBAL const ofr_image *im, weather *w, int t) {
  if (DIM(im, histories) == 0 || t == 0) return;
  word next = w->source + W(1u), changes = W((uint32)im->history_changes);
  if ((t - 1) % im->history_block == 0) {
    block x = draw(im, w->path_low, w->path_high, (uint32)t, STREAM_HISTORY);
    next = w_high(l_mul(x.a, changes));
  }
  w->source = w_select(w_lt(next, changes), next, W(0u));
  for (int h = 0; h < DIM(im, histories); h++)
    w->walk[h] = w->walk[h] + r_gather(FLOATS(im, history_change) + h, w->source * W((uint32)DIM(im, histories)));
}

/* P(n months) = (1/m)(1 - 1/m)^(n-1), by inversion. */
FN word event_months(GLOBAL const ofr_image *im, int e, word u) {
  int fixed = INTS(im, event_duration)[e];
  if (fixed > 0) return W((uint32)fixed);
  real n = r_floor(log_real(uniform_real(u)) * R(FLOATS(im, event_log_scale)[e]));
  return w_from_real(r_min(n, R(1000.0f))) + W(1u);
}

/* An event that is not active and has occurrences left begins with probability 1 - exp(-rate/12), or in its month `at`. */
FN void step_events(GLOBAL const ofr_image *im, weather *w, int t) {
  block x;
  UNROLL for (int e = 0; e < DIM(im, events); e++) {
    if (e % 2 == 0) x = draw(im, w->path_low, w->path_high, (uint32)t, STREAM_EVENTS + (uint32)e / 2);
    word start = e % 2 ? x.c : x.a, length = e % 2 ? x.d : x.b;
    mask idle = w_lt(w->left[e], W(2u));
    w->left[e] = w_select(idle, W(0u), w->left[e] - W(1u));
    int at = INTS(im, event_at)[e], most = INTS(im, event_max)[e];
    if (t < INTS(im, event_from)[e] || t > INTS(im, event_to)[e] || (at >= 0 && at != t)) continue;
    mask begins = idle;
    if (at < 0) begins = m_and(begins, w_lt(start, W(WORDS(im, event_threshold)[e])));
    if (most > 0) begins = m_and(begins, w_lt(w->started[e], W((uint32)most)));
    w->started[e] = w->started[e] + w_select(begins, W(1u), W(0u));
    if (m_any(begins)) w->left[e] = w_select(begins, event_months(im, e, length), w->left[e]);
  }
}

FN mask event_active(const weather *w, int e) { return w_lt(W(0u), w->left[e]); }

FN void step_contracts(GLOBAL const ofr_image *im, weather *w) {
  if (DIM(im, contract_effects) == 0 && !HAS(im, failure)) return;
  for (int c = 0; c < CONTRACTS(im); c++) w->suspended[c] = m_none();
  UNROLL for (int i = 0; i < DIM(im, contract_effects); i++) {
    mask active = event_active(w, STRUCTURE(im, contract_effect_event, i));
    int c = STRUCTURE(im, contract_effect_contract, i);
    if (STRUCTURE(im, contract_effect_kind, i) == EFFECT_END) w->ended[c] = m_or(w->ended[c], active);
    else w->suspended[c] = m_or(w->suspended[c], active);
  }
}

/* Holders of first refusals take up their right with their probability, each month anew. */
FN void step_refusals(GLOBAL const ofr_image *im, weather *w, int t) {
  block x;
  UNROLL for (int f = 0; f < DIM(im, refusals); f++) {
    uint32 threshold = WORDS(im, refusal_threshold)[f];
    if (f % 4 == 0) x = draw(im, w->path_low, w->path_high, (uint32)t, STREAM_REFUSALS + (uint32)f / 4);
    word u = f % 4 == 0 ? x.a : f % 4 == 1 ? x.b : f % 4 == 2 ? x.c : x.d;
    w->declined[f] = threshold == ALWAYS ? m_none() : m_and_not(m_all(), w_lt(u, W(threshold)));
  }
}

/* Signals: exp(sum b_j X_j - v/2), clamped. Loadings and v/2 come times log2 e. A driver is a signal, if any, x the multipliers
 * of active events: what moves a curve. */
FN void step_drivers(GLOBAL const ofr_image *im, weather *w, real *driver, int t) {
  real signal[N_SIGNALS + N_HISTORIES];
  mask clamped = m_none();
  UNROLL for (int i = 0; i < DIM(im, signals); i++) {
    real y = R(-FLOATS(im, half_variance)[t * DIM(im, signals) + i]);
    UNROLL for (int j = 0; j < DIM(im, factors); j++)
      y = r_fma(w->factor[j], R(FLOATS(im, loading)[i * DIM(im, factors) + j]), y);
    clamped = m_or(clamped, r_lt(R(CLAMP_LOG2), y));
    signal[i] = exp2_real(r_max(r_min(y, R(CLAMP_LOG2)), R(-100.0f)));
  }
  for (int h = 0; h < DIM(im, histories); h++) {
    real y = w->walk[h] - R(FLOATS(im, history_mean)[t * DIM(im, histories) + h]);
    clamped = m_or(clamped, r_lt(R(CLAMP_LOG2), y));
    signal[DIM(im, signals) + h] = exp2_real(r_max(r_min(y, R(CLAMP_LOG2)), R(-100.0f)));
  }
  UNROLL for (int d = 0; d < DIM(im, drivers); d++) {
    int i = STRUCTURE(im, driver_signal, d);
    driver[d] = R(1.0f);
    if (i >= 0) driver[d] = signal[i];
  }
  UNROLL for (int i = 0; i < DIM(im, effects); i++) {
    int d = STRUCTURE(im, effect_driver, i);
    mask active = event_active(w, STRUCTURE(im, effect_event, i));
    driver[d] = driver[d] * r_select(active, R(FLOATS(im, effect_value)[i]), R(1.0f));
  }
  w->clamped = w->clamped + w_select(clamped, W(1u), W(0u));
}

/* What futures that were given say in this month. */
FN real given(GLOBAL const ofr_image *im, const weather *w, int row, int t) {
  return r_load(w->futures.at + (uint64)(t * DIM(im, futures) + row) * w->futures.stride + w->futures.first);
}

FN void step_weather(GLOBAL const ofr_image *im, weather *w, int t) {
  real driver[N_DRIVERS];
  step_factors(im, w, t);
  step_history(im, w, t);
  step_events(im, w, t);
  step_contracts(im, w);
  step_refusals(im, w, t);
  step_drivers(im, w, driver, t);
  UNROLL for (int i = 0; i < DIM(im, workloads); i++) {
    real curve = R(FLOATS(im, demand)[t * DIM(im, workloads) + i]);
    if (DIM(im, futures) > 0 && STRUCTURE(im, demand_future, i) >= 0) curve = given(im, w, STRUCTURE(im, demand_future, i), t);
    w->demand[i] = r_rint(r_min(driver[STRUCTURE(im, demand_driver, i)] * curve, R(QUANTA_LIMIT)));
  }
  UNROLL for (int k = 0; k < DIM(im, pools); k++) {
    GLOBAL const float *capacity = FLOATS(im, capacity) + k;
    real c = R(capacity[t * DIM(im, pools)]);
    if (HAS(im, slip) && STRUCTURE(im, slip_max, k) > 0) {
      word now = W((uint32)t);
      word then = w_select(w_lt(w->slip[k], now), now - w->slip[k], W(0u));
      c = r_gather(capacity, then * W((uint32)DIM(im, pools)));
    }
    if (DIM(im, futures) > 0 && STRUCTURE(im, capacity_future, k) >= 0) c = given(im, w, STRUCTURE(im, capacity_future, k), t);
    /* rounded down; the nudge is what float32 may have lost of a whole number on the way */
    c = r_floor(r_fma(driver[STRUCTURE(im, capacity_driver, k)], c, R(CAPACITY_NUDGE)));
    w->capacity[k] = r_min(c, R(QUANTA_LIMIT));
    real price = R(FLOATS(im, price)[t * DIM(im, pools) + k]);
    if (DIM(im, futures) > 0 && STRUCTURE(im, price_future, k) >= 0) price = given(im, w, STRUCTURE(im, price_future, k), t);
    w->price[k] = driver[STRUCTURE(im, price_driver, k)] * price;
  }
}
#endif
