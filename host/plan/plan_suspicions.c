/* What a plan may say but hardly means, as warnings. Works on mean curves alone: nothing is simulated here, and nothing here
 * makes a plan invalid. */
#include "plan.h"
#include "money_scale.h"
#include "../base/fixed_math.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COARSE_QUANTA = 100 };

typedef struct suspicion {
  const ofr_plan *plan;
  const ofr_json *root;
  ofr_diagnostics *d;
} suspicion;

/* ---- where and how to say it ---- */

/* The value at /list/index/key, or as far towards it as the plan file goes: what is left out has no place of its own. */
static const ofr_json *place_of(const suspicion *s, const char *list, int index, const char *key) {
  const ofr_json *item = ofr_json_at(ofr_json_get(s->root, list), index);
  const ofr_json *value = item && key ? ofr_json_get(item, key) : NULL;
  return value ? value : item ? item : s->root;
}

__attribute__((format(printf, 4, 5))) static void doubt(const suspicion *s, const ofr_json *place, const char *remedy,
                                                        const char *format, ...) {
  char message[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  ofr_diagnose(s->d, OFR_WARNING, s->plan->file, place ? place->line : 0, place ? ofr_json_pointer(place, s->d->arena) : "",
               remedy, "%s", message);
}

typedef struct money_text {
  char text[40];
} money_text;

/* "$250.0 billion"; written with integers, since a locale may have its own decimal point. */
static money_text money(double dollars) {
  static const struct {
    double unit;
    const char *name;
  } units[] = {{1e9, " billion"}, {1e6, " million"}, {1e3, " thousand"}, {1, ""}};
  int i = 0;
  while (i < 3 && dollars < units[i].unit) i++;
  const int decimals = i < 3 ? 1 : 2, parts = i < 3 ? 10 : 100;
  const long long whole = (long long)(dollars / units[i].unit * parts + 0.5);
  money_text out;
  snprintf(out.text, sizeof out.text, "$%lld.%0*lld%s", whole / parts, decimals, whole % parts, units[i].name);
  return out;
}

/* ---- who can run where ---- */

static bool runs_on(const ofr_plan *plan, int w, int k) { return plan->workloads[w].speed[plan->pools[k].accelerator] > 0; }

static bool is_usable(const ofr_plan *plan, int k) {
  for (int w = 0; w < plan->workload_count; w++)
    if (runs_on(plan, w, k)) return true;
  return false;
}

/* Whether pool k ever has something to offer, reserved parts included. */
static bool has_capacity(const ofr_plan *plan, int k) {
  bool has = plan->pools[k].capacity.max > 0;
  for (int c = 0; c < plan->contract_count; c++)
    has = has || (plan->contracts[c].type == OFR_RESERVATION && plan->contracts[c].pool == k &&
                  plan->contracts[c].accelerators.max > 0);
  return has;
}

/* `provider` -1: anywhere. */
static bool can_be_served(const ofr_plan *plan, int w, int provider) {
  for (int k = 0; k < plan->pool_count; k++)
    if (runs_on(plan, w, k) && has_capacity(plan, k) && (provider < 0 || plan->pools[k].provider == provider)) return true;
  return false;
}

static void doubt_idle_pools(const suspicion *s) {
  for (int k = 0; k < s->plan->pool_count; k++)
    if (!is_usable(s->plan, k))
      doubt(s, place_of(s, "pools", k, "accelerator"), "give a workload a speed on it, or leave the pool out",
            "no workload runs on %s, so the pool \"%s\" is never used",
            s->plan->accelerators[s->plan->pools[k].accelerator].name, s->plan->pools[k].name);
}

static void doubt_stranded_workloads(const suspicion *s) {
  for (int w = 0; w < s->plan->workload_count; w++) {
    const ofr_workload *workload = &s->plan->workloads[w];
    if (!can_be_served(s->plan, w, -1))
      doubt(s, place_of(s, "workloads", w, "speed"), "give it a speed on an accelerator that some pool has",
            "no pool can serve \"%s\": all of its demand goes unmet", workload->name);
  }
}

/* One quantum serves the whole plan: beside a giant, what is small is counted in coarse steps. */
static void doubt_coarse_demand(const suspicion *s) {
  ofr_scales scales;
  if (!ofr_scales_of(s->plan, &scales)) return;
  for (int w = 0; w < s->plan->workload_count; w++) {
    const double *demand = s->plan->workloads[w].demand.at;
    double least = 0;
    for (int t = 0; t < s->plan->months; t++)
      if (demand[t] > 0 && (least == 0 || demand[t] < least)) least = demand[t];
    if (least > 0 && least < COARSE_QUANTA * scales.accelerator_quantum)
      doubt(s, place_of(s, "workloads", w, "demand"), "simulate what is so much smaller in a plan of its own",
            "\"%s\" begins so small beside the rest of the plan that whole quanta cut it into fewer than %d steps",
            s->plan->workloads[w].name, COARSE_QUANTA);
  }
}

static void doubt_free_egress(const suspicion *s) {
  for (int w = 0; w < s->plan->workload_count; w++) {
    const ofr_workload *workload = &s->plan->workloads[w];
    const ofr_json *place = place_of(s, "workloads", w, "data_gb_per_hour");
    if (workload->data_gb_per_hour == 0) continue;
    if (workload->home < 0)
      doubt(s, place, "name its \"home\" provider", "\"%s\" moves data but has no home: it costs nothing", workload->name);
    else if (s->plan->providers[workload->home].egress_per_gb.max == 0)
      doubt(s, place, "give the provider an \"egress_per_gb\"",
            "\"%s\" moves data out of %s, which has no egress price: it costs nothing", workload->name,
            s->plan->providers[workload->home].name);
  }
}

/* ---- percentages and other units ---- */

static int percent_of(double share) { return (int)(100 * share + 0.5); }

static void doubt_growth(const suspicion *s, const char *list, int index, const char *key, const char *name, double most) {
  const ofr_json *growth = ofr_json_get(place_of(s, list, index, key), "growth");
  if (growth && growth->number > most)
    doubt(s, growth, "growth is a rate per year: 0.15 for 15 % more, -0.15 for 15 % less", "the %s of \"%s\" grows by %d %% a year",
          key, name, percent_of(growth->number));
}

/* Rates that someone may have written as percentages, or as multiples. */
static void doubt_rates(const suspicion *s) {
  const double most_of_prices = 0.5, most = 4;
  const ofr_plan *plan = s->plan;
  if (plan->discount_rate >= 1)
    doubt(s, ofr_json_get(ofr_json_get(s->root, "horizon"), "discount_rate"), "write 0.08 for 8 %",
          "the discount rate is %d %% a year", percent_of(plan->discount_rate));
  for (int j = 0; j < plan->factor_count; j++)
    if (plan->factors[j].volatility >= 3)
      doubt(s, place_of(s, "factors", j, "volatility"), "write 0.35 for 35 %", "\"%s\" has a volatility of %d %% a year",
            plan->factors[j].name, percent_of(plan->factors[j].volatility));
  for (int i = 0; i < plan->event_count; i++)
    if (plan->events[i].rate > 12)
      doubt(s, place_of(s, "events", i, "rate"), "a rate is how often a year: 0.3 for three times in ten years",
            "\"%s\" is to start more often than every month", plan->events[i].name);
  for (int i = 0; i < plan->provider_count; i++)
    doubt_growth(s, "providers", i, "egress_per_gb", plan->providers[i].name, most_of_prices);
  for (int w = 0; w < plan->workload_count; w++) doubt_growth(s, "workloads", w, "demand", plan->workloads[w].name, most);
  for (int k = 0; k < plan->pool_count; k++) {
    doubt_growth(s, "pools", k, "price", plan->pools[k].name, most_of_prices);
    doubt_growth(s, "pools", k, "capacity", plan->pools[k].name, most);
  }
}

static bool is_reserved(const ofr_plan *plan, int k) {
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type == OFR_RESERVATION && plan->contracts[c].pool == k) return true;
  return false;
}

/* The least that an hour of workload w costs in any month, $ per reference accelerator-hour at list price; 0 where reserved
 * capacity has a price of its own, -1 where nothing can run. */
static double cheapest_hour(const ofr_plan *plan, int w) {
  double least = -1;
  for (int k = 0; k < plan->pool_count; k++) {
    if (!runs_on(plan, w, k)) continue;
    if (is_reserved(plan, k)) return 0;
    for (int t = 0; t < plan->months; t++) {
      const double hour = plan->pools[k].price.at[t] / plan->workloads[w].speed[plan->pools[k].accelerator];
      if (plan->pools[k].capacity.at[t] > 0 && (least < 0 || hour < least)) least = hour;
    }
  }
  return least;
}

static void doubt_unaffordable(const suspicion *s) {
  for (int w = 0; w < s->plan->workload_count; w++) {
    const double hour = cheapest_hour(s->plan, w), most = s->plan->workloads[w].unmet_cost;
    if (hour > most)
      doubt(s, place_of(s, "workloads", w, "unmet_cost"), "all of these are $ per hour: look at unmet_cost, prices and speeds",
            "\"%s\" is not worth what it costs: an hour that goes unserved costs %s, and the cheapest that is served %s",
            s->plan->workloads[w].name, money(most).text, money(hour).text);
  }
}

/* ---- curves are means ---- */

/* The variance of sum b_j X_j(t), exactly: each X_j is an autoregression from X_j(0) = 0, the shocks are correlated. */
static double log_variance(const ofr_plan *plan, const double *loading, int t) {
  double phi[OFR_MAX_FACTORS], step[OFR_MAX_FACTORS], variance = 0;
  for (int j = 0; j < plan->factor_count; j++) {
    const double sigma = plan->factors[j].volatility, kappa = plan->factors[j].reversion;
    phi[j] = ofr_exp(-kappa / 12);
    step[j] = loading[j] * sigma * ofr_pow(kappa > 0 ? (1 - phi[j] * phi[j]) / (2 * kappa) : 1.0 / 12, 0.5);
  }
  for (int i = 0; i < plan->factor_count; i++) {
    for (int j = 0; j < plan->factor_count; j++) {
      const double both = phi[i] * phi[j];
      const double steps = both < 1 ? (1 - ofr_pow(both, t)) / (1 - both) : t;
      variance += plan->correlation[i * plan->factor_count + j] * step[i] * step[j] * steps;
    }
  }
  return variance;
}

static void doubt_median(const suspicion *s, const char *list, int index, const char *name, const char *what,
                         const double *loading) {
  const int last = s->plan->months - 1;
  const double ratio = ofr_exp(-log_variance(s->plan, loading, last) / 2);
  if (!(ratio < 0.7)) return;
  char month[8];
  ofr_plan_month_name(s->plan, last, month);
  doubt(s, place_of(s, list, index, "factors"),
        "curves are means: raise the curve, or lower volatility or loading, if you meant the typical value",
        "in %s the typical (median) %s of \"%s\" lies at %d %% of its curve", month, what, name, (int)(100 * ratio + 0.5));
}

static void doubt_medians(const suspicion *s) {
  const ofr_plan *plan = s->plan;
  for (int w = 0; w < plan->workload_count; w++)
    doubt_median(s, "workloads", w, plan->workloads[w].name, "demand", plan->workloads[w].loading);
  for (int k = 0; k < plan->pool_count; k++) doubt_median(s, "pools", k, plan->pools[k].name, "price", plan->pools[k].loading);
}

static void doubt_idle_factors(const suspicion *s) {
  const ofr_plan *plan = s->plan;
  for (int j = 0; j < plan->factor_count; j++) {
    bool used = false;
    for (int w = 0; w < plan->workload_count; w++) used = used || plan->workloads[w].loading[j] != 0;
    for (int k = 0; k < plan->pool_count; k++) used = used || plan->pools[k].loading[j] != 0;
    if (!used)
      doubt(s, place_of(s, "factors", j, NULL), "name it under a workload's or a pool's \"factors\", or leave it out",
            "nothing depends on the factor \"%s\"", plan->factors[j].name);
  }
}

/* ---- promises ---- */

static bool is_empty(ofr_span span) { return span.from > span.to; }

/* What all covered capacity would earn in a month at list price, as far as it counts; reserved capacity and its fees too. */
static double earnable(const ofr_plan *plan, const ofr_contract *commitment, int t) {
  double dollars = 0;
  for (int k = 0; k < plan->pool_count; k++)
    dollars += plan->pools[k].capacity.at[t] * OFR_HOURS * plan->pools[k].price.at[t] * commitment->counts[k];
  for (int c = 0; c < plan->contract_count; c++) {
    const ofr_contract *block = &plan->contracts[c];
    if (block->type != OFR_RESERVATION) continue;
    dollars +=
        block->accelerators.at[t] * OFR_HOURS * (block->price.at[t] + block->use_price) * commitment->counts[block->pool];
  }
  return dollars;
}

static bool covers_all(const ofr_plan *plan, const ofr_contract *commitment) {
  for (int k = 0; k < plan->pool_count; k++)
    if (plan->pools[k].provider == commitment->provider && commitment->counts[k] < 1) return false;
  return true;
}

static void doubt_promise(const suspicion *s, const ofr_contract *commitment, const ofr_window *window, const ofr_json *place) {
  const ofr_span span = window->span;
  const double share = (double)(span.to - span.true_from + 1) / (span.true_to - span.true_from + 1);
  const double owed = window->amount * share - (span.true_from < 0 ? commitment->opening : 0);
  double most = 0;
  for (int t = span.from; t <= span.to; t++) most += earnable(s->plan, commitment, t);
  if (!(owed > most)) return;
  char month[8];
  ofr_plan_month_name(s->plan, span.to, month);
  const char *provider = s->plan->providers[commitment->provider].name;
  const char *part = covers_all(s->plan, commitment) ? "" : ", as far as it counts,";
  char whole[60] = "";
  if (owed < window->amount) snprintf(whole, sizeof whole, " (of its %s)", money(window->amount).text);
  doubt(s, place, "lower the amount, let the window end later, or add capacity",
        "\"%s\" promises %s%s by %s, but all of %s's capacity at list price%s would earn at most %s by then", commitment->name,
        money(owed).text, whole, month, provider, part, money(most).text);
}

static void doubt_cut(const suspicion *s, const ofr_contract *commitment, const ofr_window *window, const ofr_json *place) {
  const ofr_span span = window->span;
  char end[8], cut[8];
  ofr_plan_month_name(s->plan, span.true_to, end);
  ofr_plan_month_name(s->plan, span.to, cut);
  if (span.true_to > span.to) {
    const double share = (double)(span.to - span.true_from + 1) / (span.true_to - span.true_from + 1);
    doubt(s, place, "lengthen the horizon to see it whole",
          "this window runs to %s, beyond the horizon: it settles in %s, with %s of its %s", end, cut,
          money(window->amount * share).text, money(window->amount).text);
  }
  if (span.true_from < 0 && commitment->opening == 0)
    doubt(s, place, "give the contract an \"opening\": $ counted before the horizon",
          "this window began before the horizon, but nothing was counted before");
}

static void doubt_commitments(const suspicion *s) {
  for (int c = 0; c < s->plan->contract_count; c++) {
    const ofr_contract *commitment = &s->plan->contracts[c];
    if (commitment->type != OFR_COMMITMENT) continue;
    const ofr_json *list = ofr_json_get(place_of(s, "contracts", c, NULL), "windows");
    for (int i = 0; i < commitment->window_count; i++) {
      const ofr_json *place = ofr_json_at(list, commitment->windows[i].index);
      doubt_promise(s, commitment, &commitment->windows[i], place ? place : list);
      doubt_cut(s, commitment, &commitment->windows[i], place ? place : list);
    }
  }
}

/* Where "none" is written out it is meant. */
static void doubt_pull(const suspicion *s) {
  for (int i = 0; i < s->plan->strategy_count; i++) {
    if (!s->root || ofr_json_get(ofr_json_at(ofr_json_get(s->root, "strategies"), i), "pull")) continue;
    const ofr_strategy *strategy = &s->plan->strategies[i];
    const char *promise = NULL;
    for (int c = 0; c < s->plan->contract_count && !promise; c++)
      if (strategy->signed_contracts[c] && s->plan->contracts[c].type == OFR_COMMITMENT) promise = s->plan->contracts[c].name;
    if (promise)
      doubt(s, place_of(s, "strategies", i, NULL), "add \"pull\": \"pace\" for work to go where spend is still owed",
            "\"%s\" signs \"%s\" but has no pull: it places work as if nothing were promised", strategy->name, promise);
  }
}

/* ---- contracts without effect ---- */

/* A date outside says so itself where an exit reads it. */
static bool is_outside(const suspicion *s, int c) {
  const ofr_contract *contract = &s->plan->contracts[c];
  const bool bounded = contract->type != OFR_COMMITMENT && contract->type != OFR_EXIT && contract->type != OFR_STAKE;
  if (!bounded || !is_empty(contract->span)) return false;
  doubt(s, place_of(s, "contracts", c, NULL), "move it or the horizon", "\"%s\" lies outside the horizon", contract->name);
  return true;
}

static void doubt_reservation(const suspicion *s, int c) {
  const ofr_contract *block = &s->plan->contracts[c];
  const ofr_pool *pool = &s->plan->pools[block->pool];
  if (block->accelerators.max == 0)
    doubt(s, place_of(s, "contracts", c, "accelerators"), "give it a size, or leave it out", "\"%s\" reserves nothing",
          block->name);
  else if (!is_usable(s->plan, block->pool))
    doubt(s, place_of(s, "contracts", c, "pool"), "give a workload a speed on it",
          "\"%s\" is paid but never used: no workload runs on %s", block->name, s->plan->accelerators[pool->accelerator].name);
}

static void doubt_exclusivity(const suspicion *s, int c) {
  const ofr_contract *clause = &s->plan->contracts[c];
  for (int w = 0; w < s->plan->workload_count; w++)
    if (clause->covers[w] && clause->overflow == OFR_OVERFLOW_UNMET && !can_be_served(s->plan, w, clause->provider))
      doubt(s, place_of(s, "contracts", c, NULL), "take it out of \"workloads\", or let \"overflow\" be \"open\"",
            "\"%s\" ties \"%s\" to %s, where no pool can serve it", clause->name, s->plan->workloads[w].name,
            s->plan->providers[clause->provider].name);
}

/* The holder has nothing to match with. */
static void doubt_first_refusal(const suspicion *s, int c) {
  const ofr_contract *clause = &s->plan->contracts[c];
  for (int w = 0; w < s->plan->workload_count; w++)
    if (clause->covers[w] && !can_be_served(s->plan, w, clause->provider))
      doubt(s, place_of(s, "contracts", c, NULL), "take it out of \"workloads\", or give it a speed there",
            "\"%s\" lets %s match offers for \"%s\", which no pool of it can serve", clause->name,
            s->plan->providers[clause->provider].name, s->plan->workloads[w].name);
}

static void doubt_discount(const suspicion *s, int c) {
  const ofr_contract *discount = &s->plan->contracts[c];
  double best = 0;
  for (int i = 0; i < discount->tier_count; i++) best = discount->tiers[i].rate > best ? discount->tiers[i].rate : best;
  if (best == 0)
    doubt(s, place_of(s, "contracts", c, "tiers"), "give a tier a rate, or leave it out", "\"%s\" takes nothing off",
          discount->name);
}

static void doubt_contracts(const suspicion *s) {
  for (int c = 0; c < s->plan->contract_count; c++) {
    bool is_signed = false;
    for (int i = 0; i < s->plan->strategy_count; i++) is_signed = is_signed || s->plan->strategies[i].signed_contracts[c];
    if (!is_signed)
      doubt(s, place_of(s, "contracts", c, NULL), "name it under a strategy's \"contracts\", or leave it out",
            "no strategy signs \"%s\"", s->plan->contracts[c].name);
    if (is_outside(s, c)) continue;
    if (s->plan->contracts[c].type == OFR_RESERVATION) doubt_reservation(s, c);
    if (s->plan->contracts[c].type == OFR_EXCLUSIVITY) doubt_exclusivity(s, c);
    if (s->plan->contracts[c].type == OFR_FIRST_REFUSAL) doubt_first_refusal(s, c);
    if (s->plan->contracts[c].type == OFR_DISCOUNT) doubt_discount(s, c);
    if (s->plan->contracts[c].type == OFR_GRANT && s->plan->contracts[c].amount == 0)
      doubt(s, place_of(s, "contracts", c, "amount"), "give it an amount, or leave it out", "\"%s\" grants nothing",
            s->plan->contracts[c].name);
  }
}

/* ---- events without effect ---- */

static bool any(const bool *flags, int count) {
  for (int i = 0; i < count; i++)
    if (flags[i]) return true;
  return false;
}

static bool acts(const ofr_plan *plan, const ofr_effect *e) {
  return ((e->capacity != 1 || e->price != 1) && any(e->pools, plan->pool_count)) ||
         (e->demand != 1 && any(e->workloads, plan->workload_count)) ||
         ((e->suspend || e->ends) && any(e->contracts, plan->contract_count));
}

static void doubt_events(const suspicion *s) {
  for (int i = 0; i < s->plan->event_count; i++) {
    const ofr_event *event = &s->plan->events[i];
    const bool in_time = event->at < 0 ? event->rate > 0 && !is_empty(event->span)
                                       : event->at >= event->span.from && event->at <= event->span.to;
    if (!in_time)
      doubt(s, place_of(s, "events", i, NULL), "give it a rate, or months within the horizon",
            "\"%s\" never happens within the horizon", event->name);
    const ofr_json *list = ofr_json_get(place_of(s, "events", i, NULL), "effects");
    for (int j = 0; j < event->effect_count; j++)
      if (!acts(s->plan, &event->effects[j]))
        doubt(s, ofr_json_at(list, j), "let it select something, and change it", "this effect of \"%s\" changes nothing",
              event->name);
  }
}

void ofr_plan_suspicions(const ofr_plan *plan, const ofr_json *root, ofr_diagnostics *d) {
  const suspicion s = {plan, root, d};
  doubt_stranded_workloads(&s);
  doubt_coarse_demand(&s);
  doubt_free_egress(&s);
  doubt_idle_pools(&s);
  doubt_rates(&s);
  doubt_unaffordable(&s);
  doubt_medians(&s);
  doubt_idle_factors(&s);
  doubt_commitments(&s);
  doubt_pull(&s);
  doubt_contracts(&s);
  doubt_events(&s);
}
