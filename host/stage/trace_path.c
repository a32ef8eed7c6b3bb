/* One path through the trace build of the model, laid out for `explain`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "given_futures.h"
#include "simulate.h"

typedef struct tracer {
  const ofr_plan *plan;
  const ofr_image *image;
  ofr_path_trace raw;
  int64_t *columns;
  double rate_unit;         /* dollars an accelerator-hour of one money quantum a work unit */
  ofr_arena *arena;
} tracer;

static bool allocate(tracer *x) {
  const ofr_image *im = x->image;
  size_t T = (size_t)im->months, S = (size_t)im->strategies, W = (size_t)im->workloads;
  const struct { int64_t **array; size_t count; } arrays[] = {
      {&x->raw.slip, (size_t)im->pools},
      {&x->raw.demand, T * W},
      {&x->raw.rate, T * (size_t)im->pools},
      {&x->raw.capacity, T * (size_t)im->pools},
      {&x->raw.active, T * (size_t)im->events},
      {&x->raw.placed, T * S * W * (size_t)im->slots},
      {&x->raw.served, T * S * W * (size_t)im->slots},
      {&x->raw.unserved, T * S * W},
      {&x->raw.matched, T * S * W * (size_t)im->slots},
      {&x->raw.matched_spend, T * S * W * (size_t)im->slots},
      {&x->raw.declined, T * (size_t)im->refusals},
      {&x->raw.clause, T * S * (size_t)CONTRACTS(im) * TRACED_CLAUSE},
      {&x->raw.money, T * S * TRACED_MONEY},
      {&x->raw.revenue, T * S * (size_t)im->providers},
      {&x->raw.commitment, T * S * (size_t)im->commitments * TRACED_TERMS},
      {&x->columns, S * (size_t)COLUMNS(im)},
  };
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    if (!(*arrays[i].array = ofr_arena_alloc(x->arena, arrays[i].count, sizeof(int64_t)))) return false;
  return (x->raw.price = ofr_arena_alloc(x->arena, T * (size_t)im->pools, sizeof(float))) != NULL;
}

/* What the placements of a workload served adds up to demand less unserved: the rounding of fractional speeds goes to the
 * largest of them, cumulatively in slot order. */
static void balance_served(const tracer *x, int64_t *served, int64_t demand, int64_t unserved) {
  int64_t sum = 0, *largest = served;
  for (int i = 0; i < x->image->slots; i++) {
    sum += served[i];
    if (served[i] > *largest) largest = &served[i];
  }
  if (sum > 0) *largest += demand - unserved - sum;
}

static bool fill_strategy(const tracer *x, int t, int s, ofr_trace_strategy *out) {
  const ofr_image *im = x->image;
  size_t row = (size_t)(t * im->strategies + s);
  int W = im->workloads, slots = im->slots, next = 0;
  ofr_trace_contract *c = ofr_arena_alloc(x->arena, (size_t)x->plan->contract_count, sizeof *c);
  if (!c) return false;
  out->placed = x->raw.placed + row * (size_t)(W * slots);
  out->served = x->raw.served + row * (size_t)(W * slots);
  out->matched = x->raw.matched + row * (size_t)(W * slots);
  out->matched_spend = x->raw.matched_spend + row * (size_t)(W * slots);
  out->unserved = x->raw.unserved + row * (size_t)W;
  for (int w = 0; w < W; w++)
    balance_served(x, x->raw.served + row * (size_t)(W * slots) + w * slots, x->raw.demand[t * W + w], out->unserved[w]);
  const int64_t *money = x->raw.money + row * TRACED_MONEY;
  out->usage = money[0];
  out->reservation = money[1];
  out->egress = money[2];
  out->shortfall = money[3];
  out->unmet = money[4];
  out->exit = money[5];
  out->grants = money[6];
  out->revenue = x->raw.revenue + row * (size_t)im->providers;
  for (int i = 0; i < x->plan->contract_count; i++) {
    const ofr_contract_type type = x->plan->contracts[i].type;
    const int64_t *clause = x->raw.clause + (row * (size_t)CONTRACTS(im) + (size_t)ofr_device_contract(x->plan, i)) * TRACED_CLAUSE;
    if (type == OFR_COMMITMENT) {
      const int64_t *from = x->raw.commitment + (row * (size_t)im->commitments + (size_t)next++) * TRACED_TERMS;
      c[i] = (ofr_trace_contract){from[0], from[1], from[2], from[3], from[4], .balance = 0};
    }
    if (type == OFR_DISCOUNT) c[i].listed = clause[TRACED_BALANCE], c[i].saved = clause[TRACED_SAVED];
    else c[i].balance = clause[TRACED_BALANCE];
    c[i].ended = clause[TRACED_ENDED] != 0;
    c[i].taken = clause[TRACED_TAKEN] != 0;
    c[i].fee = clause[TRACED_FEE];
  }
  out->contracts = c;
  return true;
}

/* First refusals that are in force in month t and are not taken up. */
static const bool *find_declined(const tracer *x, int t) {
  const ofr_image *im = x->image;
  bool *declined = ofr_arena_alloc(x->arena, (size_t)x->plan->contract_count, sizeof *declined);
  for (int c = 0, f = 0; declined && c < x->plan->contract_count; c++) {
    const ofr_contract *contract = &x->plan->contracts[c];
    if (contract->type != OFR_FIRST_REFUSAL) continue;
    bool in_force = t >= contract->span.from && t <= contract->span.to;
    declined[c] = in_force && x->raw.declined[t * im->refusals + f] != 0;
    f++;
  }
  return declined;
}

static const double *find_book_prices(const tracer *x, int t) {
  const ofr_image *im = x->image;
  const int *shift = (const int *)((const uint32_t *)im + im->price_shift);
  double *price = ofr_arena_alloc(x->arena, (size_t)im->pools, sizeof *price);
  for (int k = 0; price && k < im->pools; k++)
    price[k] = ldexp((double)x->raw.rate[t * im->pools + k] * x->rate_unit, -shift[k]);
  return price;
}

static const ofr_trace_month *fill_months(const tracer *x) {
  const ofr_image *im = x->image;
  ofr_trace_month *months = ofr_arena_alloc(x->arena, (size_t)im->months, sizeof *months);
  for (int i = 0; i < im->months * im->workloads; i++) x->raw.demand[i] *= (int64_t)WORK_FRACTION;
  for (int t = 0; months && t < im->months; t++) {
    const double *book_price = find_book_prices(x, t);
    double *price = ofr_arena_alloc(x->arena, (size_t)im->pools, sizeof *price);
    bool *active = ofr_arena_alloc(x->arena, (size_t)im->events, sizeof *active);
    ofr_trace_strategy *strategies = ofr_arena_alloc(x->arena, (size_t)im->strategies, sizeof *strategies);
    const bool *declined = find_declined(x, t);
    if (!price || !book_price || !active || !strategies || !declined) return NULL;
    for (int k = 0; k < im->pools; k++) price[k] = (double)x->raw.price[t * im->pools + k];
    for (int e = 0; e < im->events; e++) active[e] = x->raw.active[t * im->events + e] != 0;
    for (int s = 0; s < im->strategies; s++)
      if (!fill_strategy(x, t, s, &strategies[s])) return NULL;
    months[t] = (ofr_trace_month){x->raw.demand + t * im->workloads, price, book_price, x->raw.capacity + t * im->pools, active, declined,
                                  strategies};
  }
  return months;
}

static bool fill(const tracer *x, ofr_trace *out) {
  const ofr_image *im = x->image;
  const uint32_t *words = (const uint32_t *)im;
  int columns = COLUMNS(im), reservations[OFR_MAX_CONTRACTS], n = 0;
  ofr_slot *slots = ofr_arena_alloc(x->arena, (size_t)im->slots, sizeof *slots);
  int *slip = ofr_arena_alloc(x->arena, (size_t)im->pools, sizeof *slip);
  int64_t *totals = ofr_arena_alloc(x->arena, 2 * (size_t)im->strategies, sizeof *totals);
  if (!slots || !slip || !totals) return false;
  for (int c = 0; c < x->plan->contract_count; c++)
    if (x->plan->contracts[c].type == OFR_RESERVATION) reservations[n++] = c;
  for (int i = 0; i < im->slots; i++) {
    int r = ((const int *)(words + im->slot_reservation))[i];
    slots[i] = (ofr_slot){((const int *)(words + im->slot_pool))[i], r < 0 ? -1 : reservations[r]};
  }
  for (int k = 0; k < im->pools; k++) slip[k] = (int)x->raw.slip[k];
  for (int s = 0; s < im->strategies; s++) {
    totals[s] = x->columns[s * columns + COLUMN_TOTAL];
    totals[im->strategies + s] = x->columns[s * columns + COLUMN_CASH];
  }
  out->slot_count = im->slots;
  out->slots = slots;
  out->slip = slip;
  out->total_cost = totals;
  out->cash_cost = totals + im->strategies;
  return (out->months = fill_months(x)) != NULL;
}

offramp_status ofr_trace_path(const ofr_plan *plan, uint64_t path, ofr_arena *arena, const ofr_trace **trace,
                              offramp_error *error) {
  ofr_staged staged;
  *trace = NULL;
  if (plan->futures && path >= plan->futures->paths)
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, plan->futures->file, "there is no path %llu in this file: it ends with path %llu",
                    (unsigned long long)path, (unsigned long long)(plan->futures->paths - 1));
  offramp_status status = ofr_image_build(plan, &staged, error);
  if (status != OFFRAMP_OK) return status;
  tracer x = {.plan = plan, .image = staged.image, .arena = arena,
              .rate_unit = staged.money_quantum / staged.work_unit_hours};
  ofr_trace *out = ofr_arena_alloc(arena, 1, sizeof *out);
  int64_t clamped = 0;
  float *futures = ofr_arena_alloc(arena, ofr_futures_size(plan, 1) + 1, sizeof *futures);
  bool done = out && futures && allocate(&x);
  if (done) {
    ofr_job job = {.path_low = (uint32_t)path, .path_high = (uint32_t)(path >> 32), .paths = 1, .points = 1, .stride = 1,
                   .future_stride = ofr_futures_stride(1)};
    ofr_outputs outputs = {.columns = x.columns, .clamped = &clamped, .futures = futures};
    ofr_futures_fill(plan, staged.accelerator_quantum, NULL, path, 1, futures);
    ofr_path_run_trace(staged.image, &job, &outputs, &x.raw);
    *out = (ofr_trace){.plan = plan,
                       .path = path,
                       .seed = plan->seed,
                       .accelerator_quantum = staged.accelerator_quantum,
                       .work_unit = staged.accelerator_quantum / WORK_FRACTION,
                       .money_quantum = staged.money_quantum};
    done = fill(&x, out);
  }
  ofr_image_free(&staged);
  *trace = out;
  return done ? OFFRAMP_OK : ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory for the trace: close other programs");
}
