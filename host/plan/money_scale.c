#include "money_scale.h"
#include <math.h>
#include "../../device/path_c.h"

#define MULTIPLIER_CLAMP 64.0
#define SUM_BUNDLES_BITS 12 /* bundles that are summed in 64 bits before a worker's sums are folded */
#define MARGIN           1.001 /* over float32 rounding in what the bounds bound */
#define LEAST_QUANTITY   1e-9  /* accelerators: what is less is worth no millionth of a dollar */

/* What all demand together could use of a pool at most, in accelerators, when every multiplier is 1. */
static double usable(const ofr_plan *plan, int accelerator) {
  double sum = 0;
  for (int w = 0; w < plan->workload_count; w++) {
    double speed = plan->workloads[w].speed[accelerator];
    if (speed > 0) sum += ofr_most(plan, OFR_DEMAND, w).max / speed;
  }
  return sum;
}

static double largest_quantity(const ofr_plan *plan) {
  double largest = 0;
  for (int w = 0; w < plan->workload_count; w++) largest = fmax(largest, ofr_most(plan, OFR_DEMAND, w).max);
  for (int k = 0; k < plan->pool_count; k++)
    largest = fmax(largest, fmin(ofr_most(plan, OFR_CAPACITY, k).max, usable(plan, plan->pools[k].accelerator)));
  for (int c = 0; c < plan->contract_count; c++) {
    const ofr_contract *r = &plan->contracts[c];
    if (r->type == OFR_RESERVATION)
      largest = fmax(largest, fmin(r->accelerators.max, usable(plan, plan->pools[r->pool].accelerator)));
  }
  return largest > 0 ? fmax(largest, LEAST_QUANTITY) : 1;
}

/* A decimal of few digits between largest / 262,143 and largest / 250,000: the first keeps 64 x largest below 2^24 quanta. */
static double accelerator_quantum_of(const ofr_plan *plan) {
  double most = largest_quantity(plan) / 250000, least = largest_quantity(plan) / 262143;
  double digit = 1;
  while (digit > most) digit /= 10;
  while (digit * 10 <= most) digit *= 10;
  for (int digits = 0; digits < 6; digits++, digit /= 10) {
    double q = floor(most / digit) * digit;
    if (q >= least) return q;
  }
  return most;
}

static double event_multiplier(const ofr_plan *plan, int index, double (*of)(const ofr_effect *, int)) {
  double m = 1;
  for (int e = 0; e < plan->event_count; e++)
    for (int i = 0; i < plan->events[e].effect_count; i++) m *= fmax(1, of(&plan->events[e].effects[i], index));
  return m;
}

static double price_effect(const ofr_effect *x, int k) { return x->pools[k] ? x->price : 1; }
static double capacity_effect(const ofr_effect *x, int k) { return x->pools[k] ? x->capacity : 1; }
static double demand_effect(const ofr_effect *x, int w) { return x->workloads[w] ? x->demand : 1; }

/* Factors or a history move it. */
static bool is_drawn(const ofr_plan *plan, ofr_quantity quantity, int index) {
  const double *loading = quantity == OFR_CAPACITY ? NULL
                          : quantity == OFR_DEMAND ? plan->workloads[index].loading
                                                   : plan->pools[index].loading;
  if (ofr_given_row(plan, quantity, index) >= 0) return false;
  if (ofr_history_row(plan, quantity, index) >= 0) return true;
  for (int j = 0; loading && j < plan->factor_count; j++)
    if (loading[j] != 0) return true;
  return false;
}

static bool staked(const ofr_plan *plan) {
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type == OFR_STAKE) return true;
  return false;
}

/* No path's cash and unmet cost in one month exceed this, in dollars, charges and fees aside. */
static double month_bound(const ofr_plan *plan, const ofr_scales *s, int t) {
  double sum = 0, limit = s->accelerator_quantum * QUANTA_LIMIT, demand = 0;
  for (int w = 0; w < plan->workload_count; w++) {
    const ofr_workload *load = &plan->workloads[w];
    double most = ofr_most(plan, OFR_DEMAND, w).at[t] * event_multiplier(plan, w, demand_effect);
    if (is_drawn(plan, OFR_DEMAND, w)) most *= MULTIPLIER_CLAMP;
    double egress = load->home >= 0 ? load->data_gb_per_hour * plan->providers[load->home].egress_per_gb.at[t] : 0;
    sum += fmin(most, limit) * (load->unmet_cost + egress + (staked(plan) ? load->value : 0));
    demand += fmin(most, limit);
  }
  for (int k = 0; k < plan->pool_count; k++) {
    double slowest = 0;
    for (int w = 0; w < plan->workload_count; w++) {
      double speed = plan->workloads[w].speed[plan->pools[k].accelerator];
      if (speed > 0 && (slowest == 0 || speed < slowest)) slowest = speed;
    }
    if (slowest == 0) continue;
    double most = ofr_most(plan, OFR_CAPACITY, k).max * event_multiplier(plan, k, capacity_effect);
    if (is_drawn(plan, OFR_CAPACITY, k)) most *= MULTIPLIER_CLAMP;
    sum += fmin(fmin(most, limit), demand / slowest) * s->highest_price[k];
  }
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type == OFR_RESERVATION && t >= plan->contracts[c].span.from && t <= plan->contracts[c].span.to)
      sum += plan->contracts[c].accelerators.at[t] * plan->contracts[c].use_price;
  return sum * OFR_HOURS;
}

/* Fees and charges over the whole path, in dollars. A charge may count again under later commitments. */
static double contract_bound(const ofr_plan *plan) {
  double sum = 0;
  for (int c = 0; c < plan->contract_count; c++) {
    const ofr_contract *x = &plan->contracts[c];
    if (x->type == OFR_COMMITMENT) {
      for (int i = 0; i < x->window_count; i++) sum += x->windows[i].amount * fmax(1, x->shortfall_rate);
      sum += x->opening;
    } else if (x->type == OFR_GRANT) {
      sum += x->amount;
    } else if (x->type == OFR_EXIT) {
      const ofr_contract *of = &plan->contracts[x->target];
      for (int i = 0; i < of->window_count; i++) sum += of->windows[i].amount * x->fee;
      for (int t = of->span.from; of->type == OFR_RESERVATION && t <= of->span.to; t++)
        sum += of->accelerators.at[t] * of->price.at[t] * OFR_HOURS * x->fee;
    } else if (x->type == OFR_RESERVATION) {
      for (int t = x->span.from; t <= x->span.to; t++) sum += x->accelerators.at[t] * x->price.at[t] * OFR_HOURS;
    }
  }
  return sum;
}

static int bits_of(double x) {
  int exponent;
  frexp(x, &exponent);
  return exponent > 0 ? exponent : 0;
}

bool ofr_scales_of(const ofr_plan *plan, ofr_scales *s) {
  s->accelerator_quantum = accelerator_quantum_of(plan);
  for (int k = 0; k < plan->pool_count; k++) {
    s->highest_price[k] = ofr_most(plan, OFR_PRICE, k).max * event_multiplier(plan, k, price_effect) * MARGIN;
    if (is_drawn(plan, OFR_PRICE, k)) s->highest_price[k] *= MULTIPLIER_CLAMP;
  }
  double contracts = contract_bound(plan), month = 0, path = contracts;
  for (int t = 0; t < plan->months; t++) {
    double bound = month_bound(plan, s, t);
    month = fmax(month, bound);
    path += bound;
  }
  /* fees and charges may count under every commitment: their sums are bounded by the path's as a whole */
  path *= 2 * MARGIN;
  month = (month + contracts) * 2 * MARGIN;
  s->money_quantum = 0;
  for (double units = 1e6; units >= 1e-3; units /= 10)
    if (path * units < ldexp(1, 61)) {
      s->money_quantum = 1 / units;
      break;
    }
  if (s->money_quantum == 0) return false;
  s->money_per_price = OFR_HOURS * s->accelerator_quantum / WORK_FRACTION / s->money_quantum;
  int path_bits = bits_of(path / s->money_quantum), month_bits = bits_of(month / s->money_quantum);
  s->ratio_shift = path_bits > 58 ? path_bits - 58 : 0;
  s->sum_shift = month_bits + SUM_BUNDLES_BITS > 62 ? month_bits + SUM_BUNDLES_BITS - 62 : 0;
  s->unit_cost_digits = (bits_of(1e9 / s->money_per_price) + 9) / 10; /* to a billionth of a dollar */
  if (s->unit_cost_digits > 3) s->unit_cost_digits = 3;
  return true;
}

int ofr_rate_shift(const ofr_scales *s, double highest) {
  double x = highest * s->money_per_price;
  if (x <= 0) return 0;
  int exponent;
  frexp(x, &exponent); /* x < 2^exponent */
  int shift = 31 - exponent;
  return shift > 60 ? 60 : shift;
}

uint32_t ofr_rate(const ofr_scales *s, double rate, double highest) {
  double x = floor(ldexp(rate * s->money_per_price, ofr_rate_shift(s, highest)) + 0.5);
  return x < 2147483647.0 ? (uint32_t)x : 2147483647u;
}

int64_t ofr_to_money(const ofr_scales *s, double dollars) {
  /* dollars x (quanta per dollar): the reciprocal is a whole power of ten, or its inverse, and loses nothing */
  double units = floor(1 / s->money_quantum + 0.5);
  double quanta = floor((units >= 1 ? dollars * units : dollars / s->money_quantum) + 0.5);
  return quanta < ldexp(1, 63) ? (int64_t)quanta : INT64_MAX;
}

uint32_t ofr_to_fraction(double x, int bits) { return (uint32_t)floor(ldexp(x, bits) + 0.5); }
