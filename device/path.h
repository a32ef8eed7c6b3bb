/* A path from its first month to its last, under every strategy; what is written down of it. */
#ifndef OFR_PATH_H
#define OFR_PATH_H
#include "weather.h"
#include "registers.h"
#include "placement.h"
#include "refusals.h"
#include "books.h"
#include "transport.h"
#include "plan_order.h"
#include "transport_search.h"
#include "optimal.h"
#include "placing.h"
#include "commitments.h"
#include "clauses.h"
#include "month.h"
#include "stakeholders.h"
#include "shared_months.h"

/* How many sums a row of them has: of a lane each, or of a pair; where workers write together, as on a GPU, those of several lie
 * side by side. */
#ifndef SUM_LANES
#define SUM_LANES LANES
#endif

typedef struct output {
  GLOBAL int64 *columns;   /* [strategies x columns x stride] */
  GLOBAL int64 *bands;     /* [strategies that have months x series x months x band_stride] */
  GLOBAL int64 *sums;      /* this worker's: [strategies that have months x months x series] rows, each SUM_LANES after the other */
  GLOBAL int64 *clamped;   /* this worker's: a row */
  GLOBAL const float *futures; /* what is read: given futures from the job's first path on; none without */
} output;

/* A month's sums: where series are known they are added together, in a way of their own where words know one; else each at once. */
#if SPECIALISED && !defined accumulate_row
#define accumulate_row(to, a, n) UNROLL for (int j_ = 0; j_ < (n); j_++) l_accumulate((to) + j_ * SUM_LANES, (a)[j_])
#endif
#ifdef accumulate_row
typedef struct series { wide value[SERIES_FIXED + N_PROVIDERS + 1]; } series;
#define ADD_TO_SUMS(to, x, j, a) ((x)->value[j] = (a))
#define ADD_UP(to, x, n)         accumulate_row(to, (x)->value, n)
#else
typedef struct series { char none; } series;
#define ADD_TO_SUMS(to, x, j, a) ((void)(x), l_accumulate((to) + (j) * SUM_LANES, a))
#define ADD_UP(to, x, n)         ((void)(x))
#endif

/* Price paid: micro-dollars per accelerator-hour, in float32, correctly rounded; missing when nothing was used. */
FN void price_paid(GLOBAL const ofr_image *im, const weather *sky, const placement *p, const month *m, wide *price, mask *priced) {
  wide spend = L(0);
  real used = R(0.0f);
  UNROLL for (int g = 0; g < DIM(im, providers); g++) spend = l_add(spend, m->usage[g]);
  UNROLL_SLOTS for (int i = 0; i < DIM(im, slots); i++) used = used + used_of(im, sky, p, i);
  *priced = r_lt(R(0.0f), used);
  if (HAS(im, signed)) spend = l_positive(spend);
  real ratio = r_divide(r_from_wide(spend) * R(im->price_unit), r_select(*priced, used * R(WORK_FRACTION), R(1.0f)));
  *price = l_from_word(w_from_real(r_min(ratio, R(2.0e9f))));
}

/* Where a month of the bundle goes. */
typedef struct month_place {
  GLOBAL int64 *sums, *bands; /* of the first series */
  uint64 band_rows;           /* from one series to the next */
  int banded, lanes;          /* paths that have bands; and that are wanted at all */
  mask valid;
} month_place;

FN void keep_value(GLOBAL const ofr_image *im, const month_place *to, series *x, int j, wide value, wide banded) {
  if (to->banded > 0) l_store(to->bands + (uint64)(uint32)j * to->band_rows, banded, to->banded);
  if (IS_MONEY_SERIES(im, j)) value = HAS(im, signed) ? l_shr_signed(value, im->sum_shift) : l_shr(value, im->sum_shift);
  if (to->lanes < LANES) value = l_keep(to->valid, value);
  ADD_TO_SUMS(to->sums, x, j, value);
}

FN void keep_series(GLOBAL const ofr_image *im, const ofr_job *job, const output *out, const weather *sky, const placement *p,
                    const month *m, int s, int t, uint32 first, int lanes, mask valid) {
  if (!job->with_sums) return;
  series x;
  month_place to;
  wide price, served = l_sub(m->demanded, m->unserved);
  mask priced;
  uint64 row = (uint64)(s * SERIES(im)) * (uint32)DIM(im, months) + (uint32)t;
  to.sums = out->sums + (uint64)(s * DIM(im, months) + t) * (uint32)SERIES(im) * SUM_LANES;
  to.bands = out->bands + row * job->band_stride + job->band_offset + first;
  to.band_rows = (uint64)(uint32)DIM(im, months) * job->band_stride;
  to.banded = first >= job->band_paths ? 0 : job->band_paths - first < (uint32)lanes ? (int)(job->band_paths - first) : lanes;
  to.lanes = lanes;
  to.valid = valid;
  price_paid(im, sky, p, m, &price, &priced);
  keep_value(im, &to, &x, SERIES_DEMAND, m->demanded, m->demanded);
  keep_value(im, &to, &x, SERIES_SERVED, served, served);
  keep_value(im, &to, &x, SERIES_CASH, m->cash, m->cash);
  keep_value(im, &to, &x, SERIES_CHARGES, m->charges, m->charges);
  keep_value(im, &to, &x, SERIES_PRICE, price, l_select(priced, price, L(MISSING_VALUE)));
  keep_value(im, &to, &x, SERIES_PRICED, l_keep(priced, L(1)), l_keep(priced, L(1)));
  UNROLL for (int g = 0; g < DIM(im, providers); g++) keep_value(im, &to, &x, SERIES_FIXED + g, m->revenue[g], m->revenue[g]);
  if (HAS(im, stakeholders)) {
    wide concentration = month_concentration(im, m);
    keep_value(im, &to, &x, SERIES_FIXED + DIM(im, providers), concentration, concentration);
  }
  ADD_UP(to.sums, &x, SERIES(im));
}

/* What concentration is a share of: cash; where grants may exceed a provider's bill, the revenue of those that earn. */
FN wide revenue_base(GLOBAL const ofr_image *im, const books *b, wide cash) {
  if (!HAS(im, signed)) return cash;
  wide sum = L(0);
  for (int g = 0; g < DIM(im, providers); g++) sum = l_add(sum, l_positive(b->revenue[g]));
  return sum;
}

/* The columns of clauses that not every plan has; `net` is the value of served work less cash. */
FN void keep_clauses(GLOBAL const ofr_image *im, const books *b, int s, wide net, GLOBAL int64 *to, uint64 stride, int lanes) {
  if (DIM(im, exits)) {
    l_store(to, b->exits, lanes);
    to += stride;
  }
  if (DIM(im, grants)) {
    l_store(to, b->grants, lanes);
    to += stride;
  }
  UNROLL_BOOKS for (int h = 0; h < DIM(im, stakes); h++, to += stride) {
    wide earned = l_scale_signed(b->revenue[STRUCTURE(im, stake_provider, h)], WORDS(im, stake_margin)[h], FRACTION_BITS);
    wide held = l_scale_signed(net, WORDS(im, stake_share)[h], FRACTION_BITS);
    l_store(to, signs(im, s, STAKE(im, h)) ? l_add(earned, held) : L(0), lanes);
  }
  UNROLL_BOOKS for (int q = 0; q < DIM(im, exits); q++, to += EXIT_COLUMNS * stride) {
    l_store(to, month_or_missing(b->taken_in[q]), lanes);
    l_store(to + stride, b->taken_for[q], lanes);
  }
}

/* A path's cash, today. */
FN wide cash_of(GLOBAL const ofr_image *im, const books *b) {
  wide cash = l_add(l_add(b->usage, b->reservation), l_add(b->egress, b->shortfall));
  if (DIM(im, exits)) cash = l_add(cash, b->exits);
  if (DIM(im, grants)) cash = l_sub(cash, b->grants);
  return cash;
}

/* The path's metrics, in the order of the columns. */
FN void keep_metrics(GLOBAL const ofr_image *im, const books *b, int s, GLOBAL int64 *columns, uint64 stride, int lanes) {
  GLOBAL int64 *to = columns;
  wide cash = cash_of(im, b), served = l_sub(b->demanded, b->unserved), concentration = L(0), worked = L(0);
  wide whole = l_shr(revenue_base(im, b, cash), im->ratio_shift);
  wide nominal = HAS(im, signed) ? l_positive(b->nominal) : b->nominal;
  l_store(to + COLUMN_TOTAL * stride, l_add(cash, b->unmet), lanes);
  l_store(to + COLUMN_CASH * stride, cash, lanes);
  l_store(to + COLUMN_USAGE * stride, b->usage, lanes);
  l_store(to + COLUMN_RESERVATION * stride, b->reservation, lanes);
  l_store(to + COLUMN_EGRESS * stride, b->egress, lanes);
  l_store(to + COLUMN_SHORTFALL * stride, b->shortfall, lanes);
  l_store(to + COLUMN_UNMET * stride, b->unmet, lanes);
  l_store(to + COLUMN_NOMINAL * stride, b->nominal, lanes);
  l_store(to + COLUMN_SERVED * stride, l_ppb(served, b->demanded, 1000000000), lanes);
  l_store(to + COLUMN_UNIT_COST * stride, l_quotient(nominal, served, im->unit_cost_digits), lanes);
  to += COLUMN_FIXED * stride;
  UNROLL_BOOKS for (int g = 0; g < DIM(im, providers); g++) worked = l_add(worked, b->work[g]);
  UNROLL_BOOKS for (int g = 0; g < DIM(im, providers); g++) {
    /* squares of shares in parts per billion stay below 2^60 */
    wide revenue = HAS(im, signed) ? l_positive(b->revenue[g]) : b->revenue[g];
    word share = w_low(l_ppb(l_shr(revenue, im->ratio_shift), whole, 0));
    concentration = l_add(concentration, l_mul(share, share));
    l_store(to, b->revenue[g], lanes);
    l_store(to + stride, l_ppb(b->work[g], worked, 0), lanes);
    to += 2 * stride;
  }
  worked = L(0);
  UNROLL_BOOKS for (int v = 0; v < DIM(im, vendors); v++) worked = l_add(worked, b->vendor_work[v]);
  UNROLL_BOOKS for (int v = 0; v < DIM(im, vendors); v++, to += stride) l_store(to, l_ppb(b->vendor_work[v], worked, 0), lanes);
  UNROLL_BOOKS for (int c = 0; c < DIM(im, commitments); c++, to += 3 * stride) {
    l_store(to, b->counted_all[c], lanes);
    l_store(to + stride, b->charged_all[c], lanes);
    l_store(to + 2 * stride,
            l_ppb(l_shr(b->met_all[c], im->ratio_shift), l_shr(b->required_all[c], im->ratio_shift), 1000000000), lanes);
  }
  keep_clauses(im, b, s, l_sub(b->value, cash), to, stride, lanes);
  UNROLL_BOOKS for (int w = 0; w < HAS(im, unmet_by_workload) * DIM(im, workloads); w++)
    l_store(columns + (uint64)(UNMET_COLUMNS(im) + w) * stride, b->unmet_by[w], lanes);
  l_store(columns + COLUMN_CONCENTRATION * stride, l_per_billion(concentration), lanes);
}

/* Where a path's weather and the books of its strategies lie: a GPU has better places than its registers. */
#ifndef SKY
#define SKY(sky) weather sky##_here, *sky = &sky##_here
#endif
#ifndef BOOKS
#define BOOKS(b) books b[STRATEGIES_TOGETHER]
#endif
#ifndef PLACEMENT
#define PLACEMENT(p) placement p
#endif

/* LANES paths beginning at path `first` of the job, of which `lanes` are wanted, under the strategies of a turn. */
FN void run_bundle(GLOBAL const ofr_image *im, const ofr_job *job, const output *out, uint32 first, int lanes, int turn) {
  SKY(sky);
  PLACEMENT(p);
  month m;
  absorption anchor;
  BOOKS(b);
  word low = W(job->path_low + first) + LANE_INDEX;
  word high = W(job->path_high) + w_select(w_lt(low, W(job->path_low)), W(1u), W(0u));
  mask valid = w_lt(LANE_INDEX, W((uint32)lanes));
  given_futures futures;
  futures.at = out->futures;
  futures.stride = job->future_stride;
  futures.first = first;
  int from = turn * STRATEGIES_TOGETHER, together = STRATEGIES_TOGETHER; /* one alone is no loop */
  if (STRATEGIES_TOGETHER > 1 && from + together > DIM(im, strategies)) together = DIM(im, strategies) - from;
  int shown = from + together < DIM(im, failing) ? from + together : DIM(im, failing); /* others have no months */
  start_weather(im, sky, low, high, futures);
  ROLLED for (int i = 0; i < together; i++) start_books(im, &b[i]);
  if (HAS(im, stakeholders)) start_absorption(im, &anchor);
  TRACE_START(sky);
  for (int t = 0; t < DIM(im, months); t++) {
    step_weather(im, sky, t);
    TRACE_WEATHER(sky, t);
    if (HAS(im, stakeholders)) absorb_month(im, sky, &anchor, t);
    part_and_rejoin(im, b, from, from + together, t);
    for (int i = 0; i < together; i++) {
      int s = from + i;
      if (follows(im, s, from, t)) continue;
      if (HAS(im, failure) && (s == DIM(im, failing) || (i == 0 && s > DIM(im, failing)))) fail_anchor(im, sky, t);
      strategy_month(im, sky, &p, &b[i], s, t, &m);
      TRACE_MONTH(s, t, sky, &p, &b[i], &m);
      for (int like = s; like < shown; like++)
        if (like == s || (SHARES_MONTHS(im) && placed_as(im, like, from, t) == s))
          keep_series(im, job, out, sky, &p, &m, like, t, first, lanes, valid);
    }
  }
  end_following(im, b, from, from + together);
  ROLLED for (int i = 0; i < together; i++) {
    GLOBAL int64 *columns = out->columns + (uint64)((from + i) * COLUMNS(im)) * job->stride + job->offset + first;
    keep_metrics(im, &b[i], from + i, columns, job->stride, lanes);
    if (HAS(im, stakeholders))
      keep_absorption(im, &anchor, columns + (uint64)ABSORPTION_COLUMNS(im) * job->stride, job->stride, lanes);
  }
  if (turn == 0) l_accumulate(out->clamped, l_keep(valid, l_from_word(sky->clamped)));
}
#endif
