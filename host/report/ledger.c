/* A traced future in people's units: see ledger.h. */
#include "ledger.h"
#include "statistics.h"

int ofr_first_month(const ofr_trace *trace, const ofr_report_options *options) {
  (void)trace;
  return options->first_month > 0 ? options->first_month : 0;
}

int ofr_last_month(const ofr_trace *trace, const ofr_report_options *options) {
  int end = trace->plan->months - 1;
  return options->last_month < 0 || options->last_month > end ? end : options->last_month;
}

bool ofr_is_wanted(const ofr_report_options *options, int strategy) {
  return options->strategy < 0 || options->strategy == strategy;
}

void ofr_money_write(ofr_text *out, const ofr_trace *trace, int64_t quanta) {
  ofr_value_write(out, quanta, trace->money_quantum);
}

double ofr_ledger_money(const ofr_trace *trace, int64_t quanta) { return ofr_value(quanta, trace->money_quantum); }
double ofr_ledger_accelerators(const ofr_trace *trace, int64_t quanta) { return (double)quanta * trace->accelerator_quantum; }
double ofr_work(const ofr_trace *trace, int64_t units) { return (double)units * trace->work_unit; }

int64_t ofr_month_cash(const ofr_trace_strategy *s) {
  return s->usage + s->reservation + s->egress + s->shortfall + s->exit - s->grants;
}

bool ofr_has_contract(const ofr_plan *plan, ofr_contract_type type) {
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type == type) return true;
  return false;
}

int64_t ofr_placed(const ofr_trace *trace, const ofr_trace_strategy *s, int workload, int slot) {
  return s->placed[workload * trace->slot_count + slot];
}

int64_t ofr_served(const ofr_trace *trace, const ofr_trace_strategy *s, int workload, int slot) {
  return s->served[workload * trace->slot_count + slot];
}

const ofr_window *ofr_open_window(const ofr_contract *contract, int month) {
  for (int i = 0; i < contract->window_count; i++)
    if (month >= contract->windows[i].span.from && month <= contract->windows[i].span.to) return &contract->windows[i];
  return NULL;
}

double ofr_promised(const ofr_plan *plan, const ofr_window *window) {
  const ofr_span *s = &window->span;
  if (s->true_to < plan->months) return window->amount;
  return window->amount * (plan->months - s->true_from) / (s->true_to - s->true_from + 1);
}

int ofr_settles(const ofr_plan *plan, const ofr_window *window) {
  return window->span.true_to < plan->months ? window->span.true_to : plan->months - 1;
}

static bool is_voided(const ofr_trace *trace, int month, int contract) {
  const ofr_plan *plan = trace->plan;
  for (int e = 0; e < plan->event_count; e++)
    for (int i = 0; trace->months[month].active[e] && i < plan->events[e].effect_count; i++)
      if (plan->events[e].effects[i].ends && plan->events[e].effects[i].contracts[contract]) return true;
  return false;
}

bool ofr_has_ended(const ofr_trace *trace, int month, int strategy, int contract) {
  for (int t = 0; t <= month; t++)
    if (trace->months[t].strategies[strategy].contracts[contract].ended || is_voided(trace, t, contract)) return true;
  return false;
}

bool ofr_is_left_by_rounding(int64_t unserved, int64_t demand) { return unserved < demand / 10000; }
