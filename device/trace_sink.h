/* The trace build's hooks: copies of what the model just computed, into the arrays of the caller. Single lane only. */
#ifndef OFR_TRACE_SINK_H
#define OFR_TRACE_SINK_H
#include "path_c.h"

static _Thread_local ofr_path_trace *sink;
static _Thread_local const ofr_image *traced;

#define TRACE_ROW(s) ((size_t)(sink->month * traced->strategies + (s)))
#define TRACE_START(sky)                                                                                                        \
  do {                                                                                                                          \
    for (int k_ = 0; k_ < traced->pools; k_++) sink->slip[k_] = (sky)->slip[k_];                                                \
  } while (0)
#define TRACE_WEATHER(sky, t) trace_weather(sky, t)
#define TRACE_PLACED(s, w, slot, accelerators)                                                                                  \
  do {                                                                                                                          \
    size_t at_ = (TRACE_ROW(s) * (size_t)traced->workloads + (size_t)(w)) * (size_t)traced->slots + (size_t)(slot);             \
    sink->placed[at_] += (int64_t)(accelerators);                                                                               \
    sink->served[at_] += (int64_t)((accelerators) * FLOATS(traced, speed)[(w) * traced->slots + (slot)] * WORK_FRACTION);       \
  } while (0)
#define TRACE_MATCHED(s, w, slot, accelerators, spend)                                                                          \
  do {                                                                                                                          \
    size_t at_ = (TRACE_ROW(s) * (size_t)traced->workloads + (size_t)(w)) * (size_t)traced->slots + (size_t)(slot);             \
    sink->matched[at_] += (int64_t)(accelerators);                                                                              \
    sink->matched_spend[at_] += (spend);                                                                                        \
  } while (0)
#define TRACE_CLAUSE(s, contract) (sink->clause + (TRACE_ROW(s) * (size_t)CONTRACTS(traced) + (size_t)(contract)) * TRACED_CLAUSE)
#define TRACE_DISCOUNT(s, d, listed, saved)                                                                                     \
  do {                                                                                                                          \
    TRACE_CLAUSE(s, DISCOUNT(traced, d))[TRACED_BALANCE] = (listed);                                                            \
    TRACE_CLAUSE(s, DISCOUNT(traced, d))[TRACED_SAVED] = (saved);                                                               \
  } while (0)
#define TRACE_GRANT(s, n, balance)      (TRACE_CLAUSE(s, GRANT(traced, n))[TRACED_BALANCE] = (balance))
#define TRACE_EXIT(s, q, contract, leaves, fee)                                                                                 \
  do {                                                                                                                          \
    TRACE_CLAUSE(s, contract)[TRACED_ENDED] |= (leaves);                                                                        \
    TRACE_CLAUSE(s, EXIT(traced, q))[TRACED_TAKEN] = (leaves);                                                                  \
    TRACE_CLAUSE(s, EXIT(traced, q))[TRACED_FEE] = (leaves) ? (fee) : 0;                                                        \
  } while (0)
#define TRACE_COMMITMENT(s, c) (sink->commitment + (TRACE_ROW(s) * (size_t)traced->commitments + (size_t)(c)) * TRACED_TERMS)
#define TRACE_COUNTED(s, c, counted, window) (TRACE_COMMITMENT(s, c)[0] = ((window) & WINDOW_OPEN) ? (counted) : 0)
#define TRACE_SETTLED(s, c, required, charge, deferred, carried, ended)                                                         \
  do {                                                                                                                          \
    int64_t *terms_ = TRACE_COMMITMENT(s, c);                                                                                   \
    terms_[1] = (required);                                                                                                     \
    terms_[2] = (charge);                                                                                                       \
    terms_[3] = (ended) || !traced->has_terms ? 0 : (deferred);                                                                 \
    terms_[4] = (ended) || !traced->has_terms ? 0 : (carried);                                                                  \
  } while (0)
#define TRACE_MONTH(s, t, sky, p, b, m) trace_month(s, sky, p, b, m)
#define trace_weather(sky, t)                                                                                                   \
  do {                                                                                                                          \
    sink->month = (t);                                                                                                          \
    for (int w_ = 0; w_ < traced->workloads; w_++) sink->demand[(t) * traced->workloads + w_] = (int64_t)(sky)->demand[w_];     \
    for (int k_ = 0; k_ < traced->pools; k_++) {                                                                                \
      sink->price[(t) * traced->pools + k_] = (sky)->price[k_];                                                                 \
      sink->rate[(t) * traced->pools + k_] = list_price(traced, sky, k_);                                                       \
      sink->capacity[(t) * traced->pools + k_] = (int64_t)(sky)->capacity[k_];                                                  \
    }                                                                                                                           \
    for (int f_ = 0; f_ < traced->refusals; f_++) sink->declined[(t) * traced->refusals + f_] = (sky)->declined[f_];            \
    for (int e_ = 0; e_ < traced->events; e_++) sink->active[(t) * traced->events + e_] = event_active(sky, e_);                \
  } while (0)
#define trace_month(s, sky, p, b, m)                                                                                            \
  do {                                                                                                                          \
    int64_t *money_ = sink->money + TRACE_ROW(s) * TRACED_MONEY;                                                                \
    for (int i_ = 0; i_ < TRACED_MONEY; i_++) money_[i_] = 0;                                                                   \
    for (int g_ = 0; g_ < traced->providers; g_++) {                                                                            \
      money_[0] += (m)->usage[g_];                                                                                              \
      if (traced->reservations) money_[1] += (m)->fees[g_];                                                                     \
      if (traced->has_egress) money_[2] += (m)->egress[g_];                                                                     \
      if (traced->exits) money_[5] += (m)->exit[g_];                                                                            \
      if (traced->grants) money_[6] += (m)->grant[g_];                                                                          \
      sink->revenue[TRACE_ROW(s) * (size_t)traced->providers + (size_t)g_] = (m)->revenue[g_];                                  \
    }                                                                                                                           \
    for (int c_ = 0; c_ < traced->commitments; c_++)                                                                            \
      if (traced->has_credits && WORDS(traced, credit_months)[c_] && (b)->credit_until[c_] > (word)sink->month &&               \
          !ended(traced, sky, b, c_))                                                                                           \
        TRACE_CLAUSE(s, c_)[TRACED_BALANCE] = (b)->credit[c_];                                                                  \
    money_[3] = (m)->charges;                                                                                                   \
    money_[4] = (m)->unmet;                                                                                                     \
    for (int w_ = 0; w_ < traced->workloads; w_++)                                                                              \
      sink->unserved[TRACE_ROW(s) * (size_t)traced->workloads + (size_t)w_] = (int64_t)((p)->unserved[w_] * WORK_FRACTION);     \
  } while (0)
#endif
