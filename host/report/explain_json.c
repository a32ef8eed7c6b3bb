/* One future for programs: everything needed to check it by hand or to build its linear programme, in the shape that
 * INTERFACE promises. Money is printed digit by digit from the books' integers. */
#include "json_writer.h"
#include "ledger.h"

static void write_money(ofr_json_writer *w, const char *key, const ofr_trace *trace, int64_t quanta) {
  ofr_money_write(ofr_json_value(w, key), trace, quanta);
}

static void write_inputs(ofr_json_writer *w, const ofr_trace *trace, const ofr_trace_month *month) {
  const ofr_plan *plan = trace->plan;
  ofr_json_object(w, "demand", OFR_JSON_FLAT);
  for (int i = 0; i < plan->workload_count; i++) ofr_json_number(w, plan->workloads[i].name, ofr_work(trace, month->demand[i]));
  ofr_json_end(w);
  ofr_json_object(w, "price", OFR_JSON_FLAT);
  for (int k = 0; k < plan->pool_count; k++) ofr_json_number(w, plan->pools[k].name, month->price[k]);
  ofr_json_end(w);
  ofr_json_object(w, "book_price", OFR_JSON_FLAT);
  for (int k = 0; k < plan->pool_count; k++) ofr_json_number(w, plan->pools[k].name, month->book_price[k]);
  ofr_json_end(w);
  ofr_json_object(w, "capacity", OFR_JSON_FLAT);
  for (int k = 0; k < plan->pool_count; k++)
    ofr_json_number(w, plan->pools[k].name, ofr_ledger_accelerators(trace, month->capacity[k]));
  ofr_json_end(w);
  ofr_json_array(w, "events", OFR_JSON_FLAT);
  for (int e = 0; e < plan->event_count; e++)
    if (month->active[e]) ofr_json_string(w, NULL, plan->events[e].name);
  ofr_json_end(w);
  ofr_json_array(w, "declined", OFR_JSON_FLAT);
  for (int c = 0; c < plan->contract_count; c++)
    if (month->declined[c]) ofr_json_string(w, NULL, plan->contracts[c].name);
  ofr_json_end(w);
}

/* Accelerators of workload i in slot k: those paid at a rival's offer stand apart, at what they cost on average. */
static void write_placement(ofr_json_writer *w, const ofr_trace *trace, const ofr_trace_strategy *s, int i, int k, bool matched) {
  const ofr_plan *plan = trace->plan;
  const int at = i * trace->slot_count + k;
  const int64_t all = ofr_placed(trace, s, i, k), part = matched ? s->matched[at] : all - s->matched[at];
  if (part == 0) return;
  const double share = (double)part / (double)all, accelerators = ofr_ledger_accelerators(trace, part);
  const double busy = accelerators * plan->workloads[i].duty * OFR_HOURS;
  ofr_json_object(w, NULL, OFR_JSON_FLAT);
  ofr_json_string(w, "workload", plan->workloads[i].name);
  ofr_json_string(w, "pool", plan->pools[trace->slots[k].pool].name);
  ofr_json_boolean(w, "reserved", trace->slots[k].contract >= 0);
  if (trace->slots[k].contract >= 0) ofr_json_string(w, "contract", plan->contracts[trace->slots[k].contract].name);
  if (matched) ofr_json_boolean(w, "matched", true);
  ofr_json_number(w, "accelerators", accelerators);
  ofr_json_number(w, "served", ofr_work(trace, ofr_served(trace, s, i, k)) * share);
  if (matched) ofr_json_number(w, "price", busy > 0 ? ofr_ledger_money(trace, s->matched_spend[at]) / busy : 0);
  ofr_json_end(w);
}

static void write_placements(ofr_json_writer *w, const ofr_trace *trace, const ofr_trace_strategy *s) {
  const ofr_plan *plan = trace->plan;
  ofr_json_array(w, "placed", OFR_JSON_LINES);
  for (int i = 0; i < plan->workload_count; i++)
    for (int k = 0; k < trace->slot_count; k++) {
      write_placement(w, trace, s, i, k, false);
      write_placement(w, trace, s, i, k, true);
    }
  ofr_json_end(w);
  ofr_json_object(w, "unserved", OFR_JSON_FLAT);
  for (int i = 0; i < plan->workload_count; i++) ofr_json_number(w, plan->workloads[i].name, ofr_work(trace, s->unserved[i]));
  ofr_json_end(w);
}

static void write_books(ofr_json_writer *w, const ofr_trace *trace, const ofr_trace_strategy *s) {
  const ofr_plan *plan = trace->plan;
  write_money(w, "usage", trace, s->usage);
  write_money(w, "reservation", trace, s->reservation);
  write_money(w, "egress", trace, s->egress);
  write_money(w, "shortfall", trace, s->shortfall);
  write_money(w, "exit", trace, s->exit);
  write_money(w, "grants", trace, s->grants);
  write_money(w, "unmet", trace, s->unmet);
  ofr_json_object(w, "revenue", OFR_JSON_FLAT);
  for (int p = 0; p < plan->provider_count; p++) write_money(w, plan->providers[p].name, trace, s->revenue[p]);
  ofr_json_end(w);
}

static void write_commitments(ofr_json_writer *w, const ofr_trace *trace, const ofr_trace_strategy *s, const bool *signs) {
  const ofr_plan *plan = trace->plan;
  ofr_json_object(w, "commitments", OFR_JSON_LINES);
  for (int c = 0; c < plan->contract_count; c++) {
    if (plan->contracts[c].type != OFR_COMMITMENT || !signs[c]) continue;
    ofr_json_object(w, plan->contracts[c].name, OFR_JSON_FLAT);
    write_money(w, "counted", trace, s->contracts[c].counted);
    write_money(w, "required", trace, s->contracts[c].required);
    write_money(w, "charge", trace, s->contracts[c].charge);
    write_money(w, "deferred", trace, s->contracts[c].deferred);
    write_money(w, "carried", trace, s->contracts[c].carried);
    write_money(w, "credit", trace, s->contracts[c].balance);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

/* Clauses that not every plan has: their keys are there where the plan has the clause. */
static void write_clauses(ofr_json_writer *w, const ofr_trace *trace, const ofr_trace_strategy *s, const bool *signs) {
  const ofr_plan *plan = trace->plan;
  if (ofr_has_contract(plan, OFR_DISCOUNT)) {
    ofr_json_object(w, "discounts", OFR_JSON_LINES);
    for (int c = 0; c < plan->contract_count; c++) {
      if (plan->contracts[c].type != OFR_DISCOUNT || !signs[c]) continue;
      ofr_json_object(w, plan->contracts[c].name, OFR_JSON_FLAT);
      write_money(w, "list", trace, s->contracts[c].listed);
      write_money(w, "saved", trace, s->contracts[c].saved);
      ofr_json_end(w);
    }
    ofr_json_end(w);
  }
  if (ofr_has_contract(plan, OFR_GRANT)) {
    ofr_json_object(w, "grants_credit", OFR_JSON_FLAT);
    for (int c = 0; c < plan->contract_count; c++)
      if (plan->contracts[c].type == OFR_GRANT && plan->contracts[c].credit && signs[c])
        write_money(w, plan->contracts[c].name, trace, s->contracts[c].balance);
    ofr_json_end(w);
  }
  if (!ofr_has_contract(plan, OFR_EXIT)) return;
  ofr_json_array(w, "exited", OFR_JSON_FLAT);
  for (int c = 0; c < plan->contract_count; c++)
    if (s->contracts[c].ended) ofr_json_string(w, NULL, plan->contracts[c].name);
  ofr_json_end(w);
  ofr_json_object(w, "exit_fee", OFR_JSON_FLAT);
  for (int c = 0; c < plan->contract_count; c++)
    if (s->contracts[c].taken) write_money(w, plan->contracts[c].name, trace, s->contracts[c].fee);
  ofr_json_end(w);
}

static void write_month(ofr_json_writer *w, const ofr_trace *trace, const ofr_report_options *options, int t) {
  const ofr_plan *plan = trace->plan;
  const ofr_trace_month *month = &trace->months[t];
  char name[8];
  ofr_plan_month_name(plan, t, name);
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "month", name);
  write_inputs(w, trace, month);
  ofr_json_object(w, "strategies", OFR_JSON_LINES);
  for (int s = 0; s < plan->strategy_count; s++) {
    if (!ofr_is_wanted(options, s)) continue;
    ofr_json_object(w, plan->strategies[s].name, OFR_JSON_LINES);
    write_placements(w, trace, &month->strategies[s]);
    write_books(w, trace, &month->strategies[s]);
    write_commitments(w, trace, &month->strategies[s], plan->strategies[s].signed_contracts);
    write_clauses(w, trace, &month->strategies[s], plan->strategies[s].signed_contracts);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

void ofr_explain_json(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out) {
  const ofr_plan *plan = trace->plan;
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_integer(w, "path", trace->path);
  ofr_json_integer(w, "seed", trace->seed);
  ofr_json_object(w, "quanta", OFR_JSON_FLAT);
  ofr_json_number(w, "accelerators", trace->accelerator_quantum);
  ofr_json_number(w, "money", trace->money_quantum);
  ofr_json_end(w);
  ofr_json_object(w, "slip", OFR_JSON_FLAT);
  for (int k = 0; k < plan->pool_count; k++) ofr_json_integer(w, plan->pools[k].name, (uint64_t)trace->slip[k]);
  ofr_json_end(w);
  ofr_json_array(w, "months", OFR_JSON_LINES);
  for (int t = ofr_first_month(trace, options); t <= ofr_last_month(trace, options); t++) write_month(w, trace, options, t);
  ofr_json_end(w);
  ofr_json_object(w, "totals", OFR_JSON_LINES);
  for (int s = 0; s < plan->strategy_count; s++) {
    if (!ofr_is_wanted(options, s)) continue;
    ofr_json_object(w, plan->strategies[s].name, OFR_JSON_FLAT);
    write_money(w, "total_cost", trace, trace->total_cost[s]);
    write_money(w, "cash_cost", trace, trace->cash_cost[s]);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}
