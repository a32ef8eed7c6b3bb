/* One future as a long table: one row an entry, every digit. The inputs have no strategy; `subject` names what is neither
 * workload nor pool: an event, a provider, a contract. Slips and totals stand outside the months. */
#include "ledger.h"
#include "statistics.h"

/* Where a row belongs; NULL is an empty field. */
typedef struct row {
  const char *month, *strategy, *kind, *subject, *workload, *pool, *reserved;
} row;

static ofr_text *begin(ofr_text *out, const row *r) {
  const char *fields[] = {r->month, r->strategy, r->kind, r->subject, r->workload, r->pool, r->reserved};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (fields[i] != NULL) ofr_text_csv_string(out, fields[i]);
    ofr_text_add(out, ",");
  }
  return out;
}

static void write_number(ofr_text *out, row r, double value) {
  ofr_text_number(begin(out, &r), value);
  ofr_text_add(out, "\n");
}

static void write_money(ofr_text *out, row r, const ofr_trace *trace, int64_t quanta) {
  ofr_money_write(begin(out, &r), trace, quanta);
  ofr_text_add(out, "\n");
}

static void write_inputs(ofr_text *out, const ofr_trace *trace, const ofr_trace_month *month, const char *name) {
  const ofr_plan *plan = trace->plan;
  for (int i = 0; i < plan->workload_count; i++)
    write_number(out, (row){.month = name, .kind = "demand", .workload = plan->workloads[i].name},
                 ofr_work(trace, month->demand[i]));
  for (int k = 0; k < plan->pool_count; k++) {
    const char *pool = plan->pools[k].name;
    write_number(out, (row){.month = name, .kind = "price", .pool = pool}, month->price[k]);
    write_number(out, (row){.month = name, .kind = "capacity", .pool = pool}, ofr_ledger_accelerators(trace, month->capacity[k]));
  }
  for (int e = 0; e < plan->event_count; e++)
    if (month->active[e]) write_number(out, (row){.month = name, .kind = "event", .subject = plan->events[e].name}, 1);
  for (int c = 0; c < plan->contract_count; c++)
    if (month->declined[c]) write_number(out, (row){.month = name, .kind = "declined", .subject = plan->contracts[c].name}, 1);
}

static void write_placements(ofr_text *out, const ofr_trace *trace, const ofr_trace_strategy *s, row r) {
  const ofr_plan *plan = trace->plan;
  for (int i = 0; i < plan->workload_count; i++) {
    r.workload = plan->workloads[i].name;
    for (int k = 0; k < trace->slot_count; k++) {
      const ofr_slot *slot = &trace->slots[k];
      if (ofr_placed(trace, s, i, k) == 0) continue;
      r.pool = plan->pools[slot->pool].name;
      r.reserved = slot->contract >= 0 ? "true" : "false";
      r.subject = slot->contract >= 0 ? plan->contracts[slot->contract].name : NULL;
      r.kind = "accelerators";
      write_number(out, r, ofr_ledger_accelerators(trace, ofr_placed(trace, s, i, k)));
      r.kind = "served";
      write_number(out, r, ofr_work(trace, ofr_served(trace, s, i, k)));
      const int at = i * trace->slot_count + k;
      if (s->matched[at] == 0) continue;
      r.kind = "matched", write_number(out, r, ofr_ledger_accelerators(trace, s->matched[at]));
      r.kind = "matched_usage", write_money(out, r, trace, s->matched_spend[at]);
    }
    r.pool = r.reserved = r.subject = NULL;
    r.kind = "unserved";
    write_number(out, r, ofr_work(trace, s->unserved[i]));
  }
}

static void write_books(ofr_text *out, const ofr_trace *trace, const ofr_trace_strategy *s, row r, const bool *signs) {
  const ofr_plan *plan = trace->plan;
  const struct {
    const char *kind;
    int64_t amount;
  } entries[] = {{"usage", s->usage},
                 {"reservation", s->reservation},
                 {"egress", s->egress},
                 {"shortfall", s->shortfall},
                 {"exit", s->exit},
                 {"grants", s->grants},
                 {"unmet", s->unmet}};
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    r.kind = entries[i].kind;
    write_money(out, r, trace, entries[i].amount);
  }
  r.kind = "revenue";
  for (int p = 0; p < plan->provider_count; p++) {
    r.subject = plan->providers[p].name;
    write_money(out, r, trace, s->revenue[p]);
  }
  for (int c = 0; c < plan->contract_count; c++) {
    if (plan->contracts[c].type != OFR_COMMITMENT || !signs[c]) continue;
    r.subject = plan->contracts[c].name;
    r.kind = "counted", write_money(out, r, trace, s->contracts[c].counted);
    r.kind = "required", write_money(out, r, trace, s->contracts[c].required);
    r.kind = "charge", write_money(out, r, trace, s->contracts[c].charge);
    r.kind = "deferred", write_money(out, r, trace, s->contracts[c].deferred);
    r.kind = "carried", write_money(out, r, trace, s->contracts[c].carried);
    r.kind = "credit", write_money(out, r, trace, s->contracts[c].balance);
  }
  for (int c = 0; c < plan->contract_count; c++) {
    const ofr_trace_contract *state = &s->contracts[c];
    r.subject = plan->contracts[c].name;
    if (state->ended) r.kind = "exited", write_number(out, r, 1);
    if (state->taken) r.kind = "exit_fee", write_money(out, r, trace, state->fee);
    if (plan->contracts[c].type == OFR_GRANT && plan->contracts[c].credit && signs[c])
      r.kind = "credit", write_money(out, r, trace, state->balance);
    if (plan->contracts[c].type != OFR_DISCOUNT || !signs[c]) continue;
    r.kind = "list", write_money(out, r, trace, state->listed);
    r.kind = "saved", write_money(out, r, trace, state->saved);
  }
}

void ofr_explain_csv(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out) {
  const ofr_plan *plan = trace->plan;
  ofr_text_add(out, "month,strategy,kind,subject,workload,pool,reserved,value\n");
  for (int k = 0; k < plan->pool_count; k++)
    write_number(out, (row){.kind = "slip", .pool = plan->pools[k].name}, trace->slip[k]);
  for (int t = ofr_first_month(trace, options); t <= ofr_last_month(trace, options); t++) {
    const ofr_trace_month *month = &trace->months[t];
    char name[8];
    ofr_plan_month_name(plan, t, name);
    write_inputs(out, trace, month, name);
    for (int s = 0; s < plan->strategy_count; s++) {
      if (!ofr_is_wanted(options, s)) continue;
      row r = {.month = name, .strategy = plan->strategies[s].name};
      write_placements(out, trace, &month->strategies[s], r);
      write_books(out, trace, &month->strategies[s], r, plan->strategies[s].signed_contracts);
    }
  }
  for (int s = 0; s < plan->strategy_count; s++) {
    if (!ofr_is_wanted(options, s)) continue;
    write_money(out, (row){.strategy = plan->strategies[s].name, .kind = "total_cost"}, trace, trace->total_cost[s]);
    write_money(out, (row){.strategy = plan->strategies[s].name, .kind = "cash_cost"}, trace, trace->cash_cost[s]);
  }
}
